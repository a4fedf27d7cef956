"""The commands: one file a noun, the work done by services. `./run flask --help` lists them."""

from __future__ import annotations

from flask import Flask

from qa_app.cli.assets import assets
from qa_app.cli.audit import audit
from qa_app.cli.demo import demo
from qa_app.cli.doctor import doctor
from qa_app.cli.draw import draw
from qa_app.cli.import_inspections import inspections
from qa_app.cli.import_people import people
from qa_app.cli.import_test_results import test_results
from qa_app.cli.imports import imports
from qa_app.cli.metrics import metrics
from qa_app.cli.month import month
from qa_app.cli.notices import notices
from qa_app.cli.recordings import recordings
from qa_app.cli.retention import retention
from qa_app.cli.rubric import rubric
from qa_app.cli.screening import screening
from qa_app.cli.simulate import simulate
from qa_app.cli.user import user
from qa_app.cli.worker import worker

__all__ = ["register_commands"]

COMMANDS = (
    assets,
    audit,
    demo,
    doctor,
    draw,
    imports,
    metrics,
    month,
    notices,
    recordings,
    retention,
    rubric,
    screening,
    simulate,
    user,
    worker,
)


imports.add_command(people)
imports.add_command(test_results)
imports.add_command(inspections)


def register_commands(app: Flask) -> None:
    """Add every command to `flask`."""
    for command in COMMANDS:
        app.cli.add_command(command)
