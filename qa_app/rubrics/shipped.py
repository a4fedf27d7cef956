"""The rubrics that come with the product, as files in `presets/`; copied, never edited in place."""

from __future__ import annotations

from pathlib import Path

from scoring.rubric import Rubric, read_rubric

__all__ = ["PRESET_NAMES", "read_preset", "read_presets"]

PRESET_NAMES = ("phone_hotline", "live_chat", "shop_chat", "complaint_handling")
_FOLDER = Path(__file__).parent / "presets"


def read_preset(name: str) -> Rubric:
    """Return one shipped rubric; `KeyError` where there is none of that name."""
    if name not in PRESET_NAMES:
        raise KeyError(name)
    return read_rubric((_FOLDER / f"{name}.yaml").read_bytes())


def read_presets() -> list[Rubric]:
    """Return all shipped rubrics in the order in which they are offered."""
    return [read_preset(name) for name in PRESET_NAMES]
