"""What a month's figures are worth, in a few plain lines for the QA lead and HR: read from the revision's centre."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask_babel import gettext as _

from qa_app.web.filters import format_number, format_percent
from scoring.assessment.centre_record import (
    CentreRecord,
    LearnedRecord,
    ModelRecord,
    SeverityRecord,
    StandingRecord,
)
from scoring.assessment.policy import Policy

__all__ = ["learned_score_line", "severity_line", "worth_lines"]

SMALL_CENTRE = 30
"""Agents below which hardly anybody can be named: in simulated centres of fifteen one name in five months."""


def worth_lines(centre: CentreRecord, policy: Policy, language: str) -> tuple[str, ...]:
    """Say what the month's figures rest on and what they cannot tell; nothing where the record knows no agent."""
    if not centre.agents:
        return ()
    return tuple(line for line in _lines(centre, policy, language) if line)


def _lines(centre: CentreRecord, policy: Policy, language: str) -> Iterator[str]:
    if centre.severity is None or centre.standing is None or centre.learned is None:
        yield from _direct_lines(centre)
    else:
        if centre.agents < SMALL_CENTRE and centre.standing.is_shrunk:
            yield _("A small centre reads standings over months and coaches; it does not rank.")
        yield from _standing_lines(centre.standing)
        yield severity_line(centre.severity)
        yield learned_score_line(centre.learned, centre.models, is_allowed=policy.learned_scores)
        yield _(
            "Of twenty agents named lowest by value alone, eight are not: only tiers that are given and the lists "
            "name people."
        )
    yield _carried_line(centre, policy, language)


def _direct_lines(centre: CentreRecord) -> Iterator[str]:
    """What holds where a month is computed from itself alone."""
    if centre.agents < SMALL_CENTRE:
        yield _("With fewer than thirty agents hardly anybody can be told apart: coach, do not rank.")
    yield _(
        "Each month stands alone: no other month and no other agent steadies its quality, so intervals are wide. They "
        "speak about one person; of the truly lowest they hold in 85 to 92 of 100 cases where three inspectors share "
        "an agent’s conversations; with one it is fewer, and the fewer the more is inspected."
    )
    yield _("Inspectors’ severity is not taken out: who was scored strictly is placed lower.")
    yield _(
        "Named lowest by value alone, in the fair mode eight of twenty agents are not; here it is more. Only tiers "
        "that are given and the lists name people."
    )


def _carried_line(centre: CentreRecord, policy: Policy, language: str) -> str:
    """Say which component really makes overall scores differ."""
    titles = {component.code: component.title.in_language(language) for component in policy.components}
    shares = centre.variance_shares.items()
    carried = ", ".join(f"{titles.get(code, code)} {format_percent(share)}" for code, share in shares)
    return str(_("What really makes overall scores differ: %(shares)s.", shares=carried)) if carried else ""


def _standing_lines(standing: StandingRecord) -> Iterator[str]:
    if standing.reliability is not None:
        yield _(
            "Of the differences between agents in this month alone, %(share)s are real; the rest is luck of the draw.",
            share=format_percent(standing.reliability),
        )
    if not standing.is_shrunk:
        yield _("Fewer than eight agents were inspected: nothing is compared across agents.")


def severity_line(severity: SeverityRecord) -> str:
    """Say whether inspectors' leniency is taken out, and why not."""
    match severity.reason:
        case "":
            values = [one.value for one in severity.inspectors.values()]
            return str(
                _(
                    "Inspectors’ severity is taken out of every score: from %(low)s to %(high)s points.",
                    low=format_number(min(values), 1),
                    high=format_number(max(values), 1),
                )
            )
        case "one_inspector" | "few_inspectors":
            return str(_("Severity is not corrected: it takes three inspectors."))
        case "few_scorings":
            return str(_("Severity is not corrected: it takes thirty scorings."))
        case "disconnected":
            return str(_("Severity is not corrected: too few agents are shared between inspectors to compare them."))
        case "no_variation":
            return str(_("Severity is not corrected: all scores are equal."))
        case _:
            return str(_("Severity is not corrected."))


def learned_score_line(learned: LearnedRecord, models: Sequence[ModelRecord], *, is_allowed: bool) -> str:
    """Say whether learned scores sharpen the month and of which version, or why not; nothing where the policy leaves
    them out. Months frozen by the first version do not know theirs."""
    if not is_allowed:
        return ""
    if learned.is_used and models:
        return str(
            _(
                "Learned scores of version %(version)s sharpen the estimates: one inspection counts for %(gain)s.",
                version=models[-1].version,
                gain=format_number(learned.gain, 1),
            )
        )
    match learned.reason:
        case "":
            return str(
                _(
                    "Learned scores sharpen the estimates: one inspection counts for %(gain)s.",
                    gain=format_number(learned.gain, 1),
                )
            )
        case "no_scores":
            return str(_("Learned scores are not used: no model has scored this month."))
        case "missing":
            return str(_("Learned scores are not used: more than 2 in 100 conversations have none."))
        case "few_scored":
            return str(_("Learned scores are not used: it takes 100 inspected conversations that have one."))
        case _:
            return str(_("Learned scores are not used: they are too loosely tied to what inspectors say."))
