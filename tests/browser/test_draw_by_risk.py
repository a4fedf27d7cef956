"""The lead draws by risk: the forecast says what it finds, the draw verifies, and the pages stay accessible."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from qa_app.models import Conversation, User
from tests.browser.conftest import LOOKS, Live
from tests.factories.sampling import create_draw, create_month, find_lead

pytestmark = pytest.mark.browser


@pytest.fixture
def lead(live: Live) -> User:
    """A lead, and a month in which one conversation of three shows a sign of trouble."""
    with live.session() as session:
        create_month(session, agents=4, each=12)
        for number, conversation in enumerate(session.scalars(select(Conversation).order_by(Conversation.id))):
            if number % 3 == 0:
                conversation.csat = 1.0
        return find_lead(session)


def test_a_lead_draws_by_risk_and_the_draw_verifies(live: Live, page: Page, lead: User) -> None:
    live.enter(page, lead)
    page.on("dialog", lambda dialog: dialog.accept())

    page.goto(f"{live.url}/plans/new")
    page.get_by_label("Calendar month").fill("2026-10")
    page.get_by_label("Risk of trouble raises the chance").check()
    # The first forecast loads SciPy, which takes its time on a busy machine.
    forecast = "16 of 48 conversations show a sign of trouble. About 13 of the 20 samples"
    expect(page.locator("#preview")).to_contain_text(forecast, timeout=30_000)
    page.get_by_role("button", name="Save plan and commit a seed").click()
    page.get_by_role("button", name="Freeze the population").click()
    page.get_by_role("button", name="Draw", exact=True).click()
    expect(page.get_by_role("columnheader", name="Chance of the drawn")).to_be_visible()
    page.get_by_role("button", name="Reveal the seed").click()
    page.get_by_role("link", name="Verify").first.click()
    page.get_by_role("button", name="Verify", exact=True).click()

    expect(page.get_by_text("All 20 samples are the ones the seed chooses.")).to_be_visible()


@pytest.mark.parametrize(("language", "theme"), LOOKS)
def test_the_pages_of_such_a_draw_are_accessible(
    live: Live, page: Page, axe, lead: User, language: str, theme: str
) -> None:
    with live.session() as session:
        draw = create_draw(session, chances="risk")
    live.enter(page, lead, language=language, theme=theme)

    for address in (f"/draws/{draw.id}", f"/draws/{draw.id}/samples", f"/draws/{draw.id}/verify", "/plans/new"):
        page.goto(live.url + address)
        axe(page)
