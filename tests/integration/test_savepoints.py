"""What a savepoint takes back, and what it leaves: rows, audit events, jobs; on a file of SQLite as in production."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_app import audit
from qa_app.db import db, pending
from qa_app.models import AuditEvent, Team
from tests.conftest import make_app
from tests.factories.people import create_organisation

pytestmark = pytest.mark.both_databases


def try_in_savepoint(session: Session, name: str, *, fails: bool) -> None:
    with session.begin_nested() as savepoint:
        session.add(Team(name=name))
        audit.record(session, None, action="team.create", thing="team", name=name)
        if fails:
            savepoint.rollback()


def test_a_savepoint_taken_back_takes_its_own_events_only(session: Session) -> None:
    try_in_savepoint(session, "first", fails=False)
    try_in_savepoint(session, "second", fails=True)
    try_in_savepoint(session, "third", fails=False)
    session.commit()

    names = select(AuditEvent.thing_name).where(AuditEvent.action == "team.create").order_by(AuditEvent.id)
    assert list(session.scalars(names)) == ["first", "third"]
    assert list(session.scalars(select(Team.name).order_by(Team.id))) == ["first", "third"]


def test_a_rollback_forgets_all_that_was_to_come(session: Session) -> None:
    try_in_savepoint(session, "first", fails=False)
    pending(session, "jobs").append(7)
    session.rollback()

    assert pending(session, "audit") == []
    assert pending(session, "jobs") == []


def test_a_released_savepoint_is_no_commit(tmp_path: Path) -> None:
    app = make_app(tmp_path / "home")
    with app.app_context():
        create_organisation(db.session())
        db.session.commit()
        try_in_savepoint(db.session(), "first", fails=False)
        with db.engine.connect() as beside:
            assert beside.scalar(select(func.count()).select_from(Team)) == 0
        db.session.rollback()
        assert db.session.scalar(select(func.count()).select_from(Team)) == 0
        db.session.remove()
        db.engine.dispose()
