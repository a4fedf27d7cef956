"""What all agents and inspectors of a month share, as plain values kept with its revision.

The pages of the QA lead read it (`qa_app.calibration`, the month page), so its keys are an interface:

- ``within_sd``, ``between_sd``, ``quality_mean``, ``critical_prior``, ``degrees_of_freedom``: in both modes;
- ``severity``: whether leniency is corrected (``reason`` is empty if so), the variances, and by inspector's id
  ``value`` and ``se`` in points (positive = lenient), ``n`` scorings, ``component``; only in the `fair` mode;
- ``learned``: whether learned scores sharpen the estimates (``reason`` is empty if so), λ, ρ and its lower bound;
- ``standing``: φ, the months' means, groups with a mean of their own, the reliability of one month;
- ``lists``: ``praise`` and ``coaching`` (``names`` as employee number and P, ``error_share``, ``withheld``), ``places``
  by employee number (1 + those separably ahead), ``at_the_ceiling``: share of the month's inspected that scored 100.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qa_app.assessment.build import full
from qa_app.assessment.reduce import ScoredConversation
from scoring.agreement.severity import SeverityFit
from scoring.assessment.lists import AgentList, MonthLists
from scoring.assessment.measures import MonthBasis
from scoring.estimates.quality_results import CentreQuality

__all__ = ["describe_lists", "describe_quality"]

CEILING = 100.0


def describe_quality(basis: MonthBasis) -> dict[str, Any]:
    """Describe the QA part of a centre."""
    if basis.quality is not None:
        return _describe_fair(basis.quality.centre)
    centre = basis.centre
    assert centre is not None  # one of the two modes
    return {
        "within_sd": full(centre.spread.sd),
        "degrees_of_freedom": centre.spread.degrees_of_freedom,
        "between_sd": full(centre.quality.between_variance**0.5) if centre.quality else None,
        "quality_mean": full(centre.quality.mean) if centre.quality else None,
        "critical_prior": [centre.critical.a, centre.critical.b],
    }


def describe_lists(lists: MonthLists, inspected: Sequence[ScoredConversation]) -> dict[str, Any]:
    """Describe whom the month's lists name; `inspected` are the conversations of the month itself."""
    at_the_ceiling = sum(conversation.score >= CEILING for conversation in inspected)
    return {
        "praise": _describe_list(lists.praise),
        "coaching": _describe_list(lists.coaching),
        "places": dict(lists.places),
        "at_the_ceiling": full(at_the_ceiling / len(inspected)) if inspected else None,
    }


def _describe_list(found: AgentList) -> dict[str, Any]:
    return {
        "names": [[one.agent, full(one.probability)] for one in found.names],
        "error_share": full(found.error_share),
        "withheld": found.withheld or "",
    }


def _describe_fair(centre: CentreQuality) -> dict[str, Any]:
    return {
        "within_sd": full(centre.spreads.plain.sd),
        "degrees_of_freedom": centre.spreads.plain.degrees_of_freedom,
        "between_sd": full(centre.between_sd),
        "quality_mean": full(next((mean for age, mean in centre.month_means if age == 0), None)),
        "critical_prior": [centre.critical.a, centre.critical.b],
        "severity": _describe_severity(centre.severity),
        "learned": {
            "reason": centre.assist.reason or "",
            "lambda": full(centre.slope),
            "correlation": full(centre.assist.correlation),
            "correlation_lower": full(centre.assist.correlation_lower),
            "scored": centre.assist.scored,
            "missing_share": full(centre.assist.missing_share),
            "gain": full(centre.spreads.gain),
        },
        "standing": {
            "is_shrunk": centre.is_shrunk,
            "peers": centre.peers,
            "correlation": full(centre.correlation),
            "months": [[age, full(mean)] for age, mean in centre.month_means],
            "groups": {group: full(offset) for group, offset in centre.group_offsets},
            "reliability": full(centre.reliability),
        },
    }


def _describe_severity(fit: SeverityFit | None) -> dict[str, Any]:
    if fit is None:
        return {"reason": "switched_off", "inspectors": {}}
    variances = fit.variances
    return {
        "reason": "" if fit.is_applied else str(fit.reason),
        "variances": {
            "agent": full(variances.agent),
            "conversation": full(variances.conversation),
            "inspector": full(variances.inspector),
            "residual": full(variances.residual),
        },
        "inspectors": {
            inspector: {
                "value": full(float(fit.leniency[place])),
                "se": full(float(fit.standard_error[place])),
                "n": int(fit.scorings[place]),
                "component": int(fit.component[place]),
            }
            for place, inspector in enumerate(fit.inspectors)
        },
    }
