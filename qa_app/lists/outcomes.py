"""What became of a deed on many things, in words, for the list it came from."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.access import NotFound
from qa_app.clock import now
from qa_app.lists.deeds import UNDONE_WITHIN, Deed, deed_of
from qa_app.models import BulkDeed, User
from qa_app.permissions import has_permission

__all__ = ["Outcome", "can_take_back", "find_outcome", "get_deed"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a deed went: a sentence, what was left with its reasons, and whether it can be taken back."""

    id: int
    done: int
    sentence: str
    heading: str
    left: tuple[tuple[str, str], ...]
    can_undo: bool


def get_deed(session: Session, actor: User, record_id: int) -> BulkDeed:
    """Return a deed to who did it, or raise `NotFound`."""
    found = session.scalar(select(BulkDeed).where(BulkDeed.id == record_id, BulkDeed.user_id == actor.id))
    if found is None:
        raise NotFound
    return found


def can_take_back(actor: User, record: BulkDeed) -> bool:
    """Tell whether a deed may still be taken back as a whole."""
    deed = deed_of(record.deed)
    in_time = record.undone_at is None and now() - record.made_at <= UNDONE_WITHIN
    return bool(in_time and record.done and deed and has_permission(actor, *deed.permissions))


def find_outcome(session: Session, actor: User, record_id: int) -> Outcome | None:
    """Say how a deed of this person went; none where it is not theirs: an address may be anybody's."""
    try:
        record = get_deed(session, actor, record_id)
    except NotFound:
        return None
    deed = deed_of(record.deed)
    if deed is None:
        return None
    if record.undone_at is not None:
        return _undone(record, deed)
    left = tuple((name, deed.reason(code)) for name, code in record.refused)
    count = len(record.done)
    return Outcome(
        record.id,
        count,
        deed.outcome(count, record.given) if count else str(_("Nothing was done.")),
        ngettext("%(num)s was left as it is", "%(num)s were left as they are", len(left)),
        left,
        can_take_back(actor, record),
    )


def _undone(record: BulkDeed, deed: Deed[object]) -> Outcome:
    stays = tuple((name, deed.reason(code)) for name, code in record.kept or ())
    count = len(record.done) - len(stays)
    return Outcome(
        record.id,
        count,
        ngettext("%(num)s taken back.", "%(num)s taken back.", count) if count else str(_("Nothing was taken back.")),
        ngettext("%(num)s could not be taken back", "%(num)s could not be taken back", len(stays)),
        stays,
        can_undo=False,
    )
