"""The checks: each stands alone and catches what it asks about, so that one broken part hides nothing else."""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
import sys
from dataclasses import dataclass
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
NEEDED_DISK_BYTES: Final = 1_000_000_000
TOLERATED_CLOCK_DRIFT: Final = timedelta(seconds=5)
PATIENCE_WITH_WORKER: Final = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check saw; `remedy` is the line that mends it, empty where all is well."""

    subject: str
    seen: str
    remedy: str = ""

    @property
    def is_well(self) -> bool:
        """Nothing to mend."""
        return not self.remedy


def check_python() -> Finding:
    """Python is one that the locked packages support."""
    lowest, highest = PYTHON_RANGE
    is_supported = lowest <= sys.version_info[:2] <= highest
    remedy = "" if is_supported else "install Python 3.11, 3.12 or 3.13, remove .venv, then ./run"
    return Finding("Python", platform.python_version(), remedy)


def check_pango() -> Finding:
    """Pango's libraries can be opened."""
    missing = missing_libraries()
    if not missing:
        return Finding("Pango", "there")
    return Finding("Pango", f"missing: {', '.join(missing)}; PDFs cannot be made", install_line(missing_packages()))


def check_fonts() -> Finding:
    """A Chinese font is installed."""
    if has_chinese_font():
        return Finding("Chinese font", "there")
    return Finding("Chinese font", "missing; PDFs would show boxes", install_line(missing_packages()))


def check_browser_files() -> Finding:
    """The browser-side libraries are in place; the sprite of icons is written after all others."""
    if LAST_BROWSER_FILE.is_file():
        return Finding("Browser files", "there")
    return Finding(
        "Browser files",
        "missing; pages would have neither style nor keys",
        "npm ci --ignore-scripts && ./run flask assets",
    )


def check_database() -> Finding:
    """The database answers and is new enough."""
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        return Finding("Database", _first_line(error), "start the database, or correct DATABASE_URL (docs/settings.md)")
    dialect = db.engine.dialect
    version = ".".join(str(part) for part in dialect.server_version_info or ())
    if dialect.name == "sqlite" and sqlite3.sqlite_version_info < OLDEST_SQLITE:
        return Finding("Database", f"SQLite {version} is too old", "use a Python with SQLite 3.40 or newer")
    return Finding("Database", f"{dialect.name} {version}")


def check_migrations() -> Finding:
    """The tables are those of this version."""
    scripts = ScriptDirectory.from_config(current_app.extensions["migrate"].migrate.get_config())
    wanted = scripts.get_current_head()
    try:
        with db.engine.connect() as connection:
            present = MigrationContext.configure(connection).get_current_revision()
    except SQLAlchemyError as error:
        return Finding("Tables", _first_line(error), "mend the database first")
    if present == wanted:
        return Finding("Tables", f"at {present}")
    return Finding("Tables", f"at {present or 'nothing'}, not at {wanted}", "./run flask db upgrade")


def check_queue() -> Finding:
    """The queue answers and somebody works on it."""
    try:
        waiting = queue().ping()
    except Exception as error:  # each storage raises errors of its own; all mean the same here
        return Finding("Queue", _first_line(error), "start its server, or correct REDIS_URL (docs/settings.md)")
    try:
        neglected = _count_neglected_jobs()
    except SQLAlchemyError as error:
        return Finding("Queue", _first_line(error), "mend the database first")
    if neglected:
        return Finding("Queue", f"{neglected} jobs wait and nobody works", "./run flask worker")
    return Finding("Queue", f"{waiting} waiting")


def check_secrets() -> Finding:
    """Secrets kept in a file can be read by their owner only."""
    kept = home_folder().root / "secrets.json"
    if not kept.exists():
        return Finding("Secrets", "given by the environment")
    if kept.stat().st_mode & 0o077:
        return Finding("Secrets", f"others can read {kept}", f"chmod 600 {kept}")
    return Finding("Secrets", "kept for their owner only")


def check_disk() -> Finding:
    """ASSAY_HOME can be written and has room."""
    home = home_folder().root
    if not os.access(home, os.W_OK):
        return Finding("Disk", f"{home} cannot be written", f"sudo chown -R {_user_name()} {home}")
    free = shutil.disk_usage(home).free
    if free < NEEDED_DISK_BYTES:
        return Finding("Disk", f"{free / 1e9:.1f} GB free below {home}", "free a gigabyte, or move ASSAY_HOME")
    return Finding("Disk", f"{free / 1e9:.0f} GB free")


def check_clock() -> Finding:
    """The clock agrees with the database server's and has not gone back behind the audit trail."""
    remedy = "sudo timedatectl set-ntp true"
    try:
        last = db.session.scalar(select(func.max(AuditEvent.at)))
        server = db.session.scalar(select(func.now())) if db.engine.dialect.name == "postgresql" else now()
    except SQLAlchemyError as error:
        return Finding("Clock", _first_line(error), "mend the database first")
    if last is not None and last > now() + TOLERATED_CLOCK_DRIFT:
        return Finding("Clock", f"behind the last audit event of {last:%Y-%m-%d %H:%M:%S} UTC", remedy)
    if server is not None and abs(server - now()) > TOLERATED_CLOCK_DRIFT:
        return Finding("Clock", "differs from the database server's", remedy)
    return Finding("Clock", f"{now():%Y-%m-%d %H:%M:%S} UTC")


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


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__


def _user_name() -> str:
    return os.environ.get("USER") or str(os.getuid())
