"""The risk of a conversation, for draws in which trouble has a greater chance of being looked at.

A simple count of points that stand in the plan for everybody to read. It chooses what is inspected and nothing else:
estimates weigh every sample by the inverse of its chance, so a high risk lowers nobody's score.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qa_app.models import Conversation
from qa_app.sampling.design import RiskSigns

__all__ = ["RISK_COLUMNS", "count_risk"]

LOW_RATING = 2.0
"""On 1 to 5: "satisfied / neutral / dissatisfied" is 5 / 3 / 1."""

RISK_COLUMNS = (
    Conversation.csat,
    Conversation.response_gaps,
    Conversation.hold_seconds,
    Conversation.resolved,
    Conversation.transfer_count,
)


def count_risk(signs: RiskSigns, facts: Sequence[Any]) -> float:
    """Add up the points of the signs that the `RISK_COLUMNS` of a conversation show; what is unknown adds nothing."""
    csat, gaps, hold_seconds, resolved, transfers = facts
    longest_wait = max([*(gap for gap in gaps or () if gap is not None), hold_seconds or 0.0])
    risk = 0.0
    if csat is not None and csat <= LOW_RATING:
        risk += signs.low_rating
    if longest_wait > signs.long_wait_seconds:
        risk += signs.long_wait
    if resolved is False:
        risk += signs.unresolved
    if transfers:
        risk += signs.transferred
    return risk
