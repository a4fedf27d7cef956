"""Samples that leave an inspector's hands: handed to another, unusable, or in need of the lead's word (`rulings`).

A draft is never thrown away: it stays with the assignment that was withdrawn, readable, closed to new answers.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from qa_app import audit
from qa_app.clock import now
from qa_app.inspections.closing import score_of
from qa_app.inspections.drafts import require_open
from qa_app.inspections.refusals import Closed, NotAllowed, Refusal
from qa_app.models import Assignment, AssignmentState, Inspection, Role, RoleName, Sample, SamplePurpose, User
from qa_app.sampling.notices import close_done, tell_handed_over
from qa_app.sampling.service import replace_sample


class AnswersExist(Refusal):
    """A sample that was already judged cannot be called unusable: that would choose by the result."""


def list_inspectors(session: Session) -> list[User]:
    """All active inspectors by name, with what tells whose work they may score."""
    query = (
        select(User)
        .where(User.active.is_(True), User.roles.any(Role.name == RoleName.inspector.value))
        .options(selectinload(User.roles), selectinload(User.supervised_teams), joinedload(User.agent))
        .order_by(User.name)
    )
    return list(session.scalars(query).unique())


def list_possible_inspectors(session: Session, assignment: Assignment) -> list[User]:
    """Who may take the sample over: active inspectors of other teams who do not have the other half of it."""
    return [user for user in list_inspectors(session) if may_take(user, assignment)]


def may_take(user: User, assignment: Assignment) -> bool:
    """Tell whether a user may take a sample over: neither their own team's nor the other half of a double scoring."""
    taken = {other.inspector_id for other in assignment.sample.assignments if other.state != AssignmentState.withdrawn}
    return user.active and user.id not in taken and may_inspect(user, assignment.sample)


def may_inspect(user: User, sample: Sample) -> bool:
    """Tell whether a user inspects at all, and this agent is neither themselves nor of their team."""
    if RoleName.inspector not in user.role_names:
        return False
    if sample.agent is None:
        return True
    own_teams = {team.id for team in user.supervised_teams}
    if user.agent is not None:
        own_teams.add(user.agent.team_id)
    return sample.agent.team_id not in own_teams and user.agent_id != sample.agent_id


def reassign(session: Session, actor: User, assignment: Assignment, inspector: User, *, reason: str) -> Assignment:
    """Hand a sample to another inspector, who begins anew; the one before keeps a closed draft."""
    if assignment.state != AssignmentState.open:
        raise Closed("submitted" if assignment.state == AssignmentState.done else "handed_over")
    is_calibration = assignment.sample.purpose == SamplePurpose.calibration
    if is_calibration or not may_take(inspector, assignment):
        raise NotAllowed
    assignment.state = AssignmentState.withdrawn
    taken = next((one for one in assignment.sample.assignments if one.inspector_id == inspector.id), None)
    if taken is None:
        taken = Assignment(sample_id=assignment.sample_id, inspector_id=inspector.id)
        assignment.sample.assignments.append(taken)
    taken.state = AssignmentState.open
    taken.due_at, taken.assigned_at, taken.needs_lead = assignment.due_at, now(), None
    session.flush()
    audit.record(
        session,
        actor,
        action="assignment.reassign",
        thing=assignment,
        before={"inspector": assignment.inspector_id},
        after={"inspector": inspector.id, "assignment": taken.id},
        reason=reason,
    )
    close_done(session, {assignment.inspector_id}, because="handed over", done=assignment)
    tell_handed_over(session, actor, [taken])
    return taken


def mark_unusable(session: Session, actor: User, inspection: Inspection, *, reason: str, note: str = "") -> None:
    """Replace the sample by the next in the drawn order; only before any answer was given."""
    require_open(inspection)
    if any(row.value for row in inspection.answers) or inspection.evidence:
        raise AnswersExist
    if inspection.assignment is None:
        raise Closed("withdrawn")
    if inspection.purpose == SamplePurpose.calibration:
        raise NotAllowed  # everybody scores the same conversations
    replace_sample(session, actor, inspection.assignment.sample, reason=reason, note=note)
    audit.record(session, actor, action="inspection.unusable", thing=inspection, reason=reason)


def refer_to_lead(session: Session, actor: User, inspection: Inspection, *, why: str) -> None:
    """Hand a conversation in which nothing with weight applies to the QA lead, who replaces it or says how to score."""
    require_open(inspection)
    if inspection.assignment is None:
        raise Closed("withdrawn")
    if score_of(inspection).is_scoreable:
        raise ValueError("something with weight applies: the sample can be scored")
    inspection.assignment.needs_lead = why or "not_scoreable"
    audit.record(session, actor, action="inspection.refer", thing=inspection, reason=why)
