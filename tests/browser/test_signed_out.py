"""A person whose session ended signs in again and goes on where they were: nothing typed is lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from qa_app.assessment import service as assessment
from qa_app.inspections import service as inspections
from qa_app.models import Inspection, JobRun, RoleName, Team, User
from tests.browser.conftest import LOOKS, Live
from tests.browser.scoring import ScoringPage
from tests.browser.signing_in import fill_in, give_password, sign_in, sign_in_beside
from tests.factories.inspections import create_lamp_sample, rule_rubric
from tests.factories.months import MONTH, create_month
from tests.factories.people import create_user
from tests.factories.rubrics import create_published

pytestmark = pytest.mark.browser

COME_BACK = "document.hidden || dispatchEvent(new Event('focus'))"
"""A headless window does not get the focus by itself."""


@pytest.fixture
def inspector(live: Live) -> User:
    with live.session() as session:
        person = create_user(session, RoleName.inspector, name="Priya Nandakumar")
        create_lamp_sample(session, person, create_published(session, rule_rubric()))
    give_password(live, person)
    return person


@pytest.fixture
def administrator(live: Live) -> User:
    with live.session() as session:
        person = create_user(session, RoleName.administrator, RoleName.hr, RoleName.qa_lead)
    give_password(live, person)
    return person


def answers(live: Live) -> list[object]:
    with live.session() as session:
        inspection = session.scalars(select(Inspection.id)).one()
        return [row.value for row in inspections.load_draft(session, inspection).answers]


def test_sign_in_score_and_sign_out_with_tokens_on(live: Live, page: Page, inspector: User) -> None:
    sign_in(live, page, inspector)
    ScoringPage(page, live.url).start_from_queue().press("1").wait_saved()
    assert answers(live) == [{"level": "yes"}]

    page.get_by_role("link", name="Save and close").click()
    page.get_by_role("button", name="Sign out").click()

    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_an_export_is_started_with_tokens_on(live: Live, page: Page, administrator: User) -> None:
    with live.session() as session:
        create_month(session, agents=1)
        assessment.compute_month(session, None, MONTH)
    sign_in(live, page, administrator)

    page.goto(f"{live.url}/exports")
    # In tests the job runs before the answer: the first document of an installation cuts its fonts.
    page.set_default_timeout(300_000)
    page.get_by_role("button", name="Export appraisals").click()

    expect(page.get_by_role("heading", name="Latest exports")).to_be_visible()
    with live.session() as session:
        assert session.scalars(select(JobRun.kind)).all() == ["reporting.export"]


def test_the_scoring_page_goes_on_after_signing_in_in_another_window(live: Live, page: Page, inspector: User) -> None:
    sign_in(live, page, inspector)
    scoring = ScoringPage(page, live.url).start_from_queue()
    page.context.clear_cookies()
    scoring.press("1")
    expect(page.get_by_role("dialog", name="You are signed out")).to_be_visible()

    beside = page.context.new_page()
    sign_in(live, beside, inspector)
    beside.close()
    page.evaluate(COME_BACK)

    scoring.wait_saved()
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert answers(live) == [{"level": "yes"}]


def test_the_scoring_page_takes_the_token_of_a_new_session(live: Live, page: Page, inspector: User) -> None:
    sign_in(live, page, inspector)
    scoring = ScoringPage(page, live.url).start_from_queue()
    page.context.clear_cookies()
    beside = page.context.new_page()
    sign_in(live, beside, inspector)

    scoring.press("1").wait_saved()

    assert answers(live) == [{"level": "yes"}]


def test_the_scoring_page_leads_to_sign_in_and_opens_with_the_answers(live: Live, page: Page, inspector: User) -> None:
    sign_in(live, page, inspector)
    scoring = ScoringPage(page, live.url).start_from_queue()
    address = page.url
    page.context.clear_cookies()
    scoring.press("1")

    page.get_by_role("dialog", name="You are signed out").get_by_role("link", name="Sign in").click()
    fill_in(page, inspector)

    expect(page).to_have_url(address)
    scoring.wait().wait_saved()
    assert answers(live) == [{"level": "yes"}]


def test_a_form_is_sent_again_after_signing_in(live: Live, page: Page, administrator: User) -> None:
    sign_in(live, page, administrator)
    page.goto(f"{live.url}/teams/new")
    page.get_by_label("Name", exact=False).first.fill("Night shift")
    page.context.clear_cookies()
    page.get_by_role("main").get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="You are signed out.")).to_be_visible()

    sign_in_beside(page, administrator)
    page.get_by_role("button", name="Send again").click()

    expect(page.get_by_role("heading", name="Teams")).to_be_visible()
    with live.session() as session:
        assert "Night shift" in session.scalars(select(Team.name)).all()


def test_a_part_of_a_page_says_signed_out_and_keeps_what_was_typed(live: Live, page: Page, administrator: User) -> None:
    with live.session() as session:
        create_published(session, rule_rubric())
    sign_in(live, page, administrator)
    page.goto(f"{live.url}/plans/new")
    name = page.get_by_label("Name", exact=False).first
    page.context.clear_cookies()

    name.fill("Chats of May")
    name.blur()

    dialog = page.get_by_role("dialog", name="You are signed out")
    expect(dialog).to_be_visible()
    sign_in_beside(page, administrator)
    page.evaluate(COME_BACK)
    expect(dialog).to_be_hidden()
    expect(name).to_have_value("Chats of May")
    with page.expect_response("**/plans/new") as answered:
        name.fill("Chats of June")
        name.blur()
    assert answered.value.status == 200


@pytest.mark.parametrize(("language", "theme"), LOOKS)
def test_what_signed_out_people_see_is_accessible(
    live: Live, page: Page, axe, administrator: User, language: str, theme: str
) -> None:
    live.enter(page, administrator, language=language, theme=theme)
    page.goto(f"{live.url}/account/signed-in")
    axe(page)
    page.goto(f"{live.url}/teams/new")
    page.evaluate("document.getElementById('session-ended').showModal()")
    axe(page)
    page.keyboard.press("Escape")
    page.locator("main input[name=name]").fill("A")
    page.context.clear_cookies()
    page.locator("main form .btn-primary").click()

    expect(page.locator("main input[name=name]")).to_have_value("A")
    axe(page)
