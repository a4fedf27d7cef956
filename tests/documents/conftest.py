"""Documents are rendered for real: fonts are cut once per machine and kept beside pytest's own cache."""

import logging
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pypdf
import pytest

from tests.conftest import missing


class Warned(logging.Handler):
    """Remembers what the renderer complained about."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


@pytest.fixture(scope="session")
def font_cache(pytestconfig: pytest.Config) -> Path:
    """Where the cut fonts are kept between runs, with and without pytest's own cache."""
    folder = pytestconfig.rootpath / ".pytest_cache" / "d" / "document-fonts"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def renderer(font_cache: Path):
    """A warm renderer; skips where Pango or the font is missing."""
    from reports.errors import RendererMissing

    try:
        from reports.render import Renderer

        return Renderer(font_cache)
    except RendererMissing as error:
        missing(str(error))


@pytest.fixture(autouse=True)
def _no_renderer_warnings() -> Iterator[None]:
    """A warning of the renderer fails the test: it means something is missing on the paper."""
    handler = Warned()
    logger = logging.getLogger("weasyprint")
    logger.addHandler(handler)
    yield
    logger.removeHandler(handler)
    assert handler.messages == []


def open_pdf(pdf: bytes) -> pypdf.PdfReader:
    """Open a PDF for reading back."""
    return pypdf.PdfReader(BytesIO(pdf))


def text_of(pdf: bytes) -> str:
    """Give all text of a PDF without blanks, as lines break anywhere in Chinese."""
    return "".join("".join((page.extract_text() or "").split()) for page in open_pdf(pdf).pages)
