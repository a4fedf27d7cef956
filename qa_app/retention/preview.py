"""What will be deleted when: counts by source, as the rules and holds stand now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, func, select
from sqlalchemy.orm import Session

from qa_app.models import Conversation, RetentionRule
from qa_app.retention.due import ALL_OTHERS, Clock, clock_of, covers, find_rules, is_free, is_held, is_waiting, moment

__all__ = ["AHEAD_DAYS", "Preview", "SourceLine", "make_preview"]

AHEAD_DAYS = (7, 30, 90)


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One source: its rule, and how many of its conversations have which fate.

    `due` go with the next run; `soon` are those that come due within so many days, each figure without the ones before
    it. `held` and `waiting` are due, but kept.
    """

    source: str
    rule: RetentionRule | None
    has_own_rule: bool
    kept: int
    erased: int
    due: int
    held: int
    waiting: int
    soon: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """All sources, and the sums."""

    today: date
    lines: tuple[SourceLine, ...]

    @property
    def due(self) -> int:
        """Conversations whose content goes with the next run."""
        return sum(line.due for line in self.lines)


def make_preview(session: Session) -> Preview:
    """Count what the rules will do: one query a rule, and one for what no rule covers."""
    clock, rules = clock_of(session), find_rules(session)
    free, held, waiting = is_free(session, clock), is_held(session, clock), is_waiting(session, clock)
    lines: list[SourceLine] = []
    for rule in rules.values():
        rows = _count(session, covers(rule, rules), _figures(rule, clock, free=free, held=held, waiting=waiting))
        lines += [_line(row, rule, has_own_rule=rule.source != ALL_OTHERS) for row in rows]
    if ALL_OTHERS not in rules:
        uncovered = Conversation.source.not_in(list(rules)) if rules else Conversation.id.is_not(None)
        lines += [_line(row, None, has_own_rule=False) for row in _count(session, uncovered, {})]
    known = {line.source for line in lines}
    empty = [rule for rule in rules.values() if rule.source != ALL_OTHERS and rule.source not in known]
    lines += [SourceLine(rule.source, rule, True, 0, 0, 0, 0, 0, (0,) * len(AHEAD_DAYS)) for rule in empty]
    return Preview(clock.today, tuple(sorted(lines, key=lambda line: line.source)))


def _figures(
    rule: RetentionRule,
    clock: Clock,
    *,
    free: ColumnElement[bool],
    held: ColumnElement[bool],
    waiting: ColumnElement[bool],
) -> dict[str, ColumnElement[bool]]:
    """What is counted, by name; before its day a rule counts as of that day."""
    start = max(0, (rule.starts_on - clock.today).days)
    there = Conversation.erased_at.is_(None)
    due = there & (moment() < clock.due_before(rule.keep_days))
    edges = [clock.due_before(rule.keep_days, ahead=days) for days in (0, *AHEAD_DAYS)]
    figures: dict[str, ColumnElement[bool]] = {"held": due & held, "waiting": due & ~held & waiting}
    if start == 0:
        figures["due"] = due & free
    for place, (first, last) in enumerate(pairwise(edges)):
        comes = there & ~held & (moment() < last)
        # What is due already comes with the rule's first day.
        figures[f"soon_{place}"] = comes if start and not place else and_(comes, moment() >= first)
    return figures


def _count(
    session: Session, covered: ColumnElement[bool], figures: dict[str, ColumnElement[bool]]
) -> Sequence[Row[Any]]:
    there = Conversation.erased_at.is_(None)
    counted = {"kept": there, "erased": ~there, **figures}
    columns = [func.sum(case((condition, 1), else_=0)).label(name) for name, condition in counted.items()]
    query = select(Conversation.source, *columns).where(covered).group_by(Conversation.source)
    return session.execute(query).all()


def _line(row: Row[Any], rule: RetentionRule | None, *, has_own_rule: bool) -> SourceLine:
    def figure(name: str) -> int:
        return int(getattr(row, name, 0) or 0)

    soon = tuple(figure(f"soon_{place}") for place in range(len(AHEAD_DAYS)))
    return SourceLine(
        source=row.source,
        rule=rule,
        has_own_rule=has_own_rule,
        kept=figure("kept"),
        erased=figure("erased"),
        due=figure("due"),
        held=figure("held"),
        waiting=figure("waiting"),
        soon=soon,
    )
