"""The checks: each stands alone and catches what it asks about, so that one broken part hides nothing else.

They speak English, for they run before anybody knows a language; their words are marked, and the page translates them.
"""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from qa_app.clock import now
from qa_app.db import db
from qa_app.doctor.machine import has_chinese_font, install_line, missing_libraries, missing_packages
from qa_app.home_folder import home_folder
from qa_app.jobs.queue import queue
from qa_app.models import AuditEvent, JobRun, JobState

__all__ = ["Finding", "check_installation", "check_machine"]

LAST_BROWSER_FILE: Final = Path(__file__).resolve().parents[1] / "static" / "vendor" / "icons.svg"
PYTHON_RANGE: Final = ((3, 11), (3, 13))
OLDEST_SQLITE: Final = (3, 40, 0)
NEEDED_DISK_GIGABYTES: Final = 1.0
TOLERATED_CLOCK_DRIFT: Final = timedelta(seconds=5)
PATIENCE_WITH_WORKER: Final = timedelta(minutes=2)


def N_(text: str) -> str:  # noqa: N802 (the name under which catalogues know it)
    """Mark a text for translation later."""
    return text


MEND_DATABASE: Final = N_("mend the database first")


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check saw; `remedy` is the line that mends it, empty where all is well.

    `seen` may have places like ``%(error)s``, which `values` fill.
    """

    subject: str
    seen: str
    remedy: str = ""
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_well(self) -> bool:
        """Nothing to mend."""
        return not self.remedy

    @property
    def seen_in_english(self) -> str:
        """What was seen, with its values."""
        return self.seen % self.values


def check_python() -> Finding:
    """Python is one that the locked packages support."""
    lowest, highest = PYTHON_RANGE
    is_supported = lowest <= sys.version_info[:2] <= highest
    remedy = "" if is_supported else N_("install Python 3.11, 3.12 or 3.13, remove .venv, then ./run")
    return Finding("Python", platform.python_version(), remedy)


def check_pango() -> Finding:
    """Pango's libraries can be opened."""
    missing = missing_libraries()
    if not missing:
        return Finding("Pango", N_("there"))
    seen = N_("missing: %(packages)s; PDFs cannot be made")
    return Finding("Pango", seen, install_line(missing_packages()), {"packages": ", ".join(missing)})


def check_fonts() -> Finding:
    """A Chinese font is installed."""
    if has_chinese_font():
        return Finding(N_("Chinese font"), N_("there"))
    return Finding(N_("Chinese font"), N_("missing; PDFs would show boxes"), install_line(missing_packages()))


def check_browser_files() -> Finding:
    """The browser-side libraries are in place; the sprite of icons is written after all others."""
    if LAST_BROWSER_FILE.is_file():
        return Finding(N_("Browser files"), N_("there"))
    return Finding(
        N_("Browser files"),
        N_("missing; pages would have neither style nor keys"),
        "npm ci --ignore-scripts && ./run flask assets",
    )


def check_database() -> Finding:
    """The database answers and is new enough."""
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        return _failure(N_("Database"), error, N_("start the database, or correct DATABASE_URL (docs/settings.md)"))
    dialect = db.engine.dialect
    version = ".".join(str(part) for part in dialect.server_version_info or ())
    if dialect.name == "sqlite" and sqlite3.sqlite_version_info < OLDEST_SQLITE:
        remedy = N_("use a Python with SQLite 3.40 or newer")
        return Finding(N_("Database"), N_("SQLite %(version)s is too old"), remedy, {"version": version})
    return Finding(N_("Database"), f"{dialect.name} {version}")


def check_migrations() -> Finding:
    """The tables are those of this version."""
    scripts = ScriptDirectory.from_config(current_app.extensions["migrate"].migrate.get_config())
    wanted = scripts.get_current_head()
    try:
        with db.engine.connect() as connection:
            present = MigrationContext.configure(connection).get_current_revision()
    except SQLAlchemyError as error:
        return _failure(N_("Tables"), error, MEND_DATABASE)
    values = {"present": present or "–", "wanted": wanted or "–"}
    if present == wanted:
        return Finding(N_("Tables"), N_("at %(present)s"), "", values)
    return Finding(N_("Tables"), N_("at %(present)s, not at %(wanted)s"), "./run flask db upgrade", values)


def check_queue() -> Finding:
    """The queue answers and somebody works on it."""
    try:
        waiting = queue().ping()
    except Exception as error:  # each storage raises errors of its own; all mean the same here
        return _failure(N_("Queue of jobs"), error, N_("start its server, or correct REDIS_URL (docs/settings.md)"))
    try:
        neglected = _count_neglected_jobs()
    except SQLAlchemyError as error:
        return _failure(N_("Queue of jobs"), error, MEND_DATABASE)
    if neglected:
        seen = N_("%(count)s jobs wait and nobody works")
        return Finding(N_("Queue of jobs"), seen, "./run flask worker", {"count": str(neglected)})
    return Finding(N_("Queue of jobs"), N_("%(count)s waiting"), "", {"count": str(waiting)})


def check_secrets() -> Finding:
    """Secrets kept in a file can be read by their owner only."""
    kept = home_folder().root / "secrets.json"
    if not kept.exists():
        return Finding(N_("Secrets"), N_("given by the environment"))
    if kept.stat().st_mode & 0o077:
        return Finding(N_("Secrets"), N_("others can read %(file)s"), f"chmod 600 {kept}", {"file": str(kept)})
    return Finding(N_("Secrets"), N_("kept for their owner only"))


def check_disk() -> Finding:
    """ASSAY_HOME can be written and has room."""
    home = home_folder().root
    if not os.access(home, os.W_OK):
        remedy = f"sudo chown -R {_user_name()} {home}"
        return Finding(N_("Disk"), N_("%(folder)s cannot be written"), remedy, {"folder": str(home)})
    free = shutil.disk_usage(home).free / 1e9
    if free < NEEDED_DISK_GIGABYTES:
        values = {"free": f"{free:.1f}", "folder": str(home)}
        remedy = N_("free a gigabyte, or move ASSAY_HOME")
        return Finding(N_("Disk"), N_("%(free)s GB free below %(folder)s"), remedy, values)
    return Finding(N_("Disk"), N_("%(free)s GB free"), "", {"free": f"{free:.0f}"})


def check_clock() -> Finding:
    """The clock agrees with the database server's and has not gone back behind the audit trail."""
    remedy = "sudo timedatectl set-ntp true"
    try:
        last = db.session.scalar(select(func.max(AuditEvent.at)))
        server = db.session.scalar(select(func.now())) if db.engine.dialect.name == "postgresql" else now()
    except SQLAlchemyError as error:
        return _failure(N_("Clock"), error, MEND_DATABASE)
    if last is not None and last > now() + TOLERATED_CLOCK_DRIFT:
        values = {"moment": f"{last:%Y-%m-%d %H:%M:%S}"}
        return Finding(N_("Clock"), N_("behind the last audit event of %(moment)s UTC"), remedy, values)
    if server is not None and abs(server - now()) > TOLERATED_CLOCK_DRIFT:
        return Finding(N_("Clock"), N_("differs from the database server’s"), remedy)
    return Finding(N_("Clock"), f"{now():%Y-%m-%d %H:%M:%S} UTC")


MACHINE_CHECKS: Final = (check_python, check_pango, check_fonts, check_browser_files)
INSTALLATION_CHECKS: Final = (check_database, check_migrations, check_queue, check_secrets, check_disk, check_clock)


def check_machine() -> list[Finding]:
    """Check what does not need the application."""
    return [check() for check in MACHINE_CHECKS]


def check_installation() -> list[Finding]:
    """Check everything; needs the application's context."""
    return [*check_machine(), *(check() for check in INSTALLATION_CHECKS)]


def _count_neglected_jobs() -> int:
    overdue = JobRun.created_at < now() - PATIENCE_WITH_WORKER
    neglected = select(func.count()).where(JobRun.state == JobState.waiting, overdue).select_from(JobRun)
    busy = db.session.scalar(select(func.count()).select_from(JobRun).where(JobRun.state == JobState.running))
    return 0 if busy else db.session.scalar(neglected) or 0


def _failure(subject: str, error: Exception, remedy: str) -> Finding:
    """What a check says that could not look; errors speak the language of who raised them."""
    lines = str(error).splitlines()
    return Finding(subject, "%(error)s", remedy, {"error": lines[0] if lines else type(error).__name__})


def _user_name() -> str:
    return os.environ.get("USER") or str(os.getuid())
