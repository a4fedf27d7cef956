"""What the QA lead's home page says about inspectors: who needs a calibration, which criteria are read differently."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from qa_app.calibration.agreement import Judged
from qa_app.calibration.agreement_box import question_title
from qa_app.calibration.drift import Drift
from qa_app.calibration.facts import InspectorFacts
from qa_app.calibration.severity import Leaning, SeverityRow
from qa_app.calibration.words import format_range, format_signed, week_number
from qa_app.web.filters import format_number
from scoring.trends.charts import Side

__all__ = ["Finding", "list_findings"]

_NAMED = 3
# Reading and charting takes about 0.05 s per thousand scorings: in a larger centre the page tells, and home does not
# wait for it. Severity comes ready with the computed month.
AT_MOST = 5000


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found, of how many, and the figures behind it; `code` names the criterion where it is a single one."""

    count: int
    title: str
    note: str
    code: str = ""


def list_findings(
    facts: InspectorFacts, judged: Sequence[Judged], names: Mapping[str, str], language: str
) -> list[Finding]:
    """Find inspectors who drift or lean far, and criteria that are not in order."""
    inspectors = _find_inspectors(facts, names)
    criteria = [_criterion(one, language) for one in judged if _is_out_of_order(one)]
    found = []
    if inspectors:
        title = ngettext("inspector to calibrate", "inspectors to calibrate", len(inspectors))
        found.append(_together(inspectors, title))
    if criteria:
        title = ngettext("criterion is read differently", "criteria are read differently", len(criteria))
        found.append(_together(criteria, title))
    return found


def _together(found: Sequence[Finding], title: str) -> Finding:
    """Say one finding as it is; several are counted, and the first ones named."""
    if len(found) == 1:
        return found[0]
    names = " · ".join(one.title for one in found[:_NAMED])
    return Finding(len(found), title, names if len(found) <= _NAMED else f"{names} …")


def _find_inspectors(facts: InspectorFacts, names: Mapping[str, str]) -> list[Finding]:
    noted = [
        row
        for row in facts.reading.rows
        if row.needs_calibration or (row.inspector in facts.drift and facts.drift[row.inspector].side)
    ]
    return [
        _inspector(names.get(row.inspector, row.inspector), row, facts.drift.get(row.inspector))
        for row in noted
        if row.inspector.isdigit()
    ]


def _inspector(name: str, row: SeverityRow, drift: Drift | None) -> Finding:
    if drift is not None and drift.side is not None and drift.since is not None:
        week = week_number(drift.since)
        title = (
            _("%(name)s has been scoring more leniently since week %(week)s", name=name, week=week)
            if drift.side is Side.above
            else _("%(name)s has been scoring stricter since week %(week)s", name=name, week=week)
        )
    elif row.leaning is Leaning.lenient:
        title = _("%(name)s scores more leniently than the others", name=name)
    else:
        title = _("%(name)s scores more strictly than the others", name=name)
    if row.value is None or row.lower is None or row.upper is None:
        return Finding(1, title, "")
    figures = _(
        "%(value)s points (%(range)s).",
        value=format_signed(row.value),
        range=format_range(row.lower, row.upper, places=1, signed=True),
    )
    proposal = _("Propose a calibration.")
    return Finding(1, title, f"{figures} {proposal}" if row.needs_calibration else str(figures))


def _criterion(judged: Judged, language: str) -> Finding:
    estimate = judged.figures.corrected.estimate
    title = _("“%(criterion)s” is read differently", criterion=question_title(judged.question, language))
    note = _(
        "Agreement %(value)s (%(range)s). Rewrite the levels or discuss.",
        value=format_number(estimate.value, 2),
        range=format_range(estimate.lower or 0.0, estimate.upper or 0.0),
    )
    return Finding(1, title, note, judged.question.code)


def _is_out_of_order(judged: Judged) -> bool:
    from scoring.agreement.criterion import Verdict

    return judged.figures.verdict is Verdict.not_in_order
