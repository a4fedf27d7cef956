"""Results of tests: brought in from a list, listed, and what of them counts in a month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from qa_app import audit
from qa_app.access import visible_agents
from qa_app.clock import now
from qa_app.coaching.quarters import quarter_before, quarter_of
from qa_app.coaching.results_reading import ReadResult, ResultProblem, ResultRefusal, ResultRow, read_result
from qa_app.models import Agent, Team, TestKind, TestResult, User

__all__ = [
    "ResultsFilter",
    "ResultsReport",
    "import_results",
    "list_quarters",
    "results_of_agent",
    "results_of_month",
    "results_query",
]

_BATCH = 500


@dataclass(slots=True)
class ResultsReport:
    """What a list did, or would do: how many rows came to what, and which stayed out."""

    counts: Counter[str] = field(default_factory=Counter)
    refused: list[ResultRefusal] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ResultsFilter:
    """What is asked of the list; empty = all."""

    quarter: str = ""
    team_id: int | None = None
    kind: str = ""
    text: str = ""


def import_results(session: Session, actor: User | None, rows: Sequence[ResultRow], *, file: str = "") -> ResultsReport:
    """Bring results in: the good rows go in, each of the others is named with its reason; again, it changes nothing."""
    report = ResultsReport()
    read = [result for row in rows for result in _read(row, report)]
    agents = _agents(session, {result.employee_number for result in read})
    known = _known(session, list(agents.values()))
    seen: dict[tuple[int, str, str, str], int] = {}
    for result in read:
        agent_id = agents.get(result.employee_number)
        if agent_id is None:
            report.refused.append(_refusal(result, "employee_number", result.employee_number, "no_such_agent"))
            continue
        key = (agent_id, result.quarter, result.kind.value, result.title)
        if key in seen:
            report.refused.append(_refusal(result, "kind", result.kind.value, "twice"))
            continue
        seen[key] = result.line
        report.counts[_keep(session, actor, known.get(key), agent_id, result)] += 1
    report.refused.sort(key=lambda refusal: refusal.line)
    session.flush()
    if report.counts["created"] or report.counts["changed"]:
        audit.record(
            session, actor, action="results.import", thing="test_results", name=file,
            **dict(report.counts), refused=len(report.refused),
        )  # fmt: skip
    return report


def _read(row: ResultRow, report: ResultsReport) -> list[ReadResult]:
    results, refusal = read_result(row)
    if refusal is not None:
        report.refused.append(refusal)
    return results


def _refusal(result: ReadResult, name: str, value: str, problem: str) -> ResultRefusal:
    return ResultRefusal(result.line, name, value, ResultProblem(problem))


def _agents(session: Session, numbers: set[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    ordered = sorted(numbers)
    for start in range(0, len(ordered), _BATCH):
        query = select(Agent.employee_number, Agent.id).where(
            Agent.employee_number.in_(ordered[start : start + _BATCH])
        )
        found |= dict(session.execute(query).all())
    return found


def _known(session: Session, ids: list[int]) -> dict[tuple[int, str, str, str], TestResult]:
    found = {}
    for start in range(0, len(ids), _BATCH):
        for row in session.scalars(select(TestResult).where(TestResult.agent_id.in_(ids[start : start + _BATCH]))):
            found[(row.agent_id, row.quarter, row.kind, row.title)] = row
    return found


def _keep(session: Session, actor: User | None, known: TestResult | None, agent_id: int, result: ReadResult) -> str:
    values = {"points": result.points, "points_max": result.points_max, "taken_on": result.taken_on}
    if known is not None and all(getattr(known, name) == value for name, value in values.items()):
        return "unchanged"
    stamp = {"entered_at": now(), "entered_by_id": actor.id if actor else None}
    if known is not None:
        for name, value in (values | stamp).items():
            setattr(known, name, value)
        return "changed"
    session.add(
        TestResult(agent_id=agent_id, quarter=result.quarter, kind=result.kind, title=result.title, **values, **stamp)
    )
    return "created"


def results_query(actor: User, wanted: ResultsFilter) -> Select[Any]:
    """Results of the agents whose figures one may see, the newest quarter first."""
    query: Any = (
        select(
            TestResult.id,
            TestResult.quarter,
            TestResult.kind,
            TestResult.title,
            TestResult.points,
            TestResult.points_max,
            TestResult.taken_on,
            Agent.name.label("agent"),
            Agent.employee_number,
            Team.name.label("team"),
            Team.name_zh.label("team_zh"),
        )
        .join(Agent, Agent.id == TestResult.agent_id)
        .join(Team, Team.id == Agent.team_id)
        .where(visible_agents(actor), *_conditions(wanted))
    )
    ordered: Select[Any] = query.order_by(TestResult.quarter.desc(), Agent.name, TestResult.kind, TestResult.id)
    return ordered


def _conditions(wanted: ResultsFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.quarter:
        found.append(TestResult.quarter == wanted.quarter)
    if wanted.team_id is not None:
        found.append(Agent.team_id == wanted.team_id)
    if wanted.kind in set(TestKind):
        found.append(TestResult.kind == wanted.kind)
    if wanted.text:
        like = f"%{wanted.text}%"
        found.append(or_(Agent.name.ilike(like), Agent.employee_number.ilike(like)))
    return found


def list_quarters(session: Session, actor: User) -> Sequence[str]:
    """Quarters with results that one may see, the newest first."""
    query = select(TestResult.quarter).join(Agent, Agent.id == TestResult.agent_id).where(visible_agents(actor))
    return session.scalars(query.distinct().order_by(TestResult.quarter.desc())).all()


def results_of_agent(session: Session, agent_id: int) -> Sequence[TestResult]:
    """All results of one agent, the newest first, for the person's page."""
    query = select(TestResult).where(TestResult.agent_id == agent_id)
    return session.scalars(query.order_by(TestResult.quarter.desc(), TestResult.kind, TestResult.title)).all()


def results_of_month(session: Session, month: str) -> list[tuple[str, str, str, float]]:
    """Results that count in a month: employee number, quarter, kind and share, in a fixed order.

    Of each agent the newest quarter with a result, the month's own or the one before: tests come at a quarter's end.
    """
    own = quarter_of(month)
    rows = session.execute(
        select(Agent.employee_number, TestResult.quarter, TestResult.kind, TestResult.points, TestResult.points_max)
        .join(Agent, Agent.id == TestResult.agent_id)
        .where(TestResult.quarter.in_([own, quarter_before(own)]))
        .order_by(Agent.employee_number, TestResult.quarter, TestResult.kind, TestResult.title)
    ).all()
    newest = {row.employee_number: row.quarter for row in rows}
    return [
        (row.employee_number, row.quarter, row.kind, row.points / row.points_max)
        for row in rows
        if row.quarter == newest[row.employee_number]
    ]
