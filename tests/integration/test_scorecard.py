"""An agent opens the own month, sees what made it, and answers; nobody else's month is there."""

from __future__ import annotations

import re

import msgspec
import pytest
from flask_babel import force_locale
from sqlalchemy import select

from qa_app.assessment import service
from qa_app.assessment.calculate import calculate_month
from qa_app.models import AuditEvent, RoleName, Sheet, SheetComment, SheetState
from qa_app.scorecard.how import make_chapters
from tests.factories.frozen_inputs import make_inputs
from tests.factories.months import MONTH, create_month
from tests.factories.people import create_user

pytestmark = pytest.mark.both_databases


@pytest.fixture
def published(session):
    """October, published; its agents are Agent 0 to Agent 9."""
    create_month(session)
    hr = create_user(session, RoleName.hr, name="Han Qingyue")
    period = service.compute_month(session, hr, MONTH).period
    for sheet in period.revision.sheets:
        sheet.reviewed_at = period.revision.computed_at
    period.revision.is_over = True
    service.review_month(session, hr, period)
    service.approve_month(session, hr, period)
    service.publish_month(session, hr, period)
    return period


@pytest.fixture
def agent(published, sign_in):
    """A client signed in as Agent 0."""
    return sign_in(RoleName.agent, name="Agent 0", agent_id=published.revision.sheets[0].agent_id)


def own_sheet(session, published) -> Sheet:
    return session.get_one(Sheet, published.revision.sheets[0].id)


def test_the_scorecard_opens_the_latest_month_and_notes_that_it_was_seen(session, published, agent):
    answer = agent.get("/me", follow_redirects=True)

    assert b"<h1>October 2026</h1>" in answer.data
    assert own_sheet(session, published).state == SheetState.seen
    assert session.scalar(select(AuditEvent.id).where(AuditEvent.action == "sheet.see"))


def test_the_parts_shown_add_up_to_the_sum_shown(agent):
    page = agent.get(f"/me/{MONTH}").text
    adds = [float(value) for value in re.findall(r'<td class="n adds"><b>([\d.]+)</b>', page)]

    assert len(adds) > 2
    assert round(sum(adds[:-1]), 1) == adds[-1]


def test_every_part_opens_its_formula_with_its_numbers(agent):
    page = agent.get("/me", follow_redirects=True).text

    assert page.count('<code class="formula">') >= 4
    assert "θ = (1 − p) · q = " in page
    assert "For a dispute: without any assumption" in page


def test_every_inspected_conversation_leads_to_its_inspection(agent, session, published):
    page = agent.get(f"/me/{MONTH}").text

    assert len(set(re.findall(r'href="(/inspections/\d+/view)"', page))) == 5


def test_the_month_and_the_standing_stand_side_by_side(agent):
    page = agent.get(f"/me/{MONTH}").text

    assert re.search(r"Inspected this month: \d+ \(n = 5, likely \d+–\d+\)\.", page)
    assert re.search(r"Standing over 6 months: \d+ \(\d+–\d+\)\.", page)


def test_no_colleague_is_named(agent):
    page = agent.get(f"/me/{MONTH}").text

    assert "Agent 0" in page
    assert not re.search(r"Agent [1-9]", page)


def test_acknowledging_is_kept_once(agent, session, published):
    assert agent.post(f"/me/{MONTH}/acknowledge").status_code == 303
    assert own_sheet(session, published).state == SheetState.acknowledged

    page = agent.post(f"/me/{MONTH}/object", data={"reason": "Late thought."}, follow_redirects=True).text

    assert own_sheet(session, published).state == SheetState.acknowledged
    assert "This is not possible now" in page


def test_an_objection_needs_its_reason(agent, session, published):
    page = agent.post(f"/me/{MONTH}/object", data={"reason": " "}).text
    assert "Say what is not right." in page
    assert own_sheet(session, published).state == SheetState.seen

    agent.post(f"/me/{MONTH}/object", data={"reason": "The second chat was not mine."})

    assert own_sheet(session, published).state == SheetState.objected
    assert own_sheet(session, published).objection == "The second chat was not mine."


def test_own_words_stand_beside_the_sheet(agent, session, published):
    agent.post(f"/me/{MONTH}/comment", data={"text": "The search was slow."})

    assert session.scalar(select(SheetComment.kind).where(SheetComment.text == "The search was slow.")) == "self"
    assert "The search was slow." in agent.get(f"/me/{MONTH}").text


def test_an_unpublished_month_is_not_there(session, sign_in):
    create_month(session)
    revision = service.compute_month(session, create_user(session, RoleName.hr), MONTH)
    client = sign_in(RoleName.agent, agent_id=revision.sheets[0].agent_id)

    assert client.get(f"/me/{MONTH}").status_code == 404
    page = client.get("/me").text
    assert "5 of your conversations have been inspected so far." in page


@pytest.mark.parametrize("role", [RoleName.hr, RoleName.qa_lead, RoleName.supervisor, RoleName.inspector])
def test_only_agents_have_a_scorecard(published, sign_in, role):
    assert sign_in(role).get(f"/me/{MONTH}").status_code == 404


def test_how_scores_are_made_uses_own_figures_for_the_agent_alone(published, agent, sign_in):
    own, other = agent.get("/how").text, sign_in(RoleName.inspector).get("/how").text

    assert "5 of your 40 conversations were inspected" in own
    assert "Customer rating: 40% is worth 0 points, 95% is worth 100." in other
    assert "of your" not in other.replace("of yourself", "")


def test_how_scores_are_made_says_what_depends_on_colleagues_and_what_does_not(published, agent):
    page = agent.get("/how").text

    assert "No figure of a colleague changes your points" not in page
    assert "points are never given by rank" in page
    assert "Handle time is compared with everybody’s" in page


def _chapters(app, *, mode="fair", locale="en", **told):
    """The chapters of one sheet, as one text."""
    inputs = make_inputs()
    inputs = msgspec.structs.replace(inputs, policy=msgspec.structs.replace(inputs.policy, mode=mode))
    content = calculate_month(inputs, "0" * 64).sheets[0].content
    with app.test_request_context(), force_locale(locale):
        chapters = make_chapters(content, locale, is_own=True, **told)
    return " ".join(part for chapter in chapters for part in (chapter.title, chapter.text, *chapter.lines))


def test_how_scores_are_made_tells_a_month_of_the_direct_mode_apart(app):
    direct, fair = _chapters(app, mode="direct"), _chapters(app)

    assert "is worked out and taken off or added" in fair
    assert "Tiers and lists use the standing" in fair
    assert "So does the standing." in fair
    assert "The policy of this month takes it by itself" in direct
    assert "the tier rests on this month’s score" in direct
    assert "This month nothing was taken off or added for that" in direct
    for claim in ("is worked out and taken off or added", "use the standing", "standing is right", "does the standing"):
        assert claim not in direct
    assert "How strict an inspector is shows only" not in direct


def test_how_scores_are_made_says_where_severity_stayed_in(app):
    page = _chapters(app, is_severity_off=True)

    assert "This month nothing was taken off or added for that" in page
    assert "is worked out and taken off or added" not in page
    assert "How strict an inspector is shows only" not in page
    assert "Tiers and lists use the standing" in page


def test_below_eight_agents_the_quality_is_not_moved_but_the_critical_rate_is(app):
    page = _chapters(app, stands_alone=True)

    assert "so your quality is not moved towards an average; only the rate of critical errors still leans" in page
    assert "nothing is moved" not in page
    assert "does the standing" not in page


def test_the_page_of_a_month_reads_from_its_record_whether_severity_was_taken_out(session, published, agent):
    record = published.revision.centre
    assert record.severity is not None

    page = agent.get("/how").text

    assert ("This month nothing was taken off or added for that" in page) is not record.severity.is_applied


def test_how_scores_are_made_opens_before_any_month(session, sign_in):
    assert "No month has been published yet" in sign_in(RoleName.inspector).get("/how").text
