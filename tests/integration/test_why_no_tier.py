"""Where there is no tier the page, the count and the document say the true reason."""

from __future__ import annotations

import json

import msgspec
import pytest
from flask import get_template_attribute
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.assessment import service as months
from qa_app.assessment.content import decode_content
from qa_app.assessment.queries import tier_counts
from qa_app.models import RoleName, Sheet
from qa_app.reporting.gather import reasons_of
from qa_app.reporting.rows import component_rows
from scoring.values import Estimate, Label
from tests.factories.months import MONTH, create_month
from tests.factories.people import create_user


@pytest.fixture
def sheets(session: Session, app) -> list[Sheet]:
    create_month(session)
    months.compute_month(session, create_user(session, RoleName.hr), MONTH)
    return list(session.scalars(select(Sheet).order_by(Sheet.id)))


def withhold(sheet: Sheet, code: str, label: str, *, composite: float | None = 80.0) -> None:
    """Make a sheet one whose tier is withheld for a reason."""
    plain = json.loads(sheet.content)
    plain["tier"] = {"given": None, "candidates": [], "probabilities": {}, "withheld": code}
    if composite is None:
        plain["composite"] |= {"value": None, "lower": None, "upper": None}
        sheet.composite = sheet.composite_lower = sheet.composite_upper = None
    sheet.content = msgspec.json.encode(plain)
    sheet.tier, sheet.expected_rank, sheet.label = None, None, label


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("few", "Too few samples"),
        ("not_comparable", "Not comparable"),
        ("observed_weight", "Too little measured"),
        ("no_prior", "A part is missing"),
    ],
)
def test_the_chip_names_the_reason(app, code: str, told: str) -> None:
    with app.test_request_context():
        chip = get_template_attribute("macros/score.html", "tier_chip")("", withheld=code)

    assert told in chip


def test_the_table_of_sheets_names_each_reason(session: Session, sheets, sign_in) -> None:
    withhold(sheets[0], "not_comparable", "not_comparable")
    withhold(sheets[1], "observed_weight", "none", composite=None)
    session.commit()

    page = sign_in(RoleName.hr).get(f"/months/{MONTH}").text

    assert '<span class="chip tier line">Not comparable</span>' in page
    assert '<span class="chip tier line">Too little measured</span>' in page


@pytest.mark.both_databases
def test_the_counts_part_the_reasons(session: Session, sheets) -> None:
    withhold(sheets[0], "not_comparable", "not_comparable")
    withhold(sheets[1], "observed_weight", "none", composite=None)
    withhold(sheets[2], "few", "few")
    session.flush()

    counts = tier_counts(session, sheets[0].revision_id)

    assert (counts["not_comparable"], counts["unmeasured"], counts["few"]) == (1, 1, 1)
    assert sum(counts.values()) == len(sheets)


@pytest.mark.parametrize(
    ("code", "notes"),
    [
        ("observed_weight", ["no_composite_weight"]),
        ("no_prior", ["no_composite_prior"]),
        ("not_comparable", ["no_tier_comparable"]),
    ],
)
def test_the_document_gives_one_reason_and_the_right_one(sheets, code: str, notes: list[str]) -> None:
    withhold(sheets[0], code, "ok", composite=None if code != "not_comparable" else 80.0)

    assert [note.code for note in reasons_of(decode_content(sheets[0].content))] == notes


def test_a_component_of_parts_says_from_when_a_part_counts(sheets) -> None:
    content = decode_content(sheets[0].content)
    efficiency = next(part for part in content.components if part.code == "efficiency")

    assert efficiency.minimum == 1
    assert efficiency.counts_from == 30
    assert next(part for part in content.components if part.code == "qa").counts_from == 3


def test_a_missing_component_of_parts_is_told_with_their_minimum(sheets, sign_in, session: Session) -> None:
    plain = json.loads(sheets[0].content)
    efficiency = next(part for part in plain["components"] if part["code"] == "efficiency")
    efficiency |= {"is_missing": True, "points": 80.0}
    for part in efficiency["parts"]:
        part["is_missing"] = True
    sheets[0].content = msgspec.json.encode(plain)
    session.commit()

    page = sign_in(RoleName.hr).get(f"/sheets/{sheets[0].id}").text
    rows = component_rows(decode_content(sheets[0].content), "en")

    assert "Too little evidence (from 30)" in page
    assert any(note.code == "missing" and note.values == {"minimum": 30} for row in rows for note in row.details)


@pytest.mark.parametrize(
    ("method", "told"),
    [("direct.v2", "nothing inspected"), ("fair.v1", "nothing inspected"), ("beta_share.v1", "no data")],
)
def test_only_what_is_inspected_is_called_not_inspected(app, method: str, told: str) -> None:
    with app.test_request_context():
        unit = get_template_attribute("macros/score.html", "score_unit")(
            Estimate(None, None, None, 0, None, method, Label.none)
        )

    assert told in unit
