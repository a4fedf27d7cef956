"""A draw by risk whose risk is what rules said: chosen verdicts raise the chance, and the draw verifies."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from qa_app.models import Conversation, Message, RoleName
from qa_app.sampling import verification
from qa_app.sampling.design import Chances, Design, RiskSource
from qa_app.sampling.packing import unpack_frame
from qa_app.screening.rule_screening import screen_conversations
from tests.factories.rules import create_rule_in_use
from tests.factories.sampling import create_draw, create_month

pytestmark = pytest.mark.both_databases


def create_screened_month(session) -> None:
    """Twelve chats of one agent; in the first the agent greets, in the second not, of the others nothing is known."""
    create_month(session, agents=1, each=12)
    chats = session.scalars(select(Conversation).order_by(Conversation.id)).all()
    for chat, words in zip(chats[:2], ("Hello!", "What?"), strict=True):
        session.add(Message(conversation_id=chat.id, sequence=91, speaker="agent", text=words, kind="message"))
    session.flush()
    create_rule_in_use(session)
    screen_conversations(session, None, checkpoint=session.flush)


def test_a_chosen_verdict_raises_the_chance_and_the_draw_verifies(session) -> None:
    create_screened_month(session)

    draw = create_draw(
        session, chances=Chances.risk, risk_source=RiskSource.rules, risk_rules=("greeted:not_satisfied",), size=3
    )

    frame = unpack_frame(draw)
    sizes = dict(zip(frame.ids, frame.sizes, strict=True))
    assert sizes["test:0-1"] == pytest.approx(0.5 + 0.5 / 12)
    assert sizes["test:0-0"] == pytest.approx(0.5 / 12)
    assert verification.check_draw(session, draw).is_sound


def test_a_design_keeps_the_verdicts_it_names() -> None:
    design = Design(chances=Chances.risk, risk_source=RiskSource.rules, risk_rules=("greeted:not_satisfied",))

    assert Design.from_json(design.to_json()) == design


def test_the_plan_form_offers_the_verdicts_of_rules_in_use(session, sign_in) -> None:
    create_screened_month(session)
    client = sign_in(RoleName.qa_lead)

    page = client.get("/plans/new").text

    assert "“Greeted” is not satisfied" in page
    assert 'value="greeted:not_satisfied"' in page
