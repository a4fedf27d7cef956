"""The customary rule of N months running, and how often it flags the innocent."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from scoring.assessment.months_rule import (
    apply_months_rule,
    centre_deviations,
    run_probability,
    simulate_false_alarms,
)
from scoring.errors import InputError
from scoring.estimates.seeds import generator_for


def page_scores(generator, size, mean=85.0):
    """Quality with a quarter at 100 and sd 12, two of a hundred critical, as on the methods page."""
    low = generator.normal((mean - 25) / 0.75, 9.6, size)
    quality = np.where(generator.random(size) < 0.25, 100.0, np.clip(low, 0, 100))
    return np.where(generator.random(size) < 0.02, 0.0, quality)


def test_a_run_is_counted_to_the_last_month_and_flagged_once():
    verdict = apply_months_rule([60, 65, 90, 60, 61, 62, 63], 70)

    assert (verdict.running, verdict.flagged_at) == (4, 5)


def test_the_standard_itself_is_not_below():
    assert apply_months_rule([70, 70, 70], 70).running == 0


def test_a_month_without_inspections_breaks_a_run():
    verdict = apply_months_rule([60, 60, None, 60], 70)

    assert (verdict.running, verdict.flagged_at) == (1, None)


@pytest.mark.parametrize("running", [1, 2, 3, 4])
@pytest.mark.parametrize("chance", [0.0, 0.3, 0.5, 1.0])
def test_run_probability_equals_counting_every_year(running, chance):
    months = 8
    counted = sum(
        chance ** sum(year) * (1 - chance) ** (months - sum(year))
        for year in product((0, 1), repeat=months)
        if "1" * running in "".join(map(str, year))
    )

    assert run_probability(chance, running=running, months=months) == pytest.approx(counted)


def test_three_of_twelve_coin_tosses():
    # Feller, ch. XIII.7: 1,705 of the 4,096 sequences of twelve tosses hold no run of three heads.
    assert run_probability(0.5) == pytest.approx(1 - 1705 / 4096)


def test_the_innocent_are_flagged_as_often_as_the_page_says():
    scores = page_scores(generator_for("page"), (400, 60))
    deviations = centre_deviations([list(row) for row in scores])

    exact = simulate_false_alarms(deviations, generator_for("page", "at"), samples=4)
    above = simulate_false_alarms(deviations, generator_for("page", "above"), samples=4, margin=2.0)

    assert 0.37 <= exact.by_simulation <= 0.58
    assert 0.16 <= above.by_simulation <= 0.26
    assert exact.by_simulation == pytest.approx(exact.by_formula, abs=0.02)


def test_equal_scores_flag_nobody():
    assert simulate_false_alarms(np.zeros(10), generator_for("flat"), samples=4).by_simulation == 0.0


def test_deviations_have_mean_zero_and_the_centres_spread():
    generator = generator_for("spread")
    groups = [list(generator.normal(mean, 12, 5)) for mean in generator.normal(80, 8, 4000)]

    deviations = centre_deviations([*groups, [50.0], []])

    assert len(deviations) == 20_000
    assert deviations.mean() == pytest.approx(0, abs=1e-9)
    assert deviations.std() == pytest.approx(12, rel=0.02)


def test_impossible_rules_are_refused():
    with pytest.raises(InputError):
        apply_months_rule([50], 70, running=0)
    with pytest.raises(InputError):
        run_probability(1.5)
    with pytest.raises(InputError):
        simulate_false_alarms(np.empty(0), generator_for("none"), samples=4)
