"""Does the machine err about a group of people? Answers against predictions by language, channel, time in the job.

For the quarterly audit. An error about one agent has no weight in a fair score (`scoring.estimates.assisted`); an error
about a whole group would still be unjust wherever proposals are read, so it is looked for and shown.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t

from scoring.errors import InputError
from scoring.values import Estimate, Label

Floats = NDArray[np.float64]

FEWEST_IN_GROUP = 30
"""Inspected conversations below which a group is shown but not judged."""
FEWEST_AGENTS = 3
"""Agents below which a group and its agents cannot be told apart: there is no interval."""
_METHOD = "group_mean.clustered_t.v1"


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One group.

    Attributes
    ----------
    dimension, group : str
        Such as ``channel`` and ``chat``.
    n, agents : int
        Inspected conversations and their agents.
    difference : Estimate
        Mean of y − λf minus that mean over all, points: what the machine leaves unexplained about the group. 0 is
        even-handed; below 0 the machine thinks too well of it.
    machine_error : Estimate
        Mean of f − y minus that mean over all, points: how much better the machine thinks of the group than people
        do.
    is_conspicuous : bool
        Whether the interval of `difference` leaves out 0, in a group large enough to be judged.
    """

    dimension: str
    group: str
    n: int
    agents: int
    difference: Estimate
    machine_error: Estimate
    is_conspicuous: bool


def audit_score(
    answers: Floats,
    predictions: Floats,
    slope: float,
    agents: Sequence[str],
    dimensions: Mapping[str, Sequence[str]],
) -> tuple[AuditLine, ...]:
    """Compare groups.

    Conversations of one agent resemble each other, so variances add up agent by agent (cluster-robust), and the
    interval has Student's t with the group's agents − 1 degrees of freedom.

    Parameters
    ----------
    answers : array of float, shape (conversations,)
        People's scores y, points; without critical errors.
    predictions : array of float, shape (conversations,)
        Machine scores f made without them.
    slope : float
        λ, the weight of the machine in the estimates; the within-agent slope where it is switched off.
    agents : sequence of str
        Agent of each conversation.
    dimensions : mapping of str to sequence of str
        Group of each conversation in each dimension; empty: unknown, left out of that dimension.

    Returns
    -------
    tuple of AuditLine
        Dimensions in the order given, groups sorted; groups with fewer than 3 agents have no interval. A dimension
        with a single group says nothing and is left out.

    Raises
    ------
    InputError
        If the lengths differ or a number is missing.

    References
    ----------
    .. [1] K.-Y. Liang, S. L. Zeger (1986), Biometrika 73:13–22 (clustered variance).
    """
    lengths = {len(answers), len(predictions), len(agents), *(len(groups) for groups in dimensions.values())}
    if len(lengths) > 1:
        raise InputError(f"The columns of an audit differ in length: {sorted(lengths)}.")
    if not np.isfinite([*answers, *predictions, slope]).all():
        raise InputError("An audit takes numbers only: leave out conversations without a score.")
    _, cluster = np.unique(np.array(agents, dtype=np.str_), return_inverse=True)
    lines = []
    for dimension, groups in dimensions.items():
        named = np.array(groups, dtype=np.str_)
        names = [str(name) for name in np.unique(named) if name]
        if len(names) < 2:
            continue
        known = named != ""
        columns = (answers - slope * predictions)[known], (predictions - answers)[known]
        lines += [_compare(dimension, name, named[known] == name, cluster[known], columns) for name in names]
    return tuple(lines)


def _compare(
    dimension: str, name: str, member: NDArray[np.bool_], cluster: NDArray[np.intp], columns: tuple[Floats, Floats]
) -> AuditLine:
    n, agents = int(member.sum()), len(np.unique(cluster[member]))
    difference, error = (_deviation(values, member, cluster, agents) for values in columns)
    leaves_out_0 = (
        difference.lower is not None
        and difference.upper is not None
        and not (difference.lower <= 0 <= difference.upper)
    )
    return AuditLine(dimension, name, n, agents, difference, error, leaves_out_0 and n >= FEWEST_IN_GROUP)


def _deviation(values: Floats, member: NDArray[np.bool_], cluster: NDArray[np.intp], agents: int) -> Estimate:
    """Mean of the group minus the mean of all, with the variance of that difference."""
    n, size = len(values), int(member.sum())
    if agents < FEWEST_AGENTS:
        return Estimate(None, None, None, size, None, _METHOD, Label.few)
    own, overall = float(values[member].mean()), float(values.mean())
    # What each conversation adds to the difference; the group is part of the whole, so its share cancels.
    influence = member * (values - own) / size - (values - overall) / n
    totals = np.bincount(cluster, influence)
    clusters = len(np.unique(cluster))
    error = math.sqrt(float(totals @ totals) * clusters / (clusters - 1))
    half = float(t.ppf(0.975, agents - 1)) * error
    value = own - overall
    return Estimate(value, value - half, value + half, size, None, _METHOD, Label.ok)
