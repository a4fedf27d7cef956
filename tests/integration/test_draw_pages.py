"""The pages of plans and draws: who may, what is refused, what they say."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import zipfile
from html import unescape

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.models import Agent, Conversation, Draw, RoleName, Sample, SamplingPlan
from qa_app.sampling import plans, queries, service, stages, verification
from tests.factories.conversations import create_conversation
from tests.factories.sampling import create_draw, create_month, create_plan, find_lead

FRAME_DIGEST = "3a01d353844789cf1b86cb1864ab386d6c8834bf8fec7d97e3e8a7521e99ad86"
ORDER_DIGEST = "75ed93912e48d51659e7049e9529657ecbafad3578f7db9ddebb1d4fb108032d"
PLAN = {
    "name": "October",
    "month": "2026-10",
    "strata": "agent",
    "sizing": "each",
    "size": "4",
    "allocation": "equal",
    "answered": "y",
    "ended": "y",
    "min_agent_messages": "1",
    "min_audio_seconds": "10",
    "rubric_version_id": "0",
    "double_percent": "10",
    "working_days": "10",
}


def test_a_plan_is_made_from_the_form(sign_in, session: Session) -> None:
    create_month(session)
    client = sign_in(find_lead(session))

    response = client.post("/plans/new", data={**PLAN, "channels": ["chat"], "double_percent": "20"})

    plan = session.scalars(select(SamplingPlan)).one()
    assert response.status_code == 303
    assert response.location == f"/draws/{plan.draws[0].id}"
    assert plan.design["double_share"] == 0.2
    assert plan.filters["channels"] == ["chat"]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"name": ""}, "Give the plan a name."),
        ({"month": "2026-13"}, "Write the month like 2026-11."),
        ({"sizing": "total"}, "Fill in the figure beside the way you chose."),
        ({"strata": "moon"}, "Not a valid choice"),
    ],
)
def test_a_wrong_form_comes_back_with_its_message(sign_in, session: Session, typed, told: str) -> None:
    create_month(session)

    response = sign_in(find_lead(session)).post("/plans/new", data={**PLAN, **typed})

    assert response.status_code == 200
    assert told in unescape(response.text)
    assert session.scalars(select(SamplingPlan)).all() == []


def test_the_forecast_answers_without_keeping_anything(sign_in, session: Session) -> None:
    create_month(session, agents=3, each=9)
    client = sign_in(find_lead(session))

    asked = client.post("/plans/new", data={**PLAN, "preview": "1"})
    partial = client.post("/plans/new", data=PLAN, headers={"HX-Request": "true"})

    for response in (asked, partial):
        assert "12</b> conversations of 27 eligible" in response.text
        # ±8 points of a group of nine with the planning value of 12: six are needed.
        assert "t·S·√((1 − n/N)/n) = 2.57 × 12.0 × √((1 − 6/9)/6) = 7.27 ≤ 8" in response.text
    assert "<html" not in partial.text
    assert session.scalars(select(SamplingPlan)).all() == []


def test_a_refused_step_keeps_nothing_and_says_why(sign_in, session: Session) -> None:
    (draw,) = create_plan(session).draws
    client = sign_in(find_lead(session))

    response = client.post(f"/draws/{draw.id}/freeze", follow_redirects=True)

    assert "No conversation of October 2026 is eligible" in response.text
    assert session.get_one(Draw, draw.id).frozen_at is None


def test_only_who_may_plan_sees_plans_samples_and_buttons(sign_in, session: Session) -> None:
    create_month(session)
    draw = create_draw(session, reveal=False)
    for role in set(RoleName) - {RoleName.qa_lead}:
        client = sign_in(role)
        assert client.get("/plans").status_code == 404
        assert client.get(f"/draws/{draw.id}/samples").status_code == 404
        assert client.post(f"/draws/{draw.id}/reveal").status_code == 404
        page = client.get(f"/draws/{draw.id}")
        assert page.status_code == 200
        assert "Reveal the seed" not in page.text


def test_the_seed_is_on_no_page_before_the_reveal(sign_in, session: Session) -> None:
    create_month(session)
    draw = create_draw(session, reveal=False)
    client = sign_in(find_lead(session))

    for path in (f"/draws/{draw.id}", f"/draws/{draw.id}/verify?run=1", f"/plans/{draw.plan_id}"):
        assert client.get(path).status_code == 200
    assert client.get(f"/draws/{draw.id}/export").status_code == 303
    stages.reveal_seed(session, None, draw)
    session.commit()
    seed = verification.read_record(session, draw).seed.hex()
    assert seed in client.get(f"/draws/{draw.id}/verify").text


def test_an_agent_sees_the_own_row_only(sign_in, session: Session) -> None:
    create_month(session, agents=2)
    draw = create_draw(session)
    agent = session.scalars(select(Agent).where(Agent.employee_number == "A01")).one()

    page = sign_in(RoleName.agent, agent_id=agent.id).get(f"/draws/{draw.id}").text

    assert "Agent 1" in page
    assert "Agent 0" not in page


def test_the_recipe_on_the_page_lists_the_order(sign_in, session: Session, tmp_path) -> None:
    create_month(session, agents=2)
    draw = create_draw(session, public_part="骰子 4'2")
    client = sign_in(RoleName.inspector)

    page = client.get(f"/draws/{draw.id}/verify").text
    recipe = unescape(re.search(r"<pre[^>]*>(.*?)</pre>", page, re.DOTALL)[1])
    (tmp_path / "frame.txt").write_bytes(client.get(f"/draws/{draw.id}/frame.txt").data)
    run = subprocess.run(
        [sys.executable, "-c", recipe], cwd=tmp_path, capture_output=True, text=True, check=True, env={**os.environ}
    )

    assert len(recipe.strip().splitlines()) == 12
    listed = [line.split() for line in run.stdout.splitlines()]
    first = [name for group, _, name in listed if group == "A01"][:5]
    assert first == [s.conversation.public_id for s in draw.samples if s.stratum == "A01"]


def test_the_export_holds_four_files(sign_in, session: Session) -> None:
    create_month(session)
    draw = create_draw(session)

    response = sign_in(RoleName.inspector).get(f"/draws/{draw.id}/export")

    with zipfile.ZipFile(io.BytesIO(response.data)) as archive:
        assert archive.namelist() == ["frame.txt", "draw.json", "samples.csv", "verify_draw.py"]
        assert archive.read("samples.csv").decode("utf-8-sig").count("\n") == 21


def test_a_tampered_draw_says_so_and_names_the_conversation(sign_in, session: Session) -> None:
    create_month(session)
    draw = create_draw(session)
    drawn = select(Sample.conversation_id).where(Sample.draw_id == draw.id)
    other = session.scalars(select(Conversation).where(Conversation.id.not_in(drawn))).first()
    draw.samples[0].conversation = other

    page = sign_in(RoleName.inspector).get(f"/draws/{draw.id}/verify?run=1").text

    assert "This draw does not verify." in page
    assert other.public_id in page


def test_a_conversation_is_sent_to_inspection(sign_in, session: Session) -> None:
    create_month(session)
    conversation = session.scalars(select(Conversation)).first()
    client = sign_in(find_lead(session))

    assert client.post(f"/conversations/{conversation.id}/target", data={"reason": ""}).status_code == 200
    response = client.post(f"/conversations/{conversation.id}/target", data={"reason": "complaint"})

    assert response.status_code == 303
    assert session.scalars(select(Sample)).one().targeted_reason == "complaint"


def test_a_plan_that_was_not_drawn_can_be_put_away(sign_in, session: Session) -> None:
    plan = create_plan(session)
    client = sign_in(find_lead(session))

    assert client.post(f"/plans/{plan.id}/archive").location == "/plans"

    assert session.get_one(SamplingPlan, plan.id).archived_at is not None
    assert "No plan yet" in client.get("/plans").text
    assert queries.count_commitments(session, plan.month) == 1


@pytest.mark.both_databases
def test_who_replaces_far_more_than_others_is_named(session: Session) -> None:
    create_month(session, agents=20, each=12, inspectors=10)
    draw = create_draw(session, double_share=0.0)
    lead = find_lead(session)
    busy = draw.samples[0].assignments[0].inspector_id
    mine = [sample for sample in draw.samples if sample.assignments[0].inspector_id == busy]
    for sample in mine[:8]:
        service.replace_sample(session, lead, sample, reason="empty")

    shares = queries.list_replacement_shares(session, [draw])

    assert [share.is_suspicious for share in shares if not share.asked] == [True]
    assert [share.replaced for share in shares if share.asked] == [8]


@pytest.mark.both_databases
def test_the_draw_is_the_same_bit_for_bit_on_every_database(session: Session, monkeypatch) -> None:
    # The digest was noted on SQLite; PostgreSQL has to come to the same bytes, whatever its collation.
    create_month(session, agents=5, each=12)
    names = ("ä:1", "z:1", "Z:1", "é-2", "会:3", "a-b", "a_b", "a b")
    agent = session.scalars(select(Agent)).first()
    for name in names:
        create_conversation(session, agent, external_id=name, agent_message_count=1)
    monkeypatch.setattr(plans.secrets, "token_bytes", lambda length: bytes(range(length)))

    draw = create_draw(session, public_part="4 2 6")

    assert draw.frame_digest == FRAME_DIGEST
    assert draw.order_digest == ORDER_DIGEST
