"""What is written down when somebody looks: unmasking, listening, exporting."""

from __future__ import annotations

from sqlalchemy.orm import Session

from qa_app import audit
from qa_app.models import Conversation, Recording, User

__all__ = ["note_export", "note_opened_recording", "note_play", "note_unmasking"]


def note_unmasking(session: Session, actor: User, conversation: Conversation) -> None:
    """Write down that the actor looks at a conversation with its personal data."""
    audit.record(session, actor, action="conversation.unmask", thing=conversation, name=conversation.public_id)


def note_play(session: Session, actor: User, conversation: Conversation, *, at_seconds: float) -> None:
    """Write down that the actor listens, from where on."""
    audit.record(
        session, actor, action="recording.play", thing=conversation, name=conversation.public_id, at_seconds=at_seconds
    )


def note_opened_recording(
    session: Session, actor: User, conversation: Conversation, recording: Recording, *, muted: int = 0
) -> None:
    """Write down that a sound file was fetched, whatever fetched it: the player's own word for it is not enough.

    `muted` is how many stretches of it were silent for this listener.
    """
    audit.record(
        session,
        actor,
        action="recording.open",
        thing=recording,
        name=conversation.public_id,
        file=recording.original_name,
        muted=muted,
    )


def note_export(session: Session, actor: User, *, what: str, form: str, rows: int, asked: str) -> None:
    """Write down that a list left the house: what was asked for, and how many rows that was."""
    audit.record(session, actor, action="list.export", thing=what, form=form, rows=rows, asked=asked)
