"""Every setting stands in `docs/settings.md` with the default and the sentence of `config.py`."""

from pathlib import Path
from typing import Any

from pydantic import SecretStr

from config import Settings
from tests.codebase.checkout import ROOT


def default_in_words(value: Any) -> str:
    if isinstance(value, bool):
        return "`1`" if value else "`0`"
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    return f"`{value.as_posix() if isinstance(value, Path) else value}`" if value != "" else "(empty)"


def expected_rows() -> list[str]:
    return [
        f"| `{name.upper()}` | {default_in_words(field.default)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]


def test_every_setting_is_documented_as_it_is() -> None:
    documented = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8").splitlines()

    assert [row for row in expected_rows() if row not in documented] == []


def test_no_setting_is_documented_that_is_gone() -> None:
    documented = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8").splitlines()
    rows = [line for line in documented if line.startswith("| `")]

    assert [row for row in rows if row not in expected_rows()] == []
