"""A call of two hours and a chat of 500 messages: what measuring, serving and opening cost.

    .venv/bin/python -m bench.long_call [--browser]

Prints; asserts nothing. With `--browser` (Chromium on PATH) the time to the first paint, until the player answers to
keys, and the memory of the page.
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

import soundfile

from qa_app.conversations.listening import read_waveform
from qa_app.conversations.measuring import measure_one
from qa_app.conversations.playable import make_playable
from qa_app.conversations.storage import store_recording
from qa_app.db import db
from qa_app.models import Recording, RoleName
from scoring.recording import Stretch
from tests.browser.conftest import Live
from tests.conftest import make_app
from tests.factories.calls import create_long_call, write_long_sound
from tests.factories.conversations import create_chat, create_conversation
from tests.factories.people import create_agent, create_organisation, create_user

MUTED = [Stretch(10.0, 12.0)]


def memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def told(name: str, act):
    before, start = memory(), time.perf_counter()
    result = act()
    print(f"{name:48} {time.perf_counter() - start:7.2f} s   peak +{memory() - before} MB")
    return result


def on_the_server(folder: Path) -> None:
    session = db.session()
    for seconds in (600, 7200):
        path = folder / f"{seconds}.wav"
        write_long_sound(path, seconds, rate=8000, quiet=(300, 360))
        print(f"\n{seconds // 60} minutes, two channels, 8 kHz, {path.stat().st_size / 1e6:.0f} MB")
        call = create_conversation(session, create_agent(session), channel="phone", audio_seconds=float(seconds))
        stored = told("import (checksum, outline, copy)", lambda path=path: store_recording(path, path.name))
        recording = Recording(**asdict(stored), offset_seconds=0.0)
        call.recordings = [recording]
        session.flush()
        told("measure (figures, fine levels)", lambda call=call: measure_one(session, call.id))
        told("waveform", lambda call=call: read_waveform(session, call.id))
        told("copy with a muted stretch, first listening", lambda r=recording: make_playable(r, muted=MUTED))
        told("the same, ever after", lambda r=recording: make_playable(r, muted=MUTED))
    decoded = told(
        "beside: decode the two hours, nothing else", lambda: sum(len(b) for b in blocks(folder / "7200.wav"))
    )
    print(f"{decoded:,} samples")


def blocks(path: Path):
    with soundfile.SoundFile(path) as sound:
        while len(samples := sound.read(80_000, dtype="float32", always_2d=True)):
            yield samples


def in_the_browser(app, folder: Path) -> None:
    import threading

    from playwright.sync_api import sync_playwright
    from werkzeug.serving import make_server

    from tests.conftest import CHROMIUM

    session = db.session()
    lead = create_user(session, RoleName.qa_lead)
    call = create_long_call(session, create_agent(session), folder)
    measure_one(session, call.id)
    lines = [("customer" if n % 2 else "agent", 20 * n, f"Message {n} about the lamp.") for n in range(500)]
    chat = create_chat(session, create_agent(session), lines)
    session.commit()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    live = Live(app, f"http://127.0.0.1:{server.server_port}")
    paint = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        live.enter(page, lead)
        page.goto(live.url)
        print()
        for name, key in (("two hours, 1,428 turns", call.id), ("500 messages", chat.id)):
            start = time.perf_counter()
            page.goto(f"{live.url}/conversations/{key}")
            if key == call.id:
                page.locator("[data-player][data-ready]").wait_for()
            ready = time.perf_counter() - start
            heap = page.evaluate("performance.memory.usedJSHeapSize") / 1e6
            first = page.evaluate(paint)
            print(f"{name:28} first paint {first:5.0f} ms   ready {ready * 1000:5.0f} ms   heap {heap:4.0f} MB")
            print(f"{'':28} page {page.evaluate('document.documentElement.outerHTML.length') / 1e3:,.0f} kB of HTML")
        browser.close()
    server.shutdown()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--browser", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        app = make_app(Path(folder) / "home")
        with app.app_context():
            create_organisation(db.session())
            db.session.commit()
            print(f"{os.cpu_count()} processors, {memory()} MB before anything")
            on_the_server(Path(folder))
            if asked.browser:
                in_the_browser(app, Path(folder))
            db.session.remove()
            db.engine.dispose()


if __name__ == "__main__":
    main()
