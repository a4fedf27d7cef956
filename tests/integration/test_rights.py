"""Every route and every role: allowed, refused, and not-existing looks the same as refused."""

import re
from functools import wraps

import pytest
from flask import Flask
from werkzeug.routing import AnyConverter, IntegerConverter, Rule

from qa_app.access import ROLE_PERMISSIONS, Permission
from qa_app.models import RoleName
from tests.factories.conversations import create_chat
from tests.factories.inspections import create_open_inspection
from tests.factories.people import create_agent, create_team, create_user
from tests.integration.rights_table import PUBLIC, RIGHTS, SIGN_IN_FOR_USERS, SIGN_IN_FOR_VISITORS

NOBODYS_ID = 999_999
# Tokens, the way back of the language buttons, and which entry of the bar the address belongs to.
VARYING = re.compile(r'csrf[_-]token"[^>]*|name="next" value="[^"]*"| class="on" aria-current="page"')


def address_of(app: Flask, rule: Rule) -> str:
    """Return an address of the route whose things exist for nobody."""
    values = {}
    for name, converter in rule._converters.items():
        if isinstance(converter, IntegerConverter):
            values[name] = NOBODYS_ID
        elif isinstance(converter, AnyConverter):
            values[name] = sorted(converter.items)[0]
        else:
            values[name] = "2020-01" if name in {"month", "day"} else "none"
    return app.url_map.bind("localhost").build(rule.endpoint, values, method=method_of(rule))


def method_of(rule: Rule) -> str:
    return "GET" if "GET" in rule.methods else "POST"


def our_rules(app: Flask) -> list[Rule]:
    foreign = {*SIGN_IN_FOR_VISITORS, *SIGN_IN_FOR_USERS}
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint not in foreign]


def what_is_seen(response) -> tuple[int, str]:
    return response.status_code, VARYING.sub("", response.text)


@pytest.fixture
def stubbed(app, monkeypatch):
    """The application with every view of ours replaced, so that only the gates speak."""

    def stub_of(view):
        @wraps(view)
        def reached(**values):
            return "reached"

        return reached

    for endpoint in {rule.endpoint for rule in our_rules(app)}:
        monkeypatch.setitem(app.view_functions, endpoint, stub_of(app.view_functions[endpoint]))
    return app


def test_every_route_has_a_line_in_the_table(app) -> None:
    known = {*RIGHTS, *SIGN_IN_FOR_VISITORS, *SIGN_IN_FOR_USERS}
    routed = {rule.endpoint for rule in app.url_map.iter_rules()}

    assert sorted(routed - known) == [], "say in rights_table.py who may reach these"
    assert sorted(known - routed) == [], "these are gone"


@pytest.mark.parametrize("role", RoleName)
def test_a_role_reaches_what_its_permissions_open_and_nothing_else(stubbed, sign_in, role) -> None:
    client = sign_in(role)
    granted = ROLE_PERMISSIONS[role] | {Permission.signed_in}

    wrong = []
    for rule in our_rules(stubbed):
        answer = client.open(address_of(stubbed, rule), method=method_of(rule))
        permissions = RIGHTS[rule.endpoint]
        expected = 200 if permissions == PUBLIC or granted & set(permissions) else 404
        if answer.status_code != expected:
            wrong.append((rule.endpoint, answer.status_code, expected))

    assert wrong == []


def test_a_visitor_is_led_to_the_sign_in_page(stubbed, client) -> None:
    wrong = []
    for rule in our_rules(stubbed):
        answer = client.open(address_of(stubbed, rule), method=method_of(rule))
        is_led = answer.status_code == 302 and answer.headers["Location"].startswith("/sign-in")
        # What is sent is answered by a page that keeps it and leads to the sign-in from there.
        is_led = is_led or (answer.status_code == 401 and method_of(rule) == "POST" and "/sign-in?next=" in answer.text)
        if is_led == (RIGHTS[rule.endpoint] == PUBLIC):
            wrong.append((rule.endpoint, answer.status_code))

    assert wrong == []


def test_a_fragment_asked_for_by_a_visitor_says_signed_out(stubbed, client) -> None:
    answer = client.get(f"/jobs/{NOBODYS_ID}/progress", headers={"HX-Request": "true"})

    assert answer.status_code == 401


def test_pages_of_the_account_are_closed_to_visitors(app, client) -> None:
    for rule in app.url_map.iter_rules():
        if rule.endpoint in SIGN_IN_FOR_USERS:
            answer = client.open(address_of(app, rule), method=method_of(rule))

            assert answer.status_code == 302, rule.endpoint
            assert "/sign-in" in answer.headers["Location"], rule.endpoint


@pytest.mark.parametrize("role", RoleName)
def test_what_does_not_exist_looks_the_same_as_what_is_refused(app, sign_in, role) -> None:
    client = sign_in(role)
    nothing = what_is_seen(client.get("/there/is/nothing/here"))
    assert nothing[0] == 404

    told_apart = []
    for rule in our_rules(app):
        owned = any(isinstance(converter, IntegerConverter) for converter in rule._converters.values())
        if method_of(rule) == "GET" and owned and what_is_seen(client.get(address_of(app, rule))) != nothing:
            told_apart.append(rule.endpoint)

    assert told_apart == []


def test_things_of_others_look_as_if_they_did_not_exist(sign_in, session) -> None:
    theirs, ours = create_team(session, "Hotline"), create_team(session, "Shop")
    chat = create_chat(session, create_agent(session, team=theirs), [("customer", 0, "Hello"), ("agent", 9, "Hello")])
    _, inspection = create_open_inspection(session)
    colleague = create_user(session, RoleName.agent)
    colleague.agent = create_agent(session, team=ours)
    leader = create_user(session, RoleName.supervisor)
    leader.supervised_teams.append(ours)
    strangers = [sign_in(colleague), sign_in(leader), sign_in(RoleName.inspector), sign_in(RoleName.hr)]

    for address in (f"/conversations/{chat.id}", f"/inspections/{inspection.id}", f"/inspections/{inspection.id}/view"):
        for stranger in strangers:
            seen = what_is_seen(stranger.get(address))

            assert seen == what_is_seen(stranger.get("/there/is/nothing/here")), address


def test_those_whose_things_they_are_see_them(sign_in, session) -> None:
    team = create_team(session, "Hotline")
    person = create_agent(session, team=team)
    chat = create_chat(session, person, [("customer", 0, "Hello"), ("agent", 9, "Hello")])
    agent, leader = create_user(session, RoleName.agent), create_user(session, RoleName.supervisor)
    agent.agent = person
    leader.supervised_teams.append(team)

    for user in (agent, leader, RoleName.qa_lead):
        assert sign_in(user).get(f"/conversations/{chat.id}").status_code == 200
