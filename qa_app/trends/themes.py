"""Themes of failing evidence: looked for as a job, since it takes seconds, and found again by the texts themselves.

What was found is kept with the job: terms, and which answers stand for a theme. It holds for as long as the
texts are the same; whoever may read the same texts sees the same themes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.jobs import Progress, start_job
from qa_app.models import JobRun, JobState, User
from qa_app.people.organisation import working_calendar
from qa_app.trends import queries
from qa_app.trends.scope import Scope
from scoring.screening.words import language_of

__all__ = ["FEWEST_TEXTS", "THEMES", "FailureText", "find_run", "look_for_themes", "read_texts", "start_search"]

THEMES = "trends.themes"
MONTHS = 3
FEWEST_TEXTS = 60
_RECENT = 50
_LANGUAGES = ("en", "zh")


@dataclass(frozen=True, slots=True)
class FailureText:
    """What was remarked and quoted about one answer that lost points, and the text it is grouped by."""

    inspection_id: int
    version_id: int
    criterion: str
    quote: str
    remark: str
    text: str
    language: str

    @property
    def key(self) -> str:
        """Names it in what a search has found."""
        return f"{self.inspection_id}/{self.criterion}"


def read_texts(session: Session, scope: Scope) -> list[FailureText]:
    """Read the failing evidence of three months, one text an answer: one query."""
    rows = queries.list_failures(session, scope, scope.months(MONTHS))
    answers = groupby(rows, key=lambda row: (row.inspection_id, row.criterion))
    return [text for _, group in answers if (text := _text(list(group))).text]


def _text(rows: Sequence[Any]) -> FailureText:
    first = rows[0]
    remark = _join([first.reason, *(row.note for row in rows)])
    quote = _join(row.quote for row in rows)
    text = _join([remark, quote])
    return FailureText(
        first.inspection_id, first.rubric_version_id, first.criterion, quote, remark, text, language_of(text)
    )


def _join(parts: Iterable[str | None]) -> str:
    """What was said, each thing once."""
    return " · ".join(dict.fromkeys(part.strip() for part in parts if part and part.strip()))


def count_texts(texts: Sequence[FailureText]) -> dict[str, int]:
    """How many different texts there are in each language."""
    return {language: len({one.text for one in texts if one.language == language}) for language in _LANGUAGES}


def digest_of(texts: Sequence[FailureText]) -> str:
    """Name these texts, so that what was found about them is found again."""
    digest = hashlib.sha256()
    for one in texts:
        digest.update(f"{one.key}\x1f{one.text}\x1e".encode())
    return digest.hexdigest()


def start_search(session: Session, actor: User, scope: Scope, texts: Sequence[FailureText], *, locale: str) -> JobRun:
    """Put the search into the queue; one that waits or runs, or has found something, is not started again."""
    digest = digest_of(texts)
    found = find_run(session, digest)
    if found is not None and found.state != JobState.failed:
        return found
    asked = {
        "month": scope.month,
        "team": scope.team_id,
        "channel": scope.channel,
        "watched": None if scope.watched is None else sorted(scope.watched),
        "digest": digest,
        "locale": locale,
    }
    return start_job(session, actor, THEMES, asked)


def find_run(session: Session, digest: str) -> JobRun | None:
    """The newest search in these texts that was not stopped, of the last ones made: one query."""
    runs = session.scalars(
        select(JobRun)
        .where(JobRun.kind == THEMES, JobRun.state != JobState.stopped)
        .order_by(JobRun.id.desc())
        .limit(_RECENT)
    )
    return next((run for run in runs if digest in (run.params.get("digest"), run.result.get("digest"))), None)


def look_for_themes(session: Session, asked: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Find the themes of what `start_search` named; plain values, no quotation among them."""
    # scikit-learn is loaded with the first search, not with the application.
    from scoring.screening.themes import find_themes

    watched = asked["watched"]
    scope = Scope(
        month=asked["month"],
        zone=_zone(session),
        watched=None if watched is None else frozenset(watched),
        team_id=asked["team"],
        channel=asked["channel"],
    )
    texts = read_texts(session, scope)
    counts = count_texts(texts)
    languages = [language for language in _LANGUAGES if counts[language]]
    found = {}
    for done, language in enumerate(languages):
        progress.step(done, len(languages))
        own = [one for one in texts if one.language == language]
        themes = find_themes([one.text for one in own], language=language, seed=f"{scope.month}/{language}")
        found[language] = {
            "reason": themes.reason or "",
            "texts": themes.texts,
            "stability": themes.stability,
            "themes": [
                {"size": one.size, "terms": list(one.terms), "evidence": [own[place].key for place in one.quotations]}
                for one in themes.themes
            ],
        }
    progress.step(len(languages), len(languages))
    return {"digest": digest_of(texts), "languages": found}


def _zone(session: Session) -> ZoneInfo:
    zone = working_calendar(session).zone
    assert isinstance(zone, ZoneInfo)
    return zone
