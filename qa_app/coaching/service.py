"""The steps of an action: opened with its prediction, answered, done, measured, or dropped with a reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app import audit
from qa_app.clock import now
from qa_app.coaching.effect import find_later, measure_effect, predict
from qa_app.coaching.errors import NotEnough, NotForThisPerson, OwnCoaching, ReasonMissing, WrongActionState
from qa_app.coaching.notices import tell_done, tell_dropped, tell_new_owner, tell_opened, tell_replied
from qa_app.models import (
    ActionSource,
    ActionState,
    Agent,
    CoachingAction,
    CoachingExcerpt,
    Evidence,
    Inspection,
    RoleName,
    User,
)
from qa_app.people.organisation import working_calendar

__all__ = [
    "Agreement",
    "NewAction",
    "change_action",
    "drop_action",
    "finish_action",
    "hand_over",
    "measure_action",
    "measure_due",
    "open_action",
    "proposed_due_day",
    "reply_to_action",
    "require_others",
]

DUE_IN_WORKING_DAYS = 10
LOOKED_AT_FOR = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Agreement:
    """What can be agreed, and changed while the action is open."""

    owner: User
    due_on: date
    practice: str = ""
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class NewAction:
    """An action to open: about whom and what, from where, with what words of conversations."""

    agent: Agent
    source: ActionSource
    title: str
    agreement: Agreement
    title_zh: str = ""
    criterion: str = ""
    sheet_id: int | None = None
    inspection_id: int | None = None
    evidence_ids: Sequence[int] = field(default_factory=tuple)


def proposed_due_day(session: Session) -> date:
    """Two working weeks from today, by the organisation's calendar."""
    calendar = working_calendar(session)
    return calendar.add_working_days(now().astimezone(calendar.zone).date(), DUE_IN_WORKING_DAYS)


def open_action(session: Session, actor: User, new: NewAction) -> CoachingAction:
    """Open an action and fix, before anything is done, what to expect of the agent without it."""
    _require_coach(new.agreement.owner, new.agent)
    at = now()
    action = CoachingAction(
        agent_id=new.agent.id,
        owner_id=new.agreement.owner.id,
        opened_by_id=actor.id,
        source=new.source,
        sheet_id=new.sheet_id,
        inspection_id=new.inspection_id,
        criterion=new.criterion,
        title=new.title,
        title_zh=new.title_zh,
        practice=new.agreement.practice,
        sentence=new.agreement.sentence,
        due_on=new.agreement.due_on,
        opened_at=at,
        prediction=predict(session, new.agent.id, new.criterion, at=at),
    )
    action.excerpts = list(_excerpts(session, new.agent, new.evidence_ids))
    session.add(action)
    session.flush()
    audit.record(
        session, actor, action="coaching.open", thing=action, name=new.title,
        agent=new.agent.employee_number, criterion=new.criterion, predicted=action.prediction is not None,
    )  # fmt: skip
    tell_opened(session, actor, action)
    return action


def change_action(session: Session, actor: User, action: CoachingAction, agreement: Agreement) -> None:
    """Agree on something else while it is open; the prediction stays as it was made."""
    require_others(actor, action)
    _require(action, ActionState.open)
    _require_coach(agreement.owner, action.agent)
    owner_before = action.owner_id
    before = {"owner": owner_before, "due_on": action.due_on.isoformat()}
    action.owner_id, action.due_on = agreement.owner.id, agreement.due_on
    action.practice, action.sentence = agreement.practice, agreement.sentence
    after = {"owner": action.owner_id, "due_on": action.due_on.isoformat()}
    _record(session, actor, action, "coaching.change", before=before, after=after)
    if action.owner_id != owner_before:
        tell_new_owner(session, actor, [action], [owner_before])


def reply_to_action(session: Session, actor: User, action: CoachingAction, *, text: str) -> None:
    """Keep the agent's own words; only the agent's, and they can be changed until the action is measured."""
    if action.agent_id != actor.agent_id or action.state not in (ActionState.open, ActionState.done):
        raise WrongActionState(action.state)
    action.reply, action.replied_at = text.strip(), now()
    _record(session, actor, action, "coaching.reply")
    tell_replied(session, actor, action)


def finish_action(session: Session, actor: User, action: CoachingAction, *, result: str = "") -> None:
    """Note that it was done; conversations opened from now on measure it."""
    require_others(actor, action)
    _require(action, ActionState.open)
    action.state, action.done_at, action.done_by_id = ActionState.done, now(), actor.id
    action.result = result.strip()
    _record(session, actor, action, "coaching.done")
    tell_done(session, actor, action)


def drop_action(session: Session, actor: User, action: CoachingAction, *, reason: str) -> None:
    """Let it be, and say why."""
    require_others(actor, action)
    if action.state not in (ActionState.open, ActionState.done):
        raise WrongActionState(action.state)
    if not reason.strip():
        raise ReasonMissing
    action.state, action.dropped_at, action.drop_reason = ActionState.dropped, now(), reason.strip()
    _record(session, actor, action, "coaching.drop")
    tell_dropped(session, action)


def hand_over(session: Session, actor: User, actions: Iterable[CoachingAction], owner: User) -> int:
    """Give open actions to somebody else who coaches their agents; returns how many."""
    handed: list[CoachingAction] = []
    owners: set[int] = set()
    for action in actions:
        if action.state != ActionState.open or action.owner_id == owner.id:
            continue
        require_others(actor, action)
        _require_coach(owner, action.agent)
        before, action.owner_id = action.owner_id, owner.id
        _record(session, actor, action, "coaching.hand_over", before=before, after=owner.id)
        handed.append(action)
        owners.add(before)
    tell_new_owner(session, actor, handed, owners)
    return len(handed)


def measure_action(session: Session, actor: User | None, action: CoachingAction, *, at: datetime | None = None) -> None:
    """Measure the effect against the prediction, once, as soon as there is enough.

    Raises
    ------
    NotEnough
        If too little was inspected since, or nothing could be predicted.
    """
    _require(action, ActionState.done)
    moment = at or now()
    later = find_later(session, action, at=moment)
    if action.prediction is None or not later.is_enough:
        raise NotEnough(later.n)
    action.effect = measure_effect(session, action, later)
    action.state, action.measured_at = ActionState.measured, moment
    _record(session, actor, action, "coaching.measure", verdict=action.effect["verdict"], n=action.effect["n"])


def measure_due(session: Session) -> int:
    """Measure every action for which enough was inspected; one done long ago is let rest. Returns how many."""
    waiting = session.scalars(
        select(CoachingAction).where(
            CoachingAction.state == ActionState.done,
            CoachingAction.prediction.is_not(None),
            CoachingAction.done_at > now() - LOOKED_AT_FOR,
        )
    ).all()
    count = 0
    for action in waiting:
        try:
            measure_action(session, None, action)
        except NotEnough:
            continue
        count += 1
    return count


def _excerpts(session: Session, agent: Agent, ids: Sequence[int]) -> Iterable[CoachingExcerpt]:
    """Copy quoted words of submitted inspections of this agent; they were masked when they were quoted."""
    rows = session.scalars(
        select(Evidence)
        .join(Inspection, Inspection.id == Evidence.inspection_id)
        .where(Evidence.id.in_(list(ids)), Inspection.agent_id == agent.id, Inspection.submitted_at.is_not(None))
        .order_by(Evidence.id)
    )
    for place in rows:
        conversation = place.inspection.conversation
        yield CoachingExcerpt(
            inspection_id=place.inspection_id,
            label=conversation.external_id,
            quote=place.quote or place.note,
            is_praise=place.is_praise,
        )


def _require(action: CoachingAction, state: ActionState) -> None:
    if action.state != state:
        raise WrongActionState(action.state)


def require_others(actor: User, action: CoachingAction) -> None:
    """Refuse a coach, who may be an agent as well, what is about themselves."""
    if action.agent_id == actor.agent_id:
        raise OwnCoaching


def _require_coach(owner: User, agent: Agent) -> None:
    """A QA lead coaches everybody, a supervisor the own teams."""
    if RoleName.qa_lead in owner.role_names:
        return
    if RoleName.supervisor not in owner.role_names or agent.team_id not in {team.id for team in owner.supervised_teams}:
        raise NotForThisPerson


def _record(session: Session, actor: User | None, action: CoachingAction, deed: str, **data: object) -> None:
    session.flush()
    audit.record(session, actor, action=deed, thing=action, name=action.title, **data)
