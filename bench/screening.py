"""Learned scores: transcripts a second, against bare TF-IDF on the same texts in turn.

    .venv/bin/python -m bench.screening [--data FOLDER] [--workers]

The peer is scikit-learn's TfidfVectorizer with rjieba as its tokenizer: single words, one text a conversation, and
nothing predicted. Ours splits the two sides, counts words and pairs, adds the figures and gives both proposals (score
and probability of a critical error) of all ten folds. Goal: at least 0.75 of the peer's rate, in English and in
Chinese. With --workers the same work in one and in two processes: goal 0.9 of twice the rate.

Seconds are processor time, best of several rounds in turn; exits 1 if a goal is missed.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from multiprocessing import get_context
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import rjieba
from sklearn.feature_extraction.text import TfidfVectorizer

from bench.chats import DATA, Chat, read_chats
from scoring.screening.files import read_model, write_model
from scoring.screening.model import BATCH, Model, train_model
from scoring.screening.targets import CRITICAL, QUALITY

GOAL, GOAL_WORKERS = 0.75, 0.9
ROUNDS = 5
SIZE = 4_000
LEARNED_FROM = 400


def train(chats: Sequence[Chat]) -> Model:
    """Train on invented scores: what is measured does not depend on what was learned."""
    random = np.random.default_rng(1)
    labels = {QUALITY: random.uniform(60, 100, LEARNED_FROM), CRITICAL: (random.random(LEARNED_FROM) < 0.1) * 1.0}
    transcripts = [chat.transcript() for chat in chats]
    return train_model(transcripts[:LEARNED_FROM], labels, also=transcripts[LEARNED_FROM:])


def score_all(model: Model, chats: Sequence[Chat]) -> int:
    """Score in batches, from messages to proposals."""
    for start in range(0, len(chats), BATCH):
        model.score([chat.transcript() for chat in chats[start : start + BATCH]])
    return len(chats)


def in_turn(works: Sequence[Callable[[], object]]) -> list[float]:
    """Best processor seconds of each, measured one after the other in every round."""
    best = [float("inf")] * len(works)
    for _ in range(ROUNDS):
        for place, work in enumerate(works):
            started = time.process_time()
            work()
            best[place] = min(best[place], time.process_time() - started)
    return best


def compare(kind: str, chats: list[Chat]) -> float:
    """Print one language and return the ratio."""
    chats = (chats * -(-SIZE // len(chats)))[:SIZE]
    distinct = [
        Chat(f"{chat.name}/{n}", chat.agent, chat.messages, chat.given, None, None) for n, chat in enumerate(chats)
    ]
    model = train(distinct)
    bare = TfidfVectorizer(tokenizer=rjieba.cut, token_pattern=None)
    bare.fit(["\n".join(text for _, text in chat.messages) for chat in distinct])
    ours, peer = in_turn(
        [
            lambda: score_all(model, distinct),
            lambda: bare.transform(["\n".join(text for _, text in chat.messages) for chat in distinct]),
        ]
    )
    print(
        f"{kind:<12} ours {SIZE / ours:8,.0f}/s  bare TF-IDF + rjieba {SIZE / peer:8,.0f}/s  ratio {peer / ours:.2f}"
        f"  ({len(model.features):,} columns against {len(bare.vocabulary_):,})"
    )
    return peer / ours


def _score_share(job: tuple[bytes, list[Chat], int]) -> float:
    """One worker: read the model as a job would, warm up, say how long the rounds took."""
    content, chats, rounds = job
    model = read_model(content)
    score_all(model, chats[:200])
    started = time.process_time()
    for _ in range(rounds):
        score_all(model, chats)
    return time.process_time() - started


def compare_workers(chats: list[Chat]) -> float:
    """Rate of each of two processes against that of one alone; they share nothing but caches and memory."""
    content = write_model(train(chats))
    context = get_context("spawn")
    with context.Pool(2) as pool:
        alone = min(pool.apply(_score_share, ((content, chats, 3),)) for _ in range(2))
        together = min(max(pool.map(_score_share, [(content, chats, 3)] * 2, chunksize=1)) for _ in range(2))
    print(f"two workers  {alone / together:.2f} of twice one worker's rate (goal {GOAL_WORKERS})")
    return alone / together


def main() -> int:
    """Run both languages and compare with the goals."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--workers", action="store_true")
    options = parser.parse_args()
    chats = {kind: read_chats(kind, options.data) for kind in ("star_chat", "crosswoz_zh")}
    ratios = [compare(kind, some) for kind, some in chats.items()]
    is_met = min(ratios) >= GOAL
    if options.workers:
        is_met &= compare_workers(chats["star_chat"]) >= GOAL_WORKERS
    print(f"goal {GOAL}: {'met' if is_met else 'missed'}")
    return 0 if is_met else 1


if __name__ == "__main__":
    sys.exit(main())
