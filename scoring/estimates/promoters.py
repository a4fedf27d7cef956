"""Net promoter score with its error: promoters minus detractors, on −100 to 100."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from scipy import stats

from scoring.errors import CountError, InputError
from scoring.estimates.intervals import LEVEL
from scoring.values import Estimate, Label

__all__ = ["FEWEST_RESPONSES", "NetPromoters", "count_promoters", "estimate_net_promoters"]

METHOD = "adjusted_wald_nps.v1"
FEWEST_RESPONSES = 5  # below that the page says "too few"
PROMOTER_FROM = 9
DETRACTOR_TO = 6


@dataclass(frozen=True, slots=True)
class NetPromoters:
    """Net promoter score of one agent, team or centre.

    Attributes
    ----------
    estimate : Estimate
        Points, −100 to 100, drawn a little towards 0 by the two answers added; label ``prior_only`` below five
        answers.
    raw : float or None
        Percent promoters minus percent detractors as counted; None without an answer.
    promoters, passives, detractors : int
        Answers of 9–10, between, and 0–6.
    """

    estimate: Estimate
    raw: float | None
    promoters: int
    passives: int
    detractors: int


def count_promoters(answers: Iterable[float]) -> tuple[int, int, int]:
    """Promoters, passives and detractors among answers of 0 to 10.

    Raises
    ------
    InputError
        If an answer lies outside 0–10.
    """
    promoters = passives = detractors = 0
    for answer in answers:
        if not 0 <= answer <= 10:
            raise InputError(f"The answer {answer} does not lie between 0 and 10.")
        promoters += answer >= PROMOTER_FROM
        detractors += answer <= DETRACTOR_TO
        passives += DETRACTOR_TO < answer < PROMOTER_FROM
    return promoters, passives, detractors


def estimate_net_promoters(promoters: int, detractors: int, answered: int) -> NetPromoters:
    """Net promoter score with an adjusted Wald interval.

    One answer is added to the promoters and one to the detractors: ``p₊ = (P + 1)/(n + 2)``, ``p₋ = (D + 1)/(n + 2)``,
    value ``100(p₊ − p₋)``, ``se² = (p₊ + p₋ − (p₊ − p₋)²)/(n + 2)``, clipped to −100…100. Without them a handful of
    alike answers would have no error at all.

    Parameters
    ----------
    promoters, detractors, answered : int
        Counts; ``promoters + detractors <= answered``.

    Returns
    -------
    NetPromoters
        Without an answer the estimate has no value (label ``none``).

    Raises
    ------
    CountError
        If the counts contradict each other.

    References
    ----------
    .. [1] D. G. Bonett, R. M. Price (2012), J. Educ. Behav. Stat. 37:479–488, doi:10.3102/1076998611411915.

    Examples
    --------
    >>> score = estimate_net_promoters(60, 20, 100)
    >>> round(score.estimate.value, 1), round(score.estimate.lower, 1), round(score.estimate.upper, 1)
    (39.2, 23.6, 54.9)
    """
    if min(promoters, detractors) < 0 or promoters + detractors > answered:
        raise CountError(f"{promoters} promoters and {detractors} detractors of {answered} answers do not fit.")
    passives = answered - promoters - detractors
    if answered == 0:
        return NetPromoters(Estimate(None, None, None, 0, None, METHOD, Label.none), None, 0, 0, 0)
    up, down = (promoters + 1) / (answered + 2), (detractors + 1) / (answered + 2)
    error = math.sqrt((up + down - (up - down) ** 2) / (answered + 2))
    half = float(stats.norm.ppf((1 + LEVEL) / 2)) * error
    value = up - down
    label = Label.ok if answered >= FEWEST_RESPONSES else Label.prior_only
    lower, upper = max(-1.0, value - half), min(1.0, value + half)
    estimate = Estimate(100 * value, 100 * lower, 100 * upper, answered, float(answered), METHOD, label)
    raw = 100 * (promoters - detractors) / answered
    return NetPromoters(estimate, raw, promoters, passives, detractors)
