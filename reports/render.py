"""PDF files: the only module that imports WeasyPrint.

Importing it raises `RendererMissing` where Pango is not installed, so importers catch one error and the product goes
on. A `Renderer` keeps what costs time (parsed styles, fonts, templates) and is warm from its second document on;
`render_many` keeps one in each process of a pool. Nothing is fetched: styles and fonts are our own, pictures arrive
inside the document, and a reference to anything else gives nothing.
"""

import atexit
import logging
from base64 import b64encode
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any, ClassVar, Self

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from reports.appraisal.present import present
from reports.common.fonts import FAMILY, FontFile, find_fonts, prepare_fonts
from reports.documents import AppraisalDocument
from reports.errors import DocumentFailed, RendererMissing
from reports.language import load_catalogue

try:
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher
except OSError as error:
    # WeasyPrint opens the libraries by name while it is imported and says so with an OSError.
    raise RendererMissing(
        "PDF files need Pango: apt-get install -y libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
    ) from error

_HERE = Path(__file__).parent
_ELEMENTS = _HERE / "common" / "elements.css"
_STYLES = (_HERE / "common" / "page.css", _HERE / "appraisal" / "appraisal.css")
#: Archival, tagged, every character known: what a document of this kind is kept and read as.
VARIANT = "pdf/a-3a"
#: Documents handed to the pool ahead of those that are done, for each process.
_AHEAD = 3

# fontTools tells at length what it leaves out of a font; that is what a cut is for.
logging.getLogger("fontTools.subset").setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True)
class Rendered:
    """One document of a batch: its bytes, or the reason why there are none."""

    key: str
    pdf: bytes | None
    error: str | None = None


class _FontFetcher(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no types
    """Answers our own font files and nothing else."""

    def __init__(self, fonts: tuple[FontFile, ...]) -> None:
        super().__init__(allowed_protocols=["file"], allow_redirects=False)
        self._allowed = {font.path.resolve().as_uri() for font in fonts}

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Any:
        """Answer `url` if it is one of our fonts."""
        if url not in self._allowed:
            raise ValueError(f"Not one of our fonts: {url}")
        return super().fetch(url, headers)


class _Page(HTML):  # type: ignore[misc]  # WeasyPrint has no types
    """A page of ours: a short sheet of elements stands in for the one of all of HTML."""

    elements: ClassVar[list[CSS]] = []

    def _ua_stylesheets(self, forms: bool = False) -> list[CSS]:  # noqa: ARG002 - WeasyPrint's own signature
        return self.elements


class Renderer:
    """Turns documents into PDF, keeping styles, fonts and templates between them.

    Parameters
    ----------
    font_cache : Path
        Folder of the cut fonts; filled at first use, which takes about a minute once.

    Raises
    ------
    RendererMissing
        If no font for Chinese is installed.
    """

    def __init__(self, font_cache: Path) -> None:
        self._take_fonts(prepare_fonts(font_cache))

    @classmethod
    def with_ready_fonts(cls, font_cache: Path) -> Self:
        """Give a renderer at once: where the cut fonts are not made yet, the installed one serves, half as fast."""
        renderer = cls.__new__(cls)
        renderer._take_fonts(find_fonts(font_cache))
        return renderer

    def _take_fonts(self, fonts: tuple[FontFile, ...]) -> None:
        self._fonts = FontConfiguration()
        fetcher = _FontFetcher(fonts)
        style = "\n".join([*map(_font_face, fonts), *(path.read_text("utf-8") for path in _STYLES)])
        self._styles = [CSS(string=style, font_config=self._fonts, url_fetcher=fetcher)]
        _Page.elements = [CSS(string=_ELEMENTS.read_text("utf-8"))]
        self._fetcher = URLFetcher(allowed_protocols=["data"], allow_redirects=False)

    def render_appraisal(self, document: AppraisalDocument) -> bytes:
        """Give the appraisal as PDF/A-3a; the same document gives the same bytes.

        Parameters
        ----------
        document : AppraisalDocument
            The month of one person.

        Returns
        -------
        bytes
            A tagged PDF of two A4 pages, more where lists are long.

        Raises
        ------
        LanguageUnknown
            If there is no catalogue for the document's language.
        """
        return self.render_page(appraisal_html(document))

    def render_page(self, html: str) -> bytes:
        """Give a finished page of ours as PDF/A-3a."""
        page = _Page(string=html, url_fetcher=self._fetcher)
        pdf: bytes = page.write_pdf(stylesheets=self._styles, font_config=self._fonts, pdf_variant=VARIANT)
        return pdf


def appraisal_html(document: AppraisalDocument) -> str:
    """Give the appraisal's page, without its style: what is rendered, and what the preview shows."""
    logo = f"data:image/png;base64,{b64encode(document.logo).decode()}" if document.logo else ""
    return _templates(document.language).get_template("appraisal/appraisal.html").render(
        view=present(document), logo=logo)  # fmt: skip


@cache
def _templates(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, extensions=["jinja2.ext.i18n"],
        trim_blocks=True, lstrip_blocks=True, auto_reload=False,
    )  # fmt: skip
    environment.install_gettext_translations(load_catalogue(language), newstyle=True)  # type: ignore[attr-defined]
    return environment


def _font_face(font: FontFile) -> str:
    source = font.path.resolve().as_uri()
    return f'@font-face {{ font-family: "{FAMILY}"; font-weight: {font.weight}; src: url("{source}") }}'


def render_many(
    documents: Iterable[tuple[str, AppraisalDocument]], font_cache: Path, *, processes: int = 1
) -> Iterator[Rendered]:
    """Render a batch, in the order given; one that fails does not stop the others.

    Parameters
    ----------
    documents : iterable of (key, AppraisalDocument)
        Read only a few ahead of what is done, so it may be gathered on the way.
    font_cache : Path
        Folder of the cut fonts.
    processes : int, default=1
        One renders in this process; more start a pool, each with fonts and styles of its own.

    Yields
    ------
    Rendered
        One for each document.

    Raises
    ------
    RendererMissing
        If no font for Chinese is installed.
    """
    prepare_fonts(font_cache)
    if processes <= 1:
        renderer = Renderer(font_cache)
        for key, document in documents:
            yield _attempt(renderer, key, document)
        return
    # Fresh processes: a copy of a server with threads could inherit a lock that nobody will ever open.
    with ProcessPoolExecutor(processes, get_context("spawn"), _warm_up, (font_cache,)) as pool:
        yield from _in_order(pool, documents, processes * _AHEAD)


def _in_order(
    pool: ProcessPoolExecutor, documents: Iterable[tuple[str, AppraisalDocument]], ahead: int
) -> Iterator[Rendered]:
    waiting: deque[Future[Rendered]] = deque()
    for key, document in documents:
        waiting.append(pool.submit(_render_in_process, key, document))
        if len(waiting) >= ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


_warm: dict[str, Renderer] = {}


def _warm_up(font_cache: Path) -> None:
    _warm["renderer"] = Renderer(font_cache)
    # Its fonts must be gone before the interpreter is.
    atexit.register(_warm.clear)


def _render_in_process(key: str, document: AppraisalDocument) -> Rendered:
    return _attempt(_warm["renderer"], key, document)


def _attempt(renderer: Renderer, key: str, document: AppraisalDocument) -> Rendered:
    # The edge of a batch: whatever is wrong with one document is told with its name, and the others go on.
    try:
        return Rendered(key=key, pdf=renderer.render_appraisal(document))
    except Exception as error:
        logging.getLogger(__name__).exception("document %s could not be rendered", key)
        return Rendered(key=key, pdf=None, error=str(DocumentFailed(f"{type(error).__name__}: {error}")))
