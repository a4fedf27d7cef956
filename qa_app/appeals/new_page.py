"""What the page of a new appeal is told: every answer that can be disputed, with what was typed so far."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from qa_app.appeals.forms import read_place, read_value, write_place
from qa_app.conversations.listening import Call, find_call
from qa_app.conversations.turns import Rhythm, Turn, make_rhythm, make_turns
from qa_app.inspections.content import Content, read_content
from qa_app.inspections.evidence import make_evidence
from qa_app.inspections.page import Choice, ItemLine, Row, SampleFacts
from qa_app.inspections.presenter import Presenter
from qa_app.inspections.refusals import PlaceRefused
from qa_app.inspections.scoring_page import rubric_title, sample_facts
from qa_app.inspections.service import score_of, window_ends_at
from qa_app.inspections.wording import answer_words
from qa_app.models import Inspection
from qa_app.web.filters import format_position
from scoring.rubric import Criterion, Kind

__all__ = ["Disputable", "NewPage", "PlaceLine", "new_page"]


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """A place that was pointed at: how the form sends it, where it is, its words."""

    value: str
    time_text: str
    quote: str


@dataclass(frozen=True, slots=True)
class Disputable:
    """One answer that can be disputed: as given, and what was typed about it so far."""

    row: Row
    given: str
    choices: tuple[Choice, ...]
    items: tuple[ItemLine, ...]
    is_measured: bool
    is_ticked: bool
    reason: str
    places: tuple[PlaceLine, ...]


@dataclass(frozen=True, slots=True)
class NewPage:
    """The whole page; what lost points comes first."""

    inspection: Inspection
    facts: SampleFacts
    rubric_title: str
    ends_at: datetime | None
    lost: tuple[Disputable, ...]
    kept: tuple[Disputable, ...]
    turns: list[Turn]
    rhythm: Rhythm | None
    call: Call | None

    @property
    def is_kept_open(self) -> bool:
        """Whether one of the answers that lost nothing is disputed: the folded list is then shown."""
        return any(one.is_ticked for one in self.kept)


def new_page(
    session: Session, inspection: Inspection, typed: MultiDict[str, str] | None, asked: str | None = None
) -> NewPage:
    """Compose the page; `typed` is a form that was refused, `asked` the criterion whose link was followed."""
    content = read_content(inspection)
    presenter = Presenter(inspection, score_of(inspection), content)
    given = {answer.criterion: answer.value for answer in inspection.answers if answer.value}
    ticked: set[str] = set(typed.getlist("dispute")) if typed is not None else {asked or ""}
    lines = [
        _disputable(presenter, content, criterion, given[criterion.code], ticked, typed)
        for criterion in presenter.rubric.criteria()
        if criterion.code in given and criterion.kind is not Kind.informational
    ]
    lost = [line for line in lines if line.row.state in ("lost", "fatal")]
    return NewPage(
        inspection=inspection,
        facts=sample_facts(inspection),
        rubric_title=rubric_title(inspection),
        ends_at=window_ends_at(session, inspection),
        lost=tuple(lost),
        kept=tuple(line for line in lines if line not in lost),
        turns=make_turns(content.said, content.masked),
        rhythm=make_rhythm(content.said),
        call=find_call(session, inspection.conversation_id),
    )


def _disputable(
    presenter: Presenter,
    content: Content,
    criterion: Criterion,
    given: dict[str, object],
    ticked: set[str],
    typed: MultiDict[str, str] | None,
) -> Disputable:
    code, row = criterion.code, presenter.row(criterion)
    value = read_value(typed, criterion) if typed is not None else {}
    others = [one for one in row.choices if not one.chosen]
    only = others[0].value if len(others) == 1 and not criterion.items else ""
    chosen = str(value.get("level") or ("na" if value.get("na") else only))
    return Disputable(
        row=row,
        given=answer_words(criterion, given),
        # What stands cannot be proposed; a checklist keeps its items, for another mix of them can.
        choices=tuple(Choice(one.value, one.title, one.sign, chosen=one.value == chosen) for one in others),
        items=row.items,
        is_measured=criterion.measure is not None,
        is_ticked=code in ticked,
        reason=typed.get(f"reason-{code}", "") if typed is not None else "",
        places=tuple(_places(presenter.inspection, content, code, typed)),
    )


def _places(inspection: Inspection, content: Content, code: str, typed: MultiDict[str, str] | None) -> list[PlaceLine]:
    """The places that were pointed at; one that does not exist is left out here, and refused by the service."""
    lines = []
    for text in typed.getlist(f"place-{code}") if typed is not None else ():
        place = read_place(text)
        if place is None:
            continue
        try:
            found = make_evidence(inspection, content, criterion=code, praise=False, place=place)
        except PlaceRefused:
            continue
        at = format_position(found.start_seconds) if found.start_seconds is not None else ""
        lines.append(PlaceLine(write_place(place), at, found.quote))
    return lines
