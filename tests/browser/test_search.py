"""The search as people use it: by its key from anywhere, while typing, by arrow keys, and without any script."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from qa_app.conversations.indexing import index_behind
from qa_app.jobs import NoProgress
from qa_app.models import RoleName, User
from tests.browser.conftest import LOOKS, Live
from tests.factories.conversations import create_chat
from tests.factories.people import create_agent, create_user

pytestmark = pytest.mark.browser


@pytest.fixture
def lead(live: Live) -> User:
    """A QA lead, and conversations in two languages that are indexed."""
    with live.session() as session:
        agent = create_agent(session, "Tessa Refund")
        create_chat(session, agent, [("customer", 0, "您好，我要退款，电话13812345678")], external_id="ZH-1")
        for number in range(24):
            create_chat(session, agent, [("customer", 0, "I ask for a refund")], external_id=f"EN-{number:02}")
        index_behind(session, checkpoint=session.flush, progress=NoProgress())
        return create_user(session, RoleName.qa_lead, name="Lena Ortiz")


def test_a_word_is_found_by_its_key_and_opened_by_arrow_keys(live: Live, page: Page, lead: User) -> None:
    live.enter(page, lead)
    page.goto(f"{live.url}/conversations")

    page.keyboard.press("/")
    page.keyboard.type("退款")
    results = page.get_by_role("region", name="Search results")
    expect(results.get_by_role("link", name="ZH-1")).to_be_visible()
    expect(results.locator("mark")).to_have_text("退款")
    expect(results).not_to_contain_text("13812345678")

    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{live.url}/conversations/1")
    page.wait_for_load_state("networkidle")


def test_typing_narrows_and_escape_closes(live: Live, page: Page, lead: User) -> None:
    live.enter(page, lead)
    page.goto(f"{live.url}/trends")
    results = page.get_by_role("region", name="Search results")

    page.keyboard.press("/")
    page.keyboard.type("refu")
    expect(results.get_by_role("link", name="Tessa Refund E")).to_be_visible()
    page.keyboard.type("xyz")
    expect(results).to_contain_text("Nothing found for “refuxyz”.")
    page.keyboard.press("Escape")

    expect(page.locator("#search-quick")).to_be_empty()
    expect(page.get_by_role("searchbox", name="Search", exact=True)).to_be_focused()


def test_the_page_shows_groups_and_pages_without_a_script(live: Live, browser, lead: User) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    live.enter(page, lead)
    page.goto(f"{live.url}/trends")

    page.get_by_role("searchbox", name="Search", exact=True).fill("refund")
    page.get_by_role("searchbox", name="Search", exact=True).press("Enter")
    expect(page.get_by_role("heading", name="Conversations")).to_be_visible()
    expect(page.get_by_role("heading", name="People")).to_be_visible()
    page.get_by_role("link", name="All 24 of this group").click()
    page.get_by_role("link", name="Next").click()

    expect(page.get_by_text("Showing 21 to 24 of 24")).to_be_visible()
    context.close()


@pytest.mark.parametrize(("language", "theme"), LOOKS)
def test_every_look_of_the_search_is_accessible(
    live: Live, page: Page, axe, lead: User, language: str, theme: str
) -> None:
    live.enter(page, lead, language=language, theme=theme)

    for address in ("/search", "/search?q=退款", "/search?q=refund", "/search?q=refund&group=conversations"):
        page.goto(live.url + address)
        axe(page)
    page.keyboard.press("/")
    page.keyboard.type("refund")
    expect(page.locator("#search-quick mark").first).to_be_visible()
    axe(page)


def test_on_a_narrow_screen_the_bar_leads_to_the_page(live: Live, page: Page, lead: User) -> None:
    live.enter(page, lead)
    page.set_viewport_size({"width": 1000, "height": 800})
    page.goto(f"{live.url}/trends")

    page.keyboard.press("/")

    expect(page).to_have_url(f"{live.url}/search")
    expect(page.get_by_role("searchbox", name="Words, a name or a number")).to_be_focused()
    page.wait_for_load_state("networkidle")
