"""What may be chosen about mail of notices: how it comes, group by group, and at which hour the daily mail is sent."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from qa_app.models import Delivery, NoticeGroup, User
from qa_app.notices.due import HOURS
from qa_app.notices.groups import GROUPS
from qa_app.notices.wording import DELIVERIES
from qa_app.web.forms import BaseForm

__all__ = ["NoticesForm"]

WAYS = [SelectChoice(delivery.value, title) for delivery, title in DELIVERIES.items()]


def _ways(group: NoticeGroup) -> SelectField:
    return SelectField(GROUPS[group].title, choices=WAYS, description=GROUPS[group].explanation)


class NoticesForm(BaseForm):
    """One field for each group that can concern the person; `for_user` leaves out the others."""

    samples = _ways(NoticeGroup.samples)
    results = _ways(NoticeGroup.results)
    appeals = _ways(NoticeGroup.appeals)
    coaching = _ways(NoticeGroup.coaching)
    calibration = _ways(NoticeGroup.calibration)
    months = _ways(NoticeGroup.months)
    jobs = _ways(NoticeGroup.jobs)
    alerts = _ways(NoticeGroup.alerts)
    digest_hour = SelectField(
        _l("Daily mail at"), coerce=int, choices=[SelectChoice(hour, f"{hour:02d}:00") for hour in HOURS]
    )

    @classmethod
    def for_user(cls, user: User, held: Mapping[NoticeGroup, Delivery]) -> NoticesForm:
        """Return the form with what holds now."""
        form = cls(
            prefix="mail", data={**{str(group): held[group].value for group in held}, "digest_hour": user.digest_hour}
        )
        for group in NoticeGroup:
            if group not in held:
                del form[group]
        return form

    @property
    def choices(self) -> dict[NoticeGroup, Delivery]:
        """What was chosen, for the service."""
        return {group: Delivery(self[group].data) for group in NoticeGroup if group in self}

    @property
    def ways(self) -> list[SelectField]:
        """The fields of the groups, in order."""
        return [self[group] for group in NoticeGroup if group in self]
