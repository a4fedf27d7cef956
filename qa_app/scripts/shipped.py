"""The scripts that come with the product; copied into the library, never edited in place."""

from __future__ import annotations

from pathlib import Path

from scoring.language.definition import Script
from scoring.language.files import read_scripts

__all__ = ["read_shipped"]

_FILE = Path(__file__).parent / "presets" / "scripts.toml"


def read_shipped() -> tuple[Script, ...]:
    """Return the shipped scripts in the order of their scenes."""
    return read_scripts(_FILE.read_bytes())
