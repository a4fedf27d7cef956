"""Cases answered per active day, against a number the policy declares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from scoring.errors import CountError, InputError
from scoring.estimates.intervals import LEVEL
from scoring.estimates.seeds import DRAWS
from scoring.values import Estimate, Label

METHOD = "per_day.v1"
_HALF = 0.5  # Jeffreys' prior of a rate


@dataclass(frozen=True, slots=True)
class PerDay:
    """Answered cases per active day as a share of the number declared.

    Attributes
    ----------
    estimate : Estimate
        1.0 reads "as many as declared"; n counts the cases.
    shape, scale : float
        Of the gamma posterior of the share.
    """

    estimate: Estimate
    shape: float
    scale: float

    def draw(self, generator: np.random.Generator) -> NDArray[np.float64]:
        """Give posterior draws of the share."""
        draws: NDArray[np.float64] = generator.gamma(self.shape, self.scale, DRAWS)
        return draws


def estimate_per_day(answered: int, active_days: int, reference: float, *, minimum: int = 5) -> PerDay | None:
    """Answered per active day / the number in the policy.

    Value ``answered / days / reference``; interval from the gamma posterior of a Poisson rate under Jeffreys' prior,
    Gamma(answered + ½, days).

    Parameters
    ----------
    answered : int
        Cases answered in the month.
    active_days : int
        Days on which the agent answered at least one.
    reference : float
        Cases per active day that count as 100 %, above 0.
    minimum : int, default=5
        Active days from which the figure counts; below it the label is ``prior_only``.

    Returns
    -------
    PerDay or None
        None without an active day.

    Raises
    ------
    CountError
        If a count is negative.
    InputError
        If the reference is not above 0.

    References
    ----------
    .. [1] L. D. Brown, T. T. Cai, A. DasGupta (2003), Statistica Sinica 13:19–49.
    """
    if answered < 0 or active_days < 0:
        raise CountError(f"{answered} answered on {active_days} days: neither can be below 0.")
    if not reference > 0:
        raise InputError(f"The reference of {reference} per day must be above 0.")
    if active_days == 0:
        return None
    shape, scale = answered + _HALF, 1 / (active_days * reference)
    tails = (1 - LEVEL) / 2
    lower, upper = (float(stats.gamma.ppf(share, shape, scale=scale)) for share in (tails, 1 - tails))
    value = answered / active_days / reference
    label = Label.ok if active_days >= minimum else Label.prior_only
    estimate = Estimate(value, min(lower, value), max(upper, value), answered, float(answered), METHOD, label)
    return PerDay(estimate, shape, scale)
