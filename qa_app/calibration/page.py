"""What the page about inspectors is told: all of them for the QA lead, oneself for an inspector."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from qa_app.calibration import findings, queries
from qa_app.calibration.agreement import Judged, judge_critical, judge_questions, judge_scores
from qa_app.calibration.agreement_box import AgreementBox, make_agreement_box
from qa_app.calibration.doubles import Double, Questions, pair_scorings
from qa_app.calibration.drift_box import DriftBox, make_drift_box
from qa_app.calibration.facts import InspectorFacts, read_answers, read_inspectors
from qa_app.calibration.findings import Finding
from qa_app.calibration.overlap import Overlap, Pairing, count_overlap, find_pairings
from qa_app.calibration.severity_box import SeverityBox, make_severity_box, pairing_sentences
from qa_app.web.filters import format_number, format_percent

__all__ = ["InspectorsPage", "Overview", "make_overview", "make_page"]


@dataclass(frozen=True, slots=True)
class InspectorsPage:
    """Everything the page shows; `overlap` is for the lead alone."""

    since: datetime
    is_own: bool
    severity: SeverityBox
    agreement: AgreementBox
    drift: DriftBox
    overlap: tuple[str, ...]


def make_page(
    session: Session, moment: datetime, zone: ZoneInfo, language: str, *, own: int | None = None
) -> InspectorsPage:
    """Prepare the page at `moment`; with `own` nothing but that inspector's figures and no other name."""
    facts = read_inspectors(session, moment, zone)
    questions, answers = read_answers(session, facts.span)
    doubles = pair_scorings(facts.scorings, own=own)
    pairings = () if own is not None else find_pairings(session, facts.scorings)
    names = _names(session, facts, own)
    judged = judge_questions(doubles, questions, answers)
    overlap = () if own is not None else _overlap(count_overlap(facts.scorings, doubles, moment), pairings, names)
    return _assemble(facts, doubles, judged, names, language, own=own, overlap=overlap)


@dataclass(frozen=True, slots=True)
class Overview:
    """What the lead's home shows: the cards, and what there is to do. Too many scorings leave severity alone."""

    page: InspectorsPage
    findings: tuple[Finding, ...]
    is_whole: bool


def make_overview(session: Session, moment: datetime, zone: ZoneInfo, language: str) -> Overview:
    """Read the inspectors' figures once for cards and findings, in at most six queries."""
    facts = read_inspectors(session, moment, zone, at_most=findings.AT_MOST)
    is_whole = bool(facts.scorings)
    questions, answers = read_answers(session, facts.span) if is_whole else (Questions({}, {}), {})
    doubles = pair_scorings(facts.scorings)
    judged = judge_questions(doubles, questions, answers)
    names = _names(session, facts, None)
    page = _assemble(facts, doubles, judged, names, language)
    return Overview(page, tuple(findings.list_findings(facts, judged, names, language)), is_whole)


def _assemble(
    facts: InspectorFacts,
    doubles: Sequence[Double],
    judged: Sequence[Judged],
    names: Mapping[str, str],
    language: str,
    *,
    own: int | None = None,
    overlap: tuple[str, ...] = (),
) -> InspectorsPage:
    own_key = None if own is None else str(own)
    critical = judge_critical(doubles) if doubles else None
    totals = judge_scores(doubles) if doubles else None
    return InspectorsPage(
        since=facts.span.starts_at,
        is_own=own is not None,
        severity=make_severity_box(facts.month, facts.reading, names, own=own_key),
        agreement=make_agreement_box(judged, critical, totals, language, is_own=own is not None),
        drift=make_drift_box(facts.drift, names, _spread(facts), own=own_key),
        overlap=overlap,
    )


def _names(session: Session, facts: InspectorFacts, own: int | None) -> dict[str, str]:
    """Names by the ids a centre uses; with `own` only that one."""
    known = {int(row.inspector) for row in facts.reading.rows if row.inspector.isdigit()}
    wanted = {scoring.inspector_id for scoring in facts.scorings} | known if own is None else {own}
    return {str(user_id): name for user_id, name in queries.name_inspectors(session, wanted).items()}


def _spread(facts: InspectorFacts) -> float | None:
    return facts.month.centre.within_sd if facts.month else None


def _overlap(overlap: Overlap, pairings: Sequence[Pairing], names: Mapping[str, str]) -> tuple[str, ...]:
    """Say in plain sentences what to let two inspectors score next."""
    sentences = list(pairing_sentences(pairings, names))
    if overlap.conversations:
        sentences.append(
            _(
                "Scored twice in half a year: %(doubles)s of %(conversations)s conversations, %(share)s.",
                doubles=format_number(overlap.doubles),
                conversations=format_number(overlap.conversations),
                share=format_percent(overlap.doubles / overlap.conversations, overlap.conversations),
            )
        )
    least = overlap.least
    if least is not None and overlap.inspectors > 2:  # of two there is one pair: nothing to choose
        sentences.append(
            _(
                "%(one)s and %(other)s share the fewest, %(n)s: let these two score the same conversations next.",
                one=names.get(str(least.one), ""),
                other=names.get(str(least.other), ""),
                n=format_number(least.n),
            )
        )
    return tuple(str(sentence) for sentence in sentences)
