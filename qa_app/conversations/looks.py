"""What a person has opened lately, kept in their session: which conversation is unmasked, which sound was fetched."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from qa_app.clock import now

__all__ = ["Looks"]

UNMASKED_SECONDS = 600
_KEPT_SOUNDS = 50


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

    def is_first_sound(self, recording_id: int) -> bool:
        """Whether this sound was not fetched before in this session: a player fetches it in many pieces."""
        fetched: list[int] = self._session.get("sounds", [])
        if recording_id in fetched:
            return False
        self._session["sounds"] = [*fetched, recording_id][-_KEPT_SOUNDS:]
        return True
