"""`flask worker`: serves the queue."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from qa_app.jobs.queue import queue
from qa_app.jobs.runner import recover_jobs

__all__ = ["worker"]


@click.command()
@with_appcontext
def worker() -> None:
    """Run jobs until stopped; what a killed worker left is taken up first."""
    left = recover_jobs()
    if left:
        click.echo(f"Taking up {left} job(s) that were interrupted.")
    queue().work()
