"""The doctor names what is wrong and the line that mends it, even where much is broken."""

import re
from pathlib import Path

import pytest
from flask_babel import gettext
from sqlalchemy.exc import OperationalError

from qa_app.cli.doctor import examine_from_outside
from qa_app.clock import now
from qa_app.db import db
from qa_app.doctor import checks, machine
from qa_app.models import JobRun, RoleName


def test_a_machine_without_pango_or_font_is_told_what_to_install(monkeypatch) -> None:
    monkeypatch.setattr(checks, "missing_libraries", lambda: ["libpango-1.0-0"])
    monkeypatch.setattr(checks, "has_chinese_font", lambda: False)
    monkeypatch.setattr(checks, "missing_packages", lambda: ["libpango-1.0-0", "fonts-noto-cjk"])

    for finding in (checks.check_pango(), checks.check_fonts()):
        assert not finding.is_well
        assert "libpango-1.0-0 fonts-noto-cjk" in finding.remedy


def test_libraries_that_cannot_be_opened_are_named_by_their_package(monkeypatch) -> None:
    monkeypatch.setattr(machine, "LIBRARIES", {"libnothing0": ("libnothing.so.0",)})

    assert machine.missing_libraries() == ["libnothing0"]


def test_without_fontconfig_there_is_no_font(monkeypatch) -> None:
    monkeypatch.setattr(machine.shutil, "which", lambda name: None)

    assert not machine.has_chinese_font()


def test_a_database_that_does_not_answer_hides_no_other_check(app, session, monkeypatch) -> None:
    def refuse(*arguments, **values):
        raise OperationalError("SELECT 1", {}, Exception("connection refused"))

    monkeypatch.setattr(db.session, "execute", refuse)
    monkeypatch.setattr(db.session, "scalar", refuse)

    findings = {finding.subject: finding for finding in checks.check_installation()}

    assert "connection refused" in findings["Database"].seen_in_english
    assert findings["Clock"].remedy
    assert findings["Disk"].is_well


def test_jobs_that_nobody_works_on_are_noticed(app, session, monkeypatch) -> None:
    session.add(JobRun(kind="x", created_at=now() - 2 * checks.PATIENCE_WITH_WORKER))
    session.flush()

    finding = checks.check_queue()

    assert finding.seen_in_english == "1 jobs wait and nobody works"
    assert finding.remedy == "./run flask worker"


def test_secrets_that_others_can_read_are_noticed(app, session, tmp_path, monkeypatch) -> None:
    kept = tmp_path / "secrets.json"
    kept.write_text("{}")
    kept.chmod(0o644)
    monkeypatch.setattr(checks, "home_folder", lambda: type("Home", (), {"root": tmp_path}))

    assert checks.check_secrets().remedy == f"chmod 600 {kept}"


def test_tables_of_another_version_are_noticed(app, session) -> None:
    finding = checks.check_migrations()

    # The tests make their tables from the models, so no revision is noted in them.
    assert finding.remedy == "./run flask db upgrade"


def test_an_application_that_does_not_start_is_a_finding(monkeypatch, capsys) -> None:
    def refuse(name):
        raise RuntimeError("SECRET_KEY must have at least 32 characters")

    with monkeypatch.context() as patched:
        patched.setattr("importlib.import_module", refuse)
        status = examine_from_outside()

    assert status == 1
    assert "SECRET_KEY must have at least 32 characters" in capsys.readouterr().out


@pytest.mark.parametrize("role", [RoleName.administrator])
def test_the_administrator_sees_the_same_as_a_page(sign_in, role) -> None:
    page = sign_in(role).get("/doctor").text

    assert "<code>./run flask db upgrade</code>" in page


def test_the_page_speaks_chinese_and_keeps_the_lines_to_type(sign_in) -> None:
    page = sign_in(RoleName.administrator).get("/doctor", headers={"Accept-Language": "zh-CN"}).text

    for word in ("数据库", "数据表", "中文字体", "磁盘", "时钟"):
        assert f'<th scope="row">{word}</th>' in page, word
    assert "<code>./run flask db upgrade</code>" in page


def test_every_word_of_a_check_has_its_chinese(app) -> None:
    spoken = re.findall(r'N_\("([^"]+)"\)', Path(checks.__file__).read_text(encoding="utf-8"))
    with app.test_request_context(headers={"Accept-Language": "zh-CN"}):
        untranslated = [text for text in spoken if str(gettext(text)) == text]

    assert len(spoken) > 20
    assert untranslated == []
