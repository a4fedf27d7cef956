"""A person without a mouse: presses keys, types where the focus stands, and remembers the keys no table named."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Live

SIGNS = {"ArrowUp": "↑", "ArrowDown": "↓", "ArrowLeft": "←", "ArrowRight": "→", "Control": "Ctrl", "Escape": "Esc"}
LONGEST_WAY = 80


class Keyboard:
    """The only way the story touches a page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.unlisted: list[str] = []

    def press(self, *keys: str) -> None:
        """Press keys; each has to stand in the table of keys of the page on which it is pressed."""
        for key in keys:
            self._look_up(key)
            self.page.keyboard.press(key)

    def type(self, words: str) -> None:
        """Type into the field that has the focus; there must be one."""
        assert self.page.evaluate("document.activeElement.matches('input, textarea')"), "no field has the focus"
        self.page.keyboard.type(words)

    def walk_to(self, place: Locator, *, backwards: bool = False) -> None:
        """Press Tab until something has the focus."""
        for _ in range(LONGEST_WAY):
            if place.count() and place.evaluate("one => one === document.activeElement"):
                return
            self.press("Shift+Tab" if backwards else "Tab")
        expect(place).to_be_focused()

    def open_by_search(self, words: str, name: str | re.Pattern[str]) -> None:
        """Search for words and open the result of this name."""
        self.press("/")
        self.type(words)
        found = self.page.get_by_role("region", name="Search results").get_by_role("link", name=name)
        expect(found).to_be_visible()
        for _ in range(LONGEST_WAY):
            if found.evaluate("one => one === document.activeElement"):
                break
            self.press("ArrowDown")
        with self.page.expect_navigation():
            self.press("Enter")

    def listed(self) -> set[str]:
        """Every key in the table of this page, in small letters; `1 … 9` stands for the digits."""
        texts = self.page.locator("#keys kbd").all_text_contents()
        keys = {part for text in texts for part in re.split(r"[+ ]", text.strip().lower())}
        return keys | set("123456789") if "…" in keys else keys

    def _look_up(self, key: str) -> None:
        if not self.page.locator("#keys").count():
            return  # before signing in there are no keys but the browser's own
        parts = [SIGNS.get(part, part).lower() for part in key.split("+") if part] or ["+"]
        if not set(parts) <= self.listed():
            self.unlisted.append(f"{key} on {self.page.url}")


@contextmanager
def asked_of(live: Live) -> Iterator[list[str]]:
    """Note every request that reaches the server: pages, saves and files alike."""
    asked: list[str] = []
    served = live.app.wsgi_app

    def note(environ, start_response):
        asked.append(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}")
        return served(environ, start_response)

    live.app.wsgi_app = note
    yield asked
    live.app.wsgi_app = served
