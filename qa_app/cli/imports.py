"""`flask import`: conversations, people and past inspections from files.

Exit status: 0 everything is in, 3 some records were rejected, 1 none came in.
"""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import click
from flask.cli import AppGroup
from flask_babel import force_locale
from sqlalchemy.orm import Session

from qa_app.conversations.import_errors import ErrorsFile
from qa_app.conversations.import_texts import (
    describe_elsewhere,
    describe_file_error,
    describe_file_problem,
    describe_problem,
    reason_of,
)
from qa_app.conversations.importers.detection import expand_paths
from qa_app.conversations.importers.mapping import load_mapping
from qa_app.conversations.importers.presets import PRESETS
from qa_app.conversations.importers.problems import ImportFileError, Problem
from qa_app.conversations.importers.stream import ReadOptions, RecordSource
from qa_app.conversations.importing import (
    ImportReport,
    ImportRequest,
    import_conversations,
    new_run,
    reading_options,
)
from qa_app.db import unit_of_work
from qa_app.jobs import follow_up
from qa_app.models import Organisation

__all__ = ["imports"]

SHOWN_PROBLEMS = 20
SOME_REJECTED, NONE_IN = 3, 1

imports = AppGroup("import", help="Bring in conversations, people and past inspections.")
_FILES = click.Path(exists=True, path_type=Path)


@imports.command("conversations")
@click.argument("files", nargs=-1, required=True, type=_FILES)
@click.option("--mapping", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A TOML mapping.")
@click.option("--preset", type=click.Choice(PRESETS), help="A mapping that comes with the product.")
@click.option("--timezone", help="Zone of times that have none, such as Asia/Shanghai.")
@click.option("--source", help="Name of the source, instead of the mapping's or the file's.")
@click.option("--dry-run", is_flag=True, help="Read, check and count; write nothing.")
@click.option("--all-or-nothing", is_flag=True, help="Write nothing if anything is rejected.")
@click.option("--errors", type=click.Path(dir_okay=False, path_type=Path), help="File for the rejected records.")
def conversations(
    files: tuple[Path, ...],
    mapping: Path | None,
    preset: str | None,
    timezone: str | None,
    source: str | None,
    *,
    dry_run: bool,
    all_or_nothing: bool,
    errors: Path | None,
) -> None:
    """Import conversations from FILES: CSV, TSV, XLSX, JSON, NDJSON or vCon, packed or not, or a directory of JSON.

    Our own NDJSON needs no mapping; headings of tables are matched in English and Chinese. The same file again
    changes nothing, a corrected file updates.
    """
    if mapping is not None and preset is not None:
        raise click.UsageError("Give --mapping or --preset, not both.")
    with unit_of_work() as session, _speaking_for(session), _silent_decoder():
        try:
            options = reading_options(
                mapping=load_mapping(mapping) if mapping is not None else None,
                preset=preset,
                timezone=timezone,
                organisation_zone=_organisation_zone(session),
                source=source,
            )
            report = _import(session, files, options, dry_run, all_or_nothing, _Failures(errors))
        except ImportFileError as error:
            raise click.ClickException(describe_file_error(error)) from error
        _print_report(report, is_dry_run=dry_run)
        if (report.created or report.updated) and not dry_run and not report.is_taken_back:
            # As after an import on the page: learned scores, rules and the index look for what is new.
            follow_up(session, "conversations.import")
    sys.exit(_exit_status(report))


def _speaking_for(session: Session) -> AbstractContextManager[None]:
    """Give reasons in the organisation's language: a command has no reader of its own."""
    organisation = session.get(Organisation, 1)
    language: AbstractContextManager[None] = force_locale(organisation.language if organisation is not None else "en")
    return language


@contextmanager
def _silent_decoder() -> Iterator[None]:
    """Keep the MP3 decoder, which writes past Python to file 2, from burying our own messages."""
    if sys.stderr is not sys.__stderr__ or sys.__stderr__ is None:
        yield
        return
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    shown = sys.stderr
    with os.fdopen(kept, "w", buffering=1, encoding="utf-8") as ours:
        os.dup2(nowhere, 2)
        sys.stderr = ours
        try:
            yield
        finally:
            sys.stderr = shown
            os.dup2(kept, 2)
            os.close(nowhere)


class _Failures:
    """Shows the first rejected records and writes all of them to the errors file."""

    def __init__(self, path: Path | None) -> None:
        self._file = ErrorsFile(path, describe_problem) if path is not None else None
        self._shown = 0

    def add(self, source: RecordSource, raw: object, problem: Problem) -> None:
        """Take one rejected record."""
        if self._file is not None:
            self._file.add(source, raw, problem)
        self._shown += 1
        if self._shown <= SHOWN_PROBLEMS:
            click.echo(describe_problem(problem), err=True)
        elif self._shown == SHOWN_PROBLEMS + 1:
            click.echo("… more were rejected; --errors FILE writes all of them.", err=True)

    def close(self) -> None:
        """Finish the errors file."""
        if self._file is not None:
            self._file.close()


class _Counter:
    """Progress on a terminal: how many records have been read."""

    def step(self, done: int, total: int | None = None, *, failed: int = 0, message: str = "") -> None:  # noqa: ARG002
        """Show the count."""
        if sys.stderr.isatty():
            click.echo(f"\r{done:,} records, {failed:,} rejected", nl=False, err=True)


def _import(
    session: Session,
    files: tuple[Path, ...],
    options: ReadOptions,
    dry_run: bool,
    all_or_nothing: bool,
    failures: _Failures,
) -> ImportReport:
    paths = tuple(expand_paths(files))
    run = new_run(session, None, files, _noted(options), is_dry_run=dry_run)
    session.commit()
    request = ImportRequest(paths, options, all_or_nothing=all_or_nothing, on_refused=failures.add)
    try:
        return import_conversations(session, None, run, request, checkpoint=session.commit, progress=_Counter())
    finally:
        failures.close()
        if sys.stderr.isatty():
            click.echo(err=True)


def _noted(options: ReadOptions) -> dict[str, object]:
    name = options.mapping.name if options.mapping is not None else None
    return {"mapping": name, "timezone": options.zone.key, "source": options.source}


def _organisation_zone(session: Session) -> str:
    organisation = session.get(Organisation, 1)
    return organisation.time_zone if organisation is not None else "UTC"


def _print_report(report: ImportReport, *, is_dry_run: bool) -> None:
    """Print the counts: what went in, what changed, what was rejected and why."""
    say: Callable[[str], None] = click.echo
    if is_dry_run:
        say("Dry run: nothing was written.")
    if report.is_taken_back:
        say("All or nothing: something was rejected, so nothing was written.")
    if report.taken and not report.created and not report.updated and not report.rejected:
        say(f"Nothing changed: all {report.unchanged:,} records were already here.")
    for name in report.sources:
        say(f"source: {name}")
    for name in ("created", "updated", "unchanged", "rejected", "undated", "agents_created"):
        say(f"{name.replace('_', ' ')}: {getattr(report, name)}")
    for field, count in report.changed.most_common():
        say(f"  changed {field}: {count}")
    for code, count in report.problems.most_common():
        say(f"  rejected as {code}: {count}")
    for code, count in report.notes.most_common():
        say(f"  noted {code}: {count} ({reason_of(code, '…')})")
    for name, count in report.elsewhere.most_common():
        click.echo(f"{describe_elsewhere(name, count)} (--source {shlex.quote(name)})", err=True)
    for problem in report.file_errors:
        click.echo(describe_file_problem(problem["code"], problem["params"]), err=True)


def _exit_status(report: ImportReport) -> int:
    if not report.rejected and not report.file_errors:
        return 0
    return SOME_REJECTED if report.taken else NONE_IN
