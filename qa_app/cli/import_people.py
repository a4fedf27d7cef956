"""`flask import people`: agents, teams and users from a table.

Exit status: 0 everybody is in, 3 some rows were left out, 1 nobody came in.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import click
from flask.cli import with_appcontext

from qa_app.conversations.import_texts import describe_file_error, reason_of
from qa_app.conversations.importers.detection import read_table
from qa_app.conversations.importers.problems import ImportFileError
from qa_app.conversations.importers.tables import number_repeats
from qa_app.db import unit_of_work
from qa_app.people.importing import PeopleReport, PersonRow, import_people, match_headings

__all__ = ["people"]

SOME_REFUSED, NONE_IN = 3, 1


@click.command("people")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
def people(file: Path) -> None:
    """Import agents, teams and users from FILE: CSV, TSV or XLSX, a row a person.

    Headings, English or Chinese: employee number, name, team, email, roles, supervises, hired on, active from,
    active to, skills, language, password. The same file again changes nothing. A user without a password gets one
    in the browser or by `flask user password`.
    """
    try:
        with unit_of_work() as session:
            report = import_people(session, None, _read_people(file))
    except ImportFileError as error:
        raise click.ClickException(describe_file_error(error)) from error
    _print_report(report)
    if report.refused:
        sys.exit(SOME_REFUSED if report.counts else NONE_IN)


def _read_people(file: Path) -> Iterator[PersonRow]:
    rows = read_table(file)
    headings = next(rows, None)
    columns = match_headings(number_repeats(headings.cells)) if headings else {}
    if not {"employee_number", "email"} & set(columns.values()):
        raise click.ClickException(
            "No column names people: one must be headed 'employee number' (工号) or 'email' (邮箱)."
        )
    for row in rows:
        if row.error is not None:
            raise click.ClickException(
                f"Line {row.line}: {reason_of(row.error.code, row.error.value, row.error.expected)}"
            )
        yield PersonRow(row.line, {name: _as_text(row.cells[index]) for index, name in columns.items()})


def _as_text(cell: object) -> str:
    """Write a cell as its reader sees it: a workbook keeps numbers as 1001.0 and days as moments."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, (datetime, date)):
        return cell.isoformat()[:10]
    return "" if cell is None else str(cell).strip()


def _print_report(report: PeopleReport) -> None:
    for deed, count in sorted(report.counts.items()):
        click.echo(f"{deed}: {count}")
    for refusal in report.refused:
        seen = f" “{refusal.value}”" if refusal.value else ""
        click.echo(f"Line {refusal.line}, {refusal.field}{seen}: {refusal.reason}. {refusal.remedy}.", err=True)
    if report.refused:
        click.echo(f"rows left out: {len(report.refused)}", err=True)
