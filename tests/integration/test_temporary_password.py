"""A password chosen by somebody else is changed before anything opens."""

from __future__ import annotations

import pytest
from flask_security import hash_password, verify_password
from sqlalchemy import select

from qa_app.models import RoleName, User
from qa_app.people import service
from qa_app.people.import_reading import PersonRow
from qa_app.people.importing import import_people
from qa_app.people.service import NewUser
from tests.factories.people import PASSWORD, create_user

pytestmark = pytest.mark.both_databases

OWN = "my-own-lantern-27"


@pytest.fixture
def newcomer(session):
    """Somebody whom the administrator gave a password; it is `newcomer.given`."""
    person = create_user(session, RoleName.hr, email="miriam@example.com", name="Miriam")
    person.given = service.give_temporary_password(session, create_user(session, RoleName.administrator), person)
    return person


def enter(client, password: str):
    return client.post("/sign-in", data={"email": "miriam@example.com", "password": password})


def choose(client, old: str, new: str):
    return client.post("/account/password", data={"password": old, "new_password": new, "new_password_confirm": new})


def test_every_page_leads_to_the_change_of_password(newcomer, client) -> None:
    enter(client, newcomer.given)

    for address in ("/", "/people", "/months", "/account", "/jobs"):
        assert client.get(address).headers["Location"] == "/account/password", address
    assert client.post("/account", data={"theme": "dark"}).status_code == 403
    page = client.get("/account/password").text
    assert "Choose a password of your own" in page
    assert "Sign out" in page


def test_after_the_change_everything_opens_and_stays_open(newcomer, client, session) -> None:
    enter(client, newcomer.given)

    choose(client, newcomer.given, OWN)

    assert client.get("/people").status_code == 200
    assert verify_password(OWN, newcomer.password)
    client.post("/sign-out")
    enter(client, OWN)
    assert client.get("/people").status_code == 200


def test_the_temporary_password_cannot_become_ones_own(newcomer, client) -> None:
    enter(client, newcomer.given)

    choose(client, newcomer.given, newcomer.given)

    assert client.get("/people").headers["Location"] == "/account/password"


def test_language_and_sign_out_work_before_the_change(newcomer, client) -> None:
    enter(client, newcomer.given)

    assert client.post("/language", data={"language": "zh_Hans_CN"}).status_code == 303
    assert 'lang="zh-CN"' in client.get("/account/password").text
    assert client.post("/sign-out").headers["Location"] == "/sign-in"


def test_a_password_of_an_imported_list_is_temporary(session) -> None:
    columns = {"email": "a@example.com", "roles": "hr", "password": PASSWORD}

    import_people(session, None, [PersonRow(2, columns), PersonRow(3, {"email": "b@example.com", "roles": "hr"})])

    flags = dict(session.execute(select(User.email, User.password_is_temporary)).all())
    assert flags == {"a@example.com": True, "b@example.com": False}


def test_a_password_typed_by_its_owner_is_not_temporary(session) -> None:
    user = service.create_user(session, None, NewUser("a@example.com", "A", [RoleName.hr], PASSWORD))
    assert not user.password_is_temporary
    user.password_is_temporary = True

    service.set_password(session, None, user, OWN)

    assert not user.password_is_temporary


@pytest.mark.parametrize(("option", "expected"), [([], False), (["--temporary"], True)])
def test_the_commands_ask_for_a_new_one_on_demand(app, session, option, expected) -> None:
    runner = app.test_cli_runner()
    create = ["user", "create", "a@example.com", "--name", "A", "--role", "hr", "--password", PASSWORD, *option]
    change = ["user", "password", "a@example.com", "--password", OWN, *option]

    for command in (create, change):
        assert runner.invoke(args=command).exit_code == 0
        flag = select(User.password_is_temporary).where(User.email == "a@example.com")
        assert session.scalar(flag) is expected


def test_whoever_has_chosen_a_password_is_not_asked(client, session) -> None:
    person = create_user(session, RoleName.hr, email="miriam@example.com")
    person.password = hash_password(PASSWORD)
    session.commit()

    enter(client, PASSWORD)

    assert client.get("/people").status_code == 200
