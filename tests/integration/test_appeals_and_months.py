"""What a decided appeal does beyond its inspection: the month, the sample, the siblings, the figures."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.appeals import errors, service
from qa_app.appeals.deciding import Verdict
from qa_app.appeals.figures import appeal_figures
from qa_app.appeals.rechecks import find_siblings
from qa_app.assessment import service as assessment
from qa_app.assessment.content import decode_content
from qa_app.assessment.corrections import corrections_since, reason_for
from qa_app.assessment.open_work import count_open_work
from qa_app.clock import travel
from qa_app.inspections import service as inspections
from qa_app.models import (
    Agent,
    Appeal,
    AppealKind,
    AppealState,
    Draw,
    Inspection,
    InspectionState,
    PointDecision,
    RecheckState,
    RoleName,
    Sample,
    SampleState,
    SamplingPlan,
    User,
)
from scoring.estimates.intervals import proportion_interval
from tests.factories.appeals import create_appeal, create_scored
from tests.factories.months import MONTH, create_month
from tests.factories.people import create_agent, create_user

pytestmark = pytest.mark.both_databases
ACCEPT = Verdict(PointDecision.accepted, "Heard again: it is there.")
AFTER = datetime(2026, 10, 22, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def request_context(app, session: Session):
    """Reasons and titles are written in the reader's language."""
    with app.test_request_context():
        yield


def lost_answer(session: Session, agent: Agent, criterion: str = "answer") -> Inspection:
    """The first inspection of the agent that lost this answer."""
    rows = session.scalars(select(Inspection).where(Inspection.agent_id == agent.id).order_by(Inspection.id))
    return next(one for one in rows if any(row.criterion == criterion and row.lost_points for row in one.answers))


def appeal_of(session: Session, agent: Agent, inspection: Inspection, criterion: str = "answer") -> Appeal:
    user = session.scalar(select(User).where(User.agent_id == agent.id))
    user = user or create_user(session, RoleName.agent, name=agent.name, agent_id=agent.id)
    dispute = service.Dispute(criterion, {"level": "yes"}, "It was complete.")
    with travel(AFTER):
        return service.file_appeal(session, user, inspection, kind=AppealKind.disagree, disputes=[dispute])


def test_the_month_follows_through_a_revision_that_names_the_appeal(session: Session) -> None:
    agents = create_month(session, agents=9)
    hr, lead = create_user(session, RoleName.hr), create_user(session, RoleName.qa_lead)
    inspection = lost_answer(session, agents[0])
    appeal = appeal_of(session, agents[0], inspection)
    first = assessment.compute_month(session, hr, MONTH)
    before = decode_content(first.sheets[0].content)

    with travel(datetime(2099, 1, 5, 9, tzinfo=UTC)):
        service.decide_appeal(session, lead, appeal, {"answer": ACCEPT})
        found = corrections_since(session, first, MONTH)
        assert (found.own, found.earlier, found.appeals) == (1, 0, (appeal.id,))
        second = assessment.compute_month(session, hr, MONTH, reason=reason_for(found))

    after = decode_content(second.sheets[0].content)
    assert str(appeal.id) in second.reason
    assert quality_of(after) > quality_of(before)
    assert assessment.verify_revision(session, first).is_exact
    assert assessment.verify_revision(session, second).is_exact
    assert corrections_since(session, second, MONTH).own == 0


def quality_of(content) -> float:
    return next(part for part in content.components if part.code == "qa").estimate.value


def test_open_appeals_of_a_draw_ask_for_a_reason(session: Session) -> None:
    scored = create_scored(session)
    plan = SamplingPlan(
        name="x", month="2026-10", seed=b"s", commitment="c", committed_at=AFTER, is_committed_late=False
    )
    draw = Draw(public_id="d", plan=plan, handed_out_at=AFTER)
    session.add(draw)
    session.flush()
    scored.inspection.sample.draw_id = draw.id
    session.flush()
    assert count_open_work(session, "2026-10").appeals == 0

    create_appeal(session, scored)

    assert count_open_work(session, "2026-10").appeals == 1


def test_open_appeals_about_imported_history_ask_for_a_reason_too(session: Session) -> None:
    scored = create_scored(session)
    scored.inspection.sample_id = scored.inspection.assignment_id = None
    scored.inspection.source = "import"
    session.flush()
    appeal = create_appeal(session, scored)
    assert count_open_work(session, "2026-10").appeals == 1
    assert count_open_work(session, "2026-09").appeals == count_open_work(session, "2026-11").appeals == 0

    service.withdraw_appeal(session, scored.agent, appeal)

    assert count_open_work(session, "2026-10").appeals == 0


def test_a_wrong_agent_replaces_the_sample_and_counts_for_nobody(session: Session) -> None:
    scored = create_scored(session)
    right = create_agent(session, "Ines Vidal")
    appeal = create_appeal(session, scored, kind=AppealKind.wrong_agent, text="It was Ines.")
    inspection, sample = scored.inspection, scored.inspection.sample

    service.decide_wrong_agent(
        session, scored.lead, appeal, is_upheld=True, reason="The log says so.", right_agent=right
    )

    assert (sample.state, sample.replacement_reason) == (SampleState.replaced, "wrong_agent")
    assert (inspection.agent_id, inspection.is_random, inspection.state) == (right.id, False, InspectionState.decided)
    assert inspection.conversation.agent_id == right.id
    assert (appeal.state, appeal.score_after, appeal.agent_id) == (AppealState.accepted, None, scored.agent.agent_id)
    assert inspections.list_revisions(session, inspection)[0].agent_id == scored.agent.agent_id


def test_a_wrong_agent_needs_words_and_may_be_rejected(session: Session) -> None:
    scored = create_scored(session)
    with pytest.raises(errors.ReasonMissing):
        create_appeal(session, scored, kind=AppealKind.wrong_agent)
    appeal = create_appeal(session, scored, kind=AppealKind.wrong_agent, text="Not me.")

    service.decide_wrong_agent(session, scored.lead, appeal, is_upheld=False, reason="Your name stands in it.")

    assert (appeal.state, appeal.score_after) == (AppealState.rejected, 40)
    assert session.scalars(select(Sample.state)).one() == SampleState.inspected


def test_an_upheld_appeal_offers_its_siblings(session: Session) -> None:
    agents = create_month(session, agents=4)
    lead = create_user(session, RoleName.qa_lead)
    inspection = lost_answer(session, agents[0])
    appeal = appeal_of(session, agents[0], inspection)
    assert find_siblings(session, appeal) == []  # nothing is upheld yet
    service.decide_appeal(session, lead, appeal, {"answer": ACCEPT})

    siblings = find_siblings(session, appeal)
    lost = [
        one
        for one in session.scalars(select(Inspection))
        if one.id != inspection.id and any(row.criterion == "answer" and row.lost_points for row in one.answers)
    ]
    same = [one for one in lost if one.inspector_id == inspection.inspector_id]
    assert len(lost) > len(same) > 0
    assert {one.inspection_id for one in siblings} == {one.id for one in lost}

    assert service.ask_rechecks(session, lead, appeal, cause="same_inspector") == len(same)
    assert len(find_siblings(session, appeal)) == len(lost) - len(same)


def test_a_sibling_is_corrected_by_somebody_who_did_not_score_it(session: Session) -> None:
    agents = create_month(session, agents=4)
    lead = create_user(session, RoleName.qa_lead)
    appeal = appeal_of(session, agents[0], lost_answer(session, agents[0]))
    service.decide_appeal(session, lead, appeal, {"answer": ACCEPT})
    service.ask_rechecks(session, lead, appeal, cause="same_rubric")
    first, second = appeal.rechecks[:2]
    before = first.inspection.score

    with pytest.raises(errors.OwnWork):
        service.settle_recheck(session, first.inspection.inspector, first, is_corrected=True, note="Mine.")
    service.settle_recheck(session, lead, first, is_corrected=True, note="The same slip.")
    service.settle_recheck(session, lead, second, is_corrected=False, note="Here it was missing.")

    assert first.inspection.score == before + 40
    assert inspections.list_revisions(session, first.inspection)[0].cause == f"recheck:{first.id}"
    assert (first.state, second.state) == (RecheckState.corrected, RecheckState.stands)
    with pytest.raises(errors.AlreadySettled):
        service.settle_recheck(session, lead, first, is_corrected=True, note="Again.")


def test_figures_count_answers_with_wilsons_interval(session: Session) -> None:
    agents = create_month(session, agents=8)
    lead = create_user(session, RoleName.qa_lead)
    reject = Verdict(PointDecision.rejected, "It is missing.")
    for number, agent in enumerate(agents):
        appeal = appeal_of(session, agent, lost_answer(session, agent))
        if number < 6:
            service.decide_appeal(session, lead, appeal, {"answer": ACCEPT if number < 2 else reject})

    figures = appeal_figures(session, None, None)
    line = figures.criteria[0]
    interval = proportion_interval(2, 6)
    assert (line.key, line.title, line.given) == ("answer", "Complete answer", 40)
    assert (line.disputed, line.waiting, line.upheld) == (8, 2, 2)
    assert (line.share.value, line.share.lower, line.share.upper) == (2 / 6, interval.lower, interval.upper)
    assert line.share.label == "few"
    assert sum(one.disputed for one in figures.inspectors) == 8
    assert appeal_figures(session, datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)).criteria == ()
