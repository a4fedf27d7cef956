"""The own centre as a simulated one: how many people there are and how their scores differ, from the newest month."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from qa_app.models import AssessmentPeriod, Conversation, Inspection, InspectionState, PeriodRevision, Sheet

__all__ = ["DEFAULTS", "MINUTES", "OwnCentre", "describe_own_centre", "plain_centre"]

MINUTES = 5.0  # of an inspection, until ten were timed
_FEWEST_TIMED = 10
# Where nothing is known yet: the centre of the published figures (`scoring.simulation.centre.PAGE`).
DEFAULTS: dict[str, float] = {
    "agents": 40,
    "inspectors": 6,
    "mean": 85.0,
    "agent_sd": 6.0,
    "within_sd": 12.0,
    "share_at_100": 0.25,
    "rater_sd": 5.0,
    "month_correlation": 0.9,
    "critical_rate": 0.02,
    "critical_strength": 50.0,
    "severity_sd": 4.0,
    "frame": 100,
    "samples": 5,
    "double_share": 0.10,
    "auto_correlation": 0.0,
}
_LIMITS = {  # what a real month may exceed, and a simulated one cannot
    "mean": (20.0, 98.0),
    "agent_sd": (0.0, 25.0),
    "within_sd": (1.0, 40.0),
    "share_at_100": (0.0, 0.6),
    "severity_sd": (0.0, 20.0),
    "month_correlation": (0.0, 0.999),
    "critical_rate": (0.0, 0.5),
    "critical_strength": (1.0, 5000.0),
}


@dataclass(frozen=True, slots=True)
class OwnCentre:
    """What is known of the own centre.

    `numbers` are those of `scoring.simulation.Centre` by their names; `known` names the ones that were read from the
    month, the others are usual ones. `minutes` is what one inspection takes.
    """

    month: str
    numbers: dict[str, float]
    known: frozenset[str]
    minutes: float


def describe_own_centre(session: Session) -> OwnCentre:
    """Read what the newest computed month says; without one, a usual centre."""
    found = session.execute(
        select(AssessmentPeriod.month, PeriodRevision)
        .join(PeriodRevision.period)
        .order_by(AssessmentPeriod.month.desc(), PeriodRevision.number.desc())
        .limit(1)
    ).first()
    minutes = _minutes(session)
    if found is None:
        return OwnCentre("", dict(DEFAULTS), frozenset(), minutes)
    month, revision = found
    read = {name: value for name, value in (_spreads(revision.centre) | _counts(session, revision)).items() if value}
    read = {name: _within(name, float(value)) for name, value in read.items()}
    return OwnCentre(month, _sound(DEFAULTS | read), frozenset(read), minutes)


def plain_centre(numbers: dict[str, float]) -> dict[str, Any]:
    """The keyword arguments of `scoring.simulation.Centre`: whole numbers where it counts."""
    whole = {"agents", "inspectors", "frame", "samples"}
    centre: dict[str, Any] = {name: int(value) if name in whole else value for name, value in numbers.items()}
    centre["teams"] = max(1, centre["agents"] // 15)
    return centre


def _spreads(centre: dict[str, Any]) -> dict[str, Any]:
    """How scores differ, as the month's estimates found it."""
    variances = (centre.get("severity") or {}).get("variances") or {}
    a, b = centre.get("critical_prior") or (0.0, 0.0)
    learned = centre.get("learned") or {}
    return {
        "mean": centre.get("quality_mean"),
        "agent_sd": centre.get("between_sd"),
        "within_sd": centre.get("within_sd"),
        "rater_sd": (variances.get("residual") or 0.0) ** 0.5 if variances.get("conversation") else None,
        "severity_sd": (variances.get("inspector") or 0.0) ** 0.5,
        "month_correlation": (centre.get("standing") or {}).get("correlation"),
        "critical_rate": a / (a + b) if a + b else None,
        "critical_strength": a + b,
        "auto_correlation": learned.get("correlation") if learned and not learned.get("reason") else None,
    }


def _counts(session: Session, revision: PeriodRevision) -> dict[str, Any]:
    """How many there are of whom and what, from the month's random inspections."""
    in_month = (Conversation.opened_at >= revision.starts_at, Conversation.opened_at < revision.ends_at)
    scorings, conversations, inspectors, at_top = session.execute(
        select(
            func.count(),
            func.count(Inspection.conversation_id.distinct()),
            func.count(Inspection.inspector_id.distinct()),
            func.sum(case((Inspection.quality >= 100, 1), else_=0)),
        )
        .join(Conversation, Conversation.id == Inspection.conversation_id)
        .where(Inspection.is_random, Inspection.state != InspectionState.draft, *in_month)
    ).one()
    frame = session.scalar(select(func.count()).select_from(Conversation).where(*in_month)) or 0
    agents, inspected = session.execute(
        select(func.count(), func.sum(Sheet.inspection_count)).where(Sheet.revision_id == revision.id)
    ).one()
    return {
        "agents": agents,
        "inspectors": inspectors,
        "frame": round(frame / agents) if agents else None,
        "samples": round(inspected / agents) if agents and inspected else None,
        "double_share": scorings / conversations - 1 if conversations else None,
        "share_at_100": (at_top or 0) / scorings if scorings else None,
    }


def _minutes(session: Session) -> float:
    seconds, timed = session.execute(
        select(func.avg(Inspection.seconds_spent), func.count()).where(
            Inspection.state != InspectionState.draft, Inspection.seconds_spent > 0
        )
    ).one()
    return float(seconds) / 60 if timed >= _FEWEST_TIMED else MINUTES


def _within(name: str, value: float) -> float:
    low, high = _LIMITS.get(name, (value, value))
    return min(max(value, low), high)


def _sound(numbers: dict[str, float]) -> dict[str, float]:
    """Numbers that fit together: the rater's part stays below the whole, samples within the frame."""
    rater = min(numbers["rater_sd"], 0.8 * numbers["within_sd"])
    most = 0.95 * (1 - (rater / numbers["within_sd"]) ** 2) ** 0.5
    return numbers | {
        "rater_sd": rater,
        "auto_correlation": min(numbers["auto_correlation"], most),
        "samples": min(numbers["samples"], numbers["frame"]),
    }
