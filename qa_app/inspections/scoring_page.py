"""Everything the scoring page and its read-only twin are told, gathered in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext
from sqlalchemy.orm import Session, joinedload, selectinload, undefer

from qa_app.clock import now
from qa_app.conversations.listening import Call, find_call
from qa_app.conversations.turns import Rhythm, Turn, make_rhythm, make_turns
from qa_app.inspections import queries
from qa_app.inspections.closing import UNDO_MINUTES
from qa_app.inspections.content import read_content
from qa_app.inspections.page import EvidenceLine, Goal, SampleFacts, Standing
from qa_app.inspections.state import next_of, standing_of
from qa_app.inspections.wording import language, sample_title, unusable_title
from qa_app.models import (
    Agent,
    Draw,
    Inspection,
    RubricVersion,
    RuleProposal,
    RuleVersion,
    Sample,
    SamplePurpose,
    User,
)
from qa_app.rubrics.queries import load_definition
from qa_app.sampling.service import REASONS
from qa_app.web.filters import format_clock, format_duration, format_moment
from qa_app.web.i18n import named

EMPTY_LINE = EvidenceLine("", "", 0, praise=False, lost=False, kind="span", time_text="", quote="")


@dataclass(frozen=True, slots=True)
class ScoringPage:
    """The scoring page; `script` is what `scoring.js` needs to know."""

    inspection: Inspection
    facts: SampleFacts
    rubric_title: str
    turns: list[Turn]
    rhythm: Rhythm | None
    call: Call | None
    standing: Standing
    remark: str
    instruction: str
    goal: Goal
    crumb: str
    person: str
    saved_text: str
    undo: int | None
    unusable_reasons: list[tuple[str, str]]
    script: dict[str, Any]
    empty_line: EvidenceLine = EMPTY_LINE

    @property
    def is_calibration(self) -> bool:
        """Whether several score it blind, so that it can neither be replaced nor handed on."""
        return self.inspection.purpose == SamplePurpose.calibration

    @property
    def has_masked(self) -> bool:
        """Whether a pill hides something."""
        return any(piece.hides for turn in self.turns for piece in turn.pieces)


# All that the page of an inspection shows; lists come in one query each.
PAGE_PARTS = (
    undefer(Inspection.content),
    selectinload(Inspection.answers),
    selectinload(Inspection.evidence),
    selectinload(Inspection.proposals).joinedload(RuleProposal.rule_version).joinedload(RuleVersion.rule),
    joinedload(Inspection.rubric_version).defer(RubricVersion.definition),
    joinedload(Inspection.inspector),
    joinedload(Inspection.agent).joinedload(Agent.team),
    joinedload(Inspection.assignment),
    joinedload(Inspection.sample).joinedload(Sample.draw).joinedload(Draw.plan),
    joinedload(Inspection.conversation),
)


def scoring_page(session: Session, actor: User, inspection: Inspection) -> ScoringPage:
    """Compose the scoring page."""
    content = read_content(inspection)
    standing = standing_of(inspection, content)
    sample = inspection.sample
    return ScoringPage(
        inspection=inspection,
        facts=sample_facts(inspection),
        rubric_title=rubric_title(inspection),
        turns=make_turns(content.said, content.masked),
        rhythm=make_rhythm(content.said),
        call=find_call(session, inspection.conversation_id),
        standing=standing,
        remark=inspection.remark,
        instruction=str((sample.ruling or {}).get("instruction", "")) if sample else "",
        goal=queries.todays_goal(session, actor),
        crumb=_crumb(sample),
        person=actor.display_name,
        saved_text=gettext("Saved %(time)s", time=format_clock(inspection.saved_at)) if inspection.saved_at else "",
        undo=last_submission(session, actor),
        unusable_reasons=[(code, unusable_title(code)) for code in REASONS],
        script=_script(inspection, standing),
    )


def _crumb(sample: Sample | None) -> str:
    if sample is not None and sample.purpose == SamplePurpose.calibration:
        return str(gettext("Calibration"))
    return sample.draw.plan.name if sample and sample.draw else str(gettext("Targeted check"))


def last_submission(session: Session, actor: User) -> int | None:
    """The key of the submission that can still be taken back."""
    return queries.find_undoable(session, actor, now() - timedelta(minutes=UNDO_MINUTES))


def _script(inspection: Inspection, standing: Standing) -> dict[str, Any]:
    def url(view: str) -> str:
        return url_for(f"inspections.{view}", inspection_id=inspection.id)

    return {
        "id": inspection.id,
        "revision": inspection.revision,
        "saveUrl": url("save"),
        "submitUrl": url("submit"),
        "openedUrl": url("opened"),
        "prepareUrl": url("prepare_next"),
        "unmaskUrl": url("unmask"),
        "firstOpen": standing.first_open,
        **next_of(standing),
        "texts": {
            "saving": gettext("Saving…"),
            "saved": gettext("Saved {time}"),
            "offline": gettext("Offline: {count} changes kept here"),
            "conflict": gettext("Changed elsewhere"),
            "closed": gettext("Closed"),
            "refused": gettext("The server refused this answer. Load the page again; what was saved is kept."),
        },
    }


def sample_facts(inspection: Inspection) -> SampleFacts:
    """The fact line of a sample."""
    conversation, agent = inspection.conversation, inspection.agent
    seconds = conversation.audio_seconds or conversation.handle_seconds
    team = agent.team if agent else None
    return SampleFacts(
        title=sample_title(conversation.channel, conversation.external_id),
        channel=conversation.channel,
        agent_name=agent.name if agent else "–",
        team_name=named(team.name, team.name_zh) if team else "",
        topic=conversation.topic or "",
        customer_type=conversation.customer_type or "",
        opened=format_moment(conversation.opened_at) if conversation.opened_at else "",
        length=format_duration(seconds) if seconds else "",
        why=_why(inspection.sample),
        draw_url=_draw_url(inspection.sample),
    )


def _why(sample: Sample | None) -> str:
    """Why this conversation is looked at: chance, with the odds, or a reason somebody gave."""
    if sample is None:
        return str(gettext("Imported history"))
    if sample.purpose == SamplePurpose.calibration:
        return str(gettext("Calibration: several inspectors score it without seeing each other’s answers"))
    if sample.draw is None:
        return str(gettext("Targeted check: %(reason)s", reason=sample.targeted_reason or "–"))
    drawn, all_of_it = sample.draw.sizes.get(sample.stratum), sample.draw.populations.get(sample.stratum)
    if drawn is None or all_of_it is None:
        return str(gettext("Drawn at random"))
    if sample.draw.plan.design.get("chances") == "risk":
        # How likely this one was would tell its risk, and the inspector is to judge without it.
        return str(gettext("Drawn at random with chances by risk, %(drawn)s of %(all)s", drawn=drawn, all=all_of_it))
    return str(gettext("Drawn at random, %(drawn)s of %(all)s", drawn=drawn, all=all_of_it))


def _draw_url(sample: Sample | None) -> str:
    if sample is None or sample.draw is None:
        return ""
    return url_for("sampling.show_draw", draw_id=sample.draw.id)


def rubric_title(inspection: Inspection) -> str:
    """Name the version of the rubric."""
    version = inspection.rubric_version
    rubric = load_definition(version)
    name = rubric.title.in_language(language()) or rubric.code
    return str(gettext("%(name)s, version %(number)s", name=name, number=version.number))
