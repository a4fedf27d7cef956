"""Days at the ends of the calendar and characters that no database holds: addresses leave them out, forms say it."""

from __future__ import annotations

import re
from datetime import date

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from wtforms import DateField, DateTimeLocalField, HiddenField, StringField

from qa_app.lists import pages
from qa_app.models import RoleName
from qa_app.web.forms import AddressForm

ODD = {
    "nul": "\0",
    "nul in words": "a\0b",
    "last day": "9999-12-31",
    "first day": "0001-01-01",
    "last month": "9999-12",
    "no month": "0000-01",
}
OTHERS = (
    ("/audit", "thing"),
    ("/search", "q"),
    ("/search/quick", "q"),
    ("/metrics", "month"),
    ("/trends", "criterion"),
    ("/trends", "week"),
    ("/verify", "code"),
)


@pytest.fixture
def everybody(sign_in) -> FlaskClient:
    """Somebody whom every gate lets through."""
    return sign_in(RoleName.administrator, *(role for role in RoleName if role != RoleName.administrator))


def lists_of(app: Flask) -> list[str]:
    with app.test_request_context():
        return [url_for(endpoint) for endpoint in pages._LISTS]


@pytest.mark.both_databases
@pytest.mark.parametrize("odd", ODD.values(), ids=list(ODD))
def test_every_list_answers_whatever_its_fields_are_given(app: Flask, everybody: FlaskClient, odd: str) -> None:
    seen = 0
    for address in lists_of(app):
        names = dict.fromkeys(re.findall(r'<(?:input|select)[^>]* name="(\w+)"', everybody.get(address).text))
        seen += len(names)
        assert everybody.get(address, query_string=dict.fromkeys(names, odd)).status_code == 200, address
    assert seen > 30


@pytest.mark.both_databases
@pytest.mark.parametrize(("address", "name"), OTHERS)
def test_other_addresses_answer_too(everybody: FlaskClient, address: str, name: str) -> None:
    for odd in ODD.values():
        assert everybody.get(address, query_string={name: odd}).status_code == 200, odd


@pytest.mark.parametrize("month", ["9999-12", "0000-01", "0001-01"])
def test_a_month_beyond_the_calendar_has_no_page(everybody: FlaskClient, month: str) -> None:
    assert everybody.get(f"/months/{month}").status_code == 404


def test_a_list_names_the_day_it_left_out(everybody: FlaskClient) -> None:
    page = everybody.get("/audit?until=9999-12-31&actor=ada%00").text

    assert "data-dropped" in page
    assert "To: 9999-12-31" in page
    assert 'value="ada"' in page


class OddForm(AddressForm):
    """One field of each kind that can be given what no database holds."""

    words = StringField()
    kept = HiddenField()
    day = DateField()
    moment = DateTimeLocalField()


@pytest.mark.parametrize("day", ["1899-12-31", "2200-01-01", "0001-01-01", "9999-12-31"])
def test_a_form_says_which_days_can_be_chosen(app: Flask, day: str) -> None:
    with app.test_request_context():
        form = OddForm(MultiDict({"day": day, "moment": f"{day}T12:00"}))

        assert not form.validate()
        said = ["Choose a day of the years 1900 to 2199."]
        assert [list(map(str, field.errors)) for field in (form.day, form.moment)] == [said, said]


def test_a_form_takes_the_days_of_our_centuries_and_no_nul(app: Flask) -> None:
    with app.test_request_context():
        form = OddForm(MultiDict({"day": "1900-01-01", "moment": "2199-12-31T23:59", "words": "a\0 ", "kept": "\0b"}))

        assert form.validate(), form.errors
        assert (form.day.data, form.words.data, form.kept.data) == (date(1900, 1, 1), "a", "b")
