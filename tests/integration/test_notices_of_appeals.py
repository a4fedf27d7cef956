"""Of an appeal hears who may decide it, its agent, and the inspector whose answers change: each once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from qa_app.access import NotFound, get_appeal
from qa_app.appeals import service
from qa_app.appeals.deciding import Verdict
from qa_app.appeals.reminders import remind_of_appeals
from qa_app.appeals.restoring import restore_decider
from qa_app.clock import travel
from qa_app.models import AppealKind, Notice, NoticeKind, PointDecision, RoleName, User
from tests.factories.appeals import create_appeal, create_scored
from tests.factories.inspections import create_assignment
from tests.factories.notices import all_told, told, unread
from tests.factories.people import create_user

pytestmark = pytest.mark.both_databases
K = NoticeKind
WEDNESDAY = datetime(2026, 11, 11, 9, 0, tzinfo=UTC)
ACCEPT = Verdict(PointDecision.accepted, "There is a hello.")
REJECT = Verdict(PointDecision.rejected, "A hello alone is not a greeting.")


@pytest.fixture
def scored(session: Session):
    with travel(WEDNESDAY):
        yield create_scored(session)


def refuse_closed_doors(session: Session) -> None:
    """Nobody was told of an appeal they may not open."""
    for row in all_told(session):
        if "appeal_id" in row.params:
            try:
                get_appeal(session, session.get_one(User, row.user_id), row.params["appeal_id"])
            except NotFound:
                pytest.fail(f"{row.kind} to a user who may not open it")


def test_an_appeal_is_told_to_those_who_may_decide_it(session: Session, scored) -> None:
    second = create_user(session, RoleName.qa_lead, name="Second")
    scorer = create_user(session, RoleName.qa_lead, RoleName.inspector, name="Scored the other half")
    left = create_user(session, RoleName.qa_lead, name="Left")
    left.active = False
    create_user(session, RoleName.hr)
    inspection = scored.inspection
    create_assignment(session, scorer, inspection.rubric_version, inspection.conversation, sample=inspection.sample)
    session.flush()

    create_appeal(session, scored)

    assert told(session, K.appeal_opened) == {(scored.lead.id,), (second.id,)}
    refuse_closed_doors(session)


@pytest.mark.parametrize(("verdict", "state"), [(ACCEPT, "accepted"), (REJECT, "rejected")])
def test_a_decision_is_told_to_the_agent_and_a_change_to_the_inspector(session, scored, verdict, state) -> None:
    appeal = create_appeal(session, scored)

    service.decide_appeal(session, scored.lead, appeal, {"greeting": verdict})

    decided = {(row.user_id, row.params["state"], bool(row.params.get("of_inspector"))) for row in unread(session)}
    expected = {(scored.agent.id, state, False)}
    assert decided == (expected | {(scored.inspector.id, state, True)} if state == "accepted" else expected)
    assert {row.over_because for row in all_told(session) if row.kind == K.appeal_opened} == {"decided"}
    refuse_closed_doors(session)


def test_a_decision_that_was_read_on_its_page_is_read(session, scored) -> None:
    appeal = create_appeal(session, scored)
    service.decide_appeal(session, scored.lead, appeal, {"greeting": REJECT})

    service.note_reading(session, scored.agent, appeal)

    assert unread(session) == []


def test_an_appeal_that_went_up_by_itself_is_told_to_hr(session, scored) -> None:
    hr = create_user(session, RoleName.hr)
    scored.inspector.roles += scored.lead.roles
    scored.lead.active = False
    session.flush()

    create_appeal(session, scored)

    assert [(row.user_id, row.kind) for row in unread(session)] == [(hr.id, K.appeal_opened)]
    refuse_closed_doors(session)


def test_an_escalated_appeal_is_told_to_other_people(session, scored) -> None:
    second, hr = create_user(session, RoleName.qa_lead), create_user(session, RoleName.hr)
    appeal = create_appeal(session, scored)

    service.escalate_appeal(session, scored.lead, appeal, reason="I wrote it.")

    assert {(row.user_id, row.kind) for row in unread(session)} == {
        (second.id, K.appeal_opened),
        (hr.id, K.appeal_opened),
        (scored.agent.id, K.appeal_decided),
    }
    refuse_closed_doors(session)


def test_a_withdrawn_appeal_waits_for_nobody(session, scored) -> None:
    appeal = create_appeal(session, scored)

    service.withdraw_appeal(session, scored.agent, appeal)

    assert unread(session) == []
    assert [row.over_because for row in all_told(session)] == ["withdrawn"]


def test_an_appeal_that_was_handed_over_waits_for_one(session, scored) -> None:
    second, third = create_user(session, RoleName.qa_lead), create_user(session, RoleName.qa_lead)
    appeal = create_appeal(session, scored)

    service.take_appeal(session, scored.lead, appeal, second)

    assert {row.user_id for row in unread(session)} == {second.id}
    assert told(session, K.appeal_opened, "handed_over") == {(second.id, 1)}
    service.take_appeal(session, third, appeal, third)
    assert unread(session) == [], "who takes it knows"


def test_a_handing_over_taken_back_waits_again_for_all(session, scored) -> None:
    second, third = create_user(session, RoleName.qa_lead), create_user(session, RoleName.qa_lead)
    appeal = create_appeal(session, scored)
    before = {row.id for row in unread(session)}
    service.take_appeal(session, scored.lead, appeal, second)

    restore_decider(session, scored.lead, appeal, given=second.id, before=None)

    assert {row.id for row in unread(session)} == before
    assert {row.user_id for row in unread(session)} == {scored.lead.id, second.id, third.id}


def test_a_second_handing_over_taken_back_waits_for_who_had_it_alone(session, scored) -> None:
    second, third = create_user(session, RoleName.qa_lead), create_user(session, RoleName.qa_lead)
    appeal = create_appeal(session, scored)
    waiting = []
    for hour, decider in enumerate((second, third, second, third), start=10):
        with travel(WEDNESDAY.replace(hour=hour)):
            service.take_appeal(session, scored.lead, appeal, decider)
        waiting.append({row.id for row in unread(session)})
        assert {row.user_id for row in unread(session)} == {decider.id}, "to the same person again, too"

    restore_decider(session, scored.lead, appeal, given=third.id, before=second.id)

    assert {row.id for row in unread(session)} == waiting[-2], "what had waited, and nothing older"


def test_a_wrong_agent_is_told_like_any_decision(session, scored) -> None:
    appeal = create_appeal(session, scored, kind=AppealKind.wrong_agent, text="That was not me.")

    service.decide_wrong_agent(session, scored.lead, appeal, is_upheld=True, reason="Heard.")

    assert told(session, K.appeal_decided, "state") == {
        (scored.agent.id, "accepted"),
        (scored.inspector.id, "accepted"),
    }
    refuse_closed_doors(session)


def test_deciders_are_reminded_a_working_day_before_and_once_when_it_is_late(session, scored) -> None:
    second = create_user(session, RoleName.qa_lead)
    appeal = create_appeal(session, scored)  # to be decided until the end of Wednesday the 18th

    def remind(day: int, hour: int = 10) -> list[Notice]:
        with travel(datetime(2026, 11, day, hour, 5, tzinfo=UTC)):
            remind_of_appeals(session)
        return [row for row in unread(session) if row.kind == K.appeal_due]

    assert remind(16) == []
    assert remind(17, hour=4) == []
    soon = remind(17)
    assert {(row.user_id, row.params["due_on"]) for row in soon} == {
        (scored.lead.id, "2026-11-18"),
        (second.id, "2026-11-18"),
    }
    assert len(remind(18)) == 2
    late = remind(19)
    assert {row.stage for row in late} == {"2026-11-18:late"}
    assert len(late) == len(remind(20)) == 2

    service.decide_appeal(session, scored.lead, appeal, {"greeting": REJECT})
    assert remind(20) == []
    refuse_closed_doors(session)


def test_who_took_it_over_is_reminded_alone(session, scored) -> None:
    second = create_user(session, RoleName.qa_lead)
    service.take_appeal(session, second, create_appeal(session, scored), second)

    with travel(datetime(2026, 11, 18, 10, 5, tzinfo=UTC)):
        remind_of_appeals(session)

    assert told(session, K.appeal_due) == {(second.id,)}


def test_more_time_for_the_decider_takes_the_reminder_back(session, scored) -> None:
    appeal = create_appeal(session, scored)
    with travel(datetime(2026, 11, 18, 10, 5, tzinfo=UTC)):
        remind_of_appeals(session)
        service.extend_appeal(session, scored.lead, appeal, service.next_due_at(session), reason="On leave.")
        remind_of_appeals(session)

    assert [row for row in unread(session) if row.kind == K.appeal_due] == []


def test_an_agent_is_reminded_once_of_the_last_day_to_appeal(session, scored) -> None:
    for day in (17, 17, 18):
        with travel(datetime(2026, 11, day, 10, 5, tzinfo=UTC)):
            remind_of_appeals(session)

    assert told(session, K.appeal_window_ends, "count", "ends_on") == {(scored.agent.id, 1, "2026-11-18")}
    with travel(datetime(2026, 11, 19, 10, 5, tzinfo=UTC)):
        remind_of_appeals(session)
    assert unread(session) == []


def test_an_appeal_ends_the_reminder_of_its_window(session, scored) -> None:
    with travel(datetime(2026, 11, 17, 10, 5, tzinfo=UTC)):
        remind_of_appeals(session)
        create_appeal(session, scored)
        remind_of_appeals(session)

    assert [row for row in unread(session) if row.kind == K.appeal_window_ends] == []
