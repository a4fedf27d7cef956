"""The account page: what comes by mail, group by group, and at which hour."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from qa_app import audit
from qa_app.models import AuditEvent, Delivery, NoticeGroup, RoleName
from qa_app.notices.choices import choices_of
from qa_app.notices.groups import GROUPS
from tests.factories.people import create_user


def fields(page) -> list[str]:
    """The groups that the page asks about."""
    return re.findall(r'name="mail-(\w+)"', page.text)


@pytest.mark.parametrize(
    ("role", "groups"),
    [
        (RoleName.agent, ["results", "appeals", "coaching", "jobs"]),
        (RoleName.inspector, ["samples", "appeals", "calibration", "jobs"]),
        (RoleName.administrator, ["jobs", "alerts"]),
    ],
)
def test_a_person_is_asked_about_what_can_concern_them(sign_in, role, groups) -> None:
    page = sign_in(role).get("/account")

    asked = [name for name in fields(page) if name not in {"csrf_token", "digest_hour"}]
    assert asked == groups


def test_every_role_hears_of_something_by_mail_unless_it_chooses(session) -> None:
    for role in RoleName:
        user = create_user(session, role)
        assert set(choices_of(session, user).values()) - {Delivery.none}, role


def test_choices_are_kept_and_audited(session, sign_in) -> None:
    client = sign_in(RoleName.agent)
    chosen = {"mail-results": "none", "mail-appeals": "digest", "mail-coaching": "digest", "mail-jobs": "none"}

    answer = client.post("/account/notices", data={**chosen, "mail-digest_hour": "17"})

    assert answer.headers["Location"] == "/account#notices"
    session.refresh(client.user)
    assert client.user.digest_hour == 17
    assert choices_of(session, client.user)[NoticeGroup.results] == Delivery.none
    page = client.get("/account").text
    assert '<option selected value="17">17:00</option>' in page
    audit.seal_pending(session)
    event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert event.action == "notices.choose"
    assert event.data["after"] == {"results": "none", "appeals": "digest", "digest_hour": 17}


def test_what_is_no_choice_comes_back_with_its_message(session, sign_in) -> None:
    client = sign_in(RoleName.agent)

    answer = client.post("/account/notices", data={"mail-results": "by pigeon", "mail-digest_hour": "25"})

    assert answer.status_code == 200
    assert answer.text.count("field-error") >= 2
    assert choices_of(session, client.user)[NoticeGroup.results] == GROUPS[NoticeGroup.results].delivery


def test_the_other_preferences_are_left_alone(session, sign_in) -> None:
    client = sign_in(RoleName.agent)
    client.user.language, client.user.theme = "zh_Hans_CN", "dark"
    session.commit()

    client.post("/account/notices", data={"mail-results": "none", "mail-digest_hour": "8"})

    session.refresh(client.user)
    assert (client.user.language, client.user.theme) == ("zh_Hans_CN", "dark")
