"""Calibration sessions: a few conversations with several inspectors, scored as a test asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.calibration import service
from qa_app.clock import now
from qa_app.inspections import service as inspecting
from qa_app.models import Assignment, CalibrationSession, Inspection, RoleName, RubricVersion, User
from tests.factories.conversations import create_chat
from tests.factories.inspections import LAMP_CHAT, answer, rule_rubric
from tests.factories.people import create_agent, create_user
from tests.factories.rubrics import create_published

__all__ = ["Calibrated", "create_calibration", "save_blind", "score_blind"]


@dataclass(frozen=True)
class Calibrated:
    """A session with its people."""

    session: CalibrationSession
    lead: User
    inspectors: Sequence[User]
    version: RubricVersion

    @property
    def samples(self) -> list[int]:
        """The samples, in their order."""
        return [one.sample_id for one in self.session.conversations]


def create_calibration(session: Session, *, conversations: int = 2, names: Sequence[str] = ("Ada", "Bo")) -> Calibrated:
    """Return a session that nobody has scored yet."""
    lead = create_user(session, RoleName.qa_lead, name="Shen Yinuo")
    inspectors = [create_user(session, RoleName.inspector, name=name) for name in names]
    version = create_published(session, rule_rubric())
    agent = create_agent(session, "Tobias Renn")
    picks = [service.Pick(create_chat(session, agent, LAMP_CHAT), "random") for _ in range(conversations)]
    new = service.NewSession("November", version, inspectors, picks, now() + timedelta(days=7))
    made = service.make_session(session, lead, new)
    session.flush()
    return Calibrated(made, lead, inspectors, version)


def save_blind(
    session: Session, made: Calibrated, inspector: User, place: int, levels: Mapping[str, str], **given: object
) -> Inspection:
    """Score one conversation of the session with these levels and leave it a draft; the checklist is all done."""
    assignment = session.scalars(
        select(Assignment).where(Assignment.sample_id == made.samples[place], Assignment.inspector_id == inspector.id)
    ).one()
    inspection = inspecting.load_draft(session, inspecting.open_inspection(session, inspector, assignment).id)
    answers = [answer(code, level) for code, level in levels.items()]
    answers += [answer("facts", done=["name", "number"]), *given.get("more", ())]  # type: ignore[misc]
    places = [
        inspecting.EvidenceChange(f"at-{code}", code, False, inspecting.Place("message", turn=2))
        for code, level in levels.items()
        if level == "no"
    ]
    save = inspecting.Save("blind", inspection.revision, 60, answers, places)
    inspecting.save_answers(session, inspector, inspection, save)
    session.flush()
    return inspection


def score_blind(
    session: Session, made: Calibrated, inspector: User, place: int, levels: Mapping[str, str], **given: object
) -> Inspection:
    """Score and submit one conversation of the session."""
    inspection = save_blind(session, made, inspector, place, levels, **given)
    inspecting.submit_inspection(session, inspector, inspection, revision=inspection.revision, confirmed_critical=True)
    session.flush()
    return inspection
