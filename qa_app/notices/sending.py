"""Bringing out the mail: each notice once, however many send at the same moment and whatever the server does.

Somebody's notices are claimed first, in a transaction of its own: no other sender takes them until the claim ends. Then
the letter goes out, and its success or failure is kept in the next transaction. A sender that dies between the two
leaves a claim that ends by itself; the letter then goes out again, under the same Message-ID.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from sqlalchemy import ColumnElement, case, literal, select, update
from sqlalchemy.orm import Session

from qa_app.clock import now
from qa_app.db import UTCDateTime
from qa_app.models import Notice, Organisation, User
from qa_app.notices.due import MOST_ATTEMPTS, WAITS, Digests, is_due, list_recipients
from qa_app.notices.letters import Reader, write_letter
from qa_app.notices.post import LetterFailed, LetterRefused, Post, ServerFailed

__all__ = ["Outcome", "send_due"]

CLAIM: Final = timedelta(minutes=10)
"""Longer than any server may keep a sender waiting for one letter."""
LONGEST_ERROR: Final = 500

log = structlog.get_logger(__name__)


@dataclass
class Outcome:
    """What one sending came to: letters, the notices in them, and people whose letter did not go out."""

    mails: int = 0
    notices: int = 0
    failed: int = 0
    error: str = ""

    def __bool__(self) -> bool:
        """Whether anything was there to do."""
        return bool(self.mails or self.failed)


def send_due(session: Session, digests: Digests, *, checkpoint: Callable[[], None]) -> Outcome:
    """Send one letter to everybody for whom something is due; `checkpoint` commits what was done so far.

    A server that cannot be reached is asked once; what is due then waits for the next attempt. A letter that fails
    keeps no other back.
    """
    moment, outcome = now(), Outcome()
    recipients = list_recipients(session, moment, digests)
    if not recipients:
        return outcome
    organisation = session.get(Organisation, 1)
    sender = _Sender(session, organisation, digests, checkpoint, outcome)
    try:
        with Post() as post:
            for user_id in recipients:
                sender.send_to(post, user_id)
    except ServerFailed as error:
        sender.postpone_all(recipients, str(error))
        log.warning("mail_server_failed", error=str(error), waiting=len(recipients))
    return outcome


@dataclass(frozen=True, slots=True)
class _Sender:
    """What one sending needs for every letter."""

    session: Session
    organisation: Organisation | None
    digests: Digests
    checkpoint: Callable[[], None]
    outcome: Outcome

    def send_to(self, post: Post, user_id: int) -> None:
        """Claim what is due for one person, send it, and keep how it went; nothing, where another sender was first."""
        reader, notices = self._claim(user_id)
        if not notices:
            return
        name = self.organisation.name if self.organisation else "Assay"
        try:
            post.deliver(write_letter(reader, name, notices))
        except LetterFailed as error:
            self._note_failure(notices, str(error), is_final=isinstance(error, LetterRefused))
            log.warning("mail_failed", user_id=user_id, error=str(error))
        except ServerFailed as error:
            self._note_failure(notices, str(error), is_final=False)
            raise
        else:
            self._set(Notice.id.in_([notice.id for notice in notices]), mailed_at=now(), mail_error="")
            self.outcome.mails += 1
            self.outcome.notices += len(notices)
        self.checkpoint()

    def postpone_all(self, user_ids: Sequence[int], error: str) -> None:
        """Count an attempt for everything that is due: the server took nothing."""
        moment = now()
        for user_id in user_ids:
            due = Notice.user_id == user_id, is_due(moment, self._digest_of(self.session.get_one(User, user_id)))
            self.outcome.failed += self._set(
                *due,
                mail_attempts=Notice.mail_attempts + 1,
                mail_after=_next_attempt(moment, Notice.mail_attempts + 1),
                mail_error=error[:LONGEST_ERROR],
            )
        self.checkpoint()
        self.outcome.error = error

    def _claim(self, user_id: int) -> tuple[Reader, list[Notice]]:
        moment, user = now(), self.session.get_one(User, user_id, populate_existing=True)
        claimed = (
            update(Notice)
            .where(Notice.user_id == user_id, is_due(moment, self._digest_of(user)))
            .values(mail_after=moment + CLAIM, mail_attempts=Notice.mail_attempts + 1)
            .returning(Notice.id)
            .execution_options(synchronize_session=False)
        )
        ids = list(self.session.scalars(claimed)) if user.active else []
        self.checkpoint()
        query = select(Notice).where(Notice.id.in_(ids)).order_by(Notice.created_at, Notice.id)
        notices = list(self.session.scalars(query.execution_options(populate_existing=True))) if ids else []
        usual = self.organisation.language if self.organisation else "en"
        return Reader(user.display_name, user.email, user.language or usual), notices

    def _digest_of(self, user: User) -> datetime | None:
        return self.digests.get(user.digest_hour)

    def _note_failure(self, notices: Sequence[Notice], error: str, *, is_final: bool) -> None:
        """Keep why it failed and when to try again; a final failure leaves no further attempt."""
        values: dict[str, Any] = {"mail_error": error[:LONGEST_ERROR]}
        if is_final:
            values["mail_attempts"] = MOST_ATTEMPTS
        values["mail_after"] = _next_attempt(now(), Notice.mail_attempts)
        self._set(Notice.id.in_([notice.id for notice in notices]), **values)
        self.checkpoint()
        self.outcome.failed += 1
        self.outcome.error = error

    def _set(self, *which: ColumnElement[bool], **values: Any) -> bool:
        changed = update(Notice).where(*which).values(**values).execution_options(synchronize_session=False)
        return bool(self.session.execute(changed).rowcount)  # type: ignore[attr-defined]


def _next_attempt(moment: datetime, attempts: Any) -> ColumnElement[datetime]:
    """When to try again after so many attempts: later each time."""
    waits = {count: literal(moment + wait, UTCDateTime()) for count, wait in enumerate(WAITS, start=1)}
    return case(waits, value=attempts, else_=literal(moment, UTCDateTime()))
