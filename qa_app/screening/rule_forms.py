"""A rule in its form: a head, and a tree of conditions, each with fields of its own under a prefix such as ``n0-1-``.

The tree is plain fields: what was typed is read back whole, whatever button was pressed, and nothing is kept before
"Save". Without scripts in the browser each button sends the page; with them only the tree changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, TypeVar

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from flask_wtf.file import FileField, FileRequired
from wtforms import FloatField, Form, IntegerField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from qa_app.keys import read_key
from qa_app.rubrics.words import CHANNELS
from qa_app.screening.rule_words import COMPARISONS, MEASURES, SPEAKERS, is_share
from qa_app.web.forms import BaseForm, trimmed
from scoring.language.definition import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Measure,
    Measured,
    Not,
    Rule,
    Said,
    Speaker,
)
from scoring.rubric.definition import Text

__all__ = ["Choices", "HeadForm", "ImportForm", "Node", "TestForm", "change_tree", "read_tree", "tree_of"]

E = TypeVar("E", bound=StrEnum)
DEEPEST = 5
MOST_PARTS = 12
_GROUPS = ("all", "any", "not")
_KINDS = {
    "said": _l("Words were said"),
    "measured": _l("A figure was measured"),
    "all": _l("All of these"),
    "any": _l("Any of these"),
    "not": _l("Not this"),
}
_SHORT = [Length(max=200, message=_l("At most 200 characters."))]
_LONG = [Length(max=2000, message=_l("At most 2,000 characters."))]
_COUNT = [Optional(), NumberRange(0, 10_000, _l("A number from 0 to 10,000."))]


class CheckboxesField(SelectMultipleField):
    """Several of a few, each with its own box."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class HeadForm(BaseForm):
    """Name, description and channels of a rule."""

    revision = IntegerField(widget=HiddenInput(), default=0)
    title_en = StringField(_l("Name in English"), _SHORT)
    title_zh = StringField(_l("Name in Chinese"), _SHORT)
    description_en = TextAreaField(_l("What it is for, English"), _LONG)
    description_zh = TextAreaField(_l("What it is for, Chinese"), _LONG)
    channels = CheckboxesField(
        _l("For these channels (none: all)"), choices=[SelectChoice(str(code), name) for code, name in CHANNELS.items()]
    )

    def validate_title_en(self, field: Any) -> None:
        """Ask for a name in one language at least."""
        if not field.data and not self.title_zh.data:
            raise ValueError(str(_l("Give it a name in one of the languages.")))

    @staticmethod
    def values_of(rule: Rule) -> dict[str, Any]:
        """Return what the form of a rule is filled with."""
        return {
            "title_en": rule.title.en,
            "title_zh": rule.title.zh,
            "description_en": rule.description.en,
            "description_zh": rule.description.zh,
            "channels": list(rule.channels),
        }

    def to_rule(self, code: str, condition: Condition) -> Rule:
        """Turn what was typed, and a condition, into a rule."""
        return Rule(
            code=code,
            title=Text(en=self.title_en.data or "", zh=self.title_zh.data or ""),
            description=Text(en=self.description_en.data or "", zh=self.description_zh.data or ""),
            channels=tuple(self.channels.data or ()),
            condition=condition,
        )


class ImportForm(BaseForm):
    """Rules as a file."""

    file = FileField(_l("JSON file"), [FileRequired(_l("Choose a file."))])


class TestForm(BaseForm):
    """On what a rule is tested."""

    __test__ = False  # no test of ours
    REFUSALS: ClassVar[dict[str, LazyString]] = {
        "month": _l("Choose a month that has conversations."),
        "channels": _l("Choose channels that there are."),
        "sample": _l("Choose how many conversations to test on."),
        "against": _l("Choose again what the rule is held against: this answer is not offered."),
    }
    month = SelectField(_l("Month"))
    channels = CheckboxesField(
        _l("Channels (none: all)"), choices=[SelectChoice(str(code), name) for code, name in CHANNELS.items()]
    )
    sample = SelectField(
        _l("How many"),
        choices=[
            SelectChoice("50", _l("A sample of 50")),
            SelectChoice("500", _l("A sample of 500")),
            SelectChoice("0", _l("All of the month")),
        ],
    )

    against = SelectField(_l("Held against inspectors’ answers: satisfied means"))

    def __init__(
        self,
        *args: Any,
        months: Iterable[tuple[str, str]] = (),
        against: Iterable[tuple[str, str]] = (),
        **values: Any,
    ) -> None:
        super().__init__(*args, **values)
        self.month.choices = [SelectChoice(code, title) for code, title in months]
        self.against.choices = [SelectChoice("", _l("nothing: count only")), *(SelectChoice(*one) for one in against)]

    def refusals(self) -> list[str]:
        """Say which fields have to be chosen again."""
        return [str(sentence) for name, sentence in self.REFUSALS.items() if self[name].errors]


@dataclass(frozen=True, slots=True)
class Choices:
    """What the leaves can name: script versions as ``code@number``, and other rules."""

    scripts: tuple[tuple[str, str], ...] = ()
    rules: tuple[tuple[str, str], ...] = ()


class NodeForm(Form):
    """One condition of the tree, whatever its kind."""

    kind = SelectField(_l("Kind of condition"), choices=[SelectChoice(code, title) for code, title in _KINDS.items()])
    kind_shown = StringField(widget=HiddenInput())  # the kind its fields were drawn for: another may be chosen since
    size = IntegerField(widget=HiddenInput(), default=0)
    phrases = TextAreaField(_l("Words, one phrase on a line"), [Length(max=20_000)], filters=[trimmed])
    script = SelectField(_l("And the cues of a script"), validate_choice=False)
    # Only the fields of its kind are drawn and sent: the others are not asked for a valid choice.
    speaker = SelectField(
        _l("Said by"),
        choices=[SelectChoice(str(code), name) for code, name in SPEAKERS.items()],
        validate_choice=False,
    )
    at_least = IntegerField(_l("At least, times"), _COUNT)
    at_most = IntegerField(_l("At most, times"), _COUNT)
    first = IntegerField(_l("Within the first messages (0: anywhere)"), _COUNT)
    last = IntegerField(_l("Within the last messages (0: anywhere)"), _COUNT)
    within_seconds = FloatField(_l("Within seconds of the opening"), [Optional(), NumberRange(0, 1_000_000)])
    after = SelectField(_l("After the rule"), validate_choice=False)
    before = SelectField(_l("Before the rule"), validate_choice=False)
    measure = SelectField(
        _l("Figure"),
        choices=[SelectChoice(str(code), name) for code, name in MEASURES.items()],
        validate_choice=False,
    )
    comparison = SelectField(
        _l("How it compares"),
        choices=[SelectChoice(str(code), name) for code, name in COMPARISONS.items()],
        validate_choice=False,
    )
    figure = FloatField(_l("Limit"), [Optional(), NumberRange(-1000, 1_000_000)])


@dataclass(slots=True)
class Node:
    """One condition of the tree with its form; `path` is ``0``, ``0-1``, ``0-1-0`` …"""

    path: str
    form: NodeForm
    children: list[Node] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """What the condition is, as last chosen."""
        return str(self.form.kind.data or "said")

    @property
    def is_group(self) -> bool:
        """Whether it holds other conditions."""
        return self.kind in _GROUPS

    @property
    def can_grow(self) -> bool:
        """Whether one more condition may be put into it."""
        return self.kind in ("all", "any") and len(self.children) < MOST_PARTS

    @property
    def can_hold(self) -> bool:
        """Whether it may become a group, or be put into one."""
        return self.path.count("-") < DEEPEST - 1

    def walk(self) -> Iterator[Node]:
        """Itself and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()

    def validate(self) -> bool:
        """Check the fields of all conditions; messages stand beside their fields."""
        checked = [node.form.validate() for node in self.walk()]  # every one, so that each gets its messages
        return all(checked)

    def to_condition(self) -> Condition:
        """Return the condition that the tree describes."""
        parts = tuple(child.to_condition() for child in self.children)
        match self.kind:
            case "all":
                return AllOf(of=parts)
            case "any":
                return AnyOf(of=parts)
            case "not":
                return Not(of=parts[0])
            case "measured":
                return _measured(self.form)
        return _said(self.form)


def tree_of(condition: Condition, choices: Choices, path: str = "0") -> Node:
    """Return the tree of a condition."""
    parts = condition.of if isinstance(condition, AllOf | AnyOf) else ()
    parts = (condition.of,) if isinstance(condition, Not) else parts
    node = Node(path, _node_form(path, choices, values=_values(condition)))
    node.children = [tree_of(part, choices, f"{path}-{place}") for place, part in enumerate(parts)]
    return node


def read_tree(typed: Any, choices: Choices, path: str = "0") -> Node:
    """Return the tree as it was typed; one whose kind was changed gets the fields of its new kind."""
    node = Node(path, _node_form(path, choices, typed=typed))
    size = min(node.form.size.data or 0, MOST_PARTS) if path.count("-") < DEEPEST - 1 else 0
    node.children = [read_tree(typed, choices, f"{path}-{place}") for place in range(size)]
    return _settled(node, choices)


def change_tree(root: Node, deed: str, choices: Choices) -> Node:
    """Return the tree after a button such as ``add:0-1``; one that names nothing changes nothing."""
    name, _, path = deed.partition(":")
    found = next((node for node in root.walk() if node.path == path), None)
    if found is not None and name == "add" and found.can_grow:
        found.children.append(_blank(choices))
    elif found is not None and name == "wrap" and found.can_hold:
        found.children = [Node("", found.form, found.children)]
        found.form = _node_form("", choices, values={"kind": "all"})
    elif found is not None and name == "remove":
        for node in root.walk():
            node.children = [child for child in node.children if child is not found]
        if found is root:
            root = _blank(choices)
    return _renumbered(_settled(root, choices), choices, "0")


def _settled(node: Node, choices: Choices) -> Node:
    """Groups hold something, "not" one thing, leaves nothing."""
    if not node.is_group:
        node.children = []
    elif not node.children:
        node.children = [_blank(choices)]
    elif node.kind == "not":
        node.children = node.children[:1]
    for child in node.children:
        _settled(child, choices)
    return node


def _renumbered(node: Node, choices: Choices, path: str) -> Node:
    """The same tree with fields named after where they stand now."""
    values = {name: data for name, data in node.form.data.items() if name not in ("size", "kind_shown")}
    form = _node_form(path, choices, values={**values, "size": len(node.children), "kind_shown": node.kind})
    children = [_renumbered(child, choices, f"{path}-{place}") for place, child in enumerate(node.children)]
    return Node(path, form, children)


def _blank(choices: Choices) -> Node:
    return Node("", _node_form("", choices, values=_values(Said())))


def _node_form(path: str, choices: Choices, *, typed: Any = None, values: Mapping[str, Any] | None = None) -> NodeForm:
    form = NodeForm(typed, prefix=f"n{path}-", data=dict(values or {}))
    form.script.choices = [SelectChoice("", "–"), *(SelectChoice(*pair) for pair in choices.scripts)]
    for ordered in (form.after, form.before):
        ordered.choices = [SelectChoice("", "–"), *(SelectChoice(*pair) for pair in choices.rules)]
    return form


def _values(condition: Condition) -> dict[str, Any]:
    match condition:
        case AllOf():
            return {"kind": "all", "kind_shown": "all", "size": len(condition.of)}
        case AnyOf():
            return {"kind": "any", "kind_shown": "any", "size": len(condition.of)}
        case Not():
            return {"kind": "not", "kind_shown": "not", "size": 1}
        case Measured():
            figure = condition.figure * 100 if is_share(condition.measure) else condition.figure
            return {
                "kind": "measured",
                "kind_shown": "measured",
                "measure": condition.measure.value,
                "comparison": condition.comparison.value,
                "figure": round(figure, 6),
            }
    return {
        "kind": "said",
        "kind_shown": "said",
        "phrases": "\n".join(condition.phrases),
        "script": f"{condition.script}@{condition.version}" if condition.script else "",
        "speaker": condition.speaker.value,
        "at_least": condition.at_least,
        "at_most": condition.at_most,
        "first": condition.first,
        "last": condition.last,
        "within_seconds": condition.within_seconds,
        "after": condition.after,
        "before": condition.before,
    }


def _said(form: NodeForm) -> Said:
    script, _, version = (form.script.data or "").partition("@")
    lines = [line.strip() for line in (form.phrases.data or "").splitlines()]
    return Said(
        phrases=tuple(dict.fromkeys(line for line in lines if line)),
        script=script,
        version=read_key(version) if version.isdecimal() else 0,
        speaker=_one_of(Speaker, form.speaker.data, Speaker.agent),
        at_least=1 if form.at_least.data is None else form.at_least.data,
        at_most=form.at_most.data,
        first=form.first.data or 0,
        last=form.last.data or 0,
        within_seconds=form.within_seconds.data,
        after=form.after.data or "",
        before=form.before.data or "",
    )


def _measured(form: NodeForm) -> Measured:
    measure = _one_of(Measure, form.measure.data, Measure.first_response_seconds)
    figure = form.figure.data or 0.0
    return Measured(
        measure=measure,
        comparison=_one_of(Comparison, form.comparison.data, Comparison.above),
        figure=figure / 100 if is_share(measure) else figure,
    )


def _one_of(kind: type[E], typed: str | None, otherwise: E) -> E:
    return kind(typed) if typed in {member.value for member in kind} else otherwise
