"""Forms carry a token that is checked; whoever was signed out meanwhile is told so and loses nothing."""

from __future__ import annotations

import html
import re
from urllib.parse import unquote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_security import hash_password
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.assessment import service as assessment
from qa_app.inspections import service as inspections
from qa_app.models import Answer, JobRun, RoleName, Team, User
from tests.factories.inspections import create_open_inspection
from tests.factories.months import MONTH, create_month
from tests.factories.people import PASSWORD, create_user

HERE = {"Origin": "http://localhost"}
OLD = "of yesterday"
TOKEN = re.compile(r'name="csrf[_-]token"[^>]*(?:value|content)="([^"]+)"|id="csrf_token"[^>]*value="([^"]+)"')
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


@pytest.fixture(autouse=True)
def _tokens_are_checked(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a real installation; the other tests do without."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    monkeypatch.setitem(app.config, "WTF_CSRF_CHECK_DEFAULT", True)


@pytest.fixture
def administrator(session: Session) -> User:
    person = create_user(session, RoleName.administrator, RoleName.hr, email="wu@example.com")
    person.password = hash_password(PASSWORD)
    return person


def token_of(client: FlaskClient, address: str) -> str:
    """Return the token that a page carries."""
    found = TOKEN.search(client.get(address).text)
    assert found is not None, address
    return found[1] or found[2]


def sign_in_by_form(client: FlaskClient) -> None:
    token = token_of(client, "/sign-in")
    answer = client.post("/sign-in", data={"email": "wu@example.com", "password": PASSWORD, "csrf_token": token})
    assert answer.headers["Location"] == "/"


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/account/session").json["signed_in"]


def start_scoring(session: Session):
    """Return an inspection and what its page sends when a criterion is answered."""
    _, inspection = create_open_inspection(session)
    change = {"kind": "answer", "code": "greeting", "value": {"level": "yes"}}
    return inspection, {"token": "a", "revision": 0, "seconds": 3, "changes": [change]}


def test_signing_in_and_out_carries_a_token(administrator, client) -> None:
    sign_in_by_form(client)
    assert is_signed_in(client)

    client.post("/sign-out", data={"csrf_token": token_of(client, "/account")})

    assert not is_signed_in(client)


def test_signing_out_without_a_token_is_refused(administrator, client) -> None:
    sign_in_by_form(client)

    assert client.post("/sign-out").status_code == 400
    assert is_signed_in(client)


def test_a_sign_in_page_from_yesterday_is_shown_anew(administrator, client) -> None:
    answer = client.post("/sign-in?next=/people", data={"email": "wu@example.com", "password": PASSWORD})

    assert answer.headers["Location"] == "/sign-in?next=/people"
    assert "This page was open for too long." in client.get(answer.headers["Location"]).text
    assert not is_signed_in(client)


def test_an_answer_is_saved_with_the_token_only(session, sign_in) -> None:
    inspection, body = start_scoring(session)
    client = sign_in(inspection.inspector)
    address = f"/inspections/{inspection.id}"
    token = token_of(client, address)

    refused = client.post(f"{address}/save", json=body)
    assert refused.status_code == 400
    assert session.scalar(select(Answer.criterion)) is None

    saved = client.post(f"{address}/save", json=body, headers={"X-CSRFToken": token})
    assert saved.status_code == 200
    assert session.scalars(select(Answer.criterion)).all() == ["greeting"]


def test_an_export_is_started_with_the_token_only(session, sign_in, administrator) -> None:
    create_month(session, agents=1)
    assessment.compute_month(session, administrator, MONTH)
    client = sign_in(administrator)
    exports = select(JobRun).where(JobRun.kind == "reporting.export")

    assert client.post(f"/exports/{MONTH}", data={"language": "en"}).status_code == 400
    assert session.scalar(exports) is None

    token = token_of(client, "/exports")
    answer = client.post(f"/exports/{MONTH}", data={"language": "en", "csrf_token": token})
    assert answer.status_code == 303
    assert session.scalar(exports) is not None


def test_a_script_of_a_signed_out_page_is_told_so(session, client) -> None:
    inspection, body = start_scoring(session)
    session.commit()

    answer = client.post(f"/inspections/{inspection.id}/save", json=body, headers={"X-CSRFToken": "of yesterday"})

    assert answer.status_code == 401
    assert answer.json["error"] == "You are signed out."
    assert inspections.load_draft(session, inspection.id).answers == []


def test_a_fragment_of_a_signed_out_page_says_so_in_few_words(client) -> None:
    answer = client.post("/plans/new", headers={"HX-Request": "true"})

    assert answer.status_code == 401
    assert "You are signed out." in answer.text
    assert "<html" not in answer.text


def test_a_form_of_a_signed_out_person_can_be_sent_again(session, administrator, client) -> None:
    lost = client.post("/teams/new", data={"name": '夜班 "B"', "name_zh": "", "csrf_token": OLD}, headers=HERE)
    assert lost.status_code == 401
    assert "what you entered is kept on this page" in lost.text
    kept = {name: html.unescape(value) for name, value in HIDDEN.findall(lost.text.split("Send again")[0])}

    again = client.post("/teams/new", data=kept, headers=HERE)
    assert again.status_code == 401, "not before signing in"
    sign_in_by_form(client)
    answer = client.post("/teams/new", data=kept, headers=HERE)

    assert answer.status_code == 303
    assert session.scalars(select(Team.name).where(Team.name.contains("夜班"))).all() == ['夜班 "B"']


def test_a_page_from_before_the_last_sign_in_can_be_sent_again(session, administrator, client) -> None:
    sign_in_by_form(client)

    stale = client.post("/teams/new", data={"name": "Nights", "name_zh": "", "csrf_token": OLD}, headers=HERE)
    assert stale.status_code == 400
    kept = dict(HIDDEN.findall(stale.text.split("Send again")[0]))

    assert client.post("/teams/new", data=kept, headers=HERE).status_code == 303
    assert session.scalar(select(Team.id).where(Team.name == "Nights")) is not None


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://elsewhere.example"}, {"Origin": "null"}])
def test_what_another_site_sends_does_not_come_back_with_a_token(client, headers) -> None:
    answer = client.post("/teams/new", data={"name": "Planted"}, headers=headers)

    assert answer.status_code == 401
    assert "Planted" not in answer.text


def test_a_password_is_typed_again(client) -> None:
    answer = client.post("/account/password", data={"new_password": "lantern-of-old"}, headers=HERE)

    assert answer.status_code == 401
    assert "lantern-of-old" not in answer.text


def test_the_way_back_is_the_page_one_came_from(client) -> None:
    ours = client.post("/teams/new", headers={"Referer": "http://localhost/people?page=2"})
    foreign = client.post("/teams/new", headers={"Referer": "https://evil.example/x"})

    assert 'href="/sign-in?next=/people?page=2"' in unquote(ours.text)
    assert "evil" not in foreign.text


def test_the_answer_is_in_the_readers_language(client) -> None:
    answer = client.post("/teams/new", data={"name": "A"}, headers={**HERE, "Accept-Language": "zh-CN"})

    assert 'lang="zh-CN"' in answer.text


def test_asking_for_the_session_begins_none(client) -> None:
    answer = client.get("/account/session")

    assert answer.json == {"signed_in": False, "token": ""}
    assert "Set-Cookie" not in answer.headers
