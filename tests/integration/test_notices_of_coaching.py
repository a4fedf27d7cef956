"""Coaching, trainings and rounds of ratings are told to those who have to do with them, each step once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.access import NotFound, get_action
from qa_app.clock import travel
from qa_app.coaching import ratings, service, trainings
from qa_app.coaching.ratings import QUESTIONS, NewRound
from qa_app.coaching.reminders import remind_of_coaching
from qa_app.coaching.rescheduling import reopen_action, restore_owner
from qa_app.coaching.service import Agreement, NewAction
from qa_app.coaching.trainings import TrainingFacts, find_training
from qa_app.models import ActionSource, Agent, CoachingAction, NoticeKind, Rating, RoleName, TrainingKind, User
from tests.factories.notices import all_told, told, unread
from tests.factories.people import create_agent, create_team, create_user

pytestmark = pytest.mark.both_databases
K = NoticeKind
MONDAY = datetime(2026, 11, 16, 10, 0, tzinfo=UTC)
FRIDAY = date(2026, 11, 20)


class Team:
    """A team with two agents who sign in, their supervisor and the QA lead."""

    def __init__(self, session: Session) -> None:
        team = create_team(session, "Live chat")
        self.agents: list[Agent] = [create_agent(session, f"Agent {n}", team=team) for n in range(2)]
        self.users: list[User] = [create_user(session, RoleName.agent, agent_id=one.id) for one in self.agents]
        self.supervisor = create_user(session, RoleName.supervisor, name="Marta Lindqvist")
        self.supervisor.supervised_teams = [team]
        self.lead = create_user(session, RoleName.qa_lead)
        session.flush()


@pytest.fixture
def team(session: Session) -> Team:
    return Team(session)


def open_action(
    session: Session, team: Team, *, actor: User | None = None, owner: User | None = None
) -> CoachingAction:
    agreed = Agreement(owner or team.supervisor, FRIDAY, "Begin with a greeting")
    new = NewAction(team.agents[0], ActionSource.trend, "Greets the customer", agreed, title_zh="问候客户")
    with travel(MONDAY):
        return service.open_action(session, actor or team.supervisor, new)


def remind(session: Session, day: int, hour: int = 10) -> int:
    with travel(MONDAY.replace(day=day, hour=hour)):
        return remind_of_coaching(session)


def refuse_closed_doors(session: Session) -> None:
    """Nobody was told of what they may not open."""
    for row in all_told(session):
        user = session.get_one(User, row.user_id)
        try:
            if "action_id" in row.params:
                get_action(session, user, row.params["action_id"])
            elif "training_id" in row.params:
                find_training(session, user, row.params["training_id"])
        except NotFound:
            pytest.fail(f"{row.kind} to a user who may not open it")


def test_an_action_is_told_to_the_agent_and_to_an_owner_who_did_not_open_it(session, team) -> None:
    open_action(session, team)
    assert told(session, K.coaching_opened) == {(team.users[0].id,)}

    open_action(session, team, actor=team.lead)

    assert told(session, K.coaching_opened, "title_zh") == {
        (team.users[0].id, "问候客户"),
        (team.supervisor.id, "问候客户"),
    }
    refuse_closed_doors(session)


def test_a_reply_is_told_to_the_owner_once_a_day(session, team) -> None:
    action = open_action(session, team)

    for text in ("I will try.", "I will try it on the early shift."):
        with travel(MONDAY + timedelta(hours=1)):
            service.reply_to_action(session, team.users[0], action, text=text)

    assert {(row.user_id, row.kind) for row in unread(session)} == {(team.supervisor.id, K.coaching_replied)}
    assert len(unread(session)) == 1, "what asked the agent to answer is closed"


def test_done_is_told_to_the_agent_and_dropped_to_nobody(session, team) -> None:
    done, dropped = open_action(session, team), open_action(session, team)

    service.finish_action(session, team.supervisor, done)
    service.drop_action(session, team.supervisor, dropped, reason="Changed teams")

    assert [(row.user_id, row.kind, row.stage) for row in unread(session)] == [
        (team.users[0].id, K.coaching_replied, f"done:{done.done_at.isoformat(timespec='seconds')}")
    ]
    assert {row.over_because for row in all_told(session) if row.kind == K.coaching_opened} == {"done", "dropped"}


def test_what_is_taken_back_waits_again_for_those_for_whom_it_waited(session, team) -> None:
    action = open_action(session, team, actor=team.lead)
    before = {(row.user_id, row.kind) for row in unread(session)}

    service.finish_action(session, team.supervisor, action)
    reopen_action(session, team.supervisor, action)
    assert {(row.user_id, row.kind) for row in unread(session)} == before
    service.hand_over(session, team.supervisor, [action], team.lead)
    restore_owner(session, team.supervisor, action, given=team.lead.id, before=team.supervisor.id)

    assert {(row.user_id, row.kind) for row in unread(session)} == before
    with travel(datetime.now(UTC) + timedelta(hours=1)):
        service.finish_action(session, team.supervisor, action)
    assert {row.kind for row in unread(session)} == {K.coaching_replied}, "closed anew, it is told anew"


def test_an_action_handed_over_waits_for_the_new_owner(session, team) -> None:
    action = open_action(session, team, actor=team.lead)

    service.hand_over(session, team.supervisor, [action], team.lead)
    assert {row.user_id for row in unread(session)} == {team.users[0].id, team.lead.id}
    with travel(MONDAY):
        service.change_action(session, team.lead, action, Agreement(team.supervisor, FRIDAY))

    assert {row.user_id for row in unread(session)} == {team.users[0].id, team.supervisor.id}
    refuse_closed_doors(session)


def test_an_action_handed_to_the_same_person_again_is_told_again(session, team) -> None:
    action = open_action(session, team, actor=team.lead)

    for hour, owner in enumerate((team.lead, team.supervisor, team.lead)):
        with travel(MONDAY + timedelta(hours=hour)):
            service.hand_over(session, create_user(session, RoleName.qa_lead), [action], owner)

    assert sorted(row.user_id for row in unread(session)) == sorted([team.users[0].id, team.lead.id])
    restore_owner(session, team.lead, action, given=team.lead.id, before=team.supervisor.id)
    assert sorted(row.user_id for row in unread(session)) == sorted([team.users[0].id, team.supervisor.id])


def test_owner_and_agent_are_reminded_a_working_day_before_and_the_owner_when_it_is_late(session, team) -> None:
    open_action(session, team)

    assert remind(session, 18) == 0
    assert remind(session, 19, hour=4) == 0
    assert remind(session, 19) == 2
    assert remind(session, 20) == 0
    assert remind(session, 21) == 0, "late, but it is Saturday"
    assert remind(session, 23) == 1

    late = [row for row in unread(session) if row.kind == K.coaching_due]
    assert [(row.user_id, row.stage) for row in late] == [(team.supervisor.id, "2026-11-20:late")]
    refuse_closed_doors(session)


def test_who_answered_is_not_reminded_and_nobody_of_what_is_done(session, team) -> None:
    action = open_action(session, team)
    with travel(MONDAY):
        service.reply_to_action(session, team.users[0], action, text="I try.")

    assert remind(session, 19) == 1
    service.finish_action(session, team.supervisor, action)
    remind(session, 20)

    assert [row for row in unread(session) if row.kind == K.coaching_due] == []


def test_an_owner_who_lost_the_team_is_not_led_to_a_closed_door(session, team) -> None:
    open_action(session, team)
    team.supervisor.supervised_teams = []
    session.flush()

    remind(session, 19)

    assert told(session, K.coaching_due) == {(team.users[0].id,)}


# Trainings


def plan(session: Session, team: Team, held_at: datetime) -> trainings.TrainingSession:
    facts = TrainingFacts(TrainingKind.monthly, "Refunds", held_at, "Ingrid Solberg")
    with travel(MONDAY):
        training = trainings.keep_training(session, team.lead, facts)
        trainings.invite_agents(session, team.lead, training, team.agents)
    return training


def test_a_training_is_told_to_those_on_its_list_and_again_when_it_moves(session, team) -> None:
    create_user(session, RoleName.agent, agent_id=create_agent(session, "Not on the list").id)
    training = plan(session, team, MONDAY + timedelta(days=2))
    both = {user.id for user in team.users}
    assert told(session, K.training_planned, "topic") == {(one, "Refunds") for one in both}

    with travel(MONDAY):
        trainings.invite_agents(session, team.lead, training, team.agents)
        later = TrainingFacts(TrainingKind.monthly, "Refunds", MONDAY + timedelta(days=3), "Ingrid Solberg")
        trainings.keep_training(session, team.lead, later, training)
        trainings.keep_training(session, team.lead, later, training)

    waiting = unread(session)
    assert {row.user_id for row in waiting} == both
    assert {row.params["held_at"] for row in waiting} == {(MONDAY + timedelta(days=3)).isoformat()}
    assert len(waiting) == 2
    remind(session, 18)
    assert len(unread(session)) == 2
    remind(session, 20)
    assert unread(session) == [], "it was held"
    refuse_closed_doors(session)


def test_a_training_moved_back_to_its_first_day_is_told_once_more(session, team) -> None:
    first, other = MONDAY + timedelta(days=2), MONDAY + timedelta(days=3)
    training = plan(session, team, first)

    for hour, day in enumerate((other, first), start=1):
        with travel(MONDAY + timedelta(hours=hour)):
            facts = TrainingFacts(TrainingKind.monthly, "Refunds", day, "Ingrid Solberg")
            trainings.keep_training(session, team.lead, facts, training)

    waiting = unread(session)
    assert {row.user_id for row in waiting} == {user.id for user in team.users}
    assert [row.params["held_at"] for row in waiting] == [first.isoformat()] * 2


def test_a_training_that_was_held_already_is_told_to_nobody(session, team) -> None:
    plan(session, team, MONDAY - timedelta(days=2))

    assert all_told(session) == []


# Ratings


def open_round(session: Session, team: Team, opens_on: date, closes_on: date) -> ratings.RatingRound:
    with travel(MONDAY):
        new = NewRound("Q4", "2026-11", "2026-12", opens_on, closes_on, peers_each=1)
        return ratings.open_round(session, team.lead, new)


def test_a_round_is_told_to_everybody_with_the_number_of_their_forms(session, team) -> None:
    open_round(session, team, MONDAY.date(), FRIDAY)

    asked = {(team.users[0].id, 2), (team.users[1].id, 2), (team.supervisor.id, 2)}
    assert told(session, K.rating_round_open, "count") == asked
    assert remind(session, 17) == 0
    assert remind(session, 19) == 3, "it closes tomorrow"
    assert {row.stage for row in unread(session)} == {"closing"}
    assert remind(session, 20) == 0


def test_a_round_that_opens_later_is_told_when_it_does(session, team) -> None:
    open_round(session, team, date(2026, 11, 18), FRIDAY)
    assert all_told(session) == []

    assert remind(session, 17) == 0
    assert remind(session, 18) == 3


def test_the_last_form_and_the_end_of_the_round_close_it(session, team) -> None:
    found = open_round(session, team, MONDAY.date(), FRIDAY)
    first = team.users[0]
    for rating in session.scalars(select(Rating).filter_by(round_id=found.id, rater_id=first.id)).all():
        assert first.id in {row.user_id for row in unread(session)}
        with travel(MONDAY):
            ratings.send_rating(session, first, rating, answers=dict.fromkeys(QUESTIONS, 4))

    assert {row.user_id for row in unread(session)} == {team.users[1].id, team.supervisor.id}
    remind(session, 21)
    assert unread(session) == []
