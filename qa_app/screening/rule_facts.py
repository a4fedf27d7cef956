"""Conversations as rules read them: from the tables, some hundreds at a time, or from the copy an inspection keeps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.conversations.sound_figures import find_features
from qa_app.conversations.turns import Said, read_spoken, read_written
from qa_app.models import Conversation, Speaker
from scoring.language.conversation import ConversationFacts, SoundFigures, Stretch, Utterance
from scoring.recording import RecordingFeatures

__all__ = ["facts_of", "make_facts", "read_facts"]

_NOT_SAID = ("note", "draft")


def read_facts(session: Session, ids: Sequence[int]) -> dict[int, ConversationFacts]:
    """Read conversations in four queries; what is gone is missing in the answer."""
    rows = session.execute(
        select(
            Conversation.id,
            Conversation.channel,
            Conversation.opened_at,
            Conversation.first_response_seconds,
            Conversation.audio_seconds,
        ).where(Conversation.id.in_(ids))
    ).all()
    written = read_written(session, ids)
    spoken = read_spoken(session, [key for key in ids if not written.get(key)])
    sound = find_features(session, [row.id for row in rows if row.audio_seconds is not None])
    return {
        row.id: make_facts(
            written.get(row.id) or spoken.get(row.id, []),
            channel=row.channel,
            opened_at=row.opened_at,
            first_response_seconds=row.first_response_seconds,
            sound=sound.get(row.id),
        )
        for row in rows
    }


def facts_of(session: Session, conversation: Conversation, said: Sequence[Said]) -> ConversationFacts:
    """Prepare one conversation whose words somebody has read or kept already."""
    measured = find_features(session, [conversation.id]) if conversation.audio_seconds is not None else {}
    return make_facts(
        said,
        channel=conversation.channel,
        opened_at=conversation.opened_at,
        first_response_seconds=conversation.first_response_seconds,
        sound=measured.get(conversation.id),
    )


def make_facts(
    said: Sequence[Said],
    *,
    channel: str,
    opened_at: datetime | None,
    first_response_seconds: float | None,
    sound: RecordingFeatures | None,
) -> ConversationFacts:
    """Put a conversation into the form of `scoring.language`; an automatic message is the robot's."""
    spoken = [one for one in said if one.kind not in _NOT_SAID]
    begins = opened_at or next((one.sent_at for one in spoken if one.sent_at is not None), None)
    return ConversationFacts(
        utterances=tuple(_utterance(one, begins) for one in spoken),
        channel=channel,
        first_response_seconds=first_response_seconds,
        sound=None if sound is None else _sound_figures(sound),
        is_recorded=any(one.start_seconds is not None for one in spoken),
    )


def _utterance(one: Said, begins: datetime | None) -> Utterance:
    start = one.start_seconds
    if start is None and one.sent_at is not None and begins is not None:
        start = (one.sent_at - begins).total_seconds()
    speaker = Speaker.bot.value if one.kind == "automatic" else one.speaker
    return Utterance(one.sequence, speaker, one.text, start, one.end_seconds)


def _sound_figures(features: RecordingFeatures) -> SoundFigures:
    # Where two voices share a channel nobody can tell what is the agent's: then it is not known.
    agent = features.of_side(Speaker.agent.value)
    return SoundFigures(
        silence_seconds=features.longest_silence_seconds,
        silence_share=features.silence_share,
        overlap_seconds=features.overlap_seconds,
        overlap_share=features.overlap_share,
        agent_talk_share=features.agent_talk_share,
        agent_loudness_lufs=None if agent is None else agent.loudness_lufs,
        agent_clarity_db=None if agent is None else agent.clarity_db,
        clipping_share=features.clipping_share,
        silences=tuple(Stretch(one.start_seconds, one.end_seconds) for one in features.silences),
        overlaps=tuple(Stretch(one.start_seconds, one.end_seconds) for one in features.overlaps),
    )
