"""Puts a transcript beside a call that is here already: from a file, or from speech recognition.

For the page of a conversation and for the command. An inspection keeps the words it was made on.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from flask_babel import gettext
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from qa_app import audit
from qa_app.clock import now
from qa_app.conversations.importers.transcripts import (
    SpokenTurn,
    TranscriptProblem,
    TranscriptRefused,
    read_transcript,
)
from qa_app.models import CallFeatures, Conversation, Recording, TranscriptSegment, User

__all__ = ["NoSuchCall", "explain_refusal", "find_call_of_file", "import_transcript", "keep_turns"]


class NoSuchCall(Exception):
    """No call, or more than one, belongs to a file of this name."""

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} calls")
        self.count = count


def import_transcript(
    session: Session, actor: User | None, conversation: Conversation, content: bytes, *, name: str, agent: str = ""
) -> int:
    """Replace the transcript of a call by that of a file; return how many turns it has.

    Raises
    ------
    TranscriptRefused
        If the file cannot be read; what was there stays.
    """
    turns = read_transcript(content, agent=agent)
    keep_turns(session, conversation, turns)
    audit.record(
        session, actor, action="conversation.transcript", thing=conversation, name=conversation.public_id,
        file=name, turns=len(turns),
    )  # fmt: skip
    return len(turns)


def keep_turns(session: Session, conversation: Conversation, turns: Sequence[SpokenTurn]) -> None:
    """Write the turns in place of those that are there."""
    session.execute(delete(TranscriptSegment).where(TranscriptSegment.conversation_id == conversation.id))
    session.add_all(
        TranscriptSegment(
            conversation_id=conversation.id,
            sequence=place,
            speaker=turn.speaker,
            start_seconds=turn.start_seconds,
            end_seconds=turn.end_seconds,
            text=turn.text,
        )
        for place, turn in enumerate(turns)
    )
    # The words tell whose a channel is, and what is said where: figures and index are made anew.
    session.execute(delete(CallFeatures).where(CallFeatures.conversation_id == conversation.id))
    ends = [turn.end_seconds for turn in turns if turn.end_seconds is not None]
    sound = [one.offset_seconds + one.duration_seconds for one in conversation.recordings]
    conversation.audio_seconds = max([*ends, *sound], default=None)
    conversation.updated_at = now()
    session.flush()
    session.expire(conversation, ["transcript", "sound"])


def find_call_of_file(session: Session, name: str) -> Conversation:
    """Find the call whose recording has the name of this file, its ending aside.

    Raises
    ------
    NoSuchCall
        If there is none, or more than one.
    """
    stem = Path(name).stem
    query = select(Recording.conversation_id, Recording.original_name).where(
        Recording.original_name.startswith(f"{stem}.", autoescape=True)
    )
    found = {key for key, original in session.execute(query) if Path(original).stem == stem}
    if len(found) != 1:
        raise NoSuchCall(len(found))
    return session.get_one(Conversation, found.pop())


def explain_refusal(refused: TranscriptRefused) -> str:
    """Say what is wrong with a transcript, where, and how to mend it."""
    values = {"value": refused.value, "line": refused.line or 1}
    match refused.code:
        case TranscriptProblem.undecodable:
            return str(gettext("The file is no text in UTF-8, UTF-16 or GB18030: save it as UTF-8."))
        case TranscriptProblem.malformed_json:
            return str(gettext("Line %(line)s is no valid JSON: %(value)s", **values))
        case TranscriptProblem.unknown_format:
            return str(
                gettext("This JSON is no transcript that is known: give Amazon Transcribe, vCon, or a list of turns.")
            )
        case TranscriptProblem.no_turns:
            return str(gettext("There are no spoken words in the file."))
        case TranscriptProblem.bad_time:
            return str(
                gettext(
                    "Line %(line)s: “%(value)s” has no time that can be read; write it as 02:08 or 1:02:08.", **values
                )
            )
        case TranscriptProblem.too_many:
            return str(gettext("The file has %(value)s turns: more than a call can have.", **values))
        case TranscriptProblem.unknown_speakers:
            return str(
                gettext(
                    "It is not clear who is the agent: the file names %(value)s. Say which of them it is.", **values
                )
            )
        case TranscriptProblem.agent_not_there:
            return str(gettext("Nobody of that name speaks in the file; it names %(value)s.", **values))
    return str(gettext("The vCon cannot be read at %(value)s.", **values))
