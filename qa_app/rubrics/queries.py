"""What is asked about rubrics: which is in force, what stands in it, and how its criteria were used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import case, func, select, true
from sqlalchemy.orm import Session, selectinload

from qa_app.access import Permission, has_permission, visible_rubrics
from qa_app.drafts import draft_of
from qa_app.models import Answer as AnswerRow
from qa_app.models import Inspection, RubricVersion, SamplePurpose, User, VersionState
from qa_app.models import Rubric as RubricRow
from scoring.rubric import Answer, CriterionUse, PastInspection, Rubric

__all__ = [
    "RubricLine",
    "VersionLine",
    "count_inspections",
    "criterion_uses",
    "draft_of",
    "latest_published",
    "list_rubrics",
    "list_versions",
    "load_definition",
    "past_inspections",
    "published_version_for",
]

MOST_PAST_INSPECTIONS = 500


@dataclass(frozen=True, slots=True)
class RubricLine:
    """One rubric of the list: the version in force, the draft beside it, and where it is the default."""

    rubric: RubricRow
    published: RubricVersion | None
    draft: RubricVersion | None
    default_for: tuple[str, ...]
    used: int

    @property
    def is_retired(self) -> bool:
        """Whether it was in force once and is no longer."""
        return self.published is None and self.draft is None

    @property
    def in_use_since(self) -> datetime | None:
        """When the version in force was published."""
        return None if self.published is None else self.published.published_at


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version of a rubric with who published it and how often it was used."""

    version: RubricVersion
    published_by: str
    used: int


_PUBLISHED: dict[str, Rubric] = {}
MOST_KEPT = 64


def load_definition(version: RubricVersion) -> Rubric:
    """Return what a version asks, as `scoring.rubric` knows it; a published one never changes and is read once."""
    found = _PUBLISHED.get(version.digest or "")
    if found is None:
        found = msgspec.convert(version.definition, Rubric)
        if version.digest:
            if len(_PUBLISHED) >= MOST_KEPT:
                _PUBLISHED.pop(next(iter(_PUBLISHED)), None)  # the oldest; another thread may have been here
            _PUBLISHED[version.digest] = found
    return found


def published_version_for(session: Session, channel: str) -> RubricVersion | None:
    """Return the version that a conversation of this channel is scored with; none where none is published.

    A rubric that names the channel goes before one for every channel; of several, the one published last.
    """
    return _default_for(_published_versions(session), channel)


def latest_published(rubric: RubricRow) -> RubricVersion | None:
    """Return the version in force of one rubric."""
    in_force = [version for version in rubric.versions if version.state == VersionState.published]
    return max(in_force, key=lambda version: version.number, default=None)


def list_rubrics(session: Session, actor: User) -> list[RubricLine]:
    """Return every rubric the actor may see, those in force first."""
    rows = session.scalars(
        select(RubricRow).where(visible_rubrics(actor)).options(selectinload(RubricRow.versions)).order_by(RubricRow.id)
    ).all()
    published = [version for row in rows if (version := latest_published(row)) is not None]
    channels = {channel for version in published for channel in version.rubric.channels} | {"other"}
    defaults = {channel: _default_for(published, channel) for channel in sorted(channels)}
    used = _inspections_per_rubric(session)
    lines = [
        RubricLine(
            rubric=row,
            published=latest_published(row),
            draft=draft_of(row),
            default_for=tuple(
                channel for channel, version in defaults.items() if version is not None and version.rubric_id == row.id
            ),
            used=used.get(row.id, 0),
        )
        for row in rows
    ]
    return sorted(lines, key=lambda line: (line.published is None, line.is_retired, line.rubric.id))


def list_versions(session: Session, actor: User, rubric: RubricRow) -> list[VersionLine]:
    """Return the versions the actor may read, newest first."""
    sees_drafts = has_permission(actor, Permission.edit_rubrics)
    readable = true() if sees_drafts else RubricVersion.state != VersionState.draft
    used = (
        select(func.count(Inspection.id))
        .where(Inspection.rubric_version_id == RubricVersion.id, Inspection.purpose == SamplePurpose.work)
        .correlate(RubricVersion)
        .scalar_subquery()
    )
    rows = session.execute(
        select(RubricVersion, User, used)
        .outerjoin(User, User.id == RubricVersion.published_by_id)
        .where(RubricVersion.rubric_id == rubric.id, readable)
        .order_by(RubricVersion.number.desc())
    )
    return [VersionLine(version, user.display_name if user else "", int(n)) for version, user, n in rows]


def count_inspections(session: Session, version: RubricVersion) -> int:
    """Return how many inspections were made, or begun, with a version."""
    query = select(func.count()).where(
        Inspection.rubric_version_id == version.id, Inspection.purpose == SamplePurpose.work
    )
    return session.scalar(query) or 0


def past_inspections(session: Session, rubric: RubricRow) -> list[PastInspection]:
    """Return the latest submitted inspections made with any version of a rubric."""
    rows = session.scalars(
        select(Inspection)
        .where(Inspection.rubric_version_id.in_(_version_ids(rubric)), Inspection.submitted_at.is_not(None))
        .where(Inspection.purpose == SamplePurpose.work)
        .options(selectinload(Inspection.answers), selectinload(Inspection.agent))
        .order_by(Inspection.submitted_at.desc(), Inspection.id.desc())
        .limit(MOST_PAST_INSPECTIONS)
    )
    return [_as_past(row) for row in rows]


def criterion_uses(session: Session, rubric: RubricRow) -> list[CriterionUse]:
    """Return how often each criterion was scored in submitted inspections, and how often it cost points."""
    failed = func.sum(case((AnswerRow.lost_points > 0, 1), else_=0))
    rows = session.execute(
        select(AnswerRow.criterion, func.count(), failed)
        .join(Inspection)
        .where(
            Inspection.rubric_version_id.in_(_version_ids(rubric)),
            Inspection.submitted_at.is_not(None),
            Inspection.purpose == SamplePurpose.work,
            AnswerRow.points.is_not(None),
        )
        .group_by(AnswerRow.criterion)
    )
    return [CriterionUse(code=code, n=n, failed=int(lost or 0)) for code, n, lost in rows]


def _published_versions(session: Session) -> Sequence[RubricVersion]:
    query = select(RubricVersion).where(RubricVersion.state == VersionState.published)
    return session.scalars(query.options(selectinload(RubricVersion.rubric))).all()


def _default_for(versions: Sequence[RubricVersion], channel: str) -> RubricVersion | None:
    named = [version for version in versions if channel in version.rubric.channels]
    general = [version for version in versions if not version.rubric.channels]
    # Of rubrics published together (as the presets are) the first in the list is meant.
    return max(named or general, key=lambda version: (version.published_at, -version.rubric_id), default=None)


def _inspections_per_rubric(session: Session) -> dict[int, int]:
    query = (
        select(RubricVersion.rubric_id, func.count(Inspection.id))
        .join(Inspection, Inspection.rubric_version_id == RubricVersion.id)
        .where(Inspection.purpose == SamplePurpose.work)
        .group_by(RubricVersion.rubric_id)
    )
    return dict(session.execute(query).all())


def _version_ids(rubric: RubricRow) -> list[int]:
    return [version.id for version in rubric.versions]


def _as_past(row: Inspection) -> PastInspection:
    given = {
        answer.criterion: Answer.from_plain(answer.value)
        for answer in row.answers
        if not {"level", "items", "na", "unscoreable"}.isdisjoint(answer.value)
    }
    return PastInspection(
        id=str(row.id),
        agent=row.agent.name if row.agent is not None else "–",
        answers=given,
        facts=row.facts,
        score=row.score,
        is_critical=row.is_critical,
    )
