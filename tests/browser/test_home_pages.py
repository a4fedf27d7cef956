"""Every home with something on it: accessible in each look, whole on a phone, walked by keys, in one language."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from qa_app.assessment import service
from qa_app.clock import now, travel
from qa_app.models import (
    Assignment,
    AssignmentState,
    CoachingAction,
    Inspection,
    InspectionState,
    JobRun,
    JobState,
    RoleName,
    SampleState,
    User,
)
from tests.browser.conftest import LOOKS, Live
from tests.browser.test_every_page import english_of
from tests.factories.inspections import create_lamp_sample, rule_rubric
from tests.factories.inspectors import create_weeks
from tests.factories.people import create_user
from tests.factories.rubrics import create_published
from tests.factories.sampling import create_draw, create_month

pytestmark = pytest.mark.browser

ROLES = (RoleName.inspector, RoleName.qa_lead, RoleName.supervisor, RoleName.hr, RoleName.administrator)


@pytest.fixture
def people(live: Live) -> dict[RoleName, User]:
    """One person a role in a centre with a plan in hand, a computed month, late work and coaching."""
    with live.session() as session:
        with travel(now() - timedelta(days=12)):
            create_month(session)
            create_draw(session, reveal=False)
        waiting = session.query(Assignment).order_by(Assignment.due_at, Assignment.id).all()
        for number, one in enumerate(waiting[:9]):
            finish(session, one, now() - timedelta(days=number % 9 + 1))
        made = create_weeks(session, now(), shifts={"Wei Lan": (5, -14.0)})
        service.compute_month(session, None, f"{now():%Y-%m}")
        found = {role: create_user(session, role, name=f"Person {place}") for place, role in enumerate(RoleName)}
        found[RoleName.agent].agent = made.agents[0]
        found[RoleName.supervisor].supervised_teams.append(made.agents[0].team)
        version = create_published(session, rule_rubric())
        for days in (-3, 0, 1, 9):
            create_lamp_sample(session, found[RoleName.inspector], version).due_at = now() + timedelta(
                days=days, hours=1
            )
        for owner in (RoleName.supervisor, RoleName.qa_lead):
            session.add(
                CoachingAction(
                    agent_id=made.agents[0].id, owner_id=found[owner].id, source="improvement", title="Closing",
                    title_zh="结束语", due_on=date.today() - timedelta(days=4), opened_at=now(),  # noqa: DTZ011
                )
            )  # fmt: skip
        session.add(JobRun(kind="reporting.export", state=JobState.failed, created_at=now(), finished_at=now()))
        return found


def finish(session, assignment: Assignment, at) -> None:
    """Submit a sample."""
    sample = assignment.sample
    sample.state, assignment.state = SampleState.inspected, AssignmentState.done
    session.add(
        Inspection(
            assignment=assignment, sample=sample, conversation_id=sample.conversation_id, agent_id=sample.agent_id,
            inspector_id=assignment.inspector_id, rubric_version_id=sample.rubric_version_id, is_random=True,
            state=InspectionState.submitted, quality=80.0, score=80.0, started_at=at, submitted_at=at,
        )
    )  # fmt: skip


@pytest.mark.parametrize(("language", "theme"), LOOKS)
def test_homes_are_accessible_and_whole_on_a_phone(
    live: Live, page: Page, axe, people: dict[RoleName, User], language: str, theme: str
) -> None:
    for role in (*ROLES, RoleName.agent):
        live.enter(page, people[role], language=language, theme=theme)
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(f"{live.url}/")
            page.wait_for_load_state("networkidle")
            page.evaluate("document.querySelectorAll('main details').forEach(one => one.open = true)")

            axe(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (role, width)
            if role in ROLES:
                expect(page.locator("#needs-title")).to_be_visible()
        if language != "en":
            known = ("Agent ", "Person ", "Inspector ", "Amara", "Henrik", "Lin Q", "Wei Lan", "Live chat", "Shop")
            said = [text for text in english_of(page) if not text.startswith((*known, "October"))]
            assert said == [], role


def test_the_list_is_walked_by_keys(live: Live, page: Page, people: dict[RoleName, User]) -> None:
    live.enter(page, people[RoleName.inspector])
    page.goto(f"{live.url}/")
    links = page.locator("[data-list] [data-row-link]")
    expect(links.nth(1)).to_be_visible()

    page.keyboard.press("j")
    expect(links.nth(0)).to_be_focused()
    page.keyboard.press("j")
    expect(links.nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(links.nth(0)).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Queue")


def test_overdue_is_a_word_a_sign_and_a_colour(live: Live, page: Page, people: dict[RoleName, User]) -> None:
    live.enter(page, people[RoleName.inspector])
    page.goto(f"{live.url}/")
    late = page.get_by_role("region", name="Overdue")

    expect(late.get_by_role("heading", name="Overdue")).to_be_visible()
    expect(late.locator(".due")).to_contain_text("was due")
    expect(late.locator(".due svg")).to_be_visible()
    plain = page.locator(".wait-group.later .due").first
    colour = "one => getComputedStyle(one).color"
    assert late.locator(".due").evaluate(colour) != plain.evaluate(colour)


def test_the_lead_sees_the_pace_and_hands_late_work_over(live: Live, page: Page, people: dict[RoleName, User]) -> None:
    live.enter(page, people[RoleName.qa_lead])
    page.goto(f"{live.url}/")

    picture = page.get_by_role("img", name="of 20 samples inspected on")
    expect(picture).to_be_visible()
    expect(page.get_by_text("At this pace").first).to_be_visible()
    for name in ("severity", "drift", "agreement"):
        expect(page.locator(f"#{name} svg[role=img]").first).to_be_visible()
    page.get_by_role("region", name="Overdue").get_by_role("link", name="Hand over").first.click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Work in hand")


def test_the_house_is_looked_at_without_being_waited_for(live: Live, page: Page, people: dict[RoleName, User]) -> None:
    live.enter(page, people[RoleName.administrator])
    page.goto(f"{live.url}/")

    expect(page.locator(".house")).not_to_contain_text("are being looked at")
    expect(page.locator(".house")).to_contain_text("octor")
