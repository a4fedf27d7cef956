"""What the own centre says of itself: how many people there are, how their scores differ, what the standard is."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from qa_app.conversations.planning import PlanningFacts, newest_revision, read_planning
from qa_app.models import (
    Agent,
    Conversation,
    Inspection,
    PeriodRevision,
    PolicyVersion,
    Sample,
    Sheet,
    counts_in_estimates,
)
from qa_app.screening.queries import frame_condition
from scoring.assessment.policy import Standard, read_policy

__all__ = ["OwnCentre", "read_own_centre", "read_standard"]


@dataclass(frozen=True, slots=True)
class OwnCentre:
    """What is known of the own centre.

    `numbers` are those of `scoring.simulation.centre.Centre` by their names; `known` names the ones that were read from
    the month, the others are usual ones. `planning` is what the plan page reckons with as well.
    """

    month: str
    numbers: dict[str, Any]
    known: frozenset[str]
    planning: PlanningFacts


def read_own_centre(session: Session) -> OwnCentre:
    """Read what the newest computed month says; without one, a usual centre."""
    # SciPy comes with the library, not with the application.
    from scoring.simulation.centre import USUAL
    from scoring.simulation.own import MonthFacts, describe_own_centre, facts_of_record

    found, planning = newest_revision(session), read_planning(session)
    month, facts = "", MonthFacts()
    if found is not None:
        month, revision = found
        facts = replace(facts_of_record(revision.centre), **_count(session, month, revision))
    return OwnCentre(month, asdict(describe_own_centre(facts, USUAL)), facts.known, planning)


def read_standard(session: Session) -> float:
    """Return the QA score that the policy in force calls the standard; without one, the usual one."""
    version = session.scalar(PolicyVersion.select_in_force())
    standard = read_policy(version.definition).standard if version else Standard()
    return float(standard.qa_score)


def _count(session: Session, month: str, revision: PeriodRevision) -> dict[str, Any]:
    """How many there are of whom and what, from the month's random inspections and what could have been inspected."""
    in_month = (Conversation.opened_at >= revision.starts_at, Conversation.opened_at < revision.ends_at)
    scorings, conversations, inspectors, at_top = session.execute(
        select(
            func.count(),
            func.count(Inspection.conversation_id.distinct()),
            func.count(Inspection.inspector_id.distinct()),
            func.sum(case((Inspection.quality >= 100, 1), else_=0)),
        )
        .join(Conversation, Conversation.id == Inspection.conversation_id)
        .outerjoin(Sample, Sample.id == Inspection.sample_id)
        .where(counts_in_estimates(), *in_month)
    ).one()
    eligible = select(func.count()).select_from(Conversation).join(Agent, Agent.id == Conversation.agent_id)
    # Where only figures were imported nothing can be read or heard, and every conversation stands for itself.
    frame = session.scalar(eligible.where(*in_month, frame_condition(session, month))) or session.scalar(
        select(func.count()).select_from(Conversation).where(*in_month)
    )
    agents, inspected = session.execute(
        select(func.count(), func.sum(Sheet.inspection_count)).where(Sheet.revision_id == revision.id)
    ).one()
    return {
        "agents": agents or None,
        "inspectors": inspectors or None,
        "frame": (round(frame / agents) or None) if agents and frame else None,
        "samples": (round(inspected / agents) or None) if agents and inspected else None,
        "double_share": scorings / conversations - 1 if conversations else None,
        "share_at_100": (at_top or 0) / scorings if scorings else None,
    }
