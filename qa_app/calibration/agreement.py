"""Do inspectors agree? Every question, "critical" and the total, judged over the pairs by `scoring.agreement`.

Judging draws thousands of resamples, so what was judged is remembered by its content: the same answers give the same
figures, and a page that is opened again costs its queries only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from qa_app.calibration.doubles import CRITICAL, Double, Question, Questions

if TYPE_CHECKING:
    from scoring.agreement.criterion import CriterionAgreement
    from scoring.agreement.differences import TotalAgreement

__all__ = ["AnswersOfOne", "Judged", "PairOfAnswers", "answers_to", "judge_question", "judge_questions", "judge_scores"]

Answers = Mapping[int, Mapping[str, str]]
PairOfAnswers = tuple[str | None, str | None]
AnswersOfOne = Sequence[str | None]  # of one conversation, by any number of inspectors


@dataclass(frozen=True, slots=True)
class Judged:
    """A question with its figures, and in how many conversations the two differ."""

    question: Question
    figures: CriterionAgreement
    differing: int


def judge_questions(doubles: Sequence[Double], questions: Questions, answers: Answers) -> tuple[Judged, ...]:
    """Judge every question that somebody answered, the lowest agreement first; "critical" is not among them."""
    from scoring.agreement.criterion import lowest_first

    judged = {}
    for key, question in questions.by_key.items():
        pairs = answers_to(question, doubles, questions, answers)
        if any(first is not None and second is not None for first, second in pairs):
            judged[key] = judge_question(question, pairs)
    return tuple(judged[figures.criterion] for figures in lowest_first(one.figures for one in judged.values()))


def judge_critical(doubles: Sequence[Double]) -> Judged:
    """Judge whether the two agree that a conversation holds a critical error."""
    return judge_question(CRITICAL, _critical_answers(doubles))


def judge_question(question: Question, answers: Sequence[AnswersOfOne]) -> Judged:
    """Judge one question from the answers to each conversation, by two inspectors or more."""
    # In order, so that the same answers are recognised however the conversations came.
    rows = tuple(sorted(tuple(answer or "" for answer in row) for row in answers))
    differing = sum(len(set(filter(None, row))) > 1 for row in rows)
    return Judged(question, _judge(question, rows), differing)


def answers_to(
    question: Question, doubles: Sequence[Double], questions: Questions, answers: Answers
) -> list[PairOfAnswers]:
    """Both answers to the question in each conversation; None: not asked, not applicable, or it did not count."""
    if question.key == CRITICAL.key:
        return _critical_answers(doubles)

    def answer(inspection_id: int, version_id: int) -> str | None:
        if questions.key_of.get((version_id, question.code)) != question.key:
            return None
        level = answers.get(inspection_id, {}).get(question.code)
        return level if level in question.levels else None

    return [
        (
            answer(double.first.id, double.first.rubric_version_id),
            answer(double.second.id, double.second.rubric_version_id),
        )
        for double in doubles
    ]


def judge_scores(doubles: Sequence[Double]) -> TotalAgreement:
    """Judge the points two inspectors gave, before a critical error makes them 0."""
    return _judge_scores(tuple(sorted((double.first.quality, double.second.quality) for double in doubles)))


def _critical_answers(doubles: Sequence[Double]) -> list[PairOfAnswers]:
    words = {True: "yes", False: "no"}
    return [(words[double.first.is_critical], words[double.second.is_critical]) for double in doubles]


@lru_cache(maxsize=1024)
def _judge(question: Question, rows: tuple[tuple[str, ...], ...]) -> CriterionAgreement:
    from scoring.agreement.criterion import Scale, judge_criterion
    from scoring.agreement.tables import tabulate_answers
    from scoring.estimates.seeds import generator_for

    table = tabulate_answers(
        [[answer or None for answer in row] for row in rows], question.levels, positions=question.positions
    )
    scale = Scale.ordered if question.is_ordered else Scale.nominal
    return judge_criterion(
        question.key, table, question.failing, generator_for("calibration", question.code), scale=scale
    )


@lru_cache(maxsize=64)
def _judge_scores(rows: tuple[tuple[float, float], ...]) -> TotalAgreement:
    from scoring.agreement.differences import judge_totals
    from scoring.estimates.seeds import generator_for

    return judge_totals(rows or [[]], generator_for("calibration", "total"))
