"""HR exports a month: every appraisal, one archive, one joined file, a workbook; failures are named and retried."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from qa_app.assessment import service as assessment
from qa_app.home_folder import home_folder
from qa_app.jobs import NoProgress
from qa_app.models import AuditEvent, ExportFile, JobRun, NoticeKind, RoleName, Sheet, SheetState
from qa_app.reporting import service
from qa_app.reporting.errors import NothingToExport
from qa_app.reporting.files import write_month
from qa_app.reporting.gather import gather_appraisal, read_surroundings
from reports.appraisal.verification import verification_lines
from reports.appraisal.words import Words
from reports.errors import RendererMissing
from reports.formats import formats_for
from tests.conftest import missing
from tests.factories.months import MONTH, create_month
from tests.factories.notices import told, unread
from tests.factories.people import create_user

pytestmark = pytest.mark.pdf


@pytest.fixture(scope="session")
def font_cache(pytestconfig: pytest.Config) -> Path:
    folder = pytestconfig.rootpath / ".pytest_cache" / "d" / "document-fonts"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def fonts(font_cache: Path, app, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cut fonts of the document tests serve here too."""
    try:
        from reports.render import Renderer

        Renderer(font_cache)
    except RendererMissing as error:
        missing(str(error))
    monkeypatch.setattr("qa_app.reporting.files.fonts_folder", lambda: font_cache)
    monkeypatch.setattr("qa_app.reporting.service.fonts_folder", lambda: font_cache)


@pytest.fixture
def revision(session):
    create_month(session, agents=3)
    return assessment.compute_month(session, create_user(session, RoleName.hr, name="Han Qingyue"), MONTH)


@pytest.mark.both_databases
def test_who_asked_hears_of_it_until_it_is_fetched(session, fonts, revision):
    asked, _other = create_user(session, RoleName.hr), create_user(session, RoleName.hr)
    run = service.start_export(session, asked, revision, language="en", sheet_ids=[revision.sheets[0].id])

    service.run_export(session, run, NoProgress())

    ready = (asked.id, f"appraisals_{MONTH}_r0.zip", MONTH)
    assert told(session, NoticeKind.export_ready, "name", "month") == {ready}
    service.fetch_export(session, asked, session.scalars(select(ExportFile)).first())
    assert NoticeKind.export_ready not in {row.kind for row in unread(session)}


def test_who_left_hr_is_not_led_to_the_exports(session, fonts, revision):
    asked = create_user(session, RoleName.hr)
    run = service.start_export(session, asked, revision, language="en", sheet_ids=[revision.sheets[0].id])
    asked.roles.clear()
    session.flush()

    service.run_export(session, run, NoProgress())

    assert told(session, NoticeKind.export_ready) == set()


@pytest.mark.both_databases
def test_the_written_text_is_what_the_database_holds(session, fonts, revision, tmp_path):
    written = write_month(session, revision, tmp_path, language="zh_Hans_CN")

    assert written.exit_status == 0
    assert len(written.appraisals) == 3
    for path, sheet in zip(
        written.appraisals, sorted(revision.sheets, key=lambda s: s.agent.employee_number), strict=True
    ):
        reader = PdfReader(path)
        text = "".join("".join(page.extract_text().split()) for page in reader.pages)
        assert sheet.agent.name.replace(" ", "") in text
        assert sheet.verification_code in text.replace("核验码", "")
        assert "草稿" in text
        assert len(reader.pages) == 2
    assert CalamineWorkbook.from_path(written.workbook).sheet_names[0] == "考核表"
    assert "appraisals written: 3" in written.summary.read_text()


def test_an_export_makes_archive_joined_file_and_workbook(session, fonts, revision):
    actor = create_user(session, RoleName.hr)
    run = service.start_export(session, actor, revision, language="en")

    result = service.run_export(session, run, NoProgress())
    files = {file.name: file for file in session.scalars(select(ExportFile))}

    assert result["written"] == 3
    assert result["failed"] == []
    assert set(files) == {f"appraisals_{MONTH}_r0.zip", f"appraisals_{MONTH}_r0.pdf", f"{MONTH}.xlsx"}
    with zipfile.ZipFile(service.export_path(files[f"appraisals_{MONTH}_r0.zip"])) as archive:
        assert sum(name.endswith(".pdf") for name in archive.namelist()) == 3
    joined = PdfReader(service.export_path(files[f"appraisals_{MONTH}_r0.pdf"]))
    people = [f"{sheet.agent.employee_number} {sheet.agent.name}" for sheet in revision.sheets]
    assert len(joined.pages) == 6
    assert [item["/Title"] for item in joined.outline if not isinstance(item, list)] == sorted(people)
    assert joined.metadata.title == "Appraisals, October 2026"
    assert joined.trailer["/Root"]["/StructTreeRoot"]["/K"]


def test_the_code_on_a_sheet_leads_to_the_page_that_checks_it(session, revision, app, monkeypatch):
    around = read_surroundings(session, revision, "en")
    sheet = revision.sheets[0]

    assert gather_appraisal(sheet, around, "en").identity.verify_url is None
    monkeypatch.setitem(app.config, "ASSAY_PUBLIC_URL", "https://qa.example.com/assay")
    document = gather_appraisal(sheet, around, "en")

    assert document.identity.verify_url == f"https://qa.example.com/assay/verify/{sheet.verification_code}"
    assert document.identity.verify_url in verification_lines(document, Words(formats_for("en")))
    session.commit()
    path = document.identity.verify_url.removeprefix("https://qa.example.com/assay")
    assert "This code is known." in app.test_client().get(path).text


def test_only_the_people_chosen_are_written(session, fonts, revision):
    run = service.start_export(
        session, create_user(session, RoleName.hr), revision, language="en", sheet_ids=[revision.sheets[1].id]
    )

    assert service.run_export(session, run, NoProgress())["written"] == 1


def test_nobody_chosen_of_this_month_is_refused(session, revision):
    with pytest.raises(NothingToExport):
        service.start_export(session, create_user(session, RoleName.hr), revision, language="en", sheet_ids=[999999])


def test_a_failed_appraisal_is_named_and_the_others_are_written(session, fonts, revision, monkeypatch):
    broken = revision.sheets[0]
    real = write_month.__globals__["gather_appraisal"]

    def gather(sheet, around, language):
        document = real(sheet, around, language)
        if sheet.id == broken.id:
            from dataclasses import replace

            return replace(document, language="tlh")
        return document

    monkeypatch.setattr("qa_app.reporting.files.gather_appraisal", gather)
    run = service.start_export(session, create_user(session, RoleName.hr), revision, language="en")
    result = service.run_export(session, run, NoProgress())

    assert result["written"] == 2
    assert [item["sheet"] for item in result["failed"]] == [broken.id]


def test_without_a_renderer_the_workbook_is_written_and_the_mend_is_named(session, revision, tmp_path, monkeypatch):
    import builtins

    real = builtins.__import__

    def without(name, *args, **kwargs):
        if name == "reports.batch":
            raise RendererMissing("PDF files need Pango: apt-get install -y libpango-1.0-0")
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    written = write_month(session, revision, tmp_path)

    assert written.exit_status == 1
    assert "libpango" in written.failures[0].reason
    assert written.workbook.stat().st_size > 0


def test_hr_starts_an_export_in_the_browser_and_fetches_its_file(session, fonts, revision, sign_in):
    client = sign_in(RoleName.hr)

    page = client.get("/exports")
    assert b"Export October 2026" in page.data
    assert "draft 草稿".encode() in page.data
    assert client.post(f"/exports/{MONTH}", data={"language": "en"}).status_code == 303
    run = session.scalar(select(JobRun).where(JobRun.kind == "reporting.export"))
    run.result = service.run_export(session, run, NoProgress())
    session.commit()
    file = session.scalar(select(ExportFile).where(ExportFile.kind == "workbook"))
    with client.get(f"/exports/{file.id}/file") as answer:
        fetched = answer.data

    assert fetched == (home_folder().folder("exports") / file.path).read_bytes()
    assert session.scalar(select(AuditEvent.actor_name).where(AuditEvent.action == "export.download"))


@pytest.mark.parametrize("role", [RoleName.agent, RoleName.inspector, RoleName.supervisor, RoleName.qa_lead])
def test_only_hr_sees_the_exports(session, sign_in, role):
    assert sign_in(role).get("/exports").status_code == 404


def test_an_agent_prints_the_own_published_sheet_and_no_other(session, fonts, revision, sign_in):
    own, other = revision.sheets[0], revision.sheets[1]
    client = sign_in(RoleName.agent, agent_id=own.agent_id)

    assert client.get(f"/sheets/{own.id}/pdf").status_code == 404
    for sheet in session.scalars(select(Sheet)):
        sheet.state = SheetState.published
    session.commit()
    answer = client.get(f"/sheets/{own.id}/pdf")

    assert answer.mimetype == "application/pdf"
    assert own.verification_code in "".join(p.extract_text() for p in PdfReader(BytesIO(answer.data)).pages).replace(
        " ", ""
    )
    assert client.get(f"/sheets/{other.id}/pdf").status_code == 404
