"""The words of the standard: what a state is called, how K is written, how often each rule errs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import LazyString, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from qa_app.web.filters import format_number, format_percent
from scoring.assessment.consequences import EvidenceState

__all__ = ["alarm_sentences", "assisted_sentence", "state_chip", "write_evidence"]

STATES: dict[EvidenceState, tuple[LazyString, str, str]] = {
    EvidenceState.nothing: (_l("no sign"), "mute", "minus"),
    EvidenceState.watch: (_l("watch: coach"), "watch", "eye"),
    EvidenceState.below_standard: (_l("below standard"), "crit", "alert-circle"),
}
SMALLEST_SHOWN = 0.01
LARGEST_SHOWN = 1000.0


def state_chip(state: EvidenceState) -> tuple[str, str, str]:
    """Return word, kind and sign of a state."""
    title, kind, sign = STATES[state]
    return str(title), kind, sign


def write_evidence(value: float) -> str:
    """Write K with two figures that matter: 0.35, 2.7, 41; what is tiny or huge by its bound."""
    if value < SMALLEST_SHOWN:
        return f"< {format_number(SMALLEST_SHOWN, 2)}"
    if value > LARGEST_SHOWN:
        return f"> {format_number(LARGEST_SHOWN)}"
    return format_number(value, 2 if value < 1 else 1 if value < 20 else 0)


def alarm_sentences(trial: Mapping[str, Any], months_running: int) -> tuple[str, ...]:
    """Say how often each rule errs in this centre, from the trial kept with the standard."""
    if trial.get("months_rule_alarms") is None:
        return ()
    samples = ngettext("%(num)s conversation a month", "%(num)s conversations a month", int(trial.get("samples") or 1))
    customary = ngettext(
        "The customary rule “%(num)s month below” names %(share)s of agents who are exactly at the standard within a "
        "year, with the spread of this centre and %(samples)s.",
        "The customary rule “%(num)s months running below” names %(share)s of agents who are exactly at the standard "
        "within a year, with the spread of this centre and %(samples)s.",
        months_running,
        share=format_percent(trial["months_rule_alarms"]),
        samples=samples,
    )
    evidence = _(
        "The evidence K names %(share)s of them within five years, looked at after every conversation.",
        share=format_percent(trial["evidence_alarms"], 200),
    )
    return str(customary), str(evidence)


def assisted_sentence(*, is_allowed: bool, assisted: int, counted: int) -> str:
    """Say whether this is people's scores alone, or sharpened by the learned score, and for how many conversations."""
    if not is_allowed:
        return str(_("This evidence rests on people’s scores alone: learned scores do not enter it."))
    if not assisted:
        return str(
            _(
                "Learned scores may enter this evidence, but none has yet: a draw takes them in when the policy lets "
                "them in, the month published last used them, and nearly every conversation had one when it was frozen."
            )
        )
    return str(
        _(
            "This evidence is sharpened by the learned score: %(assisted)s of %(counted)s conversations. What it "
            "foresaw was fixed when they were drawn and adds up to nothing over all of an agent’s conversations, so a "
            "model that errs about somebody moves nobody’s evidence on average. The scores themselves are people’s.",
            assisted=format_number(assisted),
            counted=format_number(counted),
        )
    )
