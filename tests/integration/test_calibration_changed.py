"""A running calibration session is changed: cancelled, given more days, an inspector added or taken out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from qa_app import access
from qa_app.calibration import changing, errors, service, session_queries
from qa_app.calibration.notices import remind_members
from qa_app.calibration.wording_page import make_wording_page
from qa_app.clock import now, travel
from qa_app.inspections.refusals import Closed, TooLate
from qa_app.inspections.service import load_draft, open_inspection, require_open, undo_submit
from qa_app.models import Assignment, AssignmentState, AuditEvent, CalibrationSession, NoticeKind, RoleName, User
from tests.factories.calibration import Calibrated, create_calibration, score_blind
from tests.factories.inspections import answer
from tests.factories.notices import all_told, unread
from tests.factories.people import create_user

pytestmark = pytest.mark.both_databases
K = NoticeKind
LEVELS = {"greeting": "yes", "privacy": "yes"}
MONDAY = datetime(2026, 11, 16, 10, 0, tzinfo=UTC)  # due a week later


@pytest.fixture
def made(session: Session) -> Calibrated:
    with travel(MONDAY):
        return create_calibration(session, names=("Ada", "Bo", "Cy"))


def states(session: Session, user: User) -> list[str]:
    query = sa.select(Assignment.state).where(Assignment.inspector_id == user.id).order_by(Assignment.sample_id)
    return list(session.scalars(query))


def heard(session: Session) -> set[tuple[int, str]]:
    return {(row.user_id, row.kind) for row in unread(session)}


def test_a_cancelled_session_waits_for_nobody_and_is_never_shown(session: Session, made: Calibrated) -> None:
    ada, bo, cy = made.inspectors
    with travel(MONDAY):
        scored = score_blind(session, made, ada, 0, LEVELS)
        begun = load_draft(
            session, open_inspection(session, bo, session_queries.find_next_open(session, bo, made.session.id)).id
        )
        changing.cancel_session(session, made.lead, made.session, reason=" Everybody is ill. ")
        session.flush()
        session.expire_all()

        assert (states(session, ada), states(session, bo)) == (["done", "withdrawn"], ["withdrawn", "withdrawn"])
        assert heard(session) == {(user.id, K.calibration_cancelled) for user in made.inspectors}
        assert {row.params.get("reason") for row in unread(session)} == {"Everybody is ill."}
        with pytest.raises(TooLate):
            undo_submit(session, ada, load_draft(session, scored.id))
        with pytest.raises(Closed):
            require_open(load_draft(session, begun.id))
        with pytest.raises(access.NotFound):
            access.get_inspection(session, made.lead, scored.id)
        with pytest.raises(errors.AlreadyRevealed):
            service.reveal_session(session, made.lead, made.session, reason="all the same")
        for again in (
            lambda: changing.cancel_session(session, made.lead, made.session, reason="again"),
            lambda: changing.prolong_session(session, made.lead, made.session, MONDAY + timedelta(days=30)),
            lambda: changing.add_inspector(session, made.lead, made.session, cy),
            lambda: changing.take_out_inspector(session, made.lead, made.session, cy),
        ):
            with pytest.raises(errors.NotRunning):
                again()
    with travel(MONDAY + timedelta(days=8)):
        assert remind_members(session) == 0
        assert session_queries.count_waiting(session, bo) == 0


def test_cancelling_says_why(session: Session, made: Calibrated) -> None:
    with pytest.raises(errors.ReasonMissing):
        changing.cancel_session(session, made.lead, made.session, reason="  ")

    assert made.session.is_running


def test_what_was_not_scoreable_in_a_cancelled_session_stays_closed(session: Session, made: Calibrated) -> None:
    ada = made.inspectors[0]
    more = [answer("greeting", unscoreable=True, reason="Two things in one question.")]
    score_blind(session, made, ada, 0, {"privacy": "yes"}, more=more)

    changing.cancel_session(session, made.lead, made.session, reason="Everybody is ill.")
    session.flush()

    assert make_wording_page(session, now(), ZoneInfo("UTC"), "en").lines == ()


def test_more_days_are_given_to_who_has_not_scored_everything(session: Session, made: Calibrated) -> None:
    ada, bo, cy = made.inspectors
    later = MONDAY + timedelta(days=14)
    with travel(MONDAY):
        for place in (0, 1):
            score_blind(session, made, ada, place, LEVELS)
        with pytest.raises(errors.NotLater):
            changing.prolong_session(session, made.lead, made.session, made.session.due_at)

        changing.prolong_session(session, made.lead, made.session, later)

    assert made.session.due_at == later
    due = sa.select(Assignment.due_at).where(Assignment.inspector_id == bo.id)
    assert set(session.scalars(due)) == {later}
    assert [(row.user_id, row.params["due_on"]) for row in unread(session)] == [
        (bo.id, "2026-11-30"),
        (cy.id, "2026-11-30"),
    ]
    assert {row.over_because for row in all_told(session) if row.stage == "" and row.user_id != ada.id} == {"moved"}


def test_no_session_is_given_until_a_day_that_is_over(session: Session, made: Calibrated, sign_in) -> None:
    session.commit()
    late = made.session.due_at + timedelta(days=20)
    with travel(late):
        with pytest.raises(errors.AlreadyOver):
            changing.prolong_session(session, made.lead, made.session, late)
        session.rollback()
        lead, address = sign_in(made.lead), f"/calibration/{made.session.id}"

        def prolonged(until: datetime) -> str:
            data = {"due_on": f"{until:%Y-%m-%d}"}
            return lead.post(f"{address}/prolong", data=data, follow_redirects=True).text

        assert "This day has passed. Choose today or a later day." in prolonged(late - timedelta(days=3))
        assert "It can be scored until then" in prolonged(late)


def test_one_more_inspector_scores_everything(session: Session, made: Calibrated) -> None:
    dee = create_user(session, RoleName.inspector, name="Dee")
    assert [user.id for user in changing.list_addable(session, made.session, [*made.inspectors, dee])] == [dee.id]

    changing.add_inspector(session, made.lead, made.session, dee)

    assert states(session, dee) == ["open", "open"]
    assert access.get_calibration(session, dee, made.session.id) is made.session
    assert (dee.id, K.calibration_opened) in heard(session)
    assert service.find_missing(session, made.session)[dee.id] == "Dee"
    for nobody in (dee, create_user(session, RoleName.supervisor)):
        with pytest.raises(errors.NothingToGive):
            changing.add_inspector(session, made.lead, made.session, nobody)


def test_a_session_goes_on_without_an_inspector(session: Session, made: Calibrated) -> None:
    ada, bo, cy = made.inspectors
    changing.take_out_inspector(session, made.lead, made.session, cy)

    assert states(session, cy) == ["withdrawn", "withdrawn"]
    assert heard(session) >= {(cy.id, K.calibration_cancelled)}
    assert (cy.id, K.calibration_opened) not in heard(session)
    assert session_queries.list_sessions(session, cy) == []
    (line,) = session_queries.list_sessions(session, made.lead)
    assert (line.inspectors, line.all) == (2, 4)
    with pytest.raises(errors.NothingToTake):
        changing.take_out_inspector(session, made.lead, made.session, cy)
    with pytest.raises(errors.SessionIncomplete):
        changing.take_out_inspector(session, made.lead, made.session, bo)
    for inspector in (ada, bo):
        for place in (0, 1):
            score_blind(session, made, inspector, place, LEVELS)
    service.reveal_session(session, made.lead, made.session)
    assert made.session.is_revealed


def test_what_somebody_submitted_stays_when_they_are_taken_out_and_they_may_come_again(session, made) -> None:
    cy = made.inspectors[2]
    score_blind(session, made, cy, 0, LEVELS)

    changing.take_out_inspector(session, made.lead, made.session, cy)

    assert states(session, cy) == ["done", "withdrawn"]
    assert access.get_calibration(session, cy, made.session.id) is made.session
    changing.add_inspector(session, made.lead, made.session, cy)
    assert states(session, cy) == ["done", "open"]
    assert [member.user_id for member in made.session.members].count(cy.id) == 1


def test_who_was_taken_out_is_told_so_and_sees_what_they_submitted(session: Session, made: Calibrated, sign_in) -> None:
    ada = made.inspectors[0]
    scored = score_blind(session, made, ada, 0, LEVELS)
    changing.take_out_inspector(session, made.lead, made.session, ada)
    session.commit()

    page = sign_in(ada).get(f"/calibration/{made.session.id}").text

    assert f"/inspections/{scored.id}/view" in page
    assert "not begun" not in page
    assert "You have scored everything" not in page
    assert "The session goes on without your other conversations." in page


def test_every_change_stands_in_the_audit_trail(session: Session, made: Calibrated) -> None:
    dee = create_user(session, RoleName.inspector)
    changing.add_inspector(session, made.lead, made.session, dee)
    changing.take_out_inspector(session, made.lead, made.session, dee)
    changing.prolong_session(session, made.lead, made.session, made.session.due_at + timedelta(days=1))
    changing.cancel_session(session, made.lead, made.session, reason="Ill.")
    session.commit()

    deeds = session.scalars(
        sa.select(AuditEvent.action).where(AuditEvent.action.like("calibration.%")).order_by(AuditEvent.id)
    ).all()
    assert [one.partition(".")[2] for one in deeds] == [
        "create", "add_inspector", "take_out_inspector", "prolong", "cancel",
    ]  # fmt: skip


def test_the_lead_changes_a_session_on_its_page(session: Session, made: Calibrated, sign_in) -> None:
    ada, bo, cy = made.inspectors
    dee = create_user(session, RoleName.inspector, name="Dee")
    session.commit()
    lead, address = sign_in(made.lead), f"/calibration/{made.session.id}"
    assert "Change the session" not in sign_in(ada).get(address).text
    assert sign_in(ada).post(f"{address}/cancel", data={"reason": "x"}).status_code == 404

    def said(path: str, **data: object) -> str:
        return lead.post(f"{address}/{path}", data=data, follow_redirects=True).text

    assert f'<option value="{dee.id}">Dee</option>' in lead.get(address).text
    assert "Dee scores in this session too." in said("inspectors", inspector=dee.id)
    assert "scores every conversation of it already" in said("inspectors", inspector=dee.id)
    assert "The session goes on without Cy." in said("inspectors/remove", inspector=cy.id)
    assert "Nothing of this session waits for this person." in said("inspectors/remove", inspector=cy.id)
    assert "It can be scored until then" in said("prolong", due_on="2099-01-01")
    assert "Choose a day after" in said("prolong", due_on="2026-01-01")
    assert "Choose a day after" in said("prolong", due_on="soon")
    assert "Say why it is cancelled" in said("cancel", reason=" ")
    cancelled = said("cancel", reason="Everybody is ill.")
    assert "Everybody is ill." in cancelled
    assert "Change the session" not in cancelled
    assert "Reveal" not in cancelled
    assert "cancelled in the meantime" in said("cancel", reason="again")
    assert "cancelled" in lead.get("/calibration").text
    assert f"{address}/start" not in sign_in(bo).get(address).text
    assert "calibration is" not in lead.get("/").text
    session.expire_all()
    assert session.get_one(CalibrationSession, made.session.id).cancel_reason == "Everybody is ill."
    assert AssignmentState.open not in states(session, dee)
