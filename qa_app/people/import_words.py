"""What the import of people says, in the reader's language: fields, deeds, why a row stays out and how to mend it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from qa_app.models import RoleName
from qa_app.people.import_reading import Problem, Refusal
from qa_app.people.service import SHORTEST_PASSWORD

__all__ = ["deed_title", "field_title", "reason_of", "remedy_of"]

_FIELDS = {
    "employee_number": _l("Employee number"),
    "name": _l("Name"),
    "team": _l("Team"),
    "email": _l("E-mail"),
    "roles": _l("Roles"),
    "supervises": _l("Supervises the teams"),
    "hired_on": _l("Hired on"),
    "active_from": _l("Active from"),
    "active_to": _l("Active to"),
    "skills": _l("Skills"),
    "language": _l("Language"),
    "known_as": _l("Known to sources as"),
    "password": _l("Password"),
}
_DEEDS = {
    "agents created": _l("agents added"),
    "agents changed": _l("agents changed"),
    "agents unchanged": _l("agents as before"),
    "teams created": _l("teams added"),
    "users created": _l("people let in"),
    "users changed": _l("people’s rights changed"),
    "users unchanged": _l("people as before"),
}
_REASONS = {
    Problem.nobody_named: _l("nobody is named"),
    Problem.not_an_email: _l("not an e-mail address"),
    Problem.password_short: _l("too short"),
    Problem.no_such_role: _l("no such role: %(detail)s"),
    Problem.no_role: _l("a user without a role"),
    Problem.no_such_language: _l("no such language"),
    Problem.not_a_date: _l("not a date"),
    Problem.number_taken: _l("%(detail)s has this number"),
    Problem.no_source: _l("no source is named"),
    Problem.no_agent: _l("only agents are known to sources"),
    Problem.name_known: _l("a source calls the agent %(detail)s so"),
    Problem.last_administrator: _l("nobody would be left to administer"),
}
_NAME_ONE = _l("name one of: %(roles)s")
_REMEDIES = {
    Problem.nobody_named: _l("fill in the employee number, the e-mail, or both"),
    Problem.not_an_email: _l("write it like name@example.com"),
    Problem.password_short: _l("use %(shortest)s characters or more, or leave it empty and set one later"),
    Problem.no_such_role: _NAME_ONE,
    Problem.no_role: _NAME_ONE,
    Problem.no_such_language: _l("write en or zh"),
    Problem.not_a_date: _l("write it like 2026-05-01"),
    Problem.number_taken: _l("correct the number or the address"),
    Problem.no_source: _l("write it like helpdesk:17"),
    Problem.no_agent: _l("fill in the employee number"),
    Problem.name_known: _l("take it from the other agent first, or correct it"),
    Problem.last_administrator: _l("keep the role, or make somebody else administrator first"),
}


def field_title(name: str) -> str:
    """Return what a field is called."""
    return str(_FIELDS[name])


def deed_title(deed: str) -> str:
    """Return what was done so many times; a deed without words shows its own name."""
    return str(_DEEDS.get(deed, deed))


def reason_of(refusal: Refusal) -> str:
    """Say what is wrong with a row."""
    return str(_REASONS[refusal.problem]) % {"detail": refusal.detail}


def remedy_of(refusal: Refusal) -> str:
    """Say how to mend it."""
    return str(_REMEDIES[refusal.problem]) % {"roles": ", ".join(RoleName), "shortest": SHORTEST_PASSWORD}
