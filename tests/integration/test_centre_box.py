"""What the month page says of its own numbers, from the centre's record."""

from __future__ import annotations

import pytest

from qa_app.assessment import policies
from qa_app.assessment.centre_box import learned_score_line, worth_lines
from scoring.assessment.centre_record import (
    CentreRecord,
    LearnedRecord,
    ModelRecord,
    SeverityRecord,
    StandingRecord,
)

LEARNED = LearnedRecord("", slope=0.8, correlation=0.6, scored=300, gain=1.44)
FAIR = CentreRecord(
    agents=40, severity=SeverityRecord("few_inspectors"), learned=LEARNED, standing=StandingRecord(True, 40, 0.9)
)
SMALL = "A small centre reads standings over months and coaches; it does not rank."


@pytest.fixture(autouse=True)
def _request(app):
    with app.test_request_context():
        yield


@pytest.mark.parametrize(("agents", "warns"), [(15, True), (29, True), (30, False)])
def test_a_small_centre_is_told_not_to_rank(agents, warns) -> None:
    record = CentreRecord(agents=agents, severity=FAIR.severity, learned=LEARNED, standing=FAIR.standing)

    assert (SMALL in worth_lines(record, policies.preset("service"), "en")) is warns


def test_a_month_of_the_direct_mode_says_what_it_cannot_tell() -> None:
    record = CentreRecord(agents=15, variance_shares={"qa": 0.6, "customer_rating": 0.4})

    told = " ".join(worth_lines(record, policies.preset("service"), "en"))

    assert "Each month stands alone" in told
    assert "where three inspectors share an agent’s conversations; with one it is fewer" in told
    assert "Inspectors’ severity is not taken out" in told
    assert "With fewer than thirty agents hardly anybody can be told apart" in told
    assert "in the fair mode eight of twenty" in told
    assert "What really makes overall scores differ: " in told
    assert "standings" not in told


def test_thirty_agents_of_the_direct_mode_are_no_small_centre() -> None:
    told = " ".join(worth_lines(CentreRecord(agents=30), policies.preset("service"), "en"))

    assert "Each month stands alone" in told
    assert "thirty agents" not in told


def test_a_month_that_knew_nothing_says_nothing() -> None:
    assert worth_lines(CentreRecord(), policies.preset("service"), "en") == ()


def test_a_fair_month_says_how_many_of_the_lowest_are_not() -> None:
    assert any("eight are not" in line for line in worth_lines(FAIR, policies.preset("service"), "en"))


def test_the_version_of_the_learned_score_is_named_where_it_is_known() -> None:
    used = learned_score_line(LEARNED, [ModelRecord(4, "d")], is_allowed=True)

    assert used == "Learned scores of version 4 sharpen the estimates: one inspection counts for 1.4."
    assert learned_score_line(LEARNED, [], is_allowed=True).startswith("Learned scores sharpen")
    assert learned_score_line(LearnedRecord("weak"), [ModelRecord(4)], is_allowed=True).startswith(
        "Learned scores are not"
    )
    assert learned_score_line(LEARNED, [ModelRecord(4)], is_allowed=False) == ""
