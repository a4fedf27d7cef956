"""The administrator brings a list of people: file, check that changes nothing, import, report."""

from __future__ import annotations

import io
import os
import time

import pytest
from flask_security import verify_password
from sqlalchemy import func, select
from xlsxwriter import Workbook

from qa_app import audit
from qa_app.conversations import people_lists
from qa_app.home_folder import home_folder
from qa_app.jobs.duties import perform
from qa_app.jobs.queue import JobQueue
from qa_app.jobs.runner import run
from qa_app.models import Agent, AuditEvent, RoleName, Team, User
from tests.factories.people import PASSWORD, create_agent, create_user

pytestmark = pytest.mark.both_databases

LIST = f"""工号,姓名,班组,邮箱,角色,初始密码,鞋码
1001,王骉,热线,wang@example.com,客服,{PASSWORD},44
1002,李敏,热线,,,,
,Nobody,,,,,
,Jonas,,jonas@example.com,boss,,
"""


@pytest.fixture(autouse=True)
def queued(monkeypatch) -> list[int]:
    """Job runs that wait: the tests' one connection has no room for a job inside the commit that queues it."""
    waiting: list[int] = []
    monkeypatch.setattr(JobQueue, "enqueue", lambda _queue, run_id: waiting.append(run_id))
    return waiting


@pytest.fixture
def admin(sign_in, app, session):
    yield sign_in(RoleName.administrator, name="Ada")
    with app.app_context():
        for path in home_folder().folder("uploads/people").iterdir():
            path.unlink()


def bring(client, content: bytes | str = LIST, name: str = "people.csv"):
    data = content.encode() if isinstance(content, str) else content
    return client.post("/people/import", data={"file": (io.BytesIO(data), name)}, content_type="multipart/form-data")


def start(client, address: str, queued: list[int]):
    """Start the import and let the worker work; return the report."""
    answer = client.post(f"{address}/start")
    while queued:
        run(queued.pop())
    return client.get(answer.headers["Location"])


def counts(session) -> tuple[int, ...]:
    return tuple(session.scalar(select(func.count()).select_from(model)) for model in (Agent, Team, User))


def test_the_check_counts_and_names_errors_and_changes_nothing(admin, session) -> None:
    before = counts(session)

    answer = bring(admin)
    page = admin.get(answer.headers["Location"]).text

    assert answer.status_code == 303
    for words in ("agents added", "people let in", "teams added", "王骉", "Rows left out: 2", "no such role: boss"):
        assert words in page, words
    assert "鞋码" in page.split("Columns that are not used:")[1]
    assert PASSWORD not in page
    assert counts(session) == before
    audit.seal_pending(session)
    assert "user.create" not in session.scalars(select(AuditEvent.action)).all()


def test_the_import_brings_in_the_good_rows_and_reports(admin, session, queued) -> None:
    address = bring(admin).headers["Location"]

    page = start(admin, address, queued).text

    user = session.scalar(select(User).where(User.email == "wang@example.com"))
    assert (user.agent.name, user.agent.team.name, user.role_names) == ("王骉", "热线", {RoleName.agent})
    assert verify_password(PASSWORD, user.password)
    assert user.password_is_temporary
    assert "What came in" in page
    assert "Rows left out: 2" in page
    assert admin.get(address).status_code == 404, "the list is forgotten"
    audit.seal_pending(session)
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "people.import")).one()
    assert event.actor_name == "Ada"
    assert event.data["refused"] == 2
    assert list(audit.verify_chain(session)) == []


def test_the_same_list_again_changes_nothing(admin, queued) -> None:
    start(admin, bring(admin).headers["Location"], queued)

    page = admin.get(bring(admin).headers["Location"]).text

    assert "agents as before" in page
    assert "agents added" not in page


def test_a_workbook_is_read_as_people_see_it(admin, session, queued) -> None:
    file = io.BytesIO()
    with Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Employee number", "Name", "Hired on"])
        sheet.write_row(1, 0, [2001, "Li"])
        sheet.write_string(1, 2, "2025-03-01")

    address = bring(admin, file.getvalue(), "people.xlsx").headers["Location"]
    start(admin, address, queued)

    agent = session.scalar(select(Agent).where(Agent.employee_number == "2001"))
    assert (agent.name, str(agent.hired_on)) == ("Li", "2025-03-01")


def test_pasted_rows_do_too(admin) -> None:
    answer = admin.post("/people/import", data={"pasted": "email\troles\nmiriam@example.com\thr\n"})

    assert "people let in" in admin.get(answer.headers["Location"]).text


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("shoe size\n44\n", "No column names people"),
        ("email,roles\n", "There is no row below the headings."),
        ("email,roles\na@example.com,hr,too,many\n", "Line 2: "),
        ("email\n" + "a@example.com\n" * 2001, "More than 2000 rows"),
        ("", "Choose a file"),
    ],
)
def test_what_is_no_list_of_people_is_said_beside_the_field(admin, content, said) -> None:
    answer = bring(admin, content) if content else admin.post("/people/import", data={})

    assert answer.status_code == 200
    assert said in answer.text


def test_a_list_belongs_to_who_brought_it(admin, sign_in) -> None:
    address = bring(admin).headers["Location"]
    other = sign_in(RoleName.administrator)

    assert other.get(address).status_code == 404
    assert other.post(f"{address}/start").status_code == 404
    assert other.post(f"{address}/forget").status_code == 404
    assert admin.get("/people/import/../../secrets.json").status_code == 404


def test_a_list_lies_sealed_and_is_thrown_away_on_demand(admin, app) -> None:
    address = bring(admin).headers["Location"]
    with app.app_context():
        (path,) = home_folder().folder("uploads/people").iterdir()
    assert PASSWORD.encode() not in path.read_bytes()

    admin.post(f"{address}/forget")

    assert not path.exists()


def test_a_list_that_nobody_imports_is_forgotten_after_a_day(admin, app) -> None:
    bring(admin)
    with app.app_context():
        (path,) = home_folder().folder("uploads/people").iterdir()
        perform("people.forget_lists")
        assert path.exists()
        yesterday = time.time() - people_lists.KEPT_FOR.total_seconds() - 60
        os.utime(path, (yesterday, yesterday))

        perform("people.forget_lists")

    assert not path.exists()


def test_an_import_whose_list_is_gone_says_so(admin, session, queued) -> None:
    address = bring(admin).headers["Location"]
    started = admin.post(f"{address}/start").headers["Location"]
    admin.post(f"{address}/forget")

    run(queued.pop())

    page = admin.get(started).text
    assert "the list is not there any more; upload it again" in page
    assert "Nobody came in." in page
    assert admin.post(f"{address}/start").status_code == 404


def test_the_pages_speak_chinese(admin) -> None:
    headers = {"Accept-Language": "zh-CN"}
    page = admin.get(bring(admin).headers["Location"], headers=headers).text

    for words in ("新增客服", "没有这个角色：boss", "未导入的行：2"):
        assert words in page, words


def test_the_templates_can_be_sent_back_as_they_are(admin, session) -> None:
    for language in ("en", "zh"):
        content = admin.get(f"/people/import/list-{language}.csv").data

        page = admin.get(bring(admin, content).headers["Location"]).text

        assert "agents added" in page, language
        assert "Rows left out" not in page, language
        assert "Columns that are not used" not in page, language
    assert admin.get("/people/import/list-tlh.csv").status_code == 404


def test_the_last_administrator_and_taken_numbers_are_refused_in_the_check(admin, session) -> None:
    create_user(session, RoleName.agent, email="wang@example.com").agent = create_agent(session, employee_number="1001")
    session.commit()
    text = f"email,roles,employee number\n{admin.user.email},hr,\nli@example.com,agent,1001\n"

    page = admin.get(bring(admin, text).headers["Location"]).text

    assert "nobody would be left to administer" in page
    assert "wang@example.com has this number" in page
    assert admin.get("/audit").status_code == 200, "still administrator"
