"""Pictures made light: what a chart library writes for browsers, cut down to what is seen.

WeasyPrint opens a group of its own for every text that is not anchored at its start, and reads every element; the
English descriptions inside would be spoken in Chinese documents too. What is left says its one sentence in a title.
"""

from collections.abc import Iterator
from xml.etree.ElementTree import Element, fromstring, register_namespace, tostring

_SVG = "http://www.w3.org/2000/svg"
_NAMES = {"class", "role", "pointer-events", "version"}
_DEFAULTS = {("opacity", "1"), ("text-anchor", "start"), ("stroke-miterlimit", "10"), ("transform", "translate(0,0)")}
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
    drawing = Element(f"{{{_SVG}}}g", {"fill": "none"})
    drawing.extend(part for child in source for part in _reduced(child))
    root.append(drawing)
    return tostring(root, encoding="unicode")


def _reduced(element: Element) -> Iterator[Element]:
    tag = element.tag.rpartition("}")[2]
    if _is_invisible(element, tag):
        return
    attributes = {
        name: value for name, value in element.attrib.items()
        if name not in _NAMES and not name.startswith("aria-") and (name, value) not in _DEFAULTS
    }  # fmt: skip
    if tag == "text":
        yield from _lines(element, attributes)
        return
    children = [part for child in element for part in _reduced(child)]
    if tag == "g" and not children:
        return
    if tag == "g" and not attributes:
        yield from children
        return
    reduced = Element(element.tag, attributes)
    reduced.extend(children)
    yield reduced


def _is_invisible(element: Element, tag: str) -> bool:
    kind = element.get("class", "")
    is_frame = tag == "path" and kind in {"background", "foreground"}
    return is_frame or element.get("display") == "none" or element.get("opacity") == "0"


def _lines(element: Element, attributes: dict[str, str]) -> Iterator[Element]:
    """Write each line of a text as a text of its own, shifted so that it starts where it is drawn."""
    size = float(element.get("font-size", "10px").removesuffix("px"))
    shift = {"middle": 0.5, "end": 1.0}.get(attributes.pop("text-anchor", "start"), 0.0)
    down = 0.0
    for line in [element, *element]:
        down += float(line.get("dy", 0)) if line is not element else 0.0
        if not line.text:
            continue
        reduced = Element(element.tag, attributes)
        if shift:
            reduced.set("x", f"{-shift * estimate_width(line.text, size):.2f}")
        if down:
            reduced.set("y", f"{down:g}")
        reduced.text = line.text
        yield reduced
