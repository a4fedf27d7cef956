"""From frozen inputs to the window of scorings that qualities are estimated from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from qa_app.assessment.inputs import AgentRecord, MonthInputs
from qa_app.assessment.reduce import ScoredConversation, months_before
from scoring.estimates.window import MonthFrame, QualityWindow, Scoring, make_window

__all__ = ["describe_window"]

NEWCOMER_MONTHS = 3
NEWCOMERS = "newcomers"


def describe_window(inputs: MonthInputs, conversations: Sequence[ScoredConversation]) -> QualityWindow:
    """Every scoring of the six months, and what each agent-month could have been drawn from.

    Agents are compared with those who work to the same standard: the channel most of their inspected conversations
    came through, or the newcomers of their first three months.
    """
    month = inputs.period.month
    return make_window(
        month,
        [scoring for conversation in conversations for scoring in _scorings(conversation, month)],
        list(_frames(inputs, conversations)),
        [agent.number for agent in inputs.agents],
    )


def _scorings(conversation: ScoredConversation, month: str) -> Iterator[Scoring]:
    for inspection in conversation.inspections:
        yield Scoring(
            agent=conversation.agent,
            age=months_before(month, conversation.month),
            conversation=inspection.conversation,
            # Months that were frozen before inspectors had ids know only their names.
            inspector=inspection.inspector_id or inspection.inspector,
            quality=inspection.quality,
            is_critical=conversation.is_critical,
            queue=f"{inspection.channel} {inspection.topic}".strip(),
            auto=inspection.auto,
            weight=inspection.weight,
        )


def _frames(inputs: MonthInputs, conversations: Sequence[ScoredConversation]) -> Iterator[MonthFrame]:
    month = inputs.period.month
    sizes = {work.agent: work.eligible for work in inputs.work}
    machine = {(record.agent, record.month): record for record in inputs.machine}
    groups = _groups(inputs, conversations)
    own_months = {(c.agent, c.month) for c in conversations} | {(agent.number, month) for agent in inputs.agents}
    for agent, own_month in sorted(own_months):
        scored = machine.get((agent, own_month))
        yield MonthFrame(
            agent=agent,
            age=months_before(month, own_month),
            frame=sizes.get(agent) if own_month == month else None,
            auto_mean=scored.mean if scored else None,
            auto_share=1 - scored.missing / scored.conversations if scored and scored.conversations else 0.0,
            group=groups.get(agent, ""),
        )


def _groups(inputs: MonthInputs, conversations: Sequence[ScoredConversation]) -> dict[str, str]:
    """Whom each agent is compared with: their main channel over the window, or the newcomers."""
    counts: dict[str, Counter[str]] = {}
    for conversation in conversations:
        counts.setdefault(conversation.agent, Counter())[conversation.first.channel] += 1
    # Of equally frequent channels the first in the alphabet, so that the order of conversations cannot matter.
    groups = {agent: min(own, key=lambda channel: (-own[channel], channel)) for agent, own in counts.items()}
    newcomers = {agent.number for agent in inputs.agents if _is_new(agent, inputs.period.ends_on)}
    return groups | dict.fromkeys(newcomers, NEWCOMERS)


def _is_new(agent: AgentRecord, until: date) -> bool:
    if agent.hired_on is None:
        return False
    months = (until.year - agent.hired_on.year) * 12 + until.month - agent.hired_on.month
    return months < NEWCOMER_MONTHS
