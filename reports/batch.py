"""Batches of documents, in this process or in a pool of warm ones."""

import atexit
import logging
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from reports.common.fonts import prepare_fonts
from reports.documents import AppraisalDocument
from reports.errors import DocumentFailed
from reports.render import Renderer

#: Documents handed to the pool ahead of those that are done, for each process.
_AHEAD = 3


@dataclass(frozen=True, slots=True)
class Rendered:
    """One document of a batch: its bytes, or the reason why there are none."""

    key: str
    pdf: bytes | None
    error: str | None = None


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
    if processes <= 1:
        renderer = Renderer(font_cache)
        for key, document in documents:
            yield _attempt(renderer, key, document)
        return
    with open_pool(font_cache, processes) as pool:
        yield from pool.render(documents)


class Pool:
    """Warm processes that render one batch after the other; made by `open_pool`."""

    def __init__(self, executor: ProcessPoolExecutor, processes: int) -> None:
        self._executor = executor
        self._ahead = processes * _AHEAD

    def render(self, documents: Iterable[tuple[str, AppraisalDocument]]) -> Iterator[Rendered]:
        """Render a batch, in the order given; parameters and results as in `render_many`."""
        waiting: deque[Future[Rendered]] = deque()
        for key, document in documents:
            waiting.append(self._executor.submit(_render_in_process, key, document))
            if len(waiting) >= self._ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


@contextmanager
def open_pool(font_cache: Path, processes: int) -> Iterator[Pool]:
    """Open a pool of processes, each warm before its first document; closed with the block.

    Raises
    ------
    RendererMissing
        If no font for Chinese is installed.
    """
    prepare_fonts(font_cache)
    # Fresh processes: a copy of a server with threads could inherit a lock that nobody will ever open.
    with ProcessPoolExecutor(processes, get_context("spawn"), _warm_up, (font_cache,)) as executor:
        yield Pool(executor, processes)


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
