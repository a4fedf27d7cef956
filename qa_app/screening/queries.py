"""What other rooms read of machine scores: those of a window for the month, and chances of trouble for a draw.

Means are taken over exactly the conversations that a month's draws could have taken, by the plans' own filters and
rules: λ·(f − F) has mean 0 over those and over no others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from qa_app.conversations.eligibility import Eligibility, Filters, is_eligible
from qa_app.conversations.metrics import month_bounds
from qa_app.models import (
    Agent,
    Conversation,
    Draw,
    Inspection,
    MachineScore,
    SamplePurpose,
    SamplingPlan,
    ScreeningModel,
)
from qa_app.screening.store import active_model

__all__ = ["AgentMonthMean", "WindowScores", "frame_condition", "list_models", "scores_of_window"]

_DIGITS = 9  # sums come in another order from another database


@dataclass(frozen=True, slots=True)
class AgentMonthMean:
    """Machine scores of all conversations of an agent's month that could have been drawn.

    `mean` is weighted with 1 − the probability of a critical error; `conversations` counts all, `missing` those
    without a machine score.
    """

    agent: str
    month: str
    mean: float
    conversations: int
    missing: int


@dataclass(frozen=True, slots=True)
class WindowScores:
    """Machine scores of a window of months.

    `by_conversation` holds those of the inspected conversations, by `source:external_id`: each from the regression
    that has not seen its inspection. Without a model in use everything is empty.
    """

    version: int | None
    training_digest: str
    by_conversation: dict[str, float]
    means: tuple[AgentMonthMean, ...]


def scores_of_window(
    session: Session,
    months: Sequence[str],
    zone: ZoneInfo,
    *,
    moment: InstrumentedAttribute[datetime | None] = Conversation.opened_at,
) -> WindowScores:
    """Read the machine scores that a month's estimates need.

    Parameters
    ----------
    months : sequence of str
        The months of the window, YYYY-MM.
    zone : ZoneInfo
        In which months are cut.
    moment : column
        What puts a conversation into a month: its opening, or its resolution where the policy says so.

    Returns
    -------
    WindowScores
        Of the model in use; agent-months without a single machine score are left out of `means`.
    """
    model = active_model(session)
    if model is None:
        return WindowScores(None, "", {}, ())
    return WindowScores(
        model.version,
        model.training_digest,
        {name: score for month in months for name, score in _inspected(session, model, _within(month, zone, moment))},
        tuple(mean for month in months for mean in _means(session, model, month, _within(month, zone, moment))),
    )


def frame_condition(session: Session, month: str) -> ColumnElement[bool]:
    """Condition on a conversation joined to its agent: some draw of the month could have taken it.

    Without a frozen draw (inspections that were imported) whatever can be inspected by default.
    """
    plans = session.execute(
        select(SamplingPlan.filters, SamplingPlan.design)
        .join(Draw, Draw.plan_id == SamplingPlan.id)
        .where(SamplingPlan.month == month, Draw.frozen_at.is_not(None))
    ).all()
    frames = [
        is_eligible(Filters.from_json(filters), Eligibility(**design.get("eligibility", {})))
        for filters, design in plans
    ]
    return or_(*frames) if frames else is_eligible(Filters(), Eligibility())


def list_models(session: Session) -> list[ScreeningModel]:
    """List all versions, the newest first."""
    return list(session.scalars(select(ScreeningModel).order_by(ScreeningModel.version.desc())))


def _within(month: str, zone: ZoneInfo, moment: InstrumentedAttribute[datetime | None]) -> ColumnElement[bool]:
    starts_at, ends_at = month_bounds(month, zone)
    return and_(moment >= starts_at, moment < ends_at)


def _inspected(session: Session, model: ScreeningModel, within: ColumnElement[bool]) -> Iterator[tuple[str, float]]:
    rows = session.execute(
        select(Conversation.source, Conversation.external_id, MachineScore.score)
        .join(MachineScore, MachineScore.conversation_id == Conversation.id)
        .where(
            within,
            MachineScore.model_id == model.id,
            Conversation.id.in_(
                select(Inspection.conversation_id).where(
                    Inspection.submitted_at.is_not(None), Inspection.purpose == SamplePurpose.work
                )
            ),
        )
    )
    return ((f"{source}:{external_id}", score) for source, external_id, score in rows)


def _means(
    session: Session, model: ScreeningModel, month: str, within: ColumnElement[bool]
) -> Iterator[AgentMonthMean]:
    weight = 1 - MachineScore.critical_probability
    # Where every conversation is certainly critical the plain mean stands in.
    mean = case(
        (func.sum(weight) > 0, func.sum(weight * MachineScore.score) / func.sum(weight)),
        else_=func.avg(MachineScore.score),
    )
    rows = session.execute(
        select(Agent.employee_number, mean, func.count(), func.count(MachineScore.score))
        .select_from(Conversation)
        .join(Agent, Agent.id == Conversation.agent_id)
        .outerjoin(
            MachineScore, and_(MachineScore.conversation_id == Conversation.id, MachineScore.model_id == model.id)
        )
        .where(within, frame_condition(session, month))
        .group_by(Agent.employee_number)
        .order_by(Agent.employee_number)
    )
    for agent, average, conversations, scored in rows:
        if scored:
            yield AgentMonthMean(agent, month, round(float(average), _DIGITS), conversations, conversations - scored)
