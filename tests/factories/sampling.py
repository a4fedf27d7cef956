"""A month that can be drawn from, and draws taken from it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.models import Draw, Role, RoleName, SamplingPlan, User, VersionState
from qa_app.models import RubricVersion as Version
from qa_app.sampling import handout, plans, stages
from qa_app.sampling.design import Design, Filters
from tests.factories.conversations import create_conversation
from tests.factories.people import create_agent, create_team, create_user
from tests.factories.rubrics import create_published

__all__ = ["MONTH", "create_draw", "create_month", "create_plan", "find_lead"]

MONTH = "2026-10"


def create_month(session: Session, *, agents: int = 4, each: int = 9, inspectors: int = 5) -> None:
    """Fill October 2026: agents of two teams with chats, inspectors, a published rubric for chats."""
    for number in range(agents):
        team = create_team(session, ("Live chat", "Shop")[number % 2])
        agent = create_agent(session, f"Agent {number}", team=team, employee_number=f"A{number:02d}")
        for place in range(each):
            create_conversation(session, agent, external_id=f"{number}-{place}", agent_message_count=3)
    for number in range(inspectors):
        create_user(session, RoleName.inspector, name=f"Inspector {number}")
    if session.scalar(select(Version.id).where(Version.state == VersionState.published)) is None:
        create_published(session)


def create_plan(session: Session, actor: User | None = None, **design: object) -> SamplingPlan:
    """Return a plan for October 2026: five chats per agent unless told otherwise."""
    filters = design.pop("filters", Filters())
    new = plans.NewPlan(name="October", month=MONTH, filters=filters, design=Design(**design))
    return plans.create_plan(session, actor, new)


def create_draw(session: Session, *, public_part: str = "", reveal: bool = True, **design: object) -> Draw:
    """Return a draw of October 2026 that is handed out, and revealed unless told otherwise."""
    (draw,) = create_plan(session, **design).draws
    stages.freeze_population(session, None, draw)
    if public_part:
        stages.note_public_part(session, None, draw, text=public_part, source="dice")
    stages.execute_draw(session, None, draw)
    handout.hand_out(session, None, draw)
    if reveal:
        stages.reveal_seed(session, None, draw)
    return draw


def find_lead(session: Session) -> User:
    """Return a QA lead, made once."""
    query = select(User).join(User.roles).where(Role.name == RoleName.qa_lead.value)
    return session.scalars(query).first() or create_user(session, RoleName.qa_lead, name="Lead")
