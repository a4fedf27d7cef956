"""A draw in which signs of trouble raise the chance: sizes, chances, weights, verification, and what pages say."""

from __future__ import annotations

import csv
import io
import os
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from html import unescape

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.assessment.gather import month_span
from qa_app.assessment.gather_inspections import gather_inspections
from qa_app.conversations.metrics import Grouping, metrics_table
from qa_app.models import (
    Conversation,
    Draw,
    Inspection,
    MachineScore,
    RoleName,
    Sample,
    SamplingPlan,
    ScreeningModel,
)
from qa_app.sampling import plans, service, stages, verification
from qa_app.sampling.design import Chances, Design, Filters, RiskSigns, RiskSource
from qa_app.sampling.errors import NoModelForRisk
from qa_app.sampling.packing import unpack_frame
from qa_app.sampling.population import zone_of
from qa_app.sampling.risk import low_score_probability
from scoring.assessment.policy import Policy
from scoring.sampling.verify import CheckName, verify_draw
from tests.factories.conversations import create_conversation
from tests.factories.people import create_agent, create_team, create_user
from tests.factories.sampling import create_draw, create_month, create_plan, find_lead

pytestmark = pytest.mark.both_databases

# Noted on SQLite; PostgreSQL has to come to the same bytes.
FRAME_DIGEST = "ef225c0210679df04ba7833f3cb560c9d67941a154721ea176a7509ca6b4e9e8"
ORDER_DIGEST = "c606c7e84ae7424e695ea58d9745c447a379614d3b9cb664c8515f0cb9073c16"


def create_troubled_month(session: Session) -> None:
    """Fill October: two agents with twelve chats each, of which the first three show signs of trouble."""
    create_month(session, agents=2, each=12)
    chats = session.scalars(select(Conversation).order_by(Conversation.id)).all()
    for number in (0, 12):
        chats[number].csat = 1.0
        chats[number + 1].resolved = False
        chats[number + 1].transfer_count = 2
        chats[number + 2].response_gaps = [20.0, 181.0]
    session.flush()


def test_signs_raise_the_chance_and_every_conversation_keeps_one(session: Session) -> None:
    create_troubled_month(session)

    draw = create_draw(session, chances=Chances.risk, size=3)

    frame = unpack_frame(draw)
    # Risks 4, 3 and 2 of nine; N = 12: 0.5·risk/9 + 0.5/12.
    sizes = dict(zip(frame.ids, frame.sizes, strict=True))
    assert sizes["test:0-0"] == pytest.approx(0.5 * 4 / 9 + 0.5 / 12)
    assert sizes["test:0-5"] == pytest.approx(0.5 / 12)
    chances = [sample.inclusion_probability for sample in draw.samples]
    assert all(0.1 < chance <= 1 for chance in chances)
    assert [s.weight for s in draw.samples] == pytest.approx([3 / 12 / chance for chance in chances])
    assert verification.check_draw(session, draw).is_sound
    found = verification.find_in_draw(draw, "test:0-0")
    assert found.chance == pytest.approx(3 * sizes["test:0-0"])


def test_equal_draws_keep_their_bytes_and_weigh_one(session: Session) -> None:
    create_troubled_month(session)

    draw = create_draw(session)

    assert verification.read_frame_text(draw).endswith(b"\x1f1.0")
    assert {(sample.inclusion_probability, sample.weight) for sample in draw.samples} == {(5 / 12, 1.0)}


def test_a_targeted_check_weighs_nothing(session: Session) -> None:
    create_month(session)

    sample = service.add_targeted_sample(
        session, find_lead(session), session.scalars(select(Conversation)).first(), "why"
    )

    assert (sample.inclusion_probability, sample.weight) == (None, 0.0)


def test_a_replacement_carries_its_own_chance(session: Session) -> None:
    create_troubled_month(session)
    draw = create_draw(session, chances=Chances.risk, reveal=False)
    gone = draw.samples[0]

    came = service.replace_sample(session, find_lead(session), gone, reason="empty")

    stages.reveal_seed(session, None, draw)
    found = verification.find_in_draw(draw, came.conversation.public_id)
    assert came.inclusion_probability == found.chance
    assert came.weight == pytest.approx(5 / 12 / found.chance)
    assert verification.check_draw(session, draw).is_sound


def test_the_draw_is_the_same_bit_for_bit_on_every_database(session: Session, monkeypatch) -> None:
    create_troubled_month(session)
    monkeypatch.setattr(plans.secrets, "token_bytes", lambda length: bytes(range(length)))

    draw = create_draw(session, chances=Chances.risk, public_part="4 2 6")

    assert draw.frame_digest == FRAME_DIGEST
    assert draw.order_digest == ORDER_DIGEST


def test_a_changed_size_is_named(session: Session) -> None:
    create_troubled_month(session)
    draw = create_draw(session, chances=Chances.risk)
    session.commit()
    record = verification.read_record(session, draw)
    text = record.frame_text.replace(b"0.041666666666666664", b"0.25")

    assert verify_draw(replace(record, frame_text=text)).tampered == (CheckName.frame,)


def test_the_export_verifies_with_the_script_and_its_recipe_lists_the_order(
    sign_in, session: Session, tmp_path
) -> None:
    create_troubled_month(session)
    draw = create_draw(session, chances=Chances.risk, public_part="骰子 4'2")
    client = sign_in(RoleName.inspector)
    with zipfile.ZipFile(io.BytesIO(client.get(f"/draws/{draw.id}/export").data)) as archive:
        archive.extractall(tmp_path)

    checked = subprocess.run(
        [sys.executable, "-I", tmp_path / "verify_draw.py", tmp_path], capture_output=True, text=True, check=False
    )
    page = client.get(f"/draws/{draw.id}/verify?conversation=test:0-0").text
    recipe = unescape(re.search(r"<pre[^>]*>(.*?)</pre>", page, re.DOTALL)[1])
    run = subprocess.run(
        [sys.executable, "-c", recipe], cwd=tmp_path, capture_output=True, text=True, check=True, env={**os.environ}
    )

    assert checked.returncode == 0, checked.stdout + checked.stderr
    listed = [line.split() for line in run.stdout.splitlines()]
    first = [name for group, _, name in listed if group == "A01"][:5]
    assert first == [s.conversation.public_id for s in draw.samples if s.stratum == "A01"]
    assert "Its chance to be drawn was" in page
    rows = list(csv.DictReader(io.StringIO((tmp_path / "samples.csv").read_text("utf-8-sig"))))
    assert [float(row["chance"]) for row in rows] == [
        s.inclusion_probability for s in sorted(draw.samples, key=lambda s: (s.stratum, s.rank))
    ]


def test_the_form_makes_such_a_plan_and_forecasts_what_it_finds(sign_in, session: Session) -> None:
    create_troubled_month(session)
    client = sign_in(find_lead(session))
    typed = {
        "name": "October", "month": "2026-10", "strata": "agent", "sizing": "each", "size": "4", "allocation": "equal",
        "answered": "y", "ended": "y", "min_agent_messages": "1", "min_audio_seconds": "10", "rubric_version_id": "0",
        "double_percent": "10", "working_days": "10", "chances": "risk", "low_rating": "6", "transferred": "0",
        "even_percent": "40",
    }  # fmt: skip

    forecast = client.post("/plans/new", data={**typed, "preview": "1"}).text
    nothing = client.post(
        "/plans/new", data={**typed, "low_rating": "0", "long_wait": "0", "unresolved": "0"}, follow_redirects=True
    )
    client.post("/plans/new", data=typed)

    assert "6 of 24 conversations show a sign of trouble." in forecast
    assert "Give points to at least one sign." in nothing.text
    design = Design.from_json(session.scalars(select(SamplingPlan)).one().design)
    assert (design.chances, design.even_share) == (Chances.risk, 0.4)
    assert design.signs == RiskSigns(low_rating=6.0, transferred=0.0)
    plan_page = client.get(f"/plans/{session.scalars(select(SamplingPlan.id)).one()}").text
    assert "40% spread evenly, the rest by points for signs of trouble" in plan_page
    assert "passed on to somebody else" not in plan_page


def test_pages_show_chances_and_weights(sign_in, session: Session) -> None:
    create_troubled_month(session)
    draw = create_draw(session, chances=Chances.risk)
    client = sign_in(find_lead(session))

    page, samples = client.get(f"/draws/{draw.id}").text, client.get(f"/draws/{draw.id}/samples").text

    assert "Chance of the drawn" in page
    assert "Chances differ" in page
    assert '<th scope="col" class="n">Weight</th>' in samples
    equal = create_draw(session)
    assert "41.7%" in client.get(f"/draws/{equal.id}/samples").text
    assert "Chance of the drawn" not in client.get(f"/draws/{equal.id}").text


def test_samples_from_before_chances_were_kept_show_n_of_all(sign_in, session: Session) -> None:
    create_month(session, agents=1, each=10)
    draw = create_draw(session)
    for sample in draw.samples:
        sample.inclusion_probability = None

    assert "50.0%" in sign_in(find_lead(session)).get(f"/draws/{draw.id}/samples").text


def inspect_all(session: Session, draw: Draw) -> dict[str, float]:
    """Inspect every sample; returns the qualities by conversation."""
    inspector = create_user(session, RoleName.inspector)
    qualities = {}
    for number, sample in enumerate(draw.samples):
        quality = qualities[sample.conversation.public_id] = 50.0 + 3 * number
        session.add(
            Inspection(
                sample_id=sample.id,
                conversation_id=sample.conversation_id,
                agent_id=sample.agent_id,
                inspector_id=inspector.id,
                rubric_version_id=sample.rubric_version_id,
                state="submitted",
                is_random=True,
                quality=quality,
                score=quality,
                started_at=draw.drawn_at,
                submitted_at=draw.drawn_at,
            )
        )
    session.flush()
    return qualities


def test_the_month_reads_the_weights(session: Session) -> None:
    create_troubled_month(session)
    draw = create_draw(session, chances=Chances.risk)
    inspect_all(session, draw)

    window = month_span("2026-10", Policy(code="test"), zone_of(session))
    records = gather_inspections(session, window, "2026-10").records

    weights = {record.conversation: record.weight for record in records}
    assert weights == {sample.conversation.public_id: sample.weight for sample in draw.samples}


def test_tables_of_metrics_weigh_by_the_inverse_of_the_chance(session: Session) -> None:
    create_troubled_month(session)
    draw = create_draw(session, chances=Chances.risk)
    qualities = inspect_all(session, draw)

    lines = {line["agent"]: line for line in metrics_table(session, "2026-10", Grouping("agent")).records()}

    own = [sample for sample in draw.samples if sample.stratum == "A01"]
    weighted = sum(s.weight * qualities[s.conversation.public_id] for s in own) / sum(s.weight for s in own)
    assert lines["A01"]["qa_quality"] == pytest.approx(weighted)
    assert lines["A01"]["qa_n"] == 5


def test_a_team_is_one_stratum_with_its_own_sum(session: Session) -> None:
    create_troubled_month(session)
    quiet = create_agent(session, team=create_team(session, "Quiet"), employee_number="Q1")
    for _ in range(6):
        create_conversation(session, quiet, agent_message_count=2)
    (draw,) = create_plan(session, chances=Chances.risk, filters=Filters(), size=2).draws

    stages.freeze_population(session, None, draw)

    frame = unpack_frame(draw)
    inside = frame.codes == frame.strata.index("Q1")
    assert frame.sizes[inside].tolist() == [1 / 6] * 6  # nobody shows a sign: equal chances
    assert session.scalars(select(Sample)).all() == []


def test_a_given_risk_raises_the_chance_and_the_draw_verifies(session: Session) -> None:
    create_month(session, agents=1, each=12)
    chats = session.scalars(select(Conversation).order_by(Conversation.id)).all()
    chats[0].risk, chats[1].risk = 0.9, 0.1
    session.flush()

    draw = create_draw(session, chances=Chances.risk, risk_source=RiskSource.given, size=3)

    frame = unpack_frame(draw)
    sizes = dict(zip(frame.ids, frame.sizes, strict=True))
    assert sizes["test:0-0"] == pytest.approx(0.5 * 0.9 + 0.5 / 12)
    assert sizes["test:0-2"] == pytest.approx(0.5 / 12)  # nobody knows its risk: the even share
    assert draw.learned is None
    assert verification.check_draw(session, draw).is_sound


def test_a_learned_probability_is_frozen_with_the_draw(session: Session, app) -> None:
    _, model = create_learned_month(session)

    draw = create_draw(session, chances=Chances.risk, risk_source=RiskSource.learned, low_score=70.0, size=3)

    frame = unpack_frame(draw)
    sizes = dict(zip(frame.ids, frame.sizes, strict=True))
    risks = {
        "test:0-0": low_score_probability(50.0, 0.2, low=70.0, sd=1.2533 * 6.0),
        "test:0-1": low_score_probability(90.0, 0.0, low=70.0, sd=1.2533 * 6.0),
    }
    total = sum(risks.values())
    assert risks["test:0-0"] > 0.99
    assert sizes["test:0-0"] == pytest.approx(0.5 * risks["test:0-0"] / total + 0.5 / 12)
    assert sizes["test:0-1"] == pytest.approx(0.5 * risks["test:0-1"] / total + 0.5 / 12)
    assert sizes["test:0-2"] == pytest.approx(0.5 / 12)
    assert draw.learned["version"] == model.version
    # A later version of the model, or none, leaves what was frozen alone.
    for score in session.scalars(select(MachineScore)):
        score.score = 99.0
    model.is_active = None
    session.flush()
    assert verification.check_draw(session, draw).is_sound


def test_without_a_model_the_population_is_not_frozen_by_it(session: Session) -> None:
    create_month(session, agents=1, each=3)

    with pytest.raises(NoModelForRisk):
        create_draw(session, chances=Chances.risk, risk_source=RiskSource.learned)


@pytest.mark.parametrize(
    ("score", "critical", "expected"),
    [(None, None, 0.0), (70.0, 0.0, 0.5), (70.0, 1.0, 1.0), (58.0, 0.0, 0.841344746069), (95.0, 0.25, 0.263958)],
)
def test_the_probability_of_a_low_score(score, critical, expected) -> None:
    assert low_score_probability(score, critical, low=70.0, sd=12.0) == pytest.approx(expected, abs=1e-6)


def create_learned_month(session: Session) -> tuple[list[Conversation], ScreeningModel]:
    """Twelve chats of one agent, two of which have a learned score."""
    create_month(session, agents=1, each=12)
    chats = list(session.scalars(select(Conversation).order_by(Conversation.id)))
    model = ScreeningModel(
        version=4, is_active=True, trained_at=chats[0].created_at, training_size=100, critical_count=0, agent_count=1,
        training_digest="d" * 64, folds=10, figures={"quality": {"error": {"value": 6.0}}}, file="x", file_digest="x",
        file_size=1,
    )  # fmt: skip
    session.add(model)
    session.flush()
    for chat, score, critical in ((chats[0], 50.0, 0.2), (chats[1], 90.0, 0.0)):
        session.add(
            MachineScore(
                conversation_id=chat.id, model_id=model.id, score=score, critical_probability=critical,
                scored_at=chat.created_at,
            )
        )  # fmt: skip
    session.flush()
    return chats, model


def test_the_plan_form_offers_the_sources_and_refuses_a_missing_model(session: Session, sign_in) -> None:
    create_month(session)
    lead = sign_in(RoleName.qa_lead)
    form = lead.get("/plans/new").text
    assert "The learned probability of a low score" in form
    assert "The risk that came with the import" in form

    typed = {
        "name": "By model", "month": "2026-11", "strata": "agent", "chances": "risk", "risk_source": "learned",
        "sizing": "each", "size": "5", "allocation": "equal", "rubric_version_id": "0", "double_percent": "10",
        "working_days": "10", "min_agent_messages": "1", "min_audio_seconds": "10",
    }  # fmt: skip
    answer = lead.post("/plans/new", data=typed)

    assert "No learned score is in use" in answer.text
