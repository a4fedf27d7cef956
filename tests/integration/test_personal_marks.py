"""Names and addresses that a mapping marks are hidden wherever the conversation says them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.conversations.importers.mapping import parse_mapping
from qa_app.conversations.importers.problems import MappingError
from qa_app.conversations.importing import ImportReport, ImportRequest, import_conversations, new_run, reading_options
from qa_app.conversations.turns import marks_from, read_masked
from qa_app.inspections.content import make_content
from qa_app.jobs import NoProgress
from qa_app.models import Conversation, InspectionState, RoleName, SurveyResponse
from scoring.language.masking import mask_personal_data
from tests.factories.conversations import create_chat
from tests.factories.months import create_inspection
from tests.factories.people import create_agent, create_user
from tests.factories.rubrics import create_published, small_rubric

MAPPING = """
[source]
name = "shop"
[fields]
external_id = "id"
channel = { constant = "chat" }
customer_id = { path = "customer.email", personal = "email" }
[messages]
records = "lines"
speaker = "who"
text = "said"
[personal]
name = "customer.name"
address = ["customer.street", { path = "customer.second_street" }]
"""
RECORD = {
    "id": "1",
    "customer": {"name": "Mara Lindqvist", "email": "mara@example.com", "street": "14 Quarry Lane, Ashford"},
    "lines": [
        {"who": "agent", "said": "May I have your phone number, Mara?"},
        {"who": "customer", "said": "1234567890, and I live at 14 quarry lane"},
    ],
}


@pytest.fixture
def bring_in(session: Session, tmp_path: Path) -> Callable[..., ImportReport]:
    """Import records through the mapping."""

    def run(*records: object, mapping: str = MAPPING) -> ImportReport:
        file = tmp_path / "export.json"
        file.write_text(json.dumps(records))
        spec = parse_mapping(mapping, default_name="shop") if mapping else None
        options = reading_options(mapping=spec, preset=None, timezone=None, organisation_zone="UTC")
        row = new_run(session, None, [file], {})
        request = ImportRequest((file,), options)
        return import_conversations(session, None, row, request, checkpoint=session.commit, progress=NoProgress())

    return run


@pytest.mark.both_databases
def test_what_the_mapping_marks_is_masked_in_every_message(session: Session, bring_in) -> None:
    report = bring_in(RECORD)

    conversation = session.scalars(select(Conversation)).one()
    said, masked = read_masked(session, conversation)
    assert report.created == 1
    assert conversation.personal == [
        ["email", "mara@example.com"],
        ["name", "Mara Lindqvist"],
        ["address", "14 Quarry Lane, Ashford"],
    ]
    assert [text.text for text in masked] == ["May I have your phone number, ••••?", "••••, and I live at ••••"]
    assert [text.text for text in make_content(said, ()).masked] != [text.text for text in masked]


@pytest.mark.both_databases
def test_the_same_file_changes_nothing_and_a_corrected_name_changes_the_mark(session: Session, bring_in) -> None:
    bring_in(RECORD)

    again = bring_in(RECORD)
    corrected = bring_in({**RECORD, "customer": {"name": "Mira Lund"}})

    session.expire_all()
    conversation = session.scalars(select(Conversation)).one()
    assert (again.unchanged, again.updated) == (1, 0)
    assert corrected.changed["personal"] == 1
    assert conversation.personal == [["name", "Mira Lund"]]


def test_a_source_that_marks_nothing_leaves_the_marks_alone(session: Session, bring_in) -> None:
    bring_in(RECORD)

    bring_in({**RECORD, "lines": []}, mapping=MAPPING.partition("[personal]")[0].replace(', personal = "email"', ""))

    session.expire_all()
    assert len(session.scalars(select(Conversation)).one().personal) == 3


def test_customers_of_a_vcon_are_marked_and_agents_are_not(session: Session, bring_in) -> None:
    vcon = {
        "vcon": "0.0.2",
        "uuid": "018e",
        "parties": [
            {"name": "Tobias", "role": "agent"},
            {"name": "Mara Lindqvist", "tel": "tel:+14155552671", "role": "customer"},
        ],
        "dialog": [
            {"type": "text", "start": "2026-10-01T09:00:00Z", "parties": 1, "body": "Mara here", "encoding": "none"},
            {"type": "text", "start": "2026-10-01T09:00:10Z", "parties": 0, "body": "Tobias here", "encoding": "none"},
        ],
    }

    bring_in(vcon, mapping="")

    conversation = session.scalars(select(Conversation)).one()
    assert conversation.personal == [["name", "Mara Lindqvist"], ["phone", "+14155552671"]]
    assert [text.text for text in read_masked(session, conversation)[1]] == ["•••• here", "Tobias here"]


def test_own_records_may_mark_too(session: Session, bring_in) -> None:
    own = {
        "source": "own",
        "external_id": "7",
        "channel": "chat",
        "personal": [{"kind": "name", "text": "王小明"}],
        "messages": [{"speaker": "customer", "text": "我是王小明"}],
    }

    bring_in(own, mapping="")

    conversation = session.scalars(select(Conversation)).one()
    assert read_masked(session, conversation)[1][0].text == "我是••••"


@pytest.mark.parametrize(
    "wrong", ['[personal]\nshoe_size = "a"', '[fields]\ntopic = { path = "a", personal = "shoe" }']
)
def test_an_unknown_kind_of_mark_is_refused_with_the_kinds_there_are(wrong: str) -> None:
    with pytest.raises(MappingError) as refused:
        parse_mapping(wrong, default_name="x")

    assert "address" in refused.value.params["expected"]


def test_marks_hide_a_name_in_the_facts_and_the_words_on_the_page(session: Session, sign_in) -> None:
    lead = sign_in(RoleName.qa_lead)
    chat = create_chat(session, create_agent(session), [("customer", 0, "This is Mara.")], customer_id="Mara Lindqvist")
    chat.personal = [["name", "Mara Lindqvist"]]
    session.commit()

    shown = lead.get(f"/conversations/{chat.id}").text
    listed = lead.get("/conversations").text

    assert "Mara" not in shown
    assert "Mara" not in listed
    assert "••••" in listed


def test_a_table_with_a_column_of_names_is_marked_without_a_mapping(session: Session, tmp_path: Path) -> None:
    file = tmp_path / "shop.csv"
    file.write_text(
        "会话编号,客户姓名,收货地址,问题描述\nA1,王小明,上海市浦东新区锦绣路88号,王小明要退款，寄回锦绣路88号\n",
        encoding="utf-8",
    )
    options = reading_options(mapping=None, preset=None, timezone=None, organisation_zone="UTC")
    row = new_run(session, None, [file], {})
    request = ImportRequest((file,), options)

    import_conversations(session, None, row, request, checkpoint=session.commit, progress=NoProgress())

    conversation = session.scalars(select(Conversation)).one()
    assert conversation.personal == [["name", "王小明"], ["address", "上海市浦东新区锦绣路88号"]]
    shown = mask_personal_data(conversation.description or "", marks=marks_from(conversation.personal)).text
    assert shown == "••••要退款，寄回••••"


def test_a_customers_comment_is_masked_beside_the_inspection(session: Session, sign_in) -> None:
    chat = create_chat(session, create_agent(session), [("customer", 0, "hello")])
    chat.personal = [["name", "Mara Lindqvist"]]
    comment = "Thanks from Mara, 13812345678"
    chat.surveys = [SurveyResponse(sequence=0, metric="csat", scale="stars", score="5", value=5.0, comment=comment)]
    inspector = create_user(session, RoleName.inspector)
    version = create_published(session, small_rubric())
    inspection = create_inspection(session, chat, inspector, version, state=InspectionState.final)
    session.commit()

    page = sign_in(RoleName.qa_lead).get(f"/inspections/{inspection.id}/view").text

    assert "Thanks from ••••, ••••" in page
    assert "Mara" not in page
