"""Screening: every conversation is asked by the rules in use, in batches kept as they come.

A killed run leaves whole batches behind; the next one goes on where they end. Asked again, nothing changes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, false, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from qa_app import audit
from qa_app.clock import now
from qa_app.conversations.sound_figures import was_measured_after
from qa_app.jobs import NoProgress, Progress
from qa_app.models import Conversation, RuleResult, RuleState, RuleVersion, User
from qa_app.screening.rule_book import RulesInUse, load_rules_in_use
from qa_app.screening.rule_facts import read_facts
from scoring.language.conversation import Hit, Verdict

__all__ = ["count_unscreened", "plain_hits", "read_hits", "screen_conversations"]

BATCH = 1_000
MOST_HITS = 50
"""Places kept of one rule in one conversation; the count is kept in full."""
_INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def count_unscreened(session: Session) -> int:
    """Count the conversations that a rule in use has not been asked about as they are now."""
    versions = load_rules_in_use(session).versions
    return session.scalar(select(func.count()).select_from(Conversation).where(_is_waiting(versions))) or 0


def screen_conversations(
    session: Session, actor: User | None, *, checkpoint: Callable[[], None], progress: Progress | None = None
) -> int:
    """Ask the rules in use about every conversation they have not seen as it is now; returns how many were asked."""
    rules = load_rules_in_use(session)
    total, done, last = count_unscreened(session), 0, 0
    watch = progress or NoProgress()
    while ids := _next_ids(session, rules.versions, after=last):
        at = now()  # before reading: a change that comes while we look is seen next time
        _keep(session, rules, ids, at)
        done, last = done + len(ids), ids[-1]
        checkpoint()
        watch.step(done, max(total, done))
    off = select(RuleVersion.id).where(RuleVersion.state != RuleState.on)
    session.execute(delete(RuleResult).where(RuleResult.rule_version_id.in_(off)))
    if done:
        audit.record(
            session, actor, action="rule.screen", thing="rules", conversations=done, rules=sorted(rules.versions)
        )
    checkpoint()
    watch.step(done, done)
    return done


def plain_hits(hits: Sequence[Hit]) -> list[list[Any]]:
    """Write places as they are stored: numbers alone, never words."""
    return [[hit.message, hit.start, hit.end, hit.start_seconds, hit.end_seconds] for hit in hits[:MOST_HITS]]


def read_hits(plain: Sequence[Sequence[Any]] | None) -> list[Hit]:
    """Read stored places."""
    return [Hit(row[0], row[1], row[2], "", row[3], row[4]) for row in plain or ()]


def _is_waiting(versions: Mapping[str, int]) -> ColumnElement[bool]:
    """Conversations that some version in use has not seen since they, or the figures of their sound, changed.

    Not those whose words retention took.
    """
    unseen = or_(false(), *(~_was_seen_by(version_id) for version_id in versions.values()))
    return Conversation.erased_at.is_(None) & unseen


def _was_seen_by(version_id: int) -> ColumnElement[bool]:
    return exists().where(
        and_(
            RuleResult.conversation_id == Conversation.id,
            RuleResult.rule_version_id == version_id,
            RuleResult.screened_at >= Conversation.updated_at,
            ~was_measured_after(RuleResult.conversation_id, RuleResult.screened_at),
        )
    )


def _next_ids(session: Session, versions: Mapping[str, int], *, after: int) -> list[int]:
    query = select(Conversation.id).where(Conversation.id > after, _is_waiting(versions))
    return list(session.scalars(query.order_by(Conversation.id).limit(BATCH)))


def _keep(session: Session, rules: RulesInUse, ids: Sequence[int], at: datetime) -> None:
    facts = read_facts(session, ids)
    verdicts = rules.book.judge_all(list(facts.values()))
    rows = [
        _row(key, rules.versions[code], verdict, at)
        for key, found in zip(facts, verdicts, strict=True)
        for code, verdict in found.items()
    ]
    if not rows:
        return
    # Two runs at once, or a conversation that changed: the newer look stands.
    statement = _INSERT[session.get_bind().dialect.name](RuleResult)
    said = {name: statement.excluded[name] for name in ("outcome", "hit_count", "hits", "screened_at")}
    keys = [RuleResult.conversation_id, RuleResult.rule_version_id]
    newer = RuleResult.screened_at <= statement.excluded.screened_at
    session.execute(statement.on_conflict_do_update(index_elements=keys, set_=said, where=newer), rows)


def _row(key: int, version_id: int, verdict: Verdict, at: datetime) -> dict[str, Any]:
    return {
        "conversation_id": key,
        "rule_version_id": version_id,
        "outcome": verdict.outcome.value,
        "hit_count": len(verdict.hits),
        "hits": plain_hits(verdict.hits) or None,
        "screened_at": at,
    }
