"""The quarterly audit: does the machine err about a language, a channel, about people new in the job?"""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app import audit
from qa_app.clock import now
from qa_app.models import MachineScore, ScreeningModel, User
from qa_app.people.organisation import working_calendar
from qa_app.screening.errors import NoActiveModel, NothingToAudit
from qa_app.screening.figures import plain_estimate
from qa_app.screening.labels import Label, number_groups, read_labels
from qa_app.screening.store import active_model

if TYPE_CHECKING:
    from scoring.screening.audit import AuditLine

__all__ = ["AUDIT_DUE", "audit_model", "is_audit_due", "tenure_of"]

AUDIT_DUE = timedelta(days=92)
_DAYS_A_MONTH = 30.44
TENURES = ((3, "under_3_months"), (12, "under_a_year"))


def audit_model(session: Session, actor: User | None) -> list[dict[str, Any]]:
    """Compare groups under the model in use, keep the result with it, and return its lines.

    Every inspected conversation stands with the score of the regression that has not seen it.

    Raises
    ------
    NoActiveModel, NothingToAudit
        Without a model; without an inspected conversation that has a score.
    """
    from scoring.screening.audit import audit_score

    row = active_model(session)
    if row is None:
        raise NoActiveModel
    labels, scores = _scored_labels(session, row)
    if not labels:
        raise NothingToAudit
    answers = np.array([one.quality for one in labels], dtype=float)
    predictions = np.array([score.score for score in scores])
    slope = _slope_within(answers, predictions, number_groups(labels, working_calendar(session).zone))
    dimensions = {
        "language": [score.language for score in scores],
        "channel": [one.channel for one in labels],
        "tenure": [tenure_of(one) for one in labels],
    }
    lines = audit_score(answers, predictions, slope, [one.agent for one in labels], dimensions)
    row.audit = {"slope": slope, "n": len(labels), "lines": [_plain(line) for line in lines]}
    row.audited_at = now()
    audit.record(
        session,
        actor,
        action="screening.audit",
        thing=row,
        name=str(row.version),
        conversations=len(labels),
        conspicuous=[f"{line.dimension}={line.group}" for line in lines if line.is_conspicuous],
    )
    return list(row.audit["lines"])


def is_audit_due(row: ScreeningModel) -> bool:
    """Tell whether the model in use was never audited, or not for a quarter."""
    return row.audited_at is None or now() - row.audited_at > AUDIT_DUE


def tenure_of(label: Label) -> str:
    """How long the agent had been there when the conversation was opened; empty where nobody knows."""
    if label.hired_on is None:
        return ""
    months = (label.opened_at.date() - label.hired_on).days / _DAYS_A_MONTH
    return next((name for limit, name in TENURES if months < limit), "longer")


def _scored_labels(session: Session, row: ScreeningModel) -> tuple[list[Label], list[MachineScore]]:
    known = {
        score.conversation_id: score
        for score in session.scalars(
            select(MachineScore).where(MachineScore.model_id == row.id, MachineScore.fold.is_not(None))
        )
    }
    labels = [one for one in read_labels(session) if one.quality is not None and one.conversation_id in known]
    return labels, [known[one.conversation_id] for one in labels]


def _slope_within(answers: NDArray[np.float64], predictions: NDArray[np.float64], groups: NDArray[np.intp]) -> float:
    """λ without a model of the inspectors: Σ(y−ȳ_j)(f−f̄_j)/Σ(f−f̄_j)²; 0 for a constant machine."""
    from scoring.screening.statistics import deviate_within

    y, f = deviate_within(answers, groups), deviate_within(predictions, groups)
    spread = float(f @ f)
    return float(y @ f) / spread if spread > 1e-9 * len(f) else 0.0


def _plain(line: AuditLine) -> dict[str, Any]:
    return {
        **asdict(line),
        "difference": plain_estimate(line.difference),
        "machine_error": plain_estimate(line.machine_error),
    }
