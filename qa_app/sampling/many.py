"""Many conversations sent to inspection at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_babel.speaklater import LazyString
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from wtforms import SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from qa_app.conversations.many import OnConversations
from qa_app.lists.deeds import GONE, DeedRefused, announce_deed, refused_as
from qa_app.models import Conversation, RubricVersion, Sample, User
from qa_app.permissions import Permission
from qa_app.rubrics.queries import list_rubrics
from qa_app.sampling.errors import TargetRefused
from qa_app.sampling.handout import list_seats
from qa_app.sampling.targeting import TargetDesk, add_targeted_sample, find_target_obstacles, take_back_target
from qa_app.sampling.words import TARGET_REFUSALS
from qa_app.web.forms import BaseForm
from qa_app.web.i18n import html_language

__all__ = ["SEND", "SendToInspection"]


class TargetManyForm(BaseForm):
    """Why, who scores them, and with which rubric."""

    reason = TextAreaField(_l("Why these conversations"), [DataRequired(_l("Say why.")), Length(max=500)])
    inspector = SelectField(_l("Inspector"), coerce=int, default=0)
    rubric = SelectField(_l("Rubric"), coerce=int, default=0)

    def __init__(
        self,
        formdata: MultiDict[str, str] | None,
        *,
        inspectors: Sequence[tuple[int, str]],
        rubrics: Sequence[tuple[int, str]],
    ) -> None:
        super().__init__(formdata)
        self.inspector.choices = [
            SelectChoice(0, _l("Whoever has the fewest open samples and may score it")),
            *(SelectChoice(key, name) for key, name in inspectors),
        ]
        self.rubric.choices = [
            SelectChoice(0, _l("The one in force for its channel")),
            *(SelectChoice(key, name) for key, name in rubrics),
        ]


class SendToInspection(OnConversations):
    """Each becomes a targeted sample of weight 0; taken back while nobody has opened it."""

    code = "conversations.target"
    endpoint = "sampling.target_many"
    permissions = (Permission.manage_sampling,)
    title = _l("Send to inspection")
    icon = "target"
    note: ClassVar[LazyString | str] = _l(
        "A conversation chosen by a person is inspected and coached on, but it is marked and weighs nothing in any "
        "estimate."
    )
    words: ClassVar[Mapping[str, LazyString]] = TARGET_REFUSALS

    def obstacles(self, session: Session, actor: User, things: Sequence[Conversation]) -> Mapping[int, str]:
        """Deleted content, and what waits already; a missing rubric can still be chosen."""
        found = find_target_obstacles(session, things)
        return {key: why for key, why in found.items() if why != "no_rubric"}

    def make_form(
        self, session: Session, actor: User, things: Sequence[Conversation], given: MultiDict[str, str] | None
    ) -> TargetManyForm:
        """Offer the inspectors and the rubrics in force."""
        keys = [int(seat.inspector) for seat in list_seats(session)]
        inspectors = session.execute(select(User.id, User.name).where(User.id.in_(keys)).order_by(User.name)).all()
        chinese = html_language() == "zh-CN"
        rubrics = [
            (line.published.id, (chinese and line.rubric.name_zh) or line.rubric.name)
            for line in list_rubrics(session, actor)
            if line.published is not None
        ]
        return TargetManyForm(given, inspectors=[(key, name) for key, name in inspectors], rubrics=rubrics)

    def prepare(self, session: Session, actor: User, form: Any) -> tuple[Any, dict[str, Any]]:
        """Look the inspector and the rubric up once."""
        inspector = session.get(User, form.inspector.data) if form.inspector.data else None
        version = session.get(RubricVersion, form.rubric.data) if form.rubric.data else None
        reason, desk = form.reason.data or "", TargetDesk(session)

        def send(conversation: Conversation) -> dict[str, Any]:
            if version is not None and version.rubric.channels and conversation.channel not in version.rubric.channels:
                raise DeedRefused("other_channel")
            with refused_as({TargetRefused: None}):
                sample = add_targeted_sample(
                    session, actor, conversation, reason, inspector=inspector, version=version, desk=desk
                )
            return {"sample": sample.id}

        return send, {"to": inspector.display_name if inspector else ""}

    def take_back(self, session: Session, actor: User, kept: dict[str, Any]) -> None:
        """Take it out of the queue again, unless somebody has opened it."""
        sample = session.get(Sample, kept["sample"])
        if sample is None:
            raise DeedRefused(GONE)
        with refused_as({TargetRefused: None}):
            take_back_target(session, actor, sample)

    def announcement(self, count: int) -> str:
        """Say how many go."""
        return str(
            ngettext(
                "%(num)s conversation will be sent to inspection.",
                "%(num)s conversations will be sent to inspection.",
                count,
            )
        )

    def button(self, count: int) -> str:
        """Verb, number, object."""
        return str(ngettext("Send %(num)s conversation", "Send %(num)s conversations", count))

    def outcome(self, count: int, given: Mapping[str, Any]) -> str:
        """Say how many went, and to whom."""
        if given.get("to"):
            return str(
                ngettext(
                    "%(num)s conversation was sent to inspection by %(name)s.",
                    "%(num)s conversations were sent to inspection by %(name)s.",
                    count,
                    name=given["to"],
                )
            )
        return str(
            ngettext(
                "%(num)s conversation was sent to inspection.",
                "%(num)s conversations were sent to inspection.",
                count,
            )
        )


SEND = announce_deed(SendToInspection())
