"""A criterion on its way into its form and back: blank rows fall away, new ones get codes, unused parts are dropped."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec.structs import replace

from qa_app.rubrics.clauses import Clause, Joining, build_condition, joining_of, split_condition, write_condition
from qa_app.rubrics.drafting import free_code
from qa_app.rubrics.forms import CriterionForm, read_steps
from scoring.rubric import (
    FIVE_LEVELS,
    METRICS,
    THREE_LEVELS,
    YES_NO_LEVELS,
    Check,
    Criterion,
    Criticality,
    Guidance,
    Item,
    Kind,
    Level,
    Measure,
    Step,
    Target,
    Text,
)

__all__ = ["LADDERS", "build_criterion", "form_values"]

LADDERS = {"three": THREE_LEVELS, "five": FIVE_LEVELS}
_KINDS_WITH_LEVELS = (Kind.yes_no, Kind.scale, Kind.informational)


def form_values(criterion: Criterion) -> dict[str, Any]:
    """Return what the form of a criterion is filled with."""
    guidance, measure = criterion.guidance, criterion.measure
    return {
        **_pair("title", criterion.title),
        "kind": criterion.kind.value,
        "kind_shown": criterion.kind.value,
        "weight": criterion.weight,
        "criticality": criterion.criticality.value,
        "na_allowed": criterion.na_allowed,
        "evidence_required": criterion.evidence_required,
        "levels": [
            {"code": level.code, **_pair("text", level.text), "value": level.value, "fatal": level.fatal}
            for level in criterion.answer_levels
        ],
        "items": [
            {"code": item.code, **_pair("text", item.text), "na_allowed": item.na_allowed} for item in criterion.items
        ],
        "metric": measure.metric if measure is not None else METRICS[0],
        "targets": [_target_values(target) for target in measure.targets] if measure is not None else [],
        "joining": joining_of(criterion.applies_if).value,
        "joining_shown": joining_of(criterion.applies_if).value,
        "clauses": [
            {"subject": clause.subject, "comparison": clause.comparison, "values": clause.values}
            for clause in split_condition(criterion.applies_if)
        ],
        "written": write_condition(criterion.applies_if),
        "script": criterion.script,
        "check_rule": criterion.check.rule if criterion.check else "",
        "check_satisfied": criterion.check.satisfied if criterion.check else "",
        "check_not_satisfied": criterion.check.not_satisfied if criterion.check else "",
        **_pair("text", guidance.text),
        **_pair("good", guidance.good),
        **_pair("bad", guidance.bad),
        **_pair("advice", guidance.advice),
    }


def build_criterion(form: CriterionForm, former: Criterion) -> Criterion:
    """Return the criterion that a valid form describes; its code stays.

    Raises `RubricFileError` where a condition written by hand cannot be read.
    """
    kind = Kind(form.kind.data)
    return Criterion(
        code=former.code,
        kind=kind,
        title=_text(form, "title"),
        weight=form.weight.data or 0.0,
        criticality=Criticality(form.criticality.data),
        na_allowed=form.na_allowed.data,
        evidence_required=form.evidence_required.data,
        levels=_build_levels(form, kind),
        items=_build_items(form) if kind is Kind.checklist else (),
        measure=_build_measure(form) if kind is Kind.measured else None,
        applies_if=build_condition(Joining(form.joining.data), _clauses(form), form.written.data or ""),
        guidance=Guidance(
            text=_text(form, "text"), good=_text(form, "good"), bad=_text(form, "bad"), advice=_text(form, "advice")
        ),
        check=_build_check(form),
        script=form.script.data or "",
    )


def _build_check(form: CriterionForm) -> Check | None:
    if not form.check_rule.data:
        return None
    return Check(
        rule=form.check_rule.data,
        satisfied=form.check_satisfied.data or "",
        not_satisfied=form.check_not_satisfied.data or "",
    )


def _pair(name: str, text: Text) -> dict[str, str]:
    return {f"{name}_en": text.en, f"{name}_zh": text.zh}


def _text(form: Any, name: str) -> Text:
    return Text(en=form[f"{name}_en"].data or "", zh=form[f"{name}_zh"].data or "")


def _target_values(target: Target) -> dict[str, Any]:
    lines = [f"{'rest' if step.up_to is None else f'{step.up_to:g}'}: {step.value:g}" for step in target.steps]
    return {
        "channels": list(target.channels),
        "priorities": list(target.priorities),
        "target": target.target,
        "limit": target.limit,
        "steps": "\n".join(lines),
    }


def _build_levels(form: CriterionForm, kind: Kind) -> tuple[Level, ...]:
    rows = [row.form for row in form.levels if row.form.text_en.data or row.form.text_zh.data]
    if kind is Kind.yes_no:
        return _build_yes_no(rows)
    if kind not in _KINDS_WITH_LEVELS:
        return ()
    if form.kind_shown.data == Kind.yes_no:
        # Yes and no are no levels of a scale.
        rows = [row for row in rows if row.code.data not in ("yes", "no")]
    if not rows:
        return THREE_LEVELS if kind is Kind.scale else ()
    codes = _codes("level", [row.code.data or "" for row in rows])
    return tuple(
        Level(code=code, value=row.value.data or 0.0, text=_text(row, "text"), fatal=row.fatal.data)
        for code, row in zip(codes, rows, strict=True)
    )


def _build_yes_no(rows: list[Any]) -> tuple[Level, ...]:
    """Two answers, always the same; only their words may differ from the usual ones."""
    named = {row.code.data: _text(row, "text") for row in rows}
    levels = tuple(replace(level, text=named.get(level.code, level.text)) for level in YES_NO_LEVELS)
    return () if levels == YES_NO_LEVELS else levels


def _build_items(form: CriterionForm) -> tuple[Item, ...]:
    rows = [row.form for row in form.items if row.form.text_en.data or row.form.text_zh.data]
    codes = _codes("item", [row.code.data or "" for row in rows])
    return tuple(
        Item(code=code, text=_text(row, "text"), na_allowed=row.na_allowed.data)
        for code, row in zip(codes, rows, strict=True)
    )


def _build_measure(form: CriterionForm) -> Measure:
    targets = [_build_target(row.form) for row in form.targets]
    return Measure(metric=form.metric.data, targets=tuple(target for target in targets if target is not None))


def _build_target(row: Any) -> Target | None:
    steps = tuple(Step(up_to=bound, value=value) for bound, value in read_steps(row.steps.data or ""))
    if row.target.data is None and row.limit.data is None and not steps:
        return None
    return Target(
        channels=tuple(row.channels.data or ()),
        priorities=tuple(row.priorities.data or ()),
        target=None if steps else row.target.data,
        limit=None if steps else row.limit.data,
        steps=steps,
    )


def _clauses(form: CriterionForm) -> list[Clause]:
    return [
        Clause(row.form.subject.data or "", row.form.comparison.data, row.form.values.data or "")
        for row in form.clauses
    ]


def _codes(stem: str, given: Iterable[str]) -> list[str]:
    """The codes of rows in order; a row without one gets the next that is free."""
    codes = list(given)
    taken = {code for code in codes if code}
    for at, code in enumerate(codes):
        if not code:
            codes[at] = free_code(stem, taken)
            taken.add(codes[at])
    return codes
