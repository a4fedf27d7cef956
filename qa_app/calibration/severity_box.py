"""The card "Strict or lenient?": finished values and sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from flask_babel import gettext as _

from qa_app.calibration.overlap import Pairing
from qa_app.calibration.plots import Bar, severity_scale
from qa_app.calibration.queries import ComputedMonth
from qa_app.calibration.severity import SeverityReading, SeverityRow
from qa_app.calibration.words import Verdict, format_range, format_signed, leaning_verdict, severity_note
from qa_app.web.filters import format_month, format_number

__all__ = ["SeverityBox", "SeverityLine", "make_severity_box", "pairing_sentences"]

Tick = tuple[float, str]


@dataclass(frozen=True, slots=True)
class SeverityLine:
    """One inspector's row; no bar and no figures where not comparable."""

    name: str
    value: str
    interval: str
    n: int
    bar: Bar | None
    verdict: Verdict
    needs_calibration: bool


@dataclass(frozen=True, slots=True)
class SeverityBox:
    """The whole card; without lines it is empty and `note` says why."""

    month: str
    note: str
    is_corrected: bool
    lines: tuple[SeverityLine, ...]
    ticks: tuple[Tick, ...]
    zero: float
    formula: tuple[str, ...]


def make_severity_box(
    month: ComputedMonth | None, reading: SeverityReading, names: Mapping[str, str], *, own: str | None = None
) -> SeverityBox:
    """Prepare the rows of all inspectors, or of one; the scale is that of the rows shown."""
    rows = [row for row in reading.rows if own in (None, row.inspector)]
    bounds = [bound for row in rows for bound in (row.lower, row.upper) if bound is not None]
    scale = severity_scale(bounds)
    lines = []
    for row in rows:
        figures = _figures(row)
        bar = None if figures is None else scale.bar(*figures)
        lines.append(
            SeverityLine(
                name=names.get(row.inspector, row.inspector),
                value="–" if figures is None else format_signed(figures[0]),
                interval="" if figures is None else format_range(*figures[1:], places=1, signed=True),
                n=row.n,
                bar=bar,
                verdict=leaning_verdict(row.leaning),
                needs_calibration=row.needs_calibration,
            )
        )
    return SeverityBox(
        month=format_month(month.month) if month else "",
        note=severity_note(reading.reason),
        is_corrected=not reading.reason,
        lines=tuple(lines),
        ticks=tuple((scale.place(tick), format_signed(tick, 0)) for tick in scale.ticks),
        zero=scale.place(0.0),
        formula=tuple(_formula(reading, rows)) if rows else (),
    )


def pairing_sentences(pairings: Sequence[Pairing], names: Mapping[str, str]) -> tuple[str, ...]:
    """Say which scorings would make inspectors comparable who share no agents with the others."""
    return tuple(
        _(
            "To compare them, let %(inspector)s score a conversation of %(agent)s that %(partner)s has scored.",
            inspector=names.get(str(one.inspector), ""),
            agent=one.agent,
            partner=names.get(str(one.partner), ""),
        )
        for one in pairings
    )


def _figures(row: SeverityRow) -> tuple[float, float, float] | None:
    if row.value is None or row.lower is None or row.upper is None:
        return None
    return row.value, row.lower, row.upper


def _formula(reading: SeverityReading, rows: Sequence[SeverityRow]) -> list[str]:
    variances = {} if reading.variances is None else asdict(reading.variances)
    spreads = {name: format_number(variance**0.5, 1) for name, variance in variances.items()}
    sentences = [
        _("score = queue + agent in that month + conversation + inspector + rest, fitted to six months of scorings."),
        _(
            "Spread, in points: agents %(agent)s, conversations %(conversation)s, inspectors %(inspector)s, "
            "rest %(residual)s.",
            **spreads,
        ),
    ]
    shown = next((figures for row in rows if (figures := _figures(row)) is not None), None)
    if shown is not None:
        value, lower, _upper = shown
        error = (value - lower) / 1.96
        sentences.append(
            _(
                "Interval of the first row: %(value)s ± 1.96 × %(error)s.",
                value=format_signed(value),
                error=format_number(error, 2),
            )
        )
    return [str(sentence) for sentence in sentences]
