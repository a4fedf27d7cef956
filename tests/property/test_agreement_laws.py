"""Laws of every coefficient of agreement, and the same figures from independent code."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import aggregate_raters, fleiss_kappa

from scoring.agreement.alpha import KrippendorffAlpha, Metric, ScoreAlpha
from scoring.agreement.coefficients import Undefined, Weights, compute_agreement
from scoring.agreement.icc import IccForm, estimate_icc
from scoring.agreement.kappa import CohenKappa, ScottPi
from scoring.agreement.measures import BrennanPrediger, FleissKappa, GwetAC, PercentAgreement, SpecificAgreement
from scoring.agreement.resampling import estimate_agreement
from scoring.agreement.tables import tabulate_answers, tabulate_pairs, tabulate_scores
from scoring.estimates.seeds import generator_for

LEVELS = ["low", "middle", "high"]
UNORDERED = [PercentAgreement(), GwetAC(), BrennanPrediger(), FleissKappa(), KrippendorffAlpha()]
ORDERED = [
    *(kind(weights) for kind in (PercentAgreement, GwetAC, BrennanPrediger, FleissKappa) for weights in Weights),
    *(KrippendorffAlpha(metric) for metric in Metric),
    SpecificAgreement(frozenset({"low"})),
]
REVERSIBLE = [m for m in ORDERED if m not in (KrippendorffAlpha(Metric.ratio), SpecificAgreement(frozenset({"low"})))]
CORRECTED = [m for m in ORDERED if not isinstance(m, (PercentAgreement, SpecificAgreement))]
PAIRED = [*(CohenKappa(weights) for weights in Weights), *(ScottPi(weights) for weights in Weights)]

ANSWERS = st.lists(st.lists(st.sampled_from([*LEVELS, None]), min_size=1, max_size=4), max_size=15)
PAIRS = st.lists(st.tuples(st.sampled_from(LEVELS), st.sampled_from(LEVELS)), min_size=1, max_size=30)


def names(measure):
    return f"{measure.code}-{getattr(measure, 'weights', '')}"


def value(measure, answers, levels=LEVELS):
    return compute_agreement(measure, tabulate_answers(answers, levels)).value


def cells(pairs):
    table = np.zeros((3, 3))
    for first, second in pairs:
        table[LEVELS.index(first), LEVELS.index(second)] += 1
    return table


@pytest.mark.parametrize("measure", ORDERED, ids=names)
@settings(max_examples=15, deadline=None)
@given(answers=ANSWERS, random=st.randoms())
def test_neither_the_order_of_conversations_nor_who_answered_matters(measure, answers, random):
    before = value(measure, answers)
    random.shuffle(answers)
    for row in answers:
        random.shuffle(row)

    assert value(measure, answers) == before


@pytest.mark.parametrize("measure", ORDERED, ids=names)
@settings(max_examples=15, deadline=None)
@given(answers=ANSWERS)
def test_missing_answers_are_no_category(measure, answers):
    padded = [[*row, None] for row in answers] + [[None, None]]

    assert value(measure, padded) == value(measure, answers)


@pytest.mark.parametrize("measure", UNORDERED, ids=names)
@settings(max_examples=15, deadline=None)
@given(answers=ANSWERS, names_anew=st.permutations(LEVELS))
def test_unordered_levels_may_be_called_anything(measure, answers, names_anew):
    renamed = dict(zip(LEVELS, names_anew, strict=True))
    swapped = [[renamed.get(answer) for answer in row] for row in answers]

    assert value(measure, swapped) == pytest.approx(value(measure, answers), nan_ok=True)


@pytest.mark.parametrize("measure", REVERSIBLE, ids=names)
@settings(max_examples=15, deadline=None)
@given(answers=ANSWERS)
def test_an_ordered_scale_may_be_turned_round(measure, answers):
    assert value(measure, answers, LEVELS[::-1]) == pytest.approx(value(measure, answers))


@pytest.mark.parametrize("measure", CORRECTED, ids=names)
@settings(max_examples=15, deadline=None)
@given(answers=ANSWERS)
def test_a_coefficient_is_at_most_one_and_says_why_it_is_none(measure, answers):
    result = compute_agreement(measure, tabulate_answers(answers, LEVELS))

    assert (result.value is None) == (result.reason is not None)
    if result.value is not None:
        assert result.value <= 1 + 1e-12
        assert -1e-12 <= result.observed <= 1 + 1e-12
        assert -1e-12 <= result.expected < 1


@pytest.mark.parametrize("measure", CORRECTED, ids=names)
@settings(max_examples=15, deadline=None)
@given(levels=st.lists(st.sampled_from(LEVELS), min_size=2, max_size=15).filter(lambda x: len(set(x)) > 1))
def test_where_all_agree_it_is_one(measure, levels):
    assert value(measure, [[level] * 3 for level in levels]) == pytest.approx(1)


@pytest.mark.parametrize("measure", ORDERED, ids=names)
def test_without_two_answers_to_anything_there_is_nothing(measure):
    for answers in ([], [["low", None]], [[None]]):
        result = compute_agreement(measure, tabulate_answers(answers, LEVELS))
        assert (result.value, result.reason, result.n) == (None, Undefined.no_pairs, 0)


@pytest.mark.parametrize("measure", [FleissKappa(), KrippendorffAlpha(), KrippendorffAlpha(Metric.ordinal)], ids=names)
def test_without_variation_kappa_and_alpha_are_undefined(measure):
    result = compute_agreement(measure, tabulate_answers([["low", "low"]] * 20, LEVELS))

    assert (result.value, result.reason, result.n) == (None, Undefined.no_variation, 20)
    assert value(GwetAC(), [["low", "low"]] * 20) == 1


@pytest.mark.parametrize("measure", [GwetAC(), BrennanPrediger(), FleissKappa(), KrippendorffAlpha()], ids=names)
def test_a_single_level_leaves_nothing_to_agree_on(measure):
    result = compute_agreement(measure, tabulate_answers([["low", "low"]] * 3, ["low"]))

    assert (result.value, result.reason) == (None, Undefined.one_level)


@settings(max_examples=40, deadline=None)
@given(pairs=PAIRS)
def test_cohens_kappa_is_scikit_learns(pairs):
    table = tabulate_pairs(cells(pairs), LEVELS)
    first, second = zip(*pairs, strict=True)
    for weights, theirs in ((Weights.identity, None), (Weights.linear, "linear"), (Weights.quadratic, "quadratic")):
        ours = compute_agreement(CohenKappa(weights), table).value
        if ours is None:
            assert len(set(first) | set(second)) == 1
            continue
        assert ours == pytest.approx(cohen_kappa_score(first, second, labels=LEVELS, weights=theirs), abs=1e-9)


@pytest.mark.parametrize("measure", PAIRED, ids=names)
@settings(max_examples=15, deadline=None)
@given(pairs=PAIRS)
def test_two_inspectors_may_change_places(measure, pairs):
    table = cells(pairs)

    ours = compute_agreement(measure, tabulate_pairs(table, LEVELS)).value

    assert compute_agreement(measure, tabulate_pairs(table.T, LEVELS)).value == pytest.approx(ours)
    assert compute_agreement(measure, tabulate_pairs(table[::-1, ::-1], LEVELS)).value == pytest.approx(ours)


@pytest.mark.parametrize("weights", Weights)
@settings(max_examples=15, deadline=None)
@given(pairs=PAIRS)
def test_scotts_pi_is_fleiss_kappa_of_two(weights, pairs):
    table = tabulate_pairs(cells(pairs), LEVELS)

    ours = compute_agreement(ScottPi(weights), table).value

    assert compute_agreement(FleissKappa(weights), table.as_answers()).value == pytest.approx(ours)


@settings(max_examples=40, deadline=None)
@given(rows=st.lists(st.lists(st.integers(0, 2), min_size=4, max_size=4), min_size=2, max_size=20))
def test_fleiss_and_brennan_prediger_are_statsmodels(rows):
    counts = aggregate_raters(np.array(rows), n_cat=3)[0]
    answers = [[LEVELS[level] for level in row] for row in rows]
    if len({level for row in rows for level in row}) > 1:
        assert value(FleissKappa(), answers) == pytest.approx(fleiss_kappa(counts, method="fleiss"))
    # Randolph's free-marginal kappa is Brennan and Prediger's for more than two raters.
    assert value(BrennanPrediger(), answers) == pytest.approx(fleiss_kappa(counts, method="randolph"))


def alpha_by_pairs(rows, distance):
    """Krippendorff's alpha straight from its definition: every ordered pair of values, one after the other."""
    rows = [[x for x in row if x is not None] for row in rows]
    rows = [row for row in rows if len(row) > 1]
    everything = [x for row in rows for x in row]
    seen = sum(
        distance(a, b) / (len(row) - 1) for row in rows for i, a in enumerate(row) for j, b in enumerate(row) if i != j
    ) / len(everything)
    chance = sum(distance(a, b) for i, a in enumerate(everything) for j, b in enumerate(everything) if i != j) / (
        len(everything) * (len(everything) - 1)
    )
    return 1 - seen / chance if chance else None


@settings(max_examples=40, deadline=None)
@given(answers=ANSWERS)
def test_alpha_is_that_of_its_definition(answers):
    numbers = [[LEVELS.index(x) if x else None for x in row] for row in answers]
    shown = [x for row in numbers if sum(y is not None for y in row) > 1 for x in row if x is not None]
    if not shown:
        return

    def between(a, b):
        low, high = min(a, b), max(a, b)
        return (
            sum(shown.count(x) for x in range(low, high + 1)) - (shown.count(a) + shown.count(b)) / 2 if a != b else 0
        )

    distances = {
        Metric.nominal: lambda a, b: float(a != b),
        Metric.ordinal: lambda a, b: between(a, b) ** 2,
        Metric.interval: lambda a, b: (a - b) ** 2,
        Metric.ratio: lambda a, b: ((a - b) / (a + b)) ** 2 if a + b else 0.0,
    }
    for metric, distance in distances.items():
        assert value(KrippendorffAlpha(metric), answers) == pytest.approx(alpha_by_pairs(numbers, distance))


SCORES = st.lists(st.lists(st.integers(0, 100) | st.just(np.nan), min_size=3, max_size=3), min_size=1, max_size=12)


@settings(max_examples=40, deadline=None)
@given(rows=SCORES)
def test_alpha_of_scores_is_that_of_its_definition(rows):
    ours = compute_agreement(ScoreAlpha(), tabulate_scores(rows)).value
    known = [[None if np.isnan(x) else x for x in row] for row in rows]
    if any(sum(x is not None for x in row) > 1 for row in known):
        assert ours == pytest.approx(alpha_by_pairs(known, lambda a, b: (a - b) ** 2), abs=1e-9)
    else:
        assert ours is None


@pytest.mark.parametrize("form", IccForm)
@settings(max_examples=15, deadline=None)
@given(
    rows=st.lists(st.lists(st.integers(0, 100), min_size=3, max_size=3), min_size=2, max_size=12),
    columns=st.permutations(range(3)),
    random=st.randoms(),
)
def test_icc_is_order_free_and_lies_in_its_interval(form, rows, columns, random):
    result = estimate_icc(rows, form)
    shuffled = [[row[column] for column in columns] for row in rows]
    random.shuffle(shuffled)

    estimate = result.estimate
    assert (estimate.value is None) == (result.reason is not None)
    assert estimate_icc(shuffled, form).estimate.value == pytest.approx(estimate.value)
    if estimate.value is not None:
        assert estimate.lower <= estimate.value <= estimate.upper <= 1 + 1e-9


@settings(max_examples=25, deadline=None)
@given(answers=ANSWERS, random=st.randoms())
def test_an_interval_is_the_same_bytes_for_any_order(answers, random):
    measure = KrippendorffAlpha(Metric.ordinal)
    first = estimate_agreement(measure, tabulate_answers(answers, LEVELS), generator_for("x"))
    random.shuffle(answers)

    again = estimate_agreement(measure, tabulate_answers(answers, LEVELS), generator_for("x"))

    assert again == first
    if first.estimate.value is not None:
        assert first.estimate.n >= 10
        assert first.estimate.lower <= first.estimate.value <= first.estimate.upper
