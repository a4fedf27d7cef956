"""Shares of an agent's month, such as satisfied customers or first responses within target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.errors import CountError, InputError
from scoring.estimates.beta import JEFFREYS, Beta, fit_beta_prior
from scoring.estimates.intervals import proportion_interval
from scoring.estimates.seeds import DRAWS
from scoring.estimates.shrinkage import FEWEST_AGENTS
from scoring.values import Estimate, Interval, Label

METHOD = "beta_share.v1"
METHOD_ALONE = "wilson_share.v1"


@dataclass(frozen=True, slots=True)
class Share:
    """One agent's share.

    Attributes
    ----------
    estimate : Estimate
        Posterior mean with its interval, or the raw share with Wilson's where there are fewer than eight agents.
    posterior : Beta
        Where draws come from.
    raw : float or None
        k/n; None for n = 0.
    raw_interval : Interval
        Wilson's interval of the raw share; 0 to 1 for n = 0.
    """

    estimate: Estimate
    posterior: Beta
    raw: float | None
    raw_interval: Interval

    def draw(self, generator: np.random.Generator) -> NDArray[np.float64]:
        """Give posterior draws of the share."""
        draws: NDArray[np.float64] = generator.beta(self.posterior.a, self.posterior.b, DRAWS)
        return draws


def fit_share_prior(successes: Sequence[int], trials: Sequence[int]) -> Beta | None:
    """Prior of a share over the agents of a month; None with fewer than eight agents that have any trial."""
    if sum(1 for n in trials if n > 0) < FEWEST_AGENTS:
        return None
    return fit_beta_prior(successes, trials)


def estimate_share(successes: int, trials: int, prior: Beta | None, *, minimum: int = 1) -> Share:
    """One agent's share with its interval.

    With a prior: posterior mean (a + k)/(a + b + n) and the central 95 % of Beta(a + k, b + n − k). Without one
    (fewer than eight agents): k/n with Wilson's interval.

    Parameters
    ----------
    successes, trials : int
        k of n, ``0 <= k <= n``.
    prior : Beta or None
        From `fit_share_prior`; None = there are too few agents to learn one.
    minimum : int, default=1
        Evidence from which the share counts; below it the label is ``prior_only``.

    Returns
    -------
    Share
        n = 0: label ``none``, with the prior's value, or no value without a prior.

    Raises
    ------
    CountError
        If the counts contradict each other.

    References
    ----------
    .. [1] R. G. Newcombe (1998), Stat. Med. 17:857–872.
    """
    raw_interval = proportion_interval(successes, trials)
    raw = successes / trials if trials else None
    label = Label.none if trials == 0 else Label.prior_only if trials < minimum else Label.ok
    posterior = (prior or JEFFREYS).after(successes, trials)
    if prior is not None:
        interval = posterior.interval()
        value: float | None = posterior.mean
        estimate = Estimate(value, interval.lower, interval.upper, trials, float(trials), METHOD, label)
    elif raw is None:
        estimate = Estimate(None, None, None, 0, None, METHOD_ALONE, label)
    else:
        estimate = Estimate(raw, raw_interval.lower, raw_interval.upper, trials, float(trials), METHOD_ALONE, label)
    return Share(estimate, posterior, raw, raw_interval)


def nonresponse_band(share: float, *, odds_ratio: float = 2.0) -> Interval:
    """Where the share would lie if satisfied customers answered more, or less, readily than the others.

    The odds of the share × OR for OR from ``1/odds_ratio`` to ``odds_ratio``.

    Parameters
    ----------
    share : float
        Estimated share of satisfied answers, 0–1.
    odds_ratio : float, default=2
        How far willingness to answer may differ, at least 1.

    Returns
    -------
    Interval
        Band of the share, 0–1.

    Raises
    ------
    CountError
        If the share lies outside 0–1.
    InputError
        If the odds ratio is below 1.

    Examples
    --------
    >>> band = nonresponse_band(0.8)
    >>> round(band.lower, 3), round(band.upper, 3)
    (0.667, 0.889)
    """
    if not 0 <= share <= 1:
        raise CountError(f"A share of {share} does not lie between 0 and 1.")
    if not odds_ratio >= 1:
        raise InputError(f"An odds ratio of {odds_ratio}: give 1 or more, the band covers its inverse as well.")
    return Interval(*(share * ratio / (1 - share + share * ratio) for ratio in (1 / odds_ratio, odds_ratio)))
