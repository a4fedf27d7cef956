"""The places in conversations that a sheet shows: lost points, evidence of a pattern, facts told as facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from qa_app.assessment.content import Evidence, Fact, InspectedConversation, LostPoint
from qa_app.assessment.inputs import AnswerRecord, CriterionRecord, InspectionRecord, RubricRecord, WordsRecord
from qa_app.assessment.reduce import LIST_MONTHS, ScoredConversation, criterion_key, months_before
from scoring.rubric.definition import NO_TEXT, Text

EVIDENCE_AT_MOST = 3
WORDS_AT_MOST = 5


def inspected_conversation(
    conversation: ScoredConversation, rubrics: Mapping[str, RubricRecord]
) -> InspectedConversation:
    """One inspected conversation with every lost point; scored twice, the mean of both."""
    first = conversation.first
    rubric = rubrics.get(first.rubric)
    classes = {name for inspection in conversation.inspections for name in inspection.critical_classes}
    return InspectedConversation(
        conversation=first.conversation,
        external_id=first.external_id,
        channel=first.channel,
        topic=first.topic,
        opened_at=first.opened_at,
        inspections=tuple(inspection.id for inspection in conversation.inspections),
        inspectors=tuple(dict.fromkeys(inspection.inspector for inspection in conversation.inspections)),
        rubric=rubric.title if rubric else NO_TEXT,
        rubric_version=rubric.version if rubric else 0,
        score=float(f"{conversation.score:.12g}"),
        quality=float(f"{conversation.quality:.12g}"),
        critical_classes=tuple(sorted(classes)) if conversation.is_critical else (),
        draw=first.draw,
        lost=_lost_points(conversation, rubric),
    )


def of_criterion(key: str, conversations: Sequence[ScoredConversation], *, kind: str) -> tuple[Evidence, ...]:
    """Up to three places for one criterion, the newest conversations first; `kind` is ``praise`` or ``improvement``."""
    newest = sorted(conversations, key=lambda c: (c.month, c.first.conversation), reverse=True)
    found = (
        place
        for conversation in newest
        for place in (conversation.first.praise if kind == "praise" else conversation.first.evidence)
        if criterion_key(conversation.first.rubric, place.criterion) == key
    )
    return tuple(place for place, _ in zip(found, range(EVIDENCE_AT_MOST), strict=False))


def recent(conversations: Iterable[ScoredConversation], month: str) -> list[ScoredConversation]:
    """Conversations of the months the lists look at."""
    return [c for c in conversations if 0 <= months_before(month, c.month) < LIST_MONTHS]


def facts(
    inspected: Sequence[ScoredConversation], words: Sequence[WordsRecord], rubrics: Mapping[str, RubricRecord]
) -> tuple[Fact, ...]:
    """Every critical error, inspectors' praise and customers' words of this month, as facts and not as patterns."""
    return (
        *(fact for conversation in inspected for fact in _critical_errors(conversation, rubrics)),
        *(fact for conversation in inspected for fact in _praise(conversation, rubrics)),
        *(_customer_words(word) for word in _best_words(words)),
    )


def _lost_points(conversation: ScoredConversation, rubric: RubricRecord | None) -> tuple[LostPoint, ...]:
    """Lost points by criterion in the order of the rubric, averaged over the inspections of the conversation."""
    names = {criterion.code: criterion for criterion in rubric.criteria} if rubric else {}
    order = {code: place for place, code in enumerate(names)}
    answers: dict[str, list[tuple[InspectionRecord, AnswerRecord]]] = {}
    for inspection in conversation.inspections:
        for answer in inspection.answers:
            answers.setdefault(answer.criterion, []).append((inspection, answer))
    codes = sorted(answers, key=lambda code: (order.get(code, len(order)), code))
    return tuple(_lost_point(code, names.get(code), answers[code], conversation) for code in codes)


def _lost_point(
    code: str,
    criterion: CriterionRecord | None,
    answers: Sequence[tuple[InspectionRecord, AnswerRecord]],
    conversation: ScoredConversation,
) -> LostPoint:
    lost = sum(answer.lost for _, answer in answers) / len(conversation.inspections)
    return LostPoint(
        criterion=code,
        title=criterion.title if criterion else Text(en=code, zh=code),
        lost=float(f"{lost:.12g}"),
        weight=float(criterion.weight) if criterion else 0.0,
        is_critical=conversation.is_critical and any(answer.is_critical for _, answer in answers),
        remark=next((answer.remark for _, answer in answers if answer.remark), ""),
        evidence=tuple(place for inspection, _ in answers for place in inspection.evidence if place.criterion == code)[
            :EVIDENCE_AT_MOST
        ],
    )


def _critical_errors(conversation: ScoredConversation, rubrics: Mapping[str, RubricRecord]) -> Iterator[Fact]:
    if not conversation.is_critical:
        return
    for inspection in conversation.inspections:
        for answer in inspection.answers:
            if answer.is_critical:
                yield Fact(
                    kind="critical_error",
                    title=_title(inspection.rubric, answer.criterion, rubrics),
                    critical_class=", ".join(inspection.critical_classes),
                    evidence=_first_place(inspection, answer),
                )


def _first_place(inspection: InspectionRecord, answer: AnswerRecord) -> Evidence:
    """The evidence of an answer, or the conversation itself where none was marked."""
    marked = next((place for place in inspection.evidence if place.criterion == answer.criterion), None)
    return marked or Evidence(
        quote="",
        conversation=inspection.conversation,
        inspection=inspection.id,
        criterion=answer.criterion,
        remark=answer.remark,
        by=inspection.inspector,
    )


def _praise(conversation: ScoredConversation, rubrics: Mapping[str, RubricRecord]) -> Iterator[Fact]:
    for inspection in conversation.inspections:
        for place in inspection.praise:
            title = _title(inspection.rubric, place.criterion, rubrics) if place.criterion else NO_TEXT
            yield Fact(kind="inspector_praise", title=title, evidence=place)


def _best_words(words: Sequence[WordsRecord]) -> list[WordsRecord]:
    return sorted(words, key=lambda w: (-w.rating, -len(w.comment), w.conversation))[:WORDS_AT_MOST]


def _customer_words(words: WordsRecord) -> Fact:
    place = Evidence(quote=words.comment, conversation=words.conversation, said_at=words.answered_at)
    return Fact(kind="customer_praise", title=NO_TEXT, evidence=place, rating=words.rating)


def _title(rubric: str, criterion: str, rubrics: Mapping[str, RubricRecord]) -> Text:
    known = rubrics.get(rubric)
    names = {c.code: c.title for c in known.criteria} if known else {}
    return names.get(criterion, Text(en=criterion, zh=criterion))
