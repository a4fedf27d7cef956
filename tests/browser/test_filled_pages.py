"""The demo company as each of its people walks it from link to link: nothing dead, nothing wide, nothing unreadable."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Error, Page
from sqlalchemy import select

from qa_app.models import User
from tests.browser.conftest import Live, serve

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("demo"),
    # A page that was left while its sound was loading: the test server leaves the file to the collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

WALKS = [
    ("lead@example.com", "zh_Hans_CN", "dark", 390),
    ("hr@example.com", "en", "light", 390),
    ("agent0207@example.com", "zh_Hans_CN", "light", 360),
    ("inspector1@example.com", "en", "dark", 1280),
    ("supervisor.chat@example.com", "zh_Hans_CN", "dark", 768),
    ("admin@example.com", "zh_Hans_CN", "light", 390),
]
SIGN_OUT = re.compile(r"/sign-out|/static/")
NUMBER = re.compile(r"(?<=/)\d+(?:-\d\d)?(?=/|$)|\?.*")


@pytest.fixture
def company(demo: Flask) -> Iterator[Live]:
    with serve(demo) as served:
        yield served


@pytest.mark.parametrize(("email", "language", "theme", "width"), WALKS)
def test_every_link_leads_to_a_sound_page(
    company: Live, page: Page, axe, email: str, language: str, theme: str, width: int
) -> None:
    with company.session() as session:
        user = session.scalars(select(User).where(User.email == email)).one()
    company.enter(page, user, language=language, theme=theme)
    page.set_viewport_size({"width": width, "height": 844})
    waiting, kinds, wrong = ["/"], {"/"}, list[str]()
    while waiting:
        address = waiting.pop(0)
        wrong += [f"{address}: {what}" for what in look_at(company, page, axe, address, width)]
        for link in page.evaluate("[...document.querySelectorAll('a[href^=\"/\"]')].map(a => a.getAttribute('href'))"):
            kind = NUMBER.sub("", link.split("#")[0])
            if kind not in kinds and not SIGN_OUT.match(link):
                kinds.add(kind)
                waiting.append(link.split("#")[0])

    assert wrong == []
    assert len(kinds) >= 20


def look_at(company: Live, page: Page, axe, address: str, width: int) -> Iterator[str]:
    """Open one page and yield what is wrong with it; a file to save is only opened."""
    try:
        answer = page.goto(company.url + address)
    except Error as error:
        if "Download is starting" not in error.message:
            yield error.message
        return
    if answer is None or answer.status != 200:
        yield f"status {answer and answer.status}"
        return
    page.wait_for_load_state("networkidle")
    if (wide := page.evaluate("document.documentElement.scrollWidth")) > width:
        yield f"{wide} px wide"
    try:
        axe(page)
    except AssertionError as found:
        yield str(found)
