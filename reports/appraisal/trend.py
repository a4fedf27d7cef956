"""The trend of the appraisal: the QA score by month, the standing behind it, and the sentence that says the same."""

from dataclasses import replace

from reports import charts, sentences
from reports.appraisal.views import TrendView
from reports.appraisal.words import Words
from reports.charts import Level, TrendMark
from reports.documents import AppraisalDocument, Standing, Trend
from reports.formats import NONE
from reports.values import Figure, Label, Unit


def trend(document: AppraisalDocument, words: Words, look: charts.Look = charts.PAPER) -> TrendView:
    """Draw the QA score by month, and say where the person stands where that is known."""
    source, standing = document.trend, document.standing
    if standing is None:
        note = document.standing_note
        return replace(draw_trend(source, words, look), standing=words.note(note) if note else "")
    band = replace(source, standing=standing.figure, standing_months=standing.months)
    drawn = draw_trend(band, words, look)
    return replace(drawn, standing=standing_sentence(standing, words), sentence=_reading(band, words))


def standing_sentence(standing: Standing, words: Words) -> str:
    """Say what was inspected this month and where the person stands, each with its interval and its label in words."""
    return words.formats.sentences([_month_sentence(standing.month, words), _level_sentence(standing, words)])


def _month_sentence(month: Figure, words: Words) -> str:
    _ = words.text
    if month.value is None or not month.n:
        return _("Nothing was inspected this month.")
    message = _("Inspected this month: %(score)s (n = %(count)s, likely %(interval)s).")
    if month.label is not Label.ok:
        message = _("Inspected this month: %(score)s (n = %(count)s, likely %(interval)s; %(label)s).")
    return message % {**_figure_words(month, words), "count": words.formats.number(month.n)}


def _level_sentence(standing: Standing, words: Words) -> str:
    _, figure = words.text, standing.figure
    if figure.value is None:
        return _("No standing over %(months)s months yet.") % {"months": standing.months}
    message = _("Standing over %(months)s months: %(score)s (%(interval)s).")
    if figure.label is not Label.ok:
        message = _("Standing over %(months)s months: %(score)s (%(interval)s; %(label)s).")
    return message % {**_figure_words(figure, words), "months": standing.months}


def _figure_words(figure: Figure, words: Words) -> dict[str, str]:
    return {
        "score": words.formats.figure(figure, Unit.score),
        "interval": words.formats.interval(figure, Unit.score),
        "label": words.text(sentences.LABELS_IN_WORDS[figure.label]) if figure.label is not Label.ok else "",
    }


def draw_trend(source: Trend, words: Words, look: charts.Look) -> TrendView:
    """Draw the QA score by month."""
    _ = words.text
    count = len(source.points)
    title = _("QA score over %(count)s months") % {"count": count}
    svg = charts.draw_trend(
        [_mark(point.figure, words.formats.short_month(point.month), words) for point in source.points],
        standing=standing_level(source, words),
        standard=standard_level(source, words),
        look=look,
        title=f"{title}: {trend_values(source, words)}",
    )
    return TrendView(title=title, svg=svg, sentence=_trend_sentence(source, words))


def _mark(figure: Figure, month: str, words: Words) -> TrendMark:
    count = f"n {figure.n}" if figure.value is not None and figure.n else NONE
    text = words.formats.figure(figure, Unit.score) if figure.value is not None else ""
    return TrendMark(month=month, count=count, value=figure.value, lower=figure.lower, upper=figure.upper, text=text)


def standing_level(source: Trend, words: Words) -> Level | None:
    """Give the standing as a level of the chart."""
    standing = source.standing
    if standing is None or standing.value is None:
        return None
    text = f"{words.formats.figure(standing, Unit.score)}  {words.formats.interval(standing, Unit.score)}"
    return Level(standing.value, text, standing.lower, standing.upper)


def standard_level(source: Trend, words: Words) -> Level | None:
    """Give the standard as a level of the chart."""
    if source.standard is None:
        return None
    return Level(source.standard, words.text("standard %(score)s") % {"score": f"{source.standard:g}"})


def trend_values(source: Trend, words: Words) -> str:
    """Give the numbers of the chart in one sentence."""
    written = []
    for point in source.points:
        if point.figure.value is not None:
            value, interval = (
                write(point.figure, Unit.score) for write in (words.formats.figure, words.formats.interval)
            )
            written.append(f"{words.formats.month(point.month)} {value} ({interval})")
    return words.formats.list(written) or words.text("No month has an inspected conversation.")


def _trend_sentence(source: Trend, words: Words) -> str:
    _, standing = words.text, source.standing
    if standing is None or standing.value is None:
        return _reading(source, words)
    said = _("Standing over %(months)s months: %(score)s, from %(count)s conversations.") % {
        "months": source.standing_months, "score": words.formats.value(standing), "count": standing.n,
    }  # fmt: skip
    return words.formats.sentences([said, _reading(source, words)])


def _reading(source: Trend, words: Words) -> str:
    _ = words.text
    if source.standing is None or source.standing.value is None:
        return _("Dots are months, lines their interval (95%); a month without inspections has none.")
    return _("Dots are months, lines their interval (95%), the band is the standing.")
