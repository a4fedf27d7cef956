"""The QA lead asks what the centre's numbers are worth, and simulates another plan."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest
from msgspec import structs
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from qa_app.assessment import policies
from qa_app.assessment import service as months
from qa_app.jobs.queue import JobQueue
from qa_app.jobs.runner import run
from qa_app.models import Agent, Conversation, JobRun, JobState, RoleName
from qa_app.simulation.page import make_plan_lines, make_worth_page, needed_for_reliability
from qa_app.simulation.queries import read_own_centre, read_standard
from qa_app.simulation.service import run_simulation
from scoring.assessment.policy import Standard
from scoring.errors import InputError
from scoring.simulation.centre import USUAL, Centre
from tests.factories.months import MONTH, create_month
from tests.factories.people import create_user

SMALL = {**asdict(USUAL), "agents": 10, "inspectors": 3, "frame": 20, "samples": 5}
TYPED = {
    "agents": 10,
    "inspectors": 3,
    "frame": 20,
    "samples": 5,
    "double_percent": 10,
    "agent_sd": 6,
    "within_sd": 12,
    "severity_sd": 4,
    "auto_correlation": 0,
}


@pytest.fixture
def queued(monkeypatch) -> list[int]:
    """Jobs wait here until the test runs them: at once would be inside the commit that queues them."""
    waiting: list[int] = []
    monkeypatch.setattr(JobQueue, "enqueue", lambda _queue, run_id: waiting.append(run_id))
    return waiting


def test_without_a_month_the_usual_centre_stands_in(session: Session, app) -> None:
    own = read_own_centre(session)

    assert own.month == ""
    assert own.known == frozenset()
    Centre(**own.numbers)


@pytest.mark.both_databases
def test_a_computed_month_lends_its_numbers(session: Session, app) -> None:
    create_month(session)
    months.compute_month(session, create_user(session, RoleName.hr), MONTH)

    own = read_own_centre(session)

    assert own.month == MONTH
    assert own.numbers["agents"] == 10
    assert own.numbers["samples"] == 5
    assert own.numbers["frame"] == 40
    assert own.numbers["inspectors"] == 2
    assert {"within_sd", "agent_sd", "mean", "critical_rate"} <= own.known
    Centre(**own.numbers)


@pytest.mark.both_databases
def test_the_frame_holds_what_could_be_inspected(session: Session, app) -> None:
    """Of forty chats an agent, ten were abandoned: nobody could have drawn those."""
    create_month(session)
    for agent in session.scalars(select(Agent)):
        own = select(Conversation).where(Conversation.agent_id == agent.id).order_by(Conversation.id.desc()).limit(10)
        for conversation in session.scalars(own):
            conversation.answered = False
    session.execute(update(Conversation).values(agent_message_count=3))
    months.compute_month(session, create_user(session, RoleName.hr), MONTH)

    assert read_own_centre(session).numbers["frame"] == 30


@pytest.mark.both_databases
def test_the_standard_is_that_of_the_policy_in_force(session: Session, app) -> None:
    assert read_standard(session) == 70.0

    policy = policies.preset("service")
    policy = structs.replace(policy, standard=structs.replace(policy.standard, qa_score=82.5))
    policies.publish_version(session, None, policies.create_policy(session, None, policy))

    assert read_standard(session) == 82.5


def test_the_simulation_starts_with_the_standard_of_the_policy(session: Session, sign_in, queued) -> None:
    policy = structs.replace(policies.preset("service"), standard=Standard(qa_score=77.0))
    policies.publish_version(session, None, policies.create_policy(session, None, policy))
    session.commit()

    sign_in(RoleName.qa_lead).post("/simulate", data=TYPED)

    assert session.scalars(select(JobRun.params)).one()["standard"] == 77.0


def test_the_plan_says_how_many_by_whom_and_how_long(session: Session, app) -> None:
    own = read_own_centre(session)

    lines = {line.margin: line for line in make_plan_lines(own, {**asdict(USUAL), "frame": 400})}

    # 40 agents, 24 each for ±5 points, a tenth scored twice, ten minutes each.
    assert lines[5.0].each == 24
    assert lines[5.0].inspections == 1056
    assert lines[5.0].inspectors_each == 3
    assert lines[5.0].hours == pytest.approx(176)
    assert lines[5.0].hours_per_inspector == pytest.approx(176 / 6)


def test_reliability_of_four_fifths_needs_four_times_the_ratio_of_variances() -> None:
    numbers = {"agent_sd": 6.0, "within_sd": 12.0, "auto_correlation": 0.0}

    assert needed_for_reliability(numbers) == 16
    assert needed_for_reliability({**numbers, "auto_correlation": 0.65}) == 10
    assert needed_for_reliability({**numbers, "agent_sd": 0.0}) is None


def test_more_inspections_find_more_and_cost_more(session: Session, app) -> None:
    report = run_simulation({**SMALL, "agents": 60, "frame": 60}, standard=70.0, months=3, career_months=12)
    with app.test_request_context():
        page = make_worth_page(report, 5.0)

    first, last = page.steps[0], page.steps[-1]
    assert (first.samples, last.samples) == (3, 20)
    assert last.half_width_month < first.half_width_month
    assert last.half_width_standing < first.half_width_standing
    assert last.hours == pytest.approx(first.hours * 20 / 3)
    assert [line.samples for line in page.steps if line.is_own] == [5]
    assert report["careers"][0]["months_rule"] > report["careers"][0]["named"]


def test_impossible_numbers_are_named() -> None:
    with pytest.raises(InputError, match="severity_sd is 99"):
        run_simulation({**SMALL, "severity_sd": 99.0}, standard=70.0, months=1)


@pytest.mark.both_databases
def test_the_lead_simulates_another_plan(session: Session, sign_in, queued) -> None:
    lead = sign_in(RoleName.qa_lead)

    assert "Nothing simulated yet" in lead.get("/simulate").text
    answer = lead.post("/simulate", data=TYPED)
    assert answer.status_code == 303
    assert 'data-job-state="waiting"' in lead.get("/simulate").text
    run(queued.pop())
    session.expire_all()
    job = session.scalars(select(JobRun).where(JobRun.kind == "simulation.run")).one()
    assert job.state == JobState.done
    page = lead.get("/simulate").text

    assert "In a centre like ours" in page
    assert "A small centre reads standings over months and coaches; it does not rank." in page


def test_a_wrong_number_comes_back_with_its_message(session: Session, sign_in) -> None:
    answer = sign_in(RoleName.qa_lead).post("/simulate", data={**TYPED, "samples": 30})

    assert answer.status_code == 422
    assert "There are not so many conversations." in answer.text
    assert session.scalars(select(JobRun)).all() == []


def test_the_command_prints_a_table_or_json(session: Session, app) -> None:
    small = ["--agents", "10", "--inspectors", "3", "--frame", "20", "--samples", "5", "--months", "2"]
    runner = app.test_cli_runner()

    table = runner.invoke(args=["simulate", *small]).output
    report = json.loads(runner.invoke(args=["simulate", *small, "--format", "json"]).output)

    assert "three months running names" in table
    assert report["numbers"]["agents"] == 10
    assert [step["samples"] for step in report["steps"]] == [3, 5, 8, 12, 20]


def test_the_command_refuses_what_cannot_be(session: Session, app) -> None:
    result = app.test_cli_runner().invoke(args=["simulate", "--within-sd", "99"])

    assert result.exit_code == 2
    assert "within_sd is 99" in result.output
