"""Conversations worth a calibration session: scored twice and disagreed on, appealed, or simply drawn at random."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any, Literal
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from qa_app.access import visible_conversations
from qa_app.calibration import queries
from qa_app.calibration.doubles import Double, pair_scorings
from qa_app.calibration.period import half_year_until
from qa_app.models import (
    Appeal,
    CalibrationConversation,
    Conversation,
    Inspection,
    RubricVersion,
    Sample,
    User,
)
from qa_app.web.filters import format_number

__all__ = ["Suggestion", "Why", "find_by_number", "suggest"]

Why = Literal["disagreed", "appealed", "random", "chosen"]
EACH = 6
PROPOSED_RANDOM = 3
_NEWEST = 400


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A conversation that may be picked; `proposed` ones are ticked beforehand: one doubtful, three by chance."""

    id: int
    channel: str
    external_id: str
    topic: str
    opened_at: datetime | None
    why: Why
    note: str
    proposed: bool


def suggest(
    session: Session, actor: User, version: RubricVersion, moment: datetime, zone: ZoneInfo
) -> tuple[Suggestion, ...]:
    """Suggest what fits the rubric's channels and was in no session yet; each conversation once."""
    notes = _disagreed(session, moment, zone)
    fitting = _fitting(actor, version)
    disagreed = _rows(session, fitting, notes)
    appealed = _rows(session, fitting, _appealed(session))
    by_chance = _by_chance(session, fitting, seed=f"{moment:%Y-%m-%d}:{actor.id}:{version.id}")
    found: dict[int, Suggestion] = {}
    for why, rows, ticked in (("disagreed", disagreed, 1), ("appealed", appealed, 0), ("random", by_chance, 3)):
        fresh = [row for row in rows if row.id not in found][:EACH]
        for place, row in enumerate(fresh):
            note = notes.get(row.id, "") if why == "disagreed" else ""
            found[row.id] = Suggestion(
                row.id, row.channel, row.external_id, row.topic or "", row.opened_at, _why(why), note, place < ticked
            )
    return tuple(found.values())


def find_by_number(
    session: Session, actor: User, version: RubricVersion, numbers: Iterable[str]
) -> tuple[list[int], list[str]]:
    """Find conversations by the number they have in their source; return the numbers that fit none, too."""
    wanted = list(dict.fromkeys(number.strip() for number in numbers if number.strip()))
    rows = session.execute(
        _fitting(actor, version, used=True).where(Conversation.external_id.in_(wanted)).order_by(Conversation.id)
    ).all()
    known = {row.external_id for row in rows}
    return [row.id for row in rows], [number for number in wanted if number not in known]


def _why(code: str) -> Why:
    codes: dict[str, Why] = {"disagreed": "disagreed", "appealed": "appealed", "random": "random"}
    return codes[code]


def _fitting(actor: User, version: RubricVersion, *, used: bool = False) -> Select[*tuple[Any, ...]]:
    """Conversations with something to read or hear, of the rubric's channels; none that a session had, unless asked."""
    query: Select[*tuple[Any, ...]] = select(
        Conversation.id,
        Conversation.channel,
        Conversation.external_id,
        Conversation.topic,
        Conversation.opened_at,
    ).where(
        visible_conversations(actor),
        Conversation.erased_at.is_(None),
        or_(Conversation.message_count > 0, Conversation.audio_seconds > 0),
    )
    channels = version.definition.get("channels") or []
    if channels:
        query = query.where(Conversation.channel.in_(channels))
    if not used:
        had = select(Sample.conversation_id).join(
            CalibrationConversation, CalibrationConversation.sample_id == Sample.id
        )
        query = query.where(Conversation.id.not_in(had))
    return query


def _rows(session: Session, fitting: Select[*tuple[Any, ...]], ids: Iterable[int]) -> list[Any]:
    """The conversations of these ids that fit, in the order of the ids."""
    order = {conversation_id: place for place, conversation_id in enumerate(ids)}
    rows = session.execute(fitting.where(Conversation.id.in_(list(order)[:_NEWEST]))).all()
    return sorted(rows, key=lambda row: order[row.id])


def _disagreed(session: Session, moment: datetime, zone: ZoneInfo) -> dict[int, str]:
    """Conversations scored twice on which the two differ, the widest apart first, with who they were."""
    doubles = pair_scorings(queries.list_scorings(session, half_year_until(moment, zone)))
    apart = sorted((one for one in doubles if _distance(one) > (False, 0)), key=_distance, reverse=True)[: EACH * 4]
    names = queries.name_inspectors(session, {side.inspector_id for one in apart for side in (one.first, one.second)})
    return {one.first.conversation_id: _note(one, names) for one in apart}


def _distance(double: Double) -> tuple[bool, float]:
    first, second = double.first, double.second
    return first.is_critical != second.is_critical, abs(first.quality - second.quality)


def _note(double: Double, names: dict[int, str]) -> str:
    first, second = double.first, double.second
    return str(
        _(
            "%(one)s %(first)s, %(other)s %(second)s points; both will remember it",
            one=names.get(first.inspector_id, ""),
            first=format_number(first.quality),
            other=names.get(second.inspector_id, ""),
            second=format_number(second.quality),
        )
    )


def _appealed(session: Session) -> Sequence[int]:
    """Conversations whose inspection was appealed, the latest first."""
    rows = session.scalars(
        select(Inspection.conversation_id)
        .join(Appeal, Appeal.inspection_id == Inspection.id)
        .order_by(Appeal.filed_at.desc())
        .limit(EACH * 4)
    )
    return list(dict.fromkeys(rows))


def _by_chance(session: Session, fitting: Select[*tuple[Any, ...]], *, seed: str) -> list[Any]:
    """Some of the newest ones; the same all day, so that a page loaded again shows what was ticked."""
    rows = session.execute(fitting.order_by(Conversation.opened_at.desc(), Conversation.id).limit(_NEWEST)).all()
    chance = Random(seed)  # noqa: S311 - what is talked about, not what is estimated from
    return chance.sample(list(rows), min(len(rows), EACH * 2))
