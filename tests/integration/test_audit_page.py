"""The administrator reads the trail and proves that it is whole."""

from sqlalchemy import select, text, update

from qa_app import audit
from qa_app.models import AuditEvent, RoleName
from tests.factories.people import create_team


def record(session, *names: str) -> None:
    for name in names:
        team = create_team(session, name)
        audit.record(session, None, action="team.create", thing=team, name=name)
    audit.seal_pending(session)


def test_events_are_listed_latest_first_with_words_for_the_deed(sign_in, session) -> None:
    record(session, "Hotline", "Shop")

    page = sign_in(RoleName.administrator).get("/audit").text

    assert page.index("Shop") < page.index("Hotline")
    assert "added a team" in page


def test_events_are_found_by_person_deed_thing_and_day(sign_in, session) -> None:
    record(session, "Hotline", "Shop")
    admin = sign_in(RoleName.administrator)

    assert "Shop" in admin.get("/audit?actor=SYS&action=team.create").text
    assert "No event fits." in admin.get("/audit?actor=nobody").text
    assert "No event fits." in admin.get("/audit?until=2000-01-01").text
    assert "No event fits." in admin.get("/audit?thing=Team+999999").text


def test_a_filter_of_the_trail_can_be_kept_and_says_what_it_leaves_out(sign_in, session) -> None:
    record(session, "Hotline", "Shop")
    admin = sign_in(RoleName.administrator)

    page = admin.get("/audit?action=team.create&actor=system").text
    assert 'data-open-dialog="save-filter"' in page
    assert "data-dropped" not in page
    assert "data-dropped" in admin.get("/audit?action=never.done").text


def test_a_whole_chain_is_said_to_hold(sign_in, session) -> None:
    record(session, "Hotline")

    assert "The chain holds: 1 event" in sign_in(RoleName.administrator).post("/audit/verify").text


def test_the_command_notes_that_a_whole_chain_was_looked_at(session, app) -> None:
    record(session, "Hotline")
    session.commit()

    command = app.test_cli_runner().invoke(args=["audit", "verify"])

    assert command.exit_code == 0
    last = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert (last.action, last.actor_name) == ("audit.verify", "system")


def test_a_changed_event_is_named_by_page_and_command(sign_in, session, app) -> None:
    record(session, "Hotline", "Shop")
    session.execute(update(AuditEvent).where(AuditEvent.id == 1).values(actor_name="somebody else"))
    session.execute(text("DELETE FROM audit_events WHERE id = 2"))
    session.expire_all()

    page = sign_in(RoleName.administrator).post("/audit/verify").text
    command = app.test_cli_runner().invoke(args=["audit", "verify"])

    assert "This event was changed." in page
    assert "This event was removed." in page
    assert "Event 1 (team.create) was changed." in command.output
    assert "Event 2 was removed." in command.output
    assert command.exit_code == 1
