"""What the screening page is told: finished values, nothing to compute in the template."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_app.clock import now
from qa_app.models import Conversation, JobRun, ScreeningModel
from qa_app.people.organisation import working_calendar
from qa_app.screening import queries, service
from qa_app.screening.auditing import is_audit_due
from qa_app.screening.labels import count_labels
from qa_app.screening.proposing import Coverage
from qa_app.screening.readiness import Readiness, judge_month, months_until
from qa_app.screening.words import dimension_title, group_title, language_titles, reason_sentence
from qa_app.web.filters import NONE, format_number

__all__ = [
    "AuditRow",
    "Figure",
    "ModelCard",
    "ScreeningPage",
    "list_readiness",
    "make_page",
]


@dataclass(frozen=True, slots=True)
class Figure:
    """One out-of-sample figure: what it is, value with interval and n, and how to read it."""

    title: str
    value: str
    range: str
    n: str
    note: str


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the calibration table."""

    n: str
    predicted: str
    observed: str


@dataclass(frozen=True, slots=True)
class ModelCard:
    """The version in use."""

    row: ScreeningModel
    languages: str
    figures: tuple[Figure, ...]
    steps: tuple[Step, ...]
    knows_critical: bool


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One group of the audit."""

    dimension: str
    group: str
    n: int
    agents: int
    difference: str
    range: str
    machine_error: str
    is_conspicuous: bool


@dataclass(frozen=True, slots=True)
class ScreeningPage:
    """Everything the page shows; without a model only how many inspections are missing."""

    have: int
    needed: int
    card: ModelCard | None
    coverage: Coverage | None
    audit: tuple[AuditRow, ...]
    is_audit_due: bool
    versions: tuple[tuple[ScreeningModel, str, str], ...]
    running: JobRun | None

    @property
    def missing(self) -> int:
        """How many inspections it still takes."""
        return max(0, self.needed - self.have)


def make_page(session: Session) -> ScreeningPage:
    """Read what the page shows."""
    row = service.active_model(session)
    return ScreeningPage(
        have=count_labels(session),
        needed=service.FEWEST_INSPECTIONS,
        card=_card(row) if row else None,
        coverage=service.count_coverage(session, row) if row else None,
        audit=tuple(_audit_row(line) for line in (row.audit or {}).get("lines", ())) if row else (),
        is_audit_due=bool(row and is_audit_due(row)),
        versions=tuple(_version(one) for one in queries.list_models(session)),
        running=service.running_job(session, service.TRAIN, service.SCORE),
    )


def _latest_month(session: Session) -> str:
    """Name the newest month with conversations; this one where there are none."""
    latest = session.scalar(select(func.max(Conversation.opened_at)).where(Conversation.opened_at <= now()))
    return (latest or now()).astimezone(working_calendar(session).zone).strftime("%Y-%m")


def list_readiness(session: Session) -> tuple[tuple[Readiness, str], ...]:
    """Judge the newest month with conversations and the one before."""
    zone = working_calendar(session).zone
    judged = (judge_month(session, month, zone) for month in months_until(_latest_month(session), 2))
    return tuple((one, reason_sentence(one)) for one in judged)


def _card(row: ScreeningModel) -> ModelCard:
    quality, critical = row.figures["quality"], row.figures["critical"]
    return ModelCard(
        row=row,
        languages=language_titles(row.language),
        figures=_figures(quality, critical),
        steps=tuple(
            Step(format_number(one["n"]), format_number(one["predicted"], 1), format_number(one["observed"], 1))
            for one in quality["tenths"]
        ),
        knows_critical=any(penalty is not None for penalty in row.settings["penalties"]["critical"]),
    )


def _figures(quality: Mapping[str, Any], critical: Mapping[str, Any]) -> tuple[Figure, ...]:
    baseline = format_number(quality["baseline_error"], 1)
    return (
        _figure(_("Agreement within an agent’s month"), quality["within"], 2,
                _("Correlation of people’s and learned scores; what an estimate gains by. 0 is none, 1 complete.")),
        _figure(_("Agreement over all"), quality["correlation"], 2,
                _("The same, agents’ levels included.")),
        _figure(_("Usual error"), quality["error"], 1,
                _("Points, mean. Who always says the centre’s mean errs by %(baseline)s.", baseline=baseline)),
        _figure(_("Calibration"), quality["slope"], 2,
                _("Slope of people’s scores on the learned ones: 1 is right, below 1 it exaggerates differences.")),
        _figure(_("Bias"), quality["bias"], 1,
                _("Points by which people score higher, mean.")),
        _figure(_("Critical errors found"), critical["auc"], 2,
                _("Chance that one with a critical error gets the higher probability: 0.5 is guessing.")),
    )  # fmt: skip


def _figure(title: str, estimate: Mapping[str, Any], places: int, note: str) -> Figure:
    value, span = _write(estimate, places)
    return Figure(title, value, span, format_number(estimate["n"]), note)


def _write(estimate: Mapping[str, Any], places: int) -> tuple[str, str]:
    if estimate["value"] is None:
        return NONE, _("too few to tell")
    value, lower, upper = (_plain_number(estimate[name], places) for name in ("value", "lower", "upper"))
    return value, _("%(lower)s to %(upper)s", lower=lower, upper=upper)


def _plain_number(value: float, places: int) -> str:
    """Write a number; what rounds to nothing has no sign."""
    return format_number(0.0 if abs(value) < 0.5 * 10**-places else value, places)


def _audit_row(line: Mapping[str, Any]) -> AuditRow:
    difference, span = _write(line["difference"], 1)
    return AuditRow(
        dimension=dimension_title(line["dimension"]),
        group=group_title(line["dimension"], line["group"]),
        n=line["n"],
        agents=line["agents"],
        difference=difference,
        range=span,
        machine_error=_write(line["machine_error"], 1)[0],
        is_conspicuous=line["is_conspicuous"],
    )


def _version(row: ScreeningModel) -> tuple[ScreeningModel, str, str]:
    within, error = row.figures["quality"]["within"], row.figures["quality"]["error"]
    return row, _write(within, 2)[0], _write(error, 1)[0]
