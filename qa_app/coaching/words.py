"""The words of the coaching pages: states, sources, what was predicted and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from qa_app.coaching.effect import FEWEST, WANTED
from qa_app.coaching.errors import (
    ActionRefused,
    FileRefused,
    NotEnough,
    NotForThisPerson,
    OwnCoaching,
    ReasonMissing,
    WrongActionState,
)
from qa_app.coaching.materials import LARGEST_MB
from qa_app.models import ActionSource, ActionState, CaseKind, TrainingKind
from qa_app.web.filters import format_month, format_number, format_percent

__all__ = [
    "CASES",
    "SOURCES",
    "STATES",
    "STATE_LOOKS",
    "TRAININGS",
    "VERDICTS",
    "action_refusal",
    "describe_effect",
    "describe_prediction",
    "describe_progress",
]

TRAININGS = {
    TrainingKind.new_hire: _l("new hires"),
    TrainingKind.monthly: _l("monthly"),
    TrainingKind.special: _l("special"),
}
CASES = {CaseKind.excellent: _l("excellent"), CaseKind.instructive: _l("instructive")}
STATES = {
    ActionState.open: _l("to do"),
    ActionState.done: _l("done"),
    ActionState.measured: _l("measured"),
    ActionState.dropped: _l("dropped"),
}
STATE_LOOKS = {
    ActionState.open: ("act", "clock"),
    ActionState.done: ("watch", "check"),
    ActionState.measured: ("good", "ruler-measure"),
    ActionState.dropped: ("mute", "ban"),
}
SOURCES = {
    ActionSource.improvement: _l("From the list of what to work on next"),
    ActionSource.lost_point: _l("From a lost point"),
    ActionSource.standard: _l("From the evidence below standard"),
    ActionSource.trend: _l("From the trends"),
}
VERDICTS = {
    "better": ("good", "▲", _l("better than predicted")),
    "below": ("loss", "▼", _l("below the prediction")),
    "cannot_tell": ("", "≈", _l("cannot tell")),
}


def action_refusal(refusal: ActionRefused) -> str:
    """Say why a step was refused and what to do."""
    match refusal:
        case WrongActionState():
            return str(_("This cannot be done any more: the action is %(state)s.", state=STATES[refusal.state]))
        case ReasonMissing():
            return str(_("Write why it is dropped."))
        case OwnCoaching():
            return str(_("It is about you: somebody else sees to it. Your part is the reply."))
        case NotForThisPerson():
            return str(_("This person does not coach this agent. Choose the team’s supervisor or a QA lead."))
        case FileRefused():
            return str(
                _("This file is not taken: documents, pictures and sound up to %(megabytes)s MB.", megabytes=LARGEST_MB)
            )
        case NotEnough():
            return describe_progress(refusal.n)
        case _:
            return str(_("This cannot be done."))


def describe_prediction(prediction: Mapping[str, Any] | None) -> str:
    """Say what was expected without anything being done."""
    if prediction is None:
        return str(
            _(
                "Nothing could be predicted: fewer than eight agents had been inspected, or nothing of this agent. So "
                "no effect will be measured: without a prediction nobody can tell coaching from chance."
            )
        )
    expected = prediction["next"]
    figures = {
        "month": format_month(_month(expected["month"])),
        "agents": format_number(prediction["basis"]["agents"]),
        "own": format_number(prediction["seen"]),
    }
    if prediction["of"] == "share":
        return str(
            _(
                "Expected with nothing done, for %(month)s: points lost here in %(value)s of the conversations, likely "
                "%(lower)s to %(upper)s. From %(own)s inspected conversations of this agent and those of all "
                "%(agents)s agents.",
                value=format_percent(expected["value"]),
                lower=format_percent(expected["lower"]),
                upper=format_percent(expected["upper"]),
                **figures,
            )
        )
    return str(
        _(
            "Expected with nothing done, for %(month)s: quality %(value)s, likely %(lower)s to %(upper)s. From "
            "%(own)s inspected conversations of this agent and those of all %(agents)s agents.",
            value=format_number(expected["value"]),
            lower=format_number(expected["lower"]),
            upper=format_number(expected["upper"]),
            **figures,
        )
    )


def describe_progress(n: int) -> str:
    """Say how far the evidence is."""
    seen = ngettext("%(num)s conversation inspected since.", "%(num)s conversations inspected since.", n)
    rule = _(
        "The effect is measured once, by the first %(wanted)s of them, or after three months by at least %(fewest)s.",
        wanted=WANTED,
        fewest=FEWEST,
    )
    return f"{seen} {rule}"


def describe_effect(effect: Mapping[str, Any], of: str) -> str:
    """Say what came and what was expected, with the interval of the difference."""
    if of == "share":
        return str(
            _(
                "Points lost in %(k)s of %(n)s conversations inspected since (%(after)s); %(expected)s was to be "
                "expected, likely %(low)s to %(high)s. Difference %(change)s percentage points, likely %(lower)s to "
                "%(upper)s.",
                k=effect["k"],
                n=effect["n"],
                after=format_percent(effect["after"]),
                expected=format_percent(effect["expected"]),
                low=format_percent(effect["expected_lower"]),
                high=format_percent(effect["expected_upper"]),
                change=_signed(100 * effect["change"]),
                lower=_signed(100 * effect["change_lower"]),
                upper=_signed(100 * effect["change_upper"]),
            )
        )
    return str(
        _(
            "Quality %(after)s in %(n)s conversations inspected since; %(expected)s was to be expected, likely %(low)s "
            "to %(high)s. Difference %(change)s points, likely %(lower)s to %(upper)s.",
            n=effect["n"],
            after=format_number(effect["after"]),
            expected=format_number(effect["expected"]),
            low=format_number(effect["expected_lower"]),
            high=format_number(min(effect["expected_upper"], 100.0)),
            change=_signed(effect["change"]),
            lower=_signed(effect["change_lower"]),
            upper=_signed(effect["change_upper"]),
        )
    )


def _signed(value: float) -> str:
    written = format_number(value)
    return f"+{written}" if value > 0 and written != "0" else written


def _month(number: int) -> str:
    return f"{number // 12:04d}-{number % 12 + 1:02d}"
