"""`flask draw`: all stages at once, and the checks afterwards."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.models import Draw, Sample
from tests.factories.sampling import create_draw, create_month

pytestmark = pytest.mark.both_databases


@pytest.fixture
def flask(app: Flask, session: Session):
    """Run a `flask` command on what the session wrote."""

    def run(*arguments: str):
        session.commit()
        return app.test_cli_runner().invoke(args=list(arguments))

    return run


def test_a_month_is_drawn_shown_verified_and_exported(flask, session: Session, tmp_path) -> None:
    create_month(session, agents=3, each=9)

    made = flask("draw", "create", "--month", "2026-10", "--per-agent", "4", "--seed-public", "4 2 6")

    assert made.exit_code == 0, made.output
    one = session.scalars(select(Draw)).one()
    assert f"{one.public_id}: 2026-10, 2026-10, revealed" in made.output
    assert "frozen 27 of 27 imported; left out: nothing" in made.output
    assert "drawn 12 from 3 groups" in made.output
    verified = flask("draw", "verify", "2026-10")
    assert verified.exit_code == 0
    assert verified.output.count("passed") == 5
    exported = flask("draw", "export", one.public_id, str(tmp_path / "draw.zip"))
    assert exported.exit_code == 0
    assert (tmp_path / "draw.zip").read_bytes()[:2] == b"PK"
    assert one.public_id in flask("draw", "show").output
    assert one.plan.commitment in flask("draw", "show", one.public_id).output


def test_a_tampered_draw_ends_with_status_one(flask, session: Session) -> None:
    create_month(session)
    draw = create_draw(session)
    session.delete(draw.samples[0].assignments[0])
    session.flush()
    other = session.scalars(select(Sample)).first()
    other.rank = 99
    result = flask("draw", "verify", draw.public_id)

    assert result.exit_code == 1
    assert "failed     taken" in result.output


def test_without_inspectors_the_samples_wait(flask, session: Session) -> None:
    create_month(session, inspectors=0)

    result = flask("draw", "create", "--month", "2026-10")

    assert result.exit_code == 0, result.output
    assert "There is no inspector yet" in result.output
    assert session.scalars(select(Draw)).one().handed_out_at is None


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("create", "--month", "2026-09"), "is eligible"),
        (("create", "--month", "2026-10", "--total", "2"), "too small"),
        (("create", "--month", "2026-10", "--total", "9", "--per-agent", "3"), "Give one of"),
        (("create", "--month", "2026-10", "--team", "Nobody"), "There is no team 'Nobody'"),
        (("create", "--month", "2026-13"), "is not a month"),
        (("verify", "2026-08"), "There is no draw '2026-08'"),
        (("show", "2026-08"), "There is no draw '2026-08'"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_kept(flask, session: Session, arguments, told: str) -> None:
    create_month(session)

    result = flask("draw", *arguments)

    assert result.exit_code != 0
    assert told in result.output
    assert session.scalars(select(Draw)).all() == []


def test_all_draws_of_a_month_are_verified(flask, session: Session) -> None:
    create_month(session)
    one, other = create_draw(session), create_draw(session)

    result = flask("draw", "verify", "2026-10")

    assert result.exit_code == 0, result.output
    assert result.output.count("passed") == 10
    assert [line for line in result.output.splitlines() if line.endswith(":")] == [
        f"{one.public_id}:", f"{other.public_id}:",
    ]  # fmt: skip


def test_a_month_is_not_verified_while_one_of_its_draws_is_sealed(flask, session: Session) -> None:
    create_month(session)
    create_draw(session)
    sealed = create_draw(session, reveal=False)

    result = flask("draw", "verify", "2026-10")

    assert result.exit_code == 1
    assert result.output.count("passed") == 5
    assert f"The seed of {sealed.public_id} is not revealed yet." in result.output


def test_of_several_draws_the_one_to_export_is_named_as_it_can_be_typed(flask, session: Session, tmp_path) -> None:
    create_month(session)
    draws = [create_draw(session), create_draw(session)]

    result = flask("draw", "export", "2026-10", str(tmp_path / "x.zip"))

    assert result.exit_code == 1
    assert "2026-10 has several draws" in result.output
    for one in draws:
        assert f"flask draw export {one.public_id} {tmp_path / 'x.zip'}" in result.output


def test_a_draw_that_is_not_revealed_is_not_exported(flask, session: Session, tmp_path) -> None:
    create_month(session)
    draw = create_draw(session, reveal=False)

    for command in (("verify", draw.public_id), ("export", draw.public_id, str(tmp_path / "x.zip"))):
        result = flask("draw", *command)
        assert result.exit_code == 1
        assert "is not revealed yet" in result.output
