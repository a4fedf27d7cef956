"""The QA lead sees how inspectors score; an inspector sees oneself and nobody else."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from qa_app.assessment import service
from qa_app.calibration import findings
from qa_app.clock import travel
from qa_app.db import db
from qa_app.models import Draw, InspectionState, RoleName, Sample, SampleState, SamplingPlan
from tests.factories.conversations import create_conversation
from tests.factories.inspectors import LENIENCY, ScoredWeeks, create_double, create_weeks
from tests.factories.months import create_inspection
from tests.factories.people import create_agent, create_team, create_user

pytestmark = pytest.mark.both_databases

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
MONTH = "2026-10"


@pytest.fixture(autouse=True)
def _november():
    with travel(NOW):
        yield


@pytest.fixture
def weeks(session: Session) -> ScoredWeeks:
    """Fourteen weeks, and October computed from them."""
    made = create_weeks(session, NOW)
    service.compute_month(session, None, MONTH)
    return made


@pytest.fixture
def lead(sign_in) -> FlaskClient:
    return sign_in(RoleName.qa_lead, name="Shen Yinuo")


def words(client: FlaskClient, path: str) -> str:
    """Return what a page says, without its marks and with single blanks."""
    answer = client.get(path)
    assert answer.status_code == 200, path
    text = re.sub(r"<(script|style|nav).*?</\1>|<[^>]+>", " ", answer.text, flags=re.DOTALL)
    return re.sub(r"\s+", " ", text)


def card(client: FlaskClient, path: str, name: str) -> str:
    """Return what one card of the page says."""
    html = client.get(path).text
    found = re.search(rf'<section class="card-a" id="{name}">(.*?)</section>', html, re.DOTALL)
    assert found, name
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found.group(1)))


def test_the_planted_leniency_is_shown_with_interval_n_and_verdict(lead, weeks) -> None:
    said = card(lead, "/calibration/inspectors", "severity")

    rows = {name: said.split(name)[1][:90] for name in LENIENCY}
    assert re.search(r"\+\d\.\d \+\d\.\d to \+\d+\.\d n \d+ ▲ lenient calibration proposed", rows["Amara Diallo"])
    assert re.search(r"−\d\.\d −\d+\.\d to −\d\.\d n \d+ ▼ strict calibration proposed", rows["Henrik Vale"])
    assert "≈ no clear sign" in rows["Wei Lan"]
    assert said.index("Amara Diallo") < said.index("Wei Lan") < said.index("Henrik Vale")
    assert "Already corrected in every score of that month. Computed with October 2026" in said


def test_the_severity_is_that_of_the_newest_revision(lead, weeks, session) -> None:
    revision = service.compute_month(session, None, MONTH, reason="once more")
    revision.centre = replace(revision.centre, severity=replace(revision.centre.severity, reason="few_scorings"))
    session.commit()

    said = card(lead, "/calibration/inspectors", "severity")

    assert "Needs 3 inspectors and 30 scorings." in said
    assert "Not corrected: it takes 30 scorings" in said
    assert "Amara Diallo" not in said


def test_agreement_counts_random_doubles_only(lead, weeks, session) -> None:
    at = NOW - timedelta(days=3)
    before = card(lead, "/calibration/inspectors", "agreement")
    pair = ("Amara Diallo", "Wei Lan")
    create_double(session, weeks, pair, at, is_random=False)
    create_double(session, weeks, pair, at, state=InspectionState.draft)
    create_double(session, weeks, pair, NOW - timedelta(weeks=30))
    for values in ({"state": SampleState.replaced, "draw": _draw(at)}, {"state": SampleState.inspected, "draw": None}):
        conversation = create_conversation(session, weeks.agents[0])
        sample = Sample(conversation=conversation, rubric_version=weeks.version, created_at=at, **values)
        create_double(session, weeks, pair, at, sample=sample)
    session.commit()

    assert f"AC1, {weeks.doubles} conversations scored twice, blind" in before
    assert card(lead, "/calibration/inspectors", "agreement") == before

    create_double(session, weeks, pair, at)
    session.commit()
    assert f"{weeks.doubles + 1} conversations scored twice" in card(lead, "/calibration/inspectors", "agreement")


def _draw(at: datetime) -> Draw:
    plan = SamplingPlan(
        name="November", month="2026-11", seed=b"-", commitment="-", committed_at=at, is_committed_late=False
    )
    return Draw(public_id="november", plan=plan)


def test_a_criterion_that_is_read_differently_comes_first_and_leads_to_its_conversations(lead, weeks) -> None:
    said = card(lead, "/calibration/inspectors", "agreement")
    assert said.index("Complete answer") < said.index("Greets the customer") < said.index("Critical error")
    assert re.search(r"Complete answer .{0,60} ▼ discuss", said)
    assert re.search(r"Greets the customer 1\.00 .{0,40} ✓ agreed", said)
    differing = int(re.search(r"(\d+) differ", said).group(1))

    answer = lead.get("/calibration/criteria/answer")

    assert answer.text.count('<th scope="row">') == differing
    links = re.findall(r'href="(/inspections/\d+/view)"', answer.text)
    assert len(links) == 2 * differing
    assert lead.get(links[0]).status_code == 200
    assert "Nobody differs on this criterion." in lead.get("/calibration/criteria/greeting").text
    assert lead.get("/calibration/criteria/unheard_of").status_code == 404


def test_an_inspector_who_became_stricter_is_marked_with_the_week(lead, session) -> None:
    create_weeks(session, NOW, shifts={"Wei Lan": (5, -14.0)})
    service.compute_month(session, None, "2026-09")  # before the shift
    session.commit()

    said = card(lead, "/calibration/inspectors", "drift")
    panels = dict(re.findall(r"(Amara Diallo|Henrik Vale|Lin Qiaoyun|Wei Lan) (\S \S+ .{20})", said))

    assert re.match(r"▼ stricter since week 4[1-7]", panels["Wei Lan"])
    assert panels["Henrik Vale"].startswith("✓ in control")
    assert re.search(r"▼ −\d\.\d\d", said)


def test_nothing_is_charted_before_a_month_took_severity_out(lead, session) -> None:
    create_weeks(session, NOW)

    said = card(lead, "/calibration/inspectors", "drift")

    assert "Drift can be told once a month was computed" in said


def test_an_inspector_sees_oneself_and_no_other_name(sign_in, weeks) -> None:
    client = sign_in(weeks["Henrik Vale"])
    others = [name for name in LENIENCY if name != "Henrik Vale"]

    for path in ("/calibration/mine", "/calibration/inspectors", "/calibration/criteria/answer"):
        html = client.get(path).text
        assert not [name for name in others if name in html], path

    severity, drift = (card(client, "/calibration/mine", name) for name in ("severity", "drift"))
    assert re.search(r"Henrik Vale −\d\.\d .* ▼ strict", severity)
    assert severity.count(" n ") == 1
    assert "Henrik Vale" in drift
    assert client.get("/calibration/mine").text.count('class="drift"') == 1
    agreement = card(client, "/calibration/mine", "agreement")
    own = int(re.search(r"AC1, (\d+) conversations scored twice", agreement).group(1))
    assert 0 < own < weeks.doubles
    assert re.search(r"You minus the other: −\d\.\d points", agreement)
    assert "What to overlap next" not in words(client, "/calibration/mine")


def test_an_inspector_reads_own_inspections_only_where_two_differ(sign_in, weeks) -> None:
    client = sign_in(weeks["Wei Lan"])

    html = client.get("/calibration/criteria/answer").text

    links = re.findall(r'href="(/inspections/\d+/view)"', html)
    assert len(links) == html.count("the other inspector") == html.count('<th scope="row">') > 0
    assert all(client.get(link).status_code == 200 for link in links)


def test_a_lead_who_also_inspects_has_a_page_of_oneself(sign_in, weeks, session) -> None:
    client = sign_in(RoleName.qa_lead, RoleName.inspector, name="Shen Yinuo")

    assert "Henrik Vale" in words(client, "/calibration/inspectors")
    assert "Henrik Vale" not in words(client, "/calibration/mine")


def test_inspectors_who_share_no_agents_are_not_compared_and_the_page_says_what_would_join_them(
    lead, weeks, session
) -> None:
    hermit = create_user(session, RoleName.inspector, name="Only One")
    shop = create_team(session, "Shop")
    far = create_agent(session, "Far Away", team=shop)
    for name in ("Amara Diallo", "Henrik Vale", "Wei Lan"):  # who may not score this team
        weeks[name].supervised_teams.append(shop)
    for number in range(6):
        conversation = create_conversation(
            session, far, external_id=f"far-{number}", opened_at=NOW - timedelta(days=40)
        )
        create_inspection(session, conversation, hermit, weeks.version, submitted_at=NOW - timedelta(days=30 - number))
    service.compute_month(session, None, MONTH, reason="with the new one")
    session.commit()

    severity = card(lead, "/calibration/inspectors", "severity")
    said = words(lead, "/calibration/inspectors")

    assert re.search(r"Only One – n 6 – not comparable", severity)
    joined = re.search(r"To compare them, let (.+?) score a conversation of (.+?) that (.+?) has scored\.", said)
    assert joined.groups() == ("Lin Qiaoyun", "Far Away", "Only One")


def test_the_pair_that_shares_the_fewest_is_named(lead, weeks) -> None:
    said = words(lead, "/calibration/inspectors")

    assert re.search(r"Scored twice in half a year: \d+ of 168 conversations", said)
    assert re.search(r"(Amara Diallo and Lin Qiaoyun|Henrik Vale and Wei Lan) share the fewest, 0", said)


def test_an_empty_centre_says_what_is_needed(lead, sign_in) -> None:
    said = words(lead, "/calibration/inspectors")

    assert "Needs 3 inspectors and 30 scorings. No month has been computed yet." in said
    assert "No conversation has been scored twice in this half year." in said
    own = words(sign_in(RoleName.inspector), "/calibration/mine")
    assert "None of your conversations was scored by somebody else as well." in own


def test_a_month_of_the_direct_mode_says_that_nothing_is_corrected(lead, weeks, session) -> None:
    revision = service.compute_month(session, None, MONTH, reason="direct")
    revision.centre = replace(revision.centre, severity=None)
    session.commit()

    assert "Not corrected: the policy of that month counts scores as they were given." in words(
        lead, "/calibration/inspectors"
    )


@pytest.mark.parametrize("role", [RoleName.agent, RoleName.supervisor, RoleName.hr, RoleName.administrator])
def test_others_do_not_find_the_pages(sign_in, role) -> None:
    client = sign_in(role)

    for path in ("/calibration/inspectors", "/calibration/mine", "/calibration/criteria/critical-error"):
        assert client.get(path).status_code == 404


def count_queries(client: FlaskClient, path: str) -> int:
    """Count the statements one page issues."""
    seen: list[str] = []

    def note(*given: object) -> None:
        seen.append(str(given[2]))

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert client.get(path).status_code == 200
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
    return sum(statement.lstrip().upper().startswith("SELECT") for statement in seen)


def settled_count(client: FlaskClient, path: str) -> int:
    """Count until the session holds what it keeps (whoever is signed in, say); what that is differs between Pythons."""
    return min(count_queries(client, path) for _visit in range(3))


@pytest.mark.parametrize("path", ["/calibration/inspectors", "/calibration/criteria/answer", "/"])
def test_pages_issue_a_fixed_number_of_queries(lead, weeks, session, path) -> None:
    few = settled_count(lead, path)
    more = {f"Inspector {number}": 0.0 for number in range(5)}
    create_weeks(session, NOW - timedelta(days=1), weeks=5, leniency=more, among=weeks.agents)
    service.compute_month(session, None, MONTH, reason="more inspectors")
    session.commit()

    assert settled_count(lead, path) == few
    assert few <= (31 if path == "/" else 24)  # the home page asks every room what waits


def test_home_names_who_needs_a_calibration_and_what_is_read_differently(lead, weeks) -> None:
    said = words(lead, "/")

    assert "2 inspectors to calibrate Amara Diallo scores more leniently than the others · Henrik Vale" in said
    assert re.search(r"1 “Complete answer” is read differently Agreement 0\.\d\d \(.*?\)\. Rewrite the levels", said)


def test_home_says_since_when_a_single_inspector_drifts(lead, session) -> None:
    even = dict.fromkeys(LENIENCY, 0.0)
    create_weeks(session, NOW, leniency=even, shifts={"Wei Lan": (5, -14.0)})
    service.compute_month(session, None, "2026-09")
    session.commit()

    assert re.search(r"Wei Lan has been scoring stricter since week 4[1-7]", words(lead, "/"))


def test_home_of_a_large_centre_waits_for_no_charts(lead, weeks, monkeypatch) -> None:
    monkeypatch.setattr(findings, "AT_MOST", 10)

    said = words(lead, "/")

    assert "inspectors to calibrate" in said
    assert "is read differently" not in said
