"""Repeat contacts."""

import numpy as np

from scoring.timing.repeats import mark_repeats

DAY = 86_400.0


def repeats_of(*contacts):
    subjects, days = zip(*contacts, strict=True)
    return mark_repeats(np.array(subjects), np.array(days) * DAY).tolist()


def test_second_contact_on_a_subject_repeats_within_a_week():
    assert repeats_of((1, 0), (1, 7), (1, 14.1), (2, 1)) == [False, True, False, False]


def test_order_of_rows_does_not_matter():
    assert repeats_of((1, 3), (1, 0)) == [True, False]


def test_unknown_subjects_never_repeat():
    assert repeats_of((-1, 0), (-1, 0.5)) == [False, False]


def test_nothing_repeats_in_an_empty_month():
    assert mark_repeats(np.array([], dtype=np.intp), np.array([])).tolist() == []
