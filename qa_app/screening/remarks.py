"""Themes of failing evidence: what inspectors wrote and quoted where points were lost, grouped by what it is about.

For the QA lead's page and the QA report. Only inspections of random samples; what a customer or an agent said is quoted
masked, as the inspection kept it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.conversations.metrics import month_bounds
from qa_app.models import Answer, Conversation, Evidence, Inspection, InspectionState
from qa_app.screening.readiness import months_until
from scoring.screening.words import language_of

if TYPE_CHECKING:
    from scoring.screening.themes import NoThemes

__all__ = ["REMARK_MONTHS", "FailingThemes", "FoundTheme", "Remark", "find_failing_themes", "read_remarks"]

REMARK_MONTHS = 3
_LANGUAGES = ("en", "zh")


@dataclass(frozen=True, slots=True)
class Remark:
    """What was written and quoted about one criterion that lost points."""

    inspection_id: int
    criterion: str
    text: str


@dataclass(frozen=True, slots=True)
class FoundTheme:
    """A theme: how many remarks, the words that tell it, and up to three that stand for it."""

    size: int
    terms: tuple[str, ...]
    quotations: tuple[Remark, ...]


@dataclass(frozen=True, slots=True)
class FailingThemes:
    """Themes of one language; `reason` says why there are none, `stability` how well they hold (0.6 is needed)."""

    language: str
    remarks: int
    reason: NoThemes | None
    stability: float | None
    themes: tuple[FoundTheme, ...]


def find_failing_themes(session: Session, month: str, zone: ZoneInfo) -> list[FailingThemes]:
    """Find the themes of the three months that end with this one, language by language, where there are remarks.

    Takes some seconds: for a command, a job, or a part of a page that is asked for by itself.
    """
    from scoring.screening.themes import find_themes

    since, until = month_bounds(months_until(month, REMARK_MONTHS)[0], zone)[0], month_bounds(month, zone)[1]
    remarks = read_remarks(session, since, until)
    found = []
    for language in _LANGUAGES:
        own = [one for one in remarks if language_of(one.text) == language]
        if not own:
            continue
        themes = find_themes([one.text for one in own], language=language, seed=month)
        found.append(
            FailingThemes(
                language,
                len(own),
                themes.reason,
                themes.stability,
                tuple(
                    FoundTheme(one.size, one.terms, tuple(own[place] for place in one.quotations))
                    for one in themes.themes
                ),
            )
        )
    return found


def read_remarks(session: Session, since: datetime, until: datetime) -> list[Remark]:
    """Read the reasons, notes and quotations of every criterion that lost points, one remark an answer."""
    in_window = (
        Conversation.opened_at >= since,
        Conversation.opened_at < until,
        Inspection.is_random,
        Inspection.state != InspectionState.draft,
    )
    reasons = session.execute(
        select(Answer.inspection_id, Answer.criterion, Answer.reason)
        .join(Inspection, Inspection.id == Answer.inspection_id)
        .join(Conversation, Conversation.id == Inspection.conversation_id)
        .where(*in_window, Answer.lost_points > 0)
        .order_by(Answer.inspection_id, Answer.criterion)
    )
    parts = {(inspection_id, criterion): [reason] for inspection_id, criterion, reason in reasons}
    evidence = session.execute(
        select(Evidence.inspection_id, Evidence.criterion, Evidence.note, Evidence.quote)
        .join(Inspection, Inspection.id == Evidence.inspection_id)
        .join(Conversation, Conversation.id == Inspection.conversation_id)
        .where(*in_window, Evidence.is_praise.is_(False))
        .order_by(Evidence.id)
    )
    for inspection_id, criterion, note, quote in evidence:
        if criterion is not None and (inspection_id, criterion) in parts:
            parts[inspection_id, criterion] += [note, quote]
    return [Remark(*key, text) for key, said in parts.items() if (text := _join(said))]


def _join(said: Sequence[str]) -> str:
    return " · ".join(part.strip() for part in said if part and part.strip())
