"""The lists of inspections: the lead's, and an inspector's own."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from qa_app.inspections import queries, service
from qa_app.models import RoleName
from tests.factories.inspections import answer, create_open_inspection
from tests.factories.people import create_user

pytestmark = pytest.mark.both_databases

GOOD = (answer("greeting", "yes"), answer("facts", done=["name", "number"]), answer("privacy", "yes"))


def test_the_lead_sees_the_lists_and_an_inspector_does_not(session: Session, sign_in) -> None:
    _inspector, inspection = create_open_inspection(session)
    lead, other = create_user(session, RoleName.qa_lead), create_user(session, RoleName.inspector)
    paths = (
        "/inspections",
        "/inspections/in-hand",
        "/inspections/decisions",
        f"/inspections/in-hand/{inspection.assignment_id}",
    )

    for path in paths:
        assert sign_in(lead).get(path).status_code == 200
        assert sign_in(other).get(path).status_code == 404


def test_the_lead_hands_a_sample_over_in_the_browser(session: Session, sign_in) -> None:
    _inspector, inspection = create_open_inspection(session)
    lead, other = create_user(session, RoleName.qa_lead), create_user(session, RoleName.inspector)

    sign_in(lead).post(
        f"/inspections/in-hand/{inspection.assignment_id}", data={"inspector": other.id, "reason": "on leave"}
    )

    assert queries.count_queue(session, other) == 1


def test_my_inspections_are_only_mine(session: Session, sign_in) -> None:
    inspector, inspection = create_open_inspection(session)
    service.save_answers(session, inspector, inspection, service.Save("t", 0, answers=GOOD))
    service.submit_inspection(session, inspector, inspection, revision=1)
    client = sign_in(inspector)

    assert f"/inspections/{inspection.id}/view" in client.get("/inspections/mine").text
    other = create_user(session, RoleName.inspector)
    assert f"/inspections/{inspection.id}/view" not in sign_in(other).get("/inspections/mine").text


def test_a_disputed_figure_is_shown_with_its_unit_and_ruled(session: Session, sign_in) -> None:
    inspector, inspection = create_open_inspection(session)
    disputed = answer("first_response", disputed=True, reason="The robot came first.")
    service.save_answers(session, inspector, inspection, service.Save("t", 0, answers=[*GOOD, disputed]))
    service.submit_inspection(session, inspector, inspection, revision=1)
    client = sign_in(create_user(session, RoleName.qa_lead))

    page = client.get("/inspections/decisions").text
    client.post(
        f"/inspections/decisions/measured/{inspection.id}/first_response",
        data={"decision": "no", "reason": "So it is."},
    )

    assert 'First response: <b class="num">23 s</b>' in page
    assert "The robot came first." not in client.get("/inspections/decisions").text
