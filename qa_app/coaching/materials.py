"""What an action lends to practise with: addresses, sentences of a script, and files kept below the home folder."""

from __future__ import annotations

import re
import secrets
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from qa_app import audit
from qa_app.clock import now
from qa_app.coaching.errors import FileRefused
from qa_app.home_folder import home_folder
from qa_app.models import CoachingAction, CoachingMaterial, MaterialKind, User

__all__ = ["LARGEST_MB", "SUFFIXES", "add_file", "add_link", "add_script", "is_address", "path_of", "remove_material"]

LARGEST_MB: Final = 20
SUFFIXES: Final = (".pdf", ".docx", ".pptx", ".xlsx", ".odt", ".odp", ".txt", ".md", ".png", ".jpg", ".jpeg", ".mp3")
_STORED: Final = re.compile(r"[0-9a-f]{32}\.[a-z0-9]{2,4}")


def is_address(text: str) -> bool:
    """Whether a browser can follow it: http or https with a host."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def add_link(session: Session, actor: User, action: CoachingAction, *, title: str, url: str) -> CoachingMaterial:
    """Lend an address."""
    if not is_address(url):
        raise ValueError(f"{url!r} is no address a browser can follow")
    return _add(session, actor, action, CoachingMaterial(kind=MaterialKind.link, title=title or url, url=url))


def add_script(session: Session, actor: User, action: CoachingAction, *, words: str) -> CoachingMaterial:
    """Lend words to say."""
    return _add(session, actor, action, CoachingMaterial(kind=MaterialKind.script, title=words))


def add_file(session: Session, actor: User, action: CoachingAction, *, name: str, content: bytes) -> CoachingMaterial:
    """Keep a file for the action; its name is shown and never used as a path."""
    shown = PurePosixPath(name.replace("\\", "/")).name
    suffix = PurePosixPath(shown).suffix.lower()
    if suffix not in SUFFIXES or not content or len(content) > LARGEST_MB * 1_000_000:
        raise FileRefused(shown)
    stored = f"{secrets.token_hex(16)}{suffix}"
    (_folder() / stored).write_bytes(content)
    material = CoachingMaterial(kind=MaterialKind.file, title=shown, stored=stored, size_bytes=len(content))
    return _add(session, actor, action, material)


def path_of(material: CoachingMaterial) -> Path | None:
    """Where a file lies; none where it is no file or gone."""
    if not _STORED.fullmatch(material.stored):
        return None
    path = _folder() / material.stored
    return path if path.is_file() else None


def remove_material(session: Session, actor: User, action: CoachingAction, material: CoachingMaterial) -> None:
    """Take something away again, its file too."""
    path = path_of(material)
    action.materials.remove(material)
    session.flush()
    audit.record(session, actor, action="coaching.remove_material", thing=action, name=action.title, kind=material.kind)
    if path is not None:
        path.unlink()


def _add(session: Session, actor: User, action: CoachingAction, material: CoachingMaterial) -> CoachingMaterial:
    material.added_at = now()
    action.materials.append(material)
    session.flush()
    audit.record(session, actor, action="coaching.add_material", thing=action, name=action.title, kind=material.kind)
    return material


def _folder() -> Path:
    return home_folder().folder("coaching")
