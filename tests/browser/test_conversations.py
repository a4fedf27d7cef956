"""Conversations in a real browser: the list by keyboard, the player with two sides, accessibility in both looks."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from qa_app.conversations.storage import store_recording
from qa_app.models import AuditEvent, Recording, RoleName, TranscriptSegment
from tests.browser.conftest import LOOKS, Live
from tests.factories.conversations import create_chat, create_conversation
from tests.factories.people import create_agent, create_user
from tests.factories.sound import make_tone

pytestmark = pytest.mark.browser

LINES = [
    ("customer", 0, "Hi, my floor lamp has not arrived. Call me at 13812345678."),
    ("agent", 23, "Hello, this is Tobias from Lantern Home. May I have the order number?"),
    ("customer", 47, "LH-20471."),
    ("agent", 243, "Thank you, it is on its way."),
]


@pytest.fixture
def lead(live: Live, page: Page):
    """A QA lead who is signed in."""
    with live.session() as session:
        user = create_user(session, RoleName.qa_lead, name="Priya Nandakumar")
    live.enter(page, user)
    return user


def make_chats(live: Live) -> int:
    with live.session() as session:
        agent = create_agent(session, "Tobias Renn")
        chats = [create_chat(session, agent, LINES, topic="Delivery delayed", csat=4.0) for _ in range(3)]
        return chats[0].id


def make_call(live: Live) -> int:
    """A call in two files: the agent speaks for 20 s, then nobody for 10 s, then the customer."""
    with live.session() as session:
        call = create_conversation(session, create_agent(session, "Tobias Renn"), channel="phone", handle_seconds=40.0)
        for side, parts in (("agent", [(20, 0.5), (20, 0.0)]), ("customer", [(30, 0.0), (10, 0.5)])):
            stored = store_recording(make_tone(*parts), f"{side}.wav")
            call.recordings.append(Recording(**asdict(stored), side=side, offset_seconds=0.0))
        call.transcript = [
            TranscriptSegment(
                sequence=1, speaker="agent", start_seconds=0.0, end_seconds=20.0, text="Lantern Home, hello."
            ),
            TranscriptSegment(sequence=2, speaker="customer", start_seconds=30.0, end_seconds=40.0, text="Hello."),
        ]
        return call.id


def wait_until_played(page: Page, seconds: float) -> None:
    """Poll by hand: Playwright's own waiting evaluates text, which the page's policy forbids."""
    for _ in range(100):
        if page.evaluate("() => document.querySelector('[data-track]').currentTime") > seconds:
            return
        page.wait_for_timeout(100)
    pytest.fail(f"the recording did not reach {seconds} s")


def count_of(live: Live, action: str) -> int:
    with live.session() as session:
        return session.scalar(select(func.count()).where(AuditEvent.action == action)) or 0


@pytest.mark.parametrize(("language", "theme"), LOOKS)
def test_every_page_of_the_room_is_accessible(live: Live, page: Page, axe, lead, language: str, theme: str) -> None:
    chat, call = make_chats(live), make_call(live)
    live.enter(page, lead, language=language, theme=theme)

    for address in ("/conversations?channel=chat", f"/conversations/{chat}", "/metrics?month=2026-10"):
        page.goto(live.url + address)
        axe(page)
    page.goto(f"{live.url}/conversations/{call}")
    expect(page.locator("[data-player][data-ready]")).to_be_visible()
    axe(page)


def test_the_list_is_walked_by_keyboard(live: Live, page: Page, lead) -> None:
    make_chats(live)
    page.goto(f"{live.url}/conversations")

    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text("Chat")


def test_words_narrow_the_list_and_a_chip_widens_it_again(live: Live, page: Page, lead) -> None:
    make_chats(live)
    make_call(live)
    page.goto(f"{live.url}/conversations")

    page.get_by_role("searchbox", name="Words").fill("floor LAMP")
    page.keyboard.press("Enter")

    expect(page.locator("table [href*='/conversations/']")).to_have_count(3)
    page.get_by_role("link", name="Words floor LAMP remove").click()
    expect(page.locator("table [href*='/conversations/']")).to_have_count(4)


def test_personal_data_is_shown_on_request(live: Live, page: Page, lead) -> None:
    chat = make_chats(live)
    page.goto(f"{live.url}/conversations/{chat}")
    expect(page.get_by_text("••••")).to_be_visible()

    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Show them").click()

    expect(page.get_by_text("13812345678")).to_be_visible()
    assert count_of(live, "conversation.unmask") == 1


def test_both_sides_play_in_step_and_the_play_is_written_down(live: Live, page: Page, lead) -> None:
    call = make_call(live)
    page.goto(f"{live.url}/conversations/{call}")
    player = page.locator("[data-player]")
    expect(page.locator("[data-player][data-ready]")).to_be_visible()
    assert player.locator("[data-lane-names] button").all_text_contents() == ["Agent", "Customer"]

    page.locator("#main").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")

    wait_until_played(page, 5.5)
    apart = page.evaluate(
        "(([a, b]) => Math.abs(a.currentTime - b.currentTime))([...document.querySelectorAll('[data-track]')])"
    )
    assert apart < 0.4
    expect(page.locator(".turn.is-playing")).to_contain_text("Lantern Home, hello.")
    page.keyboard.press("Space")
    expect(player.get_by_role("button", name="Play")).to_be_visible()
    assert count_of(live, "recording.play") == 1
    assert count_of(live, "recording.open") == 2


def test_silence_is_skipped_and_speed_changes(live: Live, page: Page, lead) -> None:
    call = make_call(live)
    page.goto(f"{live.url}/conversations/{call}")
    expect(page.locator("[data-player][data-ready]")).to_be_visible()

    page.get_by_label("Skip silence").check()
    page.locator("#main").focus()
    page.keyboard.press("=")
    page.get_by_label("Position in seconds").fill("19")
    page.get_by_role("button", name="Play").click()

    wait_until_played(page, 29)
    expect(page.get_by_role("radio", name="1.25×")).to_be_checked()
