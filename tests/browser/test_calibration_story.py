"""A calibration session in the browser: from choosing conversations to the ruling in the next rubric version."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from qa_app.calibration import service
from qa_app.models import CalibrationSession, RoleName, User
from qa_app.rubrics.queries import draft_of, load_definition
from scoring.rubric import Text
from tests.browser.conftest import LOOKS, Live
from tests.factories.calibration import create_calibration, score_blind
from tests.factories.conversations import create_chat
from tests.factories.inspections import LAMP_CHAT, rule_rubric
from tests.factories.people import create_agent, create_user
from tests.factories.rubrics import create_published

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Cast:
    """Everybody in the story."""

    lead: User
    ada: User
    bo: User


@pytest.fixture
def cast(live: Live) -> Cast:
    """A rubric in force and five chats."""
    with live.session() as session:
        create_published(session, rule_rubric())
        agent = create_agent(session, "Tobias Renn")
        for _ in range(5):
            create_chat(session, agent, LAMP_CHAT)
        return Cast(
            create_user(session, RoleName.qa_lead, name="Shen Yinuo"),
            create_user(session, RoleName.inspector, name="Ada Brook"),
            create_user(session, RoleName.inspector, name="Bo Lind"),
        )


def score_open_one(page: Page, greeting: str, *, unscoreable: str = "") -> None:
    """Answer everything on the scoring page by keyboard; where the greeting is missed its place is shown."""
    page.locator("[data-scoring][data-ready], [data-ready]").first.wait_for()
    row = page.locator('[data-criterion="greeting"].crit')
    row.get_by_role("radio", name=greeting, exact=True).check(force=True)
    facts = page.locator('[data-criterion="facts"].crit')
    facts.locator(".crit-name").click()
    for item in facts.locator("[data-item]").all():
        item.get_by_role("radio", name="Done").check(force=True)
    privacy = page.locator('[data-criterion="privacy"].crit')
    privacy.locator(".crit-name").click()
    if unscoreable:
        page.keyboard.press("w")
        expect(privacy.locator("[data-unscoreable]")).to_be_checked()
        page.keyboard.type(unscoreable)
        expect(privacy.locator("[data-unscoreable-chip]")).to_be_visible()
    else:
        privacy.get_by_role("radio", name="Yes", exact=True).check(force=True)


def test_from_choosing_to_the_next_version(live: Live, page: Page, cast: Cast) -> None:
    # The lead takes what is proposed, but only one conversation.
    live.enter(page, cast.lead)
    page.goto(f"{live.url}/calibration")
    page.get_by_role("link", name="New session").first.click()
    picks = page.locator('input[name="pick"]')
    expect(page.locator('input[name="pick"]:checked')).to_have_count(3)
    for pick in picks.all()[1:]:
        pick.uncheck()
    picks.first.check()
    page.get_by_label("Name").fill("November, chat")
    page.get_by_role("button", name="Start the session").click()
    expect(page.get_by_role("heading", name="November, chat")).to_be_visible()
    address = page.url

    # Ada scores blind; the session waits in her bar and is over after the last one.
    live.enter(page, cast.ada)
    page.goto(live.url + "/calibration")
    expect(page.get_by_text("waits for you: 1")).to_be_visible()
    page.get_by_role("link", name="November, chat").click()
    expect(page.get_by_text("Bo Lind")).to_have_count(0)
    page.get_by_role("button", name="Score the next one").click()
    score_open_one(page, "Yes", unscoreable="It asks about two things at once.")
    expect(page.locator("[data-save-state], [data-status]").first).to_contain_text("Saved")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/calibration/*")
    expect(page.get_by_text("You have scored everything.")).to_be_visible()

    # Bo does so too: he sees no greeting, and may not look at Ada's.
    with live.session() as session:
        made = session.get_one(CalibrationSession, int(address.rsplit("/", 1)[1]))
        from tests.factories.calibration import Calibrated

        bo = session.get_one(User, cast.bo.id)
        calibrated = Calibrated(made, session.get_one(User, cast.lead.id), [bo], made.rubric_version)
        score_blind(session, calibrated, bo, 0, {"greeting": "no", "privacy": "yes"})

    # Revealed, the differences stand first; one note, one ruling, into the next version.
    live.enter(page, cast.lead)
    page.goto(address)
    page.get_by_role("button", name="Reveal the answers").click()
    expect(page.get_by_text("Answered differently: 2 criteria")).to_be_visible()
    greeting = page.locator("details.crit-box").filter(has_text="Greeting").first
    greeting.get_by_label("Note", exact=True).fill("She says who she is; is that a greeting?")
    greeting.get_by_role("button", name="Keep the note").click()
    expect(page.get_by_text("She says who she is; is that a greeting?")).to_be_visible()
    greeting = page.locator("details.crit-box").filter(has_text="Greeting").first
    greeting.get_by_label("Reference answer").select_option(label="Yes")
    greeting.get_by_label("Ruling for the guidance, English").fill("Saying the name is a greeting.")
    greeting.get_by_role("button", name="Give the ruling on Greeting").click()
    page.get_by_role("button", name="Write 1 ruling into the next version").click()
    expect(page.get_by_text("The rulings stand in the guidance of version 2.")).to_be_visible()

    with live.session() as session:
        made = session.get_one(CalibrationSession, int(address.rsplit("/", 1)[1]))
        draft = draft_of(made.rubric_version.rubric)
        assert draft is not None
        criterion = load_definition(draft).criterion("greeting")
        assert criterion is not None
        assert "Saying the name is a greeting." in criterion.guidance.text.en
    page.goto(live.url + "/calibration/wording")
    expect(page.get_by_text("It asks about two things at once.")).to_be_visible()
    expect(page.get_by_role("link", name="Edit Privacy kept")).to_be_visible()


@pytest.mark.parametrize(("language", "theme"), LOOKS)
def test_pages_of_a_session_are_accessible(live: Live, page: Page, axe, tmp_path: Path, language, theme) -> None:
    with live.session() as session:
        made = create_calibration(session, conversations=2)
        ada, bo = made.inspectors
        score_blind(session, made, ada, 0, {"greeting": "yes", "privacy": "yes"})
        score_blind(session, made, bo, 0, {"greeting": "no", "privacy": "no"})
        lead, number = made.lead, made.session.id
    for user in (lead, ada):
        live.enter(page, user, language=language, theme=theme)
        page.goto(f"{live.url}/calibration/{number}")
        axe(page)
    with live.session() as session:
        calibration = session.get_one(CalibrationSession, number)
        judge = session.get_one(User, lead.id)
        service.reveal_session(session, judge, calibration, reason="One was missing")
        place = {"sample_id": calibration.conversations[0].sample_id, "criterion": "greeting"}
        service.write_note(session, judge, calibration, **place, text="Why?")
        service.rule_on(
            session, judge, calibration, **place, reference={"level": "yes"}, text=Text(en="A name is enough.")
        )
    for user in (lead, ada):
        live.enter(page, user, language=language, theme=theme)
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 800})
            page.goto(f"{live.url}/calibration/{number}")
            axe(page)
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), width
