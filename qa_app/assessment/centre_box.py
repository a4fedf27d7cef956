"""What a month's figures are worth, in a few plain lines for the QA lead and HR: read from the revision's centre."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _

from qa_app.web.filters import format_number, format_percent
from scoring.assessment.policy import Policy

__all__ = ["learned_score_line", "severity_line", "worth_lines"]


def worth_lines(centre: dict[str, Any], policy: Policy, language: str) -> tuple[str, ...]:
    """Say what the month's ranking rests on; nothing for a month of the direct mode."""
    if "severity" not in centre:
        return ()
    return tuple(line for line in _lines(centre, policy, language) if line)


def _lines(centre: dict[str, Any], policy: Policy, language: str) -> Iterator[str]:
    standing = centre["standing"]
    reliability = standing["reliability"]
    if reliability is not None:
        yield _(
            "Of the differences between agents in this month alone, %(share)s are real; the rest is luck of the draw.",
            share=format_percent(reliability),
        )
    if not standing["is_shrunk"]:
        yield _("Fewer than eight agents were inspected: nothing is compared across agents.")
    yield severity_line(centre["severity"])
    yield learned_score_line(centre["learned"], is_allowed=policy.learned_scores)
    shares = centre.get("variance_shares") or {}
    titles = {component.code: component.title.in_language(language) for component in policy.components}
    carried = ", ".join(f"{titles.get(code, code)} {format_percent(share)}" for code, share in shares.items())
    if carried:
        yield _("What really makes overall scores differ: %(shares)s.", shares=carried)


def severity_line(severity: dict[str, Any]) -> str:
    """Say whether inspectors' leniency is taken out, and why not."""
    match severity["reason"]:
        case "":
            values = [row["value"] for row in severity["inspectors"].values()]
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


def learned_score_line(learned: dict[str, Any], *, is_allowed: bool) -> str:
    """Say whether learned scores sharpen the month, and why not; nothing where the policy leaves them out."""
    if not is_allowed:
        return ""
    match learned["reason"]:
        case "":
            return str(
                _(
                    "Learned scores sharpen the estimates: one inspection counts for %(gain)s.",
                    gain=format_number(learned["gain"], 1),
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
