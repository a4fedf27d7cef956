"""Made-up months that hold more than two pages do, for tests of documents."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from reports.appraisal.example import example_appraisal
from reports.documents import AppraisalDocument, Comment, CommentKind, Inspected, Loss, Pattern, Quote, Standing
from reports.values import Figure, Label, Note, Span

#: A long word in either language, without a blank to break at.
LONG_WORDS = {
    "en": "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2,
    "zh_Hans_CN": "退换货与赠品补发及跨境清关综合受理" * 8,
}
_TEXTS = {
    "en": {
        "quote": "The customer said it three times and still had no confirmation. ",
        "action": "Next: repeat what the customer needs before searching. ",
        "comment": "A long comment that tells many particular things. ",
        "reason": "An appeal was accepted and one answer was decided anew. ",
        "criterion": "Name of criterion",
        "topic": "Returns and exchanges",
        "title": "Area that needs work",
    },
    "zh_Hans_CN": {
        "quote": "客户说了三遍，仍没有得到确认。",
        "action": "下一步：先复述客户的需要，再开始查询。",
        "comment": "很长的意见，讲了许多具体的事情。",
        "reason": "申诉成立，改判一项。",
        "criterion": "失分项目名称",
        "topic": "退换货咨询",
        "title": "需要改进的地方",
    },
}


def create_full_appraisal(
    language: str, *, conversations: int = 20, comments: int = 2, components: int = 7, word: str = ""
) -> AppraisalDocument:
    """Return a month full to the brim; `word` stands in place of every name, topic and criterion."""
    document, texts = example_appraisal(language), _TEXTS[language]
    parts = (document.components * 3)[:components]
    total = document.overall.figure.value or 0.0
    return replace(
        document,
        person=replace(document.person, name=word or "Maya Brandt", team=word or document.person.team),
        components=tuple(
            replace(part, name=word[:60] or None, weight=1 / components, adds=total / components) for part in parts
        ),
        praise=_patterns(texts, word),
        improve=(_critical(texts, word), _critical(texts, word), *_patterns(texts, word)),
        inspected=tuple(_inspected(number, texts, word) for number in range(conversations)),
        comments=tuple(
            Comment(CommentKind.own if number == 0 else CommentKind.supervisor, "Jonas Ekholm", texts["comment"] * 60)
            for number in range(comments)
        ),
        sources=(document.sources * 3)[:components],
        identity=replace(document.identity, revision=2, revision_reason=texts["reason"] * 5),
        status=replace(document.status, published_at=None, is_month_over=False),
        acknowledgement=replace(document.acknowledgement, state="objected", objection=texts["comment"] * 8),
        standing=Standing(Figure(62.0, 50.0, 74.0, 2, Label.few), Figure(70.0, 61.0, 78.0, 31), 6),
    )


def _quote(texts: dict[str, str]) -> Quote:
    return Quote(texts["quote"] * 6, Note("quote_undated", {"conversation": "30001"}))


def _patterns(texts: dict[str, str], word: str) -> tuple[Pattern, ...]:
    said = Note("improve_share", {"k": 4, "n": 15, "likely": Span(0.1, 0.4, True), "points": 1.25})
    return tuple(
        Pattern(word or f"{texts['title']} {number}", (said,), (_quote(texts),), texts["action"] * 3)
        for number in range(1, 6)
    )


def _critical(texts: dict[str, str], word: str) -> Pattern:
    title = Note("critical_error", {"criterion": word or f"{texts['criterion']} 0"})
    return Pattern(title, (Note("critical_effect"),), (_quote(texts),))


def _inspected(number: int, texts: dict[str, str], word: str) -> Inspected:
    is_critical = number % 5 == 0
    losses = tuple(Loss(word or f"{texts['criterion']} {index}", 3.5) for index in range(1, 9))
    critical = (Loss(word or f"{texts['criterion']} 0", 0.0, is_critical=True),) if is_critical else ()
    return Inspected(
        number=f"conv-2026-10-{40000 + number}",
        opened_at=datetime.fromisoformat("2026-10-01T09:00+08:00") + timedelta(hours=31 * number),
        topic=word or texts["topic"],
        inspector=word or "王建国, P. Nandakumar",
        score=0.0 if is_critical else 71.5 + number / 10,
        quality=71.5,
        losses=(*losses, *critical),
    )
