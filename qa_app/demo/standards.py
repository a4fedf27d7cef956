"""What Lantern Home goes by: the shipped scripts and rubrics, and three rules that propose some answers."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace
from sqlalchemy.orm import Session

from qa_app.clock import now
from qa_app.models import User
from qa_app.rubrics.service import create_rubric, publish_draft
from qa_app.rubrics.shipped import read_presets
from qa_app.screening.rule_screening import screen_conversations
from qa_app.screening.rule_testing import Scope, choose_conversations, try_rule
from qa_app.screening.rules import create_rule, switch_on
from qa_app.scripts.service import install_shipped
from scoring.language.definition import Rule, Said
from scoring.rubric import Check, Criterion, Rubric, Text

__all__ = ["install_standards", "switch_rules_on"]

_SCRIPT_OF = {
    "greeting": "greeting",
    "need_confirmed": "need_confirmed",
    "empathy": "soothing",
    "progress_told": "progress",
    "closing": "closing",
    "polite_forms": "polite",
    "ownership": "forbidden",
}
_CHECK_OF = {
    "greeting": Check(rule="greeted", satisfied="yes", not_satisfied="no"),
    "closing": Check(rule="closed", satisfied="yes", not_satisfied="no"),
    # Such a word is a fault; that there was none does not yet mean that nobody was blamed.
    "ownership": Check(rule="nobody_blamed", not_satisfied="no"),
}
_RULES = (
    Rule(
        code="greeted",
        title=Text(en="Greets in the first message", zh="首条消息有问候"),
        description=Text(en="A cue of the greeting in the agent’s first message.", zh="客服首条消息含问候提示词。"),
        condition=Said(script="greeting", version=1, first=1),
    ),
    Rule(
        code="closed",
        title=Text(en="Closes with the phrase", zh="有规范结束语"),
        description=Text(
            en="A cue of the closing in the agent’s last two messages.", zh="客服最后两条消息含结束语提示词。"
        ),
        condition=Said(script="closing", version=1, last=2),
    ),
    Rule(
        code="nobody_blamed",
        title=Text(en="Nobody else is blamed", zh="不推责"),
        description=Text(en="No words that put the fault on another department.", zh="未说把责任推给其他部门的话。"),
        condition=Said(phrases=("not ours", "not our mistake", "不归我们管", "不归我管"), at_least=0, at_most=0),
    ),
)


def install_standards(session: Session, lead: User) -> None:
    """Publish the shipped scripts, and the shipped rubrics pointing at them and at the rules to come."""
    install_shipped(session, lead)
    moment = now()
    for preset in read_presets():
        rubric = create_rubric(session, lead, _with_pointers(preset), source=f"preset {preset.code}")
        publish_draft(session, lead, rubric.versions[0], moment=moment)


def switch_rules_on(session: Session, lead: User, month: str, *, checkpoint: Callable[[], None]) -> None:
    """Test the rules on a sample of a month, switch them on, and ask them of every conversation."""
    scope = Scope(month, sample=200)
    ids = choose_conversations(session, scope)
    for rule in _RULES:
        draft = create_rule(session, lead, rule, source="demo").versions[0]
        try_rule(session, lead, draft, ids, scope)
        switch_on(session, lead, draft)
    screen_conversations(session, None, checkpoint=checkpoint)


def _with_pointers(rubric: Rubric) -> Rubric:
    sections = tuple(
        replace(section, criteria=tuple(_pointing(criterion) for criterion in section.criteria))
        for section in rubric.sections
    )
    return replace(rubric, sections=sections)


def _pointing(criterion: Criterion) -> Criterion:
    check = _CHECK_OF.get(criterion.code)
    if check is not None and any(level and criterion.level(level) is None for level in _answers(check)):
        check = None
    return replace(criterion, script=_SCRIPT_OF.get(criterion.code, ""), check=check)


def _answers(check: Check) -> tuple[str, str]:
    return check.satisfied, check.not_satisfied
