"""Testing a rule on real conversations before it is switched on: how often it hits, and where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app import audit
from qa_app.clock import now
from qa_app.conversations.metrics import month_bounds
from qa_app.jobs import NoProgress, Progress, start_job
from qa_app.models import Conversation, JobRun, RuleVersion, User
from qa_app.people.organisation import working_calendar
from qa_app.screening.rule_book import load_rule, prepare_trial
from qa_app.screening.rule_comparing import Comparing, Yardstick, read_answers
from qa_app.screening.rule_facts import read_facts
from qa_app.screening.rules import EmptyRule, find_blanks
from scoring.language.conversation import Outcome, Verdict

__all__ = ["LARGE", "TEST_RULE", "Scope", "choose_conversations", "start_test", "try_rule"]

TEST_RULE = "screening.test_rule"
SAMPLE = 50
LARGE = 2_000
"""From so many conversations on, a test runs as a job."""
BATCH = 500
_EXAMPLES = 60


@dataclass(frozen=True, slots=True)
class Scope:
    """Which conversations a rule is tested on: a month, channels, and a sample of them (0: all).

    `against` are the answers of inspectors that it is held against.
    """

    month: str
    channels: tuple[str, ...] = ()
    sample: int = SAMPLE
    against: Yardstick | None = None

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> Scope:
        """Read what a job carries."""
        against = Yardstick.from_text(str(plain.get("against") or ""))
        return cls(str(plain["month"]), tuple(plain["channels"]), int(plain["sample"]), against)

    def to_plain(self) -> dict[str, Any]:
        """Write what a job carries, and what is kept with the test."""
        against = "" if self.against is None else self.against.to_text()
        return {"month": self.month, "channels": list(self.channels), "sample": self.sample, "against": against}


@dataclass(slots=True)
class _Found:
    """What a rule said of conversations: counts, and some of their ids by what it said."""

    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[int]] = field(default_factory=lambda: {outcome.value: [] for outcome in Outcome})
    with_hits: int = 0
    hits: int = 0

    def add(self, conversation_id: int, verdict: Verdict) -> None:
        """Count one conversation."""
        self.counts[verdict.outcome.value] += 1
        self.with_hits += bool(verdict.hits)
        self.hits += len(verdict.hits)
        if len(self.examples[verdict.outcome.value]) < _EXAMPLES:
            self.examples[verdict.outcome.value].append(conversation_id)

    def to_plain(self) -> dict[str, Any]:
        """Write what is kept with the test."""
        counts = {outcome.value: self.counts[outcome.value] for outcome in Outcome}
        return {"counts": counts, "with_hits": self.with_hits, "hits": self.hits, "examples": self.examples}


def choose_conversations(session: Session, scope: Scope) -> list[int]:
    """Return the conversations meant; a sample is the same one each time, so that two drafts can be compared."""
    starts_at, ends_at = month_bounds(scope.month, working_calendar(session).zone)
    in_month = (Conversation.opened_at >= starts_at) & (Conversation.opened_at < ends_at)
    query = select(Conversation.id).where(in_month, Conversation.erased_at.is_(None))
    if scope.channels:
        query = query.where(Conversation.channel.in_(scope.channels))
    ids = list(session.scalars(query.order_by(Conversation.id)))
    if not scope.sample or scope.sample >= len(ids):
        return ids
    return sorted(Random(scope.month).sample(ids, scope.sample))  # noqa: S311 (a look, not a draw)


def start_test(session: Session, actor: User, version: RuleVersion, scope: Scope, *, locale: str) -> JobRun:
    """Put a large test into the queue."""
    params = {"version_id": version.id, "scope": scope.to_plain(), "locale": locale}
    return start_job(session, actor, TEST_RULE, params)


def try_rule(
    session: Session,
    actor: User | None,
    version: RuleVersion,
    ids: Sequence[int],
    scope: Scope,
    *,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Ask a draft of conversations and keep the counts and some of their ids with it; never what was said.

    Raises
    ------
    EmptyRule, RuleError
        There is nothing to look for, or it names what is not there.
    """
    rule = load_rule(version)
    if find_blanks(rule):
        raise EmptyRule(rule.code)
    book = prepare_trial(session, rule)
    found = _Found()
    compared = None if scope.against is None else Comparing(scope.against)
    watch = progress or NoProgress()
    for start in range(0, len(ids), BATCH):
        facts = read_facts(session, ids[start : start + BATCH])
        answers = read_answers(session, scope.against, list(facts)) if scope.against is not None else {}
        for key, verdicts in zip(facts, book.judge_all(list(facts.values())), strict=True):
            found.add(key, verdicts[rule.code])
            if compared is not None:
                compared.add(key, verdicts[rule.code].outcome, answers.get(key, ()))
        watch.step(min(start + BATCH, len(ids)), len(ids))
    version.test = {
        "digest": book.digest,
        "scope": scope.to_plain(),
        "conversations": len(ids),
        **found.to_plain(),
        "compared": None if compared is None else compared.to_plain(),
    }
    version.digest, version.tested_at = book.digest, now()
    session.flush()
    audit.record(
        session,
        actor,
        action="rule.test",
        thing=version,
        name=version.rule.name,
        conversations=len(ids),
        counts=dict(found.counts),
    )
    return dict(version.test)
