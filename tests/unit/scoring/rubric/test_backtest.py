"""Past inspections under a draft: what is carried over, what is left open, what changes."""

import pytest

from scoring.rubric import Answer, Criterion, Criticality, Kind, PastInspection, Rubric, Section, back_test


def rubric(*criteria):
    return Rubric(code="r", sections=(Section(code="s", criteria=criteria),))


def yes_no(code, weight, **parts):
    return Criterion(code=code, kind=Kind.yes_no, weight=weight, **parts)


def past(name, agent, score, **answers):
    given = {code: Answer(level) for code, level in answers.items()}
    return PastInspection(id=name, agent=agent, answers=given, facts={}, score=score, is_critical=score == 0)


PAST = [
    past("1", "ann", 50.0, a="yes", b="no"),
    past("2", "ann", 100.0, a="yes", b="yes"),
    past("3", "bo", 50.0, a="no", b="yes"),
]


def test_same_rubric_changes_nothing():
    result = back_test(rubric(yes_no("a", 50), yes_no("b", 50)), PAST)

    assert (result.n, result.changed, result.mean_before, result.mean_after) == (
        3,
        0,
        pytest.approx(200 / 3),
        pytest.approx(200 / 3),
    )


def test_other_weights_shift_scores_and_tiers():
    result = back_test(rubric(yes_no("a", 90), yes_no("b", 10)), PAST)

    assert result.changed == 2
    assert [(row.id, row.shift) for row in result.rows] == [("1", 40), ("3", -40), ("2", 0)]
    assert [(shift.agent, shift.tier_before, shift.tier_after) for shift in result.tier_changes] == [("ann", "C", "A")]


def test_new_criterion_is_left_open_and_counted():
    result = back_test(rubric(yes_no("a", 50), yes_no("new", 50)), PAST)

    assert result.open_criteria == {"new": 3}
    assert [row.after for row in result.rows if row.id == "2"] == [100]


def test_criterion_made_critical_shows_its_victims():
    result = back_test(rubric(yes_no("a", 50), yes_no("b", 50, criticality=Criticality.customer)), PAST)

    assert (result.newly_critical, result.no_longer_critical) == (1, 0)


def test_answer_the_draft_no_longer_offers_is_left_open():
    scale = Criterion(code="a", kind=Kind.scale, weight=50)

    result = back_test(rubric(scale, yes_no("b", 50)), PAST)

    assert result.open_criteria == {"a": 3}


def test_without_inspections_there_is_nothing_to_say():
    result = back_test(rubric(yes_no("a", 100)), [])

    assert (result.n, result.mean_before, result.rows, result.agents) == (0, None, (), ())
