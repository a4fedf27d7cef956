"""A person's pages: devices, teams over time, and signing out everywhere."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from qa_app.models import RoleName
from qa_app.people import service
from qa_app.people.service import AgentFacts
from tests.browser.conftest import LOOKS, Live
from tests.browser.signing_in import give_password, sign_in
from tests.factories.people import create_team, create_user

pytestmark = pytest.mark.browser


@pytest.fixture
def person(live: Live):
    """A supervisor who is an agent, too, and administers."""
    with live.session() as session:
        team = create_team(session, "Hotline", name_zh="热线")
        agent = service.create_agent(session, None, AgentFacts("1001", "王骉", team))
        person = create_user(session, RoleName.administrator, RoleName.supervisor, agent_id=agent.id, name="王骉")
        person.supervised_teams.append(team)
    give_password(live, person)
    return person


@pytest.mark.parametrize(("language", "theme"), LOOKS)
def test_a_persons_pages_are_accessible(live: Live, page: Page, axe, person, language: str, theme: str) -> None:
    live.enter(page, person, language=language, theme=theme)
    page.goto(live.url)

    for address in (f"/people/{person.id}", f"/agents/{person.agent_id}", "/account"):
        page.goto(live.url + address)
        axe(page)
        expect(page.locator("main")).to_contain_text("Chrome, Linux" if "agents" not in address else "王骉")


def test_one_signs_out_everywhere_after_a_question(live: Live, page: Page, person) -> None:
    sign_in(live, page, person)
    page.goto(f"{live.url}/account")
    expect(page.get_by_text("this device")).to_be_visible()
    page.once("dialog", lambda question: question.accept())

    page.get_by_role("button", name="Sign out everywhere").click()

    expect(page.get_by_text("You are signed out on every device.")).to_be_visible()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
