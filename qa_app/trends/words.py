"""How figures of this room are written, and the words they share."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from qa_app.web.filters import format_number, format_percent
from scoring.values import Estimate, Interval

__all__ = [
    "MOST_ROWS",
    "format_points",
    "format_shares",
    "format_signed_share",
    "left_off_words",
    "too_few_words",
    "week_number",
    "write_interval",
]

MOST_ROWS = 200
"""Of a table of agents: a page of thousands is of no use, a team can be chosen."""


def week_number(label: str) -> int:
    """The number people say: 46 of 2026-W46."""
    return int(label.partition("-W")[2])


def format_points(estimate: Estimate) -> str:
    """Write an estimate of points with its interval: 3.1 (2.4–3.9)."""
    if estimate.value is None:
        return "–"
    return f"{format_number(estimate.value, 1)} ({format_number(estimate.lower, 1)}–{format_number(estimate.upper, 1)})"


def format_shares(interval: Interval | Estimate | None) -> str:
    """Write bounds of a share: 76–93%."""
    if interval is None or interval.lower is None or interval.upper is None:
        return "–"
    return f"{format_number(interval.lower * 100)}–{format_percent(interval.upper)}"


def format_signed_share(value: float) -> str:
    """Write a difference of shares in percentage points with its sign: +4.2, −0.8."""
    text = format_number(100 * value, 1)
    return text if value < 0 or text in {"0.0", "−0.0"} else f"+{text}"


def too_few_words(n: int, needed: int) -> str:
    """Say that there is too little to tell."""
    return str(ngettext("too few: %(num)s of %(needed)s", "too few: %(num)s of %(needed)s", n, needed=needed))


def left_off_words(shown: int, all_: int) -> str:
    """Say how many lines a table leaves off; nothing where it holds all."""
    if shown >= all_:
        return ""
    return str(
        _(
            "Showing %(shown)s of %(all)s agents; choose a team to see its agents.",
            shown=format_number(shown),
            all=format_number(all_),
        )
    )


def write_interval(value: str, lower: str, upper: str) -> str:
    """Write a figure with its interval, all three already in words."""
    return str(_("%(value)s (%(lower)s to %(upper)s)", value=value, lower=lower, upper=upper))
