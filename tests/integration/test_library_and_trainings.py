"""The case library by the QA lead's consent, and trainings with who came."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from qa_app.access import NotFound
from qa_app.coaching import library, service, trainings
from qa_app.coaching.errors import ReasonMissing
from qa_app.coaching.library import NAME, CaseFacts, CaseFilter
from qa_app.coaching.service import Agreement, NewAction
from qa_app.coaching.trainings import TrainingFacts
from qa_app.models import ActionSource, AttendanceState, CaseKind, CaseState, RoleName, TrainingKind, TrainingSession
from tests.factories.inspections import create_open_inspection
from tests.factories.people import create_agent, create_team, create_user

pytestmark = pytest.mark.both_databases
FACTS = CaseFacts(CaseKind.excellent, "An express lamp", "Offers a way out before being asked", ("delivery", "way out"))


@pytest.fixture
def inspection(session):
    """The chat about the floor lamp, submitted."""
    _inspector, found = create_open_inspection(session)
    found.submitted_at, found.state = datetime(2026, 10, 20, tzinfo=UTC), "submitted"
    session.flush()
    return found


@pytest.fixture
def lead(session):
    return create_user(session, RoleName.qa_lead, name="Ingrid Solberg")


@pytest.fixture
def case(session, inspection):
    return library.propose_case(session, inspection.inspector, inspection, FACTS)


def test_the_copy_is_masked_and_names_nobody(session, inspection, case):
    text = " ".join(line["text"] for line in case.lines)

    assert inspection.agent.name == "Tobias Renn"
    assert "Tobias" not in text
    assert NAME in text
    assert "13812345678" not in text
    assert len(case.lines) == 13


def test_nobody_else_reads_it_before_the_lead_agrees(session, case, inspection, lead):
    agent = create_user(session, RoleName.agent, agent_id=inspection.agent_id)

    with pytest.raises(NotFound):
        library.find_case(session, agent, case.id)
    assert library.find_case(session, inspection.inspector, case.id) is case
    library.accept_case(session, lead, case)
    assert library.find_case(session, agent, case.id) is case
    with pytest.raises(ReasonMissing):
        library.withdraw_case(session, lead, case, reason=" ")
    library.withdraw_case(session, lead, case, reason="Somebody was recognised")
    with pytest.raises(NotFound):
        library.find_case(session, agent, case.id)


def test_a_declined_case_stays_with_its_reason(session, case, lead):
    with pytest.raises(ReasonMissing):
        library.decline_case(session, lead, case, reason="")
    library.decline_case(session, lead, case, reason="Not typical")
    assert (case.state, case.decision_reason) == (CaseState.declined, "Not typical")
    with pytest.raises(library.NotProposed):
        library.accept_case(session, lead, case)


def test_it_is_found_by_words_tag_and_kind(session, case, lead):
    library.accept_case(session, lead, case)

    def found(**wanted):
        return len(session.execute(library.cases_query(lead, CaseFilter(**wanted))).all())

    assert found(text="EXPRESS lamp") == found(tag="way out") == found(kind="excellent") == found(channel="chat") == 1
    assert found(text="refund") == found(tag="way") == found(kind="instructive") == found(text="100%") == 0
    assert library.list_tags(session, lead) == ["delivery", "way out"]


def test_tags_are_read_as_people_type_them():
    assert library.read_tags(" Delivery, delivery；退款，") == ("delivery", "退款")


def test_the_pages_lead_from_inspection_to_consent_to_coaching(session, inspection, lead, sign_in):
    client = sign_in(inspection.inspector)
    assert f"/library/propose/{inspection.id}" in client.get(f"/coaching/beside/{inspection.id}").text
    typed = {"kind": "instructive", "title": "The lamp", "lesson": "Say it first", "tags": "delivery"}
    assert "Choose one" in client.post(f"/library/propose/{inspection.id}", data={**typed, "kind": ""}).text
    sent = client.post(f"/library/propose/{inspection.id}", data=typed)
    assert client.post(f"{sent.location}/accept").status_code == 404

    client = sign_in(lead)
    assert "waits for consent" in client.get("/library").text
    client.post(f"{sent.location}/accept")
    agreed = Agreement(lead, date(2026, 12, 1), "Listen")
    action = service.open_action(
        session, lead, NewAction(inspection.agent, ActionSource.trend, "QA score", agreed, title_zh="质检得分")
    )
    lent = client.post(f"{sent.location}/lend", data={"action_id": action.id})
    assert "The lamp" in client.get(lent.location.partition("#")[0]).text
    client.post(f"{sent.location}/lend", data={"action_id": action.id})
    assert len(action.materials) == 1

    agent = sign_in(RoleName.agent, agent_id=inspection.agent_id)
    assert "Say it first" in agent.get(sent.location).text
    assert agent.get("/library?tag=delivery").text.count("The lamp") == 1


def test_an_inspection_without_words_cannot_be_proposed(session, lead, inspection):
    inspection.submitted_at = None

    with pytest.raises(library.NothingToRead):
        library.propose_case(session, lead, inspection, FACTS)


# Trainings


@pytest.fixture
def training(session, lead):
    facts = TrainingFacts(TrainingKind.monthly, "Refunds", datetime(2026, 10, 5, 9, tzinfo=UTC), "Ingrid Solberg")
    return trainings.keep_training(session, lead, facts)


def test_attendance_is_noted_and_shown_on_the_persons_page(session, lead, training, sign_in):
    agents = [create_agent(session, f"Agent {n}") for n in range(3)]
    assert trainings.invite_agents(session, lead, training, agents) == 3
    assert trainings.invite_agents(session, lead, training, agents) == 0

    states = {agents[0].id: AttendanceState.present, agents[1].id: AttendanceState.excused}
    assert trainings.note_attendance(session, lead, training, states) == 2

    shown = trainings.trainings_of_agent(session, agents[0].id)
    assert [(row.topic, row.state) for row in shown] == [("Refunds", "present")]
    page = sign_in(RoleName.hr).get(f"/tests/agents/{agents[0].id}").text
    assert "Refunds" in page
    table = sign_in(lead).get("/trainings/export.csv").data.decode("utf-8-sig")
    assert table.count("\n") == 4


def test_a_supervisor_notes_the_own_team_only(session, training):
    mine, other = create_agent(session, team=create_team(session, "Mine")), create_agent(session)
    trainings.invite_agents(session, None, training, [mine, other])
    supervisor = create_user(session, RoleName.supervisor)
    supervisor.supervised_teams = [mine.team]
    session.flush()

    wanted = dict.fromkeys((mine.id, other.id), AttendanceState.absent)
    assert trainings.note_attendance(session, supervisor, training, wanted) == 1
    assert [row.agent_id for row in trainings.list_attendance(session, supervisor, training.id)] == [mine.id]


def test_an_agent_sees_the_trainings_on_whose_list_they_are(session, training, sign_in):
    agent, other = create_agent(session), create_agent(session, "Another")
    trainings.invite_agents(session, None, training, [agent, other])
    client = sign_in(RoleName.agent, agent_id=agent.id)

    page = client.get(f"/trainings/{training.id}").text
    assert "Another" not in page
    assert client.get("/trainings/new").status_code == 404
    outsider = sign_in(RoleName.agent, agent_id=create_agent(session).id)
    assert outsider.get(f"/trainings/{training.id}").status_code == 404


def test_a_training_is_planned_in_the_browser(session, lead, sign_in):
    agent = create_agent(session, "Agent 7")
    client = sign_in(lead)
    typed = {
        "kind": "special",
        "topic": "Recall",
        "held_at": "2026-10-07T09:30",
        "trainer": "W. Lan",
        "agents": agent.id,
    }

    assert "This is no link" in client.post("/trainings/new", data={**typed, "material": "here"}).text
    sent = client.post("/trainings/new", data=typed)
    assert "Agent 7" in client.get(sent.location).text
    client.post(f"{sent.location}/attendance", data={f"agent-{agent.id}": "present"})
    found = client.get("/trainings?kind=special&q=recall").text
    assert "1 of 1" in found
    assert 'data-open-dialog="save-filter"' in found
    assert session.scalars(select(TrainingSession.held_at)).one() == datetime(2026, 10, 7, 9, 30, tzinfo=UTC)
