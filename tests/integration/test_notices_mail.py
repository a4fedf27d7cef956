"""Mail of notices by a real SMTP server: at once or in the day's digest, in the reader's language, each once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask_mailman import Mail
from sqlalchemy import select, update

from qa_app import audit
from qa_app.clock import travel
from qa_app.db import db
from qa_app.models import (
    AuditEvent,
    CalendarDay,
    Delivery,
    Notice,
    NoticeChoice,
    NoticeGroup,
    NoticeKind,
    Organisation,
    RoleName,
)
from qa_app.notices.choices import choices_of, save_choices
from qa_app.notices.due import MOST_ATTEMPTS, WAITS
from qa_app.notices.health import find_trouble, try_again
from qa_app.notices.jobs import forget_read_notices
from qa_app.notices.reading import mark_all_read
from qa_app.notices.service import notify, quietly
from qa_app.people.notice_mail import send_mail, send_mail_and_digests
from tests.factories.people import create_user
from tests.smtp_server import SmtpServer, serve_smtp

NOON = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)  # a Wednesday
MINUTE = timedelta(minutes=1)


@pytest.fixture
def server(app, session, monkeypatch) -> Iterator[SmtpServer]:
    """A mail server, and the settings that lead to it."""
    with serve_smtp() as house:
        settings = {
            "MAIL_BACKEND": "qa_app.notices.smtp",
            "MAIL_SERVER": "127.0.0.1",
            "MAIL_PORT": house.port,
            "MAIL_TIMEOUT": 5,
            "MAIL_DEFAULT_SENDER": "Quality <qa@lantern.example>",
            "ASSAY_PUBLIC_URL": "https://qa.lantern.example",
        }
        for name, value in settings.items():
            monkeypatch.setitem(app.config, name, value)
        monkeypatch.setitem(app.extensions, "mailman", Mail.init_mail({**app.config}))
        yield house


@pytest.fixture
def lead(session):
    return create_user(session, RoleName.qa_lead, name="Dana Roth", email="dana@lantern.example", language="en")


def tell_appeal(session, user, number: int = 7, *, at: datetime = NOON) -> None:
    with travel(at):
        notify(session, [user.id], NoticeKind.appeal_opened, f"appeal:{number}", appeal_id=number, name="Li Na")


def tell_coaching(session, user, number: int = 5, *, at: datetime = NOON) -> None:
    with travel(at):
        notify(session, [user.id], NoticeKind.coaching_replied, f"coaching:{number}", action_id=number, name="Li Na")


def send(session, at: datetime = NOON + MINUTE):
    session.commit()
    with travel(at):
        return send_mail(session)


def notices(session) -> list[Notice]:
    return list(session.scalars(select(Notice).order_by(Notice.id).execution_options(populate_existing=True)))


@pytest.mark.both_databases
def test_what_is_wanted_at_once_goes_out_once(session, server, lead) -> None:
    tell_appeal(session, lead)

    first, second = send(session), send(session, NOON + 30 * MINUTE)

    (letter,) = server.sent_to("dana@lantern.example")
    text, html = (letter.get_body([form]).get_content() for form in ("plain", "html"))
    (notice,) = notices(session)
    assert (first.mails, bool(second)) == (1, False)
    assert letter["Subject"] == "An appeal of Li Na waits to be decided"
    assert letter["From"] == "Quality <qa@lantern.example>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert "Dana Roth, there is something for you:" in text
    assert f"https://qa.lantern.example/notices/{notice.id}\n" in text
    assert (
        f'<a href="https://qa.lantern.example/notices/{notice.id}">An appeal of Li Na waits to be decided</a>' in html
    )
    assert "https://qa.lantern.example/account" in text
    assert (notice.mailed_at, notice.mail_attempts, notice.mail_error) == (NOON + MINUTE, 1, "")


def test_several_notices_of_one_person_are_one_mail(session, server, lead) -> None:
    other = create_user(session, RoleName.qa_lead)
    for number in (1, 2, 3):
        tell_appeal(session, lead, number)
    tell_appeal(session, other)

    outcome = send(session)

    assert (outcome.mails, outcome.notices) == (2, 4)
    (letter,) = server.sent_to("dana@lantern.example")
    assert letter["Subject"] == "An appeal of Li Na waits to be decided, and 2 more"
    assert letter.get_body(["plain"]).get_content().count("/notices/") == 3
    assert server.connections == 1


def test_a_digest_waits_for_its_hour_on_a_working_day(session, server, lead) -> None:
    organisation = session.get(Organisation, 1)
    organisation.time_zone = "Asia/Shanghai"  # eight hours ahead: the digest of eight comes at midnight UTC
    lead.digest_hour = 8
    session.add(CalendarDay(on=datetime(2026, 11, 20, tzinfo=UTC).date(), is_working=False, name="stocktaking"))
    thursday = datetime(2026, 11, 19, 1, 0, tzinfo=UTC)
    tell_coaching(session, lead, 1, at=thursday)
    tell_coaching(session, lead, 2, at=thursday + MINUTE)

    monday = datetime(2026, 11, 23, tzinfo=UTC)
    early = [
        send(session, moment) for moment in (thursday + timedelta(days=1), monday - timedelta(days=1), monday - MINUTE)
    ]
    outcome = send(session, monday + MINUTE)

    assert [bool(one) for one in early] == [False, False, False]
    assert (outcome.mails, outcome.notices) == (1, 2)
    (letter,) = server.sent_to("dana@lantern.example")
    assert letter["Subject"] == "23 Nov 2026: Li Na replied to coaching, and 1 more"
    assert "this has happened since the last daily mail:" in letter.get_body(["plain"]).get_content()


def test_each_has_the_digest_at_their_own_hour(session, server, lead) -> None:
    late = create_user(session, RoleName.qa_lead, digest_hour=16)
    lead.digest_hour = 13
    for user in (lead, late):
        tell_coaching(session, user)

    send(session, NOON + timedelta(hours=1))
    assert [to for to, _letter in server.letters] == ["dana@lantern.example"]
    send(session, NOON + timedelta(hours=4))
    assert [to for to, _letter in server.letters] == ["dana@lantern.example", late.email]


def test_what_was_told_after_the_digest_waits_for_the_next(session, server, lead) -> None:
    lead.digest_hour = 12
    tell_coaching(session, lead, 1, at=NOON - MINUTE)
    tell_coaching(session, lead, 2, at=NOON + MINUTE)

    assert send(session, NOON + 2 * MINUTE).notices == 1
    assert send(session, NOON + timedelta(hours=20)).notices == 0
    assert send(session, NOON + timedelta(hours=24)).notices == 1


def test_a_mail_speaks_its_readers_language(session, server, lead) -> None:
    lead.language, lead.name = "zh_Hans_CN", "李娜"
    tell_appeal(session, lead)
    english = create_user(session, RoleName.qa_lead)  # chose nothing: the organisation's
    tell_appeal(session, english)

    send(session)

    (letter,) = server.sent_to("dana@lantern.example")
    html = letter.get_body(["html"]).get_content()
    assert '<html lang="zh-CN">' in html
    assert "李娜" in html
    assert 'lang="en"' in server.sent_to(english.email)[0].get_body(["html"]).get_content()


def test_without_a_public_address_pages_are_named_by_their_paths(session, server, lead, app, monkeypatch) -> None:
    monkeypatch.setitem(app.config, "ASSAY_PUBLIC_URL", "")
    tell_appeal(session, lead)

    send(session)

    (letter,) = server.sent_to("dana@lantern.example")
    assert "\n  /appeals/7\n" in letter.get_body(["plain"]).get_content()
    assert "<a " not in letter.get_body(["html"]).get_content()


def test_nobody_gets_what_they_read_or_did_not_want(session, server, lead) -> None:
    reader, hermit, gone = (create_user(session, RoleName.qa_lead) for _ in range(3))
    session.add(NoticeChoice(user_id=hermit.id, group=NoticeGroup.appeals, delivery=Delivery.none))
    session.flush()
    for user in (lead, reader, hermit, gone):
        tell_appeal(session, user)
    with quietly():
        tell_appeal(session, lead, 8)
    mark_all_read(session, reader)
    gone.active = False

    send(session)

    assert [to for to, _letter in server.letters] == ["dana@lantern.example"]
    assert server.letters[0][1]["Subject"] == "An appeal of Li Na waits to be decided"


def test_what_is_old_stands_in_the_page_only(session, server, lead) -> None:
    tell_appeal(session, lead, at=NOON - timedelta(days=15))

    assert not send(session)


def test_a_dead_address_does_not_stop_the_others(session, server, lead) -> None:
    others = [create_user(session, RoleName.qa_lead) for _ in range(2)]
    for user in (lead, *others):
        tell_appeal(session, user)
    server.refused["dana@lantern.example"] = "550 no such user"

    outcome = send(session)

    assert (outcome.mails, outcome.failed) == (2, 1)
    assert {to for to, _letter in server.letters} == {user.email for user in others}
    refused = notices(session)[0]
    assert (refused.mail_error, refused.mail_attempts) == ("550 no such user", MOST_ATTEMPTS)
    assert not send(session, NOON + timedelta(days=7))
    trouble = find_trouble_at(session, NOON)
    assert (trouble.people, trouble.given_up, trouble.error) == (1, 1, "550 no such user")


def find_trouble_at(session, moment):
    with travel(moment):
        return find_trouble(session)


def test_a_busy_mail_box_is_tried_later(session, server, lead) -> None:
    tell_appeal(session, lead)
    server.refused["dana@lantern.example"] = "451 try again later"
    send(session)
    server.refused.clear()

    assert not send(session, NOON + MINUTE + timedelta(seconds=59))
    assert send(session, NOON + 2 * MINUTE).mails == 1
    (notice,) = notices(session)
    assert (notice.mail_attempts, notice.mail_error) == (2, "")


@pytest.mark.both_databases
def test_a_server_that_is_away_is_asked_again_with_growing_waits_and_then_no_more(session, server, lead, app) -> None:
    other = create_user(session, RoleName.qa_lead)
    for user in (lead, other):
        tell_appeal(session, user)
    app.extensions["mailman"].port = 1  # nobody listens there

    moment, waited = NOON, []
    for _attempt in range(MOST_ATTEMPTS):
        outcome = send(session, moment)
        assert (outcome.mails, outcome.failed) == (0, 2)
        after = notices(session)[0].mail_after
        waited.append(after - moment)
        assert not send(session, after - MINUTE / 2) or after == moment
        moment = after

    assert tuple(waited) == (*WAITS, timedelta(0))
    assert not send(session, moment + timedelta(days=1))
    assert {(row.mail_attempts, "refused" in row.mail_error) for row in notices(session)} == {(MOST_ATTEMPTS, True)}
    trouble = find_trouble_at(session, moment)
    assert (trouble.people, trouble.waiting, trouble.given_up) == (2, 0, 2)

    app.extensions["mailman"].port = server.port
    with travel(moment):
        try_again(session)
    assert send(session, moment + MINUTE).mails == 2
    assert find_trouble_at(session, moment) is None


@pytest.mark.parametrize("command", ["DATA", "END"])
def test_a_line_that_goes_dead_is_dialled_again_for_the_next(session, server, lead, command) -> None:
    other = create_user(session, RoleName.qa_lead)
    for user in (lead, other):
        tell_appeal(session, user)
    server.drop_at, server.drops = command, 1

    outcome = send(session)

    assert (outcome.mails, outcome.failed) == (1, 1)
    assert [to for to, _letter in server.letters] == [other.email]
    assert send(session, NOON + 10 * MINUTE).mails == 1
    assert len(server.letters) == 2


def test_a_server_that_takes_few_letters_a_line_is_dialled_again(session, server, lead) -> None:
    for user in (lead, *(create_user(session, RoleName.qa_lead) for _ in range(4))):
        tell_appeal(session, user)
    server.letters_a_line = 2

    outcome = send(session)

    assert (outcome.mails, outcome.failed, server.connections) == (5, 0, 3)


def test_a_server_that_takes_nothing_has_failed(session, server, lead) -> None:
    tell_appeal(session, lead)
    server.letters_a_line = 0

    outcome = send(session)

    assert (outcome.mails, outcome.failed, server.connections) == (0, 1, 2)
    assert notices(session)[0].mail_error == "421 enough for one conversation"
    assert notices(session)[0].mail_attempts == 1


def test_a_letter_that_is_sent_again_has_the_same_number(session, server, lead) -> None:
    tell_appeal(session, lead)
    send(session)
    session.execute(update(Notice).values(mailed_at=None, mail_after=NOON))  # the sender died before it could note it

    send(session, NOON + 30 * MINUTE)

    first, again = server.sent_to("dana@lantern.example")
    assert first["Message-ID"] == again["Message-ID"]


def test_a_sender_that_died_leaves_a_claim_that_ends(session, server, lead, monkeypatch) -> None:
    def die(*_given):
        raise KeyboardInterrupt

    tell_appeal(session, lead)
    monkeypatch.setattr("qa_app.notices.sending.write_letter", die)
    with pytest.raises(KeyboardInterrupt):
        send(session)
    session.rollback()
    monkeypatch.undo()

    assert not send(session, NOON + 5 * MINUTE)
    assert notices(session)[0].mail_after == NOON + 11 * MINUTE


def test_the_daily_mail_can_be_asked_for(session, server, lead) -> None:
    tell_coaching(session, lead)
    session.commit()

    with travel(NOON + MINUTE):
        assert not send_mail(session)
        assert send_mail_and_digests(session).mails == 1


@pytest.mark.both_databases
def test_choosing_moves_what_waits_but_wakes_nothing(session, server, lead) -> None:
    tell_appeal(session, lead)
    tell_coaching(session, lead)
    with travel(NOON):
        notify(session, [lead.id], NoticeKind.job_failed, "job:1", job_id=1, job="assessment.compute")
    chosen = {
        NoticeGroup.appeals: Delivery.none,
        NoticeGroup.coaching: Delivery.at_once,
        NoticeGroup.jobs: Delivery.at_once,
        NoticeGroup.results: Delivery.none,  # an agent's: nothing to choose for a lead
    }

    save_choices(session, lead, chosen, digest_hour=17)
    outcome = send(session)

    assert outcome.notices == 1
    assert server.letters[0][1]["Subject"] == "Li Na replied to coaching"
    assert choices_of(session, lead)[NoticeGroup.jobs] == Delivery.at_once
    assert NoticeGroup.results not in choices_of(session, lead)
    event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert event.action == "notices.choose"
    assert event.data["before"] == {"appeals": "at_once", "coaching": "digest", "jobs": "none", "digest_hour": 8}
    save_choices(session, lead, {**chosen, NoticeGroup.appeals: Delivery.digest}, digest_hour=17)
    assert choices_of(session, lead)[NoticeGroup.appeals] == Delivery.digest
    save_choices(session, lead, chosen, digest_hour=17)
    session.commit()
    event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    save_choices(session, lead, chosen, digest_hour=17)
    audit.seal_pending(session)
    assert session.scalars(select(AuditEvent.id).order_by(AuditEvent.id.desc())).first() == event.id


@pytest.mark.both_databases
def test_old_notices_go_once_they_were_read(session, lead, app) -> None:
    for number, days in ((1, 200), (2, 200), (3, 10)):
        tell_appeal(session, lead, number, at=NOON - timedelta(days=days))
    for number, days in ((1, 91), (3, 9)):
        read = update(Notice).where(Notice.thing == f"appeal:{number}")
        session.execute(read.values(read_at=NOON - timedelta(days=days)))

    with travel(NOON):
        assert forget_read_notices(session) == 1

    assert [row.thing for row in notices(session)] == ["appeal:2", "appeal:3"]


def test_looking_for_mail_reads_one_small_index(session, lead) -> None:
    import sqlalchemy as sa

    from qa_app.notices.due import does_anything_wait

    seen: list[tuple[str, tuple]] = []
    listener = lambda *given: seen.append((given[2], given[3]))  # noqa: E731
    sa.event.listen(db.engine, "before_cursor_execute", listener)
    does_anything_wait(session)
    sa.event.remove(db.engine, "before_cursor_execute", listener)

    ((statement, parameters),) = seen
    plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
    assert "ix__notices_waiting" in str(plan)
