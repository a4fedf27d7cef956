"""HR, the QA lead and others at the pages of the month; the commands beside them."""

from __future__ import annotations

import csv
import io
import json

import pytest
from sqlalchemy import select

from config import load_settings
from qa_app.assessment import service, sheets
from qa_app.assessment.policies import create_policy, ensure_policy, policy_of, preset
from qa_app.db import Base, db
from qa_app.factory import create_app
from qa_app.jobs.queue import JobQueue
from qa_app.jobs.runner import run
from qa_app.models import AssessmentPeriod, AuditEvent, PeriodState, PolicyVersion, RoleName, Sheet, SheetState
from tests.factories.months import MONTH, create_month
from tests.factories.people import create_organisation, create_user

pytestmark = pytest.mark.both_databases


@pytest.fixture
def computed(session):
    create_month(session, agents=3)
    revision = service.compute_month(session, None, MONTH)
    revision.is_over = True
    session.commit()
    return revision


@pytest.fixture(autouse=True)
def queued(monkeypatch) -> list[int]:
    """Jobs wait here until the test runs them: at once would be inside the commit that queues them."""
    waiting: list[int] = []
    monkeypatch.setattr(JobQueue, "enqueue", lambda _queue, run_id: waiting.append(run_id))
    return waiting


def run_jobs(queued: list[int]) -> None:
    while queued:
        run(queued.pop())


def period_of(session) -> AssessmentPeriod:
    session.expire_all()
    return session.scalars(select(AssessmentPeriod).where(AssessmentPeriod.month == MONTH)).one()


def test_hr_sees_the_months_and_computes_one(session, sign_in, queued):
    create_month(session, agents=2)
    hr = sign_in(RoleName.hr)

    assert "October 2026" in hr.get("/months").text
    assert "Compute the month" in hr.get(f"/months/{MONTH}").text
    response = hr.post(f"/months/{MONTH}/compute")
    run_jobs(queued)

    assert response.status_code == 303
    assert period_of(session).state == PeriodState.computed
    assert "Agent 1" in hr.get(f"/months/{MONTH}").text


def test_the_next_step_is_shown_but_blocked_while_sheets_are_unreviewed(computed, sign_in):
    page = sign_in(RoleName.qa_lead).get(f"/months/{MONTH}").text

    assert 'aria-disabled="true"' in page
    assert "3 sheets are not settled yet." in page


def test_lead_reviews_and_hr_approves_publishes_and_locks(session, computed, sign_in):
    lead, hr = sign_in(RoleName.qa_lead), sign_in(RoleName.hr)

    lead.post(f"/months/{MONTH}/review-remaining")
    lead.post(f"/months/{MONTH}/review")
    hr.post(f"/months/{MONTH}/approve")
    assert hr.post(f"/months/{MONTH}/publish", data={"typed": "2026-11"}).status_code == 422
    assert period_of(session).state == PeriodState.approved
    hr.post(f"/months/{MONTH}/publish", data={"typed": MONTH})
    hr.post(f"/months/{MONTH}/lock", data={"typed": MONTH})

    assert period_of(session).state == PeriodState.locked
    actions = list(session.scalars(select(AuditEvent.action).where(AuditEvent.action.like("month.%"))))
    assert actions == ["month.compute", "month.review", "month.approve", "month.publish", "month.lock"]


def test_a_new_revision_asks_for_a_reason(session, computed, sign_in, queued):
    hr = sign_in(RoleName.hr)

    assert hr.post(f"/months/{MONTH}/compute").status_code == 422
    assert hr.post(f"/months/{MONTH}/compute", data={"reason": "ratings came late"}).status_code == 303
    run_jobs(queued)

    assert [revision.number for revision in period_of(session).revisions] == [0, 1]


def test_each_sheet_is_reviewed_or_held_back(session, computed, sign_in):
    lead = sign_in(RoleName.qa_lead)
    first, second = session.scalars(select(Sheet).order_by(Sheet.id).limit(2)).all()

    page = lead.get(f"/sheets/{first.id}")
    assert "θ = (1 − p) · q" in page.text
    assert "Solved at once, thank you." in page.text
    response = lead.post(f"/sheets/{first.id}/review")
    assert response.location.endswith(f"/sheets/{second.id}")
    lead.post(f"/sheets/{second.id}/note", data={"note": "ask about the long call", "action": "hold_back"})
    session.expire_all()

    assert first.reviewed_at is not None
    assert (second.is_held_back, second.review_note) == (True, "ask about the long call")
    assert "ask about the long call" in lead.get(f"/months/{MONTH}?wanted=held_back").text


def test_a_supervisor_sees_the_sheets_of_the_team_alone(session, computed, sign_in):
    sheet = session.scalars(select(Sheet)).first()
    mine = create_user(session, RoleName.supervisor)
    mine.supervised_teams.append(sheet.agent.team)

    assert "Agent 0" in sign_in(mine).get("/sheets").text
    assert sign_in(mine).get(f"/sheets/{sheet.id}").status_code == 200
    assert sign_in(RoleName.supervisor).get(f"/sheets/{sheet.id}").status_code == 404
    assert sign_in(mine).get(f"/months/{MONTH}").status_code == 404


@pytest.mark.parametrize("role", [RoleName.inspector, RoleName.agent, RoleName.administrator])
def test_others_find_neither_months_nor_sheets_nor_policies(session, computed, sign_in, role):
    sheet = session.scalars(select(Sheet)).first()
    visitor = sign_in(role)

    for address in ("/months", f"/months/{MONTH}", "/policies", f"/sheets/{sheet.id}", "/sheets"):
        assert visitor.get(address).status_code == 404, address


def test_only_the_right_role_takes_a_step(session, computed, sign_in):
    lead, hr = sign_in(RoleName.qa_lead), sign_in(RoleName.hr)

    assert lead.post(f"/months/{MONTH}/compute", data={"reason": "x"}).status_code == 404
    assert hr.post(f"/months/{MONTH}/review").status_code == 404
    assert lead.post(f"/months/{MONTH}/publish", data={"typed": MONTH}).status_code == 404


def test_anybody_may_check_a_code_and_learns_no_more(session, computed, client):
    sheet = session.scalars(select(Sheet)).first()

    known = client.get(f"/verify/{sheet.verification_code.lower()}").text
    assert "This code is known." in known
    assert "not superseded" in known
    assert sheet.agent.name not in known
    assert "This code is not known here." in client.get("/verify/AAAA").text


def test_a_code_is_read_as_it_is_printed_and_typed(session, computed, client):
    code = session.scalars(select(Sheet)).first().verification_code
    grouped = " ".join(code[start : start + 5] for start in range(0, 20, 5))
    mistaken = code.translate(str.maketrans("OIB", "018"))

    for typed in (grouped, f" {grouped.lower()} ", "-".join(code), mistaken):
        assert "This code is known." in client.get("/verify", query_string={"code": typed}).text


def test_checking_codes_is_limited(tmp_path):
    app = create_app(load_settings(assay_home=tmp_path, database_url="", redis_url="", _env_file=None))
    with app.app_context():
        Base.metadata.create_all(db.engine)
        create_organisation(db.session())
        db.session.commit()
    client = app.test_client()

    answers = [client.get("/verify/AAAA").status_code for _ in range(31)]

    assert answers == [200] * 30 + [429]
    with app.app_context():
        db.engine.dispose()


def test_hr_edits_and_publishes_a_policy(session, sign_in):
    draft = create_policy(session, None, preset("service"))
    hr = sign_in(RoleName.hr)

    assert hr.get("/policies").status_code == 200
    assert hr.get(f"/policies/{draft.id}/edit").status_code == 200
    hr.post(f"/policies/{draft.id}/edit", data={"kind": "numbers", "revision": 0, "components.0.weight": "45"})
    assert "sum to 95" in hr.get(f"/policies/{draft.id}").text
    hr.post(f"/policies/{draft.id}/publish")
    session.expire_all()
    assert draft.state == "draft"
    hr.post(f"/policies/{draft.id}/edit", data={"kind": "numbers", "revision": 1, "components.1.weight": "30"})
    hr.post(f"/policies/{draft.id}/publish")
    session.expire_all()

    assert draft.state == "published"
    assert ensure_policy(session, None).id == draft.id


def test_hr_chooses_what_tiers_rest_on(session, sign_in):
    draft = create_policy(session, None, preset("service"))
    hr = sign_in(RoleName.hr)

    rules = {"kind": "numbers", "revision": 0, "mode": "direct", "learned_scores": "y"}
    hr.post(f"/policies/{draft.id}/edit", data=rules)
    session.expire_all()

    assert policy_of(draft).mode == "direct"
    assert policy_of(draft).learned_scores
    assert "the month alone, as it was scored" in hr.get(f"/policies/{draft.id}").text


def test_the_month_page_says_what_its_numbers_are_worth(session, computed, sign_in):
    page = sign_in(RoleName.hr).get(f"/months/{MONTH}").text

    assert "Severity is not corrected: it takes three inspectors." in page
    assert "the rest is luck of the draw" in page


def test_a_stale_draft_is_not_overwritten(session, sign_in):
    draft = create_policy(session, None, preset("service"))
    hr = sign_in(RoleName.hr)
    hr.post(f"/policies/{draft.id}/edit", data={"kind": "numbers", "revision": 0, "components.0.weight": "45"})

    response = hr.post(
        f"/policies/{draft.id}/edit", data={"kind": "numbers", "revision": 0, "components.0.weight": "10"}
    )

    assert response.status_code == 409
    assert session.get(PolicyVersion, draft.id).definition["components"][0]["weight"] == 45


def test_month_list_prints_month_state_and_agents_first(session, computed, app):
    runner = app.test_cli_runner()

    table = list(csv.reader(io.StringIO(runner.invoke(args=["month", "list", "--format", "csv"]).stdout)))
    records = json.loads(runner.invoke(args=["month", "list", "--format", "json"]).stdout)

    assert table[0][:3] == ["month", "state", "agents"]
    assert table[1][:3] == [MONTH, "computed", "3"]
    assert list(records[0])[:3] == ["month", "state", "agents"]


def test_commands_take_the_steps(session, computed, app):
    runner = app.test_cli_runner()

    def month(*args: str):
        return runner.invoke(args=["month", *args])

    assert month("verify", MONTH).stdout == f"{MONTH} revision 0: 3 sheets: the same to the byte\n"
    refused = month("review", MONTH)
    assert (refused.exit_code, "3 sheets are not reviewed" in refused.stderr) == (1, True)
    assert month("review", MONTH, "--all").exit_code == 0
    assert month("approve", MONTH).exit_code == 0
    assert month("publish", MONTH, "--yes").stdout == f"{MONTH}: 3 sheets published\n"
    assert month("lock", MONTH, "--yes").stdout == f"{MONTH}: locked, 3 sheets lapsed\n"
    assert f"{MONTH}: locked" in month("show", MONTH).stdout
    assert month("compute", MONTH).exit_code == 1
    assert month("compute", MONTH, "--reason", "a wrong import").exit_code == 0


def test_months_whose_window_has_ended_are_locked(session, computed):
    sheets.review_remaining(session, None, computed)
    period = computed.period
    service.review_month(session, None, period)
    service.approve_month(session, None, period)
    service.publish_month(session, None, period)

    assert service.lock_ended_months(session) == []
    period.published_at = period.published_at.replace(year=2026, month=1, day=5)
    assert service.lock_ended_months(session) == [MONTH]
    session.expire_all()
    assert session.scalars(select(Sheet.state).distinct()).all() == [SheetState.lapsed]
