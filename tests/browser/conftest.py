"""A real browser against a real server: `live` serves an own SQLite file, `page` is a Chromium page, `axe` checks it.

`live.session()` opens a session whose commits the server sees; `live.enter(page, user)` signs a user in by cookie.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from qa_app.db import db
from qa_app.models import User
from tests.conftest import CHROMIUM, make_app, missing
from tests.factories.people import create_organisation

# Playwright acts as soon as it sees an element; people are slower than the page's own scripts. Until those have run,
# the root lacks a mark; it has a height from the first byte on, so that Playwright sees at once what it lacks.
READY = """
const sheet = new CSSStyleSheet();
sheet.replaceSync("html:not([data-ready]) { min-height: 1px; }");
document.adoptedStyleSheets = [sheet];
addEventListener("DOMContentLoaded", () => setTimeout(() => { document.documentElement.dataset.ready = ""; }));
"""
AXE = Path(__file__).parents[2] / "qa_app" / "static" / "vendor" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LOOKS = [("en", "light"), ("en", "dark"), ("zh_Hans_CN", "light"), ("zh_Hans_CN", "dark")]


@dataclass
class Live:
    """A running server and its application."""

    app: Flask
    url: str

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Open a session; what it wrote is committed at the end."""
        with self.app.app_context():
            session = db.session()
            yield session
            session.commit()

    def enter(self, page: Page, user: User, *, language: str = "en", theme: str = "light") -> None:
        """Sign the user in without typing a password, in a language and a theme."""
        with self.session() as session:
            kept = session.get_one(User, user.id)
            kept.language, kept.theme = language, theme
            identity = kept.fs_uniquifier
        signer = self.app.session_interface.get_signing_serializer(self.app)
        value = signer.dumps({"_user_id": identity, "_fresh": True, "fs_cc": "set", "fs_paa": 4102444800.0})
        page.context.add_cookies([{"name": self.app.config["SESSION_COOKIE_NAME"], "value": value, "url": self.url}])


@contextmanager
def serve(app: Flask) -> Iterator[Live]:
    """Serve an application on a free port."""
    # A real browser carries its tokens as people's do.
    app.config.update(WTF_CSRF_ENABLED=True, WTF_CSRF_CHECK_DEFAULT=True)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Live(app, f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Live]:
    """An application with empty tables and an organisation, served on a free port."""
    app = make_app(tmp_path / "home")
    with app.app_context():
        create_organisation(db.session())
        db.session.commit()
    with serve(app) as served:
        yield served
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One headless Chromium for the run."""
    if CHROMIUM is None:
        missing("no chromium on PATH: apt-get install chromium, or set ASSAY_TEST_CHROMIUM")
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield chromium
        chromium.close()


def wait_for_scripts(page: Page) -> None:
    """Let every action and every key wait until the scripts of the page have run."""
    page.context.add_init_script(READY)
    page.add_locator_handler(page.locator("html:not([data-ready])"), lambda: None)

    def after_scripts(act: Callable[..., None]) -> Callable[..., None]:
        def wait_and_act(*args: object, **options: object) -> None:
            page.locator("html[data-ready]").wait_for(state="attached")
            act(*args, **options)

        return wait_and_act

    # A key goes to whatever page stands there: no locator, and so no handler, waits for it.
    for name in ("press", "type", "insert_text", "down"):
        setattr(page.keyboard, name, after_scripts(getattr(page.keyboard, name)))


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of its own at 1440 × 900; an error in the browser's console fails the test."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB", reduced_motion="reduce")
    context.set_default_timeout(10_000)
    page = context.new_page()
    wait_for_scripts(page)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if "Content Security Policy" in said.text else None)
    yield page
    context.close()
    assert errors == []


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """Check a page against WCAG 2.2 AA; the message names rule, element and what is wrong."""
    if not AXE.exists():
        missing("axe is not installed: ./run test installs it")

    def check(page: Page) -> None:
        page.evaluate(AXE.read_text(encoding="utf-8"))
        # Preloading copies style sheets into the page, which our content-security policy rightly refuses.
        run = "tags => axe.run(document, {runOnly: tags, preload: false}).then(r => r.violations)"
        found = page.evaluate(run, TAGS)
        lines = [f"{v['id']}: {node['target']} {node['failureSummary']}" for v in found for node in v["nodes"]]
        assert lines == [], "\n".join(lines)

    return check
