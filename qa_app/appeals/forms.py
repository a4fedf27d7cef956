"""What may be typed in this room, and how the answers of a rubric are read from a posted form.

The fields of a disputed answer are named after its criterion, so that pages work without a script:
`dispute` (ticked), `answer-<criterion>` or `item-<criterion>-<item>`, `reason-<criterion>`, `place-<criterion>`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from qa_app.appeals.deciding import Verdict
from qa_app.appeals.service import Dispute
from qa_app.inspections.service import Place
from qa_app.models import AppealKind, PointDecision
from qa_app.web.forms import BaseForm, KeyField
from scoring.rubric import Criterion, Kind, Rubric

__all__ = [
    "AppealForm",
    "EscalateForm",
    "RecheckForm",
    "WrongAgentForm",
    "read_disputes",
    "read_place",
    "read_value",
    "read_verdicts",
    "write_place",
]

LONGEST_TEXT = 2000
KINDS = (AppealKind.disagree, AppealKind.context_missing, AppealKind.technical, AppealKind.wrong_agent)
_ITEM_PARTS = {"done": "items", "missed": "missed", "excluded": "excluded"}


class AppealForm(BaseForm):
    """Why an agent appeals; the disputed answers stand beside it."""

    kind = RadioField(
        _l("Why"),
        choices=[SelectChoice(kind.value, kind.value) for kind in KINDS],
        default=AppealKind.disagree.value,
        validators=[InputRequired()],
    )
    text = TextAreaField(_l("What else should be known"), validators=[Length(max=LONGEST_TEXT)])


class EscalateForm(BaseForm):
    """Why somebody else should decide."""

    reason = StringField(_l("Reason"), validators=[InputRequired(), Length(max=500)])


class WrongAgentForm(BaseForm):
    """Whether the conversation was somebody else's, and whose. Needs who could decide upon agents."""

    decision = RadioField(
        _l("Decision"), choices=[SelectChoice(code, code) for code in ("yes", "no")], validators=[InputRequired()]
    )
    right_agent = StringField(_l("Whose it was: employee number, if known"), validators=[Length(max=100)])
    reason = TextAreaField(_l("Reason"), validators=[InputRequired(), Length(max=LONGEST_TEXT)])


class RecheckForm(BaseForm):
    """Whether a sibling stands."""

    recheck = KeyField(validators=[InputRequired()])
    decision = RadioField(
        _l("Decision"),
        choices=[SelectChoice(code, code) for code in ("stands", "corrected")],
        validators=[InputRequired()],
    )
    note = StringField(_l("Reason"), validators=[InputRequired(), Length(max=500)])


def read_disputes(given: MultiDict[str, str], rubric: Rubric) -> list[Dispute]:
    """Read the ticked criteria with what was said about them, in the order of the rubric."""
    ticked = set(given.getlist("dispute"))
    return [
        Dispute(
            criterion.code,
            read_value(given, criterion),
            given.get(f"reason-{criterion.code}", ""),
            [place for text in given.getlist(f"place-{criterion.code}") if (place := read_place(text)) is not None],
        )
        for criterion in rubric.criteria()
        if criterion.code in ticked
    ]


def read_value(given: Mapping[str, str], criterion: Criterion) -> dict[str, Any]:
    """Read the answer chosen for a criterion; nothing chosen gives an empty one."""
    chosen = given.get(f"answer-{criterion.code}", "")
    if chosen == "na":
        return {"na": True}
    if criterion.kind is not Kind.checklist:
        return {"level": chosen} if chosen else {}
    parts: dict[str, list[str]] = {name: [] for name in _ITEM_PARTS.values()}
    for item in criterion.items:
        part = _ITEM_PARTS.get(given.get(f"item-{criterion.code}-{item.code}", ""))
        if part is not None:
            parts[part].append(item.code)
    return dict(parts) if any(parts.values()) else {}


def read_verdicts(
    given: Mapping[str, str], rubric: Rubric, codes: list[str]
) -> tuple[dict[str, Verdict], dict[str, dict[str, Any]]]:
    """Read the decisions about disputed answers, and the answers to criteria that apply only with them."""
    verdicts, also = {}, {}
    for criterion in rubric.criteria():
        value = read_value(given, criterion)
        if criterion.code not in codes:
            if value:
                also[criterion.code] = value
            continue
        decision = given.get(f"decision-{criterion.code}", "")
        if decision in list(PointDecision):
            reason = given.get(f"reason-{criterion.code}", "")
            verdicts[criterion.code] = Verdict(PointDecision(decision), reason[:LONGEST_TEXT], value)
    return verdicts, also


def read_place(text: str) -> Place | None:
    """Read a place as `write_place` writes it; anything else is none."""
    kind, _, rest = text.partition(":")
    parts = rest.split(":")
    try:
        if kind == "message":
            return Place("message", turn=int(parts[0]))
        if kind == "span":
            turn, start, end = (int(part) for part in parts)
            return Place("span", turn=turn, start=start, end=end)
        if kind == "range":
            first, last = (float(part) for part in parts)
            return Place("range", start_seconds=first, end_seconds=last)
    except ValueError:
        return None
    return None


def write_place(place: Place) -> str:
    """Write a place for a form: `message:4`, `span:4:0:12` or `range:3.5:9.0`."""
    if place.kind == "message":
        return f"message:{place.turn}"
    if place.kind == "span":
        return f"span:{place.turn}:{place.start}:{place.end}"
    return f"range:{place.start_seconds}:{place.end_seconds}"
