"""What is done with sound as jobs: measured after each import and once an hour; speech recognised when asked for."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app import audit
from qa_app.conversations.measuring import count_unmeasured, measure_calls
from qa_app.conversations.playable import clear_old_copies
from qa_app.conversations.recognition import load_recogniser, recognise_call
from qa_app.conversations.transcripts import keep_turns
from qa_app.home_folder import home_folder
from qa_app.jobs import Progress, duty, follow, job, start_job
from qa_app.models import Conversation, JobRun, JobState

__all__ = ["MEASURE", "RECOGNISE", "measure_hourly", "run_measuring", "start_measuring"]

MEASURE = "conversations.measure"
RECOGNISE = "conversations.recognise"


def start_measuring(session: Session, run: JobRun | None = None) -> JobRun | None:
    """Put the measuring into the queue where something waits for it and nobody is at it."""
    busy = select(JobRun.id).where(JobRun.kind == MEASURE, JobRun.state.in_((JobState.waiting, JobState.running)))
    if session.scalar(busy.limit(1)) is not None or not count_unmeasured(session):
        return None
    locale = str(run.params.get("locale", "en")) if run else "en"
    return start_job(session, run.actor if run else None, MEASURE, {"locale": locale})


@job(MEASURE)
def run_measuring(session: Session, run: JobRun, progress: Progress) -> dict[str, Any]:
    """Measure what has no figures; started again, it goes on."""
    measured = measure_calls(
        session, run.actor, checkpoint=session.commit, progress=progress, again="retry_of" in run.params
    )
    return {"calls": measured.calls, "failed": measured.failed}


@job(RECOGNISE)
def run_recognition(session: Session, run: JobRun, progress: Progress) -> dict[str, Any]:
    """Write the transcript of one call by machine."""
    conversation = session.get_one(Conversation, run.params["conversation_id"])
    turns = recognise_call(session, conversation, load_recogniser(), progress)
    if turns:
        keep_turns(session, conversation, turns)
        audit.record(
            session, run.actor, action="conversation.recognise", thing=conversation, name=conversation.public_id,
            turns=len(turns),
        )  # fmt: skip
        start_measuring(session, run)
    return {"turns": len(turns), "url": f"/conversations/{conversation.id}"}


@follow("conversations.import")
def measure_what_is_new(session: Session, run: JobRun) -> None:
    """Measure after an import."""
    start_measuring(session, run)


@duty("conversations.measure")
def measure_hourly(session: Session) -> str:
    """Measure what came by a command, and clear copies of sound that nobody asked for in a week."""
    cleared = clear_old_copies(home_folder().folder("recordings") / "playable")
    started = start_measuring(session)
    parts = [f"{cleared} copies cleared" if cleared else "", f"job {started.id}" if started else ""]
    return ", ".join(part for part in parts if part)
