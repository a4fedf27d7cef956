"""Filters of lists: the address is the filter, kept by name, and what no longer fits is left out and named."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from flask_login import login_user
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from qa_app.conversations.listing import CONVERSATIONS
from qa_app.db import db
from qa_app.lists import service
from qa_app.lists.asked import read_query
from qa_app.models import AuditEvent, RoleName, SavedFilter
from tests.factories.coaching import create_coached_centre
from tests.factories.conversations import create_conversation
from tests.factories.people import create_agent, create_team, create_user

LISTS = ("/conversations", "/inspections", "/inspections/in-hand", "/appeals", "/coaching")


@pytest.fixture
def lead(session: Session):
    return create_user(session, RoleName.qa_lead, name="Priya Nandakumar")


@pytest.fixture
def asked(app, session: Session, lead):
    """Reads queries of the conversation list as the lead does."""
    session.commit()
    with app.test_request_context("/conversations"):
        login_user(lead)
        yield lambda query: read_query(CONVERSATIONS, query)


def names(session: Session) -> list[str]:
    return list(session.scalars(select(SavedFilter.name).order_by(SavedFilter.id)))


@pytest.mark.both_databases
def test_a_filter_is_kept_renamed_replaced_and_deleted(session: Session, lead, asked) -> None:
    saved = service.save_filter(session, lead, asked("rating=low&channel=chat"), "低分")
    assert saved.query == "channel=chat&rating=low", "in the order of the fields, whatever the address had"

    with pytest.raises(service.NameTaken):
        service.save_filter(session, lead, asked("channel=phone"), "低分")
    assert service.save_filter(session, lead, asked("channel=phone"), "低分", replace=True).id == saved.id
    assert saved.query == "channel=phone"

    other = service.save_filter(session, lead, asked("sort=csat&order=asc"), "By rating")
    with pytest.raises(service.NameTaken):
        service.rename_filter(session, lead, other, "低分")
    service.rename_filter(session, lead, other, "Lowest rating")
    service.delete_filter(session, lead, saved)
    session.commit()

    assert names(session) == ["Lowest rating"]
    deeds = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert deeds == ["filter.save", "filter.save", "filter.save", "filter.rename", "filter.delete"]


@pytest.mark.both_databases
def test_two_people_may_use_one_name_and_nobody_keeps_too_many(session: Session, lead, asked, monkeypatch) -> None:
    monkeypatch.setattr(service, "MOST_FILTERS", 2)
    other = create_user(session, RoleName.qa_lead)
    for user in (lead, other):
        service.save_filter(session, user, asked("channel=chat"), "Chats")
    service.save_filter(session, lead, asked("channel=phone"), "Calls")

    with pytest.raises(service.TooMany):
        service.save_filter(session, lead, asked("channel=email"), "Mails")
    with pytest.raises(service.NothingSet):
        service.save_filter(session, other, asked("channel=&page=3"), "All")
    assert names(session) == ["Chats", "Chats", "Calls"]


def test_an_address_leaves_out_what_is_not_offered_and_says_so(session: Session, sign_in, lead) -> None:
    create_conversation(session, create_agent(session))
    client = sign_in(lead)

    page = client.get("/conversations?channel=chat&channel=fax&team=77&opened_from=soon&colour=red&sort=size").text

    said = re.search(r"data-dropped.*?</div>", page, re.S).group()
    for part in ("Channel: fax", "Team: 77", "Opened from: soon", "colour: red", "Order: size"):
        assert part in said
    assert 'href="/conversations?channel=chat"' in said, "the way on is the address without them"
    assert len(re.findall(r"data-row-link", page)) == 1
    assert "data-dropped" not in client.get("/conversations?channel=chat&page=1&did=7").text


def test_a_kept_filter_is_a_link_with_a_mark_where_one_is(session: Session, sign_in, lead) -> None:
    create_conversation(session, create_agent(session))
    client = sign_in(lead)

    sent = {"page": "conversations.index", "query": "channel=chat&sort=csat&order=asc", "name": "Chats by rating"}
    answer = client.post("/filters/new", data=sent)
    assert answer.location == "/conversations?channel=chat&sort=csat&order=asc"

    here = client.get(answer.location).text
    assert re.search(r'is-current" href="/conversations\?channel=chat&amp;sort=csat&amp;order=asc" aria-current', here)
    assert 'data-open-dialog="save-filter"' not in here, "it is kept already"
    elsewhere = client.get("/conversations?channel=phone").text
    assert "Chats by rating" in elsewhere
    assert "is-current" not in elsewhere
    assert "Chats by rating" not in client.get("/appeals").text
    assert 'href="/conversations?channel=chat&amp;sort=csat&amp;order=asc"' in client.get("/search?q=by+rating").text


def test_a_name_that_is_taken_comes_back_with_the_way_out(session: Session, sign_in, lead) -> None:
    client = sign_in(lead)
    sent = {"page": "conversations.index", "query": "channel=chat", "name": "Mine"}
    client.post("/filters/new", data=sent)

    page = client.post("/filters/new", data={**sent, "query": "channel=phone"}).text
    assert "You have a filter of this name" in page
    assert 'value="Mine"' in page
    assert client.post("/filters/new", data={**sent, "query": "channel=phone", "replace": "y"}).status_code == 303
    assert session.scalar(select(SavedFilter.query)) == "channel=phone"
    assert "Give the filter a name." in client.post("/filters/new", data={**sent, "name": " "}).text


def test_a_deleted_filter_is_offered_back(session: Session, sign_in, lead) -> None:
    client = sign_in(lead)
    sent = {"page": "coaching.index", "query": "state=open", "name": "To do"}
    client.post("/filters/new", data=sent)
    kept = session.scalar(select(SavedFilter.id))

    page = client.post(f"/filters/{kept}/delete", follow_redirects=True).text
    assert "The filter “To do” is deleted." in page
    offered = dict(re.findall(r'name="(name|page|query)" value="([^"]*)"', page))
    client.post("/filters/new", data=offered)

    assert names(session) == ["To do"]
    assert "is deleted" not in client.get("/filters").text


def test_filters_of_others_and_of_closed_lists_do_not_exist(session: Session, sign_in, lead) -> None:
    sign_in(lead).post("/filters/new", data={"page": "appeals.index", "query": "state=open", "name": "Open"})
    kept = session.scalar(select(SavedFilter.id))
    stranger = sign_in(RoleName.qa_lead)

    assert stranger.post(f"/filters/{kept}/delete").status_code == 404
    assert stranger.post(f"/filters/{kept}/rename", data={"name": "Mine"}).status_code == 404
    agent = sign_in(RoleName.agent)
    assert agent.get("/filters/new?page=inspections.index&query=month=2026-10").status_code == 404
    assert agent.get("/filters/new?page=nothing").status_code == 404
    assert agent.get("/filters/new").location == "/filters"
    assert names(session) == ["Open"]


def test_the_order_stands_in_words_in_the_heading_and_in_the_address(session: Session, sign_in, lead) -> None:
    create_conversation(session, create_agent(session))
    client = sign_in(lead)

    page = client.get("/conversations?channel=chat&sort=handle&order=asc").text

    assert "Order: Handle time, shortest first" in page
    assert re.search(r'aria-sort="ascending"><a class="sort" href="/conversations\?channel=chat&amp;sort=handle', page)
    assert page.count("aria-sort") == 1
    assert 'name="sort" value="handle"' in page, "a new filter keeps the order"


def queries_of(client, address: str) -> list[str]:
    seen: list[str] = []
    bind = db.session().get_bind()

    def note(*given: object) -> None:
        seen.append(str(given[2]))

    event.listen(bind, "before_cursor_execute", note)
    try:
        assert client.get(address).status_code == 200
    finally:
        event.remove(bind, "before_cursor_execute", note)
    # Savepoints are the tests' own; whether the organisation is still at hand is the garbage collector's matter.
    return [one for one in seen if "SAVEPOINT" not in one and "FROM organisations" not in one]


@pytest.mark.parametrize("address", LISTS)
def test_a_list_asks_as_often_however_long_it_is(session: Session, sign_in, lead, address: str) -> None:
    centre = create_coached_centre(session)
    client = sign_in(lead)
    client.get(address)
    before = queries_of(client, address)

    for day in range(60):
        create_conversation(session, create_agent(session, team=create_team(session, f"Team {day}")))
        centre.inspect(session, centre.weak, datetime(2026, 9, 1, 9, day, tzinfo=UTC), greets=False)
    session.commit()

    assert queries_of(client, address) == before
