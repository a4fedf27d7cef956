"""What else could be predicted: customers' answers, solved or not, the share of scripted replies; figures and no model.

Tells whether the words and figures of the own conversations carry anything, before there are inspections.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Double, case, cast, select
from sqlalchemy.orm import Session

from qa_app.models import Agent, Conversation
from qa_app.people.organisation import working_calendar
from qa_app.screening.errors import TooFewInspections
from qa_app.screening.figures import judge_predictions
from qa_app.screening.reading import read_conversations

__all__ = ["Evaluated", "Evaluation", "evaluate_target"]

MOST = 20_000
_SATISFIED_FROM = 4.0


class Evaluated(enum.StrEnum):
    """What is predicted."""

    csat = "csat"
    satisfied = "satisfied"
    resolved = "resolved"
    scripted = "scripted"


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Figures of predictions made without the answer; `figures` as `figures.judge_predictions` gives them."""

    target: Evaluated
    conversations: int
    mean: float
    figures: dict[str, Any]


def evaluate_target(session: Session, target: Evaluated) -> Evaluation:
    """Predict a target of the newest conversations that have it, each without its own tenth.

    Raises
    ------
    TooFewInspections
        With fewer than a hundred of them.
    """
    from scoring.screening import targets
    from scoring.screening.model import train_model

    wanted = {one.value: getattr(targets, one.name.upper()) for one in Evaluated}[target.value]
    answers = _answers(session, target)
    if len(answers) < targets.FEWEST_SCORED:
        raise TooFewInspections(len(answers), targets.FEWEST_SCORED)
    zone = working_calendar(session).zone
    found = {one.conversation_id: one for one in read_conversations(session, sorted(answers))}
    ordered = sorted(found.values(), key=lambda one: one.transcript.id)
    labels = np.array([answers[one.conversation_id][0] for one in ordered])
    keys = [f"{agent}\x1f{opened:%Y-%m}" for agent, opened in (
        (one.transcript.group, answers[one.conversation_id][1].astimezone(zone)) for one in ordered)]  # fmt: skip
    transcripts = [one.transcript for one in ordered]
    predicted = train_model(transcripts, {wanted: labels}).score(transcripts).values[wanted.name]
    groups = np.unique(keys, return_inverse=True)[1]
    figures = judge_predictions(wanted, labels, predicted, groups, seed=target.value)
    return Evaluation(target, len(ordered), float(labels.mean()), figures)


def _answers(session: Session, target: Evaluated) -> dict[int, tuple[float, Any]]:
    """Answer and opening of each conversation that has one and in which an agent wrote something."""
    column = _column(target)
    rows = session.execute(
        select(Conversation.id, column, Conversation.opened_at)
        .join(Agent, Agent.id == Conversation.agent_id)
        .where(column.is_not(None), Conversation.opened_at.is_not(None), Conversation.agent_message_count > 0)
        .order_by(Conversation.opened_at.desc(), Conversation.id)
        .limit(MOST)
    )
    return {conversation_id: (float(answer), opened) for conversation_id, answer, opened in rows}


def _column(target: Evaluated) -> ColumnElement[Any]:
    if target is Evaluated.csat:
        return Conversation.csat.expression
    if target is Evaluated.satisfied:
        return case((Conversation.csat >= _SATISFIED_FROM, 1.0), (Conversation.csat.is_not(None), 0.0))
    if target is Evaluated.resolved:
        return case((Conversation.resolved.is_(True), 1.0), (Conversation.resolved.is_(False), 0.0))
    return cast(Conversation.scripted_message_count, Double) / Conversation.agent_message_count


def describe_figures(figures: dict[str, Any], names: Sequence[str]) -> dict[str, str]:
    """Write estimates as ``0.76 (0.71 to 0.80)``; none as a dash."""
    written = {}
    for name in names:
        one = figures[name]
        known = one["value"] is not None
        written[name] = f"{one['value']:.3f} ({one['lower']:.3f} to {one['upper']:.3f})" if known else "–"
    return written
