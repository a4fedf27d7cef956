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
_LETTERS = (
    (' ', 0.225), ('ij', 0.275), ("',.:;", 0.278), ('l', 0.285), ('I', 0.292), ('!', 0.323), ('f', 0.325),
    ('()', 0.338), ('-', 0.347), ('t', 0.378), ('r', 0.388), ('/', 0.393), ('*s', 0.468), ('"z', 0.475),
    ('x', 0.497), ('c', 0.51), ('vy', 0.52), ('Y', 0.53), ('J', 0.535), ('L', 0.542), ('Fk', 0.552),
    ('#$+=e', 0.555), ('a', 0.562), ('g', 0.565), ('X', 0.573), ('V', 0.575), ('E', 0.59), ('S', 0.595), ('T', 0.6),
    ('Z', 0.603), ('o', 0.605), ('Ahu', 0.608), ('n', 0.61), ('b', 0.618), ('dpq', 0.62), ('P', 0.632), ('R', 0.635),
    ('C', 0.637), ('K', 0.645), ('B', 0.657), ('&', 0.68), ('D', 0.688), ('G', 0.69), ('U', 0.72), ('N', 0.723),
    ('H', 0.728), ('OQ', 0.743), ('w', 0.802), ('M', 0.812), ('W', 0.877), ('%', 0.92), ('m', 0.925),
    ("–", 0.536), ("−", 0.555),
)  # fmt: skip
_WIDTHS = {letter: width for letters, width in _LETTERS for letter in letters}
_DIGIT, _OTHER, _WIDE_FROM = 0.555, 0.6, 0x2E80
#: How much wider bold digits are.
_BOLD = 1.063


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
    return _DIGIT if letter.isdigit() else _WIDTHS.get(letter, _OTHER)


def simplify(svg: str, title: str, fonts: Mapping[str, str] | None = None) -> str:
    """Cut a picture down to what is seen and give it its sentence.

    Parameters
    ----------
    svg : str
        An ``<svg>`` element as Vega writes it.
    title : str
        What the picture says, for those who hear it.
    fonts : mapping, optional
        Names of fonts to be replaced, and by which.

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
    for element in root.iter():
        if "font-family" in element.attrib:
            name = element.attrib["font-family"]
            element.attrib["font-family"] = (fonts or {}).get(name, name)
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
    """Draw neighbours of one style together: lines and dots as one path, texts in one group."""
    for (tag, style), run in groupby(marks, key=lambda mark: (mark.tag, mark.style)):
        if tag == "line":
            yield Element(f"{{{_SVG}}}path", {**dict(style), "d": "".join(mark.text for mark in run)})
        elif tag == "text":
            group = Element(f"{{{_SVG}}}g", dict(style))
            group.extend(map(_word, run))
            yield group
        else:
            yield from _paths(list(run), dict(style))


def _word(mark: _Mark) -> Element:
    drawn = Element(f"{{{_SVG}}}text", {"x": f"{mark.x:.2f}", "y": f"{mark.y:.2f}"})
    drawn.text = mark.text
    return drawn


def _paths(run: Sequence[_Mark], style: dict[str, str]) -> Iterator[Element]:
    moved = [_moved(mark.text, mark.x, mark.y) for mark in run]
    known = [path for path in moved if path is not None]
    if len(known) == len(run):
        yield Element(f"{{{_SVG}}}path", {**style, "d": "".join(known)})
        return
    for mark in run:
        place = {"transform": f"translate({mark.x:.2f},{mark.y:.2f})"} if mark.x or mark.y else {}
        yield Element(f"{{{_SVG}}}path", {**style, "d": mark.text, **place})


def _moved(path: str, x: float, y: float) -> str | None:
    """Move a path made of absolute points and arcs, as dots are; none where it has other steps."""
    if re.fullmatch(r"(?:[MA][-\d.,e]+)+Z?", path) is None:
        return None
    steps = []
    for command, numbers in re.findall(r"([MA])([-\d.,e]+)", path):
        *radii, across, down = numbers.split(",")
        steps.append(command + ",".join([*radii, f"{float(across) + x:.2f}", f"{float(down) + y:.2f}"]))
    return "".join(steps)


def place_letters(svg: str) -> str:
    """Write the words of each group as one text whose letters all have their places.

    Only for the documents' own font, whose widths are known: WeasyPrint places letter by letter anyway, and a text
    costs it more than a letter does.

    Parameters
    ----------
    svg : str
        What `simplify` gives.

    Returns
    -------
    str
        A picture that looks the same.
    """
    root = fromstring(svg)  # noqa: S314 - written by ourselves
    for group in root.iter(f"{{{_SVG}}}g"):
        words = group.findall(f"{{{_SVG}}}text")
        if len(words) > 1:
            for word in words:
                group.remove(word)
            size = float(group.attrib["font-size"].removesuffix("px"))
            group.append(_placed(words, size * _BOLD if group.get("font-weight") == "bold" else size))
    return tostring(root, encoding="unicode")


def _placed(words: Sequence[Element], size: float) -> Element:
    across, down, letters = [], [], ""
    for word in words:
        x, text = float(word.attrib["x"]), " ".join((word.text or "").split())
        for letter in text:
            across.append(f"{x:.2f}")
            down.append(word.attrib["y"])
            x += estimate_width(letter, size)
        letters += text
    placed = Element(f"{{{_SVG}}}text", {"x": " ".join(across), "y": " ".join(down)})
    placed.text = letters
    return placed
