"""The plan page and the simulation reckon with the same figures of the centre."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.assessment import service as months
from qa_app.conversations.planning import PLANNING_MINUTES, inspection_hours, read_planning
from qa_app.models import Inspection, PeriodRevision, RoleName
from qa_app.sampling.design import Design
from qa_app.sampling.sizes import forecast_plan
from qa_app.simulation.page import make_plan_lines
from qa_app.simulation.queries import read_own_centre
from scoring.assessment.centre_record import LearnedRecord
from tests.factories.months import MONTH, create_month
from tests.factories.people import create_user

AGENTS = 10


@pytest.fixture
def computed(session: Session, app) -> Session:
    """A computed month whose learned scores count: σ₀ of 9 points, one inspection counts for 1.5."""
    create_month(session)
    months.compute_month(session, create_user(session, RoleName.hr), MONTH)
    revision = session.scalars(select(PeriodRevision)).one()
    learned = LearnedRecord(reason="", scored=200, gain=1.5)
    revision.centre = replace(revision.centre, within_sd=9.0, learned=learned)
    session.flush()
    return session


def test_before_a_month_is_computed_the_planning_values_stand_in(session: Session, app) -> None:
    facts = read_planning(session)

    assert (facts.month, facts.spread.sd, facts.spread.degrees_of_freedom, facts.gain) == ("", 12.0, 0, 1.0)
    assert facts.minutes == PLANNING_MINUTES


@pytest.mark.both_databases
def test_spread_and_gain_are_those_of_the_newest_month(computed: Session) -> None:
    facts = read_planning(computed)

    assert (facts.month, facts.spread.sd, facts.gain) == (MONTH, 9.0, 1.5)


def test_both_pages_give_the_same_size_for_the_same_precision(computed: Session) -> None:
    own = read_own_centre(computed)
    populations = {f"E-{number}": own.numbers["frame"] for number in range(AGENTS)}
    design = Design(double_share=own.numbers["double_share"])

    plan = {row.margin: row for row in forecast_plan(computed, design, populations).table}
    simulated = {line.margin: line for line in make_plan_lines(own, own.numbers)}

    assert {margin: row.size for margin, row in plan.items()} == {m: line.each for m, line in simulated.items()}
    assert plan[5.0].hours == pytest.approx(simulated[5.0].hours)
    assert plan[5.0].size < plan[5.0].unassisted


def test_second_scorings_cost_their_hours(computed: Session) -> None:
    forecast = forecast_plan(computed, Design(size=5, double_share=0.2), {"E-1": 40, "E-2": 40})

    assert forecast.hours == inspection_hours(10, 0.2, forecast.facts.minutes)
    assert forecast.hours == pytest.approx(12 * forecast.facts.minutes / 60)


def test_ten_timed_inspections_tell_what_one_takes(computed: Session) -> None:
    inspections = computed.scalars(select(Inspection).order_by(Inspection.id)).all()
    for inspection in inspections:
        inspection.seconds_spent = 0
    for inspection in inspections[:9]:
        inspection.seconds_spent = 240
    computed.flush()
    assert read_planning(computed).minutes == PLANNING_MINUTES

    inspections[9].seconds_spent = 240
    computed.flush()

    assert read_planning(computed).minutes == 4


def test_a_month_that_tells_no_spread_leaves_the_scores_as_given(computed: Session) -> None:
    revision = computed.scalars(select(PeriodRevision)).one()
    revision.centre = replace(revision.centre, degrees_of_freedom=0)
    computed.flush()

    facts = read_planning(computed)

    assert (facts.month, facts.is_severity_out) == ("", False)
    assert facts.spread.degrees_of_freedom > 0
