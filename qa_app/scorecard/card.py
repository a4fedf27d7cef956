"""What the scorecard's page is told: the same words and figures as the paper, made by the same presenters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from qa_app.assessment.content import EnteredFacts, ListEntry, decode_content
from qa_app.assessment.entry_lines import entry_formulas
from qa_app.assessment.standing import shrunk_standing
from qa_app.assessment.standing_box import standing_formulas
from qa_app.models import Sheet, SheetState
from qa_app.reporting.gather import gather_appraisal, read_surroundings
from reports.appraisal.views import Bar, InspectedView, ListView, OverallView, RowView, TrendView
from reports.documents import AppraisalDocument, Comment
from reports.values import Figure

__all__ = ["MonthRow", "Scorecard", "make_scorecard"]

MONTHS_SHOWN = 6
Lines = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MonthRow:
    """One month of the chart's table."""

    month: date
    figure: Figure
    value: str
    interval: str


@dataclass(frozen=True, slots=True)
class Scorecard:
    """Everything the page shows."""

    document: AppraisalDocument
    overall: OverallView
    trend: TrendView
    narrow_trend: TrendView
    months: tuple[MonthRow, ...]
    rows: tuple[RowView, ...]
    total: str
    praise: ListView
    improve: ListView
    inspected: tuple[InspectedView, ...]
    inspected_note: str
    comments: tuple[Comment, ...]
    previous: str | None
    can_answer: bool
    entered: EnteredFacts | None
    standing_formulas: Lines
    praise_formulas: tuple[Lines, ...]
    improve_formulas: tuple[Lines, ...]

    @property
    def overall_bar(self) -> Bar:
        """The bar of the composite."""
        return self.overall.bar


def make_scorecard(session: Session, sheet: Sheet, language: str, months: Sequence[str]) -> Scorecard:
    """Write one sheet for the page; `months` are all months of the agent, the newest first."""
    # The charts' library is heavy: it is loaded with the first scorecard and not with the application.
    from qa_app.scorecard.charts import NARROW, WIDE
    from reports.appraisal import front, inspected, lists
    from reports.appraisal.trend import trend
    from reports.appraisal.words import Words
    from reports.formats import formats_for
    from reports.values import Unit

    document = gather_appraisal(sheet, read_surroundings(session, sheet.revision, language), language)
    content = decode_content(sheet.content)
    standing = shrunk_standing(content, sheet.revision)
    words = Words(formats_for(language))
    shown = replace(document.trend, points=document.trend.points[-MONTHS_SHOWN:])
    recent = replace(document, trend=shown)
    formats = words.formats
    return Scorecard(
        document=document,
        overall=front.overall(document, words),
        trend=trend(recent, words, WIDE),
        narrow_trend=trend(recent, words, NARROW),
        months=tuple(
            MonthRow(point.month, point.figure, formats.figure(point.figure, Unit.score),
                     formats.interval(point.figure, Unit.score))
            for point in shown.points
        ),
        rows=front.rows(document, words),
        total=formats.decimal(document.overall.figure.value),
        praise=lists.all_patterns(document.praise, document.praise_notes, words),
        improve=lists.all_patterns(document.improve, document.improve_notes, words),
        inspected=inspected.inspected_rows(document, words),
        inspected_note=inspected.inspected_note(document, words),
        comments=document.comments,
        previous=_previous(months, sheet.revision.period.month),
        can_answer=sheet.state in (SheetState.published, SheetState.seen),
        entered=content.entered,
        standing_formulas=standing_formulas(standing) if standing else (),
        praise_formulas=_beside(content.praise, len(document.praise), first=True),
        improve_formulas=_beside(content.improvement, len(document.improve), first=False),
    )  # fmt: skip


def _beside(entries: Sequence[ListEntry], shown: int, *, first: bool) -> tuple[Lines, ...]:
    """Formulas of a list as it is shown: facts have none, and stand after what is praised but before what is not."""
    lines = tuple(map(entry_formulas, entries))
    facts: tuple[Lines, ...] = ((),) * (shown - len(lines))
    return (*lines, *facts) if first else (*facts, *lines)


def _previous(months: Sequence[str], month: str) -> str | None:
    earlier = [other for other in months if other < month]
    return earlier[0] if earlier else None
