"""What a vCon carries inside: bodies, checksums, mails, transcripts."""

import base64
import binascii
import json
import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_string
from email.message import Message as Mail
from typing import Any

from qa_app.conversations.importers.problems import FieldError, FieldNote, NoteCode, ProblemCode, shorten

_SHA512_BYTES = 64


@dataclass(frozen=True, slots=True)
class InlineFile:
    """A recording that came inside the record."""

    name: str
    content: bytes


def decode_body(dialog: dict[str, Any], place: str) -> bytes:
    """Return the bytes of an inline body."""
    body = dialog["body"]
    try:
        if not isinstance(body, str) or dialog.get("encoding") not in {"base64url", "base64"}:
            raise ValueError("no base64")  # noqa: TRY301 - joins the refusals below
        return _from_base64(body)
    except (ValueError, binascii.Error) as error:
        raise FieldError(ProblemCode.vcon_bad_body, shorten(body), "base64url", f"{place}.body") from error


def read_checksum(dialog: dict[str, Any], place: str, notes: list[FieldNote]) -> str | None:
    """Return the checksum as `sha512-…` whatever draft wrote it; one that cannot be a checksum is noted, not used."""
    stated = dialog.get("content_hash")
    stated = stated[0] if isinstance(stated, list) and stated else stated
    if stated is None and dialog.get("signature") is not None:
        stated = f"{str(dialog.get('alg', '')).casefold().replace('-', '')}-{dialog['signature']}"
    if stated is None:
        return None
    algorithm, _, digest = str(stated).partition("-")
    try:
        if algorithm == "sha512" and len(_from_base64(digest)) == _SHA512_BYTES:
            return f"sha512-{digest}"
    except (ValueError, binascii.Error):
        pass
    notes.append(FieldNote(NoteCode.checksum_unusable, shorten(stated), f"{place}.signature"))
    return None


def text_of(dialog: dict[str, Any]) -> str:
    """Return the words of a text dialog; of a mail, its plain part without what it quotes."""
    body = dialog.get("body")
    if not isinstance(body, str):
        return "" if body is None else json.dumps(body, ensure_ascii=False)
    if dialog.get("encoding") == "base64url":
        body = _from_base64(body).decode("utf-8", "replace")
    media_type = str(dialog.get("mediatype", dialog.get("mimetype")) or "")
    if media_type.startswith("multipart/"):
        return _plain_part(message_from_string(f"Content-Type: {media_type}\n\n{body}"))
    return body.strip()


def read_turns(
    analysis: object, roles: list[str], dialogs: list[dict[str, Any]], notes: list[FieldNote]
) -> list[dict[str, Any]]:
    """Return the turns of the transcripts that can be read; others are noted and left out."""
    turns: list[dict[str, Any]] = []
    for entry in analysis if isinstance(analysis, list) else [analysis]:
        kind = str(entry.get("type", "")) if isinstance(entry, dict) else "?"
        if isinstance(entry, dict) and not kind.startswith("transcript"):
            continue
        found = _turns_of(entry.get("body"), roles, _start_of(entry, dialogs)) if isinstance(entry, dict) else []
        if found:
            turns.extend(found)
        else:
            notes.append(FieldNote(NoteCode.vcon_analysis_ignored, shorten(kind), "analysis"))
    return turns


def _turns_of(body: object, roles: list[str], start: datetime | None) -> list[dict[str, Any]]:
    if isinstance(body, str):
        try:
            body = json.loads(body)
        except ValueError:
            return [{"speaker": "system", "text": str(body)}] if str(body).strip() else []
    if not isinstance(body, list):
        return []
    turns = []
    for turn in body:
        text = (turn.get("message") or turn.get("text")) if isinstance(turn, dict) else None
        if not isinstance(text, str):
            return []
        turns.append({"speaker": _speaker(turn, roles), "text": text} | _range(turn, start))
    return turns


def _speaker(turn: dict[str, Any], roles: list[str]) -> str:
    party = turn.get("parties", turn.get("party", turn.get("speaker")))
    if isinstance(party, int) and 0 <= party < len(roles):
        return roles[party]
    name = str(party).casefold()
    return name if name in {"agent", "customer", "bot"} else "system"


def _range(turn: dict[str, Any], start: datetime | None) -> dict[str, float]:
    """Return start and end in seconds of the recording; a turn may give a moment instead."""
    begun = turn.get("start")
    if isinstance(begun, str) and start is not None:
        try:
            begun = (datetime.fromisoformat(begun) - start).total_seconds()
        except (ValueError, TypeError):
            return {}
    if isinstance(begun, bool) or not isinstance(begun, int | float) or begun < 0:
        return {}
    end = turn.get("end", begun + turn["duration"] if isinstance(turn.get("duration"), int | float) else None)
    times = {"start_seconds": round(float(begun), 3)}
    return times | ({"end_seconds": round(float(end), 3)} if isinstance(end, int | float) else {})


def _start_of(entry: dict[str, Any], dialogs: list[dict[str, Any]]) -> datetime | None:
    place = entry.get("dialog")
    place = place[0] if isinstance(place, list) and place else place
    if not isinstance(place, int) or not 0 <= place < len(dialogs):
        return None
    return datetime.fromisoformat(dialogs[place]["start"])


def _plain_part(mail: Mail) -> str:
    for part in mail.walk():
        if part.get_content_type() == "text/plain":
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                return payload.decode(part.get_content_charset("utf-8"), "replace").strip()
    return ""


def _from_base64(text: str) -> bytes:
    """Decode base64 in either alphabet, padded or not."""
    text = re.sub(r"\s+", "", text).translate(str.maketrans("+/", "-_")).rstrip("=")
    if not re.fullmatch(r"[A-Za-z0-9_-]*", text):
        raise ValueError("no base64")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
