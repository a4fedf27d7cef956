"""What a person has opened lately, kept in their session: which conversation is unmasked, which sound was fetched."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from qa_app.clock import now

__all__ = ["Looks"]

UNMASKED_SECONDS = 600
LISTENING_SECONDS = 1800
"""Who fetches nothing for so long and then fetches again listens once more."""
NOTED_AGAIN_SECONDS = 300
"""A session is not written anew for every piece."""
_KEPT_SOUNDS = 30


class Looks:
    """Reads and writes a few entries of a session."""

    def __init__(self, session: MutableMapping[str, Any]) -> None:
        self._session = session

    def unmask(self, conversation_id: int) -> None:
        """Show personal data of this one conversation for ten minutes."""
        self._session["unmasked"] = [conversation_id, now().timestamp() + UNMASKED_SECONDS]

    def mask(self, conversation_id: int) -> None:
        """Hide it again."""
        if self._session.get("unmasked", [None])[0] == conversation_id:
            self._session.pop("unmasked")

    def is_unmasked(self, conversation_id: int) -> bool:
        """Whether it was unmasked within the last ten minutes."""
        unmasked, until = self._session.get("unmasked", (None, 0.0))
        return bool(unmasked == conversation_id and now().timestamp() < until)

    def begins_listening(self, recording_id: int, *, is_muted: bool) -> bool:
        """Whether this fetch begins a listening: a player fetches a sound in many pieces, and again when it seeks.

        The same sound with and without its muted stretches are two listenings.
        """
        key, at = f"{recording_id}{'m' if is_muted else ''}", int(now().timestamp())
        heard: dict[str, int] = self._session.get("heard", {})
        last = heard.get(key, 0)
        if at - last >= NOTED_AGAIN_SECONDS:
            others = [(name, moment) for name, moment in heard.items() if name != key]
            self._session["heard"] = dict([*others, (key, at)][-_KEPT_SOUNDS:])
        return at - last >= LISTENING_SECONDS
