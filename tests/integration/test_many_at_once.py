"""Deeds on many rows: said beforehand, done in one transaction, each refusal with its reason, and taken back."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_app.clock import now
from qa_app.inspections import service as inspections
from qa_app.lists import deeds
from qa_app.models import (
    ActionState,
    Assignment,
    AssignmentState,
    AuditEvent,
    BulkDeed,
    CoachingAction,
    LegalHold,
    RoleName,
    Sample,
    SampleState,
)
from qa_app.sampling.errors import TargetRefused
from qa_app.sampling.service import add_targeted_sample
from tests.factories.appeals import create_appeal, create_scored
from tests.factories.conversations import create_chat, create_conversation
from tests.factories.inspections import create_assignment
from tests.factories.people import create_agent, create_team, create_user
from tests.factories.rubrics import create_published

LINES = [("customer", 0, "Hello"), ("agent", 20, "Hello, how can I help?")]


@pytest.fixture
def lead(session: Session):
    return create_user(session, RoleName.qa_lead, name="Priya Nandakumar")


@pytest.fixture
def version(session: Session):
    return create_published(session)


@pytest.fixture
def team(session: Session):
    return create_team(session, "Live chat")


def outcome_of(client, answer) -> str:
    """What the list says of a deed, in one line."""
    assert answer.status_code == 303, answer.text
    page = client.get(answer.location).text
    found = re.search(r"data-outcome.*?</div></div>", page, re.S).group()
    return " ".join(re.sub(r"<[^>]+>", " ", found).split())


def undo(client, answer):
    return client.post(f"/filters/deeds/{answer.location.rpartition('did=')[2]}/undo", data={"query": ""})


def count_events(session: Session, action: str) -> int:
    session.commit()
    return session.scalar(select(func.count()).where(AuditEvent.action == action)) or 0


# Conversations: to inspection, and under a hold


@pytest.mark.both_databases
def test_conversations_go_to_inspection_and_come_back(session: Session, sign_in, lead, version, team) -> None:
    inspector = create_user(session, RoleName.inspector, name="Amara Diallo")
    agent = create_agent(session, "Tobias Renn", team=team)
    good = [create_chat(session, agent, LINES) for _ in range(2)]
    erased = create_chat(session, agent, LINES, erased_at=now())
    waits = create_chat(session, agent, LINES)
    add_targeted_sample(session, lead, waits, "complaint")
    client = sign_in(lead)
    ids = [one.id for one in (*good, erased, waits)]

    before = client.post("/conversations/target", data={"tick": [*ids, 999_999], "query": ""}).text
    assert "2 conversations will be sent to inspection." in before
    for why in ("Its content was deleted", "It waits for inspection already", "not there any more"):
        assert why in before
    assert session.scalar(select(func.count()).select_from(Sample)) == 1, "a look changes nothing"

    sent = {
        "chosen": ",".join(map(str, ids)),
        "query": "",
        "reason": "complaints of October",
        "inspector": inspector.id,
    }
    answer = client.post("/conversations/target", data={**sent, "rubric": 0})
    said = outcome_of(client, answer)
    assert "2 conversations were sent to inspection by Amara Diallo." in said
    assert "2 were left as they are" in said
    made = session.scalars(select(Sample).where(Sample.conversation_id.in_([one.id for one in good]))).all()
    assert {(one.weight, one.targeted_reason, one.state) for one in made} == {
        (0.0, "complaints of October", SampleState.assigned)
    }
    assert count_events(session, "sample.target") == 3

    inspections.open_inspection(session, inspector, made[0].assignments[0])
    session.commit()
    back = outcome_of(client, undo(client, answer))
    assert "1 taken back." in back
    assert "It was opened or inspected meanwhile." in back
    session.expire_all()
    assert session.scalar(select(func.count()).select_from(Sample)) == 2
    assert count_events(session, "sample.take_back") == 1
    assert client.post(f"/filters/deeds/{answer.location.rpartition('=')[2]}/undo").status_code == 303
    assert "can no longer be taken back" in client.get("/conversations").text


def test_a_conversation_without_content_cannot_be_sent_by_its_address(session, sign_in, lead, version, team) -> None:
    erased = create_chat(session, create_agent(session, team=team), LINES, erased_at=now())
    client = sign_in(lead)

    page = client.get(f"/conversations/{erased.id}/target").text
    sent = client.post(f"/conversations/{erased.id}/target", data={"reason": "why not"})

    assert "Its content was deleted" in page
    assert "<textarea" not in page
    assert "Its content was deleted" in sent.text
    with pytest.raises(TargetRefused, match="erased"):
        add_targeted_sample(session, lead, erased, "why not")
    assert session.scalar(select(func.count()).select_from(Sample)) == 0


def test_the_inspector_named_is_no_way_round_the_rules(session: Session, sign_in, lead, version, team) -> None:
    inspector = create_user(session, RoleName.inspector, name="Amara Diallo")
    inspector.supervised_teams.append(team)
    own = create_chat(session, create_agent(session, team=team), LINES)
    client = sign_in(lead)

    answer = client.post(
        "/conversations/target", data={"chosen": own.id, "reason": "x", "inspector": inspector.id, "rubric": 0}
    )

    assert "own team" in outcome_of(client, answer)
    assert session.scalar(select(func.count()).select_from(Sample)) == 0


@pytest.mark.both_databases
def test_all_that_match_are_held_and_the_hold_is_taken_back(session: Session, sign_in, lead, team) -> None:
    agent = create_agent(session, team=team)
    for channel in ("chat", "chat", "phone"):
        create_conversation(session, agent, channel=channel)
    client = sign_in(lead)

    before = client.post("/retention/holds/many", data={"everything": "1", "query": "channel=chat"}).text
    assert "2 conversations will be held back from deletion." in before
    chosen = re.search(r'name="chosen" value="([\d,]+)"', before).group(1)
    answer = client.post("/retention/holds/many", data={"chosen": chosen, "query": "channel=chat", "reason": "claim"})

    assert answer.location.startswith("/conversations?channel=chat&did=")
    assert "2 conversations are held now." in outcome_of(client, answer)
    again = client.post("/retention/holds/many", data={"chosen": chosen}).text
    assert "This can be done to none of them." in again
    assert "2 taken back." in outcome_of(client, undo(client, answer))
    session.expire_all()
    assert all(hold.lifted_at for hold in session.scalars(select(LegalHold)))


def test_a_hold_until_a_day_that_is_over_is_refused(session: Session, sign_in, lead, team, time_machine) -> None:
    time_machine.move_to(datetime(2026, 11, 20, 9, tzinfo=UTC))
    chat = create_conversation(session, create_agent(session, team=team))
    client = sign_in(lead)
    sent = {"chosen": chat.id, "reason": "claim", "until": "2026-11-19"}

    assert "This day is over." in client.post("/retention/holds/many", data=sent).text
    assert session.scalar(select(LegalHold.id)) is None
    answer = client.post("/retention/holds/many", data={**sent, "until": "2026-11-20"})

    assert "1 conversation is held now." in outcome_of(client, answer)


def test_nobody_does_to_what_they_may_not_see(session: Session, sign_in, lead, team) -> None:
    foreign = create_conversation(session, create_agent(session, team=create_team(session, "Shop")))
    leader = create_user(session, RoleName.supervisor, RoleName.administrator)
    leader.supervised_teams.append(team)
    client = sign_in(leader)

    page = client.post("/retention/holds/many", data={"tick": foreign.id}).text
    client.post("/retention/holds/many", data={"chosen": foreign.id, "reason": "x"})

    assert "not yours to see" in page
    assert foreign.external_id not in page
    assert session.scalar(select(LegalHold.id)) is None
    assert client.post("/conversations/target", data={"tick": foreign.id}).status_code == 404


def test_too_many_and_none_are_said(session: Session, sign_in, lead, team, monkeypatch) -> None:
    monkeypatch.setattr("qa_app.lists.many.MOST_AT_ONCE", 1)
    agent = create_agent(session, team=team)
    ids = [create_conversation(session, agent).id for _ in range(2)]
    client = sign_in(lead)

    client.post("/conversations/target", data={"query": ""})
    assert "Tick at least one row first." in client.get("/conversations").text
    client.post("/conversations/target", data={"tick": ids})
    assert "Narrow the filter." in client.get("/conversations").text


def test_numbers_no_database_takes_name_nothing(session: Session, sign_in, lead, team) -> None:
    chat = create_conversation(session, create_agent(session, team=team))
    client = sign_in(lead)
    large = [str(2**63), "9" * 5_000, "-1", "x"]

    assert "1 conversation will be held" in client.post("/retention/holds/many", data={"tick": [*large, chat.id]}).text
    sent = {"chosen": ",".join([*large, str(chat.id)]), "reason": "claim"}
    assert "1 conversation is held now." in outcome_of(client, client.post("/retention/holds/many", data=sent))
    assert client.post("/conversations/export.csv", data={"tick": large, "query": ""}).status_code == 200
    for did in large:
        assert "data-outcome" not in client.get(f"/conversations?did={did}").text


def test_the_ticked_rows_are_a_file(session: Session, sign_in, lead, team) -> None:
    agent = create_agent(session, team=team)
    first, second = (create_conversation(session, agent) for _ in range(2))
    client = sign_in(lead)

    ticked = client.post("/conversations/export.csv", data={"tick": first.id, "query": ""}).text
    everything = client.post("/conversations/export.csv", data={"tick": first.id, "everything": "1", "query": ""}).text

    assert first.external_id in ticked
    assert second.external_id not in ticked
    assert second.external_id in everything
    assert count_events(session, "list.export") == 2


# Samples in inspectors' hands


@pytest.fixture
def work(session: Session, version, team):
    """Three samples of one inspector, and two others who could have them."""
    first = create_user(session, RoleName.inspector, name="Amara Diallo")
    others = [create_user(session, RoleName.inspector, name=name) for name in ("Bo Lind", "Chen Yu")]
    agent = create_agent(session, team=team)
    due = datetime(2026, 11, 30, 12, tzinfo=UTC)
    chats = [create_chat(session, agent, LINES) for _ in range(3)]
    held = [create_assignment(session, first, version, chat, due_at=due) for chat in chats]
    return first, others, held


def holders(session: Session) -> list[int]:
    session.expire_all()
    is_open = Assignment.state == AssignmentState.open
    return list(session.scalars(select(Assignment.inspector_id).where(is_open).order_by(Assignment.sample_id)))


@pytest.mark.both_databases
def test_samples_are_handed_over_and_taken_back(session: Session, sign_in, lead, work) -> None:
    first, (second, _), held = work
    client = sign_in(lead)
    chosen = ",".join(str(one.id) for one in held)

    answer = client.post(
        "/inspections/in-hand/hand-over", data={"chosen": chosen, "inspector": second.id, "reason": "ill"}
    )
    assert "3 samples were handed over to Bo Lind." in outcome_of(client, answer)
    assert holders(session) == [second.id] * 3

    begun = session.scalar(select(Assignment).where(Assignment.inspector_id == second.id).limit(1))
    inspection = inspections.open_inspection(session, second, begun)
    inspection.revision = 1
    session.commit()
    back = outcome_of(client, undo(client, answer))

    assert "2 taken back." in back
    assert "The new inspector has begun with it." in back
    assert sorted(holders(session)) == sorted([second.id, first.id, first.id])
    assert count_events(session, "assignment.reassign") == 5
    given = session.scalars(select(AuditEvent.data).where(AuditEvent.action == "assignment.reassign"))
    assert [one["reason"] for one in given].count("taken_back") == 2


@pytest.mark.both_databases
def test_samples_are_spread_over_those_with_the_fewest(session: Session, sign_in, lead, work, version, team) -> None:
    first, (second, third), held = work
    busy = create_chat(session, create_agent(session, team=team), LINES)
    create_assignment(session, second, version, busy)
    held[0].state = AssignmentState.done
    client = sign_in(lead)

    answer = client.post(
        "/inspections/in-hand/hand-over",
        data={"chosen": ",".join(str(one.id) for one in held), "inspector": 0, "reason": "ill"},
    )

    said = outcome_of(client, answer)
    assert "2 samples were spread" in said
    assert "It was submitted meanwhile." in said
    assert sorted(holders(session)) == sorted([second.id, third.id, second.id]), "one had one already"
    assert first.id not in holders(session)


def test_more_time_is_given_with_a_reason_and_taken_back(session: Session, sign_in, lead, work, time_machine) -> None:
    time_machine.move_to(datetime(2026, 11, 20, 9, tzinfo=UTC))
    _, _, held = work
    held[0].due_at = datetime(2026, 12, 24, 12, tzinfo=UTC)
    client = sign_in(lead)
    sent = {"chosen": ",".join(str(one.id) for one in held), "due_on": "2026-12-04", "reason": "training week"}

    assert "Write the reason." in client.post("/inspections/in-hand/extend", data={**sent, "reason": " "}).text
    assert "This day is over." in client.post("/inspections/in-hand/extend", data={**sent, "due_on": "2026-11-19"}).text
    answer = client.post("/inspections/in-hand/extend", data=sent)

    said = outcome_of(client, answer)
    assert "2 samples are due on 4 Dec 2026 now." in said
    assert "It is due then or later already." in said
    assert held[1].due_at.date().isoformat() == "2026-12-04"
    held[2].due_at += timedelta(days=1)
    assert "1 taken back." in outcome_of(client, undo(client, answer))
    assert held[1].due_at == datetime(2026, 11, 30, 12, tzinfo=UTC)
    time_machine.shift(3601)
    late = client.post("/inspections/in-hand/extend", data={**sent, "due_on": "2026-12-20", "chosen": held[1].id})
    time_machine.shift(3601)
    assert "data-undo" not in client.get(late.location).text
    undo(client, late)
    assert held[1].due_at.date().isoformat() == "2026-12-20", "an hour has passed"


# Coaching


def test_actions_are_closed_postponed_and_opened_again(session: Session, sign_in, lead, team) -> None:
    agent = create_agent(session, "Ana Brook", team=team)
    values = {
        "agent_id": agent.id,
        "owner_id": lead.id,
        "source": "lost_point",
        "opened_at": now(),
        "title": "Greeting",
    }
    first, second = (CoachingAction(**values, due_on=now().date() + timedelta(days=3)) for _ in range(2))
    gone = CoachingAction(**values, due_on=now().date(), state=ActionState.dropped)
    session.add_all([first, second, gone])
    session.flush()
    client = sign_in(lead)
    chosen = f"{first.id},{second.id},{gone.id}"

    day = now().date() + timedelta(days=30)
    later = client.post("/coaching/postpone", data={"chosen": chosen, "due_on": day.isoformat(), "reason": "leave"})
    said = outcome_of(client, later)
    assert "2 actions are due on" in said
    assert "It is closed already." in said
    assert {first.due_on, second.due_on} == {day}

    closed = client.post("/coaching/close", data={"chosen": chosen, "result": "Practised."})
    assert "2 actions closed as done." in outcome_of(client, closed)
    second.state = ActionState.measured
    back = outcome_of(client, undo(client, closed))
    assert "1 taken back." in back
    assert "Its effect was measured meanwhile." in back
    assert (first.state, first.result, first.done_at) == (ActionState.open, "", None)
    outcome_of(client, undo(client, later))
    assert first.due_on == now().date() + timedelta(days=3)


def test_own_coaching_and_days_that_are_over_are_refused(session: Session, sign_in, lead, team) -> None:
    agent = create_agent(session, "Ana Brook", team=team)
    leader = create_user(session, RoleName.supervisor, RoleName.agent, agent_id=agent.id)
    leader.supervised_teams.append(team)
    over = now().date() - timedelta(days=9)
    action = CoachingAction(
        agent_id=agent.id, owner_id=lead.id, source="lost_point", opened_at=now(), title="Greeting", due_on=over
    )
    session.add(action)
    session.flush()
    own, client = sign_in(leader), sign_in(lead)

    for deed in ("close", "postpone", "hand-over"):
        assert "It is about you" in own.post(f"/coaching/{deed}", data={"tick": action.id}).text
    assert 'data-open-dialog="finish"' not in own.get(f"/coaching/{action.id}").text
    assert "It is about you" in own.post(f"/coaching/{action.id}/done", follow_redirects=True).text
    assert action.state == ActionState.open
    late = {"chosen": action.id, "due_on": (over + timedelta(days=2)).isoformat(), "reason": "leave"}
    assert "This day is over." in client.post("/coaching/postpone", data=late).text
    assert 'data-open-dialog="finish"' in client.get(f"/coaching/{action.id}").text
    assert action.due_on == over


# Appeals


def test_appeals_are_handed_over_with_reasons_and_taken_back(session: Session, sign_in) -> None:
    scored = create_scored(session)
    appeal = create_appeal(session, scored)
    other = create_user(session, RoleName.qa_lead, name="Rosa Lind")
    both = create_user(session, RoleName.qa_lead, RoleName.inspector, name="Ada Brook")
    scored.inspection.inspector_id = both.id
    appeal.due_at = before = now() - timedelta(days=1)
    client = sign_in(scored.lead)

    own = client.post("/appeals/hand-over", data={"chosen": appeal.id, "decider": both.id})
    assert "They scored this sample" in outcome_of(client, own)
    taken = client.post("/appeals/hand-over", data={"chosen": appeal.id, "decider": other.id, "query": "state=waiting"})
    assert "1 appeal handed to Rosa Lind." in outcome_of(client, taken)
    assert appeal.decider_id == other.id
    later = client.post("/appeals/extend", data={"chosen": appeal.id, "reason": "On leave."})
    assert appeal.due_at > now()
    assert "It is due then or later already." in client.post("/appeals/extend", data={"tick": appeal.id}).text

    assert "1 taken back." in outcome_of(client, undo(client, taken))
    assert "1 taken back." in outcome_of(client, undo(client, later))
    assert (appeal.decider_id, appeal.due_at) == (None, before)
    assert count_events(session, "appeal.take") == 2


# The engine


def test_an_outcome_is_its_owners_alone(session: Session, sign_in, lead, work) -> None:
    _, (second, _), held = work
    answer = sign_in(lead).post(
        "/inspections/in-hand/hand-over", data={"chosen": held[0].id, "inspector": second.id, "reason": "ill"}
    )
    colleague = sign_in(RoleName.qa_lead)

    assert "data-outcome" not in colleague.get(answer.location).text
    assert undo(colleague, answer).status_code == 404
    assert session.scalar(select(BulkDeed.undone_at)) is None


def test_a_failure_in_the_midst_keeps_nothing(app, session: Session, sign_in, lead, work, monkeypatch) -> None:
    _, (second, _), held = work
    ids = ",".join(str(one.id) for one in held)
    client = sign_in(lead)
    session.commit()
    calls = []

    def fail(*args: object, **given: object) -> object:
        calls.append(args)
        if len(calls) == 2:
            raise RuntimeError("the disk is full")
        return inspections.reassign(*args, **given)

    monkeypatch.setattr("qa_app.inspections.many.reassign", fail)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    try:
        sent = {"chosen": ids, "inspector": second.id, "reason": "ill"}
        assert client.post("/inspections/in-hand/hand-over", data=sent).status_code == 500
    finally:
        app.config["PROPAGATE_EXCEPTIONS"] = None
    assert second.id not in holders(session)
    assert session.scalar(select(BulkDeed.id)) is None


def test_a_deed_says_each_reason_in_words(app) -> None:
    with app.test_request_context("/"):
        for deed in deeds._DEEDS.values():
            words = deed.reasons()
            assert all(words.values())
            assert deed.reason("something else") == "This cannot be done."
            for count in (1, 2):
                assert str(count) in deed.announcement(count)
                assert str(count) in deed.button(count)
