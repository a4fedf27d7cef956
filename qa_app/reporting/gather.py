"""From a sheet and what stands beside it to the document that is printed.

The content is frozen; state, comments, signatures and the organisation's name come from their rows.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.assessment.content import WINDOW_MONTHS, SheetContent, decode_content
from qa_app.assessment.service import window_end
from qa_app.assessment.standing import shrunk_standing, stands_alone
from qa_app.home_folder import home_folder
from qa_app.models import AuditEvent, Organisation, PeriodRevision, Sheet, SheetState
from qa_app.people.organisation import organisation_of
from qa_app.reporting import lists, rows
from reports.documents import (
    Acknowledgement,
    AppraisalDocument,
    Comment,
    CommentKind,
    DrawFact,
    Identity,
    Overall,
    Person,
    Signature,
    Signer,
    Standing,
    Status,
    Tier,
    Trend,
    TrendPoint,
)
from reports.values import Figure, Label, Note

__all__ = ["Surroundings", "gather_appraisal", "read_surroundings", "reasons_of"]

# Notes by why a tier is withheld.
_WITHHELD = {
    "observed_weight": "no_composite_weight",
    "no_prior": "no_composite_prior",
    "not_comparable": "no_tier_comparable",
}

TREND_MONTHS = 12
_NOTHING = Figure(None, None, None, 0, Label.none)
_COMMENT_KINDS = {"self": CommentKind.own, "supervisor": CommentKind.supervisor, "peer": CommentKind.peer,
                  "hr": CommentKind.supervisor}  # fmt: skip
_PROPOSALS = {"named_praise": "propose_praise", "coaching": "propose_coaching"}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all sheets of a revision share, read once."""

    organisation: str
    logo: bytes | None
    zone: ZoneInfo
    published_at: datetime | None
    locked_at: datetime | None
    computed_at: datetime
    answer_until: date | None
    approved_by: str
    approved_at: datetime | None


def read_surroundings(session: Session, revision: PeriodRevision, language: str) -> Surroundings:
    """Read what the documents of one revision share."""
    organisation, period = organisation_of(session), revision.period
    zone = ZoneInfo(revision.time_zone)
    is_current = period.revision is revision
    end = window_end(session, period)
    approver = _approver(session, revision) if period.approved_at else None
    return Surroundings(
        organisation=_name(organisation, language),
        logo=_logo(organisation),
        zone=zone,
        published_at=_local(period.published_at, zone) if is_current else None,
        locked_at=_local(period.locked_at, zone) if is_current else None,
        computed_at=revision.computed_at.astimezone(zone),
        answer_until=(end - timedelta(seconds=1)).date() if end else None,
        approved_by=approver or "",
        approved_at=_local(period.approved_at, zone) if is_current else None,
    )


def _approver(session: Session, revision: PeriodRevision) -> str | None:
    query = select(AuditEvent.actor_name).where(
        AuditEvent.action == "month.approve", AuditEvent.thing_id == str(revision.period_id)
    )
    return session.scalar(query.order_by(AuditEvent.id.desc()).limit(1))


def _name(organisation: Organisation | None, language: str) -> str:
    """Return its name; empty before the first-run page, when the command line works already."""
    if organisation is None:
        return ""
    return organisation.name_zh if language.startswith("zh") and organisation.name_zh else organisation.name


def _logo(organisation: Organisation | None) -> bytes | None:
    path = home_folder().folder("files") / ((organisation.logo if organisation else None) or "")
    return path.read_bytes() if path.suffix == ".png" and path.is_file() else None


def _local(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    return moment.astimezone(zone) if moment else None


def gather_appraisal(sheet: Sheet, around: Surroundings, language: str) -> AppraisalDocument:
    """Tell one sheet to a document in `language`; the sheet's comments and their authors are loaded with it."""
    content = decode_content(sheet.content)
    team = content.agent.team_zh if language.startswith("zh") and content.agent.team_zh else content.agent.team
    return AppraisalDocument(
        language=language,
        organisation=around.organisation,
        department="",
        person=Person(content.agent.name, content.agent.number, team, content.agent.team_lead or None,
                      content.agent.hired_on),
        month=content.period.starts_on,
        conversations=content.counts.conversations,
        answered=content.counts.answered,
        status=Status(around.computed_at, _published(sheet, around), around.locked_at, content.period.is_over),
        overall=_overall(content, language),
        trend=_trend(content),
        components=rows.component_rows(content, language),
        praise=lists.praise(content, language),
        improve=lists.improve(content, language),
        praise_notes=lists.praise_notes(content),
        improve_notes=lists.improve_notes(content),
        inspected=lists.inspected(content, language),
        comments=tuple(
            Comment(_COMMENT_KINDS[comment.kind], comment.author.display_name, comment.text)
            for comment in sheet.comments
        ),
        proposals=_proposals(content),
        acknowledgement=Acknowledgement(sheet.state, around.answer_until, sheet.objection),
        signatures=_signatures(sheet, content, around),
        sources=rows.sources(content, stands_alone=stands_alone(content, sheet.revision)),
        identity=_identity(sheet, content, language),
        draw=_draw(content),
        logo=around.logo,
        eligible=content.counts.eligible,
        standing=_standing(content, sheet.revision),
        standing_note=Note("no_standing") if stands_alone(content, sheet.revision) else None,
    )  # fmt: skip


def _published(sheet: Sheet, around: Surroundings) -> datetime | None:
    return None if sheet.state == SheetState.draft else around.published_at or _local(sheet.published_at, around.zone)


def _overall(content: SheetContent, language: str) -> Overall:
    tier = content.tier
    tiers = tuple(
        Tier(facts.code, facts.from_score, tier.probabilities.get(facts.code), facts.title.in_language(language))
        for facts in content.policy.tiers
    )
    return Overall(
        figure=rows.figure_of(content.composite),
        tiers=tiers,
        given=tier.given,
        between=tier.candidates if tier.given is None else (),
        certainty=content.policy.tier_probability,
        inspected=content.counts.inspected,
        ratings=content.counts.surveys_answered,
        reasons=reasons_of(content),
    )


def reasons_of(content: SheetContent) -> tuple[Note, ...]:
    """Say why there is no tier; nothing where there is one or two are possible."""
    tier, inspected = content.tier, content.counts.inspected
    if not tier.withheld:
        return ()
    notes = [] if inspected else [Note("no_inspections")]
    if tier.withheld == "few":
        minimum = next((part.minimum for part in content.components if part.code == "qa"), 0)
        notes.append(Note("few_samples", {"inspected": inspected, "minimum": minimum}))
    else:
        notes.append(Note(_WITHHELD[tier.withheld]))
    return tuple(notes)


def _trend(content: SheetContent) -> Trend:
    """Tell twelve months, those without a sheet as gaps."""
    known = {point.month: point.qa for point in content.trend}
    last = content.period.starts_on
    points = []
    for back in range(TREND_MONTHS - 1, -1, -1):
        count = last.year * 12 + last.month - 1 - back
        month = date(count // 12, count % 12 + 1, 1)
        estimate = known.get(f"{month:%Y-%m}")
        points.append(TrendPoint(month, rows.figure_of(estimate) if estimate else _NOTHING))
    return Trend(points=tuple(points), standing=None, standing_months=0, standard=content.policy.standard_score)


def _standing(content: SheetContent, revision: PeriodRevision) -> Standing | None:
    """Tell the standing over the window beside the month's own score; None where there is none."""
    standing = shrunk_standing(content, revision)
    if standing is None:
        return None
    month = next((point.qa for point in content.trend if point.month == content.period.month), None)
    return Standing(
        month=rows.figure_of(month) if month else _NOTHING,
        figure=rows.figure_of(standing.total),
        months=WINDOW_MONTHS,
    )


def _proposals(content: SheetContent) -> tuple[Note, ...]:
    notes = tuple(Note(_PROPOSALS[code]) for code in content.proposals if code in _PROPOSALS)
    return notes or (Note("propose_none"),)


def _signatures(sheet: Sheet, content: SheetContent, around: Surroundings) -> tuple[Signature, ...]:
    supervised = next((comment for comment in sheet.comments if comment.kind == "supervisor"), None)
    lead = supervised.author.display_name if supervised else content.agent.team_lead
    acknowledged = sheet.state in (SheetState.acknowledged, SheetState.objected)
    return (
        Signature(Signer.employee, content.agent.name,
                  _local(sheet.answered_at, around.zone) if acknowledged else None),
        Signature(Signer.supervisor, lead, _local(supervised.created_at, around.zone) if supervised else None),
        Signature(Signer.hr, around.approved_by, around.approved_at),
    )  # fmt: skip


def _identity(sheet: Sheet, content: SheetContent, language: str) -> Identity:
    return Identity(
        number=f"{content.period.month}-{content.agent.number}",
        revision=content.period.revision,
        revision_reason=content.period.reason or None,
        policy=content.policy.title.in_language(language),
        policy_version=content.policy.version,
        code=sheet.verification_code,
        digest=hashlib.sha256(sheet.content).hexdigest(),
        verify_url=_verify_url(sheet.verification_code),
    )


def _verify_url(code: str) -> str | None:
    """The page that checks a code, at the address people reach us by; none where nobody said which that is."""
    address = current_app.config["ASSAY_PUBLIC_URL"]
    path = current_app.url_map.bind("").build("assessment.verify", {"code": code})
    return f"{address}{path}" if address else None


def _draw(content: SheetContent) -> DrawFact | None:
    if not content.inputs.draws:
        return None
    draw = content.inputs.draws[0]
    return DrawFact(draw.frame_size, draw.frame_digest, draw.committed_late)
