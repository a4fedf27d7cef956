"""The lines of "what made the score" and where each number comes from, told from a sheet's content."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import floor

from qa_app.assessment.content import Part, SheetContent
from reports.documents import ComponentRow, Source
from reports.formats import round_half_away
from reports.values import Figure, Label, Note, NoteValue, Span, Unit, Verdict
from scoring.values import Estimate

__all__ = ["component_rows", "figure_of", "sources"]

_UNITS = {"score": Unit.score, "points": Unit.score, "share": Unit.percent, "ratio": Unit.ratio, "rating": Unit.stars}
_LOWEST_SCORE = 50.0


@dataclass(frozen=True, slots=True)
class _Line:
    """A component, or a part of one with the share of the composite it really has."""

    part: Part
    weight: float
    adds: float | None


def figure_of(estimate: Estimate) -> Figure:
    """Tell an estimate to a document."""
    return Figure(estimate.value, estimate.lower, estimate.upper, estimate.n, Label(estimate.label.value))


def component_rows(content: SheetContent, language: str) -> tuple[ComponentRow, ...]:
    """Tell each component, or its parts where it has parts with data."""
    return tuple(_row(line, content, language) for part in content.components for line in _lines(part))


def _lines(component: Part) -> Iterator[_Line]:
    weight = component.weight_percent / 100
    present = [part for part in component.parts if not part.is_missing and part.weight_percent]
    whole = sum(part.weight_percent for part in present)
    if not present:
        yield _Line(component, weight, component.adds)
    for part in present:
        # A part without data passes its weight to the others.
        yield _Line(part, weight * part.weight_percent / whole, part.adds)


def _row(line: _Line, content: SheetContent, language: str) -> ComponentRow:
    part = line.part
    return ComponentRow(
        code=part.code,
        name=part.title.in_language(language),
        figure=figure_of(part.estimate),
        unit=_UNITS.get(part.unit, Unit.stars),
        domain=_domain(part),
        target=part.goal,
        is_lower_better=_is_lower_better(part),
        verdict=Verdict(part.verdict),
        points=part.points,
        weight=line.weight,
        adds=line.adds,
        details=tuple(_details(part, content)),
    )


def _is_lower_better(part: Part) -> bool:
    return part.floor is not None and part.target is not None and part.target < part.floor


def _domain(part: Part) -> tuple[float, float]:
    """Ends of the drawn axis: wide enough for anchors, target and interval."""
    known = [x for x in (part.floor, part.target, part.goal, part.estimate.lower, part.estimate.upper) if x is not None]
    match part.unit:
        case "score" | "points":
            lower = part.estimate.lower
            return (min(_LOWEST_SCORE, floor((100.0 if lower is None else lower) / 10) * 10.0), 100.0)
        case "share":
            return (min([0.5, *known]), max([1.0, *known]))
        case "rating":
            return (1.0, 5.0)
        case _:
            return (min(known), max(known)) if len(set(known)) > 1 else (0.0, 2.0)


def _details(part: Part, content: SheetContent) -> Iterator[Note]:
    basis, counts = part.basis, content.counts
    match part.estimate.method:
        case "two_part.v1" | "direct.v2":
            yield from _two_parts(part, content)
        case "beta_share.v1" | "wilson_share.v1" if part.code == "customer_rating":
            values = {"answered": counts.surveys_answered, "asked": counts.surveys_sent}
            yield Note("rating_of_asked" if counts.surveys_sent else "rating", values)
        case "beta_share.v1" | "wilson_share.v1" if basis.get("n"):
            yield Note("first_response", {"k": int(basis["k"] or 0), "n": int(basis["n"] or 0)})
        case "case_mix.v1" if part.estimate.value is not None:
            yield Note("handle_time")
        case "per_day.v1" if part.estimate.value is not None:
            yield Note("answered_per_day")
        case _ if part.code in {"knowledge", "teamwork"}:
            yield Note("test" if part.code == "knowledge" else "teamwork")
            if part.code == "teamwork" and content.entered and content.entered.own_rating is not None:
                yield Note("own_rating", {"value": f"{round_half_away(content.entered.own_rating, 1):.1f}"})
    if part.is_missing and part.points is not None:
        yield Note("missing", {"minimum": part.counts_from}) if part.counts_from else Note("missing_part")


def _two_parts(part: Part, content: SheetContent) -> Iterator[Note]:
    basis, counts = part.basis, content.counts
    quality = [basis.get(symbol) for symbol in ("q", "q_lower", "q_upper")]
    if counts.inspected and None not in quality:
        figure = Figure(quality[0], quality[1], quality[2], counts.inspected)
        values: dict[str, NoteValue] = {
            "quality": figure,
            "critical": counts.critical,
            "inspected": counts.inspected,
        }
        yield Note("qa_parts", values)
        if basis.get("p_upper") is not None:
            yield Note("qa_rate", {"rate": Span(basis.get("p_lower") or 0.0, basis["p_upper"] or 0.0, percent=True)})


def sources(content: SheetContent, *, stands_alone: bool = False) -> tuple[Source, ...]:
    """Tell where each number comes from, one line a component; `stands_alone`: there is no standing for a tier."""
    return tuple(
        Source(
            codes=(line.part.code,),
            data=(_data(line.part, content),),
            method=(Note(_method(line.part, stands_alone=stands_alone)),),
        )
        for part in content.components
        for line in _lines(part)
    )  # fmt: skip


def _data(part: Part, content: SheetContent) -> Note:
    counts = content.counts
    match part.estimate.method:
        case "two_part.v1" | "direct.v2":
            return _inspected_data(content)
        case "beta_share.v1" | "wilson_share.v1" if part.code == "customer_rating":
            return Note("data_surveys", {"asked": counts.surveys_sent, "answered": counts.surveys_answered})
        case "per_day.v1":
            return Note("data_days", {"answered": counts.answered, "days": counts.active_days})
        case "beta_share.v1" | "wilson_share.v1" | "case_mix.v1":
            return Note("data_answered", {"answered": counts.answered, "conversations": counts.conversations})
        case _:
            return Note("data_entered")


def _inspected_data(content: SheetContent) -> Note:
    if not content.inspected:
        return Note("data_nothing")
    names = {name for conversation in content.inspected for name in conversation.inspectors}
    values: dict[str, str | int] = {
        "n": content.counts.inspected, "inspectors": len(names), "rubrics": ", ".join(content.inputs.rubrics),
    }  # fmt: skip
    if not content.inputs.draws:
        return Note("data_inspections", values)
    return Note("data_draw", {**values, "draw": ", ".join(draw.title for draw in content.inputs.draws)})


def _method(part: Part, *, stands_alone: bool) -> str:
    if stands_alone and part.estimate.method == "direct.v2":
        return "method_alone"
    return {
        "two_part.v1": "method_two_part",
        "direct.v2": "method_corrected",
        "beta_share.v1": "method_posterior",
        "wilson_share.v1": "method_share",
        "case_mix.v1": "method_case_mix",
    }.get(part.estimate.method, "method_policy")
