"""Published and hand-computed figures that the estimates must give again."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special, stats

from scoring.estimates.beta import Beta, fit_beta_prior
from scoring.estimates.case_mix import Cell, estimate_case_mix
from scoring.estimates.intervals import mean_interval, proportion_interval
from scoring.estimates.pooled import PooledSpread, pool_spread
from scoring.estimates.promoters import estimate_net_promoters
from scoring.estimates.shares import nonresponse_band
from scoring.estimates.shrinkage import fit_population


@pytest.mark.parametrize(
    ("successes", "trials", "lower", "upper"),
    [
        # Newcombe (1998), Stat. Med. 17:857, Table I, method 3 (score, no continuity correction).
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_interval_equals_newcombes_table(successes, trials, lower, upper):
    interval = proportion_interval(successes, trials)

    assert interval.lower == pytest.approx(lower, abs=5e-5)
    assert interval.upper == pytest.approx(upper, abs=5e-5)


def test_mean_interval_uses_students_t_of_the_pooled_spread():
    # Student's sleep data: 10 differences, mean 1.58, sd 1.2299; 95 % interval 0.70 to 2.46
    # (R's `sleep`, t.test(extra ~ group, paired = TRUE): 0.7001142 to 2.4598858).
    differences = [1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4]
    variance = float(np.var(differences, ddof=1)) / 10

    interval = mean_interval(1.58, variance, 9)

    assert (interval.lower, interval.upper) == (pytest.approx(0.7001142), pytest.approx(2.4598858))


def test_pooled_variance_equals_the_residual_mean_square_of_one_way_anova():
    # R's `PlantGrowth`: residual mean square 0.3886 on 27 degrees of freedom; weights times 10 to be scores.
    control = [4.17, 5.58, 5.18, 6.11, 4.50, 4.61, 5.17, 4.53, 5.33, 5.14]
    first = [4.81, 4.17, 4.41, 3.59, 5.87, 3.83, 6.03, 4.89, 4.32, 4.69]
    second = [6.31, 5.12, 5.54, 5.50, 5.37, 5.29, 4.92, 6.15, 5.80, 5.26]

    spread = pool_spread([[10 * y for y in group] for group in (control, first, second)])

    assert spread.degrees_of_freedom == 27
    assert spread.variance == pytest.approx(38.86, abs=0.005)


def test_variance_of_mean_has_the_finite_population_factor():
    # Cochran (1977), theorem 2.2: V(ȳ) = S²/n·(1 − n/N).
    spread = PooledSpread(144.0, 100)

    assert spread.variance_of_mean(5, 400) == pytest.approx(144 / 5 * (1 - 5 / 400))
    assert spread.variance_of_mean(5, 5) == 0
    assert spread.variance_of_mean(5, None) == pytest.approx(28.8)


def test_between_variance_solves_paule_and_mandels_equation():
    # The eight schools (Rubin 1981; Gelman et al. 2013, Table 5.2): spread is smaller than chance explains, τ² at
    # its lower bound; with the standard errors halved it is not, and Σw(q − μ)² = k − 1 holds.
    effects = [28.39, 7.94, -2.75, 6.82, -0.64, 0.63, 18.01, 12.16]
    errors = [14.9, 10.2, 16.3, 11.0, 9.4, 11.4, 10.4, 17.6]

    wide = fit_population(effects, [se**2 for se in errors])
    narrow = fit_population(effects, [(se / 2) ** 2 for se in errors])

    assert wide.between_variance == 4
    weights = [1 / ((se / 2) ** 2 + narrow.between_variance) for se in errors]
    mean = np.average(effects, weights=weights)
    assert sum(w * (q - mean) ** 2 for w, q in zip(weights, effects, strict=True)) == pytest.approx(7)


def test_beta_prior_of_the_rat_tumours_lies_near_the_published_one():
    # Tarone's 71 groups as in Gelman et al. (2013), Table 5.1; their estimate is (a, b) near (2.4, 14.3).
    tumours = (
        [0] * 14 + [1] * 8 + [2] * 9 + [1] + [5, 2, 5, 3, 2, 7, 7, 3, 3, 2, 9, 10, 4, 4, 4, 4, 4, 4, 4, 10, 4, 4, 4]
    )
    tumours += [5, 11, 12, 5, 5, 6, 5, 6, 6, 6, 6, 16, 15, 15, 9, 4]
    rats = [20] * 7 + [19] * 4 + [18, 18, 17] + [20] * 4 + [19, 19, 18, 18] + [25, 24, 23] + [20] * 6 + [10]
    rats += [49, 19, 46, 27, 17, 49, 47, 20, 20, 13, 48, 50, 20, 20, 20, 20, 20, 20, 20, 48, 19, 19, 19]
    rats += [22, 46, 49, 20, 20, 23, 19, 22, 20, 20, 20, 52, 46, 47, 24, 14]

    prior = fit_beta_prior(tumours, rats)

    assert prior.mean == pytest.approx(0.14, abs=0.01)
    assert prior.a + prior.b == pytest.approx(16.7, rel=0.25)


def test_beta_prior_is_the_top_of_the_penalised_likelihood():
    failures, trials = [0, 1, 0, 2, 0, 0, 5, 1], [5, 5, 4, 5, 5, 3, 6, 5]

    def objective(a, b):
        likelihood = sum(
            special.betaln(a + k, b + n - k) - special.betaln(a, b) for k, n in zip(failures, trials, strict=True)
        )
        return likelihood - 0.5 * ((np.log(a + b) - np.log(50)) / 2.5) ** 2

    prior = fit_beta_prior(failures, trials)

    top = objective(prior.a, prior.b)
    for factor_a, factor_b in [(1.01, 1), (0.99, 1), (1, 1.01), (1, 0.99), (1.01, 1.01), (0.99, 0.99)]:
        assert objective(prior.a * factor_a, prior.b * factor_b) < top


def test_beta_posterior_interval_equals_scipys():
    posterior = Beta(1.5, 60.0).after(1, 5)

    interval = posterior.interval()

    assert interval.lower == pytest.approx(stats.beta.ppf(0.025, 2.5, 64.0))
    assert interval.upper == pytest.approx(stats.beta.ppf(0.975, 2.5, 64.0))


def test_nonresponse_band_moves_the_odds_by_two():
    band = nonresponse_band(0.85)

    assert band.lower == pytest.approx(0.85 / 2 / (0.15 + 0.85 / 2))
    assert band.upper == pytest.approx(0.85 * 2 / (0.15 + 0.85 * 2))


def test_net_promoters_have_bonett_and_prices_interval():
    # R package statpsych, ci.prop.ps(.05, 12, 26, 4, 6): 26 and 4 of 48 on the two sides; difference 22/48, its error
    # 0.09448809, 95 % interval 0.2548067 to 0.6251933.
    score = estimate_net_promoters(26, 4, 48)

    assert score.raw == pytest.approx(45.83333)
    assert score.estimate.lower == pytest.approx(25.48067)
    assert score.estimate.upper == pytest.approx(62.51933)
    assert (score.estimate.upper - score.estimate.lower) / 2 / 1.959964 == pytest.approx(9.448809)


def test_case_mix_ratio_equals_the_dummy_regression_on_single_cases():
    # The regression with agent dummies on single cases (Frisch–Waugh: the same slopes), by numpy's least squares.
    generator = np.random.default_rng(5)
    agent = generator.integers(0, 12, 6000)
    topic = (generator.random(6000) < 0.2 + 0.05 * agent).astype(int)
    log_seconds = 5.5 + 0.4 * topic + 0.02 * agent + generator.normal(0, 0.5, 6000)
    design = np.column_stack([agent == j for j in range(12)] + [topic]).astype(float)
    coefficients = np.linalg.lstsq(design, log_seconds, rcond=None)[0]
    counts = np.bincount(agent)
    expected = coefficients[:12] - counts @ coefficients[:12] / counts.sum()

    cells = []
    for j in range(12):
        for t in (0, 1):
            own = log_seconds[(agent == j) & (topic == t)]
            cells.append(Cell(f"a{j:02d}", f"t{t}", "chat", "day", len(own), float(own.sum()), float((own**2).sum())))
    ratios = estimate_case_mix(cells)

    # Five hundred cases an agent: shrinkage moves the log ratio by less than a hundredth.
    for j in range(12):
        assert ratios[f"a{j:02d}"].log_ratio.mean == pytest.approx(expected[j], abs=0.01)
