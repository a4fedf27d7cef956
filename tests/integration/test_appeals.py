"""Appeals: who may file and decide them, what they do to the inspection, and what is kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.appeals import errors, queries, service
from qa_app.appeals.deciding import Verdict
from qa_app.clock import now, travel
from qa_app.inspections import service as inspections
from qa_app.inspections.refusals import PlaceRefused
from qa_app.inspections.revising import as_it_stood
from qa_app.jobs.duties import duties, perform
from qa_app.models import (
    Appeal,
    AppealKind,
    AppealState,
    AuditEvent,
    CalendarDay,
    InspectionState,
    PointDecision,
    RoleName,
)
from qa_app.people.appeal_rules import AppealRules, change_appeal_rules
from scoring.rubric import AnswerIs, Criterion, Kind, Rubric, Section, Text
from tests.factories.appeals import create_appeal, create_scored
from tests.factories.inspections import answer
from tests.factories.people import create_agent, create_organisation, create_user

ACCEPT = Verdict(PointDecision.accepted, "There is a hello.")
REJECT = Verdict(PointDecision.rejected, "A hello alone is not a greeting.")
pytestmark = pytest.mark.both_databases
WEDNESDAY = datetime(2026, 11, 11, 9, 0, tzinfo=UTC)


@pytest.fixture
def scored(session: Session):
    with travel(WEDNESDAY):
        yield create_scored(session)


def test_an_appeal_names_answers_with_reasons_and_places(session: Session, scored) -> None:
    appeal = create_appeal(session, scored)

    assert scored.inspection.state == InspectionState.appealed
    point = appeal.answers[0]
    assert (point.criterion, point.given, point.proposed) == ("greeting", {"level": "no"}, {"level": "yes"})
    assert [(one.kind, one.message_sequence, one.quote) for one in point.evidence] == [("span", 2, "Hello")]
    assert appeal.due_at == datetime(2026, 11, 19, tzinfo=UTC)  # the end of the fifth working day


@pytest.mark.parametrize(
    ("dispute", "refusal"),
    [
        (service.Dispute("greeting", {"level": "no"}, "because"), errors.SameAnswer),
        (service.Dispute("greeting", {"level": "yes"}, " "), errors.ReasonMissing),
        (service.Dispute("greeting", {}, "because"), errors.AnswerNotOffered),
        (service.Dispute("greeting", {"level": "perhaps"}, "because"), errors.AnswerNotOffered),
        (service.Dispute("nothing", {"level": "yes"}, "because"), errors.AnswerNotOffered),
        (service.Dispute("first_response", {"level": "yes"}, "because"), errors.AnswerNotOffered),
    ],
)
def test_what_makes_no_appeal_is_refused_by_name(session: Session, scored, dispute, refusal) -> None:
    with pytest.raises(refusal):
        create_appeal(session, scored, dispute)

    assert scored.inspection.state == InspectionState.submitted
    assert session.scalars(select(Appeal)).all() == []


def test_no_answer_and_a_place_that_is_not_there_are_refused(session: Session, scored) -> None:
    with pytest.raises(errors.NothingDisputed):
        service.file_appeal(session, scored.agent, scored.inspection, kind=AppealKind.disagree, disputes=[])
    nowhere = service.Dispute("greeting", {"level": "yes"}, "because", [inspections.Place("message", turn=99)])
    with pytest.raises(PlaceRefused):
        create_appeal(session, scored, nowhere)


def test_the_window_is_counted_in_working_days(session: Session, scored) -> None:
    session.add(CalendarDay(on=datetime(2026, 11, 13, tzinfo=UTC).date(), is_working=False, name="Founders' day"))
    session.flush()

    # Thursday, Monday, Tuesday, Wednesday, Thursday the 19th
    with travel(datetime(2026, 11, 19, 23, 59, tzinfo=UTC)):
        assert service.can_appeal(session, scored.agent, scored.inspection)
    with travel(datetime(2026, 11, 20, tzinfo=UTC)):
        assert not service.can_appeal(session, scored.agent, scored.inspection)
        with pytest.raises(errors.WindowClosed):
            create_appeal(session, scored)
        assert inspections.close_windows(session) == 1
        assert scored.inspection.state == InspectionState.final


def test_the_organisation_sets_the_days(session: Session, scored) -> None:
    lead, organisation = scored.lead, create_organisation(session)
    change_appeal_rules(session, lead, organisation, AppealRules(window_days=1, decision_days=2))

    assert inspections.window_ends_at(session, scored.inspection) == datetime(2026, 11, 13, tzinfo=UTC)
    assert create_appeal(session, scored).due_at == datetime(2026, 11, 14, tzinfo=UTC)


def test_the_worker_makes_final_what_is_over(session: Session, scored) -> None:
    session.commit()
    assert "inspections.finalise" in duties()

    perform("inspections.finalise")
    assert scored.inspection.state == InspectionState.submitted
    with travel(datetime(2026, 11, 19, tzinfo=UTC)):
        perform("inspections.finalise")

    session.expire_all()
    assert scored.inspection.state == InspectionState.final


def test_an_appealed_inspection_waits_for_its_decision(session: Session, scored) -> None:
    create_appeal(session, scored)

    with travel(WEDNESDAY + timedelta(days=60)):
        assert inspections.close_windows(session) == 0


def test_only_the_agent_appeals_and_only_once_at_a_time(session: Session, scored) -> None:
    stranger = create_user(session, RoleName.agent, agent_id=create_agent(session).id)

    assert not service.can_appeal(session, stranger, scored.inspection)
    assert not service.can_appeal(session, scored.lead, scored.inspection)
    create_appeal(session, scored)
    with pytest.raises(errors.WindowClosed):
        create_appeal(session, scored)


def test_an_accepted_answer_makes_a_revision_and_the_old_one_stays(session: Session, scored) -> None:
    inspection, appeal = scored.inspection, create_appeal(session, scored)
    assert inspection.score == 40  # 20 for one of two facts, 20 for the response

    preview = service.preview_decision(appeal, {"greeting": ACCEPT})
    assert (preview.before.score, preview.after.score, inspection.score) == (40, 80, 40)
    state = service.decide_appeal(session, scored.lead, appeal, {"greeting": ACCEPT})

    assert (state, inspection.state, inspection.score) == (AppealState.accepted, InspectionState.decided, 80)
    assert (appeal.score_before, appeal.score_after, appeal.revision_number) == (40, 80, 1)
    kept = inspections.list_revisions(session, inspection)[0]
    old = as_it_stood(inspection, kept)
    assert inspections.score_of(old).score == old.score == 40
    assert {row.criterion: row.reason for row in old.answers}["greeting"] == "No greeting."
    assert {row.criterion: row.reason for row in inspection.answers}["greeting"] == ACCEPT.reason
    assert kept.cause == f"appeal:{appeal.id}"
    assert old not in session
    assert inspections.close_windows(session) == 1
    assert inspection.state == InspectionState.final


def test_a_rejected_appeal_changes_nothing(session: Session, scored) -> None:
    appeal = create_appeal(session, scored)

    service.decide_appeal(session, scored.lead, appeal, {"greeting": REJECT})

    assert (appeal.state, appeal.score_after, appeal.revision_number) == (AppealState.rejected, 40, None)
    assert appeal.answers[0].decision_reason == REJECT.reason
    assert not inspections.list_revisions(session, scored.inspection)


def test_one_of_two_answers_is_partly(session: Session, scored) -> None:
    disputes = (
        service.Dispute("greeting", {"level": "yes"}, "I said hello."),
        service.Dispute("facts", {"items": ["name", "number"]}, "Both were told."),
        service.Dispute("first_response", {"na": True}, "The robot came first."),
    )
    appeal = create_appeal(session, scored, *disputes)
    verdicts = {
        "greeting": REJECT,
        "facts": Verdict(
            PointDecision.partly, "The number did not apply.", {"items": ["name"], "excluded": ["number"]}
        ),
        "first_response": Verdict(PointDecision.accepted, "It did."),
    }

    service.decide_appeal(session, scored.lead, appeal, verdicts)

    # 0 of 40 and 40 of 40; the measured 20 are out of account
    assert (appeal.state, scored.inspection.score) == (AppealState.partly, 50)
    rows = {row.criterion: row for row in scored.inspection.answers}
    assert rows["first_response"].value["ruling"] == "set_aside"
    assert rows["first_response"].points is None


def test_every_decision_needs_its_reason(session: Session, scored) -> None:
    appeal = create_appeal(session, scored)

    for verdicts in ({}, {"greeting": Verdict(PointDecision.accepted, " ")}):
        with pytest.raises(errors.ReasonMissing):
            service.decide_appeal(session, scored.lead, appeal, verdicts)
    assert appeal.is_open


def test_whoever_scored_the_sample_never_decides(session: Session, scored) -> None:
    appeal = create_appeal(session, scored)
    scored.inspector.roles += scored.lead.roles
    session.flush()

    with pytest.raises(errors.OwnWork):
        service.decide_appeal(session, scored.inspector, appeal, {"greeting": ACCEPT})
    assert queries.count_to_decide(session, scored.inspector) == 0
    assert queries.count_to_decide(session, scored.lead) == 1
    with pytest.raises(errors.OwnWork):
        service.take_appeal(session, scored.lead, appeal, scored.inspector)


def test_an_appeal_is_escalated_to_somebody_else(session: Session, scored) -> None:
    appeal = create_appeal(session, scored)
    hr = create_user(session, RoleName.hr)
    with pytest.raises(errors.NotYours):
        service.decide_appeal(session, hr, appeal, {"greeting": ACCEPT})

    service.escalate_appeal(session, scored.lead, appeal, reason="I trained them.")

    assert (queries.count_to_decide(session, scored.lead), queries.count_to_decide(session, hr)) == (0, 1)
    with pytest.raises(errors.NotYours):
        service.decide_appeal(session, scored.lead, appeal, {"greeting": ACCEPT})
    service.decide_appeal(session, hr, appeal, {"greeting": ACCEPT})
    assert appeal.state == AppealState.accepted
    with pytest.raises(errors.AlreadySettled):
        service.escalate_appeal(session, scored.lead, appeal, reason="again")


def _let_the_lead_score(session: Session, scored) -> None:
    """Leave one QA lead: the inspector of the sample."""
    scored.inspector.roles += scored.lead.roles
    scored.lead.active = False
    session.flush()


def test_an_appeal_nobody_may_decide_goes_up_at_once(session: Session, scored) -> None:
    _let_the_lead_score(session, scored)
    hr = create_user(session, RoleName.hr)

    appeal = create_appeal(session, scored)
    session.commit()

    assert (appeal.state, appeal.escalated_by_id) == (AppealState.escalated, None)
    assert appeal.escalated_at == appeal.filed_at
    assert [queries.count_to_decide(session, one) for one in (scored.inspector, hr)] == [0, 1]
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "appeal.escalate")).one()
    assert (event.actor_id, event.data["reason"]) == (None, "nobody else may decide")
    service.decide_appeal(session, hr, appeal, {"greeting": ACCEPT})
    assert appeal.state == AppealState.accepted


def test_an_appeal_is_not_escalated_to_nobody(session: Session, scored) -> None:
    appeal = create_appeal(session, scored)

    with pytest.raises(errors.NobodyElse):
        service.escalate_appeal(session, scored.lead, appeal, reason="I trained them.")

    assert (appeal.state, queries.count_to_decide(session, scored.lead)) == (AppealState.open, 1)
    second = create_user(session, RoleName.qa_lead)
    service.escalate_appeal(session, scored.lead, appeal, reason="I trained them.")
    assert queries.count_to_decide(session, second) == 1


def test_an_appeal_stays_open_where_nobody_may_decide_it_and_there_is_no_hr(session: Session, scored) -> None:
    _let_the_lead_score(session, scored)

    appeal = create_appeal(session, scored)

    assert (appeal.state, appeal.escalated_at) == (AppealState.open, None)
    hr = create_user(session, RoleName.hr)
    service.escalate_appeal(session, scored.inspector, appeal, reason="I scored it.")
    assert queries.count_to_decide(session, hr) == 1


def test_a_lead_who_comes_later_may_decide_what_waits(session: Session, scored) -> None:
    _let_the_lead_score(session, scored)
    appeal = create_appeal(session, scored)
    other = create_user(session, RoleName.qa_lead)

    assert queries.count_to_decide(session, other) == 1
    service.decide_appeal(session, other, appeal, {"greeting": REJECT})


def test_a_withdrawn_appeal_may_come_again_within_the_window(session: Session, scored) -> None:
    appeal = create_appeal(session, scored)
    with pytest.raises(errors.NotYours):
        service.withdraw_appeal(session, scored.lead, appeal)

    service.withdraw_appeal(session, scored.agent, appeal)

    assert (appeal.state, scored.inspection.state) == (AppealState.withdrawn, InspectionState.submitted)
    assert create_appeal(session, scored).id != appeal.id


def test_of_two_deciders_one_is_told_that_it_is_settled(session: Session, scored) -> None:
    appeal = create_appeal(session, scored)
    service.decide_appeal(session, scored.lead, appeal, {"greeting": REJECT})

    with pytest.raises(errors.AlreadySettled):
        service.decide_appeal(session, create_user(session, RoleName.qa_lead), appeal, {"greeting": ACCEPT})
    assert scored.inspection.score == 40


def test_a_criterion_that_applies_only_now_is_answered_too(session: Session) -> None:
    title = Text(en="x", zh="甲")
    hold = AnswerIs(criterion="hold", values=("yes",))
    rubric = Rubric(
        code="cond",
        title=title,
        channels=("chat",),
        sections=(
            Section(
                code="all",
                title=title,
                criteria=(
                    Criterion(code="hold", kind=Kind.yes_no, weight=50, title=title),
                    Criterion(code="told", kind=Kind.yes_no, weight=50, title=title, applies_if=hold),
                ),
            ),
        ),
    )
    scored = create_scored(session, rubric=rubric, answers=[answer("hold", "no")])
    appeal = create_appeal(session, scored, service.Dispute("hold", {"level": "yes"}, "There was one."))
    verdict = {"hold": Verdict(PointDecision.accepted, "Indeed.")}

    assert service.preview_decision(appeal, verdict).also == ("told",)
    with pytest.raises(errors.AlsoAnswer) as refused:
        service.decide_appeal(session, scored.lead, appeal, verdict)
    assert refused.value.criterion == "told"
    service.decide_appeal(session, scored.lead, appeal, verdict, also={"told": {"level": "no"}})

    assert scored.inspection.score == 50
    assert {row.criterion for row in scored.inspection.answers} == {"hold", "told"}


def test_deadlines_are_data_for_the_notices(session: Session, scored) -> None:
    appeal = create_appeal(session, scored)
    other = create_user(session, RoleName.qa_lead)
    create_user(session, RoleName.hr)

    assert queries.appeals_due(session) == []
    soon = queries.appeals_due(session, at=appeal.due_at - timedelta(hours=5))
    late = queries.appeals_due(session, at=appeal.due_at)
    assert [(one.appeal_id, one.is_overdue, one.agent_name) for one in soon + late] == [
        (appeal.id, False, "Tobias Renn"),
        (appeal.id, True, "Tobias Renn"),
    ]
    assert set(soon[0].user_ids) == {scored.lead.id, other.id}
    service.take_appeal(session, scored.lead, appeal, other)
    assert queries.appeals_due(session, at=appeal.due_at)[0].user_ids == (other.id,)


def test_a_window_that_ends_is_told_with_its_agent(session: Session, scored) -> None:
    end = inspections.window_ends_at(session, scored.inspection)

    assert queries.windows_ending(session) == []
    told = queries.windows_ending(session, at=end - timedelta(hours=3))
    assert [(one.inspection_id, one.agent_id) for one in told] == [(scored.inspection.id, scored.agent.agent_id)]


def test_more_time_needs_a_reason(session: Session, scored) -> None:
    appeal = create_appeal(session, scored)
    with travel(WEDNESDAY + timedelta(days=5)):
        due_at = service.next_due_at(session)
        with pytest.raises(errors.ReasonMissing):
            service.extend_appeal(session, scored.lead, appeal, due_at, reason="")
        service.extend_appeal(session, scored.lead, appeal, due_at, reason="On leave.")
        with pytest.raises(errors.NotLater):
            service.extend_appeal(session, scored.lead, appeal, due_at, reason="On leave.")

    assert appeal.due_at > datetime(2026, 11, 19, tzinfo=UTC)


def test_every_step_stands_in_the_audit_trail(session: Session, scored) -> None:
    appeal, hr = create_appeal(session, scored), create_user(session, RoleName.hr)
    service.escalate_appeal(session, scored.lead, appeal, reason="To be sure.")
    service.decide_appeal(session, hr, appeal, {"greeting": ACCEPT})
    service.note_reading(session, scored.agent, appeal)
    session.commit()

    deeds = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    wanted = ["appeal.file", "appeal.escalate", "inspection.revise", "appeal.decide", "appeal.see"]
    assert [deed for deed in deeds if deed in wanted] == wanted
    assert appeal.seen_at == now()
