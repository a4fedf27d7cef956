"""What other rooms call: the samples of a month that are still open, replacing one, adding a targeted check."""

from __future__ import annotations

from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_app import audit
from qa_app.clock import now
from qa_app.models import (
    AssignmentState,
    Draw,
    Inspection,
    InspectionState,
    RoleName,
    Sample,
    SamplePurpose,
    SampleState,
    SamplingPlan,
    User,
)
from qa_app.sampling.errors import ReplacementRefused
from qa_app.sampling.handout import assign_replacement
from qa_app.sampling.learned import give_shifts
from qa_app.sampling.notices import close_done, tell_handed_over
from qa_app.sampling.packing import unpack_order
from qa_app.sampling.population import find_conversations
from qa_app.sampling.rubric_choice import RubricChoice
from qa_app.sampling.stages import make_sample
from qa_app.sampling.targeting import add_targeted_sample, find_target_obstacles, take_back_target

__all__ = [
    "LEAD_REASONS",
    "REASONS",
    "add_targeted_sample",
    "find_target_obstacles",
    "open_samples",
    "replace_appealed_sample",
    "replace_sample",
    "take_back_target",
]

REASONS: Final = ("empty", "wrong_agent", "damaged", "test", "duplicate", "personal_data")
LEAD_REASONS: Final = ("not_scoreable",)


def open_samples(session: Session, month: str) -> list[Sample]:
    """List the random samples of a month's draws that are neither inspected nor replaced, oldest draw first."""
    query = (
        select(Sample)
        .join(Draw, Draw.id == Sample.draw_id)
        .join(SamplingPlan, SamplingPlan.id == Draw.plan_id)
        .where(
            SamplingPlan.month == month,
            SamplingPlan.archived_at.is_(None),
            Sample.state.in_((SampleState.drawn, SampleState.assigned)),
        )
        .order_by(Sample.id)
    )
    return list(session.scalars(query))


def replace_sample(session: Session, actor: User, sample: Sample, *, reason: str, note: str = "") -> Sample | None:
    """Replace an unusable sample by the next in the drawn order, before any answer is entered.

    Returns the sample that came instead, or `None` where the reserve of the stratum is used up or the sample was
    targeted. Nobody picks: the next one is a fact of the order.
    """
    _refuse_replacement(session, actor, sample, reason)
    return _replace(session, actor, sample, reason=reason, note=note)


def replace_appealed_sample(session: Session, actor: User, sample: Sample, *, note: str) -> Sample | None:
    """Replace a sample that turned out, on appeal, to be somebody else's work: it was scored, so only here.

    What was scored stays readable and counts for nobody; the next of the drawn order comes as with any replacement.
    """
    if sample.state == SampleState.replaced:
        raise ReplacementRefused("closed")
    return _replace(session, actor, sample, reason="wrong_agent", note=note)


def _replace(session: Session, actor: User, sample: Sample, *, reason: str, note: str) -> Sample | None:
    sample.state, sample.replacement_reason, sample.replacement_note = SampleState.replaced, reason, note or None
    sample.replaced_at, sample.replaced_by_user_id = now(), actor.id
    following = _take_next(session, sample) if sample.draw is not None else None
    if following is not None:
        session.add(following)
        session.flush()
        sample.replaced_by_id = following.id
        assign_replacement(session, sample, following)
    for assignment in sample.assignments:
        if assignment.state == AssignmentState.open:
            assignment.state = AssignmentState.withdrawn
    session.flush()
    audit.record(
        session,
        actor,
        action="sample.replace",
        thing=sample,
        name=sample.conversation.public_id,
        reason=reason,
        note=note,
        replacement=following.conversation.public_id if following else None,
    )
    close_done(session, {assignment.inspector_id for assignment in sample.assignments}, because="replaced")
    if following is not None:
        tell_handed_over(session, actor, following.assignments)
    return following


def _refuse_replacement(session: Session, actor: User, sample: Sample, reason: str) -> None:
    if reason not in REASONS + LEAD_REASONS:
        raise ReplacementRefused("unknown_reason")
    if reason in LEAD_REASONS and RoleName.qa_lead not in actor.role_names:
        raise ReplacementRefused("lead_only")
    if sample.state not in (SampleState.drawn, SampleState.assigned):
        raise ReplacementRefused("closed")
    if sample.purpose == SamplePurpose.calibration:
        raise ReplacementRefused("closed")
    inspections = session.scalars(select(Inspection).where(Inspection.sample_id == sample.id)).all()
    submitted = any(inspection.state != InspectionState.draft for inspection in inspections)
    answered = any(any(row.value for row in one.answers) or one.evidence for one in inspections)
    # What cannot be scored is found out while answering, so the lead may replace it after that; nobody else may.
    if submitted or (answered and reason not in LEAD_REASONS):
        raise ReplacementRefused("answers_exist")


def _take_next(session: Session, sample: Sample) -> Sample | None:
    """Make the sample that is next in the order of the stratum; the draw's row is the lock two requests queue at."""
    draw = session.execute(select(Draw).where(Draw.id == sample.draw_id).with_for_update()).scalar_one()
    used = session.scalar(
        select(func.max(Sample.rank)).where(Sample.draw_id == draw.id, Sample.stratum == sample.stratum)
    )
    rank = used or 0
    drawn = unpack_order(draw)
    following = drawn.ordered_ids(sample.stratum, rank, rank + 1)
    if not following:
        return None
    conversation = find_conversations(session, following)[following[0]]
    version = RubricChoice(session, draw.plan).version_for(conversation.channel)
    replacement = make_sample(drawn, draw, conversation, version, rank=rank + 1)
    give_shifts(session, draw, [replacement])
    return replacement
