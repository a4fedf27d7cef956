"""`flask month`: the steps of a month without a browser. Who acts is the system; each step leaves its audit event."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from qa_app.assessment import service, sheets
from qa_app.assessment.errors import AssessmentRefused, NoSuchMonth
from qa_app.assessment.queries import MonthRow, list_months, tier_counts
from qa_app.assessment.same import Comparison
from qa_app.cli.metrics import Month
from qa_app.db import unit_of_work
from qa_app.models import AssessmentPeriod, PeriodRevision, PeriodState
from qa_app.people.organisation import organisation_of
from qa_app.reporting.files import write_month

__all__ = ["month"]

month = AppGroup("month", help="Compute, review, approve, publish, lock and verify months; write their documents.")

_COLUMNS = ("month", "state", "agents", "conversations", "revision", "computed_at", "published_at")
_MONTH = click.argument("name", metavar="YYYY-MM", type=Month())


@contextmanager
def _step() -> Iterator[Session]:
    """One unit of work; a refusal becomes the command's error."""
    try:
        with unit_of_work() as session:
            yield session
    except AssessmentRefused as refusal:
        raise click.ClickException(str(refusal)) from refusal


@month.command("list")
@click.option("--format", "form", type=click.Choice(["text", "csv", "json"]), default="text", show_default=True)
def list_command(form: str) -> None:
    """List the months with their state and how many agents they hold, the newest first."""
    with _step() as session:
        rows = [_plain(row) for row in list_months(session)]
    if form == "json":
        click.echo(json.dumps(rows, indent=1))
    elif form == "csv":
        writer = csv.DictWriter(sys.stdout, _COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    else:
        for row in rows:
            click.echo(
                f"{row['month']}  {row['state']:<10} {row['agents']:>6} agents {row['conversations']:>9} conversations"
            )


@month.command()
@_MONTH
@click.option("--reason", default="", help="Why it is computed again; needed from the second revision on.")
def compute(name: str, reason: str) -> None:
    """Freeze the inputs as they are and compute every sheet."""
    with _step() as session, click.progressbar(length=1, label="sheets", file=sys.stderr) as bar:
        revision = service.compute_month(session, None, name, reason=reason, step=_watch(bar))
        count, digest = len(revision.sheets), revision.inputs_digest
        number = revision.number
    click.echo(f"{name}: revision {number}, {count} sheets, inputs sha256 {digest}")


@month.command()
@_MONTH
@click.option("--all", "everything", is_flag=True, help="Mark every sheet that is not held back as reviewed first.")
def review(name: str, everything: bool) -> None:
    """Close the review of a month."""
    with _step() as session:
        period = service.find_period(session, name)
        if everything:
            count = sheets.review_remaining(session, None, _revision(period))
            click.echo(f"{name}: {count} sheets marked as reviewed")
        service.review_month(session, None, period)
    click.echo(f"{name}: reviewed")


@month.command()
@_MONTH
@click.option("--reason", default="", help="Why it is approved although samples or appeals are open.")
def approve(name: str, reason: str) -> None:
    """Approve a reviewed month."""
    with _step() as session:
        service.approve_month(session, None, service.find_period(session, name), reason=reason)
    click.echo(f"{name}: approved")


@month.command()
@_MONTH
@click.option("--yes", is_flag=True, help="Do not ask for the month to be typed in.")
def publish(name: str, yes: bool) -> None:
    """Show every sheet to its agent."""
    _confirm(name, yes, "Every sheet becomes visible to its agent and their supervisor.")
    with _step() as session:
        count = service.publish_month(session, None, service.find_period(session, name))
    click.echo(f"{name}: {count} sheets published")


@month.command()
@click.argument("name", metavar="[YYYY-MM]", type=Month(), required=False)
@click.option("--yes", is_flag=True, help="Do not ask for the month to be typed in.")
def lock(name: str | None, yes: bool) -> None:
    """Lock a published month; without a month all whose window has ended."""
    if name is None:
        with _step() as session:
            locked = service.lock_ended_months(session)
        click.echo(f"locked: {', '.join(locked) or 'none'}")
        return
    _confirm(name, yes, "Sheets nobody answered lapse; only a new revision can correct a figure afterwards.")
    with _step() as session:
        lapsed = service.lock_month(session, None, service.find_period(session, name))
    click.echo(f"{name}: locked, {lapsed} sheets lapsed")


@month.command()
@_MONTH
@click.option("--revision", "number", type=int, help="Which revision; default: every one.")
@click.option("--bytes", "to_the_byte", is_flag=True, help="Fail as well where the bytes of a sheet differ.")
def verify(name: str, number: int | None, to_the_byte: bool) -> None:
    """Compute the month again from its frozen inputs and compare every sheet, figure by figure.

    Processors of different kinds differ in the last digits of a figure: sheets that agree to the tenth digit say the
    same. Exit status 1: a sheet differs, or with --bytes a byte of one.
    """
    failed = False
    with _step() as session:
        for revision in _revisions(service.find_period(session, name), number):
            compared = service.verify_revision(session, revision)
            failed |= bool(compared.differing) or (to_the_byte and not compared.is_exact)
            click.echo(f"{name} revision {revision.number}: {_verdict(compared)}")
    sys.exit(1 if failed else 0)


@month.command()
@_MONTH
def show(name: str) -> None:
    """Show where a month stands."""
    with _step() as session:
        period = service.find_period(session, name)
        click.echo(f"{name}: {period.state}")
        for revision in period.revisions:
            tiers = ", ".join(f"{tier} {count}" for tier, count in sorted(tier_counts(session, revision.id).items()))
            note = "" if revision.is_over else ", computed before the month ended"
            click.echo(f"  revision {revision.number}: {revision.computed_at:%Y-%m-%d %H:%M}, {tiers}{note}")
            click.echo(f"    inputs sha256 {revision.inputs_digest}")
            if revision.reason:
                click.echo(f"    reason: {revision.reason}")


@month.command()
@_MONTH
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--language", type=click.Choice(["en", "zh_Hans_CN"]), help="Of the documents; default: the organisation's."
)
def run(name: str, directory: Path, language: str | None) -> None:
    """Write every appraisal, the workbook and a summary of a month to DIRECTORY.

    An open month is computed first, any other gives its frozen revision. Nothing is published: documents of an
    unpublished month say "draft". Exit status: 0 all written, 3 some failed and are named, 1 none written.
    """
    with _step() as session:
        if service.open_period(session, name).state == PeriodState.open:
            with click.progressbar(length=1, label="computing", file=sys.stderr) as bar:
                service.compute_month(session, None, name, step=_watch(bar))
    with _step() as session, click.progressbar(length=1, label="writing", file=sys.stderr) as bar:
        organisation = organisation_of(session)
        spoken = language or (organisation.language if organisation else "en")
        revision = _revision(service.find_period(session, name))
        written = write_month(session, revision, directory, _BarProgress(bar), language=spoken)
        state = revision.period.state
    for failure in written.failures:
        click.echo(f"failed: {failure.number} {failure.name}: {failure.reason}", err=True)
    click.echo(
        f"{name} ({state}): {len(written.appraisals)} appraisals, {written.workbook.name} and summary in {directory}"
    )
    sys.exit(written.exit_status if written.appraisals else 1)


class _BarProgress:
    """Shows a job's progress as a bar."""

    def __init__(self, bar: Any) -> None:
        self._watch = _watch(bar)

    def step(self, done: int, total: int | None = None, *, failed: int = 0, message: str = "") -> None:  # noqa: ARG002
        """Move the bar."""
        if total:
            self._watch(done, total)


def _verdict(compared: Comparison) -> str:
    """Say what was compared and how alike it is, and name the sheets that are not alike to the byte."""
    if compared.is_exact:
        return f"{_sheets(compared.sheets)}: the same to the byte"
    said = []
    if compared.differing:
        said.append(
            f"{len(compared.differing)} of {_sheets(compared.sheets)} not the same: {', '.join(compared.differing)}"
        )
    alike = compared.sheets - len(compared.differing)
    if compared.inexact:
        said.append(
            f"{_sheets(alike)} the same to ten digits, {len(compared.inexact)} of them not to the byte "
            f"(another kind of processor or library): {', '.join(compared.inexact)}"
        )
    elif alike:
        said.append(f"{_sheets(alike)} the same to the byte")
    return "; ".join(said)


def _sheets(count: int) -> str:
    return f"{count} sheet" if count == 1 else f"{count} sheets"


def _plain(row: MonthRow) -> dict[str, Any]:
    plain = {column: getattr(row, column) for column in _COLUMNS}
    return {column: value.isoformat() if hasattr(value, "isoformat") else value for column, value in plain.items()}


def _watch(bar: Any) -> Callable[[int, int], None]:
    """Drive a progress bar whose length is only known at the first step."""

    def step(done: int, total: int) -> None:
        bar.length = total
        bar.update(done - bar.pos)

    return step


def _confirm(name: str, yes: bool, consequence: str) -> None:
    if not yes and click.prompt(f"{consequence} Type {name} to go on") != name:
        raise click.ClickException("not confirmed; nothing was changed")


def _revision(period: AssessmentPeriod) -> PeriodRevision:
    if period.revision is None:
        raise NoSuchMonth(period.month)
    return period.revision


def _revisions(period: AssessmentPeriod, number: int | None) -> list[PeriodRevision]:
    found = [revision for revision in period.revisions if number in (None, revision.number)]
    if not found:
        raise NoSuchMonth(period.month)
    return found
