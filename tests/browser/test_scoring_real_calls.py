"""Real recordings inspected with time-range evidence: a generated call with one lane, a real one with two sides."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from qa_app.models import AuditEvent, Conversation, Evidence, InspectionState, RoleName
from tests.browser.conftest import Live
from tests.browser.scoring import ScoringPage
from tests.factories.inspections import create_assignment, service_rubric
from tests.factories.people import create_user
from tests.factories.rubrics import create_published

# A browser that has heard enough hangs up in the middle of a range; the test server leaves the file to the collector.
pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

MAPPINGS = Path(__file__).parents[2] / "docs" / "mappings"
ALL_WELL = ("1", "1", "n", "1", "1", "1", "2")
THE_REST = ("1", "1", "1", "1")
SIDES = {"agent": "Auto_Repairs_40_UTC_agent.wav", "customer": "Auto_Repairs_40_UTC_caller.wav"}


def import_and_assign(live: Live, page: Page, *args: str) -> ScoringPage:
    """Import one call, hand it to an inspector and open it."""
    result = live.app.test_cli_runner().invoke(args=["import", "conversations", *args])
    assert result.exit_code == 0, result.output
    with live.session() as session:
        inspector = create_user(session, RoleName.inspector, name="Priya Nandakumar")
        call = session.scalars(select(Conversation)).one()
        create_assignment(session, inspector, create_published(session, service_rubric()), call)
    live.enter(page, inspector)
    return ScoringPage(page, live.url).start_from_queue()


def score_with_a_range(live: Live, page: Page, scoring: ScoringPage) -> Evidence:
    """Take ten seconds as evidence for criterion 7, answer everything, submit; return the evidence."""
    scoring.answer_all(*ALL_WELL)
    scoring.go_to(7).press("ArrowRight", "[", "ArrowRight", "ArrowRight", "]", "e").wait_saved()
    scoring.go_to(9).answer_all(*THE_REST).wait_saved().submit()
    page.goto(f"{live.url}/inspections/1/view")
    expect(page.locator("[data-view][data-ready]")).to_be_visible()
    with live.session() as session:
        proof = session.scalars(select(Evidence)).one()
        assert proof.inspection.state == InspectionState.submitted
    return proof


def test_a_call_with_a_mixed_recording_is_inspected(live: Live, page: Page, data_dir: Path, tmp_path: Path) -> None:
    first = sorted((data_dir / "vcon_calls" / "calls").glob("*.vcon.json"))[0]
    for file in (first, first.with_name(first.name.replace(".vcon.json", ".mp3"))):
        shutil.copy(file, tmp_path)
    scoring = import_and_assign(live, page, str(tmp_path / first.name), "--mapping", str(MAPPINGS / "vcon_calls.toml"))

    proof = score_with_a_range(live, page, scoring)

    assert (proof.criterion, proof.kind, proof.start_seconds, proof.end_seconds) == ("progress", "range", 5.0, 15.0)


def test_a_call_with_two_sides_is_inspected(live: Live, page: Page, data_dir: Path, tmp_path: Path) -> None:
    for name in SIDES.values():
        shutil.copy(data_dir / "phone_calls_aws" / name, tmp_path)
    recordings = [{"file": name, "side": side} for side, name in SIDES.items()]
    record = {
        "source": "phone_calls_aws",
        "external_id": "Auto_Repairs_40",
        "channel": "phone",
        "agent_id": "ChrisL",
        "opened_at": "2021-12-01T06:01:22Z",
        "answered": True,
        "recordings": recordings,
    }
    (tmp_path / "call.ndjson").write_text(json.dumps(record) + "\n", encoding="utf-8")
    scoring = import_and_assign(live, page, str(tmp_path / "call.ndjson"))
    expect(page.locator("[data-lane-names]")).to_contain_text("Agent")
    with page.expect_response("**/plays"):
        scoring.press("Shift+Space")
    scoring.press("Shift+Space")
    page.locator("[data-seek]").fill("0")
    scoring.go_to(1)

    proof = score_with_a_range(live, page, scoring)

    assert proof.end_seconds is not None
    assert proof.start_seconds is not None
    assert proof.end_seconds - proof.start_seconds == pytest.approx(10, abs=0.5)
    with live.session() as session:
        assert "recording.play" in session.scalars(select(AuditEvent.action)).all()
