"""Inspectors' severity: seconds at two sizes, and how much faster than statsmodels' MixedLM on the same rows.

    .venv/bin/python -m bench.severity [--limit 60]

Goal: at most 1 s of processor time at 20,000 scorings × 1,000 agents × 100 inspectors. The peer fits the same model
(crossed effects as variance components of one group) in a process of its own that can be stopped; its sizes double
until one does not finish within the limit, then the gap is halved twice. At the largest that does finish, both fit the
same rows in turn. Memory is the peak of a fresh process above what it needed before the fit (Linux only). Exits 1 if
the goal is missed or the fits disagree.
"""

from __future__ import annotations

import argparse
import multiprocessing
import time
from multiprocessing.queues import Queue
from pathlib import Path

import numpy as np

from scoring.agreement.severity import Scorings, fit_severity

GOAL_SECONDS = 1.0
SIZES = ((20_000, 1_000, 100), (100_000, 5_000, 200))
SMALLEST_SHARED = 250
ROUNDS = 3
PEER_ROUNDS = 2
DOUBLE = 0.1  # share of conversations scored twice
AGREEMENT = 1e-3  # of −2 log L


def make_scorings(rows: int, agents: int, inspectors: int) -> Scorings:
    """Return scorings dealt at random, the same every run: four queues, an auto-score, one in ten scored twice."""
    generator = np.random.default_rng(rows)
    chats = round(rows / (1 + DOUBLE))
    agent, queue = generator.integers(0, agents, chats), generator.integers(0, 4, chats)
    of_chat = generator.normal(0, 9, chats)
    auto = 0.7 * of_chat + generator.normal(0, 6, chats)
    first = generator.integers(0, inspectors, chats)
    twice = generator.choice(chats, rows - chats, replace=False)
    second = (first[twice] + generator.integers(1, inspectors, len(twice))) % inspectors
    chat, inspector = np.append(np.arange(chats), twice), np.append(first, second)
    truth = 70 + generator.normal(0, 6, agents)[agent] + of_chat + 2.0 * queue
    score = truth[chat] + generator.normal(0, 4, inspectors)[inspector] + generator.normal(0, 6, rows)
    names = tuple(f"{code:03d}" for code in range(inspectors))
    return Scorings(agent[chat], chat, inspector, np.clip(score, 0, 100), queue[chat], auto[chat], names)


def fit_ours(size: tuple[int, int, int]) -> float:
    """Fit and return −2 log L."""
    return fit_severity(make_scorings(*size)).deviance


def fit_theirs(size: tuple[int, int, int]) -> tuple[float, float]:
    """Fit by statsmodels; return processor seconds and −2 log L."""
    import pandas as pd
    from statsmodels.regression.mixed_linear_model import MixedLM

    scorings = make_scorings(*size)
    names = {"agent": "agent_month", "chat": "conversation", "inspector": "inspector", "queue": "queue"}
    data = pd.DataFrame({name: getattr(scorings, field) for name, field in names.items()})
    data = data.assign(score=scorings.score, auto=scorings.auto, centre=0)
    started = time.process_time()
    parts = {part: f"0 + C({part})" for part in ("agent", "chat", "inspector")}
    model = MixedLM.from_formula("score ~ auto + C(queue)", data, groups="centre", re_formula="0", vc_formula=parts)
    found = model.fit(reml=True, method="lbfgs")
    return time.process_time() - started, -2 * float(found.llf)


def time_ours(size: tuple[int, int, int]) -> tuple[float, float]:
    """Processor seconds of one fit, and −2 log L."""
    scorings = make_scorings(*size)
    started = time.process_time()
    fit = fit_severity(scorings)
    return time.process_time() - started, fit.deviance


def _answer(channel: Queue[tuple[float, float]], size: tuple[int, int, int]) -> None:
    channel.put(fit_theirs(size))


def time_theirs(size: tuple[int, int, int], limit: float) -> tuple[float, float] | None:
    """Run the peer in a process of its own; None if it does not finish within the limit."""
    context = multiprocessing.get_context("spawn")
    channel = context.Queue()
    process = context.Process(target=_answer, args=(channel, size), daemon=True)
    process.start()
    process.join(limit)
    if process.is_alive():
        process.terminate()
        process.join()
        return None
    return channel.get(timeout=5)


def peak_mib() -> float:
    """Peak of this process alone; `getrusage` would count what its parent held."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def _report_memory(channel: Queue[float], size: tuple[int, int, int]) -> None:
    fit_ours(shared_size(SMALLEST_SHARED))
    scorings = make_scorings(*size)
    before = peak_mib()
    fit_severity(scorings)
    channel.put(peak_mib() - before)


def measure_memory(size: tuple[int, int, int]) -> float:
    """MiB that a fit adds to the peak of a fresh process that holds the rows."""
    context = multiprocessing.get_context("spawn")
    channel = context.Queue()
    process = context.Process(target=_report_memory, args=(channel, size), daemon=True)
    process.start()
    found = channel.get()
    process.join()
    return found


def shared_size(rows: int) -> tuple[int, int, int]:
    """Ten scorings an agent, an inspector for a hundred rows."""
    return rows, rows // 10, max(5, rows // 100)


def finishes(rows: int, limit: float) -> bool:
    """Whether the peer fits that many scorings within the limit."""
    found = time_theirs(shared_size(rows), limit)
    print(f"  statsmodels {rows:>7,} scorings " + (f"{found[0]:8.2f} s" if found else f"not within {limit:.0f} s"))
    return found is not None


def find_largest(limit: float) -> tuple[int, int, int] | None:
    """Give the largest size at which the peer finishes in time: doubled, then the gap halved twice."""
    low, high = 0, SMALLEST_SHARED
    while finishes(high, limit):
        low, high = high, high * 2
    for _ in range(2 if low else 0):
        middle = (low + high) // 2
        low, high = (middle, high) if finishes(middle, limit) else (low, middle)
    return shared_size(low) if low else None


def main() -> None:
    """Print times, memory and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--limit", type=float, default=60.0, help="seconds the peer may take")
    options = parser.parse_args()

    fit_ours(shared_size(SMALLEST_SHARED))  # what is loaded and made ready once does not count
    print("scorings × agents × inspectors      processor seconds   added memory")
    best = {size: min(time_ours(size)[0] for _ in range(ROUNDS)) for size in SIZES}
    for size, seconds in best.items():
        label = " × ".join(f"{part:,}" for part in size)
        print(f"{label:<36}{seconds:8.2f} s {measure_memory(size):14.0f} MiB")

    size = find_largest(options.limit)
    if size is None:
        raise SystemExit("statsmodels finished no size within the limit: no ratio.")
    pairs = [(time_ours(size), time_theirs(size, 3 * options.limit)) for _ in range(PEER_ROUNDS)]
    ours = min(mine[0] for mine, _ in pairs)
    theirs = min(their[0] for _, their in pairs if their)
    difference = max(abs(mine[1] - their[1]) for mine, their in pairs if their)
    label = " × ".join(f"{part:,}" for part in size)
    print(f"{label}: ours {ours:.4f} s, statsmodels {theirs:.2f} s: {theirs / ours:,.0f} times faster")
    print(f"−2 log L differs by {difference:.1e}")
    print(f"goal: {best[SIZES[0]]:.2f} s of at most {GOAL_SECONDS:.0f} s at 20,000 scorings")
    if best[SIZES[0]] > GOAL_SECONDS or difference > AGREEMENT * abs(pairs[0][0][1]):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
