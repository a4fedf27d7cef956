"""Training: from the inspections of a year to a model with its figures, its file and its row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from qa_app import audit
from qa_app.clock import now
from qa_app.jobs import NoProgress, Progress
from qa_app.models import Conversation, ScreeningModel, User
from qa_app.people.organisation import working_calendar
from qa_app.screening.errors import TooFewInspections
from qa_app.screening.figures import judge_predictions
from qa_app.screening.labels import Label, number_groups, read_labels
from qa_app.screening.reading import ReadConversation, read_conversations
from qa_app.screening.store import keep_file

if TYPE_CHECKING:
    from scoring.screening.model import Model

__all__ = ["LEARNED_MONTHS", "activate_model", "train_model"]

LEARNED_MONTHS = 12
"""Inspections of so many months before the latest one are learned from: rubrics and habits change."""
UNSCORED = 20_000
"""Conversations nobody scored from which words are learned as well."""
_MONTH = timedelta(days=31)
_LIBRARIES = ("numpy", "scipy", "scikit-learn", "rjieba")
_LANGUAGE_FROM = 0.05  # share of the training set


@dataclass(frozen=True, slots=True)
class _TrainingSet:
    """What is learned from: labels and conversations side by side, and some more conversations for their words."""

    labels: list[Label]
    conversations: list[ReadConversation]
    also: list[ReadConversation]


def train_model(
    session: Session, actor: User | None, *, months: int = LEARNED_MONTHS, progress: Progress | None = None
) -> ScreeningModel:
    """Train a model on the inspections of the last `months` before the latest one, and put it in use.

    Raises
    ------
    TooFewInspections
        With fewer than a hundred conversations without a critical error.
    """
    from scoring.screening.files import write_model
    from scoring.screening.model import train_model as train
    from scoring.screening.targets import CRITICAL, FEWEST_SCORED, QUALITY

    step = (progress or NoProgress()).step
    learned = _gather(session, months, FEWEST_SCORED)
    step(1, 4)
    labels = {
        QUALITY: np.array([np.nan if one.quality is None else one.quality for one in learned.labels]),
        CRITICAL: np.array([float(one.is_critical) for one in learned.labels]),
    }
    transcripts = [one.transcript for one in learned.conversations]
    model = train(transcripts, labels, also=[one.transcript for one in learned.also])
    step(2, 4)
    predicted = model.score(transcripts).values
    groups = number_groups(learned.labels, working_calendar(session).zone)
    figures = {
        target.name: judge_predictions(target, answers, predicted[target.name], groups, seed=model.training_digest)
        for target, answers in labels.items()
    }
    step(3, 4)
    row = _note(session, actor, learned, model, write_model(model), figures, months)
    step(4, 4)
    return row


def activate_model(session: Session, actor: User | None, row: ScreeningModel) -> None:
    """Put a model in use; scores of another one stay until the conversations are scored again."""
    if row.is_active:
        return
    _switch(session, row)
    audit.record(session, actor, action="screening.activate", thing=row, name=str(row.version))


def _gather(session: Session, months: int, needed: int) -> _TrainingSet:
    labels = read_labels(session)
    if labels:
        since = max(one.opened_at for one in labels) - months * _MONTH
        labels = [one for one in labels if one.opened_at >= since]
    usable = sum(one.quality is not None for one in labels)
    if usable < needed:
        raise TooFewInspections(usable, needed)
    found = {one.conversation_id: one for one in read_conversations(session, [one.conversation_id for one in labels])}
    return _TrainingSet(labels, [found[one.conversation_id] for one in labels], _read_unscored(session, labels))


def _read_unscored(session: Session, labels: Sequence[Label]) -> list[ReadConversation]:
    """An even choice of the conversations of the same time."""
    since, until = min(one.opened_at for one in labels), max(one.opened_at for one in labels)
    same_time = (
        Conversation.opened_at >= since,
        Conversation.opened_at <= until,
        Conversation.agent_id.is_not(None),
        Conversation.answered,
    )
    size = session.scalar(select(func.count()).select_from(Conversation).where(*same_time)) or 0
    every = max(1, -(-size // UNSCORED))
    ids = session.scalars(select(Conversation.id).where(*same_time, Conversation.id % every == 0))
    known = {one.conversation_id for one in labels}
    return read_conversations(session, sorted(set(ids) - known))


def _note(
    session: Session,
    actor: User | None,
    learned: _TrainingSet,
    model: Model,
    content: bytes,
    figures: dict[str, Any],
    months: int,
) -> ScreeningModel:
    number = (session.scalar(select(func.max(ScreeningModel.version))) or 0) + 1
    file, digest = keep_file(content, number)
    row = ScreeningModel(
        version=number,
        trained_at=now(),
        trained_by_id=actor.id if actor else None,
        learned_since=min(one.opened_at for one in learned.labels),
        learned_until=max(one.opened_at for one in learned.labels),
        training_size=len(learned.labels),
        critical_count=sum(one.is_critical for one in learned.labels),
        agent_count=len({one.agent for one in learned.labels}),
        training_digest=model.training_digest,
        folds=model.scores[0].weights.shape[1],
        language=_languages(learned.conversations),
        figures=figures,
        settings=_settings(model, len(learned.also), months),
        file=file,
        file_digest=digest,
        file_size=len(content),
    )
    session.add(row)
    _switch(session, row)
    audit.record(
        session,
        actor,
        action="screening.train",
        thing=row,
        name=str(number),
        conversations=row.training_size,
        training_digest=row.training_digest,
        file_digest=digest,
    )
    return row


def _switch(session: Session, row: ScreeningModel) -> None:
    """One is in use at a time; the table itself refuses two."""
    session.execute(update(ScreeningModel).where(ScreeningModel.is_active.is_(True)).values(is_active=None))
    row.is_active = True
    session.flush()


def _languages(conversations: Sequence[ReadConversation]) -> str:
    counts = {code: sum(one.language == code for one in conversations) for code in ("en", "zh")}
    return " ".join(code for code, count in counts.items() if count >= _LANGUAGE_FROM * len(conversations))


def _settings(model: Model, also: int, months: int) -> dict[str, Any]:
    features = model.features
    return {
        "months": months,
        "unscored": also,
        "agent_terms": len(features.agent),
        "customer_terms": len(features.customer),
        "figures": list(features.scale.names),
        # A fold that knows the mean alone has no penalty.
        "penalties": {
            one.target.name: [float(penalty) if np.isfinite(penalty) else None for penalty in one.penalties]
            for one in model.scores
        },
        "libraries": {name: version(name) for name in _LIBRARIES},
    }
