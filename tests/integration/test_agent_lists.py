"""The month's lists of names: kept with the revision, shown to HR and the QA lead."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from qa_app.assessment import service
from qa_app.assessment.compute import verify_revision
from qa_app.models import RoleName, Sheet
from tests.factories.months import MONTH, create_inspection, create_month, create_work
from tests.factories.people import create_agent, create_user
from tests.factories.rubrics import create_published

pytestmark = pytest.mark.both_databases


@pytest.fixture
def computed(session):
    """A month of ten agents of one kind and one, Vera Best, who is better in everything, always."""
    agents = create_month(session, inspections=12)
    version = create_published(session)
    inspectors = [create_user(session, RoleName.inspector, name=f"Inspector {number}") for number in range(3)]
    best = create_agent(session, "Vera Best", team=agents[0].team, employee_number="Z900")
    for person, good in ((best, True), (agents[0], False)):
        for place, conversation in enumerate(create_work(session, person, 30, happy=9 if good else 1, asked=10)):
            create_inspection(session, conversation, inspectors[place % 3], version, answer=good, greeting=good)
    revision = service.compute_month(session, None, MONTH)
    session.commit()
    return revision


def test_names_and_places_are_kept_with_the_revision(session, computed):
    lists = computed.centre.lists

    assert [one.agent for one in lists.praise.names] == ["Z900"]
    assert [one.agent for one in lists.coaching.names] == ["M000"]
    assert all(0.9 <= one.probability <= 1 for one in lists.praise.names)
    assert lists.places["Z900"] == 1
    assert lists.places["M000"] > 1
    assert 0 < lists.at_the_ceiling < 1


def test_ranks_are_kept_with_their_range_and_shown_with_it(session, computed, sign_in):
    ranks = computed.centre.lists.ranks

    assert ranks["Z900"].lower <= ranks["Z900"].mean <= ranks["Z900"].upper
    assert ranks["Z900"].mean < ranks["M000"].mean
    page = sign_in(RoleName.hr).get(f"/months/{MONTH}").text
    rank = ranks["M000"]
    assert f"rank {rank.mean:.0f} ({rank.lower:.0f}–{rank.upper:.0f})" in page
    assert "by expected rank of 11 compared" in page


def test_a_month_without_ranges_speaks_of_no_rank(session, computed, sign_in):
    computed.centre = replace(computed.centre, lists=replace(computed.centre.lists, ranks={}))
    session.commit()

    page = sign_in(RoleName.hr).get(f"/months/{MONTH}").text

    assert "expected rank" not in page
    assert "overlapping intervals tell no order" in page


def test_no_sheet_speaks_of_lists_or_places_and_the_month_still_verifies(session, computed):
    contents = session.scalars(select(Sheet.content).where(Sheet.revision_id == computed.id)).all()

    assert not any(b'"places"' in content or b'"lists"' in content for content in contents)
    assert verify_revision(session, computed).is_exact


def test_hr_and_the_lead_read_both_lists_with_each_probability(computed, sign_in):
    for role in (RoleName.hr, RoleName.qa_lead):
        page = sign_in(role).get(f"/months/{MONTH}").text

        assert "Praise: above the upper quartile" in page
        assert "Coaching: the lowest quarter" in page
        assert "Vera Best" in page
        assert "place 1 of 11" in page
        assert "at most one name in ten is wrong on average" in page
        assert "mean(1 − P) = (" in page


def test_a_revision_from_before_there_were_lists_shows_none_and_verifies(session, computed, sign_in):
    computed.centre = replace(computed.centre, lists=None)
    session.commit()

    page = sign_in(RoleName.hr).get(f"/months/{MONTH}")

    assert page.status_code == 200
    assert "Praise: above the upper quartile" not in page.text
    assert verify_revision(session, computed).is_exact


def test_whoever_no_inspector_joins_to_the_others_has_no_place(session, sign_in):
    create_month(session)
    alone = create_agent(session, "Far Away", employee_number="Z001")
    hermit = create_user(session, RoleName.inspector, name="Only One")
    version = create_published(session)
    for conversation in create_work(session, alone, 40, happy=8, asked=10)[:5]:
        create_inspection(session, conversation, hermit, version)

    lists = service.compute_month(session, None, MONTH).centre.lists

    assert "Z001" not in lists.places
    assert "Z001" not in {one.agent for one in lists.praise.names}


def test_an_agents_pages_never_tell_a_place(session, computed, sign_in):
    sheet = session.scalars(select(Sheet).where(Sheet.revision_id == computed.id)).first()
    user = create_user(session, RoleName.agent, agent_id=sheet.agent_id)

    agent = sign_in(user)

    assert agent.get(f"/months/{MONTH}").status_code == 404
    assert "place 1 of" not in agent.get("/me").text
