"""One person's deeds at the same moment, as of a button pressed twice: each thing is done once and taken back once."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from qa_app.db import db
from qa_app.lists.deeds import carry_out, one_at_a_time, plan_deed, take_back
from qa_app.models import AuditEvent, BulkDeed, LegalHold, RoleName, User
from qa_app.retention.many import HOLD
from tests.factories.conversations import create_conversation
from tests.factories.people import create_user

# The installation on which threads meet is the one of the workers' tests.
from tests.integration.test_notices_workers import WORKERS, at_once, house

__all__ = ["house"]

pytestmark = pytest.mark.both_databases
FORM: Any = SimpleNamespace(reason=SimpleNamespace(data="claim"), until=SimpleNamespace(data=None))


def begin(app: Flask) -> tuple[int, int]:
    with app.app_context():
        lead, chat = create_user(db.session(), RoleName.qa_lead), create_conversation(db.session())
        db.session.commit()
        return lead.id, chat.id


def hold(lead_id: int, chat_id: int) -> int:
    session = db.session()
    lead = session.get_one(User, lead_id)
    one_at_a_time(session, lead)
    plan = plan_deed(session, lead, HOLD, [chat_id])
    return len(carry_out(session, lead, HOLD, plan, FORM).done)


def test_sent_twice_at_once_is_done_once(house: Flask) -> None:
    lead_id, chat_id = begin(house)

    done = at_once(house, lambda: hold(lead_id, chat_id))

    assert sorted(done) == [0] * (WORKERS - 1) + [1]
    with house.app_context():
        assert db.session.scalar(select(func.count()).select_from(LegalHold)) == 1


def test_taken_back_twice_at_once_is_taken_back_once(house: Flask) -> None:
    lead_id, chat_id = begin(house)
    with house.app_context():
        hold(lead_id, chat_id)
        db.session.commit()

    def undo() -> int:
        session = db.session()
        record = session.scalars(select(BulkDeed)).one()
        return int(take_back(session, session.get_one(User, lead_id), record, HOLD))

    assert sorted(at_once(house, undo)) == [0] * (WORKERS - 1) + [1]
    with house.app_context():
        lifted = select(func.count()).select_from(AuditEvent).where(AuditEvent.action == "hold.lift")
        assert db.session.scalar(lifted) == 1
        record = db.session.scalars(select(BulkDeed)).one()
        assert (record.undone_at is not None, record.kept) == (True, [])
