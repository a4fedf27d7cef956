"""The page of notices: one's own, newest first, read, marked and taken back; the bell counts what is unread."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import select

from qa_app.clock import travel
from qa_app.db import db
from qa_app.models import Notice, NoticeKind, RoleName
from qa_app.notices.reading import count_unread
from qa_app.notices.service import notify, resolve
from tests.factories.people import create_user

NOON = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)


def tell(session, user, number: int, *, days_ago: int = 0) -> Notice:
    with travel(NOON - timedelta(days=days_ago)):
        notify(
            session, [user.id], NoticeKind.appeal_opened, f"appeal:{number}", appeal_id=number, name=f"Agent {number}"
        )
    return session.scalar(select(Notice).where(Notice.thing == f"appeal:{number}", Notice.user_id == user.id))


def bell(answer) -> str:
    return re.sub(r"\s+", " ", re.search(r"(Notices: [^<]+)<", answer.text)[1]).strip()


@pytest.mark.parametrize("role", list(RoleName))
def test_every_role_has_a_page_that_says_when_it_is_empty(sign_in, role) -> None:
    page = sign_in(role).get("/notices")

    assert page.status_code == 200
    assert "Nothing yet." in page.text
    assert bell(page) == "Notices: none unread"


def test_notices_stand_under_their_days_newest_first(session, sign_in) -> None:
    lead = create_user(session, RoleName.qa_lead)
    for number, days_ago in ((1, 9), (2, 1), (3, 0)):
        tell(session, lead, number, days_ago=days_ago)

    with travel(NOON + timedelta(minutes=5)):
        page = sign_in(lead).get("/notices")

    assert re.findall(r'<h2 class="day"[^>]*>([^<]+)', page.text) == ["Today", "Yesterday", "9 Nov 2026"]
    assert re.findall(r"An appeal of (Agent \d)", page.text)[::2] == ["Agent 3", "Agent 2", "Agent 1"]
    assert bell(page) == "Notices: 3 unread"


def test_opening_leads_to_the_thing_and_marks_it_read(session, sign_in) -> None:
    lead = create_user(session, RoleName.qa_lead)
    notice = tell(session, lead, 7)
    client = sign_in(lead)

    answer = client.get(f"/notices/{notice.id}")

    assert answer.headers["Location"] == "/appeals/7"
    assert bell(client.get("/notices")) == "Notices: none unread"


def test_what_others_are_told_is_not_there(session, sign_in) -> None:
    lead, other = create_user(session, RoleName.qa_lead), create_user(session, RoleName.qa_lead)
    theirs = tell(session, other, 7)
    client = sign_in(lead)

    assert client.get(f"/notices/{theirs.id}").status_code == 404
    client.post("/notices/read", data={"notice_id": theirs.id})
    client.post("/notices/read", data={"all": "1"})

    assert count_unread(session, other) == 1
    assert "Agent 7" not in client.get("/notices").text


def test_one_and_all_are_marked_and_taken_back(session, sign_in) -> None:
    lead = create_user(session, RoleName.qa_lead)
    first, *_ = [tell(session, lead, number) for number in (1, 2, 3)]
    client = sign_in(lead)

    client.post("/notices/read", data={"notice_id": first.id})
    marked_one = client.get("/notices")
    client.post("/notices/take-back")
    taken_back = client.get("/notices")
    client.post("/notices/read", data={"all": "1"})
    marked_all = client.get("/notices")
    client.post("/notices/take-back")

    assert (bell(marked_one), "1 is marked as read." in marked_one.text) == ("Notices: 2 unread", True)
    assert (bell(taken_back), "marked as read." in taken_back.text) == ("Notices: 3 unread", False)
    assert (bell(marked_all), "All are marked as read." in marked_all.text) == ("Notices: none unread", True)
    assert count_unread(session, lead) == 3


def test_taking_back_leaves_what_was_read_before_and_what_is_over(session, sign_in) -> None:
    lead = create_user(session, RoleName.qa_lead)
    opened, over, _third = (tell(session, lead, number) for number in (1, 2, 3))
    client = sign_in(lead)
    client.get(f"/notices/{opened.id}")
    resolve(session, NoticeKind.appeal_opened, over.thing, because="decided")
    session.commit()

    client.post("/notices/read", data={"all": "1"})
    page = client.get("/notices")
    client.post("/notices/take-back")

    assert "decided meanwhile" in page.text
    assert count_unread(session, lead) == 1


def test_the_list_is_filtered_and_comes_in_pages(session, sign_in) -> None:
    lead = create_user(session, RoleName.qa_lead)
    for number in range(60):
        tell(session, lead, number)
    notify(session, [lead.id], NoticeKind.calibration_revealed, "calibration:1", session_id=1, name="November")
    client = sign_in(lead)

    assert "Showing 1 to 50 of 61" in client.get("/notices").text
    assert "Showing 1 to 1 of 1" in client.get("/notices?group=calibration").text
    client.post("/notices/read", data={"all": "1"})
    assert "No notice is like that." in client.get("/notices?unread=1").text
    assert "Showing 51 to 61 of 61" in client.get("/notices?page=2&group=nonsense").text
    back = client.post("/notices/read", data={"notice_id": 1, "unread": "1", "page": "2", "next": "//evil.example"})
    assert back.headers["Location"] == "/notices?unread=1&page=2"


def test_the_bell_costs_one_query_however_many_there_are(session, sign_in) -> None:
    lead = create_user(session, RoleName.qa_lead)
    client = sign_in(lead)

    def count() -> list[str]:
        session.expire_all()
        seen: list[str] = []
        listener = lambda *given: seen.append(given[2])  # noqa: E731
        sa.event.listen(db.engine, "before_cursor_execute", listener)
        assert client.get("/notices").status_code == 200
        sa.event.remove(db.engine, "before_cursor_execute", listener)
        return [statement for statement in seen if "notices" in statement]

    few = count()
    for number in range(60):
        tell(session, lead, number)
    session.commit()
    many = count()

    # The list, its length, and the bell.
    assert len(few) == len(many) == 3
    bell_query = next(statement for statement in many if "read_at IS NULL" in statement)
    plan = session.execute(sa.text(f"EXPLAIN QUERY PLAN {bell_query.replace('?', '1')}")).all()
    assert "ix__notices_unread" in str(plan)


def test_a_notice_that_this_version_cannot_read_hides_no_other(session, sign_in) -> None:
    lead = create_user(session, RoleName.qa_lead)
    tell(session, lead, 1)
    odd = tell(session, lead, 2)
    odd.kind, odd.params = "of_a_later_version", {}
    client = sign_in(lead)

    page = client.get("/notices")

    assert "Agent 1" in page.text
    assert "Something happened that concerns you" in page.text
    assert client.get(f"/notices/{odd.id}").headers["Location"] == "/notices"
