"""Whether mail goes out: what was given up, what fails, and why, for the doctor and the administrator."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from qa_app.clock import now
from qa_app.models import Notice, User
from qa_app.notices.due import LONGEST_WAIT, MOST_ATTEMPTS, is_wanted

__all__ = ["Trouble", "find_trouble", "try_again"]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Notices whose mail failed the last time it was tried, and what the server said to the latest of them."""

    people: int
    waiting: int
    given_up: int
    error: str


def find_trouble(session: Session) -> Trouble | None:
    """Return what is wrong with mail that should have gone out in the last two weeks, if anything."""
    failing = is_wanted(), Notice.mail_error != "", Notice.created_at > now() - LONGEST_WAIT, User.active.is_(True)
    is_over = Notice.mail_attempts >= MOST_ATTEMPTS
    people, total, given_up = session.execute(
        select(func.count(Notice.user_id.distinct()), func.count(), func.count().filter(is_over))
        .join(Notice.user)
        .where(*failing)
    ).one()
    if not total:
        return None
    last = select(Notice.mail_error).join(Notice.user).where(*failing).order_by(Notice.mail_after.desc()).limit(1)
    return Trouble(people, total - given_up, given_up, session.scalar(last) or "")


def try_again(session: Session) -> int:
    """Give another row of attempts, beginning now, to everything that failed; return how many notices."""
    failed = update(Notice).where(is_wanted(), Notice.mail_error != "")
    again = failed.values(mail_attempts=0, mail_after=now()).execution_options(synchronize_session=False)
    return int(session.execute(again).rowcount)  # type: ignore[attr-defined]
