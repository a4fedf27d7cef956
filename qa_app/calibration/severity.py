"""Strict or lenient? What the newest computed month found out about every inspector."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from scoring.assessment.centre_record import MAIN_COMPONENT, CentreRecord, InspectorSeverity, SeverityVariances

__all__ = ["DIRECT", "NO_MONTH", "Leaning", "SeverityReading", "SeverityRow", "read_severity"]

CALIBRATION_POINTS = 3.0  # as scoring.agreement.severity_results has it, which would load SciPy here
NORMAL_UPPER = 1.96
NO_MONTH, DIRECT = "no_month", "direct"


class Leaning(StrEnum):
    """What an inspector's figure says."""

    strict = "strict"
    lenient = "lenient"
    no_sign = "no_sign"  # the interval holds 0
    not_comparable = "not_comparable"  # no chain of shared agents leads to the others


@dataclass(frozen=True, slots=True)
class SeverityRow:
    """One inspector: points given beyond the others, positive = lenient; no figures where not comparable."""

    inspector: str
    value: float | None
    lower: float | None
    upper: float | None
    n: int
    leaning: Leaning

    @property
    def needs_calibration(self) -> bool:
        """Whether the figure is certain and large enough that a calibration is proposed."""
        return self.leaning in (Leaning.strict, Leaning.lenient) and abs(self.value or 0.0) > CALIBRATION_POINTS


@dataclass(frozen=True, slots=True)
class SeverityReading:
    """All inspectors of a month, from lenient to strict; `reason` says why nobody is corrected, empty if they are."""

    reason: str
    rows: tuple[SeverityRow, ...]
    variances: SeverityVariances | None

    @property
    def leniency(self) -> dict[str, float]:
        """Points to take off, by inspector who can be compared."""
        return {row.inspector: row.value for row in self.rows if row.value is not None}


def read_severity(centre: CentreRecord | None) -> SeverityReading:
    """Read the severity of a computed month; None: no month was computed yet."""
    if centre is None:
        return SeverityReading(NO_MONTH, (), None)
    severity = centre.severity
    if severity is None:
        return SeverityReading(DIRECT, (), None)
    if not severity.is_applied:
        return SeverityReading(severity.reason, (), None)
    rows = [_row(inspector, figures) for inspector, figures in severity.inspectors.items()]
    rows.sort(key=lambda row: (row.value is None, -(row.value or 0.0), row.inspector))
    return SeverityReading("", tuple(rows), severity.variances)


def _row(inspector: str, figures: InspectorSeverity) -> SeverityRow:
    if figures.component != MAIN_COMPONENT:
        return SeverityRow(inspector, None, None, None, figures.n, Leaning.not_comparable)
    value, half = figures.value, NORMAL_UPPER * figures.se
    lower, upper = value - half, value + half
    leaning = Leaning.lenient if lower > 0 else Leaning.strict if upper < 0 else Leaning.no_sign
    return SeverityRow(inspector, value, lower, upper, figures.n, leaning)
