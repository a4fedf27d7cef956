"""The checks of mail: whether it can go out, whether it did, and whether its links lead anywhere."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from qa_app.db import db
from qa_app.doctor.finding import MEND_DATABASE, N_, Finding, failure
from qa_app.notices.health import find_trouble
from qa_app.notices.post import Post, PostError

__all__ = ["check_mail", "check_mail_sent", "check_public_address"]

PATIENCE_WITH_SERVER: Final = 5.0
SUBJECT: Final = N_("E-mail")


def check_mail() -> Finding:
    """The mail server takes a connection and the sign-in; without one, where mail goes instead."""
    backend = str(current_app.config["MAIL_BACKEND"])
    if backend == "console":
        return Finding(SUBJECT, N_("printed by the worker, sent to nobody: MAIL_BACKEND is console"))
    if backend == "file":
        return _check_folder(Path(str(current_app.config["MAIL_FILE_PATH"])))
    if backend == "locmem":
        return Finding(SUBJECT, N_("kept in memory, sent to nobody: MAIL_BACKEND is locmem"))
    server = {name: str(current_app.config[f"MAIL_{name.upper()}"]) for name in ("server", "port")}
    try:
        with Post(timeout=PATIENCE_WITH_SERVER):
            return Finding(SUBJECT, N_("%(server)s, port %(port)s answers"), "", server)
    except PostError as error:
        seen = N_("%(server)s, port %(port)s: %(error)s")
        remedy = N_("start the mail server, or correct MAIL_SERVER and what stands beside it (docs/settings.md)")
        return Finding(SUBJECT, seen, remedy, {**server, "error": str(error)})


def check_mail_sent() -> Finding:
    """No mail of the last two weeks failed."""
    subject = N_("E-mail of notices")
    try:
        trouble = find_trouble(db.session())
    except SQLAlchemyError as error:
        return failure(subject, error, MEND_DATABASE)
    if trouble is None:
        return Finding(subject, N_("none failed"))
    counts = {"waiting": trouble.waiting, "given_up": trouble.given_up, "people": trouble.people}
    values = {**{name: str(count) for name, count in counts.items()}, "error": trouble.error}
    seen = N_(
        "failed for %(people)s people: %(waiting)s notices wait for another attempt, "
        "%(given_up)s are given up; the server said: %(error)s"
    )
    return Finding(subject, seen, N_("mend what it says, then ./run flask notices send --again"), values)


def check_public_address() -> Finding:
    """Mail that leaves the house has links that lead into it."""
    subject = N_("Public address")
    if address := str(current_app.config["ASSAY_PUBLIC_URL"]):
        return Finding(subject, address)
    if current_app.config["MAIL_BACKEND"] in {"console", "file", "locmem"}:
        return Finding(subject, N_("not set: documents and e-mail name paths instead of links"))
    remedy = N_("set ASSAY_PUBLIC_URL to the address people reach it by, as https://qa.example.com")
    return Finding(subject, N_("not set: e-mail is sent without links"), remedy)


def _check_folder(folder: Path) -> Finding:
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    values = {"folder": str(folder)}
    if folder.is_file() or not os.access(nearest, os.W_OK):
        return Finding(SUBJECT, N_("%(folder)s cannot be written"), N_("correct the rights of that folder"), values)
    return Finding(SUBJECT, N_("written into %(folder)s, sent to nobody: MAIL_BACKEND is file"), "", values)
