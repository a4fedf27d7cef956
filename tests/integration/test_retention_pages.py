"""The pages and commands of retention: who may, what is refused, what is shown."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.clock import now
from qa_app.conversations.turns import read_said
from qa_app.inspections.content import make_content, pack_content
from qa_app.jobs.runner import run as run_job
from qa_app.models import (
    AuditEvent,
    Conversation,
    InspectionState,
    JobRun,
    JobState,
    LegalHold,
    RetentionRule,
    RoleName,
)
from qa_app.retention import service
from tests.factories.conversations import create_chat, create_conversation
from tests.factories.months import create_inspection
from tests.factories.people import create_agent, create_user
from tests.factories.rubrics import create_published, small_rubric

pytestmark = pytest.mark.both_databases


def old(session: Session, number: str, days: int = 101, **values: object) -> Conversation:
    """Return a conversation of so many days ago."""
    return create_conversation(
        session, external_id=number, opened_at=datetime.now(UTC) - timedelta(days=days), **values
    )


def words(html: str) -> str:
    """Return what a reader sees."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def begin(session: Session, days: int = 100) -> RetentionRule:
    """Set a rule for everything, in force since yesterday."""
    rule = service.set_rule(session, None, source="", keep_days=days)
    rule.starts_on = now().date() - timedelta(days=1)
    session.commit()
    return rule


def test_a_rule_is_set_shown_and_taken_back(session: Session, sign_in) -> None:
    old(session, "1", source="shop")
    admin = sign_in(RoleName.administrator)

    saved = admin.post("/retention/rules", data={"source": "shop", "keep_days": "90"}, follow_redirects=True)

    assert "Nothing goes by this rule before" in saved.text
    assert "90 days" in words(saved.text)
    rule = session.scalars(select(RetentionRule)).one()
    assert (rule.source, rule.keep_days) == ("shop", 90)

    taken = admin.post(f"/retention/rules/{rule.id}/remove", follow_redirects=True)
    assert "kept for good" in taken.text
    actions = session.scalars(select(AuditEvent.action).where(AuditEvent.action.like("retention%"))).all()
    assert actions == ["retention.set_rule", "retention.remove_rule"]


@pytest.mark.parametrize("days", ["", "44", "-1", "x", "99999999999"])
def test_days_that_cannot_be_are_refused_and_stay_in_the_form(session: Session, sign_in, days: str) -> None:
    admin = sign_in(RoleName.administrator)

    answer = admin.post("/retention/rules", data={"source": "", "keep_days": days})

    assert "field-error" in answer.text
    assert session.scalars(select(RetentionRule)).all() == []


def test_deleting_now_asks_for_the_number_and_runs_as_a_job(session: Session, sign_in) -> None:
    old(session, "1")
    old(session, "2")
    old(session, "young", days=20)
    begin(session)
    admin = sign_in(RoleName.administrator)

    shown = admin.get("/retention")
    refused = admin.post("/retention/run", data={"count": "3"})
    started = admin.post("/retention/run", data={"count": "2"})

    assert "The content of 2 conversations is due" in words(shown.text)
    assert "Type the number of conversations that are due: 2." in refused.text
    assert started.status_code == 303
    job = session.scalars(select(JobRun)).one()
    run_job(job.id)
    assert job.state == JobState.done
    session.expire_all()
    assert session.scalars(select(Conversation.external_id).where(Conversation.erased_at.is_not(None))).all() == [
        "1",
        "2",
    ]
    assert "test: 2" in words(admin.get("/retention").text)


def test_a_hold_is_placed_on_a_filter_and_lifted(session: Session, sign_in) -> None:
    agent = create_agent(session, employee_number="E77")
    old(session, "1", agent_id=agent.id, customer_id="13812345678")
    begin(session)
    admin = sign_in(RoleName.administrator)

    data = {"reason": "Claim 7", "agent": "E77", "customer_id": "13812345678", "source": ""}
    placed = admin.post("/retention/holds/new", data=data, follow_redirects=True)

    assert "The hold is in force: 1 conversation " in placed.text
    assert "Claim 7" in placed.text
    assert "13812345678" not in placed.text
    assert "The content of" not in words(placed.text)
    hold = session.scalars(select(LegalHold)).one()
    lifted = admin.post(f"/retention/holds/{hold.id}/lift", follow_redirects=True)
    assert "The hold is lifted" in lifted.text
    assert "The content of 1 conversation is due" in words(lifted.text)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"reason": ""}, "field-error"),
        ({"reason": "x", "agent": "nobody"}, "There is no agent with the number “nobody”."),
        ({"reason": "x", "external_id": "9"}, "Choose the source"),
        ({"reason": "x", "external_id": "9", "source": "test"}, "This source has no conversation “9”."),
        ({"reason": "x", "until": "2020-01-01"}, "This day is over."),
        ({"reason": "x", "opened_from": "2026-05-02", "opened_to": "2026-05-01"}, "lies before the first one"),
    ],
)
def test_a_hold_that_names_nothing_real_is_refused(session: Session, sign_in, data, message) -> None:
    old(session, "1")
    admin = sign_in(RoleName.administrator)

    answer = admin.post("/retention/holds/new", data={"source": "", **data})

    assert message in answer.text
    assert session.scalars(select(LegalHold)).all() == []


def test_the_lead_holds_a_conversation_from_its_page(session: Session, sign_in) -> None:
    chat = old(session, "1")
    lead = sign_in(RoleName.qa_lead)

    page = lead.get(f"/conversations/{chat.id}").text
    form = lead.get(f"/retention/holds/new?conversation={chat.id}").text
    data = {"reason": "Claim 8", "source": "test", "external_id": "1"}
    placed = lead.post(f"/retention/holds/new?conversation={chat.id}", data=data)
    everything = lead.post("/retention/holds/new", data={"reason": "all", "source": ""})

    assert f"/retention/holds/new?conversation={chat.id}" in page
    assert 'value="1"' in form
    assert placed.headers["Location"].endswith(f"/conversations/{chat.id}")
    assert session.scalars(select(LegalHold.conversation_id)).one() == chat.id
    assert "Say which conversations are meant." in everything.text
    assert lead.get("/retention").status_code == 404


def test_a_page_whose_content_is_gone_says_so(session: Session, sign_in, app: Flask) -> None:
    chat = create_chat(
        session, create_agent(session), [("customer", 0, "a kettle"), ("agent", 5, "yes")], external_id="1",
        opened_at=datetime.now(UTC) - timedelta(days=101),
    )  # fmt: skip
    begin(session)

    told = app.test_cli_runner().invoke(args=["retention", "preview"])
    done = app.test_cli_runner().invoke(args=["retention", "run"])
    again = app.test_cli_runner().invoke(args=["retention", "run"])

    assert "1 conversations are due." in told.output
    assert done.output.startswith("1 conversations, 0 recordings")
    assert again.output.startswith("0 conversations")
    session.expire_all()
    page = sign_in(RoleName.qa_lead).get(f"/conversations/{chat.id}").text
    assert "Its content was deleted" in page
    assert "kettle" not in page


def test_an_inspection_whose_text_is_gone_can_still_be_read(session: Session, sign_in, app: Flask) -> None:
    chat = create_chat(
        session, create_agent(session), [("customer", 0, "a kettle"), ("agent", 5, "yes")], external_id="1",
        opened_at=datetime.now(UTC) - timedelta(days=101),
    )  # fmt: skip
    inspector = create_user(session, RoleName.inspector, name="Amara Diallo")
    inspection = create_inspection(
        session, chat, inspector, create_published(session, small_rubric()), answer=False, state=InspectionState.final
    )
    inspection.content, inspection.content_digest = pack_content(make_content(read_said(session, chat.id)))
    session.commit()
    lead = sign_in(RoleName.qa_lead)
    before = lead.get(f"/inspections/{inspection.id}/view")
    begin(session)

    app.test_cli_runner().invoke(args=["retention", "run"])
    session.expire_all()
    after = lead.get(f"/inspections/{inspection.id}/view")

    assert "a kettle" in before.text
    assert "missed: answer" in before.text
    assert after.status_code == 200
    assert "Its content was deleted" in after.text
    assert "a kettle" not in after.text
    assert "missed: answer" not in after.text
    assert "60" in words(after.text)
