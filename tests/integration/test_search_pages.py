"""The search: what each role finds, in groups and pages, with the words marked."""

from __future__ import annotations

import re

import pytest
from sqlalchemy.orm import Session

from qa_app.conversations.indexing import index_behind
from qa_app.jobs import NoProgress
from qa_app.models import Assignment, RoleName, Sample, Team
from qa_app.search.highlights import choose_excerpt, mark_words
from tests.factories.conversations import create_chat
from tests.factories.people import create_agent, create_user
from tests.factories.rubrics import create_published


def index(session: Session) -> None:
    """Bring the index up to date."""
    session.flush()
    index_behind(session, checkpoint=session.flush, progress=NoProgress())
    session.commit()


def text_of(html: str) -> str:
    """Return the words of a page between its first heading and its end."""
    main = html.partition("<main")[2]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


@pytest.mark.both_databases
def test_the_lead_finds_conversations_people_and_pages(session: Session, sign_in) -> None:
    mara = create_agent(session, "Mara Trend")
    create_chat(session, mara, [("customer", 0, "我要退款，尽快")], external_id="CH-1", topic="Trend lamps")
    create_chat(session, mara, [("customer", 0, "nothing of the kind")], external_id="CH-2")
    lead = sign_in(RoleName.qa_lead)
    index(session)

    chinese = lead.get("/search?q=退款").text
    mixed = lead.get("/search?q=trend").text

    assert "<mark>退款</mark>" in chinese
    assert "CH-1" in chinese
    assert "CH-2" not in chinese
    assert "Conversations 1" in text_of(mixed)
    assert "People 1" in text_of(mixed)
    assert "Pages 1" in text_of(mixed)
    assert "Nothing found for “zzzz”" in lead.get("/search?q=zzzz").text


@pytest.mark.both_databases
def test_an_agent_finds_the_own_conversations_and_nobody_else(session: Session, sign_in) -> None:
    me, other = create_agent(session, "Ada Brook"), create_agent(session, "Ada Stone")
    create_chat(session, me, [("customer", 0, "a blue kettle")], external_id="MINE")
    create_chat(session, other, [("customer", 0, "a blue kettle")], external_id="THEIRS")
    client = sign_in(RoleName.agent, agent_id=me.id)
    index(session)

    found = client.get("/search?q=kettle").text
    people = client.get("/search?q=ada").text
    typed = client.get("/search/quick?q=kettle").text

    assert "MINE" in found
    assert "THEIRS" not in found + typed
    assert "MINE" in typed
    assert "Brook" in people
    assert "Stone" not in people


def test_a_supervisor_finds_the_team_and_hr_no_conversation(session: Session, sign_in) -> None:
    mine = create_agent(session, "Bo Ek")
    other = create_agent(session, "Cy Fo", team=Team(name="elsewhere"))
    create_chat(session, mine, [("customer", 0, "kettle")], external_id="TEAM")
    create_chat(session, other, [("customer", 0, "kettle")], external_id="OTHER")
    supervisor = create_user(session, RoleName.supervisor)
    supervisor.supervised_teams = [mine.team]
    index(session)

    seen = sign_in(supervisor).get("/search?q=kettle").text
    by_hr = sign_in(RoleName.hr).get("/search?q=kettle").text

    assert "TEAM" in seen
    assert "OTHER" not in seen
    assert "TEAM" not in by_hr


def test_an_inspector_finds_own_samples_only(session: Session, sign_in) -> None:
    agent = create_agent(session)
    inspector, other = create_user(session, RoleName.inspector), create_user(session, RoleName.inspector)
    version = create_published(session)
    for number, who in (("S-1", inspector), ("S-2", other)):
        chat = create_chat(session, agent, [("customer", 0, "kettle")], external_id=number)
        sample = Sample(
            conversation_id=chat.id, agent_id=agent.id, rubric_version_id=version.id, created_at=chat.created_at
        )
        sample.assignments = [Assignment(inspector_id=who.id, assigned_at=chat.created_at)]
        session.add(sample)
    index(session)

    found = sign_in(inspector).get("/search?q=kettle").text
    by_lead = sign_in(RoleName.qa_lead).get("/search?q=kettle&group=samples").text

    assert "S-1" in found
    assert "S-2" not in found
    assert "S-1" in by_lead
    assert "S-2" in by_lead


def test_a_group_is_shown_page_by_page(session: Session, sign_in) -> None:
    agent = create_agent(session)
    for number in range(25):
        create_chat(session, agent, [("customer", 0, "kettle")], external_id=f"N{number:02}")
    lead = sign_in(RoleName.qa_lead)
    index(session)

    overview = lead.get("/search?q=kettle").text
    first, second = (lead.get(f"/search?q=kettle&group=conversations&page={page}").text for page in (1, 2))

    assert "All 25 of this group" in overview
    assert overview.count("data-row-link") == 5
    assert "Showing 1 to 20 of 25" in text_of(first)
    assert (first.count("data-row-link"), second.count("data-row-link")) == (20, 5)
    assert lead.get("/search?q=kettle&group=nothing").status_code == 404
    assert sign_in(RoleName.hr).get("/search?q=kettle&group=conversations").status_code == 404


def test_masked_data_is_neither_found_nor_shown(session: Session, sign_in) -> None:
    agent = create_agent(session)
    create_chat(session, agent, [("customer", 0, "my number is 13812345678, call about the kettle")])
    client = sign_in(RoleName.agent, agent_id=agent.id)
    index(session)

    assert "Nothing found" in client.get("/search?q=13812345678").text
    found = client.get("/search?q=kettle").text
    assert "••••" in found
    assert "13812345678" not in found
    # The filter of the list looks through the same index.
    assert "No conversation matches" in client.get("/conversations?q=13812345678").text
    assert "No conversation matches" not in client.get("/conversations?q=kettle").text


def test_what_is_not_indexed_yet_is_said(session: Session, sign_in) -> None:
    create_chat(session, create_agent(session), [("customer", 0, "kettle")])

    shown = sign_in(RoleName.qa_lead).get("/search").text

    assert "1 conversation is not in the index yet" in shown


@pytest.mark.parametrize(
    ("text", "question", "marked"),
    [
        ("客户要求退款处理", "退款处理", ["退款处理"]),
        ("退款以后要流程", "退款流程", ["退款", "流程"]),
        ("Refund the refunded", "refund", ["Refund", "refund"]),
        ("prefunded", "fund", []),
        ("我的iPhone15坏了", "iphone 坏", ["iPhone", "坏"]),
        ("<b>kettle</b>", "kettle", ["kettle"]),
    ],
)
def test_what_was_asked_for_is_marked(text, question, marked) -> None:
    parts = mark_words(text, question)

    assert [part.text for part in parts if part.is_marked] == marked
    assert "".join(part.text for part in parts) == text


def test_the_excerpt_is_taken_where_most_of_the_question_stands() -> None:
    texts = ["a kettle", "x " * 100 + "a blue kettle here", "blue"]

    excerpt = "".join(part.text for part in choose_excerpt(texts, "blue kettle"))

    assert excerpt.startswith("… ")
    assert "blue kettle here" in excerpt
    assert choose_excerpt(["nothing"], "kettle") == ()
