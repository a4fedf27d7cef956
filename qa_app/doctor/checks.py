"""The checks: each stands alone and catches what it asks about, so that one broken part hides nothing else.

Those of mail stand in `mail`.
"""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
import sys
from datetime import timedelta
from pathlib import Path
from typing import Final

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from qa_app.clock import now
from qa_app.conversations.recognition import State, find_recognition
from qa_app.db import db
from qa_app.doctor.finding import MEND_DATABASE, N_, Finding, failure
from qa_app.doctor.machine import has_chinese_font, install_line, missing_libraries, missing_packages
from qa_app.doctor.mail import check_mail, check_mail_sent, check_public_address
from qa_app.home_folder import home_folder
from qa_app.jobs.queue import queue
from qa_app.models import AuditEvent, CallFeatures, JobRun, JobState

__all__ = ["Finding", "check_installation", "check_machine"]

LAST_BROWSER_FILE: Final = Path(__file__).resolve().parents[1] / "static" / "vendor" / "icons.svg"
PYTHON_RANGE: Final = ((3, 11), (3, 13))
OLDEST_SQLITE: Final = (3, 40, 0)
NEEDED_DISK_GIGABYTES: Final = 1.0
TOLERATED_CLOCK_DRIFT: Final = timedelta(seconds=5)
PATIENCE_WITH_WORKER: Final = timedelta(minutes=2)


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
        return failure(N_("Database"), error, N_("start the database, or correct DATABASE_URL (docs/settings.md)"))
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
        return failure(N_("Tables"), error, MEND_DATABASE)
    values = {"present": present or "–", "wanted": wanted or "–"}
    if present == wanted:
        return Finding(N_("Tables"), N_("at %(present)s"), "", values)
    return Finding(N_("Tables"), N_("at %(present)s, not at %(wanted)s"), "./run flask db upgrade", values)


def check_queue() -> Finding:
    """The queue answers and somebody works on it."""
    try:
        waiting = queue().ping()
    except Exception as error:  # each storage raises errors of its own; all mean the same here
        return failure(N_("Queue of jobs"), error, N_("start its server, or correct REDIS_URL (docs/settings.md)"))
    try:
        neglected = _count_neglected_jobs()
    except SQLAlchemyError as error:
        return failure(N_("Queue of jobs"), error, MEND_DATABASE)
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
        return failure(N_("Clock"), error, MEND_DATABASE)
    if last is not None and last > now() + TOLERATED_CLOCK_DRIFT:
        values = {"moment": f"{last:%Y-%m-%d %H:%M:%S}"}
        return Finding(N_("Clock"), N_("behind the last audit event of %(moment)s UTC"), remedy, values)
    if server is not None and abs(server - now()) > TOLERATED_CLOCK_DRIFT:
        return Finding(N_("Clock"), N_("differs from the database server’s"), remedy)
    return Finding(N_("Clock"), f"{now():%Y-%m-%d %H:%M:%S} UTC")


def check_recordings() -> Finding:
    """Every measured recording is there and can be read."""
    try:
        troubled = db.session.execute(
            select(CallFeatures.detail).where(CallFeatures.problem != "").order_by(CallFeatures.conversation_id)
        ).all()
    except SQLAlchemyError as error:
        return failure(N_("Recordings"), error, MEND_DATABASE)
    if not troubled:
        return Finding(N_("Recordings"), N_("none is missing or broken"))
    seen = N_("%(count)s calls have a file that is missing or broken, the first is %(file)s")
    remedy = N_("put the files back below ASSAY_HOME/recordings, then ./run flask recordings measure --again")
    return Finding(N_("Recordings"), seen, remedy, {"count": str(len(troubled)), "file": troubled[0].detail})


def check_speech_recognition() -> Finding:
    """Speech recognition is on, or off on purpose; half set up is a fault."""
    subject = N_("Speech recognition")
    found = find_recognition()
    values = {"folder": found.folder, "file": found.lacks}
    match found.state:
        case State.on:
            return Finding(subject, N_("on, model in %(folder)s"), "", values)
        case State.off:
            return Finding(subject, N_("off: no model is set up"))
        case State.no_library:
            remedy = ".venv/bin/pip install --require-hashes -r requirements-asr.txt"
            return Finding(subject, N_("off: its library is not installed"), remedy)
        case State.no_folder:
            return Finding(subject, N_("off: there is no folder %(folder)s"), N_("correct ASR_MODEL"), values)
    remedy = N_("complete the model folder, or correct ASR_KIND (docs/recordings.md)")
    return Finding(subject, N_("off: %(folder)s lacks %(file)s"), remedy, values)


MACHINE_CHECKS: Final = (check_python, check_pango, check_fonts, check_browser_files)
INSTALLATION_CHECKS: Final = (
    check_database,
    check_migrations,
    check_queue,
    check_secrets,
    check_disk,
    check_clock,
    check_recordings,
    check_speech_recognition,
    check_mail,
    check_mail_sent,
    check_public_address,
)


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


def _user_name() -> str:
    return os.environ.get("USER") or str(os.getuid())
