"""Published agreement figures: every row of `published_values.csv`, and others from papers and package manuals."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from scoring.agreement.alpha import KrippendorffAlpha, Metric
from scoring.agreement.coefficients import Weights, compute_agreement
from scoring.agreement.differences import describe_differences
from scoring.agreement.icc import IccForm, estimate_icc, mean_squares
from scoring.agreement.kappa import CohenKappa, ScottPi
from scoring.agreement.measures import BrennanPrediger, FleissKappa, GwetAC, PercentAgreement, SpecificAgreement
from scoring.agreement.tables import tabulate_answers, tabulate_counts, tabulate_pairs


def read(data_dir, name):
    with (data_dir / "rater_reliability" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def diagnoses(data_dir):
    """30 patients × 6 raters, 5 diagnoses (Fleiss 1971)."""
    rows = [[answer or None for answer in row.values()] for row in read(data_dir, "irr_diagnoses")]
    return tabulate_answers(rows, sorted({answer for row in rows for answer in row if answer}))


def four_observers(data_dir):
    """12 units × 4 observers with missing values (Krippendorff 2011, section C)."""
    rows = [[row[f"Rater{i}"] or None for i in range(1, 5)] for row in read(data_dir, "irrCAC_cac.raw4raters")]
    return tabulate_answers(rows, ["1", "2", "3", "4", "5"], positions=[1, 2, 3, 4, 5])


def six_raters(data_dir):
    """15 subjects, counts of 6 raters in 5 categories (Gwet 2014)."""
    rows = read(data_dir, "irrCAC_distrib.6raters")
    levels = [name for name in rows[0] if name != "Subject"]
    return tabulate_counts([[int(row[level]) for level in levels] for row in rows], levels)


def abstractors(data_dir):
    """Two abstractors, 100 pregnancies, 3 types (Gwet 2014)."""
    rows = read(data_dir, "irrCAC_cont3x3abstractors")
    levels = [name for name in rows[0] if name != "Type"]
    return tabulate_pairs([[int(row[level]) for level in levels] for row in rows], levels)


def judges(data_dir):
    """6 targets × 4 judges (Shrout & Fleiss 1979, table 2)."""
    return np.array([[float(row[f"J{i}"]) for i in range(1, 5)] for row in read(data_dir, "shrout_fleiss_1979")])


def coefficient(measure, table):
    return lambda data_dir: compute_agreement(measure, table(data_dir)).value


def as_answers(data_dir):
    return abstractors(data_dir).as_answers()


def square(name):
    return lambda data_dir: getattr(mean_squares(judges(data_dir)), name)


def icc(form):
    return lambda data_dir: estimate_icc(judges(data_dir), form).estimate.value


# (data set, statistic) as published_values.csv names them → how we compute it.
COMPUTED = {
    ("irr_diagnoses", "Fleiss' kappa"): coefficient(FleissKappa(), diagnoses),
    ("shrout_fleiss_1979", "BMS"): square("between"),
    ("shrout_fleiss_1979", "WMS"): square("within"),
    ("shrout_fleiss_1979", "JMS"): square("judges"),
    ("shrout_fleiss_1979", "EMS"): square("error"),
    ("shrout_fleiss_1979", "ICC11"): icc(IccForm.one_way_single),
    ("shrout_fleiss_1979", "ICC21"): icc(IccForm.two_way_single),
    ("shrout_fleiss_1979", "ICC31"): icc(IccForm.fixed_single),
    ("shrout_fleiss_1979", "ICC1k"): icc(IccForm.one_way_mean),
    ("shrout_fleiss_1979", "ICC2k"): icc(IccForm.two_way_mean),
    ("shrout_fleiss_1979", "ICC3k"): icc(IccForm.fixed_mean),
    ("irrCAC_cac.raw4raters", "Krippendorff's alpha (nominal)"): coefficient(KrippendorffAlpha(), four_observers),
    ("irrCAC_cac.raw4raters", "Krippendorff's alpha (ordinal)"): coefficient(
        KrippendorffAlpha(Metric.ordinal), four_observers
    ),
    ("irrCAC_cac.raw4raters", "Krippendorff's alpha (interval)"): coefficient(
        KrippendorffAlpha(Metric.interval), four_observers
    ),
    ("irrCAC_cac.raw4raters", "Krippendorff's alpha (ratio)"): coefficient(
        KrippendorffAlpha(Metric.ratio), four_observers
    ),
    ("irrCAC_cac.raw4raters", "percent_agreement"): coefficient(PercentAgreement(), four_observers),
    ("irrCAC_cac.raw4raters", "AC1"): coefficient(GwetAC(), four_observers),
    ("irrCAC_cac.raw4raters", "brennan_prediger"): coefficient(BrennanPrediger(), four_observers),
    ("irrCAC_cac.raw4raters", "fleiss_kappa"): coefficient(FleissKappa(), four_observers),
    ("irrCAC_distrib.6raters", "Fleiss' kappa"): coefficient(FleissKappa(), six_raters),
    ("irrCAC_distrib.6raters", "AC1"): coefficient(GwetAC(), six_raters),
    ("irrCAC_distrib.6raters", "brennan_prediger"): coefficient(BrennanPrediger(), six_raters),
    ("irrCAC_distrib.6raters", "Krippendorff's alpha (nominal)"): coefficient(KrippendorffAlpha(), six_raters),
    ("irrCAC_cont3x3abstractors", "percent_agreement"): coefficient(PercentAgreement(), as_answers),
    ("irrCAC_cont3x3abstractors", "cohen_kappa"): coefficient(CohenKappa(), abstractors),
    ("irrCAC_cont3x3abstractors", "scott_pi"): coefficient(ScottPi(), abstractors),
    ("irrCAC_cont3x3abstractors", "AC1"): coefficient(GwetAC(), as_answers),
    ("irrCAC_cont3x3abstractors", "brennan_prediger"): coefficient(BrennanPrediger(), as_answers),
}


@pytest.mark.parametrize("key", COMPUTED, ids=" ".join)
def test_our_figure_is_the_published_one(key, data_dir):
    row = next(r for r in read(data_dir, "published_values") if (r["dataset"], r["statistic"]) == key)
    decimals = len(row["published"].partition(".")[2])

    value = COMPUTED[key](data_dir)

    assert value == pytest.approx(float(row["published"]), abs=0.5 * 10**-decimals), row["source"]


def test_no_published_figure_is_left_out(data_dir):
    published = {(row["dataset"], row["statistic"]) for row in read(data_dir, "published_values")}

    assert published == set(COMPUTED)


def test_alpha_of_the_abstractors_is_that_of_the_irrcac_manual(data_dir):
    # irrCAC 1.0, vignette "overview": krippen2.table(cont3x3abstractors) 0.7972585.
    assert compute_agreement(KrippendorffAlpha(), as_answers(data_dir)).value == pytest.approx(0.7972585, abs=5e-8)


@pytest.mark.parametrize(
    ("form", "lower", "upper"),
    [
        # R package psych, help page of ICC() on Shrout and Fleiss' data: 95 % bounds as printed there.
        (IccForm.one_way_single, -0.133, 0.72),
        (IccForm.two_way_single, 0.019, 0.76),
        (IccForm.fixed_single, 0.342, 0.95),
        (IccForm.one_way_mean, -0.884, 0.91),
        (IccForm.two_way_mean, 0.071, 0.93),
        (IccForm.fixed_mean, 0.676, 0.99),
    ],
)
def test_icc_interval_is_the_published_one(form, lower, upper, data_dir):
    estimate = estimate_icc(judges(data_dir), form).estimate

    assert estimate.lower == pytest.approx(lower, abs=5e-4)
    assert estimate.upper == pytest.approx(upper, abs=5e-3)


def test_icc_of_agreement_of_the_anxiety_ratings_is_that_of_the_irr_manual(data_dir):
    # R package irr, icc(anxiety, model="twoway", type="agreement"): ICC(A,1) = 0.198, -0.039 < ICC < 0.494.
    scores = [[float(value) for value in row.values()] for row in read(data_dir, "irr_anxiety")]

    estimate = estimate_icc(scores, IccForm.two_way_single).estimate

    assert estimate.value == pytest.approx(0.198, abs=5e-4)
    assert (estimate.lower, estimate.upper) == (pytest.approx(-0.039, abs=5e-4), pytest.approx(0.494, abs=5e-4))


def test_limits_of_agreement_of_the_peak_flow_meters():
    # Bland & Altman (1986), table 1: first readings of the two meters, 17 subjects. Mean difference -2.1 l/min,
    # sd 38.8, 95 % interval of the mean -22.0 to 17.8; standard error of the mean 9.4, of a limit 16.3. Their limits
    # are mean -/+ 2 sd (-79.7, 75.5), ours 1.96 sd.
    large = [494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427]
    mini = [512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451]

    limits = describe_differences([a - b for a, b in zip(large, mini, strict=True)])

    assert limits.mean.value == pytest.approx(-2.1, abs=0.05)
    assert limits.sd == pytest.approx(38.8, abs=0.05)
    assert (limits.mean.lower, limits.mean.upper) == (pytest.approx(-22.0, abs=0.06), pytest.approx(17.8, abs=0.06))
    assert limits.mean.value - 2 * limits.sd == pytest.approx(-79.7, abs=0.06)
    assert limits.upper.value == pytest.approx(limits.mean.value + 1.96 * limits.sd)
    assert limits.upper.upper - limits.upper.value == pytest.approx(2.12 * 16.3, rel=0.01)


def test_kappa_of_cohens_1968_example():
    # Cohen (1968), Psychol. Bull. 70:213, table 1, 200 subjects. His disagreement weights 0, 1, 3, 6 are not a power of
    # a distance, so only the unweighted coefficient of the same table can be compared: kappa = .492.
    cells = np.array([[88, 14, 18], [10, 40, 10], [2, 6, 12]])

    kappa = compute_agreement(CohenKappa(), tabulate_pairs(cells, ["a", "b", "c"]))

    assert kappa.observed == pytest.approx(0.70)
    assert kappa.expected == pytest.approx(0.41)
    assert kappa.value == pytest.approx(0.492, abs=5e-4)


def yes_no(both_pass, one_only, both_fail):
    """A table of two inspectors who err alike, as expected counts of a large number."""
    half = one_only / 2
    return tabulate_pairs(np.rint(1e6 * np.array([[both_pass, half], [half, both_fail]])), ["pass", "fail"])


# The worked example of the methods page, section 13: 95 % of conversations pass.
RIGHT = yes_no(0.95 * 0.95**2 + 0.05 * 0.05**2, 2 * 0.95 * 0.05, 0.95 * 0.05**2 + 0.05 * 0.95**2)


def test_kappa_collapses_where_ac1_does_not():
    answers = RIGHT.as_answers()

    assert compute_agreement(CohenKappa(), RIGHT).value == pytest.approx(0.44, abs=0.01)
    assert compute_agreement(GwetAC(), answers).value == pytest.approx(0.88, abs=0.01)
    assert compute_agreement(SpecificAgreement(frozenset({"fail"})), answers).value == pytest.approx(0.5, abs=0.01)


def test_ac1_is_blind_to_who_passes_everything_and_to_coins():
    # One passes everything, the other finds the 5 %; two coins of which each shows "fail" one time in twenty.
    lenient = tabulate_pairs([[95, 5], [0, 0]], ["pass", "fail"]).as_answers()
    coins = yes_no(0.95**2, 2 * 0.95 * 0.05, 0.05**2).as_answers()
    failing = SpecificAgreement(frozenset({"fail"}))

    assert compute_agreement(GwetAC(), lenient).value == pytest.approx(0.95, abs=0.005)
    assert compute_agreement(failing, lenient).value == 0
    assert compute_agreement(GwetAC(), coins).value == pytest.approx(0.89, abs=0.01)
    assert compute_agreement(failing, coins).value == pytest.approx(0.05, abs=0.001)


def test_ac2_counts_near_misses_by_hand():
    # Three levels, four conversations of two answers: (0,0), (0,1), (1,2), (2,2). Quadratic weights 1, 3/4, 0.
    # p_a = (1 + .75 + .75 + 1)/4; shares 3/8, 2/8, 3/8; T = 3 + 4·.75; p_e = 6/6·(1 - (9 + 4 + 9)/64).
    table = tabulate_answers([("a", "a"), ("a", "b"), ("b", "c"), ("c", "c")], ["a", "b", "c"])

    ac2 = compute_agreement(GwetAC(Weights.quadratic), table)

    assert ac2.observed == pytest.approx(0.875)
    assert ac2.expected == pytest.approx(42 / 64)
    assert ac2.value == pytest.approx((0.875 - 42 / 64) / (22 / 64))
