"""The audit trail: every change leaves one event, and a changed, removed or reordered one is named."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from qa_app import audit
from qa_app.models import AuditEvent, RoleName
from tests.factories.people import create_team, create_user

pytestmark = pytest.mark.both_databases


@pytest.fixture
def chain(session: Session) -> list[AuditEvent]:
    """Five events of one person."""
    actor = create_user(session, RoleName.administrator, name="Ada Brook")
    team = create_team(session, "Hotline")
    for number in range(5):
        audit.record(
            session, actor, action="team.rename", thing=team, name=team.name, before="a", after=f"b{number} 热线 0.1"
        )
    session.commit()
    return list(session.scalars(select(AuditEvent).order_by(AuditEvent.id)))


def test_an_untouched_chain_verifies(session: Session, chain: list[AuditEvent]) -> None:
    assert [event.thing_type for event in chain] == ["Team"] * 5
    assert list(audit.verify_chain(session)) == []


def test_a_changed_event_is_named(session: Session, chain: list[AuditEvent]) -> None:
    session.execute(update(AuditEvent).where(AuditEvent.id == chain[2].id).values(actor_name="Somebody Else"))
    session.expire_all()

    broken = list(audit.verify_chain(session))

    assert broken == [audit.BrokenLink(chain[2].id, "changed", "team.rename")]


@pytest.mark.parametrize("position", [0, 2, 4])
def test_a_removed_event_is_named(session: Session, chain: list[AuditEvent], position: int) -> None:
    session.execute(delete(AuditEvent).where(AuditEvent.id == chain[position].id))
    session.expire_all()

    assert audit.BrokenLink(chain[position].id, "removed") in list(audit.verify_chain(session))


def test_two_events_that_changed_places_are_named(session: Session, chain: list[AuditEvent]) -> None:
    first, second = chain[1].id, chain[2].id
    for old, new in ((first, -1), (second, first), (-1, second)):
        session.execute(update(AuditEvent).where(AuditEvent.id == old).values(id=new))
    session.expire_all()

    named = {link.sequence for link in audit.verify_chain(session)}

    assert {first, second} <= named


def test_a_rolled_back_change_leaves_no_event(session: Session, chain: list[AuditEvent]) -> None:
    audit.record(session, None, action="team.rename", thing="team")
    session.rollback()
    session.commit()

    assert len(session.scalars(select(AuditEvent)).all()) == len(chain)
