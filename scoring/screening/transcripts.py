"""A conversation as screening reads it: what each side said, and the figures that came with it.

Who the agent is stays outside: `group` only decides which words enter the vocabulary, so that a name cannot.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from scoring.screening.words import BREAK

GIVEN = (
    "first_response_seconds",
    "response_gap_mean_seconds",
    "response_gap_max_seconds",
    "handle_seconds",
    "talk_seconds",
    "hold_seconds",
    "wrap_up_seconds",
    "wait_seconds",
    "transfer_count",
    "scripted_share",
    "silence_share",
    "longest_silence_seconds",
    "overlap_share",
    "agent_loudness",
)
"""Figures a source or the import may give; what is absent is unknown."""
_SIDES = ("agent", "customer")


@dataclass(frozen=True, slots=True)
class Transcript:
    """One conversation.

    Attributes
    ----------
    id : str
        ``source:external_id``; decides the fold.
    group : str
        Its agent.
    agent, customer : str
        What each side said, messages joined by `words.BREAK`; empty where nothing is known.
    ends_with_agent : bool
        Whether the agent had the last word.
    given : mapping of str to float
        Known figures by their names in `GIVEN`: seconds, counts, or shares 0–1.
    tags : tuple of str
        Kinds it belongs to, such as ``channel=chat``.
    """

    id: str
    group: str = ""
    agent: str = ""
    customer: str = ""
    ends_with_agent: bool = False
    given: Mapping[str, float] = field(default_factory=dict)
    tags: tuple[str, ...] = ()


def make_transcript(
    name: str,
    messages: Sequence[tuple[str, str]],
    *,
    group: str = "",
    given: Mapping[str, float] | None = None,
    tags: tuple[str, ...] = (),
) -> Transcript:
    """Build a transcript from messages in order.

    Parameters
    ----------
    name : str
        ``source:external_id``.
    messages : sequence of (speaker, text)
        What was said, without notes and drafts; speakers other than ``agent`` and ``customer`` are left out.
    group, given, tags
        As in `Transcript`.
    """
    agent = [text for speaker, text in messages if speaker == "agent"]
    customer = [text for speaker, text in messages if speaker == "customer"]
    last = next((speaker for speaker, _ in reversed(messages) if speaker in _SIDES), "")
    return Transcript(name, group, BREAK.join(agent), BREAK.join(customer), last == "agent", given or {}, tags)
