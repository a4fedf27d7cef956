"""Many actions at once: closed as done, handed over, and postponed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_babel.speaklater import LazyString
from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload
from werkzeug.datastructures import MultiDict
from wtforms import SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional

from qa_app.access import visible_actions
from qa_app.coaching import queries, rescheduling, service
from qa_app.coaching.errors import ActionRefused, MovedSince, NotForThisPerson, NotLater, OwnCoaching
from qa_app.lists.deeds import MOVED, NOT_LATER, Deed, DeedRefused, announce_deed, refused_as
from qa_app.lists.forms import LaterForm
from qa_app.models import ActionState, CoachingAction, User
from qa_app.permissions import Permission
from qa_app.web.filters import format_day
from qa_app.web.forms import BaseForm
from qa_app.web.i18n import html_language

__all__ = ["CLOSE", "HAND_OVER", "POSTPONE"]


class CloseForm(BaseForm):
    """How it went, if there is something to say."""

    result = TextAreaField(_l("How it went"), [Optional(), Length(max=2000)])


class OwnerForm(BaseForm):
    """Who sees to them from now on."""

    owner = SelectField(_l("Hand over to"), coerce=int)

    def __init__(self, formdata: MultiDict[str, str] | None, coaches: Sequence[Any]) -> None:
        super().__init__(formdata)
        self.owner.choices = [SelectChoice(one.id, one.name) for one in coaches]


class _OnActions(Deed[CoachingAction]):
    """What the three deeds share: only what is still to do can be changed."""

    page = "coaching.index"
    permissions = (Permission.coach,)
    words: ClassVar[Mapping[str, LazyString]] = {
        "own": _l("It is about you: somebody else sees to it. Your part is the reply."),
        "closed": _l("It is closed already."),
        "same": _l("They see to it already."),
        "not_for": _l("They do not coach this agent: choose the team’s supervisor or a QA lead."),
        "measured": _l("Its effect was measured meanwhile."),
    }

    def seen_by(self, actor: User) -> Select[CoachingAction]:
        """Those the actor may read, with the agent."""
        return select(CoachingAction).where(visible_actions(actor)).options(joinedload(CoachingAction.agent))

    def name(self, thing: CoachingAction) -> str:
        """Subject and agent."""
        title = (html_language() == "zh-CN" and thing.title_zh) or thing.title
        return f"{title}, {thing.agent.name}"

    def obstacles(self, session: Session, actor: User, things: Sequence[CoachingAction]) -> Mapping[int, str]:
        """What is about the actor, and what is closed."""
        own = {one.id: "own" for one in things if one.agent_id == actor.agent_id}
        return {**own, **{one.id: "closed" for one in things if one.state != ActionState.open}}


def _refusals(code: str = "closed") -> Mapping[type[Exception], str]:
    """What the services refuse, by the words for it; `code` for all the rest."""
    return {
        NotForThisPerson: "not_for", NotLater: NOT_LATER, MovedSince: MOVED, OwnCoaching: "own", ActionRefused: code,
    }  # fmt: skip


class CloseActions(_OnActions):
    """Each is done; conversations from now on show whether it helped."""

    code = "coaching.close"
    endpoint = "coaching.close_many"
    title = _l("Close as done")
    icon = "check"
    note: ClassVar[LazyString | str] = _l("Conversations from now on show whether it helped.")

    def make_form(
        self, session: Session, actor: User, things: Sequence[CoachingAction], given: MultiDict[str, str] | None
    ) -> CloseForm:
        """Ask how it went."""
        return CloseForm(given)

    def prepare(self, session: Session, actor: User, form: Any) -> tuple[Any, dict[str, Any]]:
        """The same words for each."""
        result = form.result.data or ""

        def close(action: CoachingAction) -> dict[str, Any]:
            with refused_as(_refusals()):
                service.finish_action(session, actor, action, result=result)
            return {"action": action.id}

        return close, {}

    def take_back(self, session: Session, actor: User, kept: dict[str, Any]) -> None:
        """Open it again, unless its effect was measured."""
        with refused_as(_refusals("measured")):
            rescheduling.reopen_action(session, actor, self.find_one(session, actor, kept["action"]))

    def announcement(self, count: int) -> str:
        """Say how many."""
        return str(ngettext("%(num)s action will be closed as done.", "%(num)s actions will be closed as done.", count))

    def button(self, count: int) -> str:
        """Verb, number, object."""
        return str(ngettext("Close %(num)s action", "Close %(num)s actions", count))

    def outcome(self, count: int, given: Mapping[str, Any]) -> str:
        """Say how many."""
        return str(ngettext("%(num)s action closed as done.", "%(num)s actions closed as done.", count))


class HandOverActions(_OnActions):
    """Each gets another owner, who has to coach that agent."""

    code = "coaching.hand_over"
    endpoint = "coaching.hand_over_many"
    title = _l("Hand over")
    icon = "users"

    def make_form(
        self, session: Session, actor: User, things: Sequence[CoachingAction], given: MultiDict[str, str] | None
    ) -> OwnerForm:
        """Offer who coaches."""
        return OwnerForm(given, queries.list_coaches(session, actor))

    def prepare(self, session: Session, actor: User, form: Any) -> tuple[Any, dict[str, Any]]:
        """To that person, where they coach the agent."""
        owner = session.get_one(User, form.owner.data)

        def hand(action: CoachingAction) -> dict[str, Any]:
            before = action.owner_id
            if before == owner.id:
                raise DeedRefused("same")
            with refused_as(_refusals()):
                count = service.hand_over(session, actor, [action], owner)
            if not count:
                raise DeedRefused("closed")
            return {"action": action.id, "before": before, "after": owner.id}

        return hand, {"to": owner.display_name}

    def take_back(self, session: Session, actor: User, kept: dict[str, Any]) -> None:
        """Back to who saw to it."""
        action = self.find_one(session, actor, kept["action"])
        with refused_as(_refusals()):
            rescheduling.restore_owner(session, actor, action, given=kept["after"], before=kept["before"])

    def announcement(self, count: int) -> str:
        """Say how many."""
        return str(ngettext("%(num)s action will be handed over.", "%(num)s actions will be handed over.", count))

    def button(self, count: int) -> str:
        """Verb, number, object."""
        return str(ngettext("Hand over %(num)s action", "Hand over %(num)s actions", count))

    def outcome(self, count: int, given: Mapping[str, Any]) -> str:
        """Say how many, and to whom."""
        return str(
            ngettext(
                "%(num)s action was handed over to %(name)s.",
                "%(num)s actions were handed over to %(name)s.",
                count,
                name=given["to"],
            )
        )


class PostponeActions(_OnActions):
    """Each gets a later day."""

    code = "coaching.postpone"
    endpoint = "coaching.postpone_many"
    title = _l("Postpone")
    icon = "clock"

    def make_form(
        self, session: Session, actor: User, things: Sequence[CoachingAction], given: MultiDict[str, str] | None
    ) -> LaterForm:
        """Ask until when and why."""
        return LaterForm(given, queries.today(session))

    def prepare(self, session: Session, actor: User, form: Any) -> tuple[Any, dict[str, Any]]:
        """To the same day."""
        due_on, reason = form.due_on.data, form.reason.data

        def postpone(action: CoachingAction) -> dict[str, Any]:
            before = action.due_on
            with refused_as(_refusals()):
                rescheduling.postpone_action(session, actor, action, due_on, reason=reason)
            return {"action": action.id, "before": before.isoformat(), "after": due_on.isoformat()}

        return postpone, {"day": due_on.isoformat()}

    def take_back(self, session: Session, actor: User, kept: dict[str, Any]) -> None:
        """The day it had."""
        action = self.find_one(session, actor, kept["action"])
        given, before = date.fromisoformat(kept["after"]), date.fromisoformat(kept["before"])
        with refused_as(_refusals()):
            rescheduling.restore_due_day(session, actor, action, given=given, before=before)

    def announcement(self, count: int) -> str:
        """Say how many."""
        return str(ngettext("%(num)s action will be postponed.", "%(num)s actions will be postponed.", count))

    def button(self, count: int) -> str:
        """Verb, number, object."""
        return str(ngettext("Postpone %(num)s action", "Postpone %(num)s actions", count))

    def outcome(self, count: int, given: Mapping[str, Any]) -> str:
        """Say how many, and until when."""
        day = format_day(date.fromisoformat(given["day"]))
        return str(
            ngettext("%(num)s action is due on %(day)s now.", "%(num)s actions are due on %(day)s now.", count, day=day)
        )


CLOSE = announce_deed(CloseActions())
HAND_OVER = announce_deed(HandOverActions())
POSTPONE = announce_deed(PostponeActions())
