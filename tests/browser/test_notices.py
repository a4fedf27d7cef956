"""Notices as people read them: the bell, the list by keyboard, marking and taking back, on a telephone too."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from qa_app.clock import now, travel
from qa_app.models import NoticeKind, RoleName, User
from qa_app.notices.service import notify
from tests.browser.conftest import LOOKS, Live
from tests.factories.people import create_user

pytestmark = pytest.mark.browser


@pytest.fixture
def lead(live: Live) -> User:
    """A QA lead who was told of three things on two days."""
    with live.session() as session:
        user = create_user(session, RoleName.qa_lead, RoleName.hr, name="Lena Ortiz")
        with travel(now() - timedelta(days=3)):
            notify(session, [user.id], NoticeKind.calibration_revealed, "calibration:1", session_id=1, name="November")
        notify(session, [user.id], NoticeKind.month_step, "month:2026-10", month="2026-10", step="review")
        notify(session, [user.id], NoticeKind.appeal_opened, "appeal:7", appeal_id=7, name="Tessa Refund")
        return user


def test_the_bell_leads_to_the_list_and_keys_walk_it(live: Live, page: Page, lead: User) -> None:
    live.enter(page, lead)
    page.goto(f"{live.url}/trends")

    expect(page.get_by_role("link", name="Notices: 3 unread")).to_be_visible()
    page.keyboard.press("g")
    page.keyboard.press("n")
    expect(page.get_by_role("heading", name="Today")).to_be_visible()
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="An appeal of Tessa Refund waits to be decided")).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("Enter")

    expect(page).to_have_url(f"{live.url}/months/2026-10")


def test_what_was_opened_is_read(live: Live, page: Page, lead: User) -> None:
    live.enter(page, lead)
    page.goto(f"{live.url}/notices")

    page.get_by_role("link", name="October 2026 is computed and waits for review").click()
    page.goto(f"{live.url}/notices")

    expect(page.get_by_role("link", name="Notices: 2 unread")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="October 2026")).not_to_contain_text("Unread")
    page.get_by_role("checkbox", name="Unread only").check()
    expect(page.get_by_text("October 2026")).to_have_count(0)


def test_all_are_marked_and_taken_back(live: Live, page: Page, lead: User) -> None:
    live.enter(page, lead)
    page.goto(f"{live.url}/notices")

    page.get_by_role("button", name="Mark as read Calibration").click()
    expect(page.get_by_role("status").filter(has_text="1 is marked as read.")).to_be_visible()
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.get_by_role("link", name="Notices: none unread")).to_be_visible()
    page.keyboard.press("z")
    page.keyboard.press("Enter")

    expect(page.get_by_role("link", name="Notices: 2 unread")).to_be_visible()
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)


def test_a_telephone_shows_the_bell_beside_the_menu(live: Live, page: Page, lead: User) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    live.enter(page, lead)
    page.goto(f"{live.url}/notices")

    bell = page.get_by_role("link", name="Notices: 3 unread")
    expect(bell).to_have_count(1)
    box = bell.bounding_box()
    assert box is not None
    assert (box["width"] >= 44, box["height"] >= 44, box["y"] < 20) == (True, True, True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize(
    ("language", "theme", "width"),
    [*((*look, 1440) for look in LOOKS), ("en", "dark", 900), ("zh_Hans_CN", "light", 390)],
)
def test_the_pages_are_accessible(
    live: Live, page: Page, axe, lead: User, language: str, theme: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    live.enter(page, lead, language=language, theme=theme)

    for address in ("/notices", "/notices?group=samples", "/account"):
        page.goto(live.url + address)
        axe(page)
