"""Appealed inspections: the floor-lamp chat, scored by one inspector and read by the agent it is about."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from qa_app.appeals import service as appeals
from qa_app.inspections import service
from qa_app.models import Appeal, AppealKind, Inspection, RoleName, User
from scoring.rubric import Rubric
from tests.factories.inspections import answer, create_open_inspection
from tests.factories.people import create_user

__all__ = ["LOST_GREETING", "Scored", "create_appeal", "create_scored"]

LOST_GREETING = (
    answer("greeting", "no", reason="No greeting."),
    answer("facts", done=["name"], missed=["number"]),
    answer("privacy", "yes"),
)


@dataclass(frozen=True, slots=True)
class Scored:
    """A submitted inspection with the people around it."""

    inspection: Inspection
    inspector: User
    agent: User
    lead: User


def create_scored(session: Session, *, rubric: Rubric | None = None, answers: object = None) -> Scored:
    """Return an inspection that lost points on the greeting (40 of 100) and on a fact (20)."""
    inspector, inspection = create_open_inspection(session, rubric=rubric)
    place = service.EvidenceChange("t1", "greeting", praise=False, place=service.Place("message", turn=2))
    save = service.Save("t", 0, answers=answers or LOST_GREETING, added=[] if answers else [place])
    service.save_answers(session, inspector, inspection, save)
    service.submit_inspection(session, inspector, inspection, revision=1, confirmed_critical=True)
    agent = create_user(session, RoleName.agent, name="Tobias Renn", agent_id=inspection.agent_id)
    lead = create_user(session, RoleName.qa_lead, name="Shen Yinuo")
    return Scored(inspection, inspector, agent, lead)


def create_appeal(session: Session, scored: Scored, *disputes: appeals.Dispute, **values: object) -> Appeal:
    """Return an open appeal against the greeting, or against what is given."""
    greeting = appeals.Dispute(
        "greeting", {"level": "yes"}, "I said hello at once.", [service.Place("span", turn=2, start=0, end=5)]
    )
    kind = values.pop("kind", AppealKind.disagree)
    return appeals.file_appeal(
        session, scored.agent, scored.inspection, kind=kind, disputes=disputes or [greeting], **values
    )
