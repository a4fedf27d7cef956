"""Numbers and dates are written once and the same everywhere."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from reports.errors import LanguageUnknown
from reports.formats import formats_for, round_half_away, round_to_total
from reports.values import Figure, Note, Share, Span, Unit


@pytest.mark.parametrize(("value", "places", "written"), [(84.5, 0, "85"), (-84.5, 0, "-85"), (0.285, 2, "0.29"),
                                                          (83.636, 1, "83.6"), (2.675, 2, "2.68")])  # fmt: skip
def test_halves_are_rounded_away_from_zero(value, places, written):
    assert str(round_half_away(value, places)) == written


def test_parts_shown_add_up_to_the_total_shown():
    parts = [42.42, 20.93, 9.58, 11.64]

    shown = round_to_total(parts)

    assert sum(shown) == round_half_away(sum(parts), 1)
    assert all(abs(part - Decimal(str(value))) < Decimal("0.1") for part, value in zip(shown, parts, strict=True))


@pytest.mark.parametrize(("language", "day", "month", "short"), [
    ("en", "9 Nov 2026", "November 2026", "Nov"), ("zh_Hans_CN", "2026年11月9日", "2026年11月", "11月")])  # fmt: skip
def test_dates_follow_the_language(language, day, month, short):
    formats = formats_for(language)

    assert formats.day(date(2026, 11, 9)) == day
    assert formats.month(date(2026, 11, 9)) == month
    assert formats.short_month(date(2026, 11, 9)) == short


def test_moments_stand_as_the_organisation_clock_shows_them():
    assert formats_for("en").stamp(datetime(2026, 11, 9, 18, 2, tzinfo=UTC)) == "2026-11-09 18:02"


@pytest.mark.parametrize(("figure", "unit", "value", "interval"), [
    (Figure(84.54, 76.2, 91.3, 5), Unit.score, "85", "76–91"),
    (Figure(84.54, 76.2, 91.3, 5), Unit.composite, "84.5", "76–91"),
    (Figure(0.9259, 0.896, 0.948, 398), Unit.percent, "92.6%", "90–95%"),
    (Figure(0.86, 0.76, 0.93, 38), Unit.percent, "86%", "76–93%"),
    (Figure(1.04, 0.99, 1.09, 398), Unit.ratio, "1.04", "0.99–1.09"),
    (Figure(None, None, None, 0), Unit.score, "–", ""),
])  # fmt: skip
def test_a_figure_is_written_by_its_unit(figure, unit, value, interval):
    formats = formats_for("en")

    assert (formats.figure(figure, unit), formats.interval(figure, unit)) == (value, interval)


def test_intervals_below_zero_use_a_word_and_a_true_minus():
    assert formats_for("en").span(-6.1, -1.5, Unit.stars) == "−6.1 to −1.5"
    assert formats_for("zh_Hans_CN").span(-6.1, -1.5, Unit.stars) == "−6.1 至 −1.5"


def test_a_note_takes_its_values_by_what_they_are():
    note = Note("x", {"k": 1234, "part": Share(0.19), "likely": Span(0.3, 0.67, percent=True), "points": 2.64})

    written = formats_for("en").note(note, {"x": "%(k)s, %(part)s, %(likely)s, %(points)s"})

    assert written == "1,234, 19%, 30–67%, 2.6"


def test_sentences_are_parted_as_the_language_does():
    assert formats_for("en").sentences(["One.", "", "Two."]) == "One. Two."
    assert formats_for("zh_Hans_CN").sentences(["一。", "二。"]) == "一。二。"


def test_an_unknown_language_is_refused_by_name():
    with pytest.raises(LanguageUnknown, match="tlh"):
        formats_for("tlh")
