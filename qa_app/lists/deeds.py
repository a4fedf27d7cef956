"""Deeds on many things: what rooms can do to all ticked rows, said beforehand, done in one transaction, taken back.

A room writes a `Deed` and a route that hands it to `views.do_to_many`. Nothing is skipped in silence: what cannot be
done is named with its reason, before and after.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar, Generic, TypeVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import Select, update
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from qa_app.clock import now
from qa_app.models import BulkDeed, User
from qa_app.permissions import Permission, has_permission
from qa_app.web.forms import BaseForm

__all__ = [
    "GONE",
    "MOST_AT_ONCE",
    "MOVED",
    "NOT_LATER",
    "UNDONE_WITHIN",
    "Deed",
    "DeedRefused",
    "Plan",
    "announce_deed",
    "carry_out",
    "deed_of",
    "deeds_for",
    "one_at_a_time",
    "plan_deed",
    "refused_as",
    "take_back",
]

MOST_AT_ONCE = 500
"""Things one deed takes: more would keep the request, and who waits for it, too long."""
UNDONE_WITHIN = timedelta(hours=1)
GONE, MOVED, NOT_LATER = "gone", "moved", "not_later"
"""Codes of reasons that rooms share: not there, or not this person's; changed since; due then or later already."""

T = TypeVar("T")
Kept = dict[str, Any]
Step = Callable[[T], Kept]


class DeedRefused(Exception):
    """One thing cannot be done, or taken back; `code` is worded by the deed."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@contextmanager
def refused_as(codes: Mapping[type[Exception], str | None]) -> Iterator[None]:
    """Turn what a service refuses into the reasons of a deed, by the first kind that fits; all else goes on.

    A kind whose refusals say in `why` what stands against it has no code here.
    """
    try:
        yield
    except tuple(codes) as refusal:
        code = next(code for kind, code in codes.items() if isinstance(refusal, kind))
        raise DeedRefused(code or str(getattr(refusal, "why", GONE))) from refusal


class Deed(ABC, Generic[T]):
    """Something that can be done to many things of a list."""

    code: ClassVar[str]
    page: ClassVar[str]
    """Endpoint of the list whose rows are ticked."""
    endpoint: ClassVar[str]
    """Where the ticks are sent."""
    permissions: ClassVar[tuple[Permission, ...]]
    title: ClassVar[LazyString]
    icon: ClassVar[str] = "check"
    place: ClassVar[int] = 0
    """Among the buttons under the list: small numbers first."""
    note: ClassVar[LazyString | str] = ""
    """What else is to be known before it is done."""
    words: ClassVar[Mapping[str, LazyString]] = {}
    """By code, why something is not done or not taken back, beside the reasons that rooms share."""

    @abstractmethod
    def seen_by(self, actor: User) -> Select[T]:
        """Select the things the actor may see, with what is asked of them beside."""

    @abstractmethod
    def name(self, thing: T) -> str:
        """Name a thing as its list does."""

    @abstractmethod
    def obstacles(self, session: Session, actor: User, things: Sequence[T]) -> Mapping[int, str]:
        """Return by key the codes of reasons why things cannot be done whatever is chosen."""

    @abstractmethod
    def make_form(
        self, session: Session, actor: User, things: Sequence[T], given: MultiDict[str, str] | None
    ) -> BaseForm:
        """Ask what has to be chosen for these things; `given` is what was sent, none on the first look."""

    @abstractmethod
    def prepare(self, session: Session, actor: User, form: Any) -> tuple[Step[T], dict[str, Any]]:
        """Return what is done to each thing, giving what taking it back needs, and what was chosen, in words."""

    @abstractmethod
    def take_back(self, session: Session, actor: User, kept: Kept) -> None:
        """Take one thing back as it was, or raise `DeedRefused`."""

    @abstractmethod
    def announcement(self, count: int) -> str:
        """Say what will happen to so many things."""

    @abstractmethod
    def button(self, count: int) -> str:
        """Say what the button does to so many things."""

    @abstractmethod
    def outcome(self, count: int, given: Mapping[str, Any]) -> str:
        """Say what was done to so many things."""

    def find(self, session: Session, actor: User, ids: Sequence[int]) -> Sequence[T]:
        """Return those of these things that the actor may see, in the order of the keys."""
        query = self.seen_by(actor)
        model = query.column_descriptions[0]["entity"]
        found = {_key(one): one for one in session.scalars(query.where(model.id.in_(ids))).unique()}
        return [found[key] for key in ids if key in found]

    def find_one(self, session: Session, actor: User, key: int) -> T:
        """Return one thing that the actor may see, or refuse."""
        found = self.find(session, actor, [key])
        if not found:
            raise DeedRefused(GONE)
        return found[0]

    def reason(self, code: str) -> str:
        """Say why something was not done, or not taken back."""
        return str(self.reasons().get(code, _("This cannot be done.")))

    def reasons(self) -> Mapping[str, str]:
        """Words for the codes of this deed, those that rooms share among them."""
        return {code: str(text) for code, text in {**_SHARED, **self.words}.items()}


_SHARED: Mapping[str, LazyString] = {
    GONE: _l("It is not there any more, or not yours to see."),
    MOVED: _l("It was changed since."),
    NOT_LATER: _l("It is due then or later already."),
}
_DEEDS: dict[str, Deed[Any]] = {}


def announce_deed(deed: Deed[Any]) -> Deed[Any]:
    """Let outcomes of a deed be read and taken back."""
    _DEEDS[deed.code] = deed
    return deed


def deed_of(code: str) -> Deed[Any] | None:
    """Return a deed; none where its room is not part of this installation any more."""
    return _DEEDS.get(code)


def deeds_for(actor: User, page: str) -> list[Deed[Any]]:
    """Return what this person may do to many rows of a list."""
    found = [deed for deed in _DEEDS.values() if deed.page == page and has_permission(actor, *deed.permissions)]
    return sorted(found, key=lambda deed: deed.place)


@dataclass(frozen=True, slots=True)
class Plan(Generic[T]):
    """What would happen: the things it can be done to, and (name, code) of all others."""

    ready: Sequence[T]
    refused: Sequence[tuple[str, str]]


def plan_deed(session: Session, actor: User, deed: Deed[T], ids: Sequence[int]) -> Plan[T]:
    """Look at each thing before anything is done."""
    things = deed.find(session, actor, ids)
    against = deed.obstacles(session, actor, things)
    found = {_key(thing) for thing in things}
    gone = [(str(key), GONE) for key in ids if key not in found]
    refused = [(deed.name(thing), against[_key(thing)]) for thing in things if _key(thing) in against]
    return Plan([thing for thing in things if _key(thing) not in against], [*refused, *gone])


def one_at_a_time(session: Session, actor: User) -> None:
    """Let one person's deeds wait for each other: of a button pressed twice, the second sees what the first did.

    Writing locks the row until the transaction ends, and nothing changes in it. On PostgreSQL what others write with a
    reference to this person goes on: their key is not touched.
    """
    session.execute(
        update(User).where(User.id == actor.id).values(name=User.name).execution_options(synchronize_session=False)
    )


def carry_out(session: Session, actor: User, deed: Deed[T], plan: Plan[T], form: BaseForm) -> BulkDeed:
    """Do it to each thing, all in the transaction of the request, and keep what became of them."""
    step, given = deed.prepare(session, actor, form)
    done: list[Any] = []
    refused: list[Any] = [list(one) for one in plan.refused]
    for thing in plan.ready:
        name = deed.name(thing)
        try:
            with session.begin_nested():
                kept = step(thing)
        except DeedRefused as refusal:
            refused.append([name, refusal.code])
        else:
            done.append([name, kept])
    record = BulkDeed(user_id=actor.id, deed=deed.code, given=given, done=done, refused=refused, made_at=now())
    session.add(record)
    session.flush()
    return record


def take_back(session: Session, actor: User, record: BulkDeed, deed: Deed[Any]) -> bool:
    """Take a deed back, thing by thing; what somebody has built upon stays and is named. False: it is taken back."""
    claimed = session.execute(
        update(BulkDeed)
        .where(BulkDeed.id == record.id, BulkDeed.undone_at.is_(None))
        .values(undone_at=now())
        .execution_options(synchronize_session=False)
    )
    if claimed.rowcount != 1:  # type: ignore[attr-defined]
        return False
    stays: list[Any] = []
    for name, kept in record.done:
        try:
            with session.begin_nested():
                deed.take_back(session, actor, kept)
        except DeedRefused as refusal:
            stays.append([name, refusal.code])
    record.kept = stays
    session.flush()
    session.refresh(record)
    return True


def _key(thing: Any) -> int:
    key: int = thing.id
    return key
