"""How charts look on the scorecard: the theme's own variables, so one picture serves light and dark."""

from __future__ import annotations

from reports.charts import Look

__all__ = ["NARROW", "WIDE"]

_FONT = "inherit"
WIDE = Look(
    ink="var(--ink)", ink2="var(--ink2)", line="var(--line)", accent="var(--c1)", band="var(--band)",
    surface="var(--surface)", font=_FONT, width=420, height=168, text=12, small=12, dot=64,
)  # fmt: skip
NARROW = Look(
    ink="var(--ink)", ink2="var(--ink2)", line="var(--line)", accent="var(--c1)", band="var(--band)",
    surface="var(--surface)", font=_FONT, width=246, height=160, text=12, small=12, dot=64,
)  # fmt: skip
