"""Which rubric a sample is scored with."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.models import Rubric, RubricVersion, SamplingPlan, VersionState
from qa_app.sampling.errors import NoRubric

__all__ = ["RubricChoice"]


class RubricChoice:
    """The plan's own version; else the one published for the channel, the newest first; else one for no channel."""

    def __init__(self, session: Session, plan: SamplingPlan | None = None) -> None:
        self._fixed = plan.rubric_version if plan is not None else None
        published = (
            select(RubricVersion, Rubric.channels)
            .join(Rubric)
            .where(RubricVersion.state == VersionState.published)
            .order_by(RubricVersion.published_at.desc(), RubricVersion.id.desc())
        )
        self._by_channel: dict[str, RubricVersion] = {}
        for version, channels in session.execute(published):
            for channel in channels or [""]:
                self._by_channel.setdefault(channel, version)

    def version_for(self, channel: str) -> RubricVersion:
        """Return the version for a channel, or raise `NoRubric` with the channel."""
        found = self._fixed or self._by_channel.get(channel) or self._by_channel.get("")
        if found is None:
            raise NoRubric(channel)
        return found
