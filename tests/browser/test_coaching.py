"""Coaching in a browser: from a lost point to an effect measured against what was expected before it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from qa_app.clock import now
from qa_app.coaching import library, ratings, service, trainings
from qa_app.coaching.ratings import NewRound
from qa_app.coaching.results import import_results
from qa_app.coaching.results_reading import ResultRow
from qa_app.coaching.service import Agreement, NewAction
from qa_app.coaching.trainings import TrainingFacts
from qa_app.models import (
    ActionSource,
    CaseKind,
    CoachingAction,
    LibraryCase,
    Rating,
    RoleName,
    TrainingKind,
    TrainingSession,
)
from scoring.estimates.expectation import expect_share
from tests.browser.conftest import LOOKS, Live
from tests.factories.coaching import create_coached_centre
from tests.factories.inspections import create_open_inspection
from tests.factories.people import create_user

pytestmark = pytest.mark.browser
DAYS_LATER = 40


@pytest.fixture
def centre(live: Live):
    """Ten agents, the first of whom never greets, inspected until forty days ago."""
    # What predicts takes seconds to load on a busy machine: not while the browser waits.
    assert expect_share([], "nobody") is None
    with live.session() as session:
        return create_coached_centre(session, until=now() - timedelta(days=DAYS_LATER + 1))


@pytest.fixture
def weak(live: Live, centre):
    with live.session() as session:
        return create_user(session, RoleName.agent, name="Agent 0", agent_id=centre.weak.id)


def test_coaching_from_lost_point_to_effect(live: Live, page: Page, axe, centre, weak) -> None:
    # The supervisor reads an inspection and plans coaching beside its lost point.
    live.enter(page, centre.supervisor)
    page.goto(f"{live.url}/inspections/{centre.made[1]}/view")
    page.get_by_role("link", name=re.compile("Plan coaching.*Greets the customer")).click()
    expect(page.get_by_label("What to practise")).to_have_value("Look at the start")
    axe(page)
    page.get_by_label("Next sentence to try").fill("Good morning, this is …")
    page.get_by_label("Words of a script").fill("Good morning, you are through to Lantern Home.")
    page.get_by_role("button", name="Open the action").click()

    expect(page.get_by_role("heading", name="Greets the customer")).to_be_visible()
    expect(page.locator("#effect")).to_contain_text("Expected with nothing done")
    expect(page.locator("#effect")).to_contain_text("before anything was done")
    axe(page)
    address = page.url

    # The agent finds it at home, reads it, and replies.
    live.enter(page, weak)
    page.goto(f"{live.url}/coaching")
    page.get_by_role("link", name="Greets the customer").click()
    expect(page.get_by_role("button", name="Close as done")).to_have_count(0)
    page.get_by_label("Your reply").fill("I will put the greeting on a note.")
    page.get_by_role("button", name="Send the reply").click()
    expect(page.get_by_role("status")).to_contain_text("Your reply is kept")
    axe(page)

    # Practised: the supervisor closes it. Nothing is said of an effect yet.
    live.enter(page, centre.supervisor)
    page.goto(address)
    expect(page.get_by_text("I will put the greeting on a note.")).to_be_visible()
    page.get_by_role("button", name="Close as done").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("How it went").fill("Practised twice.")
    dialog.get_by_role("button", name="Close as done").click()
    expect(page.locator("#effect")).to_contain_text("0 conversations inspected since")
    expect(page.get_by_role("button", name="Measure now")).to_have_count(0)

    # Forty days go by; ten conversations are inspected, and the agent greets in each.
    with live.session() as session:
        action = session.scalars(select(CoachingAction)).one()
        action.done_at = now() - timedelta(days=DAYS_LATER)
        for day in range(10):
            centre.inspect(session, centre.weak, now() - timedelta(days=DAYS_LATER - 1 - day), greets=True)
    page.reload()
    page.get_by_role("button", name="Measure now").click()

    expect(page.locator("#effect")).to_contain_text("better than predicted")
    expect(page.locator("#effect")).to_contain_text("Points lost in 0 of 10 conversations")
    expect(page.locator("#effect")).to_contain_text("percentage points")
    axe(page)
    page.goto(f"{live.url}/coaching?state=measured")
    expect(page.get_by_role("cell", name="better than predicted")).to_be_visible()
    # The inspection it began at leads back to it.
    page.goto(f"{live.url}/inspections/{centre.made[1]}/view")
    expect(page.get_by_role("link", name=re.compile("Open the coaching.*Greets the customer"))).to_be_visible()


def test_several_are_closed_at_once(live: Live, page: Page, centre) -> None:
    live.enter(page, centre.supervisor)
    for agent in centre.agents[:2]:
        page.goto(f"{live.url}/coaching/new?agent={agent.id}&criterion=small.greeting")
        page.get_by_role("button", name="Open the action").click()
    page.goto(f"{live.url}/coaching")

    expect(page.locator("[data-tick-count]")).to_have_text("Nothing ticked")
    for box in page.get_by_role("checkbox", name="Tick Greets").all():
        box.check()
    page.get_by_role("button", name="Close as done").click()
    page.get_by_role("button", name="Close 2 actions").click()

    expect(page.locator("[data-outcome]")).to_contain_text("2 actions closed as done.")


@pytest.fixture
def everything(live: Live, centre, weak):
    """One of each thing of the room; returns the addresses of their pages with who looks at them."""
    with live.session() as session:
        hr = create_user(session, RoleName.hr, name="Miriam Vance")
        lead = create_user(session, RoleName.qa_lead, name="Shen Yinuo")
        numbers = [
            ResultRow(2, {"employee_number": "C00", "quarter": "2026-Q3", "written": "82", "practical": "17/20"})
        ]
        import_results(session, hr, numbers)
        day = now().date()
        found = ratings.open_round(
            session, hr, NewRound("Autumn", "2026-10", "2026-12", day, day + timedelta(days=9), peers_each=3)
        )
        mine = session.scalars(select(Rating).where(Rating.rater_id == weak.id)).first()
        _inspector, inspection = create_open_inspection(session)
        inspection.submitted_at, inspection.state = now(), "submitted"
        facts = library.CaseFacts(CaseKind.excellent, "The lamp", "Say it first", ("delivery",))
        case: LibraryCase = library.propose_case(session, inspection.inspector, inspection, facts)
        training: TrainingSession = trainings.keep_training(
            session, lead, TrainingFacts(TrainingKind.monthly, "Refunds", now(), "Shen Yinuo")
        )
        trainings.invite_agents(session, lead, training, centre.agents[:3])
        agreed = Agreement(centre.supervisor, day, "Greet first", "Good morning, this is …")
        asked = NewAction(centre.weak, ActionSource.trend, "QA score", agreed, title_zh="质检得分")
        action = service.open_action(session, centre.supervisor, asked)
        return [
            (centre.supervisor, "/coaching"),
            (centre.supervisor, f"/coaching/{action.id}"),
            (centre.supervisor, f"/coaching/{action.id}/edit"),
            (centre.supervisor, "/coaching/new"),
            (centre.supervisor, f"/coaching/new?agent={centre.weak.id}&criterion=small.greeting"),
            (centre.supervisor, f"/tests/agents/{centre.weak.id}"),
            (weak, "/tests"),
            (weak, f"/tests/ratings/{mine.id}"),
            (hr, "/tests"),
            (hr, "/tests/import"),
            (hr, "/tests/ratings"),
            (hr, f"/tests/ratings/rounds/{found.id}"),
            (lead, "/library"),
            (lead, f"/library/{case.id}"),
            (lead, f"/library/propose/{inspection.id}"),
            (lead, f"/trainings/{training.id}"),
            (lead, f"/trainings/{training.id}/edit"),
        ]


@pytest.mark.parametrize(("language", "theme"), LOOKS)
def test_the_pages_are_accessible_and_fit_a_phone(live: Live, page: Page, axe, everything, language, theme) -> None:
    wrong = []
    for user, path in everything:
        live.enter(page, user, language=language, theme=theme)
        page.set_viewport_size({"width": 1440, "height": 900})
        answer = page.goto(f"{live.url}{path}")
        assert answer.status == 200, path
        try:
            axe(page)
        except AssertionError as found:
            wrong.append(f"{path}: {found}")
        page.set_viewport_size({"width": 390, "height": 844})
        if page.evaluate("document.documentElement.scrollWidth") > 390:
            wrong.append(f"{path}: wider than a phone")

    assert wrong == []


def test_a_list_of_results_comes_in_by_pasting(live: Live, page: Page, axe, centre) -> None:
    with live.session() as session:
        hr = create_user(session, RoleName.hr)
    live.enter(page, hr)
    page.goto(f"{live.url}/tests/import")

    page.get_by_label("Or paste rows, headings first").fill("工号,季度,笔试\nC00,2026-Q3,88\nX1,2026-Q3,70\n")
    page.get_by_role("button", name="Check the list").click()
    expect(page.get_by_text("There is no agent “X1”")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Import the good rows").click()

    expect(page.get_by_role("cell", name="88%")).to_be_visible()
