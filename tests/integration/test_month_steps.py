"""HR and the QA lead take a month from open to locked; what is computed stays as it was."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.assessment import service, sheets
from qa_app.assessment.calculate import calculate_month
from qa_app.assessment.compute import frozen_inputs, verify_revision
from qa_app.assessment.content import decode_content, encode_content, verification_code
from qa_app.assessment.errors import InputsChanged, MonthNotOver, NotReviewed, ReasonNeeded, WrongState
from qa_app.clock import now
from qa_app.conversations.metrics import metrics_table
from qa_app.models import PeriodState, RevisionInput, RoleName, Sheet, SheetState
from tests.factories.months import MONTH, create_inspection, create_month, create_work
from tests.factories.people import create_agent, create_user
from tests.factories.rubrics import create_published

pytestmark = pytest.mark.both_databases


@pytest.fixture
def lead(session: Session):
    return create_user(session, RoleName.qa_lead, name="Shen Yinuo")


@pytest.fixture
def hr(session: Session):
    return create_user(session, RoleName.hr, name="Han Qingyue")


def sheet_of(session: Session, number: str, revision) -> Sheet:
    return next(
        s
        for s in session.scalars(select(Sheet).where(Sheet.revision_id == revision.id))
        if s.agent.employee_number == number
    )


def test_month_goes_from_open_to_locked_step_by_step(session, lead, hr):
    create_month(session)

    revision = service.compute_month(session, hr, MONTH)
    period = revision.period
    revision.is_over = True
    with pytest.raises(NotReviewed) as refused:
        service.review_month(session, lead, period)
    assert refused.value.unreviewed == 10
    assert sheets.review_remaining(session, lead, revision) == 10
    service.review_month(session, lead, period)
    service.approve_month(session, hr, period)
    assert service.publish_month(session, hr, period) == 10
    assert service.lock_month(session, hr, period) == 10
    assert None not in (period.reviewed_at, period.approved_at, period.published_at, period.locked_at)

    assert period.state == PeriodState.locked
    states = set(session.scalars(select(Sheet.state).where(Sheet.revision_id == revision.id)))
    assert states == {SheetState.lapsed}


def test_recomputing_from_frozen_inputs_gives_the_same_bytes(session, hr):
    agents = create_month(session)
    revision = service.compute_month(session, hr, MONTH)
    session.commit()

    create_work(session, agents[0], 30, happy=0, asked=30)
    session.expire_all()

    assert verify_revision(session, revision).is_exact
    for sheet in session.scalars(select(Sheet).where(Sheet.revision_id == revision.id)):
        content = decode_content(sheet.content)
        assert encode_content(content) == sheet.content
        assert verification_code(sheet.content) == sheet.verification_code


def test_a_month_computed_again_is_the_same_to_the_byte_sheet_by_sheet(session, hr, app):
    create_month(session)
    revision = service.compute_month(session, hr, MONTH)
    session.commit()
    session.expire_all()

    again = calculate_month(frozen_inputs(session, revision), revision.inputs_digest)

    assert {sheet.agent: sheet.data for sheet in again.sheets} == contents_of(session, revision)
    told = app.test_cli_runner().invoke(args=["month", "verify", MONTH, "--bytes"])
    assert (told.exit_code, told.stdout) == (0, f"{MONTH} revision 0: 10 sheets: the same to the byte\n")


def contents_of(session: Session, revision) -> dict[str, bytes]:
    return {sheet.agent.employee_number: sheet.content for sheet in revision.sheets}


def change_figure(session: Session, revision, number: str, by: float) -> None:
    """Keep a sheet as another machine might have computed it, and the digest with it."""
    sheet = sheet_of(session, number, revision)
    plain = json.loads(sheet.content)
    plain["composite"]["value"] *= 1 + by
    kept = sheet.content
    sheet.content = msgspec.json.encode(plain, order="sorted")
    assert sheet.content != kept
    again = calculate_month(frozen_inputs(session, revision), revision.inputs_digest)
    contents = contents_of(session, revision)
    revision.outputs_digest = hashlib.sha256(b"".join(contents[one.agent] for one in again.sheets)).hexdigest()
    session.commit()


def test_a_figure_whose_fifteenth_digit_differs_is_named_and_fails_with_bytes(session, hr, app):
    create_month(session)
    revision = service.compute_month(session, hr, MONTH)
    change_figure(session, revision, "M003", 2e-14)
    runner = app.test_cli_runner()

    plain, strict = (runner.invoke(args=["month", "verify", MONTH, *more]) for more in ([], ["--bytes"]))

    assert (plain.exit_code, strict.exit_code) == (0, 1)
    assert plain.stdout == strict.stdout == (
        f"{MONTH} revision 0: 10 sheets the same to ten digits, 1 of them not to the byte "
        "(another kind of processor or library): M003\n"
    )  # fmt: skip


def test_a_figure_that_differs_fails_either_way_and_the_others_are_told(session, hr, app):
    create_month(session)
    revision = service.compute_month(session, hr, MONTH)
    change_figure(session, revision, "M003", 2e-14)
    change_figure(session, revision, "M005", 1e-6)
    runner = app.test_cli_runner()

    plain, strict = (runner.invoke(args=["month", "verify", MONTH, *more]) for more in ([], ["--bytes"]))

    assert (plain.exit_code, strict.exit_code) == (1, 1)
    assert plain.stdout == strict.stdout == (
        f"{MONTH} revision 0: 1 of 10 sheets not the same: M005; 9 sheets the same to ten digits, "
        "1 of them not to the byte (another kind of processor or library): M003\n"
    )  # fmt: skip


def test_a_last_digit_changed_by_hand_is_no_other_processor(session, hr, app):
    create_month(session)
    revision = service.compute_month(session, hr, MONTH)
    digest = revision.outputs_digest
    change_figure(session, revision, "M003", 2e-14)
    revision.outputs_digest = digest
    session.commit()

    refused = app.test_cli_runner().invoke(args=["month", "verify", MONTH])

    assert refused.exit_code == 1
    assert "do not have their digest" in refused.stderr


def test_changed_inputs_are_found(session, hr):
    create_month(session, agents=2)
    revision = service.compute_month(session, hr, MONTH)
    part = session.get(RevisionInput, (revision.id, "work"))
    other = session.get(RevisionInput, (revision.id, "words"))
    part.payload = other.payload
    session.flush()

    with pytest.raises(InputsChanged):
        frozen_inputs(session, revision)


def test_new_revision_needs_a_reason_and_supersedes_drafts(session, hr):
    create_month(session, agents=2)
    first = service.compute_month(session, hr, MONTH)

    with pytest.raises(ReasonNeeded):
        service.compute_month(session, hr, MONTH)
    second = service.compute_month(session, hr, MONTH, reason="ratings came late")

    assert (second.number, second.reason) == (1, "ratings came late")
    assert sheet_of(session, "M000", first).state == SheetState.superseded
    assert sheet_of(session, "M000", second).state == SheetState.draft


def test_published_sheet_stays_in_force_until_the_new_revision_is_published(session, lead, hr):
    create_month(session, agents=2)
    first = service.compute_month(session, hr, MONTH)
    first.is_over = True
    publish(session, lead, hr, first)

    second = service.compute_month(session, hr, MONTH, reason="a mistake in the import")
    assert sheet_of(session, "M000", first).state == SheetState.published
    second.is_over = True
    publish(session, lead, hr, second)

    session.expire_all()
    assert sheet_of(session, "M000", first).state == SheetState.superseded
    assert sheet_of(session, "M000", second).state == SheetState.published


def publish(session, lead, hr, revision) -> None:
    sheets.review_remaining(session, lead, revision)
    service.review_month(session, lead, revision.period)
    service.approve_month(session, hr, revision.period)
    service.publish_month(session, hr, revision.period)


def test_month_that_still_runs_can_be_computed_but_not_approved(session, lead, hr):
    month = now().strftime("%Y-%m")
    create_agent(session, active_from=now().date() - timedelta(days=100))
    revision = service.compute_month(session, hr, month)
    sheets.review_remaining(session, lead, revision)
    service.review_month(session, lead, revision.period)

    with pytest.raises(MonthNotOver):
        service.approve_month(session, hr, revision.period)

    content = decode_content(session.scalars(select(Sheet)).one().content)
    assert not content.period.is_over
    assert content.composite.value is None


def test_steps_begin_where_the_month_stands(session, hr):
    create_month(session, agents=1)
    revision = service.compute_month(session, hr, MONTH)

    with pytest.raises(WrongState):
        service.publish_month(session, hr, revision.period)


def test_targeted_draft_and_foreign_inspections_never_enter(session, hr):
    agents = create_month(session, agents=8, inspections=3)
    version = create_published(session)
    inspector = create_user(session, RoleName.inspector)
    before = service.compute_month(session, hr, MONTH)
    chat = create_work(session, agents[0], 3)
    create_inspection(session, chat[0], inspector, version, greeting=False, is_random=False)
    create_inspection(session, chat[1], inspector, version, greeting=False, state="draft")

    after = service.compute_month(session, hr, MONTH, reason="looked again")

    old, new = (decode_content(sheet_of(session, "M000", r).content) for r in (before, after))
    assert new.counts.inspected == old.counts.inspected == 3
    assert new.components[0].estimate == old.components[0].estimate


def test_conversation_scored_twice_counts_once_with_the_mean(session, hr):
    agents = create_month(session, agents=8, inspections=3)
    version = create_published(session)
    chat = create_work(session, agents[0], 1)[0]
    for greeting in (True, False):
        create_inspection(session, chat, create_user(session, RoleName.inspector), version, greeting=greeting)

    revision = service.compute_month(session, hr, MONTH)

    content = decode_content(sheet_of(session, "M000", revision).content)
    twice = next(c for c in content.inspected if len(c.inspections) == 2)
    assert content.counts.inspected == 4
    assert twice.score == 70.0
    assert [(lost.criterion, lost.lost) for lost in twice.lost] == [("greeting", 30.0)]


def test_counts_of_the_sheet_are_those_of_the_metrics(session, hr):
    create_month(session, agents=3)
    revision = service.compute_month(session, hr, MONTH)

    for record in metrics_table(session, MONTH).records():
        content = decode_content(sheet_of(session, str(record["agent"]), revision).content)
        efficiency = next(part for part in content.components if part.code == "efficiency")
        in_time = next(part for part in efficiency.parts if part.code == "first_response")
        assert content.counts.conversations == record["conversations"]
        assert content.counts.answered == record["answered"]
        assert content.counts.surveys_sent == record["surveys_sent"]
        assert content.counts.surveys_answered == record["csat_n"]
        assert in_time.basis["raw"] == pytest.approx(record["within_target_rate_first_response"])


def test_sheet_is_seen_and_acknowledged_by_its_own_agent_alone(session, lead, hr):
    agents = create_month(session, agents=2)
    user = create_user(session, RoleName.agent, agent_id=agents[0].id)
    revision = service.compute_month(session, hr, MONTH)
    revision.is_over = True
    publish(session, lead, hr, revision)
    sheet, other = sheet_of(session, "M000", revision), sheet_of(session, "M001", revision)

    sheets.see_sheet(session, hr, sheet)
    assert sheet.state == SheetState.published
    sheets.see_sheet(session, user, sheet)
    assert sheet.state == SheetState.seen
    sheets.acknowledge_sheet(session, user, sheet)

    assert sheet.state == SheetState.acknowledged
    with pytest.raises(WrongState):
        sheets.acknowledge_sheet(session, user, other)
