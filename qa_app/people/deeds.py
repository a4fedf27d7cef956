"""The audit trail's deeds in words; a deed without words is shown by its code."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

__all__ = ["deed_in_words"]

DEEDS = {
    "agent.change": _l("changed an agent"),
    "agent.create": _l("added an agent"),
    "calendar.remove": _l("removed a calendar day"),
    "calendar.set": _l("set a calendar day"),
    "organisation.change": _l("changed the organisation"),
    "organisation.create": _l("created the organisation"),
    "organisation.logo": _l("changed the logo"),
    "team.create": _l("added a team"),
    "team.rename": _l("renamed a team"),
    "user.activate": _l("let a person sign in again"),
    "user.change": _l("changed a person's rights"),
    "user.create": _l("let a person in"),
    "user.deactivate": _l("let a person sign in no more"),
    "user.locked": _l("locked a sign-in after failed attempts"),
    "user.password": _l("set a password"),
    "user.preferences": _l("changed preferences"),
    "user.remove_second_factor": _l("removed a second factor"),
    "user.second_factor": _l("set up a second factor"),
    "user.sign_in": _l("signed in"),
}


def deed_in_words(action: str) -> str:
    """Return what was done in the reader's language."""
    return str(DEEDS.get(action, action))
