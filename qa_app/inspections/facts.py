"""The fields of a conversation that conditions and measured criteria may ask, taken once and kept with the inspection.

Names are those of `scoring.rubric.facts.FIELDS`. They are kept as they were, so that a corrected import does not
change a score that was already given.
"""

from __future__ import annotations

from typing import Any

from qa_app.models import Conversation
from scoring.rubric import FIELDS, SOUND

DERIVED = ("response_gap_seconds_max", "resolution_seconds")


def facts_of(conversation: Conversation) -> dict[str, Any]:
    """Collect every field a rubric can ask; an unknown one is none."""
    facts: dict[str, Any] = {name: getattr(conversation, name) for name in FIELDS if name not in (*DERIVED, *SOUND)}
    # Most conversations have no sound: no second look into the database for them.
    sound = conversation.sound if conversation.audio_seconds else None
    facts |= {name: getattr(sound, name, None) for name in SOUND}
    gaps = conversation.response_gaps or []
    facts["response_gap_seconds_max"] = max(gaps) if gaps else None
    resolved, opened = conversation.resolved_at, conversation.opened_at
    facts["resolution_seconds"] = (resolved - opened).total_seconds() if resolved and opened else None
    return facts
