"""Which conversations of a month can be drawn, and what was left out and why.

Eligible by default: answered, ended, and with something to inspect. A conversation without an opening time belongs to
no month and so to no draw; how many those are is counted for the page.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, String, case, func, literal, select, tuple_
from sqlalchemy.orm import Session

from qa_app.conversations.eligibility import has_ended, is_inspectable, passes
from qa_app.conversations.metrics import month_bounds
from qa_app.models import Agent, Conversation, SamplingPlan, Team
from qa_app.people.organisation import organisation_of
from qa_app.sampling.design import Chances, Design, Eligibility, Filters, Strata
from qa_app.sampling.risk import read_risk
from scoring.sampling.chances import weigh_by_risk
from scoring.sampling.frame import has_control_character

__all__ = ["Excluded", "Population", "count_undated", "find_conversations", "read_population", "zone_of"]

CENTRE = "all"
_LOOK_UP_AT_ONCE = 500


class Excluded(enum.StrEnum):
    """Why a conversation of the month is not in the frame, in the order in which the reasons are tried."""

    filtered = "filtered"
    no_agent = "no_agent"
    unanswered = "unanswered"
    not_ended = "not_ended"
    nothing_to_inspect = "nothing_to_inspect"
    unusable_id = "unusable_id"


@dataclass(frozen=True, slots=True)
class Population:
    """The eligible conversations of a month: ids and strata side by side, and what was left out.

    Where the plan draws by risk, `risks` and the `sizes` made of them stand beside; where all chances are equal both
    are none. `model_version` names the model whose probabilities the risks are.
    """

    ids: list[str]
    strata: list[str]
    excluded: dict[str, int]
    month_size: int
    sizes: list[float] | None = None
    risks: list[float] | None = None
    model_version: int | None = None

    def count_by_stratum(self) -> dict[str, int]:
        """Count the eligible conversations of every stratum, strata sorted."""
        return dict(sorted(Counter(self.strata).items()))


def zone_of(session: Session) -> ZoneInfo:
    """Return the zone in which months are cut."""
    organisation = organisation_of(session)
    return ZoneInfo(organisation.time_zone if organisation else "UTC")


def read_population(session: Session, plan: SamplingPlan) -> Population:
    """Read a plan's population as it is now: one pass over the month."""
    filters, design = Filters.from_json(plan.filters), Design.from_json(plan.design)
    reading = read_risk(session, design) if design.chances is Chances.risk else None
    ids: list[str] = []
    strata: list[str] = []
    risks: list[float] = []
    excluded: Counter[str] = Counter()
    query = _month_query(plan.month, zone_of(session), filters, design)
    rows = session.execute(query.add_columns(*reading.columns) if reading else query).yield_per(10_000)
    for name, stratum, reason, *facts in rows:
        if reason is None and (has_control_character(name) or has_control_character(stratum)):
            reason = Excluded.unusable_id
        if reason is None:
            ids.append(name)
            strata.append(stratum)
            if reading:
                risks.append(reading.count(facts))
        else:
            excluded[reason] += 1
    month_size = len(ids) + excluded.total()
    if reading is None:
        return Population(ids, strata, dict(excluded), month_size)
    sizes = weigh_by_risk(risks, strata, uniform_share=design.even_share)
    return Population(ids, strata, dict(excluded), month_size, sizes, risks, reading.model_version)


def count_undated(session: Session) -> int:
    """Count conversations without an opening time, which belong to no month and no draw."""
    return session.scalar(select(func.count()).where(Conversation.opened_at.is_(None))) or 0


def find_conversations(session: Session, names: Iterable[str]) -> dict[str, Conversation]:
    """Find conversations by their ids in a frame, `source:external_id`; what is gone is missing in the answer."""
    # A source may hold a colon itself, so every way to cut the id is looked up; the pair is unique all the same.
    pairs = [(name[:at], name[at + 1 :]) for name in names for at, sign in enumerate(name) if sign == ":"]
    found: dict[str, Conversation] = {}
    for start in range(0, len(pairs), _LOOK_UP_AT_ONCE):
        chunk = pairs[start : start + _LOOK_UP_AT_ONCE]
        matches = tuple_(Conversation.source, Conversation.external_id).in_(chunk)
        found |= {row.public_id: row for row in session.scalars(select(Conversation).where(matches))}
    return found


def _month_query(month: str, zone: ZoneInfo, filters: Filters, design: Design) -> Select[str, str, str | None]:
    start, end = month_bounds(month, zone)
    name = Conversation.source + literal(":", String) + Conversation.external_id
    return (
        select(name, _stratum(design.strata), _reason_left_out(filters, design.eligibility))
        .select_from(Conversation)
        .outerjoin(Agent, Agent.id == Conversation.agent_id)
        .outerjoin(Team, Team.id == Agent.team_id)
        .where(Conversation.opened_at >= start, Conversation.opened_at < end)
    )


def _stratum(strata: Strata) -> ColumnElement[str]:
    columns: dict[Strata, ColumnElement[str]] = {
        Strata.agent: func.coalesce(Agent.employee_number, ""),
        Strata.team: func.coalesce(Team.name, ""),
        Strata.channel: Conversation.channel.expression,
        Strata.centre: literal(CENTRE, String),
    }
    return columns[strata]


def _reason_left_out(filters: Filters, eligibility: Eligibility) -> ColumnElement[str | None]:
    whens = [
        (~passes(filters), Excluded.filtered.value),
        (Conversation.agent_id.is_(None), Excluded.no_agent.value),
        (~is_inspectable(eligibility), Excluded.nothing_to_inspect.value),
    ]
    if eligibility.ended:
        whens.insert(2, (~has_ended(), Excluded.not_ended.value))
    if eligibility.answered:
        whens.insert(2, (Conversation.answered.is_(False), Excluded.unanswered.value))
    return case(*whens, else_=None)
