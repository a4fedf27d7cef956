"""Public chats for the benches of screening, read by the shipped mappings as an import reads them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec import UNSET

from qa_app.conversations.importers.mapping import load_mapping
from qa_app.conversations.importers.record import ConversationRecord
from qa_app.conversations.importers.stream import ReadOptions, Taken, open_records
from scoring.screening.transcripts import Transcript, make_transcript
from scoring.timing.conversation import GivenTiming, derive_timing

ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "data"
FILES = {"star_chat": Path("star_chat", "dialogues.jsonl.gz"), "crosswoz_zh": Path("crosswoz_zh", "val.json.zip")}


@dataclass(frozen=True, slots=True)
class Chat:
    """What was said, who served, and the figures the import derives."""

    name: str
    agent: str
    messages: tuple[tuple[str, str], ...]
    given: dict[str, float]
    resolved: bool | None
    satisfied: bool | None

    def transcript(self) -> Transcript:
        """Put it into the form that is scored."""
        return make_transcript(self.name, self.messages, group=self.agent, given=self.given, tags=("channel=chat",))


def read_chats(kind: str, data: Path = DATA) -> list[Chat]:
    """Read all chats of a kind in which an agent wrote something."""
    mapping = load_mapping(ROOT / "docs" / "mappings" / f"{kind}.toml")
    source = open_records(data / FILES[kind], ReadOptions(zone=ZoneInfo("UTC"), mapping=mapping))
    return [chat for outcome in source.outcomes() if isinstance(outcome, Taken) for chat in _usable(outcome.record)]


def _usable(record: ConversationRecord) -> Iterator[Chat]:
    messages = [] if record.messages is UNSET else record.messages
    agent = record.agent_id if isinstance(record.agent_id, str) else ""
    timing = derive_timing(messages, GivenTiming(channel="chat", agent_id=agent))
    if not timing.agent_messages:
        return
    gaps = timing.response_gaps
    figures = {
        "first_response_seconds": timing.first_response_seconds,
        "response_gap_mean_seconds": sum(gaps) / len(gaps) if gaps else None,
        "response_gap_max_seconds": max(gaps, default=None),
        "handle_seconds": timing.handle_seconds,
        "transfer_count": timing.transfer_count,
        "scripted_share": timing.scripted_messages / timing.agent_messages,
    }
    answers = [] if record.surveys is UNSET else [one.score for one in record.surveys if one.score is not None]
    yield Chat(
        f"{record.source}:{record.external_id}",
        agent,
        tuple((one.speaker, one.text) for one in messages if one.kind == "message"),
        {name: float(value) for name, value in figures.items() if value is not None},
        record.resolved if isinstance(record.resolved, bool) else None,
        str(answers[-1]).lower() in {"true", "yes"} if answers else None,
    )
