"""The administrator brings a list of people by mouse; the pages are accessible in every look."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from qa_app.models import Agent, JobRun, RoleName, User
from tests.browser.conftest import LOOKS, Live
from tests.factories.people import create_user

pytestmark = pytest.mark.browser

LIST = (
    "工号,姓名,班组,邮箱,角色\n1001,王骉,热线,wang@example.com,客服\n1002,李敏,热线,,\n,Jonas,,jonas@example.com,boss\n"
)


@pytest.fixture
def administrator(live: Live) -> User:
    with live.session() as session:
        return create_user(session, RoleName.administrator, name="Ada Brook")


def choose_list(page: Page, live: Live) -> None:
    page.goto(f"{live.url}/people/import")
    page.locator("input[type=file]").set_input_files(
        {"name": "people.csv", "mimeType": "text/csv", "buffer": LIST.encode("gbk")}
    )
    page.locator("main form .btn-primary").click()
    expect(page.locator("main h1")).to_contain_text("people.csv")


def test_a_list_is_checked_and_imported(live: Live, page: Page, administrator: User) -> None:
    live.enter(page, administrator)
    page.goto(f"{live.url}/people")
    page.get_by_role("link", name="Import a list").click()
    choose_list(page, live)
    expect(page.get_by_role("row", name="agents added 2")).to_be_visible()
    expect(page.get_by_role("row", name="no such role: boss")).to_be_visible()
    with live.session() as session:
        assert session.scalars(select(Agent)).all() == []

    page.get_by_role("button", name="Import the good rows").click()

    expect(page.get_by_role("heading", name="What came in")).to_be_visible()
    page.get_by_role("link", name="To the people").click()
    expect(page.get_by_role("link", name="王骉")).to_be_visible()
    with live.session() as session:
        assert session.scalars(select(JobRun.state)).all() == ["done"]


@pytest.mark.parametrize(("language", "theme"), LOOKS)
def test_its_pages_are_accessible(live: Live, page: Page, axe, administrator: User, language: str, theme: str) -> None:
    live.enter(page, administrator, language=language, theme=theme)
    page.goto(f"{live.url}/people/import")
    axe(page)
    choose_list(page, live)
    axe(page)
    page.locator("main form .btn-primary").click()
    page.wait_for_url("**/report/*")
    axe(page)
