"""Scripts in force and rules in use."""

from __future__ import annotations

from sqlalchemy.orm import Session

from qa_app.models import RuleVersion, ScriptVersion
from qa_app.screening import rules
from qa_app.screening.rule_testing import Scope, choose_conversations, try_rule
from qa_app.scripts import service
from scoring.language.definition import Condition, Rule, Said, Scene, Script, Sentences
from scoring.rubric import Text

__all__ = ["create_rule_in_use", "create_script_in_force", "greeting_script"]

MONTH = "2026-10"


def greeting_script(code: str = "greeting", **values: object) -> Script:
    """Return a script with a sentence and cues in both languages."""
    defaults = {
        "scene": Scene.greeting,
        "title": Text(en="Greeting", zh="问候"),
        "sentences": Sentences(en=("Hello, this is …",), zh=("您好，我是……",)),
        "cues": Sentences(en=("hello", "good morning"), zh=("您好",)),
    }
    return Script(code=code, **{**defaults, **values})


def create_script_in_force(session: Session, script: Script | None = None) -> ScriptVersion:
    """Return the published first version of a new script."""
    row = service.create_script(session, None, script or greeting_script(), source="test")
    return service.publish_draft(session, None, row.versions[0])


def create_rule_in_use(session: Session, condition: Condition | None = None, *, code: str = "greeted") -> RuleVersion:
    """Return a rule that was tested on what there is and switched on; it asks for a greeting."""
    asked = condition or Said(phrases=("hello", "您好"), first=1)
    rule = Rule(code=code, title=Text(en=code.capitalize(), zh="规则"), condition=asked)
    draft = rules.create_rule(session, None, rule, source="test").versions[0]
    scope = Scope(MONTH)
    try_rule(session, None, draft, choose_conversations(session, scope), scope)
    return rules.switch_on(session, None, draft)
