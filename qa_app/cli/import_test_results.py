"""`flask import test-results`: results of written and practical tests from a table.

Exit status: 0 everything is in, 3 some rows were left out, 1 nothing came in.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click
from flask.cli import with_appcontext
from flask_babel import force_locale

from qa_app.coaching.results import ResultsReport, import_results
from qa_app.coaching.results_reading import NoResultColumns, read_rows
from qa_app.coaching.results_words import reason_of
from qa_app.conversations.import_texts import describe_file_error
from qa_app.conversations.importers.problems import ImportFileError
from qa_app.db import unit_of_work

__all__ = ["test_results"]

SOME_REFUSED, NONE_IN = 3, 1


@click.command("test-results")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
def test_results(file: Path) -> None:
    """Import results of tests from FILE: CSV, TSV or XLSX.

    Headings, English or Chinese: employee number, quarter (2026-Q3), kind (written or practical), points, out of, test,
    taken on; or a column for each kind, written and practical. The same file again changes nothing.
    """
    with force_locale("en"):
        report = _import(file)
        for outcome, count in sorted(report.counts.items()):
            click.echo(f"{outcome}: {count}")
        for refusal in report.refused:
            click.echo(f"Line {refusal.line}, {refusal.field}: {reason_of(refusal)}", err=True)
    if report.refused:
        click.echo(f"rows left out: {len(report.refused)}", err=True)
        sys.exit(SOME_REFUSED if report.counts else NONE_IN)


def _import(file: Path) -> ResultsReport:
    try:
        with unit_of_work() as session:
            return import_results(session, None, read_rows(file), file=file.name)
    except ImportFileError as error:
        raise click.ClickException(describe_file_error(error)) from error
    except NoResultColumns as error:
        raise click.ClickException(
            "The headings must name 'employee number' (工号), 'quarter' (季度), and 'points' (得分) with 'kind' "
            "(类型), or 'written' (笔试) and 'practical' (实操)."
        ) from error
