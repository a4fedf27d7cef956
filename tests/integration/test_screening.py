"""Machine scores from inspections to the month: trained, kept, given in batches, judged, audited."""

from __future__ import annotations

import hashlib
import io
import zipfile
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from qa_app import audit as trail
from qa_app.clock import now, travel
from qa_app.conversations.measuring import measure_one
from qa_app.conversations.sound_figures import find_features
from qa_app.home_folder import home_folder
from qa_app.models import (
    AuditEvent,
    Conversation,
    Inspection,
    InspectionState,
    JobRun,
    MachineScore,
    RoleName,
    ScreeningModel,
)
from qa_app.sampling import stages
from qa_app.sampling.design import Filters
from qa_app.screening import queries, service
from qa_app.screening.errors import (
    AlreadyRunning,
    ModelFileLost,
    ModelOutdated,
    NoActiveModel,
    NothingToAudit,
    TooFewInspections,
)
from qa_app.screening.jobs import score_hourly, score_what_is_new
from qa_app.screening.labels import read_labels
from qa_app.screening.readiness import judge_month
from qa_app.screening.reading import read_conversations
from qa_app.screening.words import explain_refusal
from tests.factories.calls import create_call
from tests.factories.people import create_user
from tests.factories.sampling import create_plan
from tests.factories.screening import STARTS_AT, create_inspected_centre

UTC = ZoneInfo("UTC")
MONTH = "2026-10"


@pytest.fixture
def lead(session):
    return create_user(session, RoleName.qa_lead, name="Lena")


@pytest.fixture
def centre(session):
    """160 inspected chats of eight agents and 32 that nobody inspected; it is a November day."""
    with travel(STARTS_AT + timedelta(days=50)):
        yield create_inspected_centre(session)


def score(session, lead, **more):
    return service.score_conversations(session, lead, checkpoint=session.flush, **more)


@pytest.mark.both_databases
def test_a_version_learns_and_says_how_well(session, lead, centre):
    row = service.train_model(session, lead)

    within, error = row.figures["quality"]["within"], row.figures["quality"]["error"]
    assert (row.version, row.is_active, row.training_size, row.agent_count, row.folds) == (1, True, 160, 8, 10)
    assert row.language == "en zh"
    assert within["value"] > 0.4
    assert within["lower"] < within["value"] < within["upper"]
    assert error["value"] < row.figures["quality"]["baseline_error"]
    assert (home_folder().folder("screening") / row.file).read_bytes()[:2] == b"PK"
    assert session.scalar(select(AuditEvent.action).where(AuditEvent.action == "screening.train")) is None
    session.commit()
    assert session.scalar(select(AuditEvent.action).where(AuditEvent.action == "screening.train"))


def test_the_same_inspections_give_the_same_file(session, lead, centre):
    first, second = (service.train_model(session, lead) for _ in range(2))

    assert first.file_digest == second.file_digest
    assert first.training_digest == second.training_digest
    assert (first.is_active, second.is_active, second.version) == (None, True, 2)


def test_too_few_inspections_say_how_many_are_missing(session, lead):
    with travel(STARTS_AT + timedelta(days=50)):
        create_inspected_centre(session, agents=4, inspected=10, others=0)

        with pytest.raises(TooFewInspections) as refused:
            service.train_model(session, lead)

    assert (refused.value.have, refused.value.missing) == (40, 60)


@pytest.mark.both_databases
def test_every_conversation_is_scored_once_and_a_changed_one_again(session, lead, centre):
    _, chats = centre
    service.train_model(session, lead)

    first, second = score(session, lead), score(session, lead)
    chats[0].updated_at = now() + timedelta(minutes=1)
    session.flush()
    with travel(now() + timedelta(minutes=5)):
        third = score(session, lead)

    assert (first, second, third) == (len(chats), 0, 1)
    rows = session.execute(select(MachineScore.score, MachineScore.critical_probability, MachineScore.language)).all()
    assert len(rows) == len(chats)
    assert all(0 <= one.score <= 100 and 0 <= one.critical_probability <= 1 for one in rows)
    assert {one.language for one in rows} == {"en", "zh"}


def test_a_call_is_scored_again_when_its_sound_was_measured_and_with_the_kept_figures(session, lead, centre):
    agents, _ = centre
    service.train_model(session, lead)
    call = create_call(session, agents[0])
    score(session, lead)

    with travel(now() + timedelta(minutes=1)):
        measure_one(session, call.id)
        again = score(session, lead)

    assert again == 1
    (read,) = read_conversations(session, [call.id])
    features = find_features(session, [call.id])[call.id]
    assert read.transcript.given["silence_share"] == features.silence_share > 0.3
    assert read.transcript.given["longest_silence_seconds"] == features.longest_silence_seconds
    assert read.transcript.given["overlap_share"] == features.overlap_share


def test_an_inspected_one_has_a_fold_and_the_others_have_none(session, lead, centre):
    service.train_model(session, lead)
    score(session, lead)

    folds = dict(
        session.execute(select(MachineScore.fold.is_(None), func.count()).group_by(MachineScore.fold.is_(None))).all()
    )

    assert {bool(key): count for key, count in folds.items()} == {False: 160, True: 32}


def test_only_the_month_asked_for_is_scored(session, lead, centre):
    service.train_model(session, lead)

    assert score(session, lead, months=["2026-09"]) == 0
    assert score(session, lead, months=[MONTH]) == 192


@pytest.mark.both_databases
def test_another_version_replaces_the_scores_of_the_first(session, lead, centre):
    first = service.train_model(session, lead)
    score(session, lead)
    second = service.train_model(session, lead)

    score(session, lead)
    assert set(session.scalars(select(MachineScore.model_id))) == {second.id}

    service.activate_model(session, lead, first)
    assert service.active_model(session) is first
    assert service.count_coverage(session, first).missing == 192


def test_a_lost_or_changed_file_is_refused(session, lead, centre):
    row = service.train_model(session, lead)
    path = home_folder().folder("screening") / row.file
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    row.file_digest = "0" * 64  # nothing of it is in memory yet

    with pytest.raises(ModelFileLost):
        score(session, lead)


def test_a_model_of_an_earlier_version_asks_for_training_and_no_job_is_started(app, session, lead, centre):
    row = service.train_model(session, lead)
    path = home_folder().folder("screening") / row.file
    old = io.BytesIO()
    with zipfile.ZipFile(path) as pack, zipfile.ZipFile(old, "w") as target:
        for name in pack.namelist():
            target.writestr(name, pack.read(name).replace(b"assay.screening.v2", b"assay.screening.v1"))
    path.write_bytes(old.getvalue())
    row.file_digest = hashlib.sha256(old.getvalue()).hexdigest()
    jobs = session.scalar(select(func.count()).where(JobRun.kind == service.SCORE))

    with pytest.raises(ModelOutdated, match="train it again") as refused:
        score(session, lead)
    said = score_hourly(session)

    assert "train it again" in said
    assert session.scalar(select(func.count()).where(JobRun.kind == service.SCORE)) == jobs
    with app.test_request_context():
        assert "train it again" in explain_refusal(refused.value)


def test_nothing_is_scored_or_audited_without_a_version(session, lead):
    with pytest.raises(NoActiveModel):
        score(session, lead)
    with pytest.raises(NoActiveModel):
        service.audit_model(session, lead)
    assert queries.scores_of_window(session, [MONTH], UTC).version is None


@pytest.mark.both_databases
def test_the_window_has_each_inspected_score_and_the_mean_of_all(session, lead, centre):
    agents, chats = centre
    service.train_model(session, lead)
    score(session, lead)

    window = queries.scores_of_window(session, [MONTH], UTC)

    own = [one for one in chats if one.agent_id == agents[0].id]
    kept = {one.conversation_id: one for one in session.scalars(select(MachineScore))}
    weights = [1 - kept[one.id].critical_probability for one in own]
    expected = sum(w * kept[one.id].score for w, one in zip(weights, own, strict=True)) / sum(weights)
    mean = next(one for one in window.means if one.agent == agents[0].employee_number)
    assert (mean.month, mean.conversations, mean.missing) == (MONTH, 24, 0)
    assert mean.mean == pytest.approx(expected, abs=1e-8)
    assert len(window.by_conversation) == 160
    assert window.by_conversation[own[0].public_id] == kept[own[0].id].score


@pytest.mark.both_databases
def test_missing_scores_and_ineligible_conversations_are_told_apart(session, lead, centre):
    agents, chats = centre
    service.train_model(session, lead)
    score(session, lead)
    own = [one for one in chats if one.agent_id == agents[0].id]
    session.delete(session.get(MachineScore, (own[-1].id, service.active_model(session).id)))
    own[-2].answered = False  # cannot be drawn: in no frame, in no mean
    session.flush()

    mean = queries.scores_of_window(session, [MONTH], UTC).means[0]

    assert (mean.conversations, mean.missing) == (23, 1)


@pytest.mark.both_databases
def test_the_mean_is_over_what_the_months_draws_could_take(session, lead, centre):
    agents, chats = centre
    service.train_model(session, lead)
    score(session, lead)
    own = [one for one in chats if one.agent_id == agents[0].id]
    for one in own[:10]:
        one.topic = "refund"
    session.flush()
    (draw,) = create_plan(session, filters=Filters(topics=("refund",))).draws
    stages.freeze_population(session, None, draw)

    means = queries.scores_of_window(session, [MONTH], UTC).means

    assert draw.frame_size == 10
    assert [(one.agent, one.conversations) for one in means] == [(agents[0].employee_number, 10)]


@pytest.mark.parametrize(("scored", "reason"), [(True, ""), (False, "no_scores")], ids=["scored", "nothing scored"])
def test_the_month_says_whether_machine_scores_enter(session, lead, centre, scored, reason):
    service.train_model(session, lead)
    if scored:
        score(session, lead)

    judged = judge_month(session, MONTH, UTC)

    assert judged.reason == reason
    assert judged.is_on is scored
    if scored:
        assert judged.scored == 160
        assert 0.5 < judged.slope < 1.8
        assert judged.lower >= 0.2
        assert judged.gain > 1


def test_two_in_a_hundred_may_lack_a_score_and_not_more(session, lead, centre):
    service.train_model(session, lead)
    score(session, lead)
    unseen = session.scalars(select(MachineScore).where(MachineScore.fold.is_(None))).all()
    for one in unseen[:5]:
        session.delete(one)
    session.flush()

    judged = judge_month(session, MONTH, UTC)

    assert judged.reason == "missing"
    assert judged.missing_share == pytest.approx(5 / 192)


@pytest.mark.both_databases
def test_disagreement_about_critical_is_decided_by_the_ruling_and_scored_twice_counts_once(session, centre):
    _, chats = centre
    first = session.scalars(select(Inspection).where(Inspection.conversation_id == chats[0].id)).one()
    other = create_user(session, RoleName.inspector)
    session.add(
        Inspection(
            conversation=chats[0], agent_id=chats[0].agent_id, inspector=other, state=InspectionState.final,
            rubric_version_id=first.rubric_version_id, is_random=True, quality=first.quality - 10, score=0,
            is_critical=True, started_at=now(), submitted_at=now(),
        )
    )  # fmt: skip
    session.flush()

    label = next(one for one in read_labels(session) if one.conversation_id == chats[0].id)

    assert (label.is_critical, label.quality) == (False, pytest.approx(first.quality - 5))
    assert len(read_labels(session)) == 160


def test_drafts_targeted_checks_and_open_scores_are_not_learned_from(session, centre):
    inspections = session.scalars(select(Inspection).order_by(Inspection.id)).all()
    inspections[0].state = InspectionState.draft
    inspections[1].is_random = False
    inspections[2].quality = None
    session.flush()

    assert len(read_labels(session)) == 157


@pytest.mark.both_databases
def test_the_audit_compares_languages_and_time_in_the_job(session, lead, centre):
    service.train_model(session, lead)
    with pytest.raises(NothingToAudit):
        service.audit_model(session, lead)
    score(session, lead)

    lines = service.audit_model(session, lead)
    session.commit()

    found = {(line["dimension"], line["group"]): line for line in lines}
    assert set(found) == {("language", "en"), ("language", "zh"), ("tenure", "longer"), ("tenure", "under_3_months")}
    assert found["language", "zh"]["difference"]["value"] is None  # two agents are no group
    assert found["tenure", "longer"]["agents"] == 4
    assert service.active_model(session).audit["n"] == 160
    assert list(trail.verify_chain(session)) == []


def test_a_second_training_waits_for_the_first(session, lead, centre):
    run = service.start_training(session, lead, locale="en")

    with pytest.raises(AlreadyRunning) as refused:
        service.start_training(session, lead, locale="en")

    assert refused.value.job_id == run.id


def test_after_an_import_and_every_hour_new_conversations_are_scored(session, lead, centre):
    imported = JobRun(kind="conversations.import", params={}, created_at=now(), actor_id=lead.id)
    session.add(imported)
    score_what_is_new(session, imported)  # without a version nothing happens
    assert session.scalar(select(func.count()).where(JobRun.kind == service.SCORE)) == 0

    service.train_model(session, lead)
    score_what_is_new(session, imported)
    score_hourly(session)  # one is waiting already

    assert session.scalar(select(func.count()).where(JobRun.kind == service.SCORE)) == 1


@pytest.mark.both_databases
def test_conversations_that_go_take_their_scores_along(session, lead, centre):
    _, chats = centre
    service.train_model(session, lead)
    score(session, lead)
    uninspected = chats[-1]

    session.delete(uninspected)
    session.flush()

    assert session.scalar(select(func.count()).select_from(MachineScore)) == 191
    assert session.scalar(select(func.count()).select_from(Conversation)) == 191
    assert session.scalar(select(func.count()).select_from(ScreeningModel)) == 1
