"""The organisation's choice: agents read an inspection at once, or once its month is published."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from qa_app import access
from qa_app.appeals import queries, service
from qa_app.appeals.errors import WindowClosed
from qa_app.assessment.service import publish_month
from qa_app.clock import now, travel
from qa_app.inspections import service as inspections
from qa_app.inspections.importing import InspectionRow, import_inspections
from qa_app.inspections.showing import show_published
from qa_app.models import (
    AssessmentPeriod,
    AssessmentPolicy,
    AuditEvent,
    Inspection,
    InspectionState,
    PeriodRevision,
    PeriodState,
    PolicyVersion,
    RoleName,
)
from qa_app.people.appeal_rules import AppealRules, change_appeal_rules
from tests.factories.appeals import Scored, create_appeal, create_scored
from tests.factories.inspections import create_lamp_sample, rule_rubric
from tests.factories.people import create_organisation, create_user
from tests.factories.rubrics import create_published

pytestmark = pytest.mark.both_databases
WEDNESDAY = datetime(2026, 11, 11, 9, 0, tzinfo=UTC)
LATER = datetime(2026, 12, 2, 9, 0, tzinfo=UTC)
WITH_MONTH = AppealRules(is_shown_with_month=True)


def choose(session: Session, rules: AppealRules) -> None:
    change_appeal_rules(session, create_user(session, RoleName.administrator), create_organisation(session), rules)
    session.flush()


def create_approved(session: Session, inspection: Inspection) -> AssessmentPeriod:
    """An approved month without sheets, of the inspection's conversation."""
    period = AssessmentPeriod(month=f"{inspection.conversation.opened_at:%Y-%m}", state=PeriodState.approved)
    policy = AssessmentPolicy(name="Usual", created_at=WEDNESDAY)
    policy.versions = [PolicyVersion(number=1, definition={}, created_at=WEDNESDAY)]
    revision = PeriodRevision(
        number=1, policy_version=policy.versions[0], time_zone="UTC", starts_at=WEDNESDAY, ends_at=WEDNESDAY,
        is_over=True, computed_at=WEDNESDAY, inputs_digest="", outputs_digest="",
    )  # fmt: skip
    period.revisions = [revision]
    session.add(period)
    session.flush()
    return period


def reads(session: Session, scored: Scored) -> bool:
    """Whether the agent may open the inspection."""
    try:
        access.get_inspection(session, scored.agent, scored.inspection.id)
    except access.NotFound:
        return False
    return True


@pytest.fixture
def waiting(session: Session):
    with travel(WEDNESDAY):
        choose(session, WITH_MONTH)
        yield create_scored(session)


def test_at_once_the_agent_reads_it_and_the_window_runs(session: Session) -> None:
    with travel(WEDNESDAY):
        scored = create_scored(session)

        assert reads(session, scored)
        assert service.can_appeal(session, scored.agent, scored.inspection)
        assert [one.id for one in queries.open_windows(session, scored.agent)] == [scored.inspection.id]
        assert inspections.window_ends_at(session, scored.inspection) == datetime(2026, 11, 19, tzinfo=UTC)


def test_before_the_month_is_published_the_agent_sees_nothing_of_it(session: Session, sign_in, waiting) -> None:
    session.commit()
    client = sign_in(waiting.agent)

    assert not reads(session, waiting)
    assert access.get_inspection(session, waiting.lead, waiting.inspection.id) is waiting.inspection
    assert client.get(f"/inspections/{waiting.inspection.id}/view").status_code == 404
    assert f"/inspections/{waiting.inspection.id}" not in client.get("/inspections").text
    assert "can be appealed" not in client.get("/").text
    assert queries.open_windows(session, waiting.agent) == []
    assert queries.windows_ending(session, within=timedelta(days=99)) == []
    with pytest.raises(WindowClosed):
        create_appeal(session, waiting)


def listed(client, asked: str) -> list[str]:
    """The numbers of inspections beside the conversations of a list."""
    return re.findall(r'<td class="n">([^<]*)</td></tr>', client.get(f"/conversations?{asked}").text)


def test_nor_does_the_list_of_conversations_tell_the_agent_of_it(session: Session, sign_in, waiting) -> None:
    supervisor = create_user(session, RoleName.supervisor)
    waiting.agent.agent.team.supervisors.append(supervisor)
    session.commit()

    for user, yes, no in ((waiting.agent, [], ["–"]), (waiting.lead, ["1"], []), (supervisor, ["1"], [])):
        client = sign_in(user)
        assert (listed(client, "inspected=yes"), listed(client, "inspected=no")) == (yes, no)
        assert listed(client, "") == yes + no


def test_its_window_waits_for_the_month(session: Session, waiting) -> None:
    with travel(WEDNESDAY + timedelta(days=90)):
        assert inspections.window_ends_at(session, waiting.inspection) is None
        assert inspections.close_windows(session) == 0

    assert waiting.inspection.state == InspectionState.submitted


def test_with_the_publication_it_is_shown_and_the_window_counts_from_there(session: Session, waiting) -> None:
    period = create_approved(session, waiting.inspection)
    with travel(LATER):
        publish_month(session, waiting.lead, period)
        session.flush()
        session.expire_all()

        assert reads(session, waiting)
        end = inspections.window_ends_at(session, waiting.inspection)
        assert end == datetime(2026, 12, 10, tzinfo=UTC)
        assert [one.ends_at for one in queries.open_windows(session, waiting.agent)] == [end]
        assert [one.ends_at for one in queries.windows_ending(session, within=timedelta(days=20))] == [end]
        assert inspections.close_windows(session) == 0
    with travel(end):
        assert inspections.close_windows(session) == 1
    session.commit()
    assert session.scalars(select(AuditEvent.action).where(AuditEvent.action == "inspection.show")).all()


def test_what_is_submitted_after_the_publication_is_shown_at_once(session: Session) -> None:
    with travel(WEDNESDAY):
        choose(session, WITH_MONTH)
        first = create_scored(session)
        publish_month(session, first.lead, create_approved(session, first.inspection))
        inspections.undo_submit(session, first.inspector, first.inspection)
        kept = inspections.load_draft(session, first.inspection.id)
        inspections.submit_inspection(session, first.inspector, kept, revision=kept.revision, confirmed_critical=True)

    assert (kept.waits_for_month, kept.shown_at) == (False, None)


def test_the_worker_shows_what_a_publication_passed_by(session: Session, waiting) -> None:
    period = create_approved(session, waiting.inspection)
    period.state, period.published_at = PeriodState.published, now()
    session.flush()

    inspections.close_windows(session)

    session.expire_all()
    assert reads(session, waiting)


def test_imported_history_waits_for_no_month(session: Session) -> None:
    with travel(WEDNESDAY):
        choose(session, WITH_MONTH)
        asked = create_user(session, RoleName.inspector)
        sample = create_lamp_sample(session, asked, create_published(session, rule_rubric())).sample
        create_user(session, RoleName.inspector, name="Wei Lan")
        answers = {"greeting": "yes", "facts": "name; number", "privacy": "yes"}
        number = sample.conversation.external_id
        row = InspectionRow(
            line=2, conversation=number, inspector="Wei Lan", scored_at=WEDNESDAY, answers=answers, rubric="Rules"
        )
        assert import_inspections(session, None, [row]).counts == {"created": 1}

    kept = session.scalars(select(Inspection)).one()
    assert (kept.waits_for_month, kept.shown_since) == (False, WEDNESDAY)


def test_showing_reads_the_zone_once(session: Session, waiting) -> None:
    for _ in range(3):
        create_scored(session)
    period = create_approved(session, waiting.inspection)
    period.state, period.published_at = PeriodState.published, now()
    session.flush()
    asked: list[str] = []

    @event.listens_for(session.connection(), "before_cursor_execute")
    def note(*given: object) -> None:
        asked.append(str(given[2]))

    assert show_published(session) == 4
    assert sum("FROM calendar_days" in one for one in asked) == 1


def test_taken_back_it_waits_no_more(session: Session, waiting) -> None:
    inspections.undo_submit(session, waiting.inspector, waiting.inspection)

    assert (waiting.inspection.waits_for_month, waiting.inspection.shown_at) == (False, None)


def test_changing_the_choice_shows_what_waited_and_hides_nothing(session: Session) -> None:
    with travel(WEDNESDAY):
        shown = create_scored(session)
        choose(session, WITH_MONTH)
        assert reads(session, shown)
        hidden = create_scored(session)
        assert not reads(session, hidden)
    with travel(LATER):
        choose(session, AppealRules())
        session.expire_all()

        assert reads(session, hidden)
        assert inspections.window_ends_at(session, hidden.inspection) == datetime(2026, 12, 10, tzinfo=UTC)


def test_the_choice_is_made_among_the_settings(session: Session, sign_in) -> None:
    create_organisation(session)
    session.commit()
    client = sign_in(RoleName.administrator)

    client.post("/settings/appeals", data={"window_days": 5, "decision_days": 5, "is_shown_with_month": "y"})

    page = client.get("/settings").text
    assert 'checked class="form-check-input" id="is_shown_with_month"' in " ".join(page.split())
