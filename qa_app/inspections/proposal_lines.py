"""A rule's proposal as the page shows it: the answer in words, the rule's name, and the places to jump to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qa_app.conversations.turns import Said
from qa_app.inspections.content import Content
from qa_app.inspections.page import ProposalLine, ProposedPlace
from qa_app.inspections.wording import language
from qa_app.models import RuleProposal
from qa_app.web.filters import format_clock, format_position
from qa_app.web.i18n import named
from scoring.rubric import Criterion

__all__ = ["proposal_line"]

MOST_PLACES = 6
_LONGEST_QUOTE = 160


def proposal_line(
    proposal: RuleProposal, criterion: Criterion, content: Content, *, can_confirm: bool, is_given: bool
) -> ProposalLine:
    """Put a proposal into the reader's words; its places are those of the masked copy."""
    level = criterion.level(proposal.proposed)
    rule = proposal.rule_version.rule
    said = {one.sequence: (one, masked.text) for one, masked in zip(content.said, content.masked, strict=True)}
    return ProposalLine(
        level=proposal.proposed,
        answer=level.text.in_language(language()) if level is not None else proposal.proposed,
        rule=named(rule.name, rule.name_zh),
        can_confirm=can_confirm,
        is_given=is_given,
        places=tuple(_place(hit, said) for hit in proposal.hits[:MOST_PLACES]),
    )


def _place(hit: Sequence[Any], said: dict[int, tuple[Said, str]]) -> ProposedPlace:
    sequence, start, end, start_seconds, end_seconds = hit
    if sequence not in said:
        text = f"{format_position(start_seconds)}–{format_position(end_seconds)}" if start_seconds is not None else ""
        return ProposedPlace(text, "", start_seconds=start_seconds, end_seconds=end_seconds)
    one, text = said[sequence]
    moment = format_position(one.start_seconds) if one.start_seconds is not None else format_clock(one.sent_at)
    return ProposedPlace(moment, text[start:end][:_LONGEST_QUOTE], turn=sequence, start=start, end=end)
