"""Many appeals at once: handed to one decider, and given more time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_babel.speaklater import LazyString
from flask_security import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload
from werkzeug.datastructures import MultiDict
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from qa_app.access import visible_appeals
from qa_app.appeals import queries, service
from qa_app.appeals.deciding import refuse_decider
from qa_app.appeals.errors import AlreadySettled, NotYours, OwnWork
from qa_app.appeals.restoring import restore_decider, restore_due_date
from qa_app.clock import now
from qa_app.inspections.wording import sample_title
from qa_app.lists.deeds import GONE, Deed, DeedRefused, announce_deed
from qa_app.models import Appeal, Inspection, User
from qa_app.people.appeal_rules import appeal_clock
from qa_app.permissions import Permission
from qa_app.web.forms import BaseForm

__all__ = ["EXTEND", "TAKE"]


class TakeForm(BaseForm):
    """Who decides them."""

    decider = SelectField(_l("To"), coerce=int)

    def __init__(self, formdata: MultiDict[str, str] | None, deciders: Sequence[User]) -> None:
        super().__init__(formdata, decider=current_user.id)
        self.decider.choices = [SelectChoice(user.id, user.display_name) for user in deciders]


class ReasonForm(BaseForm):
    """Why they get more time."""

    reason = StringField(_l("Reason for more time"), [DataRequired(_l("Write the reason.")), Length(max=500)])


class _OnAppeals(Deed[Appeal]):
    """What both deeds share."""

    page = "appeals.index"
    permissions = (Permission.manage_appeals,)

    def find(self, session: Session, actor: User, ids: Sequence[int]) -> Sequence[Appeal]:
        """Return those the actor may see, in the order of the list."""
        query = (
            select(Appeal)
            .where(Appeal.id.in_(ids), visible_appeals(actor))
            .options(joinedload(Appeal.inspection).joinedload(Inspection.conversation), joinedload(Appeal.agent))
        )
        found = {one.id: one for one in session.scalars(query).unique()}
        return [found[key] for key in ids if key in found]

    def name(self, thing: Appeal) -> str:
        """Conversation and agent, as the list has them."""
        conversation = thing.inspection.conversation
        return f"{sample_title(conversation.channel, conversation.external_id)}, {thing.agent.name}"

    def obstacles(self, session: Session, actor: User, things: Sequence[Appeal]) -> Mapping[int, str]:
        """What is settled."""
        return {one.id: "settled" for one in things if not one.is_open}

    def reasons(self) -> Mapping[str, str]:
        """Words for what stands against it."""
        return {
            **super().reasons(),
            "settled": str(_("It is decided or withdrawn already.")),
            "own_work": str(_("They scored this sample, or were scored in it.")),
            "not_theirs": str(_("They may not decide it: they escalated it themselves.")),
            "same": str(_("They have it already.")),
            "not_later": str(_("It is due then or later already.")),
            "moved": str(_("It was changed since.")),
        }


class TakeAppeals(_OnAppeals):
    """Each is for one decider from then on."""

    code = "appeals.take"
    endpoint = "appeals.take_many"
    title = _l("Hand to a decider")
    icon = "user-check"
    note: ClassVar[LazyString | str] = _l("Nobody decides about what they scored themselves.")

    def make_form(
        self, session: Session, actor: User, things: Sequence[Appeal], given: MultiDict[str, str] | None
    ) -> TakeForm:
        """Offer the QA leads."""
        return TakeForm(given, queries.find_deciders(session))

    def prepare(self, session: Session, actor: User, form: Any) -> tuple[Any, dict[str, Any]]:
        """To that person, where they may decide it."""
        decider = session.get_one(User, form.decider.data)

        def take(appeal: Appeal) -> dict[str, Any]:
            before = appeal.decider_id
            if before == decider.id:
                raise DeedRefused("same")
            try:
                refuse_decider(session, decider, appeal)
            except OwnWork as refusal:
                raise DeedRefused("own_work") from refusal
            except NotYours as refusal:
                raise DeedRefused("not_theirs") from refusal
            if not service.take_appeals(session, actor, [appeal], decider):
                raise DeedRefused("settled")
            return {"appeal": appeal.id, "before": before, "after": decider.id}

        return take, {"to": decider.display_name}

    def take_back(self, session: Session, actor: User, kept: dict[str, Any]) -> None:
        """Back to who had it."""
        found = self.find(session, actor, [kept["appeal"]])
        if not found:
            raise DeedRefused(GONE)
        try:
            restore_decider(session, actor, found[0], given=kept["after"], before=kept["before"])
        except AlreadySettled as refusal:
            raise DeedRefused("settled") from refusal
        except NotYours as refusal:
            raise DeedRefused("moved") from refusal

    def announcement(self, count: int) -> str:
        """Say how many."""
        return str(ngettext("%(num)s appeal gets a decider.", "%(num)s appeals get a decider.", count))

    def button(self, count: int) -> str:
        """Verb, number, object."""
        return str(ngettext("Hand over %(num)s appeal", "Hand over %(num)s appeals", count))

    def outcome(self, count: int, given: Mapping[str, Any]) -> str:
        """Say how many, and to whom."""
        return str(
            ngettext(
                "%(num)s appeal handed to %(name)s.", "%(num)s appeals handed to %(name)s.", count, name=given["to"]
            )
        )


class ExtendAppeals(_OnAppeals):
    """Each gets the decider's days again, counted from now."""

    code = "appeals.extend"
    endpoint = "appeals.extend_many"
    title = _l("Give more time")
    icon = "clock"
    note: ClassVar[LazyString | str] = _l("They get the days for a decision again, counted from today.")

    def obstacles(self, session: Session, actor: User, things: Sequence[Appeal]) -> Mapping[int, str]:
        """What is settled, and what has as much time already."""
        due_at = appeal_clock(session).decision_due_at(now())
        late = {one.id: "not_later" for one in things if one.due_at >= due_at}
        return {**late, **super().obstacles(session, actor, things)}

    def make_form(
        self, session: Session, actor: User, things: Sequence[Appeal], given: MultiDict[str, str] | None
    ) -> ReasonForm:
        """Ask why."""
        return ReasonForm(given)

    def prepare(self, session: Session, actor: User, form: Any) -> tuple[Any, dict[str, Any]]:
        """The same days for each."""
        reason = form.reason.data

        def extend(appeal: Appeal) -> dict[str, Any]:
            before = appeal.due_at
            if not service.extend_appeals(session, actor, [appeal], reason=reason):
                raise DeedRefused("not_later")
            return {"appeal": appeal.id, "before": before.isoformat(), "after": appeal.due_at.isoformat()}

        return extend, {}

    def take_back(self, session: Session, actor: User, kept: dict[str, Any]) -> None:
        """The day it had."""
        found = self.find(session, actor, [kept["appeal"]])
        if not found:
            raise DeedRefused(GONE)
        given, before = datetime.fromisoformat(kept["after"]), datetime.fromisoformat(kept["before"])
        try:
            restore_due_date(session, actor, found[0], given=given, before=before)
        except AlreadySettled as refusal:
            raise DeedRefused("settled") from refusal
        except NotYours as refusal:
            raise DeedRefused("moved") from refusal

    def announcement(self, count: int) -> str:
        """Say how many."""
        return str(ngettext("%(num)s appeal gets more time.", "%(num)s appeals get more time.", count))

    def button(self, count: int) -> str:
        """Verb, number, object."""
        return str(ngettext("Give %(num)s appeal more time", "Give %(num)s appeals more time", count))

    def outcome(self, count: int, given: Mapping[str, Any]) -> str:
        """Say how many."""
        return str(ngettext("%(num)s appeal has more time.", "%(num)s appeals have more time.", count))


TAKE = announce_deed(TakeAppeals())
EXTEND = announce_deed(ExtendAppeals())
