"""Verdicts of rules as the source of a risk: which ones a plan may name, and how many a conversation has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import Session

from qa_app.models import CheckRule, Conversation, RuleResult, RuleState, RuleVersion

__all__ = ["count_verdicts", "list_verdicts"]

_OUTCOMES = ("satisfied", "not_satisfied")


def list_verdicts(session: Session, language: str) -> list[tuple[str, str]]:
    """Return what a plan may name: of each rule in use the two verdicts, as ``code:outcome`` with a title."""
    rows = session.execute(
        select(CheckRule.code, CheckRule.name, CheckRule.name_zh)
        .where(CheckRule.versions.any(RuleVersion.state == RuleState.on))
        .order_by(CheckRule.id)
    )
    return [
        (f"{code}:{outcome}", _title(outcome, name_zh if language == "zh" and name_zh else name))
        for code, name, name_zh in rows
        for outcome in _OUTCOMES
    ]


def _title(outcome: str, rule: str) -> str:
    if outcome == "satisfied":
        return str(gettext("“%(rule)s” is satisfied", rule=rule))
    return str(gettext("“%(rule)s” is not satisfied", rule=rule))


def count_verdicts(named: Sequence[str]) -> ColumnElement[Any]:
    """How many of the verdicts named (``code:outcome``) the rules in use gave a conversation."""
    pairs = [one.partition(":") for one in named]
    wanted = or_(false(), *(and_(CheckRule.code == code, RuleResult.outcome == outcome) for code, _, outcome in pairs))
    return (
        select(func.count())
        .select_from(RuleResult)
        .join(RuleVersion, RuleVersion.id == RuleResult.rule_version_id)
        .join(CheckRule, CheckRule.id == RuleVersion.rule_id)
        .where(RuleResult.conversation_id == Conversation.id, RuleVersion.state == RuleState.on, wanted)
        .correlate(Conversation)
        .scalar_subquery()
    )
