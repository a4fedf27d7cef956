"""For a dispute a sheet bounds its mean without any assumption, where the draw allows it."""

from __future__ import annotations

from html import unescape

import pytest
from sqlalchemy import select

from qa_app.assessment import service
from qa_app.assessment.content import decode_content
from qa_app.assessment.dispute import find_dispute_interval
from qa_app.models import Inspection, RoleName, Sheet
from scoring.estimates.bounded import bounded_mean_interval
from tests.factories.months import MONTH, create_inspection, create_month
from tests.factories.people import create_user
from tests.factories.sampling import create_draw
from tests.factories.sampling import create_month as create_frame

pytestmark = pytest.mark.both_databases


def test_the_sheet_says_it_with_n_and_that_it_is_wide(session, sign_in) -> None:
    create_month(session)
    revision = service.compute_month(session, None, MONTH)
    session.commit()
    sheet = session.scalars(select(Sheet).where(Sheet.revision_id == revision.id)).first()

    found = find_dispute_interval(session, sheet)
    page = unescape(sign_in(RoleName.hr).get(f"/sheets/{sheet.id}").text)

    scores = [one.score for one in decode_content(sheet.content).inspected]
    assert (found.n, found.mean) == (len(scores), pytest.approx(sum(scores) / len(scores)))
    assert found.upper - found.lower > 40
    assert f"{found.lower:.0f} to {found.upper:.0f} points" in page
    assert f"n = {found.n}, 95 %" in page
    assert "Such an interval is wide: it assumes nothing." in page


def test_it_follows_the_order_of_the_draw_and_stays_away_where_chances_differed(session) -> None:
    create_frame(session, agents=1)
    draw = create_draw(session, size=4)
    inspector = create_user(session, RoleName.inspector)
    for sample, answer in zip(draw.samples, (True, False, True, True), strict=True):
        create_inspection(session, sample.conversation, inspector, sample.rubric_version, answer=answer, sample=sample)
    revision = service.compute_month(session, None, MONTH)
    sheet = session.scalars(select(Sheet).where(Sheet.revision_id == revision.id, Sheet.inspection_count > 0)).one()

    rows = session.execute(select(Inspection.score, Inspection.sample_id).order_by(Inspection.sample_id)).all()
    expected = bounded_mean_interval([row.score for row in rows])
    found = find_dispute_interval(session, sheet)
    assert [sample.rank for sample in draw.samples] == [1, 2, 3, 4]
    assert (found.lower, found.upper) == (expected.lower, expected.upper)

    draw.samples[0].weight = 0.5
    session.flush()
    assert find_dispute_interval(session, sheet) is None


def test_nothing_inspected_bounds_nothing(session) -> None:
    create_frame(session, agents=1)
    revision = service.compute_month(session, None, MONTH)
    sheet = session.scalars(select(Sheet).where(Sheet.revision_id == revision.id)).first()

    assert find_dispute_interval(session, sheet) is None
