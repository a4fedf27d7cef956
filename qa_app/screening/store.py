"""Models as files below ASSAY_HOME/screening, checked by their digest before they are read."""

from __future__ import annotations

import hashlib
import os
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.home_folder import home_folder
from qa_app.models import ScreeningModel
from qa_app.screening.errors import ModelFileLost, ModelOutdated, NoActiveModel

if TYPE_CHECKING:
    from scoring.screening.model import Model

__all__ = ["active_model", "keep_file", "load_model"]


def active_model(session: Session) -> ScreeningModel | None:
    """Return the model in use."""
    return session.scalar(select(ScreeningModel).where(ScreeningModel.is_active.is_(True)))


def keep_file(content: bytes, version: int) -> tuple[str, str]:
    """Write a model's file; returns its name and its digest. The same bytes give the same name."""
    digest = hashlib.sha256(content).hexdigest()
    path = home_folder().folder("screening") / f"model-{version:04d}-{digest[:12]}.zip"
    # Written beside and moved: a killed process leaves no half model under the name.
    draft = path.with_suffix(f".{os.getpid()}.part")
    draft.write_bytes(content)
    draft.replace(path)
    return path.name, digest


def load_model(row: ScreeningModel | None) -> Model:
    """Load a model; kept in memory, for a batch asks for it again and again.

    Raises
    ------
    NoActiveModel, ModelFileLost, ModelOutdated
        Without a row; where the file is gone, is another one, or cannot be read; where another version wrote it.
    """
    if row is None:
        raise NoActiveModel
    return _load(home_folder().folder("screening") / row.file, row.file_digest)


@lru_cache(maxsize=2)
def _load(path: Path, digest: str) -> Model:
    # scikit-learn and SciPy stay out of a process until something is to be scored (docs/architecture.md).
    from scoring.errors import ScreeningFileError, ScreeningFormatError
    from scoring.screening.files import read_model

    try:
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() != digest:
            raise ModelFileLost(f"{path.name} is not the file that was written")
        return read_model(content)
    except ScreeningFormatError as error:
        raise ModelOutdated(f"{path.name} was made by an earlier version, train it again: {error}") from error
    except (OSError, ScreeningFileError) as error:
        raise ModelFileLost(f"{path.name}: {error}") from error
