"""The steps of one sheet: reviewed or held back by those who check it, seen and answered by its agent."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from qa_app import audit
from qa_app.assessment.errors import ReasonNeeded, WrongState
from qa_app.assessment.notices import close_held_back, close_seen, tell_held_back
from qa_app.clock import now
from qa_app.models import PeriodRevision, PeriodState, Sheet, SheetComment, SheetState, User

__all__ = [
    "acknowledge_sheet",
    "comment_on_sheet",
    "hold_back_sheet",
    "neighbour",
    "next_to_review",
    "note_on_sheet",
    "object_to_sheet",
    "review_remaining",
    "review_sheet",
    "see_sheet",
]

COMMENT_KINDS = ("self", "supervisor", "peer", "hr")


def review_sheet(session: Session, actor: User, sheet: Sheet) -> None:
    """Note that the sheet was looked at and is right; releases it where it was held back."""
    _require_under_review(sheet)
    sheet.is_held_back = False
    sheet.reviewed_at, sheet.reviewed_by_id = now(), actor.id
    _record(session, actor, sheet, "sheet.review")
    close_held_back(session, sheet.revision.period, sheet.revision)


def hold_back_sheet(session: Session, actor: User, sheet: Sheet, *, note: str) -> None:
    """Keep the month from going on until this sheet is settled; the note says why."""
    _require_under_review(sheet)
    if not note.strip():
        raise ReasonNeeded("hold_back")
    was_held_back = sheet.is_held_back
    sheet.is_held_back, sheet.review_note = True, note.strip()
    sheet.reviewed_at = sheet.reviewed_by_id = None
    _record(session, actor, sheet, "sheet.hold_back", note=sheet.review_note)
    if not was_held_back:
        tell_held_back(session, actor, sheet.revision.period, sheet.revision)


def note_on_sheet(session: Session, actor: User, sheet: Sheet, note: str) -> None:
    """Keep a note of the review; it is not printed."""
    _require_under_review(sheet)
    before, sheet.review_note = sheet.review_note, note.strip()
    _record(session, actor, sheet, "sheet.note", before=before, after=sheet.review_note)


def review_remaining(session: Session, actor: User | None, revision: PeriodRevision) -> int:
    """Mark every sheet as reviewed that is neither reviewed nor held back; returns how many."""
    if revision.period.state != PeriodState.computed:
        raise WrongState(revision.period.state, PeriodState.computed)
    done = session.execute(
        update(Sheet)
        .where(Sheet.revision_id == revision.id, Sheet.reviewed_at.is_(None), Sheet.is_held_back.is_(False))
        .values(reviewed_at=now(), reviewed_by_id=actor.id if actor else None)
    )
    count = int(done.rowcount)  # type: ignore[attr-defined]
    audit.record(session, actor, action="sheet.review_remaining", thing=revision, sheets=count)
    return count


def see_sheet(session: Session, actor: User, sheet: Sheet) -> None:
    """Note that its agent has opened the sheet; anybody else's look changes nothing."""
    if sheet.agent_id != actor.agent_id or sheet.state != SheetState.published:
        return
    sheet.state, sheet.seen_at = SheetState.seen, now()
    _record(session, actor, sheet, "sheet.see")
    close_seen(session, actor, sheet)


def acknowledge_sheet(session: Session, actor: User, sheet: Sheet) -> None:
    """The agent has read it; this does not say that they agree."""
    _require_answerable(actor, sheet)
    sheet.state, sheet.answered_at = SheetState.acknowledged, now()
    _record(session, actor, sheet, "sheet.acknowledge")


def object_to_sheet(session: Session, actor: User, sheet: Sheet, *, reason: str) -> None:
    """The agent has read it and does not agree, and says why."""
    _require_answerable(actor, sheet)
    if not reason.strip():
        raise ReasonNeeded("objection")
    sheet.state, sheet.answered_at, sheet.objection = SheetState.objected, now(), reason.strip()
    _record(session, actor, sheet, "sheet.object")


def comment_on_sheet(session: Session, actor: User, sheet: Sheet, *, kind: str, text: str) -> SheetComment:
    """Put a word beside the sheet; the frozen content stays as it is. `kind` is one of `COMMENT_KINDS`."""
    if kind not in COMMENT_KINDS:
        raise ValueError(f"a comment of kind {kind!r}: one of {', '.join(COMMENT_KINDS)} is needed")
    if sheet.state in (SheetState.lapsed, SheetState.superseded):
        raise WrongState(sheet.state, SheetState.published)
    comment = SheetComment(sheet=sheet, author_id=actor.id, kind=kind, text=text.strip(), created_at=now())
    session.add(comment)
    _record(session, actor, sheet, "sheet.comment", kind=kind)
    return comment


def next_to_review(session: Session, sheet: Sheet) -> int | None:
    """Id of the next sheet of the revision that waits for review, by employee order; None when all are done."""
    waiting = select(Sheet.id).where(
        Sheet.revision_id == sheet.revision_id, Sheet.reviewed_at.is_(None), Sheet.is_held_back.is_(False)
    )
    later = session.scalar(waiting.where(Sheet.id > sheet.id).order_by(Sheet.id).limit(1))
    return later or session.scalar(waiting.where(Sheet.id != sheet.id).order_by(Sheet.id).limit(1))


def neighbour(session: Session, sheet: Sheet, step: int) -> int | None:
    """Id of the sheet before (-1) or after (1) this one in its revision; None at the ends."""
    own = select(Sheet.id).where(Sheet.revision_id == sheet.revision_id)
    if step > 0:
        return session.scalar(own.where(Sheet.id > sheet.id).order_by(Sheet.id).limit(1))
    return session.scalar(own.where(Sheet.id < sheet.id).order_by(Sheet.id.desc()).limit(1))


def _require_under_review(sheet: Sheet) -> None:
    state = sheet.revision.period.state
    if sheet.state != SheetState.draft or state != PeriodState.computed:
        raise WrongState(sheet.state, SheetState.draft)


def _require_answerable(actor: User, sheet: Sheet) -> None:
    """Only its own agent answers a sheet, once, between publication and lock."""
    if sheet.agent_id != actor.agent_id or sheet.state not in (SheetState.published, SheetState.seen):
        raise WrongState(sheet.state, SheetState.published)


def _record(session: Session, actor: User, sheet: Sheet, action: str, **data: object) -> None:
    session.flush()
    audit.record(session, actor, action=action, thing=sheet, name=sheet.revision.period.month, **data)
