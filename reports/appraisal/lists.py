"""The praise and improvement lists, and how much of them fits on page 1."""

from collections.abc import Sequence
from dataclasses import replace

from reports.appraisal.room import LINE, SMALL_LINE, FrontRoom, clip, lines_of
from reports.appraisal.views import EntryView, ListView, QuoteView
from reports.appraisal.words import Words
from reports.documents import Pattern, Quote
from reports.values import Note

_QUOTE_LETTERS = 200
#: Height of a line of small print, of an entry's heading and of a quote's margins, in lines of body text.
_SMALL, _HEADING, _QUOTE_MARGINS = 0.8, 1.3, 0.9
#: Height of the note that names what is left out.
_MORE = 3 * _SMALL


def patterns(entries: Sequence[Pattern], notes: Sequence[Note], words: Words, room: FrontRoom) -> ListView:
    """Write a list as far as the column reaches: every entry before the first quote.

    Where room is scarce, actions after the first are cut to a line; entries that do not fit are named in a note.
    """
    plain = [_entry(entry, words, ()) for entry in entries]
    written = list(map(words.note, notes))
    lines = room.lines - _small_lines(written)
    if sum(map(_lines, plain)) > lines:
        plain = [_shortened(view, words, room, LINE if index else 2 * room.letters) for index, view in enumerate(plain)]
    kept = _kept(plain, lines)
    if rest := plain[kept:]:
        written.append(_more(rest, words, room))
    shown = plain[:kept]
    left = lines - sum(map(_lines, shown)) - (_MORE if rest else 0.0)
    for index, entry in enumerate(entries[:kept]):
        whole = replace(shown[index], quotes=tuple(_short_quote(quote, words) for quote in entry.quotes[:1]))
        more = _lines(whole) - _lines(shown[index])
        if more <= left:
            shown[index], left = whole, left - more
    return ListView(entries=tuple(shown), notes=tuple(written))


def all_patterns(entries: Sequence[Pattern], notes: Sequence[Note], words: Words) -> ListView:
    """Write a list with every quote, for pages that have no end."""
    written = (
        _entry(entry, words, tuple(_quote(quote, words) for quote in entry.quotes)) for entry in entries
    )  # fmt: skip
    return ListView(entries=tuple(written), notes=tuple(map(words.note, notes)))


def height_of(entries: Sequence[Pattern], notes: Sequence[Note], words: Words) -> float:
    """Estimate the lines a list takes with the first quote of every entry."""
    views = [_entry(entry, words, tuple(_short_quote(quote, words) for quote in entry.quotes[:1])) for entry in entries]
    return sum(map(_lines, views)) + _small_lines(list(map(words.note, notes)))


def _kept(plain: Sequence[EntryView], lines: float) -> int:
    """Count the entries that fit, at least one, with room for naming those that do not."""
    used = 0.0
    for index, view in enumerate(plain):
        used += _lines(view)
        if used + (_MORE if index < len(plain) - 1 else 0.0) > lines:
            return max(1, index)
    return len(plain)


def _more(rest: Sequence[EntryView], words: Words, room: FrontRoom) -> str:
    message = words.formats.catalogue.ngettext(
        "and %(count)s more on the sheet's page: %(titles)s", "and %(count)s more on the sheet's page: %(titles)s",
        len(rest),
    )  # fmt: skip
    titles = words.formats.list([clip(view.title, room.letters) for view in rest])
    return message % {"count": len(rest), "titles": words.clip(titles, 2 * SMALL_LINE)}


def _entry(entry: Pattern, words: Words, quotes: tuple[QuoteView, ...]) -> EntryView:
    said = words.sentences(entry.sentences)
    title = entry.title if isinstance(entry.title, str) else words.note(entry.title)
    return EntryView(title=title, sentences=said, quotes=quotes, action=entry.action or "")


def _shortened(entry: EntryView, words: Words, room: FrontRoom, action: int) -> EntryView:
    return replace(
        entry,
        title=words.clip(entry.title, room.letters),
        sentences=words.clip(entry.sentences, 4 * room.letters),
        action=words.clip(entry.action, min(action, 2 * room.letters)),
    )


def _quote(quote: Quote, words: Words) -> QuoteView:
    return QuoteView(text=quote.text, source=words.note(quote.source), reference=quote.reference)


def _short_quote(quote: Quote, words: Words) -> QuoteView:
    return _quote(replace(quote, text=clip(quote.text, _QUOTE_LETTERS)), words)


def _lines(entry: EntryView) -> float:
    quotes = sum(lines_of(quote.text, LINE) + _small_lines([quote.source]) + _QUOTE_MARGINS for quote in entry.quotes)
    heading = _HEADING + lines_of(entry.title, LINE) - 1
    return heading + _small_lines([entry.sentences]) + quotes + lines_of(entry.action, LINE)


def _small_lines(texts: Sequence[str]) -> float:
    return sum(lines_of(text, SMALL_LINE) for text in texts) * _SMALL
