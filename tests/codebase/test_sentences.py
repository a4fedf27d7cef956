"""Sentences are marked where the extractor finds them: it does not look into f-strings, and takes no built strings."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.codebase.checkout import relative, tracked_files

MARKERS = {"_", "_l", "gettext", "lazy_gettext", "ngettext", "lazy_ngettext", "pgettext", "npgettext"}


def lost_sentences(code: str) -> Iterator[int]:
    """Lines of marks that the extractor loses: inside an f-string, or around a string that is put together."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.JoinedStr):
            yield from (inner.lineno for inner in ast.walk(node) if is_mark(inner))
        if is_mark(node) and isinstance(node, ast.Call) and node.args and not isinstance(node.args[0], ast.Constant):
            yield node.lineno


def is_mark(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKERS


def pages_of_code() -> list[Path]:
    return [path for path in tracked_files() if path.suffix == ".py" and "qa_app" in path.parts]


def test_no_sentence_is_marked_where_the_extractor_does_not_look() -> None:
    assert relative(path for path in pages_of_code() if list(lost_sentences(path.read_text(encoding="utf-8")))) == []


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("f'{_(\"A sentence.\")} more'", [1]),
        ('x = 1\ny = f\'{one} {str(ngettext("a", "b", n))}\'', [2]),
        ('_("one " + two)', [1]),
        ('_(f"one {two}")', [1]),
        ('said = _("A sentence.")\nf"{said} more"', []),
        ('_("in two "\n  "lines")', []),
    ],
)
def test_what_the_extractor_loses_is_found(code: str, lines: list[int]) -> None:
    assert sorted(lost_sentences(code)) == lines
