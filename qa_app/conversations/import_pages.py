"""Finished values for the pages of the import wizard: steps, rows of columns, preview, report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.conversations.forms import channel_title
from qa_app.conversations.import_forms import COLUMN
from qa_app.conversations.import_texts import (
    describe_elsewhere,
    describe_file_problem,
    describe_problem,
    field_name,
    reason_of,
)
from qa_app.conversations.import_wizard import FileView
from qa_app.conversations.importers.problems import find_marks
from qa_app.conversations.importers.record import ConversationRecord
from qa_app.conversations.importers.stream import Refused, Taken
from qa_app.models import ImportRejection, ImportRun

__all__ = [
    "OBSTACLES",
    "TEMPLATES",
    "ColumnRow",
    "PreviewRow",
    "Report",
    "column_rows",
    "import_state",
    "preview_rows",
    "report_of",
    "steps_of",
]

SHOWN_REJECTIONS = 100
OBSTACLES: dict[str, LazyString] = {
    "not_done": _l("Only a finished import can be taken back."),
    "updated": _l("It changed conversations that were here before; those cannot be restored."),
    "sampled": _l("Some of its conversations have been drawn for inspection."),
    "inspected": _l("Some of its conversations have been inspected."),
    "frozen": _l("A draw has been frozen since."),
    "computed": _l("A month has been computed since."),
}
TEMPLATES = {
    "en": (
        "Customer no.", "Customer type", "Channel", "Need type", "Description", "Submitted", "First response",
        "Resolved", "Handler", "Satisfaction (1–5)", "Notes",
    ),
    "zh": (
        "客户编号", "客户类型", "需求渠道", "需求类型", "问题描述", "提交时间", "首次响应时间", "解决时间", "处理人",
        "满意度评分", "备注",
    ),
}  # fmt: skip
STATES: dict[str, LazyString] = {
    "new": _l("file kept"),
    "mapped": _l("columns matched"),
    "running": _l("running"),
    "checked": _l("checked"),
    "done": _l("done"),
    "failed": _l("failed"),
    "undone": _l("taken back"),
}
PREVIEW_FIELDS = ("external_id", "opened_at", "agent_id", "channel", "topic", "resolved")


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """One column of the file: its heading, samples, and the field it is matched with."""

    name: str
    heading: str
    samples: list[str]
    field: str
    is_certain: bool


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One of the first records: its values, or why it would be refused."""

    line: int
    values: list[object]
    messages: int
    rating: str
    problem: str
    notes: list[str]


@dataclass(frozen=True, slots=True)
class Group:
    """Refused records, or notes, of one kind, with the first places."""

    severity: str
    count: int
    sentences: list[str]


@dataclass(frozen=True, slots=True)
class Report:
    """Counts and reasons of a check or an import."""

    counts: list[tuple[str, int]]
    changed: list[tuple[str, int]]
    groups: list[Group]
    file_errors: list[str]
    sources: list[str]
    elsewhere: list[str]
    nothing_changed: bool
    is_taken_back: bool
    rejected: int
    taken: int


def import_state(run: ImportRun) -> str:
    """Return the word for where a run stands."""
    return str(STATES[run.state])


def steps_of(current: int) -> list[tuple[str, str, str]]:
    """Return the step bar with the current step."""
    titles = [_("File"), _("Columns"), _("Check"), _("Import")]
    states = ["done" if place < current else "now" if place == current else "later" for place in range(1, 5)]
    return [(title, "", state) for title, state in zip(titles, states, strict=True)]


def column_rows(view: FileView, sent: dict[str, str]) -> list[ColumnRow]:
    """Return the columns, doubtful ones first."""
    marks = find_marks(view.headings)
    rows = [
        ColumnRow(
            name=f"{COLUMN}{place}",
            heading=guess.heading,
            samples=[str(cells[place])[:60] for cells in view.samples if place < len(cells) and cells[place] != ""],
            field=sent.get(f"{COLUMN}{place}", ""),
            is_certain=guess.is_certain and guess.field is not None,
        )
        for place, guess in enumerate(view.guesses)
        if guess.heading not in marks
    ]
    return sorted(rows, key=lambda row: row.is_certain)


def preview_rows(outcomes: Sequence[Taken | Refused]) -> list[PreviewRow]:
    """Return the first records as they would go in."""
    rows = []
    for outcome in outcomes:
        if isinstance(outcome, Refused):
            sentence = describe_problem(outcome.problem)
            rows.append(PreviewRow(outcome.problem.line or 0, [], 0, "", sentence, []))
        else:
            record = outcome.record
            notes = [reason_of(note.code, note.value) for note in outcome.notes]
            rows.append(
                PreviewRow(outcome.line, _values(record), len(record.messages or ()), _rating(record), "", notes)
            )
    return rows


def report_of(session: Session, run: ImportRun) -> Report | None:
    """Return the report of a run that has counted; `None` before."""
    counts: dict[str, Any] = run.counts
    if not counts:
        return None
    names = ("created", "updated", "unchanged", "rejected", "undated", "agents_created")
    titles = (_("new"), _("changed"), _("unchanged"), _("rejected"), _("without a date"), _("unknown agents added"))
    taken = counts["created"] + counts["updated"] + counts["unchanged"]
    return Report(
        counts=[(title, counts[name]) for name, title in zip(names, titles, strict=True)],
        changed=[(field_name(name), count) for name, count in counts["changed"].items()],
        groups=_groups(session, run),
        file_errors=[describe_file_problem(error["code"], error["params"]) for error in counts["file_errors"]],
        # Runs of before these were counted have neither.
        sources=list(counts.get("sources", ())),
        elsewhere=[describe_elsewhere(*found) for found in counts.get("elsewhere", {}).items()],
        nothing_changed=bool(taken) and taken == counts["unchanged"] and not counts["rejected"],
        is_taken_back=counts["is_taken_back"],
        rejected=counts["rejected"] + len(counts["file_errors"]),
        taken=taken,
    )


def _groups(session: Session, run: ImportRun) -> list[Group]:
    """Group what was refused, and then what was noted, by its reason."""
    groups = []
    for severity, counts in (("error", run.counts["problems"]), ("warning", run.counts["notes"])):
        for code, count in counts.items():
            rows = session.scalars(
                select(ImportRejection)
                .where(
                    ImportRejection.import_id == run.id,
                    ImportRejection.severity == severity,
                    ImportRejection.reason == code,
                )
                .order_by(ImportRejection.id)
                .limit(SHOWN_REJECTIONS)
            )
            groups.append(Group(severity, count, [_sentence(row) for row in rows]))
    return groups


def _sentence(row: ImportRejection) -> str:
    reason = reason_of(row.reason, row.value or "", row.data.get("expected", ""))
    if not row.field:
        return str(_("Line %(line)s: %(reason)s", line=row.line, reason=reason))
    name = field_name(row.field)
    return str(_("Line %(line)s, “%(field)s”: %(reason)s", line=row.line, field=name, reason=reason))


def _values(record: ConversationRecord) -> list[object]:
    return [
        channel_title(record.channel) if name == "channel" else _shown(getattr(record, name)) for name in PREVIEW_FIELDS
    ]


def _shown(value: object) -> object:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return value if isinstance(value, str | datetime) else ""


def _rating(record: ConversationRecord) -> str:
    scores = [str(survey.score) for survey in record.surveys or () if survey.score is not None]
    return scores[-1] if scores else ""
