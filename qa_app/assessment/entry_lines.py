"""What a page says of an entry of the lists beside its sentence: the formula with its numbers, and how it was drawn."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
from flask_babel import gettext as _

from qa_app.assessment.content import ListEntry
from scoring.assessment.explain import explain_entry

__all__ = ["EntryLines", "entry_formulas", "entry_lines", "weighed_counts"]


@dataclass(frozen=True, slots=True)
class EntryLines:
    """The formulas of an entry, and the sentence that a draw by risk needs; both may be empty."""

    formulas: tuple[str, ...]
    weighed: str


def entry_lines(entry: ListEntry) -> EntryLines:
    """Gather both."""
    counts = weighed_counts(entry)
    weighed = _("Drawn by risk: they weigh as %(k)s of %(n)s would.", k=counts[0], n=counts[1]) if counts else ""
    return EntryLines(entry_formulas(entry), weighed)


def entry_formulas(entry: ListEntry) -> tuple[str, ...]:
    """Return the lines that lead to the share and to what it is worth."""
    if entry.estimate.value is None:
        return ()
    basis = {} if entry.basis is msgspec.UNSET else entry.basis
    steps = explain_entry(basis, entry.weight, entry.estimate.value, entry.recoverable_points)
    return tuple(step.line for step in steps)


def weighed_counts(entry: ListEntry) -> tuple[int, int] | None:
    """Return the k of n that the estimate rests on, where these are not the conversations seen."""
    if entry.basis is msgspec.UNSET:
        return None
    counts = round(entry.basis["k"]), round(entry.basis["n"])
    return None if counts == (entry.failures, entry.n) else counts
