"""A month's counts and cells: held against a plain loop over the same conversations, on both databases."""

from __future__ import annotations

import json
import math
import random
from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, inspect, select, text, update

from qa_app.assessment import gather_work as gather_module
from qa_app.assessment import work_blocks
from qa_app.assessment.gather_work import Span, gather_work
from qa_app.assessment.inputs import WorkRecord
from qa_app.conversations.importers.stream import ReadOptions
from qa_app.conversations.importing import ImportRequest, import_conversations, new_run
from qa_app.conversations.metrics import metrics_table, month_bounds
from qa_app.jobs import NoProgress
from qa_app.models import Conversation
from qa_app.models.conversation import _pack_facts
from scoring.timing.targets import CHANNEL_FIRST_RESPONSE, PRIORITY_FIRST_RESPONSE
from scoring.timing.working import WorkingCalendar
from tests.factories.conversations import create_conversation
from tests.factories.people import create_agent

pytestmark = pytest.mark.both_databases

BERLIN = ZoneInfo("Europe/Berlin")  # its clocks change in October
CALENDAR = WorkingCalendar(BERLIN, country="DE", overrides={date(2026, 10, 8): False})
STARTS_AT, ENDS_AT = month_bounds("2026-10", BERLIN)
COLUMNS = [column.key for column in inspect(Conversation).column_attrs if column.key not in {"id", "packed_facts"}]


def span(moment=Conversation.opened_at, zone=BERLIN):
    return Span(moment, *month_bounds("2026-10", zone), zone)


def gathered(session, *, of=Conversation.opened_at, calendar=CALENDAR, at=ENDS_AT):
    work = gather_work(session, span(of, calendar.zone), calendar, at=at)
    return work.counts, sorted(work.cells)


def fill_month(session, agents, count=240):
    """Chats, calls and the rest around October, with all that can be missing or odd."""
    chance = random.Random(7)
    for _ in range(count):
        opened = STARTS_AT - timedelta(days=1) + timedelta(microseconds=chance.randrange(33 * 86_400_000_000))
        answered = chance.random() < 0.9
        waited = round(chance.expovariate(1 / 40), 1) if answered and chance.random() < 0.9 else None
        says_when = waited is not None and chance.random() < 0.7
        create_conversation(
            session,
            chance.choice([*agents, None]),
            channel=chance.choice(["chat", "chat", "phone", "email", "other"]),
            priority=chance.choice([None, "medium", "urgent", "vip"]),
            topic=chance.choice([None, "refund", "delivery", "骉’s \x1f"]),
            opened_at=opened if chance.random() < 0.95 else None,
            resolved_at=opened + timedelta(hours=chance.randrange(90)) if chance.random() < 0.8 else None,
            answered=answered,
            first_response_seconds=waited,
            first_response_at=opened + timedelta(seconds=waited) if says_when else None,
            first_response_target_met=chance.choice([None] * 8 + [True, False]),
            handle_seconds=chance.choice([None, 0.0, chance.expovariate(1 / 300), 61.5]),
            csat=chance.choice([None, None, 1.0, 3.999, 4.0, 5.0]),
            survey_count=chance.choice([0, 1, 2]),
        )


def expected(session, calendar, at, of="opened_at"):
    """The same figures by a loop that looks at one conversation after the other."""
    start, end = month_bounds("2026-10", calendar.zone)
    counts, days, cells = defaultdict(lambda: defaultdict(int)), defaultdict(set), defaultdict(list)
    for one in session.scalars(select(Conversation).where(Conversation.agent_id.is_not(None))):
        moment = getattr(one, of)
        if moment is None or not start <= moment < end:
            continue
        number, local = one.agent.employee_number, moment.astimezone(calendar.zone)
        figures, verdict = counts[number], verdict_of(one, calendar, at)
        figures["conversations"] += 1
        figures["surveys_sent"] += one.survey_count > 0
        figures["satisfied"] += (one.csat or 0) >= 4
        figures["satisfied_of"] += one.csat is not None
        figures["in_time"] += verdict is True
        figures["in_time_of"] += verdict is not None
        if one.answered:
            figures["answered"] += 1
            days[number].add(local.date())
            if one.handle_seconds:
                shift = f"{local.hour // 8 * 8:02d}-{local.hour // 8 * 8 + 8:02d}"
                key = (number, one.topic or "", one.channel, shift, one.priority or "")
                cells[key].append(math.log(one.handle_seconds))
    records = {
        number: WorkRecord(agent=number, active_days=len(days[number]), **figures) for number, figures in counts.items()
    }
    return records, sorted((*key[:4], len(logs), sum(logs), sum(x * x for x in logs)) for key, logs in cells.items())


def verdict_of(one, calendar, at):
    if one.first_response_target_met is not None:
        return one.first_response_target_met
    promised = [CHANNEL_FIRST_RESPONSE.get(one.channel), PRIORITY_FIRST_RESPONSE.get(one.priority)]
    seconds = min((target.seconds for target in promised if target), default=None)
    if seconds is None or one.opened_at is None:
        return None
    starts = next_opening(one.opened_at, calendar)
    due = starts + timedelta(seconds=seconds if starts == one.opened_at else max(seconds, 600))
    done = one.first_response_at
    if done is None and one.first_response_seconds is not None:
        done = one.opened_at + timedelta(seconds=one.first_response_seconds)
    if done is not None:
        return done <= due
    return None if one.answered or due > at else False


def next_opening(moment, calendar):
    day = moment.astimezone(calendar.zone).date()
    while True:
        for opens, closes in calendar.hours_of(day):
            midnight = datetime.combine(day, time(), tzinfo=calendar.zone)
            start, end = (midnight + timedelta(minutes=minute) for minute in (opens, closes))
            if moment < end:
                return max(moment, start.astimezone(UTC))
        day += timedelta(days=1)


def assert_equal(found, wanted):
    (counts, cells), (wanted_counts, wanted_cells) = found, wanted
    assert counts == wanted_counts
    assert [(c.agent, c.topic, c.channel, c.shift, c.n) for c in cells] == [cell[:5] for cell in wanted_cells]
    sums = [(cell.log_sum, cell.log_square_sum) for cell in cells]
    assert sums == [pytest.approx(cell[5:], rel=1e-12) for cell in wanted_cells]


@pytest.fixture
def agents(session):
    return [create_agent(session, employee_number=f"W{number}") for number in range(4)]


@pytest.mark.parametrize("of", ["opened_at", "resolved_at"])
@pytest.mark.parametrize("block", [1, 1 << 16])
def test_figures_are_those_of_a_plain_loop(session, agents, of, block, monkeypatch):
    monkeypatch.setattr(work_blocks, "_BLOCK", block)
    fill_month(session, agents)

    found = gathered(session, of=getattr(Conversation, of))

    assert len(found[0]) == 4
    assert_equal(found, expected(session, CALENDAR, ENDS_AT, of))


def test_rare_cases_are_summed_as_common_ones(session, agents, monkeypatch):
    fill_month(session, agents)
    common = gathered(session)
    monkeypatch.setattr(gather_module, "_SPARSE", 0)

    assert gathered(session) == common


def test_share_in_time_is_that_of_the_metrics(session, agents):
    fill_month(session, agents)
    calendar = WorkingCalendar(ZoneInfo("UTC"))

    counts, _ = gathered(session, calendar=calendar)

    table = metrics_table(session, "2026-10")
    shares = {row["agent"]: row["within_target_rate_first_response"] for row in table.records() if row["agent"]}
    assert {number: record.in_time / record.in_time_of for number, record in counts.items()} == pytest.approx(shares)


def test_unanswered_chat_becomes_late_when_it_falls_due(session, agents):
    opened = datetime(2026, 10, 12, 9, 30, tzinfo=UTC)
    create_conversation(session, agents[0], opened_at=opened, answered=False)

    before, _ = gathered(session, at=opened + timedelta(seconds=29))
    after, _ = gathered(session, at=opened + timedelta(seconds=30))

    assert (before["W0"].in_time_of, after["W0"].in_time_of, after["W0"].in_time) == (0, 1, 0)


def test_new_holiday_or_zone_holds_at_once(session, agents):
    opened = datetime(2026, 10, 12, 9, 30, tzinfo=UTC)
    create_conversation(session, agents[0], opened_at=opened, first_response_at=opened + timedelta(minutes=5))

    def in_time(calendar):
        return gathered(session, calendar=calendar)[0]["W0"].in_time

    assert in_time(WorkingCalendar(BERLIN)) == 0
    assert in_time(WorkingCalendar(BERLIN, overrides={date(2026, 10, 12): False})) == 1
    assert in_time(WorkingCalendar(ZoneInfo("America/New_York"))) == 1


def test_conversations_that_nobody_packed_are_packed_and_counted(session, agents):
    fill_month(session, agents)
    before = gathered(session)
    session.execute(update(Conversation).values(packed_facts=None).where(Conversation.channel != "chat"))

    assert gathered(session) == before
    missing = select(Conversation).where(Conversation.packed_facts.is_(None), span().holds())
    assert session.scalars(missing.where(Conversation.agent_id.is_not(None))).all() == []


def test_single_conversation_that_came_past_the_mapper_counts(session, agents):
    at = datetime(2026, 10, 12, 9, 30, tzinfo=UTC)
    values = {"source": "x", "external_id": "1", "channel": "chat", "created_at": at, "updated_at": at}
    session.execute(insert(Conversation.__table__), [{**values, "agent_id": agents[2].id, "opened_at": at}])

    counts, _ = gathered(session)

    assert {number: record.conversations for number, record in counts.items()} == {"W2": 1}


def test_changed_conversation_is_counted_as_it_is_now(session, agents):
    conversation = create_conversation(session, agents[0], handle_seconds=100.0, topic="refund")
    gathered(session)

    conversation.topic, conversation.handle_seconds, conversation.agent_id = "delivery", 200.0, agents[1].id
    session.flush()

    (cell,) = gathered(session)[1]
    assert (cell.agent, cell.topic, cell.log_sum) == ("W1", "delivery", pytest.approx(math.log(200)))


def test_facts_that_do_not_fit_their_columns_stop_the_month(session, agents):
    create_conversation(session, agents[0], topic="refund")
    session.execute(update(Conversation).values(topic="delivery"))

    with pytest.raises(LookupError, match="do not fit"):
        gathered(session)


def test_import_packs_what_the_mapper_packs(session, tmp_path):
    def bring_in(**changed):
        opened = "2026-10-05T07:59:00.250000Z"
        messages = [
            {"speaker": "customer", "sent_at": opened, "text": "Where is it?"},
            {"speaker": "agent", "author_id": "a1", "sent_at": "2026-10-05T08:01:30Z", "text": "On its way."},
        ]
        chat = {
            "source": "s", "external_id": "1", "channel": "chat", "agent_id": "a1", "opened_at": opened,
            "topic": "骉", "messages": messages, "surveys": [{"metric": "csat", "scale": "stars", "score": 5}],
        }  # fmt: skip
        call = {
            "source": "s", "external_id": "2", "channel": "phone", "agent_id": "a1", "first_response_seconds": 12.5,
            "opened_at": "2026-10-05T08:00:00Z", "talk_seconds": 61, "first_response_target_met": False,
            "priority": "high",
        }  # fmt: skip
        path = tmp_path / "own.ndjson"
        path.write_text("".join(json.dumps({**record, **changed}) + "\n" for record in (chat, call)))
        run = new_run(session, None, [path], {})
        session.commit()
        request = ImportRequest((path,), ReadOptions(ZoneInfo("UTC")))
        report = import_conversations(session, None, run, request, checkpoint=session.commit, progress=NoProgress())
        assert report.rejected == 0
        session.expire_all()

    def assert_packed():
        conversations = session.scalars(select(Conversation).order_by(Conversation.external_id)).all()
        assert len(conversations) == 2
        for conversation in conversations:
            packed = conversation.packed_facts
            _pack_facts(None, None, conversation)
            assert packed == conversation.packed_facts
        session.rollback()

    bring_in()
    assert_packed()
    bring_in(topic="delivery", first_response_target_met=True)
    assert_packed()


def test_month_is_read_from_the_index_alone(session, database_kind):
    if database_kind == "sqlite":
        statement = work_blocks._query(session, span()).compile(
            session.connection(), compile_kwargs={"literal_binds": True}
        )
        plan = session.execute(text(f"EXPLAIN QUERY PLAN {statement}")).all()

        wanted = "COVERING INDEX ix__conversations_agent_opened (agent_id=? AND opened_at>? AND opened_at<?)"
        assert any(wanted in row[-1] for row in plan)
    else:
        columns = inspect(session.connection()).get_indexes("conversations")
        index = next(one for one in columns if one["name"] == "ix__conversations_agent_opened")
        assert index["column_names"] == ["agent_id", "opened_at", "packed_facts"]
