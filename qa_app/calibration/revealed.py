"""A revealed session: per conversation and criterion all answers side by side, where inspectors differ first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from qa_app.inspections.wording import answer_words, sample_title
from qa_app.models import (
    Answer,
    CalibrationConversation,
    CalibrationNote,
    CalibrationRuling,
    CalibrationSession,
    Evidence,
    Inspection,
)
from qa_app.rubrics.queries import load_definition
from scoring.rubric import Criterion, Kind

__all__ = ["ConversationBox", "CriterionBox", "Side", "answer_key", "consensus", "make_boxes", "reference_of"]


@dataclass(frozen=True, slots=True)
class Side:
    """What one inspector answered, with the reason and the words that show it."""

    inspector: str
    words: str
    loses: bool
    reason: str
    quotes: tuple[str, ...]
    key: str


@dataclass(frozen=True, slots=True)
class Offer:
    """A reference answer that can be chosen; `value` is what the form sends."""

    value: str
    title: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class CriterionBox:
    """One criterion of one conversation."""

    code: str
    number: int
    title: str
    sides: tuple[Side, ...]
    differs: bool
    reference: str
    ruling: CalibrationRuling | None
    notes: tuple[CalibrationNote, ...]
    offers: tuple[Offer, ...]


@dataclass(frozen=True, slots=True)
class ConversationBox:
    """One conversation with its criteria, those answered differently first."""

    sample_id: int
    position: int
    title: str
    topic: str
    why: str
    scores: tuple[tuple[str, float | None, bool], ...]
    differing: tuple[CriterionBox, ...]
    alike: tuple[CriterionBox, ...]


def answer_key(value: Mapping[str, Any] | None) -> str:
    """What makes two answers the same, as text; empty where nothing was asked or answered."""
    if not value:
        return ""
    kept = {name: value[name] for name in ("level", "na", "unscoreable") if name in value}
    if "items" in value:
        kept |= {name: sorted(value.get(name, ())) for name in ("items", "missed", "excluded")}
    return msgspec.json.encode(kept, order="deterministic").decode() if kept else ""


def consensus(values: Sequence[Mapping[str, Any] | None]) -> dict[str, Any] | None:
    """The answer everybody gave, or None; one inspector alone is no consensus."""
    keys = {answer_key(value) for value in values}
    if len(values) < 2 or len(keys) != 1 or keys == {""}:
        return None
    found: dict[str, Any] = msgspec.json.decode(keys.pop())
    return found


def reference_of(
    ruling: CalibrationRuling | None, values: Sequence[Mapping[str, Any] | None]
) -> Mapping[str, Any] | None:
    """What counts as right: the lead's ruling, else the answer everybody gave."""
    return ruling.reference if ruling is not None else consensus(values)


def judged_criteria(calibration: CalibrationSession) -> list[Criterion]:
    """The criteria somebody answers; measured figures fill themselves."""
    return [one for one in load_definition(calibration.rubric_version).criteria() if one.kind is not Kind.measured]


def make_boxes(
    calibration: CalibrationSession, inspections: Sequence[Inspection], language: str
) -> tuple[ConversationBox, ...]:
    """Put all answers side by side."""
    by_sample: dict[int, list[Inspection]] = defaultdict(list)
    for inspection in inspections:
        by_sample[inspection.sample_id or 0].append(inspection)
    return tuple(
        _conversation(calibration, one, sorted(by_sample[one.sample_id], key=_name), language)
        for one in calibration.conversations
    )


def _name(inspection: Inspection) -> str:
    return inspection.inspector.display_name


def _conversation(
    calibration: CalibrationSession, one: CalibrationConversation, scored: Sequence[Inspection], language: str
) -> ConversationBox:
    conversation = one.sample.conversation
    numbers = load_definition(calibration.rubric_version).numbers()
    boxes = [
        _criterion(calibration, one.sample_id, criterion, numbers[criterion.code], scored, language)
        for criterion in judged_criteria(calibration)
    ]
    return ConversationBox(
        sample_id=one.sample_id,
        position=one.position,
        title=sample_title(conversation.channel, conversation.external_id),
        topic=conversation.topic or "",
        why=one.why,
        scores=tuple((_name(inspection), inspection.quality, inspection.is_critical) for inspection in scored),
        differing=tuple(box for box in boxes if box.differs),
        alike=tuple(box for box in boxes if not box.differs),
    )


def _criterion(
    calibration: CalibrationSession,
    sample_id: int,
    criterion: Criterion,
    number: int,
    scored: Sequence[Inspection],
    language: str,
) -> CriterionBox:
    answers = [_answer_to(inspection, criterion.code) for inspection in scored]
    sides = tuple(_side(inspection, criterion, answer) for inspection, answer in zip(scored, answers, strict=True))
    place = (sample_id, criterion.code)
    ruling = next((one for one in calibration.rulings if (one.sample_id, one.criterion) == place), None)
    reference = reference_of(ruling, [answer.value if answer else None for answer in answers])
    return CriterionBox(
        code=criterion.code,
        number=number,
        title=criterion.title.in_language(language),
        sides=sides,
        differs=len({side.key for side in sides}) > 1,
        reference=answer_words(criterion, reference) if reference else "",
        ruling=ruling,
        notes=tuple(note for note in calibration.notes if (note.sample_id, note.criterion) == place),
        offers=_offers(criterion, reference, [answer.value for answer in answers if answer]),
    )


def _answer_to(inspection: Inspection, code: str) -> Answer | None:
    return next((row for row in inspection.answers if row.criterion == code), None)


def _side(inspection: Inspection, criterion: Criterion, answer: Answer | None) -> Side:
    value = answer.value if answer else None
    return Side(
        inspector=_name(inspection),
        words=answer_words(criterion, value),
        loses=bool(answer and answer.lost_points),
        reason=answer.reason if answer else "",
        quotes=tuple(_quote(one) for one in inspection.evidence if one.criterion == criterion.code),
        key=answer_key(value),
    )


def _quote(evidence: Evidence) -> str:
    star = "★ " if evidence.is_praise else ""
    return f"{star}{evidence.quote or evidence.note}"


def _offers(
    criterion: Criterion, reference: Mapping[str, Any] | None, given: Sequence[Mapping[str, Any]]
) -> tuple[Offer, ...]:
    """Every level, or for a checklist what was given and everything done; "not scoreable as written" is one of them."""
    values: list[Mapping[str, Any]] = [{"level": level.code} for level in criterion.answer_levels]
    if criterion.kind is Kind.checklist:
        values = [{"items": [item.code for item in criterion.items], "missed": [], "excluded": []}, *given]
    if criterion.na_allowed:
        values.append({"na": True})
    values.append({"unscoreable": True})
    chosen = answer_key(reference)
    keys = {answer_key(value): value for value in values if answer_key(value)}
    return tuple(Offer(key, answer_words(criterion, value), key == chosen) for key, value in keys.items())
