"""A month's sheets as the tables of its workbook."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

import msgspec

from qa_app.assessment.content import InspectedConversation, SheetContent
from qa_app.reporting.rows import component_rows
from reports.tables import Row, Table

__all__ = ["StatedSheet", "month_tables"]

#: A sheet's state, its verification code and its content.
StatedSheet = tuple[str, str, SheetContent]


def month_tables(sheets: Iterable[StatedSheet], language: str) -> tuple[Table, ...]:
    """Tell the sheets of a month as tables."""
    known = list(sheets)
    contents = [content for _, _, content in known]
    return (
        Table("sheets", tuple(_sheet(state, code, content, language) for state, code, content in known)),
        Table("components", tuple(row for content in contents for row in _components(content, language))),
        Table("inspections", tuple(row for content in contents for row in _inspections(content, language))),
        Table("losses", tuple(row for content in contents for row in _losses(content, language))),
        Table("lists", tuple(row for content in contents for row in _lists(content, language))),
    )


def _who(content: SheetContent) -> dict[str, str]:
    return {"number": content.agent.number, "name": content.agent.name}


def _sheet(state: str, code: str, content: SheetContent, language: str) -> Row:
    names = {tier.code: tier.title.in_language(language) for tier in content.policy.tiers}
    tier, composite = content.tier, content.composite
    team = content.agent.team_zh if language.startswith("zh") and content.agent.team_zh else content.agent.team
    return {
        **_who(content),
        "team": team,
        "state": state,
        "conversations": content.counts.conversations,
        "answered": content.counts.answered,
        "inspected": content.counts.inspected,
        "critical": content.counts.critical,
        "composite": composite.value,
        "lower": composite.lower,
        "upper": composite.upper,
        "label": composite.label.value,
        "tier": names[tier.given] if tier.given else None,
        "between": " / ".join(names[candidate] for candidate in tier.candidates) if tier.given is None else None,
        "probability": tier.probability,
        "inspected_mean": content.inspected_mean,
        "proposals": ", ".join(content.proposals),
        "code": code,
    }


def _components(content: SheetContent, language: str) -> Iterator[Row]:
    for row in component_rows(content, language):
        yield {
            **_who(content),
            "component": row.name,
            "unit": row.unit.value,
            "value": row.figure.value,
            "lower": row.figure.lower,
            "upper": row.figure.upper,
            "n": row.figure.n,
            "label": row.figure.label.value,
            "goal": row.target,
            "verdict": row.verdict.value,
            "points": row.points,
            "weight": row.weight,
            "adds": row.adds,
        }


def _inspections(content: SheetContent, language: str) -> Iterator[Row]:
    zone = ZoneInfo(content.period.timezone)
    for row in content.inspected:
        yield {
            **_who(content),
            "conversation": row.external_id,
            "opened_at": row.opened_at.astimezone(zone) if row.opened_at else None,
            "channel": row.channel,
            "topic": row.topic,
            "inspectors": ", ".join(row.inspectors),
            "rubric": f"{row.rubric.in_language(language)} {row.rubric_version}".strip(),
            "score": row.score,
            "quality": row.quality,
            "is_critical": _yes(bool(row.critical_classes)),
            "lost": sum(lost.lost for lost in row.lost),
        }


def _losses(content: SheetContent, language: str) -> Iterator[Row]:
    for conversation in content.inspected:
        yield from _losses_of(content, conversation, language)


def _losses_of(content: SheetContent, conversation: InspectedConversation, language: str) -> Iterator[Row]:
    for lost in conversation.lost:
        yield {
            **_who(content),
            "conversation": conversation.external_id,
            "criterion": lost.title.in_language(language),
            "lost": lost.lost,
            "weight": lost.weight,
            "is_critical": _yes(lost.is_critical),
            "remark": lost.remark,
        }


def _lists(content: SheetContent, language: str) -> Iterator[Row]:
    entries = [("praise", entry) for entry in content.praise] + [("improvement", e) for e in content.improvement]
    for kind, entry in entries:
        # Sheets of the first formulas do not keep what their shares rest on.
        rests_on = {} if entry.basis is msgspec.UNSET else entry.basis
        yield {
            **_who(content),
            "list": kind,
            "criterion": entry.title.in_language(language),
            "failures": entry.failures,
            "n": entry.n,
            "counts_k": rests_on.get("k"),
            "counts_n": rests_on.get("n"),
            "share": entry.estimate.value,
            "lower": entry.estimate.lower,
            "upper": entry.estimate.upper,
            "centre": entry.centre_share,
            "points": entry.recoverable_points,
            "action": entry.action.in_language(language),
        }


def _yes(value: bool) -> str:
    return "yes" if value else "no"
