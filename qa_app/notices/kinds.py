"""The kinds of notices: group and sign, what each needs of its caller, and the page it leads to.

Dates come as ISO texts, so that each reader gets them in their own form. What is said stands in `sentences`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from qa_app.models import NoticeGroup, NoticeKind
from qa_app.notices import sentences as say
from qa_app.notices.sentences import Params

__all__ = ["KINDS", "KindSpec", "ParamsUnfit", "kinds_of", "page_of", "sentence_of"]


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
    arguments: tuple[str, ...] = ()
    """Parameters that stand in the address, too."""
    elsewhere: Callable[[Params], tuple[str, tuple[str, ...]] | None] = lambda _params: None
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


def _of_team(p: Params) -> tuple[str, tuple[str, ...]] | None:
    """Supervisors do not see the month itself, but the sheets of their teams."""
    return ("sheets.index", ()) if p["step"] == "team" else None


def _about_an_agent(p: Params) -> tuple[str, tuple[str, ...]] | None:
    return ("standard.show", ("agent_id",)) if "agent_id" in p else None


_G = NoticeGroup
KINDS: dict[NoticeKind, KindSpec] = {
    NoticeKind.sample_assigned: KindSpec(
        _G.samples, "clipboard-list", ("count",), say.sample_assigned, "inspections.queue"
    ),
    NoticeKind.sample_due: KindSpec(_G.samples, "clock", ("count", "due_on"), say.sample_due, "inspections.queue"),
    NoticeKind.sample_overdue: KindSpec(
        _G.samples, "alert-triangle", ("count",), say.sample_overdue, "inspections.queue"
    ),
    NoticeKind.sheet_published: KindSpec(
        _G.results, "file-description", ("month",), say.sheet_published, "scorecard.index", ("month",)
    ),
    NoticeKind.appeal_opened: KindSpec(
        _G.appeals, "gavel", ("appeal_id",), say.appeal_opened, "appeals.show", ("appeal_id",)
    ),
    NoticeKind.appeal_decided: KindSpec(
        _G.appeals, "gavel", ("appeal_id",), say.appeal_decided, "appeals.show", ("appeal_id",)
    ),
    NoticeKind.appeal_due: KindSpec(
        _G.appeals, "clock", ("appeal_id", "due_on"), say.appeal_due, "appeals.show", ("appeal_id",)
    ),
    NoticeKind.appeal_window_ends: KindSpec(
        _G.appeals, "clock", ("count", "ends_on"), say.appeal_window_ends, "appeals.mine"
    ),
    NoticeKind.coaching_opened: KindSpec(
        _G.coaching, "target", ("action_id",), say.coaching_opened, "coaching.show", ("action_id",)
    ),
    NoticeKind.coaching_replied: KindSpec(
        _G.coaching, "messages", ("action_id", "name"), say.coaching_replied, "coaching.show", ("action_id",)
    ),
    NoticeKind.coaching_due: KindSpec(
        _G.coaching, "clock", ("action_id", "due_on"), say.coaching_due, "coaching.show", ("action_id",)
    ),
    NoticeKind.training_planned: KindSpec(
        _G.coaching,
        "users-group",
        ("training_id", "topic", "held_at"),
        say.training_planned,
        "trainings.show",
        ("training_id",),
    ),
    NoticeKind.rating_round_open: KindSpec(
        _G.coaching, "certificate", ("name", "count", "closes_on"), say.rating_round_open, "ratings.index"
    ),
    NoticeKind.calibration_opened: KindSpec(
        _G.calibration,
        "scale",
        ("session_id", "name", "due_on"),
        say.calibration_opened,
        "calibration_sessions.show",
        ("session_id",),
    ),
    NoticeKind.calibration_revealed: KindSpec(
        _G.calibration,
        "scale",
        ("session_id", "name"),
        say.calibration_revealed,
        "calibration_sessions.show",
        ("session_id",),
    ),
    NoticeKind.calibration_cancelled: KindSpec(
        _G.calibration, "scale", ("name",), say.calibration_cancelled, "calibration_sessions.index"
    ),
    NoticeKind.month_step: KindSpec(
        _G.months, "calendar", ("month", "step"), say.month_step, "assessment.show", ("month",), _of_team
    ),
    NoticeKind.export_ready: KindSpec(
        _G.jobs, "download", ("name", "month"), say.export_ready, "reporting.exports", ("month",)
    ),
    NoticeKind.job_failed: KindSpec(
        _G.jobs, "alert-circle", ("job_id", "job"), say.job_failed, "jobs.show", ("job_id",)
    ),
    NoticeKind.alert: KindSpec(
        _G.alerts, "chart-line", ("count",), say.alert, "trends.index", elsewhere=_about_an_agent
    ),
    NoticeKind.retention_due: KindSpec(_G.alerts, "archive", ("count", "due_on"), say.retention_due, "retention.index"),
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
        endpoint, arguments = spec.elsewhere(params) or (spec.endpoint, spec.arguments)
        return endpoint, {name: params[name] for name in arguments}
    except (KeyError, ValueError):
        return "notices.index", {}
