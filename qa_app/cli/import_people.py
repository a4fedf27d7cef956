"""`flask import people`: agents, teams and users from a table.

Exit status: 0 everybody is in, 3 some rows were left out, 1 nobody came in.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click
from flask.cli import with_appcontext
from flask_babel import force_locale

from qa_app.conversations.import_texts import describe_file_error, reason_of
from qa_app.conversations.importers.problems import ImportFileError
from qa_app.conversations.people_lists import BrokenRow, NoPeopleColumn, read_people
from qa_app.db import unit_of_work
from qa_app.people import import_words as words
from qa_app.people.importing import PeopleReport, import_people

__all__ = ["people"]

SOME_REFUSED, NONE_IN = 3, 1


@click.command("people")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
def people(file: Path) -> None:
    """Import agents, teams and users from FILE: CSV, TSV or XLSX, a row a person.

    Headings, English or Chinese: employee number, name, team, email, roles, supervises, hired on, active from,
    active to, skills, language, known as, password. The same file again changes nothing. A user without a password
    gets one in the browser or by `flask user password`; a password of the list is changed at the first sign-in.
    """
    with force_locale("en"):
        report = _import(file)
        _print_report(report)
    if report.refused:
        sys.exit(SOME_REFUSED if report.counts else NONE_IN)


def _import(file: Path) -> PeopleReport:
    try:
        with unit_of_work() as session:
            return import_people(session, None, read_people(file).rows)
    except ImportFileError as error:
        raise click.ClickException(describe_file_error(error)) from error
    except NoPeopleColumn as error:
        raise click.ClickException(
            "No column names people: one must be headed 'employee number' (工号) or 'email' (邮箱)."
        ) from error
    except BrokenRow as broken:
        reason = reason_of(broken.error.code, broken.error.value, broken.error.expected)
        raise click.ClickException(f"Line {broken.line}: {reason}") from broken


def _print_report(report: PeopleReport) -> None:
    for deed, count in sorted(report.counts.items()):
        click.echo(f"{deed}: {count}")
    for refusal in report.refused:
        seen = f" “{refusal.value}”" if refusal.value else ""
        reason, remedy = words.reason_of(refusal), words.remedy_of(refusal)
        click.echo(f"Line {refusal.line}, {refusal.field}{seen}: {reason}. {remedy}.", err=True)
    if report.refused:
        click.echo(f"rows left out: {len(report.refused)}", err=True)
