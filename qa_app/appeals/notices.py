"""Tells who has to do with an appeal: who may decide it, its agent, and the inspector whose answers were changed.

What told of it is closed as soon as it is settled: nobody is led to a page where nothing is left to do.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from qa_app.appeals.who import find_possible_deciders, inspectors_of, who_may_decide
from qa_app.clock import now
from qa_app.models import Appeal, AppealState, NoticeKind, RoleName, User
from qa_app.notices.recipients import others, users_of_agents, users_with
from qa_app.notices.service import Telling, notify, notify_each, reopen, resolve
from qa_app.people.reminding import reminding

__all__ = [
    "close_read",
    "take_back_decider",
    "tell_decided",
    "tell_escalated",
    "tell_filed",
    "tell_taken",
    "tell_withdrawn",
    "thing_of",
]

TO_DECIDE = (NoticeKind.appeal_opened, NoticeKind.appeal_due)


def thing_of(appeal_id: int) -> str:
    """What notices of an appeal are about."""
    return f"appeal:{appeal_id}"


def tell_filed(session: Session, actor: User, appeal: Appeal) -> None:
    """Tell everybody who may decide it."""
    _tell_deciders(session, actor, appeal)


def tell_escalated(session: Session, actor: User, appeal: Appeal) -> None:
    """Tell who may decide it now, and the agent that it went on; those before it concerns no more."""
    resolve(session, TO_DECIDE, thing_of(appeal.id), because="escalated")
    _tell_deciders(session, actor, appeal)
    _tell_agent(session, actor, appeal)


def tell_decided(session: Session, actor: User, appeal: Appeal) -> None:
    """Tell the agent, and the inspector where what they gave was changed."""
    resolve(session, TO_DECIDE, thing_of(appeal.id), because="decided")
    _tell_agent(session, actor, appeal)
    if appeal.revision_number is None:
        return
    inspector_id = appeal.inspection.inspector_id
    if inspector_id in users_with(session, RoleName.inspector, RoleName.qa_lead):
        notify(
            session, others([inspector_id], actor), NoticeKind.appeal_decided, thing_of(appeal.id),
            stage="of the inspector", appeal_id=appeal.id, state=appeal.state, of_inspector=1,
        )  # fmt: skip


def tell_withdrawn(session: Session, appeal: Appeal) -> None:
    """Close what told of it."""
    things = (*TO_DECIDE, NoticeKind.appeal_decided)
    resolve(session, things, thing_of(appeal.id), because="withdrawn")


def tell_taken(session: Session, actor: User, appeal: Appeal, decider: User) -> None:
    """Tell the decider what was handed to them; to the others it is settled."""
    everybody = users_with(session, RoleName.qa_lead, RoleName.hr)
    thing, moment = thing_of(appeal.id), now().isoformat()
    resolve(session, TO_DECIDE, thing, because="taken over", user_ids=others(everybody, decider))
    about: dict[str, str | int | float] = {"appeal_id": appeal.id, "name": appeal.agent.name, "handed_over": 1}
    handed = [Telling(one, thing, about) for one in others([decider.id], actor)]
    notify_each(session, NoticeKind.appeal_opened, handed, stage=f"taken:{decider.id}:{moment}")


def take_back_decider(session: Session, appeal: Appeal, *, given: int, before: int | None) -> None:
    """It waits again for those for whom it waited before: who had it, or all who may decide it."""
    thing = thing_of(appeal.id)
    resolve(session, NoticeKind.appeal_opened, thing, because="taken back", stage_begins=f"taken:{given}:")
    reopen(session, TO_DECIDE, thing, because="taken over", user_ids=None if before is None else [before])


def close_read(session: Session, actor: User, appeal: Appeal) -> None:
    """The agent has read the decision on its page."""
    resolve(session, NoticeKind.appeal_decided, thing_of(appeal.id), because="", user_ids=[actor.id])


def _tell_deciders(session: Session, actor: User, appeal: Appeal) -> None:
    scorers = inspectors_of(session, appeal.inspection)
    told = others(who_may_decide(appeal, find_possible_deciders(session), scorers), actor)
    due_on = reminding(session).day_of(appeal.due_at).isoformat()
    notify(
        session, told, NoticeKind.appeal_opened, thing_of(appeal.id),
        stage=AppealState(appeal.state).value, appeal_id=appeal.id, name=appeal.agent.name, due_on=due_on,
    )  # fmt: skip


def _tell_agent(session: Session, actor: User, appeal: Appeal) -> None:
    agent = users_of_agents(session, [appeal.agent_id]).values()
    state = AppealState(appeal.state).value
    kind, thing = NoticeKind.appeal_decided, thing_of(appeal.id)
    notify(session, others(agent, actor), kind, thing, stage=state, appeal_id=appeal.id, state=state)
