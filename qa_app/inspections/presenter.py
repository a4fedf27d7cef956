"""Makes the rubric as a page shows it: rows, sums and the next step, from an inspection and its live score."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext, ngettext

from qa_app.inspections.closing import find_missing, lacks_evidence
from qa_app.inspections.content import Content, read_content
from qa_app.inspections.page import (
    Block,
    Choice,
    EvidenceLine,
    Foot,
    ItemLine,
    NextStep,
    ProposalLine,
    Row,
    RowState,
    Sign,
    Standing,
)
from qa_app.inspections.proposal_lines import proposal_line
from qa_app.inspections.proposed import answer_code, is_visible
from qa_app.inspections.wording import applies_words, format_points, language, measured_words
from qa_app.models import Answer, Evidence, Inspection, InspectionState, SamplePurpose
from qa_app.rubrics.queries import load_definition
from qa_app.web.filters import format_clock, format_position, format_score
from scoring.rubric import Criterion, CriterionScore, InspectionScore, Item, Kind, Level, Rubric, State


class Presenter:
    """One inspection in the reader's language."""

    def __init__(self, inspection: Inspection, score: InspectionScore, content: Content) -> None:
        self.inspection = inspection
        self.score = score
        self.language = language()
        self.rubric: Rubric = load_definition(inspection.rubric_version)
        self.numbers = self.rubric.numbers()
        self.lines: Mapping[str, CriterionScore] = {line.code: line for line in score.criteria}
        self.answers = {answer.criterion: answer for answer in inspection.answers}
        self.said_at = {one.sequence: one for one in content.said}
        self.content = content
        self.proposals = {proposal.criterion: proposal for proposal in inspection.proposals}

    def standing(self) -> Standing:
        """Everything that a save can change."""
        missing = find_missing(self.inspection, self.score)
        first = missing[0].criterion if missing else None
        askable = [c for c in self.rubric.criteria() if self._is_asked(c)]
        answered = sum(self.lines[c.code].state not in (State.missing, State.waiting) for c in askable)
        return Standing(
            blocks=tuple(self._block(index) for index in range(len(self.rubric.sections))),
            foot=self._foot(answered, len(askable), len(missing)),
            next_step=self._next_step(first, len(missing)),
            first_open=first,
            share=answered / len(askable) if askable else 1.0,
            started=any(answer.value for answer in self.answers.values()) or bool(self.inspection.evidence),
        )

    def row(self, criterion: Criterion) -> Row:
        """One criterion as it stands."""
        line, answer = self.lines[criterion.code], self.answers.get(criterion.code)
        state = row_state(line)
        texts = criterion.guidance
        return Row(
            code=criterion.code,
            number=self.numbers[criterion.code],
            kind=str(criterion.kind),
            title=criterion.title.in_language(self.language),
            criticality=str(criterion.criticality),
            choices=self._choices(criterion, answer),
            items=tuple(self._item(item, answer) for item in criterion.items),
            points=self._points(line),
            weight=format_points(criterion.weight),
            state=state,
            measured=measured_words(criterion.measure.metric, line.datum) if criterion.measure else "",
            disputed=bool(answer and answer.disputed is not None),
            condition=applies_words(criterion.applies_if, self.rubric) if criterion.applies_if else "",
            evidence_required=criterion.evidence_required,
            evidence_missing=lacks_evidence(self.inspection, self.rubric, line),
            guidance=texts.text.in_language(self.language),
            good_example=texts.good.in_language(self.language),
            bad_example=texts.bad.in_language(self.language),
            reason=answer.reason if answer else "",
            evidence=tuple(
                self.evidence_line(e, state) for e in self.inspection.evidence if e.criterion == criterion.code
            ),
            proposal=self._proposal(criterion, answer),
            script=criterion.script,
            unscoreable=bool(answer and answer.value.get("unscoreable")),
        )

    def evidence_line(self, evidence: Evidence, state: RowState) -> EvidenceLine:
        """One place with its time and words."""
        return EvidenceLine(
            token=str(evidence.id),
            criterion=evidence.criterion or "",
            number=self.numbers.get(evidence.criterion or "", 0),
            praise=evidence.is_praise,
            lost=state in ("lost", "fatal") and not evidence.is_praise,
            kind=evidence.kind,  # type: ignore[arg-type]
            time_text=self._time_of(evidence),
            quote=evidence.quote,
            turn=evidence.message_sequence,
            start=evidence.start_offset,
            end=evidence.end_offset,
            start_seconds=evidence.start_seconds,
            end_seconds=evidence.end_seconds,
        )

    def _proposal(self, criterion: Criterion, answer: Answer | None) -> ProposalLine | None:
        """What a rule proposed, where it may be seen now."""
        proposal = self.proposals.get(criterion.code)
        value = answer.value if answer else None
        if proposal is None or not is_visible(self.inspection, proposal, value):
            return None
        if not self.content.said:
            self.content = read_content(self.inspection)  # a save is answered without the text; its places need it
        is_open = self.inspection.state == InspectionState.draft
        return proposal_line(
            proposal,
            criterion,
            self.content,
            can_confirm=is_open and proposal.is_shown_before,
            is_given=answer_code(value) == proposal.proposed,
        )

    def _time_of(self, evidence: Evidence) -> str:
        if evidence.start_seconds is not None and evidence.kind == "range":
            return f"{format_position(evidence.start_seconds)}–{format_position(evidence.end_seconds)}"
        said = self.said_at.get(evidence.message_sequence or 0)
        if said is None:
            return ""
        return format_position(said.start_seconds) if said.start_seconds is not None else format_clock(said.sent_at)

    def _is_asked(self, criterion: Criterion) -> bool:
        """What is only noted, switched off, or cannot be measured here is not asked."""
        state = self.lines[criterion.code].state
        if criterion.kind is Kind.measured and state is State.not_applicable:
            return False
        return criterion.kind is not Kind.informational and state is not State.switched_off

    def _choices(self, criterion: Criterion, answer: Answer | None) -> tuple[Choice, ...]:
        value = answer.value if answer else {}
        choices = [
            Choice(
                level.code,
                level.text.in_language(self.language),
                _sign(criterion, level),
                value.get("level") == level.code,
            )
            for level in criterion.answer_levels
        ]
        if criterion.na_allowed and criterion.kind is not Kind.measured:
            choices.append(Choice("na", gettext("N/A"), "na", bool(value.get("na"))))
        return tuple(choices)

    def _item(self, item: Item, answer: Answer | None) -> ItemLine:
        value = answer.value if answer else {}
        parts: list[tuple[str, str, Sign, str]] = [
            ("done", gettext("Done"), "full", "items"),
            ("missed", gettext("Missed"), "none", "missed"),
        ]
        if item.na_allowed:
            parts.append(("excluded", gettext("N/A"), "na", "excluded"))
        choices = tuple(Choice(code, title, sign, item.code in value.get(key, ())) for code, title, sign, key in parts)
        return ItemLine(item.code, item.text.in_language(self.language), choices)

    def _points(self, line: CriterionScore) -> str:
        if line.state is State.not_applicable:
            return str(gettext("n/a"))
        if line.state is State.switched_off or (line.weight == 0 and line.state is not State.missing):
            return ""
        return format_points(line.points)

    def _block(self, index: int) -> Block:
        section, sums = self.rubric.sections[index], self.score.sections[index]
        earned, possible = sums.points if sums.weight > 0 else None, sums.weight + sums.open_weight
        return Block(
            code=section.code,
            title=section.title.in_language(self.language),
            sums=sum_words(earned, possible) if possible else format_points(None),
            rows=tuple(self.row(criterion) for criterion in section.criteria),
        )

    def _foot(self, answered: int, askable: int, open_count: int) -> Foot:
        score = self.score
        possible = score.weight + score.open_weight
        share = 100 / possible if possible else 0.0
        critical = [self.rubric.criterion(line.code) for line in score.criteria if line.is_critical_error]
        return Foot(
            earned=format_points(score.points),
            judged=format_points(score.weight),
            answered=answered,
            askable=askable,
            full_earned=format_points(score.points + score.open_weight),
            full_possible=format_points(possible),
            full_quality=format_score(score.best_quality),
            earned_share=round(score.points * share, 2),
            lost_share=round((score.weight - score.points) * share, 2),
            critical=tuple(c.title.in_language(self.language) for c in critical if c is not None),
            open_count=open_count,
        )

    def _next_step(self, first: str | None, count: int) -> NextStep:
        if first is not None:
            number = self.numbers[first]
            text = ngettext("Go to %(number)s, %(num)s left", "Go to %(number)s, %(num)s left", count, number=number)
            return NextStep(text, first)
        if not self.score.is_scoreable and self.inspection.purpose == SamplePurpose.work:
            return NextStep(gettext("Hand to the QA lead"), None)
        return NextStep(gettext("Submit and next"), None)


def row_state(line: CriterionScore) -> RowState:
    """How a row is drawn."""
    if line.is_critical_error:
        return "fatal"
    if line.state is State.scored:
        return "kept" if line.value == 1 else "lost"
    states: dict[State, RowState] = {
        State.not_applicable: "na",
        State.switched_off: "off",
        State.waiting: "off",
        State.missing: "open",
        State.noted: "kept",
    }
    return states[line.state]


def _sign(criterion: Criterion, level: Level) -> Sign:
    if criterion.kind is Kind.informational:
        return "plain"
    if level.fatal or level.value == 0:
        return "none"
    return "full" if level.value == 1 else "part"


def sum_words(earned: float | None, possible: float) -> str:
    """Write a sum and what it could be: 15 of 20."""
    return str(gettext("%(earned)s of %(weight)s", earned=format_points(earned), weight=format_points(possible)))


def spoken_points(row: Row) -> str:
    """What a screen reader hears after the answer: “0 of 7, evidence needed”."""
    parts = [gettext("%(earned)s of %(weight)s", earned=row.points, weight=row.weight)] if row.points else []
    if row.evidence_missing:
        parts.append(gettext("evidence needed"))
    return ", ".join(parts)
