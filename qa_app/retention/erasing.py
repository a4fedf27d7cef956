"""Takes the content of conversations away, everywhere it was copied to; figures, scores and references stay.

Goes: texts of messages and transcripts, recordings with their waveforms, descriptions, notes, customer references,
marks, comments of ratings, the copy of the text each inspection kept, excerpts quoted from it, and everything the
search knew. Stays: times, speakers, figures, categories, ratings, scores, answers with their reasons, and where
evidence stands. What a month froze stays as it was: a sheet that is locked never changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Table, delete, select, update
from sqlalchemy.orm import Session

from qa_app.conversations.full_text import forget_entries
from qa_app.conversations.removals import request_recordings
from qa_app.models import (
    Appeal,
    AppealAnswer,
    AppealEvidence,
    CoachingExcerpt,
    Conversation,
    Evidence,
    Inspection,
    LibraryCase,
    Message,
    MutedRange,
    Recording,
    Speaker,
    SurveyResponse,
    TranscriptSegment,
)
from qa_app.retention.repeats import keep_repeats

__all__ = ["erase_content"]

_GONE = {"customer_id": None, "description": None, "notes": None, "personal": None}


def erase_content(session: Session, keys: Sequence[int], *, at: datetime) -> int:
    """Erase the content of these conversations; returns how many recordings are to go from the disk."""
    keep_repeats(session, keys)
    files = request_recordings(session, Conversation.id.in_(keys))
    _erase_said(session, keys)
    _erase_copies(session, keys)
    forget_entries(session, keys)
    session.execute(update(_table(Conversation)).where(Conversation.id.in_(keys)).values(erased_at=at, **_GONE))
    return files


def _erase_said(session: Session, keys: Sequence[int]) -> None:
    """Messages and turns stay as empty places: evidence points at them, and their times are no words."""
    messages = update(_table(Message)).where(Message.conversation_id.in_(keys))
    session.execute(messages.values(text=""))
    session.execute(messages.where(Message.speaker == Speaker.customer).values(author_id=None))
    turns = update(_table(TranscriptSegment)).where(TranscriptSegment.conversation_id.in_(keys))
    session.execute(turns.values(text=""))
    surveys = update(_table(SurveyResponse)).where(SurveyResponse.conversation_id.in_(keys))
    session.execute(surveys.values(comment=None))
    # The answer to an open question is nothing but words.
    session.execute(surveys.where(SurveyResponse.scale == "text").values(score=None))
    for table in (Recording, MutedRange):
        session.execute(delete(_table(table)).where(table.conversation_id.in_(keys)))


def _erase_copies(session: Session, keys: Sequence[int]) -> None:
    """What inspections, appeals, coaching and the case library took along."""
    inspections = select(Inspection.id).where(Inspection.conversation_id.in_(keys))
    session.execute(update(_table(Inspection)).where(Inspection.conversation_id.in_(keys)).values(content=None))
    session.execute(update(_table(Evidence)).where(Evidence.inspection_id.in_(inspections)).values(quote=""))
    appealed = (
        select(AppealAnswer.id)
        .join(Appeal, Appeal.id == AppealAnswer.appeal_id)
        .where(Appeal.inspection_id.in_(inspections))
    )
    session.execute(update(_table(AppealEvidence)).where(AppealEvidence.answer_id.in_(appealed)).values(quote=""))
    excerpts = CoachingExcerpt.inspection_id.in_(inspections)
    session.execute(update(_table(CoachingExcerpt)).where(excerpts).values(quote=""))
    cases = update(_table(LibraryCase)).where(LibraryCase.inspection_id.in_(inspections))
    session.execute(cases.values(lines=[], searched=""))


def _table(model: type) -> Table:
    """The table itself: whole columns are set in one statement, past the mapper."""
    table = model.__table__  # type: ignore[attr-defined]
    assert isinstance(table, Table)
    return table
