"""The praise and improvement lists and the inspected conversations, told from a sheet's content."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from qa_app.assessment.content import Evidence, Fact, InspectedConversation, ListEntry, SheetContent
from qa_app.assessment.entry_lines import weighed_counts
from reports.documents import Inspected, Loss, Pattern, Quote
from reports.values import Note, NoteValue, Share, Span

__all__ = ["improve", "improve_notes", "inspected", "praise", "praise_notes"]

#: Words of praise on paper; all of them stand on the sheet's page.
_FACTS_AT_MOST = 3


def praise(content: SheetContent, language: str) -> tuple[Pattern, ...]:
    """Tell what to keep doing: patterns first, then words of praise as facts."""
    zone = ZoneInfo(content.period.timezone)
    patterns = [_praised(entry, language, zone) for entry in content.praise]
    words = [fact for fact in content.facts if fact.kind != "critical_error" and _said(fact)]
    room = max(1, _FACTS_AT_MOST - len(patterns))
    return (*patterns, *_joined(_praise_fact(fact, language, zone) for fact in words)[:room])


def improve(content: SheetContent, language: str) -> tuple[Pattern, ...]:
    """Tell what to work on: every critical error as a fact, then the patterns."""
    zone = ZoneInfo(content.period.timezone)
    critical = [fact for fact in content.facts if fact.kind == "critical_error"]
    return (
        *(_critical(fact, language, zone) for fact in critical),
        *(_improved(entry, language, zone) for entry in content.improvement),
    )


def praise_notes(content: SheetContent) -> tuple[Note, ...]:
    """Say so where no pattern shows."""
    return () if content.praise else (Note("no_pattern"),)


def improve_notes(content: SheetContent) -> tuple[Note, ...]:
    """Say so where no pattern shows, and how many inspections would likely show one."""
    if content.improvement:
        return ()
    needed = content.inspections_for_a_pattern
    return (Note("pattern_from", {"needed": needed}) if needed else Note("no_pattern"),)


def _praised(entry: ListEntry, language: str, zone: ZoneInfo) -> Pattern:
    values: dict[str, NoteValue] = {
        "k": entry.failures, "n": entry.n, "likely": _likely(entry), "centre": Share(entry.centre_share),
    }  # fmt: skip
    note = Note("praise_share" if entry.failures else "praise_all", values)
    return Pattern(entry.title.in_language(language), (note, *_weighed(entry)), _quotes(entry.evidence, zone))


def _improved(entry: ListEntry, language: str, zone: ZoneInfo) -> Pattern:
    values: dict[str, NoteValue] = {
        "k": entry.failures, "n": entry.n, "likely": _likely(entry), "points": entry.recoverable_points,
    }  # fmt: skip
    return Pattern(
        entry.title.in_language(language),
        (Note("improve_share", values), *_weighed(entry)),
        _quotes(entry.evidence, zone),
        entry.action.in_language(language) or None,
    )


def _weighed(entry: ListEntry) -> tuple[Note, ...]:
    """Say on what the interval rests where the draw gave conversations unequal chances."""
    counts = weighed_counts(entry)
    return (Note("weighed", {"k": counts[0], "n": counts[1]}),) if counts else ()


def _likely(entry: ListEntry) -> Span:
    return Span(
        entry.estimate.lower or 0.0, 1.0 if entry.estimate.upper is None else entry.estimate.upper, percent=True
    )


def _critical(fact: Fact, language: str, zone: ZoneInfo) -> Pattern:
    title = Note("critical_error", {"criterion": fact.title.in_language(language)})
    return Pattern(title, (Note("critical_effect"),), _quotes([fact.evidence] if fact.evidence else [], zone))


def _praise_fact(fact: Fact, language: str, zone: ZoneInfo) -> Pattern:
    assert fact.evidence is not None  # chosen by its words
    if fact.kind == "customer_praise":
        return Pattern(Note("customer_praise"), (), (_quote(fact.evidence, zone, fact.rating),))
    title = fact.title.in_language(language) or Note("inspector_praise")
    return Pattern(title, (), (_quote(fact.evidence, zone),))


def _joined(facts: Iterable[Pattern]) -> list[Pattern]:
    """Put words of praise under one heading where they praise the same thing."""
    joined: dict[str, Pattern] = {}
    for fact in facts:
        key = fact.title if isinstance(fact.title, str) else fact.title.code
        known = joined.get(key)
        joined[key] = replace(known, quotes=(*known.quotes, *fact.quotes)) if known else fact
    return list(joined.values())


def _said(fact: Fact) -> str:
    return (fact.evidence.quote or fact.evidence.remark) if fact.evidence else ""


def _quotes(evidence: Sequence[Evidence], zone: ZoneInfo) -> tuple[Quote, ...]:
    return tuple(_quote(place, zone) for place in evidence if place.quote or place.remark)


def _quote(place: Evidence, zone: ZoneInfo, rating: float | None = None) -> Quote:
    values: dict[str, NoteValue] = {"conversation": _number(place.conversation)}
    code = "quote_undated"
    if rating is not None:
        values["stars"], code = f"{rating:g}", "quote_stars"
    elif place.said_at is not None and place.by:
        values |= {"day": place.said_at.astimezone(zone).date(), "by": place.by}
        code = "quote_inspected"
    elif place.by:
        values["by"], code = place.by, "quote_by"
    return Quote(place.quote or place.remark, Note(code, values), place.inspection)


def _number(conversation: str) -> str:
    """The conversation's number in its source, without the source's name."""
    return conversation.partition(":")[2] or conversation


def inspected(content: SheetContent, language: str) -> tuple[Inspected, ...]:
    """Tell every inspected conversation with its lost points."""
    zone = ZoneInfo(content.period.timezone)
    return tuple(_inspected(row, language, zone) for row in content.inspected)


def _inspected(row: InspectedConversation, language: str, zone: ZoneInfo) -> Inspected:
    return Inspected(
        number=row.external_id,
        opened_at=row.opened_at.astimezone(zone) if row.opened_at else None,
        topic=row.topic,
        inspector=", ".join(row.inspectors),
        score=row.score,
        quality=row.quality,
        losses=tuple(_losses(row, language)),
        reference=row.inspections[0] if row.inspections else "",
    )


def _losses(row: InspectedConversation, language: str) -> Iterator[Loss]:
    for lost in row.lost:
        if lost.lost or lost.is_critical:
            yield Loss(lost.title.in_language(language), lost.lost, lost.is_critical)
