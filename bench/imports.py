"""How fast and how flat the import is: `python bench/imports.py [--conversations N] [--rows N] [--data FOLDER]`.

1. Our own NDJSON (12 messages and a survey each) against raw `sqlite3`: the same rows, already tuples, by `executemany`
   into the same tables and indexes. Goal: at least 0.45, validated and idempotent.
2. The same into PostgreSQL against a plain COPY of the same rows. Goal: at least 0.8.
3. `star_chat` read by its mapping against `json.loads` + the compiled expressions of that mapping. Goal: at least 0.6.
4. Memory while `--rows` records of CSV, NDJSON and JSON come in, each in a process of its own. Goal: below 300 MB.

Rates are per second of processor time and swing with the machine; limit and import run in turn in one process, and the
ratio is what counts.
"""

from __future__ import annotations

import argparse
import gzip
import json
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
from sqlalchemy import URL, create_engine
from sqlalchemy.orm import configure_mappers

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from bench import import_limits as limits  # noqa: E402 - the checkout is no package
from bench.postgres import POSTGRES, own_database, processor_clock  # noqa: E402
from config import load_settings  # noqa: E402
from qa_app.conversations.importers.mapping import MappingSpec, load_mapping  # noqa: E402
from qa_app.conversations.importers.stream import ReadOptions, open_records  # noqa: E402
from qa_app.conversations.importing import ImportRequest, import_conversations, new_run  # noqa: E402
from qa_app.db import Base, db  # noqa: E402
from qa_app.factory import create_app  # noqa: E402
from qa_app.jobs import NoProgress  # noqa: E402

OPENED = datetime(2026, 10, 1, tzinfo=UTC)
MAPPING = ROOT / "docs" / "mappings" / "star_chat.toml"
ROUNDS = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--conversations", type=int, default=20_000)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--postgres", default=POSTGRES, help="server on which a database may be made")
    parser.add_argument("--memory-of", help=argparse.SUPPRESS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        if options.memory_of:
            measure_memory(home, options.memory_of, options.rows)
            return
        compare_with_raw_sqlite(home, options.conversations)
        compare_with_plain_copy(home, options.conversations, options.postgres)
        compare_with_expressions(options.data / "star_chat" / "dialogues.jsonl.gz")
        for kind in ("csv", "ndjson", "json"):
            arguments = ["--memory-of", kind, "--rows", str(options.rows)]
            subprocess.run([sys.executable, __file__, *arguments], check=True)


def compare_with_raw_sqlite(home: Path, count: int) -> None:
    path = write_own(home, count)
    rounds = [race_on_sqlite(home / f"sqlite{number}", path, count) for number in range(ROUNDS)]
    ours, again, raw = (min(seconds) for seconds in zip(*rounds, strict=True))
    print(f"own NDJSON, {count} conversations of 12 messages and a survey, into SQLite, best of {ROUNDS}")
    print(f"  raw sqlite3.executemany   {count / raw:10,.0f} a second")
    print(f"  import                    {count / ours:10,.0f} a second   ratio {raw / ours:.2f} (goal 0.45)")
    print(f"  the same file again       {count / again:10,.0f} a second")


def race_on_sqlite(home: Path, path: Path, count: int) -> tuple[float, float, float]:
    """Import a file, once more, and insert its rows raw, each side into a database of its own."""
    home.mkdir()
    with make_app(home / "ours").app_context():
        ours = timed(lambda: bring_in(path))
        again = timed(lambda: bring_in(path))
    rows = limits.read_from_sqlite(home / "ours" / "assay.db")
    make_app(home / "raw")
    return ours, again, timed(lambda: limits.write_into_sqlite(home / "raw" / "assay.db", rows, count))


def compare_with_plain_copy(home: Path, count: int, server: str) -> None:
    path = write_own(home, count)
    rounds = []
    for number in range(ROUNDS):
        with own_database(server) as address, own_database(server) as empty:
            if address is None or empty is None:
                return
            rounds.append(race_on_postgres(home / f"copy{number}", path, count, (address, empty)))
    ours, plain = (min(seconds) for seconds in zip(*rounds, strict=True))
    print(f"the same into PostgreSQL, client and server together, best of {ROUNDS}")
    print(f"  plain COPY of the rows    {count / plain:10,.0f} a second")
    print(f"  import                    {count / ours:10,.0f} a second   ratio {plain / ours:.2f} (goal 0.8)")


def race_on_postgres(home: Path, path: Path, count: int, databases: tuple[URL, URL]) -> tuple[float, float]:
    """Import a file into the first database, and COPY its rows into the second."""
    with make_app(home, databases[0].render_as_string(hide_password=False)).app_context():
        ours = timed(lambda: bring_in(path), processor_clock(db.engine))
        rows = limits.read_from_postgres(db.session())
        db.session.remove()
        db.engine.dispose()
    engine = create_engine(databases[1], pool_size=1)
    Base.metadata.create_all(engine)
    plain = timed(lambda: limits.write_into_postgres(engine, rows, count), processor_clock(engine))
    engine.dispose()
    return ours, plain


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


def write_own(home: Path, count: int) -> Path:
    path = home / "own.ndjson"
    path.write_text("".join(json.dumps(own_record(number)) + "\n" for number in range(count)), encoding="utf-8")
    return path


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


def make_app(home: Path, database_url: str = "") -> Any:
    home.mkdir()
    app = create_app(load_settings(assay_mode="test", assay_home=home, database_url=database_url, _env_file=None))
    configure_mappers()  # part of a start, not of an import
    with app.app_context():
        Base.metadata.create_all(db.engine)
    return app


def timed(work: Callable[[], object], clock: Callable[[], float] = time.process_time) -> float:
    """Return the seconds of processor time: what the neighbours on the machine do does not count."""
    start = clock()
    work()
    return clock() - start


def peak_megabytes() -> float:
    # Not getrusage: its peak is inherited from the process that started this one.
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


if __name__ == "__main__":
    main()
