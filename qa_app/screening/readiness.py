"""Whether machine scores may enter a month's estimates, and if not why: judged as the month itself judges it."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from qa_app.conversations.metrics import month_bounds
from qa_app.screening.labels import Label, read_labels
from qa_app.screening.queries import WindowScores, scores_of_window

__all__ = ["WINDOW_MONTHS", "Readiness", "judge_month", "months_until"]

WINDOW_MONTHS = 6


@dataclass(frozen=True, slots=True)
class Readiness:
    """What a month would make of the machine scores.

    `reason` is a code of `scoring.estimates.assisted.AssistOff`, empty where they are used; ρ is within agent-months,
    `lower` its one-sided bound; `gain` how many inspections one inspection with machine scores is worth.
    """

    month: str
    reason: str
    slope: float
    correlation: float | None
    lower: float | None
    scored: int
    missing_share: float
    gain: float

    @property
    def is_on(self) -> bool:
        """Whether they enter."""
        return not self.reason


def months_until(month: str, count: int) -> list[str]:
    """Name the `count` months that end with this one, the oldest first."""
    year, number = map(int, month.split("-"))
    last = year * 12 + number - 1
    return [f"{place // 12:04d}-{place % 12 + 1:02d}" for place in range(last - count + 1, last + 1)]


def judge_month(session: Session, month: str, zone: ZoneInfo) -> Readiness:
    """Judge the six months that end with this one."""
    from scoring.estimates.assisted import judge_assist
    from scoring.estimates.direct import mean_per_conversation
    from scoring.estimates.table import tabulate

    months = months_until(month, WINDOW_MONTHS)
    since, until = month_bounds(months[0], zone)[0], month_bounds(month, zone)[1]
    labels = read_labels(session, since=since, until=until)
    table = tabulate(_window(month, months, labels, scores_of_window(session, months, zone), zone), WINDOW_MONTHS)
    assist = judge_assist(table, mean_per_conversation(table, table.rows.quality))
    rho = assist.correlation or 0.0
    return Readiness(
        month=month,
        reason=assist.reason.value if assist.reason else "",
        slope=assist.slope,
        correlation=assist.correlation,
        lower=assist.correlation_lower,
        scored=assist.scored,
        missing_share=assist.missing_share,
        gain=1 / (1 - rho * rho) if assist.is_on and abs(rho) < 1 else 1.0,
    )


def _window(month: str, months: list[str], labels: list[Label], scores: WindowScores, zone: ZoneInfo):  # type: ignore[no-untyped-def]
    from scoring.estimates.window import MonthFrame, Scoring, make_window

    age = {name: len(months) - 1 - place for place, name in enumerate(months)}
    scorings = [
        Scoring(
            agent=one.agent,
            age=age[one.month(zone)],
            conversation=one.name,
            inspector="",
            quality=float("nan") if one.quality is None else one.quality,
            is_critical=one.is_critical,
            auto=scores.by_conversation.get(one.name),
        )
        for one in labels
    ]
    frames = [
        MonthFrame(one.agent, age[one.month], one.conversations, one.mean, 1 - one.missing / one.conversations)
        for one in scores.means
    ]
    return make_window(month, scorings, frames, sorted({one.agent for one in labels}))
