"""Inspectors of a calibration session hear that it waits, that it is due, and that it is revealed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from qa_app.access import get_calibration
from qa_app.calibration import service
from qa_app.calibration.notices import remind_members
from qa_app.clock import travel
from qa_app.models import NoticeKind, RoleName, User
from tests.factories.calibration import Calibrated, create_calibration, score_blind
from tests.factories.notices import all_told, told, unread
from tests.factories.people import create_user

pytestmark = pytest.mark.both_databases
K = NoticeKind
MONDAY = datetime(2026, 11, 16, 10, 0, tzinfo=UTC)  # due a week later
LEVELS = {"greeting": "yes", "privacy": "yes"}


@pytest.fixture
def made(session: Session) -> Calibrated:
    create_user(session, RoleName.inspector, name="Not in it")
    with travel(MONDAY):
        return create_calibration(session)


def remind(session: Session, day: int, hour: int = 10) -> int:
    with travel(MONDAY.replace(day=day, hour=hour)):
        return remind_members(session)


def test_its_inspectors_hear_that_it_waits_and_may_open_it(session, made) -> None:
    both = {user.id for user in made.inspectors}

    assert told(session, K.calibration_opened, "due_on") == {(one, "2026-11-23") for one in both}
    for row in all_told(session):
        assert get_calibration(session, session.get_one(User, row.user_id), row.params["session_id"]) is made.session


def test_who_has_not_scored_everything_is_reminded_a_working_day_before_and_when_it_is_late(session, made) -> None:
    first, second = made.inspectors
    with travel(MONDAY + timedelta(days=1)):
        for place in (0, 1):
            assert first.id in {row.user_id for row in unread(session)}
            score_blind(session, made, first, place, LEVELS)

    assert {row.user_id for row in unread(session)} == {second.id}, "who is done is told nothing more"
    assert remind(session, 19) == 0
    assert remind(session, 20) == 1, "on Friday Monday is the next working day"
    assert remind(session, 21) == remind(session, 23, hour=4) == 0
    assert remind(session, 24) == 1
    assert [(row.user_id, row.stage) for row in unread(session)] == [(second.id, "2026-11-23:late")]


def test_its_inspectors_hear_that_it_is_revealed(session, made) -> None:
    service.reveal_session(session, made.lead, made.session, reason="Somebody is on leave.")

    revealed = {(user.id, K.calibration_revealed) for user in made.inspectors}
    assert {(row.user_id, row.kind) for row in unread(session)} == revealed
    assert remind(session, 24) == 0
    assert {(row.user_id, row.kind) for row in unread(session)} == revealed


def test_the_lead_who_scores_too_is_not_told_of_the_own_deed(session) -> None:
    lead = create_user(session, RoleName.qa_lead, RoleName.inspector)
    with travel(MONDAY):
        made = create_calibration(session)
        new = service.NewSession(
            "December",
            made.version,
            [lead, made.inspectors[0]],
            [service.Pick(one.sample.conversation, "random") for one in made.session.conversations],
            MONDAY + timedelta(days=3),
        )
        service.make_session(session, lead, new)

    assert {row.user_id for row in all_told(session) if row.params["name"] == "December"} == {made.inspectors[0].id}
