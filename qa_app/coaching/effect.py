"""The prediction fixed when an action is opened, and the effect measured against it once enough was inspected later.

Measured once and by a rule fixed beforehand, so that nobody can wait for a good moment: with the first ten later
conversations, or after three months with at least five.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from qa_app.coaching.facts import InspectedOnce, Stretch, month_number, read_failures, read_inspected
from qa_app.models import CoachingAction
from qa_app.people.organisation import working_calendar

if TYPE_CHECKING:
    from scoring.estimates.outcome import Outcome

__all__ = ["FEWEST", "PATIENCE", "WANTED", "Later", "find_later", "measure_effect", "predict"]

WINDOW_DAYS = 183
WANTED, FEWEST = 10, 5
PATIENCE = timedelta(days=92)
_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Later:
    """Conversations inspected since an action was done, as far as they measure it, and whether that is enough."""

    conversations: tuple[InspectedOnce, ...]
    failed: Mapping[int, bool]
    is_enough: bool

    @property
    def n(self) -> int:
        """How many there are."""
        return len(self.conversations)


def predict(session: Session, agent_id: int, criterion: str, *, at: datetime) -> dict[str, Any] | None:
    """Fix what to expect of an agent from all that was inspected in the half year before; none where it is too little.

    What was inspected after `at` is not looked at, and neither is what was opened later.
    """
    # SciPy is heavy: it is loaded with the first prediction and not with the application.
    from scoring.estimates import expectation as expected

    before = Stretch(at - timedelta(days=WINDOW_DAYS), opened_to=at, submitted_to=at)
    inspected = read_inspected(session, before)
    agent, following = str(agent_id), month_number(at, working_calendar(session).zone) + 1
    made: Any
    if criterion:
        failed = read_failures(session, inspected, criterion)
        made = expected.expect_share([expected.MonthCount(*one) for one in _counts(inspected, failed)], agent)
        if made is None:
            return None
        share = made.predict(following)
        value, interval = share.mean, share.interval()
    else:
        scores = [expected.MonthScore(one.agent, one.month, one.quality) for one in inspected if not one.is_critical]
        made = expected.expect_score(scores, agent)
        if made is None:
            return None
        value, interval = made.predict(following).mean, made.interval(following)
    own = [one for one in inspected if one.agent == agent]
    return {
        "of": "share" if criterion else "score",
        "made_at": at.isoformat(),
        "basis": _rounded(asdict(made)),
        "next": _rounded({"month": following, "value": value, "lower": interval.lower, "upper": interval.upper}),
        "seen": sum(one.inspection_id in failed for one in own) if criterion else len(own),
    }


def find_later(session: Session, action: CoachingAction, *, at: datetime) -> Later:
    """Find what measures an action: conversations opened after it was done, scored by others than who coaches."""
    if action.done_at is None:
        return Later((), {}, is_enough=False)
    coaches = {one for one in (action.owner_id, action.opened_by_id) if one is not None}
    since = Stretch(action.done_at, submitted_to=at, agent_id=action.agent_id, without=coaches)
    inspected: Sequence[InspectedOnce] = read_inspected(session, since)
    failed: Mapping[int, bool] = {}
    if action.criterion:
        failed = read_failures(session, inspected, action.criterion)
        inspected = [one for one in inspected if one.inspection_id in failed]
    else:
        inspected = [one for one in inspected if not one.is_critical]
    waited = at - action.done_at >= PATIENCE
    return Later(
        conversations=tuple(inspected[:WANTED]),
        failed=failed,
        is_enough=len(inspected) >= WANTED or (waited and len(inspected) >= FEWEST),
    )


def measure_effect(session: Session, action: CoachingAction, later: Later) -> dict[str, Any]:
    """Compare what came later with the prediction; what moved everybody is taken out."""
    from scoring.estimates.expectation import ScoreExpectation, ShareExpectation
    from scoring.estimates.outcome import measure_score, measure_share

    assert action.prediction is not None  # asked before
    assert action.done_at is not None
    own, basis = later.conversations, action.prediction["basis"]
    last = max(one.submitted_at for one in own)
    others = [
        one
        for one in read_inspected(session, Stretch(action.done_at, submitted_to=last + timedelta(seconds=1)))
        if one.agent != str(action.agent_id)
    ]
    # The middle month of those that measure; the prediction is carried forward to it.
    month = max(basis["month"], sorted(one.month for one in own)[len(own) // 2])
    if action.criterion:
        failed = read_failures(session, others, action.criterion)
        k, n = sum(later.failed[one.inspection_id] for one in own), len(own)
        centre = (sum(failed.values()), len(failed)) if failed else None
        share = ShareExpectation(**basis)
        return _describe(measure_share(share, k, n, month=month, centre=centre), own, k=k)
    score = ScoreExpectation(**basis)
    outcome = measure_score(score, [one.quality for one in own], month=month, centre=_mean_of_agents(others))
    return _describe(outcome, own, k=None)


def _describe(outcome: Outcome, own: Sequence[InspectedOnce], *, k: int | None) -> dict[str, Any]:
    return _rounded(
        {
            "verdict": outcome.verdict.value,
            "n": len(own),
            "k": k,
            "after": outcome.after,
            "expected": outcome.expected,
            "expected_lower": outcome.predicted.lower,
            "expected_upper": outcome.predicted.upper,
            "change": outcome.change.value,
            "change_lower": outcome.change.lower,
            "change_upper": outcome.change.upper,
            "inspections": [one.inspection_id for one in own],
        }
    )


def _mean_of_agents(inspected: Sequence[InspectedOnce]) -> float | None:
    """Mean of the agents' means, so that those inspected more often do not speak for all."""
    scores: dict[str, list[float]] = {}
    for one in inspected:
        if not one.is_critical:
            scores.setdefault(one.agent, []).append(one.quality)
    means = [sum(own) / len(own) for own in scores.values()]
    return sum(means) / len(means) if means else None


def _counts(inspected: Sequence[InspectedOnce], failed: Mapping[int, bool]) -> list[tuple[str, int, int, int]]:
    """Agent, month, failures and conversations, in a fixed order."""
    n = Counter((one.agent, one.month) for one in inspected if one.inspection_id in failed)
    k = Counter((one.agent, one.month) for one in inspected if failed.get(one.inspection_id))
    return [(*place, k[place], n[place]) for place in sorted(n)]


def _rounded(plain: dict[str, Any]) -> dict[str, Any]:
    """Figures to twelve significant digits, the same on every processor."""
    return {name: float(f"{value:.{_DIGITS}g}") if isinstance(value, float) else value for name, value in plain.items()}
