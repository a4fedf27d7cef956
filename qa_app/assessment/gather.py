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
    FORMULAS,
    AgentRecord,
    HistoryRecord,
    MachineRecord,
    ModelRecord,
    MonthInputs,
    PeriodRecord,
    RatingsRecord,
    ResultRecord,
    WordsRecord,
)
from qa_app.assessment.reduce import WINDOW_MONTHS
from qa_app.coaching.ratings_queries import ratings_of_month
from qa_app.coaching.results import results_of_month
from qa_app.conversations.metrics import month_bounds
from qa_app.conversations.turns import marks_from
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
from qa_app.screening.queries import AgentMonthMean, WindowScores, scores_of_window
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
    learned = _learned_scores(session, month, policy, window)
    return MonthInputs(
        period=_period(month, span, occasion),
        policy=policy,
        agents=agents,
        work=tuple(work.counts[number] for number in sorted(work.counts)),
        cells=tuple(sorted(work.cells)),
        inspections=tuple(
            msgspec.structs.replace(record, auto=learned.by_conversation.get(record.conversation))
            for record in inspections.records
        ),
        rubrics=inspections.rubrics,
        draws=inspections.draws,
        words=_words(session, span),
        history=_history(session, month),
        machine=tuple(_machine(mean) for mean in learned.means),
        models=_models(learned),
        tests=_tests(session, month),
        ratings=_ratings(session, month, occasion.at),
    )


def _learned_scores(session: Session, month: str, policy: Policy, window: Span) -> WindowScores:
    """What the model in use says of each inspected conversation, and the means of all that could have been drawn;
    nothing where the policy leaves learned scores out."""
    if not policy.learned_scores:
        return WindowScores(None, "", {}, ())
    months = [shift_month(month, -age) for age in reversed(range(WINDOW_MONTHS))]
    return scores_of_window(session, months, window.zone, moment=window.moment)


def _machine(mean: AgentMonthMean) -> MachineRecord:
    return MachineRecord(
        agent=mean.agent, month=mean.month, mean=mean.mean, conversations=mean.conversations, missing=mean.missing
    )


def _models(learned: WindowScores) -> tuple[ModelRecord, ...]:
    if learned.version is None:
        return ()
    return (ModelRecord(version=learned.version, training_digest=learned.training_digest),)


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
        formulas=FORMULAS,
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


def _tests(session: Session, month: str) -> tuple[ResultRecord, ...]:
    """Results of tests that count in the month."""
    return tuple(
        ResultRecord(agent=number, quarter=quarter, kind=kind, share=share)
        for number, quarter, kind, share in results_of_month(session, month)
    )


def _ratings(session: Session, month: str, at: datetime) -> tuple[RatingsRecord, ...]:
    """Ratings of closed rounds that count in the month, without who gave them."""
    return tuple(
        RatingsRecord(agent=one.agent, peers=one.peers, supervisors=one.supervisors, own=one.own)
        for one in ratings_of_month(session, month, at=at)
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
            Conversation.personal,
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
            comment=mask_personal_data(comment or "", marks=marks_from(personal)).text,
            rating=float(value or 0),
            answered_at=answered_at,
        )
        for number, source, external_id, comment, value, answered_at, personal in rows
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
