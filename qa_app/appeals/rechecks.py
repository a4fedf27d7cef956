"""Siblings of an upheld appeal: inspections of the same month that may have the same fault, looked at again.

A sibling has the same answer to the same criterion, and the same inspector or the same rubric version; the other
scoring of the same conversation is one too. Nothing is corrected without somebody looking.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from qa_app import audit
from qa_app.appeals.errors import AlreadySettled, OwnWork, ReasonMissing, SameAnswer
from qa_app.appeals.who import inspectors_of
from qa_app.clock import now
from qa_app.conversations.metrics import month_bounds
from qa_app.inspections.revising import revise_inspection
from qa_app.models import (
    Answer,
    Appeal,
    AppealAnswer,
    AppealRecheck,
    Conversation,
    Inspection,
    InspectionState,
    PointDecision,
    RecheckState,
    Sample,
    SamplePurpose,
    SampleState,
    User,
)
from qa_app.people.appeal_rules import appeal_clock
from qa_app.people.organisation import working_calendar

__all__ = ["CAUSES", "Sibling", "ask_rechecks", "find_siblings", "month_of", "settle_recheck", "upheld_answers"]

CAUSES = ("same_inspector", "same_rubric")


@dataclass(frozen=True, slots=True)
class Sibling:
    """An inspection with the same answer; `cause` is the nearest thing it shares."""

    inspection_id: int
    criterion: str
    cause: str


def upheld_answers(appeal: Appeal) -> list[AppealAnswer]:
    """The disputed answers that were changed."""
    changed = (PointDecision.accepted, PointDecision.partly)
    return [answer for answer in appeal.answers if answer.decision in changed and answer.decided is not None]


def month_of(session: Session, conversation: Conversation) -> str:
    """The month a conversation belongs to, empty where its opening is unknown."""
    if conversation.opened_at is None:
        return ""
    return conversation.opened_at.astimezone(working_calendar(session).zone).strftime("%Y-%m")


def find_siblings(session: Session, appeal: Appeal) -> list[Sibling]:
    """Find the siblings nobody was asked to look at yet, in the order of the inspections."""
    month = month_of(session, appeal.inspection.conversation)
    if not month:
        return []
    start, end = month_bounds(month, working_calendar(session).zone)
    found = []
    for point in upheld_answers(appeal):
        in_month = (Conversation.opened_at >= start, Conversation.opened_at < end)
        found += _siblings_of(session, appeal.inspection, point, in_month)
    return found


def _siblings_of(
    session: Session, own: Inspection, point: AppealAnswer, in_month: Sequence[ColumnElement[bool]]
) -> list[Sibling]:
    asked = select(AppealRecheck.inspection_id).where(AppealRecheck.criterion == point.criterion)
    rows = session.execute(
        select(Inspection.id, Inspection.inspector_id, Inspection.sample_id, Answer.value)
        .join(Answer, Answer.inspection_id == Inspection.id)
        .join(Conversation, Conversation.id == Inspection.conversation_id)
        .outerjoin(Sample, Sample.id == Inspection.sample_id)
        .where(
            *in_month,
            Answer.criterion == point.criterion,
            Inspection.id != own.id,
            Inspection.purpose == SamplePurpose.work,
            or_(Inspection.rubric_version_id == own.rubric_version_id, Inspection.inspector_id == own.inspector_id),
            Inspection.state.not_in((InspectionState.draft, InspectionState.appealed)),
            or_(Inspection.sample_id.is_(None), Sample.state != SampleState.replaced),
            Inspection.id.not_in(asked),
        )
        .order_by(Inspection.id)
    )
    given = answer_key(point.given)
    return [
        Sibling(row.id, point.criterion, _cause_of(own, row.inspector_id, row.sample_id))
        for row in rows
        if answer_key(row.value) == given
    ]


def answer_key(value: dict[str, object]) -> str:
    """What makes two answers the same: the level or the items, not the remarks of a ruling or a measured figure."""
    if "measured" in value:
        return "measured"
    return repr(
        sorted(
            (name, value[name])
            for name in ("level", "items", "missed", "excluded", "na", "unscoreable")
            if name in value
        )
    )


def _cause_of(own: Inspection, inspector_id: int, sample_id: int | None) -> str:
    if sample_id is not None and sample_id == own.sample_id:
        return "same_conversation"
    return "same_inspector" if inspector_id == own.inspector_id else "same_rubric"


def ask_rechecks(session: Session, actor: User, appeal: Appeal, *, cause: str) -> int:
    """Put siblings on the list to be looked at again; `same_inspector` leaves out those of other inspectors."""
    wanted = {"same_conversation", "same_inspector", cause}
    siblings = [one for one in find_siblings(session, appeal) if one.cause in wanted]
    if not siblings:
        return 0
    moment = now()
    due_at = appeal_clock(session).decision_due_at(moment)
    appeal.rechecks.extend(
        AppealRecheck(
            inspection_id=one.inspection_id,
            criterion=one.criterion,
            cause=one.cause,
            asked_at=moment,
            asked_by_id=actor.id,
            due_at=due_at,
        )
        for one in siblings
    )
    appeal.recheck_asked_at = moment
    session.flush()
    audit.record(
        session,
        actor,
        action="appeal.ask_rechecks",
        thing=appeal,
        cause=cause,
        inspections=[one.inspection_id for one in siblings],
    )
    return len(siblings)


def settle_recheck(session: Session, actor: User, recheck: AppealRecheck, *, is_corrected: bool, note: str) -> None:
    """Say that a sibling stands, or correct it as the appeal was decided; never by somebody who scored it."""
    if recheck.state != RecheckState.open:
        raise AlreadySettled
    if not note.strip():
        raise ReasonMissing(recheck.criterion)
    inspection = recheck.inspection
    if actor.id in inspectors_of(session, inspection) or actor.agent_id == inspection.agent_id:
        raise OwnWork
    if is_corrected:
        _correct(session, actor, recheck, note.strip())
    recheck.state = RecheckState.corrected if is_corrected else RecheckState.stands
    recheck.settled_at, recheck.settled_by_id, recheck.note = now(), actor.id, note.strip()
    session.flush()
    audit.record(
        session,
        actor,
        action="appeal.settle_recheck",
        thing=recheck,
        appeal=recheck.appeal_id,
        inspection=inspection.id,
        criterion=recheck.criterion,
        state=recheck.state,
        note=recheck.note,
    )


def _correct(session: Session, actor: User, recheck: AppealRecheck, note: str) -> None:
    inspection, code = recheck.inspection, recheck.criterion
    point = next(answer for answer in upheld_answers(recheck.appeal) if answer.criterion == code)
    stands = next((row.value for row in inspection.answers if row.criterion == code), {})
    if inspection.state == InspectionState.appealed:
        raise AlreadySettled  # its own appeal goes first
    if answer_key(stands) != answer_key(point.given):
        raise SameAnswer(code)
    assert point.decided is not None
    cause = f"recheck:{recheck.id}"
    revise_inspection(session, actor, inspection, {code: point.decided}, reasons={code: note}, cause=cause)
