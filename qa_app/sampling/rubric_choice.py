"""Which rubric a sample is scored with."""

from __future__ import annotations

from sqlalchemy.orm import Session

from qa_app.models import RubricVersion, SamplingPlan
from qa_app.rubrics.queries import published_version_for
from qa_app.sampling.errors import NoRubric

__all__ = ["RubricChoice"]


class RubricChoice:
    """The plan's own version, else the one in force for the channel; looked up once a channel."""

    def __init__(self, session: Session, plan: SamplingPlan | None = None) -> None:
        self._session = session
        self._fixed = plan.rubric_version if plan is not None else None
        self._by_channel: dict[str, RubricVersion] = {}

    def version_for(self, channel: str) -> RubricVersion:
        """Return the version for a channel, or raise `NoRubric` with the channel."""
        if self._fixed is not None:
            return self._fixed
        if channel not in self._by_channel:
            found = published_version_for(self._session, channel)
            if found is None:
                raise NoRubric(channel)
            self._by_channel[channel] = found
        return self._by_channel[channel]
