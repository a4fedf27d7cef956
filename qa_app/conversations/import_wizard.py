"""The import in the browser, step by step: a file is kept, its columns are matched, a check counts, the import writes.

What was chosen stands in the options of the `ImportRun`; check and import are jobs: they can be left and found again.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import IO, Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from qa_app import audit
from qa_app.clock import now
from qa_app.conversations.import_errors import ErrorsFile
from qa_app.conversations.import_texts import describe_problem
from qa_app.conversations.importers.detection import detect
from qa_app.conversations.importers.headings import HeadingGuess, guess_headings, mapping_of_columns, source_name
from qa_app.conversations.importers.mapping import MappingSpec, parse_mapping
from qa_app.conversations.importers.problems import SOURCE_MARK, ImportFileError, find_marks
from qa_app.conversations.importers.stream import ReadOptions, Refused, Taken, open_records
from qa_app.conversations.importing import ImportRequest, import_conversations, reading_options
from qa_app.conversations.removals import request_recordings
from qa_app.home_folder import home_folder
from qa_app.jobs import Progress, job, start_job
from qa_app.models import (
    Conversation,
    Draw,
    ImportRejection,
    ImportRun,
    Inspection,
    JobRun,
    Organisation,
    PeriodRevision,
    Sample,
    User,
)

__all__ = [
    "TABLES",
    "ChosenReading",
    "FileView",
    "NotUndoable",
    "choose_reading",
    "errors_path",
    "keep_upload",
    "preview",
    "start_check",
    "start_import",
    "stored_file",
    "undo_import",
    "undo_obstacle",
    "view_file",
]

TABLES = {"csv", "tsv", "xlsx"}
SAMPLE_VALUES = 3
PREVIEW_RECORDS = 10
REMEMBERED_RUNS = 50


class NotUndoable(Exception):
    """Something was built on the import; `obstacle` is a code for what."""

    def __init__(self, obstacle: str) -> None:
        self.obstacle = obstacle
        super().__init__(obstacle)


@dataclass(frozen=True, slots=True)
class ChosenReading:
    """How a person wants a file to be read; one of preset, mapping and columns, or none of them."""

    preset: str = ""
    mapping_text: str = ""
    columns: dict[str, str] | None = None
    channel: str = "other"
    timezone: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class FileView:
    """What a kept file looks like: format, and for a table its headings with guesses and samples."""

    format: str
    encoding: str
    guesses: list[HeadingGuess]
    samples: list[list[object]]
    source: str = ""
    """What the source is called unless the reader says otherwise; empty where the records say it."""

    @property
    def says_source(self) -> bool:
        """Whether it is a file of refused records, whose rows say their source themselves."""
        return SOURCE_MARK in self.headings

    @property
    def headings(self) -> list[str]:
        """The headings of a table."""
        return [guess.heading for guess in self.guesses]


def keep_upload(session: Session, actor: User, name: str, content: IO[bytes]) -> ImportRun:
    """Keep an uploaded (or pasted) file and open a run for it.

    Raises
    ------
    ImportFileError
        If it is nothing that can be imported; nothing is kept then.
    """
    name = _plain_name(name)
    run = ImportRun(kind="conversations", files=[{"name": name}], actor_id=actor.id, started_at=now(), options={})
    session.add(run)
    session.flush()
    path = home_folder().folder("uploads") / f"{run.id}" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as kept:
        shutil.copyfileobj(content, kept)
    try:
        detected = detect(path)
    except ImportFileError:
        shutil.rmtree(path.parent)
        raise
    run.stored_path = f"{run.id}/{name}"
    run.files = [{"name": name, "size": path.stat().st_size, "format": detected.format}]
    audit.record(session, actor, action="conversations.upload", thing=run, name=name)
    return run


def stored_file(run: ImportRun) -> Path:
    """Return where the file of a run lies."""
    return home_folder().folder("uploads") / (run.stored_path or "")


def errors_path(run: ImportRun) -> Path:
    """Return where the refused records of a run lie: a file in the format of what was uploaded."""
    kind = run.files[0].get("format", "csv")
    suffix = {"vcon": "json"}.get(kind, kind)
    return home_folder().folder("exports") / f"import-{run.id}-errors.{suffix}"


def view_file(session: Session, run: ImportRun) -> FileView:
    """Look into the file: headings, samples, and what each heading seems to be.

    A file with the same headings as one that was imported before is matched as that one was, and named as the last of
    them that had a name: mended errors have none, as their rows say it.
    """
    source = open_records(stored_file(run), _reading(session, run, ChosenReading()))
    if source.detected.format not in TABLES:
        return FileView(source.detected.format, source.detected.encoding, [], [])
    samples = [row.cells for row in islice(source.rows(), SAMPLE_VALUES) if row.error is None]
    guesses = guess_headings(source.headings, samples[0] if samples else ())
    name = source_name(source.path.name)
    remembered = _remembered(session, _own_headings(source.headings))
    if remembered:
        by_heading = {heading: field for field, heading in remembered[0]["columns"].items()}
        guesses = [HeadingGuess(guess.heading, by_heading.get(guess.heading), True) for guess in guesses]
        name = next((options["source"] for options in remembered if options.get("source")), name)
    view = FileView(source.detected.format, source.detected.encoding, guesses, samples, name)
    return replace(view, source="") if view.says_source else view


def preview(session: Session, run: ImportRun, chosen: ChosenReading) -> list[Taken | Refused]:
    """Read the first ten records as they would go in.

    Raises
    ------
    ImportFileError
        If the file cannot be read in this way.
    """
    source = open_records(stored_file(run), _reading(session, run, chosen))
    return list(islice(source.outcomes(), PREVIEW_RECORDS))


def choose_reading(session: Session, run: ImportRun, chosen: ChosenReading, headings: list[str]) -> None:
    """Keep how the file is to be read.

    Raises
    ------
    ImportFileError
        If a mapping is wrong or a zone unknown.
    """
    _reading(session, run, chosen)
    run.options = {
        "preset": chosen.preset,
        "mapping_text": chosen.mapping_text,
        "columns": chosen.columns,
        "channel": chosen.channel,
        "timezone": chosen.timezone,
        "source": chosen.source,
        "headings": _own_headings(headings),
    }
    run.state = "mapped"


def start_check(session: Session, actor: User, run: ImportRun, locale: str) -> JobRun:
    """Start the dry run: everything is read and counted, nothing written."""
    return _start(session, actor, run, "conversations.check", locale)


def start_import(session: Session, actor: User, run: ImportRun, *, all_or_nothing: bool, locale: str) -> JobRun:
    """Start writing: the good records, or nothing if anything is refused."""
    run.options = {**run.options, "all_or_nothing": all_or_nothing, "checked": run.counts}
    return _start(session, actor, run, "conversations.import", locale)


def undo_obstacle(session: Session, run: ImportRun) -> str | None:
    """Return why an import can no longer be taken back; `None` if it can."""
    if run.state != "done":
        return "not_done"
    if run.counts.get("updated"):
        return "updated"
    mine = select(Conversation.id).where(Conversation.import_id == run.id)
    if session.scalar(select(Sample.id).where(Sample.conversation_id.in_(mine)).limit(1)) is not None:
        return "sampled"
    if session.scalar(select(Inspection.id).where(Inspection.conversation_id.in_(mine)).limit(1)) is not None:
        return "inspected"
    if session.scalar(select(Draw.id).where(Draw.frozen_at >= run.started_at).limit(1)) is not None:
        return "frozen"
    if session.scalar(select(PeriodRevision.id).where(PeriodRevision.computed_at >= run.started_at).limit(1)):
        return "computed"
    return None


def undo_import(session: Session, actor: User, run: ImportRun) -> int:
    """Remove the conversations that an import made; return how many.

    Raises
    ------
    NotUndoable
        If something was built on them.
    """
    obstacle = undo_obstacle(session, run)
    if obstacle is not None:
        raise NotUndoable(obstacle)
    mine = Conversation.import_id == run.id
    count = session.scalar(select(func.count()).select_from(Conversation).where(mine)) or 0
    request_recordings(session, mine)
    session.execute(delete(Conversation).where(mine))
    run.state = "undone"
    audit.record(session, actor, action="conversations.undo_import", thing=run, removed=count)
    return count


@job("conversations.check")
def check(session: Session, run: JobRun, progress: Progress) -> dict[str, Any]:
    """Do the dry run of an import."""
    return _work(session, run, progress, is_dry_run=True)


@job("conversations.import")
def bring_in(session: Session, run: JobRun, progress: Progress) -> dict[str, Any]:
    """Write an import; started again after a stop, it goes on without duplicates."""
    return _work(session, run, progress, is_dry_run=False)


def _plain_name(name: str) -> str:
    """Return a file name without folders and odd characters; Chinese ones stay."""
    last = PurePosixPath(name.replace("\\", "/")).name
    return re.sub(r"[^\w.() -]", "_", last).lstrip(".")[-100:] or "upload"


def _start(session: Session, actor: User, run: ImportRun, kind: str, locale: str) -> JobRun:
    started = start_job(session, actor, kind, {"import_id": run.id, "locale": locale})
    run.state, run.job_id, run.error = "running", started.id, None
    return started


def _work(session: Session, job_run: JobRun, progress: Progress, *, is_dry_run: bool) -> dict[str, Any]:
    run = session.get_one(ImportRun, job_run.params["import_id"])
    actor = session.get(User, run.actor_id) if run.actor_id is not None else None
    run.is_dry_run, run.started_at, run.position = is_dry_run, now(), 0
    session.execute(delete(ImportRejection).where(ImportRejection.import_id == run.id))
    session.commit()
    errors = ErrorsFile(errors_path(run), describe_problem)
    request = ImportRequest(
        (stored_file(run),),
        _reading(session, run, _chosen(run)),
        all_or_nothing=bool(run.options.get("all_or_nothing")) and not is_dry_run,
        expected_records=_expected(run),
        on_refused=errors.add,
    )
    try:
        import_conversations(session, actor, run, request, checkpoint=session.commit, progress=progress)
    finally:
        errors.close()
    return {"url": f"/imports/{run.id}"}


def _chosen(run: ImportRun) -> ChosenReading:
    names = ChosenReading.__slots__
    return ChosenReading(**{name: run.options[name] for name in names if name in run.options})


def _expected(run: ImportRun) -> int | None:
    checked = run.options.get("checked") or {}
    return sum(checked.get(name, 0) for name in ("created", "updated", "unchanged", "rejected")) or None


def _reading(session: Session, run: ImportRun, chosen: ChosenReading) -> ReadOptions:
    organisation = session.get(Organisation, 1)
    return reading_options(
        mapping=_mapping(chosen, source_name(stored_file(run).name)),
        preset=chosen.preset or None,
        timezone=chosen.timezone or None,
        organisation_zone=organisation.time_zone if organisation is not None else "UTC",
        source=chosen.source or None,
    )


def _mapping(chosen: ChosenReading, name: str) -> MappingSpec | None:
    """Return the mapping that was chosen; `name` is that of the source where nothing else says one."""
    name = chosen.source or name
    if chosen.mapping_text.strip():
        return parse_mapping(chosen.mapping_text, default_name=name)
    if chosen.columns:
        return mapping_of_columns(name, chosen.columns, list(chosen.columns.values()), channel=chosen.channel)
    return None


def _own_headings(headings: list[str]) -> list[str]:
    """Return the headings without the marks of a file of refused records: it is read as the file it came from."""
    marks = find_marks(headings)
    return [heading for heading in headings if heading not in marks]


def _remembered(session: Session, headings: list[str]) -> list[dict[str, Any]]:
    """Return how the last finished imports of tables with these headings were read, the latest first."""
    runs = session.scalars(
        select(ImportRun).where(ImportRun.state == "done").order_by(ImportRun.id.desc()).limit(REMEMBERED_RUNS)
    )
    return [run.options for run in runs if run.options.get("headings") == headings and run.options.get("columns")]
