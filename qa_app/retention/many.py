"""Legal holds on many conversations at once, each with a hold of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_babel.speaklater import LazyString
from sqlalchemy import or_, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from qa_app.conversations.many import OnConversations
from qa_app.lists.deeds import GONE, DeedRefused, announce_deed
from qa_app.models import Conversation, LegalHold, User
from qa_app.permissions import Permission
from qa_app.retention import service
from qa_app.retention.due import clock_of
from qa_app.retention.forms import KeepForm
from qa_app.web.forms import BaseForm

__all__ = ["HOLD"]


class PlaceHolds(OnConversations):
    """Keep each whatever the rules say."""

    place = 1
    code = "conversations.hold"
    endpoint = "retention.hold_many"
    permissions = (Permission.place_holds,)
    title = _l("Place a legal hold")
    icon = "lock"
    note: ClassVar[LazyString | str] = _l("Whatever the rules of retention say, their content stays while it is held.")
    words: ClassVar[Mapping[str, LazyString]] = {
        "erased": _l("Its content is deleted already: there is nothing left to keep."),
        "held": _l("A hold of its own keeps it already."),
        "lifted": _l("The hold was lifted or placed anew meanwhile."),
    }

    def obstacles(self, session: Session, actor: User, things: Sequence[Conversation]) -> Mapping[int, str]:
        """What has no content left, and what is held already."""
        today, keys = clock_of(session).today, [one.id for one in things]
        in_force = LegalHold.lifted_at.is_(None) & or_(LegalHold.until.is_(None), LegalHold.until >= today)
        held = session.scalars(select(LegalHold.conversation_id).where(LegalHold.conversation_id.in_(keys), in_force))
        gone = {one.id: "erased" for one in things if one.erased_at is not None}
        return {**{key: "held" for key in held if key is not None}, **gone}

    def make_form(
        self, session: Session, actor: User, things: Sequence[Conversation], given: MultiDict[str, str] | None
    ) -> BaseForm:
        """Ask why and until when."""
        return KeepForm(given, today=clock_of(session).today)

    def prepare(self, session: Session, actor: User, form: Any) -> tuple[Any, dict[str, Any]]:
        """One hold a conversation."""
        reason, until = form.reason.data, form.until.data

        def hold(conversation: Conversation) -> dict[str, Any]:
            placed = service.place_hold(session, actor, reason=reason, conversation=conversation, until=until)
            return {"hold": placed.id}

        return hold, {}

    def take_back(self, session: Session, actor: User, kept: dict[str, Any]) -> None:
        """Lift the hold just placed."""
        hold = session.get(LegalHold, kept["hold"])
        if hold is None:
            raise DeedRefused(GONE)
        if hold.lifted_at is not None:
            raise DeedRefused("lifted")
        service.lift_hold(session, actor, hold)

    def announcement(self, count: int) -> str:
        """Say how many."""
        return str(
            ngettext(
                "%(num)s conversation will be held back from deletion.",
                "%(num)s conversations will be held back from deletion.",
                count,
            )
        )

    def button(self, count: int) -> str:
        """Verb, number, object."""
        return str(ngettext("Hold %(num)s conversation", "Hold %(num)s conversations", count))

    def outcome(self, count: int, given: Mapping[str, Any]) -> str:
        """Say how many are held."""
        return str(ngettext("%(num)s conversation is held now.", "%(num)s conversations are held now.", count))


HOLD = announce_deed(PlaceHolds())
