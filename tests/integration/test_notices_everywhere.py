"""Every kind of notice is told by some room, says something in both languages, and opens a door to its readers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import url_for
from flask_babel import force_locale
from sqlalchemy import update
from sqlalchemy.orm import Session

from qa_app.appeals import service as appeals
from qa_app.appeals.deciding import Verdict
from qa_app.appeals.reminders import remind_of_appeals
from qa_app.assessment import service as months
from qa_app.assessment import sheets
from qa_app.assessment.watch import tell_below_standard
from qa_app.calibration.changing import cancel_session, take_out_inspector
from qa_app.calibration.service import reveal_session
from qa_app.clock import now, travel
from qa_app.coaching import ratings, service, trainings
from qa_app.coaching.reminders import remind_of_coaching
from qa_app.inspections.reminders import remind_inspectors
from qa_app.models import (
    ActionSource,
    Assignment,
    CoachingAction,
    JobRun,
    NoticeKind,
    PerformanceStandard,
    PointDecision,
    RoleName,
    TrainingKind,
    User,
)
from qa_app.notices.failures import tell_failure
from qa_app.notices.kinds import page_of, sentence_of
from qa_app.reporting.service import tell_ready
from qa_app.retention.notices import warn_of_deletion
from qa_app.retention.service import set_rule
from tests.factories.appeals import create_appeal, create_scored
from tests.factories.calibration import create_calibration
from tests.factories.conversations import create_conversation
from tests.factories.months import MONTH, create_inspection
from tests.factories.months import create_month as create_assessed
from tests.factories.notices import all_told
from tests.factories.people import create_agent, create_team, create_user
from tests.factories.rubrics import create_published
from tests.factories.sampling import create_draw, create_month

K = NoticeKind
NOW = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)  # a Wednesday morning
LAST_WEEK = NOW - timedelta(days=7)


def hand_out(session: Session) -> None:
    create_month(session)
    create_draw(session)


def let_samples_wait(session: Session) -> None:
    hand_out(session)
    soon = session.query(Assignment.id).limit(3)
    session.execute(update(Assignment).values(due_at=LAST_WEEK))
    session.execute(
        update(Assignment).where(Assignment.id.in_([row.id for row in soon])).values(due_at=NOW.replace(hour=23))
    )
    session.expire_all()
    remind_inspectors(session)


def publish(session: Session) -> None:
    agents = create_assessed(session, agents=2)
    for agent in agents:
        create_user(session, RoleName.agent, agent_id=agent.id)
    supervisor = create_user(session, RoleName.supervisor)
    supervisor.supervised_teams = [agents[0].team]
    hr, lead = create_user(session, RoleName.hr), create_user(session, RoleName.qa_lead)
    create_user(session, RoleName.hr)
    revision = months.compute_month(session, hr, MONTH)
    sheets.hold_back_sheet(session, lead, revision.sheets[0], note="Is the leave counted?")
    sheets.review_sheet(session, lead, revision.sheets[0])
    sheets.review_remaining(session, lead, revision)
    months.review_month(session, lead, revision.period)
    months.approve_month(session, hr, revision.period)
    months.publish_month(session, hr, revision.period)


def appeal(session: Session) -> None:
    with travel(LAST_WEEK):
        scored = create_scored(session)
        create_user(session, RoleName.hr)
        create_user(session, RoleName.qa_lead)
        filed = create_appeal(session, scored)
    remind_of_appeals(session)
    appeals.escalate_appeal(session, scored.lead, filed, reason="I wrote it.")
    hr = session.query(User).filter(User.roles.any(name="hr")).one()
    appeals.decide_appeal(session, hr, filed, {"greeting": Verdict(PointDecision.accepted, "It is there.")})


def let_the_window_end(session: Session) -> None:
    with travel(LAST_WEEK):
        create_scored(session)
    remind_of_appeals(session)


def coach(session: Session) -> None:
    team = create_team(session, "Live chat")
    agents = [create_agent(session, f"Agent {n}", team=team) for n in range(2)]
    users = [create_user(session, RoleName.agent, agent_id=agent.id) for agent in agents]
    supervisor, lead = create_user(session, RoleName.supervisor), create_user(session, RoleName.qa_lead)
    supervisor.supervised_teams = [team]
    session.flush()

    def open_one() -> CoachingAction:
        agreed = service.Agreement(supervisor, NOW.date())
        return service.open_action(session, lead, service.NewAction(agents[0], ActionSource.trend, "Score", agreed))

    answered = open_one()
    service.reply_to_action(session, users[0], answered, text="I try.")
    service.finish_action(session, lead, answered)
    open_one()
    remind_of_coaching(session)
    facts = trainings.TrainingFacts(TrainingKind.monthly, "Refunds", NOW + timedelta(days=1), "Ingrid Solberg")
    trainings.invite_agents(session, lead, trainings.keep_training(session, lead, facts), agents)
    new = ratings.NewRound("Q4", "2026-11", "2026-12", NOW.date(), date(2026, 11, 30), peers_each=1)
    ratings.open_round(session, lead, new)


def calibrate(session: Session) -> None:
    made = create_calibration(session)
    reveal_session(session, made.lead, made.session, reason="Somebody is on leave.")


def cancel_calibration(session: Session) -> None:
    made = create_calibration(session, names=("Ada", "Bo", "Cy"))
    take_out_inspector(session, made.lead, made.session, made.inspectors[0])
    cancel_session(session, made.lead, made.session, reason="Everybody is ill.")


def export(session: Session) -> None:
    create_assessed(session, agents=1)
    hr = create_user(session, RoleName.hr)
    revision = months.compute_month(session, hr, MONTH)
    run = JobRun(kind="reporting.export", params={}, actor_id=hr.id, created_at=now())
    session.add(run)
    session.flush()
    tell_ready(session, run, revision, "appraisals.zip")


def fail(session: Session) -> None:
    create_user(session, RoleName.administrator)
    for actor in (None, create_user(session, RoleName.hr)):
        run = JobRun(kind="reporting.export", params={}, actor_id=actor and actor.id, created_at=now(), state="failed")
        session.add(run)
        session.flush()
        tell_failure(session, run)


def fall_below(session: Session) -> None:
    create_user(session, RoleName.qa_lead)
    session.add(
        PerformanceStandard(
            score=70.0, critical_rate=0.05, months_running=3, who_decides="HR", trial=NO_TRIAL, in_force=True,
            switched_on_at=NOW - timedelta(days=60),
        )
    )  # fmt: skip
    agent, inspector, version = (
        create_agent(session),
        create_user(session, RoleName.inspector),
        create_published(session),
    )
    for day in range(25):
        at = NOW - timedelta(days=50 - day)
        conversation = create_conversation(session, agent, opened_at=at)
        create_inspection(session, conversation, inspector, version, greeting=False, answer=False, submitted_at=at)
    tell_below_standard(session)


NO_TRIAL = {
    "agents": 1, "months": 1, "first": "2026-09", "last": "2026-09", "named": 0, "flagged": 0, "listed": 0,
    "conversations": 1, "assisted": 0, "evidence_alarms": 0.02, "months_rule_alarms": None,
}  # fmt: skip


def delete(session: Session) -> None:
    create_user(session, RoleName.administrator)
    create_conversation(session, opened_at=NOW - timedelta(days=99))
    set_rule(session, None, source="", keep_days=100)
    warn_of_deletion(session)


PRODUCED_BY: dict[NoticeKind, Callable[[Session], None]] = {
    K.sample_assigned: hand_out,
    K.sample_due: let_samples_wait,
    K.sample_overdue: let_samples_wait,
    K.sheet_published: publish,
    K.appeal_opened: appeal,
    K.appeal_decided: appeal,
    K.appeal_due: appeal,
    K.appeal_window_ends: let_the_window_end,
    K.coaching_opened: coach,
    K.coaching_replied: coach,
    K.coaching_due: coach,
    K.training_planned: coach,
    K.rating_round_open: coach,
    K.calibration_opened: calibrate,
    K.calibration_revealed: calibrate,
    K.calibration_cancelled: cancel_calibration,
    K.month_step: publish,
    K.export_ready: export,
    K.job_failed: fail,
    K.alert: fall_below,
    K.retention_due: delete,
}


@pytest.mark.parametrize("kind", list(NoticeKind))
def test_every_kind_is_told_and_its_page_opens_to_each_reader(session: Session, app, sign_in, kind) -> None:
    with travel(NOW):
        PRODUCED_BY[kind](session)
        session.commit()
        found = [row for row in all_told(session) if row.kind == kind]
        assert found, f"no room tells of {kind}"
        doors = set()
        for row in found:
            with app.test_request_context():
                endpoint, arguments = page_of(row.kind, row.params)
                doors.add((row.user_id, url_for(endpoint, **arguments)))
            with app.test_request_context(), force_locale("en"):
                english = sentence_of(row.kind, row.params)
            with app.test_request_context(), force_locale("zh_Hans_CN"):
                assert sentence_of(row.kind, row.params) != english
        for user_id, path in doors:
            page = sign_in(session.get_one(User, user_id)).get(path, follow_redirects=True)
            assert (page.status_code, path) == (200, path)
