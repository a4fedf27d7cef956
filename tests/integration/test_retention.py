"""Content goes when its time is over: everywhere, once, and without changing a figure; holds stop it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from qa_app.assessment import service as assessment
from qa_app.assessment import sheets
from qa_app.conversations.full_text import mentions
from qa_app.conversations.import_wizard import undo_import
from qa_app.conversations.importing import ImportRequest, import_conversations, new_run, reading_options
from qa_app.conversations.indexing import count_behind, index_behind
from qa_app.conversations.metrics import Grouping, metrics_table, write_csv
from qa_app.conversations.storage import recording_path
from qa_app.home_folder import home_folder
from qa_app.inspections.content import make_content, pack_content, read_content
from qa_app.jobs import NoProgress
from qa_app.models import (
    Appeal,
    AppealAnswer,
    AppealEvidence,
    AuditEvent,
    CoachingAction,
    CoachingExcerpt,
    Conversation,
    Evidence,
    FileRemoval,
    ImportRun,
    Inspection,
    InspectionState,
    LibraryCase,
    Message,
    MutedRange,
    Recording,
    SearchEntry,
    SurveyResponse,
    TranscriptSegment,
)
from qa_app.retention import service
from qa_app.retention.preview import make_preview
from qa_app.retention.running import Outcome, erase_due
from qa_app.retention.service import HoldFilter, place_hold
from qa_app.sampling import verification
from qa_app.screening.labels import count_labels
from scoring.sampling.verify import CheckState
from tests.factories.calls import create_call
from tests.factories.conversations import create_chat, create_conversation
from tests.factories.months import MONTH, create_month
from tests.factories.people import create_agent, create_user
from tests.factories.sampling import create_draw
from tests.factories.sampling import create_month as create_sampled_month

pytestmark = pytest.mark.both_databases
TODAY = datetime(2026, 11, 22, 12, tzinfo=UTC)
OLD, YOUNG = TODAY - timedelta(days=101), TODAY - timedelta(days=99)
SECRET = "the kettle of Mara"


@pytest.fixture(autouse=True)
def at_noon() -> object:
    """Let all of it happen on one day."""
    with time_machine.travel(TODAY, tick=False):
        yield


def rule(session: Session, source: str = "", days: int = 100) -> None:
    """Set a rule that has begun."""
    made = service.set_rule(session, None, source=source, keep_days=days)
    made.starts_on = date(2026, 1, 1)
    session.flush()


def run(session: Session, actor: object = None) -> Outcome:
    """Erase what is due."""
    session.flush()
    outcome = erase_due(session, actor, checkpoint=session.commit, progress=NoProgress())
    session.expire_all()
    return outcome


def erased(session: Session) -> set[str]:
    """Return the numbers of conversations whose content is gone."""
    return set(session.scalars(select(Conversation.external_id).where(Conversation.erased_at.is_not(None))))


def everything_stored(session: Session) -> str:
    """Return every text of every table, as one."""
    names = session.connection().engine.dialect.get_table_names(session.connection())
    kept = [name for name in names if not name.startswith(("search_index", "audit"))]
    rows = [session.execute(text(f'SELECT * FROM "{name}"')).all() for name in kept]
    return "\n".join(str(row) for table in rows for row in table)


def test_content_goes_everywhere_and_references_stay(session: Session) -> None:
    agent = create_agent(session)
    chat = create_chat(
        session, agent, [("customer", 0, SECRET), ("agent", 20, SECRET)], external_id="old", opened_at=OLD,
        customer_id=SECRET, description=SECRET, notes=SECRET, topic="Kettles",
    )  # fmt: skip
    chat.personal = [["name", SECRET]]
    chat.messages[0].author_id = SECRET
    chat.surveys = [SurveyResponse(sequence=0, metric="csat", scale="stars", score="5", value=5.0, comment=SECRET)]
    inspector = create_user(session)
    inspection = inspect(session, chat, inspector)
    copy_elsewhere(session, inspection, inspector)
    young = create_chat(session, agent, [("customer", 0, "a young one")], external_id="young", opened_at=YOUNG)
    index_behind(session, checkpoint=session.flush, progress=NoProgress())
    rule(session)
    learned_from = count_labels(session)

    outcome = run(session)

    assert outcome.conversations == 1
    assert erased(session) == {"old"}
    assert (learned_from, count_labels(session)) == (1, 0)
    assert SECRET not in everything_stored(session)
    old = session.get_one(Conversation, chat.id)
    assert (old.topic, old.first_response_seconds, old.csat, old.message_count) == ("Kettles", 20.0, None, 2)
    assert [(one.sequence, one.speaker, one.sent_at is None) for one in old.messages] == [
        (1, "customer", False),
        (2, "agent", False),
    ]
    assert old.surveys[0].value == 5.0
    assert session.scalar(select(SearchEntry.conversation_id)) == young.id
    assert session.scalars(select(Conversation.external_id).where(mentions(session, "kettle"))).all() == []
    kept = session.get_one(Inspection, inspection.id)
    assert kept.content is None
    assert kept.content_digest
    assert read_content(kept).said == ()
    place = session.scalars(select(Evidence)).one()
    assert (place.quote, place.message_sequence, place.start_offset, place.end_offset) == ("", 1, 0, 6)
    # What is gone is behind in nothing.
    assert count_behind(session) == 0


def inspect(session: Session, chat: Conversation, inspector: object) -> Inspection:
    """Return a final inspection with the copy and a quotation."""
    from qa_app.conversations.turns import read_said
    from tests.factories.rubrics import create_published

    content, digest = pack_content(make_content(read_said(session, chat.id)))
    inspection = Inspection(
        conversation_id=chat.id, agent_id=chat.agent_id, inspector_id=inspector.id, state=InspectionState.final,
        rubric_version_id=create_published(session).id, is_random=True, quality=80.0, score=80.0, content=content,
        content_digest=digest, started_at=OLD, submitted_at=OLD,
    )  # fmt: skip
    inspection.evidence = [
        Evidence(
            criterion="greeting", kind="span", message_sequence=1, start_offset=0, end_offset=6, quote=SECRET,
            created_at=OLD,
        )
    ]  # fmt: skip
    session.add(inspection)
    session.flush()
    return inspection


def copy_elsewhere(session: Session, inspection: Inspection, user: object) -> None:
    """Quote the conversation in an appeal, in coaching and in the case library."""
    answer = AppealAnswer(criterion="greeting", given={"level": "no"}, proposed={"level": "yes"}, reason="it was said")
    answer.evidence = [AppealEvidence(kind="span", quote=SECRET, created_at=OLD)]
    appeal = Appeal(
        inspection_id=inspection.id, agent_id=inspection.agent_id, filed_by_id=user.id, kind="disagree",
        state="rejected", filed_at=OLD, due_at=OLD, answers=[answer],
    )  # fmt: skip
    action = CoachingAction(
        agent_id=inspection.agent_id, owner_id=user.id, source="manual", title="Greet", due_on=OLD.date(), opened_at=OLD
    )
    action.excerpts = [CoachingExcerpt(inspection_id=inspection.id, label="old", quote=SECRET)]
    case = LibraryCase(
        inspection_id=inspection.id, kind="excellent", title="Kettles", lesson="Listen", channel="chat",
        lines=[["customer", SECRET]], searched=SECRET, proposed_at=OLD,
    )  # fmt: skip
    session.add_all([appeal, action, case])
    session.flush()


def test_recordings_go_from_the_disk_unless_another_call_has_the_same_file(session: Session) -> None:
    gone = create_call(session, create_agent(session), opened_at=OLD, external_id="gone", seconds=40.0)
    shared = create_call(session, create_agent(session), opened_at=OLD, external_id="shared", seconds=41.0)
    young = create_call(session, create_agent(session), opened_at=YOUNG, external_id="young", seconds=41.0)
    session.add(MutedRange(conversation_id=gone.id, start_seconds=1, end_seconds=2, kind="phone"))
    file, kept = gone.recordings[0].file, shared.recordings[0].file
    copy = home_folder().folder("recordings") / "playable" / file[:2] / f"{file.split('/')[1][:-4]}-cut.wav"
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.write_bytes(b"cut")
    assert kept == young.recordings[0].file
    assert recording_path(file).exists()
    rule(session)

    outcome = run(session)

    assert (outcome.conversations, outcome.recordings, outcome.files) == (2, 2, 1)
    assert not recording_path(file).exists()
    assert not copy.exists()
    assert recording_path(kept).exists()
    assert session.scalars(select(Recording.conversation_id)).all() == [young.id]
    assert session.scalar(select(func.count()).select_from(MutedRange)) == 0
    assert {one.text for one in session.get_one(Conversation, gone.id).transcript} == {""}
    assert session.get_one(Conversation, gone.id).audio_seconds == 40.0
    assert session.scalars(select(FileRemoval)).all() == []


def test_a_months_figures_stay_the_same_repeats_too(session: Session) -> None:
    agent = create_agent(session)
    start = datetime(2026, 7, 1, 9, tzinfo=UTC)
    for day, customer, topic in (
        (0, "A", "x"), (3, "A", "x"), (30, "A", "x"), (33, "A", "x"), (1, "B", "x"), (2, "B", "y"), (3, None, "x"),
        (31, "", "x"),
    ):  # fmt: skip
        at = start + timedelta(days=day)
        chat = create_chat(session, agent, [("customer", 0, "hello"), ("agent", 9, "hi")], opened_at=at, topic=topic)
        chat.customer_id, chat.csat, chat.survey_count, chat.handle_seconds = customer, 4.0, 1, 100.0
    session.flush()
    months = ("2026-07", "2026-08")
    before = [write_csv(metrics_table(session, month, by)) for month in months for by in Grouping]
    packed = session.scalars(select(Conversation.packed_facts).order_by(Conversation.id)).all()

    # All but the last of A goes first; the last one repeats what is gone. Then it goes too.
    rule(session, days=(TODAY.date() - date(2026, 8, 3)).days)
    first = run(session)
    between = [write_csv(metrics_table(session, month, by)) for month in months for by in Grouping]
    rule(session, days=100)
    second = run(session)
    after = [write_csv(metrics_table(session, month, by)) for month in months for by in Grouping]

    assert (first.conversations, second.conversations) == (7, 1)
    assert session.scalars(select(Conversation.customer_id)).all() == [None] * 8
    assert "0.25" in before[0] or "repeat" in before[0]
    assert between == before
    assert after == before
    assert session.scalars(select(Conversation.packed_facts).order_by(Conversation.id)).all() == packed


def test_a_locked_month_still_verifies_and_a_new_revision_leaves_the_excerpts_out(session: Session) -> None:
    create_month(session, agents=9)
    hr, lead = create_user(session), create_user(session)
    with time_machine.travel(datetime(2026, 11, 1, tzinfo=UTC)):
        revision = assessment.compute_month(session, hr, MONTH)
        period = revision.period
        sheets.review_remaining(session, lead, revision)
        assessment.review_month(session, lead, period)
        assessment.approve_month(session, hr, period, reason="test")
        assessment.publish_month(session, hr, period)
        assessment.lock_month(session, hr, period)
    session.execute(update(Inspection).values(state=InspectionState.final))
    contents = [sheet.content for sheet in revision.sheets]
    assert any(b"missed: greeting" in content for content in contents)
    rule(session, days=50)

    with time_machine.travel(datetime(2027, 3, 1, tzinfo=UTC)):
        outcome = run(session)
        assert outcome.conversations == 360
        assert [sheet.content for sheet in revision.sheets] == contents
        assert assessment.verify_revision(session, revision).is_exact
        again = assessment.compute_month(session, hr, MONTH, reason="excerpts have gone")

    assert not any(b"missed: greeting" in sheet.content for sheet in again.sheets)
    scores = {sheet.agent_id: (sheet.composite, sheet.tier) for sheet in revision.sheets}
    assert {sheet.agent_id: (sheet.composite, sheet.tier) for sheet in again.sheets} == scores
    assert assessment.verify_revision(session, revision).is_exact


def test_a_drawn_frame_still_verifies(session: Session) -> None:
    create_sampled_month(session)
    draw = create_draw(session)
    session.execute(text("UPDATE assignments SET state = 'done'"))
    rule(session, days=50)

    with time_machine.travel(datetime(2027, 6, 1, tzinfo=UTC)):
        outcome = run(session)
        checked = verification.check_draw(session, draw)

    assert outcome.conversations > 0
    assert {check.state for check in checked.checks} == {CheckState.passed}


def test_rules_name_their_source_and_begin_on_their_day(session: Session) -> None:
    for source, at in (("a", OLD), ("a", YOUNG), ("b", OLD), ("b", TODAY - timedelta(days=61))):
        create_conversation(session, source=source, opened_at=at, external_id=f"{source} {(TODAY - at).days}")
    undated = create_conversation(session, source="a", external_id="undated", opened_at=None)
    undated.created_at = OLD
    rule(session, "b", 60)
    first = run(session)
    assert (first.conversations, erased(session)) == (2, {"b 101", "b 61"})

    made = service.set_rule(session, None, source="", keep_days=100)
    assert made.starts_on == date(2026, 11, 23)
    assert run(session).conversations == 0
    with time_machine.travel(TODAY + timedelta(days=1), tick=False):
        assert run(session).by_source == {"a": 2}
    assert erased(session) == {"b 101", "b 61", "a 101", "undated"}


def test_days_end_at_midnight_of_the_organisation(session: Session) -> None:
    session.execute(text("UPDATE organisations SET time_zone = 'Asia/Shanghai'"))
    # 22 Nov 20:00 in Shanghai: 100 days before is 14 August, which began at 16:00 UTC of the 13th.
    for number, hour in (("before", 15), ("after", 17)):
        create_conversation(session, external_id=number, opened_at=datetime(2026, 8, 13, hour, tzinfo=UTC))
    rule(session)

    run(session)

    assert erased(session) == {"before"}


@pytest.mark.parametrize("kind", ["one", "source", "agent", "customer", "days", "until today"])
def test_a_hold_keeps_what_it_names_until_it_ends(session: Session, kind: str) -> None:
    agent = create_agent(session)
    held = create_conversation(session, agent, source="a", external_id="held", opened_at=OLD, customer_id="C1")
    create_conversation(session, source="b", external_id="free", opened_at=OLD - timedelta(days=5), customer_id="C2")
    create_conversation(session, source="b", external_id="nobody", opened_at=OLD - timedelta(days=5))
    rule(session)
    filters = {
        "source": HoldFilter(source="a"),
        "agent": HoldFilter(agent_id=agent.id),
        "customer": HoldFilter(source="a", customer_id="C1"),
        "days": HoldFilter(opened_from=OLD.date(), opened_to=OLD.date()),
    }.get(kind)
    hold = place_hold(
        session, None, reason="claim 7", conversation=held if filters is None else None, filters=filters,
        until=TODAY.date() if kind == "until today" else None,
    )  # fmt: skip

    assert run(session).conversations == 2
    assert erased(session) == {"free", "nobody"}
    assert make_preview(session).lines[0].held == 1

    if kind == "until today":
        with time_machine.travel(TODAY + timedelta(days=1), tick=False):
            assert run(session).conversations == 1
    else:
        service.lift_hold(session, create_user(session), hold)
        assert run(session).conversations == 1


def test_a_hold_without_a_filter_keeps_everything(session: Session) -> None:
    create_conversation(session, opened_at=OLD)
    rule(session)
    place_hold(session, None, reason="inquiry")

    assert run(session).conversations == 0


def test_open_work_is_waited_for(session: Session) -> None:
    drafted = create_chat(session, create_agent(session), [("customer", 0, "hi")], opened_at=OLD, external_id="draft")
    inspection = inspect(session, drafted, create_user(session))
    inspection.state = InspectionState.submitted
    rule(session)

    assert run(session).conversations == 0
    assert make_preview(session).lines[0].waiting == 1

    session.get_one(Inspection, inspection.id).state = InspectionState.final
    calibrated = inspect(session, drafted, create_user(session))
    calibrated.state, calibrated.purpose = InspectionState.draft, "calibration"
    assert run(session).conversations == 0
    session.get_one(Inspection, calibrated.id).state = InspectionState.submitted
    assert run(session).conversations == 1


def test_a_run_that_was_killed_goes_on_and_a_second_finds_nothing(session: Session, monkeypatch) -> None:
    monkeypatch.setattr("qa_app.retention.running.BATCH", 2)
    for number in range(5):
        create_conversation(session, external_id=str(number), opened_at=OLD)
    rule(session)
    session.commit()

    def die() -> None:
        session.commit()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        erase_due(session, None, checkpoint=die, progress=NoProgress())
    session.expire_all()
    assert len(erased(session)) == 2

    assert run(session).conversations == 3
    moments = set(session.scalars(select(Conversation.erased_at)))
    assert run(session).conversations == 0
    assert set(session.scalars(select(Conversation.erased_at))) == moments
    events = session.scalars(select(AuditEvent).where(AuditEvent.action == "retention.erase")).all()
    assert [event.data["conversations"] for event in events] == [2, 2, 1]
    assert {event.actor_name for event in events} == {"system"}


def test_what_is_gone_does_not_come_back_by_an_old_file(session: Session, tmp_path) -> None:
    file = tmp_path / "old.ndjson"
    record = {
        "source": "shop", "external_id": "1", "channel": "chat", "opened_at": OLD.isoformat(), "customer_id": "C1",
        "messages": [{"speaker": "customer", "text": SECRET}],
    }  # fmt: skip

    def bring_in(**changes: object) -> object:
        file.write_text(json.dumps({**record, **changes}))
        options = reading_options(mapping=None, preset=None, timezone=None, organisation_zone="UTC")
        row = new_run(session, None, [file], {})
        request = ImportRequest((file,), options)
        return import_conversations(session, None, row, request, checkpoint=session.commit, progress=NoProgress())

    bring_in()
    imported = session.scalars(select(ImportRun)).one()
    upload = home_folder().folder("uploads") / f"{imported.id}" / "old.ndjson"
    upload.parent.mkdir(parents=True, exist_ok=True)
    upload.write_text(SECRET)
    imported.stored_path = f"{imported.id}/old.ndjson"
    imported.files = [{"name": "old.ndjson", "format": "ndjson"}]
    rule(session)
    run(session)
    assert not upload.parent.exists()

    same, corrected = bring_in(), bring_in(topic="changed")

    assert (same.unchanged, corrected.unchanged, corrected.updated) == (1, 1, 0)
    assert corrected.notes["erased"] == 1
    session.expire_all()
    assert session.scalars(select(Message.text)).all() == [""]
    assert session.scalars(select(TranscriptSegment.text)).all() == []
    assert session.scalars(select(Conversation.customer_id)).all() == [None]


def test_the_preview_counts_what_will_go_when(session: Session) -> None:
    for days in (102, 101, 96, 80, 20, 3):
        create_conversation(session, source="a", opened_at=TODAY - timedelta(days=days))
    create_conversation(session, source="b", opened_at=OLD)
    rule(session, "a", 100)

    lines = make_preview(session).lines

    assert [(line.source, line.kept, line.due, line.soon) for line in lines] == [
        ("a", 6, 2, (1, 1, 1)),
        ("b", 1, 0, (0, 0, 0)),
    ]
    assert lines[1].rule is None
    run(session)
    again = make_preview(session).lines[0]
    assert (again.kept, again.erased, again.due) == (4, 2, 0)
    # A rule that has not begun deletes its backlog within the first week.
    service.set_rule(session, None, source="b", keep_days=50)
    assert make_preview(session).lines[1].soon == (1, 0, 0)


def test_fewer_days_than_a_month_needs_are_refused(session: Session) -> None:
    with pytest.raises(ValueError, match="at least 45"):
        service.set_rule(session, None, source="a", keep_days=30)


def test_an_import_that_is_taken_back_takes_its_recordings_along(session: Session) -> None:
    admin = create_user(session)
    call = create_call(session, create_agent(session), external_id="wrong", seconds=42.0, opened_at=TODAY)
    made = ImportRun(kind="conversations", state="done", counts={}, files=[], started_at=TODAY)
    session.add(made)
    session.flush()
    call.import_id = made.id
    session.flush()
    file = call.recordings[0].file

    assert undo_import(session, admin, made) == 1
    assert recording_path(file).exists()
    assert run(session).files == 1

    assert not recording_path(file).exists()
