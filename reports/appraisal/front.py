"""Page 1 of the appraisal: what, how sure, why, keep doing, work on next."""

from dataclasses import replace
from decimal import Decimal

from reports.appraisal.bars import overall_bar, row_bar
from reports.appraisal.room import FrontRoom
from reports.appraisal.views import OverallView, RowView
from reports.appraisal.words import Words
from reports.documents import AppraisalDocument, ComponentRow, Overall
from reports.formats import round_to_total
from reports.values import Unit, Verdict

_TONES = {Verdict.better: "good", Verdict.below: "loss", Verdict.cannot_tell: "w", Verdict.no_value: "w"}
#: Probability from which a tier is named at all.
_WORTH_NAMING = 0.005
_ENDLESS = FrontRoom()


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
        if document.eligible is not None:
            likely = _(
                "Had all %(all)s conversations that could be drawn been inspected and every customer answered, "
                "the score would likely lie between %(lower)s and %(upper)s."
            )
        count = document.conversations if document.eligible is None else document.eligible
        parts.append(likely % {
            "all": formats.number(count), "lower": formats.decimal(result.figure.lower, 0),
            "upper": formats.decimal(result.figure.upper, 0),
        })  # fmt: skip
        if result.given is None and result.between:
            none = _("No tier reaches the %(certainty)s certainty that the policy asks for, so none is given.")
            parts.append(none % {"certainty": formats.percent(result.certainty)})
    parts.extend(map(words.note, result.reasons))
    return formats.sentences(parts)


def rows(document: AppraisalDocument, words: Words, room: FrontRoom = _ENDLESS) -> tuple[RowView, ...]:
    """Write what made the score; the parts shown add up to the composite shown."""
    components = document.components
    adds: list[Decimal] | None = None
    if all(row.adds is not None for row in components):
        adds = round_to_total([row.adds or 0.0 for row in components])
    return tuple(
        _row(row, words, room, adds=words.formats.decimal(adds[index] if adds else row.adds))
        for index, row in enumerate(components)
    )


def _row(row: ComponentRow, words: Words, room: FrontRoom, *, adds: str) -> RowView:
    score = words.score(row.figure, row.unit)
    target = _target(row, words)
    said = words.formats.list([part for part in (f"{score.value} ({score.interval})", target) if part])
    return RowView(
        name=words.clip(words.component(row.code, row.name), room.letters),
        details=words.clip(words.clauses(row.details), room.detail),
        score=score,
        bar=row_bar(row, said),
        target=target,
        verdict=words.verdict(row),
        tone=_TONES[row.verdict],
        points=words.formats.decimal(row.points),
        weight=f"{100 * row.weight:.3g}%",
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
