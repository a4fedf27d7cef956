"""People see where they are signed in, and end it all at once; the administrator can do it for them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask_security import hash_password
from sqlalchemy import select

from qa_app import audit
from qa_app.clock import now, travel
from qa_app.jobs.duties import perform
from qa_app.models import AuditEvent, RoleName, User, UserDevice
from qa_app.people import devices, service
from tests.factories.people import PASSWORD, create_user

pytestmark = pytest.mark.both_databases

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.5 Mobile/15E148 Safari/604.1"
)


@pytest.fixture
def person(session) -> User:
    person = create_user(session, RoleName.hr, email="miriam@example.com", name="Miriam")
    person.password = hash_password(PASSWORD)
    session.commit()
    return person


@pytest.fixture
def enter(app, person):
    """Return a browser in which Miriam is signed in."""

    def enter(user_agent: str = FIREFOX, address: str = "192.0.2.7", **more: str):
        client = app.test_client()
        client.environ_base = {"REMOTE_ADDR": address, "HTTP_USER_AGENT": user_agent}
        client.post("/sign-in", data={"email": "miriam@example.com", "password": PASSWORD, **more})
        assert client.get("/account").status_code == 200
        return client

    return enter


def noted(session) -> list[tuple[str, str, bool]]:
    rows = session.execute(select(UserDevice.program, UserDevice.address, UserDevice.is_remembered))
    return [tuple(row) for row in rows]


def test_each_browser_is_one_device_however_often_it_is_used(session, enter) -> None:
    desk, phone = enter(), enter(PHONE, "198.51.100.9", remember="y")
    for _ in range(3):
        desk.get("/people")
        phone.get("/account")

    assert sorted(noted(session)) == [
        ("Firefox, Windows", "192.0.2.7", False),
        ("Safari, iPhone", "198.51.100.9", True),
    ]
    page = desk.get("/account").text
    assert page.count("this device") == 1
    assert "Safari, iPhone" in page
    assert "kept signed in" in page


def test_signing_out_takes_the_device_away(session, enter) -> None:
    desk, _phone = enter(), enter(PHONE)

    desk.post("/sign-out")

    assert [program for program, *_ in noted(session)] == ["Safari, iPhone"]


def test_one_signs_out_everywhere_and_that_holds_for_remembered_ones(session, enter, person) -> None:
    desk, phone = enter(), enter(PHONE, remember="y")

    answer = desk.post("/account/sign-out-everywhere")

    assert answer.headers["Location"] == "/sign-in"
    for client in (desk, phone):
        assert "/sign-in" in client.get("/account").headers["Location"]
    assert noted(session) == []
    audit.seal_pending(session)
    assert session.scalars(select(AuditEvent.action)).all()[-1] == "user.sign_out_everywhere"
    assert list(audit.verify_chain(session)) == []


def test_the_administrator_ends_the_sessions_of_somebody(session, enter, sign_in, person) -> None:
    desk, admin = enter(), sign_in(RoleName.administrator)
    page = admin.get(f"/people/{person.id}").text
    assert "Firefox, Windows" in page
    assert "192.0.2.7" in page

    admin.post(f"/people/{person.id}/sign-out-everywhere")

    assert "/sign-in" in desk.get("/account").headers["Location"]
    assert "Nobody is signed in at the moment." in admin.get(f"/people/{person.id}").text


def test_hr_sees_no_devices_and_ends_none(session, enter, sign_in, person) -> None:
    enter()
    hr = sign_in(RoleName.hr)

    assert "Firefox" not in hr.get(f"/people/{person.id}").text
    assert hr.post(f"/people/{person.id}/sign-out-everywhere").status_code == 404


@pytest.mark.parametrize("end", ["password", "deactivate"])
def test_what_ends_sessions_takes_the_devices_away(session, enter, person, end) -> None:
    enter()
    administrator = create_user(session, RoleName.administrator)

    if end == "password":
        service.give_temporary_password(session, administrator, session.get_one(User, person.id))
    else:
        service.set_active(session, administrator, session.get_one(User, person.id), active=False)

    assert noted(session) == []


def test_changing_ones_password_leaves_the_device_at_hand(session, enter) -> None:
    desk, _phone = enter(), enter(PHONE)
    new = "another-good-one"

    desk.post("/account/password", data={"password": PASSWORD, "new_password": new, "new_password_confirm": new})
    desk.get("/account")

    assert [program for program, *_ in noted(session)] == ["Firefox, Windows"]


def test_a_used_session_stays_open_and_an_idle_one_ends(app, session, enter, monkeypatch) -> None:
    client = enter()
    with client.session_transaction() as kept:
        kept["seen"] -= 301

    answer = client.get("/account")

    assert "assay=" in answer.headers["Set-Cookie"], "signed anew, so that its age begins again"
    assert "Set-Cookie" not in client.get("/account/session").headers
    assert len(noted(session)) == 1


def test_devices_whose_sessions_ended_are_forgotten(app, session, enter) -> None:
    enter()
    enter(PHONE, remember="y")
    session.commit()

    with app.app_context(), travel(now() + app.permanent_session_lifetime + timedelta(minutes=1)):
        perform("people.forget_devices")
    assert [program for program, *_ in noted(session)] == ["Safari, iPhone"]
    with app.app_context(), travel(now() + devices.REMEMBERED_FOR + timedelta(days=1)):
        perform("people.forget_devices")
    assert noted(session) == []


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (FIREFOX, "Firefox, Windows"),
        (PHONE, "Safari, iPhone"),
        (f"{PHONE} MicroMessenger/8.0.49", "WeChat, iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/128.0 Safari/537.36 Edg/128.0", "Edge, Linux"),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/128.0 Mobile Safari/537.36", "Chrome, Android"),
        ("curl/8.5.0", "curl"),
        ("", ""),
    ],
)
def test_programs_are_named_as_people_know_them(user_agent, words) -> None:
    assert devices.describe_program(user_agent) == words
