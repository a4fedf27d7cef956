"""Rubrics as files: YAML and JSON in, YAML and JSON out, and the schema both follow.

YAML is read as version 1.2 reads it: ``yes`` and ``no`` are words, not truth values, since they are the two commonest
answers of a rubric. Anchors and aliases are refused, because a few lines of them unfold into gigabytes.
"""

from __future__ import annotations

import json
import re
from typing import Any, cast

import msgspec
import yaml

from scoring.errors import RubricFileError
from scoring.rubric.definition import Condition, Rubric
from scoring.schemas import describe_file

MAXIMUM_BYTES = 1_000_000


def read_rubric(data: str | bytes) -> Rubric:
    """Read a rubric from YAML or JSON.

    Parameters
    ----------
    data : str or bytes
        The file's content, UTF-8 (a byte order mark is skipped). Which of the two it is shows in the text itself.

    Returns
    -------
    Rubric
        The rubric as written; whether it makes sense is for `lint_rubric`.

    Raises
    ------
    RubricFileError
        If the text is too long, not UTF-8, not YAML, or not a rubric; the message names the place.
    """
    try:
        return msgspec.convert(_parse(_decode(data)), Rubric)
    except msgspec.ValidationError as error:
        raise RubricFileError(f"This is not a rubric: {error}") from error


def read_condition(data: str) -> Condition:
    """Read a single condition as it stands under ``applies_if`` in a file.

    Raises
    ------
    RubricFileError
        If the text is not YAML or not a condition; the message names the place.
    """
    try:
        # A generic alias of structs; msgspec takes it as the tagged union it is.
        return cast(Condition, msgspec.convert(_parse(data), type=Condition))
    except msgspec.ValidationError as error:
        raise RubricFileError(f"This is not a condition: {error}") from error


def write_yaml(rubric: Rubric) -> str:
    """The rubric as YAML; reading it back gives an equal rubric."""
    plain = _without_point_zero(msgspec.to_builtins(rubric))
    return yaml.dump(plain, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)


def write_json(rubric: Rubric) -> str:
    """The rubric as JSON, indented for people; reading it back gives an equal rubric."""
    plain = _without_point_zero(msgspec.to_builtins(rubric))
    return json.dumps(plain, ensure_ascii=False, indent=2) + "\n"


def rubric_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) that rubric files follow."""
    return describe_file(Rubric, name="rubric", title="Rubric")


def _without_point_zero(plain: Any) -> Any:
    """The same tree with 10.0 written as 10, the way people write weights."""
    match plain:
        case dict():
            return {key: _without_point_zero(part) for key, part in plain.items()}
        case list() | tuple():
            return [_without_point_zero(part) for part in plain]
        case float() if plain.is_integer():
            return int(plain)
    return plain


def _decode(data: str | bytes) -> str:
    size = len(data)
    if size > MAXIMUM_BYTES:
        raise RubricFileError(f"The file has {size:,} bytes; a rubric has at most {MAXIMUM_BYTES:,}.")
    if isinstance(data, str):
        return data
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RubricFileError(f"The file is not UTF-8: byte {error.start} cannot be read.") from error


def _parse(text: str) -> Any:
    if text.lstrip().startswith("{"):
        # YAML would read most JSON, but not its escapes for characters beyond the first 65,536.
        try:
            return msgspec.json.decode(text)
        except msgspec.DecodeError:
            pass
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506  # derived from SafeLoader, narrower still
    except (yaml.YAMLError, RecursionError) as error:
        raise RubricFileError(f"This is neither YAML nor JSON: {error}") from error


class _Loader(yaml.SafeLoader):
    """YAML 1.2 words, no aliases, no key twice."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012  # PyYAML's own way

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, "aliases are not read; write the text out", mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            name = str(key.value)
            if name in seen:
                raise yaml.constructor.ConstructorError(None, None, f"the key {name!r} stands twice", key.start_mark)
            seen.add(name)
        return super().construct_mapping(node, deep=deep)


class _Dumper(yaml.SafeDumper):
    """Texts with rare line ends are escaped: unquoted, PyYAML would read them back as blanks."""


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = '"' if _RARE_LINE_END.search(text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_RARE_LINE_END = re.compile("[\r\x85\u2028\u2029]")
_Dumper.add_representer(str, _represent_text)

_DIGITS = list("-+.0123456789")

for _tag, _pattern, _first in (
    ("null", r"null|~|", ["n", "~", ""]),
    ("bool", r"true|false", ["t", "f"]),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)", _DIGITS),
    ("float", r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?", _DIGITS),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$"), _first)
