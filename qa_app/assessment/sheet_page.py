"""What the page of one sheet is told: its frozen content, the formula behind each figure, links to what is behind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from qa_app.access import Permission, allow
from qa_app.assessment.content import Fact, Part, SheetContent, TrendPoint, decode_content
from qa_app.assessment.entry_lines import EntryLines, entry_lines
from qa_app.assessment.sheet_table import TIER_KINDS
from qa_app.assessment.standing import stands_alone
from qa_app.assessment.standing_box import StandingBox, height_of, make_lone_box, make_standing_box
from qa_app.assessment.wording import proposal_title, tier_name, withheld_sentence
from qa_app.inspections.severity import CorrectedScore
from qa_app.models import Sheet
from qa_app.web.filters import format_score
from scoring.assessment.explain import explain_figure, explain_points, explain_sum
from scoring.values import Estimate

__all__ = ["Behind", "Link", "PartRow", "SheetPage", "TrendBar", "behind_by_title", "make_sheet_page"]

_KINDS = {"score": "points", "share": "share", "ratio": "ratio", "points": "points", "rating": "tenth", "rate": "tenth"}
_DOMAINS = {"score": (0.0, 100.0), "share": (0.0, 1.0), "points": (0.0, 100.0), "rating": (1.0, 5.0)}
NOTHING: Mapping[str, CorrectedScore] = {}
SMALLEST_SHOWN = 0.05  # points; less would be shown as 0.0


@dataclass(frozen=True, slots=True)
class Link:
    """Where a figure leads, and what is found there."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Behind:
    """What stands behind a figure: its formula with its numbers, and links to what was counted."""

    formulas: tuple[str, ...]
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class PartRow:
    """One line of "what made the score"."""

    code: str
    title: str
    note: str
    estimate: Estimate
    kind: str
    low: float
    high: float
    goal: float | None
    verdict: str
    points: float | None
    weight_percent: float
    adds: float | None
    is_part: bool
    behind: Behind


@dataclass(frozen=True, slots=True)
class TrendBar:
    """One month of the trend: its estimate, and where it stands in the drawing (percent from the left and the top)."""

    month: str
    estimate: Estimate
    x: float
    y: float | None
    y_lower: float | None
    y_upper: float | None


@dataclass(frozen=True, slots=True)
class SheetPage:
    """Everything the page shows."""

    content: SheetContent
    tier: str
    tier_kind: str
    withheld: str
    probabilities: tuple[tuple[str, float], ...]
    thresholds: tuple[tuple[str, float], ...]
    parts: tuple[PartRow, ...]
    sum_formula: str
    trend: tuple[TrendBar, ...]
    critical: tuple[Fact, ...]
    words: tuple[Fact, ...]
    proposals: tuple[str, ...]
    overall: str
    standing: StandingBox | None
    corrected: Mapping[str, CorrectedScore]
    entries: Mapping[str, EntryLines]


def make_sheet_page(sheet: Sheet, language: str, *, corrected: Mapping[str, CorrectedScore] = NOTHING) -> SheetPage:
    """Gather what the page of a sheet shows; `corrected` are scores without severity, by conversation."""
    content = decode_content(sheet.content)
    tiers = content.policy.tiers
    names = {tier.code: tier.title.in_language(language) for tier in tiers}
    return SheetPage(
        content=content,
        tier=tier_name(content.tier, tiers, language),
        tier_kind=TIER_KINDS.get(content.tier.given or "", "act"),
        withheld=withheld_sentence(content.tier.withheld),
        probabilities=tuple((names[code], p) for code, p in content.tier.probabilities.items() if p >= 0.005),
        thresholds=tuple((names[tier.code], tier.from_score) for tier in tiers),
        parts=tuple(_part_rows(content, language, sheet.agent_id)),
        sum_formula=_sum_formula(content),
        trend=_trend(content.trend),
        critical=tuple(fact for fact in content.facts if fact.kind == "critical_error"),
        words=tuple(fact for fact in content.facts if fact.kind != "critical_error"),
        proposals=tuple(proposal_title(code) for code in content.proposals),
        overall=_overall_sentence(content),
        standing=_standing_box(content, sheet),
        corrected=corrected,
        entries={entry.criterion: entry_lines(entry) for entry in (*content.praise, *content.improvement)},
    )


def _standing_box(content: SheetContent, sheet: Sheet) -> StandingBox | None:
    if content.standing is None:
        return None
    return make_lone_box() if stands_alone(content, sheet.revision) else make_standing_box(content.standing, content)


def behind_by_title(content: SheetContent, language: str, *, agent_id: int) -> dict[str, Behind]:
    """What stands behind the figures of a sheet, by the title of the component or part."""
    parts = [part for component in content.components for part in (component, *component.parts)]
    return {part.title.in_language(language): _behind(content, part, agent_id) for part in parts}


def _part_rows(content: SheetContent, language: str, agent_id: int) -> Iterator[PartRow]:
    for component in content.components:
        yield _part_row(content, component, language, agent_id=agent_id, is_part=False)
        for part in component.parts:
            if part.weight_percent:
                yield _part_row(content, part, language, agent_id=agent_id, is_part=True)


def _part_row(content: SheetContent, part: Part, language: str, *, agent_id: int, is_part: bool) -> PartRow:
    low, high = _domain(part)
    return PartRow(
        code=part.code,
        title=part.title.in_language(language),
        note=_note(content, part),
        estimate=part.estimate,
        kind=_KINDS[part.unit],
        low=low,
        high=high,
        goal=part.goal,
        verdict=part.verdict,
        points=part.points,
        weight_percent=part.weight_percent,
        adds=part.adds,
        is_part=is_part,
        behind=_behind(content, part, agent_id),
    )


def _domain(part: Part) -> tuple[float, float]:
    """Ends of the drawn scale: the unit's own, or the anchors'."""
    if part.unit in _DOMAINS:
        return _DOMAINS[part.unit]
    ends = sorted(end for end in (part.floor, part.target) if end is not None)
    return (ends[0], ends[-1]) if len(ends) == 2 else (0.0, 1.0)


def _note(content: SheetContent, part: Part) -> str:
    """The line under a title: what stands behind the figure."""
    basis = part.basis
    match part.estimate.method:
        case "two_part.v1" | "direct.v2" if basis.get("q") is not None:
            text = _(
                "Quality %(quality)s, critical errors %(critical)s of %(inspected)s",
                quality=f"{basis['q'] or 0:.0f}",
                critical=content.counts.critical,
                inspected=content.counts.inspected,
            )
            text = " · ".join([text, *_corrections(part)])
        case "beta_share.v1" | "wilson_share.v1":
            text = _("%(k)s of %(n)s", k=f"{basis['k'] or 0:.0f}", n=f"{basis['n'] or 0:.0f}")
            if part.code == "customer_rating":
                text = _(
                    "%(k)s of %(n)s answers were 4 or 5; %(asked)s were asked",
                    k=f"{basis['k'] or 0:.0f}",
                    n=f"{basis['n'] or 0:.0f}",
                    asked=content.counts.surveys_sent,
                )
        case "case_mix.v1" if part.estimate.value is not None:
            text = _("against the same mix of cases; 1.00 is the centre")
        case "test_result.v1":
            text = _("mean of the results of the quarter, taken as they stand")
        case "mean_rating.v1":
            text = _rating_note(basis)
        case _:
            text = ""
    missing = _("Too little evidence (from %(minimum)s): the centre’s average stands in.", minimum=part.counts_from)
    return f"{text} {missing}".strip() if part.is_missing and part.points is not None else str(text)


def _rating_note(basis: Mapping[str, float | None]) -> str:
    """Who rated, as groups; each group weighs alike."""
    said = []
    if basis.get("supervisor") is not None:
        said.append(_("supervisors %(value)s", value=format_score(basis["supervisor"])))
    if basis.get("peer") is not None:
        peers = f"{basis['peers'] or 0:.0f}"
        said.append(_("colleagues %(value)s (n = %(n)s)", value=format_score(basis["peer"]), n=peers))
    return " · ".join(said)


def _corrections(part: Part) -> Iterator[str]:
    """What was taken off the mean of the inspected, where it would show."""
    leniency, auto = part.basis.get("leniency") or 0.0, part.basis.get("auto") or 0.0
    if abs(leniency) >= SMALLEST_SHOWN:
        yield str(_("inspectors’ leniency %(points)s taken off", points=format_score(leniency)))
    if abs(auto) >= SMALLEST_SHOWN:
        yield str(_("learned score %(points)s taken off", points=format_score(auto)))


def _formulas(part: Part) -> tuple[str, ...]:
    value = part.estimate.value
    lines = [step.line for step in explain_figure(part.estimate.method, part.basis, value)]
    if part.is_missing or None in (part.floor, part.target, value, part.points):
        return tuple(lines)
    haste = part.basis.get("haste")
    step = explain_points(value or 0.0, part.floor or 0.0, part.target or 0.0, part.points or 0.0, haste=haste)
    lines.append(step.line)
    return tuple(lines)


def _sum_formula(content: SheetContent) -> str:
    if content.composite.value is None:
        return ""
    terms = [(part.weight_percent, part.points) for part in content.components if part.points is not None]
    return explain_sum(terms, content.composite.value).line


def _behind(content: SheetContent, part: Part, agent_id: int) -> Behind:
    return Behind(_formulas(part), tuple(_links(content, part, agent_id)))


def _links(content: SheetContent, part: Part, agent_id: int) -> Iterator[Link]:
    """Where the figure leads: the inspected conversations below, or those of the agent's month that count in it."""
    if part.estimate.method in ("two_part.v1", "direct.v2"):
        yield Link(_("The inspected conversations"), "#inspected")
    if part.parts or not allow(Permission.view_conversations):
        return
    period = content.period
    days: dict[str, Any] = {f"{period.month_of}_from": period.starts_on, f"{period.month_of}_to": period.ends_on}
    for title, narrowed in _counted(part):
        yield Link(title, url_for("conversations.index", agent=agent_id, **(days | narrowed)))


def _counted(part: Part) -> Iterator[tuple[str, dict[str, str]]]:
    """What a figure counts: words for it, and the filter of the list that shows it."""
    match part.estimate.method:
        case "case_mix.v1":
            yield _("The conversations that were compared"), {"outcome": "handled"}
        case "per_day.v1":
            yield _("The answered conversations"), {"outcome": "answered"}
        # Of the shares only the customers' has a band for those who did not answer.
        case "beta_share.v1" | "wilson_share.v1" if "band_lower" in part.basis:
            yield _("The rated conversations"), {"rating": "any"}
        case "beta_share.v1" | "wilson_share.v1" if part.basis.get("n"):
            yield _("First responses in time"), {"response": "in_time"}
            yield _("First responses late or missing"), {"response": "late"}


def _trend(points: tuple[TrendPoint, ...]) -> tuple[TrendBar, ...]:
    step = 100 / max(len(points), 1)
    return tuple(
        TrendBar(
            month=point.month,
            estimate=point.qa,
            x=round(step * (place + 0.5), 2),
            y=height_of(point.qa.value),
            y_lower=height_of(point.qa.lower),
            y_upper=height_of(point.qa.upper),
        )
        for place, point in enumerate(points)
    )


def _overall_sentence(content: SheetContent) -> str:
    composite = content.composite
    if composite.value is None or composite.lower is None or composite.upper is None:
        return withheld_sentence(content.tier.withheld)
    bounds = {"lower": f"{composite.lower:.0f}", "upper": f"{composite.upper:.0f}"}
    if content.counts.eligible is None:
        sentence = _(
            "Had all %(count)s conversations been inspected and every customer answered, the score would likely lie "
            "between %(lower)s and %(upper)s.",
            count=content.counts.conversations,
            **bounds,
        )
    else:
        sentence = _(
            "Had all %(count)s conversations that could be drawn been inspected and every customer answered, the score "
            "would likely lie between %(lower)s and %(upper)s.",
            count=content.counts.eligible,
            **bounds,
        )
    if content.tier.given is None and content.tier.candidates:
        unsure = _(
            "No tier reaches the %(needed)s%% certainty that the policy asks for, so none is given.",
            needed=f"{100 * content.policy.tier_probability:.0f}",
        )
        return f"{sentence} {unsure}"
    return str(sentence)
