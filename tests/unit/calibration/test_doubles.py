"""Pairs of scorings, the questions both answered, and what is judged from them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from qa_app.calibration.agreement import answers_to, judge_critical, judge_question, judge_questions, judge_scores
from qa_app.calibration.doubles import CRITICAL, Questions, pair_scorings, read_questions
from qa_app.calibration.overlap import PairCount, count_overlap
from qa_app.calibration.queries import ALL, NOT_ALL, Scored
from scoring.agreement.criterion import Verdict
from scoring.rubric.definition import (
    THREE_LEVELS,
    Criterion,
    Criticality,
    Item,
    Kind,
    Level,
    Measure,
    Rubric,
    Section,
    Target,
    Text,
)

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)


def scored(number: int, conversation: int, inspector: int, **more: object) -> Scored:
    plain = Scored(number, conversation, 1, "2026-10", inspector, 1, 80.0, False, None, AT)
    return replace(plain, **more)


def rubric(*criteria: Criterion, code: str = "chat", title: str = "Chat") -> Rubric:
    return Rubric(code=code, title=Text(en=title), sections=(Section(code="all", criteria=criteria),))


def questions_of(*rubrics: Rubric) -> Questions:
    return read_questions([(number, 1, msgspec.to_builtins(one)) for number, one in enumerate(rubrics, start=1)])


GREETING = Criterion(code="greeting", kind=Kind.yes_no, weight=40, title=Text(en="Greets"))
EMPATHY = Criterion(code="empathy", kind=Kind.scale, weight=60, title=Text(en="Empathy"), levels=THREE_LEVELS)


def test_a_conversation_of_one_inspector_is_no_pair() -> None:
    assert pair_scorings([scored(1, 1, 7), scored(2, 1, 7), scored(3, 2, 8)]) == []


def test_the_first_two_inspectors_make_the_pair() -> None:
    (double,) = pair_scorings([scored(1, 1, 9), scored(2, 1, 7), scored(3, 1, 8)])

    assert (double.first.id, double.second.id) == (1, 2)


def test_with_own_the_second_is_mine_and_other_pairs_are_left_out() -> None:
    rows = [scored(1, 1, 7), scored(2, 1, 8), scored(3, 2, 8), scored(4, 2, 9), scored(5, 3, 7)]

    (double,) = pair_scorings(rows, own=7)

    assert (double.first.inspector_id, double.second.inspector_id) == (8, 7)


def test_the_same_question_of_two_rubrics_is_one_and_needs_no_rubric_beside_it() -> None:
    found = questions_of(rubric(GREETING), rubric(GREETING, EMPATHY, code="phone"))

    assert found.key_of[1, "greeting"] == found.key_of[2, "greeting"]
    assert [question.rubric for question in found.by_key.values()] == [Text(), Text()]


def test_one_code_for_two_questions_is_told_apart_by_the_rubric() -> None:
    strict = replace_criterion(EMPATHY, levels=(*THREE_LEVELS, Level(code="rude", value=0.1)))
    found = questions_of(rubric(EMPATHY), rubric(strict, code="phone", title="Phone"))

    assert len(found.by_key) == 2
    assert {question.rubric.en for question in found.by_key.values()} == {"Chat", "Phone"}


def test_a_new_wording_of_the_title_is_still_the_same_question() -> None:
    reworded = replace_criterion(GREETING, title=Text(en="Greets by name"))
    found = questions_of(rubric(GREETING), rubric(reworded))

    (question,) = found.by_key.values()
    assert question.title.en == "Greets by name"


def replace_criterion(criterion: Criterion, **more: object) -> Criterion:
    return msgspec.structs.replace(criterion, **more)


def test_only_what_inspectors_judge_is_a_question() -> None:
    measure = Measure(metric="handle_seconds", targets=(Target(target=1, limit=2),))
    found = questions_of(
        rubric(
            GREETING,
            Criterion(code="handle", kind=Kind.measured, weight=10, measure=measure),
            Criterion(code="note", kind=Kind.informational, levels=THREE_LEVELS),
            Criterion(code="worthless", kind=Kind.yes_no, weight=0),
            Criterion(code="privacy", kind=Kind.yes_no, weight=0, criticality=Criticality.compliance),
        )
    )

    assert {question.code for question in found.by_key.values()} == {"greeting", "privacy"}


def test_levels_below_full_value_fail_and_a_scale_is_ordered() -> None:
    found = questions_of(rubric(GREETING, EMPATHY))

    by_code = {question.code: question for question in found.by_key.values()}
    assert by_code["greeting"].failing == {"no"}
    assert not by_code["greeting"].is_ordered
    assert by_code["empathy"].failing == {"partly", "not_met"}
    assert by_code["empathy"].is_ordered
    assert by_code["empathy"].positions == (1.0, 0.5, 0.0)


def test_a_checklist_is_done_or_not() -> None:
    items = (Item(code="a"), Item(code="b"))
    found = questions_of(rubric(Criterion(code="list", kind=Kind.checklist, weight=100, items=items)))

    (question,) = found.by_key.values()
    assert question.levels == (ALL, NOT_ALL)
    assert question.failing == {NOT_ALL}


def test_an_answer_that_is_missing_or_of_another_question_is_none() -> None:
    strict = replace_criterion(EMPATHY, levels=(*THREE_LEVELS, Level(code="rude", value=0.1)))
    found = questions_of(rubric(EMPATHY), rubric(strict, code="phone"))
    doubles = pair_scorings([scored(1, 1, 7), scored(2, 1, 8, rubric_version_id=2), scored(3, 2, 7), scored(4, 2, 8)])
    answers = {1: {"empathy": "met"}, 2: {"empathy": "met"}, 3: {"empathy": "partly"}, 4: {}}

    asked = found.by_key[found.key_of[1, "empathy"]]

    assert answers_to(asked, doubles, found, answers) == [("met", None), ("partly", None)]


def test_a_question_nobody_answered_twice_is_not_listed() -> None:
    found = questions_of(rubric(GREETING, EMPATHY))
    doubles = pair_scorings([scored(1, 1, 7), scored(2, 1, 8)])

    judged = judge_questions(doubles, found, {1: {"greeting": "yes", "empathy": "met"}, 2: {"greeting": "yes"}})

    assert [one.question.code for one in judged] == ["greeting"]
    assert judged[0].figures.verdict is Verdict.too_few


def test_the_lowest_agreement_comes_first_whatever_the_order_of_the_conversations() -> None:
    found = questions_of(rubric(GREETING, EMPATHY))
    rows = [scored(10 * n + turn, n, 7 + turn) for n in range(40) for turn in range(2)]
    answers = {
        10 * n + turn: {
            "greeting": "no" if n % 4 == 0 else "yes",
            "empathy": "not_met" if turn and n % 3 else "met",
        }
        for n in range(40)
        for turn in range(2)
    }

    judged = judge_questions(pair_scorings(rows), found, answers)
    again = judge_questions(pair_scorings(rows[::-1]), found, answers)

    assert [one.question.code for one in judged] == ["empathy", "greeting"]
    assert [one.differing for one in judged] == [26, 0]
    assert [one.figures.verdict for one in judged] == [Verdict.not_in_order, Verdict.in_order]
    assert [one.figures for one in again] == [one.figures for one in judged]


def test_agreement_on_critical_is_judged_by_what_each_inspector_said() -> None:
    rows = [scored(1, 1, 7, is_critical=True), scored(2, 1, 8), scored(3, 2, 7), scored(4, 2, 8)]

    judged = judge_critical(pair_scorings(rows))

    assert judged.question is CRITICAL
    assert (judged.differing, judged.figures.failures.one_only, judged.figures.unanimous) == (1, 1, 1)


def test_total_scores_of_too_few_conversations_have_no_figure() -> None:
    few = judge_scores(pair_scorings([scored(1, 1, 7), scored(2, 1, 8)]))
    rows = [scored(2 * n + turn, n, 7 + turn, quality=70.0 + n + 2 * turn) for n in range(1, 13) for turn in range(2)]

    many = judge_scores(pair_scorings(rows))

    assert (few.n, few.icc, few.limits) == (1, None, None)
    assert many.limits.mean.value == pytest.approx(2.0)


def test_judging_the_same_answers_again_is_remembered() -> None:
    found = questions_of(rubric(GREETING))
    (question,) = found.by_key.values()
    pairs = [("yes", "no"), ("yes", "yes")] * 10

    assert judge_question(question, pairs).figures is judge_question(question, pairs[::-1]).figures


def test_the_pair_with_the_fewest_shared_conversations_is_found_among_those_at_work() -> None:
    gone = AT - timedelta(weeks=9)
    rows = [scored(1, 1, 7), scored(2, 1, 8), scored(3, 2, 8), scored(4, 2, 9), scored(5, 3, 6, submitted_at=gone)]

    overlap = count_overlap(rows, pair_scorings(rows), AT)

    assert overlap.least == PairCount(7, 9, 0)
    assert (overlap.conversations, overlap.doubles, overlap.inspectors) == (3, 2, 3)
    assert count_overlap(rows[:1], [], AT).least is None
