"""Numbers that no database holds, in addresses and forms: the answer is that of a thing that does not exist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.routing import AnyConverter, IntegerConverter, Rule
from wtforms import Form

from qa_app.drafts import take_revision
from qa_app.keys import KEYS_END, NO_KEY, is_count, read_key
from qa_app.models import RoleName
from qa_app.web.forms import KeyField
from tests.factories.inspections import create_open_inspection
from tests.factories.rubrics import create_published
from tests.integration.rights_table import RIGHTS
from tests.integration.test_rights import what_is_seen

ROOT = Path(__file__).parents[2]
NOBODYS = "999999"
LARGE = {
    "int32": str(2**31),
    "last key": str(NO_KEY),
    "no key": str(KEYS_END),
    "unreadable": "9" * 5000,  # Python reads no number of more than 4,300 digits
}
ASKED = (
    ("/holds/new", "conversation"),
    ("/coaching/new", "agent"),
    ("/coaching", "did"),
    ("/coaching", "page"),
    ("/conversations", "did"),
    ("/tests", "team"),
    ("/trends", "team"),
    ("/calibration/new", "rubric"),
)


@pytest.fixture
def everybody(sign_in):
    """Somebody whom every gate lets through."""
    return sign_in(RoleName.administrator, *(role for role in RoleName if role != RoleName.administrator))


def is_numbered(rule: Rule) -> bool:
    return any(isinstance(converter, IntegerConverter) for converter in rule._converters.values())


def address_of(rule: Rule, number: str) -> str:
    """Write an address by hand: Werkzeug builds none with a number that Python does not read."""
    address = rule.rule
    for name, converter in rule._converters.items():
        if isinstance(converter, IntegerConverter):
            value = number
        else:
            value = sorted(converter.items)[0] if isinstance(converter, AnyConverter) else "2020-01"
        address = re.sub(rf"<([^<>]*:)?{name}>", value, address)
    return address


def our_routes(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Every route of ours with a number in its path, by each method."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint in RIGHTS and is_numbered(rule):
            yield from ((rule, method) for method in sorted(rule.methods & {"GET", "POST"}))


@pytest.mark.both_databases
def test_in_a_path_they_are_the_address_of_nothing(app, everybody) -> None:
    told_apart, count = [], 0
    for rule, method in our_routes(app):
        missing = what_is_seen(everybody.open(address_of(rule, NOBODYS), method=method))
        assert missing[0] == 404, rule.rule
        for name, number in LARGE.items():
            seen = what_is_seen(everybody.open(address_of(rule, number), method=method))
            count += 1
            if seen != missing:
                told_apart.append((rule.rule, method, name, seen[0]))

    assert told_apart == []
    assert count > 4 * 130


def test_a_visitor_is_led_to_the_sign_in_page_whatever_the_number(client) -> None:
    for number in (NOBODYS, *LARGE.values()):
        answer = client.get(f"/inspections/{number}/view")
        assert (answer.status_code, answer.location.partition("?")[0]) == (302, "/sign-in")


@pytest.mark.both_databases
def test_behind_the_question_mark_they_name_nothing(everybody) -> None:
    told_apart = []
    for address, name in ASKED:
        missing, *seen = (
            everybody.get(address, query_string={name: number}).status_code for number in (NOBODYS, *LARGE.values())
        )
        told_apart += [(address, name, missing, seen)] if set(seen) != {missing} else []

    assert told_apart == []


@pytest.mark.both_databases
def test_of_a_thing_that_exists_they_are_no_version(session, everybody) -> None:
    address = f"/rubrics/{create_published(session).rubric_id}"
    assert everybody.get(f"{address}/versions/1").status_code == 200

    for number in LARGE.values():
        assert everybody.get(f"{address}/versions/{number}").status_code == 404
        assert everybody.get(f"{address}/compare", query_string={"new": number, "old": number}).status_code < 500


@pytest.mark.both_databases
def test_in_a_form_they_name_nothing(everybody) -> None:
    said = {"decision": "stands", "note": "why"}
    for address, name in (
        ("/notices/read", "notice_id"),
        ("/appeals/rechecks", "recheck"),
        ("/calibration/new", "pick"),
    ):
        missing, *seen = (
            everybody.post(address, data={name: number, **said}).status_code for number in (NOBODYS, *LARGE.values())
        )
        assert missing in {200, 302, 303}, address
        assert set(seen) == {missing}, address


@pytest.mark.both_databases
def test_a_draft_is_not_saved_from_a_revision_that_cannot_be(session) -> None:
    draft = create_published(session)

    for seen in (-1, 2**31 - 1, 2**31, KEYS_END):
        assert not take_revision(session, draft, seen)
    assert take_revision(session, draft, draft.revision)


@pytest.mark.both_databases
def test_at_the_desk_they_are_a_revision_nobody_has_and_a_place_that_is_not_there(session, sign_in) -> None:
    inspector, inspection = create_open_inspection(session)
    desk, address = sign_in(inspector), f"/inspections/{inspection.id}/save"
    said = {"token": "a", "revision": 0, "seconds": 10**30, "changes": []}

    for revision in (7, 2**31 - 1, 2**31, KEYS_END, 10**30, -(10**30)):
        assert desk.post(address, json={**said, "revision": revision}).status_code == 409, revision
    places = [{"kind": "forget", "token": number} for number in (NOBODYS, *LARGE.values())]
    turns = [{"kind": "evidence", "code": "greeting", "token": "p", "turn": 10**30, "from": 0, "to": 10**30}]
    assert desk.post(address, json={**said, "changes": turns}).status_code == 400
    assert desk.post(address, json={**said, "changes": places}).status_code == 200


def test_a_key_is_read_or_is_none_or_stands_for_nothing() -> None:
    assert [read_key(text) for text in ("0", " 12 ", str(NO_KEY), *LARGE.values())] == [
        0,
        12,
        NO_KEY,
        2**31,
        *[NO_KEY] * 3,
    ]
    for text in ("", "-1", "1.5", "²", "x"):
        with pytest.raises(ValueError, match="whole number"):
            read_key(text)
    assert [is_count(number) for number in (-1, 0, 2**31 - 1, 2**31)] == [False, True, True, False]


def test_the_field_of_a_form_reads_keys() -> None:
    class Named(Form):
        key = KeyField()

    form = Named(MultiDict({"key": "9" * 30}))
    assert (form.validate(), form.key.data) == (True, NO_KEY)
    form = Named(MultiDict({"key": "²"}))
    assert (form.validate(), form.key.data) == (False, None)


def test_nothing_reads_numbers_of_a_request_in_another_way() -> None:
    """`type=int` lets through what no database holds."""
    sources = [path for path in (ROOT / "qa_app").rglob("*.py") if "cli" not in path.parts]

    assert [
        path.name
        for path in sources
        if re.search(r"(args|form|values|asked)\.get(list)?\(.*type=int\b", path.read_text())
    ] == []
