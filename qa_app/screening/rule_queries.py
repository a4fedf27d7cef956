"""What the rule pages list: rules with their figures, months to test on, conversations with marked words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, selectinload

from qa_app.conversations.turns import read_masked
from qa_app.models import (
    CheckRule,
    Conversation,
    Rubric,
    RubricVersion,
    RuleResult,
    RuleState,
    RuleVersion,
    Script,
    ScriptVersion,
    VersionState,
)
from qa_app.people.organisation import working_calendar
from qa_app.screening.rule_book import load_rule
from qa_app.screening.rule_forms import Choices
from qa_app.screening.rule_proposals import count_decisions
from qa_app.screening.rule_records import Record
from qa_app.screening.rule_words import Names
from qa_app.screening.rules import draft_of, in_use
from scoring.language.conversation import Hit, Outcome
from scoring.language.definition import Said, leaves_of
from scoring.language.marking import Piece, cut_at, to_masked

__all__ = [
    "Counts",
    "MarkedConversation",
    "MarkedTurn",
    "RuleLine",
    "choices_for",
    "count_results",
    "list_rules",
    "mark_conversation",
    "months_with_conversations",
    "names_for",
    "outdated_scripts",
    "rubrics_asking",
    "scripts_named",
    "select_results",
]

_SHOWN_WITHOUT_HITS = 4
_LONGEST_LIST = 24


@dataclass(frozen=True, slots=True)
class Counts:
    """What a version said of the conversations it was asked about."""

    satisfied: int = 0
    not_satisfied: int = 0
    cannot_tell: int = 0
    with_hits: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.satisfied + self.not_satisfied + self.cannot_tell


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule of the list."""

    row: CheckRule
    on: RuleVersion | None
    draft: RuleVersion | None
    counts: Counts
    record: Record | None


@dataclass(frozen=True, slots=True)
class MarkedTurn:
    """One message cut at its hits; `from_seconds` and `to_seconds` are given for a stretch without words."""

    number: int
    speaker: str
    pieces: tuple[Piece, ...]
    from_seconds: float | None = None
    to_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class MarkedConversation:
    """A conversation with the messages that were hit, or the first of the agent where there is no hit."""

    conversation: Conversation
    outcome: str
    hit_count: int
    turns: tuple[MarkedTurn, ...]


def list_rules(session: Session) -> list[RuleLine]:
    """Return all rules with what they said and how their proposals fared, in four queries."""
    rows = session.scalars(select(CheckRule).options(selectinload(CheckRule.versions)).order_by(CheckRule.id)).all()
    counts = count_results(session)
    records = count_decisions(session)
    return [
        RuleLine(row, on, draft_of(row), counts.get(on.id, Counts()) if on else Counts(), records.get(row.id))
        for row in rows
        for on in (in_use(row),)
    ]


def count_results(session: Session) -> dict[int, Counts]:
    """Return by version what it said of how many conversations."""
    rows = session.execute(
        select(
            RuleResult.rule_version_id,
            RuleResult.outcome,
            func.count(),
            func.count().filter(RuleResult.hit_count > 0),
        ).group_by(RuleResult.rule_version_id, RuleResult.outcome)
    )
    said: dict[int, dict[str, int]] = {}
    for version_id, outcome, n, with_hits in rows:
        mine = said.setdefault(version_id, {"with_hits": 0})
        mine[outcome] = n
        mine["with_hits"] += with_hits
    return {version_id: Counts(**counted) for version_id, counted in said.items()}


def select_results(version: RuleVersion, outcome: str, *, only_hits: bool) -> Select[*tuple[Any, ...]]:
    """The conversations a version spoke of, newest first."""
    query = (
        select(RuleResult.conversation_id, RuleResult.outcome, RuleResult.hit_count)
        .join(Conversation, Conversation.id == RuleResult.conversation_id)
        .where(RuleResult.rule_version_id == version.id)
        .order_by(Conversation.opened_at.desc(), Conversation.id.desc())
    )
    if outcome in Outcome.__members__:
        query = query.where(RuleResult.outcome == outcome)
    return query.where(RuleResult.hit_count > 0) if only_hits else query


def mark_conversation(
    session: Session, conversation: Conversation, *, outcome: str, hits: Sequence[Hit]
) -> MarkedConversation:
    """Cut the messages that were hit; personal data stays hidden."""
    said, masked = read_masked(session, conversation)
    places: dict[int, list[tuple[int, int]]] = {}
    for hit in hits:
        places.setdefault(hit.message, []).append((hit.start, hit.end))
    turns = []
    for one, text in zip(said, masked, strict=True):
        if one.sequence in places:
            stretches = [to_masked(text, start, end) for start, end in places[one.sequence]]
            turns.append(MarkedTurn(one.sequence, one.speaker, cut_at(text.text, stretches)))
        elif not hits and one.speaker == "agent" and len(turns) < _SHOWN_WITHOUT_HITS:
            turns.append(MarkedTurn(one.sequence, one.speaker, cut_at(text.text, ())))
    silent = [MarkedTurn(-1, "", (), hit.start_seconds, hit.end_seconds) for hit in hits if hit.message < 0]
    return MarkedConversation(conversation, outcome, len(hits), tuple([*turns, *silent][:_LONGEST_LIST]))


def months_with_conversations(session: Session) -> list[str]:
    """Return the months there are conversations of, the newest first."""
    first, last = session.execute(select(func.min(Conversation.opened_at), func.max(Conversation.opened_at))).one()
    if first is None or last is None:
        return []
    zone: ZoneInfo = working_calendar(session).zone
    begins, ends = (moment.astimezone(zone) for moment in (first, last))
    months = range(begins.year * 12 + begins.month - 1, ends.year * 12 + ends.month)
    return [f"{month // 12:04d}-{month % 12 + 1:02d}" for month in reversed(months)]


def choices_for(session: Session, language: str, *, but: str = "", also: Iterable[tuple[str, int]] = ()) -> Choices:
    """Return what a rule may name: scripts in force (and the versions it names already), and rules in use."""
    rows = session.execute(
        select(Script.code, ScriptVersion.number, ScriptVersion.state, Script.name, Script.name_zh)
        .join(Script.versions)
        .where(ScriptVersion.state != VersionState.draft)
        .order_by(Script.id, ScriptVersion.number)
    ).all()
    named = set(also)
    scripts = tuple(
        (f"{row.code}@{row.number}", f"{_in(language, row.name, row.name_zh)} · {row.number}")
        for row in rows
        if row.state == VersionState.published or (row.code, row.number) in named
    )
    rules = session.execute(
        select(CheckRule.code, CheckRule.name, CheckRule.name_zh)
        .join(CheckRule.versions)
        .where(RuleVersion.state == RuleState.on, CheckRule.code != but)
        .order_by(CheckRule.id)
    )
    return Choices(scripts, tuple((row.code, _in(language, row.name, row.name_zh)) for row in rules))


def names_for(session: Session, language: str) -> Names:
    """Return what scripts and rules are called."""
    scripts = session.execute(select(Script.code, Script.name, Script.name_zh))
    rules = session.execute(select(CheckRule.code, CheckRule.name, CheckRule.name_zh))
    return Names(
        {code: _in(language, name, name_zh) for code, name, name_zh in scripts},
        {code: _in(language, name, name_zh) for code, name, name_zh in rules},
    )


def rubrics_asking(session: Session, code: str, language: str) -> list[tuple[int, int, str, str]]:
    """Return the criteria in force that a rule proposes an answer for: rubric, version, its name, title."""
    rows = session.execute(
        select(Rubric.id, RubricVersion.number, Rubric.name, Rubric.name_zh, RubricVersion.definition)
        .join(Rubric.versions)
        .where(RubricVersion.state == VersionState.published)
        .order_by(Rubric.id)
    )
    return [
        (rubric_id, number, _in(language, name, name_zh), criterion.get("title", {}).get(language, ""))
        for rubric_id, number, name, name_zh, definition in rows
        for section in definition.get("sections", ())
        for criterion in section.get("criteria", ())
        if (criterion.get("check") or {}).get("rule") == code
    ]


def scripts_named(version: RuleVersion) -> set[tuple[str, int]]:
    """The script versions a rule looks for."""
    leaves = [leaf for leaf in leaves_of(load_rule(version).condition) if isinstance(leaf, Said)]
    return {(leaf.script, leaf.version) for leaf in leaves if leaf.script}


def outdated_scripts(session: Session, version: RuleVersion, language: str) -> list[tuple[str, int, int]]:
    """Return the scripts of which a newer version is in force than the rule looks for: name, its version, that one."""
    rows = session.execute(
        select(Script.code, Script.name, Script.name_zh, ScriptVersion.number)
        .join(Script.versions)
        .where(ScriptVersion.state == VersionState.published)
    )
    latest = {code: (_in(language, name, name_zh), number) for code, name, name_zh, number in rows}
    return [
        (latest[code][0], used, latest[code][1])
        for code, used in sorted(scripts_named(version))
        if code in latest and latest[code][1] > used
    ]


def _in(language: str, name: str, name_zh: str) -> str:
    return name_zh if language == "zh" and name_zh else name
