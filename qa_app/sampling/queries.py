"""Lists on screens: plans and draws, the strata of a draw, its samples, and who replaces more than others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session, selectinload

from qa_app.access import visible_agents
from qa_app.models import (
    Agent,
    Assignment,
    AssignmentState,
    Conversation,
    Draw,
    Sample,
    SamplePurpose,
    SampleState,
    SamplingPlan,
    User,
)
from qa_app.sampling.design import Design, Strata
from qa_app.sampling.stages import Stage, stage_of
from qa_app.sampling.words import stratum_title

__all__ = [
    "PlanLine",
    "ReplacementShare",
    "SampleLine",
    "StratumLine",
    "WaitingCheck",
    "count_commitments",
    "find_waiting_check",
    "list_plans",
    "list_replacement_shares",
    "list_samples",
    "list_strata",
    "list_topics",
    "waits_for_inspection",
]

MOST_TOPICS = 200
_SUSPICIOUS = 2


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A plan with its draw and how far its samples are."""

    plan: SamplingPlan
    draw: Draw
    stage: Stage
    planned: int
    taken: int
    inspected: int
    replaced: int


@dataclass(frozen=True, slots=True)
class WaitingCheck:
    """Why a conversation waits to be inspected, since when, and who has it, each with the key of their assignment."""

    sample: Sample
    inspectors: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class StratumLine:
    """A stratum of a draw: eligible, planned, drawn, replaced, inspected, and between which chances the drawn had."""

    title: str
    key: str
    eligible: int
    planned: int
    drawn: int
    replaced: int
    inspected: int
    smallest_chance: float | None = None
    largest_chance: float | None = None


@dataclass(frozen=True, slots=True)
class SampleLine:
    """A sample with who scores it."""

    sample: Sample
    name: str
    conversation_id: int
    agent: str
    inspectors: tuple[str, ...]
    due_at: datetime | None

    chance: float | None

    @property
    def is_open(self) -> bool:
        """Whether it can still be replaced."""
        return self.sample.state in (SampleState.drawn, SampleState.assigned)


@dataclass(frozen=True, slots=True)
class ReplacementShare:
    """How many of the samples one person held, or asked to replace, were replaced; `lower` is Wilson's bound."""

    person: str
    asked: bool
    replaced: int
    held: int
    lower: float
    overall: float

    @property
    def is_suspicious(self) -> bool:
        """Whether even the lower bound is more than twice the overall share."""
        return self.lower > _SUSPICIOUS * self.overall


def list_plans(session: Session) -> list[PlanLine]:
    """List the plans that are not put away, latest month first."""
    plans = session.scalars(
        select(SamplingPlan)
        .where(SamplingPlan.archived_at.is_(None))
        .options(selectinload(SamplingPlan.draws))
        .order_by(SamplingPlan.month.desc(), SamplingPlan.id.desc())
    ).all()
    replaced = func.sum(case((Sample.state == SampleState.replaced, 1), else_=0))
    inspected = func.sum(case((Sample.state == SampleState.inspected, 1), else_=0))
    rows = session.execute(
        select(Sample.draw_id, func.count(), inspected, replaced)
        .where(Sample.draw_id.is_not(None))
        .group_by(Sample.draw_id)
    )
    counts = {draw_id: (taken, done, gone) for draw_id, taken, done, gone in rows}
    lines = []
    for plan in plans:
        for draw in plan.draws:
            taken, done, gone = counts.get(draw.id, (0, 0, 0))
            lines.append(PlanLine(plan, draw, stage_of(draw), sum(draw.sizes.values()), taken, done, gone))
    return lines


def count_commitments(session: Session, month: str) -> int:
    """Count the seeds ever committed for a month, those of plans put away too."""
    return session.scalar(select(func.count()).where(SamplingPlan.month == month)) or 0


def list_strata(session: Session, actor: User, draw: Draw) -> list[StratumLine]:
    """List the strata of a frozen draw; where they are agents, those whose figures the actor may see."""
    strata = Design.from_json(draw.plan.design).strata
    names = dict(session.execute(select(Agent.employee_number, Agent.name).where(visible_agents(actor))).all())
    counts: Counter[tuple[str, str]] = Counter()
    chances: dict[str, list[float]] = {}
    chance = Sample.inclusion_probability
    rows = session.execute(
        select(Sample.stratum, Sample.state, func.count(), func.min(chance), func.max(chance))
        .where(Sample.draw_id == draw.id)
        .group_by(Sample.stratum, Sample.state)
    )
    for stratum, state, count, smallest, largest in rows:
        counts[stratum, state] = count
        counts[stratum, ""] += count
        if smallest is not None and largest is not None:
            chances.setdefault(stratum, []).extend((smallest, largest))
    return [
        StratumLine(
            title=stratum_title(strata, stratum, names),
            key=stratum,
            eligible=eligible,
            planned=draw.sizes.get(stratum, 0),
            drawn=counts[stratum, ""],
            replaced=counts[stratum, SampleState.replaced],
            inspected=counts[stratum, SampleState.inspected],
            smallest_chance=min(chances.get(stratum, ()), default=None),
            largest_chance=max(chances.get(stratum, ()), default=None),
        )
        for stratum, eligible in sorted(draw.populations.items())
        if strata is not Strata.agent or stratum in names
    ]


def list_samples(session: Session, draw: Draw) -> list[SampleLine]:
    """List the samples of a draw by agent and rank, each with its inspectors: two queries whatever the length."""
    samples = session.scalars(
        select(Sample)
        .where(Sample.draw_id == draw.id)
        .options(selectinload(Sample.assignments), selectinload(Sample.conversation), selectinload(Sample.agent))
    ).all()
    names = _names_of_users(session, {one.inspector_id for sample in samples for one in sample.assignments})
    lines = [_line_of(sample, names, _chance_of(sample, draw)) for sample in samples]
    return sorted(lines, key=lambda line: (line.sample.stratum, line.sample.rank or 0))


def list_replacement_shares(session: Session, draws: Sequence[Draw]) -> list[ReplacementShare]:
    """Say of every inspector how many held samples were replaced, and of everyone how many they asked to replace."""
    from scoring.estimates.intervals import proportion_interval  # SciPy is reached late (docs/architecture.md)

    ids = [draw.id for draw in draws]
    samples = session.execute(
        select(Sample.id, Sample.state, Sample.replaced_by_user_id).where(Sample.draw_id.in_(ids))
    )
    gone = {row.id: row.replaced_by_user_id for row in samples if row.state == SampleState.replaced}
    total = session.scalar(select(func.count()).where(Sample.draw_id.in_(ids))) or 0
    held_by: dict[int, set[int]] = {}
    rows = session.execute(
        select(Assignment.inspector_id, Assignment.sample_id)
        .join(Sample, Sample.id == Assignment.sample_id)
        .where(Sample.draw_id.in_(ids))
    )
    for inspector_id, sample_id in rows:
        held_by.setdefault(inspector_id, set()).add(sample_id)
    overall = len(gone) / total if total else 0.0
    asked = Counter(user_id for user_id in gone.values() if user_id is not None)
    counted = [(user, False, len(held & gone.keys()), len(held)) for user, held in held_by.items()]
    counted += [(user, True, count, len(held_by.get(user, ())) or total) for user, count in asked.items()]
    names = _names_of_users(session, {row[0] for row in counted})
    shares = [
        ReplacementShare(names.get(user, "–"), by_asking, k, n, proportion_interval(min(k, n), n).lower, overall)
        for user, by_asking, k, n in counted
        if k
    ]
    return sorted(shares, key=lambda share: (-share.lower, share.person, share.asked))


def list_topics(session: Session) -> list[str]:
    """List the topics that occur most."""
    query = select(Conversation.topic).where(Conversation.topic.is_not(None), Conversation.topic != "")
    rows = session.scalars(query.group_by(Conversation.topic).order_by(func.count().desc()).limit(MOST_TOPICS))
    return sorted(topic for topic in rows if topic)


def _chance_of(sample: Sample, draw: Draw) -> float | None:
    """Read the chance; draws from before it was kept were equal, n of N."""
    if sample.inclusion_probability is not None or not draw.populations.get(sample.stratum):
        return sample.inclusion_probability
    return float(draw.sizes.get(sample.stratum, 0) / draw.populations[sample.stratum])


def _line_of(sample: Sample, names: dict[int, str], chance: float | None) -> SampleLine:
    due = [one.due_at for one in sample.assignments if one.due_at is not None]
    return SampleLine(
        sample=sample,
        name=sample.conversation.public_id,
        conversation_id=sample.conversation_id,
        agent=sample.agent.name if sample.agent else "",
        inspectors=tuple(names.get(one.inspector_id, "–") for one in sample.assignments),
        due_at=max(due, default=None),
        chance=chance,
    )


def _names_of_users(session: Session, ids: set[int]) -> dict[int, str]:
    return {user.id: user.display_name for user in session.scalars(select(User).where(User.id.in_(ids)))}


def waits_for_inspection() -> ColumnElement[bool]:
    """Samples that are still to be scored, drawn or chosen; what a calibration session scores is apart from them."""
    return (Sample.purpose == SamplePurpose.work) & Sample.state.in_((SampleState.drawn, SampleState.assigned))


def find_waiting_check(session: Session, conversation: Conversation) -> WaitingCheck | None:
    """Return for what a conversation waits, the first of several."""
    query = select(Sample).where(Sample.conversation_id == conversation.id, waits_for_inspection())
    sample = session.scalars(query.order_by(Sample.id).limit(1)).first()
    if sample is None:
        return None
    held = session.execute(
        select(Assignment.id, User)
        .join(User, User.id == Assignment.inspector_id)
        .where(Assignment.sample_id == sample.id, Assignment.state == AssignmentState.open)
        .order_by(Assignment.id)
    )
    return WaitingCheck(sample, tuple((key, user.display_name) for key, user in held))
