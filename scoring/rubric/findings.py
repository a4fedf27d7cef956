"""What a lint finds: a code, how grave it is, where it stands, and the figures a sentence about it needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from scoring.rubric.place import Place


class Severity(StrEnum):
    """Whether a finding blocks publishing; the names sort as they are shown."""

    error = "error"
    warning = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a lint has to say.

    Attributes
    ----------
    code : str
        What it is, such as ``weights_sum``.
    severity : Severity
        Errors block publishing, warnings do not.
    place : Place
        Where it stands.
    data : mapping of str to str, float or int
        Figures and names for the sentence.
    """

    code: str
    severity: Severity
    place: Place
    data: Mapping[str, str | float | int] = field(default_factory=dict)

    @property
    def is_error(self) -> bool:
        """Whether it blocks publishing."""
        return self.severity is Severity.error


def error(code: str, place: Place, /, **data: str | float) -> Finding:
    """A finding that blocks publishing."""
    return Finding(code, Severity.error, place, data)


def warning(code: str, place: Place, /, **data: str | float) -> Finding:
    """A finding that deserves a second look."""
    return Finding(code, Severity.warning, place, data)


def has_errors(findings: Iterable[Finding]) -> bool:
    """Whether any of the findings blocks publishing."""
    return any(finding.is_error for finding in findings)
