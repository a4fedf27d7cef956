"""What deeds on many conversations share; rooms that stand above this one say what is done."""

from __future__ import annotations

from sqlalchemy import Select, select

from qa_app.access import visible_conversations
from qa_app.lists.deeds import Deed
from qa_app.models import Conversation, User

__all__ = ["OnConversations"]


class OnConversations(Deed[Conversation]):
    """They are done from the list of conversations."""

    page = "conversations.index"

    def seen_by(self, actor: User) -> Select[Conversation]:
        """Those the actor may open."""
        return select(Conversation).where(visible_conversations(actor))

    def name(self, thing: Conversation) -> str:
        """Its number, with its source."""
        return thing.public_id
