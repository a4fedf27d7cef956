"""A rule from its first word to the scoring page: written, tested, switched on, proposed hidden and shown."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from playwright.sync_api import expect

from qa_app.clock import now
from qa_app.models import Draw, Inspection, RoleName, RuleProposal, SamplingPlan
from qa_app.screening.rule_comparing import list_yardsticks
from qa_app.screening.rule_testing import Scope, choose_conversations, try_rule
from scoring.language.definition import Not, Said
from scoring.rubric import Check
from tests.browser.conftest import LOOKS
from tests.browser.scoring import ScoringPage
from tests.factories.appeals import create_scored
from tests.factories.conversations import create_chat
from tests.factories.inspections import LAMP_CHAT, create_assignment
from tests.factories.people import create_agent, create_user
from tests.factories.rubrics import create_published, small_rubric
from tests.factories.rules import MONTH, create_rule_in_use, create_script_in_force

pytestmark = pytest.mark.browser


def checked_rubric():
    """The small rubric; a rule of the story proposes the answer to its first criterion."""
    rubric = small_rubric()
    section = rubric.sections[0]
    check = Check(rule="greets_at_once", satisfied="yes", not_satisfied="no")
    first = replace(section.criteria[0], check=check)
    return replace(rubric, sections=(replace(section, criteria=(first, section.criteria[1])),))


def show_proposals(session, sample) -> None:
    plan = SamplingPlan(
        name="Shown", month="2026-10", seed=b"", commitment="", committed_at=now(), is_committed_late=False,
        design={"proposals_shown": True},
    )  # fmt: skip
    sample.draw = Draw(public_id="shown", plan=plan)


def test_a_rule_is_written_tested_switched_on_and_proposes(live, page) -> None:
    with live.session() as session:
        lead, inspector = create_user(session, RoleName.qa_lead), create_user(session, RoleName.inspector)
        agent = create_agent(session)
        create_script_in_force(session)
        chats = [create_chat(session, agent, LAMP_CHAT) for _ in range(2)]
        create_chat(session, agent, (("customer", 0, "Hi"), ("agent", 30, "Order number?")))
        version = create_published(session, checked_rubric())
        samples = [create_assignment(session, inspector, version, chat).sample for chat in chats]
        show_proposals(session, samples[1])
    live.enter(page, lead)

    # The lead writes: the greeting in the first message, and nobody told to calm down.
    page.goto(f"{live.url}/rules/new")
    page.get_by_label("Name in English").fill("Greets at once")
    page.get_by_role("button", name="Put into a group condition 1").click()
    expect(page.locator("[data-node='0-0']")).to_be_visible()
    page.get_by_label("And the cues of a script").select_option(label="Greeting · 1")
    page.get_by_label("Within the first messages").fill("1")
    page.get_by_role("button", name="Add a condition to condition 1").click()
    expect(page.locator("[data-node='0-1']")).to_be_visible()
    page.locator("[data-node='0-1'] select[data-reshape]").first.select_option(label="Not this")
    page.locator("[data-node='0-1-0']").get_by_label("Words, one phrase on a line").fill("calm down")
    page.get_by_role("button", name="Save draft").last.click()
    expect(page.get_by_role("heading", name="Draft of Greets at once")).to_be_visible()

    # It is tested on October and seen at work, hit and miss, before it can be switched on.
    page.get_by_label("Month").select_option("2026-10")
    page.get_by_role("button", name="Test the saved draft").click()
    expect(page.locator("mark").first).to_have_text("Hello")
    expect(page.get_by_text("satisfied means “Small · Greets the customer: Yes”")).to_be_visible()
    page.get_by_role("link", name="not satisfied 1").click()
    expect(page.get_by_text("Order number?")).to_be_visible()
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Switch on").click()
    confirm = page.locator("dialog[open] button").filter(has_text="Switch on")
    if confirm.count():
        confirm.click()
    expect(page.get_by_text("The rule is switched on.")).to_be_visible()

    # Hidden: the inspector answers first, and only a difference is said, with its place.
    live.enter(page, inspector)
    scoring = ScoringPage(page, live.url).start_from_queue()
    expect(page.get_by_text("Rule proposed:")).to_have_count(0)
    scoring.press("2").wait_saved()
    expect(scoring.row(1).locator("[data-proposal]")).to_contain_text("Rule proposed: Yes")
    scoring.row(1).locator("[data-proposal-jump]").click()
    expect(page.locator("[data-turn='2'].is-shown")).to_be_visible()
    scoring.press("y")
    expect(scoring.row(1).get_by_role("radio", name="No", exact=True)).to_be_checked()
    scoring.go_to(1).press("1")
    expect(scoring.row(1).locator("[data-proposal]")).to_be_empty()
    scoring.go_to(2).press("1").wait_saved().press("Control+Enter")

    # Shown: one key confirms, and the answer is the person's.
    scoring.wait()
    expect(scoring.row(1).locator("[data-proposal]")).to_contain_text("Rule proposed: Yes")
    expect(scoring.row(1).locator("input:checked")).to_have_count(0)
    scoring.go_to(1).press("y").wait_saved()
    expect(scoring.row(1).get_by_role("radio", name="Yes", exact=True)).to_be_checked()

    with live.session() as session:
        kept = {p.inspection_id: p for p in session.query(RuleProposal)}
        first, second = (kept[key] for key in sorted(kept))
        assert (first.first_answer, first.decided, first.is_shown_before) == ("no", "yes", False)
        assert (second.proposed, second.decided, second.is_shown_before) == ("yes", None, True)


def test_a_proposal_is_confirmed_with_its_evidence_and_taken_back(live, page) -> None:
    with live.session() as session:
        inspector = create_user(session, RoleName.inspector)
        chat = create_chat(session, create_agent(session), (("customer", 0, "Hi"), ("agent", 9, "Oh, calm down!")))
        create_rule_in_use(session, Not(of=Said(phrases=("calm down",))), code="greets_at_once")
        rubric = checked_rubric()
        section = rubric.sections[0]
        first = replace(section.criteria[0], evidence_required=True)
        rubric = replace(rubric, sections=(replace(section, criteria=(first, section.criteria[1])),))
        sample = create_assignment(session, inspector, create_published(session, rubric), chat).sample
        show_proposals(session, sample)
    live.enter(page, inspector)
    scoring = ScoringPage(page, live.url).start_from_queue()
    row, back = scoring.row(1), page.locator("[data-retract-proposal]")
    expect(back).to_be_hidden()

    # One key: the answer with the words that show it.
    scoring.press("y").wait_saved()
    expect(row.get_by_role("radio", name="No", exact=True)).to_be_checked()
    expect(row.locator("[data-quote]")).to_have_text("calm down")
    expect(row.locator("[data-needs-proof]")).to_be_hidden()

    # The same key takes both back; the button does so as well.
    scoring.press("y").wait_saved()
    expect(row.locator("input:checked")).to_have_count(0)
    expect(row.locator("[data-proof]")).to_have_count(0)
    page.locator("[data-confirm-proposal]").click()
    back.click()
    expect(row.locator("[data-proof]")).to_have_count(0)

    # What the person pointed at stays the only evidence, and a former answer comes back.
    scoring.press("1").select(2, "Oh").press("e").press("y").wait_saved()
    expect(row.locator("[data-quote]")).to_have_text("Oh")
    expect(row.get_by_role("radio", name="No", exact=True)).to_be_checked()
    scoring.press("y").wait_saved()
    expect(row.get_by_role("radio", name="Yes", exact=True)).to_be_checked()
    expect(row.locator("[data-quote]")).to_have_text("Oh")
    scoring.press("y").go_to(2).press("1").wait_saved().submit()

    with live.session() as session:
        inspection = session.query(Inspection).one()
        assert (inspection.state, [one.quote for one in inspection.evidence]) == ("submitted", ["Oh"])


@pytest.mark.parametrize(("language", "theme"), LOOKS)
def test_the_pages_of_scripts_and_rules_are_accessible(live, page, axe, language, theme) -> None:
    with live.session() as session:
        lead = create_user(session, RoleName.qa_lead)
        script = create_script_in_force(session)
        create_scored(session)
        rule = create_rule_in_use(session)
        against = list_yardsticks(session, "en")[0][0]
        scope = Scope(MONTH, sample=0, against=against)
        tried = try_rule(session, None, rule, choose_conversations(session, scope), scope)
        assert tried["compared"]["counts"]["false_hit"] == 1
        places = [
            "/scripts", f"/scripts/{script.script_id}", f"/scripts/{script.script_id}/compare", "/scripts/new",
            "/rules", "/rules/new", f"/rules/{rule.rule_id}", f"/rules/{rule.rule_id}/versions/1/test",
            f"/rules/{rule.rule_id}/results", f"/rules/{rule.rule_id}/versions/1/test?people=false_hit",
        ]  # fmt: skip
    live.enter(page, lead, language=language, theme=theme)

    for place in places:
        answer = page.goto(f"{live.url}{place}")
        assert answer.status == 200, place
        axe(page)


@pytest.mark.parametrize(("language", "theme"), LOOKS)
def test_a_proposal_on_the_scoring_page_is_accessible(live, page, axe, language, theme) -> None:
    with live.session() as session:
        inspector = create_user(session, RoleName.inspector)
        chat = create_chat(session, create_agent(session), LAMP_CHAT)
        create_rule_in_use(session, code="greets_at_once")
        sample = create_assignment(session, inspector, create_published(session, checked_rubric()), chat).sample
        show_proposals(session, sample)
    live.enter(page, inspector, language=language, theme=theme)

    page.goto(f"{live.url}/queue")
    page.locator("form[action$='/queue/start'] button").click()
    ScoringPage(page, live.url).wait()
    expect(page.locator("[data-confirm-proposal]")).to_be_visible()

    axe(page)
