"""Trends: what the lead and supervisors see, from what, and where it leads."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event, select, update

from qa_app.conversations.metrics import Grouping, metrics_table
from qa_app.db import db
from qa_app.jobs.queue import JobQueue
from qa_app.jobs.runner import run
from qa_app.models import Agent, Conversation, Evidence, JobRun, JobState, RoleName
from qa_app.trends.cases import count_cases, count_weeks
from qa_app.trends.inspected import read_inspected
from qa_app.trends.scope import Scope, watched_teams
from qa_app.trends.themes import THEMES, find_run, read_texts
from tests.factories.conversations import create_conversation
from tests.factories.months import MONTH, create_inspection, create_month
from tests.factories.people import create_agent, create_team, create_user
from tests.factories.rubrics import create_published
from tests.factories.sampling import create_draw
from tests.factories.sampling import create_month as create_drawn_month

pytestmark = pytest.mark.both_databases
UTC_ZONE = ZoneInfo("UTC")


@pytest.fixture(autouse=True)
def queued(monkeypatch) -> list[int]:
    """Jobs wait here until the test runs them: at once would be inside the commit that queues them."""
    waiting: list[int] = []
    monkeypatch.setattr(JobQueue, "enqueue", lambda _queue, run_id: waiting.append(run_id))
    return waiting


def everything(**more: object) -> Scope:
    return Scope(MONTH, UTC_ZONE, None, **more)


def text_of(html: str) -> str:
    """The words of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def supervisor_of(session, team):
    person = create_user(session, RoleName.supervisor)
    person.supervised_teams.append(team)
    session.flush()
    return person


def test_the_lead_sees_all_and_a_supervisor_the_own_team(session, sign_in):
    agents = create_month(session, agents=4)
    other = create_agent(session, "Far Away", team=create_team(session, "Hotline"))
    version = create_published(session)
    inspector = create_user(session, RoleName.inspector)
    create_inspection(session, create_conversation(session, other), inspector, version)

    lead = sign_in(RoleName.qa_lead).get("/trends").text
    mine = sign_in(supervisor_of(session, agents[0].team)).get(f"/trends?team={other.team_id}").text

    assert "21 conversations inspected" in lead
    assert "Hotline" in lead
    assert "20 conversations inspected" in mine
    assert "Far Away" not in mine
    assert "Hotline" not in mine
    for role in (RoleName.hr, RoleName.agent, RoleName.inspector, RoleName.administrator):
        assert sign_in(role).get("/trends").status_code == 404


def test_a_supervisor_without_a_team_sees_nobody(session, sign_in):
    create_month(session, agents=2)

    page = sign_in(RoleName.supervisor).get(f"/trends?month={MONTH}")

    assert page.status_code == 200
    assert "Nothing was inspected in this half year." in page.text
    assert "Agent 1" not in page.text


def test_the_newest_month_with_inspections_is_shown_unless_another_is_asked_for(session, sign_in):
    agents = create_month(session, agents=2)
    create_conversation(session, agents[0], opened_at=datetime(2026, 11, 5, tzinfo=UTC))
    lead = sign_in(RoleName.qa_lead)

    assert "October 2026" in lead.get("/trends").text
    assert "May 2026" in lead.get("/trends?month=2026-05").text
    assert "Expected a month like 2026-10." in lead.get("/trends?month=soon").text


def test_an_empty_house_has_an_empty_page(sign_in):
    page = sign_in(RoleName.qa_lead).get("/trends")

    assert page.status_code == 200
    assert "Nothing was inspected in this half year." in page.text


def test_what_is_no_random_sample_does_not_count(session):
    agent = create_agent(session)
    version, inspector = create_published(session), create_user(session, RoleName.inspector)

    def inspect(**values):
        return create_inspection(session, create_conversation(session, agent), inspector, version, **values)

    counted = inspect(answer=False)
    inspect(is_random=False)
    inspect(state="draft", submitted_at=None)

    assert [one.id for one in read_inspected(session, everything(), everything().span)] == [counted.conversation_id]


def test_a_conversation_scored_twice_is_one_with_the_mean_and_a_critical_one_scores_nothing(session):
    agent = create_agent(session)
    version = create_published(session)
    first, second = (create_user(session, RoleName.inspector, name=name) for name in ("First", "Second"))
    twice, critical = create_conversation(session, agent), create_conversation(session, agent)
    create_inspection(session, twice, first, version)
    create_inspection(session, twice, second, version, answer=False)
    create_inspection(session, critical, first, version, is_critical=True)

    found = {one.id: one for one in read_inspected(session, everything(), everything().span)}

    assert found[twice.id].score == 80
    assert len(found[twice.id].inspections) == 2
    assert found[critical.id].score == 0


def test_a_sample_stands_for_as_many_as_it_was_drawn_from(session):
    create_drawn_month(session, agents=2, each=9)
    draw = create_draw(session)
    version, inspector = create_published(session), create_user(session, RoleName.inspector)
    kept, older = draw.samples[:2]
    older.inclusion_probability = None
    for sample in (kept, older):
        create_inspection(session, sample.conversation, inspector, version, sample_id=sample.id)

    found = read_inspected(session, everything(), everything().span)

    assert [one.stands_for for one in found] == pytest.approx([9 / 5, 9 / 5])


def test_a_bar_leads_to_the_inspections_behind_it(session, sign_in):
    create_month(session)
    lead = sign_in(RoleName.qa_lead)
    page = lead.get("/trends").text
    link = re.search(r'href="(/trends/inspections\?criterion=[^"]+)"[^>]*>Complete answer<', page)

    listed = lead.get(link.group(1).replace("&amp;", "&"))

    assert "50 conversations inspected" in page
    assert "13 of 50" in page
    assert listed.status_code == 200
    assert "Complete answer" in listed.text
    assert "missed: answer" in listed.text
    assert "missed: greeting" not in listed.text
    assert listed.text.count("/view") == 13


def test_a_week_leads_to_its_inspections(session, sign_in):
    create_month(session, agents=2)
    lead = sign_in(RoleName.qa_lead)

    listed = lead.get("/trends/inspections?week=2026-W40").text

    assert "week=2026-W40" in lead.get("/trends").text
    assert listed.count("/view") == 10
    assert lead.get("/trends/inspections?week=2026-W41").text.count("/view") == 0
    assert lead.get("/trends/inspections?week=soon").status_code == 404
    assert lead.get("/trends/inspections?criterion=999.none").status_code == 404


def test_the_list_behind_keeps_to_the_team(session, sign_in):
    agents = create_month(session, agents=2)
    other = supervisor_of(session, create_team(session, "Hotline"))

    assert sign_in(other).get(f"/trends/inspections?month={MONTH}").text.count("/view") == 0
    assert sign_in(supervisor_of(session, agents[0].team)).get("/trends/inspections").text.count("/view") == 10


def test_fewer_than_thirty_conversations_are_counted_without_intervals(session, sign_in):
    create_month(session, agents=4)

    page = text_of(sign_in(RoleName.qa_lead).get("/trends").text)

    assert "Intervals need 30 inspected conversations: these are counts." in page
    assert "weeks so far: limits are drawn from 12 weeks on" in page or "week so far" in page


def test_what_fails_more_often_than_last_month_is_named(session, sign_in):
    agent = create_agent(session)
    version, inspector = create_published(session), create_user(session, RoleName.inspector)
    for day in range(40):
        for month in (9, 10):
            opened_at = datetime(2026, month, 1 + day % 28, 9, tzinfo=UTC)
            conversation = create_conversation(
                session, agent, opened_at=opened_at, topic="Recall" if month > 9 else "Bills"
            )
            create_inspection(session, conversation, inspector, version, answer=month == 9 or day % 2 == 0)

    page = text_of(sign_in(RoleName.qa_lead).get("/trends").text)

    assert "▲ new Complete answer 0% (0 of 40) before, 50% (20 of 40) now" in page
    assert "▲ new Recall 0% (0 of 40) before, 100% (40 of 40) now" in page
    assert "Greets the customer 0% (0 of 40) before" not in page


def test_repeat_contacts_are_those_of_the_metrics(session):
    people = [create_agent(session, f"Agent {number}", employee_number=f"R{number}") for number in range(3)]
    start = datetime(2026, 9, 26, tzinfo=UTC)
    for number in range(60):
        create_conversation(
            session,
            people[number % 3],
            opened_at=start + timedelta(hours=7 * number),
            customer_id=None if number % 11 == 0 else f"C{number % 4}",
            topic="" if number % 13 == 0 else ("refund", "delivery")[number % 2],
            channel=("chat", "phone")[number % 5 == 0],
        )
    # Exactly seven days later still repeats, a second more does not.
    for customer, seconds in (("E1", 0), ("E2", 1)):
        first = datetime(2026, 10, 3, 10, 0, 0, 123_456, tzinfo=UTC)
        for opened_at in (first, first + timedelta(days=7, seconds=seconds)):
            create_conversation(session, people[0], opened_at=opened_at, customer_id=customer, topic="refund")

    cases = count_cases(session, everything())
    table = metrics_table(session, MONTH, Grouping.agent)

    expected = {row["agent"]: row["repeat_contacts"] for row in table.records()}
    assert {agent.employee_number: cases[agent.id].repeats for agent in people} == expected
    assert sum(expected.values()) > 5


def test_counts_of_cases_keep_what_is_unknown_apart(session):
    agent = create_agent(session)
    create_conversation(session, agent, transfer_count=2, resolved=False, csat=5, survey_count=1, nps=10)
    create_conversation(session, agent, transfer_count=0, resolved=True, reopen_count=1, csat=3, survey_count=0, nps=3)
    create_conversation(session, agent, transfer_count=None, resolved=None, survey_count=1)

    (cases,) = count_cases(session, everything()).values()

    assert (cases.transferred, cases.transfers_known) == (1, 2)
    assert (cases.unresolved, cases.results_known) == (1, 2)
    assert (cases.reopened, cases.once_resolved) == (1, 1)
    assert (cases.satisfied, cases.rated, cases.asked) == (1, 2, 3)
    assert (cases.promoters, cases.detractors, cases.nps_answers) == (1, 1, 2)


@pytest.fixture
def one_stands_out(session) -> list[Agent]:
    """Eight agents who resolve nine in ten, and Bea Odd, who resolves hardly anything."""
    people = [create_agent(session, f"Plain {number}") for number in range(8)] + [create_agent(session, "Bea Odd")]
    for person in people:
        for number in range(60):
            resolved = number % 10 != 0 if person.name != "Bea Odd" else number % 10 == 0
            create_conversation(session, person, resolved=resolved)
    session.commit()
    return people


def test_only_agents_outside_the_limits_are_named_to_a_supervisor(session, sign_in, one_stands_out):
    lead = text_of(sign_in(RoleName.qa_lead).get(f"/trends?month={MONTH}").text)
    mine = text_of(sign_in(supervisor_of(session, one_stands_out[0].team)).get(f"/trends?month={MONTH}").text)

    for page in (lead, mine):
        assert "Bea Odd ▲ more often, surely 90% (54 of 60)" in page
        assert "Agents differ" in page
    assert "Plain 3 10% 6 of 60" in lead
    assert "Plain 3" not in mine.partition("What do customers say?")[0]


def test_ratings_show_who_answered_and_that_few_are_too_few(session, sign_in):
    agents = create_month(session, agents=9)
    session.execute(update(Conversation).where(Conversation.agent_id == agents[0].id).values(csat=None))
    for number, score in enumerate((10, 10, 9, 9, 8, 2)):
        create_conversation(session, agents[1], nps=score, survey_count=1, external_id=f"nps{number}")
    session.commit()

    page = text_of(sign_in(RoleName.qa_lead).get("/trends").text)

    assert "too few: 0 of 5" in page
    # 80 answers of 90 asked for stars and six for a recommendation alone; 100 · (5 − 2)/8 with an error of 30.
    assert "81% 71–88% n 80 65 of 80 83% (75–89%) 68–90%" in page
    # The mean of all 80 with the spread within agents; fewer than five answers have none.
    found = re.search(r"68–90% (\d\.\d\d) \((\d\.\d\d) to (\d\.\d\d)\)", page)
    ratings = session.scalars(select(Conversation.csat).where(Conversation.csat.is_not(None))).all()
    assert float(found[1]) == pytest.approx(sum(ratings) / 80, abs=0.006)
    assert 0.1 < float(found[3]) - float(found[2]) < 0.8
    assert "38 (−22 to 97), n 6" in page


def test_too_few_texts_make_no_themes_and_nothing_can_be_started(session, sign_in):
    create_month(session, agents=3)

    page = sign_in(RoleName.qa_lead).get("/trends").text

    assert "Themes need 60 different texts of one language; there are 2." in page
    assert "Look for themes" not in page


_THEMES = (
    "the warehouse was blamed for the late parcel and the carrier for the rest",
    "no greeting and no name was said at the beginning of the call",
    "the order number was never asked for and the need not repeated back",
)


def write_texts(session) -> None:
    """Give every failing evidence words of one of three themes, none twice."""
    fillers = ("order", "lamp", "box", "table", "chair", "sofa", "desk")
    for number, place in enumerate(session.query(Evidence).filter(Evidence.is_praise.is_(False))):
        place.quote = f"{_THEMES[number % 3]} {fillers[number % 7]} {number}"
    session.commit()


def test_themes_are_looked_for_as_a_job_and_found_again(session, sign_in, queued):
    create_month(session, agents=20, inspections=12)
    write_texts(session)
    user = create_user(session, RoleName.qa_lead)
    lead = sign_in(user)
    assert "Look for themes" in lead.get("/trends").text

    answer = lead.post("/trends/themes", data={"month": MONTH})
    waiting = lead.get("/trends").text
    lead.post("/trends/themes", data={"month": MONTH})
    assert len(queued) == 1
    run(queued.pop())
    page = lead.get("/trends").text

    assert answer.status_code == 303
    assert 'data-job-state="waiting"' in waiting
    assert "Look for themes" not in page
    assert "warehouse" in text_of(page)
    assert page.count('class="quote loss"') == 9
    found = session.query(JobRun).filter_by(kind=THEMES).one()
    assert found.state == JobState.done
    assert "warehouse was blamed" not in str(found.result)
    assert found.result["url"] == f"/trends?month={MONTH}"


def test_new_texts_are_looked_through_anew(session, sign_in, queued):
    create_month(session, agents=20, inspections=12)
    write_texts(session)
    lead = sign_in(RoleName.qa_lead)
    lead.post("/trends/themes", data={"month": MONTH})
    run(queued.pop())

    session.query(Evidence).filter(Evidence.is_praise.is_(False)).first().quote = "something quite different"
    session.commit()

    assert "Look for themes" in lead.get("/trends").text


def test_a_search_of_a_team_reads_that_team_alone(session, sign_in, queued):
    agents = create_month(session, agents=20, inspections=12)
    write_texts(session)
    supervisor = supervisor_of(session, agents[0].team)
    apart = create_team(session, "Hotline")
    for agent in agents[:2]:
        agent.team = apart
    session.commit()

    sign_in(supervisor).post("/trends/themes", data={"month": MONTH})
    run(queued.pop())

    scope = Scope(MONTH, UTC_ZONE, watched_teams(supervisor))
    texts = read_texts(session, scope)
    found = find_run(session, session.query(JobRun).filter_by(kind=THEMES).one().params["digest"])
    assert found.result["languages"]["en"]["texts"] == len(texts) < len(read_texts(session, everything()))


def count_queries(client, path: str) -> int:
    """How many statements a page takes."""
    seen: list[str] = []
    client.get(path)  # the first one after a change also reads what the session remembers afterwards

    def note(*given: object) -> None:
        seen.append(str(given[2]))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert client.get(path).status_code == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return sum(statement.lstrip().upper().startswith("SELECT") for statement in seen)


def test_the_pages_take_the_same_number_of_queries_however_much_there_is(session, sign_in):
    create_month(session, agents=2)
    lead = sign_in(create_user(session, RoleName.qa_lead))
    paths = ("/trends", "/trends/inspections")
    few = [count_queries(lead, path) for path in paths]

    people = [
        create_agent(session, f"More {number}", team=create_team(session, f"Team {number}")) for number in range(12)
    ]
    version, inspector = create_published(session), create_user(session, RoleName.inspector)
    for person in people:
        for day in range(6):
            opened_at = datetime(2026, 9 + day % 2, 3 + day, tzinfo=UTC)
            conversation = create_conversation(session, person, opened_at=opened_at, topic=f"Topic {day}")
            create_inspection(session, conversation, inspector, version, answer=day % 2 == 0)
    session.commit()

    assert [count_queries(lead, path) for path in paths] == few
    assert max(few) <= 19


@pytest.fixture
def twenty_weeks(session) -> list[Agent]:
    """Sixty conversations a week of which six stay unresolved, and one week in which forty do."""
    person = create_agent(session, "Plain Week")
    monday = datetime(2026, 6, 8, 9, tzinfo=UTC)
    for week in range(20):
        for number in range(60):
            create_conversation(
                session,
                person,
                opened_at=monday + timedelta(weeks=week, hours=number),
                resolved=number >= (40 if week == 10 else 6),
                transfer_count=0,
            )
    session.commit()
    return [person]


def test_cases_are_counted_by_the_weeks_of_the_zone(session):
    agent = create_agent(session)
    shanghai = Scope(MONTH, ZoneInfo("Asia/Shanghai"), None)
    for opened_at in (datetime(2026, 10, 11, 15, 59, tzinfo=UTC), datetime(2026, 10, 11, 16, 0, tzinfo=UTC)):
        create_conversation(session, agent, opened_at=opened_at, resolved=False, transfer_count=1, reopen_count=1)

    weeks = count_weeks(session, shanghai)

    assert {week: cases.conversations for week, cases in weeks.items()} == {"2026-W41": 1, "2026-W42": 1}
    cases = weeks["2026-W42"]
    assert (cases.unresolved, cases.results_known, cases.transferred, cases.reopened) == (1, 1, 1, 1)


def create_later_data(session):
    """Data reach far enough for every week of the month to be settled."""
    create_conversation(session, create_agent(session), opened_at=datetime(2026, 11, 10, tzinfo=UTC))
    session.commit()


def test_a_week_beyond_what_weeks_differ_by_is_named_with_its_limits(session, twenty_weeks, sign_in):
    create_later_data(session)

    page = text_of(sign_in(RoleName.qa_lead).get(f"/trends?month={MONTH}").text)

    assert "Do rates move?" in page
    assert "▲ Above the limits in week 34." in page
    assert "p̄ = 154/1,200 = 12.8%" in page
    assert "2026-W34 ▲ 67% 54–77% 40 of 60 0.0–" in page
    assert "Transfers Conversations handed on to somebody else None in 1,200 conversations." in page


def test_few_weeks_have_no_limits(session, sign_in):
    agent = create_agent(session)
    for week in range(3):
        for number in range(10):
            opened_at = datetime(2026, 10, 5, 9, tzinfo=UTC) + timedelta(weeks=week, hours=number)
            create_conversation(session, agent, opened_at=opened_at, resolved=number > 2)
    create_later_data(session)

    page = text_of(sign_in(RoleName.qa_lead).get(f"/trends?month={MONTH}").text)

    assert "3 weeks so far: limits are drawn from 12 weeks on, so nothing is called a change yet." in page


def test_the_newest_week_is_no_alarm_while_its_tickets_are_young(session, twenty_weeks, sign_in):
    newest = session.scalars(
        select(Conversation).where(Conversation.opened_at >= datetime(2026, 10, 19, tzinfo=UTC))
    ).all()
    for conversation in newest:
        conversation.resolved = False
    session.commit()

    young = sign_in(RoleName.qa_lead).get(f"/trends?month={MONTH}").text
    create_later_data(session)
    later = text_of(sign_in(RoleName.qa_lead).get(f"/trends?month={MONTH}").text)

    page = text_of(young)
    assert "○ Weeks 42, 43: still open, no sign yet." in page
    assert "2026-W43 100% 94–100% 60 of 60 still open, no sign yet" in page
    assert "Above the limits in week 34." in page
    assert "A hollow dot: the week ended less than 7 days before the newest data." in page
    assert young.count('class="agent open"') == 2 * 2
    assert "▲ Above the limits in weeks 34, 43." in later
    assert "still open, no sign yet" not in later


def test_a_rate_of_few_cases_says_that_there_are_too_few(session, sign_in):
    person = create_agent(session)
    for week in range(20):
        for number in range(15):
            opened_at = datetime(2026, 6, 1, 9, tzinfo=UTC) + timedelta(weeks=week, hours=number)
            create_conversation(session, person, opened_at=opened_at, resolved=number > 0 or week % 2 > 0)
    create_later_data(session)

    page = text_of(sign_in(RoleName.qa_lead).get(f"/trends?month={MONTH}").text)

    assert "Too few to tell in every week: nothing is called a change." in page
    assert "1 of 15 too few to tell" in page
