"""Scripts and rules as files: TOML and JSON in and out, and the schemas both follow."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable
from typing import Any, Literal, TypeVar

import msgspec

from scoring.errors import LanguageFileError
from scoring.language.definition import Rule, Script
from scoring.schemas import describe_file

__all__ = [
    "read_rules",
    "read_scripts",
    "rule_schema",
    "script_schema",
    "write_rules",
    "write_scripts_json",
    "write_scripts_toml",
]

MAXIMUM_BYTES = 1_000_000
T = TypeVar("T")


class ScriptFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Several scripts in one file."""

    format: Literal[1]
    scripts: tuple[Script, ...]


class RuleFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Several rules in one file."""

    format: Literal[1]
    rules: tuple[Rule, ...]


def read_scripts(data: str | bytes) -> tuple[Script, ...]:
    """Read scripts from TOML or JSON.

    Raises
    ------
    LanguageFileError
        If the text is too long, not UTF-8, neither TOML nor JSON, or holds something else; the message names the place.
    """
    return _convert(_parse(_decode(data)), ScriptFile, "list of scripts").scripts


def read_rules(data: str | bytes) -> tuple[Rule, ...]:
    """Read rules from JSON; a file with a single rule is one, too.

    Raises
    ------
    LanguageFileError
        As `read_scripts`.
    """
    plain = _parse(_decode(data))
    if isinstance(plain, dict) and "rules" not in plain:
        return (_convert(plain, Rule, "rule"),)
    return _convert(plain, RuleFile, "list of rules").rules


def write_scripts_json(scripts: Iterable[Script]) -> str:
    """The scripts as JSON, indented for people; reading them back gives equal scripts."""
    return _write_json({"format": 1, "scripts": [msgspec.to_builtins(script) for script in scripts]})


def write_scripts_toml(scripts: Iterable[Script]) -> str:
    """The scripts as TOML; reading them back gives equal scripts."""
    lines = ["format = 1"]
    for script in scripts:
        lines += ["", "[[scripts]]", f"code = {_quote(script.code)}", f"scene = {_quote(script.scene)}"]
        for name in ("title", "purpose"):
            text = getattr(script, name)
            parts = [f"{language} = {_quote(said)}" for language in ("en", "zh") if (said := getattr(text, language))]
            if parts:
                lines.append(f"{name} = {{ {', '.join(parts)} }}")
        for name in ("sentences", "cues"):
            for language, said in (("en", getattr(script, name).en), ("zh", getattr(script, name).zh)):
                if said:
                    lines += [f"{name}.{language} = [", *(f"  {_quote(one)}," for one in said), "]"]
    return "\n".join(lines) + "\n"


def write_rules(rules: Iterable[Rule]) -> str:
    """The rules as JSON, indented for people; reading them back gives equal rules."""
    return _write_json({"format": 1, "rules": [msgspec.to_builtins(rule) for rule in rules]})


def rule_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) that a rule follows."""
    return describe_file(Rule, name="rule", title="Rule")


def script_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) that a file of scripts follows."""
    return describe_file(ScriptFile, name="scripts", title="Scripts")


def _convert(plain: Any, kind: type[T], name: str) -> T:
    try:
        return msgspec.convert(plain, kind)
    except msgspec.ValidationError as error:
        raise LanguageFileError(f"This is not a {name}: {error}") from error


def _write_json(plain: dict[str, Any]) -> str:
    return json.dumps(plain, ensure_ascii=False, indent=2) + "\n"


def _decode(data: str | bytes) -> str:
    if len(data) > MAXIMUM_BYTES:
        raise LanguageFileError(f"The file has {len(data):,} bytes; it may have {MAXIMUM_BYTES:,} at most.")
    if isinstance(data, str):
        return data
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise LanguageFileError(f"The file is not UTF-8: byte {error.start} cannot be read.") from error


def _parse(text: str) -> Any:
    try:
        if text.lstrip().startswith("{"):
            return msgspec.json.decode(text)
        return tomllib.loads(text)
    except (msgspec.DecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise LanguageFileError(f"This is neither TOML nor JSON: {error}") from error


def _quote(text: str) -> str:
    """A basic string of TOML; its escapes are those of JSON, and one more character must be escaped."""
    return json.dumps(str(text), ensure_ascii=False).replace("\x7f", "\\u007f")
