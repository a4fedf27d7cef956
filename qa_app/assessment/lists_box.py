"""The month's lists as the page tells them: who is surely above the upper quartile, whom to coach first, the places.

Read from the revision's centre (`centre.describe_lists`). Only HR and the QA lead see whom to coach; agents see none
of it, and no place anywhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.models import Agent, PeriodRevision, RoleName, Sheet, User
from qa_app.web.filters import format_number, format_percent
from scoring.assessment.centre_record import AgentNames, CentreRecord, ListsRecord

__all__ = ["ListedName", "ListsBox", "NameList", "PlaceLine", "make_lists_box"]

CEILING_SHARE = 0.4
SEES_COACHING = {RoleName.hr, RoleName.qa_lead}
MOST_PLACES = 100
DRAWS = 4_000
"""Each P is a share of so many draws."""


@dataclass(frozen=True, slots=True)
class ListedName:
    """A name with the probability that it belongs there, leading to its sheet."""

    sheet_id: int
    name: str
    number: str
    probability: str


@dataclass(frozen=True, slots=True)
class NameList:
    """One list: its names in alphabetical order, or why there are none."""

    code: str
    title: str
    meaning: str
    names: tuple[ListedName, ...]
    error: str
    empty: str
    formula: str = ""


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """One agent's place: 1 + those separably ahead."""

    sheet_id: int
    name: str
    number: str
    place: str


@dataclass(frozen=True, slots=True)
class ListsBox:
    """What the page shows; `warnings` say when the lists are worse than they promise."""

    lists: tuple[NameList, ...]
    warnings: tuple[str, ...]
    places: tuple[PlaceLine, ...]
    compared: int


def make_lists_box(session: Session, actor: User, revision: PeriodRevision) -> ListsBox | None:
    """Gather the lists of a revision; none for one that was computed before there were lists. One query."""
    found = revision.centre.lists
    if found is None:
        return None
    people = _people(session, revision.id)
    lists = [_list("praise", _("Praise: above the upper quartile"), found.praise, people)]
    if not actor.role_names.isdisjoint(SEES_COACHING):
        lists.append(_list("coaching", _("Coaching: the lowest quarter"), found.coaching, people))
    return ListsBox(
        lists=tuple(lists),
        warnings=tuple(_warnings(revision.centre, found)),
        places=_places(found.places, people),
        compared=len(found.places),
    )


def _people(session: Session, revision_id: int) -> dict[str, tuple[int, str]]:
    """Sheet and name of everybody in the month, by employee number."""
    rows = session.execute(
        select(Agent.employee_number, Sheet.id, Agent.name)
        .join(Sheet, Sheet.agent_id == Agent.id)
        .where(Sheet.revision_id == revision_id)
    )
    return {number: (sheet_id, name) for number, sheet_id, name in rows}


def _list(code: str, title: str, found: AgentNames, people: Mapping[str, tuple[int, str]]) -> NameList:
    names = [
        ListedName(*people[one.agent], number=one.agent, probability=format_percent(one.probability, DRAWS))
        for one in found.names
        if one.agent in people
    ]
    error = ""
    if names:
        error = _("Of these names about %(share)s are wrong on average.", share=format_percent(found.error_share))
    return NameList(
        code=code,
        title=title,
        meaning=_("P is the probability of belonging here."),
        names=tuple(sorted(names, key=lambda one: (one.name.casefold(), one.number))),
        error=error,
        empty="" if names else _why_empty(found.withheld),
        formula=_error_formula(found),
    )


def _error_formula(found: AgentNames) -> str:
    """Write the expected share of wrong names with its numbers; empty without names."""
    if not found.names or found.error_share is None:
        return ""
    terms = " + ".join(format_number(1 - one.probability, 3) for one in found.names)
    return f"mean(1 − P) = ({terms}) / {len(found.names)} = {format_number(found.error_share, 3)}"


def _why_empty(withheld: str) -> str:
    match withheld:
        case "too_few_agents":
            return str(_("No list: fewer than four agents can be compared with each other."))
        case "too_little_evidence":
            return str(_("No list: nobody has three conversations’ worth of evidence."))
        case _:
            return str(_("Nobody: no name would be right nine times in ten on average."))


def _warnings(centre: CentreRecord, lists: ListsRecord) -> list[str]:
    """Say where the promise of the lists does not hold."""
    found = []
    ceiling = lists.at_the_ceiling
    if ceiling is not None and ceiling >= CEILING_SHARE:
        found.append(
            _(
                "%(share)s of the inspected conversations scored 100. Such a ceiling hides who is best: praise lists "
                "were wrong for two names in ten there.",
                share=format_percent(ceiling),
            )
        )
    if centre.severity is None or not centre.severity.is_applied:
        found.append(_("Inspectors’ severity is not taken out: who was scored strictly is placed lower."))
    return found


def _places(places: Mapping[str, int], people: Mapping[str, tuple[int, str]]) -> tuple[PlaceLine, ...]:
    """Places, best first; who shares one stands there in alphabetical order."""
    sharing = Counter(places.values())
    known = sorted(
        (place, people[number][1].casefold(), number) for number, place in places.items() if number in people
    )
    return tuple(
        PlaceLine(*people[number], number=number, place=_place_words(place, len(places), sharing[place]))
        for place, _name, number in known[:MOST_PLACES]
    )


def _place_words(place: int, compared: int, sharing: int) -> str:
    if sharing == 1:
        return str(_("place %(place)s of %(all)s", place=place, all=compared))
    return str(
        ngettext(
            "place %(place)s of %(all)s, shared with %(num)s other",
            "place %(place)s of %(all)s, shared with %(num)s others",
            sharing - 1,
            place=place,
            all=compared,
        )
    )
