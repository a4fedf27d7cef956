"""Learned scores in the evidence below standard: fixed with the draw, used where the standard says so, and told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from sqlalchemy import func, select

from qa_app.assessment import below_standard, policies
from qa_app.assessment import service as months
from qa_app.assessment.below_standard_trial import try_on_past_months
from qa_app.clock import travel
from qa_app.models import (
    Conversation,
    Inspection,
    MachineScore,
    PerformanceStandard,
    PeriodRevision,
    RoleName,
    ScreeningModel,
    Sheet,
)
from qa_app.sampling import plans, service, stages
from qa_app.sampling.design import Chances, Design, Filters
from qa_app.screening import service as screening
from scoring.assessment.below_standard import StandardRule
from tests.factories.conversations import create_chat
from tests.factories.people import create_user
from tests.factories.screening import BAD, GOOD, create_inspected_centre

pytestmark = pytest.mark.both_databases

AFTER = datetime(2026, 11, 20, 9, tzinfo=UTC)
RULE = StandardRule(70.0, 0.05, quality=72.0)


@pytest.fixture
def centre(session):
    """October inspected, learned from, computed with learned scores and published; November's chats are scored."""
    with travel(AFTER):
        agents, _ = create_inspected_centre(session)
        for agent in agents:
            for place in range(12):
                said = (GOOD if place % 2 else BAD)[place % 3]
                at = datetime(2026, 11, 2, 8, tzinfo=UTC) + timedelta(hours=place)
                create_chat(
                    session, agent, [("customer", 0, "hello"), ("agent", 60, said)], opened_at=at, closed_at=at,
                    created_at=at, updated_at=at,
                )  # fmt: skip
        hr = create_user(session, RoleName.hr)
        screening.train_model(session, hr)
        screening.score_conversations(session, hr, checkpoint=session.flush)
        policy = msgspec.structs.replace(policies.preset("service"), learned_scores=True)
        policies.publish_version(session, hr, policies.create_policy(session, hr, policy))
        revision = months.compute_month(session, hr, "2026-10")
        session.execute(Sheet.__table__.update().values(published_at=AFTER))
        session.flush()
        yield agents, revision


def draw_november(session, **design):
    plan = plans.create_plan(session, None, plans.NewPlan("November", "2026-11", Filters(), Design(**design)))
    (draw,) = plan.draws
    stages.freeze_population(session, None, draw)
    stages.execute_draw(session, None, draw)
    return draw


def inspect_samples(session, draw, agent, quality=55.0):
    inspector = session.scalars(select(Inspection.inspector_id)).first()
    for place, sample in enumerate(one for one in draw.samples if one.agent_id == agent.id):
        at = AFTER + timedelta(hours=1 + place)
        session.add(
            Inspection(
                conversation_id=sample.conversation_id, sample_id=sample.id, agent_id=agent.id, inspector_id=inspector,
                rubric_version_id=sample.rubric_version_id, state="submitted", is_random=True, quality=quality,
                score=quality, started_at=at, submitted_at=at,
            )
        )  # fmt: skip
    session.flush()


def test_what_the_score_foresaw_is_fixed_with_the_draw_and_adds_up_to_nothing(session, centre):
    agents, revision = centre

    draw = draw_november(session, size=12)

    model = session.scalars(select(ScreeningModel)).one()
    assert draw.learned["version"] == model.version
    assert draw.learned["slope"] == revision.centre.learned.slope > 0
    for agent in agents:
        own = [sample for sample in draw.samples if sample.agent_id == agent.id]
        assert len(own) == 12  # the whole population: its shifts cancel
        assert sum(sample.learned_shift for sample in own) == pytest.approx(0, abs=1e-4)
        assert max(-sample.learned_shift for sample in own) / 100 <= own[0].learned_room
        assert {sample.learned_room for sample in own} == {own[0].learned_room}
    # Another model later changes nothing of it.
    kept = [sample.learned_shift for sample in draw.samples]
    session.execute(MachineScore.__table__.update().values(score=0.0))
    session.expire_all()
    assert [sample.learned_shift for sample in draw.samples] == kept


def test_a_replacement_gets_the_shift_its_draw_fixed(session, centre):
    draw = draw_november(session, size=3)
    lead = create_user(session, RoleName.qa_lead)

    following = service.replace_sample(session, lead, draw.samples[0], reason="damaged")

    assert following.learned_shift is not None
    assert following.learned_room == draw.samples[0].learned_room


@pytest.mark.parametrize("missing", ["policy", "month", "model", "scores", "risk"])
def test_where_a_condition_fails_nothing_is_fixed(session, centre, missing):
    design = {"chances": Chances.risk} if missing == "risk" else {}
    if missing == "policy":
        policies.publish_version(session, None, policies.create_policy(session, None, policies.preset("service")))
    if missing == "month":
        session.execute(Sheet.__table__.update().values(published_at=None))
    if missing == "model":
        session.execute(ScreeningModel.__table__.update().values(is_active=None))
    if missing == "scores":
        november = select(Conversation.id).where(Conversation.opened_at >= datetime(2026, 11, 1, tzinfo=UTC)).limit(2)
        session.execute(MachineScore.__table__.delete().where(MachineScore.conversation_id.in_(november)))
    session.expire_all()

    draw = draw_november(session, **design)

    assert draw.learned is None
    assert {sample.learned_shift for sample in draw.samples} == {None}


def test_the_pages_say_which_evidence_it_is(session, centre, sign_in):
    agents, _ = centre
    tried = try_on_past_months(session, RULE, months_running=3, months=6)
    standard = below_standard.switch_on_standard(session, None, tried, months_running=3, who_decides="HR")
    session.commit()
    hr = sign_in(RoleName.hr)
    assert "but none has yet" in hr.get("/standard").text

    draw = draw_november(session, size=3)
    inspect_samples(session, draw, agents[0])
    session.commit()

    case = below_standard.case_of(session, standard, agents[0].id)
    assert [sample.is_assisted for sample in case.samples] == [True] * 3
    expected = [(55 - sample.learned_shift) / 100 for sample in draw.samples if sample.agent_id == agents[0].id]
    assert sorted(case.evidence.values) == pytest.approx(sorted(expected), abs=1e-9)
    page = hr.get(f"/standard/agents/{agents[0].id}").text
    assert "This evidence is sharpened by the learned score: 3 of 3 conversations." in page
    assert "Learned score takes off" in page
    assert "72 points without critical errors" in hr.get("/standard").text


def test_a_standard_of_the_whole_score_says_that_people_alone_speak(session, centre, sign_in):
    agents, _ = centre
    tried = try_on_past_months(session, StandardRule(70.0, 0.05), months_running=3, months=6)
    below_standard.switch_on_standard(session, None, tried, months_running=3, who_decides="HR")
    draw = draw_november(session, size=3)
    inspect_samples(session, draw, agents[0])
    session.commit()

    standard = session.scalars(select(PerformanceStandard)).one()
    assert below_standard.case_of(session, standard, agents[0].id).evidence.values == (0.55, 0.55, 0.55)
    said = sign_in(RoleName.hr).get(f"/standard/agents/{agents[0].id}").text
    assert "This evidence rests on people’s scores alone" in said
    assert session.scalar(select(func.count()).select_from(PeriodRevision)) == 1


def test_a_standard_of_quality_asks_for_a_rate_of_critical_errors(sign_in):
    page = sign_in(RoleName.hr).get("/standard/trial?score=70&quality=72&months_running=3&months=6&critical_percent=")

    assert "Write how many critical errors are allowed" in page.text
