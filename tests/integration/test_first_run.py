"""An empty installation asks who you are, once."""

import io

import pytest
from PIL import Image
from sqlalchemy import select

from qa_app.models import CalendarDay, Organisation, RoleName, User
from qa_app.people import organisation as organisations

ANSWERS = {
    "name": "Harbour Support",
    "name_zh": "海港客服",
    "time_zone": "Asia/Shanghai",
    "language": "zh_Hans_CN",
    "calendar_country": "CN",
    "weekdays": ["0", "1", "2", "3", "4"],
    "opens_at": "08:30",
    "closes_at": "17:30",
    "admin_name": "Ada",
    "email": "ada@example.com",
    "password": "lantern-home-2026",
    "password_again": "lantern-home-2026",
}


def picture() -> io.BytesIO:
    drawn = io.BytesIO()
    Image.new("RGB", (900, 300), "navy").save(drawn, "JPEG")
    drawn.seek(0)
    return drawn


@pytest.fixture
def empty(session, app):
    session.delete(session.get(Organisation, 1))
    session.commit()
    return app.test_client()


def test_every_page_leads_to_the_first_run_page(empty) -> None:
    for path in ("/", "/people", "/sign-in"):
        assert empty.get(path).headers["Location"] == "/setup"


def test_the_answers_make_the_organisation_and_its_administrator(empty, session) -> None:
    answer = empty.post("/setup", data={**ANSWERS, "logo": (picture(), "logo.jpg")})

    assert answer.headers["Location"] == "/setup/begin"
    organisation = session.get(Organisation, 1)
    assert (organisation.name, organisation.time_zone, organisation.calendar_country) == (
        "Harbour Support",
        "Asia/Shanghai",
        "CN",
    )
    assert organisations.opening_hours(organisation) == organisations.OpeningHours((0, 1, 2, 3, 4), 510, 1050)
    assert session.scalar(select(User)).role_names == {RoleName.administrator}
    assert empty.get("/setup/begin").status_code == 200
    with empty.get("/settings/logo") as logo:
        assert logo.mimetype == "image/png"


def test_afterwards_there_is_nothing_to_set_up(empty, session) -> None:
    empty.post("/setup", data=ANSWERS)

    assert empty.get("/setup").status_code == 404
    assert empty.post("/setup", data={**ANSWERS, "email": "eve@example.com"}).status_code == 404


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"password": "short", "password_again": "short"}, "Use 10 characters or more."),
        ({"password_again": "something-else"}, "The two passwords differ."),
        ({"closes_at": "08:00"}, "It closes before it opens."),
        ({"weekdays": []}, "Choose at least one day."),
        ({"logo": (io.BytesIO(b"<svg/>"), "x.svg")}, "This is no PNG, JPEG or WebP picture."),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(empty, session, changed, said) -> None:
    answer = empty.post("/setup", data={**ANSWERS, **changed})

    assert said in answer.text
    assert 'value="Harbour Support"' in answer.text
    assert session.get(Organisation, 1) is None


def test_the_calendar_knows_make_up_days(sign_in, session) -> None:
    admin = sign_in(RoleName.administrator)

    admin.post("/settings/calendar", data={"on": "2026-10-10", "is_working": "1", "title": "调休"})
    admin.post("/settings/calendar", data={"on": "2026-10-12", "is_working": "0", "title": "Founding day"})
    admin.post("/settings/calendar/2026-10-12/remove")

    assert [day.name for day in session.scalars(select(CalendarDay))] == ["调休"]
    calendar = organisations.working_calendar(session)
    day = session.scalar(select(CalendarDay.on))
    assert calendar.is_working_day(day)


def test_settings_change_the_organisation(sign_in, session) -> None:
    admin = sign_in(RoleName.administrator)

    answer = admin.post("/settings", data={**ANSWERS, "name": "Harbour"})

    assert answer.status_code == 303
    assert session.get(Organisation, 1).name == "Harbour"
    assert 'value="08:30"' in admin.get("/settings").text
