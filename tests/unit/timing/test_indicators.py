"""The figures of groups of conversations."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.timing.indicators import COUNTS, ConversationColumns, compute_indicators

NAN = float("nan")
FLOATS = """
    resolved first_response_seconds first_response_seconds_working handle_seconds talk_seconds hold_seconds
    wrap_up_seconds wait_seconds resolution_seconds first_response_met resolution_met transfers csat nps
    agent_messages scripted_messages is_repeat
"""
BOOLS = ("answered", "was_resolved", "was_reopened", "survey_sent")


def columns_of(group, **given):
    """Columns in which nothing is known but what is given."""
    size = len(group)
    floats = {name: np.full(size, NAN) for name in FLOATS.split()}
    flags = {name: np.zeros(size, dtype=bool) for name in BOOLS}
    no_gaps = {"gap_group": np.array([], dtype=np.intp), "gaps": np.array([])}
    columns = ConversationColumns(group=np.array(group, dtype=np.intp), **floats, **flags, **no_gaps)
    arrays = {
        name: np.array(values, dtype=bool if name in BOOLS else np.intp if name == "gap_group" else float)
        for name, values in given.items()
    }
    return replace(columns, **arrays)


def figures_of(group, **given):
    return list(compute_indicators(columns_of(group, **given), groups=max(group, default=0) + 1).rows())


def test_outcomes_are_counted_by_group():
    first, second = figures_of([0, 1, 0, 0], answered=[1, 1, 1, 0], resolved=[1, NAN, 0, NAN])

    assert (first["conversations"], first["answered"], first["abandoned"]) == (3, 2, 1)
    assert first["answer_rate"] == pytest.approx(2 / 3)
    assert first["resolution_rate"] == 0.5
    assert first["resolved_of_answered"] == 0.5
    assert second["resolution_rate"] is None
    assert second["resolved_of_answered"] == 0


def test_empty_denominators_give_no_value():
    (only,) = figures_of([0])

    for name in ("csat_mean", "nps", "handle_seconds_p90", "reopen_rate", "script_share", "csat_response_rate"):
        assert only[name] is None, name
    assert only["handle_seconds_n"] == 0
    assert only["complaints"] is None


def test_group_without_conversations_has_zero_counts():
    table = compute_indicators(columns_of([]), groups=1)

    (row,) = table.rows()
    assert row["conversations"] == 0
    assert row["answer_rate"] is None


def test_percentiles_interpolate_linearly():
    (only,) = figures_of([0] * 4, handle_seconds=[40, 10, NAN, 20])

    assert only["handle_seconds_median"] == 20
    assert only["handle_seconds_p90"] == pytest.approx(36)
    assert only["handle_seconds_max"] == 40
    assert only["handle_seconds_mean"] == pytest.approx(70 / 3)
    assert only["handle_seconds_n"] == 3


def test_gaps_have_groups_of_their_own():
    first, second = figures_of([0, 1], gap_group=[1, 0, 1], gaps=[5, 9, 15])

    assert first["response_gap_seconds_max"] == 9
    assert second["response_gap_seconds_mean"] == 10


def test_nps_is_promoters_minus_detractors_in_percent():
    (only,) = figures_of([0] * 6, nps=[10, 9, 8, 7, 0, NAN])

    assert only["nps"] == pytest.approx(20)
    assert only["nps_n"] == 5


def test_csat_share_counts_four_and_five():
    (only,) = figures_of([0] * 5, csat=[5, 4, 3.9, NAN, NAN], survey_sent=[1, 1, 1, 1, 0])

    assert only["csat_top2_share"] == pytest.approx(2 / 3)
    assert only["csat_response_rate"] == 0.75


def test_late_conversations_count_against_the_target():
    (only,) = figures_of([0] * 3, first_response_met=[1, 0, NAN])

    assert only["within_target_rate_first_response"] == 0.5


@settings(deadline=None)
@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=40), st.randoms())
def test_figures_equal_numpy_whatever_the_order(values, random):
    shuffled = random.sample(values, len(values))

    (one,) = figures_of([0] * len(values), handle_seconds=values)
    (other,) = figures_of([0] * len(values), handle_seconds=shuffled)

    assert one == other
    assert one["handle_seconds_p90"] == np.percentile(values, 90)
    assert one["handle_seconds_median"] == np.percentile(values, 50)


def test_repeats_have_no_value_where_no_customer_is_known():
    first, second = figures_of([0, 0, 1], is_repeat=[1, NAN, NAN])

    assert (first["repeat_contacts"], first["repeat_contact_rate"]) == (1, 0.5)
    assert (second["repeat_contacts"], second["repeat_contact_rate"]) == (None, None)


def test_names_of_counts_exist():
    assert set(compute_indicators(columns_of([0]), groups=1).names) >= COUNTS - {"qa_n", "qa_quality_n"}
