"""An inspector scores chats without a mouse, and nothing that was entered is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select

from qa_app.clock import now
from qa_app.inspections import service
from qa_app.models import Evidence, Inspection, InspectionState, RoleName, User
from scoring.rubric import Rubric
from tests.browser.conftest import LOOKS, Live
from tests.browser.scoring import ScoringPage
from tests.factories.inspections import create_lamp_sample, rule_rubric, service_rubric
from tests.factories.people import create_user
from tests.factories.rubrics import create_published

pytestmark = pytest.mark.browser

SERVICE_KEYS = ("1", "1", "n", "1", "1", "1", "2", "1", "1", "1", "1")
"""Thirteen criteria but the blamed one all well, the progress partly told; the hold is switched off."""


def fill_queue(live: Live, samples: int = 2, rubric: Rubric | None = None) -> User:
    """Hand out chats to an inspector."""
    with live.session() as session:
        inspector = create_user(session, RoleName.inspector, name="Priya Nandakumar")
        version = create_published(session, rubric or service_rubric())
        for day in range(samples):
            assignment = create_lamp_sample(session, inspector, version)
            assignment.due_at = now() + timedelta(days=day + 1)
    return inspector


def inspections(live: Live) -> list[Inspection]:
    with live.session() as session:
        return list(session.scalars(select(Inspection).order_by(Inspection.id)))


def test_an_inspector_scores_two_chats_by_keyboard_only(live: Live, page: Page) -> None:
    live.enter(page, fill_queue(live))
    scoring = ScoringPage(page, live.url).start_from_queue()

    scoring.answer_all(*SERVICE_KEYS).wait_saved().submit().wait()
    scoring.answer_all(*SERVICE_KEYS).wait_saved().submit()

    expect(page).to_have_url(f"{live.url}/queue")
    done = inspections(live)
    assert [one.state for one in done] == [InspectionState.submitted] * 2
    assert [one.quality for one in done] == [pytest.approx(95.0)] * 2


def test_evidence_and_praise_cost_one_key_each(live: Live, page: Page) -> None:
    live.enter(page, fill_queue(live))
    scoring = ScoringPage(page, live.url).start_from_queue()
    scoring.answer_all(*SERVICE_KEYS).go_to(10).press("2").wait_saved()
    expect(scoring.row(10).locator("[data-needs-proof]")).to_be_visible()

    scoring.select(8, "That’s the logistics department’s mistake, not ours.").press("e").wait_saved()
    scoring.go_to(6).press("m", *["ArrowDown"] * 9, "p").wait_saved()
    scoring.press("c")
    page.keyboard.type("Named the reason and offered a way out.")
    scoring.press("Escape").wait_saved()

    expect(scoring.row(10).locator("[data-needs-proof]")).to_be_hidden()
    expect(page.locator("[data-turn='8'] [data-tag].lost")).to_have_text("10")
    expect(page.locator("[data-turn='10'] [data-tag].kept")).to_have_text("6")
    with live.session() as session:
        kept = session.execute(select(Evidence.criterion, Evidence.is_praise, Evidence.kind, Evidence.quote)).all()
    assert kept[0] == ("blaming", False, "span", "That’s the logistics department’s mistake, not ours.")
    assert kept[1][:3] == ("empathy", True, "message")


def test_words_after_an_emoji_and_a_pill_are_quoted_exactly(live: Live, page: Page) -> None:
    live.enter(page, fill_queue(live))
    scoring = ScoringPage(page, live.url).start_from_queue()

    scoring.select(3, "for Thursday").press("o")
    page.keyboard.type("4")
    scoring.wait_saved()

    with live.session() as session:
        assert session.execute(select(Evidence.criterion, Evidence.quote)).one() == ("correct", "for Thursday")


def test_walking_messages_extends_the_selection_by_word(live: Live, page: Page) -> None:
    live.enter(page, fill_queue(live))
    scoring = ScoringPage(page, live.url).start_from_queue()

    scoring.press("m", "ArrowDown", "Shift+ArrowRight", "Shift+ArrowRight", "e").wait_saved()

    with live.session() as session:
        assert session.execute(select(Evidence.kind, Evidence.quote)).one()[0] == "span"


def test_a_killed_browser_loses_nothing(live: Live, page: Page) -> None:
    user = fill_queue(live)
    live.enter(page, user)
    scoring = ScoringPage(page, live.url).start_from_queue()
    scoring.press("1", "j", "2").wait_saved()
    address, context = page.url, page.context.browser.new_context(viewport={"width": 1440, "height": 900})
    page.close()
    other = context.new_page()
    live.enter(other, user)

    other.goto(address)

    expect(other.locator(".crit[data-number='1'] input[value=yes]")).to_be_checked()
    expect(other.locator(".crit[data-number='2'] input[value=partly]")).to_be_checked()
    context.close()


def test_what_could_not_be_sent_is_kept_and_sent_again(live: Live, page: Page) -> None:
    live.enter(page, fill_queue(live))
    scoring = ScoringPage(page, live.url).start_from_queue()
    page.route("**/save", lambda route: route.abort())
    scoring.press("1", "j", "1", "j", "n")
    expect(page.locator("[data-status]")).to_contain_text("Offline: 3 changes kept here")

    page.reload()
    scoring.wait()
    expect(page.locator(".crit[data-number='2'] input[value=fully]")).to_be_checked()
    page.unroute("**/save")

    scoring.wait_saved()
    with live.session() as session:
        inspection = service.load_draft(session, inspections(live)[0].id)
        assert {row.criterion for row in inspection.answers} == {"greeting", "need", "identity"}


def test_two_windows_on_one_sample_do_not_overwrite_each_other(live: Live, page: Page) -> None:
    live.enter(page, fill_queue(live))
    first = ScoringPage(page, live.url).start_from_queue()
    second_page = page.context.new_page()
    second_page.goto(page.url)
    second = ScoringPage(second_page, live.url).wait()
    first.press("1").wait_saved()

    second.press("2")

    expect(second_page.locator("[data-bar]")).to_contain_text("Changed elsewhere")
    second_page.get_by_role("button", name="Compare").click()
    dialog = second_page.get_by_role("dialog", name="Changed elsewhere")
    expect(dialog.locator("tbody tr")).to_have_count(1)
    dialog.get_by_role("radio", name="No", exact=True).check()
    with second_page.expect_navigation():
        dialog.get_by_role("button", name="Keep the chosen answers").click()
    second.wait()
    expect(second_page.locator(".crit[data-number='1'] input[value=no]")).to_be_checked()


def test_whoever_lost_the_sample_sees_why_and_can_only_read(live: Live, page: Page) -> None:
    live.enter(page, fill_queue(live))
    scoring = ScoringPage(page, live.url).start_from_queue()
    with live.session() as session:
        inspection = session.scalars(select(Inspection)).one()
        lead, other = create_user(session, RoleName.qa_lead), create_user(session, RoleName.inspector)
        service.reassign(session, lead, inspection.assignment, other, reason="ill")

    scoring.press("1")

    expect(page.locator("[data-bar]")).to_contain_text("handed this sample to another inspector")
    expect(page.locator(".crit[data-number='2'] input").first).to_be_disabled()


def test_a_critical_error_is_confirmed_once(live: Live, page: Page) -> None:
    live.enter(page, fill_queue(live, samples=1, rubric=rule_rubric()))
    scoring = ScoringPage(page, live.url).start_from_queue()
    scoring.press("1", "j", "1", "2", "j", "2").wait_saved()

    scoring.press("Control+Enter")
    dialog = page.get_by_role("dialog", name="Submit with a critical error?")
    expect(dialog).to_contain_text("3 Privacy kept")
    with page.expect_navigation():
        dialog.get_by_role("button", name="Submit with score 0").press("Enter")

    assert (inspections(live)[0].score, inspections(live)[0].is_critical) == (0.0, True)


def test_a_last_answer_sent_with_the_submission_is_kept_when_it_is_refused(live: Live, page: Page) -> None:
    live.enter(page, fill_queue(live, samples=1, rubric=rule_rubric()))
    scoring = ScoringPage(page, live.url).start_from_queue()
    scoring.press("1", "j", "1", "2", "j", "1").wait_saved()

    scoring.press("2", "Control+Enter")
    dialog = page.get_by_role("dialog", name="Submit with a critical error?")
    expect(dialog).to_contain_text("3 Privacy kept")
    dialog.press("Escape")
    scoring.wait_saved()
    expect(page.locator("[data-critical]")).to_be_visible()

    assert inspections(live)[0].state == InspectionState.draft
    scoring.press("1", "Control+Enter")
    expect(page).to_have_url(f"{live.url}/queue")
    assert (inspections(live)[0].state, inspections(live)[0].is_critical) == (InspectionState.submitted, False)


def test_a_submission_without_network_waits_and_keeps_the_last_answer(live: Live, page: Page) -> None:
    live.enter(page, fill_queue(live, samples=1, rubric=rule_rubric()))
    scoring = ScoringPage(page, live.url).start_from_queue()
    scoring.press("1", "j", "1", "2", "j").wait_saved()
    page.context.set_offline(True)

    scoring.press("1", "Control+Enter")
    expect(page.locator("[data-status]")).to_contain_text("Offline: 1 changes kept here")
    page.context.set_offline(False)
    scoring.wait_saved().submit()

    expect(page).to_have_url(f"{live.url}/queue")
    assert inspections(live)[0].state == InspectionState.submitted


def test_what_was_fetched_ahead_too_long_ago_is_fetched_again(live: Live, page: Page) -> None:
    prepared: list[str] = []
    page.on("request", lambda request: prepared.append(request.url) if request.url.endswith("/prepare-next") else None)
    live.enter(page, fill_queue(live))
    scoring = ScoringPage(page, live.url).start_from_queue()
    scoring.answer_all(*SERVICE_KEYS).wait_saved()
    expect(page.locator("link[rel=prefetch]")).to_have_count(1)
    scoring.go_to(2).press("2").wait_saved().press("1").wait_saved()
    assert len(prepared) == 1

    page.evaluate("() => { const now = Date.now; Date.now = () => now() + 6 * 60 * 1000; }")
    with page.expect_request("**/prepare-next"):
        scoring.press("2")

    expect(page.locator("link[rel=prefetch]")).to_have_count(1)


def test_a_page_fetched_ahead_and_answered_since_is_not_shown_as_it_was(live: Live, page: Page) -> None:
    live.enter(page, fill_queue(live))
    scoring = ScoringPage(page, live.url).start_from_queue()
    scoring.answer_all(*SERVICE_KEYS).wait_saved()
    expect(page.locator("link[rel=prefetch]")).to_have_count(1)
    page.wait_for_load_state("networkidle")
    scoring.submit().wait()
    second = page.url
    scoring.press("1", "j", "1").wait_saved()
    page.goto(f"{live.url}/queue")

    page.goto(second)

    expect(page.locator(".crit[data-number='1'] input[value=yes]")).to_be_checked()
    expect(page.locator(".crit[data-number='2'] input[value=fully]")).to_be_checked()
    scoring.wait().go_to(3).press("n").wait_saved()


def test_while_a_submission_is_under_way_its_answers_are_not_sent_twice(live: Live, page: Page) -> None:
    live.enter(page, fill_queue(live, samples=1, rubric=rule_rubric()))
    scoring = ScoringPage(page, live.url).start_from_queue()
    scoring.press("1", "j", "1", "2", "j").wait_saved()
    held: list[Route] = []
    saves: list[str] = []
    page.route("**/submit", lambda route: held.append(route))
    page.on("request", lambda request: saves.append(request.url) if request.url.endswith("/save") else None)

    scoring.press("1", "Control+Enter")
    for _ in range(100):
        if held:
            break
        page.wait_for_timeout(20)
    page.evaluate("() => dispatchEvent(new Event('online'))")
    page.wait_for_timeout(600)  # longer than a change waits
    assert saves == []
    with page.expect_navigation():
        held[0].continue_()

    expect(page).to_have_url(f"{live.url}/queue")
    assert (inspections(live)[0].state, saves) == (InspectionState.submitted, [])


@pytest.mark.parametrize("status", [400, 403, 404, 429])
def test_a_submission_refused_without_a_reason_says_what_to_do(live: Live, page: Page, status: int) -> None:
    live.enter(page, fill_queue(live, samples=1, rubric=rule_rubric()))
    scoring = ScoringPage(page, live.url).start_from_queue()
    scoring.press("1", "j", "1", "2", "j", "1").wait_saved()
    page.route("**/submit", lambda route: route.fulfill(status=status, body="<p>No.</p>", content_type="text/html"))

    scoring.press("Control+Enter")

    expect(page.locator("[data-bar]")).to_contain_text("The server refused this answer. Load the page again")
    expect(page.locator(".crit[data-number='2'] input").first).to_be_disabled()


def test_a_submission_of_what_changed_elsewhere_halts_until_it_is_compared(live: Live, page: Page) -> None:
    live.enter(page, fill_queue(live, samples=1, rubric=rule_rubric()))
    first = ScoringPage(page, live.url).start_from_queue()
    first.press("1", "j", "1", "2", "j", "1").wait_saved()
    other_page = page.context.new_page()
    other_page.goto(page.url)
    other = ScoringPage(other_page, live.url).wait()
    first.go_to(1).press("2").wait_saved()
    asked: list[str] = []
    other_page.on("request", lambda request: asked.append(request.url) if request.method == "POST" else None)

    other.press("Control+Enter")
    expect(other_page.locator("[data-bar]")).to_contain_text("Changed elsewhere")
    assert len(asked) == 1
    other.press("Control+Enter", "Control+s")
    other_page.wait_for_timeout(300)

    assert len(asked) == 1
    assert inspections(live)[0].state == InspectionState.draft


def test_ctrl_enter_goes_to_the_first_missing_item(live: Live, page: Page) -> None:
    live.enter(page, fill_queue(live))
    scoring = ScoringPage(page, live.url).start_from_queue().press("1").wait_saved()

    scoring.go_to(9).press("Control+Enter")

    expect(scoring.row(2)).to_be_focused()


def test_a_submission_is_taken_back_from_the_next_page(live: Live, page: Page) -> None:
    live.enter(page, fill_queue(live))
    scoring = ScoringPage(page, live.url).start_from_queue()
    first = page.url
    scoring.answer_all(*SERVICE_KEYS).wait_saved().submit().wait()

    page.get_by_role("button", name="Undo submit").click()

    scoring.wait()
    expect(page).to_have_url(first)
    assert inspections(live)[0].state == InspectionState.draft


def test_keys_do_nothing_inside_a_text_field(live: Live, page: Page) -> None:
    live.enter(page, fill_queue(live))
    scoring = ScoringPage(page, live.url).start_from_queue().press("c")

    page.keyboard.type("1 jn?")

    expect(scoring.row(1).locator("textarea")).to_have_value("1 jn?")
    expect(scoring.row(1).locator("input:checked")).to_have_count(0)


def test_a_narrow_screen_can_read_and_not_score(live: Live, page: Page) -> None:
    live.enter(page, fill_queue(live))
    ScoringPage(page, live.url).start_from_queue()

    page.set_viewport_size({"width": 390, "height": 800})
    page.reload()

    expect(page.get_by_text("Scoring needs a wider screen (768 px). Here you can read.")).to_be_visible()
    expect(page.get_by_role("button", name="Go to 1")).to_be_hidden()


@pytest.mark.parametrize(("language", "theme"), LOOKS)
def test_the_pages_of_an_inspector_are_accessible(live: Live, page: Page, axe, language: str, theme: str) -> None:
    user = fill_queue(live)
    live.enter(page, user, language=language, theme=theme)
    page.goto(f"{live.url}/queue")
    axe(page)
    page.locator(".page-actions button").click()
    scoring = ScoringPage(page, live.url).wait()
    scoring.answer_all(*SERVICE_KEYS).go_to(10).press("2")
    scoring.select(8, "not ours").press("e").wait_saved()
    scoring.select(10, "that Thursday matters")

    axe(page)
    for width in (1024, 800):
        page.set_viewport_size({"width": width, "height": 768})
        axe(page)
    page.set_viewport_size({"width": 1440, "height": 900})
    scoring.press("Escape").submit()
    page.goto(f"{live.url}/inspections/1/view")
    axe(page)


@pytest.mark.parametrize(("language", "theme"), LOOKS)
def test_the_pages_of_the_lead_are_accessible(live: Live, page: Page, axe, language: str, theme: str) -> None:
    fill_queue(live)
    with live.session() as session:
        lead = create_user(session, RoleName.qa_lead)
    live.enter(page, lead, language=language, theme=theme)

    for path in ("/inspections", "/inspections/in-hand", "/inspections/in-hand/1", "/inspections/decisions"):
        page.goto(live.url + path)
        axe(page)


def test_a_lost_session_asks_to_sign_in_and_keeps_the_answers(live: Live, page: Page) -> None:
    user = fill_queue(live)
    live.enter(page, user)
    scoring = ScoringPage(page, live.url).start_from_queue()
    address = page.url
    page.context.clear_cookies()

    scoring.press("1")

    expect(page.get_by_role("dialog", name="You are signed out")).to_be_visible()
    live.enter(page, user)
    page.goto(address)
    scoring.wait().wait_saved()
    with live.session() as session:
        inspection = service.load_draft(session, inspections(live)[0].id)
        assert [row.value for row in inspection.answers] == [{"level": "yes"}]
