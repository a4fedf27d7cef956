"""Exports: start one, run it as a job, keep its files, hand them out and forget them."""

from __future__ import annotations

import atexit
import hashlib
import zipfile
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_app import audit
from qa_app.clock import now
from qa_app.home_folder import home_folder
from qa_app.jobs import Progress, job, start_job
from qa_app.models import ExportFile, JobRun, NoticeKind, PeriodRevision, RoleName, Sheet, User
from qa_app.notices.recipients import users_with
from qa_app.notices.service import notify, resolve
from qa_app.reporting.errors import NothingToExport
from qa_app.reporting.files import WrittenMonth, file_stem, fonts_folder, load_sheets, write_month
from qa_app.reporting.gather import gather_appraisal, read_surroundings
from reports.titles import title_of_many

if TYPE_CHECKING:
    from reports.render import Renderer

__all__ = ["export_path", "fetch_export", "print_sheet", "run_export", "start_export", "tell_ready"]

KIND = "reporting.export"
#: How long files wait to be fetched; the month itself can be exported again at any time.
KEPT_DAYS = 90
_MEDIA = {
    ".zip": "application/zip",
    ".pdf": "application/pdf",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# The renderer's fonts are not made for two threads at once.
_PRINTING = Lock()


def start_export(
    session: Session, actor: User, revision: PeriodRevision, *, language: str, sheet_ids: Sequence[int] = ()
) -> JobRun:
    """Start writing the appraisals of a revision, all or those named; returns the job.

    Raises `NothingToExport` where no sheet is left to write.
    """
    query = select(func.count()).select_from(Sheet).where(Sheet.revision_id == revision.id)
    if sheet_ids:
        query = query.where(Sheet.id.in_(sheet_ids))
    count = session.scalar(query)
    if not count:
        raise NothingToExport(revision.period.month)
    params = {"revision": revision.id, "language": language, "locale": language, "sheets": sorted(sheet_ids)}
    run = start_job(session, actor, KIND, params)
    audit.record(
        session, actor, action="export.start", thing=revision, name=revision.period.month, sheets=count,
        language=language,
    )  # fmt: skip
    return run


@job(KIND)
def run_export(session: Session, run: JobRun, progress: Progress) -> dict[str, Any]:
    """Write the files of an export and note them; started again, it writes the same files over."""
    revision = session.get_one(PeriodRevision, run.params["revision"])
    directory = home_folder().folder("exports") / f"job-{run.id}"
    language = str(run.params["language"])
    written = write_month(session, revision, directory, progress, language=language, only=run.params["sheets"])
    bundles = _bundles(written, directory, revision, language)
    files = [_note_file(session, run, revision, path) for path in bundles]
    session.flush()
    tell_ready(session, run, revision, bundles[0].name)
    return {
        "month": revision.period.month,
        "written": len(written.appraisals),
        "failed": [
            {"sheet": item.sheet_id, "number": item.number, "name": item.name, "reason": item.reason}
            for item in written.failures
        ],
        "files": [file.id for file in files],
        "url": "/exports",
    }


def tell_ready(session: Session, run: JobRun, revision: PeriodRevision, name: str) -> None:
    """Tell who asked, who is busy with something else by now and may have left HR."""
    asked = [user_id for user_id in users_with(session, RoleName.hr) if user_id == run.actor_id]
    notify(session, asked, NoticeKind.export_ready, _thing_of(run.id), name=name, month=revision.period.month)


def _thing_of(job_id: int | None) -> str:
    return f"export:{job_id}"


def _bundles(written: WrittenMonth, directory: Path, revision: PeriodRevision, language: str) -> list[Path]:
    """Pack the appraisals into one archive and join them into one file; the single ones are then not needed."""
    from reports.joining import Part, join_documents  # with pypdf, which most processes never need

    name = f"{revision.period.month}_r{revision.number}"
    bundles, month = [written.workbook], date.fromisoformat(f"{revision.period.month}-01")
    if written.appraisals:
        archive = directory / f"appraisals_{name}.zip"
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
            for path in (*written.appraisals, written.workbook, written.summary):
                packed.write(path, path.name)
        joined = directory / f"appraisals_{name}.pdf"
        people = zip(written.people, written.appraisals, strict=True)
        join_documents((Part(name, path) for name, path in people), joined, title=title_of_many(month, language))
        bundles = [archive, joined, written.workbook]
    for path in written.appraisals:
        path.unlink()
    return bundles


def _note_file(session: Session, run: JobRun, revision: PeriodRevision, path: Path) -> ExportFile:
    content = path.read_bytes()
    file = ExportFile(
        kind="appraisals" if path.suffix in {".zip", ".pdf"} else "workbook",
        name=path.name,
        path=str(path.relative_to(home_folder().folder("exports"))),
        size=len(content),
        checksum=hashlib.sha256(content).hexdigest(),
        media_type=_MEDIA[path.suffix],
        data={"month": revision.period.month, "revision": revision.number, "language": run.params["language"]},
        job_id=run.id,
        actor_id=run.actor_id,
        created_at=now(),
        expires_at=now() + timedelta(days=KEPT_DAYS),
    )
    session.add(file)
    return file


def export_path(file: ExportFile) -> Path:
    """Where an export's file lies."""
    return home_folder().folder("exports") / file.path


def fetch_export(session: Session, actor: User, file: ExportFile) -> Path:
    """Hand out a file; every fetch is noted."""
    audit.record(session, actor, action="export.download", thing=file, name=file.name, checksum=file.checksum)
    resolve(session, NoticeKind.export_ready, _thing_of(file.job_id), because="", user_ids=[actor.id])
    return export_path(file)


def print_sheet(session: Session, actor: User, sheet: Sheet, *, language: str) -> tuple[str, bytes]:
    """Give one sheet as PDF with the name of its file; noted like every copy.

    Raises `reports.errors.RendererMissing` where PDF files cannot be made.
    """
    revision = sheet.revision
    loaded = next(load_sheets(session, [sheet.id]))
    document = gather_appraisal(loaded, read_surroundings(session, revision, language), language)
    with _PRINTING:
        pdf = _renderer(fonts_folder()).render_appraisal(document)
    audit.record(session, actor, action="sheet.print", thing=sheet, name=revision.period.month, language=language)
    return f"{file_stem(document)}.pdf", pdf


@cache
def _renderer(fonts: Path) -> Renderer:
    from reports.render import Renderer as WarmRenderer  # needs Pango: everything but PDF works without

    # Its fonts must be gone before the interpreter is.
    atexit.register(_renderer.cache_clear)
    return WarmRenderer.with_ready_fonts(fonts)
