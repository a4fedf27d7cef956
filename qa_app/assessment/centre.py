"""What all agents and inspectors of a month share, put into the record that is kept with its revision.

The pages of the QA lead read it (`scoring.assessment.centre_record` says what stands in it).
"""

from __future__ import annotations

from collections.abc import Sequence

from qa_app.assessment.build import full
from qa_app.assessment.reduce import ScoredConversation
from scoring.agreement.severity import SeverityFit
from scoring.assessment.centre_record import (
    AgentNames,
    CentreRecord,
    InspectorSeverity,
    LearnedRecord,
    ListsRecord,
    NamedAgent,
    RankRecord,
    SeverityRecord,
    SeverityVariances,
    StandingRecord,
)
from scoring.assessment.lists import AgentList, MonthLists
from scoring.assessment.measures import MonthBasis
from scoring.assessment.results import AgentResult
from scoring.assessment.tiers import ExpectedRank
from scoring.estimates.quality_results import CentreQuality

__all__ = ["describe_lists", "describe_quality"]

CEILING = 100.0


def describe_quality(basis: MonthBasis) -> CentreRecord:
    """Describe the QA part of a centre."""
    if basis.quality is not None:
        return _describe_fair(basis.quality.centre)
    centre = basis.centre
    assert centre is not None  # one of the two modes
    return CentreRecord(
        within_sd=full(centre.spread.sd),
        degrees_of_freedom=centre.spread.degrees_of_freedom,
        between_sd=full(centre.quality.between_variance**0.5) if centre.quality else None,
        quality_mean=full(centre.quality.mean) if centre.quality else None,
        critical_prior=(centre.critical.a, centre.critical.b),
    )


def describe_lists(
    lists: MonthLists, inspected: Sequence[ScoredConversation], agents: Sequence[AgentResult]
) -> ListsRecord:
    """Describe whom the month's lists name, and the ranks; `inspected` are the conversations of the month itself."""
    at_the_ceiling = sum(conversation.score >= CEILING for conversation in inspected)
    return ListsRecord(
        praise=_describe_list(lists.praise),
        coaching=_describe_list(lists.coaching),
        places=dict(lists.places),
        at_the_ceiling=full(at_the_ceiling / len(inspected)) if inspected else None,
        ranks={agent.agent: _describe_rank(agent.rank) for agent in agents if agent.rank},
    )


def _describe_rank(rank: ExpectedRank) -> RankRecord:
    """Keep a rank; the range is widened where a few far draws pull the mean out of it."""
    mean = _known(rank.mean)
    return RankRecord(mean, min(_known(rank.interval.lower), mean), max(_known(rank.interval.upper), mean))


def _describe_list(found: AgentList) -> AgentNames:
    names = tuple(NamedAgent(one.agent, _known(one.probability)) for one in found.names)
    return AgentNames(names, full(found.error_share), str(found.withheld or ""))


def _known(value: float) -> float:
    return full(value) or 0.0


def _describe_fair(centre: CentreQuality) -> CentreRecord:
    return CentreRecord(
        within_sd=full(centre.spreads.plain.sd),
        degrees_of_freedom=centre.spreads.plain.degrees_of_freedom,
        between_sd=full(centre.between_sd),
        quality_mean=full(next((mean for age, mean in centre.month_means if age == 0), None)),
        critical_prior=(centre.critical.a, centre.critical.b),
        severity=_describe_severity(centre.severity),
        learned=LearnedRecord(
            reason=str(centre.assist.reason or ""),
            slope=full(centre.slope),
            correlation=full(centre.assist.correlation),
            correlation_lower=full(centre.assist.correlation_lower),
            scored=centre.assist.scored,
            missing_share=full(centre.assist.missing_share),
            gain=full(centre.spreads.gain),
        ),
        standing=StandingRecord(
            is_shrunk=centre.is_shrunk,
            peers=centre.peers,
            correlation=full(centre.correlation),
            months=tuple((age, full(mean)) for age, mean in centre.month_means),
            groups={group: full(offset) for group, offset in centre.group_offsets},
            reliability=full(centre.reliability),
        ),
    )


def _describe_severity(fit: SeverityFit | None) -> SeverityRecord:
    if fit is None:
        return SeverityRecord("switched_off")
    variances = fit.variances
    return SeverityRecord(
        reason="" if fit.is_applied else str(fit.reason),
        variances=SeverityVariances(
            agent=_known(variances.agent),
            conversation=_known(variances.conversation),
            inspector=_known(variances.inspector),
            residual=_known(variances.residual),
        ),
        inspectors={
            inspector: InspectorSeverity(
                value=_known(float(fit.leniency[place])),
                se=_known(float(fit.standard_error[place])),
                n=int(fit.scorings[place]),
                component=int(fit.component[place]),
            )
            for place, inspector in enumerate(fit.inspectors)
        },
    )
