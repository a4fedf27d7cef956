"""Words that sources use for kinds of customers, needs and priorities, in the reader's language; others stay."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

__all__ = ["term_title"]

_TITLES = {
    "urgent": _l("Urgent"),
    "high": _l("High"),
    "medium": _l("Medium"),
    "low": _l("Low"),
    "vip": _l("VIP"),
    "new": _l("New customer"),
    "returning": _l("Returning"),
    "inquiry": _l("Inquiry"),
    "complaint": _l("Complaint"),
    "after_sales": _l("After-sales"),
    "suggestion": _l("Suggestion"),
    "order": _l("Order"),
    "satisfied": _l("Satisfied"),
    "neutral": _l("Neutral"),
    "dissatisfied": _l("Dissatisfied"),
    "yes": _l("Yes"),
    "no": _l("No"),
}


def term_title(term: str | None) -> str:
    """The title of a term of the domain; what a source calls otherwise, or nothing, is returned as it is."""
    if not term:
        return ""
    return str(_TITLES.get(term.strip().lower().replace("-", "_"), term))
