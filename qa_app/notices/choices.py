"""How each person wants to hear of each group of kinds by mail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from qa_app import audit
from qa_app.models import Delivery, Notice, NoticeChoice, NoticeGroup, User
from qa_app.notices.groups import GROUPS, groups_for
from qa_app.notices.kinds import kinds_of

__all__ = ["choices_of", "save_choices"]

_INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def choices_of(session: Session, user: User) -> dict[NoticeGroup, Delivery]:
    """Return what holds for every group that can concern this person."""
    chosen = dict(_chosen(session, user))
    return {group: chosen.get(group, GROUPS[group].delivery) for group in groups_for(user)}


def save_choices(session: Session, actor: User, choices: Mapping[NoticeGroup, Delivery], *, digest_hour: int) -> None:
    """Keep how the person at the screen wants to hear. What waits for its mail follows; what was to get none, stays so.

    Otherwise whoever asks for mail would find all that they did not want before in the first one.
    """
    held = choices_of(session, actor)
    changed = {group: choices[group] for group in held if choices.get(group, held[group]) != held[group]}
    before: dict[str, str | int] = {str(group): held[group] for group in changed}
    after: dict[str, str | int] = {str(group): delivery for group, delivery in changed.items()}
    if digest_hour != actor.digest_hour:
        before["digest_hour"], after["digest_hour"] = actor.digest_hour, digest_hour
        actor.digest_hour = digest_hour
    for group, delivery in changed.items():
        _keep(session, actor, group, delivery)
        waiting = update(Notice).where(
            Notice.user_id == actor.id,
            Notice.kind.in_(kinds_of(group)),
            Notice.mailed_at.is_(None),
            Notice.delivery != Delivery.none,
        )
        session.execute(waiting.values(delivery=delivery).execution_options(synchronize_session=False))
    if after:
        audit.record(
            session,
            actor,
            action="notices.choose",
            thing=actor,
            name=actor.display_name,
            before=before,
            after=after,
        )


def _keep(session: Session, actor: User, group: NoticeGroup, delivery: Delivery) -> None:
    """Write one choice over the one before, also where a second click came at the same moment."""
    insert = _INSERTS[session.get_bind().dialect.name](NoticeChoice)
    kept = insert.values(user_id=actor.id, group=group, delivery=delivery)
    session.execute(kept.on_conflict_do_update(index_elements=["user_id", "kinds"], set_={"delivery": delivery}))


def _chosen(session: Session, user: User) -> list[tuple[NoticeGroup, Delivery]]:
    rows = session.execute(select(NoticeChoice.group, NoticeChoice.delivery).where(NoticeChoice.user_id == user.id))
    return [(NoticeGroup(row.group), Delivery(row.delivery)) for row in rows]
