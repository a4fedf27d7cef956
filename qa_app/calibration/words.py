"""Words for what the figures about inspectors say, and how signed figures are written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import gettext as _

from qa_app.calibration.drift import Drift
from qa_app.calibration.severity import DIRECT, NO_MONTH, Leaning
from qa_app.web.filters import format_number
from scoring.trends.charts import Side

if TYPE_CHECKING:
    from scoring.agreement.criterion import CriterionAgreement

__all__ = [
    "Verdict",
    "agreement_verdict",
    "drift_verdict",
    "format_range",
    "format_signed",
    "leaning_verdict",
    "severity_note",
    "week_number",
]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A sign, its words, and which colour class they take."""

    sign: str
    words: str
    kind: str = ""


def format_signed(value: float, places: int = 1) -> str:
    """Write a figure with its sign: +2.1, −0.3; what rounds to nothing has none."""
    text = format_number(value, places)
    is_nothing = not any(digit in text for digit in "123456789")
    return text.lstrip("−") if is_nothing else text if value < 0 else f"+{text}"


def format_range(lower: float, upper: float, *, places: int = 2, signed: bool = False) -> str:
    """Write an interval: 0.38 to 0.78, −6.1 to −1.5."""
    write = format_signed if signed else format_number
    return str(_("%(lower)s to %(upper)s", lower=write(lower, places), upper=write(upper, places)))


def week_number(label: str) -> int:
    """The number people say: 46 of 2026-W46."""
    return int(label.partition("-W")[2])


def leaning_verdict(leaning: Leaning) -> Verdict:
    """Say what an inspector's severity shows."""
    match leaning:
        case Leaning.strict:
            return Verdict("▼", _("strict"), "loss")
        case Leaning.lenient:
            return Verdict("▲", _("lenient"), "loss")
        case Leaning.not_comparable:
            return Verdict("–", _("not comparable"), "i3")
        case _:
            return Verdict("≈", _("no clear sign"))


def severity_note(reason: str) -> str:
    """Say whether severity is taken out of scores, and why not."""
    match reason:
        case "":
            return str(_("Already corrected in every score of that month."))
        case "few_scorings":
            return str(_("Not corrected: it takes 30 scorings of inspectors who share agents."))
        case "disconnected":
            return str(_("Not corrected: inspectors share too few agents to be compared."))
        case "no_variation":
            return str(_("Not corrected: all scores of the window are equal."))
        case "switched_off":
            return str(_("Not corrected: it is switched off."))
        case code if code == DIRECT:
            return str(_("Not corrected: the policy of that month counts scores as they were given."))
        case code if code == NO_MONTH:
            return str(_("No month has been computed yet."))
        case _:
            return str(_("Not corrected: it takes three inspectors who share agents."))


def agreement_verdict(figures: CriterionAgreement) -> Verdict:
    """Say what the agreement on a criterion comes to; low agreement and differing failures are told apart."""
    from scoring.agreement.criterion import Shortfall
    from scoring.agreement.criterion import Verdict as Code

    match figures.verdict:
        case Code.in_order:
            return Verdict("✓", _("agreed"), "good")
        case Code.too_few_failures:
            return Verdict("≈", _("too few failures"))
        case Code.not_in_order if Shortfall.agreement not in figures.shortfalls:
            return Verdict("▼", _("failures differ"), "loss")
        case Code.not_in_order:
            return Verdict("▼", _("discuss"), "loss")
        case Code.too_few:
            return Verdict("–", _("too few"), "i3")
        case _:
            return Verdict("≈", _("cannot tell"))


def drift_verdict(drift: Drift) -> Verdict:
    """Say whether an inspector's line is inside its limits."""
    if drift.chart.without_limits:
        return Verdict("–", _("too few weeks for limits: %(n)s of 12", n=len(drift.chart.points)), "i3")
    if drift.side is not None and drift.since is not None:
        week = week_number(drift.since)
        if drift.side is Side.above:
            return Verdict("▲", _("more lenient since week %(week)s", week=week), "loss")
        return Verdict("▼", _("stricter since week %(week)s", week=week), "loss")
    if drift.last_signal:
        return Verdict("✓", _("in control; outside in week %(week)s", week=week_number(drift.last_signal)))
    return Verdict("✓", _("in control"))
