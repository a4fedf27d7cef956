"""Deciding an appeal: answer by answer, each with its reason, by somebody who did not score the sample.

What the score becomes is asked of `inspections.revising`, which asks `scoring.rubric`: the preview and the decision
cannot differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from qa_app import audit
from qa_app.appeals.errors import (
    AlreadySettled,
    AlsoAnswer,
    AnswerNotOffered,
    NotYours,
    OwnWork,
    ReasonMissing,
    SameAnswer,
)
from qa_app.appeals.notices import tell_decided
from qa_app.appeals.who import inspectors_of
from qa_app.clock import now
from qa_app.inspections.answers import AnswerRefused
from qa_app.inspections.revising import check_change, leave_to_nobody, revise_inspection, score_with
from qa_app.inspections.service import enter_state
from qa_app.models import (
    Agent,
    Appeal,
    AppealAnswer,
    AppealState,
    Inspection,
    InspectionState,
    PointDecision,
    RoleName,
    SampleState,
    User,
)
from qa_app.rubrics.queries import load_definition
from qa_app.sampling.service import replace_appealed_sample
from scoring.rubric import InspectionScore, State

__all__ = [
    "Preview",
    "Verdict",
    "decide_appeal",
    "decide_wrong_agent",
    "may_decide",
    "preview_decision",
    "refuse_decider",
]


@dataclass(frozen=True, slots=True)
class Verdict:
    """About one disputed answer; `value` is the answer that holds from now on, where it is "partly"."""

    decision: PointDecision
    reason: str = ""
    value: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """What a decision would make of the score; `also` are criteria that would apply and have no answer."""

    before: InspectionScore
    after: InspectionScore
    also: tuple[str, ...] = field(default=())


def refuse_decider(session: Session, actor: User, appeal: Appeal) -> None:
    """Refuse who may not decide: the inspectors, the agent, who escalated it, and HR before it is escalated."""
    if actor.id in inspectors_of(session, appeal.inspection) or actor.agent_id == appeal.agent_id:
        raise OwnWork
    roles = actor.role_names
    if appeal.state == AppealState.escalated:
        if appeal.escalated_by_id == actor.id or roles.isdisjoint({RoleName.qa_lead, RoleName.hr}):
            raise NotYours
    elif RoleName.qa_lead not in roles:
        raise NotYours


def may_decide(session: Session, actor: User, appeal: Appeal) -> bool:
    """Tell whether this person may decide an open appeal."""
    if not appeal.is_open:
        return False
    try:
        refuse_decider(session, actor, appeal)
    except (OwnWork, NotYours):
        return False
    return True


def changes_of(
    appeal: Appeal, verdicts: Mapping[str, Verdict], also: Mapping[str, Mapping[str, Any]] | None = None
) -> dict[str, Mapping[str, Any]]:
    """The answers that a decision changes, checked against the rubric."""
    rubric = load_definition(appeal.inspection.rubric_version)
    changes: dict[str, Mapping[str, Any]] = {}
    for answer in appeal.answers:
        verdict = verdicts.get(answer.criterion)
        if verdict is None or verdict.decision is PointDecision.rejected:
            continue
        wanted = answer.proposed if verdict.decision is PointDecision.accepted else verdict.value
        criterion = rubric.criterion(answer.criterion)
        assert criterion is not None
        try:
            changes[answer.criterion] = check_change(criterion, wanted)
        except AnswerRefused as refusal:
            raise AnswerNotOffered(answer.criterion) from refusal
        if changes[answer.criterion] == answer.given:
            raise SameAnswer(answer.criterion)
    for code, value in (also or {}).items():
        criterion = rubric.criterion(code)
        if criterion is not None and value and code not in changes:
            changes[code] = check_change(criterion, value)
    return changes


def preview_decision(
    appeal: Appeal, verdicts: Mapping[str, Verdict], also: Mapping[str, Mapping[str, Any]] | None = None
) -> Preview:
    """What the score becomes with a decision; nothing is changed."""
    before = score_with(appeal.inspection, {})
    after = score_with(appeal.inspection, changes_of(appeal, verdicts, also))
    missing = tuple(line.code for line in after.criteria if line.state in (State.missing, State.waiting))
    return Preview(before, after, missing)


def decide_appeal(
    session: Session,
    actor: User,
    appeal: Appeal,
    verdicts: Mapping[str, Verdict],
    *,
    also: Mapping[str, Mapping[str, Any]] | None = None,
) -> AppealState:
    """Decide every disputed answer; where one changes, the inspection gets its next revision.

    Raises
    ------
    AlsoAnswer
        If a criterion applies only now; `also` then brings its answer.
    """
    refuse_decider(session, actor, appeal)
    reasons = {}
    for answer in appeal.answers:
        verdict = verdicts.get(answer.criterion)
        if verdict is None or not verdict.reason.strip():
            raise ReasonMissing(answer.criterion)
        reasons[answer.criterion] = verdict.reason.strip()
    changes = changes_of(appeal, verdicts, also)
    _refuse_unscoreable(appeal, changes)
    state = outcome_of(verdicts[answer.criterion].decision for answer in appeal.answers)
    settle(session, actor, appeal, state)
    if changes:
        given = {code: reasons.get(code) or " · ".join(reasons.values()) for code in changes}
        appeal.revision_number = revise_inspection(
            session, actor, appeal.inspection, changes, reasons=given, cause=f"appeal:{appeal.id}"
        )
    for answer in appeal.answers:
        _note(answer, verdicts[answer.criterion], reasons[answer.criterion], changes.get(answer.criterion))
    appeal.score_after = appeal.inspection.score
    close(session, actor, appeal)
    return state


def _refuse_unscoreable(appeal: Appeal, changes: Mapping[str, Mapping[str, Any]]) -> None:
    after = score_with(appeal.inspection, changes)
    missing = next((line.code for line in after.criteria if line.state in (State.missing, State.waiting)), None)
    if missing is not None:
        raise AlsoAnswer(missing)
    if not after.is_scoreable:
        raise AnswerNotOffered


def decide_wrong_agent(
    session: Session, actor: User, appeal: Appeal, *, is_upheld: bool, reason: str, right_agent: Agent | None = None
) -> AppealState:
    """Decide whose conversation it was.

    Upheld, the sample is replaced by the next of the drawn order, so that the agent's month has as many samples as
    planned and nobody picks them; what was scored stays readable and counts for nobody. It is not counted for the
    right agent: nobody drew it from theirs. The conversation itself becomes the right agent's, where they are known.
    """
    refuse_decider(session, actor, appeal)
    if not reason.strip():
        raise ReasonMissing
    settle(session, actor, appeal, AppealState.accepted if is_upheld else AppealState.rejected)
    appeal.decision_reason = reason.strip()
    appeal.score_after = None if is_upheld else appeal.inspection.score
    if is_upheld:
        _move(session, actor, appeal, right_agent)
    close(session, actor, appeal)
    return AppealState(appeal.state)


def _move(session: Session, actor: User, appeal: Appeal, right_agent: Agent | None) -> None:
    inspection, cause = appeal.inspection, f"appeal:{appeal.id}"
    appeal.right_agent_id = right_agent.id if right_agent else None
    affected = [inspection]
    sample = inspection.sample
    if sample is not None:
        affected = list(session.scalars(select(Inspection).where(Inspection.sample_id == sample.id)))
        if sample.state != SampleState.replaced:
            replace_appealed_sample(session, actor, sample, note=f"appeal {appeal.id}")
    for one in affected:
        number = leave_to_nobody(
            session, actor, one, agent_id=appeal.right_agent_id, reason=appeal.decision_reason or "", cause=cause
        )
        if one.id == inspection.id:
            appeal.revision_number = number
    conversation = inspection.conversation
    before = conversation.agent_id
    conversation.agent_id = appeal.right_agent_id
    session.flush()
    session.expire(conversation, ["agent"])
    audit.record(
        session, actor, action="conversation.give_to", thing=conversation, name=conversation.public_id,
        before=before, after=conversation.agent_id, cause=cause,
    )  # fmt: skip


def outcome_of(decisions: Iterable[PointDecision]) -> AppealState:
    """Accepted whole, rejected whole, or partly."""
    found = set(decisions)
    if found == {PointDecision.accepted}:
        return AppealState.accepted
    return AppealState.rejected if found == {PointDecision.rejected} else AppealState.partly


def settle(session: Session, actor: User, appeal: Appeal, state: AppealState) -> None:
    """Take the decision for oneself: of two deciders at the same moment one is told that it is settled."""
    taken = session.execute(
        update(Appeal)
        .where(Appeal.id == appeal.id, Appeal.state == appeal.state)
        .where(Appeal.state.in_((AppealState.open, AppealState.escalated)))
        .values(state=state, decided_at=now(), decided_by_id=actor.id)
        .execution_options(synchronize_session=False)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        raise AlreadySettled
    session.refresh(appeal, ["state", "decided_at", "decided_by_id"])
    session.expire(appeal, ["decided_by"])


def close(session: Session, actor: User, appeal: Appeal) -> None:
    """Leave the inspection decided and write the event."""
    enter_state(session, appeal.inspection, InspectionState.decided)
    session.flush()
    audit.record(
        session,
        actor,
        action="appeal.decide",
        thing=appeal,
        inspection=appeal.inspection_id,
        state=appeal.state,
        decisions={answer.criterion: answer.decision for answer in appeal.answers},
        before=appeal.score_before,
        after=appeal.score_after,
        revision=appeal.revision_number,
    )
    tell_decided(session, actor, appeal)


def _note(answer: AppealAnswer, verdict: Verdict, reason: str, change: Mapping[str, Any] | None) -> None:
    answer.decision, answer.decision_reason = verdict.decision, reason
    answer.decided = dict(change) if change is not None else None
