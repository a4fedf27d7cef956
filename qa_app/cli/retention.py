"""`flask retention`: what will be deleted when, and deleting what is due."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from qa_app.db import db, unit_of_work
from qa_app.jobs import NoProgress
from qa_app.retention.preview import AHEAD_DAYS, make_preview
from qa_app.retention.running import erase_due

__all__ = ["retention"]

retention = AppGroup("retention", help="Retention: content goes when its time is over, scores stay.")


@retention.command("preview")
def preview() -> None:
    """Print what the rules will delete when; changes nothing."""
    with unit_of_work() as session:
        made = make_preview(session)
        heads = (
            "source",
            "days",
            "kept",
            "deleted",
            "due now",
            "held",
            "waiting",
            *(f"in {days} d" for days in AHEAD_DAYS),
        )
        click.echo("\t".join(heads))
        for line in made.lines:
            days = str(line.rule.keep_days) if line.rule is not None else "-"
            figures = (line.kept, line.erased, line.due, line.held, line.waiting, *line.soon)
            click.echo("\t".join((line.source, days, *map(str, figures))))
        click.echo(f"{made.due} conversations are due.")


@retention.command("run")
def run() -> None:
    """Delete the content of what is due; run again, it finds nothing."""
    session = db.session()
    outcome = erase_due(session, None, checkpoint=session.commit, progress=NoProgress())
    click.echo(f"{outcome.conversations} conversations, {outcome.recordings} recordings, {outcome.files} files gone.")
    for source, count in sorted(outcome.by_source.items()):
        click.echo(f"{source}\t{count}")
