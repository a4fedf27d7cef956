"""An administrator brings a table in through the browser: file, columns, check, import, report, and back again."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from qa_app.clock import now
from qa_app.jobs import NoProgress
from qa_app.jobs.registry import handler_of
from qa_app.models import Conversation, ImportRun, JobRun, RoleName, Sample
from tests.factories.rubrics import create_published

pytestmark = pytest.mark.both_databases

TABLE = (
    "客户编号,需求渠道,提交时间,解决时间,处理人,满意度评分,等级\n"
    "C1,在线,2024-05-0114:30,2024-05-01 15:00,王五,5,金\n"
    "C2,电话,2026-13-02,,赵六,,银\n"
    "C3,电话,2024-05-02 09:00,,赵六,2,铜\n"
)


@pytest.fixture
def admin(sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    """An administrator's browser."""
    return sign_in(RoleName.administrator)


def upload(client: FlaskClient, content: bytes = TABLE.encode("gbk"), name: str = "登记表 2024-05.csv") -> Any:
    return client.post("/imports/new", data={"file": (io.BytesIO(content), name)})


def run_jobs(session: Session) -> None:
    """Do what the worker would do with the latest job."""
    session.expire_all()
    job = session.scalars(select(JobRun).order_by(JobRun.id.desc())).first()
    assert job is not None
    handler_of(job.kind)(session, job, NoProgress())
    session.commit()


def the_run(session: Session) -> ImportRun:
    session.expire_all()
    return session.scalars(select(ImportRun).order_by(ImportRun.id.desc())).first()  # type: ignore[return-value]


def walk_to_the_check(client: FlaskClient, session: Session) -> ImportRun:
    """Upload, match, check."""
    upload(client)
    run = the_run(session)
    columns = {
        "column-0": "customer_id", "column-1": "channel", "column-2": "opened_at", "column-3": "resolved_at",
        "column-4": "agent_id", "column-5": "surveys.score",
    }  # fmt: skip
    chosen = {"step": "check", "source": "desk", "channel": "other", "preset": ""}
    client.post(f"/imports/{run.id}/columns", data=columns | chosen)
    run_jobs(session)
    return the_run(session)


def test_the_columns_page_recognises_the_file(admin: FlaskClient, session: Session) -> None:
    reply = upload(admin)

    page = admin.get(reply.location).text
    assert "GB18030" in page.upper()
    assert page.index("等级") < page.index("客户编号"), "doubtful columns come first"
    assert "“2026-13-02” is not a date" in page
    assert "has lost the blank" in page


def test_the_button_sends_the_check_off_as_a_browser_sends_it(admin: FlaskClient, session: Session) -> None:
    address = upload(admin).location
    page = admin.get(address).text
    hidden = re.findall(r'<input[^>]*name="([^"]+)"[^>]*type="hidden"[^>]*value="([^"]*)"', page)
    # A browser sends the fields in the order of the page, and the button that was pressed after those before it.
    sent = [
        *hidden,
        ("preset", ""),
        ("channel", "other"),
        ("source", "desk"),
        ("column-0", "customer_id"),
        ("column-2", "opened_at"),
    ]

    reply = admin.post(address, data=MultiDict([*sent, ("step", "check")]))

    assert reply.status_code == 303
    assert the_run(session).state == "running"


def test_a_table_goes_in_step_by_step_and_comes_out_again(admin: FlaskClient, session: Session) -> None:
    run = walk_to_the_check(admin, session)
    assert (run.state, run.counts["created"], run.counts["rejected"]) == ("checked", 2, 1)
    assert session.scalar(select(func.count()).select_from(Conversation)) == 0
    assert "Import the good ones" in admin.get(f"/imports/{run.id}").text

    admin.post(f"/imports/{run.id}/start", data={"mode": "good"})
    run_jobs(session)

    assert the_run(session).state == "done"
    assert session.scalar(select(func.count()).select_from(Conversation)) == 2
    page = admin.get(f"/imports/{run.id}").text
    assert "Line 3, “opened”" in page
    assert "Undo this import" in page
    with admin.get(f"/imports/{run.id}/errors") as answer:
        errors = answer.data.decode("utf-8-sig")
    assert errors.splitlines()[0].endswith(",reason")
    assert errors.splitlines()[1].startswith("C2,")
    admin.post(f"/imports/{run.id}/undo")
    assert the_run(session).state == "undone"
    assert session.scalar(select(func.count()).select_from(Conversation)) == 0


def test_none_goes_in_unless_all_are_good(admin: FlaskClient, session: Session) -> None:
    run = walk_to_the_check(admin, session)

    admin.post(f"/imports/{run.id}/start", data={"mode": "all"})
    run_jobs(session)

    assert session.scalar(select(func.count()).select_from(Conversation)) == 0
    assert "nothing was written" in admin.get(f"/imports/{run.id}").text


def test_the_same_table_again_is_matched_as_before_and_changes_nothing(admin: FlaskClient, session: Session) -> None:
    first = walk_to_the_check(admin, session)
    admin.post(f"/imports/{first.id}/start", data={"mode": "good"})
    run_jobs(session)

    page = admin.get(upload(admin, name="again.csv").location).text
    assert 'value="desk"' in page
    again = walk_to_the_check(admin, session)
    assert (again.counts["created"], again.counts["updated"], again.counts["unchanged"]) == (0, 0, 2)


def test_an_import_that_was_sampled_stays(admin: FlaskClient, session: Session) -> None:
    run = walk_to_the_check(admin, session)
    admin.post(f"/imports/{run.id}/start", data={"mode": "good"})
    run_jobs(session)
    conversation = session.scalars(select(Conversation)).first()
    version = create_published(session)
    session.add(Sample(conversation_id=conversation.id, rubric_version_id=version.id, created_at=now()))
    session.commit()

    page = admin.post(f"/imports/{run.id}/undo", follow_redirects=True).text

    assert "drawn for inspection" in page
    assert session.scalar(select(func.count()).select_from(Conversation)) == 2


@pytest.mark.parametrize(
    ("pasted", "file"),
    [("", None), ("colour,shape\nred,round\n", None), ("", b"\0" * 9)],
    ids=["nothing", "odd", "bin"],
)
def test_what_is_no_table_is_answered_with_what_to_do(admin: FlaskClient, pasted: str, file: bytes | None) -> None:
    sent = {"file": (io.BytesIO(file), "x.bin")} if file else {"pasted": pasted}
    reply = admin.post("/imports/new", data=sent, follow_redirects=True)

    assert any(
        sentence in reply.text
        for sentence in ("Choose a file or paste some rows", "No heading names the conversation", "none of the formats")
    )


def test_empty_tables_have_headings_in_both_languages(admin: FlaskClient) -> None:
    assert admin.get("/imports/templates/en.csv").data.decode("utf-8-sig").startswith("Customer no.,")
    assert admin.get("/imports/templates/zh.csv").data.decode("utf-8-sig").startswith("客户编号,")
    assert admin.get("/imports/templates/fr.csv").status_code == 404


def test_the_list_shows_what_came_in(admin: FlaskClient, session: Session) -> None:
    assert "Nothing has been imported yet" in admin.get("/imports").text
    walk_to_the_check(admin, session)
    assert "checked" in admin.get("/imports").text
