"""The standing over six months as a sheet's page tells it: one sentence, the formula, the band in the drawing."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from qa_app.assessment.content import SheetContent, Standing
from qa_app.web.filters import format_number, format_score
from scoring.assessment.explain import explain_standing

__all__ = ["StandingBox", "height_of", "lone_sentence", "make_lone_box", "make_standing_box", "standing_formulas"]

_TREND_LOW = 40.0


@dataclass(frozen=True, slots=True)
class StandingBox:
    """The standing over six months: its sentence, its formula, its band in the drawing of the months."""

    sentence: str
    composite: str
    formulas: tuple[str, ...]
    y: float | None
    y_lower: float | None
    y_upper: float | None


def make_standing_box(standing: Standing, content: SheetContent) -> StandingBox:
    """Gather what the page shows of a standing."""
    total, composite = standing.total, standing.composite
    overall = ""
    if composite.value is not None:
        overall = _(
            "The tier rests on the standing: %(value)s overall (%(lower)s–%(upper)s).",
            value=format_score(composite.value),
            lower=format_number(composite.lower),
            upper=format_number(composite.upper),
        )
    return StandingBox(
        sentence=_standing_sentence(standing, content),
        composite=overall,
        formulas=standing_formulas(standing),
        y=height_of(total.value),
        y_lower=height_of(total.lower),
        y_upper=height_of(total.upper),
    )


def standing_formulas(standing: Standing) -> tuple[str, ...]:
    """Return the lines that lead to a standing, with its numbers."""
    value = standing.total.value
    return () if value is None else tuple(step.line for step in explain_standing(standing.basis, value))


def make_lone_box() -> StandingBox:
    """Say why there is no standing: no band and no formula, for nothing is drawn towards anybody."""
    return StandingBox(sentence=lone_sentence(), composite="", formulas=(), y=None, y_lower=None, y_upper=None)


def lone_sentence() -> str:
    """Say what the tier rests on where fewer than eight agents were inspected."""
    return str(
        _(
            "There is no standing over months: fewer than eight agents were inspected, too few to learn from. The tier "
            "rests on this month’s conversations, with the critical errors of six months."
        )
    )


def _standing_sentence(standing: Standing, content: SheetContent) -> str:
    """This month beside the standing, in one line; the sentence of the design."""
    now = next((point.qa for point in content.trend if point.month == content.period.month), None)
    total = standing.total
    if total.value is None:
        return str(_("Nothing was inspected in the centre yet."))
    stood = {
        "standing": format_number(total.value),
        "standing_lower": format_number(total.lower),
        "standing_upper": format_number(total.upper),
    }
    if now is None or now.value is None or not now.n:
        return str(
            _(
                "Nothing inspected this month. Standing over six months: %(standing)s "
                "(%(standing_lower)s–%(standing_upper)s).",
                **stood,
            )
        )
    return str(
        _(
            "Inspected this month: %(value)s (n = %(n)s, likely %(lower)s–%(upper)s). "
            "Standing over six months: %(standing)s (%(standing_lower)s–%(standing_upper)s).",
            value=format_number(now.value),
            n=now.n,
            lower=format_number(now.lower),
            upper=format_number(now.upper),
            **stood,
        )
    )


def height_of(value: float | None) -> float | None:
    """Percent from the top of a drawing that shows 40 to 100."""
    return None if value is None else round(100 - 100 * (max(value, _TREND_LOW) - _TREND_LOW) / (100 - _TREND_LOW), 2)
