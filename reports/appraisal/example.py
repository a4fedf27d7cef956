"""The made-up month beside the template, in either language: for tests, the preview and the benchmark."""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from reports.documents import AppraisalDocument
from reports.values import Figure, Share, Span

_FILE = Path(__file__).with_name("example.json")


def example_appraisal(language: str) -> AppraisalDocument:
    """Give the made-up month with its texts in `language` (``en`` or ``zh_Hans_CN``)."""
    plain = json.loads(_FILE.read_text("utf-8"), object_hook=partial(_revive, language[:2]))
    document: AppraisalDocument = _build(AppraisalDocument, {"language": language, **plain})
    return document


def _revive(language: str, found: dict[str, Any]) -> Any:
    """Turn the file's short forms into values: a text in two languages, a share, a span, a figure, a day."""
    match found:
        case _ if len(found) != 1 and found.keys() != {"en", "zh"}:
            return found  # a pattern would match a larger object too
        case {"en": _, "zh": _}:
            return found[language]
        case {"share": value}:
            return Share(value)
        case {"span": [lower, upper]}:
            return Span(lower, upper, percent=True)
        case {"figure": [value, lower, upper, n]}:
            return Figure(value, lower, upper, n)
        case {"day": text}:
            return date.fromisoformat(text)
        case _:
            return found


def _build(kind: Any, value: Any) -> Any:
    """Build a value of `kind` from what JSON can say."""
    if value is None:
        return None
    if isinstance(kind, UnionType):
        known = [option for option in get_args(kind) if option is not type(None)]
        return _build(known[0], value) if len(known) == 1 else value
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return kind(**{field.name: _build(hints[field.name], value[field.name])
                       for field in fields(kind) if field.name in value})  # type: ignore[operator]  # fmt: skip
    if get_origin(kind) is tuple:
        arguments = get_args(kind)
        return tuple(_build(arguments[0], item) for item in value)
    if get_origin(kind) is Mapping:
        return value
    if isinstance(kind, type) and issubclass(kind, datetime | date):
        return kind.fromisoformat(value)
    return kind(value) if isinstance(kind, type) and issubclass(kind, StrEnum) else value
