"""A score with its inspector's severity taken off stands beside the raw one, with the numbers it is made of."""

from __future__ import annotations

from dataclasses import replace
from html import unescape

import pytest
from sqlalchemy import select

from qa_app.assessment import service
from qa_app.assessment.content import decode_content
from qa_app.assessment.corrected import list_corrected
from qa_app.clock import now, travel
from qa_app.inspections.severity import correct_score, corrected_inspection
from qa_app.models import Inspection, RoleName, Sheet
from scoring.assessment.centre_record import CentreRecord, InspectorSeverity, SeverityRecord
from tests.factories.inspectors import create_weeks
from tests.integration.test_inspectors_page import MONTH, NOW

SEVERITY = SeverityRecord("", None, {"7": InspectorSeverity(3.25, 1, 40, 0), "8": InspectorSeverity(-1.0, 1, 40, 0)})
CENTRE = CentreRecord(severity=SEVERITY)


@pytest.mark.parametrize(
    ("inspectors", "value", "formula"),
    [
        ([7], 76.75, "80.0 − 3.3 = 76.8"),
        ([8], 81.0, "80.0 − (−1.0) = 81.0"),
        ([7, 8], 78.875, "80.0 − (3.3 + (−1.0)) / 2 = 78.9"),
        ([9], 80.0, "80.0 − 0.0 = 80.0"),
    ],
)
def test_the_mean_leniency_of_those_who_scored_is_taken_off(app, inspectors, value, formula) -> None:
    with app.test_request_context():
        corrected = correct_score(CENTRE, 80.0, inspectors)

    assert corrected.value == pytest.approx(value)
    assert corrected.formula == formula


@pytest.mark.parametrize(
    "centre", [CentreRecord(), CentreRecord(severity=replace(SEVERITY, reason="few_inspectors"))], ids=["direct", "not"]
)
def test_where_nothing_is_taken_off_there_is_no_second_score(app, centre) -> None:
    with app.test_request_context():
        assert correct_score(centre, 80.0, [7]) is None


@pytest.fixture
def published(session):
    """A month of scorings by lenient and strict inspectors, computed and published."""
    with travel(NOW):
        create_weeks(session, NOW)
        revision = service.compute_month(session, None, MONTH)
        session.execute(Sheet.__table__.update().values(published_at=now(), state="published"))
        session.commit()
        yield revision


@pytest.mark.both_databases
def test_the_sheet_and_the_inspection_show_both(session, published, sign_in) -> None:
    leniency = published.centre.severity.leniency
    assert published.centre.severity.is_applied
    sheet = session.scalars(select(Sheet).where(Sheet.revision_id == published.id)).first()
    lead = sign_in(RoleName.qa_lead)

    page = unescape(lead.get(f"/sheets/{sheet.id}").text)
    with lead.application.test_request_context():
        corrected = list_corrected(session, sheet)
    rows = {row.conversation: row for row in decode_content(sheet.content).inspected}

    assert "Without severity" in page
    assert corrected
    for name, score in corrected.items():
        inspectors = session.scalars(
            select(Inspection.inspector_id).where(Inspection.id.in_([int(one) for one in rows[name].inspections]))
        ).all()
        taken = sum(leniency[str(one)] for one in inspectors) / len(inspectors)
        assert score.value == pytest.approx(rows[name].quality - taken)
        assert score.formula in page
    inspection = session.get(Inspection, int(next(iter(rows.values())).inspections[0]))
    answer = lead.get(f"/inspections/{inspection.id}/view")
    assert answer.status_code == 200
    view = unescape(answer.text)
    with lead.application.test_request_context():
        assert corrected_inspection(session, inspection).formula in view
    assert "with the inspector’s severity taken off" in view


def test_a_month_nobody_published_corrects_no_inspection(session, published, app) -> None:
    session.execute(Sheet.__table__.update().values(published_at=None))
    inspection = session.scalars(select(Inspection)).first()

    with app.test_request_context():
        assert corrected_inspection(session, inspection) is None
