"""Filing an appeal and what happens to it before it is decided: withdrawn, taken over, escalated, given more time.

Deciding is in `deciding`, siblings of an upheld appeal in `rechecks`; both are reached through here by other rooms.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from qa_app import audit
from qa_app.appeals.deciding import decide_appeal, decide_wrong_agent, may_decide, preview_decision, refuse_decider
from qa_app.appeals.errors import (
    AlreadySettled,
    AnswerNotOffered,
    NobodyElse,
    NothingDisputed,
    NotLater,
    NotYours,
    ReasonMissing,
    SameAnswer,
    WindowClosed,
)
from qa_app.appeals.notices import close_read, tell_escalated, tell_filed, tell_taken, tell_withdrawn
from qa_app.appeals.rechecks import ask_rechecks, settle_recheck
from qa_app.appeals.who import can_go_up, find_possible_deciders, inspectors_of, who_may_decide
from qa_app.clock import now
from qa_app.inspections.answers import AnswerRefused
from qa_app.inspections.content import read_content
from qa_app.inspections.evidence import make_evidence
from qa_app.inspections.refusals import Changed
from qa_app.inspections.revising import check_change
from qa_app.inspections.service import Place, enter_state, window_ends_at
from qa_app.models import (
    Appeal,
    AppealAnswer,
    AppealEvidence,
    AppealKind,
    AppealState,
    Inspection,
    InspectionState,
    SampleState,
    User,
)
from qa_app.people.appeal_rules import appeal_clock
from qa_app.rubrics.queries import load_definition

__all__ = [
    "Dispute",
    "ask_rechecks",
    "can_appeal",
    "decide_appeal",
    "decide_wrong_agent",
    "escalate_appeal",
    "extend_appeal",
    "file_appeal",
    "may_decide",
    "next_due_at",
    "note_reading",
    "preview_decision",
    "settle_recheck",
    "take_appeal",
    "withdraw_appeal",
]

LONGEST_TEXT = 2000


@dataclass(frozen=True, slots=True)
class Dispute:
    """One answer an agent disputes: which it should be, why, and the places that show it."""

    criterion: str
    proposed: Mapping[str, Any] | None
    reason: str
    places: Sequence[Place] = field(default=())


def can_appeal(session: Session, actor: User, inspection: Inspection) -> bool:
    """Tell whether the agent at the screen may still appeal this inspection."""
    if actor.agent_id is None or inspection.agent_id != actor.agent_id:
        return False
    if inspection.state != InspectionState.submitted or inspection.score is None:
        return False
    if inspection.sample is not None and inspection.sample.state == SampleState.replaced:
        return False
    end = window_ends_at(session, inspection)
    return end is not None and now() < end


def file_appeal(
    session: Session,
    actor: User,
    inspection: Inspection,
    *,
    kind: AppealKind,
    disputes: Sequence[Dispute],
    text: str = "",
) -> Appeal:
    """File an appeal: named answers with reasons and places, or that the conversation is somebody else's.

    The inspection is `appealed` from here on; of two appeals sent at the same moment one is refused.
    """
    if not can_appeal(session, actor, inspection):
        raise WindowClosed
    assert actor.agent_id is not None
    answers = [] if kind is AppealKind.wrong_agent else _disputed(inspection, disputes)
    if kind is AppealKind.wrong_agent and not text.strip():
        raise ReasonMissing
    try:
        enter_state(session, inspection, InspectionState.appealed)
    except Changed as taken:
        raise WindowClosed from taken
    moment = now()
    appeal = Appeal(
        inspection_id=inspection.id,
        agent_id=actor.agent_id,
        filed_by_id=actor.id,
        kind=kind,
        state=AppealState.open,
        text=text.strip()[:LONGEST_TEXT],
        filed_at=moment,
        due_at=appeal_clock(session).decision_due_at(moment),
        score_before=inspection.score,
        answers=answers,
    )
    session.add(appeal)
    session.flush()
    audit.record(
        session,
        actor,
        action="appeal.file",
        thing=appeal,
        inspection=inspection.id,
        kind=kind,
        criteria=[answer.criterion for answer in answers],
        due_at=appeal.due_at,
    )
    if not who_may_decide(appeal, find_possible_deciders(session), inspectors_of(session, inspection)):
        _pass_up(session, appeal)
    tell_filed(session, actor, appeal)
    return appeal


def _pass_up(session: Session, appeal: Appeal) -> None:
    """Escalate an appeal that no QA lead may decide: open, it would wait for nobody until its day had passed.

    Where there is nobody of HR either it stays open, for a lead who comes, or to be escalated once HR has somebody.
    """
    if not can_go_up(session, appeal, None):
        return
    appeal.state, appeal.escalated_at = AppealState.escalated, appeal.filed_at
    session.flush()
    audit.record(session, None, action="appeal.escalate", thing=appeal, reason="nobody else may decide")


def _disputed(inspection: Inspection, disputes: Sequence[Dispute]) -> list[AppealAnswer]:
    if not disputes:
        raise NothingDisputed
    content = read_content(inspection) if any(dispute.places for dispute in disputes) else None
    rubric = load_definition(inspection.rubric_version)
    given = {row.criterion: dict(row.value) for row in inspection.answers}
    answers = []
    for dispute in disputes:
        criterion = rubric.criterion(dispute.criterion)
        if criterion is None or not given.get(dispute.criterion):
            raise AnswerNotOffered(dispute.criterion)
        try:
            proposed = check_change(criterion, dispute.proposed)
        except AnswerRefused as refusal:
            raise AnswerNotOffered(dispute.criterion) from refusal
        if proposed == given[dispute.criterion]:
            raise SameAnswer(dispute.criterion)
        if not dispute.reason.strip():
            raise ReasonMissing(dispute.criterion)
        answer = AppealAnswer(
            criterion=dispute.criterion,
            given=given[dispute.criterion],
            proposed=proposed,
            reason=dispute.reason.strip()[:LONGEST_TEXT],
        )
        if content is not None:
            found = (
                make_evidence(inspection, content, criterion=dispute.criterion, praise=False, place=place)
                for place in dispute.places
            )
            answer.evidence = [
                AppealEvidence(
                    kind=one.kind, message_sequence=one.message_sequence, start_offset=one.start_offset,
                    end_offset=one.end_offset, start_seconds=one.start_seconds, end_seconds=one.end_seconds,
                    quote=one.quote, created_at=one.created_at,
                )
                for one in found
            ]  # fmt: skip
        answers.append(answer)
    return answers


def withdraw_appeal(session: Session, actor: User, appeal: Appeal) -> None:
    """Take one's own appeal back; the inspection waits for the end of its window again."""
    if appeal.filed_by_id != actor.id:
        raise NotYours
    _leave_open(session, appeal, AppealState.withdrawn, withdrawn_at=now())
    enter_state(session, appeal.inspection, InspectionState.submitted)
    audit.record(session, actor, action="appeal.withdraw", thing=appeal, inspection=appeal.inspection_id)
    tell_withdrawn(session, appeal)


def escalate_appeal(session: Session, actor: User, appeal: Appeal, *, reason: str) -> None:
    """Hand an appeal up: another QA lead or HR decides it. The day it is due stays.

    Raises
    ------
    ReasonMissing
        If nothing is said.
    AlreadySettled
        If it is decided or escalated.
    NobodyElse
        If nobody could decide it then.
    """
    if not reason.strip():
        raise ReasonMissing
    if appeal.state != AppealState.open:
        raise AlreadySettled
    if not can_go_up(session, appeal, actor):
        raise NobodyElse
    _leave_open(
        session,
        appeal,
        AppealState.escalated,
        escalated_at=now(),
        escalated_by_id=actor.id,
        escalation_reason=reason.strip()[:LONGEST_TEXT],
        decider_id=None,
    )
    audit.record(session, actor, action="appeal.escalate", thing=appeal, reason=reason.strip())
    tell_escalated(session, actor, appeal)


def take_appeal(session: Session, actor: User, appeal: Appeal, decider: User) -> None:
    """Hand an open appeal to a decider.

    Raises
    ------
    AlreadySettled
        If it is no longer open.
    OwnWork, NotYours
        If this person may not decide it.
    """
    _require_open(appeal)
    refuse_decider(session, decider, appeal)
    before, appeal.decider_id = appeal.decider_id, decider.id
    audit.record(session, actor, action="appeal.take", thing=appeal, before=before, after=decider.id)
    session.flush()
    tell_taken(session, actor, appeal, decider)


def next_due_at(session: Session) -> datetime:
    """Return by when an appeal is to be decided that gets the decider's days again, counted from now."""
    return appeal_clock(session).decision_due_at(now())


def extend_appeal(session: Session, actor: User, appeal: Appeal, due_at: datetime, *, reason: str) -> None:
    """Give an open appeal more time, and say why.

    Raises
    ------
    AlreadySettled
        If it is no longer open.
    NotLater
        If it is due then or later already.
    ReasonMissing
        If nothing is said.
    """
    if not reason.strip():
        raise ReasonMissing
    _require_open(appeal)
    if due_at <= appeal.due_at:
        raise NotLater
    before, appeal.due_at = appeal.due_at, due_at
    audit.record(
        session, actor, action="appeal.extend", thing=appeal, before=before, after=due_at, reason=reason.strip()
    )
    session.flush()


def note_reading(session: Session, actor: User, appeal: Appeal) -> None:
    """Note that the agent has read the decision: it waits for them no more."""
    if appeal.decided_at is not None and appeal.seen_at is None and actor.agent_id == appeal.agent_id:
        appeal.seen_at = now()
        audit.record(session, actor, action="appeal.see", thing=appeal)
        close_read(session, actor, appeal)


def _require_open(appeal: Appeal) -> None:
    if not appeal.is_open:
        raise AlreadySettled


def _leave_open(session: Session, appeal: Appeal, state: AppealState, **values: datetime | int | str | None) -> None:
    """Go on to a state from the one read; refused where somebody was faster."""
    moved = session.execute(
        update(Appeal)
        .where(Appeal.id == appeal.id, Appeal.state == appeal.state)
        .where(Appeal.state.in_((AppealState.open, AppealState.escalated)))
        .values(state=state, **values)
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        raise AlreadySettled
    session.refresh(appeal)
