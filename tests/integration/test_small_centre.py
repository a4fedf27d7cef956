"""Fewer than eight agents: nothing is drawn towards anybody, and no page or paper claims that it is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qa_app.assessment import gather, service
from qa_app.assessment.compute import verify_revision
from qa_app.assessment.content import decode_content
from qa_app.models import RoleName
from qa_app.reporting.gather import gather_appraisal, read_surroundings
from reports.appraisal.example import example_appraisal
from reports.render import appraisal_html
from reports.values import Note
from tests.factories.months import MONTH, create_month
from tests.factories.people import create_user

pytestmark = pytest.mark.both_databases
LEARNT = ("Standing over", "rests on the standing", "μ + c′S⁻¹", "the band is the standing")
ALONE = "fewer than eight agents were inspected, too few to learn from"


def publish(session, agents: int):
    """Compute and publish October of so many agents."""
    create_month(session, agents=agents)
    hr = create_user(session, RoleName.hr, name="Han Qingyue")
    period = service.compute_month(session, hr, MONTH).period
    period.revision.is_over = True
    for sheet in period.revision.sheets:
        sheet.reviewed_at = period.revision.computed_at
    for step in (service.review_month, service.approve_month, service.publish_month):
        step(session, hr, period)
    return period.revision


@pytest.fixture(params=[2, 1], ids=["today's formulas", "the first formulas"])
def small(request, session, monkeypatch):
    """October of seven agents; sheets of the first formulas do not say themselves that nothing is shrunk."""
    monkeypatch.setattr(gather, "FORMULAS", request.param)
    return publish(session, 7)


def pages_of(revision, sign_in) -> dict[str, str]:
    sheet = revision.sheets[0]
    hr = sign_in(RoleName.hr)
    pages = {path: hr.get(path).text for path in (f"/sheets/{sheet.id}", f"/months/{MONTH}")}
    own = sign_in(RoleName.agent, name="Agent 0", agent_id=sheet.agent_id)
    return pages | {path: own.get(path).text for path in (f"/me/{MONTH}", "/how")}


def test_no_page_tells_a_standing_that_was_not_learnt(small, sign_in):
    pages = pages_of(small, sign_in)

    assert not [(path, words) for path, page in pages.items() for words in LEARNT if words in page]
    assert ALONE in pages[f"/sheets/{small.sheets[0].id}"]
    assert ALONE in pages[f"/me/{MONTH}"]
    assert "too few to learn from: so your quality is not moved towards an average" in pages["/how"]


def test_the_table_of_a_month_has_no_column_for_it(session, sign_in):
    publish(session, 7)

    assert '<th scope="col">Standing' not in sign_in(RoleName.hr).get(f"/months/{MONTH}").text


def test_the_paper_tells_none_either(small, session):
    sheet = small.sheets[0]

    document = gather_appraisal(sheet, read_surroundings(session, small, "en"), "en")

    assert document.standing is None
    assert document.standing_note.code == "no_standing"
    assert "method_alone" in {note.code for source in document.sources for note in source.method}


def test_from_eight_agents_on_it_is_told(session, sign_in):
    revision = publish(session, 8)
    pages = pages_of(revision, sign_in)

    assert "μ + c′S⁻¹" in pages[f"/sheets/{revision.sheets[0].id}"]
    assert '<th scope="col">Standing' in pages[f"/months/{MONTH}"]
    assert "Standing over 6 months" in pages[f"/me/{MONTH}"]
    assert "Standing over six months" in pages["/how"]
    assert not [path for path, page in pages.items() if ALONE in page]


def test_months_of_either_formulas_verify(small, session):
    assert verify_revision(session, small).is_exact
    assert decode_content(small.sheets[0].content).standing is not None


@pytest.mark.pdf
def test_the_sentence_is_printed():
    document = replace(example_appraisal("en"), standing=None, standing_note=Note("no_standing"))

    assert ALONE in appraisal_html(document)
