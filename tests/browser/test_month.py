"""HR's story: a month from computed to published, in the browser, by mouse and by keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from qa_app.assessment import service, sheets
from qa_app.models import AssessmentPeriod, PeriodState, RoleName, Sheet
from tests.browser.conftest import LOOKS, Live
from tests.factories.months import MONTH, create_month
from tests.factories.people import create_user

pytestmark = pytest.mark.browser


@pytest.fixture
def month(live: Live):
    with live.session() as session:
        create_month(session, agents=9)
        service.compute_month(session, None, MONTH)


def test_the_lead_reviews_by_keyboard_and_hr_publishes_what_was_typed_in(live: Live, page: Page, month) -> None:
    with live.session() as session:
        lead = create_user(session, RoleName.qa_lead, name="Shen Yinuo")
        hr = create_user(session, RoleName.hr, name="Han Qingyue")
        first = session.scalars(select(Sheet.id).order_by(Sheet.id)).first()

    live.enter(page, lead)
    page.goto(f"{live.url}/sheets/{first}")
    page.keyboard.press("r")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Agent 1")
    page.keyboard.press("k")
    expect(page.get_by_text("Reviewed", exact=False).first).to_be_visible()

    page.goto(f"{live.url}/months/{MONTH}")
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Mark the rest as reviewed").click()
    page.get_by_role("button", name="Close the review").click()
    expect(page.locator("h1")).to_contain_text("Reviewed")

    live.enter(page, hr)
    page.goto(f"{live.url}/months/{MONTH}")
    page.get_by_role("button", name="Approve").click()
    page.get_by_role("button", name="Publish").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("9 sheets become visible")
    dialog.get_by_label("Type the month to confirm").fill(MONTH)
    dialog.get_by_role("button", name="Publish").click()

    expect(page.locator("h1")).to_contain_text("Published")
    with live.session() as session:
        assert session.scalars(select(AssessmentPeriod.state)).one() == PeriodState.published


@pytest.mark.parametrize(("language", "theme"), LOOKS)
def test_the_pages_of_the_month_are_accessible(live: Live, page: Page, axe, month, language: str, theme: str) -> None:
    with live.session() as session:
        user = create_user(session, RoleName.hr, RoleName.qa_lead, name="Han Qingyue")
        sheet = session.scalars(select(Sheet)).first()
        sheets.hold_back_sheet(session, user, sheet, note="ask about the long call")
        addresses = ["/months", f"/months/{MONTH}", f"/sheets/{sheet.id}", "/sheets", "/policies", "/policies/1"]
        addresses.append(f"/verify/{sheet.verification_code}")
    live.enter(page, user, language=language, theme=theme)

    for address in addresses:
        page.goto(live.url + address)
        axe(page)


@pytest.mark.parametrize("width", [360, 768, 1920])
def test_no_page_of_the_month_scrolls_sideways(live: Live, page: Page, month, width: int) -> None:
    with live.session() as session:
        user = create_user(session, RoleName.hr, name="Han Qingyue")
        sheet = session.scalars(select(Sheet.id)).first()
    live.enter(page, user)
    page.set_viewport_size({"width": width, "height": 900})

    for address in ("/months", f"/months/{MONTH}", f"/sheets/{sheet}", "/policies", "/policies/1", "/exports"):
        page.goto(live.url + address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
