"""Groups of kinds: whom they can concern, and how mail of them comes unless somebody chose."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from qa_app.models import Delivery, NoticeGroup, RoleName, User

__all__ = ["GROUPS", "GroupSpec", "groups_for"]


@dataclass(frozen=True, slots=True)
class GroupSpec:
    """One group as the account page shows it."""

    title: LazyString
    explanation: LazyString
    roles: frozenset[RoleName]
    delivery: Delivery


_R = RoleName
_EVERYBODY = frozenset(RoleName)

GROUPS: dict[NoticeGroup, GroupSpec] = {
    NoticeGroup.samples: GroupSpec(
        _l("Samples"),
        _l("Handed to you, due soon, overdue."),
        frozenset({_R.inspector, _R.qa_lead}),
        Delivery.digest,
    ),
    NoticeGroup.results: GroupSpec(
        _l("My scorecard"), _l("A month was published, or computed anew."), frozenset({_R.agent}), Delivery.at_once
    ),
    NoticeGroup.appeals: GroupSpec(
        _l("Appeals"),
        _l("Opened, decided, due, and when the time to appeal ends."),
        frozenset({_R.agent, _R.inspector, _R.qa_lead, _R.supervisor, _R.hr}),
        Delivery.at_once,
    ),
    NoticeGroup.coaching: GroupSpec(
        _l("Coaching, trainings, ratings"),
        _l("What was agreed or answered, what is due, and forms to fill in."),
        frozenset({_R.agent, _R.supervisor, _R.qa_lead, _R.hr}),
        Delivery.digest,
    ),
    NoticeGroup.calibration: GroupSpec(
        _l("Calibration"),
        _l("Sessions to score, and their results."),
        frozenset({_R.inspector, _R.qa_lead}),
        Delivery.digest,
    ),
    NoticeGroup.months: GroupSpec(
        _l("Months"),
        _l("A month waits for your step."),
        frozenset({_R.hr, _R.qa_lead, _R.supervisor}),
        Delivery.at_once,
    ),
    NoticeGroup.jobs: GroupSpec(
        _l("Exports and jobs"), _l("A file is ready, or a job failed."), _EVERYBODY, Delivery.none
    ),
    NoticeGroup.alerts: GroupSpec(
        _l("Alerts"),
        _l("Something stands out, or content is about to be deleted."),
        frozenset({_R.qa_lead, _R.supervisor, _R.hr, _R.administrator}),
        Delivery.at_once,
    ),
}


def groups_for(user: User) -> list[NoticeGroup]:
    """Return the groups that can concern somebody with these roles."""
    return [group for group, spec in GROUPS.items() if not spec.roles.isdisjoint(user.role_names)]
