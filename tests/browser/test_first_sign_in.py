"""The administrator lets somebody in; with the password shown once they sign in, choose their own, and are at home."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from qa_app.models import RoleName
from qa_app.people import service
from tests.browser.conftest import LOOKS, Live
from tests.browser.signing_in import fill_in, give_password, sign_in
from tests.factories.people import create_user

pytestmark = pytest.mark.browser

OWN = "my-own-lantern-27"


def test_somebody_is_let_in_and_chooses_a_password(live: Live, page: Page) -> None:
    with live.session() as session:
        administrator = create_user(session, RoleName.administrator, name="Ada Brook")
    give_password(live, administrator)
    sign_in(live, page, administrator)
    page.goto(f"{live.url}/people/new")
    page.get_by_label("Name").fill("Jonas Beyer")
    page.get_by_label("E-mail").fill("jonas@example.com")
    page.get_by_label("HR").check()
    page.get_by_role("main").get_by_role("button").first.click()
    given = page.locator(".secret").inner_text()
    page.get_by_role("button", name="Sign out").click()

    page.get_by_label("E-mail").fill("jonas@example.com")
    page.get_by_label("Password").fill(given)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Choose a password of your own")).to_be_visible()
    page.goto(f"{live.url}/months")
    expect(page).to_have_url(f"{live.url}/account/password")
    page.get_by_label("Temporary password").fill(given)
    page.get_by_label("New password", exact=False).first.fill(OWN)
    page.get_by_label("New password again").fill(OWN)
    page.get_by_role("button", name="Change my password").click()

    expect(page).to_have_url(f"{live.url}/")
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()


@pytest.mark.parametrize(("language", "theme"), LOOKS)
def test_the_page_that_asks_for_a_password_is_accessible(
    live: Live, page: Page, axe, language: str, theme: str
) -> None:
    with live.session() as session:
        person = create_user(session, RoleName.hr)
        given = service.give_temporary_password(session, person, person)
    page.goto(live.url)
    fill_in(page, person, given)
    live.enter(page, person, language=language, theme=theme)

    page.goto(f"{live.url}/account/password")

    expect(page.locator("html")).to_have_attribute("lang", "en" if language == "en" else "zh-CN")
    axe(page)
