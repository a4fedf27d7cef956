"""The way to the mail server: encryption that looks at certificates, commands, the doctor, other mails of the house."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from flask_mailman import Mail
from sqlalchemy import update

from config import SettingsError, load_settings
from qa_app.clock import now
from qa_app.doctor import mail as doctor
from qa_app.factory import create_app
from qa_app.models import Notice, NoticeKind, RoleName
from qa_app.notices.service import notify
from tests.factories.people import create_user
from tests.smtp_server import SmtpServer, serve_smtp


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with serve_smtp() as house:
        yield house


@pytest.fixture
def mail(app, session, server, monkeypatch):
    """Lead the application's mail to the server, with further settings."""

    def configure(**settings: object) -> None:
        given = {
            "MAIL_BACKEND": "qa_app.notices.smtp",
            "MAIL_SERVER": "127.0.0.1",
            "MAIL_PORT": server.port,
            "MAIL_TIMEOUT": 5,
            **settings,
        }
        for name, value in given.items():
            monkeypatch.setitem(app.config, name, value)
        monkeypatch.setitem(app.extensions, "mailman", Mail.init_mail({**app.config}))

    configure()
    return configure


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1, signed by nobody but itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    day = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(day - dt.timedelta(days=1))
        .not_valid_after(day + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


def server_side(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def run_test(app):
    return app.test_cli_runner().invoke(args=["notices", "test", "admin@lantern.example"])


def test_the_command_sends_a_first_mail(app, mail, server) -> None:
    mail(MAIL_USERNAME="qa", MAIL_PASSWORD="secret")

    said = run_test(app)

    assert (said.exit_code, said.output) == (0, "The mail to admin@lantern.example was taken by the server.\n")
    assert server.sent_to("admin@lantern.example")[0]["Subject"] == "Test of e-mail from Lantern Home"
    assert server.signed_in == ["qa"]


def test_the_command_says_what_the_server_said(app, mail, server) -> None:
    server.refused["admin@lantern.example"] = "550 no such user"

    said = run_test(app)

    assert said.exit_code == 1
    assert "550 no such user" in said.output
    assert "docs/settings.md" in said.output


def test_tls_is_started_with_a_server_that_is_known_only(app, mail, server, certificate, monkeypatch) -> None:
    server.tls = server_side(certificate)
    mail(MAIL_USE_TLS=True, MAIL_USERNAME="qa", MAIL_PASSWORD="secret")

    refused = run_test(app)
    assert "CERTIFICATE_VERIFY_FAILED" in refused.output
    assert (server.letters, server.signed_in) == ([], [])

    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert run_test(app).exit_code == 0
    assert len(server.letters) == 1


def test_a_server_without_tls_gets_neither_password_nor_mail(app, mail, server) -> None:
    mail(MAIL_USE_TLS=True, MAIL_USERNAME="qa", MAIL_PASSWORD="secret")

    said = run_test(app)

    assert "STARTTLS" in said.output
    assert (server.letters, server.signed_in) == ([], [])


def test_tls_from_the_beginning(app, mail, certificate, monkeypatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with serve_smtp(tls_at_once=server_side(certificate)) as house:
        mail(MAIL_USE_SSL=True, MAIL_PORT=house.port)

        assert run_test(app).exit_code == 0
        assert len(house.letters) == 1


def test_both_ways_to_encrypt_at_once_are_refused() -> None:
    with pytest.raises(SettingsError, match=r"MAIL_USE_TLS .* or MAIL_USE_SSL"):
        load_settings(mail_use_tls=True, mail_use_ssl=True, _env_file=None)


@pytest.mark.parametrize("sender", ["qa@example.com", "Quality 质量 <qa@example.com>"])
def test_a_sender_may_have_a_name(sender) -> None:
    assert load_settings(mail_sender=sender, _env_file=None).mail_sender == sender


@pytest.mark.parametrize("sender", ["", "Quality", "qa@example.com, b@example.com", "a\nb <qa@example.com>"])
def test_what_is_no_sender_is_refused(sender) -> None:
    with pytest.raises(SettingsError, match="MAIL_SENDER"):
        load_settings(mail_sender=sender, env_ignore_empty=False, _env_file=None)


def test_settings_reach_the_mail_library(tmp_path) -> None:
    settings = load_settings(
        assay_mode="test",
        assay_home=tmp_path,
        mail_backend="smtp",
        mail_server="mail.lantern.example",
        mail_port=465,
        mail_use_ssl=True,
        mail_timeout=7,
        mail_username="qa",
        mail_password="secret",
        mail_sender="Quality <qa@lantern.example>",
        _env_file=None,
    )

    state = create_app(settings).extensions["mailman"]

    assert (state.server, state.port, state.username, state.password) == ("mail.lantern.example", 465, "qa", "secret")
    assert (state.use_ssl, state.use_tls, state.timeout) == (True, False, 7)
    assert (state.default_sender, state.backend) == ("Quality <qa@lantern.example>", "qa_app.notices.smtp")


def test_mails_of_the_sign_in_library_go_the_same_way(app, mail, server) -> None:
    app.extensions["security"].mail_util.send_mail(
        "login_instructions", "A code", "admin@lantern.example", "qa@lantern.example", "Your code: 123", None
    )

    assert server.sent_to("admin@lantern.example")[0]["Subject"] == "A code"


def test_the_send_command_sends_what_is_due(app, session, mail, server) -> None:
    lead = create_user(session, RoleName.qa_lead)
    notify(session, [lead.id], NoticeKind.appeal_opened, "appeal:7", appeal_id=7)
    notify(session, [lead.id], NoticeKind.calibration_revealed, "calibration:1", session_id=1, name="November")
    session.commit()
    run = app.test_cli_runner().invoke

    at_once = run(args=["notices", "send"]).output
    again = run(args=["notices", "send"]).output
    digest = run(args=["notices", "send", "--digest"]).output

    assert at_once == "1 mails with 1 notices sent, 0 failed.\n"
    assert again == "0 mails with 0 notices sent, 0 failed.\n"
    assert digest == "1 mails with 1 notices sent, 0 failed.\n"


def test_what_was_given_up_is_sent_again_when_asked_for(app, session, mail, server) -> None:
    lead = create_user(session, RoleName.qa_lead)
    notify(session, [lead.id], NoticeKind.appeal_opened, "appeal:7", appeal_id=7)
    session.commit()
    server.refused[lead.email] = "550 no such user"
    run = app.test_cli_runner().invoke

    failed = run(args=["notices", "send"])
    server.refused.clear()

    assert failed.exit_code == 1
    assert "550 no such user" in failed.output
    assert run(args=["notices", "send"]).output.startswith("0 mails")
    assert run(args=["notices", "send", "--again"]).output.startswith("1 mails")


def test_the_doctor_asks_the_server(app, mail, server) -> None:
    assert doctor.check_mail().seen_in_english == f"127.0.0.1, port {server.port} answers"

    mail(MAIL_PORT=1)
    finding = doctor.check_mail()
    assert "refused" in finding.seen_in_english
    assert "MAIL_SERVER" in finding.remedy


def test_the_doctor_knows_where_mail_goes_without_a_server(app, mail, tmp_path) -> None:
    mail(MAIL_BACKEND="console")
    assert doctor.check_mail().is_well
    assert "sent to nobody" in doctor.check_mail().seen_in_english
    assert doctor.check_public_address().is_well
    mail(MAIL_BACKEND="file", MAIL_FILE_PATH=str(tmp_path / "mail"))
    assert str(tmp_path / "mail") in doctor.check_mail().seen_in_english
    (tmp_path / "taken").write_text("")
    mail(MAIL_BACKEND="file", MAIL_FILE_PATH=str(tmp_path / "taken"))
    assert not doctor.check_mail().is_well


def test_the_doctor_misses_an_address_once_mail_leaves(app, mail, monkeypatch) -> None:
    assert "ASSAY_PUBLIC_URL" in doctor.check_public_address().remedy
    mail(ASSAY_PUBLIC_URL="https://qa.lantern.example")
    assert doctor.check_public_address().seen == "https://qa.lantern.example"


def test_the_doctor_names_mail_that_failed(app, session, mail) -> None:
    assert doctor.check_mail_sent().is_well
    lead = create_user(session, RoleName.qa_lead)
    notify(session, [lead.id], NoticeKind.appeal_opened, "appeal:7", appeal_id=7)
    session.execute(update(Notice).values(mail_attempts=3, mail_error="554 no", mail_after=now()))

    finding = doctor.check_mail_sent()

    assert finding.seen_in_english == (
        "failed for 1 people: 1 notices wait for another attempt, 0 are given up; the server said: 554 no"
    )
    assert "--again" in finding.remedy
