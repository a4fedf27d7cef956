"""Page 1 of the appraisal: what, how sure, why, keep doing, work on next."""

from dataclasses import replace
from decimal import Decimal

from reports import charts
from reports.appraisal.bars import overall_bar, row_bar
from reports.appraisal.views import (
    FrontTexts,
    OverallView,
    RowView,
    TrendView,
)
from reports.appraisal.words import Words
from reports.charts import Level, TrendMark
from reports.documents import AppraisalDocument, ComponentRow, Overall, Trend
from reports.formats import NONE, round_to_total
from reports.values import Figure, Unit, Verdict

_TONES = {Verdict.better: "good", Verdict.below: "loss", Verdict.cannot_tell: "w", Verdict.no_value: "w"}
#: Probability from which a tier is named at all.
_WORTH_NAMING = 0.005


def head(document: AppraisalDocument, words: Words) -> FrontTexts:
    """Write the head of the paper and the running lines."""
    _, formats, person, identity = words.text, words.formats, document.person, document.identity
    month = formats.month(document.month)
    revision = _("original (revision 0)") if identity.revision == 0 else _("revision %(number)s") % {
        "number": identity.revision}  # fmt: skip
    foot = _("Sheet %(number)s · %(revision)s · policy %(policy)s version %(version)s") % {
        "number": identity.number, "revision": revision, "policy": identity.policy, "version": identity.policy_version,
    }  # fmt: skip
    return FrontTexts(
        title=_("Appraisal, %(month)s") % {"month": month},
        subtitle=_("Sampled inspections, customers' ratings and work data in one score"),
        status=_status(document, words),
        draft=_("Draft 草稿: not published") if document.status.is_draft else "",
        facts=_facts(document, words),
        head_left=f"{document.organisation} · {document.department}".strip(" ·"),
        head_first=_("Confidential: for the person, their supervisor and HR"),
        head_right=f"{person.name} · {person.number} · {month}",
        foot_left=foot,
        page=_page_words(_("Page %(page)s of %(pages)s")),
        created=document.status.computed_at.isoformat(timespec="seconds"),
    )


def _page_words(message: str) -> tuple[str, str, str]:
    """Cut the message at its two numbers, which only the page itself knows."""
    before, rest = message.split("%(page)s")
    between, after = rest.split("%(pages)s")
    return before, between, after


def _status(document: AppraisalDocument, words: Words) -> tuple[str, ...]:
    _, formats, status = words.text, words.formats, document.status
    lines = []
    if status.published_at:
        lines.append(_("Published %(day)s") % {"day": formats.day(status.published_at)})
    else:
        lines.append(_("Draft 草稿, computed %(day)s") % {"day": formats.day(status.computed_at)})
    if not status.is_month_over:
        lines.append(_("The month is not over: figures so far"))
    if status.locked_at:
        lines.append(_("Locked %(day)s") % {"day": formats.day(status.locked_at)})
    if document.identity.revision and document.identity.revision_reason:
        lines.append(_("Reason: %(reason)s") % {"reason": document.identity.revision_reason})
    return tuple(lines)


def _facts(document: AppraisalDocument, words: Words) -> tuple[tuple[str, str], ...]:
    _, formats, person = words.text, words.formats, document.person
    team = person.team
    if person.leader:
        team = _("%(team)s (lead %(leader)s)") % {"team": person.team, "leader": person.leader}
    volume = _("%(all)s, %(answered)s answered") % {
        "all": formats.number(document.conversations), "answered": formats.number(document.answered),
    }  # fmt: skip
    return (
        (_("Name"), person.name),
        (_("Number"), person.number),
        (_("Team"), team),
        (_("Since"), formats.day(person.hired_on) if person.hired_on else NONE),
        (_("Conversations"), volume),
    )


def overall(document: AppraisalDocument, words: Words) -> OverallView:
    """Write the composite, its tier and one plain sentence."""
    formats, result = words.formats, document.overall
    score = replace(
        words.score(result.figure, Unit.composite), count=words.counts(result.inspected, result.ratings), label=""
    )
    names = {tier.code: words.tier(tier) for tier in result.tiers}
    likely = [tier for tier in result.tiers if (tier.probability or 0.0) >= _WORTH_NAMING]
    odds = [f"{names[tier.code]} {formats.percent(tier.probability)}" for tier in likely]
    sentence = _sentence(document, words)
    return OverallView(
        score=score,
        tier=_tier(result, names, words),
        is_tier_given=result.given is not None,
        bar=overall_bar(result, names, sentence),
        sentence=sentence,
        odds=words.text("Certainty: %(odds)s") % {"odds": formats.list(odds)} if odds else "",
    )


def _tier(result: Overall, names: dict[str, str], words: Words) -> str:
    if result.given is not None:
        return names[result.given]
    if not result.between:
        return words.text("No tier")
    # From the lower to the higher: "Standard or Good", "Needs improvement to Good".
    ends = {"lower": names[result.between[-1]], "higher": names[result.between[0]]}
    message = (
        words.text("%(lower)s or %(higher)s") if len(result.between) == 2 else words.text("%(lower)s to %(higher)s")
    )
    return words.text("≈ %(tiers)s: not separable yet") % {"tiers": message % ends}


def _sentence(document: AppraisalDocument, words: Words) -> str:
    _, result, formats = words.text, document.overall, words.formats
    parts = []
    if result.figure.lower is not None and result.figure.upper is not None:
        likely = _(
            "Had all %(all)s conversations been inspected and every customer answered, "
            "the score would likely lie between %(lower)s and %(upper)s."
        )
        parts.append(likely % {
            "all": formats.number(document.conversations), "lower": formats.decimal(result.figure.lower, 0),
            "upper": formats.decimal(result.figure.upper, 0),
        })  # fmt: skip
        if result.given is None and result.between:
            none = _("No tier reaches the %(certainty)s certainty that the policy asks for, so none is given.")
            parts.append(none % {"certainty": formats.percent(result.certainty)})
    parts.extend(map(words.note, result.reasons))
    return formats.sentences(parts)


def trend(document: AppraisalDocument, words: Words) -> TrendView:
    """Draw the QA score by month for the paper."""
    return draw_trend(document.trend, words, charts.PAPER)


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
    reading = _("Dots are months, lines their interval (95%), the band is the standing.")
    if standing is None or standing.value is None:
        return _("Dots are months, lines their interval (95%); a month without inspections has none.")
    said = _("Standing over %(months)s months: %(score)s, from %(count)s conversations.") % {
        "months": source.standing_months, "score": words.formats.value(standing), "count": standing.n,
    }  # fmt: skip
    return words.formats.sentences([said, reading])


def rows(document: AppraisalDocument, words: Words) -> tuple[RowView, ...]:
    """Write what made the score; the parts shown add up to the composite shown."""
    components = document.components
    adds: list[Decimal] | None = None
    if all(row.adds is not None for row in components):
        adds = round_to_total([row.adds or 0.0 for row in components])
    return tuple(
        _row(row, words, f"{100 * row.weight:.3g}%", words.formats.decimal(adds[index] if adds else row.adds))
        for index, row in enumerate(components)
    )


def _row(row: ComponentRow, words: Words, weight: str, adds: str) -> RowView:
    score = words.score(row.figure, row.unit)
    target = _target(row, words)
    said = words.formats.list([part for part in (f"{score.value} ({score.interval})", target) if part])
    return RowView(
        name=words.component(row.code, row.name),
        details=words.clauses(row.details),
        score=score,
        bar=row_bar(row, said),
        target=target,
        verdict=words.verdict(row),
        tone=_TONES[row.verdict],
        points=words.formats.decimal(row.points),
        weight=weight,
        adds=adds,
    )


def _target(row: ComponentRow, words: Words) -> str:
    if row.target is None:
        return ""
    written = words.formats.figure(replace(row.figure, value=row.target, n=0), row.unit)
    if row.code == "qa":
        return words.text("standard %(score)s") % {"score": written}
    message = words.text("at most %(value)s") if row.is_lower_better else words.text("target %(value)s")
    return message % {"value": written}
