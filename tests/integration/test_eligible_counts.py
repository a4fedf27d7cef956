"""The overall figure is about what could be drawn, and page and paper say so."""

from __future__ import annotations

from dataclasses import replace
from html import unescape

import pytest
from msgspec import structs
from sqlalchemy import select

from qa_app.assessment import service
from qa_app.assessment.content import decode_content, encode_content
from qa_app.models import Conversation, RoleName
from qa_app.reporting.gather import gather_appraisal, read_surroundings
from reports.appraisal import front
from reports.appraisal.example import example_appraisal
from reports.appraisal.words import Words
from reports.formats import formats_for
from scoring.values import Estimate, Label
from tests.factories.months import create_inspection
from tests.factories.people import create_user
from tests.factories.rubrics import create_published
from tests.factories.sampling import create_draw, create_month

pytestmark = pytest.mark.both_databases
DRAWN = "that could be drawn been inspected"


@pytest.fixture
def revision(session):
    """October of two agents with nine chats each, one of which nobody answered."""
    create_month(session, agents=2, each=9)
    for conversation in session.scalars(select(Conversation).order_by(Conversation.id).limit(1)):
        conversation.answered = False
    inspector, version = create_user(session, RoleName.inspector, name="Wei Lan"), create_published(session)
    for sample in create_draw(session).samples:
        create_inspection(session, sample.conversation, inspector, version, sample=sample)
    return service.compute_month(session, create_user(session, RoleName.hr), "2026-10")


def test_the_sheet_counts_what_could_be_drawn(session, revision, sign_in):
    sheet = next(one for one in revision.sheets if decode_content(one.content).counts.eligible == 8)
    # Two agents are too few for an overall score of their own.
    overall = Estimate(82.0, 70.0, 90.0, 5, None, "fair.v1", Label.ok)
    sheet.content = encode_content(structs.replace(decode_content(sheet.content), composite=overall))
    session.flush()

    page = unescape(sign_in(RoleName.hr).get(f"/sheets/{sheet.id}").text)
    document = gather_appraisal(sheet, read_surroundings(session, revision, "en"), "en")

    assert decode_content(sheet.content).counts.conversations == 9
    assert f"Had all 8 conversations {DRAWN}" in page
    assert (document.conversations, document.eligible) == (9, 8)


@pytest.mark.parametrize(
    ("eligible", "said"), [(57, f"Had all 57 conversations {DRAWN}"), (None, "Had all 412 convers")]
)
def test_the_paper_counts_what_could_be_drawn(eligible, said):
    document = replace(example_appraisal("en"), eligible=eligible)

    assert said in front.overall(document, Words(formats_for("en"))).sentence
