"""Many samples in inspectors' hands at once: handed over or spread, and given more time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_babel.speaklater import LazyString
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload, selectinload
from werkzeug.datastructures import MultiDict
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from qa_app.access import visible_assignments
from qa_app.clock import now
from qa_app.inspections.due_dates import end_of_day, extend_due_date, restore_due_date
from qa_app.inspections.handover import list_inspectors, may_take, reassign
from qa_app.inspections.refusals import Closed, NotAllowed, NotLater
from qa_app.inspections.wording import sample_title
from qa_app.lists.deeds import GONE, MOVED, NOT_LATER, Deed, DeedRefused, announce_deed, refused_as
from qa_app.lists.forms import LaterForm, reason_field
from qa_app.models import (
    Agent,
    Assignment,
    AssignmentState,
    Inspection,
    Sample,
    SamplePurpose,
    SampleState,
    User,
)
from qa_app.permissions import Permission
from qa_app.web.filters import format_day
from qa_app.web.forms import BaseForm
from qa_app.web.i18n import current_time_zone

__all__ = ["EXTEND", "HAND_OVER"]


class HandOverManyForm(BaseForm):
    """Who takes the samples over, and why."""

    inspector = SelectField(_l("To"), coerce=int, default=0)
    reason = reason_field()

    def __init__(self, formdata: MultiDict[str, str] | None, inspectors: Sequence[tuple[int, str]]) -> None:
        super().__init__(formdata)
        self.inspector.choices = [
            SelectChoice(0, _l("Spread over those with the fewest open samples")),
            *(SelectChoice(key, title) for key, title in inspectors),
        ]


class _OnWork(Deed[Assignment]):
    """What both deeds share: they are done to open samples of the lead's list."""

    page = "inspections.work"
    permissions = (Permission.manage_inspections,)
    words: ClassVar[Mapping[str, LazyString]] = {
        "submitted": _l("It was submitted meanwhile."),
        "handed_over": _l("It was handed over or replaced meanwhile."),
        "calibration": _l("In a calibration session everybody scores the same conversations."),
        "same": _l("This inspector has it already."),
        "not_allowed": _l(
            "This inspector may not score it: their own team, or they have the other half of a double scoring."
        ),
        "nobody": _l("Nobody else may score it: their own team, or the other half of a double scoring."),
        "begun": _l("The new inspector has begun with it."),
        MOVED: _l("It was given another due date since."),
    }

    def seen_by(self, actor: User) -> Select[Assignment]:
        """Those the actor may see, with all that is asked of them."""
        sample = joinedload(Assignment.sample).options(
            joinedload(Sample.conversation),
            joinedload(Sample.agent).joinedload(Agent.team),
            selectinload(Sample.assignments),
        )
        return select(Assignment).where(visible_assignments(actor)).options(sample)

    def name(self, thing: Assignment) -> str:
        """As the list has it."""
        conversation = thing.sample.conversation
        return sample_title(conversation.channel, conversation.external_id)

    def obstacles(self, session: Session, actor: User, things: Sequence[Assignment]) -> Mapping[int, str]:
        """What is not open any more."""
        found = {}
        for one in things:
            if one.state == AssignmentState.done:
                found[one.id] = "submitted"
            elif one.state != AssignmentState.open or one.sample.state == SampleState.replaced:
                found[one.id] = "handed_over"
            elif one.sample.purpose == SamplePurpose.calibration:
                found[one.id] = "calibration"
        return found


class HandOver(_OnWork):
    """Each goes to one inspector, or to whoever has the fewest; the draft of the one before stays readable."""

    code = "assignments.hand_over"
    endpoint = "inspections.hand_over_many"
    title = _l("Hand over")
    icon = "send"
    note: ClassVar[LazyString | str] = _l(
        "The new inspector begins anew. Answers already given stay readable and count for nothing."
    )

    def make_form(
        self, session: Session, actor: User, things: Sequence[Assignment], given: MultiDict[str, str] | None
    ) -> HandOverManyForm:
        """Offer all inspectors with how much they have; who may not score one is said of that one."""
        load = _load(session)
        offered = [
            (one.id, _("%(name)s (%(count)s open)", name=one.display_name, count=load.get(one.id, 0)))
            for one in list_inspectors(session)
        ]
        return HandOverManyForm(given, offered)

    def prepare(self, session: Session, actor: User, form: Any) -> tuple[Any, dict[str, Any]]:
        """To the one named, else to who has the fewest at that moment."""
        everybody = list_inspectors(session)
        named = next((one for one in everybody if one.id == form.inspector.data), None)
        reason, load = form.reason.data, _load(session)

        def hand(assignment: Assignment) -> dict[str, Any]:
            before = assignment.inspector_id
            if named is not None and named.id == before:
                raise DeedRefused("same")
            possible = [one for one in everybody if one.id != before and may_take(one, assignment)]
            if named is not None and named not in possible:
                raise DeedRefused("not_allowed")
            if not possible:
                raise DeedRefused("nobody")
            taker = named or min(possible, key=lambda one: (load.get(one.id, 0), one.id))
            given = _reassign(session, actor, assignment, taker, reason)
            load[taker.id] = load.get(taker.id, 0) + 1
            return {"assignment": given.id, "before": before}

        return hand, {"to": named.display_name if named else ""}

    def take_back(self, session: Session, actor: User, kept: dict[str, Any]) -> None:
        """Back to the one before, unless the new one has begun."""
        assignment, before = self.find_one(session, actor, kept["assignment"]), session.get(User, kept["before"])
        if before is None:
            raise DeedRefused(GONE)
        has_begun = select(func.count()).where(Inspection.assignment_id == assignment.id, Inspection.revision > 0)
        if session.scalar(has_begun):
            raise DeedRefused("begun")
        _reassign(session, actor, assignment, before, "taken_back")

    def announcement(self, count: int) -> str:
        """Say how many."""
        return str(ngettext("%(num)s sample will be handed over.", "%(num)s samples will be handed over.", count))

    def button(self, count: int) -> str:
        """Verb, number, object."""
        return str(ngettext("Hand over %(num)s sample", "Hand over %(num)s samples", count))

    def outcome(self, count: int, given: Mapping[str, Any]) -> str:
        """Say how many, and to whom."""
        if given.get("to"):
            return str(
                ngettext(
                    "%(num)s sample was handed over to %(name)s.",
                    "%(num)s samples were handed over to %(name)s.",
                    count,
                    name=given["to"],
                )
            )
        return str(
            ngettext(
                "%(num)s sample was handed over to whoever has the fewest.",
                "%(num)s samples were spread over those with the fewest.",
                count,
            )
        )


class Extend(_OnWork):
    """Each gets a later due date."""

    code = "assignments.extend"
    endpoint = "inspections.extend_many"
    title = _l("Give more time")
    icon = "clock"

    def make_form(
        self, session: Session, actor: User, things: Sequence[Assignment], given: MultiDict[str, str] | None
    ) -> LaterForm:
        """Ask until when and why."""
        return LaterForm(given, now().astimezone(ZoneInfo(current_time_zone())).date())

    def prepare(self, session: Session, actor: User, form: Any) -> tuple[Any, dict[str, Any]]:
        """To the end of that day."""
        due_at, reason = end_of_day(session, form.due_on.data), form.reason.data

        def extend(assignment: Assignment) -> dict[str, Any]:
            before = assignment.due_at
            with refused_as({NotLater: NOT_LATER, Closed: None}):
                extend_due_date(session, actor, assignment, due_at, reason=reason)
            kept = {"before": before.isoformat() if before else None, "after": due_at.isoformat()}
            return {"assignment": assignment.id, **kept}

        return extend, {"day": form.due_on.data.isoformat()}

    def take_back(self, session: Session, actor: User, kept: dict[str, Any]) -> None:
        """The date it had, unless it was given another since."""
        assignment, given = self.find_one(session, actor, kept["assignment"]), datetime.fromisoformat(kept["after"])
        before = datetime.fromisoformat(kept["before"]) if kept["before"] else None
        with refused_as({NotLater: MOVED, Closed: None}):
            restore_due_date(session, actor, assignment, given=given, before=before)

    def announcement(self, count: int) -> str:
        """Say how many."""
        return str(
            ngettext("%(num)s sample will get a later due date.", "%(num)s samples will get a later due date.", count)
        )

    def button(self, count: int) -> str:
        """Verb, number, object."""
        return str(ngettext("Give %(num)s sample more time", "Give %(num)s samples more time", count))

    def outcome(self, count: int, given: Mapping[str, Any]) -> str:
        """Say how many, and until when."""
        day = format_day(datetime.fromisoformat(given["day"]).date())
        return str(
            ngettext("%(num)s sample is due on %(day)s now.", "%(num)s samples are due on %(day)s now.", count, day=day)
        )


def _load(session: Session) -> dict[int, int]:
    """How many open samples of daily work each inspector has."""
    rows = session.execute(
        select(Assignment.inspector_id, func.count())
        .join(Assignment.sample)
        .where(Assignment.state == AssignmentState.open, Sample.state != SampleState.replaced)
        .where(Sample.purpose == SamplePurpose.work)
        .group_by(Assignment.inspector_id)
    )
    return dict(rows.all())


def _reassign(session: Session, actor: User, assignment: Assignment, taker: User, reason: str) -> Assignment:
    with refused_as({Closed: None, NotAllowed: "not_allowed"}):
        return reassign(session, actor, assignment, taker, reason=reason)


HAND_OVER = announce_deed(HandOver())
EXTEND = announce_deed(Extend())
