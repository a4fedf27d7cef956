"""Every figure of a sheet opens to the conversations it was made of: these and no others, for whoever may read them."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta

import pytest

from qa_app.assessment import service
from qa_app.assessment.content import decode_content
from qa_app.models import Conversation, RoleName, Team
from tests.factories.conversations import create_conversation
from tests.factories.months import MONTH, create_month
from tests.factories.people import create_agent, create_user

pytestmark = pytest.mark.both_databases

LINK = re.compile(r'<a class="tiny d-block py-1" href="(/conversations[^"]*)">([^<]*)</a>')


@pytest.fixture
def sheet(session):
    """Agent 0's published sheet of October, with a missed call and a chat of another month around it."""
    create_month(session)
    agent = session.query(Conversation).order_by(Conversation.id).first().agent
    for day, answered in ((3, False), (-2, True)):
        opened = datetime(2026, 10, 1, 9, 0, tzinfo=UTC) + timedelta(days=day)
        create_conversation(session, agent, opened_at=opened, answered=answered, csat=None, survey_count=0)
    hr = create_user(session, RoleName.hr, name="Han Qingyue")
    period = service.compute_month(session, hr, MONTH).period
    for one in period.revision.sheets:
        one.reviewed_at = period.revision.computed_at
    period.revision.is_over = True
    for step in (service.review_month, service.approve_month, service.publish_month):
        step(session, hr, period)
    return next(one for one in period.revision.sheets if one.agent_id == agent.id)


def behind(page: str) -> dict[str, str]:
    """The links of the parts, by their words."""
    return {title: html.unescape(url) for url, title in LINK.findall(page)}


def listed(client, url: str) -> int:
    text = client.get(url).text
    assert "left out" not in text
    return len(set(re.findall(r'data-row-link href="/conversations/(\d+)"', text)))


@pytest.mark.parametrize("role", [RoleName.agent, RoleName.supervisor, RoleName.qa_lead])
def test_each_part_opens_to_the_conversations_that_count(session, sign_in, sheet, role):
    counts = decode_content(sheet.content)
    parts = {part.code: part for one in counts.components for part in (one, *one.parts)}
    rated, in_time = parts["customer_rating"].basis, parts["first_response"].basis
    if role is RoleName.agent:
        client = sign_in(role, agent_id=sheet.agent_id)
        page = client.get(f"/me/{MONTH}").text
    else:
        user = create_user(session, role)
        if role is RoleName.supervisor:
            team = session.get_one(Team, sheet.agent.team_id)
            team.supervisors.append(user)
        client = sign_in(user)
        page = client.get(f"/sheets/{sheet.id}").text

    links = behind(page)

    assert listed(client, links["The rated conversations"]) == rated["n"]
    assert listed(client, links["First responses in time"]) == in_time["k"]
    assert listed(client, links["First responses late or missing"]) == in_time["n"] - in_time["k"]
    assert listed(client, links["The conversations that were compared"]) == parts["handle_time"].basis["n"]


def test_the_verdict_is_the_sources_own_where_it_has_one(session, sign_in, sheet):
    own = create_conversation(
        session, sheet.agent, opened_at=datetime(2026, 10, 20, 9, 0, tzinfo=UTC), answered=True,
        first_response_seconds=5.0, first_response_target_met=False,
    )  # fmt: skip
    client = sign_in(RoleName.qa_lead)
    day = "opened_from=2026-10-20&opened_to=2026-10-20"

    late = client.get(f"/conversations?agent={sheet.agent_id}&{day}&response=late").text
    in_time = client.get(f"/conversations?agent={sheet.agent_id}&{day}&response=in_time").text

    assert f'href="/conversations/{own.id}"' in late
    assert f'href="/conversations/{own.id}"' not in in_time


def test_in_time_is_asked_of_one_agent(session, sign_in, sheet):
    page = sign_in(RoleName.qa_lead).get("/conversations?response=late").text

    assert "response: late" in page.lower(), "left out and named"


def test_a_month_by_resolution_lists_by_resolution(session, sign_in, sheet):
    agent = create_agent(session, "Rosa Lind", team=sheet.agent.team)
    opened = datetime(2026, 9, 30, 9, 0, tzinfo=UTC)
    solved = create_conversation(session, agent, opened_at=opened, resolved_at=opened + timedelta(days=3))
    client = sign_in(RoleName.qa_lead)

    page = client.get(f"/conversations?agent={agent.id}&resolved_from=2026-10-01&resolved_to=2026-10-31").text

    assert f'href="/conversations/{solved.id}"' in page
    assert listed(client, f"/conversations?agent={agent.id}&resolved_from=2026-11-01") == 0
