"""Results of tests from a list, and ratings that name nobody who rated."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from qa_app.access import NotFound
from qa_app.clock import travel
from qa_app.coaching import ratings, ratings_queries
from qa_app.coaching.quarters import quarter_before, quarter_of, read_quarter
from qa_app.coaching.ratings import QUESTIONS, AnswersMissing, NewRound, RoundClosed, RoundDates
from qa_app.coaching.results import import_results, results_of_month
from qa_app.coaching.results_reading import ResultProblem, ResultRow
from qa_app.coaching.results_words import reason_of
from qa_app.models import Rating, RatingKind, RoleName, TestResult, User
from tests.factories.people import create_agent, create_team, create_user

pytestmark = pytest.mark.both_databases
IN_ROUND = datetime(2026, 10, 5, 9, tzinfo=UTC)
AFTER = datetime(2026, 10, 20, 9, tzinfo=UTC)


@pytest.fixture
def team(session):
    """Five agents who sign in, and their supervisor."""
    team = create_team(session, "Live chat", name_zh="在线")
    for number in range(5):
        agent = create_agent(session, f"Agent {number}", team=team, employee_number=f"T{number}")
        create_user(session, RoleName.agent, name=agent.name, agent_id=agent.id)
    lead = create_user(session, RoleName.supervisor, name="Marta Lindqvist")
    lead.supervised_teams = [team]
    session.flush()
    return team


def rows(*lines: dict[str, str]) -> list[ResultRow]:
    return [ResultRow(place, line) for place, line in enumerate(lines, start=2)]


GOOD = {
    "employee_number": "T0",
    "quarter": "2026年第三季度",
    "kind": "笔试",
    "points": "17/20",
    "taken_on": "2026-09-24",
}


@pytest.mark.parametrize(
    ("typed", "read"),
    [("2026-Q3", "2026-Q3"), ("2026Q3", "2026-Q3"), ("Q3 2026", "2026-Q3"), ("2026年第三季度", "2026-Q3"),
     ("2026年3季度", "2026-Q3"), ("2026-Q5", None), ("", None), ("autumn", None)],
)  # fmt: skip
def test_quarters_as_people_write_them(typed, read):
    assert read_quarter(typed) == read
    assert quarter_of("2026-10") == "2026-Q4"
    assert quarter_before("2026-Q1") == "2025-Q4"


def test_the_same_list_again_changes_nothing(session, team):
    wide = {"employee_number": "T1", "quarter": "2026-Q3", "written": "80", "practical": "90%"}
    listed = rows(GOOD, wide)

    first = import_results(session, None, listed)
    again = import_results(session, None, listed)
    changed = import_results(session, None, rows({**GOOD, "points": "18/20"}))

    assert first.counts == {"created": 3}
    assert again.counts == {"unchanged": 3}
    assert changed.counts == {"changed": 1}
    result = session.scalars(select(TestResult).where(TestResult.kind == "written").order_by(TestResult.id)).first()
    assert (result.share, result.taken_on) == (0.9, date(2026, 9, 24))


def test_rows_stay_out_with_a_reason_and_the_others_go_in(session, team):
    report = import_results(
        session,
        None,
        rows(
            GOOD,
            {**GOOD, "employee_number": ""},
            {**GOOD, "employee_number": "X9"},
            {**GOOD, "quarter": "autumn"},
            {**GOOD, "kind": "oral"},
            {**GOOD, "points": "many"},
            {**GOOD, "points": "21/20"},
            {**GOOD, "points": "nan"},
            {**GOOD, "taken_on": "2026-13-02"},
            {**GOOD, "points": ""},
            GOOD,
        ),
    )

    assert report.counts == {"created": 1}
    assert [(refusal.line, refusal.problem) for refusal in report.refused] == [
        (3, ResultProblem.nobody_named), (4, ResultProblem.no_such_agent), (5, ResultProblem.not_a_quarter),
        (6, ResultProblem.no_such_kind), (7, ResultProblem.not_a_number), (8, ResultProblem.out_of_range),
        (9, ResultProblem.out_of_range), (10, ResultProblem.not_a_date), (11, ResultProblem.no_points),
        (12, ResultProblem.twice),
    ]  # fmt: skip


def test_a_month_takes_the_newest_quarter_but_no_old_one(session, team):
    import_results(
        session,
        None,
        rows(
            {**GOOD, "quarter": "2026-Q3"},
            {**GOOD, "quarter": "2026-Q4", "points": "10/20"},
            {**GOOD, "employee_number": "T1", "quarter": "2026-Q3"},
            {**GOOD, "employee_number": "T2", "quarter": "2026-Q1"},
        ),
    )

    assert results_of_month(session, "2026-12") == [
        ("T0", "2026-Q4", "written", 0.5),
        ("T1", "2026-Q3", "written", 0.85),
    ]
    assert [row[0] for row in results_of_month(session, "2027-02")] == ["T0"]


def test_a_list_goes_in_by_file_check_and_button(session, team, sign_in):
    client = sign_in(RoleName.hr)
    text = "工号,季度,类型,得分,满分\nT0,2026-Q3,笔试,86,100\nT9,2026-Q3,笔试,86,100\n"
    sent = client.post(
        "/tests/import", data={"file": (io.BytesIO(text.encode("utf-8-sig")), "list.csv")},
        content_type="multipart/form-data",
    )  # fmt: skip

    page = client.get(sent.location)
    assert "T9" in page.text
    assert session.scalar(select(TestResult.id)) is None
    errors = client.get(f"{sent.location}/errors.csv").data.decode("utf-8-sig")
    assert "T9" in errors
    client.post(sent.location)
    assert session.scalars(select(TestResult)).one().share == 0.86
    assert "86%" in client.get("/tests").text
    assert client.get("/tests/export.csv").data.decode("utf-8-sig").count("\n") == 2


def test_a_file_that_is_no_list_says_so(session, team, sign_in):
    client = sign_in(RoleName.hr)

    page = client.post("/tests/import", data={"pasted": "name,points\nA,1\n"})

    assert page.status_code == 200
    assert "The headings must name" in page.text
    assert client.get("/tests/list-zh.csv").data.decode("utf-8-sig").startswith("工号")


def test_the_command_says_what_stayed_out(session, team, app, tmp_path, monkeypatch):
    monkeypatch.setattr("qa_app.db.db.session.commit", session.flush)
    path = tmp_path / "tests.csv"
    path.write_text("employee number,quarter,written\nT0,2026-Q3,90\nT9,2026-Q3,80\n")

    result = app.test_cli_runner().invoke(args=["import", "test-results", str(path)])

    assert result.exit_code == 3
    assert "created: 1" in result.output
    assert "There is no agent “T9”" in result.output


def test_reasons_are_sentences(session, team, app):
    with app.test_request_context():
        report = import_results(session, None, rows({**GOOD, "points": "many"}))
        assert reason_of(report.refused[0]) == "“many” is no number. Write 85, 85% or 17/20."


def test_an_agent_sees_own_results_only(session, team, sign_in):
    import_results(session, None, rows(GOOD, {**GOOD, "employee_number": "T1", "points": "3/20"}))
    mine = session.scalars(select(User).where(User.name == "Agent 0")).one()
    client = sign_in(mine)

    page = client.get("/tests").text
    assert "85%" in page
    assert "Agent 1" not in page
    other = next(agent for agent in team.agents if agent.employee_number == "T1")
    assert client.get(f"/tests/agents/{other.id}").status_code == 404
    assert client.get("/tests/import").status_code == 404


def test_the_file_holds_what_the_filter_shows(session, team, sign_in):
    import_results(session, None, rows(GOOD, {**GOOD, "employee_number": "T1", "points": "3/20"}))
    client = sign_in(RoleName.hr)

    page = client.get("/tests?q=T1&kind=written").text
    file = client.get("/tests/export.csv?q=T1&kind=written").text
    assert "15%" in page
    assert "85%" not in page
    assert 'data-open-dialog="save-filter"' in page
    assert (file.count("T1"), file.count("T0")) == (1, 0)
    assert "data-dropped" in client.get("/tests?quarter=1999-Q1").text


# Ratings


@pytest.fixture
def asked(session, team):
    with travel(datetime(2026, 9, 28, 9, tzinfo=UTC)):
        return ratings.open_round(
            session, None, NewRound("Q3", "2026-09", "2026-10", date(2026, 10, 1), date(2026, 10, 10), peers_each=3)
        )


def forms(session, asked, **values):
    return session.scalars(select(Rating).filter_by(round_id=asked.id, **values).order_by(Rating.id)).all()


def send(session, rating, answer, comment=""):
    with travel(IN_ROUND):
        rater = session.get_one(User, rating.rater_id)
        ratings.send_rating(session, rater, rating, answers=dict.fromkeys(QUESTIONS, answer), comment=comment)


def test_a_round_asks_everybody_alike(session, team, asked):
    peers = forms(session, asked, kind=RatingKind.peer)

    assert len(forms(session, asked, kind=RatingKind.own)) == 5
    assert len(forms(session, asked, kind=RatingKind.supervisor)) == 5
    rated = [rating.agent_id for rating in peers]
    raters = [rating.rater_id for rating in peers]
    assert {rated.count(agent) for agent in rated} == {3}
    assert {raters.count(user) for user in raters} == {3}
    assert all(rating.rater.agent_id != rating.agent_id for rating in peers)


def test_forms_are_taken_while_the_round_is_open(session, team, asked):
    rating = forms(session, asked, kind=RatingKind.peer)[0]
    rater = session.get_one(User, rating.rater_id)

    for moment in (datetime(2026, 9, 30, 9, tzinfo=UTC), datetime(2026, 10, 11, 9, tzinfo=UTC)):
        with travel(moment), pytest.raises(RoundClosed):
            ratings.send_rating(session, rater, rating, answers=dict.fromkeys(QUESTIONS, 4))
    with travel(IN_ROUND), pytest.raises(AnswersMissing):
        ratings.send_rating(session, rater, rating, answers={"helps": 4})
    send(session, rating, 4)
    send(session, rating, 5)
    assert rating.value == 5.0


def test_two_colleagues_are_not_told_three_are(session, team, asked):
    agent_id = team.agents[0].id
    about = forms(session, asked, kind=RatingKind.peer, agent_id=agent_id)
    for rating, answer in zip(about[:2], (1, 2), strict=True):
        send(session, rating, answer, comment="Too loud")

    with travel(IN_ROUND):
        assert ratings_queries.ratings_of_agent(session, agent_id) == []
    with travel(AFTER):
        few = ratings_queries.ratings_of_agent(session, agent_id)[0]
    send(session, about[2], 5, comment="A help")
    with travel(AFTER):
        enough = ratings_queries.ratings_of_agent(session, agent_id)[0]

    assert (few.peers, few.comments) == (None, ())
    assert enough.peers == pytest.approx(8 / 3)
    assert enough.comments == ("A help", "Too loud", "Too loud")


def test_who_rated_is_on_no_page_of_the_rated(session, team, asked, sign_in):
    agent = team.agents[0]
    for rating in forms(session, asked, kind=RatingKind.peer, agent_id=agent.id):
        send(session, rating, 4, comment="Kind")
    client = sign_in(session.scalars(select(User).where(User.agent_id == agent.id)).one())

    with travel(AFTER):
        for path in ("/tests", f"/tests/agents/{agent.id}", "/tests/ratings"):
            page = client.get(path).text
            assert not any(f"Agent {number}" in page for number in range(1, 5)), path


def test_a_form_is_nobody_elses(session, team, asked, sign_in):
    rating = forms(session, asked, kind=RatingKind.peer)[0]
    stranger = session.scalars(select(User).where(User.id != rating.rater_id, User.agent_id.is_not(None))).first()

    with pytest.raises(NotFound):
        ratings_queries.get_own_rating(session, stranger, rating.id)
    with travel(IN_ROUND):
        client = sign_in(session.get_one(User, rating.rater_id))
        assert client.get(f"/tests/ratings/{rating.id}").status_code == 200
        sent = client.post(f"/tests/ratings/{rating.id}", data=dict.fromkeys(QUESTIONS, "4"))
        assert sent.status_code == 303
        missing = client.post(f"/tests/ratings/{rating.id}", data={"helps": "4"})
        assert "Choose an answer" in missing.text
    assert rating.value == 4.0


def test_who_still_has_forms_is_known_for_reminders(session, team, asked):
    send(session, forms(session, asked, kind=RatingKind.own)[0], 4)

    with travel(IN_ROUND):
        due = ratings_queries.ratings_due(session)
    with travel(AFTER):
        assert ratings_queries.ratings_due(session) == []

    assert sum(one.forms for one in due) == 24
    assert {one.days_left for one in due} == {5}


def test_hr_opens_a_round_and_sees_counts_only(session, team, sign_in):
    client = sign_in(RoleName.hr)
    typed = {"name": "Autumn", "first_month": "2026-10", "last_month": "2026-10", "opens_on": "2026-10-01",
             "closes_on": "2026-10-20", "peers_each": "3"}  # fmt: skip

    assert "wrong order" in client.post("/tests/ratings/rounds/new", data={**typed, "closes_on": "2026-09-01"}).text
    opened = client.post("/tests/ratings/rounds/new", data=typed)
    page = client.get(opened.location).text

    assert "0 / 3" in page
    assert "too few to count" in page
    with pytest.raises(RoundDates):
        ratings.open_round(
            session, None, NewRound("x", "2026-10", "2026-09", date(2026, 10, 1), date(2026, 10, 2), peers_each=3)
        )
