"""How numbers, dates and intervals are written in documents, in one place for both languages.

Figures are rounded once, here, half away from zero; nothing is ever computed from a written figure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from functools import reduce

from babel.dates import format_date, format_datetime, format_skeleton
from babel.numbers import format_decimal
from babel.support import NullTranslations

from reports.language import load_catalogue
from reports.values import Figure, Note, NoteValue, Share, Span, Unit

NONE = "–"
MINUS = "−"
#: From this many cases on a share is written with one decimal.
FINE_SHARE_FROM = 200


def round_half_away(value: float, places: int = 0) -> Decimal:
    """Round half away from zero: 84.5 gives 85, −84.5 gives −85.

    Parameters
    ----------
    value : float
        Any finite number; its shortest decimal writing is rounded, so 0.285 is 0.285 and not 0.28499….
    places : int
        Decimals to keep.

    Returns
    -------
    Decimal
        The rounded number.
    """
    return Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def round_to_total(values: Sequence[float], places: int = 1) -> list[Decimal]:
    """Round parts so that what is shown adds up to the total shown (largest remainder).

    Parameters
    ----------
    values : sequence of float
        Parts of a sum, each ``>= 0``.
    places : int
        Decimals to keep.

    Returns
    -------
    list of Decimal
        As many as `values`; their sum is the rounded sum of `values`.
    """
    step = Decimal(1).scaleb(-places)
    exact = [Decimal(repr(float(value))) for value in values]
    kept = [value.quantize(step, rounding=ROUND_DOWN) for value in exact]
    missing = int((sum(exact, Decimal(0)).quantize(step, rounding=ROUND_HALF_UP) - sum(kept, Decimal(0))) / step)
    by_remainder = sorted(range(len(exact)), key=lambda index: (kept[index] - exact[index], index))
    for index in by_remainder[: max(0, missing)]:
        kept[index] += step
    return kept


@dataclass(frozen=True, slots=True)
class Formats:
    """Writes values in one language; made by `formats_for`."""

    language: str
    catalogue: NullTranslations

    def number(self, value: float) -> str:
        """Write a whole number: 18,946."""
        return self._sign(format_decimal(round_half_away(value), "#,##0", locale=self.language))

    def decimal(self, value: float | Decimal | None, places: int = 1) -> str:
        """Write a number with fixed decimals; none gives a dash."""
        if value is None:
            return NONE
        rounded = value if isinstance(value, Decimal) else round_half_away(value, places)
        return self._sign(f"{rounded:.{places}f}")

    def percent(self, value: float | None, n: int = 0) -> str:
        """Write a fraction as percent, with one decimal where it rests on many cases."""
        if value is None:
            return NONE
        return f"{self.decimal(value * 100, self._share_places(n))}%"

    def figure(self, figure: Figure, unit: Unit) -> str:
        """Write the value of a figure in its unit."""
        if figure.value is None:
            return NONE
        if unit is Unit.percent:
            return self.percent(figure.value, figure.n)
        return self.decimal(figure.value, _PLACES[unit])

    def interval(self, figure: Figure, unit: Unit) -> str:
        """Write the interval of a figure: 75–94, 76–93%; empty where there is none."""
        if figure.lower is None or figure.upper is None:
            return ""
        return self.span(figure.lower, figure.upper, unit)

    def span(self, lower: float, upper: float, unit: Unit) -> str:
        """Write two ends of an interval in a unit."""
        scale, places = (100, 0) if unit is Unit.percent else (1, _INTERVAL_PLACES[unit])
        ends = [self.decimal(end * scale, places) for end in (lower, upper)]
        joined = self.catalogue.gettext("%(lower)s to %(upper)s") % {"lower": ends[0], "upper": ends[1]}
        text = joined if lower < 0 else "–".join(ends)
        return f"{text}%" if unit is Unit.percent else text

    def day(self, value: date) -> str:
        """Write a day with its year: 9 Nov 2026, 2026年11月9日."""
        return format_date(value, self.catalogue.gettext("d MMM y"), locale=self.language)

    def short_day(self, value: date) -> str:
        """Write a day without its year: 9 Nov, 11月9日."""
        return format_date(value, self.catalogue.gettext("d MMM"), locale=self.language)

    def short_moment(self, value: datetime) -> str:
        """Write day and minute without the year: 6 Oct 09:18."""
        return format_datetime(value, self.catalogue.gettext("d MMM HH:mm"), tzinfo=value.tzinfo, locale=self.language)

    def stamp(self, value: datetime) -> str:
        """Write a moment as logs do: 2026-11-09 18:02."""
        return value.strftime("%Y-%m-%d %H:%M")

    def month(self, value: date) -> str:
        """Write a month with its year: October 2026, 2026年10月."""
        return format_date(value, self.catalogue.gettext("MMMM y"), locale=self.language)

    def short_month(self, value: date) -> str:
        """Write a month alone: Oct, 10月."""
        return format_skeleton("MMM", value, locale=self.language)

    def list(self, parts: Sequence[str]) -> str:
        """Join parts by the language's comma."""
        return self.catalogue.gettext(", ").join(parts)

    def sentences(self, parts: Sequence[str]) -> str:
        """Put sentences one after the other; Chinese needs no blank between them."""
        pair = self.catalogue.gettext("%(first)s %(second)s")
        whole = [part for part in parts if part]
        return reduce(lambda first, second: pair % {"first": first, "second": second}, whole) if whole else ""

    def note(self, note: Note, sentences: dict[str, str]) -> str:
        """Write the sentence of a note, its values in place."""
        values = {name: self.value(value) for name, value in note.values.items()}
        return self.catalogue.gettext(sentences.get(note.code, note.code)) % values

    def value(self, value: NoteValue) -> str:
        """Write a value named in a sentence by what it is."""
        match value:
            case Figure():
                return f"{self.figure(value, Unit.score)} ({self.interval(value, Unit.score)})"
            case Share():
                return self.percent(value.value)
            case Span():
                return self.span(value.lower, value.upper, Unit.percent if value.percent else Unit.score)
            case datetime():
                return self.stamp(value)
            case date():
                return self.day(value)
            case int():
                return self.number(value)
            case float():
                return self.decimal(value)
            case _:
                return value

    @staticmethod
    def _share_places(n: int) -> int:
        return 1 if n >= FINE_SHARE_FROM else 0

    @staticmethod
    def _sign(text: str) -> str:
        return text.replace("-", MINUS)


_PLACES = {Unit.score: 0, Unit.composite: 1, Unit.percent: 0, Unit.ratio: 2, Unit.stars: 1}
_INTERVAL_PLACES = {Unit.score: 0, Unit.composite: 0, Unit.percent: 0, Unit.ratio: 2, Unit.stars: 1}


def formats_for(language: str) -> Formats:
    """Give the formats of one language.

    Raises
    ------
    LanguageUnknown
        If there is no catalogue for it.
    """
    return Formats(language=language, catalogue=load_catalogue(language))
