"""Every page that has an address of its own: accessible in every look, and without English on a Chinese page."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page

from qa_app.models import RoleName, User
from tests.browser.conftest import LOOKS, Live
from tests.factories.people import create_agent, create_user

pytestmark = pytest.mark.browser

# Files, parts of pages and redirects; pages that need a step before them: of the sign-in library, a filter to keep.
NOT_PAGES = re.compile(
    r"^/(static|fs-static|setup|settings/logo|search/quick|filters/new|home/house|sign-in|sign-out|account/(confirm|second|recovery|rescue))"
)
ENGLISH = re.compile(r"\b[A-Za-z]{3,}(?: [a-z]{2,}){2,}\b")


def addresses(live: Live) -> list[str]:
    """Return the address of every page that takes no argument."""
    rules = live.app.url_map.iter_rules()
    found = {rule.rule for rule in rules if "GET" in (rule.methods or ()) and not rule.arguments}
    return sorted(address for address in found if not NOT_PAGES.match(address))


@pytest.fixture
def everybody(live: Live) -> User:
    """A user with every role, an agent too."""
    with live.session() as session:
        return create_user(session, *RoleName, name="Ada Brook", agent_id=create_agent(session, "Ada Brook").id)


@pytest.mark.parametrize(("language", "theme"), LOOKS)
def test_every_page_is_accessible_and_speaks_one_language(
    live: Live, page: Page, axe, everybody: User, language: str, theme: str
) -> None:
    live.enter(page, everybody, language=language, theme=theme)
    wrong: list[str] = []
    seen = 0
    for address in addresses(live):
        answer = page.goto(live.url + address)
        if answer is None or "text/html" not in answer.headers.get("content-type", ""):
            continue
        seen += 1
        if answer.status != 200:
            wrong.append(f"{address}: status {answer.status}")
            continue
        try:
            axe(page)
        except AssertionError as found:
            wrong.append(f"{address}: {found}")
        if language != "en":
            wrong += [f"{address}: English “{text}”" for text in english_of(page)]

    assert wrong == []
    assert seen >= 20


def english_of(page: Page) -> list[str]:
    """Return runs of English words that a reader sees outside what is marked as English or as code."""
    script = """() => {
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      const texts = [];
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const parent = node.parentElement;
        if (!parent.closest("script, style, code, kbd, [lang=en], option[lang]")) texts.push(node.data);
      }
      return texts;
    }"""
    return [found.group() for text in page.evaluate(script) for found in ENGLISH.finditer(text)]
