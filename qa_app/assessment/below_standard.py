"""The standard in force and what the evidence says about each agent; switching it on and off; beginning anew.

Nothing follows from it by itself: it proposes, and the people named with the standard decide.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_app import audit
from qa_app.assessment.below_standard_data import CountedSample, months_of, read_careers
from qa_app.assessment.below_standard_trial import PastTrial
from qa_app.assessment.errors import ReasonNeeded, StandardNotTried
from qa_app.clock import now
from qa_app.models import Agent, EvidenceRestart, PerformanceStandard, User
from qa_app.people.organisation import working_calendar
from scoring.assessment.below_standard import AgentEvidence, StandardRule, follow_agents
from scoring.assessment.months_rule import MonthsVerdict, apply_months_rule

__all__ = [
    "AgentCase",
    "case_of",
    "read_cases",
    "restart_evidence",
    "rule_of",
    "standard_in_force",
    "switch_off_standard",
    "switch_on_standard",
]


@dataclass(frozen=True, slots=True)
class AgentCase:
    """One agent before the standard: since when, with which conversations, what K and the customary rule say."""

    agent_id: int
    since: datetime
    restart: EvidenceRestart | None
    samples: tuple[CountedSample, ...]
    evidence: AgentEvidence
    months_rule: MonthsVerdict


def standard_in_force(session: Session) -> PerformanceStandard | None:
    """Return the standard that is switched on, or none."""
    return session.scalar(select(PerformanceStandard).where(PerformanceStandard.in_force.is_(True)))


def rule_of(standard: PerformanceStandard) -> StandardRule:
    """Return the standard as the formulas take it."""
    return StandardRule(standard.score, standard.critical_rate, standard.quality_score)


def read_cases(session: Session, standard: PerformanceStandard) -> dict[int, AgentCase]:
    """Say of every agent what the evidence says now; agents without a conversation yet stand at the beginning."""
    agents = list(session.scalars(select(Agent.id).order_by(Agent.id)))
    return _follow(session, standard, agents, read_careers(session, since=standard.switched_on_at))


def case_of(session: Session, standard: PerformanceStandard, agent_id: int) -> AgentCase:
    """Say what the evidence says about one agent."""
    careers = read_careers(session, since=standard.switched_on_at, agent_id=agent_id)
    return _follow(session, standard, [agent_id], careers)[agent_id]


def _follow(
    session: Session,
    standard: PerformanceStandard,
    agents: Sequence[int],
    careers: Mapping[int, Sequence[CountedSample]],
) -> dict[int, AgentCase]:
    restarts = _last_restarts(session)
    cases = []
    for agent_id in agents:
        restart = restarts.get(agent_id)
        since = max(standard.switched_on_at, restart.restarted_at) if restart else standard.switched_on_at
        samples = tuple(one for one in careers.get(agent_id, ()) if one.counted_at >= since)
        cases.append((agent_id, since, restart, samples))
    followed = follow_agents([[one.judged for one in samples] for *_, samples in cases], rule_of(standard))
    this_month = now().astimezone(working_calendar(session).zone).strftime("%Y-%m")
    return {
        agent_id: AgentCase(
            agent_id, since, restart, samples, evidence, _judge_months(samples, standard, before=this_month)
        )
        for (agent_id, since, restart, samples), evidence in zip(cases, followed, strict=True)
    }


def switch_on_standard(
    session: Session, actor: User | None, tried: PastTrial, *, months_running: int, who_decides: str
) -> PerformanceStandard:
    """Switch on a standard that was tried on past months; the evidence about everybody begins anew.

    Raises
    ------
    StandardNotTried
        Where there are no past inspections to try it on, so that nobody knows how often it errs here.
    """
    if tried.trial.months_rule_alarms is None or tried.trial.evidence_alarms is None:
        raise StandardNotTried
    before = standard_in_force(session)
    if before is not None:
        _end(before, actor)
        session.flush()
    standard = PerformanceStandard(
        score=tried.rule.score,
        critical_rate=tried.rule.critical_rate,
        quality_score=tried.rule.quality,
        months_running=months_running,
        who_decides=who_decides,
        trial=tried.summary(),
        in_force=True,
        switched_on_at=now(),
        switched_on_by_id=actor.id if actor else None,
    )
    session.add(standard)
    session.flush()
    audit.record(
        session,
        actor,
        action="standard.switch_on",
        thing=standard,
        score=standard.score,
        critical_rate=standard.critical_rate,
        quality_score=standard.quality_score,
        months_running=months_running,
        who_decides=who_decides,
        replaces=before.id if before else None,
        trial=standard.trial,
    )
    return standard


def switch_off_standard(session: Session, actor: User, standard: PerformanceStandard) -> None:
    """Switch a standard off; what was counted under it stays in its record of inspections, and says nothing more."""
    _end(standard, actor)
    session.flush()
    audit.record(session, actor, action="standard.switch_off", thing=standard, score=standard.score)


def restart_evidence(session: Session, actor: User, agent: Agent, *, reason: str) -> EvidenceRestart:
    """Begin anew for one agent, such as in a new role. Each restart is a new 5 %, so it asks for a reason."""
    if not reason.strip():
        raise ReasonNeeded("restart")
    restart = EvidenceRestart(agent_id=agent.id, reason=reason.strip(), restarted_at=now(), restarted_by_id=actor.id)
    session.add(restart)
    session.flush()
    audit.record(
        session, actor, action="standard.restart", thing=agent, name=agent.employee_number, reason=reason.strip()
    )
    return restart


def _end(standard: PerformanceStandard, actor: User | None) -> None:
    standard.in_force, standard.switched_off_at = None, now()
    standard.switched_off_by_id = actor.id if actor else None


def _last_restarts(session: Session) -> Mapping[int, EvidenceRestart]:
    latest = select(func.max(EvidenceRestart.id)).group_by(EvidenceRestart.agent_id)
    found = session.scalars(select(EvidenceRestart).where(EvidenceRestart.id.in_(latest)))
    return {restart.agent_id: restart for restart in found}


def _judge_months(samples: Sequence[CountedSample], standard: PerformanceStandard, *, before: str) -> MonthsVerdict:
    """Apply the customary rule to the months that are over; a month without an inspection breaks a run."""
    means = [month.mean for month in months_of(samples, until=before)]
    return apply_months_rule(means, standard.score, running=standard.months_running)
