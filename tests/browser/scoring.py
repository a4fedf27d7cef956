"""The scoring page as an inspector uses it: keys, not clicks."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect


class ScoringPage:
    """One sample open in the browser."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url

    def start_from_queue(self) -> ScoringPage:
        """Open the next sample of the queue."""
        self.page.goto(f"{self.url}/queue")
        self.page.get_by_role("button", name="Start next").press("Enter")
        return self.wait()

    def open(self, inspection_id: int) -> ScoringPage:
        """Open one sample by its address."""
        self.page.goto(f"{self.url}/inspections/{inspection_id}")
        return self.wait()

    def wait(self) -> ScoringPage:
        """Wait until the keys are attached."""
        self.page.locator("[data-scoring][data-ready]").wait_for()
        return self

    def press(self, *keys: str) -> ScoringPage:
        """Press keys one after the other."""
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def row(self, number: int) -> Locator:
        """The row of a criterion."""
        return self.page.locator(f".crit[data-number='{number}']")

    def go_to(self, number: int) -> ScoringPage:
        """Walk to a criterion with J and K."""
        for _ in range(40):
            now = int(self.page.locator(".crit.is-active").get_attribute("data-number") or 0)
            if now == number:
                break
            self.press("j" if now < number else "k")
        return self

    def answer_all(self, *keys: str) -> ScoringPage:
        """Answer one criterion after the other, beginning with the active one."""
        for key in keys:
            self.press(key, "j")
        return self

    def wait_saved(self) -> ScoringPage:
        """Wait until everything has arrived."""
        expect(self.page.locator("[data-status][data-kind=saved]")).to_be_visible()
        return self

    def submit(self) -> ScoringPage:
        """Submit by keyboard and wait for what comes next."""
        with self.page.expect_navigation():
            self.press("Control+Enter")
        return self

    def select(self, turn: int, words: str) -> ScoringPage:
        """Select words of a message as dragging over them does."""
        self.page.evaluate(
            """([turn, words]) => {
              const text = document.querySelector(`[data-turn="${turn}"] [data-text]`);
              const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
              for (let node = walker.nextNode(); node; node = walker.nextNode()) {
                const at = node.data.indexOf(words);
                if (at < 0) continue;
                const range = document.createRange();
                range.setStart(node, at);
                range.setEnd(node, at + words.length);
                getSelection().removeAllRanges();
                getSelection().addRange(range);
              }
            }""",
            [turn, words],
        )
        expect(self.page.locator("[data-pick]")).to_be_visible()
        return self
