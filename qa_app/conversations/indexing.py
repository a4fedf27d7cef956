"""The pass over new and changed conversations: each is read and masked once, then indexed, and its sound muted.

After an import as a job, once an hour as a duty for what came by a command. What is behind is found by comparing the
entry's `read_at` with the conversation's `updated_at`, so that a pass that was killed goes on where it was.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, func, or_, select
from sqlalchemy.orm import Session

from qa_app.conversations.full_text import Entry, write_entries
from qa_app.conversations.masked_sound import Range, muted_parts, write_muted_ranges
from qa_app.conversations.turns import marks_from, mask_said, read_spoken, read_written
from qa_app.jobs import Progress
from qa_app.models import Conversation, SearchEntry, SurveyResponse
from scoring.language.masking import Mark, mask_personal_data

__all__ = ["count_behind", "index_behind", "index_conversations"]

BATCH = 500
_FACTS = ("source", "external_id", "customer_id", "topic", "description", "notes")


def _is_behind() -> ColumnElement[bool]:
    return Conversation.erased_at.is_(None) & or_(
        SearchEntry.conversation_id.is_(None), SearchEntry.read_at != Conversation.updated_at
    )


def count_behind(session: Session) -> int:
    """Count the conversations that wait for the pass."""
    query = select(func.count()).select_from(Conversation).outerjoin(SearchEntry).where(_is_behind())
    return session.scalar(query) or 0


def index_behind(session: Session, *, checkpoint: Callable[[], None], progress: Progress) -> int:
    """Read everything that waits, the newest first; `checkpoint` is called after every batch. Returns how many."""
    total, done = count_behind(session), 0
    query = select(Conversation.id).outerjoin(SearchEntry).where(_is_behind()).order_by(Conversation.id.desc())
    keys = session.scalars(query).all()
    for start in range(0, len(keys), BATCH):
        index_conversations(session, keys[start : start + BATCH])
        checkpoint()
        done += len(keys[start : start + BATCH])
        progress.step(done, total)
    return done


def index_conversations(session: Session, keys: Sequence[int]) -> None:
    """Index these conversations and mute their sound: four queries to read whatever their number."""
    columns = [getattr(Conversation, name) for name in ("id", "updated_at", "personal", *_FACTS)]
    rows = session.execute(select(*columns).where(Conversation.id.in_(keys))).all()
    written, spoken, comments = read_written(session, keys), read_spoken(session, keys), _read_comments(session, keys)
    entries: list[Entry] = []
    ranges: dict[int, list[Range]] = {}
    for row in rows:
        marks = marks_from(row.personal)
        heard = mask_said(spoken[row.id], marks)
        texts = [text.text for text in (*mask_said(written[row.id], marks), *heard)]
        texts += [mask_personal_data(comment, marks=marks).text for comment in comments[row.id]]
        entries.append((row.id, row.updated_at, "\n".join([*_facts(row, marks), *texts])))
        if spoken[row.id]:
            ranges[row.id] = muted_parts(spoken[row.id], heard)
    write_entries(session, entries)
    if ranges:
        write_muted_ranges(session, ranges)


def _facts(row: Row[Any], marks: Sequence[Mark]) -> list[str]:
    """Facts are masked too: a customer's number may be a telephone number. The conversation's own number is none."""
    given = {name: getattr(row, name) for name in _FACTS}
    plain = [given["source"], given["external_id"]]
    hidden = [mask_personal_data(given[name], marks=marks).text for name in _FACTS[2:] if given[name]]
    return plain + hidden


def _read_comments(session: Session, keys: Sequence[int]) -> dict[int, list[str]]:
    comments: dict[int, list[str]] = defaultdict(list)
    survey = SurveyResponse
    given = select(survey.conversation_id, survey.comment).where(
        survey.conversation_id.in_(keys), survey.comment.is_not(None)
    )
    for key, comment in session.execute(given):
        comments[key].append(comment or "")
    return comments
