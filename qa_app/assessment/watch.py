"""Tells the QA lead, once, when the evidence about an agent says "below the standard". Nothing follows by itself."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.assessment.below_standard import read_cases, standard_in_force
from qa_app.models import Agent, NoticeKind, RoleName
from qa_app.notices.recipients import users_with
from qa_app.notices.service import Telling, notify_each, resolve_all_but
from scoring.assessment.consequences import EvidenceState

__all__ = ["tell_below_standard"]


def tell_below_standard(session: Session) -> int:
    """Tell of every agent whose evidence has reached "below the standard" since it began; returns how many notices.

    A verdict that an appeal took back is closed; one that returns after a new beginning is told again.
    """
    standard = standard_in_force(session)
    cases = read_cases(session, standard) if standard is not None else {}
    below = {agent: case for agent, case in cases.items() if case.evidence.state is EvidenceState.below_standard}
    leads = users_with(session, RoleName.qa_lead)
    things = {agent: f"below_standard:{agent}:{case.since.isoformat()}" for agent, case in below.items()}
    resolve_all_but(
        session, NoticeKind.alert, {(one, thing) for one in leads for thing in things.values()}, because="over"
    )
    names = dict(session.execute(select(Agent.id, Agent.name).where(Agent.id.in_(below))).all())
    tellings = [
        Telling(one, thing, {"count": 1, "agent_id": agent, "name": names[agent]})
        for agent, thing in things.items()
        for one in leads
    ]
    return notify_each(session, NoticeKind.alert, tellings)
