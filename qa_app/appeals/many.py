"""Many appeals at once: handed to one decider, and given more time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_babel.speaklater import LazyString
from flask_security import current_user
from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload
from werkzeug.datastructures import MultiDict
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from qa_app.access import visible_appeals
from qa_app.appeals import queries, service
from qa_app.appeals.errors import AlreadySettled, NotLater, NotYours, OwnWork
from qa_app.appeals.restoring import restore_decider, restore_due_date
from qa_app.inspections.wording import sample_title
from qa_app.lists.deeds import MOVED, NOT_LATER, Deed, DeedRefused, announce_deed, refused_as
from qa_app.lists.forms import reason_field
from qa_app.models import Appeal, Inspection, User
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

    reason = reason_field(_l("Reason for more time"))


_NOT_AS_LEFT: Mapping[type[Exception], str] = {AlreadySettled: "settled", NotYours: MOVED}
"""Why what was given is not taken back."""


class _OnAppeals(Deed[Appeal]):
    """What both deeds share."""

    page = "appeals.index"
    permissions = (Permission.manage_appeals,)
    words: ClassVar[Mapping[str, LazyString]] = {
        "settled": _l("It is decided or withdrawn already."),
        "own_work": _l("They scored this sample, or were scored in it."),
        "not_theirs": _l("They may not decide it: they escalated it themselves."),
        "same": _l("They have it already."),
    }

    def seen_by(self, actor: User) -> Select[Appeal]:
        """Those the actor may read, with conversation and agent."""
        sample = joinedload(Appeal.inspection).joinedload(Inspection.conversation)
        return select(Appeal).where(visible_appeals(actor)).options(sample, joinedload(Appeal.agent))

    def name(self, thing: Appeal) -> str:
        """Conversation and agent, as the list has them."""
        conversation = thing.inspection.conversation
        return f"{sample_title(conversation.channel, conversation.external_id)}, {thing.agent.name}"

    def obstacles(self, session: Session, actor: User, things: Sequence[Appeal]) -> Mapping[int, str]:
        """What is settled."""
        return {one.id: "settled" for one in things if not one.is_open}


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
            with refused_as({AlreadySettled: "settled", OwnWork: "own_work", NotYours: "not_theirs"}):
                service.take_appeal(session, actor, appeal, decider)
            return {"appeal": appeal.id, "before": before, "after": decider.id}

        return take, {"to": decider.display_name}

    def take_back(self, session: Session, actor: User, kept: dict[str, Any]) -> None:
        """Back to who had it."""
        appeal = self.find_one(session, actor, kept["appeal"])
        with refused_as(_NOT_AS_LEFT):
            restore_decider(session, actor, appeal, given=kept["after"], before=kept["before"])

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
        due_at = service.next_due_at(session)
        late = {one.id: NOT_LATER for one in things if one.due_at >= due_at}
        return {**late, **super().obstacles(session, actor, things)}

    def make_form(
        self, session: Session, actor: User, things: Sequence[Appeal], given: MultiDict[str, str] | None
    ) -> ReasonForm:
        """Ask why."""
        return ReasonForm(given)

    def prepare(self, session: Session, actor: User, form: Any) -> tuple[Any, dict[str, Any]]:
        """The same days for each."""
        reason, due_at = form.reason.data, service.next_due_at(session)

        def extend(appeal: Appeal) -> dict[str, Any]:
            before = appeal.due_at
            with refused_as({AlreadySettled: "settled", NotLater: NOT_LATER}):
                service.extend_appeal(session, actor, appeal, due_at, reason=reason)
            return {"appeal": appeal.id, "before": before.isoformat(), "after": due_at.isoformat()}

        return extend, {}

    def take_back(self, session: Session, actor: User, kept: dict[str, Any]) -> None:
        """The day it had."""
        appeal = self.find_one(session, actor, kept["appeal"])
        given, before = datetime.fromisoformat(kept["after"]), datetime.fromisoformat(kept["before"])
        with refused_as(_NOT_AS_LEFT):
            restore_due_date(session, actor, appeal, given=given, before=before)

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
