"""HR tries a standard on past months and switches it on; later the agent reads the evidence about themselves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from qa_app.clock import now
from qa_app.models import Inspection, RoleName, User
from scoring.estimates.seeds import generator_for
from tests.browser.conftest import LOOKS, Live
from tests.factories.conversations import create_conversation
from tests.factories.people import create_agent, create_user
from tests.factories.rubrics import create_published

pytestmark = pytest.mark.browser

AGENTS = 9


@pytest.fixture
def people(live: Live) -> dict[str, User]:
    """Half a year of nine agents, the last far below; HR, and that last agent's own user."""
    with live.session() as session:
        version, inspector = create_published(session), create_user(session, RoleName.inspector)
        agents = [create_agent(session, f"Agent {n}", employee_number=f"S{n}") for n in range(AGENTS)]
        today = now()
        for agent in agents:
            generator = generator_for("story", agent.employee_number)
            mean = 48.0 if agent is agents[-1] else 86.0
            for place in range(30):
                at = today - timedelta(days=205 - 6 * place)
                inspect(session, agent, inspector, version, min(100.0, float(generator.normal(mean, 12))), at)
        return {
            "hr": create_user(session, RoleName.hr, name="Han Qingyue"),
            "agent": create_user(session, RoleName.agent, name="Agent 8", agent_id=agents[-1].id),
            "inspector": inspector,
        }


def inspect(session, agent, inspector, version, quality: float, at: datetime) -> None:
    conversation = create_conversation(session, agent, opened_at=at)
    session.add(
        Inspection(
            conversation_id=conversation.id,
            agent_id=agent.id,
            inspector_id=inspector.id,
            rubric_version_id=version.id,
            state="submitted",
            is_random=True,
            quality=max(0.0, quality),
            score=max(0.0, quality),
            started_at=at,
            submitted_at=at,
        )
    )


def inspect_last_agent(live: Live, people: dict[str, User], qualities: list[float]) -> None:
    """Submit inspections of the last agent after the standard was switched on."""
    with live.session() as session:
        agent, inspector = session.get_one(User, people["agent"].id).agent, people["inspector"]
        version = create_published(session)
        for hour, quality in enumerate(qualities):
            inspect(session, agent, inspector, version, quality, datetime.now(UTC) + timedelta(hours=1 + hour))


def test_a_standard_is_tried_switched_on_and_read(live: Live, page: Page, axe, people: dict[str, User]) -> None:
    live.enter(page, people["hr"])
    page.goto(f"{live.url}/standard")
    page.get_by_role("main").get_by_role("link", name="Try on past months").first.click()
    page.get_by_label("Standard, points").fill("72")
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_role("row", name="Agents it would have named, of 9")).to_contain_text("1")
    axe(page)

    page.get_by_role("button", name="Switch on this standard").click()
    expect(page.get_by_role("status")).to_contain_text("The standard is switched on.")
    inspect_last_agent(live, people, [50.0, 30.0, 45.0, 20.0, 35.0, 40.0, 15.0, 30.0, 25.0, 40.0])

    page.reload()
    expect(page.get_by_role("row", name="Agent 8")).to_contain_text("below standard")
    axe(page)
    page.get_by_role("link", name="Agent 8").click()
    # Drawn twice, for wide and for narrow screens; until the style sheet is there, both count as visible.
    expect(page.get_by_role("img", name="After 10 conversations K stands at").first).to_be_visible()

    live.enter(page, people["agent"])
    page.goto(f"{live.url}/me")
    expect(page.get_by_role("heading", name="Am I at the standard?")).to_be_visible()
    page.get_by_role("link", name="Every step of it").click()
    expect(page.get_by_role("heading", name="The standard: Agent 8")).to_be_visible()


@pytest.mark.parametrize(("language", "theme"), LOOKS)
def test_the_filled_pages_are_accessible(
    live: Live, page: Page, axe, people: dict[str, User], language: str, theme: str
) -> None:
    live.enter(page, people["hr"])
    page.goto(f"{live.url}/standard/trial?score=70&critical_percent=5&months_running=3&months=6")
    page.locator("form[action='/standard/switch-on'] button").click()
    inspect_last_agent(live, people, [50.0, 30.0, 45.0])

    for who, address in (
        ("hr", "/standard"),
        ("hr", "/standard/trial?score=70&critical_percent=5&months_running=3&months=6"),
        ("agent", f"/standard/agents/{people['agent'].agent_id}"),
        ("agent", "/me"),
    ):
        live.enter(page, people[who], language=language, theme=theme)
        page.goto(live.url + address)
        axe(page)
        page.set_viewport_size({"width": 360, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, address
        page.set_viewport_size({"width": 1440, "height": 900})
