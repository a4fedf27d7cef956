"""Frozen inputs of an invented October, without a database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

from qa_app.assessment import policies
from qa_app.assessment.inputs import (
    FORMULAS,
    AgentRecord,
    AnswerRecord,
    CriterionRecord,
    InspectionRecord,
    MonthInputs,
    PeriodRecord,
    RubricRecord,
    WorkRecord,
)
from scoring.rubric.definition import Text

__all__ = ["MONTH", "make_inputs"]

MONTH = "2026-10"
_CRITERIA = (("greeting", 20.0), ("answer", 50.0), ("closing", 30.0))


def make_inputs(
    *,
    agents: int = 10,
    inspections: int = 5,
    frame: int | None = 57,
    months: Sequence[str] = (MONTH,),
    critical_every: int = 0,
    wholly_critical: int = 0,
    weights: Sequence[float] = (1.0,),
    scorings: int = 1,
    formulas: int = FORMULAS,
) -> MonthInputs:
    """Return inputs of the shipped policy: every agent with as many inspections by three inspectors a month.

    Every `critical_every`th inspection is critical, 0 = none, and all of the first `wholly_critical` agents; `weights`
    come round in turn. Each is made by so many inspectors as `scorings` says.
    """
    numbers = [f"M{number:03}" for number in range(agents)]
    return MonthInputs(
        period=PeriodRecord(
            month=MONTH,
            timezone="UTC",
            starts_on=date(2026, 10, 1),
            ends_on=date(2026, 10, 31),
            is_over=True,
            frozen_at=datetime(2026, 11, 2, tzinfo=UTC),
            revision=0,
            policy_version=1,
            formulas=formulas,
        ),
        policy=policies.preset("service"),
        agents=tuple(AgentRecord(number=n, name=f"Agent {n}", team=Text(en="Live chat", zh="在线")) for n in numbers),
        work=tuple(
            WorkRecord(
                agent=n, conversations=60, answered=58, active_days=20, in_time=50, in_time_of=58, surveys_sent=20,
                satisfied=8, satisfied_of=10, eligible=frame,
            )
            for n in numbers
        ),
        cells=(),
        inspections=tuple(
            _inspection(number, place, month, 1 if number < wholly_critical else critical_every, weights, scoring)
            for month in months
            for number in range(agents)
            for place in range(inspections)
            for scoring in range(scorings)
        ),
        rubrics=(
            RubricRecord(
                key="service@1", code="service", version=1, title=Text(en="Service", zh="服务"),
                criteria=tuple(CriterionRecord(code=c, title=Text(en=c, zh=c), weight=w) for c, w in _CRITERIA),
            ),
        ),
        draws=(),
        words=(),
        history=(),
    )  # fmt: skip


def _inspection(
    number: int, place: int, month: str, critical_every: int, weights: Sequence[float], scoring: int
) -> InspectionRecord:
    turn = 7 * number + 3 * place + int(month[-2:])
    # Agents of even numbers hardly ever close well, so that lists have somebody to name.
    often = {"closing": 2 + 4 * (number % 2)}
    failing = [code for step, (code, _) in enumerate(_CRITERIA) if (turn + step) % often.get(code, 6) == 0]
    lost = tuple(AnswerRecord(criterion=code, lost=weight) for code, weight in _CRITERIA if code in failing)
    quality = max(100.0 - sum(answer.lost for answer in lost) - scoring * (turn % 4), 0.0)
    inspector = (turn + place + scoring) % 3
    is_critical = bool(critical_every) and turn % critical_every == 0
    return InspectionRecord(
        id=f"{month}-{number}-{place}-{scoring}",
        agent=f"M{number:03}",
        month=month,
        conversation=f"chat:{month}-{number}-{place}",
        quality=quality,
        score=0.0 if is_critical else quality,
        is_critical=is_critical,
        channel="chat",
        inspector=f"Inspector {inspector}",
        inspector_id=str(inspector),
        weight=weights[(turn + 2 * place) % len(weights)],
        rubric="service@1",
        applied=tuple(code for code, _ in _CRITERIA),
        answers=lost,
    )
