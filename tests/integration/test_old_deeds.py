"""What was done to many things at once is remembered for a month after it could be taken back, then forgotten."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select

from qa_app import audit
from qa_app.clock import travel
from qa_app.jobs.duties import duties
from qa_app.lists.deeds import UNDONE_WITHIN, carry_out, plan_deed
from qa_app.lists.jobs import KEPT_FOR, forget_old_deeds
from qa_app.lists.outcomes import find_outcome
from qa_app.models import AuditEvent, BulkDeed, LegalHold, RoleName
from qa_app.retention.many import HOLD
from tests.factories.conversations import create_conversation
from tests.factories.people import create_user

pytestmark = pytest.mark.both_databases
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
GONE_FROM = UNDONE_WITHIN + KEPT_FOR


@pytest.fixture
def lead(session):
    return create_user(session, RoleName.qa_lead)


def hold(session, lead, at: datetime) -> int:
    form = SimpleNamespace(reason=SimpleNamespace(data="claim"), until=SimpleNamespace(data=None))
    with travel(at):
        chat = create_conversation(session)
        return carry_out(session, lead, HOLD, plan_deed(session, lead, HOLD, [chat.id]), form).id


def test_old_deeds_go_and_what_they_did_stays(app, session, lead):
    old, edge, new = (
        hold(session, lead, NOON - age) for age in (GONE_FROM + timedelta(seconds=1), GONE_FROM, UNDONE_WITHIN)
    )
    audit.seal_pending(session)
    events = session.scalar(select(func.count()).select_from(AuditEvent))

    with travel(NOON), app.test_request_context():
        assert forget_old_deeds(session) == 1
        assert forget_old_deeds(session) == 0, "nothing is due twice"
        assert find_outcome(session, lead, old) is None
        assert find_outcome(session, lead, edge).can_undo is False
        assert find_outcome(session, lead, new).can_undo is True

    assert set(session.scalars(select(BulkDeed.id))) == {edge, new}
    assert session.scalar(select(func.count()).select_from(LegalHold)) == 3
    assert session.scalar(select(func.count()).select_from(AuditEvent)) == events


def test_a_deed_taken_back_is_forgotten_like_any_other(session, lead):
    record = session.get_one(BulkDeed, hold(session, lead, NOON - GONE_FROM - timedelta(days=1)))
    record.undone_at, record.kept = NOON - GONE_FROM, []
    session.flush()

    with travel(NOON):
        assert forget_old_deeds(session) == 1


def test_the_worker_does_it_by_itself(app):
    assert "lists.forget_deeds" in duties()
