"""An agent reads and answers the month in a browser, on a desk and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from qa_app.assessment import service
from qa_app.models import RoleName, Sheet, SheetState
from reports.charts import PAPER, draw_trend
from tests.browser.conftest import LOOKS, Live
from tests.factories.months import MONTH, create_month
from tests.factories.people import create_user

pytestmark = pytest.mark.browser


@pytest.fixture
def agent(live: Live):
    """The user of Agent 0, whose October is published."""
    # The charts' library takes a second to load, ten on a busy machine: not while the browser waits.
    draw_trend([], standing=None, standard=None, look=PAPER, title="")
    with live.session() as session:
        create_month(session)
        hr = create_user(session, RoleName.hr, name="Han Qingyue")
        period = service.compute_month(session, hr, MONTH).period
        for sheet in period.revision.sheets:
            sheet.reviewed_at = period.revision.computed_at
        period.revision.is_over = True
        service.review_month(session, hr, period)
        service.approve_month(session, hr, period)
        service.publish_month(session, hr, period)
        return create_user(session, RoleName.agent, name="Agent 0", agent_id=period.revision.sheets[0].agent_id)


@pytest.mark.parametrize(("language", "theme"), LOOKS)
@pytest.mark.parametrize("path", ["/me/2026-10", "/how"])
def test_the_pages_are_accessible(live: Live, page: Page, axe, agent, path, language, theme) -> None:
    live.enter(page, agent, language=language, theme=theme)

    page.goto(f"{live.url}{path}")

    axe(page)


@pytest.mark.parametrize(("language", "theme"), LOOKS[1:3])
def test_the_exports_are_accessible(live: Live, page: Page, axe, agent, language, theme) -> None:
    with live.session() as session:
        hr = create_user(session, RoleName.hr)
    live.enter(page, hr, language=language, theme=theme)

    page.goto(f"{live.url}/exports")

    axe(page)


def test_an_agent_acknowledges_in_a_dialog(live: Live, page: Page, agent) -> None:
    live.enter(page, agent)
    page.goto(f"{live.url}/me")

    page.get_by_role("button", name="Acknowledge").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("I have read it. It does not mean I agree.")
    dialog.get_by_role("button", name="Acknowledge").click()

    expect(page.get_by_role("status")).to_contain_text("It does not mean that you agree")
    with live.session() as session:
        assert session.query(Sheet.state).filter(Sheet.agent_id == agent.agent_id).scalar() == SheetState.acknowledged


def test_the_buttons_are_docked_on_a_phone_and_nothing_runs_over(live: Live, page: Page, agent) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    live.enter(page, agent, language="zh_Hans_CN")
    page.goto(f"{live.url}/me")

    button = page.get_by_role("button", name="签收确认")
    box = button.bounding_box()

    assert box["height"] >= 44
    assert box["y"] + box["height"] <= 844
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
