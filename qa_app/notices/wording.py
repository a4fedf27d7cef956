"""Words of this room: how mail comes, and why nobody needs to read a notice any more."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from qa_app.models import Delivery

__all__ = ["DELIVERIES", "has_words", "over_in_words"]

DELIVERIES = {
    Delivery.at_once: _l("at once"),
    Delivery.digest: _l("in the daily mail"),
    Delivery.none: _l("not at all"),
}
_OVER = {
    "answered": _l("answered meanwhile"),
    "cancelled": _l("cancelled meanwhile"),
    "decided": _l("decided meanwhile"),
    "done": _l("done meanwhile"),
    "dropped": _l("dropped meanwhile"),
    "escalated": _l("escalated meanwhile"),
    "handed over": _l("handed over meanwhile"),
    "held": _l("has taken place"),
    "moved": _l("moved to another time"),
    "over": _l("over meanwhile"),
    "published anew": _l("published anew meanwhile"),
    "released": _l("no longer held back"),
    "replaced": _l("replaced meanwhile"),
    "revealed": _l("revealed meanwhile"),
    "said again": _l("told again later"),
    "settled": _l("settled meanwhile"),
    "taken back": _l("taken back meanwhile"),
    "taken over": _l("somebody else sees to it"),
    "went on": _l("has moved on since"),
    "withdrawn": _l("withdrawn meanwhile"),
}


def over_in_words(because: str) -> str:
    """Return why a notice closed by itself; empty where its reader read it."""
    return str(_OVER.get(because, _OVER["over"])) if because else ""


def has_words(because: str) -> bool:
    """Tell whether a reason has words of its own."""
    return because in _OVER
