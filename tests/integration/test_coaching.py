"""Coaching: from a lost point to an effect measured against the prediction made before it; who may do what."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event, select

from qa_app.access import NotFound, get_action
from qa_app.assessment.service import compute_month
from qa_app.clock import travel
from qa_app.coaching import materials, service
from qa_app.coaching.effect import FEWEST, WANTED, predict
from qa_app.coaching.errors import (
    FileRefused,
    NotEnough,
    NotForThisPerson,
    OwnCoaching,
    ReasonMissing,
    WrongActionState,
)
from qa_app.coaching.queries import actions_about, actions_due, count_waiting
from qa_app.coaching.rescheduling import postpone_action
from qa_app.coaching.service import Agreement, NewAction
from qa_app.models import ActionSource, ActionState, AuditEvent, CoachingAction, RoleName, SheetState
from tests.factories.coaching import WEAK_IN, create_coached_centre
from tests.factories.people import create_agent, create_team, create_user

pytestmark = pytest.mark.both_databases

OPENED = datetime(2026, 10, 2, 9, tzinfo=UTC)
DONE = datetime(2026, 10, 12, 9, tzinfo=UTC)


@pytest.fixture
def centre(session):
    return create_coached_centre(session)


def open_about(session, centre, agent=None, criterion=WEAK_IN, at=OPENED, **values):
    """Open an action about an agent as their supervisor does."""
    asked = NewAction(
        agent=agent or centre.weak,
        source=ActionSource.lost_point,
        title="Greets the customer",
        title_zh="问候客户",
        criterion=criterion,
        agreement=Agreement(centre.supervisor, date(2026, 10, 16), "Begin with a greeting", "Good morning, this is …"),
        **values,
    )
    with travel(at):
        return service.open_action(session, centre.supervisor, asked)


def do(session, centre, action, at=DONE):
    with travel(at):
        service.finish_action(session, centre.supervisor, action, result="Practised twice.")


def inspect_later(session, centre, count, *, greets=True, **values):
    for place in range(count):
        centre.inspect(session, centre.weak, DONE + timedelta(days=place + 1), greets=greets, **values)


def test_opening_fixes_what_to_expect_from_the_time_before(session, centre):
    action = open_about(session, centre)

    expected = action.prediction["next"]
    assert action.prediction["of"] == "share"
    assert action.prediction["seen"] == 15
    assert action.prediction["basis"]["agents"] == 10
    # Never greeted in fifteen conversations, yet nobody expects that of the next month with certainty.
    assert 0.5 < expected["value"] < 1.0
    assert expected["lower"] < expected["value"] < expected["upper"]


def test_the_prediction_knows_nothing_of_what_comes_after(session, centre):
    before = predict(session, centre.weak.id, WEAK_IN, at=OPENED)
    inspect_later(session, centre, 12)

    assert predict(session, centre.weak.id, WEAK_IN, at=OPENED) == before


def test_an_action_is_measured_once_against_its_prediction(session, centre):
    action = open_about(session, centre)
    do(session, centre, action)
    inspect_later(session, centre, WANTED + 3)

    with travel(DONE + timedelta(days=20)):
        service.measure_action(session, centre.supervisor, action)

    assert action.state == ActionState.measured
    assert action.effect["verdict"] == "better"
    assert action.effect["n"] == WANTED
    assert action.effect["k"] == 0
    assert action.effect["change_upper"] < 0
    with pytest.raises(WrongActionState):
        service.measure_action(session, centre.supervisor, action)


def test_what_chance_explains_is_no_effect(session, centre):
    action = open_about(session, centre, criterion="")
    do(session, centre, action)
    expected = action.prediction["next"]["value"]
    for place in range(WANTED):
        # Half of the conversations greet: quality 100 or 40, about what was expected plus a little.
        centre.inspect(session, centre.weak, DONE + timedelta(days=place + 1), greets=place % 2 == 0)

    with travel(DONE + timedelta(days=20)):
        service.measure_action(session, None, action)

    assert action.effect["after"] > expected
    assert action.effect["change_lower"] < action.effect["change"] < action.effect["change_upper"]


def test_nothing_is_said_until_there_is_enough(session, centre):
    action = open_about(session, centre)
    do(session, centre, action)
    inspect_later(session, centre, FEWEST)

    with travel(DONE + timedelta(days=30)), pytest.raises(NotEnough) as refused:
        service.measure_action(session, centre.supervisor, action)
    assert refused.value.n == FEWEST
    with travel(DONE + timedelta(days=93)):
        assert service.measure_due(session) == 1
    assert action.state == ActionState.measured
    assert action.effect["n"] == FEWEST


def test_only_independent_random_conversations_after_it_count(session, centre):
    action = open_about(session, centre)
    do(session, centre, action)
    inspect_later(session, centre, 9)
    inspect_later(session, centre, 4, is_random=False)
    inspect_later(session, centre, 4, inspector=centre.supervisor)
    centre.inspect(session, centre.weak, DONE - timedelta(days=1), greets=True)

    with travel(DONE + timedelta(days=40)), pytest.raises(NotEnough) as refused:
        service.measure_action(session, centre.supervisor, action)

    assert refused.value.n == 9


def test_without_a_prediction_nothing_is_measured(session, centre):
    lonely = create_agent(session, "New", team=centre.team)
    action = open_about(session, centre, agent=lonely)

    assert action.prediction is None
    do(session, centre, action)
    with travel(DONE + timedelta(days=200)), pytest.raises(NotEnough):
        service.measure_action(session, centre.supervisor, action)
    assert service.measure_due(session) == 0


def test_steps_keep_their_order(session, centre):
    action = open_about(session, centre)

    with pytest.raises(WrongActionState):
        service.measure_action(session, centre.supervisor, action)
    with pytest.raises(ReasonMissing):
        service.drop_action(session, centre.supervisor, action, reason=" ")
    service.drop_action(session, centre.supervisor, action, reason="Changed teams")
    with pytest.raises(WrongActionState):
        service.finish_action(session, centre.supervisor, action)
    with pytest.raises(WrongActionState):
        service.drop_action(session, centre.supervisor, action, reason="again")


def test_only_who_coaches_the_agent_can_own_it(session, centre):
    stranger = create_user(session, RoleName.supervisor)
    stranger.supervised_teams = [create_team(session, "Shop")]
    lead = create_user(session, RoleName.qa_lead)
    action = open_about(session, centre)

    with pytest.raises(NotForThisPerson):
        service.hand_over(session, centre.supervisor, [action], stranger)
    assert service.hand_over(session, centre.supervisor, [action], lead) == 1
    assert action.owner_id == lead.id


def test_nobody_closes_what_is_about_themselves(session, centre):
    action = open_about(session, centre)
    centre.supervisor.agent_id = centre.weak.id
    agreed = Agreement(create_user(session, RoleName.qa_lead), date(2027, 1, 8), "", "")

    for step in (
        lambda: service.finish_action(session, centre.supervisor, action),
        lambda: service.drop_action(session, centre.supervisor, action, reason="No"),
        lambda: service.change_action(session, centre.supervisor, action, agreed),
        lambda: service.hand_over(session, centre.supervisor, [action], agreed.owner),
        lambda: postpone_action(session, centre.supervisor, action, agreed.due_on, reason="Leave"),
    ):
        with pytest.raises(OwnCoaching):
            step()
    service.reply_to_action(session, centre.supervisor, action, text="I will try.")
    assert action.state == ActionState.open


def test_who_sees_which_action(session, centre):
    action = open_about(session, centre)
    own = create_user(session, RoleName.agent, agent_id=centre.weak.id)
    colleague = create_user(session, RoleName.agent, agent_id=centre.agents[1].id)
    elsewhere = create_user(session, RoleName.supervisor)
    elsewhere.supervised_teams = [create_team(session, "Shop")]

    for actor in (own, centre.supervisor, create_user(session, RoleName.qa_lead), create_user(session, RoleName.hr)):
        assert get_action(session, actor, action.id) is action
    for actor in (colleague, elsewhere, centre.inspector, create_user(session, RoleName.administrator)):
        with pytest.raises(NotFound):
            get_action(session, actor, action.id)


def test_only_the_agent_replies(session, centre):
    action = open_about(session, centre)
    own = create_user(session, RoleName.agent, agent_id=centre.weak.id)

    assert count_waiting(session, own) == 1
    service.reply_to_action(session, own, action, text="I will try it tomorrow.")

    assert action.reply == "I will try it tomorrow."
    assert count_waiting(session, own) == 0
    with pytest.raises(WrongActionState):
        service.reply_to_action(session, centre.supervisor, action, text="Good")


def test_what_is_due_is_named_for_a_notice(session, centre):
    action = open_about(session, centre)
    open_about(session, centre, agent=centre.agents[3])
    do(session, centre, open_about(session, centre, agent=centre.agents[4]))
    own = create_user(session, RoleName.agent, agent_id=centre.weak.id)

    with travel(datetime(2026, 10, 19, 9, tzinfo=UTC)):
        due = actions_due(session)
    with travel(datetime(2026, 10, 5, 9, tzinfo=UTC)):
        early = actions_due(session)

    assert (due[0].id, due[0].days_left, due[0].agent_user_id) == (action.id, -3, own.id)
    assert len(due) == 2
    assert early == []


def test_quotes_come_from_the_agents_own_submitted_inspections(session, centre):
    mine = session.get_one(CoachingAction, open_about(session, centre).id)
    of_weak, of_other = (
        next(one for one in centre.made if evidence_of(session, one, agent)) for agent in centre.agents[:2]
    )
    ids = (*evidence_of(session, of_weak, centre.weak), *evidence_of(session, of_other, centre.agents[1]))
    action = open_about(session, centre, evidence_ids=ids)

    assert "missed: greeting" in {one.quote for one in action.excerpts}
    assert {one.inspection_id for one in action.excerpts} == {of_weak}
    assert actions_about(session, centre.supervisor, centre.weak.id) == {WEAK_IN: action.id}
    assert mine.excerpts == []


def evidence_of(session, inspection_id, agent):
    from qa_app.models import Evidence, Inspection

    return session.scalars(
        select(Evidence.id).join(Inspection).where(Inspection.id == inspection_id, Inspection.agent_id == agent.id)
    ).all()


def test_every_step_is_an_event(session, centre):
    action = open_about(session, centre)
    do(session, centre, action)
    inspect_later(session, centre, WANTED)
    with travel(DONE + timedelta(days=20)):
        service.measure_due(session)
    session.commit()

    deeds = session.scalars(
        select(AuditEvent.action).where(AuditEvent.thing_type == "CoachingAction").order_by(AuditEvent.id)
    ).all()
    assert deeds == ["coaching.open", "coaching.done", "coaching.measure"]


def test_files_of_other_kinds_stay_out(session, centre):
    action = open_about(session, centre)

    with pytest.raises(FileRefused):
        materials.add_file(session, centre.supervisor, action, name="run.exe", content=b"MZ")
    with pytest.raises(FileRefused):
        materials.add_file(session, centre.supervisor, action, name="empty.pdf", content=b"")
    kept = materials.add_file(session, centre.supervisor, action, name="..\\..\\guide.pdf", content=b"%PDF")
    assert kept.title == "guide.pdf"
    path = materials.path_of(kept)
    materials.remove_material(session, centre.supervisor, action, kept)
    assert not path.exists()


def test_from_an_inspections_lost_point_to_an_action(session, centre, sign_in):
    client = sign_in(centre.supervisor)
    inspection_id = centre.made[0]

    beside = client.get(f"/coaching/beside/{inspection_id}")
    assert "criterion=small.greeting" in beside.text
    page = client.get(f"/coaching/new?agent={centre.weak.id}&criterion={WEAK_IN}&inspection={inspection_id}")
    assert "Look at the start" in page.text
    assert "missed: greeting" in page.text
    answer = client.post(
        f"/coaching/new?agent={centre.weak.id}&criterion={WEAK_IN}&inspection={inspection_id}",
        data={
            "owner": centre.supervisor.id,
            "due_on": "2026-12-01",
            "practice": "Greet first",
            "link": "https://a.example/b",
        },
    )

    assert answer.status_code == 303
    shown = client.get(answer.location).text
    assert "Greet first" in shown
    assert "a.example" in shown
    assert f"/coaching/{answer.location.rsplit('/', 1)[1]}" in client.get(f"/coaching/beside/{inspection_id}").text


def test_a_form_with_mistakes_keeps_what_was_typed(session, centre, sign_in):
    client = sign_in(centre.supervisor)

    page = client.post(
        f"/coaching/new?agent={centre.weak.id}&criterion={WEAK_IN}",
        data={
            "owner": centre.supervisor.id,
            "due_on": "soon",
            "practice": "",
            "sentence": "",
            "link": "javascript:alert(1)",
        },
    )

    assert page.status_code == 200
    assert "Say what to practise" in page.text
    assert "This is no link" in page.text
    assert session.scalar(select(CoachingAction.id)) is None


def test_the_list_filters_closes_and_exports(session, centre, sign_in):
    first, second = open_about(session, centre), open_about(session, centre, agent=centre.agents[2])
    client = sign_in(centre.supervisor)

    with travel(datetime(2026, 10, 20, 9, tzinfo=UTC)):
        assert "overdue" in client.get("/coaching?overdue=1&state=open").text
    rows = client.get(f"/coaching?agent={centre.weak.id}").text.partition("<tbody>")[2]
    assert "Agent 0" in rows
    assert "Agent 2" not in rows
    sent = client.post("/coaching/close", data={"chosen": f"{first.id},{second.id}"})
    assert sent.status_code == 303
    assert {first.state, second.state} == {ActionState.done}
    table = client.get("/coaching/export.csv?state=done").data.decode("utf-8-sig")
    assert table.count("\n") == 3
    assert "Agent 2" in table


def test_several_are_handed_over_to_somebody_who_coaches(session, centre, sign_in):
    lead = create_user(session, RoleName.qa_lead, name="Ingrid Solberg")
    action = open_about(session, centre)
    client = sign_in(centre.supervisor)

    assert "Ingrid Solberg" in client.post("/coaching/hand-over", data={"tick": action.id}).text
    client.post("/coaching/hand-over", data={"chosen": action.id, "owner": lead.id})
    assert action.owner_id == lead.id
    client.post("/coaching/hand-over", data={"chosen": action.id, "owner": centre.inspector.id})
    assert action.owner_id == lead.id


def test_an_agent_reads_and_replies_and_can_do_no_more(session, centre, sign_in):
    action = open_about(session, centre)
    client = sign_in(RoleName.agent, agent_id=centre.weak.id)

    assert client.get(f"/coaching/{action.id}").status_code == 200
    assert client.post(f"/coaching/{action.id}/reply", data={"reply": "Yes"}).status_code == 303
    for step in ("done", "drop", "measure", "material", "edit"):
        assert client.post(f"/coaching/{action.id}/{step}").status_code == 404
    assert client.get(f"/coaching/new?agent={centre.weak.id}").status_code == 404


def test_a_file_comes_back_as_a_download(session, centre, sign_in):
    action = open_about(session, centre)
    client = sign_in(centre.supervisor)
    sent = client.post(
        f"/coaching/{action.id}/material",
        data={"file": (io.BytesIO(b"%PDF-1.7"), "guide.pdf")},
        content_type="multipart/form-data",
    )

    assert sent.status_code == 303
    with client.get(f"/coaching/{action.id}/material/{action.materials[0].id}") as answer:
        assert answer.data == b"%PDF-1.7"
        assert "attachment" in answer.headers["Content-Disposition"]


def test_the_list_costs_the_same_however_long_it_is(session, centre, sign_in):
    client = sign_in(centre.supervisor)
    open_about(session, centre)
    client.get("/coaching")

    def count():
        session.commit()
        seen = []
        event.listen(session.connection(), "before_cursor_execute", lambda *args: seen.append(args[2]))
        client.get("/coaching")
        return len(seen)

    few = count()
    for agent in centre.agents[1:]:
        open_about(session, centre, agent=agent)
    # Nine rows more; a query per row would show.
    assert count() <= few + 1


def test_sheet_and_scorecard_lead_from_what_to_work_on_to_its_coaching(session, centre, sign_in):
    hr = create_user(session, RoleName.hr)
    with travel(OPENED):
        revision = compute_month(session, hr, "2026-09")
    sheet = next(sheet for sheet in revision.sheets if sheet.agent_id == centre.weak.id)
    client = sign_in(centre.supervisor)

    before = client.get(f"/sheets/{sheet.id}").text
    assert f"/coaching/new?agent={centre.weak.id}&amp;criterion={WEAK_IN}&amp;source=improvement" in before
    action = open_about(session, centre, sheet_id=sheet.id)
    after = client.get(f"/sheets/{sheet.id}").text
    assert f'href="/coaching/{action.id}"' in after
    assert "source=improvement" not in after

    sheet.state = SheetState.published
    own = sign_in(RoleName.agent, agent_id=centre.weak.id).get("/me/2026-09").text
    # Once beside the entry of the list, once in the card of all coaching.
    assert own.count(f'href="/coaching/{action.id}"') == 2


def test_the_standard_and_the_trends_lead_to_it(session, centre, sign_in):
    client = sign_in(centre.supervisor)

    page = client.get(f"/coaching/new?agent={centre.weak.id}&source=standard").text
    assert "QA score" in page
    assert "From the evidence below standard" in page
    assert client.get("/coaching/new?agent=999999").status_code == 404
    assert client.get(f"/coaching/new?agent={centre.weak.id}&criterion=small.nothing").status_code == 404


def test_home_says_what_is_due(session, centre, sign_in):
    open_about(session, centre)

    with travel(datetime(2026, 10, 19, 9, tzinfo=UTC)):
        page = sign_in(centre.supervisor).get("/").text

    assert "coaching to see to" in page
    assert "1 is overdue." in page
