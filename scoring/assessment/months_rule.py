"""The customary rule "below standard N months running", and how often it flags agents who are at the standard.

The rule looks at monthly means of a handful of conversations, so chance alone makes runs. It may stay in a policy as
text; the page shows its false alarms beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from scoring.errors import InputError

MONTHS_RUNNING = 3
MONTHS_LOOKED_AT = 12
SIMULATED_AGENTS = 4000


@dataclass(frozen=True, slots=True)
class MonthsVerdict:
    """What the rule says about one agent.

    Attributes
    ----------
    running : int
        Months below in a row, up to the last one.
    flagged_at : int or None
        Place of the month at which the run first was long enough, or None.
    """

    running: int
    flagged_at: int | None


@dataclass(frozen=True, slots=True)
class FalseAlarms:
    """How often the rule flags an agent whose true mean is exactly where it was put.

    Attributes
    ----------
    month_below : float
        Share of months whose mean lies below the standard, 0–1.
    by_formula : float
        Chance of at least one long enough run, from `month_below`, 0–1.
    by_simulation : float
        Share of simulated agents who were flagged, 0–1.
    """

    month_below: float
    by_formula: float
    by_simulation: float


def apply_months_rule(
    means: Sequence[float | None], standard: float, *, running: int = MONTHS_RUNNING
) -> MonthsVerdict:
    """Apply "below standard N months running".

    Parameters
    ----------
    means : sequence of float or None
        Mean of the inspected conversations per month, 0–100, oldest first; None: nothing inspected, which breaks a
        run, for nobody knows what that month was.
    standard : float
        The month counts as below when its mean is less than this.
    running : int, default=3
        N, 1 or more.

    Returns
    -------
    MonthsVerdict
        Length of the present run and the month at which one first was N long.

    Raises
    ------
    InputError
        If `running` is below 1.
    """
    _check_running(running)
    length, flagged = 0, None
    for place, mean in enumerate(means):
        length = length + 1 if mean is not None and mean < standard else 0
        if flagged is None and length >= running:
            flagged = place
    return MonthsVerdict(length, flagged)


def run_probability(chance: float, *, running: int = MONTHS_RUNNING, months: int = MONTHS_LOOKED_AT) -> float:
    """Chance that a run of at least N appears among independent months.

    Over the length of the present run: ``P_t(0) = (1−p)·Σ_j P_{t−1}(j)``, ``P_t(j) = p·P_{t−1}(j−1)``; what reaches N
    stays there.

    Parameters
    ----------
    chance : float
        p, chance that one month lies below, 0–1.
    running : int, default=3
        N, 1 or more.
    months : int, default=12
        Months looked at, 0 or more.

    Returns
    -------
    float
        0–1.

    Raises
    ------
    InputError
        If an argument is out of range.

    References
    ----------
    .. [1] W. Feller, *An Introduction to Probability Theory and Its Applications*, vol. 1, 3rd ed. (1968), XIII.7.

    Examples
    --------
    >>> round(run_probability(0.5), 4)
    0.5837
    """
    _check_running(running)
    if not 0 <= chance <= 1 or months < 0:
        raise InputError(f"Chance {chance} over {months} months: between 0 and 1, and 0 or more.")
    lengths = [1.0, *[0.0] * (running - 1)]
    flagged = 0.0
    for _ in range(months):
        flagged += chance * lengths[-1]
        lengths = [(1 - chance) * sum(lengths), *(chance * share for share in lengths[:-1])]
    return flagged


def simulate_false_alarms(
    deviations: NDArray[np.float64],
    generator: np.random.Generator,
    *,
    samples: int,
    margin: float = 0.0,
    running: int = MONTHS_RUNNING,
    months: int = MONTHS_LOOKED_AT,
) -> FalseAlarms:
    """Let the rule judge simulated agents who are truly at the standard, with the spread and shape of this centre.

    Parameters
    ----------
    deviations : array of float
        Scores minus their agent's mean, in points, as `centre_deviations` gives them; resampled.
    generator : numpy.random.Generator
        Made from the id of what is simulated (`generator_for`).
    samples : int
        Conversations per agent and month, 1 or more.
    margin : float, default=0.0
        Points by which the true mean lies above the standard.
    running, months : int
        As in `run_probability`.

    Returns
    -------
    FalseAlarms
        Of 4,000 agents; the simulated share has a standard error below 0.8 percentage points.

    Raises
    ------
    InputError
        If there are no deviations or an argument is out of range.

    Notes
    -----
    How far the standard itself lies from 100 does not matter: only deviations from the true mean are compared.
    """
    _check_running(running)
    if not len(deviations) or samples < 1 or months < 1:
        raise InputError(f"{len(deviations)} deviations, {samples} samples, {months} months: each is at least 1.")
    drawn = generator.choice(deviations, size=(SIMULATED_AGENTS, months, samples))
    below = drawn.mean(axis=2) + margin < -1e-9  # means equal to the standard but for rounding are at the standard
    length, flagged = np.zeros(SIMULATED_AGENTS, dtype=np.int64), np.zeros(SIMULATED_AGENTS, dtype=bool)
    for month in range(months):
        length = np.where(below[:, month], length + 1, 0)
        flagged |= length >= running
    chance = float(below.mean())
    return FalseAlarms(chance, run_probability(chance, running=running, months=months), float(flagged.mean()))


def centre_deviations(groups: Sequence[Sequence[float]]) -> NDArray[np.float64]:
    """Deviations of scores from their agent's mean, for simulations of this centre.

    Parameters
    ----------
    groups : sequence of sequences of float
        Scores of each agent over the window, critical ones as 0. Agents with fewer than two are left out.

    Returns
    -------
    array of float
        ``(y − ȳ_j)·√(n_j/(n_j − 1))``, sorted, with mean 0; the factor gives back what taking the mean took away.
        Empty where no agent has two scores.
    """
    parts = [_deviate(np.asarray(group, dtype=float)) for group in groups if len(group) > 1]
    return np.sort(np.concatenate(parts)) if parts else np.empty(0)


def _deviate(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    deviations: NDArray[np.float64] = (scores - scores.mean()) * sqrt(len(scores) / (len(scores) - 1))
    return deviations


def _check_running(running: int) -> None:
    if running < 1:
        raise InputError(f"{running} months running: at least 1.")
