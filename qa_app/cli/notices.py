"""`flask notices`: brings out mail of notices by hand, and tries whether mail goes out at all."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from qa_app.db import db, unit_of_work
from qa_app.models import Organisation
from qa_app.notices.health import try_again
from qa_app.notices.letters import Reader, write_trial
from qa_app.notices.post import Post, PostError
from qa_app.people.notice_mail import send_mail, send_mail_and_digests

__all__ = ["notices"]

notices = AppGroup("notices", help="Notices: send the mail that is due, try the mail server.")


@notices.command("send")
@click.option("--digest", is_flag=True, help="The daily mails too, whatever the hour and the day.")
@click.option("--again", is_flag=True, help="Also what was given up after too many attempts.")
def send(digest: bool, again: bool) -> None:
    """Send what is due now, as the worker does every minute; run again, it finds nothing."""
    with unit_of_work() as session:
        if again:
            try_again(session)
            session.commit()
        outcome = send_mail_and_digests(session) if digest else send_mail(session)
    click.echo(f"{outcome.mails} mails with {outcome.notices} notices sent, {outcome.failed} failed.")
    if outcome.error:
        raise click.ClickException(f"{outcome.error} ({_advice()})")


@notices.command("test")
@click.argument("address")
def test(address: str) -> None:
    """Send one mail to ADDRESS by the settings in force."""
    reader, name = _reader_of(db.session(), address)
    try:
        with Post() as post:
            post.deliver(write_trial(reader, name))
    except PostError as error:
        raise click.ClickException(f"{error} ({_advice()})") from error
    where = {"console": "printed above", "file": f"written below {current_app.config['MAIL_FILE_PATH']}"}
    backend = current_app.config["MAIL_BACKEND"]
    click.echo(f"The mail to {address} was {where.get(backend, 'taken by the server')}.")


def _reader_of(session: Session, address: str) -> tuple[Reader, str]:
    organisation = session.get(Organisation, 1)
    name, language = (organisation.name, organisation.language) if organisation else ("Assay", "en")
    return Reader("", address, language), name


def _advice() -> str:
    return "check MAIL_SERVER, MAIL_PORT, MAIL_SENDER and how it encrypts: docs/settings.md"
