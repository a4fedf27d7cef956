"""From a plan to a verified draw, as the lead and an agent see it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from sqlalchemy import select

from qa_app.models import Agent, RoleName
from qa_app.sampling import stages
from tests.browser.conftest import LOOKS, Live
from tests.factories.people import create_user
from tests.factories.sampling import create_draw, create_month, create_plan, find_lead

pytestmark = pytest.mark.browser


def test_a_lead_plans_draws_replaces_and_verifies(live: Live, page: Page) -> None:
    with live.session() as session:
        create_month(session, agents=4, each=9, inspectors=5)
        lead = find_lead(session)
    live.enter(page, lead)
    page.on("dialog", lambda dialog: dialog.accept())

    page.goto(f"{live.url}/plans")
    page.get_by_role("link", name="Plan a month").click()
    page.get_by_label("Name").fill("October chats")
    page.get_by_label("Month").fill("2026-10")
    page.get_by_label("Conversations from each").fill("4")
    page.get_by_label("Conversations from each").blur()
    # The first forecast loads SciPy, which takes its time on a busy machine.
    expect(page.locator("#preview")).to_contain_text("16 conversations of 36 eligible", timeout=30_000)
    expect(page.locator("#preview")).to_contain_text("committed late")
    page.get_by_label("Where the public part will come from").fill("Dice")
    page.get_by_role("button", name="Save plan and commit a seed").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Draw: October chats")
    expect(page.get_by_text("committed late", exact=True)).to_be_visible()
    page.get_by_role("button", name="Freeze the population").click()
    expect(page.get_by_text("eligible of 36 imported")).to_be_visible()
    page.get_by_label("What it said").fill("4 2 6")
    expect(page.get_by_label("Where it came from")).to_have_value("Dice")
    page.get_by_role("button", name="Note the public part").click()
    expect(page.get_by_text("“4 2 6” from: Dice")).to_be_visible()
    page.get_by_role("button", name="Draw", exact=True).click()
    page.get_by_role("button", name="Hand out").click()
    expect(page.get_by_text("18 scorings were handed out.")).to_be_visible()

    page.get_by_role("link", name="Samples").click()
    first = page.get_by_role("row").nth(1)
    replaced = first.get_by_role("link").first.inner_text()
    first.get_by_role("link", name="Unusable").click()
    page.get_by_label("Reason").select_option("duplicate")
    page.get_by_role("button", name="Replace the sample").click()
    expect(page.get_by_text("The next in order took its place")).to_be_visible()
    expect(page.get_by_role("row", name=replaced)).to_contain_text("replaced: duplicate")

    page.get_by_role("link", name="To the draw").click()
    page.get_by_role("button", name="Reveal the seed").click()
    page.get_by_role("link", name="Verify").first.click()
    page.get_by_role("button", name="Verify", exact=True).click()
    expect(page.get_by_text("All 16 samples are the ones the seed chooses.")).to_be_visible()
    expect(page.locator(".checks li.passed")).to_have_count(5)
    with page.expect_download() as download:
        page.get_by_role("link", name="Export").click()
    assert download.value.suggested_filename.endswith(".zip")


def test_what_was_typed_before_the_scripts_came_is_forecast_too(live: Live, browser: Browser) -> None:
    with live.session() as session:
        create_month(session, agents=4, each=9, inspectors=5)
        lead = find_lead(session)
    # A page of its own: the fixture's waits for the scripts.
    page = browser.new_page()
    live.enter(page, lead)
    held: list[Route] = []
    page.route("**/htmx.min.js", lambda route: held.append(route))
    page.goto(f"{live.url}/plans/new", wait_until="commit")
    page.get_by_label("Month").fill("2026-10")
    page.get_by_label("Conversations from each").fill("4")
    expect(page.locator("#preview")).not_to_contain_text("eligible.")
    held[0].continue_()
    expect(page.locator("#preview")).to_contain_text("16 conversations of 36 eligible", timeout=30_000)
    page.close()


def test_an_agent_checks_one_conversation_and_sees_no_colleague(live: Live, page: Page) -> None:
    with live.session() as session:
        create_month(session, agents=2, each=9, inspectors=5)
        agent = session.scalars(select(Agent).where(Agent.employee_number == "A01")).one()
        user = create_user(session, RoleName.agent, name="Agent 1", agent_id=agent.id)
        draw = create_draw(session)
        drawn = next(sample for sample in draw.samples if sample.stratum == "A01")
        name = drawn.conversation.public_id
    live.enter(page, user)

    page.goto(f"{live.url}/draws")
    page.get_by_role("link", name="October").click()
    expect(page.get_by_role("cell", name="Agent 1")).to_be_visible()
    expect(page.get_by_role("cell", name="Agent 0")).to_have_count(0)
    page.get_by_role("link", name="Verify").first.click()
    page.get_by_label("Number of the conversation").fill(name)
    page.get_by_role("button", name="Check this one").click()

    expect(page.get_by_text("rank 1 of 9 in its group")).to_be_visible()
    expect(page.get_by_text("So it was drawn.")).to_be_visible()


@pytest.mark.parametrize(("language", "theme"), LOOKS)
def test_every_page_of_the_room_is_accessible(live: Live, page: Page, axe, language: str, theme: str) -> None:
    with live.session() as session:
        create_month(session, agents=3, each=9, inspectors=5)
        lead = find_lead(session)
        done = create_draw(session)
        (frozen,) = create_plan(session, lead).draws
        stages.freeze_population(session, lead, frozen)
        sample = done.samples[0].id
    live.enter(page, lead, language=language, theme=theme)
    page.set_default_timeout(30_000)  # the first forecast loads SciPy

    for path in (
        "/plans",
        "/plans/new",
        f"/plans/{frozen.plan_id}",
        "/draws",
        f"/draws/{frozen.id}",
        f"/draws/{done.id}",
        f"/draws/{done.id}/samples",
        f"/draws/{done.id}/samples/{sample}/replace",
        f"/draws/{done.id}/verify?run=1&conversation=test:0-1",
        "/conversations/1/target",
    ):
        page.goto(live.url + path)
        axe(page)


@pytest.mark.parametrize("width", [360, 768])
def test_no_page_of_the_room_is_wider_than_the_screen(live: Live, page: Page, width: int) -> None:
    with live.session() as session:
        create_month(session, agents=3, each=9, inspectors=5)
        lead = find_lead(session)
        done = create_draw(session)
    live.enter(page, lead)
    page.set_viewport_size({"width": width, "height": 800})

    for path in (
        "/plans",
        "/plans/new",
        "/draws",
        f"/draws/{done.id}",
        f"/draws/{done.id}/samples",
        f"/draws/{done.id}/verify?run=1",
    ):
        page.goto(live.url + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
