"""An agent's story: from a lost point to the changed sheet, in the browser, by keyboard and by mouse."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.appeals import service as appeals
from qa_app.appeals.deciding import Verdict
from qa_app.assessment import service as months
from qa_app.assessment import sheets
from qa_app.assessment.content import decode_content
from qa_app.clock import now
from qa_app.conversations.turns import read_said
from qa_app.inspections.content import make_content, pack_content
from qa_app.models import (
    Appeal,
    AppealKind,
    AppealState,
    AssessmentPeriod,
    Inspection,
    Message,
    PointDecision,
    RoleName,
    Sheet,
    User,
)
from reports.charts import PAPER, draw_trend
from tests.browser.conftest import LOOKS, Live
from tests.factories.months import MONTH, create_month
from tests.factories.people import create_user

pytestmark = pytest.mark.browser

WORDS = (
    ("customer", "When does my lamp arrive?"),
    ("agent", "Hello, it arrives on Wednesday before 18:00, and I will write to you when it leaves."),
    ("customer", "Thank you!"),
)


@dataclass(frozen=True)
class Cast:
    """Everybody in the story, and the inspection it is about."""

    agent: User
    lead: User
    hr: User
    inspection_id: int


def publish(session: Session, hr: User, lead: User, *, reason: str = "") -> AssessmentPeriod:
    """Compute, review, approve and publish the month."""
    period = months.compute_month(session, hr, MONTH, reason=reason).period
    sheets.review_remaining(session, lead, period.revision)
    period.revision.is_over = True
    months.review_month(session, lead, period)
    months.approve_month(session, hr, period, reason="appeals may be open")
    months.publish_month(session, hr, period)
    return period


@pytest.fixture
def cast(live: Live) -> Cast:
    """A published October; the agent was shown one of its inspections today."""
    # The charts' library takes a second to load, ten on a busy machine: not while the browser waits.
    draw_trend([], standing=None, standard=None, look=PAPER, title="")
    with live.session() as session:
        agents = create_month(session, agents=9)
        hr = create_user(session, RoleName.hr, name="Han Qingyue")
        lead = create_user(session, RoleName.qa_lead, name="Shen Yinuo")
        rows = session.scalars(select(Inspection).where(Inspection.agent_id == agents[0].id).order_by(Inspection.id))
        inspection = next(
            one for one in rows if any(row.criterion == "answer" and row.lost_points for row in one.answers)
        )
        inspection.conversation.messages = [
            Message(
                sequence=place, speaker=speaker, sent_at=inspection.conversation.opened_at, text=text, kind="message"
            )
            for place, (speaker, text) in enumerate(WORDS, start=1)
        ]
        session.flush()
        copy = make_content(read_said(session, inspection.conversation_id))
        inspection.content, inspection.content_digest = pack_content(copy)
        inspection.submitted_at = now()
        session.flush()
        publish(session, hr, lead)
        agent = create_user(session, RoleName.agent, name="Agent 0", agent_id=agents[0].id)
        return Cast(agent, lead, hr, inspection.id)


def qa_of(session: Session, agent: User) -> tuple[float, float]:
    """The agent's QA figure of the first and of the latest revision of the sheet."""
    found = session.scalars(select(Sheet).where(Sheet.agent_id == agent.agent_id).order_by(Sheet.id)).all()
    figures = [
        next(part for part in decode_content(sheet.content).components if part.code == "qa").estimate.value
        for sheet in found
    ]
    return figures[0], figures[-1]


def test_an_appeal_changes_the_sheet(live: Live, page: Page, cast: Cast) -> None:
    # The agent opens the inspection from the scorecard and appeals by keyboard.
    live.enter(page, cast.agent)
    page.goto(f"{live.url}/me/{MONTH}")
    row = page.get_by_role("row").filter(has=page.locator(f'a[href="/inspections/{cast.inspection_id}/view"]'))
    expect(row.get_by_role("link", name="Appeal an answer")).to_be_visible()
    row.get_by_role("link").first.click()
    page.get_by_role("link", name="Appeal this answer: Complete answer").first.click()
    page.locator("[data-appeal-new][data-ready]").wait_for()
    page.keyboard.press("m")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("e")
    expect(page.locator(".place [data-quote]")).to_contain_text("it arrives on Wednesday")
    page.get_by_role("radio", name="Yes").check()
    page.get_by_label("Why", exact=True).last.fill("Day, hour and what happens next are all named.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status")).to_contain_text("Your appeal is filed")
    with live.session() as session:
        appeal = session.scalars(select(Appeal)).one()
        assert appeal.answers[0].evidence[0].quote.startswith("Hello, it arrives on Wednesday")

    # The lead decides with one key and a reason, having seen what the score becomes.
    live.enter(page, cast.lead)
    page.goto(f"{live.url}/")
    page.get_by_role("row").or_(page.get_by_role("listitem")).filter(has_text="appeal to decide").get_by_role(
        "link"
    ).first.click()
    page.get_by_role("link", name="Chat").first.click()
    page.locator("[data-appeal][data-ready]").wait_for()
    page.keyboard.press("1")
    expect(page.locator(".preview-after")).to_have_text("40.0")  # it was 0
    page.keyboard.press("c")
    page.keyboard.type("Read again: the answer is complete.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status")).to_contain_text("The inspection was corrected")
    expect(page.get_by_text("October 2026 is published.")).to_be_visible()
    page.get_by_role("link", name="As it was before").click()
    expect(page.get_by_text("which stood until")).to_be_visible()

    # HR sees what is out of date and computes the next revision; its reason names the appeal.
    live.enter(page, cast.hr)
    page.goto(f"{live.url}/months/{MONTH}")
    expect(page.get_by_text("inspection was corrected since")).to_be_visible()
    page.get_by_role("button", name="New revision…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Reason")).to_have_value(f"Appeals decided: {appeal.id}")
    reason = dialog.get_by_label("Reason").input_value()
    with live.session() as session:
        hr, lead = session.get_one(User, cast.hr.id), session.get_one(User, cast.lead.id)
        publish(session, hr, lead, reason=reason)

    # The agent's sheet shows the changed figure and why there is a new one.
    with live.session() as session:
        before, after = qa_of(session, cast.agent)
    assert after > before
    live.enter(page, cast.agent)
    page.goto(f"{live.url}/me/{MONTH}")
    expect(page.get_by_text(f"revision 1: Appeals decided: {appeal.id}")).to_be_visible()
    row = page.get_by_role("row").filter(has=page.locator(f'a[href="/inspections/{cast.inspection_id}/view"]'))
    expect(row.locator("td.n b")).to_have_text("40")
    page.goto(f"{live.url}/appeals/mine")
    expect(page.get_by_text("new", exact=True)).to_be_visible()
    expect(page.get_by_text("Accepted")).to_be_visible()


@pytest.mark.parametrize(("language", "theme"), LOOKS)
def test_the_pages_are_accessible(live: Live, page: Page, axe, cast: Cast, language: str, theme: str) -> None:
    with live.session() as session:
        agent, lead = session.get_one(User, cast.agent.id), session.get_one(User, cast.lead.id)
        inspection = session.get_one(Inspection, cast.inspection_id)
    live.enter(page, agent, language=language, theme=theme)
    for address in (f"/inspections/{inspection.id}/view", f"/appeals/new/{inspection.id}?criterion=answer"):
        page.goto(live.url + address)
        axe(page)
    with live.session() as session:
        agent, inspection = session.get_one(User, cast.agent.id), session.get_one(Inspection, cast.inspection_id)
        dispute = appeals.Dispute("answer", {"level": "yes"}, "It is complete.", [appeals.Place("span", 2, 0, 5)])
        appeal = appeals.file_appeal(session, agent, inspection, kind=AppealKind.disagree, disputes=[dispute])
        key = appeal.id

    live.enter(page, lead, language=language, theme=theme)
    page.goto(f"{live.url}/appeals/{key}")
    page.locator("[data-appeal][data-ready]").wait_for()
    axe(page)
    page.keyboard.press("2")
    axe(page)
    with live.session() as session:
        lead, appeal = session.get_one(User, cast.lead.id), session.get_one(Appeal, key)
        verdict = Verdict(PointDecision.accepted, "It is.")
        assert appeals.decide_appeal(session, lead, appeal, {"answer": verdict}) == AppealState.accepted
        appeals.ask_rechecks(session, lead, appeal, cause="same_rubric")

    for address in (f"/appeals/{key}", "/appeals", "/appeals/figures", "/appeals/rechecks", f"/months/{MONTH}"):
        page.goto(live.url + address)
        axe(page)
    live.enter(page, agent, language=language, theme=theme)
    for address in ("/appeals/mine", f"/appeals/{key}", f"/inspections/{cast.inspection_id}/view?revision=0"):
        page.goto(live.url + address)
        axe(page)


@pytest.mark.parametrize("width", [360, 768])
def test_no_page_scrolls_sideways(live: Live, page: Page, cast: Cast, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    live.enter(page, cast.agent)
    for address in (f"/appeals/new/{cast.inspection_id}?criterion=answer", "/appeals/mine"):
        page.goto(live.url + address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
    with live.session() as session:
        agent, inspection = session.get_one(User, cast.agent.id), session.get_one(Inspection, cast.inspection_id)
        dispute = appeals.Dispute("answer", {"level": "yes"}, "It is complete.")
        key = appeals.file_appeal(session, agent, inspection, kind=AppealKind.disagree, disputes=[dispute]).id
    live.enter(page, cast.lead)
    for address in (f"/appeals/{key}", "/appeals", "/appeals/figures", "/appeals/rechecks"):
        page.goto(live.url + address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
