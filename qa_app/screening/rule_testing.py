"""Testing a rule on real conversations before it is switched on: how often it hits, and where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
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
from qa_app.screening.rule_facts import read_facts
from qa_app.screening.rules import EmptyRule, find_blanks
from scoring.language.conversation import Outcome

__all__ = ["LARGE", "TEST_RULE", "Scope", "choose_conversations", "start_test", "try_rule"]

TEST_RULE = "screening.test_rule"
SAMPLE = 50
LARGE = 2_000
"""From so many conversations on, a test runs as a job."""
BATCH = 500
_EXAMPLES = 60


@dataclass(frozen=True, slots=True)
class Scope:
    """Which conversations a rule is tested on: a month, channels, and a sample of them (0: all)."""

    month: str
    channels: tuple[str, ...] = ()
    sample: int = SAMPLE

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> Scope:
        """Read what a job carries."""
        return cls(str(plain["month"]), tuple(plain["channels"]), int(plain["sample"]))

    def to_plain(self) -> dict[str, Any]:
        """Write what a job carries, and what is kept with the test."""
        return {"month": self.month, "channels": list(self.channels), "sample": self.sample}


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
    counts: Counter[str] = Counter()
    examples: dict[str, list[int]] = {outcome.value: [] for outcome in Outcome}
    with_hits = hits = 0
    watch = progress or NoProgress()
    for start in range(0, len(ids), BATCH):
        facts = read_facts(session, ids[start : start + BATCH])
        for key, verdicts in zip(facts, book.judge_all(list(facts.values())), strict=True):
            verdict = verdicts[rule.code]
            counts[verdict.outcome.value] += 1
            with_hits += bool(verdict.hits)
            hits += len(verdict.hits)
            if len(examples[verdict.outcome.value]) < _EXAMPLES:
                examples[verdict.outcome.value].append(key)
        watch.step(min(start + BATCH, len(ids)), len(ids))
    version.test = {
        "digest": book.digest,
        "scope": scope.to_plain(),
        "conversations": len(ids),
        "counts": {outcome.value: counts[outcome.value] for outcome in Outcome},
        "with_hits": with_hits,
        "hits": hits,
        "examples": examples,
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
        counts=dict(counts),
    )
    return dict(version.test)
