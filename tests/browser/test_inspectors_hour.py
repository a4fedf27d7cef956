"""An inspector's hour without a mouse: from signing in to an empty queue, each key of ours listed under `?`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from msgspec.structs import replace
from playwright.sync_api import Page, expect
from sqlalchemy import select
from whitenoise import WhiteNoise

from qa_app.calibration import service as calibration
from qa_app.clock import now
from qa_app.conversations.indexing import index_behind
from qa_app.jobs import NoProgress
from qa_app.models import Draw, Evidence, Inspection, InspectionState, RoleName, Sample, SampleState, SamplingPlan, User
from scoring.rubric import Check, Rubric
from tests.browser.conftest import LOOKS, Live
from tests.browser.keyboard import Keyboard, asked_of
from tests.browser.scoring import ScoringPage
from tests.browser.signing_in import give_password
from tests.factories.calls import create_call
from tests.factories.conversations import create_chat
from tests.factories.inspections import LAMP_CHAT, create_assignment, rule_rubric, service_rubric
from tests.factories.people import PASSWORD, create_agent, create_user
from tests.factories.rubrics import create_published, small_rubric
from tests.factories.rules import create_rule_in_use

# A browser that has heard enough hangs up in the middle of a range; the test server leaves the file to the collector.
pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


def checked_service_rubric() -> Rubric:
    """The rubric of the design pictures; a rule proposes the answer to its first criterion."""
    rubric = service_rubric()
    opening = rubric.sections[0]
    check = Check(rule="greets_at_once", satisfied="yes", not_satisfied="no")
    greeting = replace(opening.criteria[0], check=check)
    opening = replace(opening, criteria=(greeting, *opening.criteria[1:]))
    return replace(rubric, sections=(opening, *rubric.sections[1:]))


def show_proposals(sample: Sample) -> None:
    plan = SamplingPlan(
        name="October, proposals shown", month="2026-10", seed=b"", commitment="", committed_at=now(),
        is_committed_late=False, design={"proposals_shown": True},
    )  # fmt: skip
    sample.draw = Draw(public_id="shown", plan=plan)


@dataclass(frozen=True)
class Hour:
    """Who works, and on what: inspections are numbered as they are opened."""

    inspector: User


@pytest.fixture
def hour(live: Live) -> Hour:
    """A chat with a shown proposal, a chat that cannot be used, a call, a small chat, and a calibration session."""
    # Files are served as in use, so that the browser keeps them.
    live.app.wsgi_app = WhiteNoise(live.app.wsgi_app, root=str(live.app.static_folder), prefix="static/", max_age=3600)
    with live.session() as session:
        inspector = create_user(session, RoleName.inspector, name="Priya Nandakumar", email="priya@example.com")
        lead, other = create_user(session, RoleName.qa_lead), create_user(session, RoleName.inspector, name="Bo Lind")
        agent = create_agent(session, "Tobias Renn")
        chats = [create_chat(session, agent, LAMP_CHAT, external_id=f"LAMP-{number}") for number in range(4)]
        create_rule_in_use(session, code="greets_at_once")
        service, small = create_published(session, checked_service_rubric()), create_published(session, small_rubric())
        call = create_call(session, agent, hold_seconds=20.0)
        work = ((chats[0], service), (chats[1], service), (call, service), (chats[2], small))
        for day, (conversation, version) in enumerate(work):
            create_assignment(session, inspector, version, conversation, due_at=now() + timedelta(minutes=day))
        show_proposals(session.scalars(select(Sample).where(Sample.conversation_id == chats[0].id)).one())
        new = calibration.NewSession(
            "November, chat",
            create_published(session, rule_rubric()),
            [inspector, other],
            [calibration.Pick(chats[3], "random")],
            now() + timedelta(days=7),
        )
        calibration.make_session(session, lead, new)
        index_behind(session, checkpoint=session.flush, progress=NoProgress())
    give_password(live, inspector)
    return Hour(inspector)


def inspection_of(live: Live, external_id: str) -> Inspection:
    with live.session() as session:
        return session.scalars(
            select(Inspection).where(Inspection.conversation.has(external_id=external_id)).order_by(Inspection.id)
        ).first()


def open_next(page: Page, hand: Keyboard, *keys: str) -> None:
    """Press what leads to the next scoring page, and wait until its keys are attached."""
    with page.expect_navigation():
        hand.press(*keys)
    ScoringPage(page, "").wait()


def test_the_outline_of_the_next_call_is_there_before_the_call(live: Live, page: Page) -> None:
    with live.session() as session:
        inspector, agent = create_user(session, RoleName.inspector), create_agent(session, "Tobias Renn")
        version = create_published(session, small_rubric())
        for place, call in enumerate(create_call(session, agent, hold_seconds=hold) for hold in (20.0, 30.0)):
            create_assignment(session, inspector, version, call, due_at=now() + timedelta(minutes=place))
    live.enter(page, inspector)
    scoring = ScoringPage(page, live.url).start_from_queue()

    with asked_of(live) as asked:
        scoring.press("1", "j", "1", "j", "1").wait_saved()
        expect(page.locator("link[rel=prefetch]")).to_have_count(2)
        page.wait_for_load_state("networkidle")
    outline = [one for one in asked if one.endswith("/waveform")]
    with asked_of(live) as asked:
        open_next(page, Keyboard(page), "Control+Enter")
        expect(page.locator("[data-player][data-ready], [data-wave] > div").first).to_be_visible()

    assert len(outline) == 1
    assert [one for one in asked if one.endswith("/waveform")] == []


def test_an_hour_without_a_mouse(live: Live, page: Page, axe, hour: Hour) -> None:
    hand, scoring = Keyboard(page), ScoringPage(page, live.url)

    # Signing in, and to the queue.
    page.goto(live.url)
    axe(page)
    hand.walk_to(page.get_by_label("E-mail"))
    hand.type("priya@example.com")
    hand.walk_to(page.get_by_label("Password"))
    hand.type(PASSWORD)
    with page.expect_navigation():
        hand.press("Enter")
    expect(page.get_by_role("heading", name="What waits for you")).to_be_visible()
    axe(page)
    with page.expect_navigation():
        hand.press("g", "q")
    expect(page.locator("table.queue tbody tr")).to_have_count(4)
    axe(page)
    hand.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    axe(page)
    hand.press("Escape")

    # A chat: the shown proposal is confirmed, answers are given, one is lost and its place is shown.
    open_next(page, hand, "Enter")
    hand.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    hand.press("Escape")
    expect(scoring.row(1)).to_be_focused()
    hand.press("y")
    expect(scoring.row(1).get_by_role("radio", name="Yes", exact=True)).to_be_checked()
    hand.press("j", "2", "k", "j", "1", "j", "n", "j", "1", "j", "1", "j", "1", "j", "2", "j", "1", "j", "2")
    expect(scoring.row(10)).to_be_focused()
    hand.press("k")
    expect(scoring.row(10)).to_contain_text("Add the place")
    hand.press("Control+Enter")
    expect(scoring.row(10)).to_be_focused()
    hand.press("m", *["ArrowDown"] * 7, *["Shift+ArrowRight"] * 5)
    expect(page.locator("[data-turn='8']")).to_be_focused()
    axe(page)
    hand.press("e")
    expect(scoring.row(10)).to_be_focused()
    expect(scoring.row(10).locator("[data-proof]")).to_contain_text("That’s the logistics")

    # Praise for another criterion, with a reason; then what is still missing.
    hand.press(*["k"] * 3, "m", *["ArrowDown"] * 9, "p", "c")
    hand.type("Named what the customer was afraid of.")
    hand.press("Escape")
    expect(scoring.row(6)).to_be_focused()
    hand.press("Control+s")
    scoring.wait_saved()
    hand.press("Control+Enter")
    expect(scoring.row(11)).to_be_focused()
    with asked_of(live) as asked:
        hand.press("1")
        scoring.wait_saved()
        expect(page.locator("link[rel=prefetch]")).to_have_count(1)
        next_page = page.locator("link[rel=prefetch]").get_attribute("href")
        for _ in range(100):
            if f"GET {next_page}" in asked:
                break
            page.wait_for_timeout(50)
        page.wait_for_load_state("networkidle")

    # The last answer and the submission go together; the next sample stands there: one question to the server.
    hand.press("j", "1")
    with asked_of(live) as asked:
        open_next(page, hand, "Control+Enter")
        page.wait_for_load_state("networkidle")
    expect(page).to_have_url(f"{live.url}{next_page}")
    assert asked == ["POST /inspections/1/submit", f"POST {next_page}/opened"]
    first = inspection_of(live, "LAMP-0")
    assert (first.state, first.score) == (InspectionState.submitted, pytest.approx(first.quality))

    # Taken back, and submitted again.
    hand.press("z")
    expect(page.get_by_role("button", name="Undo submit")).to_be_focused()
    open_next(page, hand, "Enter")
    expect(page).to_have_url(f"{live.url}/inspections/1")
    assert inspection_of(live, "LAMP-0").state == InspectionState.draft
    open_next(page, hand, "Control+Enter")
    expect(page).to_have_url(f"{live.url}{next_page}")

    # One that cannot be used.
    hand.press("u")
    expect(page.get_by_role("dialog", name="This sample cannot be used")).to_be_visible()
    axe(page)
    hand.press("ArrowDown")
    open_next(page, hand, "Enter")
    with live.session() as session:
        replaced = session.scalars(select(Sample).where(Sample.state == SampleState.replaced)).one()
        assert replaced.conversation.external_id == "LAMP-1"

    # A call: heard, walked, a stretch of it is praise.
    axe(page)
    expect(page.locator("[data-player][data-ready], [data-wave] > div").first).to_be_visible()
    with page.expect_response("**/plays"):
        hand.press("Space")
    hand.press("Space", "=", "-", "s", ".", ".", ",", "ArrowRight", "ArrowLeft")
    hand.press(*["1", "j"] * 5)
    expect(scoring.row(6)).to_be_focused()
    hand.press("1", "[", *["ArrowRight"] * 2, "]")
    expect(page.locator("[data-pick]")).to_be_visible()
    hand.press("p", "j", *["1", "j"] * 6)
    scoring.wait_saved()
    with live.session() as session:
        stretch = session.scalars(select(Evidence).where(Evidence.kind == "range")).one()
        assert (stretch.criterion, stretch.is_praise) == ("empathy", True)
        assert (stretch.end_seconds or 0) - (stretch.start_seconds or 0) == pytest.approx(10, abs=0.6)
    open_next(page, hand, "Control+Enter")

    # Back to the queue, and an own conversation is found again.
    with page.expect_navigation():
        hand.press("g", "q")
    hand.open_by_search("LAMP-0", re.compile("LAMP-0"))
    expect(page.get_by_text("Named what the customer was afraid of.").first).to_be_visible()
    axe(page)
    page.locator("[data-view][data-ready]").wait_for()
    hand.press("j")
    expect(page.locator(".lost-item [data-show]").first).to_be_focused()
    hand.press("j")
    expect(page.locator(".quote.good [data-show]").first).to_be_focused()
    hand.press("k")
    expect(page.locator(".lost-item [data-show]").first).to_be_focused()

    # A calibration session is scored blind.
    hand.open_by_search("Calibration", "Calibration")
    axe(page)
    hand.press("j")
    with page.expect_navigation():
        hand.press("Enter")
    axe(page)
    open_next(page, hand, "Enter")
    hand.press("1", "m", "ArrowDown", "e", "j", "1", "2", "j", "1")
    scoring.wait_saved()
    with page.expect_navigation():
        hand.press("Control+Enter")
    expect(page.get_by_text("You have scored everything.")).to_be_visible()

    # Letters are switched off; the last chat is scored with the browser's own keys.
    hand.walk_to(page.get_by_role("link", name="Priya Nandakumar"), backwards=True)
    with page.expect_navigation():
        hand.press("Enter")
    axe(page)
    hand.walk_to(page.get_by_label("Single-letter keys"))
    hand.press("Space")
    with page.expect_navigation():
        hand.press("Enter")
    assert hand.unlisted == []
    page.keyboard.press("g")
    page.keyboard.press("q")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_have_count(0)
    hand.walk_to(page.get_by_role("link", name=re.compile("^Queue")))
    with page.expect_navigation():
        hand.press("Enter")
    open_next(page, hand, "Enter")
    for key in ("1", "j", "n", "c", "u", "?"):
        page.keyboard.press(key)
    expect(page.locator("[data-rubric] input:checked")).to_have_count(0)
    expect(scoring.row(1)).to_be_focused()
    hand.press("Tab", "Space")
    hand.walk_to(scoring.row(2).get_by_role("radio", name="Yes"))
    hand.press("Space")
    scoring.wait_saved()
    with page.expect_navigation():
        hand.press("Control+Enter")

    expect(page.get_by_text("Done for today: 3 of 3.")).to_be_visible()
    axe(page)
    assert hand.unlisted == []


@pytest.mark.parametrize(("language", "theme"), LOOKS)
def test_the_pages_of_the_hour_are_accessible(live: Live, page: Page, axe, hour: Hour, language, theme) -> None:
    hand = Keyboard(page)
    live.enter(page, hour.inspector, language=language, theme=theme)
    page.goto(live.url)
    axe(page)
    with page.expect_navigation():
        hand.press("g", "q")
    hand.press("?")
    axe(page)
    hand.press("Escape")
    open_next(page, hand, "Enter")
    axe(page)
    hand.press("?")
    axe(page)
    hand.press("Escape", "y", "j", "m", "ArrowDown")
    axe(page)
    hand.press("e", "c", "Escape")
    with page.expect_navigation():
        hand.press("g", "h")
    for address in ("/calibration", "/calibration/1", "/account", "/inspections/1/view"):
        page.goto(live.url + address)
        axe(page)

    assert hand.unlisted == []
