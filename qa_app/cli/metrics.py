"""`flask metrics`: the figures of a month as a table."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import click
from flask.cli import with_appcontext

from qa_app.conversations.metrics import Grouping, MonthOf, metrics_table, write_csv, write_json
from qa_app.db import db

__all__ = ["metrics"]

_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


class Month(click.ParamType[str]):
    """A month such as 2026-10."""

    name = "YYYY-MM"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the month, or say what a month looks like."""
        if not _MONTH.fullmatch(value):
            self.fail(f"{value!r} is not a month. Expected like 2026-10.", param, ctx)
        return value


@click.command()
@click.argument("month", type=Month())
@click.option(
    "--by", type=click.Choice(list(Grouping)), default=Grouping.agent, show_default=True, help="What a line stands for."
)
@click.option(
    "--month-of",
    type=click.Choice(list(MonthOf)),
    default=MonthOf.opened,
    show_default=True,
    help="Whether a conversation belongs to the month it was opened or resolved in.",
)
@click.option("--format", "form", type=click.Choice(["csv", "json"]), default="csv", show_default=True)
@click.option(
    "--out", type=click.Path(dir_okay=False, writable=True, path_type=Path), help="File to write instead of the screen."
)
@with_appcontext
def metrics(month: str, by: Grouping, month_of: MonthOf, form: str, out: Path | None) -> None:
    """Print the metrics of MONTH (YYYY-MM), cut in the organisation's time zone.

    Figures are unrounded, empty where they are undefined. What belongs to no month is counted on standard error.
    """
    table = metrics_table(db.session(), month, by, month_of)
    text = write_csv(table) if form == "csv" else write_json(table)
    if out is None:
        sys.stdout.write(text)
    else:
        out.write_text(text, encoding="utf-8")
    conversations = sum(int(record["conversations"] or 0) for record in table.records())
    click.echo(
        f"{conversations} conversations {month_of} in {month} ({table.zone.key}); "
        f"{table.undated} without a known time belong to no month",
        err=True,
    )
