"""The second shipped policy: what people enter earns points, by hand and by the month; older months stay."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from qa_app.assessment import policies, service
from qa_app.assessment.compute import frozen_inputs, verify_revision
from qa_app.assessment.content import decode_content
from qa_app.assessment.inputs import freeze
from qa_app.clock import travel
from qa_app.coaching import ratings
from qa_app.coaching.ratings import QUESTIONS, NewRound, open_round, send_rating
from qa_app.models import Rating, RatingKind, RoleName, Sheet, TestResult, User
from qa_app.reporting.gather import gather_appraisal, read_surroundings
from qa_app.reporting.tables import month_tables
from reports.render import appraisal_html
from tests.factories.months import MONTH, create_month
from tests.factories.people import create_user

pytestmark = pytest.mark.both_databases
AFTERWARDS = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture
def hr(session):
    return create_user(session, RoleName.hr, name="Han Qingyue")


@pytest.fixture
def agents(session, hr):
    made = create_month(session)
    for number, agent in enumerate(made):
        create_user(session, RoleName.agent, name=agent.name, agent_id=agent.id)
        if number == 9:
            continue
        for kind, points in (("written", 60 + 3 * number), ("practical", 90 - 2 * number)):
            session.add(
                TestResult(
                    agent=agent, quarter="2026-Q3", kind=kind, points=points, points_max=100.0, entered_at=AFTERWARDS
                )
            )
    lead = create_user(session, RoleName.supervisor, name="Marta Lindqvist")
    lead.supervised_teams = [made[0].team]
    session.flush()
    return made


def rate(session, *, leave_out: int = -1) -> None:
    """Everybody fills in all forms of a round for October, values by the agent's place; one agent is left out."""
    with travel(datetime(2026, 11, 2, 9, tzinfo=UTC)):
        found = open_round(
            session, None, NewRound("October", MONTH, MONTH, date(2026, 11, 1), date(2026, 11, 10), peers_each=4)
        )
        for rating in session.scalars(select(Rating).where(Rating.round_id == found.id).order_by(Rating.id)):
            place = int(rating.agent.employee_number[1:])
            if place == leave_out:
                continue
            base = {RatingKind.own: 5, RatingKind.peer: 3 + place % 3, RatingKind.supervisor: 2 + place % 4}
            answers = dict.fromkeys(QUESTIONS, base[RatingKind(rating.kind)])
            send_rating(session, session.get_one(User, rating.rater_id), rating, answers=answers)


def compute(session, hr):
    policies.publish_version(session, hr, policies.create_policy(session, hr, policies.preset("balanced")))
    with travel(AFTERWARDS):
        return service.compute_month(session, hr, MONTH)


def contents_of(session, revision):
    sheets = session.scalars(select(Sheet).where(Sheet.revision_id == revision.id)).all()
    return {content.agent.number: content for content in (decode_content(sheet.content) for sheet in sheets)}


def test_the_composite_is_what_a_hand_computes(session, hr, agents):
    rate(session)

    contents = contents_of(session, compute(session, hr))

    for place in range(9):
        content = contents[f"M{place:03d}"]
        points = {part.code: part.points for part in content.components}
        knowledge = ((60 + 3 * place) + (90 - 2 * place)) / 2
        # Supervisor and peers weigh alike; 1 is worth nothing, 5 everything.
        teamwork = 100 * (((2 + place % 4) + (3 + place % 3)) / 2 - 1) / 4
        assert points["knowledge"] == pytest.approx(knowledge)
        assert points["teamwork"] == pytest.approx(teamwork)
        qa = next(part for part in content.components if part.code == "qa")
        assert qa.points == pytest.approx(min(max(qa.estimate.value, 0), 100))
        by_hand = (
            0.4 * points["qa"] + 0.2 * points["customer_rating"] + 0.2 * points["efficiency"]
            + 0.1 * knowledge + 0.1 * teamwork
        )  # fmt: skip
        assert content.composite.value == pytest.approx(by_hand)


def test_what_is_missing_takes_the_mean_of_all_others(session, hr, agents):
    rate(session, leave_out=9)

    last = contents_of(session, compute(session, hr))["M009"]
    parts = {part.code: part for part in last.components}

    assert parts["knowledge"].is_missing
    assert parts["knowledge"].points == pytest.approx(sum((150 + place) / 2 for place in range(9)) / 9)
    hands = [100 * (((2 + place % 4) + (3 + place % 3)) / 2 - 1) / 4 for place in range(9)]
    assert parts["teamwork"].points == pytest.approx(sum(hands) / 9)
    assert last.entered is None


def test_the_month_can_be_computed_again_to_the_same_bytes(session, hr, agents):
    rate(session)
    revision = compute(session, hr)

    assert verify_revision(session, revision).is_exact
    # Whatever is entered later, what was frozen stays.
    session.query(TestResult).update({"points": 1.0})
    assert verify_revision(session, revision).is_exact


def test_a_month_without_anything_entered_has_no_new_part(session, hr):
    create_month(session)

    revision = compute(session, hr)
    inputs = frozen_inputs(session, revision)

    assert {"tests", "ratings"}.isdisjoint(freeze(inputs))
    sheets = session.scalars(select(Sheet.content).where(Sheet.revision_id == revision.id)).all()
    assert all(b'"entered"' not in content for content in sheets)


def test_frozen_ratings_name_nobody_who_rated(session, hr, agents):
    rate(session)
    inputs = frozen_inputs(session, compute(session, hr))

    one = next(record for record in inputs.ratings if record.agent == "M004")
    assert one.peers == (4.0, 4.0, 4.0, 4.0)
    assert one.supervisors == (2.0,)
    assert one.own == 5.0
    assert set(one.__struct_fields__) == {"agent", "peers", "supervisors", "own"}


def test_an_open_round_does_not_count_yet(session, hr, agents):
    rate(session)
    policies.publish_version(session, hr, policies.create_policy(session, hr, policies.preset("balanced")))
    with travel(datetime(2026, 11, 10, 12, tzinfo=UTC)):
        revision = service.compute_month(session, hr, MONTH)

    assert frozen_inputs(session, revision).ratings == ()
    assert ratings.today(session) is not None


def test_the_document_shows_tests_teamwork_and_the_own_rating(session, hr, agents):
    rate(session)
    revision = compute(session, hr)
    sheet = next(sheet for sheet in revision.sheets if sheet.agent_id == agents[4].id)

    for language in ("en", "zh_Hans_CN"):
        document = gather_appraisal(sheet, read_surroundings(session, revision, language), language)
        rows = {row.code: row for row in document.components}
        assert rows["knowledge"].figure.value == pytest.approx(0.77)
        assert rows["teamwork"].figure.value == pytest.approx(3.0)
        assert "own_rating" in {note.code for note in rows["teamwork"].details}


@pytest.mark.pdf
@pytest.mark.parametrize(
    ("language", "said"), [("en", "self-rating 5.0, weight 0"), ("zh_Hans_CN", "自评 5.0 分，权重 0")]
)
def test_the_paper_says_them_in_both_languages(session, hr, agents, language, said):
    rate(session)
    revision = compute(session, hr)
    sheet = next(sheet for sheet in revision.sheets if sheet.agent_id == agents[4].id)

    page = appraisal_html(gather_appraisal(sheet, read_surroundings(session, revision, language), language))

    assert said in page


def test_the_workbook_has_their_rows(session, hr, agents):
    rate(session)
    revision = compute(session, hr)
    sheets = [(sheet.state, sheet.verification_code, decode_content(sheet.content)) for sheet in revision.sheets]

    components = next(table for table in month_tables(sheets, "en") if table.code == "components")
    values = [value for row in components.rows if row.get("number") == "M004" for value in row.values()]

    assert pytest.approx(0.77) in [value for value in values if isinstance(value, float)]
    assert "Teamwork" in values
