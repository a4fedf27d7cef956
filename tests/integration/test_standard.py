"""The standard: tried on past months, switched on, what counts towards K, who sees what."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import groupby

import pytest
from sqlalchemy import event, select

from qa_app.assessment import below_standard
from qa_app.assessment.below_standard_chart import WIDE, draw_path
from qa_app.assessment.below_standard_data import months_of, read_careers
from qa_app.assessment.below_standard_trial import try_on_past_months
from qa_app.assessment.errors import ReasonNeeded, StandardNotTried
from qa_app.assessment.policies import ensure_policy
from qa_app.clock import travel
from qa_app.models import (
    AssessmentPeriod,
    AuditEvent,
    Inspection,
    PerformanceStandard,
    PeriodRevision,
    RoleName,
    Sheet,
)
from qa_app.sampling import service
from qa_app.sampling.design import Chances
from scoring.assessment.below_standard import JudgedSample, StandardRule, follow_agents
from scoring.assessment.centre_record import CentreRecord, InspectorSeverity, SeverityRecord
from scoring.assessment.consequences import EvidenceState
from scoring.estimates.seeds import generator_for
from tests.factories.conversations import create_conversation
from tests.factories.people import create_agent, create_team, create_user
from tests.factories.rubrics import create_published
from tests.factories.sampling import create_draw, find_lead
from tests.factories.sampling import create_month as create_drawable

pytestmark = pytest.mark.both_databases

NOW = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)
RULE = StandardRule(70.0, 0.05)


@pytest.fixture
def inspect(session):
    """Inspect a new conversation of an agent; returns the inspection."""
    version = create_published(session)
    inspectors = [create_user(session, RoleName.inspector, name=f"Inspector {n}") for n in range(2)]

    def run(agent, quality, at=NOW, **values):
        conversation = values.pop("conversation", None) or create_conversation(session, agent, opened_at=at)
        inspector = inspectors[values.pop("inspector", 0)]
        is_critical = values.get("is_critical", False)
        defaults = {
            "conversation_id": conversation.id,
            "agent_id": agent.id,
            "inspector_id": inspector.id,
            "rubric_version_id": version.id,
            "state": "submitted",
            "is_random": True,
            "quality": quality,
            "score": 0.0 if is_critical else quality,
            "started_at": at,
            "submitted_at": at,
        }
        inspection = Inspection(**{**defaults, **values})
        session.add(inspection)
        session.flush()
        return inspection

    return run


@pytest.fixture
def past(session, inspect):
    """Six months of eight agents, five inspections each; the last agent is far below."""
    team, other = create_team(session, "Live chat"), create_team(session, "Shop")
    agents = [
        create_agent(session, f"Agent {n}", team=team if n < 4 else other, employee_number=f"S{n}") for n in range(8)
    ]
    for agent in agents:
        generator = generator_for("past", agent.employee_number)
        mean = 45.0 if agent is agents[-1] else 88.0
        for month in range(5, 11):
            for day in range(5):
                at = datetime(2026, month, 3 + 5 * day, 9, tzinfo=UTC)
                inspect(agent, float(min(100.0, max(0.0, generator.normal(mean, 12)))), at)
    return agents


def switch_on(session, actor=None, rule=RULE, months_running=3):
    tried = try_on_past_months(session, rule, months_running=months_running, months=6)
    return below_standard.switch_on_standard(
        session, actor, tried, months_running=months_running, who_decides="HR and the works council"
    )


def stand(session, standard, agent):
    return below_standard.case_of(session, standard, agent.id)


# ---- trying and switching --------------------------------------------------------------------------------------------


def test_a_trial_names_the_one_far_below_and_says_how_often_it_errs(session, past):
    with travel(NOW):
        tried = try_on_past_months(session, RULE, months_running=3, months=6)

    assert (tried.first, tried.last) == ("2026-05", "2026-10")
    assert (tried.named, tried.flagged, len(tried.lines)) == (1, 1, 8)
    assert tried.lines[-1][0] == past[-1].id
    assert tried.trial.evidence_alarms <= 0.05 < tried.trial.months_rule_alarms.by_simulation


def test_a_trial_takes_whole_past_months_only(session, inspect):
    agent = create_agent(session)
    inspect(agent, 10.0, datetime(2026, 9, 30, 9, tzinfo=UTC))
    inspect(agent, 20.0, datetime(2026, 10, 2, 9, tzinfo=UTC))
    inspect(agent, 30.0, datetime(2026, 11, 2, 9, tzinfo=UTC))

    with travel(NOW):
        tried = try_on_past_months(session, RULE, months_running=3, months=1)

    assert [line.n for _, line in tried.lines] == [1]


def test_without_past_inspections_nothing_can_be_switched_on(session):
    with travel(NOW), pytest.raises(StandardNotTried):
        switch_on(session)


def test_switching_on_keeps_the_trial_and_is_audited(session, past):
    hr = create_user(session, RoleName.hr, name="Han Qingyue")
    with travel(NOW):
        standard = switch_on(session, hr)
    session.commit()

    told = session.scalars(select(AuditEvent).where(AuditEvent.action == "standard.switch_on")).one()
    assert below_standard.standard_in_force(session) is standard
    assert standard.trial["named"] == 1
    assert (told.data["score"], told.data["critical_rate"], told.data["trial"]["agents"]) == (70.0, 0.05, 8)


def test_a_new_standard_replaces_the_old_one_and_begins_anew(session, past, inspect):
    with travel(NOW):
        first = switch_on(session)
    inspect(past[0], 20.0, NOW + timedelta(days=1))
    with travel(NOW + timedelta(days=2)):
        second = switch_on(session, rule=StandardRule(75.0))

    assert below_standard.standard_in_force(session) is second
    assert first.switched_off_at is not None
    assert stand(session, second, past[0]).evidence.now == 1.0


def test_switching_off_leaves_no_standard(session, past):
    hr = create_user(session, RoleName.hr)
    with travel(NOW):
        standard = switch_on(session, hr)
        below_standard.switch_off_standard(session, hr, standard)
    session.commit()

    assert below_standard.standard_in_force(session) is None
    assert session.scalar(select(AuditEvent.id).where(AuditEvent.action == "standard.switch_off"))


# ---- what counts -----------------------------------------------------------------------------------------------------


@pytest.fixture
def standard(session, past):
    with travel(NOW):
        return switch_on(session)


def test_k_is_the_librarys_over_what_was_submitted_since(session, standard, past, inspect):
    agent = past[0]
    for day, quality in ((3, 80.0), (1, 40.0), (2, 55.0)):
        inspect(agent, quality, NOW + timedelta(days=day), is_critical=quality == 55.0)

    case = stand(session, standard, agent)

    career = [JudgedSample(40.0), JudgedSample(55.0, is_critical=True), JudgedSample(80.0)]
    assert case.evidence == follow_agents([career], RULE)[0]
    assert [sample.judged for sample in case.samples] == career


def test_everybody_at_once_gives_the_same_as_one_alone(session, standard, past, inspect):
    for number, agent in enumerate(past[:3]):
        for day in range(number + 1):
            inspect(agent, 30.0 + 10 * day, NOW + timedelta(days=day))

    together = below_standard.read_cases(session, standard)

    assert {agent.id for agent in past} <= set(together)
    for agent in past[:3]:
        assert together[agent.id] == stand(session, standard, agent)


def test_drafts_targeted_and_unequal_samples_do_not_count(session, standard, inspect):
    create_drawable(session, agents=2, each=8)
    draw = create_draw(session, chances=Chances.risk, size=3)
    agent = draw.samples[0].agent
    by_risk = draw.samples[0]
    inspect(agent, 1.0, NOW, conversation=by_risk.conversation, sample_id=by_risk.id)
    inspect(agent, 2.0, NOW, is_random=False)
    inspect(agent, 3.0, NOW, state="draft", submitted_at=None)
    chosen = create_conversation(session, agent)
    targeted = service.add_targeted_sample(session, find_lead(session), chosen, "why")
    inspect(agent, 4.0, NOW, conversation=chosen, sample_id=targeted.id)
    gone = create_draw(session, size=3).samples[0]
    gone.state = "replaced"
    inspect(gone.agent, 5.0, NOW, conversation=gone.conversation, sample_id=gone.id)

    assert stand(session, standard, agent).samples == ()

    equal = next(s for s in create_draw(session, size=3).samples if s.agent_id == agent.id and s.id != gone.id)
    for assignment in equal.assignments:
        assignment.state = "done"
    inspect(agent, 66.0, NOW, conversation=equal.conversation, sample_id=equal.id)
    assert [one.judged.score for one in stand(session, standard, agent).samples] == [66.0]


def test_a_conversation_scored_twice_waits_for_the_second_and_counts_once(session, standard, past, inspect):
    create_drawable(session, agents=1, each=8)
    draw = create_draw(session, size=2, double_share=1.0)
    sample = draw.samples[0]
    first, second = sample.assignments
    first.state = "done"
    inspect(sample.agent, 50.0, NOW, conversation=sample.conversation, sample_id=sample.id)
    assert stand(session, standard, sample.agent).samples == ()

    second.state = "done"
    later = NOW + timedelta(days=3)
    inspect(sample.agent, 70.0, later, conversation=sample.conversation, sample_id=sample.id, inspector=1)

    (counted,) = stand(session, standard, sample.agent).samples
    assert (counted.judged.score, counted.counted_at) == (60.0, later)


def test_the_second_scoring_counts_with_a_first_from_before_the_standard(session, standard, past, inspect):
    agent = past[0]
    conversation = create_conversation(session, agent)
    inspect(agent, 50.0, NOW - timedelta(days=2), conversation=conversation)
    inspect(agent, 70.0, NOW + timedelta(days=2), conversation=conversation, inspector=1)

    assert [one.judged.score for one in stand(session, standard, agent).samples] == [60.0]


def test_a_quarrel_about_critical_waits_for_the_lead(session, standard, past, inspect):
    create_drawable(session, agents=1, each=8)
    sample = create_draw(session, size=2, double_share=0.0).samples[0]
    sample.assignments[0].state = "done"
    inspect(sample.agent, 50.0, NOW, conversation=sample.conversation, sample_id=sample.id)
    values = {"conversation": sample.conversation, "sample_id": sample.id, "inspector": 1, "is_critical": True}
    inspect(sample.agent, 60.0, NOW, **values)
    assert stand(session, standard, sample.agent).samples == ()

    sample.ruling = {"is_critical": True}
    session.flush()

    (counted,) = stand(session, standard, sample.agent).samples
    assert counted.judged.is_critical


def publish_month(session, month, at, leniency, reason=""):
    """Publish a revision of a month that found these leniencies."""
    period = AssessmentPeriod(month=month, state="published")
    inspectors = {str(i): InspectorSeverity(value, 1.0, 40, 0) for i, value in leniency.items()}
    revision = PeriodRevision(
        period=period, number=1, policy_version_id=None, time_zone="UTC", starts_at=at, ends_at=at, is_over=True,
        computed_at=at, inputs_digest="", outputs_digest="",
        centre=CentreRecord(severity=SeverityRecord(reason, inspectors=inspectors)),
    )  # fmt: skip
    return period, revision


def test_severity_is_that_of_the_last_month_published_before(session, standard, past, inspect):
    agent, inspector = past[0], session.scalars(select(Inspection.inspector_id)).first()
    version = ensure_policy(session, None)
    for month, day, leniency, reason in (
        ("2026-09", 1, {inspector: 4.0, 999: -6.0}, ""),
        ("2026-10", 5, {inspector: 9.0}, "disconnected"),
    ):
        at = NOW + timedelta(days=day)
        period, revision = publish_month(session, month, at, leniency, reason)
        revision.policy_version_id = version.id
        sheet = Sheet(
            revision=revision, agent_id=agent.id, state="published", content=b"{}", verification_code=month,
            label="ok", published_at=at,
        )  # fmt: skip
        session.add_all([period, revision, sheet])
    session.flush()
    for day in (0, 2, 6):
        inspect(agent, 80.0, NOW + timedelta(days=day))

    judged = [sample.judged for sample in stand(session, standard, agent).samples]

    assert [one.severity for one in judged] == [0.0, 4.0, 0.0]
    assert [one.upper for one in judged] == pytest.approx([1.0, 1.06, 1.0])


def test_an_appeal_that_changes_a_score_changes_k(session, standard, past, inspect):
    inspection = inspect(past[0], 20.0, NOW)
    before = stand(session, standard, past[0]).evidence.now

    inspection.quality = inspection.score = 95.0
    session.flush()

    assert stand(session, standard, past[0]).evidence.now < before


def test_a_restart_needs_a_reason_and_begins_anew(session, standard, past, inspect):
    hr = create_user(session, RoleName.hr)
    inspect(past[0], 10.0, NOW + timedelta(hours=1))
    with travel(NOW + timedelta(days=1)):
        with pytest.raises(ReasonNeeded):
            below_standard.restart_evidence(session, hr, past[0], reason="  ")
        below_standard.restart_evidence(session, hr, past[0], reason="new role")
    inspect(past[0], 90.0, NOW + timedelta(days=2))

    case = stand(session, standard, past[0])

    assert [sample.judged.score for sample in case.samples] == [90.0]
    assert case.restart.reason == "new role"
    assert stand(session, standard, past[1]).restart is None


def test_months_are_cut_by_the_conversation_and_an_empty_one_breaks_a_run(session, standard, past, inspect):
    agent = past[0]
    for month in (11, 12):
        inspect(agent, 50.0, datetime(2026, month, 20, tzinfo=UTC))
    inspect(agent, 50.0, datetime(2027, 2, 3, tzinfo=UTC))

    with travel(datetime(2027, 3, 5, tzinfo=UTC)):
        case = stand(session, standard, agent)

    means = [month.mean for month in months_of(case.samples, until="2027-03")]
    assert means == [50.0, 50.0, None, 50.0]
    assert (case.months_rule.running, case.months_rule.flagged_at) == (1, None)


def test_careers_of_everybody_take_as_many_queries_as_one(session, standard, past):
    asked = []
    listener = lambda *arguments: asked.append(arguments[2])  # noqa: E731 - SQLAlchemy keeps the very object
    event.listen(session.connection(), "before_cursor_execute", listener)

    careers = read_careers(session)
    all_of_them, asked[:] = len(asked), []
    read_careers(session, agent_id=past[0].id)

    event.remove(session.connection(), "before_cursor_execute", listener)
    assert {len(career) for career in careers.values()} == {30}
    assert all_of_them == len(asked) <= 7


# ---- pages -----------------------------------------------------------------------------------------------------------


def test_without_a_standard_nobody_is_called_below(sign_in, session):
    for role in (RoleName.qa_lead, RoleName.supervisor, RoleName.hr):
        assert "No standard is switched on" in sign_in(role).get("/standard").text
    agent = create_agent(session)
    assert "Am I at the standard?" not in sign_in(RoleName.agent, agent_id=agent.id).get("/me").text
    assert sign_in(RoleName.hr).get(f"/standard/agents/{agent.id}").status_code == 404


def test_the_lead_tries_and_hr_switches_on(sign_in, session, past):
    asked = "/standard/trial?score=70&critical_percent=5&months_running=3&months=6"
    with travel(NOW):
        lead = sign_in(RoleName.qa_lead)
        page = lead.get(asked).text
        refused = lead.post("/standard/switch-on", data={"score": "70"}).status_code
        hr = sign_in(RoleName.hr)
        typed = {"score": "70", "critical_percent": "5", "months_running": "3", "months": "6"}
        unnamed = hr.post("/standard/switch-on", data={**typed, "who_decides": ""})
        answer = hr.post("/standard/switch-on", data={**typed, "who_decides": "HR alone"})

    assert "Agents it would have named, of 8" in page
    assert "Switch on this standard" not in page
    assert "Switch on this standard" in hr.get(asked).text
    assert refused == 404
    assert "Name the people who decide." in unnamed.text
    assert answer.status_code == 303
    standard = session.scalars(select(PerformanceStandard)).one()
    assert (standard.score, standard.critical_rate, standard.who_decides) == (70.0, 0.05, "HR alone")


def test_a_trial_without_a_critical_rate_judges_the_score_alone(sign_in, session, past):
    with travel(NOW):
        page = sign_in(RoleName.hr).get("/standard/trial?score=70&critical_percent=&months_running=2&months=6").text

    assert "2 months running" in page
    assert 'name="critical_percent" value=""' in page


def test_the_list_shows_state_rule_and_how_often_both_err(sign_in, session, standard, past, inspect):
    for day in range(12):
        inspect(past[-1], 20.0, NOW + timedelta(hours=day))
    inspect(past[0], 95.0, NOW)

    page = sign_in(RoleName.hr).get("/standard").text

    first = page.index("Agent 7")
    assert page.index("below standard") < page.index("Agent 0")
    assert first < page.index("Agent 0")
    assert "K is not the probability that the agent is below the standard." in page
    assert "of agents who are exactly at the standard within a year" in page
    assert "HR and the works council" in page
    assert "may stand in a list" in page


def test_a_supervisor_sees_the_own_team_and_an_agent_the_own_case(sign_in, session, standard, past, inspect):
    inspect(past[0], 60.0, NOW)
    leader = create_user(session, RoleName.supervisor)
    leader.supervised_teams.append(past[0].team)

    supervisor = sign_in(leader)
    page = supervisor.get("/standard").text
    assert "Agent 0" in page
    assert "Agent 7" not in page
    assert supervisor.get(f"/standard/agents/{past[0].id}").status_code == 200
    assert supervisor.get(f"/standard/agents/{past[7].id}").status_code == 404
    assert supervisor.get("/standard/trial").status_code == 404
    agent = sign_in(RoleName.agent, agent_id=past[0].id)
    own = agent.get(f"/standard/agents/{past[0].id}").text
    assert "test:" in own
    assert "Begin anew" not in own
    assert agent.get(f"/standard/agents/{past[1].id}").status_code == 404
    assert agent.get("/standard").status_code == 404
    assert "Am I at the standard?" in agent.get("/me").text


def test_the_agents_page_shows_the_path_and_the_last_step_with_its_numbers(sign_in, session, standard, past, inspect):
    inspect(past[0], 50.0, NOW)
    inspect(past[0], 62.5, NOW + timedelta(days=1), is_critical=True)

    page = sign_in(RoleName.hr).get(f"/standard/agents/{past[0].id}").text

    case = stand(session, standard, past[0])
    assert f"{case.evidence.of_score[0]:.4f} × (1 + {case.evidence.bets[1]:.3f} × (0.700 − 0.000))" in page
    assert "After 2 conversations K stands at" in page
    assert page.count('class="path"') == 2


def test_hr_lets_one_agent_begin_anew_and_says_why(sign_in, session, standard, past):
    hr = sign_in(RoleName.hr)
    address = f"/standard/agents/{past[0].id}"

    without = hr.post(f"{address}/restart", data={"reason": ""}, follow_redirects=True).text
    hr.post(f"{address}/restart", data={"reason": "moved to phone"})

    assert "Say why the evidence begins anew." in without
    assert "moved to phone" in hr.get(address).text
    assert sign_in(RoleName.qa_lead).post(f"{address}/restart", data={"reason": "x"}).status_code == 404


def test_hr_switches_off(sign_in, session, standard):
    hr = sign_in(RoleName.hr)

    answer = hr.post("/standard/switch-off", follow_redirects=True)

    assert "The standard is switched off." in answer.text
    assert "No standard is switched on" in answer.text


def test_the_path_stays_inside_its_picture():
    chart = draw_path([0.001, 5.0, 1e9], WIDE)

    heights = [float(point.split(",")[1]) for point in chart.points.split()]
    assert all(WIDE.top <= height <= WIDE.height - WIDE.bottom for height in heights)
    assert heights[1] == WIDE.height - WIDE.bottom
    assert heights[3] == WIDE.top
    assert [place for _, place in chart.ticks] == [1, 3]
    assert draw_path([], WIDE).last is None


def test_states_follow_k(session, standard, past, inspect):
    seen = []
    for hour in range(9):
        inspect(past[0], 10.0, NOW + timedelta(hours=hour))
        seen.append(stand(session, standard, past[0]).evidence.state)

    assert [state for state, _ in groupby(seen)] == list(EvidenceState)
