"""`flask import conversations`: what the command prints, writes and exits with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_app.clock import now
from qa_app.jobs.queue import JobQueue
from qa_app.models import AuditEvent, Conversation, JobRun, ScreeningModel

pytestmark = pytest.mark.both_databases

GOOD = {"source": "desk", "external_id": "1", "channel": "chat", "agent_id": "ann", "opened_at": "2026-10-05T09:00:00Z"}


def run(app: Flask, session: Session, *words: object) -> Result:
    session.commit()
    return app.test_cli_runner().invoke(args=["import", *map(str, words)])


def write(path: Path, *records: dict[str, object]) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("records", "status"),
    [([GOOD], 0), ([GOOD, GOOD | {"channel": "pigeon"}], 3), ([GOOD | {"channel": "pigeon"}], 1)],
)
def test_the_exit_status_says_whether_all_some_or_none_came_in(
    app: Flask, session: Session, tmp_path: Path, records: list[dict[str, object]], status: int
) -> None:
    result = run(app, session, "conversations", write(tmp_path / "a.ndjson", *records))

    assert result.exit_code == status, result.output


def test_a_rejected_record_is_named_and_written_to_the_errors_file(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    errors = tmp_path / "errors.ndjson"

    result = run(
        app,
        session,
        "conversations",
        write(tmp_path / "a.ndjson", GOOD, GOOD | {"channel": "pigeon"}),
        "--errors",
        errors,
    )

    assert "a.ndjson, line 2, “channel”: “pigeon” is not in the list." in result.stderr
    assert json.loads(errors.read_text("utf-8"))["reason"].startswith("a.ndjson, line 2")


def test_a_second_import_says_that_nothing_changed(app: Flask, session: Session, tmp_path: Path) -> None:
    path = write(tmp_path / "a.ndjson", GOOD)
    run(app, session, "conversations", path)

    result = run(app, session, "conversations", path)

    assert result.exit_code == 0
    assert "Nothing changed: all 1 records were already here." in result.stdout


def test_a_dry_run_and_all_or_nothing_write_nothing(app: Flask, session: Session, tmp_path: Path) -> None:
    path = write(tmp_path / "a.ndjson", GOOD, GOOD | {"channel": "pigeon"})

    assert run(app, session, "conversations", path, "--dry-run").exit_code == 3
    assert run(app, session, "conversations", path, "--all-or-nothing").exit_code == 1
    assert session.scalar(select(Conversation.id)) is None


def test_a_preset_a_zone_and_a_source_can_be_given(app: Flask, session: Session, tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("客户编号,提交时间,处理人\nC1,2024-05-01 14:30,王五\n", encoding="gbk")

    result = run(
        app,
        session,
        "conversations",
        table,
        "--preset",
        "registration",
        "--timezone",
        "Asia/Shanghai",
        "--source",
        "店",
    )

    found = session.scalars(select(Conversation)).one()
    assert result.exit_code == 0, result.output
    assert (found.source, found.external_id) == ("店", "C1 2024-05-01T06:30:00Z")


@pytest.mark.parametrize(
    ("content", "says"),
    [("", "is empty"), ("colour,shape\nred,round\n", "No heading names the conversation")],
)
def test_a_file_that_cannot_be_read_ends_with_the_reason(
    app: Flask, session: Session, tmp_path: Path, content: str, says: str
) -> None:
    table = tmp_path / "t.csv"
    table.write_text(content)

    result = run(app, session, "conversations", table)

    assert result.exit_code == 1
    assert says in result.stderr


def test_an_import_leaves_one_audit_event_with_its_counts(app: Flask, session: Session, tmp_path: Path) -> None:
    run(app, session, "conversations", write(tmp_path / "a.ndjson", GOOD))

    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "conversations.import")).one()
    assert event.data["counts"]["created"] == 1


def test_what_follows_an_import_on_the_page_follows_the_command_too(
    app: Flask, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    queued: list[int] = []
    monkeypatch.setattr(JobQueue, "enqueue", lambda _queue, run_id: queued.append(run_id))
    session.add(
        ScreeningModel(
            version=1, is_active=True, trained_at=now(), training_size=100, critical_count=0, agent_count=1,
            training_digest="d", folds=10, file="x", file_digest="x", file_size=1,
        )
    )  # fmt: skip
    path = write(tmp_path / "a.ndjson", GOOD)

    run(app, session, "conversations", path, "--dry-run")
    assert session.scalars(select(JobRun.kind)).all() == []
    run(app, session, "conversations", path)

    started = {kind: run_id for run_id, kind in session.execute(select(JobRun.id, JobRun.kind))}
    assert "screening.score" in started
    assert "conversations.import" not in started
    assert started["screening.score"] in queued
    # The same file again changes nothing, so nothing is looked for.
    run(app, session, "conversations", path)
    assert session.scalar(select(func.count()).select_from(JobRun)) == len(started)
