"""Every role's home: what waits, by when, in which order, and nothing that is somebody else's."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from qa_app import audit
from qa_app.appeals import service as appeals
from qa_app.assessment import service as months
from qa_app.assessment import sheets
from qa_app.assessment.open_work import OpenWork, count_open_work
from qa_app.clock import now, travel
from qa_app.db import db
from qa_app.home.pace import read_plan_pace
from qa_app.home.supervisor import read_standing
from qa_app.inspections import service as inspecting
from qa_app.inspections.lead_queries import list_disagreements, list_disputes, list_referred, read_decisions
from qa_app.models import (
    Appeal,
    Assignment,
    AssignmentState,
    Attendance,
    AttendanceState,
    CoachingAction,
    ExportFile,
    ImportRun,
    Inspection,
    InspectionState,
    JobRun,
    JobState,
    Rating,
    RatingKind,
    RatingRound,
    RoleName,
    SampleState,
    ScreeningModel,
    SheetState,
    TestResult,
    TrainingSession,
    User,
)
from qa_app.people.organisation import organisation_of, working_calendar
from tests.factories.appeals import create_appeal, create_scored
from tests.factories.calibration import create_calibration
from tests.factories.coaching import create_coached_centre
from tests.factories.conversations import create_conversation
from tests.factories.inspections import create_lamp_sample, rule_rubric
from tests.factories.months import MONTH, create_month
from tests.factories.people import create_agent, create_team, create_user
from tests.factories.rubrics import create_published
from tests.factories.sampling import create_draw
from tests.factories.sampling import create_month as create_chats

pytestmark = pytest.mark.both_databases

# Friday 20 November 2026, 18:00 in Shanghai.
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _november(session: Session):
    organisation_of(session).time_zone = "Asia/Shanghai"
    with travel(NOW):
        yield


def waits(client: FlaskClient, path: str = "/") -> list[tuple[str, str]]:
    """Return what the page lists: the group's state and the words of each entry."""
    answer = client.get(path, follow_redirects=True)
    assert answer.status_code == 200, path
    found = []
    for state, group in re.findall(r'<section class="wait-group (\w+)".*?>(.*?)</section>', answer.text, re.DOTALL):
        for entry in re.findall(r'<li class="wait.*?">(.*?)</li>', group, re.DOTALL):
            # What only a screen reader hears repeats the title.
            bare = re.sub(r'<span class="visually-hidden">.*?</span>|<[^>]+>', " ", entry)
            found.append((state, re.sub(r"\s+", " ", bare).strip()))
    return found


def said(client: FlaskClient, path: str = "/") -> str:
    """Return the words of the page."""
    text = re.sub(r"<(script|style|nav).*?</\1>|<[^>]+>", " ", client.get(path).text, flags=re.DOTALL)
    return re.sub(r"\s+", " ", text)


def end_of(day: int, month: int = 11) -> datetime:
    """The midnight in Shanghai that ends a day."""
    return datetime(2026, month, day, 16, 0, tzinfo=UTC)


def test_an_inspector_sees_the_queue_by_its_dates(session, sign_in) -> None:
    inspector = create_user(session, RoleName.inspector, name="Wei Lan")
    version = create_published(session, rule_rubric())
    dates = [end_of(18), end_of(19), end_of(20), end_of(22), end_of(24), end_of(26), None]
    for due_at in dates:
        create_lamp_sample(session, inspector, version).due_at = due_at
    draft = create_lamp_sample(session, inspector, version)
    draft.due_at = end_of(23)
    begun = inspecting.open_inspection(session, inspector, draft)
    begun.revision = 1
    returned = create_lamp_sample(session, inspector, version)
    returned.due_at, returned.sample.ruling = end_of(27), {"instruction": "Score the second half."}
    # Noise: replaced, with the lead, another's.
    create_lamp_sample(session, inspector, version).sample.state = SampleState.replaced
    create_lamp_sample(session, inspector, version).needs_lead = "not_scoreable"
    create_lamp_sample(session, create_user(session, RoleName.inspector), version).due_at = end_of(10)
    client = sign_in(inspector)

    assert waits(client) == [
        ("overdue", "2 inspections are overdue was due Wed 18 Nov, 2 working days ago Start"),
        ("today", "1 inspection to do due today Start"),
        ("week", "1 inspection to do due Sun 22 Nov Start"),
        (
            "later",
            "1 sample came back with the lead’s word due Fri 27 Nov, in 5 working days "
            "What to do stands above the rubric. Go on",
        ),
        ("later", "1 inspection is begun due Mon 23 Nov, in 1 working day Drafts come first in the queue. Go on"),
        ("later", "2 inspections to do due Tue 24 Nov, in 2 working days Start"),
        ("undated", "1 inspection to do Start"),
    ]
    page = said(client)
    assert "2 are overdue. 1 is for today." in page
    assert "1 sample lies with the QA lead and comes back to you." in page


def test_an_inspector_sees_calibrations_and_what_can_be_undone(session, sign_in) -> None:
    made = create_calibration(session)
    made.session.due_at = NOW + timedelta(hours=1)
    scored = create_scored(session)
    scored.inspection.submitted_at = NOW - timedelta(minutes=4)
    session.flush()

    assert waits(sign_in(made.inspectors[0])) == [
        (
            "today",
            "2 conversations of the calibration “November” to score due today, 19:00 "
            "Scored blind: nobody sees another’s answers before all are in. Score",
        )
    ]
    client = sign_in(scored.inspector)
    assert waits(client) == [("today", "submission can still be undone due today, 18:06 Look")]
    assert "1 is for today" not in said(client), "an offer is no duty"
    scored.inspection.sample.ruling = {"is_critical": True}
    session.commit()
    assert waits(client) == [], "a ruling builds on it"


def test_done_for_today_says_what_comes_next(session, sign_in) -> None:
    inspector = create_user(session, RoleName.inspector)
    create_lamp_sample(session, inspector, create_published(session, rule_rubric())).due_at = end_of(23)
    client = sign_in(inspector)

    assert "Nothing is due today. What comes next: Mon 23 Nov, in 1 working day." in said(client)


def test_empty_homes_say_what_will_appear(session, sign_in) -> None:
    create_conversation(session, create_agent(session), opened_at=NOW)
    for role, words in (
        (RoleName.inspector, "New samples appear here when a draw is handed out."),
        (RoleName.supervisor, "replies to coaching and trainings of your team appear here."),
        (RoleName.hr, "The next step of a month appears here when it is yours."),
        (RoleName.qa_lead, "Appeals, late samples and cases to decide appear here with their dates."),
    ):
        client = sign_in(role)

        assert waits(client) == [], role
        page = said(client)
        assert "Nothing waits for you right now." in page, role
        assert words in page, role
    assert "Nothing is handed out." in page


def test_where_nothing_was_imported_the_page_begins_with_that(session, sign_in) -> None:
    page = said(sign_in(RoleName.qa_lead))

    assert "No conversation has been imported yet." in page
    assert "Nothing waits for you right now." not in page


@pytest.fixture
def lead(sign_in) -> FlaskClient:
    return sign_in(RoleName.qa_lead, name="Shen Yinuo")


def test_the_lead_sees_late_work_by_inspector_with_the_way_to_hand_it_over(session, lead) -> None:
    version = create_published(session, rule_rubric())
    for name, late in (("Ada", 1), ("Bo", 3), ("Cleo", 2), ("Dana", 1), ("Eli", 1), ("Finn", 0)):
        inspector = create_user(session, RoleName.inspector, name=name)
        for day in range(late):
            create_lamp_sample(session, inspector, version).due_at = end_of(16 + day)
        create_lamp_sample(session, inspector, version).due_at = end_of(25)
    session.commit()

    found = [line for state, line in waits(lead) if state == "overdue"]

    assert found == [
        "3 inspections of Bo are overdue was due Mon 16 Nov, 4 working days ago Hand over",
        "2 inspections of Cleo are overdue was due Mon 16 Nov, 4 working days ago Hand over",
        "1 inspection of Ada is overdue was due Mon 16 Nov, 4 working days ago Hand over",
        "2 more inspections are overdue was due Mon 16 Nov, 4 working days ago Of 2 other inspectors. Hand over",
    ]
    bo = session.scalars(sa.select(User).where(User.name == "Bo")).one()
    assert f'href="/inspections/in-hand?inspector={bo.id}"' in lead.get("/").text


def test_the_lead_sees_appeals_and_siblings_by_their_dates(session, sign_in) -> None:
    scored = create_scored(session)
    appeal = create_appeal(session, scored)
    client = sign_in(scored.lead)

    appeal.due_at = end_of(18)
    session.commit()
    assert waits(client) == [("overdue", "1 appeal to decide was due Wed 18 Nov, 2 working days ago Decide")]
    appeal.due_at = end_of(20)  # midnight tonight
    session.commit()
    assert waits(client) == [("today", "1 appeal to decide due today Decide")]


def test_only_late_cases_of_several_are_said_to_be_late(session, lead) -> None:
    version = create_published(session, rule_rubric())
    inspector = create_user(session, RoleName.inspector)
    for day in (17, 18, 24, 25, 26):
        referred = create_lamp_sample(session, inspector, version)
        referred.needs_lead, referred.due_at = "not_scoreable", end_of(day)
    session.commit()

    assert read_decisions(session).overdue == 2
    page = said(lead)

    assert "5 cases wait for your word" in re.sub(r"\s+", " ", page)
    # The same two are late work of their inspector.
    assert "4 are overdue." in page


def test_cases_to_decide_are_counted_as_the_lists_have_them(session, lead) -> None:
    version = create_published(session, rule_rubric())
    inspector = create_user(session, RoleName.inspector)
    referred = create_lamp_sample(session, inspector, version)
    referred.needs_lead, referred.due_at = "not_scoreable", end_of(24)
    scored = create_scored(session)
    (answer, *_rest) = scored.inspection.answers
    answer.disputed = "It was not so."
    double = Inspection(
        conversation_id=scored.inspection.conversation_id, sample_id=scored.inspection.sample_id, is_random=True,
        agent_id=scored.inspection.agent_id, inspector_id=inspector.id, rubric_version_id=version.id,
        state=InspectionState.submitted, is_critical=True, started_at=NOW, submitted_at=NOW,
    )  # fmt: skip
    session.add(double)
    session.commit()

    found = read_decisions(session)

    assert (found.disagreements, found.referred, found.disputes) == (1, 1, 1)
    assert (len(list_disagreements(session)), len(list_referred(session)), len(list_disputes(session))) == (1, 1, 1)
    assert (
        "later",
        "3 cases wait for your word due Tue 24 Nov, in 2 working days "
        "1 not scoreable · 1 on which two disagree · 1 measurement in doubt Decide",
    ) in waits(lead)
    scored.inspection.sample.ruling = {"is_critical": False}
    answer.value = {**answer.value, "ruling": "stands"}
    session.commit()
    assert read_decisions(session).total == 1


def test_the_lead_sees_sessions_drafts_and_the_audit_of_learned_scores(session, sign_in) -> None:
    made = create_calibration(session)
    made.session.due_at = end_of(27)
    model = ScreeningModel(
        version=1, is_active=True, trained_at=NOW, training_size=1, critical_count=0, agent_count=1,
        training_digest="-", folds=10, file="-", file_digest="-", file_size=1,
    )  # fmt: skip
    session.add(model)
    client = sign_in(made.lead)

    assert waits(client) == [
        ("soon", "audit of the learned scores Never audited. Audit"),
        ("later", "calibration is running: November due Fri 27 Nov, in 5 working days 0 of 4 scores are in. Look"),
    ]
    for one in session.scalars(sa.select(Assignment)):
        one.state = AssignmentState.done
    model.audited_at = NOW - timedelta(days=92)
    session.commit()
    assert waits(client) == [
        ("overdue", "audit of the learned scores was due today, 18:00 Audit"),
        (
            "later",
            "calibration is ready to reveal: November due Fri 27 Nov, in 5 working days All scores are in. Reveal",
        ),
    ]


def compute(session: Session, month: str = MONTH):
    revision = months.compute_month(session, None, month)
    revision.is_over = True
    return revision


def test_months_say_whose_turn_it_is(session, sign_in) -> None:
    agents = create_month(session, agents=2)
    lead, hr = create_user(session, RoleName.qa_lead), create_user(session, RoleName.hr)
    lead_client, hr_client = sign_in(lead), sign_in(hr)

    def turns() -> tuple[list[str], list[str], str]:
        session.commit()
        of_lead = [line for _state, line in waits(lead_client) if "October" in line]
        of_hr = [line for _state, line in waits(hr_client) if "October" in line]
        return (
            of_lead,
            of_hr,
            re.search(r"Months (October 2026 .*?) (Keys|Do inspectors|Strict)", said(hr_client)).group(1),
        )

    # Nobody has opened October, but it is over and has conversations.
    assert turns() == ([], ["October 2026 is open: compute it Go on"], "October 2026 waits for HR: to be computed")
    revision = compute(session)
    revision.sheets[0].is_held_back = True
    assert turns() == (
        ["2 sheets to review in October 2026 1 of them is held back. Review"],
        [],
        "October 2026 waits for the QA lead: 2 sheets to review",
    )
    revision.sheets[0].is_held_back = False
    sheets.review_remaining(session, lead, revision)
    assert turns()[0] == ["month to close the review of: October 2026 All sheets are reviewed. Review"]
    months.review_month(session, lead, revision.period)
    assert turns() == (
        [],
        ["October 2026 is reviewed: approve it Go on"],
        "October 2026 waits for HR: to be approved",
    )
    months.approve_month(session, hr, revision.period)
    assert turns()[1] == ["October 2026 is approved: publish it Go on"]
    months.publish_month(session, hr, revision.period)
    waiting = "October 2026 waits for the agents until Fri 27 Nov; then it locks by itself"
    assert turns() == ([], [], waiting)
    with travel(end_of(27)):
        assert turns()[1] == ["October 2026 is published, and the time to answer has ended: lock it Go on"]
    months.lock_month(session, hr, revision.period)
    session.commit()
    assert "October" not in said(hr_client).split("Keys")[0]
    assert agents


def test_the_month_counts_appeals_as_its_page_does(session, sign_in) -> None:
    # A scoring of October without a draw: imported history, or a check of one conversation.
    scored = create_scored(session)
    appeal = create_appeal(session, scored)
    months.open_period(session, "2026-10")
    client = sign_in(RoleName.hr)

    (line,) = [line for _state, line in waits(client) if "October" in line]

    assert count_open_work(session, "2026-10") == OpenWork(0, 1)
    assert "1 appeal is not decided. Approving then asks for a reason." in line
    appeals.withdraw_appeal(session, scored.agent, appeal)
    session.commit()
    (line,) = [line for _state, line in waits(client) if "October" in line]
    assert "not decided" not in line


def test_a_running_month_waits_for_nobody(session, sign_in) -> None:
    months.open_period(session, "2026-11")

    client = sign_in(RoleName.hr)

    assert waits(client) == []
    assert "November 2026 runs until Mon 30 Nov; then HR computes it" in said(client)


def test_hr_sees_rounds_and_exports(session, sign_in) -> None:
    hr = create_user(session, RoleName.hr)
    session.add_all([make_round(session, closes_on=date(2026, 11, 20)), make_export(hr), make_export(hr, days=-1)])
    session.add(make_export(create_user(session, RoleName.hr)))

    assert waits(sign_in(hr)) == [
        ("today", "round of ratings ends: Autumn due today 0 of 2 forms are in. Look"),
        ("undated", "1 export is ready Kept until 30 Nov 2026. Fetch"),
    ]


def make_round(session: Session, *, closes_on: date, rater: User | None = None) -> RatingRound:
    agent = create_agent(session, "Tobias Renn")
    rater = rater or create_user(session, RoleName.supervisor)
    kinds = [RatingKind.supervisor, RatingKind.peer]
    return RatingRound(
        name="Autumn", first_month="2026-10", last_month="2026-10", opens_on=date(2026, 11, 1), closes_on=closes_on,
        peers_each=1, opened_at=NOW,
        ratings=[
            Rating(rater_id=one.id, agent_id=agent.id, kind=kind)
            for kind, one in zip(kinds, (rater, create_user(session, RoleName.agent, agent_id=agent.id)), strict=True)
        ],
    )  # fmt: skip


def make_export(actor: User, *, days: int = 10) -> ExportFile:
    return ExportFile(
        kind="workbook", name="October", path="x", size=1, checksum="-", media_type="text/plain", actor_id=actor.id,
        created_at=NOW, expires_at=NOW + timedelta(days=days),
    )  # fmt: skip


def test_a_supervisor_sees_errors_coaching_trainings_and_ratings(session, sign_in) -> None:
    centre = create_coached_centre(session)
    supervisor, agent = centre.supervisor, centre.agents[0]
    supervisor.last_login_at = NOW.replace(tzinfo=None) - timedelta(days=2)
    inspection = session.scalars(sa.select(Inspection).where(Inspection.agent_id == agent.id)).first()
    inspection.is_critical, inspection.submitted_at = True, NOW - timedelta(days=1)
    older = session.scalars(sa.select(Inspection).where(Inspection.agent_id == centre.agents[1].id)).first()
    older.is_critical, older.submitted_at = True, NOW - timedelta(days=3)
    for due_on, replied_at in ((date(2026, 11, 18), None), (date(2026, 11, 23), None), (date(2026, 11, 20), NOW)):
        session.add(make_action(supervisor, agent, due_on, replied_at))
    session.add(make_action(create_user(session, RoleName.supervisor), agent, date(2026, 11, 1), None))
    session.add(make_training(agent, NOW + timedelta(days=4)))
    session.add(make_training(agent, NOW - timedelta(days=4)))
    session.add(make_round(session, closes_on=date(2026, 11, 25), rater=supervisor))

    client = sign_in(supervisor)
    session.expire(supervisor)

    assert waits(client) == [
        ("overdue", "2 coachings to see to was due Wed 18 Nov, 2 working days ago 1 is overdue. Look"),
        ("today", "1 reply to a coaching to read due today Close it with its result when it is done. Read"),
        ("soon", "critical error of Agent 0 Submitted Thu 19 Nov 2026, 18:00. Read"),
        (
            "later",
            "training takes place: Refunds Tue 24 Nov, 18:00, in 2 working days 1 agent is on the list. Look",
        ),
        ("later", "1 rating to give due Wed 25 Nov, in 3 working days Autumn Fill in"),
        (
            "undated",
            "training is over, attendance is not noted: Refunds 1 agent is on the list. Note who came",
        ),
    ]


def make_action(owner: User, agent, due_on: date, replied_at: datetime | None) -> CoachingAction:
    return CoachingAction(
        agent_id=agent.id, owner_id=owner.id, source="improvement", title="Closing", due_on=due_on, opened_at=NOW,
        replied_at=replied_at,
    )  # fmt: skip


def make_training(agent, held_at: datetime) -> TrainingSession:
    return TrainingSession(
        kind="special", topic="Refunds", held_at=held_at, trainer="Marta", created_at=NOW, place="Room 2",
        attendance=[Attendance(agent_id=agent.id, state=AttendanceState.invited)],
    )  # fmt: skip


def test_a_supervisor_reads_what_cannot_be_told_as_plainly_as_a_tier(session, sign_in) -> None:
    agents = create_month(session, agents=3)
    revision = compute(session)
    revision.period.state = "published"
    for sheet, (tier, rank) in zip(revision.sheets, (("B", 1.0), (None, 2.0), (None, None)), strict=True):
        sheet.tier, sheet.expected_rank = tier, rank
    supervisor = create_user(session, RoleName.supervisor, name="Marta")
    supervisor.supervised_teams = [agents[0].team]
    sheet = revision.sheets[0]
    sheet.state, sheet.answered_at = SheetState.objected, NOW
    client = sign_in(supervisor)

    page = said(client)

    assert re.search(r"Your team in October 2026 Scorecards 1 Good certain enough", page)
    assert "1 ≈ cannot tell between two tiers: chance explains the difference 1 with too few samples" in page
    assert waits(client) == [("soon", "1 sheet was objected to Talk about it, then comment. Read")]
    sheets.comment_on_sheet(session, supervisor, sheet, kind="supervisor", text="We talked.")
    session.commit()
    assert waits(client) == []


def test_a_supervisor_who_is_also_lead_reads_the_own_team_alone(app, session) -> None:
    agents = create_month(session, agents=3)
    revision = compute(session)
    revision.period.state = "published"
    agents[2].team = create_team(session, name="Team 2")
    both = create_user(session, RoleName.supervisor, RoleName.qa_lead)
    both.supervised_teams = [agents[0].team]
    session.commit()

    with app.test_request_context():
        standing = read_standing(session, both, "en")

    assert agents[1].team == agents[0].team != agents[2].team
    assert standing.total == 2


def test_an_agent_sees_it_all_above_the_scorecard(session, sign_in) -> None:
    agents = create_month(session, agents=2)
    hr = create_user(session, RoleName.hr)
    revision = compute(session)
    sheets.review_remaining(session, hr, revision)
    months.review_month(session, hr, revision.period)
    months.approve_month(session, hr, revision.period)
    months.publish_month(session, hr, revision.period)
    agent, user = agents[0], create_user(session, RoleName.agent, agent_id=agents[0].id)
    for due_on, replied_at in ((date(2026, 11, 19), None), (date(2026, 12, 1), NOW)):
        session.add(make_action(hr, agent, due_on, replied_at))
    session.add(make_training(agent, NOW + timedelta(hours=2)))
    inspection = session.scalars(sa.select(Inspection).where(Inspection.agent_id == agent.id)).first()
    inspection.score, inspection.submitted_at, inspection.state = 60.0, NOW - timedelta(days=1), "submitted"
    for days in (1, 8):
        entered_at = NOW - timedelta(days=days)
        session.add(
            TestResult(
                agent_id=agent.id, quarter="2026-Q3", kind="written", title=f"{days}", points=8, points_max=10,
                entered_at=entered_at,
            )
        )  # fmt: skip
    round_ = make_round(session, closes_on=date(2026, 11, 22))
    round_.ratings.append(Rating(rater_id=user.id, agent_id=agent.id, kind=RatingKind.own))
    session.add(round_)

    assert waits(sign_in(user), "/me") == [
        ("overdue", "1 coaching to answer was due yesterday, Thu 19 Nov Answer"),
        ("today", "training: Refunds today, 20:00 Room 2 Look"),
        ("week", "1 self-assessment to fill in due Sun 22 Nov Autumn Fill in"),
        (
            "later",
            "1 inspection lost points and can be appealed due Thu 26 Nov, in 4 working days "
            "Only if you think that an answer is not right. The date is that of the first. Look",
        ),
        (
            "later",
            "scorecard to acknowledge: October 2026 due Fri 27 Nov, in 5 working days "
            "Or object to it with a reason. Read",
        ),
        ("later", "1 coaching to practise due Tue 1 Dec, in 7 working days Look"),
        ("undated", "1 new test result Read"),
    ]


def test_a_decided_appeal_waits_until_its_agent_has_read_it(session, sign_in) -> None:
    scored = create_scored(session)
    appeal = create_appeal(session, scored)
    appeal.state, appeal.decided_at = "rejected", NOW
    scored.inspection.state = InspectionState.decided
    client = sign_in(scored.agent)

    assert waits(client) == [("soon", "1 appeal was decided Read")]
    session.get_one(Appeal, appeal.id).seen_at = now()
    session.commit()
    assert waits(client) == []


def test_the_administrator_sees_what_failed_and_whose_sign_in_is_weak(session, sign_in) -> None:
    create_user(session, RoleName.inspector, password_is_temporary=True)
    create_user(session, RoleName.inspector, tf_primary_method="authenticator")
    session.add(JobRun(kind="reporting.export", state=JobState.failed, created_at=NOW, finished_at=NOW))
    for state, rejected in (("done", 3), ("done", 0), ("failed", 0)):
        counts = {"rejected": rejected}
        session.add(ImportRun(kind="conversations", state=state, counts=counts, started_at=NOW, finished_at=NOW))

    assert waits(sign_in(RoleName.administrator)) == [
        ("soon", "1 job failed in the last week See why"),
        ("undated", "1 import is not finished Go on"),
        ("undated", "1 import refused records 3 records, in the last week. Look"),
        ("undated", "1 password is still the temporary one It is changed at the first sign-in. Look"),
        ("undated", "2 people sign in without a second factor Of 3; everybody sets it up under Account. Look"),
    ]


def test_the_administrator_is_reminded_of_the_audit_chain_after_a_month(session, sign_in) -> None:
    with travel(NOW - timedelta(days=40)):
        audit.record(session, None, action="organisation.create", thing="organisation")
        session.commit()
    client = sign_in(RoleName.administrator)
    line = "check of the audit chain Never checked. The chain begins on 11 Oct 2026. Check"
    assert ("undated", line) in waits(client)

    client.post("/audit/verify")

    assert all("audit chain" not in words for _state, words in waits(client))


def test_the_house_is_looked_at_after_the_page(session, sign_in) -> None:
    client = sign_in(RoleName.administrator)
    assert 'hx-get="/home/house"' in client.get("/").text

    part = client.get("/home/house", headers={"HX-Request": "true"})

    assert part.status_code == 200
    assert "doctor" in part.text.lower()
    assert sign_in(RoleName.qa_lead).get("/home/house").status_code == 404


def test_several_roles_are_joined_and_nothing_is_there_twice(session, sign_in) -> None:
    scored = create_scored(session)
    create_appeal(session, scored).due_at = end_of(25)
    both = create_user(session, RoleName.qa_lead, RoleName.hr, RoleName.inspector, RoleName.supervisor)
    create_lamp_sample(session, both, create_published(session, rule_rubric())).due_at = end_of(24)
    session.add(make_action(both, create_agent(session), date(2026, 11, 23), None))

    assert [line.split(" due")[0] for _state, line in waits(sign_in(both))] == [
        "October 2026 is open: compute it Go on",
        "1 coaching to see to",
        "1 inspection to do",
        "1 appeal to decide",
    ]


# The plan and its pace.


def create_plan_in_hand(session: Session, *, days_ago: int = 14) -> list[Assignment]:
    """Hand out a plan of 20 samples so many days ago; due dates over ten working days."""
    with travel(NOW - timedelta(days=days_ago)):
        create_chats(session, agents=4, each=9)
        create_draw(session, reveal=False, double_share=0.0)
    return list(session.scalars(sa.select(Assignment).order_by(Assignment.due_at, Assignment.id)))


def finish(session: Session, assignment: Assignment, at: datetime) -> None:
    sample = assignment.sample
    sample.state, assignment.state = SampleState.inspected, AssignmentState.done
    session.add(
        Inspection(
            assignment=assignment, sample=sample, conversation_id=sample.conversation_id, agent_id=sample.agent_id,
            inspector_id=assignment.inspector_id, rubric_version_id=sample.rubric_version_id, is_random=True,
            state=InspectionState.submitted, started_at=at, submitted_at=at,
        )
    )  # fmt: skip


def test_the_pace_counts_what_is_due_and_done_by_local_days(session) -> None:
    waiting = create_plan_in_hand(session)
    calendar = working_calendar(session)
    # One a working day from Monday 9 November on; the last one half an hour after midnight in Shanghai.
    for number, one in enumerate(waiting[:9]):
        days = [9, 10, 11, 12, 13, 16, 17, 18, 19]
        finish(session, one, end_of(days[number]) - timedelta(hours=6))
    finish(session, waiting[9], end_of(19) + timedelta(minutes=30))
    session.commit()

    pace = read_plan_pace(session, calendar)

    assert (pace.done, pace.total, pace.drafts) == (10, 20, 0)
    assert pace.first_on == date(2026, 11, 6)
    assert pace.last_on == date(2026, 11, 20)
    assert pace.needed == 20
    assert {day.on: day.done for day in pace.days if day.done} == {
        **{date(2026, 11, day): 1 for day in (9, 10, 11, 12, 13, 16, 17, 18, 19)},
        date(2026, 11, 20): 1,
    }
    assert pace.days[-1].due_by == 20
    forecast = pace.forecast
    # Nine whole days of one each; today is not over, and can bring one more.
    assert forecast.days == 9
    assert forecast.value == pytest.approx(10.0)
    assert forecast.bounds.lower == 10
    assert forecast.expected_on == date(2026, 12, 4)
    assert forecast.earliest_on < forecast.expected_on < forecast.latest_on


def test_a_sample_of_two_is_in_draft_only_while_a_draft_of_it_is_there(session) -> None:
    waiting = create_plan_in_hand(session)
    finish(session, waiting[0], end_of(12))
    waiting[0].sample.state, waiting[0].sample.is_double = SampleState.assigned, True
    session.commit()
    assert session.scalars(sa.update(Inspection).values(revision=3).returning(Inspection.id)).one()
    calendar = working_calendar(session)

    assert (read_plan_pace(session, calendar).done, read_plan_pace(session, calendar).drafts) == (0, 0)

    session.execute(sa.update(Inspection).values(state=InspectionState.draft))
    assert read_plan_pace(session, calendar).drafts == 1


def test_work_on_a_day_off_counts_with_the_working_day_before(session) -> None:
    waiting = create_plan_in_hand(session)
    for one in waiting[:4]:
        finish(session, one, end_of(15) - timedelta(hours=5))  # a Sunday
    session.commit()

    forecast = read_plan_pace(session, working_calendar(session)).forecast

    assert forecast.days == 9
    assert forecast.expected_on is not None


def test_the_lead_reads_where_the_pace_leads(session, lead) -> None:
    waiting = create_plan_in_hand(session, days_ago=9)
    for number, one in enumerate(waiting[:6]):
        finish(session, one, end_of(12 + number % 2) + timedelta(days=3 * (number > 3)) - timedelta(hours=6))
    session.commit()

    page = said(lead)

    assert "Plan for October 2026 4 agents 6 inspected, 0 in draft, 14 not begun" in page
    assert re.search(r"6 of 20, \d+ due by today ▼ \d+ less than due by today", page)
    assert re.search(r"At this pace \d+ will be missing on Wed 25 Nov \(likely \d+–\d+\)", page)
    assert "Live chat" in page
    assert "Scored twice, blind: " in page


def test_no_pace_is_told_from_two_days(session, lead) -> None:
    create_plan_in_hand(session, days_ago=2)

    page = said(lead)

    assert "How fast it goes can be told after 3 whole working days since the hand-out: 1 is over." in page
    assert "At this pace" not in page


def test_a_finished_plan_says_so(session, lead) -> None:
    for one in create_plan_in_hand(session):
        finish(session, one, end_of(12))
    session.commit()

    assert "All samples of the plan are inspected." in said(lead)


def test_replaced_samples_and_plans_put_away_do_not_count(session) -> None:
    waiting = create_plan_in_hand(session)
    waiting[0].sample.state, waiting[0].sample.replacement_reason = SampleState.replaced, "empty"
    session.commit()
    calendar = working_calendar(session)

    pace = read_plan_pace(session, calendar)
    assert pace.total == 19
    assert pace.replaced == (("empty", 1),)

    waiting[0].sample.draw.plan.archived_at = NOW
    session.commit()
    assert read_plan_pace(session, calendar) is None


# How many queries a page takes.


def count_queries(client: FlaskClient) -> int:
    seen: list[str] = []

    def note(_connection, _cursor, statement: str, *_rest: object) -> None:
        seen.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert client.get("/", follow_redirects=True).status_code == 200
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
    return sum(statement.lstrip().upper().startswith("SELECT") for statement in seen)


MOST_QUERIES = {
    RoleName.inspector: 16,
    RoleName.qa_lead: 31,
    RoleName.supervisor: 18,
    RoleName.hr: 18,
    RoleName.administrator: 10,
}
"""With the frame: who it is, the organisation, the counts of the bar. Measured, plus two."""


@pytest.mark.parametrize("role", MOST_QUERIES)
def test_a_home_takes_as_many_queries_in_a_large_centre(session, sign_in, role) -> None:
    user = create_user(session, role)
    client = sign_in(user)
    version = create_published(session, rule_rubric())

    def grow(count: int) -> int:
        for number in range(count):
            agent = create_agent(session)
            if role == RoleName.supervisor and agent.team not in user.supervised_teams:
                user.supervised_teams.append(agent.team)
            owner = user if role == RoleName.inspector else create_user(session, RoleName.inspector)
            create_lamp_sample(session, owner, version).due_at = end_of(10 + number % 15)
            session.add(make_action(user, agent, date(2026, 11, 10 + number % 15), None))
            session.add(make_training(agent, NOW + timedelta(days=number)))
            session.add(make_round(session, closes_on=date(2026, 11, 25), rater=user))
            months.open_period(session, f"2026-{number % 9 + 1:02d}")
        session.commit()
        return min(count_queries(client) for _visit in range(3))

    few = grow(2)

    assert grow(9) == few
    assert few <= MOST_QUERIES[role]
