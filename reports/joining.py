"""Many tagged documents joined into one that is tagged as well.

Libraries join pages and leave the tags behind, and keep every object of every part in memory. Here the parts pass one
after the other: their objects get new numbers and are written, and what holds the whole together is written last: the
pages in their order, the tree of tags with the pages' way back into it, the outline, title, language, the declaration
of PDF/A. Why it is done so stands in docs/decisions.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from pypdf import PdfReader
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NumberObject,
    PdfObject,
    StreamObject,
    TextStringObject,
)

from reports.numbered_file import NumberedFile, make_dictionary, refer

#: What the first part says for all of them; they come out of one renderer.
_SHARED = ("/Lang", "/MarkInfo", "/ViewerPreferences", "/OutputIntents")
#: Numbers of the objects that hold the whole together; the outline's items come after the last.
_CATALOG, _PAGES, _TAGS, _DOCUMENT, _TAGS_BY_PAGE, _OUTLINE, _INFO, _METADATA = range(1, 9)
#: What every part has and the whole has one of, by kind.
_HOLDERS = {"/Catalog": _CATALOG, "/Pages": _PAGES, "/StructTreeRoot": _DOCUMENT}
_DROPPED = {"/ObjStm", "/XRef", "/Metadata"}
#: The title in the facts about a file, as our renderer writes them.
_TITLE = re.compile("(<dc:title><rdf:Alt><rdf:li[^>]*>).*?(</rdf:li>)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Part:
    """One document: its file, and its name in the outline of the whole."""

    name: str
    path: Path


def join_documents(parts: Iterable[Part], target: Path, *, title: str) -> None:
    """Join tagged documents into one tagged, archival file with an outline by part; memory stays flat.

    Parameters
    ----------
    parts : iterable of Part
        At least one; all as `render` writes them, in one language.
    target : Path
        File that is written.
    title : str
        Title of the whole.
    """
    with target.open("wb") as file:
        whole = _Whole(NumberedFile(file, reserved=_METADATA))
        for part in parts:
            whole.add(part)
        whole.finish(title)


class _Whole:
    """What the parts have in common, grown part by part."""

    def __init__(self, file: NumberedFile) -> None:
        self._file = file
        self._pages, self._parts, self._tags_by_page = ArrayObject(), ArrayObject(), ArrayObject()
        self._items: list[tuple[int, DictionaryObject]] = []
        self._streams: dict[bytes, int] = {}
        self._catalog = make_dictionary({})
        self._facts: dict[str, str] = {}
        self._metadata = ""

    def add(self, part: Part) -> None:
        """Write the objects of a part under new numbers."""
        source = _Source(part, self._file, self._streams)
        if not self._items:
            self._share(source)
        _make_unique(source.tree, f"{len(self._items)}:")
        for document in source.tree["/K"].get_object():
            document.get_object().update(make_dictionary({
                "/S": NameObject("/Part"), "/T": TextStringObject(part.name),
            }))  # fmt: skip
        first = len(self._pages)
        for number, page in enumerate(source.pages):
            page.get_object()[NameObject("/StructParents")] = NumberObject(first + number)
        tags_by_page = list(source.tags_by_page())
        before = self._file.take_numbers(len(tags_by_page))
        tagged = {before + 1 + index: tags for index, (_, tags) in enumerate(tags_by_page)}
        for own, (number, _) in zip(tagged, tags_by_page, strict=True):
            self._tags_by_page.extend([NumberObject(first + number), refer(own)])
        self._pages.extend(map(source.moved, source.pages))
        self._parts.extend(source.moved(source.tree["/K"].get_object()))
        self._items.append(self._item(source, part.name, self._pages[first]))
        self._file.put({**tagged, **dict(source.objects())})
        source.forget()

    def finish(self, title: str) -> None:
        """Write what holds the parts together."""
        count = NumberObject(len(self._pages))
        self._file.put({
            **dict(self._linked_items()),
            _CATALOG: self._catalog,
            _PAGES: make_dictionary({"/Type": NameObject("/Pages"), "/Kids": self._pages, "/Count": count}),
            _TAGS: make_dictionary({
                "/Type": NameObject("/StructTreeRoot"), "/K": ArrayObject([refer(_DOCUMENT)]),
                "/ParentTree": refer(_TAGS_BY_PAGE), "/ParentTreeNextKey": count,
            }),
            _DOCUMENT: make_dictionary({
                "/Type": NameObject("/StructElem"), "/S": NameObject("/Document"), "/P": refer(_TAGS),
                "/K": self._parts,
            }),
            _TAGS_BY_PAGE: make_dictionary({"/Nums": self._tags_by_page}),
            _OUTLINE: make_dictionary({
                "/Type": NameObject("/Outlines"), "/Count": NumberObject(len(self._items)),
                "/First": refer(self._items[0][0]), "/Last": refer(self._items[-1][0]),
            }),
            _INFO: make_dictionary({
                name: TextStringObject(text) for name, text in {**self._facts, "/Title": title}.items()
            }),
            _METADATA: self._titled_metadata(title),
        })  # fmt: skip
        self._file.finish(root=_CATALOG, info=_INFO)

    def _share(self, source: "_Source") -> None:
        root: Any = source.reader.root_object
        kept = {key: source.moved(root.raw_get(key)) for key in _SHARED if key in root}
        self._catalog = make_dictionary({
            "/Type": NameObject("/Catalog"), "/Pages": refer(_PAGES), "/StructTreeRoot": refer(_TAGS),
            "/Outlines": refer(_OUTLINE), "/PageMode": NameObject("/UseOutlines"), "/Metadata": refer(_METADATA),
            **kept,
        })  # fmt: skip
        self._facts = {key: str(value) for key, value in (source.reader.metadata or {}).items()}
        self._metadata = root["/Metadata"].get_object().get_data().decode()

    def _item(self, source: "_Source", name: str, page: PdfObject) -> tuple[int, DictionaryObject]:
        """Turn the root of a part's outline into an item of the whole's, closed, with the part's own items below."""
        # A dictionary of our own: the reader's would keep the whole reader.
        root = make_dictionary(dict(source.moved(source.outline.get_object())))
        root[NameObject("/Title")] = TextStringObject(name)
        root[NameObject("/Parent")] = refer(_OUTLINE)
        root[NameObject("/Dest")] = ArrayObject([page, NameObject("/Fit")])
        count: Any = root["/Count"]
        root[NameObject("/Count")] = NumberObject(-int(count))
        return source.moved(source.outline).idnum, root

    def _linked_items(self) -> Iterator[tuple[int, DictionaryObject]]:
        for index, (number, item) in enumerate(self._items):
            if index:
                item[NameObject("/Prev")] = refer(self._items[index - 1][0])
            if index + 1 < len(self._items):
                item[NameObject("/Next")] = refer(self._items[index + 1][0])
            yield number, item

    def _titled_metadata(self, title: str) -> StreamObject:
        written = _TITLE.sub(lambda found: f"{found[1]}{escape(title)}{found[2]}", self._metadata)
        stream = DecodedStreamObject()
        stream.set_data(written.encode())
        stream.update(make_dictionary({"/Type": NameObject("/Metadata"), "/Subtype": NameObject("/XML")}))
        return stream


class _Source:
    """One part, and the numbers that its objects have in the whole."""

    def __init__(self, part: Part, file: NumberedFile, streams: dict[bytes, int]) -> None:
        self.reader = PdfReader(BytesIO(part.path.read_bytes()))
        root: Any = self.reader.root_object
        self.tree: Any = root["/StructTreeRoot"].get_object()
        self.outline: IndirectObject = root.raw_get("/Outlines")
        self.pages: list[Any] = [page.indirect_reference for page in self.reader.pages]
        own = sorted({*self.reader.xref.get(0, {}), *self.reader.xref_objStm} - {0})
        before = file.take_numbers(own[-1])
        self._found = {number: self.reader.get_object(number) for number in own}
        self._numbers = {number: before + number for number in own}
        trailer: Any = self.reader.trailer
        holders = (self.outline, self.tree.raw_get("/ParentTree"), trailer.raw_get("/Info"))
        self._skipped = {holder.idnum for holder in holders}
        for number, found in self._found.items():
            kind = found.get("/Type") if isinstance(found, DictionaryObject) else None
            if kind in _HOLDERS or kind in _DROPPED:
                self._numbers[number] = _HOLDERS.get(str(kind), 0)
                self._skipped.add(number)
            elif isinstance(found, StreamObject):
                self._share_stream(number, found, streams)

    def _share_stream(self, number: int, stream: StreamObject, streams: dict[bytes, int]) -> None:
        """Write a stream once that all parts have, such as the profile of the colours."""
        if any(isinstance(value, IndirectObject) for value in stream.values()):
            return
        body = BytesIO()
        stream.write_to_stream(body)
        known = streams.setdefault(sha256(body.getvalue()).digest(), self._numbers[number])
        if known != self._numbers[number]:
            self._numbers[number] = known
            self._skipped.add(number)

    def forget(self) -> None:
        """Let go of the objects, which refer to each other in rings and would wait for the collector."""
        self._found.clear()
        self.reader.resolved_objects.clear()
        self.reader.flattened_pages = None

    def objects(self) -> Iterator[tuple[int, PdfObject]]:
        """Give every object that is not a holder, under its new number."""
        for number, found in self._found.items():
            if number not in self._skipped:
                yield self._numbers[number], self.moved(found)

    def tags_by_page(self) -> Iterator[tuple[int, PdfObject]]:
        """Give the tags of each page in the order of its marks."""
        numbers = list(self.tree["/ParentTree"].get_object()["/Nums"].get_object())
        for page, tags in zip(numbers[::2], numbers[1::2], strict=True):
            yield int(page), self.moved(tags)

    def moved(self, found: Any) -> Any:
        """Give a value with the new numbers in every reference."""
        if isinstance(found, IndirectObject):
            return refer(self._numbers[found.idnum])
        if isinstance(found, DictionaryObject):
            # Streams keep their bytes; a reader's objects are nobody else's.
            for name, value in dict(found).items():
                found[NameObject(name)] = self.moved(value)
        elif isinstance(found, ArrayObject):
            return ArrayObject(self.moved(value) for value in list(found))
        return found


def _make_unique(tree: Any, prefix: str) -> None:
    """Put a prefix before the names by which cells find their headings: every part counts them from the start."""
    waiting = [tree]
    while waiting:
        found = waiting.pop().get_object()
        if isinstance(found, ArrayObject):
            waiting.extend(item for item in found if isinstance(item, IndirectObject))
        elif isinstance(found, DictionaryObject):
            if "/ID" in found:
                found[NameObject("/ID")] = TextStringObject(prefix + str(found["/ID"]))
            facts = found.get("/A")
            if facts is not None and "/Headers" in facts.get_object():
                names = facts.get_object()["/Headers"].get_object()
                facts.get_object()[NameObject("/Headers")] = ArrayObject(
                    TextStringObject(prefix + str(name)) for name in names
                )
            if "/K" in found:
                waiting.append(found["/K"])
