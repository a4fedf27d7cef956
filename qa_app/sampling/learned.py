"""Learned scores in draws: shifts for the evidence below standard, fixed before anything is inspected.

They are fixed when the population is frozen, from the model in use at that moment: nothing that is inspected later can
move them. A shift takes out of a value what the learned score foresaw of it; over all conversations of an agent's
population the shifts sum to 0, so that a model that errs about somebody moves nobody's evidence on average.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import String, and_, literal, select
from sqlalchemy.orm import Session

from qa_app.conversations.metrics import month_bounds
from qa_app.models import Conversation, Draw, MachineScore, PeriodRevision, PolicyVersion, Sample, ScreeningModel, Sheet
from qa_app.sampling.design import Chances, Design
from qa_app.sampling.population import Population, zone_of
from qa_app.screening.store import active_model
from scoring.assessment.policy import read_policy

__all__ = ["freeze_learned", "give_shifts"]

_DIGITS = 6
_AT_ONCE = 500

MOST_MISSING = 0.02
"""Of the population without a learned score; beyond that they stay out."""


def freeze_learned(session: Session, draw: Draw, population: Population) -> dict[str, Any] | None:
    """Fix what the learned score may take off each conversation of an equal draw; none where its conditions fail.

    The policy lets learned scores sharpen estimates, the month published last used them (λ is its own), a model is in
    use, and at most 2 in 100 conversations of the population have no score of it.
    """
    if Design.from_json(draw.plan.design).chances is not Chances.equal:
        return None
    slope, model = _last_slope(session), active_model(session)
    if not slope or model is None:
        return None
    scores = _scores_by_agent(session, draw, set(population.ids), model)
    missing = sum(found.count(None) for found in scores.values())
    if missing > MOST_MISSING * len(population.ids):
        return None
    return {
        "version": model.version,
        "model_id": model.id,
        "slope": slope,
        "agents": dict(_rules(scores, slope)),
    }


def give_shifts(session: Session, draw: Draw, samples: Sequence[Sample]) -> None:
    """Give samples, or one that came in the place of another, the shifts that their draw fixed. One query in 500."""
    rules = draw.learned["agents"] if draw.learned else {}
    if not draw.learned or not rules:
        return
    from scoring.assessment.evidence_values import FrameShifts  # NumPy is loaded with the first draw that needs it

    with session.no_autoflush:
        scores = _scores_of(session, [sample.conversation.id for sample in samples], draw.learned["model_id"])
    for sample in samples:
        rule = rules.get(str(sample.agent_id))
        if rule is not None:
            shifts = FrameShifts(rule["mean"], rule["offset"], rule["room"], draw.learned["slope"])
            sample.learned_shift = round(shifts.shift(scores.get(sample.conversation.id)), _DIGITS)
            # Raised rather than lowered by the rounding: no value may exceed what was promised.
            sample.learned_room = round(shifts.room + 10**-_DIGITS, _DIGITS)


def _scores_of(session: Session, ids: Sequence[int], model_id: int) -> dict[int, float]:
    found: dict[int, float] = {}
    for start in range(0, len(ids), _AT_ONCE):
        of_these = MachineScore.conversation_id.in_(ids[start : start + _AT_ONCE])
        query = select(MachineScore.conversation_id, MachineScore.score)
        found |= dict(session.execute(query.where(of_these, MachineScore.model_id == model_id)).all())
    return found


def _rules(scores: Mapping[int, list[float | None]], slope: float) -> Iterator[tuple[str, dict[str, float]]]:
    from scoring.assessment.evidence_values import frame_shifts

    for agent_id, found in sorted(scores.items()):
        known = [score for score in found if score is not None]
        if known:
            rule = frame_shifts(sorted(known), slope, missing=len(found) - len(known))
            yield str(agent_id), {"mean": rule.mean, "offset": rule.offset, "room": rule.room}


def _last_slope(session: Session) -> float:
    """λ of the month published last, where the policy in force and that month let learned scores in; otherwise 0."""
    policy = session.scalar(PolicyVersion.select_in_force())
    if policy is None or not read_policy(policy.definition).learned_scores:
        return 0.0
    revision = session.scalar(
        select(PeriodRevision)
        .where(PeriodRevision.id.in_(select(Sheet.revision_id).where(Sheet.published_at.is_not(None))))
        .order_by(PeriodRevision.starts_at.desc(), PeriodRevision.number.desc())
        .limit(1)
    )
    learned = revision.centre.learned if revision else None
    return (learned.slope or 0.0) if learned and learned.is_used else 0.0


def _scores_by_agent(
    session: Session, draw: Draw, names: set[str], model: ScreeningModel
) -> dict[int, list[float | None]]:
    """Learned scores of the population by agent; None for a conversation without one. One pass over the month."""
    start, end = month_bounds(draw.plan.month, zone_of(session))
    name = Conversation.source + literal(":", String) + Conversation.external_id
    of_model = and_(MachineScore.conversation_id == Conversation.id, MachineScore.model_id == model.id)
    rows = session.execute(
        select(name, Conversation.agent_id, MachineScore.score)
        .outerjoin(MachineScore, of_model)
        .where(Conversation.opened_at >= start, Conversation.opened_at < end, Conversation.agent_id.is_not(None))
    ).yield_per(10_000)
    found: dict[int, list[float | None]] = {}
    for public_id, agent_id, score in rows:
        if agent_id is not None and public_id in names:
            found.setdefault(agent_id, []).append(score)
    return found
