"""A conversation is known by source and number: mended and corrected files find it again, whatever they are called."""

from __future__ import annotations

import gzip
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.jobs import NoProgress
from qa_app.jobs.registry import handler_of
from qa_app.models import Conversation, ImportRun, JobRun, Message, RoleName

pytestmark = pytest.mark.both_databases

HEADINGS = ("Ticket number", "Channel", "Handler", "Opened at", "Topic")
GOOD = ("T1", "chat", "ann", "2026-10-05 09:00", "delivery")
BROKEN = ("T2", "pigeon", "ann", "2026-10-05 10:00", "delivery")
NESTED = """
[source]
name = "helpdesk"
records = "data.items"
[fields]
external_id = "no"
channel = "via"
"""


def run(app: Flask, session: Session, *words: object) -> Result:
    session.commit()
    return app.test_cli_runner().invoke(args=["import", "conversations", *map(str, words)])


def table(path: Path, *rows: tuple[str, ...], delimiter: str = ",") -> Path:
    path.write_text("\n".join(delimiter.join(row) for row in (HEADINGS, *rows)) + "\n", encoding="utf-8")
    return path


def workbook(path: Path, *rows: tuple[str, ...]) -> Path:
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet()
        for place, row in enumerate((HEADINGS, *rows)):
            page.write_row(place, 0, row)
    return path


def known(session: Session) -> list[tuple[str, str]]:
    session.expire_all()
    found = select(Conversation.source, Conversation.external_id).order_by(Conversation.source, Conversation.id)
    return [tuple(row) for row in session.execute(found)]


def mend(path: Path, out: Path) -> Path:
    """Do what a person does with a file of refused records: change the wrong cell, keep the file under a new name."""
    if path.suffix == ".xlsx":
        with xlsxwriter.Workbook(out) as book:
            page = book.add_worksheet()
            for place, row in enumerate(CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()):
                page.write_row(place, 0, ["email" if cell == "pigeon" else cell for cell in row])
    else:
        out.write_text(path.read_text("utf-8-sig").replace('"pigeon"', '"email"').replace("pigeon,", "email,")
                       .replace("pigeon\t", "email\t"), encoding="utf-8")  # fmt: skip
    return out


@pytest.mark.parametrize("suffix", ["csv", "tsv", "xlsx"])
def test_a_mended_errors_file_of_a_table_goes_to_the_source_of_the_table(
    app: Flask, session: Session, tmp_path: Path, suffix: str
) -> None:
    name, errors = tmp_path / f"desk 2026-10.{suffix}", tmp_path / f"errors.{suffix}"
    first = workbook(name, GOOD, BROKEN) if suffix == "xlsx" else table(
        name, GOOD, BROKEN, delimiter="\t" if suffix == "tsv" else ","
    )  # fmt: skip
    run(app, session, first, "--errors", errors)

    result = run(app, session, mend(errors, tmp_path / f"sent back.{suffix}"))

    assert result.exit_code == 0, result.output
    assert known(session) == [("desk", "T1"), ("desk", "T2")]
    assert "source: desk" in result.stdout


def test_what_is_wrong_twice_keeps_one_source_and_one_reason(app: Flask, session: Session, tmp_path: Path) -> None:
    first, second, third = (tmp_path / name for name in ("desk.csv", "errors.csv", "still wrong.csv"))
    run(app, session, table(first, BROKEN), "--errors", second)
    run(app, session, second, "--errors", third)

    result = run(app, session, mend(third, tmp_path / "mended.csv"))

    assert third.read_text("utf-8-sig").splitlines()[0].count("reason") == 1
    assert known(session) == [("desk", "T2")], result.output


def test_refused_rows_of_several_files_each_keep_their_source(app: Flask, session: Session, tmp_path: Path) -> None:
    north, south, errors = (tmp_path / name for name in ("north.csv", "south.csv", "errors.csv"))
    run(app, session, table(north, BROKEN), table(south, BROKEN), "--errors", errors)

    run(app, session, mend(errors, tmp_path / "mended.csv"))

    assert known(session) == [("north", "T2"), ("south", "T2")]


def test_a_mended_errors_file_of_nested_json_is_read_by_the_same_mapping(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    data, mapping, errors = tmp_path / "a.json", tmp_path / "m.toml", tmp_path / "errors.json"
    data.write_text(json.dumps({"data": {"items": [{"no": "T1", "via": "chat"}, {"no": "T2", "via": "pigeon"}]}}))
    mapping.write_text(NESTED)
    run(app, session, data, "--mapping", mapping, "--source", "other desk", "--errors", errors)

    result = run(app, session, mend(errors, tmp_path / "mended.json"), "--mapping", mapping)

    assert known(session) == [("other desk", "T1"), ("other desk", "T2")], result.output


EVERY_ROW = """
[source]
name = "helpdesk"
encoding = "gbk"
sheet = "十月"
[rows]
key = "no"
order_by = "step"
keep = "all"
[fields]
external_id = "no"
channel = "via"
agent_id = { constant = "ann" }
[messages]
speaker = { column = "who" }
text = "said"
"""
SAID = [
    ("no", "step", "via", "who", "said"),
    ("T1", "1", "pigeon", "customer", "您好，在吗？"),
    ("T1", "2", "pigeon", "agent", "在的"),
]


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_a_refused_conversation_of_many_rows_comes_back_with_all_of_them(
    app: Flask, session: Session, tmp_path: Path, suffix: str
) -> None:
    data, mapping, errors = tmp_path / f"a.{suffix}", tmp_path / "m.toml", tmp_path / f"errors.{suffix}"
    mapping.write_text(EVERY_ROW, encoding="utf-8")
    if suffix == "csv":
        data.write_text("\n".join(map(",".join, SAID)), encoding="gbk")
    else:
        with xlsxwriter.Workbook(data) as book:
            page = book.add_worksheet("十月")
            for place, row in enumerate(SAID):
                page.write_row(place, 0, row)
    refused = run(app, session, data, "--mapping", mapping, "--errors", errors)
    mended = tmp_path / f"mended.{suffix}"
    if suffix == "csv":
        mended.write_text(errors.read_text("utf-8-sig").replace("pigeon,", "chat,"), encoding="utf-8-sig")
    else:
        with xlsxwriter.Workbook(mended) as book:
            page = book.add_worksheet("十月")
            sheet = CalamineWorkbook.from_path(errors).get_sheet_by_name("十月")
            for place, row in enumerate(sheet.to_python()):
                page.write_row(place, 0, ["chat" if cell == "pigeon" else cell for cell in row])

    result = run(app, session, mended, "--mapping", mapping)

    assert "rejected: 1" in refused.stdout
    assert result.exit_code == 0, result.output
    texts = session.scalars(select(Message.text).order_by(Message.sequence)).all()
    assert (known(session), texts) == ([("helpdesk", "T1")], ["您好，在吗？", "在的"])


def test_a_mended_record_of_our_own_keeps_the_source_it_was_given(app: Flask, session: Session, tmp_path: Path) -> None:
    lines, errors = tmp_path / "a.ndjson", tmp_path / "errors.ndjson"
    own = {"source": "desk", "external_id": "T1", "channel": "chat"}
    lines.write_text("".join(json.dumps(own | {"external_id": n, "channel": c}) + "\n" for n, c in
                             (("T1", "chat"), ("T2", "pigeon"))))  # fmt: skip
    run(app, session, lines, "--source", "archive", "--errors", errors)

    run(app, session, mend(errors, tmp_path / "mended.ndjson"))

    assert known(session) == [("archive", "T1"), ("archive", "T2")]


def test_a_mended_vcon_keeps_the_source_it_was_given(app: Flask, session: Session, tmp_path: Path) -> None:
    vcon = {
        "vcon": "0.0.1", "uuid": "U1", "parties": [{"tel": "+1"}],
        "dialog": [{"type": "text", "start": "2026-10-05T09:00:00Z", "parties": 0, "body": "hi", "duration": -1}],
    }  # fmt: skip
    path, errors, mended = tmp_path / "a.json", tmp_path / "errors.json", tmp_path / "mended.json"
    path.write_text(json.dumps(vcon))
    run(app, session, path, "--source", "hotline", "--errors", errors)
    mended.write_text(errors.read_text("utf-8").replace(": -1", ": 1"), encoding="utf-8")

    result = run(app, session, mended)

    assert known(session) == [("hotline", "U1")], result.output


def test_a_name_given_stands_before_what_the_file_says(app: Flask, session: Session, tmp_path: Path) -> None:
    errors = tmp_path / "errors.csv"
    run(app, session, table(tmp_path / "desk.csv", BROKEN), "--errors", errors)

    run(app, session, mend(errors, tmp_path / "mended.csv"), "--source", "elsewhere")

    assert known(session) == [("elsewhere", "T2")]


def test_a_corrected_file_of_another_name_is_warned_of_and_updates_by_the_option(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    run(app, session, table(tmp_path / "desk.csv", GOOD))
    corrected = table(tmp_path / "corrected.csv", (*GOOD[:-1], "returns"))

    checked = run(app, session, corrected, "--dry-run")
    updated = run(app, session, corrected, "--source", "desk")

    assert "source: corrected" in checked.stdout
    assert "1 of the new conversations has a number that stands under the source “desk” already" in checked.stderr
    assert "--source desk" in checked.stderr
    assert "updated: 1" in updated.stdout
    assert "already" not in updated.stderr
    assert known(session) == [("desk", "T1")]


def test_numbers_of_another_source_are_told_apart_by_how_many_each_has(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    rows = [(f"T{number}", *GOOD[1:]) for number in range(4)]
    run(app, session, table(tmp_path / "desk.csv", *rows[:3]))
    run(app, session, table(tmp_path / "shop.csv", *rows[3:]), "--source", "shop")

    result = run(app, session, table(tmp_path / "both.csv", *rows))

    assert "3 of the new conversations have a number that stands under the source “desk” already" in result.stderr
    assert "1 of the new conversations has a number that stands under the source “shop” already" in result.stderr


@pytest.fixture
def admin(sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    """An administrator's browser."""
    return sign_in(RoleName.administrator)


def the_run(session: Session) -> ImportRun:
    session.expire_all()
    return session.scalars(select(ImportRun).order_by(ImportRun.id.desc())).first()  # type: ignore[return-value]


def send(client: FlaskClient, session: Session, path: Path, **values: str) -> tuple[str, str]:
    """Upload, check with the columns as guessed, import; return the page of the columns and that of the report."""
    page = client.post("/imports/new", data={"file": (io.BytesIO(path.read_bytes()), path.name)}).location
    fields = {"column-0": "external_id", "column-1": "channel", "column-2": "agent_id", "column-3": "opened_at",
              "column-4": "topic"}  # fmt: skip
    shown = client.get(page).text
    client.post(page, data={"step": "check", "channel": "other", "preset": ""} | fields | values)
    run_job(session)
    client.post(f"/imports/{the_run(session).id}/start", data={"mode": "good"})
    run_job(session)
    return shown, client.get(f"/imports/{the_run(session).id}").text


def run_job(session: Session) -> None:
    session.expire_all()
    job = session.scalars(select(JobRun).order_by(JobRun.id.desc())).first()
    assert job is not None
    handler_of(job.kind)(session, job, NoProgress())
    session.commit()


def test_in_the_browser_the_errors_go_back_to_their_source(
    admin: FlaskClient, session: Session, tmp_path: Path
) -> None:
    _, report = send(admin, session, table(tmp_path / "desk.csv", GOOD, BROKEN), source="desk")
    errors = tmp_path / "errors.csv"
    with admin.get(f"/imports/{the_run(session).id}/errors") as answer:
        errors.write_bytes(answer.data)
    assert "Source" in report
    assert "desk" in report

    shown, _ = send(admin, session, mend(errors, tmp_path / "sent back.csv"), source="")

    assert "The rows say it themselves" in shown
    assert 'value="sent back"' not in shown
    assert "import_source</th>" not in shown, "what marks a row is no column to match"
    assert known(session) == [("desk", "T1"), ("desk", "T2")]


def test_in_the_browser_numbers_known_under_another_source_are_warned_of(
    admin: FlaskClient, session: Session, tmp_path: Path
) -> None:
    send(admin, session, table(tmp_path / "desk.csv", GOOD), source="desk")

    _, report = send(admin, session, table(tmp_path / "corrected.csv", GOOD), source="corrected")

    assert "1 of the new conversations has a number that stands under the source “desk” already" in report


def test_a_packed_table_says_its_source_too(app: Flask, session: Session, tmp_path: Path) -> None:
    plain = table(tmp_path / "desk.csv", GOOD, BROKEN)
    packed = tmp_path / "desk.csv.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    errors = tmp_path / "errors.csv"
    run(app, session, packed, "--errors", errors)

    run(app, session, mend(errors, tmp_path / "mended.csv"))

    assert known(session) == [("desk", "T1"), ("desk", "T2")]


REASONED = (
    "Ticket number,Channel,Opened at,{heading}\n"
    "T1,chat,2026-10-05 09:00,refund\n"
    "T2,pigeon,2026-10-05 10:00,late delivery\n"
)


@pytest.mark.parametrize("heading", ["reason", "Reason"])
def test_a_column_reason_of_the_table_stays_what_it_is(
    app: Flask, session: Session, tmp_path: Path, heading: str
) -> None:
    first, second, third = (tmp_path / name for name in ("desk.csv", "errors.csv", "still wrong.csv"))
    first.write_text(REASONED.format(heading=heading))

    run(app, session, first, "--errors", second)
    run(app, session, second, "--errors", third)
    result = run(app, session, mend(third, tmp_path / "mended.csv"))

    for errors in (second, third):
        headings, row = errors.read_text("utf-8-sig").splitlines()
        assert headings == f"Ticket number,Channel,Opened at,{heading},import_source,import_reason"
        assert row.startswith("T2,pigeon,2026-10-05 10:00,late delivery,desk,")
    assert known(session) == [("desk", "T1"), ("desk", "T2")], result.output


def test_a_key_reason_of_a_record_stays_what_it_is(app: Flask, session: Session, tmp_path: Path) -> None:
    data, mapping, second, third = (tmp_path / name for name in ("a.json", "m.toml", "errors.json", "again.json"))
    data.write_text(json.dumps({"data": {"items": [{"no": "T2", "via": "pigeon", "reason": "refund"}]}}))
    mapping.write_text(NESTED + 'topic = "reason"\n')

    run(app, session, data, "--mapping", mapping, "--errors", second)
    run(app, session, second, "--mapping", mapping, "--errors", third)
    result = run(app, session, mend(third, tmp_path / "mended.json"), "--mapping", mapping)

    (record,) = json.loads(third.read_text("utf-8"))
    assert list(record) == ["no", "via", "reason", "import_source", "import_reason"]
    assert "pigeon" in record["import_reason"]
    assert session.scalars(select(Conversation.topic)).all() == ["refund"], result.output


def test_blank_cells_beyond_the_headings_do_not_push_the_marks(app: Flask, session: Session, tmp_path: Path) -> None:
    errors = tmp_path / "errors.csv"
    first = table(tmp_path / "desk 2026-10.csv", GOOD, (*BROKEN, "", ""))
    run(app, session, first, "--errors", errors)

    result = run(app, session, mend(errors, tmp_path / "sent back.csv"))

    headings, row = errors.read_text("utf-8-sig").splitlines()
    assert headings.split(",")[5:] == ["import_source", "reason"]
    assert row.split(",")[5] == "desk"
    assert known(session) == [("desk", "T1"), ("desk", "T2")], result.output


def test_in_the_browser_a_column_reason_can_be_matched(admin: FlaskClient, session: Session) -> None:
    content = REASONED.format(heading="reason").encode()
    page = admin.post("/imports/new", data={"file": (io.BytesIO(content), "desk.csv")}).location

    assert 'name="column-3"' in admin.get(page).text


def test_in_the_browser_the_file_of_next_month_is_read_as_the_file_not_as_its_mended_errors(
    admin: FlaskClient, session: Session, tmp_path: Path
) -> None:
    send(admin, session, table(tmp_path / "desk 2026-10.csv", GOOD, BROKEN), source="help desk")
    errors = tmp_path / "errors.csv"
    with admin.get(f"/imports/{the_run(session).id}/errors") as answer:
        errors.write_bytes(answer.data)
    send(admin, session, mend(errors, tmp_path / "sent back.csv"), source="")

    shown, _ = send(admin, session, table(tmp_path / "desk 2026-11.csv", ("T9", *GOOD[1:])), source="")

    assert re.search(r'<input[^>]*name="source"[^>]*value="help desk"', shown)


def test_in_the_browser_a_table_without_a_source_is_named_after_its_file(
    admin: FlaskClient, session: Session, tmp_path: Path
) -> None:
    send(admin, session, table(tmp_path / "desk 2026-10.csv", GOOD), source="")

    shown, _ = send(admin, session, table(tmp_path / "shop 2026-10.csv", GOOD), source="")

    assert known(session) == [("desk", "T1"), ("shop", "T1")]
    assert re.search(r'<input[^>]*name="source"[^>]*value="shop"', shown)
    assert '<option value="agent_id" selected>' in shown, "the columns are matched as before"
