"""One click from a sentence to its formula with this person's numbers: on the sheet and on the own scorecard."""

from __future__ import annotations

import re
from html import unescape

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from qa_app.assessment import service
from qa_app.assessment.content import ListEntry, decode_content
from qa_app.assessment.entry_lines import entry_lines, weighed_counts
from qa_app.models import Conversation, RoleName
from qa_app.reporting import lists
from qa_app.reporting.tables import month_tables
from reports.columns import TABLES
from scoring.rubric.definition import Text
from scoring.values import Estimate, Label
from tests.factories.months import MONTH, create_inspection, create_month
from tests.factories.people import create_user
from tests.factories.rubrics import create_published

pytestmark = pytest.mark.both_databases


@pytest.fixture
def sheet(session):
    """Agent 0's published October: greets always where others do not, and hardly ever answers."""
    agents = create_month(session, inspections=0)
    inspector, version = create_user(session, RoleName.inspector, name="Wei Lan"), create_published(session)
    for number, agent in enumerate(agents):
        own = session.scalars(select(Conversation).where(Conversation.agent_id == agent.id).order_by(Conversation.id))
        for place, conversation in enumerate(own.all()[:18]):
            greeting, answer = (True, place > 14) if number == 0 else ((place + number) % 2 > 0, place % 9 > 0)
            create_inspection(session, conversation, inspector, version, greeting=greeting, answer=answer)
    hr = create_user(session, RoleName.hr, name="Han Qingyue")
    period = service.compute_month(session, hr, MONTH).period
    period.revision.is_over = True
    for one in period.revision.sheets:
        one.reviewed_at = period.revision.computed_at
    for step in (service.review_month, service.approve_month, service.publish_month):
        step(session, hr, period)
    return period.revision.sheets[0]


def part_of(page: str, heading: str) -> str:
    """The card below a heading."""
    return unescape(page).partition(f"<h2>{heading}</h2>")[2].partition("</section>")[0]


@pytest.fixture(params=["sheet", "scorecard"])
def page(request, sheet, sign_in):
    if request.param == "sheet":
        return sign_in(RoleName.hr).get(f"/sheets/{sheet.id}").text
    return sign_in(RoleName.agent, name="Agent 0", agent_id=sheet.agent_id).get(f"/me/{MONTH}").text


def test_praise_and_improvement_say_their_interval_and_open_their_formula(page, sheet):
    content = decode_content(sheet.content)
    assert [entry.criterion for entry in content.praise] == ["small.greeting"]
    assert [entry.criterion for entry in content.improvement] == ["small.answer"]

    for heading in ("Keep doing", "Work on next"):
        found = part_of(page, heading)
        assert re.search(r"likely \d+\s?%?\s?(to|–)\s?\d+\s?% of all", found), heading
        assert found.count("p̃ = (a + k) / (a + b + n) = (") == 1
    assert "Δ = w · (p̃ − Q25) = 40 · (" in part_of(page, "Work on next")


def test_the_standing_and_the_interval_of_the_quality_open_their_formula(page):
    words = unescape(page)

    assert "q = μ + c′S⁻¹(q − μ) = " in words
    assert "v = σ² / n₀ · (1 − n / N)" in words or "v = σ² / n₀ = " in words
    assert "±q = z · √v = 1.96 · √" in words


def entry(**values) -> ListEntry:
    known = {
        "criterion": "service.closing", "title": Text(en="Closing"), "failures": 7, "n": 12,
        "estimate": Estimate(0.3, 0.12, 0.5, 12, 8.0, "criterion_share.v1", Label.ok), "centre_share": 0.2,
        "recoverable_points": 1.5, "weight": 10.0,
    }  # fmt: skip
    return ListEntry(**{**known, **values})


def test_an_entry_drawn_by_risk_says_what_its_interval_rests_on(app):
    weighed = entry(basis={"a": 2.0, "b": 8.0, "k": 3.0, "n": 8.0})

    with app.test_request_context():
        lines = entry_lines(weighed)

    assert lines.weighed == "Drawn by risk: they weigh as 3 of 8 would."
    assert lines.formulas[0] == "p̃ = (a + k) / (a + b + n) = (2 + 3) / (2 + 8 + 8) = 0.3"
    assert weighed_counts(entry(basis={"a": 2.0, "b": 8.0, "k": 7.0, "n": 12.0})) is None
    assert weighed_counts(entry()) is None


def test_the_paper_says_so_too(sheet):
    content = decode_content(sheet.content)
    drawn = replace(content, improvement=(entry(basis={"a": 2.0, "b": 8.0, "k": 3.0, "n": 8.0}),))

    improved, praised = lists.improve(drawn, "en")[-1], lists.praise(content, "en")[0]

    assert [note.code for note in improved.sentences] == ["improve_share", "weighed"]
    assert [note.code for note in praised.sentences] == ["praise_all"]
    assert praised.sentences[0].values["likely"].upper > 0


def test_the_workbook_says_what_a_share_of_the_lists_rests_on(sheet):
    content = decode_content(sheet.content)
    drawn = replace(content, praise=(entry(),), improvement=(entry(basis={"a": 2.0, "b": 8.0, "k": 3.4, "n": 8.2}),))

    table = next(table for table in month_tables([("open", "", drawn)], "en") if table.code == "lists")

    earlier, weighed = table.rows
    assert [weighed[code] for code in ("failures", "n", "counts_k", "counts_n")] == [7, 12, 3.4, 8.2]
    assert [earlier[code] for code in ("failures", "n", "counts_k", "counts_n")] == [7, 12, None, None]
    assert set(weighed) == {column.code for column in TABLES["lists"][1]}
