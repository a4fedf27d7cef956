"""What the pages of the standard are told: finished values and the words for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isnan
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.access import visible_agents
from qa_app.assessment.below_standard import AgentCase, case_of, read_cases, rule_of, standard_in_force
from qa_app.assessment.below_standard_chart import NARROW, WIDE, PathChart, draw_path
from qa_app.assessment.below_standard_trial import PastTrial
from qa_app.assessment.below_standard_words import (
    alarm_sentences,
    assisted_sentence,
    state_chip,
    write_evidence,
)
from qa_app.models import Agent, PerformanceStandard, Team, User
from qa_app.web.filters import format_day, format_number
from scoring.assessment.consequences import EvidenceState, list_below_standard

__all__ = [
    "CasePage",
    "StandardPage",
    "list_trial_rows",
    "make_case_page",
    "make_standard_page",
    "own_case",
    "say_trial_assisted",
]


@dataclass(frozen=True, slots=True)
class StandardRow:
    """One agent of the list."""

    agent_id: int
    name: str
    number: str
    team: str
    evidence: str
    state: tuple[str, str, str]
    n: int
    since: datetime
    running: int
    is_flagged: bool
    is_listed: bool


@dataclass(frozen=True, slots=True)
class StandardPage:
    """The list of the standard in force."""

    rows: tuple[StandardRow, ...]
    counts: tuple[tuple[tuple[str, str, str], int], ...]
    alarms: tuple[str, ...]
    assisted: str


@dataclass(frozen=True, slots=True)
class Step:
    """One conversation as it entered K."""

    place: int
    counted_at: datetime
    name: str
    conversation_id: int
    inspection_id: int
    score: float
    is_critical: bool
    severity: float
    shift: float | None
    value: float | None
    bet: float | None
    of_score: str
    of_critical: str
    evidence: str


@dataclass(frozen=True, slots=True)
class CasePage:
    """One agent before the standard."""

    case: AgentCase
    evidence: str
    state: tuple[str, str, str]
    reached: str
    charts: tuple[PathChart, PathChart]
    summary: str
    formula: str
    steps: tuple[Step, ...]
    running: str
    alarms: tuple[str, ...]
    assisted: str


def make_standard_page(session: Session, actor: User, standard: PerformanceStandard, language: str) -> StandardPage:
    """List the agents the actor may see, the strongest evidence first; lists are judged over all agents."""
    cases = read_cases(session, standard)
    order = list(cases)
    listed = {order[place] for place in list_below_standard([cases[one].evidence.now for one in order])}
    rows = []
    for agent_id, name, number, team, team_zh in session.execute(_agents(actor)):
        case = cases[agent_id]
        rows.append(
            StandardRow(
                agent_id=agent_id,
                name=name,
                number=number,
                team=team_zh if language.startswith("zh") and team_zh else team,
                evidence=write_evidence(case.evidence.now),
                state=state_chip(case.evidence.state),
                n=len(case.samples),
                since=case.since,
                running=case.months_rule.running,
                is_flagged=case.months_rule.flagged_at is not None,
                is_listed=agent_id in listed,
            )
        )
    rows.sort(key=lambda row: (-cases[row.agent_id].evidence.now, row.name))
    seen = [cases[row.agent_id].evidence.state for row in rows]
    counts = tuple((state_chip(state), seen.count(state)) for state in reversed(EvidenceState))
    visible = [cases[row.agent_id] for row in rows]
    return StandardPage(
        tuple(rows), counts, alarm_sentences(standard.trial, standard.months_running), _say_assisted(visible, standard)
    )


def make_case_page(case: AgentCase, standard: PerformanceStandard) -> CasePage:
    """Prepare the page of one agent."""
    evidence = case.evidence
    return CasePage(
        case=case,
        evidence=write_evidence(evidence.now),
        state=state_chip(evidence.state),
        reached=format_day(case.samples[evidence.below_at].counted_at) if evidence.below_at is not None else "",
        charts=(draw_path(evidence.evidence, WIDE), draw_path(evidence.evidence, NARROW)),
        summary=_summarise(case),
        formula=_fill_formula(case, standard),
        steps=tuple(_steps(case)),
        running=_running_sentence(case, standard),
        alarms=alarm_sentences(standard.trial, standard.months_running),
        assisted=_say_assisted([case], standard),
    )


def own_case(session: Session, actor: User) -> CasePage | None:
    """Prepare the actor's own case for the scorecard; none while no standard is switched on."""
    standard = standard_in_force(session)
    if standard is None or actor.agent_id is None:
        return None
    return make_case_page(case_of(session, standard, actor.agent_id), standard)


def list_trial_rows(session: Session, tried: PastTrial) -> list[dict[str, Any]]:
    """List what the trial would have said of every agent, the strongest evidence first."""
    names = {row.id: row for row in session.execute(select(Agent.id, Agent.name, Agent.employee_number))}
    rows = [
        {
            "name": names[agent_id].name,
            "number": names[agent_id].employee_number,
            "evidence": write_evidence(line.evidence.now),
            "order": line.evidence.now,
            "state": state_chip(line.evidence.state),
            "was_named": line.evidence.below_at is not None,
            "was_flagged": line.months_rule.flagged_at is not None,
            "is_listed": line.is_listed,
            "n": line.n,
        }
        for agent_id, line in tried.lines
    ]
    return sorted(rows, key=lambda row: (-row["order"], row["name"]))


def say_trial_assisted(tried: PastTrial) -> str:
    """Say how many of the past conversations had a learned score fixed with their draw."""
    return assisted_sentence(is_allowed=True, assisted=tried.assisted, counted=tried.counted)


def _agents(actor: User) -> Any:
    return (
        select(Agent.id, Agent.name, Agent.employee_number, Team.name, Team.name_zh)
        .join(Team, Team.id == Agent.team_id)
        .where(visible_agents(actor))
        .order_by(Agent.name, Agent.id)
    )


def _summarise(case: AgentCase) -> str:
    n = len(case.samples)
    if not n:
        return str(_("No conversation has counted yet: K stands at 1."))
    sentence = ngettext(
        "After %(num)s conversation K stands at %(evidence)s; at its highest it was %(highest)s.",
        "After %(num)s conversations K stands at %(evidence)s; at its highest it was %(highest)s.",
        n,
        evidence=write_evidence(case.evidence.now),
        highest=write_evidence(max(case.evidence.evidence)),
    )
    return str(sentence)


def _say_assisted(cases: Sequence[AgentCase], standard: PerformanceStandard) -> str:
    """Count only what enters the K of quality: a critical conversation does not."""
    entering = [sample for case in cases for sample in case.samples if not sample.judged.is_critical]
    return assisted_sentence(
        is_allowed=standard.quality_score is not None,
        assisted=sum(sample.is_assisted for sample in entering),
        counted=len(entering),
    )


def _fill_formula(case: AgentCase, standard: PerformanceStandard) -> str:
    """Write the last step of the score's K with its numbers; empty before the first."""
    evidence = case.evidence
    entered = [place for place, value in enumerate(evidence.values) if not isnan(value)]
    if not entered:
        return ""
    last = entered[-1]
    before = evidence.of_score[last - 1] if last else 1.0
    return (
        f"K = {format_number(before, 4)} × (1 + {format_number(evidence.bets[last], 3)} × "
        f"({format_number(rule_of(standard).judged / 100, 3)} − {format_number(evidence.values[last], 3)})) = "
        f"{format_number(evidence.of_score[last], 4)}"
    )


def _steps(case: AgentCase) -> list[Step]:
    evidence = case.evidence
    critical: Sequence[float | None] = evidence.of_critical or [None] * len(case.samples)
    steps = [
        Step(
            place=place + 1,
            counted_at=sample.counted_at,
            name=sample.name,
            conversation_id=sample.conversation_id,
            inspection_id=sample.inspection_id,
            score=sample.judged.score,
            is_critical=sample.judged.is_critical,
            severity=sample.judged.severity,
            shift=sample.judged.shift if sample.is_assisted else None,
            value=_known(evidence.values[place]),
            bet=_known(evidence.bets[place]),
            of_score=write_evidence(evidence.of_score[place]),
            of_critical="" if (k := critical[place]) is None else write_evidence(k),
            evidence=write_evidence(evidence.evidence[place]),
        )
        for place, sample in enumerate(case.samples)
    ]
    return steps[::-1]


def _known(value: float) -> float | None:
    """None where a critical conversation does not enter the K of quality."""
    return None if isnan(value) else value


def _running_sentence(case: AgentCase, standard: PerformanceStandard) -> str:
    running = ngettext(
        "%(num)s month running below %(standard)s.",
        "%(num)s months running below %(standard)s.",
        case.months_rule.running,
        standard=format_number(standard.score),
    )
    if case.months_rule.flagged_at is None:
        return str(running)
    named = _("The customary rule would have named this agent.")
    return f"{running} {named}"
