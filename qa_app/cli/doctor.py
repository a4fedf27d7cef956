"""`flask doctor`: prints what the checks see, each failure with the line that mends it.

`./run doctor` calls `examine_from_outside`, which also answers when the application does not start.
"""

from __future__ import annotations

import importlib
import sys

import click
from flask import Flask
from flask.cli import with_appcontext

from qa_app.doctor.checks import Finding, check_installation, check_machine

__all__ = ["doctor", "examine_from_outside"]


@click.command("doctor")
@with_appcontext
def doctor() -> None:
    """Check this installation; each failure comes with the line that mends it."""
    sys.exit(_report(check_installation()))


def examine_from_outside() -> int:
    """Check what can be checked, whether or not the application starts; return the exit status."""
    try:
        app: Flask = importlib.import_module("wsgi").app
    except Exception as error:  # whatever keeps the application from starting is the finding
        remedy = "mend what the message names (docs/settings.md)"
        failure = Finding("Application", "%(error)s", remedy, {"error": str(error)})
        return _report([*check_machine(), failure])
    with app.app_context():
        return _report(check_installation())


def _report(findings: list[Finding]) -> int:
    for finding in findings:
        click.echo(f"{'✓' if finding.is_well else '▼'} {finding.subject}: {finding.seen_in_english}")
        if not finding.is_well:
            click.echo(f"  to mend it: {finding.remedy}")
    ill = sum(not finding.is_well for finding in findings)
    click.echo(f"{len(findings) - ill} of {len(findings)} checks are well.")
    return 1 if ill else 0
