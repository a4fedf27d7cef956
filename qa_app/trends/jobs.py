"""What the worker does for trends: the search for themes."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from qa_app.jobs import Progress, job
from qa_app.models import JobRun
from qa_app.trends.themes import THEMES, look_for_themes

__all__ = ["run_search"]


@job(THEMES)
def run_search(session: Session, run: JobRun, progress: Progress) -> dict[str, Any]:
    """Look for the themes of the texts named in the parameters."""
    found = look_for_themes(session, run.params, progress)
    asked = {name: run.params[name] for name in ("month", "team", "channel") if run.params[name]}
    return {**found, "url": "/trends?" + "&".join(f"{name}={value}" for name, value in asked.items())}
