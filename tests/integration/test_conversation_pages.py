"""Finding, reading and hearing conversations: who sees what, what is masked, what is written down."""

import io
import re
from dataclasses import asdict

import numpy as np
import pytest
import soundfile
from sqlalchemy import select

from qa_app.conversations.storage import store_recording
from qa_app.models import AuditEvent, Recording, RoleName, SurveyResponse
from tests.factories.conversations import create_chat, create_conversation
from tests.factories.people import create_agent, create_team, create_user

LINES = [("customer", 0, "my number is 13812345678"), ("agent", 20, "Thank you, I will check 100%.")]


@pytest.fixture
def hotline(session):
    return create_team(session, "Hotline")


@pytest.fixture
def ana(session, hotline):
    return create_agent(session, "Ana Brook", team=hotline)


@pytest.fixture
def chat(session, ana):
    create_chat(session, create_agent(session, "Noise", team=create_team(session, "Shop")), [("customer", 0, "hello")])
    return create_chat(session, ana, LINES, topic="refund", customer_id="C-77", external_id="CHAT-1")


@pytest.fixture
def lead(sign_in):
    return sign_in(RoleName.qa_lead)


def actions(session):
    return session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()


def listed(page):
    return len(re.findall(r'href="/conversations/\d+"', page.text))


@pytest.fixture
def call(app, session, ana):
    sound = io.BytesIO()
    soundfile.write(sound, np.sin(np.arange(16_000) * 0.2) * 0.5, 8000, format="WAV", subtype="PCM_16")
    conversation = create_conversation(session, ana, channel="phone")
    stored = store_recording(sound.getvalue(), "call.wav")
    recording = Recording(**asdict(stored), side="agent", offset_seconds=0.0)
    conversation.recordings.append(recording)
    session.flush()
    return conversation


@pytest.mark.parametrize(("role", "seen"), [(RoleName.qa_lead, 2), (RoleName.supervisor, 1), (RoleName.agent, 1)])
def test_list_shows_what_the_role_allows(session, sign_in, chat, ana, hotline, role, seen):
    user = create_user(session, role)
    if role is RoleName.agent:
        user.agent = ana
    if role is RoleName.supervisor:
        user.supervised_teams.append(hotline)

    page = sign_in(user).get("/conversations")

    assert page.status_code == 200
    assert listed(page) == seen
    assert "CHAT-1" in page.text


@pytest.mark.parametrize("role", [RoleName.hr, RoleName.administrator, RoleName.inspector])
def test_other_roles_find_nothing_at_this_address(sign_in, chat, role):
    client = sign_in(role)

    assert client.get("/conversations").status_code == 404
    assert client.get(f"/conversations/{chat.id}").status_code == 404


def test_foreign_conversation_looks_like_one_that_does_not_exist(session, sign_in, chat):
    user = create_user(session, RoleName.agent)
    user.agent = create_agent(session)
    client = sign_in(user)

    foreign, missing = client.get(f"/conversations/{chat.id}"), client.get("/conversations/999999")

    assert foreign.status_code == missing.status_code == 404
    assert foreign.text.replace(str(chat.id), "") == missing.text.replace("999999", "").replace(str(chat.id), "")


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("address", "count"),
    [
        ("q=refund", 1),
        ("q=ana+brook", 1),
        ("q=i+WILL+check", 1),
        ("q=100%25", 1),
        ("q=1_0", 0),
        ("q=CHAT-1", 1),
        ("channel=chat&channel=phone", 2),
        ("channel=email", 0),
        ("topic=refund&outcome=resolved", 1),
        ("opened_from=2026-10-12&opened_to=2026-10-12", 2),
        ("opened_to=2026-10-11", 0),
        ("rating=none&inspected=no&sort=handle&order=asc", 2),
        ("opened_from=nonsense&team=x&sort=drop", 2),
    ],
)
def test_address_is_the_filter(lead, chat, address, count):
    page = lead.get(f"/conversations?{address}")

    assert page.status_code == 200
    assert listed(page) == count


def test_chips_lead_to_the_list_without_them(lead, chat):
    page = lead.get("/conversations?channel=chat&channel=phone&topic=refund")

    assert 'href="/conversations?channel=phone&amp;topic=refund"' in page.text
    assert 'href="/conversations?channel=chat&amp;channel=phone"' in page.text


def test_empty_list_leads_on(lead):
    assert "There are no conversations yet" in lead.get("/conversations").text
    assert "No conversation matches" in lead.get("/conversations?q=zzz").text


def test_personal_data_is_masked_until_asked_for(session, lead, chat):
    address = f"/conversations/{chat.id}"
    assert "13812345678" not in lead.get(address).text

    lead.post(f"{address}/unmask")

    assert "13812345678" in lead.get(address).text
    assert "conversation.unmask" in actions(session)
    lead.post(f"{address}/mask")
    assert "13812345678" not in lead.get(address).text


def test_unmasking_ends_after_ten_minutes(lead, chat, time_machine):
    time_machine.move_to("2026-11-01 10:00", tick=False)
    lead.post(f"/conversations/{chat.id}/unmask")

    time_machine.shift(601)

    assert "13812345678" not in lead.get(f"/conversations/{chat.id}").text


def test_supervisor_may_read_but_not_unmask(session, sign_in, chat, hotline):
    user = create_user(session, RoleName.supervisor)
    user.supervised_teams.append(hotline)
    client = sign_in(user)

    assert client.get(f"/conversations/{chat.id}").status_code == 200
    assert client.post(f"/conversations/{chat.id}/unmask").status_code == 404


def test_page_shows_times_and_ratings(session, lead, chat):
    chat.surveys.append(
        SurveyResponse(sequence=1, metric="csat", scale="yes_no", score="yes", value=5.0, question="Calm?")
    )
    session.flush()

    page = lead.get(f"/conversations/{chat.id}").text

    assert "20 s" in page
    assert "Calm?" in page
    assert "5.0 of 5" in page


def test_recording_is_served_in_ranges_and_written_down_once(session, lead, call):
    recording = call.recordings[0]
    with lead.get(f"/recordings/{recording.id}") as whole:
        content = whole.data
    with lead.get(f"/recordings/{recording.id}", headers={"Range": "bytes=100-199"}) as part:
        assert (part.status_code, part.data) == (206, content[100:200])

    assert content.startswith(b"RIFF")
    assert actions(session).count("recording.open") == 1


def test_every_play_is_written_down(session, lead, call):
    for second in (0, 12.5):
        assert lead.post(f"/conversations/{call.id}/plays", data={"at": second}).status_code == 204

    assert actions(session).count("recording.play") == 2


def test_waveform_tells_voices_and_counts_as_no_look(session, lead, call):
    wave = lead.get(f"/conversations/{call.id}/waveform").json

    assert [voice["side"] for voice in wave["voices"]] == ["agent"]
    assert max(wave["voices"][0]["peaks"]) == pytest.approx(128, abs=2)
    assert "recording.open" not in actions(session)


def test_stranger_hears_nothing(sign_in, session, call):
    user = create_user(session, RoleName.agent)
    user.agent = create_agent(session)
    client = sign_in(user)

    for address in (f"/recordings/{call.recordings[0].id}", f"/conversations/{call.id}/waveform", "/recordings/999999"):
        assert client.get(address).status_code == 404
    assert client.post(f"/conversations/{call.id}/plays").status_code == 404


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_export_holds_what_the_filter_asks_and_is_logged(session, lead, chat, form):
    chat.topic = "=cmd()"
    session.flush()

    file = lead.get(f"/conversations/export.{form}?q=ana")

    assert file.status_code == 200
    assert "list.export" in actions(session)
    if form == "csv":
        assert file.data.startswith("\ufeffSource".encode())
        assert "'=cmd()" in file.text
        assert file.text.count("\r\n") == 2


def test_metrics_page_shows_the_month_to_those_who_may(sign_in, chat):
    page = sign_in(RoleName.hr).get("/metrics?month=2026-10&by=agent")

    assert page.status_code == 200
    assert "Ana Brook" in page.text
    assert "/conversations?" not in page.text
    assert sign_in(RoleName.agent).get("/metrics").status_code == 404


def test_supervisor_sees_figures_of_own_teams_only(session, sign_in, chat, hotline):
    user = create_user(session, RoleName.supervisor)
    user.supervised_teams.append(hotline)

    page = sign_in(user).get("/metrics?month=2026-10&by=team").text

    assert "Hotline" in page
    assert "Shop" not in page


@pytest.mark.parametrize("by", ["agent", "team", "channel", "topic", "day", "hour"])
def test_metrics_can_be_cut_and_exported(session, lead, chat, by):
    assert lead.get(f"/metrics?month=2026-10&by={by}").status_code == 200

    file = lead.get(f"/metrics/export.csv?month=2026-10&by={by}")

    assert file.text.lstrip("\ufeff").startswith(f"{by},conversations,")
    assert "list.export" in actions(session)


def test_wrong_month_is_said_beside_its_field(lead):
    assert "Expected a month like 2026-10." in lead.get("/metrics?month=2026-13").text


def test_keys_of_the_player_stand_in_the_table_of_keys(lead, call, chat):
    assert "Slower, faster" in lead.get(f"/conversations/{call.id}").text
    assert "Slower, faster" not in lead.get(f"/conversations/{chat.id}").text
