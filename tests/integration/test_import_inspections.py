"""Past scorings from a spreadsheet: submitted where an assignment waits, history elsewhere, refused with the reason."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.inspections.import_answers import RowRefused
from qa_app.inspections.importing import InspectionRow, import_inspections
from qa_app.models import Assignment, AssignmentState, Inspection, InspectionState, RoleName
from tests.factories.inspections import create_lamp_sample, rule_rubric
from tests.factories.people import create_user
from tests.factories.rubrics import create_published

pytestmark = pytest.mark.both_databases
SCORED_AT = datetime(2026, 10, 20, 9, 30, tzinfo=UTC)
ANSWERS = {
    "Greeting": "no",
    "greeting evidence": "May I have the order number",
    "要点": "name; number",
    "privacy": "yes",
}


@pytest.fixture
def waiting(session: Session) -> Assignment:
    """An assignment of Priya for the chat about the floor lamp."""
    inspector = create_user(session, RoleName.inspector, name="Priya Nandakumar", email="priya@example.com")
    return create_lamp_sample(session, inspector, create_published(session, rule_rubric()))


def row_for(assignment: Assignment, **values: object) -> InspectionRow:
    """Return a row that fits the assignment."""
    named = {"conversation": assignment.sample.conversation.external_id, "inspector": "priya@example.com"}
    return InspectionRow(**{"line": 2, "scored_at": SCORED_AT, "answers": ANSWERS, **named, **values})


def refusal(session: Session, row: InspectionRow) -> RowRefused:
    """Import one row and return why it was refused."""
    report = import_inspections(session, None, [row])
    assert report.counts == {"rejected": 1}
    return report.refused[0][1]


def test_a_row_submits_the_assignment_that_waits_for_it(session: Session, waiting: Assignment) -> None:
    report = import_inspections(session, None, [row_for(waiting)])

    inspection = session.scalars(select(Inspection)).one()
    assert report.counts == {"created": 1}
    assert waiting.state == AssignmentState.done
    assert (inspection.state, inspection.submitted_at, inspection.source) == ("submitted", SCORED_AT, "import")
    assert inspection.quality == pytest.approx(60.0)
    assert [evidence.quote for evidence in inspection.evidence] == ["May I have the order number"]


def test_the_same_row_again_changes_nothing(session: Session, waiting: Assignment) -> None:
    import_inspections(session, None, [row_for(waiting)])

    again = import_inspections(session, None, [row_for(waiting)])

    assert again.counts == {"unchanged": 1}
    assert len(session.scalars(select(Inspection)).all()) == 1


def test_another_answer_to_what_is_submitted_is_refused(session: Session, waiting: Assignment) -> None:
    import_inspections(session, None, [row_for(waiting)])

    refused = refusal(session, row_for(waiting, answers={**ANSWERS, "Greeting": "yes"}))

    assert (refused.field, refused.reason) == ("greeting", "already_inspected")


def test_without_an_assignment_a_row_is_history_and_counts_only_when_drawn(
    session: Session, waiting: Assignment
) -> None:
    create_user(session, RoleName.inspector, name="Wei Lan")

    import_inspections(session, None, [row_for(waiting, inspector="Wei Lan", rubric="Rules")])

    inspection = session.scalars(select(Inspection)).one()
    assert inspection.assignment_id is None
    assert inspection.is_random is False
    assert inspection.state == InspectionState.submitted
    assert waiting.state == AssignmentState.open


@pytest.mark.parametrize(
    ("values", "field", "reason"),
    [
        ({"conversation": "nope"}, "conversation", "unknown_conversation"),
        ({"inspector": "nobody@example.com"}, "inspector", "unknown_inspector"),
        ({"answers": {**ANSWERS, "Greeting": "perhaps"}}, "greeting", "unknown_answer"),
        ({"answers": {**ANSWERS, "greeting evidence": "never said"}}, "greeting evidence", "evidence_not_found"),
        ({"answers": {"Greeting": "yes"}}, "facts", "incomplete"),
        ({"answers": {**ANSWERS, "greeting evidence": ""}}, "greeting", "incomplete"),
        ({"answers": {"other": "yes"}}, "answers", "no_answers"),
    ],
)
def test_a_row_that_cannot_be_used_is_refused_and_leaves_nothing(
    session: Session, waiting: Assignment, values: dict[str, object], field: str, reason: str
) -> None:
    refused = refusal(session, row_for(waiting, **values))

    assert (refused.field, refused.reason) == (field, reason)
    assert session.scalars(select(Inspection)).all() == []
    assert waiting.state == AssignmentState.open


def test_the_command_names_line_field_and_mend(app, session: Session, waiting: Assignment, tmp_path: Path) -> None:
    file = tmp_path / "scorings.csv"
    name = waiting.sample.conversation.external_id
    file.write_text(
        "会话,质检员,评分时间,问候,问候 evidence,要点,privacy\n"
        f"{name},priya@example.com,2026-10-20 09:30,否,2,name,是\n"
        "missing,priya@example.com,2026-10-20 09:30,是,,name,是\n"
        f"{name},priya@example.com,yesterday,是,,name,是\n",
        encoding="utf-8",
    )
    session.commit()

    result = app.test_cli_runner().invoke(args=["import", "inspections", str(file)])

    assert result.exit_code == 3, result.output
    assert "1 created, 0 unchanged, 2 rejected." in result.output
    assert "Line 3, conversation 'missing': no such conversation; import it first" in result.output
    assert "Line 4: scored at 'yesterday': not a time" in result.output
