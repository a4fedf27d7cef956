"""Lists in a real browser: a filter kept and used again, many rows by keyboard and back, looks, no sideways scroll."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from qa_app.models import Assignment, AssignmentState, RoleName, User
from tests.browser.conftest import LOOKS, Live
from tests.factories.appeals import create_appeal, create_scored
from tests.factories.coaching import create_coached_centre
from tests.factories.conversations import create_chat
from tests.factories.inspections import LAMP_CHAT, create_assignment
from tests.factories.people import create_agent, create_team, create_user
from tests.factories.rubrics import create_published

pytestmark = pytest.mark.browser

LISTS = ("/conversations?channel=chat&colour=red", "/inspections", "/inspections/in-hand", "/appeals", "/coaching")
LONG_NAME = "O’Brien-Nakamura Fitzgerald de la Fuente y Montenegro"


@pytest.fixture
def lead(live: Live, page: Page) -> User:
    """A QA lead over a centre with something in every list."""
    with live.session() as session:
        create_coached_centre(session)
        scored = create_scored(session)
        create_appeal(session, scored)
        scored.lead.name = "Shen Yinuo"
        version = create_published(session)
        inspectors = [create_user(session, RoleName.inspector, name=name) for name in ("Bo Lind", "Chen Yu")]
        agent = create_agent(session, LONG_NAME, team=create_team(session, "Live chat"))
        for number in range(3):
            chat = create_chat(session, agent, LAMP_CHAT, external_id=f"2026-11-0209-05{number}", topic="Lost")
            create_assignment(session, inspectors[0], version, chat)
        user = scored.lead
    live.enter(page, user)
    return user


def held_by(live: Live) -> list[str]:
    with live.session() as session:
        rows = select(User.name).join(Assignment, Assignment.inspector_id == User.id)
        return sorted(session.scalars(rows.where(Assignment.state == AssignmentState.open)))


def test_a_filter_is_kept_and_opens_in_a_new_session(live: Live, page: Page, lead: User) -> None:
    page.goto(f"{live.url}/conversations")
    page.get_by_text("Filter", exact=True).first.click()
    page.get_by_label("Topic").select_option("Lost")
    page.get_by_role("button", name="Apply").click()
    page.get_by_role("link", name="Handle time").click()
    expect(page.get_by_text("· Order: Handle time, longest first").first).to_be_visible()

    page.get_by_role("link", name="Save this filter").click()
    dialog = page.get_by_role("dialog", name="Save this filter")
    expect(dialog.get_by_label("Name")).to_be_focused()
    dialog.get_by_label("Name").fill("迟到的包裹")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The filter “迟到的包裹” is kept.")).to_be_visible()
    expect(page.get_by_role("link", name="迟到的包裹 current")).to_be_visible()

    page.context.clear_cookies()
    live.enter(page, lead)
    page.goto(f"{live.url}/conversations")
    expect(page.get_by_role("link", name="迟到的包裹")).not_to_have_attribute("aria-current", "true")
    page.get_by_role("link", name="迟到的包裹").click()
    expect(page.get_by_text("Showing 3 of 3")).to_be_visible()
    expect(page.get_by_text("· Order: Handle time, longest first").first).to_be_visible()

    page.get_by_role("link", name="Manage").click()
    page.get_by_label("New name for “迟到的包裹”").fill("Late parcels")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The filter is called “Late parcels” now.")).to_be_visible()
    page.get_by_role("button", name="Delete “Late parcels”").click()
    expect(page.get_by_text("The filter “Late parcels” is deleted.")).to_be_visible()
    page.keyboard.press("z")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The filter “Late parcels” is kept.")).to_be_visible()
    expect(page.get_by_role("link", name="Late parcels current")).to_be_visible()


def test_samples_are_handed_over_by_keyboard_and_taken_back(live: Live, page: Page, lead: User) -> None:
    page.goto(f"{live.url}/inspections/in-hand")
    said = page.locator("[data-tick-count]")
    expect(said).to_have_text("Nothing ticked")

    for key in ("j", "x", "j", "x"):
        page.keyboard.press(key)
    expect(said).to_have_text("2 ticked")
    page.keyboard.press("b")
    expect(page.get_by_role("button", name="Hand over")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.get_by_text("2 samples will be handed over.")).to_be_visible()
    page.get_by_label("To", exact=True).select_option(label="Chen Yu (0 open)")
    page.get_by_label("Reason").focus()
    page.keyboard.type("ill")
    page.keyboard.press("Enter")

    expect(page.get_by_text("2 samples were handed over to Chen Yu.")).to_be_visible()
    assert held_by(live) == ["Bo Lind", "Chen Yu", "Chen Yu"]
    page.keyboard.press("z")
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 taken back.")).to_be_visible()
    assert held_by(live) == ["Bo Lind"] * 3


def test_ticks_by_mouse_say_how_many_and_nothing_goes_without_one(live: Live, page: Page, lead: User) -> None:
    page.goto(f"{live.url}/inspections/in-hand")
    said = page.locator("[data-tick-count]")

    page.get_by_role("button", name="Hand over").click()
    expect(said).to_have_text("Tick at least one row first.")
    page.get_by_label("Tick all on this page").check()
    expect(said).to_have_text("3 ticked")
    page.locator("[data-tick]").first.uncheck()
    expect(said).to_have_text("2 ticked")
    page.locator("[data-tick]").nth(2).uncheck()
    page.locator("[data-tick]").first.click(modifiers=["Shift"])
    expect(said).to_have_text("3 ticked")
    page.keyboard.press("Shift+X")
    expect(said).to_have_text("Nothing ticked")


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize(("language", "theme"), LOOKS)
def test_every_list_is_accessible(
    live: Live, page: Page, axe, lead: User, language: str, theme: str, width: int
) -> None:
    live.enter(page, lead, language=language, theme=theme)
    page.set_viewport_size({"width": width, "height": 900})

    for address in (*LISTS, "/filters"):
        page.goto(live.url + address)
        if page.locator(".filter-more").count():
            page.locator(".filter-more > summary").click()
        axe(page)
    page.goto(f"{live.url}/filters/new?page=conversations.index&query=channel%3Dchat")
    axe(page)
    page.goto(f"{live.url}/inspections/in-hand")
    page.locator("[data-tick-all]").check()
    page.locator(".many-deeds button").first.click()
    expect(page.locator(".many-form")).to_be_visible()
    axe(page)
    page.locator(".many-form input[name=reason]").fill("ill")
    page.locator(".many-form .btn-primary").click()
    expect(page.locator("[data-outcome]")).to_be_visible()
    axe(page)


@pytest.mark.parametrize("language", ["en", "zh_Hans_CN"])
def test_no_list_scrolls_sideways(live: Live, page: Page, lead: User, language: str) -> None:
    live.enter(page, lead, language=language)
    wrong = []
    for width in (390, 768, 1024, 1280, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        for address in LISTS:
            page.goto(live.url + address)
            over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            if over > 0:
                wrong.append(f"{address} at {width}: {over} px")
            boxes = page.locator("[data-tick]")
            if boxes.count() and width >= 1280:
                inner = page.evaluate(
                    "(box => box.scrollWidth - box.clientWidth)(document.querySelector('[data-list] .scroll'))"
                )
                if inner > 0:
                    wrong.append(f"{address} at {width}: {inner} px inside")
            if boxes.count() and boxes.first.bounding_box()["x"] > width:
                wrong.append(f"{address} at {width}: boxes out of sight")

    assert wrong == []
