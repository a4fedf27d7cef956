"""What a criterion may point at: the script that says how it is done well, and the rule that proposes its answer."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms.fields.choices import SelectChoice

from qa_app.models import CheckRule, RuleState, RuleVersion, Script, ScriptVersion, VersionState
from qa_app.rubrics.forms import CriterionForm
from qa_app.rubrics.words import in_my_language
from scoring.rubric import Criterion, Text

__all__ = ["Pointers", "load_pointers", "offer_pointers"]


@dataclass(frozen=True, slots=True)
class Pointers:
    """Scripts in force and rules in use: code → (id, name in the reader's language)."""

    scripts: dict[str, tuple[int, str]] = field(default_factory=dict)
    rules: dict[str, tuple[int, str]] = field(default_factory=dict)


def load_pointers(session: Session) -> Pointers:
    """Return what can be pointed at, in two queries."""
    scripts = session.execute(
        select(Script.code, Script.id, Script.name, Script.name_zh)
        .where(Script.versions.any(ScriptVersion.state == VersionState.published))
        .order_by(Script.id)
    )
    rules = session.execute(
        select(CheckRule.code, CheckRule.id, CheckRule.name, CheckRule.name_zh)
        .where(CheckRule.versions.any(RuleVersion.state == RuleState.on))
        .order_by(CheckRule.id)
    )
    return Pointers(
        {code: (key, in_my_language(Text(en=name, zh=name_zh))) for code, key, name, name_zh in scripts},
        {code: (key, in_my_language(Text(en=name, zh=name_zh))) for code, key, name, name_zh in rules},
    )


def offer_pointers(session: Session, form: CriterionForm, criterion: Criterion | None) -> None:
    """Let the form of a criterion offer scripts, rules and its own answers; what it names already stays on offer."""
    pointers = load_pointers(session)
    for one, offered in ((form.script, pointers.scripts), (form.check_rule, pointers.rules)):
        named = {code: name for code, (_, name) in offered.items()}
        if one.data:
            named.setdefault(one.data, one.data)
        one.choices = [SelectChoice("", "–"), *(SelectChoice(code, name) for code, name in named.items())]
    levels = criterion.answer_levels if criterion is not None else ()
    for answer in (form.check_satisfied, form.check_not_satisfied):
        named = {level.code: in_my_language(level.text) or level.code for level in levels}
        if answer.data:
            named.setdefault(answer.data, answer.data)
        answer.choices = [SelectChoice("", "–"), *(SelectChoice(code, name) for code, name in named.items())]
