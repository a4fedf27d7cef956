"""A person's page tells which teams they belonged to or supervised, and when."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from qa_app import audit
from qa_app.clock import travel
from qa_app.models import RoleName
from qa_app.people import service
from qa_app.people.service import AgentFacts, NewUser
from qa_app.people.team_history import team_history
from tests.factories.people import create_agent, create_team, create_user

pytestmark = pytest.mark.both_databases

MARCH, MAY, JULY = (datetime(2026, month, 1, 9, tzinfo=UTC) for month in (3, 5, 7))


def told(session, person) -> list[tuple]:
    audit.seal_pending(session)
    return [(s.team, s.is_supervisor, s.since, s.until) for s in team_history(session, person)]


def move(session, agent, team, at: datetime) -> None:
    with travel(at):
        facts = AgentFacts(agent.employee_number, agent.name, team)
        service.change_agent(session, None, agent, facts)


def test_an_agent_who_moved_shows_each_time(session) -> None:
    hotline, chat = create_team(session, "Hotline"), create_team(session, "Live chat", name_zh="在线")
    with travel(MARCH):
        agent = service.create_agent(session, None, AgentFacts("1001", "王骉", hotline))
    move(session, agent, chat, MAY)
    move(session, agent, hotline, JULY)

    assert told(session, agent) == [
        ("Hotline", False, JULY, None),
        ("Live chat", False, MAY, JULY),
        ("Hotline", False, MARCH, MAY),
    ]
    assert team_history(session, agent)[1].team_zh == "在线"


def test_what_the_trail_does_not_know_began_before_it(session) -> None:
    hotline, chat = create_team(session, "Hotline"), create_team(session, "Live chat")
    still, moved = create_agent(session, team=hotline), create_agent(session, team=hotline)
    move(session, moved, chat, MAY)

    assert told(session, still) == [("Hotline", False, None, None)]
    assert told(session, moved) == [("Live chat", False, MAY, None), ("Hotline", False, None, MAY)]


def test_a_supervisor_shows_the_teams_and_their_own(session) -> None:
    hotline, chat, shop = (create_team(session, name) for name in ("Hotline", "Live chat", "Shop"))
    agent = create_agent(session, team=shop)
    with travel(MARCH):
        new = NewUser("jonas@example.com", "Jonas", [RoleName.supervisor], agent=agent, supervised_teams=[hotline])
        person = service.create_user(session, None, new)
    with travel(MAY):
        same = {"name": "Jonas", "roles": person.role_names, "agent": agent}
        service.change_user(session, None, person, **same, supervised_teams=[hotline, chat])
    with travel(JULY):
        service.change_user(session, None, person, **same, supervised_teams=[chat])

    assert told(session, person) == [
        ("Live chat", True, MAY, None),
        ("Shop", False, None, None),
        ("Hotline", True, MARCH, JULY),
    ]


def test_both_pages_show_it(session, sign_in) -> None:
    hotline = create_team(session, "Hotline", name_zh="热线")
    with travel(MARCH):
        agent = service.create_agent(session, None, AgentFacts("1001", "王骉", hotline))
    person = create_user(session, RoleName.agent)
    person.agent = agent
    hr = sign_in(RoleName.hr)

    for address in (f"/people/{person.id}", f"/agents/{agent.id}"):
        page = hr.get(address).text
        assert "Teams over time" in page
        assert "since 1 Mar 2026" in page
        assert "热线" in hr.get(address, headers={"Accept-Language": "zh-CN"}).text
