"""Mail of notices by the organisation's calendar: at once every minute, the daily ones on working days."""

from __future__ import annotations

from sqlalchemy.orm import Session

from qa_app.clock import now
from qa_app.jobs import duty
from qa_app.jobs.duties import EVERY_MINUTE
from qa_app.notices.due import digests_now, digests_on_time, does_anything_wait
from qa_app.notices.sending import Outcome, send_due
from qa_app.people.organisation import working_calendar

__all__ = ["bring_out_mail", "send_mail", "send_mail_and_digests"]


@duty("notices.mail", minute=EVERY_MINUTE)
def bring_out_mail(session: Session) -> Outcome:
    """Send what is due."""
    return send_mail(session)


def send_mail(session: Session) -> Outcome:
    """Send what is due; each letter is committed by itself, so that no lock is held while a server thinks."""
    if not does_anything_wait(session):
        return Outcome()
    return send_due(session, digests_on_time(working_calendar(session), now()), checkpoint=session.commit)


def send_mail_and_digests(session: Session) -> Outcome:
    """Send what is due and every digest that has anything in it, whatever the hour and the day."""
    return send_due(session, digests_now(now()), checkpoint=session.commit)
