"""Transcripts that lie beside a recording: SRT, WebVTT, Amazon Transcribe, vCon, and plain text with time stamps.

For the import of a transcript to a call that is here already. What a file calls its speakers (CSR, spk_0, 坐席) becomes
agent and customer; where that cannot be told, the file is refused and says which names it has.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from qa_app.conversations.importers.problems import FieldError
from qa_app.conversations.importers.transcribe import read_transcribe
from qa_app.conversations.importers.vcon import VconReader

__all__ = ["SpokenTurn", "TranscriptProblem", "TranscriptRefused", "read_transcript"]

_MOST_TURNS = 50_000
_LONGEST_TURN = 100_000
_ARROW = re.compile(r"^\s*([\d:.,]+)\s*-->\s*([\d:.,]+)")
_PLAIN = re.compile(
    r"^\s*[\[(]?(\d{1,2}(?::\d{1,2}){1,2}(?:[.,]\d{1,3})?)[\])]?\s*(?:[-–—>→]+\s*[\[(]?(\d[\d:.,]*)[\])]?)?\s*(.*)$"
)
_NAMED = re.compile(
    r"^\s*(?:\[([^\]\n]{1,40})\]\s*:?|<v\s+([^>\n]{1,40})>|([^\s:：][^:：\n]{0,39}?)\s*[:：](?=\s|[^\d/\s]))\s*(.*)$",
    re.DOTALL,
)
_JSON = re.compile(r"\s*(\{|\[\s*[\[{\]])")
_TAGS = re.compile(r"</?[a-z][^>]{0,40}>", re.IGNORECASE)
_AGENTS = {
    "agent", "csr", "rep", "representative", "operator", "advisor", "adviser", "support", "service", "staff",
    "ch_agent", "坐席", "客服", "坐席员", "客服人员", "员工",
}  # fmt: skip
_CUSTOMERS = {"customer", "caller", "client", "user", "contact", "guest", "visitor", "客户", "顾客", "用户", "来电人"}
_OTHERS = {"system": "system", "bot": "bot", "robot": "bot", "ivr": "bot", "系统": "system", "机器人": "bot"}


class TranscriptProblem(StrEnum):
    """Why a transcript was not taken."""

    undecodable = "undecodable"
    malformed_json = "malformed_json"
    unknown_format = "unknown_format"
    no_turns = "no_turns"
    bad_time = "bad_time"
    too_many = "too_many"
    unknown_speakers = "unknown_speakers"
    agent_not_there = "agent_not_there"
    bad_vcon = "bad_vcon"


class TranscriptRefused(Exception):
    """The file as a whole is refused; `line` and `value` say where, where that is known."""

    def __init__(self, code: TranscriptProblem, value: str = "", line: int | None = None) -> None:
        super().__init__(f"{code}: {value} (line {line})")
        self.code = code
        self.value = value[:200]
        self.line = line


@dataclass(frozen=True, slots=True)
class SpokenTurn:
    """One stretch of speech; `speaker` is the file's own name for it until `read_transcript` has told who that is."""

    speaker: str
    text: str
    start_seconds: float | None
    end_seconds: float | None


def read_transcript(content: bytes, *, agent: str = "") -> list[SpokenTurn]:
    """Read a transcript, whatever of the known formats it is in, in the order of its times.

    Parameters
    ----------
    content : bytes
        The file.
    agent : str
        What the file calls the agent, where that is not one of the common words; everybody else is then the customer.

    Raises
    ------
    TranscriptRefused
        If it is none of them, holds nothing, or does not tell who is who.
    """
    text = _decode(content)
    turns = list(_read_json(text) if _JSON.match(text) else _read_lines(text))
    turns = [replace(turn, text=turn.text.strip()[:_LONGEST_TURN]) for turn in turns if turn.text.strip()]
    if not turns:
        raise TranscriptRefused(TranscriptProblem.no_turns)
    if len(turns) > _MOST_TURNS:
        raise TranscriptRefused(TranscriptProblem.too_many, str(len(turns)))
    who = _tell_speakers({turn.speaker: None for turn in turns}, agent)
    turns = [replace(turn, speaker=who[turn.speaker]) for turn in turns]
    if all(turn.start_seconds is not None for turn in turns):
        turns.sort(key=lambda turn: turn.start_seconds or 0.0)
    return _close(turns)


def _decode(content: bytes) -> str:
    encodings = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return content.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
        except UnicodeDecodeError:
            continue
    raise TranscriptRefused(TranscriptProblem.undecodable)


def _read_json(text: str) -> Iterable[SpokenTurn]:
    try:
        data = json.loads(text)
    except ValueError as error:
        raise TranscriptRefused(TranscriptProblem.malformed_json, str(error), getattr(error, "lineno", None)) from error
    turns = read_transcribe(data)
    if turns is not None:
        return [SpokenTurn(*turn) for turn in turns]
    if isinstance(data, dict) and "parties" in data:
        return _read_vcon(data)
    items = data.get("transcript") if isinstance(data, dict) else data
    if isinstance(items, list) and all(isinstance(item, dict) and isinstance(item.get("text"), str) for item in items):
        return [_own_turn(item) for item in items]
    raise TranscriptRefused(TranscriptProblem.unknown_format)


def _own_turn(item: dict[str, Any]) -> SpokenTurn:
    """A turn under the names of our own import record."""
    times = [item.get(name) for name in ("start_seconds", "end_seconds")]
    if any(one is not None and (isinstance(one, bool) or not isinstance(one, int | float)) for one in times):
        raise TranscriptRefused(TranscriptProblem.bad_time, str(times))
    return SpokenTurn(str(item.get("speaker", "")), item["text"], times[0], times[1])


def _read_vcon(data: dict[str, Any]) -> list[SpokenTurn]:
    try:
        values = VconReader(data, "transcript", ZoneInfo("UTC"), []).values
    except FieldError as error:
        raise TranscriptRefused(TranscriptProblem.bad_vcon, f"{error.field}: {error.value}") from error
    return [
        SpokenTurn(turn["speaker"], turn["text"], turn.get("start_seconds"), turn.get("end_seconds"))
        for turn in values.get("transcript", [])
    ]


def _read_lines(text: str) -> Iterator[SpokenTurn]:
    lines = text.split("\n")
    return _read_cues(lines) if any(_ARROW.match(line) for line in lines) else _read_plain(lines)


def _read_cues(lines: Sequence[str]) -> Iterator[SpokenTurn]:
    """SRT and WebVTT: a line of two times, then words up to the next empty line."""
    speaker = ""
    place = 0
    while place < len(lines):
        times = _ARROW.match(lines[place])
        place += 1
        if not times:
            continue
        start, end = (_seconds(times[part], place) for part in (1, 2))
        words = []
        while place < len(lines) and lines[place].strip():
            words.append(lines[place].strip())
            place += 1
        named, said = _split_name("\n".join(words))
        # A name holds until the next one.
        speaker = named or speaker
        yield SpokenTurn(speaker, _TAGS.sub("", said), start, end)


def _read_plain(lines: Sequence[str]) -> Iterator[SpokenTurn]:
    """A time stamp at the beginning of a turn; lines without one go on with it."""
    current: SpokenTurn | None = None
    for number, line in enumerate(lines, start=1):
        stamped = _PLAIN.match(line)
        if stamped:
            if current is not None:
                yield current
            start = _seconds(stamped[1], number)
            end = _seconds(stamped[2], number) if stamped[2] else None
            named, said = _split_name(stamped[3])
            current = SpokenTurn(named or (current.speaker if current else ""), said, start, end)
        elif current is not None and line.strip():
            current = replace(current, text=f"{current.text}\n{line.strip()}".strip())
        elif line.strip():
            raise TranscriptRefused(TranscriptProblem.bad_time, line.strip(), number)
    if current is not None:
        yield current


def _split_name(said: str) -> tuple[str, str]:
    named = _NAMED.match(said)
    if not named:
        return "", said
    return (named[1] or named[2] or named[3] or "").strip(), named[4]


def _seconds(written: str, line: int) -> float:
    """02:08, 1:02:08.250, 00:00:03,453, 12.5 as seconds."""
    try:
        parts = [float(part) for part in written.replace(",", ".").split(":")]
    except ValueError as error:
        raise TranscriptRefused(TranscriptProblem.bad_time, written, line) from error
    if len(parts) > 3 or any(part >= 60 for part in parts[1:]):
        raise TranscriptRefused(TranscriptProblem.bad_time, written, line)
    seconds = 0.0
    for part in parts:
        seconds = seconds * 60 + part
    return round(seconds, 3)


def _tell_speakers(names: Iterable[str], agent: str) -> dict[str, str]:
    """Agent, customer, bot or system for each name of the file."""
    names = list(names)
    if agent:
        wanted = agent.strip().casefold()
        if wanted not in (name.casefold() for name in names):
            raise TranscriptRefused(TranscriptProblem.agent_not_there, ", ".join(names))
        return {name: "agent" if name.casefold() == wanted else _word(name) or "customer" for name in names}
    told = {name: _word(name) for name in names}
    unknown = [name for name, word in told.items() if not word]
    roles = {word for word in told.values() if word in ("agent", "customer")}
    if len(unknown) == 1 and len(roles) == 1:
        return {name: word or ("customer" if "agent" in roles else "agent") for name, word in told.items()}
    if unknown == [""] and not roles:
        # Nobody is named at all: words without a speaker are better than none.
        return {name: word or "system" for name, word in told.items()}
    if unknown:
        raise TranscriptRefused(TranscriptProblem.unknown_speakers, ", ".join(name or "–" for name in unknown))
    return {name: word or "system" for name, word in told.items()}


def _word(name: str) -> str:
    """What this name commonly stands for; empty where it could be anybody."""
    plain = name.casefold().strip()
    if plain in _AGENTS:
        return "agent"
    return "customer" if plain in _CUSTOMERS else _OTHERS.get(plain, "")


def _close(turns: list[SpokenTurn]) -> list[SpokenTurn]:
    """Give a turn without an end the start of the next one; one that ends before it begins has no end."""
    closed = []
    for turn, after in zip(turns, [*turns[1:], None], strict=True):
        end = turn.end_seconds
        if end is None and turn.start_seconds is not None and after is not None:
            end = after.start_seconds
        if end is not None and turn.start_seconds is not None and end < turn.start_seconds:
            end = None
        closed.append(replace(turn, end_seconds=end))
    return closed
