"""What the page "What are our numbers worth?" shows: finished values and sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from qa_app.conversations.planning import inspection_hours
from qa_app.simulation.queries import OwnCentre
from qa_app.web.filters import format_number, format_percent

__all__ = ["PlanLine", "StepLine", "WorthPage", "make_plan_lines", "make_worth_page", "needed_for_reliability"]

FEWEST_INSPECTORS = 3  # of one agent's samples
RELIABLE = 0.8


@dataclass(frozen=True, slots=True)
class PlanLine:
    """What a precision costs: how many, by whom, in what time."""

    margin: float
    each: int
    inspections: int
    inspectors_each: int
    hours: float
    hours_per_inspector: float


@dataclass(frozen=True, slots=True)
class StepLine:
    """What a number of samples gives, as simulated."""

    samples: int
    is_own: bool
    hours: float
    half_width_month: float
    half_width_standing: float
    found_today: float
    found: float
    named: float
    named_right: float | None


@dataclass(frozen=True, slots=True)
class WorthPage:
    """The result of a simulation in words."""

    steps: tuple[StepLine, ...]
    sentences: tuple[str, ...]
    careers: tuple[str, ...]
    limits: tuple[str, ...]


def make_plan_lines(own: OwnCentre, numbers: Mapping[str, float]) -> tuple[PlanLine, ...]:
    """The planner's table: how many, by whom, for ± so many points of a single month."""
    from scoring.sampling.planner import tabulate_plan  # SciPy is loaded with the first plan

    facts = own.planning
    rows = tabulate_plan(int(numbers["frame"]), facts.spread.sd, gain=facts.gain)
    return tuple(_plan_line(row.margin, row.size, facts.minutes, numbers) for row in rows)


def _plan_line(margin: float, each: int, minutes: float, numbers: Mapping[str, float]) -> PlanLine:
    conversations = each * numbers["agents"]
    hours = inspection_hours(conversations, numbers["double_share"], minutes)
    inspectors = int(numbers["inspectors"])
    return PlanLine(
        margin=margin,
        each=each,
        inspections=round(conversations * (1 + numbers["double_share"])),
        inspectors_each=min(each, FEWEST_INSPECTORS, inspectors),
        hours=hours,
        hours_per_inspector=hours / inspectors,
    )


def needed_for_reliability(numbers: Mapping[str, float], *, share: float = RELIABLE) -> int | None:
    """Inspections per agent for one month's ranking to be real to `share`; None where agents do not differ.

    From ``share = τ²/(τ² + σ²/(g·n))``, g what one inspection with learned scores counts for.
    """
    between = numbers["agent_sd"] ** 2
    if not between:
        return None
    within = numbers["within_sd"] ** 2 * (1 - numbers["auto_correlation"] ** 2)
    return max(1, round(within / between * share / (1 - share) + 0.499))


def make_worth_page(result: Mapping[str, Any], minutes: float) -> WorthPage:
    """Put a simulation's report into lines and sentences."""
    return WorthPage(
        steps=tuple(_step_line(step, result["numbers"], minutes) for step in result["steps"]),
        sentences=tuple(_sentences(result["own"])),
        careers=tuple(_career_sentences(result["careers"], result["numbers"], result["standard"])),
        limits=tuple(_limits(result)),
    )


def _step_line(step: Mapping[str, Any], numbers: Mapping[str, Any], minutes: float) -> StepLine:
    return StepLine(
        samples=step["samples"],
        is_own=step["samples"] == numbers["samples"],
        hours=inspection_hours(step["samples"] * numbers["agents"], numbers["double_share"], minutes),
        half_width_month=step["direct"]["width"] / 2,
        half_width_standing=step["fair"]["width"] / 2,
        found_today=step["naive"]["hit_rate"],
        found=step["fair"]["hit_rate"],
        named=step["lowest"]["per_month"],
        named_right=step["lowest"]["right"],
    )


def _sentences(own: Mapping[str, Any]) -> Iterator[str]:
    yield _(
        "An interval that says 95 %% holds the truth in %(month)s of the months, the standing’s in %(standing)s.",
        month=format_percent(own["direct"]["coverage"]),
        standing=format_percent(own["fair"]["coverage"]),
    )
    yield _(
        "Of the truly lowest tenth, %(found)s are among as many lowest standings; with the plain mean of the month "
        "it would be %(today)s.",
        found=format_percent(own["fair"]["hit_rate"]),
        today=format_percent(own["naive"]["hit_rate"]),
    )
    yield _(
        "Of those lowest standings, %(above)s are truly above the middle; with the plain mean %(today)s.",
        above=format_percent(own["fair"]["above_median"]),
        today=format_percent(own["naive"]["above_median"]),
    )
    if own["reliability"] is not None:
        yield _(
            "In one month’s order, %(share)s of the differences are real.", share=format_percent(own["reliability"])
        )
    if own["severity_error"] is not None:
        yield _(
            "Inspectors’ severity is known to within %(points)s points.",
            points=format_number(own["severity_error"], 1),
        )
    if own["praise"]["right"] is not None:
        yield _(
            "The praise list names %(count)s a month; %(right)s of them belong there.",
            count=format_number(own["praise"]["per_month"], 1),
            right=format_percent(own["praise"]["right"]),
        )
    else:
        yield _("The praise list names nobody: too little is seen to tell.")


def _career_sentences(careers: list[Mapping[str, Any]], numbers: Mapping[str, Any], standard: float) -> Iterator[str]:
    innocent, weak = careers
    yield _(
        "“Three months running below %(standard)s” names %(rule)s of agents who are exactly at the standard within a "
        "year; the evidence counter names %(named)s in %(months)s months.",
        standard=format_number(standard),
        rule=format_percent(innocent["months_rule"]),
        named=format_percent(innocent["named"]),
        months=innocent["months"],
    )
    flagged = round(innocent["months_rule"] * numbers["agents"])
    yield _("Among %(agents)s such agents that rule would flag %(flagged)s a year without cause.",
            agents=numbers["agents"], flagged=flagged)  # fmt: skip
    if weak["months_to_name"] is None:
        yield _("An agent five points below it is named in fewer than half of the cases within %(months)s months.",
                months=weak["months"])  # fmt: skip
    else:
        yield _("An agent five points below it is named after %(months)s months in the middle case.",
                months=format_number(weak["months_to_name"]))  # fmt: skip


def _limits(result: Mapping[str, Any]) -> Iterator[str]:
    """Say where a centre like this one falls short of what the intervals promise."""
    if result["own"]["fair"]["coverage"] < 0.92 or result["own"]["direct"]["coverage"] < 0.92:
        yield _("In a centre like this the intervals promise more than they hold: read them as somewhat wider.")
    if result["numbers"]["agents"] < 30:
        yield _("A small centre reads standings over months and coaches; it does not rank.")
    if result["numbers"]["share_at_100"] >= 0.35:
        yield _("Many scores are at 100: the ceiling hides who is best, so the praise list is wrong more often.")
    if result["numbers"]["inspectors"] < 3:
        yield _("With fewer than three inspectors nobody can tell a strict inspector from a weak agent.")
    yield _("Simulated with normal agents and the centre’s own spreads; the real centre may differ.")
