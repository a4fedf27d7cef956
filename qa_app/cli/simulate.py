"""`flask simulate`: what the numbers of a centre are worth, without a server."""

from __future__ import annotations

import json
import sys
from typing import Any

import click
from flask.cli import with_appcontext

from qa_app.db import db
from qa_app.simulation.queries import read_own_centre, read_standard
from qa_app.simulation.service import MONTHS, run_simulation
from scoring.errors import InputError

__all__ = ["simulate"]

_HEAD = ("inspected", "month ±", "standing ±", "coverage", "standing", "lowest found", "plain mean", "named", "right")


@click.command("simulate")
@click.option("--agents", type=click.IntRange(2), help="Instead of the own centre's; likewise the others.")
@click.option("--inspectors", type=click.IntRange(1))
@click.option("--samples", type=click.IntRange(1), help="Inspected per agent and month.")
@click.option("--frame", type=click.IntRange(1), help="Conversations per agent and month.")
@click.option("--double-share", type=click.FloatRange(0, 1), help="Share scored twice.")
@click.option("--agent-sd", type=float, help="Points between agents.")
@click.option("--within-sd", type=float, help="Points between scores of one agent.")
@click.option("--severity-sd", type=float, help="Points between inspectors.")
@click.option("--auto-correlation", type=float, help="Of learned scores with people's, within agents; 0 = none.")
@click.option("--standard", type=click.FloatRange(20, 99), help="QA score; without it the policy's.")
@click.option("--months", type=click.IntRange(1), default=MONTHS, show_default=True, help="Months judged.")
@click.option("--format", "style", type=click.Choice(["table", "json"]), default="table", show_default=True)
@with_appcontext
def simulate(standard: float | None, months: int, style: str, **numbers: Any) -> None:
    """Simulate the own centre, or another, and print how far its figures can be trusted.

    Spreads and counts come from the newest computed month; options replace them.
    """
    typed = {name: value for name, value in numbers.items() if value is not None}
    session = db.session()
    score = read_standard(session) if standard is None else standard
    try:
        report = run_simulation(read_own_centre(session).numbers | typed, standard=score, months=months, step=_tell)
    except InputError as error:
        raise click.UsageError(str(error)) from error
    if style == "json":
        click.echo(json.dumps(report, ensure_ascii=False, indent=2))
        return
    click.echo("  ".join(_HEAD))
    for step in report["steps"]:
        click.echo("  ".join(f"{cell:>{len(title)}}" for cell, title in zip(_cells(step), _HEAD, strict=True)))
    for career in report["careers"]:
        at = "at the standard" if not career["margin"] else f"{-career['margin']:.0f} points below it"
        after = career["months_to_name"]
        found = "never for half of them" if after is None else f"after {after:.0f} months in the middle case"
        click.echo(
            f"{at}: three months running names {career['months_rule']:.0%} within a year; "
            f"the evidence names {career['named']:.1%} in {career['months']} months, {found}"
        )


def _cells(step: dict[str, Any]) -> tuple[str, ...]:
    right = step["lowest"]["right"]
    return (
        str(step["samples"]),
        f"{step['direct']['width'] / 2:.1f}",
        f"{step['fair']['width'] / 2:.1f}",
        f"{step['direct']['coverage']:.1%}",
        f"{step['fair']['coverage']:.1%}",
        f"{step['fair']['hit_rate']:.0%}",
        f"{step['naive']['hit_rate']:.0%}",
        f"{step['lowest']['per_month']:.1f}",
        "–" if right is None else f"{right:.0%}",
    )


def _tell(done: int, total: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{done} of {total}", err=True, nl=done == total)
