"""vCon, the conversation container of the IETF (drafts 0.0.1 to 0.4), as an import record.

What the drafts call differently over time is read under every name (`mimetype` and `mediatype`, `alg` + `signature` and
`content_hash`). What cannot be trusted is refused with its place: a container without an id, parties or dialog, an
index beyond the parties, a duration or a media type that is none. What is merely missing is noted: a version key,
roles, a recording that lies elsewhere. Nothing is ever fetched.
"""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from qa_app.conversations.importers.moments import read_moment
from qa_app.conversations.importers.problems import FieldError, FieldNote, NoteCode, ProblemCode, shorten
from qa_app.conversations.importers.vcon_content import (
    InlineFile,
    decode_body,
    read_checksum,
    read_turns,
    text_of,
)

_MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+(\s*;.*)?", re.DOTALL)
_DIALOG_TYPES = {"recording", "text", "incomplete", "transfer"}
_AGENT_ROLES = {"agent", "ai", "operator", "representative", "supervisor"}
_CUSTOMER_ROLES = {"customer", "client", "caller", "contact"}


class VconReader:
    """Reads one container; `values` are those of an import record, `files` the recordings that came inside."""

    def __init__(self, data: Any, source: str, zone: ZoneInfo, notes: list[FieldNote]) -> None:
        self._data, self._zone, self._notes = data, zone, notes
        self._uuid = self._identity()
        self._parties = self._checked_list("parties", ProblemCode.vcon_bad_parties)
        self._dialogs = self._checked_list("dialog", ProblemCode.vcon_bad_dialog)
        if not self._dialogs:
            raise FieldError(ProblemCode.vcon_no_dialog, "[]", "", "dialog")
        for place, dialog in enumerate(self._dialogs):
            self._check_dialog(dialog, f"dialog[{place}]")
        self._roles = self._guess_roles()
        self.files: list[InlineFile] = []
        self.values: dict[str, Any] = {"source": source, "external_id": self._uuid, **self._facts(), **self._lists()}

    def _identity(self) -> str:
        if not isinstance(self._data, dict):
            raise FieldError(ProblemCode.wrong_type, shorten(self._data), "vCon")
        uuid = self._data.get("uuid")
        if not isinstance(uuid, str) or not uuid.strip():
            raise FieldError(ProblemCode.vcon_no_uuid, shorten(uuid or ""), "", "uuid")
        if not self._data.get("vcon"):
            self._notes.append(FieldNote(NoteCode.vcon_version_missing, "", "vcon"))
        return uuid.strip()

    def _checked_list(self, name: str, code: ProblemCode) -> list[dict[str, Any]]:
        items = self._data.get(name)
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise FieldError(code, shorten(items), "", name)
        return items

    def _check_dialog(self, dialog: dict[str, Any], place: str) -> None:
        """Refuse what contradicts itself; every check names its place."""
        if dialog.get("type") not in _DIALOG_TYPES:
            raise FieldError(
                ProblemCode.not_a_choice, shorten(dialog.get("type")), ", ".join(sorted(_DIALOG_TYPES)), f"{place}.type"
            )
        _read(f"{place}.start", lambda: read_moment(dialog.get("start"), self._zone, (), []))
        duration = dialog.get("duration", 0)
        if isinstance(duration, bool) or not isinstance(duration, int | float) or duration < 0:
            raise FieldError(ProblemCode.not_a_duration, shorten(duration), "57.2", f"{place}.duration")
        for party in _flat(dialog.get("parties", [])):
            if not isinstance(party, int) or not 0 <= party < len(self._parties):
                raise FieldError(
                    ProblemCode.vcon_bad_party_index, shorten(party), f"0–{len(self._parties) - 1}", f"{place}.parties"
                )
        media_type = dialog.get("mediatype", dialog.get("mimetype"))
        if media_type is not None and not (isinstance(media_type, str) and _MEDIA_TYPE.fullmatch(media_type)):
            raise FieldError(ProblemCode.vcon_bad_media_type, shorten(media_type), "audio/x-wav", f"{place}.mediatype")
        url = dialog.get("url")
        if url is not None and not _is_address(url):
            raise FieldError(ProblemCode.vcon_bad_url, shorten(url), "https://…", f"{place}.url")

    def _guess_roles(self) -> list[str]:
        """Return agent or customer for each party; without any role the first to speak is taken as the customer."""
        stated = [
            str(party.get("role") or (party.get("meta") or {}).get("role") or "").casefold() for party in self._parties
        ]
        if any(role in _AGENT_ROLES for role in stated):
            return ["agent" if role in _AGENT_ROLES else "customer" for role in stated]
        if any(role in _CUSTOMER_ROLES for role in stated):
            return ["customer" if role in _CUSTOMER_ROLES else "agent" for role in stated]
        self._notes.append(FieldNote(NoteCode.vcon_role_guessed, "", "parties"))
        first = next(iter(_flat(self._dialogs[0].get("parties", []))), 0)
        return ["customer" if place == first else "agent" for place in range(len(self._parties))]

    def _facts(self) -> dict[str, Any]:
        calls = [dialog for dialog in self._dialogs if dialog["type"] == "recording"]
        starts = [read_moment(dialog.get("start"), self._zone, (), self._notes) for dialog in self._dialogs]
        agent, customer = self._party("agent"), self._party("customer")
        facts: dict[str, Any] = {
            "channel": self._channel(bool(calls)),
            "agent_id": _contact(agent),
            "agent_name": agent.get("name"),
            "customer_id": _contact(customer),
            "opened_at": min(starts),
            "description": self._data.get("subject"),
        }
        if calls:
            # A duration of 0 is what recorders write that do not know it; the file will tell.
            facts["talk_seconds"] = sum(float(dialog.get("duration", 0)) for dialog in calls) or None
            facts["answered"] = True
        elif all(dialog["type"] == "incomplete" for dialog in self._dialogs):
            facts["answered"] = False
        return facts

    def _channel(self, has_calls: bool) -> str:
        if has_calls or self._dialogs[0]["type"] in {"incomplete", "transfer"}:
            return "phone"
        media_type = str(self._dialogs[0].get("mediatype", self._dialogs[0].get("mimetype")) or "")
        is_mail = media_type.startswith("multipart/") or "message_id" in self._dialogs[0]
        return "email" if is_mail else "chat"

    def _party(self, role: str) -> dict[str, Any]:
        return next((party for party, is_a in zip(self._parties, self._roles, strict=True) if is_a == role), {})

    def _lists(self) -> dict[str, Any]:
        messages: list[dict[str, Any]] = []
        recordings: list[dict[str, Any]] = []
        for place, dialog in enumerate(self._dialogs):
            if dialog["type"] == "text":
                messages.append(self._message(dialog, len(messages)))
            elif dialog["type"] == "recording":
                recordings.extend(self._recording(dialog, f"dialog[{place}]"))
        lists: dict[str, Any] = {"messages": messages} if messages else {}
        if recordings:
            lists["recordings"] = recordings
        turns = read_turns(self._data.get("analysis") or [], self._roles, self._dialogs, self._notes)
        customers = (party for party, role in zip(self._parties, self._roles, strict=True) if role == "customer")
        if personal := [mark for party in customers for mark in _marks(party)]:
            lists["personal"] = personal
        return lists | ({"transcript": turns} if turns else {})

    def _message(self, dialog: dict[str, Any], sequence: int) -> dict[str, Any]:
        sender = next(iter(_flat(dialog.get("parties", []))), None)
        role = self._roles[sender] if isinstance(sender, int) else "customer"
        return {
            "sequence": sequence,
            "speaker": role,
            "author_id": _contact(self._parties[sender]) if role == "agent" and isinstance(sender, int) else None,
            "sent_at": read_moment(dialog.get("start"), self._zone, (), []),
            "text": text_of(dialog),
        }

    def _recording(self, dialog: dict[str, Any], place: str) -> list[dict[str, Any]]:
        checksum = read_checksum(dialog, place, self._notes)
        if dialog.get("body"):
            name = dialog.get("filename") or f"{self._uuid}-{len(self.files) + 1}"
            self.files.append(InlineFile(name, decode_body(dialog, place)))
        elif dialog.get("filename"):
            name = dialog["filename"]
        else:
            if dialog.get("url"):
                self._notes.append(FieldNote(NoteCode.recording_elsewhere, shorten(dialog["url"]), f"{place}.url"))
            return []
        return [{"file": str(name), "checksum": checksum, "side": "both"}]


def _read(place: str, read: Callable[[], object]) -> None:
    try:
        read()
    except FieldError as error:
        error.field = place
        raise


def _flat(parties: object) -> list[object]:
    """Return the party indices of a dialog, which may be one number, a list, or lists in a list."""
    if not isinstance(parties, list):
        return [parties]
    return [index for item in parties for index in _flat(item)]


def _contact(party: dict[str, Any]) -> str | None:
    """Return what names a person for good: a mail address before a number, a number before a name."""
    for name in ("mailto", "email", "id", "tel", "name"):
        value = party.get(name)
        if isinstance(value, str) and value.strip():
            return value.strip().removeprefix("mailto:").removeprefix("tel:")
    return None


def _marks(party: dict[str, Any]) -> list[dict[str, str]]:
    """What a customer is called and reached by: personal wherever the call says it."""
    kinds = {"name": "name", "tel": "phone", "mailto": "email", "email": "email"}
    texts = ((kind, party.get(field)) for field, kind in kinds.items())
    plain = ((kind, text.strip().partition(":")[2] or text.strip()) for kind, text in texts if isinstance(text, str))
    return [{"kind": kind, "text": text[:300]} for kind, text in plain if text]


def _is_address(url: object) -> bool:
    if not isinstance(url, str):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return bool(parts.scheme and parts.netloc)
