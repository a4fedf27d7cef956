"""Figures of a model as they are kept and shown: plain JSON, an estimate never without its interval and n."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from scoring.values import Estimate

if TYPE_CHECKING:
    from scoring.screening.targets import Target

__all__ = ["judge_predictions", "plain_estimate"]


def plain_estimate(estimate: Estimate) -> dict[str, Any]:
    """Turn an estimate into JSON."""
    return {**asdict(estimate), "label": estimate.label.value}


def judge_predictions(
    target: Target,
    answers: NDArray[np.float64],
    predictions: NDArray[np.float64],
    groups: NDArray[np.intp],
    *,
    seed: str,
) -> dict[str, Any]:
    """Figures of one target, out of sample, as JSON; conversations whose answer is not known (NaN) are left out."""
    from scoring.screening.figures import judge_event, judge_level
    from scoring.screening.targets import Link

    known = ~np.isnan(answers)
    answers, predictions, groups = answers[known], predictions[known], groups[known]
    judged = (
        judge_event(answers, predictions)
        if target.link is Link.event
        else judge_level(answers, predictions, groups, seed=seed)
    )
    plain = asdict(judged)
    for name in judged.__slots__:
        value = getattr(judged, name)
        if isinstance(value, Estimate):
            plain[name] = plain_estimate(value)
    return {"n": int(known.sum()), **plain, "tenths": [asdict(tenth) for tenth in judged.tenths]}
