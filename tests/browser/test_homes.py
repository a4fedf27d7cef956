"""Each role signs in by the form, lands where it sees what to do now, and gets there with one click."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from qa_app.assessment import service, sheets
from qa_app.clock import now
from qa_app.models import JobRun, JobState, RoleName, SheetState, User
from reports.charts import PAPER, draw_trend
from tests.browser.conftest import Live
from tests.browser.signing_in import give_password, sign_in
from tests.factories.inspections import create_lamp_sample, rule_rubric
from tests.factories.months import MONTH, create_month
from tests.factories.people import create_user
from tests.factories.rubrics import create_published

pytestmark = pytest.mark.browser

DUTIES = {
    RoleName.inspector: ("1 inspection is overdue", "Queue"),
    RoleName.qa_lead: ("sheets to review in October 2026", "October 2026"),
    RoleName.supervisor: ("sheet was objected to", "Sheets"),
    RoleName.hr: ("September 2026 is reviewed: approve it", "September 2026"),
    RoleName.administrator: ("job failed in the last week", "Jobs"),
}
"""What waits in the centre below, and the heading of the page that settles it."""


@pytest.fixture
def centre(live: Live) -> dict[RoleName, User]:
    """A centre in which something waits for every role; one person each."""
    draw_trend([], standing=None, standard=None, look=PAPER, title="")
    with live.session() as session:
        people = {role: create_user(session, role, name=f"The {role.value}") for role in RoleName}
        agents = create_month(session, agents=2)
        for agent in agents:
            agent.active_from = date(2026, 8, 1)
        people[RoleName.agent].agent = agents[0]
        people[RoleName.supervisor].supervised_teams.append(agents[0].team)
        for month, steps in (("2026-08", 3), ("2026-09", 1), (MONTH, 0)):
            take_steps(session, people, month, steps)
        sheet = service.find_period(session, "2026-08").revision.sheets[1]
        sheet.state = SheetState.objected
        sample = create_lamp_sample(session, people[RoleName.inspector], create_published(session, rule_rubric()))
        sample.due_at = now() - timedelta(days=1)
        session.add(JobRun(kind="reporting.export", state=JobState.failed, created_at=now(), finished_at=now()))
    for person in people.values():
        give_password(live, person)
    return people


def take_steps(session, people: dict[RoleName, User], month: str, count: int) -> None:
    """Compute a month and take so many of the steps that follow."""
    hr, lead = people[RoleName.hr], people[RoleName.qa_lead]
    revision = service.compute_month(session, hr, month)
    revision.is_over = True
    if count:
        sheets.review_remaining(session, lead, revision)
        service.review_month(session, lead, revision.period)
    if count > 1:
        service.approve_month(session, hr, revision.period, reason="samples of another month are open")
        service.publish_month(session, hr, revision.period)


def test_every_role_lands_where_its_work_is(live: Live, page: Page, centre: dict[RoleName, User]) -> None:
    for role, (duty, heading) in DUTIES.items():
        sign_in(live, page, centre[role])
        expect(page).to_have_url(f"{live.url}/")
        expect(page.get_by_role("heading", level=1)).to_have_text("What waits for you")
        item = page.get_by_role("listitem").filter(has_text=duty)
        expect(item, role).to_have_count(1)

        item.get_by_role("link").click()

        expect(page.get_by_role("heading", level=1), role).to_contain_text(heading)
        page.get_by_role("button", name="Sign out").click()


def test_an_agent_lands_on_the_scorecard(live: Live, page: Page, centre: dict[RoleName, User]) -> None:
    sign_in(live, page, centre[RoleName.agent])

    expect(page).to_have_url(f"{live.url}/me/2026-08")
    expect(page.get_by_role("button", name="Acknowledge").first).to_be_visible()


def test_nobody_is_shown_the_work_of_another_role(live: Live, page: Page, centre: dict[RoleName, User]) -> None:
    for role in DUTIES:
        sign_in(live, page, centre[role])
        shown = page.get_by_role("main").inner_text()
        others = [duty for other, (duty, _) in DUTIES.items() if other != role and duty in shown]
        assert others == []
        page.get_by_role("button", name="Sign out").click()
