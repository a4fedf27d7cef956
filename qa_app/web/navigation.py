"""The left bar: per role its groups and entries, the first entry being the role's home page.

Entries name endpoints; one whose room is not part of this installation does not appear.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from flask import current_app, request
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from qa_app.models import RoleName, User

__all__ = ["Entry", "Group", "count_for", "navigation_for", "role_title"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One link of the bar."""

    endpoint: str
    title: LazyString
    icon: str
    count: int = 0
    pages: tuple[str, ...] = ()
    """The pages that belong to it, where the room has a second entry; else all of the room."""

    @property
    def is_current(self) -> bool:
        """Whether the page shown belongs to this entry."""
        here = request.endpoint or ""
        if self.pages:
            return here in {self.endpoint, *self.pages}
        if here == self.endpoint or here in _own_endpoints():
            return here == self.endpoint
        # A part of a room has a blueprint of its own: `people_import` belongs to `people`.
        room = here.partition(".")[0].partition("_")[0]
        return room == self.endpoint.partition(".")[0] != "home"


@dataclass(frozen=True, slots=True)
class Group:
    """Entries under one heading."""

    title: LazyString
    entries: tuple[Entry, ...]


TODAY, WORK, STANDARDS, RESULTS = _l("Today"), _l("Work"), _l("Standards"), _l("Results")
MINE, UNDERSTAND, ASSESSMENT, DATA = _l("Mine"), _l("Understand"), _l("Assessment"), _l("Data")
ORGANISATION, SAMPLING, HOUSE = _l("Organisation"), _l("Sampling"), _l("House")

_HOME = Entry("home.index", _l("Home"), "home")
_QUEUE = Entry("inspections.queue", _l("Queue"), "list-check")
_RUBRICS = Entry("rubrics.index", _l("Rubrics"), "checklist")
_SCRIPTS = Entry("scripts.index", _l("Scripts"), "book")
_RULES = Entry("rules.index", _l("Rules"), "list-details")
_METRICS = Entry("metrics.index", _l("Metrics"), "chart-bar")
_CONVERSATIONS = Entry("conversations.index", _l("Conversations"), "messages")
_IMPORTS = Entry("imports.index", _l("Imports"), "file-import")
_STANDARD = Entry("standard.index", _l("The standard"), "ruler-measure")
_TRENDS = Entry("trends.index", _l("Trends"), "chart-line")
_COACHING = Entry("coaching.index", _l("Coaching"), "target")
_RATING_PAGES = tuple(f"ratings.{page}" for page in ("index", "fill", "new_round", "show_round"))
_TESTS = Entry(
    "results.index", _l("Tests and ratings"), "certificate", pages=("results.new", "results.check", *_RATING_PAGES)
)
_LIBRARY = Entry("library.index", _l("Case library"), "bookmark")
_TRAININGS = Entry("trainings.index", _l("Trainings"), "users-group")
_APPEAL_PAGES = tuple(f"appeals.{page}" for page in ("show", "new", "figures", "rechecks", "decide", "decide_agent"))
_APPEALS = Entry("appeals.index", _l("Appeals"), "gavel", pages=_APPEAL_PAGES)
_SESSION_PAGES = tuple(f"calibration_sessions.{page}" for page in ("show", "new", "wording"))
_SESSIONS = Entry("calibration_sessions.index", _l("Calibration"), "scale", pages=_SESSION_PAGES)
_LEADS_SESSIONS = replace(_SESSIONS, pages=(*_SESSION_PAGES, "calibration.inspectors", "calibration.pairs"))
_MONTHS = Entry("assessment.months", _l("Month"), "calendar")
_PLAN_PAGES = ("sampling.new_plan", "sampling.show_plan")
_DRAW_PAGES = ("sampling.show_draw", "sampling.samples", "sampling.replace_sample", "sampling.verify")
_DRAWS = Entry("sampling.draws", _l("Draws"), "dice-5", pages=_DRAW_PAGES)
# What everybody may know: how the numbers come about, and that nobody chose the samples.
_CHECKING = Group(
    UNDERSTAND,
    (
        Entry("scorecard.how", _l("How scores are made"), "help"),
        Entry("sampling.draws", _l("Check the draw"), "dice-5", pages=_DRAW_PAGES),
    ),
)

BARS: dict[RoleName, tuple[Group, ...]] = {
    RoleName.inspector: (
        Group(WORK, (_HOME, _QUEUE, Entry("inspections.mine", _l("My inspections"), "clipboard-check"), _SESSIONS)),
        Group(STANDARDS, (_RUBRICS, _SCRIPTS, _LIBRARY, _DRAWS)),
        Group(MINE, (Entry("calibration.mine", _l("My severity and agreement"), "scale"), _APPEALS)),
    ),
    RoleName.qa_lead: (
        Group(TODAY, (_HOME, _APPEALS, _COACHING, _TRAININGS)),
        Group(
            SAMPLING,
            (
                Entry("sampling.plans", _l("Plans"), "target", pages=_PLAN_PAGES),
                _DRAWS,
                Entry("inspections.index", _l("Inspections"), "clipboard-list"),
                Entry("screening.index", _l("Learned scores"), "robot"),
                Entry("simulation.index", _l("Simulation"), "flask"),
            ),
        ),
        Group(
            STANDARDS,
            (_RUBRICS, _SCRIPTS, _RULES, _LIBRARY, _LEADS_SESSIONS),
        ),
        Group(RESULTS, (_TRENDS, _MONTHS, _STANDARD, _METRICS, _CONVERSATIONS, _IMPORTS)),
    ),
    RoleName.supervisor: (
        Group(TODAY, (_HOME, _COACHING, _TESTS, _TRAININGS)),
        Group(
            RESULTS,
            (
                Entry("sheets.index", _l("Scorecards"), "file-description"),
                _APPEALS,
                _TRENDS,
                _STANDARD,
                _METRICS,
                _CONVERSATIONS,
            ),
        ),
        Group(STANDARDS, (_RUBRICS, _SCRIPTS, _LIBRARY)),
        _CHECKING,
    ),
    RoleName.agent: (
        Group(
            MINE,
            (
                Entry("scorecard.index", _l("My scorecard"), "file-description"),
                Entry("conversations.index", _l("My conversations"), "messages"),
                Entry("appeals.mine", _l("My appeals"), "gavel", pages=("appeals.new", "appeals.show")),
                _COACHING,
                _TESTS,
                _TRAININGS,
            ),
        ),
        Group(STANDARDS, (_SCRIPTS, _LIBRARY)),
        _CHECKING,
    ),
    RoleName.hr: (
        Group(
            ASSESSMENT,
            (
                _HOME,
                _MONTHS,
                Entry("sheets.index", _l("Sheets"), "file-description"),
                _APPEALS,
                Entry("policies.index", _l("Policy"), "adjustments"),
                _STANDARD,
                _COACHING,
                _TESTS,
                _TRAININGS,
            ),
        ),
        Group(DATA, (_METRICS, Entry("reporting.exports", _l("Exports"), "download"))),
        _CHECKING,
        Group(ORGANISATION, (Entry("people.index", _l("People and teams"), "users"),)),
    ),
    RoleName.administrator: (
        Group(
            HOUSE,
            (
                _HOME,
                Entry("people.index", _l("People"), "users"),
                _IMPORTS,
                Entry("jobs.index", _l("Jobs"), "activity"),
                Entry("retention.index", _l("Retention"), "archive"),
                Entry("audit.index", _l("Audit"), "history"),
                Entry("settings.show", _l("Settings"), "settings"),
                Entry("doctor.show", _l("Doctor"), "shield-check"),
            ),
        ),
    ),
}


def _own_endpoints() -> set[str]:
    """Pages that have an entry of their own: no sibling of the same room is marked beside them."""
    return {entry.endpoint for bar in BARS.values() for group in bar for entry in group.entries}


ROLE_TITLES = {
    RoleName.inspector: _l("Inspector"),
    RoleName.qa_lead: _l("QA lead"),
    RoleName.supervisor: _l("Supervisor"),
    RoleName.agent: _l("Agent"),
    RoleName.hr: _l("HR"),
    RoleName.administrator: _l("Administrator"),
}

_COUNTERS: dict[str, Callable[[User], int]] = {}


def count_for(endpoint: str) -> Callable[[Callable[[User], int]], Callable[[User], int]]:
    """Register how many things wait for a person behind an entry (never totals)."""

    def register(counter: Callable[[User], int]) -> Callable[[User], int]:
        _COUNTERS[endpoint] = counter
        return counter

    return register


def role_title(role: RoleName) -> str:
    """Return the role's name in the reader's language."""
    return str(ROLE_TITLES[role])


def navigation_for(user: User) -> list[Group]:
    """Return the groups of all the user's roles joined; an entry appears once."""
    groups: dict[str, list[Entry]] = {}
    titles: dict[str, LazyString] = {}
    seen: set[str] = set()
    for role in RoleName:
        if role not in user.role_names:
            continue
        for group in BARS[role]:
            key = str(group.title)
            titles.setdefault(key, group.title)
            for entry in group.entries:
                if entry.endpoint in seen or entry.endpoint not in current_app.view_functions:
                    continue
                seen.add(entry.endpoint)
                counter = _COUNTERS.get(entry.endpoint)
                count = counter(user) if counter else 0
                groups.setdefault(key, []).append(replace(entry, count=count))
    return [Group(titles[key], tuple(entries)) for key, entries in groups.items()]
