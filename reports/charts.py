"""Charts: one Vega-Lite specification for page and paper, drawn as SVG without browser or Node.

The words in a chart arrive ready; colours and sizes come with a `Look`, so the page may give names of its theme's
variables where the paper gives colours. Bars beside figures are plain SVG and stand in the templates' macros.

The library measures every word, which takes it two milliseconds a word with a Chinese font and more in an axis. So the
words of the axes are marks like all others, the margins are ours, and while it draws, the font has a name that nobody
has installed: a chart takes a sixth of the time, and comes out the same wherever it is drawn.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from json import dumps
from math import floor
from typing import Any

import vl_convert

from reports.svg import estimate_width, place_letters, simplify

#: Pinned to the version the browser-side libraries use.
VEGA_LITE = "6.4"
_TOP = 100.0
_LOWEST_START = 60.0
#: Stands for the look's font while the picture is drawn.
_FONT = "assay-unmeasured"
#: Distance between the plot and its words, in pixels.
_GAP = 5.0
#: How much wider than ours the widest of usual fonts is.
_WIDER = 1.2
#: Two labels at the line's end need this distance, in pixels, to be read apart.
_LABEL_GAP = 13.0


@dataclass(frozen=True, slots=True)
class Look:
    """Colours, font and sizes of a chart, in CSS pixels; `is_paper` where the font is the documents' own."""

    ink: str
    ink2: str
    line: str
    accent: str
    band: str
    surface: str
    font: str
    width: int
    height: int
    text: float
    small: float
    dot: float = 24.0
    is_paper: bool = False


PAPER = Look(
    ink="#1A2320", ink2="#46524C", line="#D8DDD6", accent="#2F4EA2", band="#D9E0F3", surface="#FFFFFF",
    font="Assay Sans, Assay Sans Rare, Noto Sans CJK SC", width=250, height=118, text=9, small=8,
    is_paper=True,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TrendMark:
    """One month in a trend: its words under the axis and its value with interval; `None` leaves a gap."""

    month: str
    count: str
    value: float | None
    lower: float | None
    upper: float | None
    text: str


@dataclass(frozen=True, slots=True)
class Level:
    """A line across the trend with the words at its end; `lower` and `upper` draw its band."""

    value: float
    text: str
    lower: float | None = None
    upper: float | None = None


def draw_trend(
    marks: Sequence[TrendMark], *, standing: Level | None, standard: Level | None, look: Look, title: str
) -> str:
    """Draw scores by month: dots with intervals, the standing as a band, the standard dashed.

    Parameters
    ----------
    marks : sequence of TrendMark
        Oldest first; a mark without value keeps its place on the axis.
    standing : Level or None
        Standing over the window with its interval.
    standard : Level or None
        The score the policy asks for.
    look : Look
        Colours, font, sizes.
    title : str
        The picture in one sentence, with its numbers.

    Returns
    -------
    str
        An ``<svg>`` element with real text; same input, same string.
    """
    drawn = _convert(dumps(trend_specification(marks, standing=standing, standard=standard, look=look)))
    picture = simplify(drawn, title, {_FONT: look.font})
    return place_letters(picture) if look.is_paper else picture


@lru_cache(maxsize=256)
def _convert(specification: str) -> str:
    svg: str = vl_convert.vegalite_to_svg(specification, vl_version=VEGA_LITE)
    return svg


def trend_specification(
    marks: Sequence[TrendMark], *, standing: Level | None, standard: Level | None, look: Look
) -> dict[str, Any]:
    """Give the Vega-Lite specification of `draw_trend`; parameters as there."""
    levels = [level for level in (standing, standard) if level is not None]
    start = _start_of_axis(marks, levels)
    layers = [*_standing_layers(standing, look), *_standard_layers(standing, standard, look, start)]
    return {
        "width": look.width,
        "height": look.height,
        "padding": _margins(levels, look),
        "autosize": "none",
        "background": None,
        "layer": [*_scale_layers(start, look), *layers, *_month_layers(marks, look)],
        "encoding": {"y": {"type": "quantitative", "scale": {"domain": [start, _TOP], "zero": False}, "axis": None}},
        "config": {"font": _FONT, "view": {"stroke": None}},
    }


def _margins(levels: Sequence[Level], look: Look) -> dict[str, float]:
    # The font of a page is somebody else's, and may be wider.
    wide = 1.0 if look.is_paper else _WIDER
    right = max((wide * estimate_width(level.text, look.small) + _GAP for level in levels), default=0.0)
    left = wide * estimate_width(f"{_TOP:.0f}", look.text) + _GAP
    below = _GAP + 2 * (look.text + 2)
    return {"left": round(left, 1), "right": round(right, 1), "top": look.text / 2, "bottom": below}


def _start_of_axis(marks: Sequence[TrendMark], levels: Sequence[Level]) -> float:
    lows = [mark.lower for mark in marks if mark.lower is not None]
    lows += [level.value if level.lower is None else level.lower for level in levels]
    return max(0.0, min([_LOWEST_START, *(floor(low / 10) * 10.0 for low in lows)]))


def _scale_layers(start: float, look: Look) -> list[dict[str, Any]]:
    """Draw the lines of the scale and write its numbers."""
    step = 10 if _TOP - start <= 80 else 20
    first = int(-(-start // step)) * step
    values = [{"value": value, "text": f"{value}"} for value in range(first, int(_TOP) + 1, step)]
    height = {"field": "value", "type": "quantitative"}
    lines = {"mark": {"type": "rule", "color": look.line, "strokeWidth": 0.75}, "encoding": {"y": height}}
    mark = {"type": "text", "align": "right", "baseline": "middle", "dx": -_GAP, "color": look.ink2,
            "fontSize": look.text}  # fmt: skip
    numbers = {"mark": mark, "encoding": {"y": height, "x": {"value": 0}, "text": {"field": "text"}}}
    return [{"data": {"values": values}, "layer": [lines, numbers]}]


def _standing_layers(standing: Level | None, look: Look) -> list[dict[str, Any]]:
    if standing is None:
        return []
    data = {"values": [{"value": standing.value, "lower": standing.lower, "upper": standing.upper}]}
    band = {
        "data": data,
        "mark": {"type": "rect", "color": look.band},
        "encoding": {"y": {"field": "lower", "type": "quantitative"}, "y2": {"field": "upper"}},
    }
    return [band, _rule(standing.value, look.accent, None), _end_label(standing, look.accent, look, 0.0)]


def _standard_layers(standing: Level | None, standard: Level | None, look: Look, start: float) -> list[dict[str, Any]]:
    if standard is None:
        return []
    shift = 0.0
    if standing is not None:
        apart = (standing.value - standard.value) / (_TOP - start) * look.height
        if abs(apart) < _LABEL_GAP:
            shift = (_LABEL_GAP - abs(apart)) * (1 if apart >= 0 else -1)
    return [_rule(standard.value, look.ink, [3, 2]), _end_label(standard, look.ink2, look, shift)]


def _rule(value: float, colour: str, dash: list[int] | None) -> dict[str, Any]:
    mark: dict[str, Any] = {"type": "rule", "color": colour, "strokeWidth": 1}
    if dash:
        mark["strokeDash"] = dash
    return {"data": {"values": [{"value": value}]}, "mark": mark, "encoding": {"y": {"field": "value"}}}


def _end_label(level: Level, colour: str, look: Look, shift: float) -> dict[str, Any]:
    mark = {
        "type": "text", "align": "left", "baseline": "middle", "dx": 5, "dy": shift,
        "color": colour, "fontSize": look.small, "limit": 0,
    }  # fmt: skip
    return {
        "data": {"values": [{"value": level.value, "text": level.text}]},
        "mark": mark,
        "encoding": {"y": {"field": "value"}, "x": {"value": look.width}, "text": {"field": "text"}},
    }


def _month_layers(marks: Sequence[TrendMark], look: Look) -> list[dict[str, Any]]:
    rows = [
        {"place": index, "month": mark.month, "count": mark.count, "value": mark.value, "lower": mark.lower,
         "upper": mark.upper, "text": mark.text}
        for index, mark in enumerate(marks)
    ]  # fmt: skip
    across = {"field": "place", "type": "ordinal", "axis": None, "scale": {"paddingOuter": 0.35}}
    known = [{"filter": "isValid(datum.value)"}]
    interval = {
        "transform": known,
        "mark": {"type": "rule", "color": look.ink2, "strokeWidth": 1},
        "encoding": {"x": across, "y": {"field": "lower"}, "y2": {"field": "upper"}},
    }
    dot = {
        "transform": known,
        "mark": {"type": "point", "filled": True, "fill": look.surface, "stroke": look.ink2, "strokeWidth": 1.4,
                 "size": look.dot, "opacity": 1},
        "encoding": {"x": across, "y": {"field": "value"}},
    }  # fmt: skip
    words = {
        "transform": known,
        "mark": {"type": "text", "align": "left", "baseline": "bottom", "dx": 3.5, "dy": -1, "color": look.ink,
                 "fontWeight": "bold", "fontSize": look.small},
        "encoding": {"x": across, "y": {"field": "value"}, "text": {"field": "text"}},
    }  # fmt: skip
    below = [
        {"mark": {"type": "text", "align": "center", "baseline": "top", "color": look.ink2, "fontSize": look.small},
         "encoding": {"x": across, "y": {"value": look.height + _GAP + row * (look.text + 2)},
                      "text": {"field": field}}}
        for row, field in enumerate(("month", "count"))
    ]  # fmt: skip
    return [{"data": {"values": rows}, "layer": [*below, interval, dot, words]}]
