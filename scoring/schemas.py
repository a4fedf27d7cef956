"""JSON Schemas of the files people write: rubrics, scripts, rules."""

from __future__ import annotations

from inspect import cleandoc
from typing import Any

import msgspec

__all__ = ["describe_file"]

_ADDRESS = "https://assay.example/schemas/{name}.schema.json"


def describe_file(kind: Any, *, name: str, title: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a msgspec type; descriptions stand without the indent of the code."""
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": _ADDRESS.format(name=name),
        "title": title,
    }
    described: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(msgspec.json.schema(kind)))
    plain: dict[str, Any] = _without_indent(described)
    return head | plain


def _without_indent(plain: Any) -> Any:
    """The same tree with descriptions as Python 3.13 keeps docstrings."""
    match plain:
        case dict():
            return {
                key: cleandoc(part) if key == "description" and isinstance(part, str) else _without_indent(part)
                for key, part in plain.items()
            }
        case list():
            return [_without_indent(part) for part in plain]
    return plain
