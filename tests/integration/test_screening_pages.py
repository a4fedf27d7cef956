"""The QA lead trains, scores and audits in the browser's pages; who sees a proposal, and when; the commands."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from qa_app.clock import now, travel
from qa_app.jobs.queue import JobQueue
from qa_app.jobs.runner import run
from qa_app.models import (
    Assignment,
    AssignmentState,
    Inspection,
    JobRun,
    JobState,
    MachineScore,
    RoleName,
    Sample,
    SampleState,
    ScreeningModel,
)
from qa_app.screening import service
from tests.factories.inspections import create_assignment
from tests.factories.people import create_user
from tests.factories.sampling import create_plan
from tests.factories.screening import STARTS_AT, create_inspected_centre


@pytest.fixture(autouse=True)
def queued(monkeypatch) -> list[int]:
    """Jobs wait here until the test runs them: at once would be inside the commit that queues them."""
    waiting: list[int] = []
    monkeypatch.setattr(JobQueue, "enqueue", lambda _queue, run_id: waiting.append(run_id))
    return waiting


def run_jobs(queued: list[int]) -> None:
    while queued:
        run(queued.pop(0))


@pytest.fixture
def centre(session):
    with travel(STARTS_AT + timedelta(days=50)):
        made = create_inspected_centre(session)
        session.commit()  # a refused command takes back what is not
        yield made


@pytest.fixture
def scored(session, centre):
    """A version in use, every conversation scored."""
    row = service.train_model(session, None)
    service.score_conversations(session, None, checkpoint=session.flush)
    session.commit()
    return row


def test_without_inspections_the_page_says_how_many_are_missing(session, sign_in):
    page = sign_in(RoleName.qa_lead).get("/screening").text

    assert "100 more inspected conversations are needed" in page
    assert "is a proposal and never a verdict" in page
    assert "Train a version" not in page


def test_the_lead_trains_and_scoring_follows(session, sign_in, centre, queued):
    lead = sign_in(RoleName.qa_lead, name="Lena")
    assert "160 inspected conversations are there" in lead.get("/screening").text

    answer = lead.post("/screening/train")
    run_jobs(queued)

    session.expire_all()
    jobs = session.scalars(select(JobRun).order_by(JobRun.id)).all()
    assert answer.headers["Location"].endswith(f"/jobs/{jobs[0].id}")
    assert [(job.kind, job.state) for job in jobs] == [
        (service.TRAIN, JobState.done), (service.SCORE, JobState.done),
    ]  # fmt: skip
    page = lead.get("/screening").text
    assert "Version 1, in use" in page
    assert "192 of 192 conversations have a score" in page
    assert "Lena" in page
    assert "An audit is due." in page


def test_the_page_says_whether_the_scores_enter(session, sign_in, scored):
    lead = sign_in(RoleName.qa_lead)

    page, months = lead.get("/screening").text, lead.get("/screening/readiness").text
    part = lead.get("/screening/readiness", headers={"HX-Request": "true"}).text

    assert 'hx-get="/screening/readiness"' in page
    assert "They are good enough for the estimates of this month" in months
    assert "October 2026" in months
    assert months.startswith("<!doctype html>")
    assert "October 2026" in part
    assert "<html" not in part


def test_figures_stand_with_interval_and_n(session, sign_in, scored):
    page = sign_in(RoleName.qa_lead).get("/screening").text

    for title in ("Agreement within an agent’s month", "Usual error", "Calibration", "Bias", "Critical errors found"):
        assert title in page
    assert " to 0." in page
    assert "Too few critical errors to learn from" in page
    assert scored.training_digest in page


def test_the_lead_audits_and_sees_the_groups(session, sign_in, scored):
    lead = sign_in(RoleName.qa_lead)

    page = lead.post("/screening/audit", follow_redirects=True).text

    assert "Under three months in the job" in page
    assert "Chinese" in page
    assert "too few to tell" in page
    assert "An audit is due." not in page


def test_another_version_can_be_put_in_use(session, sign_in, scored):
    service.train_model(session, None)
    lead = sign_in(RoleName.qa_lead)

    page = lead.post("/screening/versions/1/use", follow_redirects=True).text

    session.expire_all()
    assert session.scalar(select(ScreeningModel.version).where(ScreeningModel.is_active.is_(True))) == 1
    assert "Version 1 is in use." in page
    assert lead.post("/screening/versions/9/use").status_code == 404


def test_nobody_trains_twice_at_once(session, sign_in, centre, queued):
    lead = sign_in(RoleName.qa_lead)

    first, second = lead.post("/screening/train"), lead.post("/screening/train")

    assert first.headers["Location"] == second.headers["Location"]


def test_too_few_inspections_refuse_the_button_too(session, sign_in):
    page = sign_in(RoleName.qa_lead).post("/screening/train", follow_redirects=True).text

    assert "100 more inspections without a critical error are needed: 0 of 100 are there." in page


@pytest.mark.parametrize("role", [RoleName.agent, RoleName.supervisor, RoleName.hr, RoleName.inspector])
def test_nobody_else_reaches_the_page(session, sign_in, role):
    assert sign_in(role).get("/screening").status_code == 404


def test_the_lead_sees_the_proposal_of_what_waits_for_nobody(session, sign_in, scored, centre):
    _, chats = centre

    shown = sign_in(RoleName.qa_lead).get(f"/screening/conversations/{chats[0].id}/proposal").text

    kept = session.get(MachineScore, (chats[0].id, scored.id))
    assert f'<b class="num">{round(kept.score)}</b>' in shown
    assert "A proposal, not a score: people decide." in shown
    assert "which learned without this conversation" in shown


def test_nobody_sees_it_before_a_person_has_scored(session, sign_in, scored, centre):
    _, chats = centre
    inspector = create_user(session, RoleName.inspector)
    version = session.scalars(select(Inspection)).first().rubric_version
    create_assignment(session, inspector, version, chats[-1])
    address = f"/screening/conversations/{chats[-1].id}/proposal"

    seen = {who: sign_in(who).get(address) for who in (inspector, create_user(session, RoleName.qa_lead))}

    assert [(one.status_code, one.text.strip()) for one in seen.values()] == [(200, ""), (200, "")]


def test_the_inspector_sees_it_after_the_own_inspection(session, sign_in, scored, centre):
    _, chats = centre
    first = session.scalars(select(Inspection).where(Inspection.conversation_id == chats[0].id)).one()
    sample = Sample(
        conversation=chats[0], agent_id=chats[0].agent_id, rubric_version_id=first.rubric_version_id,
        state=SampleState.inspected, created_at=now(),
    )  # fmt: skip
    session.add(
        Assignment(sample=sample, inspector_id=first.inspector_id, state=AssignmentState.done, assigned_at=now())
    )
    session.flush()

    assert (
        "Learned score, a proposal"
        in sign_in(first.inspector).get(f"/screening/conversations/{chats[0].id}/proposal").text
    )


def test_a_plan_may_show_it_before(session, sign_in, scored, centre):
    _, chats = centre
    (draw,) = create_plan(session, proposals_shown=True).draws
    inspector = create_user(session, RoleName.inspector)
    version = session.scalars(select(Inspection)).first().rubric_version
    sample = Sample(
        draw=draw, conversation=chats[-1], agent_id=chats[-1].agent_id, rubric_version_id=version.id,
        state=SampleState.assigned, created_at=now(),
    )  # fmt: skip
    session.add(sample)
    create_assignment(session, inspector, version, chats[-1], sample=sample)

    assert (
        "Learned score, a proposal" in sign_in(inspector).get(f"/screening/conversations/{chats[-1].id}/proposal").text
    )


def test_a_conversation_one_may_not_open_has_no_proposal(session, sign_in, scored, centre):
    _, chats = centre

    assert sign_in(RoleName.inspector).get(f"/screening/conversations/{chats[0].id}/proposal").status_code == 404


def test_the_pages_ask_for_the_proposal_where_it_belongs(session, sign_in, scored, centre):
    _, chats = centre
    lead = sign_in(RoleName.qa_lead)

    assert f"/screening/conversations/{chats[0].id}/proposal" in lead.get(f"/conversations/{chats[0].id}").text
    supervisor = create_user(session, RoleName.supervisor)
    supervisor.supervised_teams.append(chats[0].agent.team)
    assert "/screening/" not in sign_in(supervisor).get(f"/conversations/{chats[0].id}").text


def test_commands_train_score_audit_and_tell(app, session, centre):
    invoke = app.test_cli_runner().invoke

    early = invoke(args=["screening", "score"])
    trained, scored = invoke(args=["screening", "train"]), invoke(args=["screening", "score"])
    audited, shown = invoke(args=["screening", "audit"]), invoke(args=["screening", "show"])

    assert early.exit_code == 1
    assert "train one first" in early.output
    assert "version 1 (in use)" in trained.output
    assert "quality within\t0." in trained.output
    assert "192 conversations scored" in scored.output
    assert "tenure=longer\tn 80, 4 agents" in audited.output
    assert "2026-10: They are good enough for the estimates" in shown.output


def test_the_command_says_what_is_missing(app, session):
    refused = app.test_cli_runner().invoke(args=["screening", "train"])

    assert refused.exit_code == 1
    assert "100 more inspections without a critical error are needed" in refused.output


def test_customers_answers_can_be_predicted_without_inspections(app, session, centre):
    _, chats = centre
    for chat in chats:
        chat.resolved = "solved" in " ".join(message.text for message in chat.messages)
    session.flush()

    told = app.test_cli_runner().invoke(args=["screening", "evaluate", "--target", "resolved"])
    refused = app.test_cli_runner().invoke(args=["screening", "evaluate", "--target", "csat"])

    assert told.exit_code == 0, told.output
    assert "resolved: 192 conversations" in told.output
    assert float(told.output.split("auc\t")[1].split()[0]) > 0.9
    assert "0 of 100 are there" in refused.output
