"""`flask screening`: train the learned score, score conversations, audit it, and see what else could be predicted."""

from __future__ import annotations

import click
from flask.cli import AppGroup
from flask_babel import force_locale
from sqlalchemy import func, select

from qa_app.cli.metrics import Month
from qa_app.clock import now
from qa_app.db import db, unit_of_work
from qa_app.models import Conversation, ScreeningModel
from qa_app.people.organisation import working_calendar
from qa_app.screening import service
from qa_app.screening.errors import ScreeningError
from qa_app.screening.evaluating import Evaluated, describe_figures
from qa_app.screening.readiness import judge_month
from qa_app.screening.training import LEARNED_MONTHS
from qa_app.screening.words import explain_refusal, reason_sentence

__all__ = ["screening"]

screening = AppGroup("screening", help="Learned scores: proposals for conversations that nobody inspected.")

_LEVEL = ("within", "correlation", "error", "explained", "slope", "bias")
_EVENT = ("auc", "bias")


class _Counter:
    """Tells how far a scoring is."""

    def step(self, done: int, total: int | None = None, *, failed: int = 0, message: str = "") -> None:  # noqa: ARG002
        """Write the count over the last one."""
        click.echo(f"\r{done:,} of {total or done:,}", nl=False, err=True)


@screening.command("train")
@click.option(
    "--months",
    type=click.IntRange(1, 60),
    default=LEARNED_MONTHS,
    show_default=True,
    help="Learn from inspections of so many months before the latest one.",
)
def train(months: int) -> None:
    """Train a version on people's inspections and put it in use; print how well it predicts what it had not seen."""
    with unit_of_work() as session:
        try:
            row = service.train_model(session, None, months=months)
        except ScreeningError as error:
            raise _refusal(error) from error
        _tell(row)
    click.echo("Now: flask screening score")


@screening.command("score")
@click.option("--month", "months", type=Month(), multiple=True, help="Only this month, YYYY-MM; repeatable.")
def score(months: tuple[str, ...]) -> None:
    """Score every conversation that has no score of the version in use, or has changed since."""
    with unit_of_work() as session:
        try:
            done = service.score_conversations(
                session, None, months=months, checkpoint=session.commit, progress=_Counter()
            )
        except ScreeningError as error:
            raise _refusal(error) from error
    click.echo("", err=True)
    click.echo(f"{done} conversations scored")


@screening.command("audit")
def audit() -> None:
    """Compare languages, channels and time in the job under the version in use."""
    with unit_of_work() as session:
        try:
            lines = service.audit_model(session, None)
        except ScreeningError as error:
            raise _refusal(error) from error
    for line in lines:
        written = describe_figures(line, ("difference", "machine_error"))
        mark = "  look into it" if line["is_conspicuous"] else ""
        click.echo(
            f"{line['dimension']}={line['group']}\tn {line['n']}, {line['agents']} agents\t"
            f"against all {written['difference']}\tmodel above people {written['machine_error']}{mark}"
        )
    if not lines:
        click.echo("There is one group only in every dimension: nothing to compare.")


@screening.command("show")
@click.option("--month", type=Month(), help="Say whether learned scores enter this month; the newest one unless given.")
def show(month: str | None) -> None:
    """Show the version in use, what it covers, and whether it counts."""
    session = db.session()
    row = service.active_model(session)
    if row is None:
        raise click.ClickException("No version is in use: flask screening train")
    _tell(row)
    coverage = service.count_coverage(session, row)
    click.echo(f"scored {coverage.scored} of {coverage.conversations} conversations")
    zone = working_calendar(session).zone
    latest = session.scalar(select(func.max(Conversation.opened_at)).where(Conversation.opened_at <= now()))
    if month is None and latest is not None:
        month = latest.astimezone(zone).strftime("%Y-%m")
    if month is not None:
        with force_locale("en"):
            judged = judge_month(session, month, zone)
            click.echo(f"{judged.month}: {reason_sentence(judged)}")


@screening.command("evaluate")
@click.option("--target", type=click.Choice(list(Evaluated)), required=True, help="What to predict.")
def evaluate(target: str) -> None:
    """Predict customers' answers, solved or not, or the share of scripted replies out of sample; keeps nothing."""
    session = db.session()
    try:
        found = service.evaluate_target(session, Evaluated(target))
    except ScreeningError as error:
        raise _refusal(error) from error
    click.echo(f"{target}: {found.conversations} conversations, mean {found.mean:.3f}")
    names = _EVENT if "auc" in found.figures else _LEVEL
    for name, written in describe_figures(found.figures, names).items():
        click.echo(f"  {name}\t{written}")


def _tell(row: ScreeningModel) -> None:
    state = "in use" if row.is_active else "not in use"
    click.echo(f"version {row.version} ({state}), trained {row.trained_at:%Y-%m-%d %H:%M}Z")
    click.echo(
        f"  {row.training_size} inspected conversations of {row.agent_count} agents, {row.critical_count} critical"
    )
    for target, names in (("quality", _LEVEL), ("critical", _EVENT)):
        for name, written in describe_figures(row.figures[target], names).items():
            click.echo(f"  {target} {name}\t{written}")
    click.echo(f"  training set {row.training_digest}")


def _refusal(error: ScreeningError) -> click.ClickException:
    with force_locale("en"):
        return click.ClickException(explain_refusal(error))
