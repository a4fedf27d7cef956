"""What a revealed session comes to: agreement per criterion, and each inspector against the reference."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from qa_app.calibration import queries
from qa_app.calibration.agreement import AnswersOfOne, answers_to, judge_question
from qa_app.calibration.agreement_box import question_title
from qa_app.calibration.doubles import Question, pair_scorings, read_questions
from qa_app.calibration.period import half_year_until
from qa_app.calibration.queries import ALL, NOT_ALL
from qa_app.calibration.revealed import answer_key, judged_criteria, reference_of
from qa_app.calibration.words import Verdict, agreement_verdict, format_range, format_signed
from qa_app.inspections.answers import to_scoring
from qa_app.models import Answer, CalibrationSession, Inspection
from qa_app.rubrics.queries import load_definition
from qa_app.web.filters import format_number
from scoring.rubric import score_inspection

if TYPE_CHECKING:
    from scoring.agreement.calibration import CalibratedInspector
    from scoring.values import Estimate

__all__ = ["CriterionLine", "InspectorLine", "SessionFigures", "make_figures"]

Values = Mapping[tuple[int, int], Mapping[str, Mapping[str, Any]]]
"""Answers by sample and inspector, then by criterion."""


@dataclass(frozen=True, slots=True)
class CriterionLine:
    """Agreement on one criterion: in this session, and together with the doubles of the daily work."""

    title: str
    alike: str
    value: str
    interval: str
    n: int
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class InspectorLine:
    """One inspector against the reference: answers alike, by criterion, and points given beyond it."""

    name: str
    alike: str
    share: str
    by_criterion: tuple[str, ...]
    scores: str
    bias: str
    distance: str


@dataclass(frozen=True, slots=True)
class SessionFigures:
    """The figures of a session; `criteria` lowest agreement first, `titles` head the columns of `inspectors`."""

    criteria: tuple[CriterionLine, ...]
    inspectors: tuple[InspectorLine, ...]
    titles: tuple[tuple[int, str], ...]
    ruled: int


def make_figures(
    session: Session,
    calibration: CalibrationSession,
    inspections: Sequence[Inspection],
    moment: datetime,
    zone: ZoneInfo,
    language: str,
) -> SessionFigures:
    """Compute everything from what was submitted, the rulings, and the half year's double-scored pairs."""
    rows = {(one.sample_id or 0, one.inspector_id): {row.criterion: row for row in one.answers} for one in inspections}
    values: Values = {key: {code: row.value for code, row in found.items()} for key, found in rows.items()}
    references = _references(calibration, values)
    return SessionFigures(
        criteria=_criteria(session, calibration, rows, moment, zone, language),
        inspectors=_inspectors(calibration, inspections, values, references),
        titles=tuple(
            (load_definition(calibration.rubric_version).numbers()[one.code], one.title.in_language(language))
            for one in judged_criteria(calibration)
        ),
        ruled=len(references),
    )


def _references(calibration: CalibrationSession, values: Values) -> dict[tuple[int, str], Mapping[str, Any]]:
    rulings = {(one.sample_id, one.criterion): one for one in calibration.rulings}
    found: dict[tuple[int, str], Mapping[str, Any]] = {}
    for conversation in calibration.conversations:
        given = [answers for (sample_id, _who), answers in values.items() if sample_id == conversation.sample_id]
        for criterion in judged_criteria(calibration):
            place = (conversation.sample_id, criterion.code)
            reference = reference_of(rulings.get(place), [answers.get(criterion.code) for answers in given])
            if reference is not None:
                found[place] = reference
    return found


def _criteria(
    session: Session,
    calibration: CalibrationSession,
    rows: Mapping[tuple[int, int], Mapping[str, Answer]],
    moment: datetime,
    zone: ZoneInfo,
    language: str,
) -> tuple[CriterionLine, ...]:
    """Judge every criterion over this session's conversations and the pairs of the daily work that ask the same."""
    from scoring.agreement.criterion import lowest_first

    span, version = half_year_until(moment, zone), calibration.rubric_version
    definitions = queries.list_definitions(session, span)
    if version.id not in {version_id for version_id, _number, _plain in definitions}:
        definitions.append((version.id, version.number, version.definition))
        definitions.sort(key=lambda one: (one[1], one[0]))
    questions, answers = read_questions(definitions), queries.list_answers(session, span)
    doubles = pair_scorings(queries.list_scorings(session, span))
    lines, judged = {}, []
    for criterion in judged_criteria(calibration):
        key = questions.key_of.get((version.id, criterion.code))
        if key is None:
            continue
        question = replace(questions.by_key[key], title=criterion.title)
        here = _answers_here(calibration, rows, question)
        daily = answers_to(question, doubles, questions, answers)
        if not any(any(row) for row in here):
            continue
        one = judge_question(question, [*here, *daily])
        shared = [row for row in here if sum(answer is not None for answer in row) > 1]
        alike = sum(len(set(filter(None, row))) == 1 for row in shared)
        estimate = one.figures.corrected.estimate
        judged.append(one.figures)
        lines[question.key] = CriterionLine(
            title=question_title(question, language),
            alike=_("%(k)s of %(n)s", k=format_number(alike), n=format_number(len(shared))),
            value=format_number(estimate.value, 2),
            interval=_interval(estimate),
            n=one.figures.n,
            verdict=agreement_verdict(one.figures),
        )
    return tuple(lines[figures.criterion] for figures in lowest_first(judged))


def _answers_here(
    calibration: CalibrationSession, rows: Mapping[tuple[int, int], Mapping[str, Answer]], question: Question
) -> list[AnswersOfOne]:
    members = [member.user_id for member in calibration.members]
    return [
        [_level(rows.get((one.sample_id, user_id), {}).get(question.code), question) for user_id in members]
        for one in calibration.conversations
    ]


def _level(answer: Answer | None, question: Question) -> str | None:
    """The level given; none where it was not asked, not applicable or not scoreable."""
    if answer is None or answer.points is None:
        return None
    level = answer.value.get("level") or (NOT_ALL if answer.lost_points else ALL)
    return str(level) if level in question.levels else None


def _inspectors(
    calibration: CalibrationSession,
    inspections: Sequence[Inspection],
    values: Values,
    references: Mapping[tuple[int, str], Mapping[str, Any]],
) -> tuple[InspectorLine, ...]:
    compared = _against_reference(calibration, inspections, references)
    lines = []
    for member in sorted(calibration.members, key=lambda one: one.user.display_name):
        counts: dict[str, list[bool]] = defaultdict(list)
        for (sample_id, code), reference in references.items():
            given = values.get((sample_id, member.user_id))
            if given is not None:
                counts[code].append(answer_key(given.get(code)) == answer_key(reference))
        lines.append(_inspector(member.user.display_name, calibration, counts, compared.get(str(member.user_id))))
    return tuple(lines)


def _against_reference(
    calibration: CalibrationSession,
    inspections: Sequence[Inspection],
    references: Mapping[tuple[int, str], Mapping[str, Any]],
) -> dict[str, CalibratedInspector]:
    """Scores beside the reference score of each conversation that has a whole reference."""
    from scoring.agreement.calibration import ReferenceScore, compare_with_reference

    rubric, rows = load_definition(calibration.rubric_version), []
    for one in inspections:
        answers = {
            criterion.code: answer
            for criterion in judged_criteria(calibration)
            if (reference := references.get((one.sample_id or 0, criterion.code))) is not None
            and (answer := to_scoring(criterion, reference)) is not None
        }
        score = score_inspection(rubric, answers, one.facts)
        if score.is_complete and score.quality is not None and one.quality is not None:
            rows.append(ReferenceScore(str(one.inspector_id), str(one.sample_id), one.quality, score.quality))
    return {one.inspector: one for one in compare_with_reference(rows)}


def _inspector(
    name: str,
    calibration: CalibrationSession,
    counts: Mapping[str, Sequence[bool]],
    compared: CalibratedInspector | None,
) -> InspectorLine:
    together = [alike for own in counts.values() for alike in own]
    return InspectorLine(
        name=name,
        alike=_count(together),
        share=_share(together),
        by_criterion=tuple(_count(counts.get(one.code, ())) for one in judged_criteria(calibration)),
        scores=_scores(compared),
        bias=_with_interval(compared.bias) if compared else "–",
        distance=_with_interval(compared.distance) if compared else "–",
    )


def _count(alike: Sequence[bool]) -> str:
    if not alike:
        return "–"
    return str(_("%(k)s of %(n)s", k=format_number(sum(alike)), n=format_number(len(alike))))


def _share(alike: Sequence[bool]) -> str:
    """The interval of a share; answers of one conversation hang together, so it is for orientation only."""
    from scoring.estimates.intervals import proportion_interval

    if len(alike) < 10:
        return ""
    interval = proportion_interval(sum(alike), len(alike))
    return format_range(interval.lower, interval.upper)


def _scores(compared: CalibratedInspector | None) -> str:
    if compared is None:
        return "–"
    return str(
        _(
            "%(higher)s higher, %(equal)s equal, %(lower)s lower",
            higher=format_number(compared.higher),
            equal=format_number(compared.equal),
            lower=format_number(compared.lower),
        )
    )


def _interval(estimate: Estimate) -> str:
    if estimate.lower is None or estimate.upper is None:
        return ""
    return format_range(estimate.lower, estimate.upper)


def _with_interval(estimate: Estimate) -> str:
    if estimate.value is None or estimate.lower is None or estimate.upper is None:
        return str(_("too few: %(n)s of 10 conversations", n=format_number(estimate.n)))
    return f"{format_signed(estimate.value)} ({format_range(estimate.lower, estimate.upper, places=1, signed=True)})"
