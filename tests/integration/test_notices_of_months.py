"""Steps of a month, published sheets, alerts, exports, deletions: told to those who go on, closed when they did."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event, insert, select
from sqlalchemy.orm import Session

from qa_app.access import get_sheet, visible_agents
from qa_app.assessment import below_standard, service, sheets
from qa_app.assessment.watch import tell_below_standard
from qa_app.clock import now, travel
from qa_app.conversations.importing import ImportRequest, import_conversations, new_run, reading_options
from qa_app.jobs import NoProgress, job
from qa_app.jobs.runner import run as run_job
from qa_app.models import (
    Agent,
    AssessmentPeriod,
    JobRun,
    JobState,
    Notice,
    NoticeKind,
    PerformanceStandard,
    PeriodRevision,
    Role,
    RoleName,
    Sheet,
    SheetState,
    User,
)
from qa_app.retention.notices import warn_of_deletion
from qa_app.retention.running import erase_due
from qa_app.retention.service import place_hold, set_rule
from tests.factories.conversations import create_conversation
from tests.factories.months import MONTH, create_inspection, create_month
from tests.factories.notices import all_told, told, unread
from tests.factories.people import create_agent, create_team, create_user
from tests.factories.rubrics import create_published

pytestmark = pytest.mark.both_databases
K = NoticeKind


class Centre:
    """Three agents of one team who sign in, and everybody a month passes through."""

    def __init__(self, session: Session) -> None:
        agents = create_month(session, agents=3)
        self.agents = [create_user(session, RoleName.agent, agent_id=agent.id) for agent in agents]
        self.supervisor = create_user(session, RoleName.supervisor)
        self.supervisor.supervised_teams = [agents[0].team]
        elsewhere = create_user(session, RoleName.supervisor)
        elsewhere.supervised_teams = [create_team(session, "Shop")]
        self.hr = [create_user(session, RoleName.hr) for _ in range(2)]
        self.leads = [create_user(session, RoleName.qa_lead) for _ in range(2)]
        session.flush()


@pytest.fixture
def centre(session: Session) -> Centre:
    return Centre(session)


def waiting(session: Session) -> dict[str, set[int]]:
    """Who has which step of the month unread."""
    found: dict[str, set[int]] = {}
    for row in unread(session):
        if row.kind == K.month_step:
            found.setdefault(row.params["step"], set()).add(row.user_id)
    return found


def ids(users: list[User]) -> set[int]:
    return {user.id for user in users}


def compute(session: Session, centre: Centre, *, reason: str = "") -> PeriodRevision:
    revision = service.compute_month(session, centre.hr[0], MONTH, reason=reason)
    revision.is_over = True
    return revision


def publish(session: Session, centre: Centre, revision: PeriodRevision) -> None:
    sheets.review_remaining(session, centre.leads[0], revision)
    service.review_month(session, centre.leads[0], revision.period)
    service.approve_month(session, centre.hr[0], revision.period)
    service.publish_month(session, centre.hr[0], revision.period)


def test_each_step_is_told_to_who_takes_the_next_and_closes_the_one_before(session, centre) -> None:
    revision = compute(session, centre)
    period = revision.period
    assert waiting(session) == {"review": ids(centre.leads)}

    sheets.review_remaining(session, centre.leads[0], revision)
    service.review_month(session, centre.leads[0], period)
    assert waiting(session) == {"approve": ids(centre.hr)}
    service.approve_month(session, centre.hr[0], period)
    assert waiting(session) == {"publish": {centre.hr[1].id}}, "who approved knows"
    service.publish_month(session, centre.hr[0], period)
    assert waiting(session) == {"published": ids(centre.leads) | {centre.hr[1].id}, "team": {centre.supervisor.id}}
    service.lock_month(session, None, period)
    assert waiting(session) == {"lock": ids(centre.leads) | ids(centre.hr), "team": {centre.supervisor.id}}


def test_a_sheet_held_back_blocks_the_month_until_it_is_released(session, centre) -> None:
    revision = compute(session, centre)
    first, second, *_ = revision.sheets

    for sheet in (first, second):
        sheets.hold_back_sheet(session, centre.leads[0], sheet, note="Is the leave counted?")
    assert waiting(session)["blocked"] == {centre.leads[1].id} | ids(centre.hr)
    assert len([row for row in unread(session) if row.params["step"] == "blocked"]) == 3

    sheets.review_sheet(session, centre.leads[0], first)
    assert "blocked" in waiting(session)
    sheets.review_sheet(session, centre.leads[0], second)
    assert waiting(session) == {"review": ids(centre.leads)}

    for note in ("Counted twice.", "Counted twice, it seems."):
        sheets.hold_back_sheet(session, centre.leads[0], first, note=note)
    assert waiting(session)["blocked"] == {centre.leads[1].id} | ids(centre.hr), "held back anew, it is told anew"
    assert len([row for row in unread(session) if row.params["step"] == "blocked"]) == 3


def test_published_sheets_are_told_to_their_agents_and_once_to_the_supervisor(session, centre) -> None:
    left = centre.agents[2]
    left.active = False
    publish(session, centre, compute(session, centre))

    assert told(session, K.sheet_published, "month") == {(user.id, MONTH) for user in centre.agents[:2]}
    team = [row for row in unread(session) if row.params.get("step") == "team"]
    assert [(row.user_id, row.params["count"]) for row in team] == [(centre.supervisor.id, 3)]
    for user in centre.agents[:2]:
        sheet = session.scalars(select(Sheet).where(Sheet.agent_id == user.agent_id)).one()
        assert get_sheet(session, user, sheet.id) is sheet
        sheets.see_sheet(session, user, sheet)
    assert [row for row in unread(session) if row.kind == K.sheet_published] == []


def test_a_month_published_anew_is_told_anew_and_the_old_notice_is_over(session, centre) -> None:
    publish(session, centre, compute(session, centre))
    publish(session, centre, compute(session, centre, reason="A mistake in the import"))

    told_now = [row for row in unread(session) if row.kind == K.sheet_published]
    assert {(row.user_id, row.params.get("again")) for row in told_now} == {(user.id, 1) for user in centre.agents}
    assert len(told_now) == 3
    assert len([row for row in unread(session) if row.params.get("step") == "team"]) == 1


def test_many_sheets_are_told_in_a_few_statements(session) -> None:
    count, team = 2_500, create_team(session, "Big")
    session.execute(
        insert(Agent),
        [{"employee_number": f"B{n}", "name": f"B{n}", "team_id": team.id, "skills": []} for n in range(count)],
    )
    agents = session.scalars(select(Agent.id).order_by(Agent.id)).all()
    role = Role(name=RoleName.agent.value)
    session.add(role)
    session.flush()
    people = [
        {
            "email": f"b{n}@example.com",
            "name": f"B{n}",
            "password": "x",
            "active": True,
            "fs_uniquifier": f"b{n}",
            "agent_id": agent,
        }
        for n, agent in enumerate(agents)
    ]
    session.execute(insert(User), people)
    users = session.scalars(select(User.id).where(User.agent_id.is_not(None))).all()
    session.execute(insert(User.roles.property.secondary), [{"user_id": user, "role_id": role.id} for user in users])
    create_month_of(session, agents)
    period = session.scalars(select(AssessmentPeriod)).one()
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        if "notices" in statement:
            seen.append(statement)

    event.listen(session.connection(), "before_cursor_execute", note)
    service.publish_month(session, None, period)

    assert len(told(session, K.sheet_published)) == count
    assert len(seen) <= 12


def create_month_of(session: Session, agents: list[int]) -> None:
    """An approved month with one sheet an agent."""
    lead = create_user(session, RoleName.hr)
    policy = service.compute_month(session, lead, "2026-09").policy_version_id
    session.query(Notice).delete()
    session.query(Sheet).delete()
    period = session.scalars(select(AssessmentPeriod)).one()
    period.state = "approved"
    revision = period.revision
    assert revision.policy_version_id == policy
    session.execute(
        insert(Sheet),
        [
            {"revision_id": revision.id, "agent_id": agent, "state": SheetState.draft, "content": b"{}",
             "verification_code": str(agent), "label": "ok"}
            for agent in agents
        ],
    )  # fmt: skip


# Alerts


@pytest.fixture
def judged(session: Session) -> User:
    """A standard in force; one agent far below it and one above."""
    lead = create_user(session, RoleName.qa_lead)
    create_user(session, RoleName.hr)
    session.add(
        PerformanceStandard(
            score=70.0, critical_rate=0.05, months_running=3, who_decides="HR", trial={}, in_force=True,
            switched_on_at=datetime(2026, 10, 1, tzinfo=UTC),
        )
    )  # fmt: skip
    version, inspector = create_published(session), create_user(session, RoleName.inspector)
    for name, greets in (("Weak", False), ("Able", True)):
        agent = create_agent(session, name)
        for day in range(25):
            at = datetime(2026, 10, 2 + day, 9, tzinfo=UTC)
            conversation = create_conversation(session, agent, opened_at=at)
            create_inspection(
                session, conversation, inspector, version, greeting=greets, answer=greets, submitted_at=at
            )
    session.flush()
    return lead


def test_the_lead_hears_once_of_evidence_below_the_standard(session, judged) -> None:
    weak = session.scalars(select(Agent).where(Agent.name == "Weak")).one()

    assert tell_below_standard(session) == 1
    assert tell_below_standard(session) == 0

    assert told(session, K.alert, "agent_id", "name") == {(judged.id, weak.id, "Weak")}
    assert session.scalar(select(Agent.id).where(Agent.id == weak.id, visible_agents(judged)))


def test_a_new_beginning_closes_the_alert(session, judged) -> None:
    with travel(datetime(2026, 10, 31, tzinfo=UTC)):
        assert tell_below_standard(session) == 1
    weak = session.scalars(select(Agent).where(Agent.name == "Weak")).one()

    with travel(datetime(2026, 11, 1, tzinfo=UTC)):
        below_standard.restart_evidence(session, create_user(session, RoleName.hr), weak, reason="New role")
        tell_below_standard(session)

    assert unread(session) == []


def test_without_a_standard_nobody_is_named(session, judged) -> None:
    standard = below_standard.standard_in_force(session)
    below_standard.switch_off_standard(session, judged, standard)

    assert tell_below_standard(session) == 0


# Jobs


@job("tests.breaks")
def breaks(_session: Session, _run: JobRun, _progress: object) -> dict[str, object]:
    raise RuntimeError("the disk is full")


def break_for(session: Session, actor: User | None) -> int:
    """Run a job that fails, as the worker does; returns its number."""
    waiting = JobRun(kind="tests.breaks", params={}, actor_id=actor.id if actor else None, created_at=now())
    session.add(waiting)
    session.commit()
    number = waiting.id
    run_job(number)
    return number


def test_a_failed_job_is_told_to_who_asked(session) -> None:
    asked, admin = create_user(session, RoleName.hr), create_user(session, RoleName.administrator)

    number = break_for(session, asked)

    assert session.get_one(JobRun, number).state == JobState.failed
    assert told(session, K.job_failed, "job_id") == {(asked.id, number)}
    assert admin.id not in {row.user_id for row in all_told(session)}


def test_what_the_worker_does_by_itself_fails_before_administrators_once_a_day(session) -> None:
    admin, other = create_user(session, RoleName.administrator), create_user(session, RoleName.qa_lead)
    gone = create_user(session, RoleName.hr)
    gone.active = False
    for actor in (None, None, gone):
        break_for(session, actor)

    assert told(session, K.job_failed) == {(admin.id,)}
    assert len(all_told(session)) == 1
    assert other.id not in {row.user_id for row in all_told(session)}


def test_an_import_with_refused_rows_has_ended_and_not_failed(session, tmp_path) -> None:
    admin = create_user(session, RoleName.administrator)
    path = tmp_path / "rows.ndjson"
    path.write_text('{"external_id": "1"}\n')
    options = reading_options(mapping=None, preset=None, timezone=None, organisation_zone="UTC", source="t")
    run = new_run(session, admin, [path], {})

    report = import_conversations(
        session, admin, run, ImportRequest((path,), options), checkpoint=session.commit, progress=NoProgress()
    )

    assert report.rejected == 1
    assert all_told(session) == []


# Retention

TODAY = datetime(2026, 11, 22, 12, tzinfo=UTC)


def aged(session: Session, days: int) -> None:
    create_conversation(session, opened_at=TODAY - timedelta(days=days))


def test_administrators_are_warned_of_what_goes_within_a_week(session) -> None:
    admin, second = create_user(session, RoleName.administrator), create_user(session, RoleName.administrator)
    create_user(session, RoleName.qa_lead)
    for days in (97, 96, 92):
        aged(session, days)
    with travel(TODAY):
        assert warn_of_deletion(session) == 0, "there is no rule"
        rule = set_rule(session, admin, source="", keep_days=100)
        rule.starts_on = date(2026, 1, 1)

        assert warn_of_deletion(session) == 2
        assert warn_of_deletion(session) == 0

    expected = {(one.id, 2, "2026-11-26") for one in (admin, second)}
    assert told(session, K.retention_due, "count", "due_on") == expected
    with travel(datetime(2026, 11, 26, 12, tzinfo=UTC)):
        assert erase_due(session, None, checkpoint=session.commit, progress=NoProgress()).conversations == 1
    with travel(TODAY + timedelta(days=1)):
        assert warn_of_deletion(session) == 2, "a new week"
    assert {row.stage[:8] for row in unread(session)} == {"2026-W48"}


def test_a_new_rule_is_told_before_its_first_day(session) -> None:
    admin = create_user(session, RoleName.administrator)
    aged(session, 200)
    with travel(TODAY):
        set_rule(session, None, source="", keep_days=300)
        assert warn_of_deletion(session) == 0
        set_rule(session, None, source="", keep_days=100)
        assert warn_of_deletion(session) == 1

    assert told(session, K.retention_due, "count", "due_on") == {(admin.id, 1, "2026-11-23")}


def test_what_is_held_is_announced_to_nobody(session) -> None:
    create_user(session, RoleName.administrator)
    aged(session, 99)
    with travel(TODAY):
        set_rule(session, None, source="", keep_days=100)
        place_hold(session, None, reason="A dispute")

        assert warn_of_deletion(session) == 0
