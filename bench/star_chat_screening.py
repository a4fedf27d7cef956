"""What a learned score makes of real chats: the customers' answers and the share of scripted replies, out of sample.

    .venv/bin/python -m bench.star_chat_screening [--data FOLDER] [--seed-of-agents N]

4,346 chats of 115 agents (`star_chat` of the public data). Each target is predicted twice: every chat by a regression
that has not seen its tenth, and all chats of a third of the agents by a model trained on the other agents alone. The
customer's word on success ("resolved") is known for 1,919 chats, that on the manner ("satisfied") for 3,900, of which
97 % are yes. Prints figures with 95 % intervals, whatever they are.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray

from bench.chats import DATA, Chat, read_chats
from scoring.screening.figures import EventFigures, LevelFigures, judge_event, judge_level
from scoring.screening.model import train_model
from scoring.screening.targets import RESOLVED, SATISFIED, SCRIPTED, Link, Target
from scoring.screening.transcripts import Transcript
from scoring.values import Estimate

Floats = NDArray[np.float64]
HELD_BACK = 1 / 3


def main() -> None:
    """Predict the three targets both ways."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--seed-of-agents", type=int, default=0, help="Another third of the agents.")
    options = parser.parse_args()
    started = time.monotonic()
    chats = sorted(read_chats("star_chat", options.data), key=lambda chat: chat.name)
    transcripts = [chat.transcript() for chat in chats]
    agents = [chat.agent for chat in chats]
    unseen = np.array([_is_held_back(agent, options.seed_of_agents) for agent in agents])
    held = len(set(np.array(agents)[unseen]))
    print(f"{len(chats):,} chats with a reply, {len(set(agents))} agents, {held} of them held back")
    for target, labels in _targets(chats):
        _run(target, labels, transcripts, np.unique(agents, return_inverse=True)[1], unseen)
    print(f"{time.monotonic() - started:.0f} s")


def _targets(chats: Sequence[Chat]) -> list[tuple[Target, Floats]]:
    def answers(given: Sequence[bool | None]) -> Floats:
        return np.array([np.nan if answer is None else float(answer) for answer in given])

    return [
        (RESOLVED, answers([chat.resolved for chat in chats])),
        (SATISFIED, answers([chat.satisfied for chat in chats])),
        (SCRIPTED, np.array([chat.given["scripted_share"] for chat in chats])),
    ]


def _is_held_back(agent: str, seed: int) -> bool:
    return int.from_bytes(sha256(f"{seed}/{agent}".encode()).digest()[:4], "big") < HELD_BACK * 2**32


def _run(
    target: Target,
    labels: Floats,
    transcripts: Sequence[Transcript],
    agents: NDArray[np.intp],
    unseen: NDArray[np.bool_],
) -> None:
    known = ~np.isnan(labels)
    print(f"\n{target.name}: {int(known.sum()):,} chats, mean {labels[known].mean():.3f}")
    labelled = np.flatnonzero(known)
    others = [transcripts[place] for place in np.flatnonzero(~known)]
    model = train_model([transcripts[place] for place in labelled], {target: labels[labelled]}, also=others)
    predicted = model.score([transcripts[place] for place in labelled]).values[target.name]
    _tell("  chats not seen  ", target, labels[labelled], predicted, agents[labelled])
    seen, held = np.flatnonzero(known & ~unseen), np.flatnonzero(known & unseen)
    model = train_model([transcripts[place] for place in seen], {target: labels[seen]})
    predicted = model.score([transcripts[place] for place in held]).values[target.name]
    _tell("  agents not seen ", target, labels[held], predicted, agents[held])


def _tell(title: str, target: Target, answers: Floats, predicted: Floats, agents: NDArray[np.intp]) -> None:
    if target.link is Link.event:
        event: EventFigures = judge_event(answers, predicted)
        print(
            f"{title} n {len(answers):,}  AUC {_words(event.auc)}  bias {_words(event.bias)}"
            f"  Brier {event.brier:.4f} (rate alone {event.baseline_brier:.4f})"
        )
    level: LevelFigures = judge_level(answers, predicted, agents, seed=title)
    print(
        f"{title} n {len(answers):,}  R² {_words(level.explained)}  ρ {_words(level.correlation)}"
        f"  ρ within agents {_words(level.within)}  slope {_words(level.slope)}"
    )


def _words(estimate: Estimate) -> str:
    if estimate.value is None:
        return "–"
    return f"{estimate.value:.3f} ({estimate.lower:.3f} to {estimate.upper:.3f})"


if __name__ == "__main__":
    sys.exit(main())
