"""Intervals, verdicts about criteria, total scores and calibration sessions."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from statsmodels.formula.api import ols
from statsmodels.stats.anova import anova_lm

from scoring.agreement.alpha import KrippendorffAlpha, Metric
from scoring.agreement.calibration import ReferenceScore, compare_with_reference
from scoring.agreement.coefficients import Undefined, compute_agreement
from scoring.agreement.criterion import Scale, Shortfall, Verdict, judge_criterion, lowest_first
from scoring.agreement.differences import describe_differences, judge_totals
from scoring.agreement.icc import IccForm, estimate_icc, mean_squares
from scoring.agreement.measures import GwetAC, PercentAgreement, SpecificAgreement
from scoring.agreement.resampling import estimate_agreement
from scoring.agreement.tables import tabulate_answers, tabulate_counts, tabulate_pairs, tabulate_scores
from scoring.errors import CountError, InputError
from scoring.estimates.intervals import proportion_interval
from scoring.estimates.seeds import generator_for
from scoring.values import Label

YES_NO = ["pass", "fail"]


def table(both_pass, one_only, both_fail):
    rows = [("pass", "pass")] * both_pass + [("pass", "fail")] * one_only + [("fail", "fail")] * both_fail
    return tabulate_answers(rows, YES_NO)


def judge(both_pass, one_only, both_fail):
    return judge_criterion("closing", table(both_pass, one_only, both_fail), {"fail"}, generator_for("c"))


def test_the_bootstrap_of_a_share_comes_near_wilsons_interval():
    estimate = estimate_agreement(PercentAgreement(), table(150, 40, 10), generator_for("a")).estimate

    wilson = proportion_interval(160, 200)
    assert estimate.value == pytest.approx(0.8)
    assert estimate.lower == pytest.approx(wilson.lower, abs=0.015)
    assert estimate.upper == pytest.approx(wilson.upper, abs=0.015)


def test_where_all_agree_the_interval_still_has_a_width():
    percent = estimate_agreement(PercentAgreement(), table(18, 0, 2), generator_for("a")).estimate
    ac1 = estimate_agreement(GwetAC(), table(18, 0, 2), generator_for("a")).estimate

    assert (percent.value, percent.upper) == (1, 1)
    assert percent.lower == pytest.approx(proportion_interval(20, 20).lower)
    assert 0.75 < ac1.lower < 0.85


@pytest.mark.parametrize("counts", [(18, 1, 1), (19, 1, 0)])
def test_a_resample_without_variation_widens_alpha_both_ways(counts):
    # One or two of twenty fail: one resample in eight, or in three, has no failure at all and says nothing of alpha.
    alpha = estimate_agreement(KrippendorffAlpha(), table(*counts), generator_for("a")).estimate

    assert alpha.value is not None
    assert (alpha.lower, alpha.upper) == (-1, 1)


def test_nine_conversations_give_counts_and_no_number():
    nine = estimate_agreement(GwetAC(), table(7, 1, 1), generator_for("a"))
    ten = estimate_agreement(GwetAC(), table(8, 1, 1), generator_for("a"))

    assert (nine.estimate.value, nine.estimate.n, nine.estimate.label) == (None, 9, Label.prior_only)
    assert nine.reason is Undefined.too_few
    assert ten.estimate.value is not None
    assert ten.reason is None


def test_agreement_on_failures_counts_only_the_failed():
    measure = SpecificAgreement(frozenset({"fail"}))
    three = tabulate_answers([["fail", "fail", "pass"], ["pass", "pass", "pass"], ["fail", None, None]], YES_NO)

    assert measure.evidence(table(80, 6, 8)) == 14
    assert compute_agreement(measure, table(80, 6, 8)).value == pytest.approx(16 / 22)
    # Of three pairs of the first one agrees on "failed" and two do not; the third has nobody to agree with.
    assert compute_agreement(measure, three).value == pytest.approx(2 / 4)
    assert compute_agreement(measure, table(10, 0, 0)).reason is Undefined.no_failures


@pytest.mark.parametrize(
    ("counts", "verdict", "shortfalls"),
    [
        ((180, 8, 12), Verdict.in_order, ()),
        ((95, 1, 4), Verdict.too_few_failures, ()),
        ((180, 19, 1), Verdict.not_in_order, (Shortfall.failures,)),
        ((30, 50, 20), Verdict.not_in_order, (Shortfall.agreement, Shortfall.lower_bound)),
        ((8, 3, 3), Verdict.cannot_tell, (Shortfall.agreement, Shortfall.lower_bound)),
        ((5, 1, 3), Verdict.too_few, ()),
        ((0, 0, 0), Verdict.too_few, ()),
    ],
)
def test_a_criterion_is_in_order_only_if_failures_agree_as_well(counts, verdict, shortfalls):
    found = judge(*counts)

    assert (found.verdict, found.shortfalls) == (verdict, shortfalls)
    assert found.n == sum(counts)
    assert found.unanimous == counts[0] + counts[2]
    assert (found.failures.both, found.failures.one_only) == (counts[2], counts[1])


def test_who_passes_everything_is_not_in_order_however_high_ac1_is():
    rows = [("pass", "pass")] * 285 + [("pass", "fail")] * 15

    found = judge_criterion("closing", tabulate_answers(rows, YES_NO), {"fail"}, generator_for("c"))

    assert found.corrected.estimate.value == pytest.approx(0.95, abs=0.005)
    assert found.verdict is Verdict.not_in_order


def test_a_near_miss_counts_on_an_ordered_scale():
    rows = [("2", "2"), ("1", "2"), ("0", "0"), ("0", "1")] * 5
    levels = tabulate_answers(rows, ["0", "1", "2"])

    nominal = judge_criterion("tone", levels, {"0"}, generator_for("c"))
    ordered = judge_criterion("tone", levels, {"0"}, generator_for("c"), scale=Scale.ordered)

    assert (nominal.corrected.estimate.method, ordered.corrected.estimate.method) == ("ac1.v1", "ac2.v1")
    assert ordered.alpha.estimate.method == "alpha_ordinal.v1"
    assert ordered.corrected.estimate.value > nominal.corrected.estimate.value


def test_a_failing_level_must_be_one_of_the_criterions():
    with pytest.raises(InputError, match="wrong"):
        judge_criterion("tone", table(5, 5, 5), {"wrong"}, generator_for("c"))


def test_criteria_are_ordered_by_agreement_the_lowest_first():
    good, bad, empty, few = judge(90, 2, 8), judge(40, 40, 20), judge(0, 0, 0), judge(1, 3, 1)

    assert lowest_first([good, empty, bad, few]) == (few, bad, good, empty)


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: tabulate_answers([["maybe"]], YES_NO), InputError),
        (lambda: tabulate_answers([], ["pass", "pass"]), InputError),
        (lambda: tabulate_answers([], []), InputError),
        (lambda: tabulate_answers([], YES_NO, positions=[1, 1]), InputError),
        (lambda: tabulate_counts([[1, 2, 3]], YES_NO), InputError),
        (lambda: tabulate_counts([[1, -2]], YES_NO), CountError),
        (lambda: tabulate_counts([[1, 0.5]], YES_NO), CountError),
        (lambda: tabulate_pairs([[1, 2]], YES_NO), InputError),
        (lambda: tabulate_scores([[1.0, math.inf]]), InputError),
        (lambda: estimate_icc([1.0, 2.0]), InputError),
        (lambda: describe_differences([math.nan, 1.0]), InputError),
        (lambda: ReferenceScore("i", "c", math.nan, 1.0), InputError),
        (lambda: compare_with_reference([ReferenceScore("i", "c", 1, 1), ReferenceScore("i", "c", 2, 1)]), InputError),
    ],
)
def test_what_makes_no_table_is_refused(make, error):
    with pytest.raises(error):
        make()


def test_ratio_metric_refuses_positions_below_zero():
    answers = tabulate_answers([("pass", "fail")], YES_NO, positions=[-1, 1])

    with pytest.raises(InputError):
        compute_agreement(KrippendorffAlpha(Metric.ratio), answers)


def test_mean_squares_are_those_of_statsmodels():
    scores = np.random.default_rng(3).normal(80, 8, (9, 4)) + np.arange(9)[:, None]
    rows, columns = np.indices(scores.shape)
    data = pd.DataFrame({"y": scores.ravel(), "row": rows.ravel(), "column": columns.ravel()})

    expected = anova_lm(ols("y ~ C(row) + C(column)", data).fit())["mean_sq"].to_numpy()

    squares = mean_squares(scores)
    assert (squares.between, squares.judges, squares.error) == pytest.approx(tuple(expected))


def test_icc_leaves_out_conversations_that_lack_a_score():
    scores = [[80, 82], [60, 61], [90, np.nan], [70, 75]]

    assert estimate_icc(scores).estimate == estimate_icc([[80, 82], [60, 61], [70, 75]]).estimate
    assert estimate_icc([[80, 82]]).reason is Undefined.too_few
    assert estimate_icc([[80, 80]] * 5).reason is Undefined.no_variation
    assert estimate_icc([[60, 60], [80, 80], [90, 90]]).estimate.value == 1


def test_a_lenient_inspector_lowers_agreement_but_not_consistency():
    scores = [[60, 70], [70, 81], [80, 90], [90, 99], [75, 86]]

    single = estimate_icc(scores, IccForm.two_way_single).estimate.value
    assert estimate_icc(scores, IccForm.fixed_single).estimate.value > 0.98 > single


def test_totals_of_ten_conversations_have_all_figures():
    scores = [[60 + 3 * i, 62 + 3 * i + (-1) ** i] for i in range(12)]

    found = judge_totals(scores, generator_for("t"))
    nine = judge_totals(scores[:9], generator_for("t"))

    assert found.n == 12
    assert found.limits.mean.value == pytest.approx(2)
    assert found.icc.estimate.value == pytest.approx(0.97, abs=0.02)
    assert found.alpha.estimate.value == pytest.approx(0.97, abs=0.02)
    assert (nine.n, nine.icc, nine.limits, nine.alpha.estimate.value) == (9, None, None, None)


def test_three_columns_have_no_limits_and_one_column_no_icc():
    three = judge_totals(np.random.default_rng(1).normal(80, 5, (12, 3)), generator_for("t"))
    one = judge_totals(np.full((12, 1), 80.0), generator_for("t"))

    assert three.icc is not None
    assert three.limits is None
    assert (one.n, one.icc, one.alpha.estimate.value) == (0, None, None)


def test_an_inspectors_bias_is_told_from_ten_conversations_on():
    rows = [ReferenceScore("strict", f"c{i}", 80 - (i % 3), 80) for i in range(10)]
    rows += [ReferenceScore("new", f"c{i}", 82, 80) for i in range(4)]

    new, strict = compare_with_reference(reversed(rows))

    assert (new.n, new.higher, new.equal, new.lower) == (4, 4, 0, 0)
    assert new.differences == (2, 2, 2, 2)
    assert (new.bias.value, new.distance.value, new.bias.label) == (None, None, Label.prior_only)
    assert (strict.higher, strict.equal, strict.lower) == (0, 4, 6)
    assert strict.bias.value == pytest.approx(-0.9)
    assert strict.distance.value == pytest.approx(0.9)
    assert strict.bias.upper < 0
    assert 0 <= strict.distance.lower <= strict.distance.upper
