"""Tells the appeals of Lantern Home: some in every month, in every state, each at its time and with its reasons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from qa_app.appeals.deciding import Verdict
from qa_app.appeals.service import (
    Dispute,
    ask_rechecks,
    can_appeal,
    decide_appeal,
    escalate_appeal,
    file_appeal,
    note_reading,
    settle_recheck,
    withdraw_appeal,
)
from qa_app.clock import travel
from qa_app.demo.conversations import Invented
from qa_app.inspections.service import Place
from qa_app.models import Answer, Appeal, AppealKind, Inspection, PointDecision, Sample, User
from qa_app.rubrics.queries import load_definition
from scoring.rubric import Criterion

__all__ = ["tell_appeals"]

PLANTED = ("0207", "0304")
"""Agents whose months are planted: nothing about them is appealed."""

WHY = {
    "en": "It is there: please look at the place again.",
    "zh": "我做到了：请再看一下这一处。",
}
YES = {"en": "Heard again: it is there, only in other words.", "zh": "已复听：确实做到，只是说法不同。"}
NO = {"en": "I looked again. The rubric asks for more than this.", "zh": "已复核：未达到评分表的要求。"}
UP = {"en": "I wrote this criterion; somebody else should decide.", "zh": "该评分项由我编写，请他人裁定。"}
STAYS = {"en": "Here it was really missing.", "zh": "这一条确实没有做到。"}


def tell_appeals(
    session: Session,
    people: Mapping[str, User],
    draw_ids: Sequence[int],
    invented: Mapping[str, Invented],
    plots: Sequence[str],
    *,
    latest: datetime,
    since: datetime | None = None,
) -> int:
    """File one appeal for each of the `plots` and tell it to its end, none of it after `latest`; returns how many.

    What was submitted before `since` is not disputed: an appeal that waits now is not long overdue. A plot is the state
    an appeal ends in; “accepted by hr” is escalated first, “accepted with siblings” has some of them looked at again.
    """
    agents = {user.agent_id: user for user in people.values() if user.agent_id is not None}
    chosen = _lost(session, draw_ids, agents, since)
    told = 0
    for plot, (inspection, answers) in zip(plots, chosen, strict=False):
        assert inspection.submitted_at is not None
        filed_at = min(inspection.submitted_at + timedelta(hours=20), latest)
        made = invented[inspection.conversation.external_id]
        appeal = _file(session, agents[inspection.agent_id or 0], inspection, answers, made.language, filed_at)
        if appeal is not None:
            _tell(session, people, appeal, plot, made.language, filed_at, latest)
            told += 1
    return told


def _lost(
    session: Session, draw_ids: Sequence[int], agents: Mapping[int, User], since: datetime | None
) -> Iterator[tuple[Inspection, list[tuple[Criterion, Answer]]]]:
    """Inspections with an answer that lost points, one an agent, the planted ones left out."""
    rows = session.scalars(
        select(Inspection)
        .join(Sample, Sample.id == Inspection.sample_id)
        .where(Sample.draw_id.in_(draw_ids), Sample.is_double.is_(False), Inspection.is_critical.is_(False))
        .where(Inspection.score < 100, Inspection.submitted_at.is_not(None))
        .options(selectinload(Inspection.answers), selectinload(Inspection.conversation))
        .order_by(Inspection.submitted_at, Inspection.id)
    )
    seen: set[int] = set()
    for inspection in rows:
        if since is not None and inspection.submitted_at is not None and inspection.submitted_at < since:
            continue
        if inspection.agent_id is None or inspection.agent_id in seen or inspection.agent_id not in agents:
            continue
        if inspection.agent is None or inspection.agent.employee_number in PLANTED:
            continue
        rubric = load_definition(inspection.rubric_version)
        lost = [
            (criterion, row)
            for row in inspection.answers
            if row.lost_points
            and (criterion := rubric.criterion(row.criterion)) is not None
            and criterion.measure is None
        ]
        if len(lost) >= 1 + len(seen) % 2:  # every other one disputes two answers
            seen.add(inspection.agent_id)
            yield inspection, lost[:2]


def _file(
    session: Session,
    agent: User,
    inspection: Inspection,
    answers: Sequence[tuple[Criterion, Answer]],
    language: str,
    moment: datetime,
) -> Appeal | None:
    places = {row.criterion: row.message_sequence for row in inspection.evidence if row.criterion and not row.is_praise}
    disputes = [
        Dispute(
            criterion.code,
            {"level": criterion.answer_levels[0].code},
            WHY[language],
            [Place("message", turn=turn)] if (turn := places.get(criterion.code)) is not None else [],
        )
        for criterion, _row in answers
    ]
    with travel(moment):
        if not can_appeal(session, agent, inspection):
            return None
        kind = AppealKind.context_missing if inspection.id % 3 == 0 else AppealKind.disagree
        return file_appeal(session, agent, inspection, kind=kind, disputes=disputes)


def _tell(
    session: Session,
    people: Mapping[str, User],
    appeal: Appeal,
    plot: str,
    language: str,
    filed_at: datetime,
    latest: datetime,
) -> None:
    lead, hr = people["lead@example.com"], people["hr@example.com"]
    agent = next(user for user in people.values() if user.id == appeal.filed_by_id)
    with travel(min(filed_at + timedelta(hours=6), latest)):
        if plot == "withdrawn":
            withdraw_appeal(session, agent, appeal)
        if plot in ("escalated", "accepted by hr"):
            escalate_appeal(session, lead, appeal, reason=UP[language])
    if plot in ("open", "withdrawn", "escalated"):
        return
    decider = hr if plot == "accepted by hr" else lead
    verdicts = {}
    for place, answer in enumerate(appeal.answers):
        is_upheld = plot.startswith("accepted") or (plot == "partly" and place == 0)
        decision = PointDecision.accepted if is_upheld else PointDecision.rejected
        verdicts[answer.criterion] = Verdict(decision, (YES if is_upheld else NO)[language])
    with travel(min(filed_at + timedelta(days=2), latest)):
        decide_appeal(session, decider, appeal, verdicts)
        if plot == "accepted with siblings":
            _look_again(session, lead, appeal, language)
    with travel(min(filed_at + timedelta(days=2, hours=3), latest)):
        note_reading(session, agent, appeal)


def _look_again(session: Session, lead: User, appeal: Appeal, language: str) -> None:
    """Ask for the siblings; the first two are looked at, and stand."""
    ask_rechecks(session, lead, appeal, cause="same_inspector")
    for recheck in appeal.rechecks[:2]:
        settle_recheck(session, lead, recheck, is_corrected=False, note=STAYS[language])
