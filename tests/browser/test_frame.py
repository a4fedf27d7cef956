"""The frame of every page: sign-in, language, theme, keys."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from qa_app.models import RoleName
from tests.browser.conftest import LOOKS, Live
from tests.factories.people import create_user

pytestmark = pytest.mark.browser


def test_a_visitor_chooses_chinese_on_the_sign_in_page(live: Live, page: Page) -> None:
    page.goto(live.url)

    page.get_by_role("button", name="简体中文").click()

    expect(page.get_by_role("heading", name="登录")).to_be_visible()


@pytest.mark.parametrize(("language", "theme"), LOOKS)
def test_the_frame_is_accessible(live: Live, page: Page, axe, language: str, theme: str) -> None:
    with live.session() as session:
        user = create_user(session, *RoleName, name="Ada Brook")
    live.enter(page, user, language=language, theme=theme)

    page.goto(live.url)

    expect(page.locator("html")).to_have_attribute("data-bs-theme", theme)
    axe(page)


def test_the_question_mark_opens_the_keys_unless_switched_off(live: Live, page: Page) -> None:
    with live.session() as session:
        user = create_user(session, RoleName.inspector)
    live.enter(page, user)
    page.goto(live.url)

    page.keyboard.press("?")

    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
