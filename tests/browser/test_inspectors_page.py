"""The page about inspectors with figures on it: accessible in every look, in one language, and whole on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from qa_app.assessment import service
from qa_app.clock import now
from qa_app.models import RoleName, User
from tests.browser.conftest import LOOKS, Live
from tests.browser.test_every_page import english_of
from tests.factories.inspectors import LENIENCY, create_weeks
from tests.factories.people import create_user

pytestmark = pytest.mark.browser


@pytest.fixture
def lead(live: Live) -> User:
    """A QA lead, and fourteen weeks of scorings until today."""
    with live.session() as session:
        create_weeks(session, now(), shifts={"Wei Lan": (5, -14.0)})
        service.compute_month(session, None, f"{now():%Y-%m}")
        return create_user(session, RoleName.qa_lead, RoleName.inspector, name="Shen Yinuo")


@pytest.mark.parametrize(("language", "theme"), LOOKS)
def test_figures_are_accessible_and_speak_one_language(
    live: Live, page: Page, axe, lead: User, language: str, theme: str
) -> None:
    live.enter(page, lead, language=language, theme=theme)
    for path in ("/calibration/inspectors", "/calibration/mine", "/calibration/criteria/answer"):
        page.goto(live.url + path)
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")

        axe(page)
        if language != "en":
            # The rubric of the test has Chinese titles; people's names stay as they are.
            assert [text for text in english_of(page) if text not in LENIENCY] == [], path


def test_pictures_share_one_scale_and_fit_a_phone(live: Live, page: Page, lead: User) -> None:
    live.enter(page, lead)
    page.goto(f"{live.url}/calibration/inspectors")
    expect(page.locator("#severity svg[role=img]")).to_have_count(4)
    expect(page.locator("#drift svg[role=img]")).to_have_count(4)
    expect(page.get_by_role("img", name="Amara Diallo: +")).to_be_visible()
    zeros = page.eval_on_selector_all(
        "#severity .zero", "lines => lines.map(line => Math.round(line.getBoundingClientRect().x))"
    )
    assert len(set(zeros)) == 1

    page.set_viewport_size({"width": 390, "height": 844})

    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    widths = page.eval_on_selector_all("svg.plot", "all => all.map(one => one.getBoundingClientRect().width)")
    assert min(widths) > 250


def test_a_differing_criterion_leads_to_the_two_inspections(live: Live, page: Page, lead: User) -> None:
    live.enter(page, lead)
    page.goto(f"{live.url}/calibration/inspectors")

    page.get_by_role("link", name="Complete answer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Answered differently: Complete answer")
    page.locator("tbody tr").first.get_by_role("link").last.click()

    expect(page).to_have_url(re.compile(r"/inspections/\d+/view$"))
