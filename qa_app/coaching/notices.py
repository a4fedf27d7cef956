"""Tells agents and their coaches of actions, those on the list of a training, and who has forms of a round to send."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_app.clock import now
from qa_app.models import Agent, CoachingAction, NoticeKind, Rating, RatingRound, RoleName, TrainingSession, User
from qa_app.notices.recipients import others, users_of_agents, users_with
from qa_app.notices.service import Telling, notify, notify_each, reopen, resolve
from qa_app.people.reminding import reminding

__all__ = [
    "close_sent",
    "take_back_done",
    "take_back_owner",
    "tell_done",
    "tell_dropped",
    "tell_invited",
    "tell_moved",
    "tell_new_owner",
    "tell_opened",
    "tell_replied",
    "tell_round",
    "thing_of_action",
    "thing_of_round",
    "thing_of_training",
]

TO_DO = (NoticeKind.coaching_opened, NoticeKind.coaching_due)


def thing_of_action(action_id: int) -> str:
    """What notices of an action are about."""
    return f"coaching:{action_id}"


def thing_of_training(training_id: int) -> str:
    """What notices of a training are about."""
    return f"training:{training_id}"


def thing_of_round(round_id: int) -> str:
    """What notices of a round of ratings are about."""
    return f"rating_round:{round_id}"


def tell_opened(session: Session, actor: User, action: CoachingAction) -> None:
    """Tell the agent, and the owner where somebody else opened it."""
    agent = users_of_agents(session, [action.agent_id]).values()
    told = others([*agent, action.owner_id], actor)
    opened = [Telling(one, thing_of_action(action.id), _of(action)) for one in told]
    notify_each(session, NoticeKind.coaching_opened, opened)


def tell_new_owner(session: Session, actor: User, actions: Sequence[CoachingAction], before: Iterable[int]) -> None:
    """Tell who sees to it from now on; it waits no more for those who did."""
    things, moment = [thing_of_action(action.id) for action in actions], now().isoformat()
    owners = {action.owner_id for action in actions}
    resolve(session, TO_DO, things, because="handed over", user_ids=set(before) - owners)
    for owner_id in others(owners, actor):
        handed = [
            Telling(owner_id, thing_of_action(action.id), _of(action))
            for action in actions
            if action.owner_id == owner_id
        ]
        notify_each(session, NoticeKind.coaching_opened, handed, stage=f"owner:{owner_id}:{moment}")


def tell_replied(session: Session, actor: User, action: CoachingAction) -> None:
    """Tell the owner, once a day however often the reply is changed; the agent has nothing left to answer."""
    thing, day = thing_of_action(action.id), reminding(session).today.isoformat()
    resolve(session, TO_DO, thing, because="answered", user_ids=[actor.id])
    notify(
        session, others([action.owner_id], actor), NoticeKind.coaching_replied, thing,
        stage=day, action_id=action.id, name=action.agent.name,
    )  # fmt: skip


def tell_done(session: Session, actor: User, action: CoachingAction) -> None:
    """Tell the agent that it is done."""
    thing = thing_of_action(action.id)
    resolve(session, TO_DO, thing, because="done")
    told = others(users_of_agents(session, [action.agent_id]).values(), actor)
    kind, name = NoticeKind.coaching_replied, actor.display_name
    stage = _done_stage(action)
    notify(session, told, kind, thing, stage=stage, action_id=action.id, name=name, done=1)


def _done_stage(action: CoachingAction) -> str:
    return f"done:{action.done_at.isoformat(timespec='seconds') if action.done_at else ''}"


def take_back_done(session: Session, action: CoachingAction) -> None:
    """It is open again, and waits for whom it waited; before the moment of its end is forgotten."""
    thing = thing_of_action(action.id)
    resolve(session, NoticeKind.coaching_replied, thing, because="taken back", stage=_done_stage(action))
    reopen(session, TO_DO, thing, because="done")


def take_back_owner(session: Session, action: CoachingAction, *, given: int, before: int) -> None:
    """It waits again for who saw to it before."""
    thing = thing_of_action(action.id)
    resolve(session, TO_DO, thing, because="taken back", user_ids=[given])
    reopen(session, TO_DO, thing, because="handed over", user_ids=[before])


def tell_dropped(session: Session, action: CoachingAction) -> None:
    """Close what told of it: nobody has anything to do."""
    resolve(session, TO_DO, thing_of_action(action.id), because="dropped")


def _of(action: CoachingAction) -> dict[str, str | int | float]:
    return {"action_id": action.id, "title": action.title, "title_zh": action.title_zh}


def tell_invited(
    session: Session, actor: User | None, training: TrainingSession, agents: Sequence[Agent], *, moved: str = ""
) -> None:
    """Tell those who are on the list now of a training that is to come; `moved` says when it was moved, if it was."""
    if training.held_at <= now():
        return
    told = others(users_of_agents(session, [agent.id for agent in agents]).values(), actor)
    held_at = training.held_at.isoformat()
    notify(
        session, told, NoticeKind.training_planned, thing_of_training(training.id),
        stage=f"{held_at}{moved}", training_id=training.id, topic=training.topic, held_at=held_at,
    )  # fmt: skip


def tell_moved(session: Session, actor: User | None, training: TrainingSession) -> None:
    """Tell everybody on the list of the new time; who has not read of the old one need not."""
    thing = thing_of_training(training.id)
    resolve(session, NoticeKind.training_planned, thing, because="moved")
    invited = select(Agent).where(Agent.id.in_([one.agent_id for one in training.attendance]))
    # With the moment: who was told of the first day hears again where it moves back to it.
    tell_invited(session, actor, training, session.scalars(invited).all(), moved=f":moved:{now().isoformat()}")


def tell_round(session: Session, actor: User | None, found: RatingRound, asked: Iterable[Rating]) -> int:
    """Tell everybody once how many forms they have to send; who cannot open the page is asked by nobody."""
    able = set(users_with(session, RoleName.agent, RoleName.supervisor, RoleName.qa_lead, RoleName.hr))
    counts = Counter(rating.rater_id for rating in asked if rating.rater_id in able)
    thing = thing_of_round(found.id)
    closes_on = found.closes_on.isoformat()
    tellings = [
        Telling(one, thing, {"name": found.name, "count": counts[one], "closes_on": closes_on})
        for one in others(counts, actor)
    ]
    return notify_each(session, NoticeKind.rating_round_open, tellings, stage="open")


def close_sent(session: Session, rating: Rating) -> None:
    """Close what told a rater of a round once the last form is sent."""
    left = select(func.count()).where(
        Rating.round_id == rating.round_id, Rating.rater_id == rating.rater_id, Rating.submitted_at.is_(None)
    )
    if not session.scalar(left):
        thing = thing_of_round(rating.round_id)
        resolve(session, NoticeKind.rating_round_open, thing, because="done", user_ids=[rating.rater_id])
