"""What is still to be inspected or decided when a month is approved."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.assessment import service
from qa_app.assessment.errors import ReasonNeeded
from qa_app.assessment.open_work import count_open_work
from qa_app.assessment.sheets import review_remaining
from qa_app.models import Organisation, Sample, SampleState
from qa_app.sampling import handout, stages
from tests.factories.months import create_month as create_inspected_month
from tests.factories.sampling import MONTH, create_month, create_plan

pytestmark = pytest.mark.both_databases


@pytest.mark.parametrize("is_handed_out", [False, True])
def test_samples_that_were_drawn_are_open_until_they_are_inspected(session: Session, is_handed_out: bool) -> None:
    create_month(session)
    (draw,) = create_plan(session).draws
    stages.freeze_population(session, None, draw)
    assert count_open_work(session, MONTH).samples == 0
    stages.execute_draw(session, None, draw)
    if is_handed_out:
        handout.hand_out(session, None, draw)
    samples = session.scalars(select(Sample)).all()

    assert count_open_work(session, MONTH).samples == len(samples) == 20
    samples[0].state = SampleState.inspected
    session.flush()
    assert count_open_work(session, MONTH).samples == 19


def test_approving_asks_for_a_reason_while_drawn_samples_wait_to_be_handed_out(session: Session) -> None:
    create_month(session)
    (draw,) = create_plan(session).draws
    stages.freeze_population(session, None, draw)
    stages.execute_draw(session, None, draw)
    revision = service.compute_month(session, None, MONTH)
    revision.is_over = True
    review_remaining(session, None, revision)
    service.review_month(session, None, service.find_period(session, MONTH))

    with pytest.raises(ReasonNeeded):
        service.approve_month(session, None, service.find_period(session, MONTH))


@pytest.mark.pdf
def test_a_month_is_written_before_there_is_an_organisation(app: Flask, session: Session, tmp_path) -> None:
    create_inspected_month(session, agents=1)
    session.delete(session.get_one(Organisation, 1))
    session.commit()

    result = app.test_cli_runner().invoke(args=["month", "run", MONTH, str(tmp_path / "out")])

    assert result.exit_code == 0, result.output
    assert len(list((tmp_path / "out").rglob("*.pdf"))) == 1
