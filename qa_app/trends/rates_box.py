"""The card "Who stands out?": rates of agents in funnels. Only those outside are named."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from qa_app.trends.cases import Cases
from qa_app.trends.funnel_picture import NARROW, WIDE, FunnelPicture, draw_funnel_picture
from qa_app.trends.links import agent_url
from qa_app.trends.scope import Scope
from qa_app.trends.words import MOST_ROWS, format_shares, left_off_words
from qa_app.web.filters import format_number, format_percent
from scoring.estimates.funnel import Funnel, FunnelPoint, Position, Rate, draw_funnel

__all__ = ["FunnelBox", "PersonRow", "make_funnel_boxes"]

FEWEST_AGENTS = 4
"""Fewer have no usual spread to stand out from."""
_FAR = {Position.far_above, Position.far_below}
_ABOVE = {Position.above, Position.far_above}


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One agent in a list or table; the number is that of the triangle in the picture."""

    number: int
    agent_id: int
    name: str
    url: str
    rate: str
    counts: str
    usual: str
    sign: str
    verdict: str


@dataclass(frozen=True, slots=True)
class FunnelBox:
    """One rate: its picture, those outside by name, everybody for the lead, or why there is nothing to show."""

    code: str
    title: str
    question: str
    pictures: tuple[FunnelPicture, ...]
    summary: str
    spread: str
    outside: tuple[PersonRow, ...]
    everybody: tuple[PersonRow, ...]
    left_off: str
    nothing: str


@dataclass(frozen=True, slots=True)
class _Kind:
    """Which counts make a rate, and where its conversations are listed."""

    code: str
    counts: Callable[[Cases], tuple[int, int]]
    filter: Mapping[str, str]


_KINDS = (
    _Kind("transferred", lambda cases: (cases.transferred, cases.transfers_known), {}),
    _Kind("unresolved", lambda cases: (cases.unresolved, cases.results_known), {"outcome": "unresolved"}),
    _Kind("reopened", lambda cases: (cases.reopened, cases.once_resolved), {}),
    _Kind("repeated", lambda cases: (cases.repeats, cases.conversations if cases.subjects_known else 0), {}),
)


def _titles() -> dict[str, tuple[str, str]]:
    return {
        "transferred": (_("Transfers"), _("Conversations handed on to somebody else")),
        "unresolved": (_("Not resolved"), _("Conversations with a known result that were not resolved")),
        "reopened": (_("Reopened"), _("Resolved conversations that were opened again")),
        "repeated": (
            _("Repeat contacts"),
            _("Conversations in which the customer came back on the same topic within seven days"),
        ),
    }


def make_funnel_boxes(
    agents: Sequence[Any], cases: Mapping[int, Cases], scope: Scope, *, names_everybody: bool
) -> tuple[FunnelBox, ...]:
    """Make a funnel of each rate; `names_everybody`: the table holds all agents, else those outside alone."""
    people = {row.employee_number: row for row in agents if row.id in cases}
    boxes = [_box(kind, people, cases, scope, names_everybody=names_everybody) for kind in _KINDS]
    # Those that can say something first.
    return tuple(sorted(boxes, key=lambda box: bool(box.nothing)))


def _box(
    kind: _Kind, people: Mapping[str, Any], cases: Mapping[int, Cases], scope: Scope, *, names_everybody: bool
) -> FunnelBox:
    title, question = _titles()[kind.code]
    rates = [Rate(number, *kind.counts(cases[row.id])) for number, row in people.items()]
    funnel = draw_funnel(rates)
    nothing = _nothing(funnel)
    if nothing:
        return FunnelBox(kind.code, title, question, (), "", "", (), (), "", nothing)
    # The furthest from what is usual first; of equal ones the employee number decides.
    outside = sorted(
        (point for point in funnel.points if point.position is not Position.inside),
        key=lambda point: (point.position not in _FAR, -abs(point.rate - (funnel.target or 0.0)), point.name),
    )

    def row(point: FunnelPoint, number: int = 0) -> PersonRow:
        return _row(point, people[point.name], number, kind, scope)

    rows = tuple(row(point, number) for number, point in enumerate(outside, start=1))
    numbers = {point.name: number for number, point in enumerate(outside, start=1)}
    by_name = sorted(funnel.points, key=lambda point: (people[point.name].name.casefold(), point.name))
    listed = by_name[:MOST_ROWS] if names_everybody else []
    return FunnelBox(
        code=kind.code,
        title=title,
        question=question,
        pictures=tuple(draw_funnel_picture(funnel, outside, canvas) for canvas in (WIDE, NARROW)),
        summary=_summary(title, funnel, len(outside)),
        spread=_spread(funnel),
        outside=rows,
        everybody=tuple(row(point, numbers.get(point.name, 0)) for point in listed),
        left_off=left_off_words(len(listed), len(by_name)) if names_everybody else "",
        nothing="",
    )


def _nothing(funnel: Funnel) -> str:
    if not funnel.points:
        return str(_("The data do not say."))
    if not any(point.k for point in funnel.points):
        n = sum(point.n for point in funnel.points)
        return str(_("None in %(n)s conversations.", n=format_number(n)))
    if len(funnel.points) < FEWEST_AGENTS:
        return str(_("Fewer than four agents: nobody can stand out."))
    return ""


def _summary(title: str, funnel: Funnel, outside: int) -> str:
    agents = ngettext("%(num)s agent", "%(num)s agents", len(funnel.points))
    return str(
        _(
            "%(title)s: %(share)s over %(agents)s; outside the limits: %(outside)s.",
            title=title,
            share=format_percent(funnel.target, 200),
            agents=agents,
            outside=outside,
        )
    )


def _spread(funnel: Funnel) -> str:
    """Say whether agents differ by more than chance, which widens the limits."""
    if funnel.overdispersion is None or funnel.between_variance <= 0:
        return str(_("Agents differ no more than chance makes them."))
    return str(
        _(
            "Agents differ more than chance makes them (φ = %(phi)s): the limits are widened by that, so that only "
            "those beyond the usual spread lie outside.",
            phi=format_number(funnel.overdispersion, 1),
        )
    )


def _row(point: FunnelPoint, person: Any, number: int, kind: _Kind, scope: Scope) -> PersonRow:
    if point.position is Position.inside:
        sign, verdict = "≈", str(_("as usual"))
    elif point.position in _ABOVE:
        sign, verdict = "▲", _verdict(_("more often"), is_far=point.position in _FAR)
    else:
        sign, verdict = "▼", _verdict(_("less often"), is_far=point.position in _FAR)
    return PersonRow(
        number=number,
        agent_id=person.id,
        name=person.name,
        url=agent_url(person.id, scope, **kind.filter),
        rate=format_percent(point.rate, point.n),
        counts=str(_("%(k)s of %(n)s", k=format_number(point.k), n=format_number(point.n))),
        usual=format_shares(point.inner),
        sign=sign,
        verdict=verdict,
    )


def _verdict(words: str, *, is_far: bool) -> str:
    return str(_("%(words)s, surely", words=words)) if is_far else str(_("%(words)s, likely", words=words))
