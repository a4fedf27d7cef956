"""Formulas with a sheet's own numbers: whoever computes the printed line again gets what stands behind it."""

from __future__ import annotations

import math
import re
from functools import cache

import pytest

from qa_app.assessment.calculate import calculate_month
from scoring.assessment.explain import explain_entry, explain_figure, explain_points, explain_standing, explain_sum
from tests.factories.frozen_inputs import make_inputs

SIX = ("2026-05", "2026-06", "2026-07", "2026-08", "2026-09", "2026-10")
MONTHS = {
    "a few of many": {},
    "six months": {"months": SIX, "critical_every": 9},
    "everything inspected": {"frame": 5, "months": SIX, "critical_every": 7},
    "three of three": {"inspections": 3, "frame": 3, "months": SIX},
    "everything of two critical": {"wholly_critical": 2, "inspections": 2, "frame": 2},
    "frame unknown": {"frame": None},
    "by risk": {"weights": (0.6, 1.0, 1.8), "inspections": 9, "critical_every": 5},
    "everything inspected, by risk": {"weights": (0.6, 1.0, 1.8), "inspections": 9, "frame": 9, "critical_every": 5},
    "scored twice": {"scorings": 2, "frame": 6, "months": SIX, "critical_every": 9},
    "five agents": {"agents": 5, "months": SIX},
}


def worked_out(filled: str) -> float:
    """Compute what is printed, as somebody with paper would."""
    plain = filled.replace("·", "*").replace("−", "-").replace("√", "root ")
    plain = re.sub(r"root ([\d.e-]+)", r"math.sqrt(\1)", plain).replace("exp", "math.exp")
    assert re.fullmatch(r"[\d\s.e()*/+-]+", re.sub(r"math\.(sqrt|exp)", "", plain)), filled
    return eval(plain)


def holds(step) -> bool:
    """Tell whether the printed arithmetic gives the printed result, but for rounding to four digits."""
    found = worked_out(step.filled)
    if step.formula.endswith("0…100"):
        found = min(max(found, 0.0), 100.0)
    return math.isclose(found, step.result, rel_tol=3e-3, abs_tol=2e-3)


@cache
def sheets_of(**month):
    return [sheet.content for sheet in calculate_month(make_inputs(**month), "0" * 64).sheets]


@pytest.mark.parametrize("month", MONTHS.values(), ids=MONTHS)
def test_every_printed_line_gives_its_result(month):
    for content in sheets_of(**month):
        qa = content.components[0]
        steps = [
            *explain_figure(qa.estimate.method, qa.basis, qa.estimate.value),
            *explain_standing(content.standing.basis, content.standing.total.value),
        ]
        for entry in (*content.praise, *content.improvement):
            steps += explain_entry(entry.basis, entry.weight, entry.estimate.value, entry.recoverable_points)

        wrong = [step.line for step in steps if not holds(step)]
        assert not wrong, content.agent.number


@pytest.mark.parametrize("month", MONTHS.values(), ids=MONTHS)
def test_every_line_of_points_and_of_their_sum_gives_its_result(month):
    seen = 0
    for content in sheets_of(**month):
        leaves = [leaf for part in content.components for leaf in (part, *part.parts)]
        steps = [
            explain_points(leaf.estimate.value, leaf.floor, leaf.target, leaf.points, haste=leaf.basis.get("haste"))
            for leaf in leaves
            if not leaf.is_missing and None not in (leaf.estimate.value, leaf.floor, leaf.target, leaf.points)
        ]
        if content.composite.value is not None:
            terms = [(part.weight_percent, part.points) for part in content.components if part.points is not None]
            steps.append(explain_sum(terms, content.composite.value))
        seen += len(steps)

        wrong = [step.line for step in steps if not holds(step)]
        assert not wrong, content.agent.number
    assert seen


def test_a_figure_close_to_a_mark_is_printed_with_digits_enough_for_its_points():
    step = explain_points(1.490273, 1.5, 0.9, 100 * (1.490273 - 1.5) / (0.9 - 1.5))

    assert step.line == "s = 100 · (x − floor) / (target − floor), 0…100 = 100 · (1.49027 − 1.5) / (0.9 − 1.5) = 1.621"
    assert holds(step)


@pytest.mark.parametrize("month", MONTHS.values(), ids=MONTHS)
def test_the_last_line_is_the_figure_and_the_others_are_its_parts(month):
    for content in sheets_of(**month):
        qa, standing = content.components[0], content.standing
        figure = {step.symbol: step.result for step in explain_figure("direct.v2", qa.basis, qa.estimate.value)}
        stood = {step.symbol: step.result for step in explain_standing(standing.basis, standing.total.value)}

        assert figure["θ"] == qa.estimate.value == pytest.approx((1 - figure["p"]) * qa.basis["q"])
        assert figure.get("q", qa.basis["q"]) == pytest.approx(qa.basis["q"])
        assert stood["θ"] == standing.total.value == pytest.approx((1 - stood["p"]) * stood["q"])
        assert stood["p"] == pytest.approx(standing.critical_rate.value)
        assert stood["q"] == pytest.approx(standing.quality.value)


def test_who_was_faster_than_the_limit_earns_what_the_limit_is_worth():
    faster = explain_points(0.7, 1.5, 0.6, 100 * (0.78 - 1.5) / (0.6 - 1.5), haste=0.78)
    slower = explain_points(0.9, 1.5, 0.6, 100 * (0.9 - 1.5) / (0.6 - 1.5), haste=0.78)

    assert faster.line.startswith("s = 100 · (max(x, haste) − floor) / (target − floor), 0…100 = 100 · (0.78 − 1.5) / ")
    assert slower.formula == "100 · (x − floor) / (target − floor), 0…100"
    assert holds(faster)
    assert holds(slower)


def test_where_everything_was_inspected_nothing_is_inferred():
    content = sheets_of(inspections=3, frame=3, months=SIX)[0]

    quality, rate, _ = explain_standing(content.standing.basis, content.standing.total.value)

    assert rate.line == "p = k / N = 0 / 3 = 0"
    assert quality.formula == "y̅ − s̅ − λ(f̅ − F)"
    assert quality.result == pytest.approx(content.components[0].basis["q"])


def test_a_frame_that_was_drawn_by_risk_and_seen_whole_leaves_nothing_open():
    basis = sheets_of(**MONTHS["everything inspected, by risk"])[0].components[0].basis
    assert basis["n"] < basis["N"] == basis["inspected"]

    rate = next(step for step in explain_figure("direct.v2", basis, 80.0) if step.symbol == "p")

    assert rate.formula == "k / n"
    assert rate.result == pytest.approx(basis["k"] / basis["n"])


@pytest.mark.parametrize("month", ["a few of many", "six months", "by risk", "scored twice", "five agents"])
def test_the_interval_of_the_quality_comes_from_its_printed_width(month):
    for content in sheets_of(**MONTHS[month]):
        basis = content.components[0].basis
        lines = {step.symbol: step for step in explain_figure("direct.v2", basis, content.components[0].estimate.value)}

        half = lines["±q"].result
        assert basis["q_lower"] == pytest.approx(max(basis["q"] - half, 0.0))
        assert basis["q_upper"] == pytest.approx(min(basis["q"] + half, 100.0))
        assert lines["v"].formula.startswith("σ² / n₀ · (1 − n / N)")


def test_with_few_agents_the_interval_reaches_as_far_as_student_says():
    few, many = (sheets_of(agents=agents)[0].components[0].basis["reach"] for agents in (5, 10))

    assert many == pytest.approx(1.96, abs=1e-3)
    assert few == pytest.approx(2.086, abs=0.03)  # t with the 20 degrees of freedom of five agents


def test_the_plain_mean_says_its_variance_too():
    basis = {"a": 1.0, "b": 49.0, "k": 1.0, "n": 5.0, "q": 86.0, "p": 2 / 55, "N": 50.0, "sigma": 12.0}

    variance = explain_figure("two_part.v1", basis, (1 - 2 / 55) * 86.0)[0]

    assert variance.line == "v = σ² / n₀ · (1 − n / N) = 144 / 4 · (1 − 5 / 50) = 32.4"


def test_an_earlier_sheet_claims_no_formula_that_does_not_hold():
    whole = {"a": 3.68, "b": 249.5, "k": 0.0, "n": 14.06, "p": 0.0, "q": 91.0, "prior_mean": 85.0}
    drawn = {**whole, "p": 3.68 / (3.68 + 249.5 + 14.06)}

    assert [step.symbol for step in explain_standing(whole, 91.0)] == ["θ"]
    assert [step.symbol for step in explain_standing(drawn, 91.0)] == ["q", "p", "θ"]


def test_entries_of_earlier_sheets_say_what_they_know():
    assert explain_entry({}, 10.0, 0.4, 0.0) == ()
    assert [step.symbol for step in explain_entry({}, 10.0, 0.4, 1.5)] == ["Δ"]


def test_sheets_of_the_first_formulas_keep_their_fields():
    old, new = (sheets_of(formulas=formulas, months=SIX)[0] for formulas in (1, 2))

    assert not {"inspected", "variance", "reach"} & old.components[0].basis.keys()
    assert not {"N", "month_k", "raw"} & old.standing.basis.keys()
    assert not old.standing.is_shrunk
    assert new.standing.is_shrunk is True
    assert old.standing.total == new.standing.total
