"""The import of a list of people as a job, and the forgetting of lists that nobody imported."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from sqlalchemy.orm import Session

from qa_app import audit
from qa_app.conversations.people_lists import forget_list, forget_old_lists, open_list
from qa_app.jobs import Progress, duty, job, start_job
from qa_app.models import JobRun, User
from qa_app.people.import_reading import Problem, Refusal
from qa_app.people.importing import PeopleReport, import_people

__all__ = ["IMPORT", "report_of", "start_import"]

IMPORT: Final = "people.import"
MOST_KEPT_REFUSALS: Final = 500


class ListForgotten(Exception):
    """The list lies there no more; it has to be brought again."""


def start_import(session: Session, actor: User, token: str) -> JobRun:
    """Put the import of a kept list into the queue."""
    return start_job(session, actor, IMPORT, {"token": token})


def report_of(run: JobRun) -> PeopleReport:
    """Return what a finished job told."""
    refused = [Refusal(**{**row, "problem": Problem(row["problem"])}) for row in run.result.get("refused", [])]
    report = PeopleReport(refused=refused)
    report.counts.update(run.result.get("counts", {}))
    return report


@job(IMPORT)
def run_import(session: Session, run: JobRun, progress: Progress) -> dict[str, Any]:
    """Import the list; stopped or failed, nobody came in."""
    token = str(run.params["token"])
    listed = open_list(run.actor, token) if run.actor is not None else None
    if listed is None:
        raise ListForgotten("the list is not there any more; upload it again")
    report = import_people(session, run.actor, listed.rows, step=progress.step)
    counts = dict(report.counts)
    audit.record(
        session, run.actor, action=IMPORT, thing=run, name=listed.name, counts=counts, refused=len(report.refused)
    )
    forget_list(token)
    return {
        "name": listed.name,
        "counts": counts,
        "refused_count": len(report.refused),
        "refused": [asdict(refusal) for refusal in report.refused[:MOST_KEPT_REFUSALS]],
        "url": f"/people/import/report/{run.id}",
    }


@duty("people.forget_lists")
def forget_what_is_old(_session: Session) -> int:
    """Remove lists that were checked and never imported."""
    return forget_old_lists()
