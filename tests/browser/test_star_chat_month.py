"""The main job on real chats: import, draw, inspect by keyboard, import the rest, compute, publish, print.

4,439 chats of 115 agents in May 2020 (`star_chat` of the public data), time zone UTC.
"""

from __future__ import annotations

import csv
import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import Result
from playwright.sync_api import Page
from pypdf import PdfReader
from sqlalchemy import func, select

from qa_app.inspections.lead_queries import list_disagreements
from qa_app.inspections.service import decide_critical
from qa_app.models import (
    Agent,
    Assignment,
    AssignmentState,
    Draw,
    Inspection,
    InspectionState,
    Message,
    RoleName,
    Sample,
    Sheet,
    User,
)
from qa_app.rubrics import service as rubrics
from qa_app.rubrics.shipped import read_preset
from tests.browser.conftest import Live
from tests.browser.scoring import ScoringPage
from tests.factories.people import create_user

pytestmark = [pytest.mark.browser, pytest.mark.pdf]

ROOT = Path(__file__).parents[2]
HUMAN = (*range(1, 12), 14, 15, 16)  # criteria 12 and 13 of the preset are measured
LEVELS = {"scale": ("met", "partly", "not_met"), "yes_no": ("yes", "no", "no")}


def run(live: Live, *args: str) -> Result:
    """Run a command of the application; its failure is the test's."""
    result = live.app.test_cli_runner().invoke(args=list(args))
    assert result.exit_code == 0, f"{args}: {result.output[-2000:]}"
    return result


def settle(live: Live) -> list[User]:
    """Make the lead, four inspectors and one rubric."""
    with live.session() as session:
        lead = create_user(session, RoleName.qa_lead, name="Lead", email="lead@example.com")
        definition = read_preset("live_chat")
        rubric = rubrics.create_rubric(session, lead, definition, source="live_chat")
        rubrics.publish_draft(session, lead, rubric.versions[0])
        return [
            create_user(session, RoleName.inspector, name=f"Inspector {number}", email=f"i{number}@example.com")
            for number in range(4)
        ]


def verify_export(live: Live, folder: Path) -> None:
    """Verify the draw with the stand-alone script, which imports nothing of ours."""
    with live.session() as session:
        public_id = session.scalars(select(Draw.public_id)).one()
    run(live, "draw", "verify", public_id)
    export = folder / "draw.zip"
    run(live, "draw", "export", public_id, str(export))
    script = ROOT / "docs" / "verify_draw.py"
    checked = subprocess.run([sys.executable, "-I", script, export], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def score_by_keyboard(live: Live, page: Page, inspector: User, chats: int) -> None:
    """Let an inspector score chats from the queue without a mouse, all well."""
    live.enter(page, inspector)
    scoring = ScoringPage(page, live.url).start_from_queue()
    for number in range(chats):
        for criterion in HUMAN:
            scoring.go_to(criterion).press("1")
        scoring.wait_saved().submit()
        if number < chats - 1:
            scoring.wait()


def write_scorings(live: Live, file: Path) -> int:
    """Write a spreadsheet with an answer of every inspector to everything still open; returns the rows."""
    criteria = [one for one in read_preset("live_chat").criteria() if one.kind.value != "measured"]
    names = [one.code for one in criteria]
    with live.session() as session, file.open("w", newline="", encoding="utf-8-sig") as stream:
        said = dict(
            session.execute(
                select(Message.conversation_id, func.min(Message.sequence))
                .where(Message.speaker == "agent")
                .group_by(Message.conversation_id)
            ).all()
        )
        waiting = session.scalars(select(Assignment).where(Assignment.state == AssignmentState.open)).all()
        writer = csv.DictWriter(stream, ["会话", "质检员", "评分时间", *names, *(f"{name} evidence" for name in names)])
        writer.writeheader()
        for assignment in waiting:
            row = {
                "会话": assignment.sample.conversation.external_id,
                "质检员": session.get_one(User, assignment.inspector_id).email,
                "评分时间": "2020-06-03 10:00",
            }
            for one in criteria:
                thrown = hashlib.sha256(f"{assignment.id}:{one.code}".encode()).digest()[0]
                worst = 2 if one.is_critical_kind else 40
                level = LEVELS[one.kind.value][0 if thrown >= worst else 1 + thrown % 2]
                row[one.code] = level
                if level not in {"met", "yes"}:
                    row[f"{one.code} evidence"] = said[assignment.sample.conversation_id]
            writer.writerow(row)
        return len(waiting)


def read_texts(folder: Path) -> dict[str, str]:
    """Return the text of every appraisal without its blanks, by file name."""
    return {
        path.name: "".join("".join(page.extract_text() for page in PdfReader(path).pages).split())
        for path in sorted(folder.glob("**/*.pdf"))
    }


def test_a_month_of_real_chats_from_import_to_appraisal(live: Live, page: Page, data_dir: Path, tmp_path: Path) -> None:
    chats = data_dir / "star_chat" / "dialogues.jsonl.gz"
    mapping = ROOT / "docs" / "mappings" / "star_chat.toml"
    run(live, "import", "conversations", str(chats), "--mapping", str(mapping), "--timezone", "UTC")
    inspectors = settle(live)

    run(live, "draw", "create", "--month", "2020-05", "--per-agent", "5", "--seed-public", "315294",
        "--public-source", "dice thrown by the agents' representative")  # fmt: skip
    verify_export(live, tmp_path)
    score_by_keyboard(live, page, inspectors[0], chats=2)
    with live.session() as session:
        by_hand = session.scalars(select(Inspection).where(Inspection.state == InspectionState.submitted)).all()
        assert len(by_hand) == 2
        assert all(one.quality > 80 for one in by_hand)

    rows = write_scorings(live, tmp_path / "scorings.csv")
    result = run(live, "import", "inspections", str(tmp_path / "scorings.csv"))
    assert f"{rows} created, 0 unchanged, 0 rejected." in result.output
    again = run(live, "import", "inspections", str(tmp_path / "scorings.csv"))
    assert f"0 created, {rows} unchanged, 0 rejected." in again.output
    with live.session() as session:
        assert session.scalar(select(func.count()).where(Sample.state != "inspected")) == 0

    run(live, "month", "compute", "2020-05")
    with live.session() as session:
        undecided = session.execute(select(Sample).where(Sample.is_double)).all()
        assert undecided
    run(live, "month", "verify", "2020-05")
    publish(live)
    for language, code in (("en", "en"), ("zh", "zh_Hans_CN")):
        folder = tmp_path / language
        run(live, "month", "run", "2020-05", str(folder), "--language", code)
        compare(live, read_texts(folder))
    listed = json.loads(run(live, "month", "list", "--format", "json").output)
    assert [(one["month"], one["state"], one["agents"]) for one in listed] == [("2020-05", "published", 115)]


def publish(live: Live) -> None:
    """Review, approve and publish; the two who disagree on a critical error are settled by the lead first."""
    with live.session() as session:
        lead = session.scalars(select(User).where(User.email == "lead@example.com")).one()
        for row in list_disagreements(session):
            sample = session.get_one(Sample, row.id)
            decide_critical(session, lead, sample, is_critical=False, reason="Read again.")
    run(live, "month", "compute", "2020-05", "--reason", "disagreements settled")
    run(live, "month", "review", "2020-05", "--all")
    run(live, "month", "approve", "2020-05")
    run(live, "month", "publish", "2020-05", "--yes")


def compare(live: Live, texts: dict[str, str]) -> None:
    """Compare what the papers say with what the database holds."""
    with live.session() as session:
        sheets = session.execute(
            select(Agent.employee_number, Sheet.verification_code, Sheet.composite)
            .join(Agent, Sheet.agent_id == Agent.id)
            .where(Sheet.state == "published")
        ).all()
    assert len(sheets) == len(texts) == 115
    for number, code, composite in sheets:
        text = next(text for text in texts.values() if code in text)
        assert number in text
        if composite is not None:
            assert f"{composite:.1f}" in text
