"""A call of two hours and a chat of five hundred messages are as usable as short ones; every encoding plays."""

from __future__ import annotations

import io
from dataclasses import asdict
from pathlib import Path
from time import perf_counter

import numpy as np
import pytest
import soundfile
from playwright.sync_api import Page, Response, expect
from sqlalchemy import select

from qa_app.conversations.measuring import measure_one
from qa_app.conversations.storage import store_recording
from qa_app.models import Evidence, MutedRange, Recording, RoleName
from tests.browser.conftest import LOOKS, Live
from tests.browser.scoring import ScoringPage
from tests.factories.calls import create_call, create_long_call
from tests.factories.conversations import create_chat, create_conversation
from tests.factories.inspections import create_assignment, service_rubric
from tests.factories.people import create_agent, create_user
from tests.factories.rubrics import create_published

# A browser that has heard enough hangs up in the middle of a range; the test server leaves the file to the collector.
pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
NOW = "Number(document.querySelector('[data-seek]').value)"


def open_call(live: Live, page: Page, call_id: int, **look: str) -> None:
    with live.session() as session:
        lead = create_user(session, RoleName.qa_lead, name="Ines Albrecht")
    live.enter(page, lead, **look)
    page.goto(f"{live.url}/conversations/{call_id}")
    page.locator("[data-player][data-ready]").wait_for()


def open_long_call(live: Live, page: Page, folder: Path, **look: str) -> None:
    with live.session() as session:
        call = create_long_call(session, create_agent(session, "Tobias Renn"), folder)
        measure_one(session, call.id)
    open_call(live, page, call.id, **look)


def at(page: Page) -> float:
    return float(page.evaluate(NOW))


def wait_until(page: Page, condition: str) -> None:
    """Ask again and again: the page's policy forbids the browser to do that for us."""
    for _ in range(100):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(100)
    pytest.fail(f"never came true: {condition}, now {at(page)}")


def test_two_hours_are_heard_where_one_wants(live: Live, page: Page, tmp_path: Path) -> None:
    fetched: list[Response] = []
    page.on("response", lambda response: fetched.append(response) if "/recordings/" in response.url else None)
    open_long_call(live, page, tmp_path)
    expect(page.locator(".player-clock")).to_contain_text("2:00:00")
    assert fetched == []

    page.locator("[data-seek]").fill("7000")
    page.keyboard.press("Shift+Space")
    wait_until(page, f"{NOW} > 7001")
    page.keyboard.press("Shift+Space")

    ranges = [response.headers["content-range"] for response in fetched if response.status == 206]
    assert any(int(one.split()[1].split("-")[0]) > 50_000_000 for one in ranges), ranges
    heard = page.locator("[data-turn].is-playing")
    expect(heard).to_have_count(1)
    expect(heard).to_be_in_viewport()
    assert abs(float(heard.get_attribute("data-start") or 0) - at(page)) < 10


def test_a_click_on_a_turn_leads_the_sound_there(live: Live, page: Page, tmp_path: Path) -> None:
    open_long_call(live, page, tmp_path)
    turn = page.locator("[data-turn='900']")
    turn.scroll_into_view_if_needed()

    turn.get_by_role("button").click()

    start = float(turn.get_attribute("data-start") or 0)
    assert start > 4000
    assert at(page) == pytest.approx(start, abs=1)
    expect(turn).to_have_class("turn turn-customer is-playing")
    page.keyboard.press(".")
    expect(page.locator("[data-turn='901']")).to_have_attribute("aria-current", "true")


def test_silence_is_skipped(live: Live, page: Page, tmp_path: Path) -> None:
    open_long_call(live, page, tmp_path)
    page.keyboard.press("s")
    page.locator("[data-seek]").fill("3600")

    page.keyboard.press("Shift+Space")

    wait_until(page, f"{NOW} > 3659")
    page.keyboard.press("Shift+Space")
    assert at(page) < 3670


def test_a_voice_is_muted_and_the_other_heard_in_both_ears(live: Live, page: Page, tmp_path: Path) -> None:
    open_long_call(live, page, tmp_path)
    agent, customer = page.locator("[data-mute]").all()
    page.keyboard.press("Shift+Space")
    wait_until(page, f"{NOW} > 0")

    agent.click()
    page.keyboard.press("c")

    expect(agent).to_have_attribute("aria-pressed", "true")
    expect(customer).to_have_attribute("aria-pressed", "true")
    assert page.locator("[data-track]").evaluate("audio => audio.muted")
    customer.press("Enter")
    expect(customer).to_have_attribute("aria-pressed", "false")
    before = at(page)
    wait_until(page, f"{NOW} > {before}")
    mix = "muted => import('/static/js/player-lanes.js').then(lanes => lanes.mixOf(muted))"
    assert page.evaluate(mix, [False, False]) == [[1, 0], [0, 1]]
    assert page.evaluate(mix, [True, False]) == [[0, 0], [1, 1]]
    assert page.evaluate(mix, [True, True]) == [[0, 0], [0, 0]]


def test_the_waveform_is_widened(live: Live, page: Page, tmp_path: Path) -> None:
    open_long_call(live, page, tmp_path)
    width = "document.querySelector('[data-wave] > div').shadowRoot.querySelector('.wrapper').scrollWidth"
    narrow = page.evaluate(width)

    page.keyboard.press("z")

    assert page.evaluate(width) == pytest.approx(4 * narrow, rel=0.05)
    page.keyboard.press("Shift+Z")
    assert page.evaluate(width) == pytest.approx(narrow, rel=0.05)


def test_half_speed_and_double_keep_the_pitch(live: Live, page: Page, tmp_path: Path) -> None:
    open_long_call(live, page, tmp_path)

    for rate in ("0.5", "2"):
        page.locator(f"[data-rate][value='{rate}']").check(force=True)
        sound = page.locator("[data-track]").evaluate("audio => [audio.playbackRate, audio.preservesPitch]")
        assert sound == [float(rate), True]


@pytest.mark.parametrize(("language", "theme"), LOOKS)
def test_a_long_call_is_accessible(live: Live, page: Page, axe, tmp_path: Path, language: str, theme: str) -> None:
    with live.session() as session:
        call = create_long_call(session, create_agent(session, "Tobias Renn"), tmp_path, seconds=600, quiet=(60, 120))
        session.add(MutedRange(conversation_id=call.id, start_seconds=30.0, end_seconds=33.0))
        measure_one(session, call.id)
    open_call(live, page, call.id, language=language, theme=theme)
    page.locator(".player-figures > summary").click()
    page.locator(".transcript-form > summary").click()

    axe(page)


def test_two_files_play_as_one_call(live: Live, page: Page) -> None:
    with live.session() as session:
        call = create_call(session, create_agent(session))
        call.recordings = [
            Recording(
                **asdict(store_recording(one_voice(pitch, seconds), f"{side}.wav")), side=side, offset_seconds=offset
            )
            for side, pitch, seconds, offset in (("agent", 200, 12.0, 1.0), ("customer", 320, 9.0, 0.0))
        ]
        session.flush()
        measure_one(session, call.id)
    open_call(live, page, call.id)
    expect(page.locator(".player-clock")).to_contain_text("00:13")

    page.keyboard.press("Shift+Space")
    wait_until(page, f"{NOW} > 2.5")

    times = page.locator("[data-track]").evaluate_all("tracks => tracks.map(track => track.currentTime)")
    assert times[0] == pytest.approx(times[1], abs=0.25)
    page.get_by_role("button", name="Agent: mute").click()
    assert page.locator("[data-track]").evaluate_all("tracks => tracks.map(track => track.muted)") == [True, False]


def test_two_channels_that_nobody_knows_apart_are_numbered(live: Live, page: Page) -> None:
    with live.session() as session:
        call = create_call(session, create_agent(session))
        call.transcript = []
        session.flush()
        measure_one(session, call.id)
    open_call(live, page, call.id)

    assert page.locator("[data-mute]").all_text_contents() == ["Voice 1", "Voice 2"]
    expect(page.get_by_role("button", name="Voice 2: mute")).to_be_visible()
    page.locator(".player-figures > summary").click()
    expect(page.locator(".player-figures tbody th")).to_have_text(["Voice 1", "Voice 2"])


def test_a_place_in_the_second_hour_is_evidence(live: Live, page: Page, tmp_path: Path) -> None:
    with live.session() as session:
        inspector = create_user(session, RoleName.inspector, name="Priya Nandakumar")
        call = create_long_call(session, create_agent(session, "Tobias Renn"), tmp_path)
        create_assignment(session, inspector, create_published(session, service_rubric()), call)
    live.enter(page, inspector)
    scoring = ScoringPage(page, live.url).start_from_queue().go_to(6)

    page.locator("[data-seek]").fill("5400")
    page.locator("[data-toggle]").focus()
    scoring.press("[", "ArrowRight", "ArrowRight", "]", "p")
    expect(page.locator("[data-status][data-kind=saved]")).to_be_visible(timeout=20_000)

    with live.session() as session:
        proof = session.scalars(select(Evidence)).one()
    assert (proof.start_seconds, proof.end_seconds) == (5400.0, 5410.0)
    assert "It is the same as last week." in proof.quote


def one_voice(pitch: float, seconds: float, subtype: str = "PCM_16", container: str = "WAV") -> bytes:
    file = io.BytesIO()
    samples = 0.4 * np.sin(np.arange(int(seconds * 8000)) * 2 * np.pi * pitch / 8000)
    soundfile.write(file, samples, 8000, format=container, subtype=subtype)
    return file.getvalue()


def test_the_browser_plays_every_encoding(live: Live, page: Page) -> None:
    encodings = [("WAV", one) for one in ("PCM_U8", "PCM_16", "ALAW", "ULAW", "GSM610")]
    encodings += [("MP3", "MPEG_LAYER_III"), ("OGG", "OPUS"), ("OGG", "VORBIS"), ("FLAC", "PCM_16")]
    with live.session() as session:
        calls = []
        for container, subtype in encodings:
            call = create_conversation(session, create_agent(session), channel="phone", audio_seconds=6.0)
            stored = store_recording(one_voice(300, 6.0, subtype, container), "call")
            call.recordings = [Recording(**asdict(stored), offset_seconds=0.0)]
            session.flush()
            calls.append(call.id)
    open_call(live, page, calls[0])
    for call_id, encoding in zip(calls, encodings, strict=True):
        page.goto(f"{live.url}/conversations/{call_id}")
        page.locator("[data-player][data-ready]").wait_for()
        page.keyboard.press("Shift+Space")
        wait_until(page, f"{NOW} > 0.3")
        error = page.locator("[data-track]").evaluate("audio => audio.error && audio.error.message")
        assert error is None, encoding


def test_a_recording_that_is_gone_says_so(live: Live, page: Page) -> None:
    from qa_app.conversations.storage import recording_path

    with live.session() as session:
        call = create_call(session, create_agent(session))
        recording_path(call.recordings[0].file).unlink()
        measure_one(session, call.id)
    open_call(live, page, call.id)
    expect(page.locator(".player-trouble").first).to_contain_text("A file of this call is missing: call.wav")

    page.keyboard.press("Shift+Space")

    expect(page.locator("[data-trouble]")).to_be_visible()


def test_five_hundred_messages_are_scored(live: Live, page: Page) -> None:
    lines = [
        ("customer" if place % 2 else "agent", 20 * place, f"Message {place} about the lamp.") for place in range(500)
    ]
    with live.session() as session:
        inspector = create_user(session, RoleName.inspector, name="Priya Nandakumar")
        chat = create_chat(session, create_agent(session, "Tobias Renn"), lines)
        create_assignment(session, inspector, create_published(session, service_rubric()), chat)
    live.enter(page, inspector)
    scoring = ScoringPage(page, live.url).start_from_queue()
    assert page.locator("[data-turn]").count() == 500

    scoring.press("1").go_to(6)
    page.locator("[data-turn]").last.scroll_into_view_if_needed()
    last = int(page.locator("[data-turn]").last.get_attribute("data-turn") or 0)
    scoring.select(last, "about the lamp").press("p").wait_saved()
    began = perf_counter()
    scoring.press("m", *["ArrowUp"] * 40, *["j", "1"] * 5)
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert perf_counter() - began < 51 * 0.2, "a key has to answer before one waits for it"

    with live.session() as session:
        proof = session.scalars(select(Evidence)).one()
    assert (proof.message_sequence, proof.quote, proof.is_praise) == (500, "about the lamp", True)
