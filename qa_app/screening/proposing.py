"""Scoring: every conversation that has no machine score yet, or has changed since, in batches kept as they come.

A killed run leaves whole batches behind; the next one goes on where they end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from qa_app import audit
from qa_app.clock import now
from qa_app.conversations.metrics import month_bounds
from qa_app.conversations.sound_figures import was_measured_after
from qa_app.jobs import NoProgress, Progress
from qa_app.models import Conversation, MachineScore, ScreeningModel, User
from qa_app.people.organisation import working_calendar
from qa_app.screening.errors import NoActiveModel
from qa_app.screening.reading import ReadConversation, read_conversations
from qa_app.screening.store import active_model, load_model

if TYPE_CHECKING:
    from scoring.screening.model import Model

__all__ = ["Coverage", "count_coverage", "score_conversations"]

BATCH = 1_000
_INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many conversations a model is to score, and how many it has scored as they are now."""

    conversations: int
    scored: int

    @property
    def missing(self) -> int:
        """Those without a score."""
        return self.conversations - self.scored


def count_coverage(session: Session, model: ScreeningModel, months: Sequence[str] = ()) -> Coverage:
    """Count what there is to score and what is scored; of all months since the first it learned from, or of some."""
    wanted = _wanted(session, model, months)
    every = session.scalar(select(func.count()).select_from(Conversation).where(wanted)) or 0
    return Coverage(every, every - _count_waiting(session, model, wanted))


def score_conversations(
    session: Session,
    actor: User | None,
    *,
    months: Sequence[str] = (),
    checkpoint: Callable[[], None],
    progress: Progress | None = None,
) -> int:
    """Score what has no score of the model in use; returns how many were scored.

    Raises
    ------
    NoActiveModel, ModelFileLost
        Nothing can score.
    """
    row = active_model(session)
    model = load_model(row)
    if row is None:
        raise NoActiveModel
    wanted = _wanted(session, row, months)
    total, done, last = _count_waiting(session, row, wanted), 0, 0
    watch = progress or NoProgress()
    while ids := _next_ids(session, row, wanted, after=last):
        at = now()  # before reading: a change that comes while we score is seen next time
        _keep(session, row, model, read_conversations(session, ids), at)
        done, last = done + len(ids), ids[-1]
        checkpoint()
        watch.step(done, max(total, done))
    if not months:
        # Older models' scores can be made again from their files: one set is enough for a million conversations.
        session.execute(delete(MachineScore).where(MachineScore.model_id != row.id))
    if done:
        audit.record(session, actor, action="screening.score", thing=row, name=str(row.version), conversations=done)
    checkpoint()
    watch.step(done, done)
    return done


def _wanted(session: Session, model: ScreeningModel, months: Sequence[str]) -> ColumnElement[bool]:
    """Conversations with an agent, since the first one the model learned from: what any month's estimates may need.

    Not those whose words retention took: what was said of them before stays, and nothing new can be.
    """
    with_agent = and_(Conversation.agent_id.is_not(None), Conversation.erased_at.is_(None))
    if months:
        zone = working_calendar(session).zone
        return and_(with_agent, or_(*(_in_month(month, zone) for month in months)))
    since = model.learned_since
    if since is None:
        return and_(with_agent, Conversation.opened_at.is_not(None))
    first, _ = month_bounds(since.astimezone(working_calendar(session).zone).strftime("%Y-%m"), _zone(session))
    return and_(with_agent, Conversation.opened_at >= first)


def _zone(session: Session) -> ZoneInfo:
    return working_calendar(session).zone


def _in_month(month: str, zone: ZoneInfo) -> ColumnElement[bool]:
    starts_at, ends_at = month_bounds(month, zone)
    return and_(Conversation.opened_at >= starts_at, Conversation.opened_at < ends_at)


def _is_waiting(model: ScreeningModel) -> ColumnElement[bool]:
    """Conversations without a score of this version that is younger than they and the figures of their sound."""
    return ~exists().where(
        MachineScore.conversation_id == Conversation.id,
        MachineScore.model_id == model.id,
        MachineScore.scored_at >= Conversation.updated_at,
        ~was_measured_after(MachineScore.conversation_id, MachineScore.scored_at),
    )


def _count_waiting(session: Session, model: ScreeningModel, wanted: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(Conversation).where(wanted, _is_waiting(model))) or 0


def _next_ids(session: Session, model: ScreeningModel, wanted: ColumnElement[bool], *, after: int) -> list[int]:
    query = select(Conversation.id).where(wanted, Conversation.id > after, _is_waiting(model))
    return list(session.scalars(query.order_by(Conversation.id).limit(BATCH)))


def _keep(
    session: Session, row: ScreeningModel, model: Model, conversations: Sequence[ReadConversation], at: datetime
) -> None:
    scored = model.score([one.transcript for one in conversations])
    quality, critical, folds = scored.values["quality"], scored.values["critical"], scored.folds
    rows: list[dict[str, Any]] = [
        {
            "conversation_id": one.conversation_id,
            "model_id": row.id,
            "score": float(quality[place]),
            "critical_probability": float(critical[place]),
            "fold": int(folds[place]) if folds[place] >= 0 else None,
            "language": one.language,
            "scored_at": at,
        }
        for place, one in enumerate(conversations)
    ]
    if not rows:
        return
    # Two runs at once, or a conversation that changed: the newer score stands.
    statement = _INSERT[session.get_bind().dialect.name](MachineScore)
    renewed = {name: statement.excluded[name] for name in rows[0] if name not in {"conversation_id", "model_id"}}
    session.execute(statement.on_conflict_do_update(index_elements=["conversation_id", "model_id"], set_=renewed), rows)
