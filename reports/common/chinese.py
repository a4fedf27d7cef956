"""Chinese words inside a document of another language: marked as such, so that they are set and read as Chinese.

An English document takes narrow quotation marks from the Chinese font. Chinese that it quotes keeps its own full stops,
commas and marks, on paper and for whoever copies the words from the file.
"""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

__all__ = ["CHINESE_EDGES", "mark_chinese"]

CHINESE_EDGES = "chinese-edges"
"""Class of a page whose head or foot holds Chinese marks."""

_HAN = "\u2e80-\u2fdf\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_WIDE_MARKS = "\u3000-\u3004\u3008-\u303f\uff01-\uff60\uffe0-\uffe6"
_EITHER = "“”‘’…—·"  # in both scripts: Chinese where Chinese stands on both sides
_CHINESE = re.compile(f"[{_HAN}{_WIDE_MARKS}](?:[{_HAN}{_WIDE_MARKS}{_EITHER}]*[{_HAN}{_WIDE_MARKS}])?")
_WIDE = re.compile(f"[{_WIDE_MARKS}]")
_LEFT_ALONE = {"head", "svg"}


def mark_chinese(root: Element) -> None:
    """Put every run of Chinese in the texts of a page into an element that says so.

    Parameters
    ----------
    root : Element
        The page, changed in place. A page that is in Chinese stays as it is, and so do drawings.
    """
    if root.get("lang", "").startswith("zh"):
        return
    _mark_inside(root)
    body = root.find("body")
    if body is not None and any(map(_WIDE.search, body.attrib.values())):
        # The lines above and below a page are no elements; the whole page has to say how they are set.
        body.set("class", f"{body.get('class', '')} {CHINESE_EDGES}".strip())


def _mark_inside(element: Element) -> None:
    children = list(element)
    for place in reversed(range(len(children))):
        child = children[place]
        if child.tag.rpartition("}")[2] not in _LEFT_ALONE:
            _mark_inside(child)
        if child.tail and _CHINESE.search(child.tail):
            before, runs = _parted(child.tail)
            child.tail = before
            element[place + 1 : place + 1] = runs
    if element.text and _CHINESE.search(element.text):
        element.text, runs = _parted(element.text)
        element[:0] = runs


def _parted(text: str) -> tuple[str, list[Element]]:
    """Return what stands before the first run, and the runs with what follows each."""
    found = list(_CHINESE.finditer(text))
    return text[: found[0].start()], list(_make_runs(text, found))


def _make_runs(text: str, found: list[re.Match[str]]) -> Iterator[Element]:
    for run, following in zip(found, [*(later.start() for later in found[1:]), len(text)], strict=True):
        span = Element("span", {"lang": "zh-Hans"})
        span.text, span.tail = run[0], text[run.end() : following]
        yield span
