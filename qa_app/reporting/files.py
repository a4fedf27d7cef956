"""Writing a month's documents to a folder: every appraisal, the workbook, a summary of what was written."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload, undefer

from qa_app.assessment.content import decode_content
from qa_app.home_folder import home_folder
from qa_app.jobs import NoProgress, Progress
from qa_app.models import Agent, PeriodRevision, PeriodState, Sheet, SheetComment
from qa_app.reporting.gather import Surroundings, gather_appraisal, read_surroundings
from qa_app.reporting.tables import month_tables
from reports.documents import AppraisalDocument
from reports.errors import RendererMissing
from reports.tables import MonthWorkbook
from reports.workbook import write_month_workbook

__all__ = ["Failure", "WrittenMonth", "file_stem", "fonts_folder", "load_sheets", "write_month"]

#: Sheets loaded at a time: memory stays flat however many people there are.
_BATCH = 50
_PROCESSES_AT_MOST = 8


@dataclass(frozen=True, slots=True)
class Failure:
    """An appraisal that could not be written, and why."""

    sheet_id: int
    number: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class WrittenMonth:
    """What was written: appraisals in the order of employee numbers with whom they are about, and those that failed."""

    appraisals: tuple[Path, ...]
    people: tuple[str, ...]
    workbook: Path
    summary: Path
    failures: tuple[Failure, ...]

    @property
    def exit_status(self) -> int:
        """0: all written, 3: some failed, 1: none."""
        if not self.failures:
            return 0
        return 3 if self.appraisals else 1


def write_month(
    session: Session,
    revision: PeriodRevision,
    directory: Path,
    progress: Progress | None = None,
    *,
    language: str = "en",
    only: Sequence[int] = (),
) -> WrittenMonth:
    """Write every appraisal of a revision, the workbook and a summary into `directory`; changes nothing else.

    `only` names sheets by id; empty: all. An appraisal that fails is named and does not stop the others; without a
    renderer every appraisal fails with the line that mends it, and the workbook is written all the same.
    """
    directory.mkdir(parents=True, exist_ok=True)
    ids = _sheet_ids(session, revision, only)
    around = read_surroundings(session, revision, language)
    written, failures = _write_appraisals(session, ids, around, directory, progress or NoProgress(), language)
    workbook = directory / f"{revision.period.month}.xlsx"
    workbook.write_bytes(_workbook(session, revision, ids, around, language))
    summary = directory / "summary.txt"
    summary.write_text(_summary(revision, written, failures), "utf-8")
    return WrittenMonth(tuple(written), tuple(written.values()), workbook, summary, tuple(failures))


def load_sheets(session: Session, ids: Sequence[int]) -> Iterator[Sheet]:
    """Load sheets with content and comments, in the order of `ids`, some at a time."""
    for start in range(0, len(ids), _BATCH):
        batch = ids[start : start + _BATCH]
        query = (
            select(Sheet)
            .where(Sheet.id.in_(batch))
            .options(
                undefer(Sheet.content),
                joinedload(Sheet.agent),
                selectinload(Sheet.comments).joinedload(SheetComment.author),
            )
        )
        found = {sheet.id: sheet for sheet in session.scalars(query)}
        yield from (found[sheet_id] for sheet_id in batch)


def file_stem(document: AppraisalDocument) -> str:
    """Name an appraisal's file: month, employee number, name, without what file systems refuse."""
    name = re.sub(r'[\\/:*?"<>|\s]+', "_", f"{document.person.number}_{document.person.name}").strip("._")
    return f"{document.month:%Y-%m}_{name[:80]}"


def fonts_folder() -> Path:
    """Where the cut fonts are kept."""
    return home_folder().folder("fonts")


def _sheet_ids(session: Session, revision: PeriodRevision, only: Sequence[int]) -> list[int]:
    query = select(Sheet.id).join(Sheet.agent).where(Sheet.revision_id == revision.id)
    if only:
        query = query.where(Sheet.id.in_(only))
    return list(session.scalars(query.order_by(Agent.employee_number)))


def _write_appraisals(
    session: Session, ids: Sequence[int], around: Surroundings, directory: Path, progress: Progress, language: str
) -> tuple[dict[Path, str], list[Failure]]:
    written: dict[Path, str] = {}
    failures: list[Failure] = []
    progress.step(0, len(ids))
    for made in _render(session, ids, around, directory, language):
        if isinstance(made, Failure):
            failures.append(made)
        else:
            path, about = made
            written[path] = about
        progress.step(len(written) + len(failures), len(ids), failed=len(failures))
    return written, failures


def _render(
    session: Session, ids: Sequence[int], around: Surroundings, directory: Path, language: str
) -> Iterator[tuple[Path, str] | Failure]:
    known: dict[str, tuple[Sheet, str]] = {}

    def documents() -> Iterator[tuple[str, AppraisalDocument]]:
        for sheet in load_sheets(session, ids):
            document = gather_appraisal(sheet, around, language)
            known[str(sheet.id)] = (sheet, file_stem(document))
            yield str(sheet.id), document

    try:
        from reports.batch import render_many  # needs Pango: everything but PDF works without

        processes = min(_PROCESSES_AT_MOST, os.cpu_count() or 1, max(1, len(ids) // 4))
        for rendered in render_many(documents(), fonts_folder(), processes=processes):
            sheet, stem = known.pop(rendered.key)
            if rendered.pdf is None:
                yield _failure(sheet, rendered.error or "")
                continue
            path = directory / f"{stem}.pdf"
            path.write_bytes(rendered.pdf)
            yield path, f"{sheet.agent.employee_number} {sheet.agent.name}"
    except RendererMissing as error:
        for sheet in load_sheets(session, ids):
            yield _failure(sheet, str(error))


def _failure(sheet: Sheet, reason: str) -> Failure:
    return Failure(sheet.id, sheet.agent.employee_number, sheet.agent.name, reason)


def _workbook(
    session: Session, revision: PeriodRevision, ids: Sequence[int], around: Surroundings, language: str
) -> bytes:
    loaded = load_sheets(session, ids)
    sheets = ((sheet.state, sheet.verification_code, decode_content(sheet.content)) for sheet in loaded)
    return write_month_workbook(
        MonthWorkbook(
            language=language,
            organisation=around.organisation,
            month=revision.period.month,
            revision=revision.number,
            made_at=around.computed_at,
            is_draft=around.published_at is None,
            is_month_over=revision.is_over,
            tables=month_tables(sheets, language),
        )
    )


def _summary(revision: PeriodRevision, written: Collection[Path], failures: Sequence[Failure]) -> str:
    """Tell a person or a program what was written, one fact a line; in English like every log."""
    period = revision.period
    lines = [
        f"month: {period.month}",
        f"state: {period.state}",
        f"revision: {revision.number}",
        f"draft: {'no' if period.state in (PeriodState.published, PeriodState.locked) else 'yes'}",
        f"month over: {'yes' if revision.is_over else 'no'}",
        f"inputs sha256: {revision.inputs_digest}",
        f"appraisals written: {len(written)}",
        f"appraisals failed: {len(failures)}",
    ]
    lines += [f"failed: {failure.number} {failure.name}: {failure.reason}" for failure in failures]
    return "\n".join(lines) + "\n"
