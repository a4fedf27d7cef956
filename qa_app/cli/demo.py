"""`flask demo`: the invented company in an empty database."""

from __future__ import annotations

import click
from flask.cli import with_appcontext
from flask_migrate import upgrade

from qa_app.db import db
from qa_app.demo.company import DEMO_PASSWORD, STAFF
from qa_app.demo.service import NotEmpty, fill, is_filled, is_whole
from qa_app.models import Organisation

__all__ = ["demo"]


@click.command()
@click.option("--seed", default=20, show_default=True, help="Same seed and months: same company.")
@click.option("--until", metavar="YYYY-MM", help="The last full month; without it the month before today.")
@click.option("--once", is_flag=True, help="Leave a filled database alone without complaint; for ./run.")
@click.option(
    "--migrate", is_flag=True, help="Bring the tables up to date first: one start of a program instead of two."
)
@with_appcontext
def demo(seed: int, until: str | None, *, once: bool, migrate: bool) -> None:
    """Fill an empty database with Lantern Home 灯塔家居; a filled one is refused and left alone."""
    if migrate:
        upgrade()
    session = db.session()
    if once and is_filled(session):
        _greet(session.get_one(Organisation, 1))
        return
    try:
        story = fill(
            session,
            seed=seed,
            until=until,
            checkpoint=session.commit,
            tell=lambda what: click.echo(f"demo: {what} …", err=True),
        )
    except NotEmpty as error:
        session.rollback()
        raise click.ClickException("the database is not empty: the demo is only for an empty one.") from error
    click.echo(
        f"{story.conversations} conversations and {story.inspections} inspections in {len(story.months)} months."
    )
    _show_logins()


def _greet(organisation: Organisation) -> None:
    if not organisation.is_demo:
        return
    if not is_whole(organisation):
        raise click.ClickException(
            "loading the demo was interrupted. Remove the folder ASSAY_HOME (or empty the database) and start again."
        )
    _show_logins()


def _show_logins() -> None:
    click.echo(f"Sign in with the password {DEMO_PASSWORD} as:")
    for person in STAFF:
        click.echo(f"  {person.email}  {person.name} ({', '.join(person.roles)})")
    click.echo("  inspector1@example.com … inspector6@example.com (inspector), agent0201@example.com … (agent)")
