"""The page of trends with figures on it: in every look, on a phone, and down to the inspections behind."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from qa_app.models import RoleName, User
from tests.browser.conftest import LOOKS, Live
from tests.browser.test_every_page import english_of
from tests.factories.months import create_month
from tests.factories.people import create_user

pytestmark = pytest.mark.browser

# Names and words as the test's own data have them.
OWN_WORDS = re.compile(r"Greets the customer|Complete answer|Live chat")


@pytest.fixture
def lead(live: Live) -> User:
    """A QA lead with a month of nine agents, eight inspections each."""
    with live.session() as session:
        create_month(session, agents=9, inspections=8)
        return create_user(session, RoleName.qa_lead, name="Ada Brook")


@pytest.mark.parametrize(("language", "theme"), LOOKS)
def test_trends_are_accessible_and_speak_one_language(
    live: Live, page: Page, axe, lead: User, language: str, theme: str
) -> None:
    live.enter(page, lead, language=language, theme=theme)
    page.goto(f"{live.url}/trends")
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")

    expect(page.locator("svg.trend-chart.wide")).to_be_visible()
    axe(page)
    if language != "en":
        assert [text for text in english_of(page) if not OWN_WORDS.search(text)] == []


def test_on_a_phone_trends_do_not_go_sideways(live: Live, page: Page, lead: User) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    live.enter(page, lead)
    for path in ("/trends", "/trends/inspections"):
        page.goto(live.url + path)
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")

        assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_lead_goes_from_a_bar_to_an_inspection(live: Live, page: Page, lead: User) -> None:
    live.enter(page, lead)
    page.goto(f"{live.url}/trends")
    page.locator("#losses table.losses").get_by_role("link", name="Greets the customer").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Greets the customer")
    expect(page.get_by_text("missed: greeting").first).to_be_visible()
    page.locator("tbody a").first.click()

    expect(page).to_have_url(re.compile(r"/inspections/\d+/view"))


def test_choosing_a_channel_changes_the_address_and_the_page(live: Live, page: Page, lead: User) -> None:
    live.enter(page, lead)
    page.goto(f"{live.url}/trends?month=2026-10")
    page.get_by_label("Channel").select_option("phone")

    expect(page).to_have_url(re.compile(r"channel=phone"))
    expect(page.get_by_text("Nothing was inspected in this half year.")).to_be_visible()
