"""The score of one inspection: what each answer is worth, and what follows for the whole.

``quality = 100 · Σ w·v / Σ w`` over the criteria that count; an error in a critical criterion makes the score 0 and
leaves the quality beside it. The same function serves the live score, the submitted inspection and the back-test.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import fsum

from scoring.errors import AnswerError
from scoring.rubric.conditions import Truth, is_met
from scoring.rubric.definition import NOT_APPLICABLE, Criterion, Criticality, Kind, Level, Rubric, Section
from scoring.rubric.facts import Facts
from scoring.rubric.measures import measured_value
from scoring.rubric.results import Answer, Answers, CriterionScore, InspectionScore, SectionScore, State


def score_inspection(rubric: Rubric, answers: Answers, facts: Facts) -> InspectionScore:
    """Score one inspection, complete or not.

    Parameters
    ----------
    rubric : Rubric
        The version the inspection is made with.
    answers : mapping of str to Answer
        Answers so far by criterion code. Answers to criteria that a condition switches off, and to codes the rubric
        does not have, are left out of account; measured criteria need none.
    facts : mapping of str to str, float, bool or None
        Fields of the conversation by name (`scoring.rubric.facts.FIELDS`); absent and None both mean unknown.

    Returns
    -------
    InspectionScore
        ``quality = 100 · Σ w·v / Σ w`` over the criteria scored, w the weight and v the value 0–1 of each; ``score``
        is 0 with a critical error. Undefined (None) while nothing with weight is scored.

    Raises
    ------
    AnswerError
        If an answer is not among those its criterion offers.
    """
    lines: dict[str, CriterionScore] = {}
    said: dict[str, frozenset[str] | None] = {}
    for criterion in rubric.criteria():
        line = _score_criterion(criterion, answers.get(criterion.code), facts, said)
        lines[criterion.code] = line
        said[criterion.code] = _said(line, answers.get(criterion.code))
    return _summarise(rubric, lines)


def _score_criterion(
    criterion: Criterion, answer: Answer | None, facts: Facts, said: Mapping[str, frozenset[str] | None]
) -> CriterionScore:
    """One line; `said` holds the codes each earlier criterion was answered with, None while it is missing."""
    applies = Truth.true if criterion.applies_if is None else is_met(criterion.applies_if, said, facts)
    if applies is not Truth.true:
        state = State.switched_off if applies is Truth.false else State.waiting
        return CriterionScore(criterion.code, state, criterion.weight)
    if answer is not None and answer.unscoreable:
        return CriterionScore(criterion.code, State.not_applicable, criterion.weight)
    if answer is not None and answer.na:
        if not criterion.na_allowed:
            raise AnswerError(f"{criterion.code!r} does not allow “not applicable”.", criterion=criterion.code)
        return CriterionScore(criterion.code, State.not_applicable, criterion.weight)
    if criterion.kind is Kind.measured:
        return _score_measure(criterion, facts)
    if answer is None:
        # A note is never owed: an informational criterion without an answer holds nothing up.
        state = State.noted if criterion.kind is Kind.informational else State.missing
        return CriterionScore(criterion.code, state, criterion.weight)
    if criterion.kind is Kind.checklist:
        return _score_checklist(criterion, answer)
    return _score_level(criterion, answer)


def _score_measure(criterion: Criterion, facts: Facts) -> CriterionScore:
    datum, value = (None, None) if criterion.measure is None else measured_value(criterion.measure, facts)
    if value is None:
        return CriterionScore(criterion.code, State.not_applicable, criterion.weight, datum=datum)
    return _scored(criterion, value, datum=datum)


def _score_checklist(criterion: Criterion, answer: Answer) -> CriterionScore:
    offered = {item.code: item for item in criterion.items}
    for code in sorted(answer.done | answer.excluded):
        if code not in offered:
            raise AnswerError(
                f"{criterion.code!r} has no item {code!r}; it has {', '.join(offered)}.", criterion=criterion.code
            )
        if code in answer.excluded and (code in answer.done or not offered[code].na_allowed):
            raise AnswerError(f"Item {code!r} of {criterion.code!r} cannot be excluded.", criterion=criterion.code)
    applying = len(offered) - len(answer.excluded)
    if applying == 0:
        return CriterionScore(criterion.code, State.not_applicable, criterion.weight)
    return _scored(criterion, len(answer.done) / applying)


def _score_level(criterion: Criterion, answer: Answer) -> CriterionScore:
    if criterion.kind is Kind.informational and not criterion.levels:
        return CriterionScore(criterion.code, State.noted, criterion.weight)
    level = criterion.level(answer.level or "")
    if level is None:
        offered = ", ".join(level.code for level in criterion.answer_levels)
        raise AnswerError(
            f"{criterion.code!r} has no answer {answer.level!r}; it has {offered}.", criterion=criterion.code
        )
    if criterion.kind is Kind.informational:
        return CriterionScore(criterion.code, State.noted, criterion.weight)
    return _scored(criterion, level.value, level=level)


def _scored(
    criterion: Criterion, value: float, *, level: Level | None = None, datum: float | None = None
) -> CriterionScore:
    is_fatal = value == 0 or (level is not None and level.fatal)
    return CriterionScore(
        criterion.code,
        State.scored,
        criterion.weight,
        value=value,
        points=criterion.weight * value,
        datum=datum,
        is_critical_error=criterion.is_critical_kind and is_fatal,
    )


def _said(line: CriterionScore, answer: Answer | None) -> frozenset[str] | None:
    """The codes that later conditions see: the level, ``na``, nothing when switched off, None while missing."""
    if line.state in (State.missing, State.waiting):
        return None
    if line.state is State.not_applicable:
        return frozenset({NOT_APPLICABLE})
    if line.state is State.switched_off or answer is None or answer.level is None:
        return frozenset()
    return frozenset({answer.level})


def _summarise(rubric: Rubric, lines: Mapping[str, CriterionScore]) -> InspectionScore:
    points, weight, open_weight = _totals(lines.values())
    critical = {c.criticality for c in rubric.criteria() if lines[c.code].is_critical_error}
    reachable = weight + open_weight
    quality = _percent(points, weight)
    return InspectionScore(
        quality=quality,
        score=0.0 if critical and quality is not None else quality,
        is_critical=bool(critical),
        critical_classes=tuple(kind for kind in Criticality if kind in critical),
        criteria=tuple(lines.values()),
        sections=tuple(_score_section(section, lines) for section in rubric.sections),
        points=points,
        weight=weight,
        open_weight=open_weight,
        best_quality=_percent(points + open_weight, reachable),
        missing=tuple(code for code, line in lines.items() if line.state is State.missing),
        waiting=tuple(code for code, line in lines.items() if line.state is State.waiting),
    )


def _score_section(section: Section, lines: Mapping[str, CriterionScore]) -> SectionScore:
    points, weight, open_weight = _totals([lines[criterion.code] for criterion in section.criteria])
    return SectionScore(section.code, points, weight, open_weight, _percent(points, weight))


def _totals(lines: Iterable[CriterionScore]) -> tuple[float, float, float]:
    """Points earned, weight scored and weight still open; exact sums, so that the order of criteria changes nothing."""
    held = list(lines)
    scored = [line for line in held if line.state is State.scored]
    return (
        fsum(line.points or 0.0 for line in scored),
        fsum(line.weight for line in scored),
        fsum(line.weight for line in held if line.state is State.missing),
    )


def _percent(part: float, whole: float) -> float | None:
    # Divided first: full points give 100 exactly, whatever the weights.
    return 100 * (part / whole) if whole > 0 else None
