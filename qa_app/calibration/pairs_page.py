"""The conversations of a criterion in which two inspectors differ: what each answered, with links to both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from qa_app.calibration import queries
from qa_app.calibration.agreement import answers_to
from qa_app.calibration.agreement_box import question_title
from qa_app.calibration.doubles import CRITICAL, Double, Question, pair_scorings
from qa_app.calibration.facts import read_answers
from qa_app.calibration.period import half_year_until
from qa_app.calibration.queries import ALL, NOT_ALL, Scored

__all__ = ["DifferingPair", "PairsPage", "Side", "make_pairs_page"]

MOST = 200


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: who, what was answered, and the inspection; a colleague has no name and no link."""

    name: str
    answer: str
    is_failing: bool
    inspection_id: int | None


@dataclass(frozen=True, slots=True)
class DifferingPair:
    """One conversation, with both answers in the order in which they were submitted (one's own first)."""

    channel: str
    external_id: str
    agent: str
    opened_at: datetime | None
    sides: tuple[Side, Side]


@dataclass(frozen=True, slots=True)
class PairsPage:
    """The newest pairs of a criterion in which the two differ."""

    title: str
    since: datetime
    rows: tuple[DifferingPair, ...]
    differing: int
    pairs: int


def make_pairs_page(
    session: Session, moment: datetime, zone: ZoneInfo, code: str, language: str, *, own: int | None = None
) -> PairsPage | None:
    """List where two differ, the newest first; None for a criterion that was not scored twice."""
    span = half_year_until(moment, zone)
    questions, answers = read_answers(session, span)
    doubles = pair_scorings(queries.list_scorings(session, span), own=own)
    asked = [CRITICAL, *questions.by_key.values()]
    found = [question for question in asked if question.code == code]
    if not found:
        return None
    pairs = [
        (question, double, pair)
        for question in found
        for double, pair in zip(doubles, answers_to(question, doubles, questions, answers), strict=True)
        if None not in pair
    ]
    differing = [one for one in pairs if one[2][0] != one[2][1]]
    differing.sort(key=lambda one: (one[1].second.submitted_at, one[1].second.id), reverse=True)
    return PairsPage(
        title=question_title(found[0], language) if len(found) == 1 else found[0].title.in_language(language),
        since=span.starts_at,
        rows=_rows(session, differing[:MOST], language, own),
        differing=len(differing),
        pairs=len(pairs),
    )


def _rows(
    session: Session,
    differing: Sequence[tuple[Question, Double, tuple[str | None, str | None]]],
    language: str,
    own: int | None,
) -> tuple[DifferingPair, ...]:
    conversations = queries.list_conversations(session, {double.first.conversation_id for _q, double, _p in differing})
    inspectors = {one.inspector_id for _q, double, _p in differing for one in (double.first, double.second)}
    names = queries.name_inspectors(session, inspectors if own is None else {own})
    rows = []
    for question, double, (first, second) in differing:
        conversation = conversations[double.first.conversation_id]
        sides = (
            _side(question, double.first, first, names, language),
            _side(question, double.second, second, names, language),
        )
        rows.append(
            DifferingPair(
                conversation.channel,
                conversation.external_id,
                conversation.agent_name or "–",
                conversation.opened_at,
                sides if own is None else (sides[1], sides[0]),
            )
        )
    return tuple(rows)


def _side(question: Question, scored: Scored, level: str | None, names: dict[int, str], language: str) -> Side:
    name = names.get(scored.inspector_id)
    return Side(
        name=name or _("the other inspector"),
        answer=_answer(question, level, language),
        is_failing=level in question.failing,
        inspection_id=scored.id if name is not None else None,
    )


def _answer(question: Question, level: str | None, language: str) -> str:
    if question.key == CRITICAL.key:
        return str(_("critical") if level == "yes" else _("not critical"))
    if level == ALL:
        return str(_("all done"))
    if level == NOT_ALL:
        return str(_("not all done"))
    return question.level_text(level, language) or str(level)
