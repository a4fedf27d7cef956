"""`flask user`: lets people in from the command line, for the first administrator and for a lost password."""

from __future__ import annotations

import click
from flask.cli import AppGroup
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_app.db import unit_of_work
from qa_app.models import Agent, RoleName, User
from qa_app.people.service import EmailTaken, LastAdministrator, NewUser, PasswordTooShort, change_user, create_user
from qa_app.people.service import set_password as keep_password

__all__ = ["user"]

user = AppGroup("user", help="Let people in and say what they may do.")

ROLES = click.Choice([role.value for role in RoleName])
_TEMPORARY = click.option("--temporary", is_flag=True, help="The person must choose their own when they sign in.")


@user.command("create")
@click.argument("email")
@click.option("--name", required=True, help="Shown on pages and documents.")
@click.option("--role", "roles", multiple=True, required=True, type=ROLES, help="May be given several times.")
@click.option("--employee-number", default="", help="Whose figures are the user's own, for the role agent.")
@click.password_option(help="Asked for where it is not given.")
@_TEMPORARY
def create(email: str, name: str, roles: tuple[str, ...], employee_number: str, password: str, temporary: bool) -> None:
    """Create a user who can sign in with EMAIL."""
    with unit_of_work() as session:
        agent = _find_agent(session, employee_number) if employee_number else None
        held = [RoleName(role) for role in roles]
        new = NewUser(email, name, held, password, password_is_temporary=temporary, agent=agent)
        try:
            made = create_user(session, None, new)
        except EmailTaken as error:
            raise click.ClickException(f"{error} is there already; see: flask user roles {error} ROLE…") from error
        except PasswordTooShort as error:
            raise click.ClickException(str(error)) from error
        click.echo(f"{made.email} can sign in as {', '.join(sorted(made.role_names))}.")


@user.command("list")
def list_users() -> None:
    """List everybody who can sign in, with roles."""
    with unit_of_work() as session:
        for person in session.scalars(select(User).order_by(User.email)):
            state = "" if person.active else "  (inactive)"
            click.echo(f"{person.email}  {person.display_name}  {', '.join(sorted(person.role_names)) or '-'}{state}")


@user.command("roles")
@click.argument("email")
@click.argument("roles", nargs=-1, required=True, type=ROLES)
def set_roles(email: str, roles: tuple[str, ...]) -> None:
    """Give the user EMAIL exactly these ROLES."""
    with unit_of_work() as session:
        person = _find_user(session, email)
        try:
            change_user(
                session,
                None,
                person,
                name=person.name,
                roles=[RoleName(role) for role in roles],
                agent=person.agent,
                supervised_teams=person.supervised_teams,
            )
        except LastAdministrator as error:
            raise click.ClickException("Nobody would be left to administer.") from error
        click.echo(f"{person.email}: {', '.join(sorted(person.role_names))}.")


@user.command("password")
@click.argument("email")
@click.password_option(help="Asked for where it is not given.")
@_TEMPORARY
def set_password(email: str, password: str, temporary: bool) -> None:
    """Set the password of the user EMAIL and end their open sessions."""
    with unit_of_work() as session:
        person = _find_user(session, email)
        try:
            keep_password(session, None, person, password)
        except PasswordTooShort as error:
            raise click.ClickException(str(error)) from error
        person.password_is_temporary = temporary
        click.echo(f"{email} signs in with the new password from now on.")


def _find_user(session: Session, email: str) -> User:
    found = session.scalar(select(User).where(func.lower(User.email) == email.lower()))
    if found is None:
        raise click.ClickException(f"Nobody signs in as {email}; see: flask user list")
    return found


def _find_agent(session: Session, employee_number: str) -> Agent:
    found = session.scalar(select(Agent).where(Agent.employee_number == employee_number))
    if found is None:
        raise click.ClickException(f"No agent has the number {employee_number}; see: flask import people")
    return found
