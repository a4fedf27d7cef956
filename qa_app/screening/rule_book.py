"""The rules in use, ready to be asked; and the one rule that is being tried, with those it names."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.models import CheckRule, RuleState, RuleVersion
from qa_app.scripts.queries import cues_of
from scoring.language.definition import Rule, Said, leaves_of
from scoring.language.evaluate import RuleBook

__all__ = ["RulesInUse", "load_rule", "load_rules_in_use", "prepare_trial", "rules_named"]

_KEPT = 4
_BOOKS: OrderedDict[tuple[tuple[int, str], ...], RuleBook] = OrderedDict()


@dataclass(frozen=True, slots=True)
class RulesInUse:
    """All rules that are switched on; `versions` leads from a rule's code to the id of its version."""

    book: RuleBook
    versions: Mapping[str, int]


def load_rule(version: RuleVersion) -> Rule:
    """Return what a version asks, as `scoring.language` knows it."""
    return msgspec.convert(version.definition, Rule)


def load_rules_in_use(session: Session) -> RulesInUse:
    """Return the rules that are switched on. A version in use never changes, so it is prepared once a process."""
    rows = session.execute(
        select(RuleVersion.id, RuleVersion.digest, CheckRule.code)
        .join(RuleVersion.rule)
        .where(RuleVersion.state == RuleState.on)
        .order_by(RuleVersion.id)
    ).all()
    key = tuple((row.id, row.digest) for row in rows)
    book = _BOOKS.get(key)
    if book is None:
        book = _BOOKS[key] = _prepare(session, [row.id for row in rows])
        while len(_BOOKS) > _KEPT:
            _BOOKS.popitem(last=False)
    return RulesInUse(book, {row.code: row.id for row in rows})


def prepare_trial(session: Session, rule: Rule) -> RuleBook:
    """Return a book with one rule and those in use that it names, so that it can be asked before it is in use.

    Raises
    ------
    RuleError
        If it names what is not there, or waits for itself.
    """
    in_use = _rules_in_use(session)
    in_use.pop(rule.code, None)
    wanted = {rule.code: rule}
    waiting = rules_named(rule)
    while waiting:
        code = waiting.pop()
        if code in in_use and code not in wanted:
            wanted[code] = in_use[code]
            waiting |= rules_named(in_use[code])
    return RuleBook(wanted.values(), cues_of(session))


def rules_named(rule: Rule) -> set[str]:
    """The rules whose hits a rule waits for."""
    leaves = [leaf for leaf in leaves_of(rule.condition) if isinstance(leaf, Said)]
    return {code for leaf in leaves for code in (leaf.after, leaf.before) if code}


def _prepare(session: Session, ids: list[int]) -> RuleBook:
    versions = session.scalars(select(RuleVersion).where(RuleVersion.id.in_(ids)))
    return RuleBook([load_rule(version) for version in versions], cues_of(session))


def _rules_in_use(session: Session) -> dict[str, Rule]:
    versions = session.scalars(select(RuleVersion).where(RuleVersion.state == RuleState.on))
    return {rule.code: rule for rule in map(load_rule, versions)}
