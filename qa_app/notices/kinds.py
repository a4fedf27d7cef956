"""What each kind of notice says, in the reader's language, and which page it leads to.

A kind names what it needs of its caller; dates come as ISO texts, so that each reader gets them in their own form.
Nothing here can hold a score, or anything of a customer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from qa_app.jobs.titles import job_title
from qa_app.models import NoticeGroup, NoticeKind
from qa_app.web.filters import format_day, format_moment, format_month

__all__ = ["KINDS", "KindSpec", "ParamsUnfit", "kinds_of", "page_of", "sentence_of"]

Params = Mapping[str, Any]


class ParamsUnfit(ValueError):
    """A caller left out what the sentence or the page of a kind needs, or wrote a day in another form than ISO."""


@dataclass(frozen=True, slots=True)
class KindSpec:
    """One kind: its sentence, the page it leads to, and the parameters that both need (others are welcome)."""

    group: NoticeGroup
    icon: str
    needs: tuple[str, ...]
    say: Callable[[Params], str]
    endpoint: str
    arguments: Mapping[str, str] | None = None
    """Argument of the address -> parameter."""
    elsewhere: Callable[[Params], tuple[str, Mapping[str, str]] | None] = lambda _params: None
    """Endpoint and arguments for those whom these parameters lead to another page."""

    def check(self, kind: NoticeKind, params: Params) -> None:
        """Refuse what could not be shown later."""
        for name in self.needs:
            if name not in params:
                raise ParamsUnfit(f"a notice of kind {kind} needs {name}")
        for name, value in params.items():
            try:
                if name.endswith("_on") or name == "month":
                    date.fromisoformat(f"{value}-01" if name == "month" else str(value))
                elif name.endswith("_at"):
                    datetime.fromisoformat(str(value))
            except ValueError as error:
                raise ParamsUnfit(f"{name}={value!r} of a notice of kind {kind} is not in ISO form") from error


def _day(params: Params, name: str) -> str:
    return format_day(date.fromisoformat(str(params[name])))


def _moment(params: Params, name: str) -> str:
    return format_moment(datetime.fromisoformat(str(params[name])))


def _sample_assigned(p: Params) -> str:
    if p.get("given_back"):
        return str(_("A sample came back to you with the lead’s word on how to score it"))
    if name := p.get("name"):
        return str(
            ngettext(
                "“%(name)s”: %(num)s sample was handed to you",
                "“%(name)s”: %(num)s samples were handed to you",
                p["count"],
                name=name,
            )
        )
    return str(ngettext("%(num)s sample was handed to you", "%(num)s samples were handed to you", p["count"]))


def _sample_due(p: Params) -> str:
    day = _day(p, "due_on")
    return str(ngettext("%(num)s sample is due on %(day)s", "%(num)s samples are due on %(day)s", p["count"], day=day))


def _sample_overdue(p: Params) -> str:
    return str(ngettext("%(num)s sample is overdue", "%(num)s samples are overdue", p["count"]))


def _sheet_published(p: Params) -> str:
    if p.get("again"):
        return str(_("Your sheet for %(month)s was published anew", month=format_month(str(p["month"]))))
    return str(_("Your sheet for %(month)s is published", month=format_month(str(p["month"]))))


def _appeal_opened(p: Params) -> str:
    if p.get("handed_over"):
        return str(_("An appeal of %(name)s was handed to you to decide", name=p.get("name", "")))
    if name := p.get("name"):
        return str(_("An appeal of %(name)s waits to be decided", name=name))
    return str(_("An appeal waits to be decided"))


_DECISIONS: dict[str, LazyString] = {
    "accepted": _l("An appeal was accepted"),
    "partly": _l("An appeal was accepted in part"),
    "rejected": _l("An appeal was rejected"),
    "escalated": _l("An appeal was escalated"),
}


def _appeal_decided(p: Params) -> str:
    if p.get("of_inspector"):
        return str(_("Answers of one of your inspections were changed on appeal"))
    return str(_DECISIONS.get(str(p.get("state")), _l("An appeal was decided")))


def _appeal_due(p: Params) -> str:
    if p.get("late"):
        return str(_("An appeal of %(name)s was to be decided by %(day)s", name=p["name"], day=_day(p, "due_on")))
    if name := p.get("name"):
        return str(_("An appeal of %(name)s is to be decided by %(day)s", name=name, day=_day(p, "due_on")))
    return str(_("An appeal is to be decided by %(day)s", day=_day(p, "due_on")))


def _appeal_window_ends(p: Params) -> str:
    day = _day(p, "ends_on")
    return str(
        ngettext(
            "You can appeal against %(num)s inspection until %(day)s",
            "You can appeal against %(num)s inspections until %(day)s",
            p["count"],
            day=day,
        )
    )


def _coaching_opened(p: Params) -> str:
    title_zh = p.get("title_zh") if str(get_locale()).startswith("zh") else ""
    if title := title_zh or p.get("title"):
        return str(_("Coaching was agreed on: %(title)s", title=title))
    return str(_("Coaching was agreed on"))


def _coaching_replied(p: Params) -> str:
    if p.get("done"):
        return str(_("%(name)s closed your coaching as done", name=p["name"]))
    return str(_("%(name)s replied to coaching", name=p["name"]))


def _coaching_due(p: Params) -> str:
    if p.get("late"):
        return str(_("Coaching of %(name)s was due on %(day)s", name=p["name"], day=_day(p, "due_on")))
    if name := p.get("name"):
        return str(_("Coaching of %(name)s is due on %(day)s", name=name, day=_day(p, "due_on")))
    return str(_("Coaching is due on %(day)s", day=_day(p, "due_on")))


def _training_planned(p: Params) -> str:
    return str(_("Training “%(topic)s” on %(moment)s", topic=p["topic"], moment=_moment(p, "held_at")))


def _rating_round_open(p: Params) -> str:
    count, name, day = p["count"], p["name"], _day(p, "closes_on")
    return str(
        ngettext(
            "“%(name)s”: %(num)s rating to send by %(day)s",
            "“%(name)s”: %(num)s ratings to send by %(day)s",
            count,
            name=name,
            day=day,
        )
    )


def _calibration_opened(p: Params) -> str:
    if p.get("late"):
        return str(_("Calibration “%(name)s” was to be scored by %(day)s", name=p["name"], day=_day(p, "due_on")))
    return str(_("Calibration “%(name)s” is to be scored by %(day)s", name=p["name"], day=_day(p, "due_on")))


def _calibration_revealed(p: Params) -> str:
    return str(_("Calibration “%(name)s” is revealed", name=p["name"]))


_STEPS: dict[str, LazyString] = {
    "compute": _l("%(month)s can be computed"),
    "review": _l("%(month)s is computed and waits for review"),
    "approve": _l("%(month)s is reviewed and waits for approval"),
    "publish": _l("%(month)s is approved and can be published"),
    "published": _l("%(month)s is published"),
    "team": _l("The sheets of your team for %(month)s are published"),
    "lock": _l("%(month)s is locked"),
    "blocked": _l("%(month)s cannot go on: a sheet is held back"),
}


def _month_step(p: Params) -> str:
    sentence = _STEPS.get(str(p["step"]), _l("%(month)s waits for the next step"))
    return str(sentence) % {"month": format_month(str(p["month"]))}


def _export_ready(p: Params) -> str:
    return str(_("“%(name)s” is ready to download", name=p["name"]))


def _job_failed(p: Params) -> str:
    return str(_("A job failed: %(title)s", title=job_title(str(p["job"]))))


def _alert(p: Params) -> str:
    if name := p.get("name"):
        return str(_("The evidence about %(name)s says: below the standard", name=name))
    return str(ngettext("%(num)s finding stands out", "%(num)s findings stand out", p["count"]))


def _retention_due(p: Params) -> str:
    day = _day(p, "due_on")
    return str(
        ngettext(
            "The content of %(num)s conversation is deleted from %(day)s on",
            "The content of %(num)s conversations is deleted from %(day)s on",
            p["count"],
            day=day,
        )
    )


def _of_team(p: Params) -> tuple[str, Mapping[str, str]] | None:
    """Supervisors do not see the month itself, but the sheets of their teams."""
    return ("sheets.index", {}) if p["step"] == "team" else None


def _about_an_agent(p: Params) -> tuple[str, Mapping[str, str]] | None:
    return ("standard.show", {"agent_id": "agent_id"}) if "agent_id" in p else None


_G = NoticeGroup
KINDS: dict[NoticeKind, KindSpec] = {
    NoticeKind.sample_assigned: KindSpec(
        _G.samples, "clipboard-list", ("count",), _sample_assigned, "inspections.queue"
    ),
    NoticeKind.sample_due: KindSpec(_G.samples, "clock", ("count", "due_on"), _sample_due, "inspections.queue"),
    NoticeKind.sample_overdue: KindSpec(_G.samples, "alert-triangle", ("count",), _sample_overdue, "inspections.queue"),
    NoticeKind.sheet_published: KindSpec(
        _G.results, "file-description", ("month",), _sheet_published, "scorecard.index", {"month": "month"}
    ),
    NoticeKind.appeal_opened: KindSpec(
        _G.appeals, "gavel", ("appeal_id",), _appeal_opened, "appeals.show", {"appeal_id": "appeal_id"}
    ),
    NoticeKind.appeal_decided: KindSpec(
        _G.appeals, "gavel", ("appeal_id",), _appeal_decided, "appeals.show", {"appeal_id": "appeal_id"}
    ),
    NoticeKind.appeal_due: KindSpec(
        _G.appeals, "clock", ("appeal_id", "due_on"), _appeal_due, "appeals.show", {"appeal_id": "appeal_id"}
    ),
    NoticeKind.appeal_window_ends: KindSpec(
        _G.appeals, "clock", ("count", "ends_on"), _appeal_window_ends, "appeals.mine"
    ),
    NoticeKind.coaching_opened: KindSpec(
        _G.coaching, "target", ("action_id",), _coaching_opened, "coaching.show", {"action_id": "action_id"}
    ),
    NoticeKind.coaching_replied: KindSpec(
        _G.coaching, "messages", ("action_id", "name"), _coaching_replied, "coaching.show", {"action_id": "action_id"}
    ),
    NoticeKind.coaching_due: KindSpec(
        _G.coaching, "clock", ("action_id", "due_on"), _coaching_due, "coaching.show", {"action_id": "action_id"}
    ),
    NoticeKind.training_planned: KindSpec(
        _G.coaching,
        "users-group",
        ("training_id", "topic", "held_at"),
        _training_planned,
        "trainings.show",
        {"training_id": "training_id"},
    ),
    NoticeKind.rating_round_open: KindSpec(
        _G.coaching, "certificate", ("name", "count", "closes_on"), _rating_round_open, "ratings.index"
    ),
    NoticeKind.calibration_opened: KindSpec(
        _G.calibration,
        "scale",
        ("session_id", "name", "due_on"),
        _calibration_opened,
        "calibration_sessions.show",
        {"session_id": "session_id"},
    ),
    NoticeKind.calibration_revealed: KindSpec(
        _G.calibration,
        "scale",
        ("session_id", "name"),
        _calibration_revealed,
        "calibration_sessions.show",
        {"session_id": "session_id"},
    ),
    NoticeKind.month_step: KindSpec(
        _G.months, "calendar", ("month", "step"), _month_step, "assessment.show", {"month": "month"}, _of_team
    ),
    NoticeKind.export_ready: KindSpec(
        _G.jobs, "download", ("name", "month"), _export_ready, "reporting.exports", {"month": "month"}
    ),
    NoticeKind.job_failed: KindSpec(
        _G.jobs, "alert-circle", ("job_id", "job"), _job_failed, "jobs.show", {"job_id": "job_id"}
    ),
    NoticeKind.alert: KindSpec(_G.alerts, "chart-line", ("count",), _alert, "trends.index", elsewhere=_about_an_agent),
    NoticeKind.retention_due: KindSpec(_G.alerts, "archive", ("count", "due_on"), _retention_due, "retention.index"),
}


def kinds_of(group: NoticeGroup) -> tuple[NoticeKind, ...]:
    """Return the kinds of a group."""
    return tuple(kind for kind, spec in KINDS.items() if spec.group == group)


def sentence_of(kind: str, params: Params) -> str:
    """Return what a notice says, in the language in force; one that a later version cannot read says little."""
    try:
        return KINDS[NoticeKind(kind)].say(params)
    except (KeyError, ValueError):
        return str(_("Something happened that concerns you"))


def page_of(kind: str, params: Params) -> tuple[str, dict[str, Any]]:
    """Return the endpoint and the arguments of the page a notice leads to."""
    try:
        spec = KINDS[NoticeKind(kind)]
        endpoint, arguments = spec.elsewhere(params) or (spec.endpoint, spec.arguments or {})
        return endpoint, {name: params[of] for name, of in arguments.items()}
    except (KeyError, ValueError):
        return "notices.index", {}
