"""Collects a month's inputs from the database as they are now; what is frozen is what this returns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, selectinload

from qa_app.assessment.content import TrendPoint, decode_content
from qa_app.assessment.gather_inspections import gather_inspections
from qa_app.assessment.gather_work import Span, gather_work
from qa_app.assessment.inputs import (
    AgentRecord,
    HistoryRecord,
    InspectionRecord,
    MachineRecord,
    MonthInputs,
    PeriodRecord,
    WordsRecord,
)
from qa_app.assessment.reduce import WINDOW_MONTHS
from qa_app.conversations.metrics import month_bounds
from qa_app.models import (
    Agent,
    AssessmentPeriod,
    Conversation,
    PeriodRevision,
    Sheet,
    SurveyResponse,
    Team,
)
from qa_app.people.organisation import working_calendar
from qa_app.screening.queries import scores_of_window
from scoring.assessment.policy import Policy
from scoring.language.masking import mask_personal_data
from scoring.rubric.definition import Text

__all__ = ["Occasion", "gather_inputs", "month_span", "shift_month"]

_TREND_MONTHS = 11  # before this one
_SATISFIED_FROM = 4


@dataclass(frozen=True, slots=True)
class Occasion:
    """On what occasion a month is computed: revision, reason, policy version, when."""

    revision: int
    reason: str
    policy_version: int
    at: datetime


def shift_month(month: str, by: int) -> str:
    """The month `by` months later (earlier if negative), as YYYY-MM."""
    year, number = map(int, month.split("-"))
    place = year * 12 + number - 1 + by
    return f"{place // 12:04d}-{place % 12 + 1:02d}"


def month_span(month: str, policy: Policy, zone: ZoneInfo, *, months: int = 1) -> Span:
    """The month, or the `months` that end with it, cut in the organisation's zone."""
    starts_at, _ = month_bounds(shift_month(month, 1 - months), zone)
    _, ends_at = month_bounds(month, zone)
    moment = Conversation.opened_at if policy.month_of == "opened" else Conversation.resolved_at
    return Span(moment, starts_at, ends_at, zone)


def gather_inputs(session: Session, month: str, policy: Policy, occasion: Occasion) -> MonthInputs:
    """Everything the month is computed from, as it is now."""
    calendar = working_calendar(session)
    span = month_span(month, policy, calendar.zone)
    window = month_span(month, policy, calendar.zone, months=WINDOW_MONTHS)
    work = gather_work(session, span, calendar, at=occasion.at)
    inspections = gather_inspections(session, window, month)
    seen = set(work.counts) | {record.agent for record in inspections.records if record.month == month}
    agents = _agents(session, span, seen)
    records, machine = _with_learned_scores(session, month, policy, window, inspections.records)
    return MonthInputs(
        period=_period(month, span, occasion),
        policy=policy,
        agents=agents,
        work=tuple(work.counts[number] for number in sorted(work.counts)),
        cells=tuple(sorted(work.cells)),
        inspections=records,
        rubrics=inspections.rubrics,
        draws=inspections.draws,
        words=_words(session, span),
        history=_history(session, month),
        machine=machine,
    )


def _with_learned_scores(
    session: Session, month: str, policy: Policy, window: Span, records: tuple[InspectionRecord, ...]
) -> tuple[tuple[InspectionRecord, ...], tuple[MachineRecord, ...]]:
    """Put beside each inspection what the model in use says of its conversation, and the means of all that could have
    been drawn; unchanged where the policy leaves learned scores out."""
    if not policy.learned_scores:
        return records, ()
    months = [shift_month(month, -age) for age in reversed(range(WINDOW_MONTHS))]
    scores = scores_of_window(session, months, window.zone, moment=window.moment)
    return (
        tuple(
            msgspec.structs.replace(record, auto=scores.by_conversation.get(record.conversation)) for record in records
        ),
        tuple(
            MachineRecord(
                agent=mean.agent,
                month=mean.month,
                mean=mean.mean,
                conversations=mean.conversations,
                missing=mean.missing,
            )
            for mean in scores.means
        ),
    )


def _period(month: str, span: Span, occasion: Occasion) -> PeriodRecord:
    return PeriodRecord(
        month=month,
        timezone=span.zone.key,
        starts_on=span.starts_at.astimezone(span.zone).date(),
        ends_on=span.ends_at.astimezone(span.zone).date() - timedelta(days=1),
        is_over=occasion.at >= span.ends_at,
        frozen_at=occasion.at,
        revision=occasion.revision,
        reason=occasion.reason,
        policy_version=occasion.policy_version,
    )


def _agents(session: Session, span: Span, seen: set[str]) -> tuple[AgentRecord, ...]:
    """Who gets a sheet: whoever has work or inspections in the month, and whoever was employed in it.

    An agent without a start date came with an import; without work in the month there is nothing to say.
    """
    first, last = span.starts_at.astimezone(span.zone).date(), span.ends_at.astimezone(span.zone).date()
    employed = and_(Agent.active_from < last, or_(Agent.active_to.is_(None), Agent.active_to >= first))
    agents = session.scalars(
        select(Agent)
        .options(selectinload(Agent.team).selectinload(Team.supervisors))
        .where(or_(Agent.employee_number.in_(seen), and_(Agent.active_from.is_not(None), employed)))
        .order_by(Agent.employee_number)
    )
    return tuple(
        AgentRecord(
            number=agent.employee_number,
            name=agent.name,
            team=Text(en=agent.team.name, zh=agent.team.name_zh),
            team_lead=", ".join(sorted(user.display_name for user in agent.team.supervisors)),
            hired_on=agent.hired_on,
        )
        for agent in agents
    )


def _words(session: Session, span: Span) -> tuple[WordsRecord, ...]:
    """Satisfied customers' comments; personal data in them is masked before it is frozen."""
    rows = session.execute(
        select(
            Agent.employee_number,
            Conversation.source,
            Conversation.external_id,
            SurveyResponse.comment,
            SurveyResponse.value,
            SurveyResponse.answered_at,
        )
        .join(Conversation, Conversation.id == SurveyResponse.conversation_id)
        .join(Agent, Agent.id == Conversation.agent_id)
        .where(
            span.holds(),
            SurveyResponse.metric == "csat",
            SurveyResponse.value >= _SATISFIED_FROM,
            func.length(SurveyResponse.comment) > 0,
        )
        .order_by(Agent.employee_number, Conversation.source, Conversation.external_id, SurveyResponse.sequence)
    )
    return tuple(
        WordsRecord(
            agent=number,
            conversation=f"{source}:{external_id}",
            comment=mask_personal_data(comment or "").text,
            rating=float(value or 0),
            answered_at=answered_at,
        )
        for number, source, external_id, comment, value, answered_at in rows
    )


def _history(session: Session, month: str) -> tuple[HistoryRecord, ...]:
    """What the latest revisions of the eleven months before said."""
    latest = (
        select(PeriodRevision.period_id, func.max(PeriodRevision.number).label("number"))
        .group_by(PeriodRevision.period_id)
        .subquery()
    )
    rows = session.execute(
        select(AssessmentPeriod.month, Agent.employee_number, Sheet.content)
        .join(PeriodRevision, PeriodRevision.id == Sheet.revision_id)
        .join(
            latest,
            and_(latest.c.period_id == PeriodRevision.period_id, latest.c.number == PeriodRevision.number),
        )
        .join(AssessmentPeriod, AssessmentPeriod.id == PeriodRevision.period_id)
        .join(Agent, Agent.id == Sheet.agent_id)
        .where(AssessmentPeriod.month < month, AssessmentPeriod.month >= shift_month(month, -_TREND_MONTHS))
        .order_by(Agent.employee_number, AssessmentPeriod.month)
    )
    return tuple(
        HistoryRecord(agent=number, point=point)
        for earlier, number, content in rows
        for point in _own_point(content, earlier)
    )


def _own_point(content: bytes, month: str) -> Sequence[TrendPoint]:
    """What that month said about itself: the last point of its trend."""
    return [point for point in decode_content(content).trend if point.month == month]
