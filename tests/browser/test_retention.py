"""Retention as the administrator uses it: a rule, what it will delete, a hold that stops it, deleting now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from qa_app.models import RetentionRule, RoleName, User
from qa_app.retention import service
from tests.browser.conftest import LOOKS, Live
from tests.factories.conversations import create_chat
from tests.factories.people import create_agent, create_user

pytestmark = pytest.mark.browser


@pytest.fixture
def administrator(live: Live) -> User:
    """An administrator, and conversations of two ages."""
    with live.session() as session:
        agent = create_agent(session, "Tessa Lind")
        for number, days in enumerate((120, 110, 95, 20)):
            at = datetime.now(UTC) - timedelta(days=days)
            lines = [("customer", 0, "a kettle"), ("agent", 9, "certainly")]
            create_chat(session, agent, lines, source="shop", external_id=f"S{number}", opened_at=at)
        return create_user(session, RoleName.administrator, RoleName.qa_lead, name="Noor Said")


def test_a_rule_shows_what_it_will_delete_and_a_hold_keeps_one(live: Live, page: Page, administrator: User) -> None:
    live.enter(page, administrator)
    page.goto(f"{live.url}/retention")

    page.get_by_label("Source").select_option("shop")
    page.get_by_label("Keep content for so many days").fill("100")
    page.get_by_role("button", name="Save the rule").click()
    expect(page.get_by_role("status")).to_contain_text("Nothing goes by this rule before")
    row = page.get_by_role("row", name="shop")
    # Two have been due for long: they go with the first day of the rule; a third in five days.
    expect(row.get_by_role("cell").nth(3)).to_have_text("3")

    with live.session() as session:
        session.query(RetentionRule).one().starts_on = (datetime.now(UTC) - timedelta(days=2)).date()
    page.get_by_role("link", name="Place a legal hold").click()
    page.get_by_label("Reason").fill("Claim 7")
    page.get_by_label("Source").select_option("shop")
    page.get_by_label("Number of one conversation").fill("S0")
    page.get_by_role("button", name="Place the hold").click()
    expect(page.get_by_text("Claim 7")).to_be_visible()
    expect(page.get_by_text("The content of 1 conversation is due.")).to_be_visible()

    page.get_by_label("How many conversations").fill("5")
    page.get_by_role("button", name="Delete the content").click()
    expect(page.get_by_text("Type the number of conversations that are due: 1.")).to_be_visible()
    page.get_by_label("How many conversations").fill("1")
    page.get_by_role("button", name="Delete the content").click()
    expect(page.get_by_role("heading", name="Deletion of content whose time is over")).to_be_visible()

    page.goto(f"{live.url}/conversations/2")
    expect(page.get_by_text("Its content was deleted")).to_be_visible()
    expect(page.locator("body")).not_to_contain_text("kettle")
    page.goto(f"{live.url}/conversations/1")
    expect(page.locator("body")).to_contain_text("kettle")
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize(("language", "theme"), LOOKS)
def test_every_look_of_retention_is_accessible(
    live: Live, page: Page, axe, administrator: User, language: str, theme: str
) -> None:
    with live.session() as session:
        rule = service.set_rule(session, None, source="", keep_days=100)
        rule.starts_on = (datetime.now(UTC) - timedelta(days=2)).date()
        filters = service.HoldFilter(source="shop", opened_to=datetime.now(UTC).date() - timedelta(days=115))
        service.place_hold(session, None, reason="Claim 7", filters=filters)
    live.enter(page, administrator, language=language, theme=theme)

    for address in ("/retention", "/retention/holds/new", "/retention/holds/new?conversation=1"):
        page.goto(live.url + address)
        axe(page)
    page.goto(f"{live.url}/retention")
    page.locator("form[action='/retention/rules'] button").click()
    axe(page)
    page.wait_for_load_state("networkidle")
