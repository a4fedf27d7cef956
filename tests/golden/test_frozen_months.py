"""Months that earlier versions froze are computed again and say the same: what was published once stays as it was.

The files hold invented months, as the version before the centre's record had a type kept them: the frozen inputs, the
sheets and the centre's figures.
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import zlib
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from qa_app.assessment.calculate import calculate_month
from qa_app.assessment.inputs import inputs_digest, thaw
from qa_app.assessment.same import Comparison, compare_sheets, is_same, says_the_same
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


ANOTHER_PROCESS = """
import sys, zlib, hashlib, msgspec
from pathlib import Path
from qa_app.assessment.calculate import calculate_month
from tests.golden.test_frozen_months import read_month
from qa_app.assessment.inputs import thaw
month, parts = read_month(Path(sys.argv[1]))
for sheet in calculate_month(thaw(parts), month["inputs_digest"]).sheets:
    print(sheet.agent, hashlib.sha256(sheet.data).hexdigest())
"""


@pytest.mark.parametrize("path", MONTHS, ids=lambda path: path.name.partition(".")[0])
def test_every_process_of_a_machine_computes_the_same_bytes(path: Path) -> None:
    """Neither the order of sets, which each process shuffles, nor how many threads sum, reaches a sheet."""

    def digests(seed: int, threads: int) -> list[str]:
        surroundings = {"PYTHONHASHSEED": str(seed), "OPENBLAS_NUM_THREADS": str(threads)}
        command = [sys.executable, "-c", ANOTHER_PROCESS, str(path)]
        done = subprocess.run(command, env=os.environ | surroundings, capture_output=True, text=True, check=True)
        return done.stdout.splitlines()

    month, _ = read_month(path)
    one = digests(1, 1)
    assert len(one) == len(month["sheets"])
    assert one == digests(2, 2)


@pytest.mark.parametrize("path", MONTHS, ids=lambda path: path.name.partition(".")[0])
def test_the_figures_of_the_centre_are_read_as_they_would_be_written_today(path: Path) -> None:
    month, parts = read_month(path)

    outcome = calculate_month(thaw(parts), month["inputs_digest"])

    # Which version scored, and ranges of ranks, came later: records of these months do not hold them.
    lists = replace(outcome.centre.lists, ranks={})
    kept, again = read_centre(month["centre"]), replace(outcome.centre, models=(), lists=lists)
    assert is_same(asdict(kept), asdict(again))


def test_only_the_last_digits_may_differ() -> None:
    assert says_the_same(b'{"a": 35.9703218092}', b'{"a": 35.9703218093}')
    assert says_the_same(b'{"a": [0.0, 1]}', b'{"a": [-1.7e-15, 1]}')
    assert not says_the_same(b'{"a": 35.97032}', b'{"a": 35.97033}')
    assert not says_the_same(b'{"a": 1.0}', b'{"a": 1.0, "b": null}')
    assert not says_the_same(b'{"a": "1.0"}', b'{"a": 1.0}')
    assert not says_the_same(b'{"a": [1.0]}', None)


def test_sheets_are_told_apart_by_byte_by_digit_and_by_agent() -> None:
    again = {"A": b'{"a": 1.0}', "B": b'{"a": 1.0}', "C": b'{"a": 1.0}', "D": b'{"a": 1.0}'}
    stored = {"A": b'{"a": 1.0}', "B": b'{"a": 1.00000000000001}', "C": b'{"a": 1.001}', "E": b'{"a": 1.0}'}

    assert compare_sheets(again, stored) == Comparison(5, differing=("C", "D", "E"), inexact=("B",))
    assert compare_sheets(again, again).is_exact
    assert not compare_sheets({"A": stored["B"]}, {"A": stored["A"]}).is_exact


def test_both_modes_are_there() -> None:
    kinds = {
        json.loads(gzip.decompress(path.read_bytes()))["inputs"]["policy"].get("mode", "direct") for path in MONTHS
    }

    assert kinds == {"direct", "fair"}
