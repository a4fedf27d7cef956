"""Handing out: who scores which sample by when, by the design rule and not by anybody's choice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from math import ceil

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from qa_app import audit
from qa_app.clock import now
from qa_app.conversations.metrics import month_bounds
from qa_app.models import (
    Agent,
    Assignment,
    AssignmentState,
    Conversation,
    Draw,
    Role,
    RoleName,
    Sample,
    SamplePurpose,
    SampleState,
    User,
)
from qa_app.people.organisation import working_calendar
from qa_app.sampling.design import Design
from qa_app.sampling.errors import NoInspectors, StageError
from qa_app.sampling.notices import tell_handed_out
from qa_app.sampling.population import zone_of
from qa_app.sampling.stages import key_of
from scoring.errors import AssignmentError
from scoring.sampling.assign import (
    BOUND_DOUBLE_SHARE,
    DEFAULT_DOUBLE_SHARE,
    InspectorSeat,
    SampleToAssign,
    assign_samples,
)
from scoring.timing.working import WorkingCalendar

__all__ = ["assign_replacement", "assign_to", "assign_to_freest", "hand_out", "list_seats", "propose_double_share"]

TARGETED_DAYS = 5


def hand_out(session: Session, actor: User | None, draw: Draw) -> list[Assignment]:
    """Give every sample of an executed draw to its inspectors, with due dates spread over the plan's working days."""
    if draw.drawn_at is None or draw.handed_out_at is not None:
        raise StageError("hand_out")
    waiting = select(Sample).where(Sample.draw_id == draw.id, Sample.state == SampleState.drawn).order_by(Sample.id)
    samples = session.scalars(waiting.options(selectinload(Sample.agent), selectinload(Sample.conversation))).all()
    design = Design.from_json(draw.plan.design)
    seats = list_seats(session)
    try:
        plan = assign_samples(
            [_describe(sample) for sample in samples],
            seats,
            key=key_of(draw),
            double_share=design.double_share,
            quarter=_count_quarter(session, draw.plan.month),
        )
    except AssignmentError as error:
        raise NoInspectors(str(error)) from error
    by_name = {sample.conversation.public_id: sample for sample in samples}
    calendar = working_calendar(session)
    assignments = []
    for scoring in plan.scorings:
        sample = by_name[scoring.conversation]
        given = Assignment(sample=sample, inspector_id=int(scoring.inspector), assigned_at=now())
        sample.state, sample.is_double = SampleState.assigned, sample.is_double or scoring.is_second
        assignments.append(given)
    _spread_due_dates(assignments, calendar, design.working_days)
    draw.handed_out_at, draw.shortfalls = now(), dict(plan.shortfalls)
    session.add_all(assignments)
    session.flush()
    audit.record(
        session,
        actor,
        action="draw.hand_out",
        thing=draw,
        name=draw.public_id,
        assignments=len(assignments),
        inspectors=len({assignment.inspector_id for assignment in assignments}),
        shortfalls=draw.shortfalls,
    )
    tell_handed_out(session, actor, draw, assignments)
    return assignments


def assign_replacement(session: Session, replaced: Sample, sample: Sample) -> None:
    """Give a replacement to the inspectors of the sample it replaces, where they may score it, else by the rule."""
    open_ones = [one for one in replaced.assignments if one.state == AssignmentState.open]
    seats = {seat.inspector: seat for seat in list_seats(session)}
    described = _describe(sample)
    taken: set[int] = set()
    for before in open_ones:
        before.state = AssignmentState.withdrawn
        seat = seats.get(str(before.inspector_id))
        able = seat is not None and seat.may_score(described)
        inspector_id = before.inspector_id if able else _find_other(sample, seats, taken)
        if inspector_id is not None and inspector_id not in taken:
            taken.add(inspector_id)
            given = Assignment(inspector_id=inspector_id, assigned_at=now(), due_at=before.due_at)
            sample.assignments.append(given)
    if taken:
        sample.state, sample.is_double = SampleState.assigned, len(taken) > 1


def assign_to_freest(session: Session, sample: Sample, seats: Sequence[InspectorSeat]) -> None:
    """Give one sample to the inspector with the fewest open ones, among those who may score it."""
    described = _describe(sample)
    able = [int(seat.inspector) for seat in seats if seat.may_score(described)]
    if not able:
        return
    rows = session.execute(
        select(Assignment.inspector_id, func.count())
        .join(Assignment.sample)
        .where(Assignment.state == AssignmentState.open, Assignment.inspector_id.in_(able))
        .where(Sample.purpose == SamplePurpose.work)
        .group_by(Assignment.inspector_id)
    )
    waiting = dict(rows.all())
    _give(session, sample, min(able, key=lambda one: (waiting.get(one, 0), one)))


def assign_to(session: Session, sample: Sample, inspector: User, seats: Sequence[InspectorSeat]) -> bool:
    """Give one sample to this inspector, and say whether they may score it at all."""
    seat = next((one for one in seats if one.inspector == str(inspector.id)), None)
    if seat is None or not seat.may_score(_describe(sample)):
        return False
    _give(session, sample, inspector.id)
    return True


def _give(session: Session, sample: Sample, inspector_id: int) -> None:
    given = Assignment(sample=sample, inspector_id=inspector_id, assigned_at=now())
    session.add(given)
    _spread_due_dates([given], working_calendar(session), TARGETED_DAYS)
    sample.state = SampleState.assigned


def list_seats(session: Session) -> list[InspectorSeat]:
    """List active inspectors with the teams whose work they must not score: the one they are in, those they lead."""
    query = select(User).join(User.roles).where(Role.name == RoleName.inspector.value, User.active.is_(True))
    return [_seat_of(user) for user in session.scalars(query.order_by(User.id)).unique()]


def propose_double_share(session: Session) -> float:
    """Propose how many conversations are scored twice: more where an inspector is bound to a team."""
    bound = any(seat.own_teams for seat in list_seats(session))
    return BOUND_DOUBLE_SHARE if bound else DEFAULT_DOUBLE_SHARE


def _seat_of(user: User) -> InspectorSeat:
    teams = {str(team.id) for team in user.supervised_teams}
    if user.agent is not None:
        teams.add(str(user.agent.team_id))
    own_agent = str(user.agent_id) if user.agent_id is not None else None
    return InspectorSeat(str(user.id), own_teams=frozenset(teams), own_agent=own_agent)


def _describe(sample: Sample) -> SampleToAssign:
    agent: Agent | None = sample.agent or sample.conversation.agent
    return SampleToAssign(
        conversation=sample.conversation.public_id,
        agent=str(agent.id) if agent else "",
        team=str(agent.team_id) if agent else "",
    )


def _find_other(sample: Sample, seats: dict[str, InspectorSeat], taken: set[int]) -> int | None:
    described = _describe(sample)
    able = (int(name) for name, seat in seats.items() if seat.may_score(described))
    return next((inspector_id for inspector_id in able if inspector_id not in taken), None)


def _count_quarter(session: Session, month: str) -> dict[tuple[str, str], int]:
    """Count the scorings that inspectors already hold of each agent in the quarter of the month."""
    zone = zone_of(session)
    first = f"{month[:4]}-{(int(month[5:]) - 1) // 3 * 3 + 1:02d}"
    begins, (_, ends) = month_bounds(first, zone)[0], month_bounds(month, zone)
    query = (
        select(Sample.agent_id, Assignment.inspector_id, func.count())
        .join(Sample, Sample.id == Assignment.sample_id)
        .join(Conversation, Conversation.id == Sample.conversation_id)
        .where(
            Sample.draw_id.is_not(None),
            Assignment.state != AssignmentState.withdrawn,
            Conversation.opened_at >= begins,
            Conversation.opened_at < ends,
        )
        .group_by(Sample.agent_id, Assignment.inspector_id)
    )
    return {(str(agent), str(inspector)): count for agent, inspector, count in session.execute(query)}


def _spread_due_dates(assignments: Sequence[Assignment], calendar: WorkingCalendar, working_days: int) -> None:
    """Give every inspector an even share a day: the i-th of k falls due on working day ⌈i·days/k⌉.

    The first of every agent come first, so that each agent's samples are spread over the window, and second scorings
    fall among the others, so that nobody can tell them by their date.
    """
    held: defaultdict[int, list[Assignment]] = defaultdict(list)
    for assignment in assignments:
        held[assignment.inspector_id].append(assignment)
    today = now().astimezone(calendar.zone).date()
    days = [today]
    for _ in range(working_days):
        days.append(calendar.add_working_days(days[-1], 1))
    ends = [datetime.combine(day + timedelta(days=1), time(), calendar.zone) - timedelta(seconds=1) for day in days]
    for own in held.values():
        own.sort(key=lambda one: (one.sample.rank or 0, one.sample.stratum))
        for place, assignment in enumerate(own, start=1):
            assignment.due_at = ends[ceil(place * working_days / len(own))]
