"""A call is inspected: played, a range set by keys or dragged, taken as evidence, read again."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from qa_app.models import AuditEvent, Evidence, RoleName
from tests.browser.conftest import LOOKS, Live
from tests.browser.scoring import ScoringPage
from tests.factories.calls import create_call
from tests.factories.inspections import create_assignment, service_rubric
from tests.factories.people import create_agent, create_user
from tests.factories.rubrics import create_published

# A browser that has heard enough hangs up in the middle of a range; the test server leaves the file to the collector.
pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


def open_call(live: Live, page: Page, **look: str) -> ScoringPage:
    """Open a call of forty seconds with a hold in it."""
    with live.session() as session:
        inspector = create_user(session, RoleName.inspector, name="Priya Nandakumar")
        call = create_call(session, create_agent(session, "Tobias Renn"), hold_seconds=20.0)
        create_assignment(session, inspector, create_published(session, service_rubric()), call)
    live.enter(page, inspector, **look)
    page.goto(f"{live.url}/queue")
    page.locator(".page-actions button").click()
    return ScoringPage(page, live.url).wait()


def test_a_time_range_set_by_keys_becomes_evidence(live: Live, page: Page) -> None:
    scoring = open_call(live, page).go_to(7).press("2")
    scoring.press(*[".", ".", "."], *["ArrowRight"] * 1, "[", *["ArrowRight"] * 3, "]")
    expect(page.locator("[data-pick]")).to_be_visible()

    scoring.press("e").wait_saved()

    with live.session() as session:
        proof = session.scalars(select(Evidence)).one()
    assert (proof.criterion, proof.kind) == ("progress", "range")
    assert proof.start_seconds is not None
    assert proof.end_seconds is not None
    assert proof.end_seconds - proof.start_seconds == pytest.approx(15, abs=0.6)
    expect(scoring.row(7).locator("[data-proof]")).to_contain_text("00:")
    expect(page.locator("[data-tag].lost")).to_have_text("7")


def test_the_hold_criterion_applies_because_the_customer_was_held(live: Live, page: Page) -> None:
    scoring = open_call(live, page)

    expect(scoring.row(8).locator(".crit-answer")).to_be_visible()


def test_space_plays_and_the_play_is_audited(live: Live, page: Page) -> None:
    scoring = open_call(live, page)

    with page.expect_response("**/plays"):
        scoring.press("Space")

    expect(page.locator("[data-clock]")).not_to_have_text("00:00")
    scoring.press("Space")
    with live.session() as session:
        assert "recording.play" in session.scalars(select(AuditEvent.action)).all()


def test_a_range_dragged_on_the_waveform_is_praise(live: Live, page: Page) -> None:
    scoring = open_call(live, page).go_to(6)
    wave = page.locator("[data-wave]").bounding_box()
    assert wave is not None
    page.mouse.move(wave["x"] + wave["width"] * 0.80, wave["y"] + 20)
    page.mouse.down()
    page.mouse.move(wave["x"] + wave["width"] * 0.85, wave["y"] + 20, steps=4)
    page.mouse.move(wave["x"] + wave["width"] * 0.90, wave["y"] + 20, steps=4)
    page.mouse.up()

    scoring.press("p").wait_saved()

    with live.session() as session:
        proof = session.scalars(select(Evidence)).one()
    assert (proof.criterion, proof.is_praise, proof.kind) == ("empathy", True, "range")
    assert "exchange it at no cost" in proof.quote


@pytest.mark.parametrize(("language", "theme"), LOOKS)
def test_a_call_being_scored_is_accessible(live: Live, page: Page, axe, language: str, theme: str) -> None:
    open_call(live, page, language=language, theme=theme).press("]")

    axe(page)
