"""One line of a table of sheets, in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from flask_babel import gettext as _

from qa_app.assessment.content import Standing, TierResult
from qa_app.assessment.wording import proposal_title, sheet_state, tier_name
from qa_app.web.filters import format_number
from scoring.assessment.centre_record import RankRecord
from scoring.assessment.policy import Policy
from scoring.values import Estimate, Label

__all__ = ["TIER_KINDS", "SheetLine", "sheet_line"]

TIER_KINDS = {"A": "good", "B": "act", "C": "mute", "D": "loss"}


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One line of the table of sheets."""

    id: int
    number: str
    name: str
    team: str
    estimate: Estimate
    standing: Estimate | None
    tier: str
    tier_kind: str
    is_given: bool
    probability: float | None
    withheld: str
    proposals: str
    state: str
    state_kind: str
    state_icon: str
    note: str
    rank: str


class _Proposed(msgspec.Struct):
    """The parts of a sheet's content that a table needs."""

    tier: TierResult
    proposals: tuple[str, ...]
    standing: Standing | None = None


_decoder = msgspec.json.Decoder(_Proposed)


def sheet_line(row: Any, policy: Policy, language: str, ranks: Mapping[str, RankRecord] | None = None) -> SheetLine:
    """One line of the table from a row of `sheets_query`; with `ranks` it says the expected rank and its range."""
    found = _decoder.decode(row.content)
    given = found.tier.given or ""
    state, kind, icon = _line_state(row)
    return SheetLine(
        id=row.id,
        number=row.employee_number,
        name=row.name,
        team=row.name_zh if language.startswith("zh") and row.name_zh else row.team,
        estimate=Estimate(
            row.composite,
            row.composite_lower,
            row.composite_upper,
            row.inspection_count,
            None,
            "",
            Label(row.label),
        ),
        # Below eight agents it is the month itself, and called so; sheets of the first formulas do not say.
        standing=found.standing.composite if found.standing and found.standing.is_shrunk is not False else None,
        tier=tier_name(found.tier, policy.ordered_tiers, language),
        tier_kind=TIER_KINDS.get(given, "act"),
        is_given=bool(given),
        probability=found.tier.probability,
        withheld=found.tier.withheld,
        proposals=", ".join(proposal_title(code) for code in found.proposals),
        state=state,
        state_kind=kind,
        state_icon=icon,
        note=row.review_note,
        rank=_rank_words(ranks[row.employee_number]) if ranks and row.employee_number in ranks else "",
    )


def _rank_words(rank: RankRecord) -> str:
    return str(
        _(
            "rank %(rank)s (%(lower)s–%(upper)s)",
            rank=format_number(rank.mean),
            lower=format_number(rank.lower),
            upper=format_number(rank.upper),
        )
    )


def _line_state(row: Any) -> tuple[str, str, str]:
    """Word, kind and icon: of the review while the sheet is a draft, of the sheet afterwards."""
    if row.is_held_back:
        return _("held back"), "crit", "flag"
    if row.state == "draft":
        return (_("reviewed"), "good", "check") if row.is_reviewed else (_("to review"), "watch", "clock")
    icons = {"acknowledged": ("good", "check"), "objected": ("crit", "flag"), "published": ("mute", "send")}
    kind, icon = icons.get(row.state, ("mute", "eye"))
    return sheet_state(row.state), kind, icon
