"""Standing over months: the filter against the formulas written with whole matrices, and its special cases."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize, special

from scoring.errors import InputError
from scoring.estimates.fay_herriot import fit_one_month
from scoring.estimates.shrinkage import fit_population, shrink_mean
from scoring.estimates.standing import Panel, fit_standing

MONTHS = 5


def make_panel(seed=1, agents=40, tau=6.0, phi=0.8, missing=0.2):
    generator = np.random.default_rng(seed)
    months = np.arange(MONTHS)
    covariance = tau**2 * phi ** np.abs(months[:, None] - months)
    true = 85 + months * 0.5 + generator.multivariate_normal(np.zeros(MONTHS), covariance, agents)
    variances = generator.uniform(5, 30, (agents, MONTHS))
    values = true + np.sqrt(variances) * generator.standard_normal((agents, MONTHS))
    variances[generator.random((agents, MONTHS)) < missing] = np.inf
    values[~np.isfinite(variances)] = 0.0
    design = np.broadcast_to(np.eye(MONTHS), (agents, MONTHS, MONTHS)).copy()
    return Panel(values, variances, design, design[:, -1]), true


def whole_matrices(panel, tau, phi):
    """Posterior and deviance by the formulas of the method, agent by agent, with S inverted."""
    months = np.arange(panel.values.shape[1])
    covariance = tau**2 * phi ** np.abs(months[:, None] - months)
    rows = []
    for q, v, x in zip(panel.values, panel.variances, panel.design, strict=True):
        seen = np.isfinite(v)
        s = covariance[np.ix_(seen, seen)] + np.diag(v[seen])
        rows.append((np.linalg.inv(s), q[seen], x[seen], covariance[-1, seen], np.linalg.slogdet(s)[1]))
    a = sum(x.T @ inverse @ x for inverse, _, x, _, _ in rows)
    beta = np.linalg.solve(a, sum(x.T @ inverse @ q for inverse, q, x, _, _ in rows))
    deviance = np.linalg.slogdet(a)[1] + (special.logit(phi) - 2.2) ** 2
    means, variances = [], []
    for (inverse, q, x, c, log_determinant), target in zip(rows, panel.targets, strict=True):
        residual = q - x @ beta
        deviance += log_determinant + residual @ inverse @ residual
        lever = target - x.T @ inverse @ c
        means.append(target @ beta + c @ inverse @ residual)
        variances.append(tau**2 - c @ inverse @ c + lever @ np.linalg.solve(a, lever))
    return np.array(means), np.array(variances), deviance


def test_posterior_equals_the_formulas_with_whole_matrices():
    panel, _ = make_panel()

    standing = fit_standing(panel)

    means, variances, _ = whole_matrices(panel, standing.between_sd, standing.correlation)
    np.testing.assert_allclose(standing.means, means, rtol=1e-10)
    np.testing.assert_allclose(standing.variances, variances, rtol=1e-10)


def test_sd_and_correlation_are_where_the_deviance_is_least():
    panel, _ = make_panel(seed=3)

    standing = fit_standing(panel)

    found = optimize.minimize(
        lambda point: whole_matrices(panel, np.exp(point[0]), special.expit(point[1]))[2],
        [np.log(5), 1.0],
        method="Nelder-Mead",
        options={"xatol": 1e-7, "fatol": 1e-9},
    )
    assert standing.between_sd == pytest.approx(np.exp(found.x[0]), rel=1e-4)
    assert standing.correlation == pytest.approx(special.expit(found.x[1]), rel=1e-4)


def test_spread_and_correlation_that_made_the_months_are_found():
    standing = fit_standing(make_panel(agents=2000)[0])

    assert standing.between_sd == pytest.approx(6.0, abs=0.3)
    assert standing.correlation == pytest.approx(0.8, abs=0.03)


def test_an_agent_without_samples_has_the_prior():
    panel, _ = make_panel()
    panel.variances[0] = np.inf

    standing = fit_standing(panel)

    assert standing.means[0] == pytest.approx(standing.prior_means[0])
    assert standing.variances[0] == pytest.approx(standing.prior_variances[0])
    assert (standing.variances[1:] < standing.prior_variances[1:]).all()


def test_agents_are_never_taken_to_differ_by_less_than_two_points():
    panel, _ = make_panel(tau=0.1)

    assert fit_standing(panel).between_sd == 2.0


def test_order_of_agents_does_not_matter():
    panel, _ = make_panel()
    order = np.random.default_rng(5).permutation(len(panel.values))

    straight = fit_standing(panel)
    turned = fit_standing(Panel(panel.values[order], panel.variances[order], panel.design[order], panel.targets[order]))

    np.testing.assert_allclose(turned.means, straight.means[order], rtol=1e-9)


def test_intervals_cover_the_newest_month():
    covered = []
    for seed in range(12):
        panel, true = make_panel(seed=seed, agents=100)
        standing = fit_standing(panel)
        covered.append(np.abs(standing.means - true[:, -1]) < 1.96 * np.sqrt(standing.variances))

    assert 0.93 < np.mean(covered) < 0.97


def test_months_with_samples_need_finite_numbers():
    panel, _ = make_panel()
    values = panel.values.copy()
    values[np.isfinite(panel.variances)] = np.nan

    with pytest.raises(InputError, match="finite"):
        Panel(values, panel.variances, panel.design, panel.targets)


def test_one_month_alone_equals_fay_and_herriots_estimate_of_the_older_function():
    generator = np.random.default_rng(2)
    q, v = generator.normal(85, 7, 30), generator.uniform(10, 40, 30)
    ones = np.ones((30, 1, 1))

    standing = fit_one_month(Panel(q[:, None], v[:, None], ones, ones[:, 0]))

    population = fit_population(q.tolist(), v.tolist())
    older = [shrink_mean(float(value), float(variance), population) for value, variance in zip(q, v, strict=True)]
    # τ is kept to six digits here.
    np.testing.assert_allclose(standing.means, [normal.mean for normal in older], rtol=1e-6)
    np.testing.assert_allclose(standing.variances, [normal.variance for normal in older], rtol=1e-5)


def test_one_month_with_two_groups_shrinks_each_to_its_own_mean():
    generator = np.random.default_rng(4)
    group = np.repeat([0.0, 1.0], 20)
    q, v = 80 + 10 * group + generator.normal(0, 3, 40), np.full(40, 25.0)
    design = np.stack([np.ones(40), group], axis=1)[:, None, :]

    standing = fit_one_month(Panel(q[:, None], v[:, None], design, design[:, 0]))

    assert standing.coefficients[1] == pytest.approx(q[20:].mean() - q[:20].mean())
    assert np.abs(standing.means - standing.prior_means).max() < np.abs(q - standing.prior_means).max()
