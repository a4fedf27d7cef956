"""On what occasion an action is opened: what it is about, and what can be proposed for it from rubric and evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.access import NotFound, get_inspection, visible_agents, visible_sheets
from qa_app.coaching.facts import split_criterion
from qa_app.coaching.queries import find_quotes, list_versions
from qa_app.keys import read_key
from qa_app.models import ActionSource, Agent, Sheet, User
from scoring.rubric.definition import NO_TEXT, Criterion, Rubric, Text

__all__ = ["SCORE_TITLE", "Occasion", "find_agent", "find_occasion"]

SCORE_TITLE = Text(en="QA score", zh="质检得分")


@dataclass(frozen=True, slots=True)
class Occasion:
    """What the page of a new action knows before anybody types."""

    agent: Agent
    source: ActionSource
    criterion: str
    title: Text
    practice: Text
    sentence: Text
    sheet_id: int | None
    inspection_id: int | None
    quotes: Sequence[Any]


def find_agent(session: Session, actor: User, agent_id: int) -> Agent:
    """Return an agent whose figures the actor may see, or raise `NotFound`."""
    found = session.scalar(select(Agent).where(Agent.id == agent_id, visible_agents(actor)))
    if found is None:
        raise NotFound
    return found


def find_occasion(session: Session, actor: User, agent: Agent, asked: Mapping[str, str]) -> Occasion:
    """Read the occasion from an address: `criterion`, `source`, `sheet`, `inspection`; what is not there is refused."""
    key = asked.get("criterion", "")
    criterion, versions = _criterion(session, key)
    source = next((known for known in ActionSource if known == asked.get("source")), ActionSource.lost_point)
    if source in (ActionSource.standard, ActionSource.trend):
        sheet_id = inspection_id = None
    else:
        sheet_id, inspection_id = _sheet(session, actor, agent, asked), _inspection(session, actor, agent, asked)
    quotes = find_quotes(
        session,
        agent.id,
        versions=versions,
        criterion=split_criterion(key)[1],
        inspection_id=inspection_id,
    )
    guidance = criterion.guidance if criterion else None
    return Occasion(
        agent=agent,
        source=source,
        criterion=key,
        title=criterion.title if criterion else SCORE_TITLE,
        practice=guidance.text if guidance else NO_TEXT,
        sentence=guidance.good if guidance else NO_TEXT,
        sheet_id=sheet_id,
        inspection_id=inspection_id,
        quotes=quotes,
    )


def _criterion(session: Session, key: str) -> tuple[Criterion | None, list[int]]:
    """The criterion as its newest version words it, and all versions that ask it."""
    if not key:
        return None, []
    rubric, code = split_criterion(key)
    found, versions = None, []
    for version_id, plain in list_versions(session):
        if plain.get("code") != rubric:
            continue
        asked = msgspec.convert(plain, Rubric).criterion(code)
        if asked is not None:
            found = asked
            versions.append(version_id)
    if found is None:
        raise NotFound
    return found, versions


def _sheet(session: Session, actor: User, agent: Agent, asked: Mapping[str, str]) -> int | None:
    if not asked.get("sheet", "").isdecimal():
        return None
    found = session.scalar(
        select(Sheet.id).where(Sheet.id == read_key(asked["sheet"]), Sheet.agent_id == agent.id, visible_sheets(actor))
    )
    if found is None:
        raise NotFound
    return found


def _inspection(session: Session, actor: User, agent: Agent, asked: Mapping[str, str]) -> int | None:
    if not asked.get("inspection", "").isdecimal():
        return None
    found = get_inspection(session, actor, read_key(asked["inspection"]))
    if found.agent_id != agent.id:
        raise NotFound
    return found.id
