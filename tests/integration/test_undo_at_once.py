"""A submission taken back at the moment in which its agent appeals: whoever was second is refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import select

from qa_app.appeals.errors import WindowClosed
from qa_app.db import db
from qa_app.inspections.refusals import TooLate
from qa_app.inspections.service import load_draft, undo_submit
from qa_app.models import Appeal, AppealState, Inspection, InspectionState, User
from tests.factories.appeals import Scored, create_appeal, create_scored

# The installation on which threads meet is the one of the workers' tests.
from tests.integration.test_notices_workers import house

__all__ = ["house"]

pytestmark = pytest.mark.both_databases


def begin(app: Flask) -> tuple[int, int, int, int]:
    with app.app_context():
        scored = create_scored(db.session())
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
