"""`flask worker`: serves the queue."""

from __future__ import annotations

import threading
from pathlib import Path

import click
import structlog
from flask import current_app
from flask.cli import with_appcontext

from qa_app.jobs.queue import queue
from qa_app.jobs.runner import recover_jobs
from qa_app.reporting.files import fonts_folder
from reports.errors import RendererMissing

__all__ = ["worker"]

log = structlog.get_logger(__name__)


@click.command()
@with_appcontext
def worker() -> None:
    """Run jobs until stopped; what a killed worker left is taken up first."""
    left = recover_jobs()
    if left:
        click.echo(f"Taking up {left} job(s) that were interrupted.")
    if not current_app.testing:
        threading.Thread(target=_cut_fonts, args=(fonts_folder(),), daemon=True).start()
    queue().work()


def _cut_fonts(folder: Path) -> None:
    """Cut the fonts of documents once, beside the work, so that the first PDF need not wait a minute for them."""
    # Slow to load, and no other command needs it.
    from reports.common.fonts import prepare_fonts

    try:
        prepare_fonts(folder)
    except RendererMissing as error:
        log.warning("fonts_missing", advice=str(error))
