"""Praise and improvement lists: what an agent is strong or weak in, with the share of wrong entries controlled.

Raw "three biggest losses" are right 32–60 % of the time. Here each pair of agent and criterion gets a beta posterior
over all agents, and only the largest list whose expected share of wrong entries stays in bounds is shown; for most
agents with five inspections that list is empty, which reads "no pattern yet" and never "no weakness".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import ceil

from scoring.errors import CountError
from scoring.estimates.beta import Beta, fit_beta_prior
from scoring.values import Estimate, Label

__all__ = ["CriterionPattern", "Failures", "Pattern", "Patterns", "find_patterns", "inspections_needed"]

METHOD = "criterion_share.v1"
MARGIN = 0.05
ERROR_SHARE = 0.20
FEWEST_FAILURES = 2
FEWEST_INSPECTIONS = 5
SPOTLESS_INSPECTIONS = 10
SPOTLESS_CENTRE_SHARE = 0.10
PROCESS_CENTRE_SHARE = 0.15
PROCESS_STRENGTH = 200.0
ENTRIES_AT_MOST = 5
LOOKED_AHEAD = 60  # inspections


@dataclass(frozen=True, slots=True, order=True)
class Failures:
    """How often one agent lost points in one criterion over the window.

    Attributes
    ----------
    agent, criterion : str
        Whose, and in what.
    k, n : float
        Conversations that lost points, of those in which the criterion applied.
    weight : float
        Its weight in the rubric, percent.
    seen : (int, int) or None
        The same two as they were seen, where the draw gave conversations unequal chances and `k` of `n` are those of
        the even sample that would be as precise; None = as `k` and `n`.
    """

    agent: str
    criterion: str
    k: float
    n: float
    weight: float
    seen: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        for k, n in ((self.k, self.n), self.conversations):
            if not 0 <= k <= n:
                raise CountError(f"{self.agent}, {self.criterion}: {k} of {n}; it must be 0 <= k <= n.")

    @property
    def conversations(self) -> tuple[int, int]:
        """Conversations that lost points, and all of them, as they were seen."""
        return self.seen or (round(self.k), round(self.n))


@dataclass(frozen=True, slots=True)
class Pattern:
    """One entry of a list.

    Attributes
    ----------
    agent, criterion : str
        Whose, and in what.
    k, n : float
        Failures of inspections, as they count; whole numbers without weights.
    seen : (int, int)
        The same two as they were seen; other than `k` and `n` only under weights.
    prior : Beta
        How agents differ in the criterion.
    estimate : Estimate
        Share of the agent's conversations that lose points here: posterior mean and central 95 %; its n are the
        conversations seen.
    centre_share : float
        Share over all agents, Σk/Σn.
    recoverable_points : float
        ``w·max(0, p̃ − Q25 of the prior)``: points a conversation would gain if the agent did as the best quarter do.
    error_probability : float
        Probability that the entry is wrong.
    """

    agent: str
    criterion: str
    k: float
    n: float
    seen: tuple[int, int]
    prior: Beta
    estimate: Estimate
    centre_share: float
    recoverable_points: float
    error_probability: float


@dataclass(frozen=True, slots=True)
class CriterionPattern:
    """How all agents fare in one criterion.

    Attributes
    ----------
    criterion : str
        Which.
    k, n : float
        Over all agents.
    prior : Beta
        How agents differ.
    """

    criterion: str
    k: float
    n: float
    prior: Beta

    @property
    def share(self) -> float:
        """Share of conversations that lose points here."""
        return self.k / self.n

    @property
    def is_process_item(self) -> bool:
        """Whether everybody loses points here alike: then the process is at fault, and nobody's list names it."""
        return self.share >= PROCESS_CENTRE_SHARE and self.prior.a + self.prior.b > PROCESS_STRENGTH


@dataclass(frozen=True, slots=True)
class Patterns:
    """What `find_patterns` found.

    Attributes
    ----------
    improvement, praise : tuple of Pattern
        By agent, the most points to be won (or the surest strength) first; at most five of an agent.
    criteria : tuple of CriterionPattern
        All criteria seen, by code; those that are process items go to the lead.
    """

    improvement: tuple[Pattern, ...]
    praise: tuple[Pattern, ...]
    criteria: tuple[CriterionPattern, ...]


def find_patterns(failures: Iterable[Failures]) -> Patterns:
    """Praise and improvement lists of all agents together.

    Per criterion a beta-binomial prior over agents (`fit_beta_prior`), p̄ = Σk/Σn. Improve: among pairs with k ≥ 2
    and n ≥ 5 the largest list with mean P(p ≤ p̄ + 0.05) ≤ 0.20. Praise: among pairs with n ≥ 5 the largest list with
    mean P(p ≥ p̄ − 0.05) ≤ 0.20, and whoever has k = 0 of n ≥ 10 where p̄ ≥ 0.10. Ordered by recoverable points =
    impact × prevalence × fixability. Criteria in which agents hardly differ are left out of both.

    Under weights k and n are effective numbers; a weakness must then have been seen twice as well, and a spotless
    record must have been seen without a failure.

    Parameters
    ----------
    failures : iterable of Failures
        Plain sums over three months, one per agent and criterion; in any order.

    Returns
    -------
    Patterns
        Empty lists are usual: with five inspections hardly any pattern can be told from chance.

    References
    ----------
    .. [1] M. A. Newton et al. (2004), Biostatistics 5:155–176, doi:10.1093/biostatistics/5.2.155 (direct posterior
       probability approach to a list with a bounded share of errors).
    """
    rows = sorted(row for row in failures if row.n)
    criteria = {criterion.criterion: criterion for criterion in _describe_criteria(rows)}
    eligible = [row for row in rows if row.n >= FEWEST_INSPECTIONS and not criteria[row.criterion].is_process_item]
    weak = [_pattern(row, criteria[row.criterion], _weakness_error) for row in eligible if _fails_often(row)]
    strong = [_pattern(row, criteria[row.criterion], _strength_error) for row in eligible]
    praise = {(p.agent, p.criterion): p for p in _largest_list(strong)}
    praise.update({(p.agent, p.criterion): p for p in strong if _is_spotless(p)})
    return Patterns(
        improvement=_ordered(_largest_list(weak), key=lambda p: -p.recoverable_points),
        praise=_ordered(praise.values(), key=lambda p: p.error_probability),
        criteria=tuple(criteria[code] for code in sorted(criteria)),
    )


def inspections_needed(rows: Iterable[Failures], criteria: Sequence[CriterionPattern]) -> int | None:
    """How many inspections would likely show an agent's first weakness, if the shares seen so far are true.

    The smallest n at which the agent's most suspicious criterion, failing as often as so far, would be wrong with
    probability 0.20 or less. None where no criterion fails more often than the centre's or 60 would not be enough.

    Parameters
    ----------
    rows : iterable of Failures
        Of one agent.
    criteria : sequence of CriterionPattern
        From `find_patterns` over all agents.
    """
    known = {criterion.criterion: criterion for criterion in criteria}
    needed = [_needed(row, known[row.criterion]) for row in rows if row.n and row.criterion in known]
    return min((n for n in needed if n is not None), default=None)


def _describe_criteria(rows: Sequence[Failures]) -> list[CriterionPattern]:
    described = []
    for code in sorted({row.criterion for row in rows}):
        own = [row for row in rows if row.criterion == code]
        prior = fit_beta_prior([row.k for row in own], [row.n for row in own])
        assert prior is not None  # every row has n > 0
        described.append(CriterionPattern(code, sum(row.k for row in own), sum(row.n for row in own), prior))
    return described


def _fails_often(row: Failures) -> bool:
    # One failure that stands for many conversations is still one failure.
    return min(row.k, row.conversations[0]) >= FEWEST_FAILURES


def _pattern(row: Failures, criterion: CriterionPattern, error: Callable[[Beta, CriterionPattern], float]) -> Pattern:
    posterior = criterion.prior.after(row.k, row.n)
    interval = posterior.interval()
    seen = row.conversations
    estimate = Estimate(posterior.mean, interval.lower, interval.upper, seen[1], float(row.n), METHOD, Label.ok)
    return Pattern(
        agent=row.agent,
        criterion=row.criterion,
        k=row.k,
        n=row.n,
        seen=seen,
        prior=criterion.prior,
        estimate=estimate,
        centre_share=criterion.share,
        recoverable_points=row.weight * max(0.0, posterior.mean - criterion.prior.quantile(0.25)),
        error_probability=error(posterior, criterion),
    )


def _weakness_error(posterior: Beta, criterion: CriterionPattern) -> float:
    """Probability that the agent is not clearly worse than the centre."""
    return posterior.probability_below(criterion.share + MARGIN)


def _strength_error(posterior: Beta, criterion: CriterionPattern) -> float:
    """Probability that the agent is not clearly better than the centre."""
    return 1.0 - posterior.probability_below(criterion.share - MARGIN)


def _is_spotless(pattern: Pattern) -> bool:
    # A failure found because it was looked for weighs next to nothing, and is a failure all the same.
    return (
        pattern.k == pattern.seen[0] == 0
        and pattern.n >= SPOTLESS_INSPECTIONS
        and pattern.centre_share >= SPOTLESS_CENTRE_SHARE
    )


def _largest_list(candidates: Sequence[Pattern]) -> list[Pattern]:
    """Take the surest ones as long as the mean probability of error stays in bounds."""
    chosen: list[Pattern] = []
    total = 0.0
    for pattern in sorted(candidates, key=lambda p: (p.error_probability, p.agent, p.criterion)):
        total += pattern.error_probability
        if total > ERROR_SHARE * (len(chosen) + 1):
            break
        chosen.append(pattern)
    return chosen


def _ordered(patterns: Iterable[Pattern], key: Callable[[Pattern], float]) -> tuple[Pattern, ...]:
    by_agent: dict[str, list[Pattern]] = {}
    for pattern in sorted(patterns, key=lambda p: (p.agent, key(p), p.criterion)):
        by_agent.setdefault(pattern.agent, []).append(pattern)
    return tuple(pattern for own in by_agent.values() for pattern in own[:ENTRIES_AT_MOST])


def _needed(row: Failures, criterion: CriterionPattern) -> int | None:
    share = row.k / row.n
    if share <= criterion.share + MARGIN or criterion.is_process_item:
        return None
    for n in range(max(ceil(row.n), FEWEST_INSPECTIONS), LOOKED_AHEAD + 1):
        if _weakness_error(criterion.prior.after(share * n, n), criterion) <= ERROR_SHARE:
            return n
    return None
