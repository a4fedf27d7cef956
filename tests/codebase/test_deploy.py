"""What `deploy/` starts and sets is what there is: programs, commands, settings; and no secret gets into an image."""

from __future__ import annotations

import configparser
import re
import shlex
from pathlib import Path

import pytest
import yaml

from config import Settings
from qa_app.cli import COMMANDS
from tests.codebase.checkout import ROOT

DEPLOY = ROOT / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
SETTINGS = {name.upper() for name in Settings.model_fields}
KNOWN_COMMANDS = {command.name for command in COMMANDS} | {"db"}


def unit(path: Path) -> configparser.SectionProxy:
    """Return the section [Service]; names keep their capitals."""
    reader = configparser.ConfigParser(interpolation=None)
    reader.optionxform = str  # type: ignore[assignment]
    reader.read_string(path.read_text(encoding="utf-8"))
    return reader["Service"]


def is_ours(line: str) -> bool:
    """Tell whether a command line calls something that exists here."""
    words = shlex.split(line)
    program = words[0].removeprefix("/opt/assay/.venv/bin/")
    if program == "flask":
        return words[1] in KNOWN_COMMANDS
    configured = re.search(r"-c (\S+)", line)
    return program == "python" and configured is not None and (ROOT / configured[1]).is_file() and "wsgi:app" in words


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_service_starts_what_there_is(path: Path) -> None:
    service = unit(path)
    lines = [line for name, line in service.items() if name.startswith("ExecStart")]

    assert lines
    assert [line for line in lines if not is_ours(line)] == []
    assert service["StateDirectory"] == "assay"


def test_the_example_of_settings_names_settings() -> None:
    text = (DEPLOY / "assay.env.example").read_text(encoding="utf-8")
    names = set(re.findall(r"^#? ?([A-Z_]+)=", text, re.MULTILINE))

    assert {"SECRET_KEY", "PASSWORD_SALT", "ASSAY_HOME"} <= names <= SETTINGS


def test_the_containers_set_settings_and_start_commands() -> None:
    ours = [COMPOSE["services"][name] for name in ("web", "worker")]

    for service in ours:
        assert set(service["environment"]) <= SETTINGS
        assert (ROOT / service["build"]["dockerfile"]).is_file()
    assert is_ours(" ".join(COMPOSE["services"]["worker"]["command"]))
    mounted = {volume.split(":")[0] for one in COMPOSE["services"].values() for volume in one.get("volumes", ())}
    assert mounted == set(COMPOSE["volumes"])


def test_no_secret_gets_into_an_image_or_a_commit() -> None:
    assert "**/.env" in (DEPLOY / "Containerfile.dockerignore").read_text(encoding="utf-8").split()
    assert ".env" in (ROOT / ".gitignore").read_text(encoding="utf-8").split()
