"""Change after something was done (coaching, training), guarded against regression to the mean.

The lowest of one month "improve" by many points with nothing done, because part of what made them lowest was chance.
So a change is never the raw difference of two months: it is the later estimate against what was predicted before,
from all agents and months.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from scipy import stats

from scoring.errors import CountError, InputError, LevelError
from scoring.estimates.intervals import LEVEL
from scoring.estimates.shrinkage import Normal
from scoring.values import Estimate, Label

METHOD = "change_against_prediction.v1"
FEWEST_SCORES = 3


@dataclass(frozen=True, slots=True)
class AgentProcess:
    """How agents move around the centre's mean from month to month.

    Attributes
    ----------
    mean_before : float
        μ of the month the prediction starts from.
    mean_after : float
        μ of the month it is for, so that what moved everybody is nobody's effect.
    sd : float
        τ, spread of true values between agents, above 0.
    correlation : float
        φ from one month to the next, 0–1; 1: agents keep their distance (one month only, nothing known of φ).
    """

    mean_before: float
    mean_after: float
    sd: float
    correlation: float = 1.0

    def __post_init__(self) -> None:
        if not self.sd > 0 or not 0 <= self.correlation <= 1:
            raise InputError(f"Spread {self.sd}, correlation {self.correlation}: above 0, and between 0 and 1.")


def predict_month(posterior: Normal, process: AgentProcess, *, months_ahead: int = 1) -> Normal:
    """Predict an agent's later month from the posterior made before anything was done.

    ``m' = μ' + φ^h(m − μ)``, ``V' = φ^{2h}V + τ²(1 − φ^{2h})``.

    Parameters
    ----------
    posterior : Normal
        Shrunk value and variance of the last month before (`shrink_mean`, or the estimate over months), never the
        raw mean of that month.
    process : AgentProcess
        μ, τ and φ as fitted.
    months_ahead : int, default=1
        h, 0 or more.

    Returns
    -------
    Normal
        What to expect with nothing done.

    Raises
    ------
    CountError
        If `months_ahead` is negative.

    References
    ----------
    .. [1] J. N. K. Rao, M. Yu (1994), Canad. J. Stat. 22:511–528, doi:10.2307/3315407.
    """
    if months_ahead < 0:
        raise CountError(f"{months_ahead} months ahead: 0 or more.")
    carried = process.correlation**months_ahead
    return Normal(
        process.mean_after + carried * (posterior.mean - process.mean_before),
        carried**2 * posterior.variance + process.sd**2 * (1 - carried**2),
    )


def estimate_change(after: Normal, predicted: Normal, n: int, *, level: float = LEVEL) -> Estimate:
    """Change against the prediction, with its interval.

    ``Δ = q_after − m'``, ``Var Δ = v_after + V'``. The two are independent, because the prediction knows nothing of the
    later month.

    Parameters
    ----------
    after : Normal
        Direct (unshrunk) estimate of the later month and its variance.
    predicted : Normal
        As `predict_month` gives it.
    n : int
        Conversations behind the later estimate.
    level : float, default=0.95
        Coverage wanted, between 0 and 1.

    Returns
    -------
    Estimate
        In points; above 0 is better than expected. Label ``none`` and no value for n = 0, ``few`` below 3. It is the
        change of one agent against expectation, not proof of what caused it.

    Raises
    ------
    CountError
        If `n` is negative.
    InputError
        If a variance is negative or not finite.
    LevelError
        If `level` does not lie between 0 and 1.
    """
    if n < 0:
        raise CountError(f"{n} conversations: 0 or more.")
    if not 0 < level < 1:
        raise LevelError(f"The level {level} must lie between 0 and 1, such as 0.95.")
    if n == 0:
        return Estimate(None, None, None, 0, None, METHOD, Label.none)
    variance = after.variance + predicted.variance
    if not 0 <= variance < float("inf"):
        raise InputError(f"A variance of {variance}: finite and at least 0.")
    change = after.mean - predicted.mean
    half = float(stats.norm.ppf((1 + level) / 2)) * sqrt(variance)
    label = Label.few if n < FEWEST_SCORES else Label.ok
    return Estimate(change, change - half, change + half, n, None, METHOD, label)
