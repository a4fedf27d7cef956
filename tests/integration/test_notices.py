"""Telling people once: whatever a room says again, and however many say it at the same moment."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask_babel import force_locale, gettext
from sqlalchemy import func, select

from qa_app.models import Delivery, Notice, NoticeChoice, NoticeGroup, NoticeKind, RoleName
from qa_app.notices.kinds import KINDS, ParamsUnfit, page_of, sentence_of
from qa_app.notices.service import notify, quietly, reopen, resolve, resolve_all_but
from qa_app.notices.wording import has_words
from tests.factories.people import create_user

APPEAL = {"kind": NoticeKind.appeal_decided, "thing": "appeal:7", "appeal_id": 7}


def count_notices(session) -> int:
    return session.scalar(select(func.count()).select_from(Notice))


@pytest.mark.both_databases
def test_each_person_is_told_once_per_thing_and_stage(session):
    mara, tomas = create_user(session, RoleName.agent), create_user(session, RoleName.agent)

    first = notify(session, [mara.id, mara.id], stage="rejected", **APPEAL)
    again = notify(session, [mara.id, tomas.id], stage="rejected", **APPEAL)
    further = notify(session, [mara.id], stage="accepted", **APPEAL)

    assert (first, again, further) == (1, 1, 1)
    assert count_notices(session) == 3


@pytest.mark.both_databases
def test_many_are_told_at_once(session):
    people = [create_user(session, RoleName.agent).id for _ in range(40)]

    assert notify(session, people, NoticeKind.sheet_published, "sheet", month="2026-10") == 40
    assert notify(session, people, NoticeKind.sheet_published, "sheet", month="2026-10") == 0


@pytest.mark.both_databases
def test_who_left_is_told_nothing_and_nobody_by_mail_while_the_past_is_told(session):
    here, gone = create_user(session, RoleName.agent), create_user(session, RoleName.agent)
    gone.active = False
    session.flush()

    with quietly():
        assert notify(session, [here.id, gone.id], stage="rejected", **APPEAL) == 1
    assert notify(session, [here.id, gone.id], stage="accepted", **APPEAL) == 1

    told = dict(session.execute(select(Notice.stage, Notice.delivery)).all())
    assert told == {"rejected": Delivery.none, "accepted": Delivery.at_once}
    assert set(session.scalars(select(Notice.user_id))) == {here.id}


@pytest.mark.both_databases
def test_what_is_over_is_read_until_that_is_taken_back(session):
    mara, tomas = create_user(session, RoleName.agent), create_user(session, RoleName.agent)
    kind, thing = APPEAL["kind"], APPEAL["thing"]
    for stage in ("rejected", "accepted"):
        notify(session, [mara.id, tomas.id], stage=stage, **APPEAL)

    assert resolve(session, kind, thing, because="withdrawn", user_ids=[]) == 0
    assert resolve(session, kind, thing, because="withdrawn", user_ids=[mara.id], stage="rejected") == 1
    assert resolve(session, kind, thing, because="decided", but_stage="accepted") == 1
    assert resolve_all_but(session, kind, {(tomas.id, thing)}, because="over") == 1
    assert reopen(session, [kind], thing, because="decided") == 1

    rows = select(Notice.user_id, Notice.stage, Notice.over_because).order_by(Notice.user_id, Notice.stage)
    assert session.execute(rows.where(Notice.read_at.is_(None))).all() == [
        (tomas.id, "accepted", ""),
        (tomas.id, "rejected", ""),
    ]


@pytest.mark.both_databases
def test_a_notice_comes_as_its_reader_chose(session):
    chose, did_not = create_user(session, RoleName.agent), create_user(session, RoleName.agent)
    session.add(NoticeChoice(user_id=chose.id, group=NoticeGroup.appeals, delivery=Delivery.none))
    session.flush()

    notify(session, [chose.id, did_not.id], **APPEAL)

    delivered = {row.user_id: row.delivery for row in session.execute(select(Notice.user_id, Notice.delivery))}
    assert delivered == {chose.id: Delivery.none, did_not.id: Delivery.at_once}


def test_what_could_not_be_shown_is_refused(session):
    user = create_user(session, RoleName.agent)

    with pytest.raises(ParamsUnfit, match="needs appeal_id"):
        notify(session, [user.id], NoticeKind.appeal_decided, "appeal:7")
    with pytest.raises(ParamsUnfit, match="due_on"):
        notify(session, [user.id], NoticeKind.sample_due, "samples", count=3, due_on="3 May")


ANY = {
    "action_id": 5,
    "agent_id": 3,
    "appeal_id": 7,
    "closes_on": "2026-11-30",
    "count": 2,
    "due_on": "2026-11-30",
    "ends_on": "2026-11-30",
    "held_at": "2026-11-30T09:00:00+00:00",
    "job": "assessment.compute",
    "job_id": 9,
    "month": "2026-10",
    "name": "Li Na",
    "session_id": 4,
    "step": "review",
    "topic": "Refunds",
    "training_id": 6,
}


@pytest.mark.parametrize("kind", list(NoticeKind))
def test_every_kind_says_something_and_leads_somewhere(app, session, kind) -> None:
    spec = KINDS[kind]
    needed = {name: ANY[name] for name in spec.needs}
    spec.check(kind, needed)

    for params in (needed, ANY):
        endpoint, arguments = page_of(kind, params)
        assert app.url_map.bind("").build(endpoint, arguments)
        assert endpoint != "notices.index"
        said = set()
        for language in ("en", "zh_Hans_CN"):
            with force_locale(language):
                assert sentence_of(kind, params) != gettext("Something happened that concerns you")
                said.add(sentence_of(kind, params))
        assert all(said)


def test_every_reason_for_which_a_notice_closes_has_words() -> None:
    sources = [path.read_text(encoding="utf-8") for path in Path("qa_app").rglob("*.py")]
    reasons = {reason for source in sources for reason in re.findall(r'because="([^"]+)"', source)}

    assert reasons >= {"decided", "done"}
    assert {reason for reason in reasons if not has_words(reason)} == set()
