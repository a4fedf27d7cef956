"""Telling people: one notice a person, kind, thing and stage, however often a room says it; and reading them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

from qa_app.clock import now
from qa_app.models import Delivery, Notice, NoticeChoice, NoticeGroup, NoticeKind, User
from qa_app.notices.groups import GROUPS
from qa_app.notices.kinds import KINDS

__all__ = ["Telling", "notify", "notify_each", "quietly", "reopen", "resolve", "resolve_all_but"]

AT_ONCE = 2_000
_INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
_is_quiet: ContextVar[bool] = ContextVar("notices_are_quiet", default=False)


@dataclass(frozen=True, slots=True)
class Telling:
    """What one person is told: of which thing, with what the sentence and the page need."""

    user_id: int
    thing: str
    params: Mapping[str, str | int | float] = field(default_factory=dict)


def notify(
    session: Session,
    user_ids: Iterable[int],
    kind: NoticeKind,
    thing: str,
    *,
    stage: str = "",
    **params: str | int | float,
) -> int:
    """Tell each of these people once; return how many did not know yet.

    Saying it again, even at the same moment from another worker, changes nothing: the table holds one row for each
    user, kind, thing and stage. Who cannot sign in any more is told nothing. Nobody is told of their own deed: leaving
    the actor out is the caller's part.
    """
    KINDS[kind].check(kind, params)
    return notify_each(session, kind, (Telling(user_id, thing, params) for user_id in user_ids), stage=stage)


def notify_each(session: Session, kind: NoticeKind, tellings: Iterable[Telling], *, stage: str = "") -> int:
    """Tell many people in a few statements, each of their own thing; return how many did not know yet."""
    # In one order everywhere: two workers who say the same at the same moment wait for each other and cannot deadlock.
    wanted = [one for _key, one in sorted({(one.user_id, one.thing): one for one in tellings}.items())]
    return sum(
        _write(session, kind, wanted[start : start + AT_ONCE], stage) for start in range(0, len(wanted), AT_ONCE)
    )


def _write(session: Session, kind: NoticeKind, tellings: Sequence[Telling], stage: str) -> int:
    spec = KINDS[kind]
    for one in tellings:
        spec.check(kind, one.params)
    moment = now()
    chosen = _deliveries(session, {one.user_id for one in tellings}, spec.group)
    rows = [
        {
            "user_id": one.user_id,
            "kind": kind,
            "thing": one.thing,
            "stage": stage,
            "params": dict(one.params),
            "created_at": moment,
            "delivery": chosen[one.user_id],
            "mail_after": moment,
        }
        for one in tellings
        if one.user_id in chosen
    ]
    if not rows:
        return 0
    insert = _INSERTS[session.get_bind().dialect.name](Notice.__table__)
    once = insert.on_conflict_do_nothing(index_elements=["user_id", "kind", "thing", "stage"])
    return len(session.execute(once.returning(Notice.__table__.c.id), rows).all())


def _deliveries(session: Session, user_ids: Collection[int], group: NoticeGroup) -> dict[int, str]:
    """Return how those of these people who can sign in hear of a group: as they chose, else as is usual."""
    query = (
        select(User.id, NoticeChoice.delivery)
        .outerjoin(NoticeChoice, (NoticeChoice.user_id == User.id) & (NoticeChoice.group == group))
        .where(User.id.in_(user_ids), User.active.is_(True))
    )
    usual = Delivery.none if _is_quiet.get() else GROUPS[group].delivery
    return {user_id: usual if _is_quiet.get() else delivery or usual for user_id, delivery in session.execute(query)}


@contextmanager
def quietly() -> Iterator[None]:
    """Tell in the page only while something that happened long ago is told again: nobody gets mail of it."""
    token = _is_quiet.set(True)
    try:
        yield
    finally:
        _is_quiet.reset(token)


def resolve(
    session: Session,
    kinds: NoticeKind | Collection[NoticeKind],
    things: str | Collection[str],
    *,
    because: str,
    user_ids: Collection[int] | None = None,
    stage: str | None = None,
    stage_begins: str | None = None,
    but_stage: str | None = None,
) -> int:
    """Close unread notices whose thing is over, for everybody or for some; return how many.

    They count as read, with the reason kept, and no mail of them comes any more. `stage` closes those of one stage
    alone, `stage_begins` those of stages that begin so, `but_stage` leaves those of the stage in force.
    """
    given = {kinds} if isinstance(kinds, NoticeKind) else set(kinds)
    named = {things} if isinstance(things, str) else set(things)
    if not named or (user_ids is not None and not user_ids):
        return 0
    over = update(Notice).where(Notice.kind.in_(given), Notice.thing.in_(named), Notice.read_at.is_(None))
    if user_ids is not None:
        over = over.where(Notice.user_id.in_(set(user_ids)))
    if stage is not None:
        over = over.where(Notice.stage == stage)
    if stage_begins is not None:
        over = over.where(Notice.stage.startswith(stage_begins, autoescape=True))
    if but_stage is not None:
        over = over.where(Notice.stage != but_stage)
    done = session.execute(
        over.values(read_at=now(), over_because=because).execution_options(synchronize_session=False)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def reopen(
    session: Session,
    kinds: Collection[NoticeKind],
    thing: str,
    *,
    because: str,
    user_ids: Collection[int] | None = None,
) -> int:
    """Make unread again what was closed for a reason that was taken back, of each person the last; return how many."""
    over = aliased(Notice)
    of_person = (over.user_id == Notice.user_id, over.kind.in_(set(kinds)), over.thing == thing)
    last = select(func.max(over.read_at)).where(*of_person, over.over_because == because).scalar_subquery()
    back = update(Notice).where(Notice.kind.in_(set(kinds)), Notice.thing == thing, Notice.over_because == because)
    back = back.where(Notice.read_at == last)
    if user_ids is not None:
        back = back.where(Notice.user_id.in_(set(user_ids)))
    done = session.execute(back.values(read_at=None, over_because="").execution_options(synchronize_session=False))
    return int(done.rowcount)  # type: ignore[attr-defined]


def resolve_all_but(
    session: Session, kinds: NoticeKind | Collection[NoticeKind], still: Collection[tuple[int, str]], *, because: str
) -> int:
    """Close the unread notices of some kinds but those of a person and a thing that still wait; return how many.

    For duties, which know everything that waits: what left the list in any way is closed with it.
    """
    given = {kinds} if isinstance(kinds, NoticeKind) else set(kinds)
    # What is told later than now, while the past is told again, is not known to be over yet.
    unread = select(Notice.id, Notice.user_id, Notice.thing).where(
        Notice.kind.in_(given), Notice.read_at.is_(None), Notice.created_at <= now()
    )
    over = [notice_id for notice_id, *whose in session.execute(unread) if tuple(whose) not in still]
    for start in range(0, len(over), AT_ONCE):
        close = update(Notice).where(Notice.id.in_(over[start : start + AT_ONCE]), Notice.read_at.is_(None))
        session.execute(close.values(read_at=now(), over_because=because).execution_options(synchronize_session=False))
    return len(over)
