"""The cards "Where do points go?" and "New or rising": finished lines with what leads to the inspections behind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from qa_app.trends.criteria import Criteria
from qa_app.trends.links import losses_url
from qa_app.trends.pictures import round_steps
from qa_app.trends.scope import Scope
from qa_app.trends.words import format_points, format_shares, format_signed_share, write_interval
from qa_app.web.filters import format_number, format_percent
from scoring.trends.changes import Change, Movement
from scoring.trends.pareto import FEWEST_CONVERSATIONS, ParetoBar
from scoring.values import Interval

__all__ = ["ChangeLine", "ChangesBox", "LossLine", "LossesBox", "make_changes_box", "make_losses_box"]

DRAWN = 10
_ROOM = 0.96  # of the width, so that caps are not cut


@dataclass(frozen=True, slots=True)
class LossLine:
    """One criterion; positions are percent of the picture's width, none where there is no interval."""

    title: str
    url: str
    points: str
    total: str
    failed: int
    share: str
    cumulative: str
    width: float | None
    lower: float | None
    upper: float | None


@dataclass(frozen=True, slots=True)
class LossesBox:
    """The whole card; `n` conversations were inspected."""

    n: int
    lines: tuple[LossLine, ...]
    drawn: tuple[LossLine, ...]
    ticks: tuple[tuple[float, str], ...]
    has_intervals: bool
    note: str


def make_losses_box(bars: Sequence[ParetoBar], n: int, criteria: Criteria, scope: Scope) -> LossesBox:
    """Prepare the bars; below 30 conversations they are counts without intervals."""
    has_intervals = bool(bars) and bars[0].per_conversation.value is not None
    reach = max((bar.per_conversation.upper or 0.0 for bar in bars), default=0.0) if has_intervals else 0.0
    lines = tuple(_loss_line(bar, reach, criteria, scope) for bar in bars)
    if has_intervals:
        note = _("Lines are 95 in 100 intervals. Bars whose lines overlap have no order to speak of.")
    else:
        note = _("Intervals need %(needed)s inspected conversations: these are counts.", needed=FEWEST_CONVERSATIONS)
    return LossesBox(n, lines, lines[:DRAWN], _ticks(reach), has_intervals, note)


def _loss_line(bar: ParetoBar, reach: float, criteria: Criteria, scope: Scope) -> LossLine:
    estimate = bar.per_conversation
    places = [
        None if value is None or not reach else round(100 * _ROOM * value / reach, 2)
        for value in (estimate.value, estimate.lower, estimate.upper)
    ]
    share = "–" if bar.share.value is None else f"{format_percent(bar.share.value)} ({format_shares(bar.share)})"
    return LossLine(
        title=criteria.title(bar.criterion),
        url=losses_url(bar.criterion, scope),
        points=format_points(estimate),
        total=format_number(bar.total, 1),
        failed=bar.conversations,
        share=share,
        cumulative=format_percent(bar.cumulative_share),
        width=places[0],
        lower=places[1],
        upper=places[2],
    )


def _ticks(reach: float) -> tuple[tuple[float, str], ...]:
    """Round figures of points, with a decimal where they need one."""
    values = round_steps(reach) if reach else []
    places = 0 if all(value.is_integer() for value in values) else 1
    return tuple((round(100 * _ROOM * value / reach, 2), format_number(value, places)) for value in values)


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One thing in two months."""

    title: str
    url: str
    before: str
    now: str
    difference: str
    verdict: str
    sign: str
    is_named: bool


@dataclass(frozen=True, slots=True)
class ChangesBox:
    """What was looked at, what is named of it, and why nothing can be compared where that is so."""

    lines: tuple[ChangeLine, ...]
    named: tuple[ChangeLine, ...]
    is_comparable: bool


def make_changes_box(changes: Sequence[Change], title: Callable[[str], str], url: Callable[[str], str]) -> ChangesBox:
    """Prepare the lines, the surest first."""
    lines = tuple(_change_line(change, title, url) for change in changes)
    return ChangesBox(
        lines=lines,
        named=tuple(line for line in lines if line.is_named),
        is_comparable=any(change.difference is not None for change in changes),
    )


def _change_line(change: Change, title: Callable[[str], str], url: Callable[[str], str]) -> ChangeLine:
    counts = change.counts
    sign, verdict = _movement(change)
    return ChangeLine(
        title=title(counts.code),
        url=url(counts.code),
        before=_count_words(counts.before, counts.n_before),
        now=_count_words(counts.now, counts.n_now),
        difference=_difference(change.difference, change.interval),
        verdict=verdict,
        sign=sign,
        is_named=change.movement is not Movement.not_shown,
    )


def _movement(change: Change) -> tuple[str, str]:
    match change.movement:
        case Movement.new:
            return "▲", str(_("new"))
        case Movement.rising:
            return "▲", str(_("rising"))
        case _:
            return ("–", str(_("no value"))) if change.difference is None else ("≈", str(_("cannot tell")))


def _count_words(k: int, n: int) -> str:
    """Write a share as what it is, with its counts: 12% (9 of 75)."""
    if not n:
        return "–"
    return str(_("%(share)s (%(k)s of %(n)s)", share=format_percent(k / n, n), k=format_number(k), n=format_number(n)))


def _difference(difference: float | None, interval: Interval) -> str:
    if difference is None:
        return "–"
    return write_interval(*(format_signed_share(one) for one in (difference, interval.lower, interval.upper)))
