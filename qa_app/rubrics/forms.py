"""What may be typed about a rubric: its head, a section, a criterion with everything in it, a file, a note."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    FieldList,
    FloatField,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from qa_app.rubrics.clauses import Joining
from qa_app.rubrics.words import CHANNELS, COMPARISONS, CRITICALITIES, FIELDS, KINDS, PRIORITIES
from qa_app.web.forms import BaseForm, trimmed
from scoring.rubric import METRICS, Comparison

__all__ = ["CriterionForm", "HeadForm", "ImportForm", "NewRubricForm", "PublishForm", "SectionForm"]

_SHORT = [Length(max=200, message=_l("At most 200 characters."))]
_LONG = [Length(max=2000, message=_l("At most 2,000 characters."))]


class NumberField(FloatField):
    """A number; what is not one is said in a whole sentence."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number, a comma standing for a point, too."""
        try:
            super().process_formdata([value.replace(",", ".") for value in valuelist])
        except ValueError as error:
            raise ValueError(self.gettext("Write a number.")) from error

    def _value(self) -> str:
        """Write what was typed back as it was, a stored 8.0 as 8."""
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data:g}"


class CheckboxesField(SelectMultipleField):
    """Several of a few, each with its own box."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def _choices(names: Mapping[str, Any]) -> list[SelectChoice]:
    return [SelectChoice(str(code), name) for code, name in names.items()]


def _text(label: Any, *, long: bool = False) -> Any:
    field = TextAreaField if long else StringField
    return field(label, validators=_LONG if long else _SHORT, filters=[trimmed, _or_empty])


def _or_empty(value: Any) -> Any:
    return value or ""


class RevisionMixin:
    """The revision of the draft that the page was made from."""

    revision = IntegerField(widget=HiddenInput(), default=0)


class NewRubricForm(BaseForm):
    """A rubric begun from nothing."""

    title_en = StringField(_l("Name in English"), [InputRequired(_l("Give it a name.")), *_SHORT])
    title_zh = StringField(_l("Name in Chinese"), _SHORT)


class ImportForm(BaseForm):
    """A rubric as a file."""

    file = FileField(_l("YAML or JSON file"), [FileRequired(_l("Choose a file."))])


class PublishForm(BaseForm):
    """What is said about a version."""

    note = TextAreaField(_l("What changed, and why (everybody who reads rubrics sees it)"), _LONG)


class HeadForm(RevisionMixin, BaseForm):
    """Name, description and channels of a rubric."""

    title_en = _text(_l("Name in English"))
    title_zh = _text(_l("Name in Chinese"))
    description_en = _text(_l("Description in English"), long=True)
    description_zh = _text(_l("Description in Chinese"), long=True)
    channels = CheckboxesField(_l("Used for"), choices=_choices(CHANNELS))


class SectionForm(RevisionMixin, BaseForm):
    """The heading of a section."""

    title_en = _text(_l("Name in English"))
    title_zh = _text(_l("Name in Chinese"))


class LevelRow(Form):
    """One level of a scale."""

    code = HiddenField()
    text_en = _text(_l("English"))
    text_zh = _text(_l("Chinese"))
    value = NumberField(
        _l("Value, 0 to 1"), [Optional(), NumberRange(0, 1, _l("A value lies between 0 and 1."))], default=0
    )
    fatal = BooleanField(_l("Fatal"))


class ItemRow(Form):
    """One line of a checklist."""

    code = HiddenField()
    text_en = _text(_l("English"))
    text_zh = _text(_l("Chinese"))
    na_allowed = BooleanField(_l("May be not applicable"))


class TargetRow(Form):
    """One target of a measure."""

    channels = CheckboxesField(_l("For these channels (none: all)"), choices=_choices(CHANNELS))
    priorities = CheckboxesField(_l("For these priorities (none: all)"), choices=_choices(PRIORITIES))
    target = NumberField(_l("Full points at"), [Optional()])
    limit = NumberField(_l("No points at"), [Optional()])
    steps = TextAreaField(_l("Or a table of steps"), _LONG)


class ClauseRow(Form):
    """One question of a condition."""

    subject = SelectField(_l("What is asked"), validate_choice=False)
    comparison = SelectField(
        _l("How it compares"),
        choices=[
            *_choices(COMPARISONS),
            SelectChoice(f"not_{Comparison.one_of}", _l("is none of")),
            SelectChoice(f"not_{Comparison.known}", _l("is not known")),
        ],
    )
    values = StringField(_l("With what"), _SHORT)


class CriterionForm(RevisionMixin, BaseForm):
    """A criterion with its levels, lines, targets, condition and guidance."""

    title_en = _text(_l("Name in English"))
    title_zh = _text(_l("Name in Chinese"))
    kind_shown = HiddenField()  # the kind its fields were drawn for: another may have been chosen since
    kind = SelectField(_l("Kind"), choices=_choices(KINDS))
    weight = NumberField(
        _l("Weight"), [Optional(), NumberRange(0, 100, _l("A weight lies between 0 and 100."))], default=0
    )
    criticality = SelectField(_l("Critical class"), choices=_choices(CRITICALITIES))
    na_allowed = BooleanField(_l("May be not applicable"))
    evidence_required = BooleanField(_l("A lost point needs evidence"))
    levels = FieldList(FormField(LevelRow), max_entries=12)
    items = FieldList(FormField(ItemRow), max_entries=30)
    metric = SelectField(_l("What is measured"), choices=[SelectChoice(name, FIELDS[name]) for name in METRICS])
    targets = FieldList(FormField(TargetRow), max_entries=20)
    joining = SelectField(
        _l("When it applies"),
        choices=[
            SelectChoice(Joining.always.value, _l("Always")),
            SelectChoice(Joining.all.value, _l("If all of these are true")),
            SelectChoice(Joining.any.value, _l("If any of these is true")),
            SelectChoice(Joining.written.value, _l("As written below")),
        ],
    )
    joining_shown = HiddenField()
    clauses = FieldList(FormField(ClauseRow), max_entries=12)
    written = TextAreaField(_l("Condition as in a file"), _LONG)
    # What they offer is put in before they are drawn (`pointers`); a criterion without them keeps what it names.
    script = SelectField(_l("Script"), choices=[], validate_choice=False)
    check_rule = SelectField(_l("Automatic check by the rule"), choices=[], validate_choice=False)
    check_satisfied = SelectField(_l("Where the rule is satisfied, propose"), choices=[], validate_choice=False)
    check_not_satisfied = SelectField(_l("Where it is not, propose"), choices=[], validate_choice=False)
    text_en = _text(_l("What to look at, English"), long=True)
    text_zh = _text(_l("What to look at, Chinese"), long=True)
    good_en = _text(_l("Good example, English"), long=True)
    good_zh = _text(_l("Good example, Chinese"), long=True)
    bad_en = _text(_l("Bad example, English"), long=True)
    bad_zh = _text(_l("Bad example, Chinese"), long=True)
    advice_en = _text(_l("Advice to the agent, English"), long=True)
    advice_zh = _text(_l("Advice to the agent, Chinese"), long=True)

    def __init__(self, *args: Any, subjects: Iterable[tuple[str, list[tuple[str, str]]]] = (), **values: Any) -> None:
        super().__init__(*args, **values)
        self.subjects = [
            SelectChoice("", "–"),
            *(SelectChoice(value, label, optgroup=group) for group, pairs in subjects for value, label in pairs),
        ]
        self.offer_subjects()

    def offer_subjects(self) -> None:
        """Let every row of the condition offer what can be asked; rows may have been added since."""
        for row in self.clauses:
            row.form.subject.choices = self.subjects

    def validate_targets(self, field: Any) -> None:
        """Read every table of steps once, so that a slip is named beside it."""
        for row in field:
            try:
                read_steps(row.form.steps.data or "")
            except ValueError as error:
                row.form.steps.errors = [str(error)]
                raise ValidationError(str(error)) from error


def read_steps(text: str) -> list[tuple[float | None, float]]:
    """Read lines such as ``30: 1``, ``60: 0.5``, ``rest: 0`` as bounds and values."""
    return [_read_step(line) for line in text.splitlines() if line.strip()]


def _read_step(line: str) -> tuple[float | None, float]:
    bound, _, value = line.replace("：", ":").partition(":")
    word = bound.strip().lower()
    try:
        worth = float(value)
        step = (None if word in ("rest", "其余") else float(word), worth)
    except ValueError as error:
        raise ValueError(str(_NOT_A_STEP) % {"line": line}) from error
    if not 0 <= worth <= 1:
        raise ValueError(str(_NOT_A_VALUE) % {"value": value.strip()})
    return step


_NOT_A_STEP = _l("“%(line)s” is not a step: write “30: 1”, the last line “rest: 0”.")
_NOT_A_VALUE = _l("The value %(value)s of a step does not lie between 0 and 1.")
