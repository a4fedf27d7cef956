"""Conversations that a person sends to inspection: marked as chosen, weighing nothing, and taken back unopened."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from qa_app import audit
from qa_app.clock import now
from qa_app.models import (
    Assignment,
    AssignmentState,
    Conversation,
    Inspection,
    Organisation,
    RubricVersion,
    Sample,
    SampleState,
    User,
)
from qa_app.sampling.errors import NoRubric, TargetRefused
from qa_app.sampling.handout import assign_to, assign_to_freest, list_seats
from qa_app.sampling.notices import close_done, tell_handed_over
from qa_app.sampling.queries import waits_for_inspection
from qa_app.sampling.rubric_choice import RubricChoice

__all__ = ["TargetDesk", "add_targeted_sample", "find_target_obstacles", "take_back_target"]


class TargetDesk:
    """What sending many conversations looks up once: the rubrics in force, and who may score.

    Whoever makes one waits until the transaction of any other who sends has ended, and sees what they sent: else two
    leads could send the same conversation, and both to whoever has the fewest. It is one lock for all conversations:
    of two who locked the same ones one by one, in another order, each would wait for the other.
    """

    def __init__(self, session: Session) -> None:
        wait = update(Organisation).values(is_demo=Organisation.is_demo)
        session.execute(wait.execution_options(synchronize_session=False))
        self.rubrics = RubricChoice(session)
        self.seats = list_seats(session)


def find_target_obstacles(
    session: Session, conversations: Sequence[Conversation], *, rubrics: RubricChoice | None = None
) -> dict[int, str]:
    """Return by key why conversations cannot be sent: their content was deleted, they wait already, no rubric fits."""
    keys = [one.id for one in conversations]
    waiting = set(
        session.scalars(select(Sample.conversation_id).where(Sample.conversation_id.in_(keys), waits_for_inspection()))
    )
    choice = rubrics or RubricChoice(session)
    found = {}
    for one in conversations:
        if one.erased_at is not None:
            found[one.id] = "erased"
        elif one.id in waiting:
            found[one.id] = "waiting"
        elif not _has_rubric(choice, one.channel):
            found[one.id] = "no_rubric"
    return found


def _has_rubric(choice: RubricChoice, channel: str) -> bool:
    try:
        choice.version_for(channel)
    except NoRubric:
        return False
    return True


def add_targeted_sample(
    session: Session,
    actor: User,
    conversation: Conversation,
    reason: str,
    *,
    inspector: User | None = None,
    version: RubricVersion | None = None,
    desk: TargetDesk | None = None,
) -> Sample:
    """Send one conversation to inspection by choice. It is marked, and weighs nothing in every estimate.

    It goes to `inspector`, else to the one with the fewest open samples who may score it; where there is none it waits
    unassigned. `version` is the rubric to score it with, else the one in force for its channel. Who sends many gives
    the same `desk` with each.

    Raises
    ------
    TargetRefused
        If its content was deleted, it waits for inspection already, no rubric fits, or the inspector may not score it.
    """
    desk = desk or TargetDesk(session)
    obstacle = find_target_obstacles(session, [conversation], rubrics=desk.rubrics).get(conversation.id, "")
    if obstacle and not (obstacle == "no_rubric" and version is not None):
        raise TargetRefused(obstacle)
    sample = Sample(
        draw_id=None,
        conversation=conversation,
        agent_id=conversation.agent_id,
        rubric_version_id=(version or desk.rubrics.version_for(conversation.channel)).id,
        targeted_reason=reason,
        weight=0.0,
        created_at=now(),
    )
    session.add(sample)
    session.flush()
    if inspector is None:
        assign_to_freest(session, sample, desk.seats)
    elif not assign_to(session, sample, inspector, desk.seats):
        raise TargetRefused("own_team")
    audit.record(session, actor, action="sample.target", thing=sample, name=conversation.public_id, reason=reason)
    session.flush()
    tell_handed_over(session, actor, sample.assignments)
    return sample


def take_back_target(session: Session, actor: User, sample: Sample) -> None:
    """Take a conversation back from inspection, as long as nobody has opened it: then nothing was built on it.

    Raises
    ------
    TargetRefused
        If it was drawn at random, or somebody has opened it.
    """
    opened = session.scalar(select(exists().where(Inspection.sample_id == sample.id)))
    if not sample.is_targeted or sample.state not in (SampleState.drawn, SampleState.assigned) or opened:
        raise TargetRefused("opened")
    name = sample.conversation.public_id
    audit.record(session, actor, action="sample.take_back", thing=sample, name=name)
    held = {one.inspector_id for one in sample.assignments}
    for one in sample.assignments:
        one.state = AssignmentState.withdrawn
    session.flush()
    close_done(session, held, because="taken back")
    key = sample.id
    session.expunge(sample)
    session.execute(delete(Assignment).where(Assignment.sample_id == key))
    session.execute(delete(Sample).where(Sample.id == key))
