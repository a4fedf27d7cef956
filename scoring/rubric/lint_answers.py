"""Lint of what a criterion can be answered with: levels, checklist items, and the targets of a measure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from scoring.rubric.definition import Criterion, Kind, Measure, Rubric, Target
from scoring.rubric.facts import CHANNELS, METRICS, PRIORITIES
from scoring.rubric.findings import Finding, error, warning
from scoring.rubric.place import Place

_PARTS_OF = {
    Kind.yes_no: {"levels"},
    Kind.scale: {"levels"},
    Kind.checklist: {"items"},
    Kind.measured: {"measure"},
    Kind.informational: {"levels"},
}


def lint_answers(rubric: Rubric, criterion: Criterion, place: Place) -> Iterator[Finding]:
    """What is wrong with the answers a criterion offers."""
    for part in ("levels", "items", "measure"):
        if getattr(criterion, part) and part not in _PARTS_OF[criterion.kind]:
            yield warning("part_unused", replace(place, part=part), kind=criterion.kind.value)
    match criterion.kind:
        case Kind.yes_no:
            yield from _lint_yes_no(criterion, replace(place, part="levels"))
        case Kind.scale:
            yield from _lint_scale(criterion, replace(place, part="levels"))
        case Kind.checklist:
            yield from _lint_checklist(criterion, replace(place, part="items"))
        case Kind.measured:
            here = replace(place, part="measure")
            yield from _lint_measure(criterion.measure, here)
            if criterion.applies_if is None:
                # With a condition, the channels it applies to are the author's business.
                yield from _lint_coverage(rubric, criterion.measure, here)
    yield from _lint_fatal(criterion, replace(place, part="levels"))
    yield from _lint_check(criterion, replace(place, part="check"))


def _lint_yes_no(criterion: Criterion, place: Place) -> Iterator[Finding]:
    if {level.code: level.value for level in criterion.answer_levels} != {"yes": 1, "no": 0}:
        yield error("yes_no_levels", place)


def _lint_scale(criterion: Criterion, place: Place) -> Iterator[Finding]:
    if len(criterion.levels) < 2:
        yield error("too_few_levels", place, count=len(criterion.levels))
        return
    yield from _lint_entry_codes([level.code for level in criterion.levels], place)
    values = [level.value for level in criterion.levels]
    if max(values) < 1:
        yield warning("top_level_below_full", place, value=max(values))
    for value, times in Counter(values).items():
        if times > 1:
            yield warning("levels_same_value", place, value=value, times=times)


def _lint_checklist(criterion: Criterion, place: Place) -> Iterator[Finding]:
    if not criterion.items:
        yield error("no_items", place)
    yield from _lint_entry_codes([item.code for item in criterion.items], place)


def _lint_entry_codes(codes: list[str], place: Place) -> Iterator[Finding]:
    for code, times in Counter(codes).items():
        if times > 1:
            yield error("code_twice", replace(place, entry=code), code=code, times=times)


def _lint_fatal(criterion: Criterion, place: Place) -> Iterator[Finding]:
    fatal = [level for level in criterion.levels if level.fatal]
    if fatal and not criterion.is_critical_kind:
        yield error("fatal_without_class", replace(place, entry=fatal[0].code))
    if criterion.is_critical_kind and criterion.answer_levels:
        can_fail = bool(fatal) or any(level.value == 0 for level in criterion.answer_levels)
        if not can_fail:
            yield warning("critical_cannot_fail", place)


def _lint_check(criterion: Criterion, place: Place) -> Iterator[Finding]:
    """A rule can propose one of the levels, and proposes something."""
    if criterion.check is None:
        return
    proposed = [level for level in (criterion.check.satisfied, criterion.check.not_satisfied) if level]
    if not criterion.answer_levels:
        yield error("check_without_levels", place)
        return
    if not proposed:
        yield warning("check_proposes_nothing", place)
    for level in proposed:
        if criterion.level(level) is None:
            yield error("check_level_unknown", place, level=level)


def _lint_measure(measure: Measure | None, place: Place) -> Iterator[Finding]:
    if measure is None or not measure.targets:
        yield error("no_measure", place)
        return
    if measure.metric not in METRICS:
        yield error("unknown_metric", place, metric=measure.metric)
    for number, target in enumerate(measure.targets, start=1):
        yield from _lint_target(target, replace(place, entry=str(number)))
        if any(_covers(earlier, target) for earlier in measure.targets[: number - 1]):
            yield warning("target_never_used", replace(place, entry=str(number)), number=number)


def _lint_coverage(rubric: Rubric, measure: Measure | None, place: Place) -> Iterator[Finding]:
    targets = measure.targets if measure is not None else ()
    for channel in rubric.channels or CHANNELS if targets else ():
        if not any(not target.channels or channel in target.channels for target in targets):
            yield warning("channel_without_target", place, channel=channel)


def _lint_target(target: Target, place: Place) -> Iterator[Finding]:
    for code in (*set(target.channels).difference(CHANNELS), *set(target.priorities).difference(PRIORITIES)):
        yield error("unknown_choice", place, choice=code)
    if target.steps:
        yield from _lint_steps(target, place)
    elif target.target is None or target.limit is None:
        yield error("target_incomplete", place)
    elif target.target == target.limit:
        yield error("target_is_limit", place, target=target.target)


def _lint_steps(target: Target, place: Place) -> Iterator[Finding]:
    bounds = [step.up_to for step in target.steps]
    closed = [bound for bound in bounds[:-1] if bound is not None] + ([] if bounds[-1] is None else [bounds[-1]])
    if None in bounds[:-1] or any(low >= high for low, high in pairwise(closed)):
        yield error("steps_unsorted", place)
    if bounds[-1] is not None:
        yield warning("steps_end", place, last=bounds[-1])


def _covers(earlier: Target, later: Target) -> bool:
    """Whether every conversation the later target fits is taken by the earlier one."""
    takes_channels = not earlier.channels or (bool(later.channels) and set(later.channels) <= set(earlier.channels))
    takes_priorities = not earlier.priorities or (
        bool(later.priorities) and set(later.priorities) <= set(earlier.priorities)
    )
    return takes_channels and takes_priorities
