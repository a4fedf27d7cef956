"""Codes of the library in words, in the reader's language."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from qa_app.conversations.forms import channel_title
from qa_app.screening.errors import (
    AlreadyRunning,
    ModelFileLost,
    ModelOutdated,
    NoActiveModel,
    NothingToAudit,
    ScreeningError,
    TooFewInspections,
)
from qa_app.screening.readiness import Readiness
from qa_app.web.filters import format_number, format_percent

__all__ = [
    "dimension_title",
    "explain_refusal",
    "group_title",
    "language_titles",
    "reason_sentence",
]

LANGUAGES = {"en": _l("English"), "zh": _l("Chinese")}
TENURES = {
    "under_3_months": _l("Under three months in the job"),
    "under_a_year": _l("Under a year in the job"),
    "longer": _l("A year and longer in the job"),
}
DIMENSIONS = {"language": _l("Language"), "channel": _l("Channel"), "tenure": _l("Time in the job")}


def language_titles(codes: str) -> str:
    """Name the languages of a training set."""
    return ", ".join(str(LANGUAGES[code]) for code in codes.split() if code in LANGUAGES) or _("not known")


def dimension_title(dimension: str) -> str:
    """Name what groups are told apart by."""
    return str(DIMENSIONS.get(dimension, dimension))


def group_title(dimension: str, group: str) -> str:
    """Name a group of the audit."""
    if dimension == "channel":
        return str(channel_title(group))
    names = LANGUAGES if dimension == "language" else TENURES
    return str(names.get(group, group))


def reason_sentence(readiness: Readiness) -> str:
    """Say why learned scores stay out of a month, or that they enter."""
    bound = None if readiness.lower is None else format_number(readiness.lower, 2)
    match readiness.reason:
        case "":
            sentence = _(
                "They are good enough for the estimates of this month: with them one inspection counts for about "
                "%(gain)s. Whether they enter, the policy says.",
                gain=format_number(readiness.gain, 1),
            )
        case "switched_off":
            sentence = _("They stay out: the policy switches them off.")
        case "no_scores":
            sentence = _("They stay out: no conversation of these months has a learned score yet.")
        case "missing":
            sentence = _(
                "They stay out: %(share)s of this month’s conversations have no learned score; 2 in 100 may lack it.",
                share=format_percent(readiness.missing_share, 200),
            )
        case "few_scored":
            sentence = ngettext(
                "They stay out: %(num)s inspected conversation of the six months has a learned score; 100 must have.",
                "They stay out: %(num)s inspected conversations of the six months have a learned score; 100 must have.",
                readiness.scored,
            )
        case "constant":
            sentence = _("They stay out: the model gives all conversations of an agent the same score.")
        case "weak":
            sentence = _(
                "They stay out: they agree too little with people. Within an agent’s month the correlation is surely "
                "above %(bound)s only; 0.20 is needed.",
                bound=bound,
            )
        case other:
            sentence = other
    return str(sentence)


def explain_refusal(error: ScreeningError) -> str:
    """Say why it cannot be done, and what would help."""
    match error:
        case TooFewInspections():
            sentence = ngettext(
                "%(num)s more inspection without a critical error is needed: %(have)s of %(needed)s are there.",
                "%(num)s more inspections without a critical error are needed: %(have)s of %(needed)s are there.",
                error.missing,
                needed=format_number(error.needed),
                have=format_number(error.have),
            )
        case NoActiveModel():
            sentence = _("No version of the learned score is in use: train one first.")
        case ModelFileLost():
            sentence = _(
                "The file of this version is lost or damaged. Train again: the same inspections give the same version."
            )
        case ModelOutdated():
            sentence = _("This version was made by an earlier version of Assay: train it again.")
        case NothingToAudit():
            sentence = _("No inspected conversation has a learned score yet: have the conversations scored first.")
        case AlreadyRunning():
            sentence = _("This is already being done.")
        case other:
            sentence = other
    return str(sentence)
