"""Pictures made light: what a chart library writes for browsers, cut down to what is seen.

WeasyPrint opens a group of its own for every text that is not anchored at its start, and reads every element; the
English descriptions inside would be spoken in Chinese documents too. What is left says its one sentence in a title.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from xml.etree.ElementTree import Element, fromstring, register_namespace, tostring

_SVG = "http://www.w3.org/2000/svg"
_STYLES = {"fill", "stroke", "stroke-width", "stroke-dasharray", "font-family", "font-size", "font-weight"}
_DEFAULTS = {("fill", "none"), ("stroke", "none")}
#: Widths of letters in the documents' font, in parts of the size; Chinese characters are as wide as high.
_WIDTHS = {" ": 0.224, "–": 0.536, "−": 0.555, ".": 0.278, "%": 0.92, "≈": 0.555}
_DIGIT, _LOWER, _UPPER, _WIDE_FROM = 0.555, 0.53, 0.6, 0x2E80


def estimate_width(text: str, size: float) -> float:
    """Estimate how wide a text comes out.

    Parameters
    ----------
    text : str
        One line.
    size : float
        Font size.

    Returns
    -------
    float
        Width in the unit of `size`, within some percent.
    """
    return size * sum(map(_letter, text))


def _letter(letter: str) -> float:
    if ord(letter) >= _WIDE_FROM:
        return 1.0
    if letter.isdigit():
        return _DIGIT
    return _WIDTHS.get(letter, _UPPER if letter.isupper() else _LOWER)


def simplify(svg: str, title: str) -> str:
    """Cut a picture down to what is seen and give it its sentence.

    Parameters
    ----------
    svg : str
        An ``<svg>`` element as Vega writes it.
    title : str
        What the picture says, for those who hear it.

    Returns
    -------
    str
        The same picture; texts start where they are drawn, groups without effect are gone.
    """
    register_namespace("", _SVG)
    source = fromstring(svg)  # noqa: S314 - written by our own chart library, not by a stranger
    root = Element(f"{{{_SVG}}}svg", {name: source.attrib[name] for name in ("width", "height", "viewBox")})
    heading = Element(f"{{{_SVG}}}title")
    heading.text = title
    root.append(heading)
    marks = [mark for child in source for mark in _flat(child, 0.0, 0.0, {})]
    root.extend(_grouped(marks))
    return tostring(root, encoding="unicode")


@dataclass(frozen=True, slots=True)
class _Mark:
    """One thing drawn, at an absolute place; marks of one style can share a path or a group."""

    tag: str
    style: tuple[tuple[str, str], ...]
    x: float
    y: float
    text: str


def _flat(element: Element, x: float, y: float, inherited: Mapping[str, str]) -> Iterator[_Mark]:
    tag = element.tag.rpartition("}")[2]
    if _is_invisible(element, tag):
        return
    across, down = _shift(element.get("transform", ""))
    x, y = x + across, y + down
    style = {**inherited, **{name: value for name, value in element.attrib.items() if _is_style(name, value)}}
    if tag == "g":
        for child in element:
            yield from _flat(child, x, y, style)
    elif tag == "text":
        yield from _lines(element, x, y, style)
    else:
        drawn = _line(element, x, y) if tag == "line" else element.get("d", "")
        yield _Mark(tag, tuple(sorted(style.items())), x, y, drawn)


def _shift(transform: str) -> tuple[float, float]:
    """Read a translation; the charts know no other transformation."""
    if not transform:
        return 0.0, 0.0
    found = re.fullmatch(r"translate\(([-\d.e]+),([-\d.e]+)\)", transform)
    if found is None:
        raise ValueError(f"Only translations can be resolved, not {transform!r}.")
    return float(found[1]), float(found[2])


def _is_style(name: str, value: str) -> bool:
    return name in _STYLES and (name, value) not in _DEFAULTS


def _is_invisible(element: Element, tag: str) -> bool:
    kind = element.get("class", "")
    is_frame = tag == "path" and kind in {"background", "foreground"}
    return is_frame or element.get("display") == "none" or element.get("opacity") == "0"


def _line(element: Element, x: float, y: float) -> str:
    return f"M{x:.2f} {y:.2f}l{float(element.get('x2', 0)):.2f} {float(element.get('y2', 0)):.2f}"


def _lines(element: Element, x: float, y: float, style: Mapping[str, str]) -> Iterator[_Mark]:
    """Write each line of a text as a text of its own that starts where it is drawn."""
    size = float(element.get("font-size", "10px").removesuffix("px"))
    share = {"middle": 0.5, "end": 1.0}.get(element.get("text-anchor", "start"), 0.0)
    for line in [element, *element]:
        y += float(line.get("dy", 0)) if line is not element else 0.0
        if line.text:
            yield _Mark("text", tuple(sorted(style.items())), x - share * estimate_width(line.text, size), y, line.text)


def _grouped(marks: Sequence[_Mark]) -> Iterator[Element]:
    """Draw neighbours of one style together: lines as one path, texts and dots in one group."""
    for (tag, style), run in groupby(marks, key=lambda mark: (mark.tag, mark.style)):
        if tag == "line":
            yield Element(f"{{{_SVG}}}path", {**dict(style), "d": "".join(mark.text for mark in run)})
            continue
        group = Element(f"{{{_SVG}}}g", dict(style))
        for mark in run:
            if tag == "text":
                drawn = Element(f"{{{_SVG}}}text", {"x": f"{mark.x:.2f}", "y": f"{mark.y:.2f}"})
                drawn.text = mark.text
            else:
                place = {"transform": f"translate({mark.x:.2f},{mark.y:.2f})"} if mark.x or mark.y else {}
                drawn = Element(f"{{{_SVG}}}{tag}", {"d": mark.text, **place})
            group.append(drawn)
        yield group
