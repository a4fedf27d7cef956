"""Several leads send a conversation to inspection at the same moment: one check is made, the others are led to it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from types import SimpleNamespace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from qa_app.db import db
from qa_app.lists.deeds import carry_out, plan_deed
from qa_app.models import Assignment, AuditEvent, Conversation, RoleName, Sample, User
from qa_app.sampling.errors import TargetRefused
from qa_app.sampling.many import SEND
from qa_app.sampling.service import add_targeted_sample
from tests.factories.conversations import create_conversation
from tests.factories.people import create_agent, create_user
from tests.factories.rubrics import create_published

# The installation on which threads meet is the one of the workers' tests.
from tests.integration.test_notices_workers import WORKERS, at_once, house

__all__ = ["house"]

pytestmark = pytest.mark.both_databases


def begin(app: Flask) -> tuple[list[int], int]:
    """Return as many leads as there are workers, and a conversation nobody has sent."""
    with app.app_context():
        session = db.session()
        create_published(session)
        create_user(session, RoleName.inspector, name="Amara Diallo")
        leads = [create_user(session, RoleName.qa_lead) for _ in range(WORKERS)]
        chat = create_conversation(session, create_agent(session))
        session.commit()
        return [lead.id for lead in leads], chat.id


def counts(app: Flask) -> tuple[int, int, int]:
    """Checks, assignments, events."""
    with app.app_context():
        sent = select(func.count()).where(AuditEvent.action == "sample.target")
        queries = select(func.count()).select_from(Sample), select(func.count()).select_from(Assignment), sent
        return tuple(db.session.scalar(query) for query in queries)


def test_one_check_is_made_and_the_others_are_refused(house: Flask) -> None:
    leads, chat_id = begin(house)
    waiting = list(leads)

    def send() -> int:
        session = db.session()
        lead, chat = session.get_one(User, waiting.pop()), session.get_one(Conversation, chat_id)
        try:
            add_targeted_sample(session, lead, chat, "complaint")
        except TargetRefused as refusal:
            assert refusal.why == "waiting"  # noqa: PT017 (in a thread)
            return 0
        return 1

    assert sorted(at_once(house, send)) == [0] * (WORKERS - 1) + [1]
    assert counts(house) == (1, 1, 1)


def signed_in(app: Flask, user_id: int) -> FlaskClient:
    client = app.test_client()
    with app.app_context(), client.session_transaction() as kept:
        name = db.session.get_one(User, user_id).fs_uniquifier
        kept.update({"_user_id": name, "_fresh": True, "fs_cc": "set", "seen": 4102444800.0, "identity.id": name})
    return client


def test_the_page_leads_whoever_came_second_to_the_check_there_is(house: Flask) -> None:
    leads, chat_id = begin(house)
    clients = [signed_in(house, lead) for lead in leads]
    start = Barrier(WORKERS)

    def send(client: FlaskClient) -> tuple[int, str]:
        start.wait()
        answer = client.post(f"/conversations/{chat_id}/target", data={"reason": "complaint"})
        return answer.status_code, answer.text

    with ThreadPoolExecutor(WORKERS) as pool:
        answers = sorted(pool.map(send, clients))

    assert [status for status, _ in answers] == [200] * (WORKERS - 1) + [303]
    assert counts(house) == (1, 1, 1)
    with house.app_context():
        assignment_id = db.session.scalar(select(Assignment.id))
    for _, page in answers[:-1]:
        assert "It waits for inspection already" in page
        assert "Amara Diallo" in page
        assert f'href="/inspections/in-hand/{assignment_id}"' in page


def test_many_sent_at_once_in_any_order_are_each_sent_once(house: Flask) -> None:
    leads, chat_id = begin(house)
    with house.app_context():
        agent = db.session.get_one(Conversation, chat_id).agent
        more = [create_conversation(db.session(), agent) for _ in range(5)]
        db.session.commit()
        ids = [chat_id, *(one.id for one in more)]
    orders = [ids, ids[::-1], ids[3:] + ids[:3], ids]
    form = SimpleNamespace(reason=Given("complaints"), inspector=Given(0), rubric=Given(0))
    pairs = list(zip(leads, orders, strict=True))

    def send() -> int:
        session = db.session()
        lead_id, order = pairs.pop()
        lead = session.get_one(User, lead_id)
        return len(carry_out(session, lead, SEND, plan_deed(session, lead, SEND, order), form).done)

    assert sum(at_once(house, send)) == len(ids)
    assert counts(house) == (len(ids),) * 3


class Given(SimpleNamespace):
    """What a field of a form was given."""

    def __init__(self, data: object) -> None:
        super().__init__(data=data)
