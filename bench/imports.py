"""How fast and how flat the import is: `python bench/imports.py [--conversations N] [--rows N] [--data FOLDER]`.

1. Our own NDJSON (12 messages and a survey each) against raw `sqlite3`: the same rows, already tuples, by `executemany`
   into the same tables and indexes. Goal: at least 0.45, validated and idempotent.
2. `star_chat` read by its mapping against `json.loads` + the compiled expressions of that mapping. Goal: at least 0.6.
3. Memory while `--rows` records of CSV, NDJSON and JSON come in, each in a process of its own. Goal: below 300 MB.

Rates are per second of processor time and swing with the machine; limit and import run in turn in one process, and the
ratio is what counts.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import jmespath
from sqlalchemy import select

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from config import load_settings  # noqa: E402 - the checkout is no package
from qa_app.conversations.importers.mapping import MappingSpec, load_mapping  # noqa: E402
from qa_app.conversations.importers.stream import ReadOptions, open_records  # noqa: E402
from qa_app.conversations.importing import ImportRequest, import_conversations, new_run  # noqa: E402
from qa_app.db import Base, db  # noqa: E402
from qa_app.factory import create_app  # noqa: E402
from qa_app.jobs import NoProgress  # noqa: E402
from qa_app.models import Agent, Conversation, ImportRun, Message, SurveyResponse, Team  # noqa: E402

TABLES = (Conversation, Message, SurveyResponse)
PARENTS = (Team, Agent, ImportRun)
OPENED = datetime(2026, 10, 1, tzinfo=UTC)
MAPPING = ROOT / "docs" / "mappings" / "star_chat.toml"
BATCH = 1_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--conversations", type=int, default=20_000)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--memory-of", help=argparse.SUPPRESS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        if options.memory_of:
            measure_memory(home, options.memory_of, options.rows)
            return
        compare_with_raw_sqlite(home, options.conversations)
        compare_with_expressions(options.data / "star_chat" / "dialogues.jsonl.gz")
        for kind in ("csv", "ndjson", "json"):
            arguments = ["--memory-of", kind, "--rows", str(options.rows)]
            subprocess.run([sys.executable, __file__, *arguments], check=True)


def compare_with_raw_sqlite(home: Path, count: int) -> None:
    path = home / "own.ndjson"
    path.write_text("".join(json.dumps(own_record(number)) + "\n" for number in range(count)), encoding="utf-8")
    app = make_app(home / "ours")
    with app.app_context():
        ours = timed(lambda: bring_in(path))
        again = timed(lambda: bring_in(path))
        rows = {table: read_rows(home / "ours" / "assay.db", table) for table in PARENTS + TABLES}
    raw_app = make_app(home / "raw")
    with raw_app.app_context():
        db.session.execute(select(1))
    raw = timed(lambda: write_raw(home / "raw" / "assay.db", rows, count))
    print(f"own NDJSON, {count} conversations of 12 messages and a survey, into SQLite")
    print(f"  raw sqlite3.executemany   {count / raw:10,.0f} a second")
    print(f"  import                    {count / ours:10,.0f} a second   ratio {raw / ours:.2f} (goal 0.45)")
    print(f"  the same file again       {count / again:10,.0f} a second")


def compare_with_expressions(path: Path) -> None:
    if not path.exists():
        print(f"star_chat: {path.name} not found, skipped; name the folder by --data")
        return
    mapping = load_mapping(MAPPING)
    with gzip.open(path) as stream:
        lines = stream.read().splitlines()
    plain = path.parent / path.name
    limit = timed(lambda: evaluate(mapping, lines))
    ours = timed(lambda: sum(1 for _ in open_records(plain, ReadOptions(ZoneInfo("UTC"), mapping)).outcomes()))
    print(f"star_chat by its mapping, {len(lines)} chats")
    print(f"  json.loads + expressions  {len(lines) / limit:10,.0f} a second")
    print(f"  records, checked          {len(lines) / ours:10,.0f} a second   ratio {limit / ours:.2f} (goal 0.6)")


def evaluate(mapping: MappingSpec, lines: list[bytes]) -> int:
    """Decode every line and evaluate every expression of the mapping, keeping nothing."""

    def compiled(fields: Any) -> list[Any]:
        return [jmespath.compile(path) for spec in fields.values() for path in (spec.path, *spec.join) if path]

    fields = compiled(mapping.fields)
    blocks = [
        (jmespath.compile(block.records), compiled(block.fields)) for block in (mapping.messages, *mapping.surveys)
    ]
    for line in lines:
        record = json.loads(line)
        for field in fields:
            field.search(record)
        for records, item_fields in blocks:
            for item in records.search(record) or ():
                for field in item_fields:
                    field.search(item)
    return len(lines)


def measure_memory(home: Path, kind: str, rows: int) -> None:
    path = home / f"rows.{kind}"
    with path.open("w", encoding="utf-8") as stream:
        stream.writelines(lines_of(kind, rows))
    app = make_app(home / "app")
    before = peak_megabytes()
    with app.app_context():
        seconds = timed(lambda: bring_in(path))
    print(
        f"{rows} rows of {kind.upper():6} ({path.stat().st_size / 1e6:,.0f} MB) into SQLite: {rows / seconds:,.0f} a"
        f" second, peak memory {peak_megabytes():.0f} MB ({before:.0f} MB before; goal below 300)"
    )


def lines_of(kind: str, rows: int) -> Iterator[str]:
    """Write a table of calls, or records without messages."""
    if kind == "csv":
        yield "Call Id,Agent,Start,Topic,Answered,Resolved,Talk time,Rating\n"
        for number in range(rows):
            yield f"C{number},agent{number % 500},{opened(number):%Y-%m-%d %H:%M:%S},delivery,Y,N,{number % 600},5\n"
        return
    for number in range(rows):
        record = {"source": "bench", "external_id": str(number), "channel": "phone", "agent_id": f"a{number % 500}"}
        text = json.dumps(record | {"opened_at": opened(number).isoformat(), "talk_seconds": number % 600})
        if kind == "ndjson":
            yield text + "\n"
        else:
            yield ("[" if number == 0 else ",") + text + ("]" if number == rows - 1 else "\n")


def own_record(number: int) -> dict[str, Any]:
    at = opened(number)
    return {
        "source": "bench",
        "external_id": f"T{number}",
        "channel": "chat",
        "agent_id": f"agent{number % 200}",
        "customer_id": f"C{number % 5_000}",
        "topic": "delivery",
        "opened_at": at.isoformat(),
        "messages": [
            {
                "speaker": ("customer", "agent")[turn % 2],
                "sent_at": (at + timedelta(seconds=20 * turn)).isoformat(),
                "text": "Where is my order? It should have come yesterday. 我的快递怎么还没到？"
                if turn % 2 == 0
                else "One moment.",
            }
            for turn in range(12)
        ],
        "surveys": [{"scale": "stars", "score": number % 5 + 1}],
    }


def opened(number: int) -> datetime:
    return OPENED + timedelta(seconds=number)


def bring_in(path: Path) -> None:
    session = db.session()
    run = new_run(session, None, [path], {})
    session.commit()
    request = ImportRequest((path,), ReadOptions(ZoneInfo("UTC")))
    report = import_conversations(session, None, run, request, checkpoint=session.commit, progress=NoProgress())
    assert report.rejected == 0, report


def read_rows(database: Path, table: Any) -> list[tuple[Any, ...]]:
    with sqlite3.connect(database) as connection:
        columns = ", ".join(column.name for column in table.__table__.columns)
        return connection.execute(f"SELECT {columns} FROM {table.__tablename__} ORDER BY 1").fetchall()


def write_raw(database: Path, rows: dict[Any, list[tuple[Any, ...]]], count: int) -> None:
    """Insert ready tuples, a batch of conversations with all that belongs to them in one transaction."""
    connection = sqlite3.connect(database)
    connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;")
    statements = {
        table: f"INSERT INTO {table.__tablename__} ({', '.join(c.name for c in table.__table__.columns)})"
        f" VALUES ({', '.join('?' * len(table.__table__.columns))})"
        for table in PARENTS + TABLES
    }
    for table in PARENTS:
        connection.executemany(statements[table], rows[table])
    for start in range(0, count, BATCH):
        for table in TABLES:
            share = len(rows[table]) // count
            connection.executemany(statements[table], rows[table][start * share : (start + BATCH) * share])
        connection.commit()
    connection.close()


def make_app(home: Path) -> Any:
    home.mkdir()
    app = create_app(load_settings(assay_mode="test", assay_home=home, database_url="", _env_file=None))
    with app.app_context():
        Base.metadata.create_all(db.engine)
    return app


def timed(work: Callable[[], object]) -> float:
    """Return the seconds of processor time: what the neighbours on the machine do does not count."""
    start = time.process_time()
    work()
    return time.process_time() - start


def peak_megabytes() -> float:
    # Not getrusage: its peak is inherited from the process that started this one.
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


if __name__ == "__main__":
    main()
