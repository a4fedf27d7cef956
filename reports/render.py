"""PDF files: the only module that imports WeasyPrint.

Importing it raises `RendererMissing` where Pango is not installed, so importers catch one error and the product goes
on. A `Renderer` keeps what costs time (parsed styles, fonts, templates) and is warm from its second document on;
`batch` keeps one in each process of a pool. Nothing is fetched: styles and fonts are our own, pictures arrive inside
the document, and a reference to anything else gives nothing.
"""

import logging
import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Self
from xml.etree.ElementTree import fromstring

from cssselect2 import ElementWrapper
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from reports.appraisal.present import first_rooms, present
from reports.appraisal.room import Rooms
from reports.common.chinese import mark_chinese
from reports.common.fonts import (
    RARE_FAMILY,
    FontFile,
    family_of_block,
    find_fonts,
    prepare_block,
    prepare_fonts,
    rare_blocks,
)
from reports.documents import AppraisalDocument
from reports.errors import RendererMissing
from reports.language import load_catalogue

try:
    from weasyprint import CSS, HTML, Document
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
#: Characters that no XML file may hold; on paper they are nothing.
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# fontTools tells at length what it leaves out of a font; that is what a cut is for.
logging.getLogger("fontTools.subset").setLevel(logging.ERROR)


class _FontFetcher(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no types
    """Answers our own font files and nothing else."""

    def __init__(self, fonts: tuple[FontFile, ...]) -> None:
        super().__init__(allowed_protocols=["file"], allow_redirects=False)
        self._allowed = {_address(font) for font in fonts}

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Any:
        """Answer `url` if it is one of our fonts."""
        if url not in self._allowed:
            raise ValueError(f"Not one of our fonts: {url}")
        return super().fetch(url, headers)


class _Page(HTML):  # type: ignore[misc]  # WeasyPrint has no types
    """A page of ours: well-formed, so that the fast parser reads it, and with a short sheet of elements."""

    elements: ClassVar[list[CSS]] = []

    def __init__(self, markup: str, url_fetcher: URLFetcher) -> None:
        # In place of the parser for any HTML, which takes a tenth of a document's time.
        self.base_url, self.url_fetcher, self.media_type = None, url_fetcher, "print"
        root = fromstring(markup)  # noqa: S314 - our own template
        mark_chinese(root)
        self.wrapper_element = ElementWrapper.from_html_root(root)
        self.etree_element = self.wrapper_element.etree_element

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
        self._cache = font_cache
        self._take_fonts(prepare_fonts(font_cache))

    @classmethod
    def with_ready_fonts(cls, font_cache: Path) -> Self:
        """Give a renderer at once: where the cut fonts are not made yet, the installed one serves, half as fast."""
        renderer = cls.__new__(cls)
        renderer._cache = font_cache
        renderer._take_fonts(find_fonts(font_cache))
        return renderer

    def _take_fonts(self, fonts: tuple[FontFile, ...]) -> None:
        self._fonts = FontConfiguration()
        self._families: dict[int, str] = {}
        self._styles: dict[str, CSS] = {}
        self._is_cut = bool(fonts)
        self._add_faces(fonts)
        _Page.elements = [CSS(string=_ELEMENTS.read_text("utf-8"))]
        self._fetcher = URLFetcher(allowed_protocols=["data"], allow_redirects=False)

    def render_appraisal(self, document: AppraisalDocument) -> bytes:
        """Give the appraisal as PDF/A-3a of two A4 pages; the same document gives the same bytes.

        Parameters
        ----------
        document : AppraisalDocument
            The month of one person. Where two pages cannot hold it, texts are shortened and say so.

        Returns
        -------
        bytes
            A tagged PDF.

        Raises
        ------
        LanguageUnknown
            If there is no catalogue for the document's language.
        """
        return _write(self._fit(document))

    def fit_appraisal(self, document: AppraisalDocument) -> Rooms:
        """Give the rooms in which the document takes two pages; parameters as in `render_appraisal`."""
        rooms = first_rooms(document)
        while (narrower := _narrower(rooms, self._lay_out(appraisal_html(document, rooms)))) is not None:
            rooms = narrower
        return rooms

    def render_page(self, html: str) -> bytes:
        """Give a finished page of ours as PDF/A-3a."""
        return _write(self._lay_out(html))

    def _fit(self, document: AppraisalDocument) -> Document:
        rooms: Rooms | None = first_rooms(document)
        while rooms is not None:
            laid = self._lay_out(appraisal_html(document, rooms))
            rooms = _narrower(rooms, laid)
        return laid

    def _add_faces(self, fonts: tuple[FontFile, ...]) -> None:
        # Read for what it adds to the fonts; there is nothing else in the sheet.
        CSS(string="\n".join(map(_font_face, fonts)), font_config=self._fonts, url_fetcher=_FontFetcher(fonts))

    def _rare_families(self, text: str) -> list[str]:
        """Name the families of a text's rare characters; they are cut where they are met for the first time."""
        blocks = sorted(rare_blocks(text)) if self._is_cut else []
        for block in blocks:
            if block not in self._families:
                files = prepare_block(block, self._cache)
                self._add_faces(files)
                self._families[block] = family_of_block(block) if files else ""
        return [self._families[block] for block in blocks if self._families[block]]

    def _style(self, families: Sequence[str]) -> CSS:
        """Give the parsed style that names these families beside the usual ones."""
        names = "".join(f'"{family}", ' for family in families)
        if names not in self._styles:
            style = "\n".join(path.read_text("utf-8") for path in _STYLES).replace(f'"{RARE_FAMILY}", ', names)
            self._styles[names] = CSS(string=style, font_config=self._fonts)
        return self._styles[names]

    def _lay_out(self, html: str) -> Document:
        families = self._rare_families(html)
        html = _UNPRINTABLE.sub("", html).replace(f"{RARE_FAMILY}, ", "".join(f"{family}, " for family in families))
        return _Page(html, self._fetcher).render(
            stylesheets=[self._style(families)], font_config=self._fonts, pdf_variant=VARIANT
        )


def _write(laid: Document) -> bytes:
    pdf: bytes = laid.write_pdf(pdf_variant=VARIANT)
    return pdf


def _narrower(rooms: Rooms, laid: Document) -> Rooms | None:
    """Give the next rooms to try; none where both pages fit, or where nothing is left to shorten."""
    fronts = next((index for index, page in enumerate(laid.pages) if "back" in page.anchors), len(laid.pages))
    narrower = rooms.narrower(front=fronts > 1, back=len(laid.pages) - fronts > 1)
    return None if narrower == rooms else narrower


def appraisal_html(document: AppraisalDocument, rooms: Rooms | None = None) -> str:
    """Give the appraisal's page, without its style: what is rendered, and what the preview shows."""
    logo = f"data:image/png;base64,{b64encode(document.logo).decode()}" if document.logo else ""
    return _templates(document.language).get_template("appraisal/appraisal.html").render(
        view=present(document, rooms), logo=logo)  # fmt: skip


@cache
def _templates(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, extensions=["jinja2.ext.i18n"],
        trim_blocks=True, lstrip_blocks=True, auto_reload=False,
    )  # fmt: skip
    environment.install_gettext_translations(load_catalogue(language), newstyle=True)  # type: ignore[attr-defined]
    return environment


def _font_face(font: FontFile) -> str:
    return f'@font-face {{ font-family: "{font.family}"; font-weight: {font.weight}; src: url("{_address(font)}") }}'


def _address(font: FontFile) -> str:
    return font.path.resolve().as_uri()
