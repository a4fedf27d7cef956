"""Months that earlier versions froze are computed again and say the same: what was published once stays as it was.

The files hold invented months, as the version before the centre's record had a type kept them: the frozen inputs, the
sheets and the centre's figures.
"""

from __future__ import annotations

import gzip
import json
import zlib
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from qa_app.assessment.calculate import calculate_month
from qa_app.assessment.inputs import inputs_digest, thaw
from qa_app.assessment.same import is_same, says_the_same
from scoring.assessment.centre_record import read_centre

MONTHS = sorted((Path(__file__).parent / "frozen_months").glob("*.json.gz"))


def read_month(path: Path) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Read a month and its inputs as they were stored."""
    month = json.loads(gzip.decompress(path.read_bytes()))
    parts = {name: zlib.compress(msgspec.json.encode(part, order="sorted")) for name, part in month["inputs"].items()}
    return month, parts


@pytest.mark.parametrize("path", MONTHS, ids=lambda path: path.name.partition(".")[0])
def test_a_month_of_an_earlier_version_says_the_same(path: Path) -> None:
    month, parts = read_month(path)
    assert inputs_digest(parts) == month["inputs_digest"]

    outcome = calculate_month(thaw(parts), month["inputs_digest"])

    assert {sheet.agent for sheet in outcome.sheets} == month["sheets"].keys()
    for sheet in outcome.sheets:
        again = json.loads(sheet.data)
        assert is_same(again, month["sheets"][sheet.agent]), sheet.agent


@pytest.mark.parametrize("path", MONTHS, ids=lambda path: path.name.partition(".")[0])
def test_the_figures_of_the_centre_are_read_as_they_would_be_written_today(path: Path) -> None:
    month, parts = read_month(path)

    outcome = calculate_month(thaw(parts), month["inputs_digest"])

    kept, again = (asdict(record) for record in (read_centre(month["centre"]), replace(outcome.centre, models=())))
    assert is_same(kept, again)


def test_only_the_last_digits_may_differ() -> None:
    assert says_the_same(b'{"a": 35.9703218092}', b'{"a": 35.9703218093}')
    assert says_the_same(b'{"a": [0.0, 1]}', b'{"a": [-1.7e-15, 1]}')
    assert not says_the_same(b'{"a": 35.97032}', b'{"a": 35.97033}')
    assert not says_the_same(b'{"a": 1.0}', b'{"a": 1.0, "b": null}')
    assert not says_the_same(b'{"a": "1.0"}', b'{"a": 1.0}')
    assert not says_the_same(b'{"a": [1.0]}', None)


def test_both_modes_are_there() -> None:
    kinds = {
        json.loads(gzip.decompress(path.read_bytes()))["inputs"]["policy"].get("mode", "direct") for path in MONTHS
    }

    assert kinds == {"direct", "fair"}
