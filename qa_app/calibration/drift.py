"""Drift by week: what every inspector gave beyond what the others gave the same agents, as a control chart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from qa_app.calibration.period import week_of
from qa_app.calibration.queries import Scored
from qa_app.calibration.severity import SeverityReading
from scoring.trends.charts import ControlChart, Side
from scoring.trends.drift import CorrectedScoring, weekly_residuals
from scoring.trends.ewma import chart_drift

__all__ = ["Drift", "find_drift", "judge_chart"]


@dataclass(frozen=True, slots=True)
class Drift:
    """An inspector's chart and what it says now: the side it is out on, and the week since which it has been."""

    chart: ControlChart
    side: Side | None
    since: str | None

    @property
    def last_signal(self) -> str | None:
        """Week of the latest signal, though it may be over."""
        return self.chart.signals[-1].label if self.chart.signals else None


def find_drift(
    scorings: Sequence[Scored], reading: SeverityReading, sd: float | None, zone: ZoneInfo
) -> dict[str, Drift]:
    """Chart every inspector who can be compared; nobody where no severity could be taken out.

    Without the severity a chart would show who is strict all the time, not who changes.
    """
    if reading.reason or not sd:
        return {}
    weeks = weekly_residuals(_corrected(scorings, reading.leniency, zone), sd)
    return {inspector: judge_chart(chart_drift(own, len(weeks))) for inspector, own in weeks.items()}


def judge_chart(chart: ControlChart) -> Drift:
    """Say whether the chart is out of its limits now, on which side and since when."""
    if not chart.is_out_now:
        return Drift(chart, None, None)
    side = chart.points[-1].signal
    since = chart.points[-1].label
    for point in reversed(chart.points):
        if point.signal is not side:
            break
        since = point.label
    return Drift(chart, side, since)


def _corrected(scorings: Sequence[Scored], leniency: Mapping[str, float], zone: ZoneInfo) -> Iterator[CorrectedScoring]:
    """Scorings without critical error, by inspectors whose leniency is known; one without a month has no others."""
    critical = _critical_conversations(scorings)
    for scoring in scorings:
        taken_off = leniency.get(str(scoring.inspector_id))
        if taken_off is None or scoring.agent_id is None or scoring.month is None:
            continue
        if scoring.conversation_id not in critical:
            yield CorrectedScoring(
                inspector=str(scoring.inspector_id),
                agent_month=f"{scoring.agent_id} {scoring.month}",
                week=week_of(scoring.submitted_at, zone),
                score=scoring.quality - taken_off,
            )


def _critical_conversations(scorings: Sequence[Scored]) -> set[int]:
    """Conversations that count as critical, as a month counts them: two who disagree wait for the lead's word."""
    verdicts: dict[int, set[bool]] = defaultdict(set)
    rulings: dict[int, bool] = {}
    for scoring in scorings:
        verdicts[scoring.conversation_id].add(scoring.is_critical)
        if scoring.ruling is not None:
            rulings[scoring.conversation_id] = scoring.ruling
    return {
        conversation
        for conversation, found in verdicts.items()
        if (found == {True} if len(found) == 1 else rulings.get(conversation, False))
    }
