"""A submission taken back at the moment in which its agent appeals or the lead rules: who was second is refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import select

from qa_app.appeals.errors import WindowClosed
from qa_app.db import db
from qa_app.inspections.refusals import Changed, TooLate
from qa_app.inspections.service import decide_critical, load_draft, rule_measurement, undo_submit
from qa_app.models import Appeal, AppealState, Inspection, InspectionState, User
from tests.factories.appeals import Scored, create_appeal, create_scored
from tests.factories.inspections import answer

# The installation on which threads meet is the one of the workers' tests.
from tests.integration.test_notices_workers import house

__all__ = ["house"]

pytestmark = pytest.mark.both_databases


DISPUTED = (
    answer("greeting", "yes"),
    answer("facts", done=["name", "number"]),
    answer("privacy", "yes"),
    answer("first_response", disputed=True, reason="The robot came first."),
)


def begin(app: Flask, answers: object = None) -> tuple[int, int, int, int]:
    with app.app_context():
        scored = create_scored(db.session(), answers=answers)
        db.session.commit()
        return scored.inspection.id, scored.inspector.id, scored.agent.id, scored.lead.id


def meanwhile(app: Flask, work) -> None:
    """Do something on a connection of its own, and commit it."""

    def run() -> None:
        with app.app_context():
            work(db.session())
            db.session.commit()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(run).result()


def scored_of(session, keys) -> Scored:
    inspection, *people = keys
    return Scored(session.get_one(Inspection, inspection), *(session.get_one(User, one) for one in people))


def test_an_appeal_that_came_first_keeps_the_submission(house: Flask) -> None:
    keys = begin(house)
    with house.app_context():
        session = db.session()
        inspection, inspector = load_draft(session, keys[0]), session.get_one(User, keys[1])
        meanwhile(house, lambda other: create_appeal(other, scored_of(other, keys)))

        with pytest.raises(TooLate):
            undo_submit(session, inspector, inspection)
        session.rollback()

    with house.app_context():
        inspection = db.session.get_one(Inspection, keys[0])
        assert (inspection.state, inspection.score) == (InspectionState.appealed, 40)
        assert db.session.scalars(select(Appeal.state)).all() == [AppealState.open]


def test_a_submission_taken_back_first_refuses_the_appeal(house: Flask) -> None:
    keys = begin(house)
    with house.app_context():
        session = db.session()
        scored = scored_of(session, keys)
        meanwhile(house, lambda other: undo_submit(other, other.get_one(User, keys[1]), load_draft(other, keys[0])))

        with pytest.raises(WindowClosed):
            create_appeal(session, scored)
        session.rollback()

    with house.app_context():
        assert db.session.get_one(Inspection, keys[0]).state == InspectionState.draft
        assert db.session.scalars(select(Appeal)).all() == []


def decide(other, keys) -> None:
    lead, sample = other.get_one(User, keys[3]), other.get_one(Inspection, keys[0]).sample
    decide_critical(other, lead, sample, is_critical=False, reason="An accident.")


def measure(other, keys) -> None:
    lead, inspection = other.get_one(User, keys[3]), load_draft(other, keys[0])
    rule_measurement(other, lead, inspection, "first_response", stands=True, reason="It did not.")


@pytest.mark.parametrize("rule", [decide, measure])
def test_a_ruling_that_came_first_keeps_the_submission(house: Flask, rule) -> None:
    keys = begin(house, DISPUTED)
    with house.app_context():
        session = db.session()
        inspection, inspector = load_draft(session, keys[0]), session.get_one(User, keys[1])
        assert (inspection.sample.ruling, len(inspection.answers)) == (None, 4)
        meanwhile(house, lambda other: rule(other, keys))

        with pytest.raises(TooLate):
            undo_submit(session, inspector, inspection)
        session.commit()

    with house.app_context():
        kept = db.session.get_one(Inspection, keys[0])
        assert kept.state == InspectionState.submitted
        assert kept.sample.ruling or any("ruling" in row.value for row in kept.answers)


def test_a_submission_taken_back_first_refuses_the_ruling_on_its_measurement(house: Flask) -> None:
    keys = begin(house, DISPUTED)
    with house.app_context():
        session = db.session()
        inspection, lead = load_draft(session, keys[0]), session.get_one(User, keys[3])
        meanwhile(house, lambda other: undo_submit(other, other.get_one(User, keys[1]), load_draft(other, keys[0])))

        with pytest.raises(Changed):
            rule_measurement(session, lead, inspection, "first_response", stands=False, reason="It did.")
        session.rollback()

    with house.app_context():
        assert db.session.get_one(Inspection, keys[0]).score is None
