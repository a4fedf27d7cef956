"""A plan becomes a draw: committed, frozen, drawn, handed out, replaced, verified."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections import Counter, defaultdict
from datetime import UTC, datetime

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.models import (
    Answer,
    AssignmentState,
    AuditEvent,
    Conversation,
    Inspection,
    RoleName,
    Sample,
    SampleState,
    User,
)
from qa_app.sampling import handout, plans, service, stages, verification
from qa_app.sampling.design import Filters, Sizing, Strata
from qa_app.sampling.errors import (
    EmptyPopulation,
    NoInspectors,
    NoRubric,
    ReplacementRefused,
    SizesTooSmall,
    StageError,
)
from scoring.sampling.allocate import Allocation
from scoring.sampling.verify import CheckName
from tests.factories.conversations import create_conversation
from tests.factories.people import create_agent, create_team, create_user
from tests.factories.sampling import create_draw, create_month, create_plan, find_lead

pytestmark = pytest.mark.both_databases


def test_a_plan_made_before_its_month_is_not_late_and_one_made_after_is(session: Session) -> None:
    with time_machine.travel(datetime(2026, 9, 30, 23, 59, tzinfo=UTC), tick=False):
        early = create_plan(session)
    with time_machine.travel(datetime(2026, 10, 1, tzinfo=UTC), tick=False):
        late = create_plan(session)

    assert not early.is_committed_late
    assert late.is_committed_late


def test_the_seed_is_sealed_and_in_no_audit_event(session: Session) -> None:
    create_month(session)
    draw = create_draw(session)
    session.commit()

    record = verification.read_record(session, draw)
    assert record.seed not in draw.plan.seed
    told = json.dumps([event.data for event in session.scalars(select(AuditEvent))])
    assert record.seed.hex() not in told
    assert draw.plan.commitment in told


def test_the_frame_counts_what_was_left_out_and_why(session: Session) -> None:
    create_month(session, agents=2, each=6)
    agent = create_agent(session, team=create_team(session))
    create_conversation(session, agent, answered=False, agent_message_count=1)
    create_conversation(session, agent, agent_message_count=0)
    create_conversation(session, agent, agent_message_count=0, audio_seconds=9.9)
    create_conversation(session, agent, agent_message_count=0, audio_seconds=10.0)
    create_conversation(session, None, agent_message_count=2)
    create_conversation(session, agent, agent_message_count=2, channel="phone")
    create_conversation(session, agent, agent_message_count=2, external_id="a\tb")
    create_conversation(session, agent, agent_message_count=2, opened_at=None)
    create_conversation(session, agent, agent_message_count=2, opened_at=datetime(2026, 11, 1, tzinfo=UTC))
    with time_machine.travel(datetime(2026, 10, 20, tzinfo=UTC), tick=False):
        running = {"opened_at": datetime(2026, 10, 19, 12, tzinfo=UTC), "agent_message_count": 1}
        create_conversation(session, agent, **running)
        create_conversation(session, agent, **running, closed_at=datetime(2026, 10, 19, 13, tzinfo=UTC))
        (draw,) = create_plan(session, filters=Filters(channels=("chat",))).draws

        stages.freeze_population(session, None, draw)

    assert draw.excluded == {
        "filtered": 1,
        "no_agent": 1,
        "unanswered": 1,
        "not_ended": 1,
        "nothing_to_inspect": 2,
        "unusable_id": 1,
    }
    assert draw.frame_size == 14
    assert draw.month_size == 21
    assert draw.populations == {"A00": 6, "A01": 6, agent.employee_number: 2}


def test_filters_by_team_and_topic_keep_to_them(session: Session) -> None:
    create_month(session, agents=4, each=3)
    shop = create_team(session, "Shop")
    agent = create_agent(session, team=shop, employee_number="B1")
    create_conversation(session, agent, topic="refund", agent_message_count=1)
    filters = Filters(team_ids=(shop.id,), topics=("refund",))
    (draw,) = create_plan(session, filters=filters).draws

    stages.freeze_population(session, None, draw)

    assert draw.populations == {"B1": 1}
    assert draw.excluded == {"filtered": 12}


def test_the_draw_takes_five_per_agent_and_keeps_the_rest_in_order(session: Session) -> None:
    create_month(session, agents=3, each=9)

    draw = create_draw(session, public_part="4 2 6")

    assert Counter(sample.stratum for sample in draw.samples) == {"A00": 5, "A01": 5, "A02": 5}
    assert verification.check_draw(session, draw).is_sound
    own = [sample for sample in draw.samples if sample.stratum == "A01"]
    assert [sample.rank for sample in own] == [1, 2, 3, 4, 5]
    found = verification.find_in_draw(draw, own[2].conversation.public_id)
    assert found is not None
    assert (found.rank, found.population, found.planned, found.was_drawn) == (3, 9, 5, True)
    assert verification.find_in_draw(draw, "test:nobody") is None


@pytest.mark.parametrize(
    ("design", "expected"),
    [
        ({"strata": Strata.team, "size": 4}, {"Live chat": 4, "Shop": 4}),
        ({"strata": Strata.channel, "size": 4}, {"chat": 4}),
        ({"strata": Strata.centre, "size": 7}, {"all": 7}),
        ({"sizing": Sizing.total, "total": 12, "minimum": 2}, {"A00": 4, "A01": 4, "A02": 4}),
        ({"sizing": Sizing.total, "total": 99, "allocation": Allocation.proportional}, {"A00": 9, "A01": 9, "A02": 9}),
        ({"sizing": Sizing.precision, "margin": 8.0}, {"A00": 6, "A01": 6, "A02": 6}),
    ],
)
def test_strata_and_sizes_are_those_of_the_plan(session: Session, design: dict[str, object], expected) -> None:
    create_month(session, agents=3, each=9)

    assert create_draw(session, **design).sizes == expected


def test_a_total_below_the_minima_is_refused(session: Session) -> None:
    create_month(session, agents=3, each=9)
    (draw,) = create_plan(session, sizing=Sizing.total, total=5).draws

    with pytest.raises(SizesTooSmall):
        stages.freeze_population(session, None, draw)


def test_every_stage_is_taken_once_and_in_order(session: Session) -> None:
    create_month(session)
    (draw,) = create_plan(session).draws

    with pytest.raises(StageError):
        stages.execute_draw(session, None, draw)
    with pytest.raises(StageError):
        stages.note_public_part(session, None, draw, text="x", source="dice")
    stages.freeze_population(session, None, draw)
    with pytest.raises(StageError):
        stages.freeze_population(session, None, draw)
    with pytest.raises(StageError):
        handout.hand_out(session, None, draw)
    stages.note_public_part(session, None, draw, text="x", source="dice")
    with pytest.raises(StageError):
        stages.note_public_part(session, None, draw, text="y", source="dice")
    stages.execute_draw(session, None, draw)
    with pytest.raises(StageError):
        verification.check_draw(session, draw)
    with pytest.raises(StageError):
        plans.archive_plan(session, find_lead(session), draw.plan)
    stages.reveal_seed(session, None, draw)
    with pytest.raises(StageError):
        stages.reveal_seed(session, None, draw)


def test_an_empty_month_and_a_channel_without_rubric_are_refused(session: Session) -> None:
    (draw,) = create_plan(session).draws
    with pytest.raises(EmptyPopulation):
        stages.freeze_population(session, None, draw)

    create_month(session)
    agent = create_agent(session)
    create_conversation(session, agent, channel="email", agent_message_count=1)
    stages.freeze_population(session, None, draw)
    with pytest.raises(NoRubric, match="email"):
        stages.execute_draw(session, None, draw)


def test_samples_are_handed_out_by_the_design_rule(session: Session) -> None:
    create_month(session, agents=6, each=9, inspectors=5)
    own_team = create_team(session, "Shop")
    bound = create_user(session, RoleName.inspector, name="Bound")
    bound.supervised_teams.append(own_team)

    draw = create_draw(session)

    held = defaultdict(set)
    loads: Counter[int] = Counter()
    for sample in draw.samples:
        assert sample.state == SampleState.assigned
        assert len(sample.assignments) == (2 if sample.is_double else 1)
        for assignment in sample.assignments:
            held[sample.agent_id].add(assignment.inspector_id)
            loads[assignment.inspector_id] += 1
            assert assignment.due_at is not None
            assert not (assignment.inspector_id == bound.id and sample.agent.team_id == own_team.id)
    assert all(len(inspectors) >= 3 for inspectors in held.values())
    assert sum(sample.is_double for sample in draw.samples) == 3
    assert max(loads.values()) - min(loads.values()) <= 2
    assert draw.shortfalls == {}


def test_due_dates_are_working_days_spread_over_the_window(session: Session) -> None:
    create_month(session, agents=5, each=9, inspectors=5)
    with time_machine.travel(datetime(2026, 11, 6, 9, tzinfo=UTC), tick=False):  # a Friday
        draw = create_draw(session, working_days=5, double_share=0.0)

    due = sorted(assignment.due_at for sample in draw.samples for assignment in sample.assignments)
    assert due[0] == datetime(2026, 11, 9, 23, 59, 59, tzinfo=UTC)
    assert due[-1] == datetime(2026, 11, 13, 23, 59, 59, tzinfo=UTC)
    assert {moment.weekday() for moment in due} == {0, 1, 2, 3, 4}


def test_without_inspectors_nothing_is_handed_out(session: Session) -> None:
    create_month(session, inspectors=0)

    with pytest.raises(NoInspectors):
        create_draw(session)


def test_an_unusable_sample_is_replaced_by_the_next_in_order(session: Session) -> None:
    create_month(session, agents=3, each=9)
    draw = create_draw(session)
    sample = draw.samples[6]
    inspector = session.get_one(User, sample.assignments[0].inspector_id)

    came = service.replace_sample(session, inspector, sample, reason="empty", note="no text")

    assert came is not None
    assert (came.stratum, came.rank, came.state) == (sample.stratum, 6, SampleState.assigned)
    assert sample.state == SampleState.replaced
    assert sample.replaced_by_id == came.id
    assert [one.state for one in sample.assignments] == [AssignmentState.withdrawn] * len(sample.assignments)
    assert came.assignments[0].inspector_id == inspector.id
    assert came.assignments[0].due_at == sample.assignments[0].due_at
    verified = verification.check_draw(session, draw)
    assert verified.is_sound
    again = service.replace_sample(session, inspector, came, reason="test")
    assert again is not None
    assert again.rank == 7
    assert verification.check_draw(session, draw).is_sound
    assert len(service.open_samples(session, "2026-10")) == 15


def test_when_the_reserve_is_used_up_nobody_comes(session: Session) -> None:
    create_month(session, agents=3, each=5)
    draw = create_draw(session)

    assert service.replace_sample(session, find_lead(session), draw.samples[0], reason="empty") is None
    assert verification.check_draw(session, draw).is_sound
    assert len(service.open_samples(session, "2026-10")) == 14


def start_inspection(session: Session, sample: Sample, answer: dict[str, object] | None) -> Inspection:
    assignment = sample.assignments[0]
    inspection = Inspection(
        assignment_id=assignment.id,
        sample_id=sample.id,
        conversation_id=sample.conversation_id,
        inspector_id=assignment.inspector_id,
        rubric_version_id=sample.rubric_version_id,
        is_random=True,
        started_at=datetime(2026, 11, 2, tzinfo=UTC),
    )
    if answer is not None:
        inspection.answers.append(Answer(criterion="greeting", value=answer, answered_at=inspection.started_at))
    session.add(inspection)
    session.flush()
    return inspection


def test_replacements_are_refused_after_an_answer_and_for_other_reasons(session: Session) -> None:
    create_month(session)
    draw = create_draw(session)
    judged, opened, fresh = draw.samples[:3]
    start_inspection(session, judged, {"level": "no"})
    start_inspection(session, opened, {})
    inspector = create_user(session, RoleName.inspector)

    with pytest.raises(ReplacementRefused, match="answers_exist"):
        service.replace_sample(session, inspector, judged, reason="empty")
    with pytest.raises(ReplacementRefused, match="unknown_reason"):
        service.replace_sample(session, inspector, fresh, reason="boring")
    with pytest.raises(ReplacementRefused, match="lead_only"):
        service.replace_sample(session, inspector, fresh, reason="not_scoreable")
    assert service.replace_sample(session, inspector, opened, reason="empty") is not None
    assert service.replace_sample(session, find_lead(session), judged, reason="not_scoreable") is not None
    with pytest.raises(ReplacementRefused, match="closed"):
        service.replace_sample(session, inspector, opened, reason="empty")


def test_a_targeted_sample_is_marked_and_in_no_draw(session: Session) -> None:
    create_month(session)
    conversation = session.scalars(select(Conversation)).first()

    sample = service.add_targeted_sample(session, find_lead(session), conversation, "complaint 12")

    assert sample.is_targeted
    assert sample.targeted_reason == "complaint 12"
    assert sample.state == SampleState.assigned
    assert sample.assignments[0].due_at is not None
    assert service.open_samples(session, "2026-10") == []
    replaced = service.replace_sample(session, find_lead(session), sample, reason="duplicate")
    assert replaced is None


def test_a_sample_swapped_behind_the_draw_is_found(session: Session) -> None:
    create_month(session)
    draw = create_draw(session)
    drawn = {sample.conversation_id for sample in draw.samples}
    other = session.scalars(select(Conversation).where(Conversation.id.not_in(drawn))).first()

    draw.samples[0].conversation = other
    session.flush()

    verified = verification.check_draw(session, draw)
    assert verified.tampered == (CheckName.taken,)
    assert other.public_id in verified.checks[3].misfits


def test_another_commitment_is_found(session: Session) -> None:
    create_month(session)
    draw = create_draw(session)

    draw.plan.commitment = "00" * 32

    assert verification.check_draw(session, draw).tampered == (CheckName.commitment,)


def run_script(path) -> subprocess.CompletedProcess[str]:
    script = verification.SCRIPT
    return subprocess.run([sys.executable, "-I", script, path], capture_output=True, text=True, check=False)


def test_the_export_verifies_with_the_script_and_a_changed_one_does_not(session: Session, tmp_path) -> None:
    create_month(session)
    draw = create_draw(session, public_part="骰子 3 5")
    service.replace_sample(session, find_lead(session), draw.samples[0], reason="empty")
    exported = verification.export_draw(session, draw)
    (tmp_path / "draw.zip").write_bytes(exported)
    with zipfile.ZipFile(tmp_path / "draw.zip") as archive:
        archive.extractall(tmp_path / "folder")

    assert exported == verification.export_draw(session, draw)
    for path in (tmp_path / "draw.zip", tmp_path / "folder"):
        result = run_script(path)
        assert result.returncode == 0, result.stdout + result.stderr
        assert result.stdout.count("ok    ") == 5

    told = json.loads((tmp_path / "folder" / "draw.json").read_text())
    told["strata"][0]["taken"][0] = "test:chosen"
    (tmp_path / "folder" / "draw.json").write_text(json.dumps(told))
    result = run_script(tmp_path / "folder")
    assert result.returncode == 1
    assert "WRONG the 20 taken" in result.stdout
    assert "test:chosen" in result.stdout


def test_the_script_imports_nothing_of_ours_and_is_short() -> None:
    text = verification.SCRIPT.read_text(encoding="utf-8")
    imports = {line.split()[1] for line in text.splitlines() if line.startswith(("import ", "from "))}

    assert imports <= set(sys.stdlib_module_names)
    assert len(text.splitlines()) < 100


def test_a_preview_falls_back_on_the_month_before(session: Session) -> None:
    create_month(session, agents=3, each=9)
    new = plans.NewPlan(name="x", month="2026-11", filters=Filters(), design=create_plan_design())

    preview = plans.preview_plan(session, new)

    assert preview is not None
    assert preview.month == "2026-10"
    assert preview.forecast.total == 15
    assert preview.forecast.typical == 9
    assert preview.forecast.facts.spread.degrees_of_freedom == 0
    assert [row.margin for row in preview.forecast.table] == [10, 8, 6, 5, 4, 3]
    assert plans.preview_plan(session, plans.NewPlan("x", "2027-01", Filters(), create_plan_design())) is None


def create_plan_design():
    from qa_app.sampling.design import Design

    return Design()


def test_an_inspector_is_not_given_more_of_a_quarter_than_two_fifths(session: Session) -> None:
    create_month(session, agents=2, each=30, inspectors=4)
    for _ in range(2):
        create_draw(session, double_share=0.0)

    held: Counter[tuple[int, int]] = Counter()
    totals: Counter[int] = Counter()
    for sample in session.scalars(select(Sample)):
        for assignment in sample.assignments:
            held[sample.agent_id, assignment.inspector_id] += 1
            totals[sample.agent_id] += 1
    assert all(count <= 0.4 * totals[agent] for (agent, _), count in held.items())
