"""What may be typed in this room outside the scoring page, and what the scoring page may send."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from qa_app.inspections.service import AnswerChange, EvidenceChange, Place, Save
from qa_app.keys import read_key
from qa_app.models import User
from qa_app.sampling.service import REASONS
from qa_app.web.forms import BaseForm

LONGEST_NOTE = 500


class UnusableForm(BaseForm):
    """Why a sample cannot be used."""

    reason = RadioField(
        _l("Reason"), choices=[SelectChoice(code, code) for code in REASONS], validators=[InputRequired()]
    )
    note = StringField(_l("Note"), validators=[Length(max=LONGEST_NOTE)])


class HandOverForm(BaseForm):
    """Who takes a sample over, and why."""

    inspector = SelectField(_l("To"), coerce=int, validators=[InputRequired()])
    reason = StringField(_l("Reason"), validators=[InputRequired(), Length(max=LONGEST_NOTE)])

    def __init__(self, inspectors: list[User], **given: Any) -> None:
        super().__init__(**given)
        self.inspector.choices = [SelectChoice(user.id, user.display_name) for user in inspectors]


class ReferForm(BaseForm):
    """What the lead says about a sample that cannot be scored: the next one instead, or how to score it."""

    decision = RadioField(
        _l("Decision"),
        choices=[SelectChoice(code, code) for code in ("replace", "instruct")],
        validators=[InputRequired()],
    )
    note = TextAreaField(_l("Note to the inspector"), validators=[InputRequired(), Length(max=LONGEST_NOTE)])


class RulingForm(BaseForm):
    """A decision with its reason; `yes` is what the page's first button says."""

    decision = RadioField(
        _l("Decision"), choices=[SelectChoice(code, code) for code in ("yes", "no")], validators=[InputRequired()]
    )
    reason = StringField(_l("Reason"), validators=[InputRequired(), Length(max=LONGEST_NOTE)])


class _Change(msgspec.Struct):
    kind: Literal["answer", "evidence", "forget", "remark"]
    code: str = ""
    value: dict[str, Any] | None = None
    reason: str = ""
    disputed: bool = False
    token: str = ""
    praise: bool = False
    turn: int | None = None
    start_offset: int | None = msgspec.field(default=None, name="from")
    end_offset: int | None = msgspec.field(default=None, name="to")
    start: float | None = None
    end: float | None = None
    place: Literal["message", "span", "range"] = "span"
    text: str = ""


class _Body(msgspec.Struct):
    token: str
    revision: int
    changes: list[_Change]
    seconds: int = 0


class SubmitBody(msgspec.Struct):
    """What the main button sends; `save` is the last save of the page where one had not gone yet."""

    revision: int
    confirmed: bool = False
    seconds: int = 0
    save: msgspec.Raw = msgspec.Raw()


def read_save(body: bytes) -> Save:
    """Read one save of the page; a body of another shape raises `msgspec.MsgspecError`."""
    given = msgspec.json.decode(body, type=_Body)
    remarks = [change.text for change in given.changes if change.kind == "remark"]
    return Save(
        token=given.token,
        revision=given.revision,
        seconds=given.seconds,
        answers=[_answer(change) for change in given.changes if change.kind == "answer"],
        added=[_evidence(change) for change in given.changes if change.kind == "evidence"],
        removed=[read_key(c.token) for c in given.changes if c.kind == "forget" and c.token.isdecimal()],
        remark=remarks[-1] if remarks else None,
    )


def _answer(change: _Change) -> AnswerChange:
    return AnswerChange(change.code, change.value, change.reason, change.disputed)


def _evidence(change: _Change) -> EvidenceChange:
    place = Place(change.place, change.turn, change.start_offset, change.end_offset, change.start, change.end)
    return EvidenceChange(change.token, change.code, change.praise, place)
