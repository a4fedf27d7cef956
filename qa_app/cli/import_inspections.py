"""`flask import inspections`: past scorings from a table.

Exit status: 0 every row is in, 3 some rows were rejected, 1 none came in.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import click
from flask.cli import with_appcontext

from qa_app.conversations.import_texts import describe_file_error
from qa_app.conversations.importers.detection import read_table
from qa_app.conversations.importers.moments import read_moment
from qa_app.conversations.importers.problems import FieldError, ImportFileError
from qa_app.conversations.importers.tables import Row, number_repeats
from qa_app.db import unit_of_work
from qa_app.inspections.importing import InspectionReport, InspectionRow, import_inspections
from qa_app.models import Organisation

__all__ = ["inspections"]

SOME_REFUSED, NONE_IN = 3, 1
HEADINGS: Final[dict[str, tuple[str, ...]]] = {
    "source": ("source", "来源"),
    "conversation": ("conversation", "conversation id", "会话", "会话编号"),
    "inspector": ("inspector", "质检员"),
    "rubric": ("rubric", "评分表"),
    "scored_at": ("scored at", "date", "评分时间", "质检时间"),
    "sampling": ("sampling", "抽样", "抽检方式"),
    "remark": ("remark", "remarks", "备注", "评语"),
    "minutes": ("minutes", "用时（分钟）", "用时"),
}
NEEDED = ("conversation", "inspector", "scored_at")
REASONS: Final[dict[str, str]] = {
    "unknown_conversation": "no such conversation; import it first, or correct the id",
    "ambiguous_conversation": "several sources have this id; add a column 'source'",
    "unknown_inspector": "nobody signs in by this e-mail or name; see flask user create",
    "no_rubric": "no rubric is in force for this channel; publish one, or add a column 'rubric'",
    "unknown_rubric": "no published rubric has this name",
    "no_answers": "no column is headed by a criterion of the rubric, or all are empty",
    "unknown_answer": "not an answer of this criterion; write a level, yes or no, or N/A",
    "evidence_not_found": "these words do not stand in the conversation; quote them as masked, or give the message",
    "incomplete": "the inspection cannot be submitted: an answer or its evidence is missing",
    "already_inspected": "this inspector has scored this conversation with another answer; correct it on its page",
    "not_a_date": "not a time; write it like 2026-05-01 14:30",
}


@click.command("inspections")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
def inspections(file: Path) -> None:
    """Import past scorings from FILE: CSV, TSV or XLSX, a row a scoring.

    Headings, English or Chinese: conversation, source, inspector, rubric, scored at, sampling, remark, minutes; every
    other column is headed by a criterion (code or title), "<criterion> evidence" or "<criterion> reason". A row that
    fits an open assignment is submitted there. The same file again changes nothing.
    """
    try:
        with unit_of_work() as session:
            organisation = session.get(Organisation, 1)
            zone = ZoneInfo(organisation.time_zone if organisation else "UTC")
            malformed: list[tuple[int, str]] = []
            report = import_inspections(session, None, _read(file, zone, malformed))
    except ImportFileError as error:
        raise click.ClickException(describe_file_error(error)) from error
    _print(report, malformed)


def _read(file: Path, zone: ZoneInfo, malformed: list[tuple[int, str]]) -> Iterator[InspectionRow]:
    rows = read_table(file)
    headings = number_repeats(next(rows, Row(1, [])).cells)
    ours = _match(headings)
    missing = [name for name in NEEDED if name not in ours]
    if missing:
        raise click.ClickException(f"No column is headed {', '.join(HEADINGS[name][0] for name in missing)}.")
    for row in rows:
        texts = ["" if cell is None else str(cell).strip() for cell in row.cells]
        texts += [""] * (len(headings) - len(texts))
        try:
            scored_at = read_moment(row.cells[ours["scored_at"]], zone, (), [])
            minutes = float(texts[ours["minutes"]] or 0) if "minutes" in ours else 0.0
        except (FieldError, ValueError):
            malformed.append((row.line, f"scored at {texts[ours['scored_at']]!r}: {REASONS['not_a_date']}"))
            continue
        plain = {name: texts[ours[name]] for name in ("source", "rubric", "sampling", "remark") if name in ours}
        yield InspectionRow(
            line=row.line,
            conversation=texts[ours["conversation"]],
            inspector=texts[ours["inspector"]],
            scored_at=scored_at,
            minutes=minutes,
            answers={name: texts[index] for index, name in enumerate(headings) if index not in ours.values()},
            **plain,
        )


def _match(headings: Sequence[str]) -> dict[str, int]:
    plain = [heading.strip().lower().replace("_", " ") for heading in headings]
    return {
        name: plain.index(next(word for word in words if word in plain))
        for name, words in HEADINGS.items()
        if any(word in plain for word in words)
    }


def _print(report: InspectionReport, malformed: list[tuple[int, str]]) -> None:
    counts, rejected = report.counts, report.counts["rejected"] + len(malformed)
    click.echo(f"{counts['created']} created, {counts['unchanged']} unchanged, {rejected} rejected.")
    for line, text in malformed:
        click.echo(f"Line {line}: {text}.", err=True)
    for line, refused in report.refused:
        click.echo(f"Line {line}, {refused.field} {refused.value!r}: {REASONS[refused.reason]}.", err=True)
    if rejected:
        sys.exit(SOME_REFUSED if counts["created"] or counts["unchanged"] else NONE_IN)
