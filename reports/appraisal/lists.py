"""The praise and improvement lists, and how much of them fits on page 1."""

from collections.abc import Sequence
from dataclasses import replace

from reports.appraisal.views import EntryView, ListView, QuoteView
from reports.appraisal.words import Words
from reports.documents import Pattern, Quote
from reports.values import Note

#: Half-width letters a line of one of the two columns holds, and lines a column has room for on page 1.
_LINE, _SMALL_LINE, COLUMN_LINES = 52, 62, 15.5
_QUOTE_LETTERS = 150


def patterns(entries: Sequence[Pattern], notes: Sequence[Note], words: Words) -> ListView:
    """Write a list; where the column would overflow, later entries name their evidence instead of quoting it."""
    room, written = COLUMN_LINES, []
    for index, entry in enumerate(entries):
        plain = _entry(entry, words, ())
        quotes = tuple(_quote(quote, words) for quote in entry.quotes[:1])
        rest = sum(_lines(_entry(later, words, ())) for later in entries[index + 1 :])
        whole = replace(plain, quotes=quotes)
        chosen = whole if _lines(whole) + rest <= room else plain
        room -= _lines(chosen)
        written.append(chosen)
    return ListView(entries=tuple(written), notes=tuple(map(words.note, notes)))


def all_patterns(entries: Sequence[Pattern], notes: Sequence[Note], words: Words) -> ListView:
    """Write a list with every quote, for pages that have no end."""
    written = (
        _entry(entry, words, tuple(_quote(quote, words) for quote in entry.quotes)) for entry in entries
    )  # fmt: skip
    return ListView(entries=tuple(written), notes=tuple(map(words.note, notes)))


def lines_of(view: ListView) -> float:
    """Estimate the lines a list takes."""
    return sum(map(_lines, view.entries)) + sum(_wrapped(note, _SMALL_LINE) * 0.8 for note in view.notes)


def _entry(entry: Pattern, words: Words, quotes: tuple[QuoteView, ...]) -> EntryView:
    said = words.sentences(entry.sentences)
    title = entry.title if isinstance(entry.title, str) else words.note(entry.title)
    return EntryView(title=title, sentences=said, quotes=quotes, action=entry.action or "")


def _quote(quote: Quote, words: Words) -> QuoteView:
    text = quote.text
    short = text if len(text) <= _QUOTE_LETTERS else f"{text[:_QUOTE_LETTERS].rstrip()}…"
    return QuoteView(text=short, source=words.note(quote.source), reference=quote.reference)


def _lines(entry: EntryView) -> float:
    quotes = sum(
        _wrapped(quote.text, _LINE) + _wrapped(quote.source, _SMALL_LINE) * 0.8 + 0.9 for quote in entry.quotes
    )
    return 1.3 + _wrapped(entry.sentences, _SMALL_LINE) * 0.8 + quotes + _wrapped(entry.action, _LINE)


def _wrapped(text: str, line: int) -> int:
    letters = sum(2 if ord(letter) > 0x2E7F else 1 for letter in text)
    return -(-letters // line)
