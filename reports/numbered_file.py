"""A PDF file that is written object by object, so that memory stays flat however many there are.

pypdf writes each object; what is ours are their numbers and the table of places at the end.
"""

from hashlib import sha256
from io import BytesIO
from typing import BinaryIO

from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    DecodedStreamObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NumberObject,
    PdfObject,
    StreamObject,
)

#: Widths of a row of the table of places, and its kinds.
_WIDTHS = (1, 5, 3)
_ALONE, _PACKED = 1, 2


def refer(number: int) -> IndirectObject:
    """Refer to an object by its number."""
    return IndirectObject(number, 0, None)


def make_dictionary(values: dict[str, PdfObject]) -> DictionaryObject:
    """Make a dictionary of names and values."""
    return DictionaryObject({NameObject(name): value for name, value in values.items()})


class NumberedFile:
    """Writes numbered objects and remembers where they stand: streams alone, everything else packed together.

    Parameters
    ----------
    file : BinaryIO
        Where the bytes go; it needs to tell its place.
    reserved : int
        Numbers from 1 on that are given out by the caller.
    """

    def __init__(self, file: BinaryIO, reserved: int) -> None:
        self._file = file
        self._table = bytearray()
        self._digest = sha256()
        self._last = reserved
        self._write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")

    def take_numbers(self, count: int) -> int:
        """Take so many numbers that nothing has yet; returns the one before the first."""
        before = self._last
        self._last += count
        return before

    def put(self, objects: dict[int, PdfObject]) -> None:
        """Write objects under their numbers."""
        plain = {}
        for number, found in objects.items():
            if isinstance(found, StreamObject):
                self._put_stream(number, found)
            else:
                plain[number] = found
        if plain:
            self._put_packed(plain)

    def finish(self, *, root: int, info: int) -> None:
        """Write the table of places; `root` and `info` are the numbers of the catalogue and of the facts."""
        number = self.take_numbers(1) + 1
        start = self._file.tell()
        self._note(number, _ALONE, start, 0)
        name = ByteStringObject(self._digest.digest()[:16])
        self._put_stream(number, _stream(bytes(self._table), {
            "/Type": NameObject("/XRef"), "/Size": NumberObject(number + 1),
            "/W": ArrayObject(map(NumberObject, _WIDTHS)), "/Root": refer(root), "/Info": refer(info),
            "/ID": ArrayObject([name, name]),
        }))  # fmt: skip
        self._write(b"startxref\n%d\n%%%%EOF\n" % start)

    def _put_packed(self, objects: dict[int, PdfObject]) -> None:
        number = self.take_numbers(1) + 1
        heads, body = [], BytesIO()
        for index, (own, found) in enumerate(objects.items()):
            heads.append(b"%d %d" % (own, body.tell()))
            self._note(own, _PACKED, number, index)
            found.write_to_stream(body)
            body.write(b"\n")
        head = b" ".join(heads) + b"\n"
        self._put_stream(number, _stream(head + body.getvalue(), {
            "/Type": NameObject("/ObjStm"), "/N": NumberObject(len(objects)), "/First": NumberObject(len(head)),
        }))  # fmt: skip

    def _put_stream(self, number: int, stream: StreamObject) -> None:
        self._note(number, _ALONE, self._file.tell(), 0)
        body = BytesIO()
        stream.write_to_stream(body)
        self._write(b"%d 0 obj\n" % number + body.getvalue() + b"\nendobj\n")

    def _note(self, number: int, kind: int, place: int, more: int) -> None:
        """Note where an object stands: at a place of the file, or how many others before it in a pack."""
        start = number * sum(_WIDTHS)
        self._table.extend(bytes(max(0, start + sum(_WIDTHS) - len(self._table))))
        row = b"".join(value.to_bytes(width, "big") for value, width in zip((kind, place, more), _WIDTHS, strict=True))
        self._table[start : start + len(row)] = row

    def _write(self, data: bytes) -> None:
        self._digest.update(data)
        self._file.write(data)


def _stream(data: bytes, values: dict[str, PdfObject]) -> StreamObject:
    plain = DecodedStreamObject()
    plain.set_data(data)
    packed = plain.flate_encode()
    packed.update(make_dictionary(values))
    return packed
