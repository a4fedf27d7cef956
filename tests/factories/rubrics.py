"""Rubrics and their versions."""

from __future__ import annotations

from sqlalchemy.orm import Session

from qa_app.models import RubricVersion
from qa_app.rubrics import service
from scoring.rubric import Criterion, Guidance, Kind, Rubric, Section, Text

__all__ = ["create_draft", "create_published", "small_rubric"]


def small_rubric(name: str = "Small", *, channels: tuple[str, ...] = ("chat",)) -> Rubric:
    """Return a sound rubric of two criteria in one section."""
    guidance = Guidance(text=Text(en="Look at the start", zh="看开头"))
    return Rubric(
        code="small",
        title=Text(en=name, zh="小表"),
        channels=channels,
        sections=(
            Section(
                code="all",
                title=Text(en="All", zh="全部"),
                criteria=(
                    Criterion(
                        code="greeting",
                        kind=Kind.yes_no,
                        weight=60,
                        title=Text(en="Greets the customer", zh="问候客户"),
                        guidance=guidance,
                    ),
                    Criterion(
                        code="answer",
                        kind=Kind.yes_no,
                        weight=40,
                        title=Text(en="Complete answer", zh="答复完整"),
                        guidance=guidance,
                    ),
                ),
            ),
        ),
    )


def create_draft(session: Session, definition: Rubric | None = None) -> RubricVersion:
    """Return the draft of a new rubric."""
    rubric = service.create_rubric(session, None, definition or small_rubric(), source="test")
    return rubric.versions[0]


def create_published(session: Session, definition: Rubric | None = None) -> RubricVersion:
    """Return the published first version of a new rubric."""
    return service.publish_draft(session, None, create_draft(session, definition))
