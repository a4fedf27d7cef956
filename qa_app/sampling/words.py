"""What the codes of this room are called on pages."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from qa_app.models import Channel, SampleState
from qa_app.sampling.design import Chances, RiskSource, Strata
from qa_app.sampling.population import CENTRE, Excluded
from qa_app.sampling.stages import Stage
from scoring.sampling.allocate import Allocation
from scoring.sampling.assign import Shortfall
from scoring.sampling.verify import CheckName

__all__ = [
    "ALLOCATIONS",
    "CHANCES",
    "CHANNELS",
    "CHECKS",
    "EXCLUDED",
    "REASONS",
    "REFUSALS",
    "SAMPLE_STATES",
    "SHORTFALLS",
    "SIGNS",
    "STAGES",
    "STRATA",
    "TARGET_REFUSALS",
    "stratum_title",
]

STRATA: dict[str, LazyString] = {
    Strata.agent: _l("Each agent"),
    Strata.team: _l("Each team"),
    Strata.channel: _l("Each channel"),
    Strata.centre: _l("The whole centre"),
}
ALLOCATIONS: dict[str, LazyString] = {
    Allocation.equal: _l("equally: smallest error for each one"),
    Allocation.proportional: _l("in proportion: for the mean of the centre"),
    Allocation.power: _l("by square root: between the two"),
    Allocation.optimum: _l("optimally: smallest error of the total"),
}
CHANCES: dict[str, LazyString] = {
    Chances.equal: _l("Every conversation of a group has the same chance"),
    Chances.risk: _l("Risk of trouble raises the chance"),
}
RISK_SOURCES: dict[str, LazyString] = {
    RiskSource.signs: _l("Signs of trouble, in points"),
    RiskSource.learned: _l("The learned probability of a low score"),
    RiskSource.given: _l("The risk that came with the import, 0 to 1"),
    RiskSource.rules: _l("Verdicts of rules, one point each"),
}
SIGNS: dict[str, LazyString] = {
    "low_rating": _l("customer gave 1 or 2 of 5"),
    "long_wait": _l("customer waited long"),
    "unresolved": _l("not resolved"),
    "transferred": _l("passed on to somebody else"),
}
CHANNELS: dict[str, LazyString] = {
    Channel.phone: _l("Phone"),
    Channel.chat: _l("Chat"),
    Channel.email: _l("E-mail"),
    Channel.social: _l("Social media"),
    Channel.other: _l("Other"),
}
EXCLUDED: dict[str, LazyString] = {
    Excluded.filtered: _l("outside the plan’s filters"),
    Excluded.no_agent: _l("no agent known"),
    Excluded.unanswered: _l("not answered"),
    Excluded.not_ended: _l("not ended yet"),
    Excluded.nothing_to_inspect: _l("nothing to inspect: no agent message, under 10 s of speech"),
    Excluded.unusable_id: _l("control character in the number"),
}
REASONS: dict[str, LazyString] = {
    "empty": _l("empty"),
    "wrong_agent": _l("wrong agent"),
    "damaged": _l("damaged"),
    "test": _l("test"),
    "duplicate": _l("duplicate"),
    "personal_data": _l("privacy hold"),
    "not_scoreable": _l("not scoreable"),
}
REFUSALS: dict[str, LazyString] = {
    "unknown_reason": _l("Choose one of the reasons."),
    "lead_only": _l("Only the QA lead can call a sample not scoreable."),
    "closed": _l("This sample was inspected or replaced meanwhile."),
    "answers_exist": _l("Answers were entered: a sample that was judged cannot be replaced any more."),
}
TARGET_REFUSALS: dict[str, LazyString] = {
    "erased": _l("Its content was deleted when its time was over: there is nothing left to inspect."),
    "waiting": _l("It waits for inspection already."),
    "no_rubric": _l("No rubric is published for its channel. Publish one, or choose another rubric."),
    "other_channel": _l("The chosen rubric is not for its channel."),
    "own_team": _l("This inspector may not score it: the agent is of their own team."),
    "opened": _l("It was opened or inspected meanwhile."),
}
SAMPLE_STATES: dict[str, LazyString] = {
    SampleState.drawn: _l("drawn"),
    SampleState.assigned: _l("handed out"),
    SampleState.inspected: _l("inspected"),
    SampleState.replaced: _l("replaced"),
}
SHORTFALLS: dict[str, LazyString] = {
    Shortfall.too_few_inspectors: _l("fewer than three inspectors may score this agent"),
    Shortfall.share_above_limit: _l("one inspector holds more than two fifths of this agent’s quarter"),
}
STAGES: dict[str, LazyString] = {
    Stage.committed: _l("committed"),
    Stage.frozen: _l("frozen"),
    Stage.drawn: _l("drawn"),
    Stage.revealed: _l("revealed"),
}
CHECKS: dict[str, LazyString] = {
    CheckName.commitment: _l("The commitment is the digest of the seed"),
    CheckName.frame: _l("The digest of the list is that of the frozen list"),
    CheckName.order: _l("The order is the recomputed order"),
    CheckName.taken: _l("What was taken are the first of each group"),
    CheckName.replacements: _l("Every replacement was the next in order"),
}


def stratum_title(strata: Strata, stratum: str, agent_names: dict[str, str]) -> str:
    """Write the name of a stratum as a person knows it."""
    if strata is Strata.agent:
        return agent_names.get(stratum, stratum)
    if strata is Strata.channel:
        return str(CHANNELS.get(stratum, stratum))
    return str(STRATA[Strata.centre]) if stratum == CENTRE else stratum
