"""Tables of metrics: which conversations belong to a month and to whom, and the command that prints them."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from qa_app.conversations.metrics import Grouping, MonthOf, metrics_table, month_bounds
from qa_app.db import db
from tests.factories.conversations import OPENED_AT, create_chat, create_conversation
from tests.factories.people import create_agent, create_team

pytestmark = pytest.mark.both_databases


def lines_of(table):
    return {record[table.by.value]: record for record in table.records()}


def october(session, by="agent", **more):
    return metrics_table(session, "2026-10", Grouping(by), **more)


@pytest.fixture
def ana(session):
    return create_agent(session, "Ana", employee_number="E-ana", team=create_team(session, "Hotline"))


def test_month_is_cut_in_the_zone_of_the_organisation(session, ana):
    shanghai = ZoneInfo("Asia/Shanghai")
    create_conversation(session, ana, opened_at=datetime(2026, 9, 30, 16, 0, tzinfo=UTC))
    create_conversation(session, ana, opened_at=datetime(2026, 10, 31, 15, 59, 59, tzinfo=UTC))
    create_conversation(session, ana, opened_at=datetime(2026, 10, 31, 16, 0, tzinfo=UTC))

    table = metrics_table(session, "2026-10", zone=shanghai)

    assert lines_of(table)["E-ana"]["conversations"] == 2
    assert month_bounds("2026-12", shanghai)[1] == datetime(2026, 12, 31, 16, 0, tzinfo=UTC)


def test_undated_conversations_are_counted_apart(session, ana):
    create_conversation(session, ana)
    create_conversation(session, ana, opened_at=None)

    table = october(session)

    assert table.undated == 1
    assert lines_of(table)["E-ana"]["conversations"] == 1


def test_figures_come_from_messages_and_surveys(session, ana):
    create_chat(
        session, ana, [("customer", 0, "hi"), ("agent", 20, "hello"), ("customer", 50, "so?"), ("agent", 90, "yes")]
    )
    create_chat(session, ana, [("customer", 0, "hi"), ("agent", 40, "hello")], csat=5.0, survey_count=1)
    create_chat(session, ana, [("customer", 0, "anybody?")], csat=None, survey_count=1, resolved=None)
    create_conversation(session, create_agent(session), csat=1.0)

    line = lines_of(october(session))["E-ana"]

    assert line["answered"] == 2
    assert line["abandoned"] == 1
    assert line["first_response_seconds_mean"] == 30
    assert line["response_gap_seconds_n"] == 3
    assert line["response_gap_seconds_max"] == 40
    assert line["handle_seconds_median"] == 40
    assert line["resolution_rate"] == 1
    assert line["csat_mean"] == 5
    assert line["csat_response_rate"] == 0.5
    assert line["within_target_rate_first_response"] == pytest.approx(1 / 3)


def test_resolution_time_keeps_fractions_of_a_second(session, ana):
    create_conversation(session, ana, resolved_at=OPENED_AT + timedelta(hours=3, microseconds=250_000))

    assert lines_of(october(session))["E-ana"]["resolution_seconds_mean"] == pytest.approx(10_800.25, abs=1e-6)


def test_month_of_resolved_counts_what_was_resolved_then(session, ana):
    create_conversation(session, ana, opened_at=OPENED_AT - timedelta(days=60), resolved_at=OPENED_AT)
    create_conversation(session, ana, resolved_at=OPENED_AT + timedelta(days=60))

    table = october(session, month_of=MonthOf.resolved)

    (line,) = table.records()
    assert (line["conversations"], line["month_of"]) == (1, "resolved")


def test_repeat_contacts_look_back_over_the_start_of_the_month(session, ana):
    first = datetime(2026, 10, 1, 8, tzinfo=UTC)
    same = {"customer_id": "C1", "topic": "refund"}
    create_conversation(session, ana, opened_at=first - timedelta(days=2), **same)
    create_conversation(session, ana, opened_at=first, **same)
    create_conversation(session, ana, opened_at=first, customer_id="C1", topic="other")
    create_conversation(session, ana, opened_at=first + timedelta(days=8), **same)

    assert lines_of(october(session))["E-ana"]["repeat_contacts"] == 1


@pytest.mark.parametrize(
    ("by", "keys"),
    [
        ("agent", {"E-ana", ""}),
        ("team", {"Hotline", ""}),
        ("channel", {"chat", "phone"}),
        ("topic", {"refund", ""}),
        ("day", {"2026-10-12", "2026-10-13"}),
        ("hour", {"09", "17"}),
    ],
)
def test_lines_can_stand_for_many_things(session, ana, by, keys):
    create_conversation(session, ana, topic="refund")
    create_conversation(session, channel="phone", opened_at=OPENED_AT + timedelta(days=1, hours=8))

    table = october(session, by)

    assert set(lines_of(table)) == keys
    assert table.keys == tuple(sorted(keys, key=lambda key: (not key, key)))


def test_empty_month_has_no_lines(session):
    assert list(october(session).records()) == []


def test_command_prints_csv_and_counts_undated_on_stderr(app, session, ana):
    create_conversation(session, ana, handle_seconds=61.5)
    create_conversation(session, ana, opened_at=None)
    session.commit()

    result = app.test_cli_runner().invoke(args=["metrics", "2026-10"])

    (line,) = csv.DictReader(io.StringIO(result.stdout))
    assert list(line)[:3] == ["agent", "conversations", "answered"]
    assert (line["agent"], line["handle_seconds_mean"], line["csat_mean"]) == ("E-ana", "61.5", "")
    assert "1 without a known time" in result.stderr


def test_command_writes_json_to_a_file(app, session, ana, tmp_path):
    create_conversation(session, ana)
    session.commit()

    app.test_cli_runner().invoke(
        args=["metrics", "2026-10", "--by", "day", "--format", "json", "--out", f"{tmp_path}/m"]
    )

    (line,) = json.loads((tmp_path / "m").read_text())
    assert (line["day"], line["conversations"], line["nps"]) == ("2026-10-12", 1, None)


def test_command_says_what_a_month_looks_like(app, session):
    result = app.test_cli_runner().invoke(args=["metrics", "2026-13"])

    assert result.exit_code == 2
    assert "Expected like 2026-10" in result.stderr
    assert db.session() is session
