"""Rows of the script library and the rules, for the databases that migrations go through."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from qa_app.clock import now
from qa_app.models import (
    CheckRule,
    Conversation,
    Inspection,
    RuleProposal,
    RuleResult,
    RuleVersion,
    Script,
    ScriptVersion,
)


def fill_rules(session: Session, conversation: Conversation) -> None:
    """Write a script, a rule, and what it said of the conversation."""
    moment = now()
    script = Script(code="greeting", scene="greeting", name="Greeting", created_at=moment)
    script.versions = [ScriptVersion(number=1, definition={}, created_at=moment)]
    rule = CheckRule(code="greeted", name="Greeted", created_at=moment)
    rule.versions = [RuleVersion(number=1, definition={}, created_at=moment)]
    session.add_all([script, rule])
    session.flush()
    said = {"rule_version_id": rule.versions[0].id, "outcome": "satisfied"}
    session.add(RuleResult(conversation_id=conversation.id, hits=[[1, 0, 2]], screened_at=moment, **said))
    inspection = session.scalars(sa.select(Inspection)).first()
    if inspection is not None:
        proposal = RuleProposal(criterion="greeting", proposed="yes", is_shown_before=False, made_at=moment, **said)
        session.add(proposal)
        proposal.inspection = inspection
