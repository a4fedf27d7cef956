"""The risk of a conversation, for draws in which trouble has a greater chance of being looked at.

It comes from one of four sources, which the plan names: signs of trouble counted in points that everybody can read,
the probability of a low score by the model in use when the population is frozen, a number given with the import, or
verdicts of rules, one point each. It chooses what is inspected and nothing else: estimates weigh every sample by the
inverse of its chance, so a high risk lowers nobody's score.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import erf, sqrt
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from qa_app.models import Conversation, MachineScore, ScreeningModel
from qa_app.sampling.design import Design, RiskSigns, RiskSource
from qa_app.sampling.errors import NoModelForRisk
from qa_app.sampling.rule_risk import count_verdicts
from qa_app.screening.store import active_model

__all__ = ["RISK_COLUMNS", "RiskReading", "count_risk", "low_score_probability", "read_risk"]

LOW_RATING = 2.0
"""On 1 to 5: "satisfied / neutral / dissatisfied" is 5 / 3 / 1."""
_ERROR_TO_SD = 1.2533  # √(π/2): sd of a normal error from its mean absolute size
_USUAL_SD = 12.0
_DIGITS = 12  # a frame has the same bytes on every processor

RISK_COLUMNS = (
    Conversation.csat,
    Conversation.response_gaps,
    Conversation.hold_seconds,
    Conversation.resolved,
    Conversation.transfer_count,
)


@dataclass(frozen=True, slots=True)
class RiskReading:
    """How risk is read: which columns of a conversation, what they come to, and which model speaks, if one does."""

    columns: tuple[ColumnElement[Any] | InstrumentedAttribute[Any], ...]
    count: Callable[[Sequence[Any]], float]
    model_version: int | None = None


def read_risk(session: Session, design: Design) -> RiskReading:
    """Return the reading that a plan's source asks for.

    Raises
    ------
    NoModelForRisk
        If the learned probability is asked for and no model is in use.
    """
    if design.risk_source is RiskSource.signs:
        return RiskReading(RISK_COLUMNS, lambda facts: count_risk(design.signs, facts))
    if design.risk_source is RiskSource.given:
        return RiskReading((Conversation.risk,), lambda facts: facts[0] or 0.0)
    if design.risk_source is RiskSource.rules:
        return RiskReading((count_verdicts(design.risk_rules),), lambda facts: float(facts[0] or 0))
    model = active_model(session)
    if model is None:
        raise NoModelForRisk
    sd = _residual_sd(model)
    return RiskReading(
        (_of_model(MachineScore.score, model), _of_model(MachineScore.critical_probability, model)),
        lambda facts: low_score_probability(*facts, low=design.low_score, sd=sd),
        model.version,
    )


def count_risk(signs: RiskSigns, facts: Sequence[Any]) -> float:
    """Add up the points of the signs that the `RISK_COLUMNS` of a conversation show; what is unknown adds nothing."""
    csat, gaps, hold_seconds, resolved, transfers = facts
    longest_wait = max([*(gap for gap in gaps or () if gap is not None), hold_seconds or 0.0])
    risk = 0.0
    if csat is not None and csat <= LOW_RATING:
        risk += signs.low_rating
    if longest_wait > signs.long_wait_seconds:
        risk += signs.long_wait
    if resolved is False:
        risk += signs.unresolved
    if transfers:
        risk += signs.transferred
    return risk


def low_score_probability(score: float | None, critical: float | None, *, low: float, sd: float) -> float:
    """Probability that people would score a conversation below `low`, critical errors counting as 0.

    ``g + (1 − g)·Φ((low − f)/sd)``: f the learned score, g the learned probability of a critical error, sd how far f
    misses people out of sample. Without a learned score 0: the conversation keeps its even share of the draw.
    """
    if score is None:
        return 0.0
    chance, below = critical or 0.0, 0.5 * (1 + erf((low - score) / (sd * sqrt(2))))
    return round(chance + (1 - chance) * below, _DIGITS)


def _of_model(column: Any, model: ScreeningModel) -> ColumnElement[Any]:
    found = select(column).where(MachineScore.conversation_id == Conversation.id, MachineScore.model_id == model.id)
    return found.scalar_subquery()


def _residual_sd(model: ScreeningModel) -> float:
    """How far the model misses people, from its mean absolute error on conversations it had not seen."""
    error = (model.figures.get("quality") or {}).get("error") or {}
    return _ERROR_TO_SD * error["value"] if error.get("value") else _USUAL_SD
