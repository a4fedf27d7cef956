"""Numbers of new conversations that stand under another source already: perhaps the same ones under another name.

For the writer, which asks before each batch goes in. A number under two sources is no error: two desks may both count
from 1. But a corrected file that was saved under another name looks just like that, and its reader should be told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_app.conversations.import_tables import BulkTables
from qa_app.conversations.importers.record import ConversationRecord
from qa_app.models import Conversation

__all__ = ["NumbersElsewhere"]

MOST_SOURCES = 50
ENOUGH_IN_VAIN = 20_000
"""After so many new numbers of which none stands elsewhere, the rest of a long file is not looked up."""


class NumbersElsewhere:
    """Looks in the other sources of the installation; one for each import run."""

    def __init__(self, session: Session, tables: BulkTables) -> None:
        self._session, self._tables = session, tables
        self._sources: set[str] | None = None
        self._looked_up, self._found = 0, 0

    def count(self, fresh: Sequence[ConversationRecord]) -> Counter[str]:
        """Count for each other source how many numbers of the new conversations stand there."""
        known = self._known()
        counts: Counter[str] = Counter()
        if self._found or self._looked_up < ENOUGH_IN_VAIN:
            for source in sorted(known)[:MOST_SOURCES]:
                numbers = [record.external_id for record in fresh if record.source != source]
                found = sum(1 for _ in self._tables.look_up(source, numbers)) if numbers else 0
                if found:
                    counts[source] = found
        self._looked_up += len(fresh)
        self._found += counts.total()
        known.update(record.source for record in fresh)
        return counts

    def _known(self) -> set[str]:
        """Name the sources; each is one step in the unique index, however many conversations it has."""
        if self._sources is None:
            self._sources = set()
            least = select(func.min(Conversation.source))
            name = self._session.scalar(least)
            while name is not None:
                self._sources.add(name)
                name = self._session.scalar(least.where(Conversation.source > name))
        return self._sources
