"""Is a criterion understood alike? Its agreement figures, and a verdict that looks at failures as well."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from scoring.agreement.alpha import KrippendorffAlpha, Metric
from scoring.agreement.coefficients import Weights
from scoring.agreement.measures import GwetAC, PercentAgreement, SpecificAgreement
from scoring.agreement.resampling import Agreement, estimate_agreement
from scoring.agreement.tables import AnswerTable
from scoring.errors import InputError

__all__ = [
    "CriterionAgreement",
    "FailureAgreement",
    "Scale",
    "Shortfall",
    "Verdict",
    "judge_criterion",
    "lowest_first",
]

ENOUGH = 0.8  # of AC1 or AC2
ENOUGH_AT_LEAST = 0.6  # its lower bound
ENOUGH_ON_FAILURES = 0.3


class Scale(StrEnum):
    """Whether the levels of a criterion have an order."""

    nominal = "nominal"  # yes/no, or kinds: AC1 and nominal α
    ordered = "ordered"  # levels: AC2 with quadratic weights and ordinal α


class Verdict(StrEnum):
    """What the figures say about a criterion."""

    in_order = "in_order"
    too_few_failures = "too_few_failures"  # agrees, but too few failed to tell whether on failures too
    cannot_tell = "cannot_tell"  # neither in order nor clearly not
    not_in_order = "not_in_order"
    too_few = "too_few"  # fewer than ten conversations: only counts


class Shortfall(StrEnum):
    """What keeps a criterion from being in order."""

    agreement = "agreement"  # AC below 0.8
    lower_bound = "lower_bound"  # its lower bound below 0.6
    failures = "failures"  # agreement on failures below 0.3


@dataclass(frozen=True, slots=True)
class FailureAgreement:
    """Do inspectors fail the same conversations?

    Attributes
    ----------
    conversations : int
        Conversations that at least one of two or more inspectors failed.
    both, one_only : int
        Pairs of inspectors who both failed a conversation, and of whom one only did.
    share : Agreement
        ``2·both / (2·both + one_only)``; no value below ten conversations.
    """

    conversations: int
    both: int
    one_only: int
    share: Agreement


@dataclass(frozen=True, slots=True)
class CriterionAgreement:
    """Agreement on one criterion.

    Attributes
    ----------
    criterion : str
        Its code.
    n : int
        Conversations with at least two answers.
    unanimous : int
        Of these, how many got the same answer from everybody.
    percent, corrected, alpha : Agreement
        Raw agreement; AC1 or AC2; Krippendorff's α, which is shown but decides nothing.
    failures : FailureAgreement
        Agreement on failures.
    verdict : Verdict
        See `judge_criterion`.
    shortfalls : tuple of Shortfall
        What is missing; empty where in order or where nothing can be said.
    """

    criterion: str
    n: int
    unanimous: int
    percent: Agreement
    corrected: Agreement
    alpha: Agreement
    failures: FailureAgreement
    verdict: Verdict
    shortfalls: tuple[Shortfall, ...]


def judge_criterion(
    criterion: str,
    table: AnswerTable,
    failing: Collection[str],
    generator: np.random.Generator,
    *,
    scale: Scale = Scale.nominal,
) -> CriterionAgreement:
    """Agreement figures of a criterion and whether it is in order.

    In order: AC ≥ 0.8 with a lower bound ≥ 0.6, and agreement on failures ≥ 0.3 where at least ten conversations were
    failed by someone; with fewer, "too few failures". AC alone is blind where nearly all pass: 0.95 with an inspector
    who passes everything. Not in order: the whole interval of AC below 0.8, or agreement on failures below 0.3.
    Between the two it cannot be told.

    Parameters
    ----------
    criterion : str
        Its code.
    table : AnswerTable
        Answers of conversations scored at least twice; "not applicable" counts as missing.
    failing : collection of str
        The levels that lose points.
    generator : numpy.random.Generator
        From `generator_for` of the criterion and what is looked at.
    scale : Scale, default=nominal
        Whether a near miss is half an agreement.

    Returns
    -------
    CriterionAgreement

    Raises
    ------
    InputError
        If a failing level is none of the criterion's.
    """
    unknown = sorted(set(failing) - set(table.levels))
    if unknown:
        raise InputError(f"{criterion}: {unknown} are none of the levels {list(table.levels)}.")
    weights, metric = _WAYS[scale]
    percent = estimate_agreement(PercentAgreement(), table, generator)
    corrected = estimate_agreement(GwetAC(weights), table, generator)
    alpha = estimate_agreement(KrippendorffAlpha(metric), table, generator)
    failures = _failures(table, failing, generator)
    verdict, shortfalls = _decide(corrected, failures.share)
    alike = (table.patterns.max(axis=1) == table.answers) & (table.answers >= 2)
    unanimous = int(table.units[alike].sum())
    return CriterionAgreement(
        criterion, table.pairable, unanimous, percent, corrected, alpha, failures, verdict, shortfalls
    )


def lowest_first(criteria: Iterable[CriterionAgreement]) -> tuple[CriterionAgreement, ...]:
    """Order criteria by their chance-corrected agreement, the lowest first; undefined ones last, ties by code.

    Below ten conversations the bare coefficient still orders the list, though it is not shown.
    """

    def key(criterion: CriterionAgreement) -> tuple[bool, float, str]:
        value = criterion.corrected.coefficient.value
        return value is None, 0.0 if value is None else value, criterion.criterion

    return tuple(sorted(criteria, key=key))


_WAYS = {
    Scale.nominal: (Weights.identity, Metric.nominal),
    Scale.ordered: (Weights.quadratic, Metric.ordinal),
}


def _failures(table: AnswerTable, failing: Collection[str], generator: np.random.Generator) -> FailureAgreement:
    measure = SpecificAgreement(frozenset(failing))
    both, one_only = (int(pairs @ table.units) for pairs in measure.count_pairs(table))
    share = estimate_agreement(measure, table, generator)
    return FailureAgreement(measure.evidence(table), both, one_only, share)


def _decide(corrected: Agreement, failures: Agreement) -> tuple[Verdict, tuple[Shortfall, ...]]:
    agreement, on_failures = corrected.estimate, failures.estimate.value
    if agreement.value is None or agreement.lower is None or agreement.upper is None:
        return Verdict.too_few, ()
    missing = [
        (agreement.value < ENOUGH, Shortfall.agreement),
        (agreement.lower < ENOUGH_AT_LEAST, Shortfall.lower_bound),
        (on_failures is not None and on_failures < ENOUGH_ON_FAILURES, Shortfall.failures),
    ]
    shortfalls = tuple(shortfall for is_missing, shortfall in missing if is_missing)
    if agreement.upper < ENOUGH or Shortfall.failures in shortfalls:
        return Verdict.not_in_order, shortfalls
    if shortfalls:
        return Verdict.cannot_tell, shortfalls
    return (Verdict.too_few_failures if on_failures is None else Verdict.in_order), ()
