"""What each kind of notice says, in the reader's language: a function a kind, named after it, of its parameters.

Nothing here can hold a score, or anything of a customer.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from qa_app.jobs.titles import job_title
from qa_app.web.filters import format_day, format_moment, format_month

__all__ = [
    "Params",
    "alert",
    "appeal_decided",
    "appeal_due",
    "appeal_opened",
    "appeal_window_ends",
    "calibration_cancelled",
    "calibration_opened",
    "calibration_revealed",
    "coaching_due",
    "coaching_opened",
    "coaching_replied",
    "export_ready",
    "job_failed",
    "month_step",
    "rating_round_open",
    "retention_due",
    "sample_assigned",
    "sample_due",
    "sample_overdue",
    "sheet_published",
    "training_planned",
]

Params = Mapping[str, Any]


def _day(params: Params, name: str) -> str:
    return format_day(date.fromisoformat(str(params[name])))


def _moment(params: Params, name: str) -> str:
    return format_moment(datetime.fromisoformat(str(params[name])))


def sample_assigned(p: Params) -> str:
    """Samples came into one's hands, or one came back with the lead's word."""
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


def sample_due(p: Params) -> str:
    """Samples are due soon."""
    day = _day(p, "due_on")
    return str(ngettext("%(num)s sample is due on %(day)s", "%(num)s samples are due on %(day)s", p["count"], day=day))


def sample_overdue(p: Params) -> str:
    """Samples are late."""
    return str(ngettext("%(num)s sample is overdue", "%(num)s samples are overdue", p["count"]))


def sheet_published(p: Params) -> str:
    """One's own month can be read."""
    if p.get("again"):
        return str(_("Your sheet for %(month)s was published anew", month=format_month(str(p["month"]))))
    return str(_("Your sheet for %(month)s is published", month=format_month(str(p["month"]))))


def appeal_opened(p: Params) -> str:
    """An appeal waits for a decision."""
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


def appeal_decided(p: Params) -> str:
    """How an appeal ended, told to its agent or to who scored the sample."""
    if p.get("of_inspector"):
        return str(_("Answers of one of your inspections were changed on appeal"))
    return str(_DECISIONS.get(str(p.get("state")), _l("An appeal was decided")))


def appeal_due(p: Params) -> str:
    """An appeal is to be decided soon, or is late."""
    if p.get("late"):
        return str(_("An appeal of %(name)s was to be decided by %(day)s", name=p["name"], day=_day(p, "due_on")))
    if name := p.get("name"):
        return str(_("An appeal of %(name)s is to be decided by %(day)s", name=name, day=_day(p, "due_on")))
    return str(_("An appeal is to be decided by %(day)s", day=_day(p, "due_on")))


def appeal_window_ends(p: Params) -> str:
    """The last day to appeal is near."""
    day = _day(p, "ends_on")
    return str(
        ngettext(
            "You can appeal against %(num)s inspection until %(day)s",
            "You can appeal against %(num)s inspections until %(day)s",
            p["count"],
            day=day,
        )
    )


def coaching_opened(p: Params) -> str:
    """Something to practise was agreed on."""
    title_zh = p.get("title_zh") if str(get_locale()).startswith("zh") else ""
    if title := title_zh or p.get("title"):
        return str(_("Coaching was agreed on: %(title)s", title=title))
    return str(_("Coaching was agreed on"))


def coaching_replied(p: Params) -> str:
    """The agent answered, or closed it."""
    if p.get("done"):
        return str(_("%(name)s closed your coaching as done", name=p["name"]))
    return str(_("%(name)s replied to coaching", name=p["name"]))


def coaching_due(p: Params) -> str:
    """Coaching is due soon, or is late."""
    if p.get("late"):
        return str(_("Coaching of %(name)s was due on %(day)s", name=p["name"], day=_day(p, "due_on")))
    if name := p.get("name"):
        return str(_("Coaching of %(name)s is due on %(day)s", name=name, day=_day(p, "due_on")))
    return str(_("Coaching is due on %(day)s", day=_day(p, "due_on")))


def training_planned(p: Params) -> str:
    """A training one is to come to."""
    return str(_("Training “%(topic)s” on %(moment)s", topic=p["topic"], moment=_moment(p, "held_at")))


def rating_round_open(p: Params) -> str:
    """Colleagues are to be rated."""
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


def calibration_opened(p: Params) -> str:
    """A session is to be scored, or was."""
    if p.get("late"):
        return str(_("Calibration “%(name)s” was to be scored by %(day)s", name=p["name"], day=_day(p, "due_on")))
    return str(_("Calibration “%(name)s” is to be scored by %(day)s", name=p["name"], day=_day(p, "due_on")))


def calibration_cancelled(p: Params) -> str:
    """A session ends without a reveal, or goes on without its reader."""
    if p.get("of_you"):
        return str(_("Calibration “%(name)s” goes on without you: nothing of it is left to score", name=p["name"]))
    return str(_("Calibration “%(name)s” is cancelled: %(reason)s", name=p["name"], reason=p.get("reason", "")))


def calibration_revealed(p: Params) -> str:
    """What all scored in a session can be read."""
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


def month_step(p: Params) -> str:
    """A month waits for its next step, or has taken it."""
    sentence = _STEPS.get(str(p["step"]), _l("%(month)s waits for the next step"))
    return str(sentence) % {"month": format_month(str(p["month"]))}


def export_ready(p: Params) -> str:
    """A file is made."""
    return str(_("“%(name)s” is ready to download", name=p["name"]))


def job_failed(p: Params) -> str:
    """Work in the background came to nothing."""
    return str(_("A job failed: %(title)s", title=job_title(str(p["job"]))))


def alert(p: Params) -> str:
    """A figure stands out, or evidence about one agent speaks."""
    if name := p.get("name"):
        return str(_("The evidence about %(name)s says: below the standard", name=name))
    return str(ngettext("%(num)s finding stands out", "%(num)s findings stand out", p["count"]))


def retention_due(p: Params) -> str:
    """Content is deleted soon."""
    day = _day(p, "due_on")
    return str(
        ngettext(
            "The content of %(num)s conversation is deleted from %(day)s on",
            "The content of %(num)s conversations is deleted from %(day)s on",
            p["count"],
            day=day,
        )
    )
