"""Where the marks of the interval bars stand, in pixels of their boxes."""

from collections.abc import Callable
from dataclasses import replace
from math import floor

from reports.appraisal.views import Bar, Tick
from reports.documents import ComponentRow, Overall
from reports.svg import estimate_width
from reports.values import Figure

ROW_WIDTH, ROW_HEIGHT = 110, 20
OVERALL_WIDTH, OVERALL_HEIGHT = 318, 40
#: The axis of the composite starts at 60, or ten points lower for as long as the interval asks for it.
_OVERALL_START = 60.0
_NARROW, _NAME_SIZE = 34.0, 8.5


def row_bar(row: ComponentRow, sentence: str) -> Bar:
    """Place a component's interval between the ends of its domain."""
    low, high = row.domain

    def place(value: float) -> float:
        return _place(value, low, high, ROW_WIDTH)

    return _bar(row.figure, row.target, sentence, place, middle=10.0, half=4.5, radius=3.2)


def overall_bar(overall: Overall, names: dict[str, str], sentence: str) -> Bar:
    """Place the composite among the tiers; boundaries are ticks, names stand in the middle of their tier."""
    figure = overall.figure
    start = _OVERALL_START
    if figure.lower is not None:
        start = max(0.0, min(start, floor(figure.lower / 10) * 10.0))

    def place(value: float) -> float:
        return _place(value, start, 100.0, OVERALL_WIDTH)

    ticks, labels, upper = [], [], 100.0
    for tier in overall.tiers:
        if upper <= start:
            break
        left, right = place(tier.lower), place(upper)
        if tier.lower > start:
            ticks.append(Tick(left, f"{tier.lower:g}"))
        if right - left >= _NARROW:
            labels.append(_centred(names[tier.code], (left + right) / 2))
        upper = tier.lower
    bar = _bar(figure, None, sentence, place, middle=9.0, half=5.0, radius=4.0)
    return replace(bar, ticks=tuple(ticks), names=tuple(labels))


def _centred(text: str, middle: float) -> Tick:
    return Tick(round(middle - estimate_width(text, _NAME_SIZE) / 2, 1), text)


def _bar(
    figure: Figure,
    target: float | None,
    sentence: str,
    place: Callable[[float], float],
    *,
    middle: float,
    half: float,
    radius: float,
) -> Bar:
    value, lower, upper = figure.value, figure.lower, figure.upper
    return Bar(
        sentence=sentence,
        value=None if value is None else place(value),
        lower=0.0 if lower is None else place(lower),
        upper=0.0 if upper is None else place(upper),
        target=None if target is None else place(target),
        middle=middle, top=middle - half, bottom=middle + half, radius=radius,
    )  # fmt: skip


def _place(value: float, low: float, high: float, width: float) -> float:
    share = (min(max(value, low), high) - low) / (high - low)
    return round(4 + share * (width - 8), 1)
