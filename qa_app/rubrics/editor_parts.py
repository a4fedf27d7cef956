"""The part of a rubric that is open in the editor: its form, and what the rubric becomes when the form is saved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from qa_app.keys import read_key
from qa_app.rubrics import drafting
from qa_app.rubrics.clauses import Joining
from qa_app.rubrics.criterion_form import LADDERS, build_criterion, form_values
from qa_app.rubrics.editor_page import Open, condition_subjects
from qa_app.rubrics.forms import CriterionForm, HeadForm, SectionForm
from qa_app.web.forms import BaseForm
from scoring.rubric import Criterion, Rubric, Text

__all__ = ["Part", "criterion_part", "head_part", "section_part"]

_ROWS = ("levels", "items", "targets", "clauses")


@dataclass(frozen=True, slots=True)
class Part:
    """An open part: `apply` gives the rubric with the form's content in it; `is_reshaped` asks to draw it anew."""

    open: Open
    form: BaseForm
    template: str
    apply: Callable[[Rubric], Rubric]
    is_reshaped: bool = False


def head_part(definition: Rubric) -> Part:
    """The rubric's own name, description and channels."""
    title, description = definition.title, definition.description
    form = HeadForm(
        data={
            "title_en": title.en,
            "title_zh": title.zh,
            "description_en": description.en,
            "description_zh": description.zh,
            "channels": list(definition.channels),
        }
    )

    def apply(rubric: Rubric) -> Rubric:
        return replace(
            rubric,
            title=Text(en=form.title_en.data, zh=form.title_zh.data),
            description=Text(en=form.description_en.data, zh=form.description_zh.data),
            channels=tuple(form.channels.data or ()),
        )

    return Part(Open(), form, "rubrics/_head_form.html", apply)


def section_part(definition: Rubric, code: str) -> Part:
    """The heading of a section."""
    section = next((section for section in definition.sections if section.code == code), None)
    if section is None:
        raise drafting.NoSuchPart(code)
    form = SectionForm(data={"title_en": section.title.en, "title_zh": section.title.zh})

    def apply(rubric: Rubric) -> Rubric:
        title = Text(en=form.title_en.data, zh=form.title_zh.data)
        return drafting.replace_section(rubric, code, replace(section, title=title))

    return Part(Open(section=code), form, "rubrics/_section_form.html", apply)


def criterion_part(definition: Rubric, code: str, *, deed: str = "") -> Part:
    """A criterion; `deed` is what a button of its form asks: ``add:levels``, ``drop:items:2``, ``ladder:five``."""
    criterion = definition.criterion(code)
    if criterion is None:
        raise drafting.NoSuchPart(code)
    form = CriterionForm(data=form_values(criterion), subjects=condition_subjects(definition, criterion))
    is_opened = form.joining.data == Joining.written and form.joining_shown.data != Joining.written
    act, _, rest = deed.partition(":")
    if act == "drop":
        _drop_row(form, rest)

    def apply(rubric: Rubric) -> Rubric:
        new = build_criterion(form, criterion)
        if is_opened:
            # The text was made before the rows were last changed; it is shown anew, not taken.
            new = replace(new, applies_if=criterion.applies_if)
        if act == "ladder" and rest in LADDERS:
            new = replace(new, levels=LADDERS[rest])
        return drafting.replace_criterion(rubric, code, new)

    is_reshaped = bool(deed) or is_opened or form.kind.data != form.kind_shown.data
    return Part(Open(criterion=code), form, "rubrics/_criterion_form.html", apply, is_reshaped)


def reshape(part: Part, definition: Rubric, deed: str) -> Part:
    """The same criterion as it is stored now, with the row that was asked for."""
    code = part.open.criterion
    criterion: Criterion | None = definition.criterion(code) if code else None
    if code is None or criterion is None:
        return part
    joining = part.form["joining"].data
    values = form_values(criterion) | {"joining": joining, "joining_shown": joining}
    form = CriterionForm(formdata=None, data=values, subjects=condition_subjects(definition, criterion))
    act, _, rest = deed.partition(":")
    if act == "add" and rest in _ROWS:
        form[rest].append_entry()
    return Part(part.open, with_blank_rows(form), part.template, part.apply, is_reshaped=True)


def with_blank_rows(form: CriterionForm) -> CriterionForm:
    """Give every empty list of rows a first one to write in."""
    for name in ("items", "targets", "clauses"):
        if not form[name].entries:
            form[name].append_entry()
    form.offer_subjects()
    return form


def _drop_row(form: Any, which: str) -> None:
    name, _, number = which.partition(":")
    if name in _ROWS and number.isdecimal() and read_key(number) < len(form[name].entries):
        form[name].entries.pop(int(number))
