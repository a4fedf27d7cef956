"""`flask audit`: proves that the trail is whole."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup

from qa_app.audit import record, verify_chain
from qa_app.db import unit_of_work
from qa_app.people.queries import audit_length

__all__ = ["audit"]

audit = AppGroup("audit", help="The audit trail.")

PROBLEMS = {
    "removed": "was removed",
    "changed": "was changed",
    "out_of_order": "does not follow the event before it",
}


@audit.command("verify")
def verify() -> None:
    """Walk the chain and name every event that was changed, removed or moved; exit status 1 if there is one.

    Where it holds, the trail notes that it was looked at.
    """
    with unit_of_work() as session:
        length = audit_length(session)
        broken = 0
        for link in verify_chain(session):
            broken += 1
            action = f" ({link.action})" if link.action else ""
            click.echo(f"Event {link.sequence}{action} {PROBLEMS[link.problem]}.")
        if not broken:
            record(session, None, action="audit.verify", thing="audit", links=length)
    if broken:
        click.echo(f"The chain does not hold: {broken} places are named above.", err=True)
        sys.exit(1)
    click.echo(f"The chain holds: none of its events ({length}) was changed, removed or moved.")
