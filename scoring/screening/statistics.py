"""The single figures behind `figures`: each an estimate with its interval, or none where it cannot be told."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm, t

from scoring.estimates.seeds import generator_for
from scoring.values import Estimate, Label

Floats = NDArray[np.float64]

FEWEST = 10
"""Conversations below which there is no figure."""
RESAMPLES = 1_000
_NORMAL = float(norm.ppf(0.975))


def _none(n: int, method: str) -> Estimate:
    return Estimate(None, None, None, n, None, method, Label.few if n else Label.none)


def _mean(values: Floats) -> float:
    return float(values.mean()) if len(values) else 0.0


def deviate_within(values: Floats, groups: NDArray[np.intp]) -> Floats:
    """Deviations from the mean of one's group."""
    if not len(values):
        return values
    means: Floats = np.bincount(groups, values) / np.maximum(np.bincount(groups), 1)
    return values - means[groups]


def estimate_correlation(y: Floats, f: Floats, freedom: int) -> Estimate:
    """Correlation of deviations with so many degrees of freedom; Fisher's interval, error 1/√(freedom − 2)."""
    method = "correlation.fisher_z.v1"
    spread = math.sqrt(float(y @ y) * float(f @ f))
    if freedom < FEWEST - 1 or spread <= 1e-12 * max(len(y), 1):
        return _none(len(y), method)
    rho = min(max(float(y @ f) / spread, -1.0), 1.0)
    centre, half = math.atanh(min(max(rho, -1 + 1e-12), 1 - 1e-12)), _NORMAL / math.sqrt(freedom - 2)
    # Rounding must not push the value out of its own interval where ρ is 1.
    lower, upper = min(math.tanh(centre - half), rho), max(math.tanh(centre + half), rho)
    return Estimate(rho, lower, upper, len(y), None, method, Label.ok)


def estimate_mean(values: Floats, method: str) -> Estimate:
    """Mean with Student's interval."""
    n = len(values)
    if n < FEWEST:
        return _none(n, method)
    mean, half = float(values.mean()), float(t.ppf(0.975, n - 1) * values.std(ddof=1) / math.sqrt(n))
    return Estimate(mean, mean - half, mean + half, n, None, method, Label.ok)


def estimate_slope(answers: Floats, predictions: Floats) -> Estimate:
    """Least squares of answers on predictions, with a variance that allows for unequal spread (HC1)."""
    method, n = "calibration_slope.hc1.v1", len(answers)
    x = predictions - _mean(predictions)
    square = float(x @ x)
    if n < FEWEST or square <= 1e-12 * n:
        return _none(n, method)
    slope = float(x @ answers) / square
    left = answers - answers.mean() - slope * x
    error = math.sqrt(n / (n - 2) * float(np.square(x * left).sum())) / square
    half = float(t.ppf(0.975, n - 2)) * error
    return Estimate(slope, slope - half, slope + half, n, None, method, Label.ok)


def estimate_explained(answers: Floats, predictions: Floats, seed: str) -> Estimate:
    """R² with a percentile interval from resampled conversations."""
    method, n = "r_squared.bootstrap.v1", len(answers)
    if n < FEWEST or float(answers.std()) == 0:
        return _none(n, method)
    squares = np.square(answers - predictions)
    generator = generator_for("screening", "r_squared", seed)
    centred = answers - answers.mean()
    columns = np.column_stack((squares, centred, np.square(centred)))
    # One resample at a time: all of them at once would be a thousand times the data.
    resampled = np.array([generator.multinomial(n, np.full(n, 1 / n)) @ columns for _ in range(RESAMPLES)]) / n
    spread = np.maximum(resampled[:, 2] - resampled[:, 1] ** 2, 1e-12)
    lower, upper = np.quantile(1 - resampled[:, 0] / spread, [0.025, 0.975])
    value = 1 - float(squares.mean() / answers.var())
    return Estimate(value, min(float(lower), value), max(float(upper), value), n, None, method, Label.ok)


def estimate_area(answers: Floats, probabilities: Floats) -> Estimate:
    """Area under the curve with DeLong's variance, the interval on the logit so that it stays inside 0–1."""
    method, n = "auc.delong.v1", len(answers)
    yes, no = probabilities[answers == 1], probabilities[answers == 0]
    if n < FEWEST or len(yes) < 2 or len(no) < 2:
        return _none(n, method)
    of_yes, of_no = _placements(yes, no), 1 - _placements(no, yes)
    area = float(of_yes.mean())
    variance = float(of_yes.var(ddof=1)) / len(yes) + float(of_no.var(ddof=1)) / len(no)
    if not 0 < area < 1:
        # No variance is seen where nothing overlaps; what three in so many could still show is left open.
        slack = min(1.0, 3 / min(len(yes), len(no)))
        return Estimate(area, max(0.0, area - slack), min(1.0, area + slack), n, None, method, Label.few)
    half = _NORMAL * math.sqrt(variance) / (area * (1 - area))
    centre = math.log(area / (1 - area))
    lower, upper = (1 / (1 + math.exp(-(centre + sign * half))) for sign in (-1, 1))
    return Estimate(area, min(lower, area), max(upper, area), n, None, method, Label.ok)


def _placements(values: Floats, others: Floats) -> Floats:
    """Share of `others` below each value, ties counting half."""
    ordered = np.sort(others)
    below = np.searchsorted(ordered, values, side="left") + np.searchsorted(ordered, values, side="right")
    share: Floats = below / (2 * len(others))
    return share
