"""Everybody signs in, keeps their preferences, and is protected against guessing."""

import pytest
from flask_security import hash_password
from sqlalchemy import select

from config import load_settings
from qa_app import audit
from qa_app.db import Base, db
from qa_app.factory import create_app
from qa_app.models import AuditEvent, RoleName
from qa_app.people.sign_in import FAILURES_BEFORE_LOCK
from tests.factories.people import PASSWORD, create_organisation, create_user


@pytest.fixture
def person(session):
    person = create_user(session, RoleName.hr, email="miriam@example.com", name="Miriam")
    person.password = hash_password(PASSWORD)
    return person


def enter(client, password: str, **headers):
    return client.post("/sign-in", data={"email": "miriam@example.com", "password": password}, headers=headers)


def test_the_right_password_opens_and_is_noted(person, client, session) -> None:
    answer = enter(client, PASSWORD)

    assert answer.headers["Location"] == "/"
    audit.seal_pending(session)
    assert session.scalars(select(AuditEvent.action)).all()[-1] == "user.sign_in"


def test_a_wrong_password_says_the_same_as_an_unknown_address(person, client) -> None:
    wrong = enter(client, "not-the-password")
    unknown = client.post("/sign-in", data={"email": "nobody@example.com", "password": "not-the-password"})

    for answer in (wrong, unknown):
        assert "Authentication failed" in answer.text
    assert "登录失败：邮箱或密码不正确。" in enter(client, "wrong-password", **{"Accept-Language": "zh-CN"}).text


def test_many_failures_lock_the_sign_in_for_a_while(person, client, session) -> None:
    for _ in range(FAILURES_BEFORE_LOCK):
        enter(client, "not-the-password")

    refused = enter(client, PASSWORD)

    assert "Too many failed attempts." in refused.text
    person.locked_until = None
    assert enter(client, PASSWORD).headers["Location"] == "/"
    assert person.failed_sign_ins == 0


def test_a_foreign_address_after_sign_in_is_not_followed(person, client) -> None:
    answer = client.post("/sign-in?next=//evil.example/x", data={"email": "miriam@example.com", "password": PASSWORD})

    assert "evil" not in answer.headers.get("Location", "")


def test_preferences_hold_on_the_next_page(sign_in) -> None:
    client = sign_in(RoleName.hr)

    client.post("/account", data={"language": "zh_Hans_CN", "theme": "dark"})

    page = client.get("/account", headers={"Accept-Language": "en"}).text
    assert 'lang="zh-CN"' in page
    assert 'data-bs-theme="dark"' in page
    assert 'data-keys="off"' in page


def test_one_changes_ones_own_password(person, sign_in, session) -> None:
    client = sign_in(person)

    answer = client.post(
        "/account/password",
        data={"password": PASSWORD, "new_password": "another-good-one", "new_password_confirm": "another-good-one"},
    )

    assert answer.status_code == 302
    assert person.verify_and_update_password("another-good-one")


def test_a_second_factor_is_set_up_with_an_app(person, client) -> None:
    enter(client, PASSWORD)

    page = client.post("/account/second-factor", data={"setup": "authenticator"}).text

    assert 'src="data:image/' in page
    assert "Type the code that the app shows" in page


def test_attempts_from_one_address_are_limited(tmp_path) -> None:
    settings = load_settings(assay_home=tmp_path, sign_in_limit="3 per minute", database_url="", _env_file=None)
    app = create_app(settings)
    app.config.update(WTF_CSRF_ENABLED=False, WTF_CSRF_CHECK_DEFAULT=False)
    with app.app_context():
        Base.metadata.create_all(db.engine)
        create_organisation(db.session())
        db.session.commit()

    client = app.test_client()
    answers = [enter(client, "not-the-password").status_code for _ in range(4)]

    assert answers == [200, 200, 200, 429]
    with app.app_context():
        db.engine.dispose()
