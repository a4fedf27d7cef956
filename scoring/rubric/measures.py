"""What a measured criterion is worth: a figure against its target and limit, or a table of steps."""

from __future__ import annotations

from math import isnan

from scoring.rubric.definition import Measure, Target
from scoring.rubric.facts import Facts


def measured_value(measure: Measure, facts: Facts) -> tuple[float | None, float | None]:
    """Figure and value of a measured criterion.

    Parameters
    ----------
    measure : Measure
        The metric asked and its targets.
    facts : mapping of str to str, float, bool or None
        Fields of the conversation; a yes/no field counts as 1 and 0.

    Returns
    -------
    datum : float or None
        The figure; None where the conversation does not have it.
    value : float or None
        v, 0–1: ``(limit − datum) / (limit − target)`` clipped, or the value of its step. None where the figure is
        missing or no target fits the conversation; the criterion is then not applicable.
    """
    datum = _number(facts, measure.metric)
    target = next((target for target in measure.targets if _fits(target, facts)), None)
    if datum is None or target is None:
        return datum, None
    return datum, _stepped(target, datum) if target.steps else _interpolated(target, datum)


def _number(facts: Facts, name: str) -> float | None:
    fact = facts.get(name)
    if fact is None or isinstance(fact, str) or isnan(fact):
        return None
    return float(fact)


def _fits(target: Target, facts: Facts) -> bool:
    fits_channel = not target.channels or facts.get("channel") in target.channels
    fits_priority = not target.priorities or facts.get("priority") in target.priorities
    return fits_channel and fits_priority


def _interpolated(target: Target, datum: float) -> float | None:
    if target.target is None or target.limit is None or target.target == target.limit:
        return None
    share = (target.limit - datum) / (target.limit - target.target)
    return min(1.0, max(0.0, share))


def _stepped(target: Target, datum: float) -> float | None:
    return next((step.value for step in target.steps if step.up_to is None or datum <= step.up_to), None)
