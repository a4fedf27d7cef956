"""How much the two pages hold, and how texts are shortened where a sheet would hold more.

An appraisal is always two pages. Each page has a ladder of rooms: the first steps set it tighter and lose nothing, the
later ones shorten, longest texts first. Whoever lays out a document goes down a ladder until its page fits. What is
shortened ends in "…" or names how many more there are, and the page says where all of it stands.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from reports.documents import AppraisalDocument, Inspected

ENDLESS = 1_000_000
#: What is left out before "…".
_BEFORE_DOTS = " .,;:，。；：、…"
#: Half-width letters a line of one of page 1's two columns holds, in body and in small print.
LINE, SMALL_LINE = 52, 62
#: Half-width letters that number, topic, inspector and losses of a conversation have on a line, by class of the table.
_COLUMNS = {"": (19, 17, 18, 51), "names": (19, 25, 23, 38), "losses": (19, 14, 14, 58)}
#: Components that page 1 has room for beside the lists' full lines.
_COMPONENTS = 5


@dataclass(frozen=True, slots=True)
class FrontRoom:
    """What page 1 has room for.

    Attributes
    ----------
    lines : float
        Lines of body text in each of the two lists, beside up to five components.
    letters : int
        Half-width letters of a name or a title; actions have twice as many, sentences four times.
    detail : int
        Half-width letters of the line below a component's name.
    component : float
        Lines that each component beyond the fifth takes from the lists.
    density : str
        How tight the page is set: a class of the style sheet.
    """

    lines: float = ENDLESS
    letters: int = ENDLESS
    detail: int = ENDLESS
    component: float = 2.2
    density: str = ""

    def beside(self, document: AppraisalDocument) -> "FrontRoom":
        """Give the room that the document's components and its standing leave to the lists."""
        more = max(0, len(document.components) - _COMPONENTS)
        taken = self.component * more + (1.5 if document.standing or document.standing_note else 0.0)
        return replace(self, lines=max(2.0, self.lines - taken))


@dataclass(frozen=True, slots=True)
class BackRoom:
    """What page 2 has room for; lengths in half-width letters.

    Attributes
    ----------
    rows : int
        Inspected conversations that are listed.
    losses : int
        Lost points of one conversation.
    cell : int
        Number, topic or inspector of a conversation.
    source : int
        Where one number comes from.
    name : int
        Name of a person.
    comment : int
        A comment, an objection.
    comments : int
        Comments that are printed.
    density : str
        How tight the page is set: a class of the style sheet.
    """

    rows: int = ENDLESS
    losses: int = ENDLESS
    cell: int = ENDLESS
    source: int = ENDLESS
    name: int = ENDLESS
    comment: int = ENDLESS
    comments: int = ENDLESS
    density: str = ""

    @property
    def is_endless(self) -> bool:
        """Whether nothing is shortened."""
        return self.rows == ENDLESS


_SMALL = "tight dense"
FRONT = (
    FrontRoom(17),
    FrontRoom(20.5, density="tight"),
    FrontRoom(28.5, density=_SMALL),
    FrontRoom(25, 200, 132, density=_SMALL),
    FrontRoom(22, 120, 88, density=_SMALL),
    FrontRoom(18, 80, 44, 1.9, _SMALL),
    FrontRoom(14, 56, 44, 1.9, _SMALL),
    FrontRoom(10, 40, 44, 1.9, _SMALL),
    FrontRoom(6, 40, 42, 1.9, _SMALL),
    FrontRoom(3, 28, 40, 1.9, _SMALL),
)
BACK = (
    BackRoom(),
    BackRoom(density="tight"),
    BackRoom(density=_SMALL),
    BackRoom(rows=40, losses=160, cell=64, source=150, name=80, comment=700, comments=4, density=_SMALL),
    BackRoom(rows=40, losses=105, cell=32, source=100, name=60, comment=450, comments=4, density=_SMALL),
    # From here on a conversation takes one line.
    BackRoom(rows=34, losses=45, cell=16, source=50, name=40, comment=300, comments=2, density=_SMALL),
    BackRoom(rows=28, losses=45, cell=16, source=50, name=40, comment=200, comments=2, density=_SMALL),
    BackRoom(rows=24, losses=45, cell=16, source=48, name=32, comment=160, comments=2, density=_SMALL),
    BackRoom(rows=20, losses=45, cell=16, source=46, name=32, comment=120, comments=2, density=_SMALL),
    BackRoom(rows=14, losses=45, cell=14, source=44, name=28, comment=100, comments=2, density=_SMALL),
    BackRoom(rows=8, losses=43, cell=12, source=40, name=24, comment=80, comments=2, density=_SMALL),
)


@dataclass(frozen=True, slots=True)
class Rooms:
    """The steps of both ladders that a document is set in."""

    front_step: int = 0
    back_step: int = 0

    @property
    def front(self) -> FrontRoom:
        """Room of page 1."""
        return FRONT[self.front_step]

    @property
    def back(self) -> BackRoom:
        """Room of page 2."""
        return BACK[self.back_step]

    def narrower(self, *, front: bool, back: bool) -> "Rooms":
        """Give the rooms a step further down on the pages that ask for it, as far as the ladders reach."""
        return Rooms(min(self.front_step + front, len(FRONT) - 1), min(self.back_step + back, len(BACK) - 1))


def width_of(text: str) -> int:
    """Count half-width letters; Chinese characters are two."""
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in text)


def lines_of(text: str, line: int) -> int:
    """Estimate the lines a text takes where a line holds `line` half-width letters."""
    return -(-width_of(text) // line)


def clip(text: str, letters: int) -> str:
    """Shorten a text to at most `letters` half-width letters, the last of which is then "…".

    Parameters
    ----------
    text : str
        Any text.
    letters : int
        Room for it, at least 1.

    Returns
    -------
    str
        The text itself where it fits.
    """
    if len(text) <= letters // 2 or width_of(text) <= letters:
        return text
    kept, taken = 0, width_of(text[0])
    while taken < letters:
        kept += 1
        taken += width_of(text[kept])
    while kept and unicodedata.combining(text[kept]):
        kept -= 1
    return f"{text[:kept].rstrip(_BEFORE_DOTS)}…"


def first_back_step(document: AppraisalDocument) -> int:
    """Guess how tight page 2 has to be set; nothing is shortened by the guess."""
    columns = [lines_of(comment.text, LINE) for comment in document.comments]
    pairs = list(zip(columns[::2], [*columns[1::2], 0], strict=False))
    # Fitted to laid-out pages; English names of methods take more lines.
    rows, room = document.inspected, BackRoom()
    height = 0.3 * len(rows) + _table_lines(rows, choose_columns(rows, room), room)
    height += sum(1.5 + 0.9 * max(pair) for pair in pairs)
    height += (1.2 if document.language.startswith("zh") else 1.55) * len(document.sources)
    return sum(height > limit for limit in (24.0, 32.5))


def choose_columns(rows: Sequence[Inspected], room: BackRoom) -> str:
    """Choose the columns of the inspected conversations in which they take fewer lines, by their class."""
    return min(_COLUMNS, key=lambda columns: _table_lines(rows, columns, room))


def _table_lines(rows: Sequence[Inspected], columns: str, room: BackRoom) -> int:
    number, topic, inspector, losses = _COLUMNS[columns]
    return sum(
        max(
            1,
            _lines(width_of(row.number), room.cell + 2, number),
            _lines(width_of(row.topic), room.cell, topic),
            _lines(width_of(row.inspector), room.cell, inspector),
            _lines(sum(width_of(loss.criterion) + 5 for loss in row.losses), room.losses, losses),
        )
        for row in rows
    )


def _lines(width: int, room: int, line: int) -> int:
    return -(-min(width, room) // line)
