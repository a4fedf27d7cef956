"""The draw: ten times as many conversations may take twelve times as long, and one is verified in a millisecond.

Run: python -m bench.draw [--full]. Without --full 100,000 and 1,000,000 conversations, with it 1 and 10 million (which
needs about 6 GB). The limit beside each size is the bare keyed hash, `hmac.digest` once per id, run in turn with ours;
frame, order and digest of the order come on top of it. Prints ratios; exits 1 if a goal is missed.
"""

from __future__ import annotations

import hmac
import sys
from collections.abc import Callable
from time import process_time

from scoring.sampling.draw import commit_to_seed, derive_key, draw_numbers, draw_sample
from scoring.sampling.frame import Frame, freeze_frame
from scoring.sampling.verify import DrawRecord, verify_draw

GOAL_GROWTH = 12.0
GOAL_SECONDS_PER_MILLION = 3.0  # 30 s a core for ten million
GOAL_ONE = 0.001
SEED = bytes(range(32))
PLAN = "bench"
AGENTS = 1000
ROUNDS = 3


def measure(work: Callable[[], object]) -> float:
    """Best of three, in seconds of processor time: other programs on the machine do not count."""
    best = float("inf")
    for _ in range(ROUNDS):
        started = process_time()
        work()
        best = min(best, process_time() - started)
    return best


def make_population(size: int) -> tuple[list[str], list[str]]:
    """Name conversations and deal them to a thousand agents."""
    return [f"chat:{number:08d}" for number in range(size)], [f"E{number % AGENTS:04d}" for number in range(size)]


def hash_bare(key: bytes, ids: tuple[str, ...]) -> None:
    """The limit: one keyed hash per id and nothing else."""
    for name in ids:
        hmac.digest(key, f"{PLAN}\x1f{name}".encode(), "sha256")


def draw(frame: Frame, key: bytes) -> None:
    """Number, order and take five of each agent."""
    draw_sample(frame, key, PLAN, dict.fromkeys(frame.strata, 5))


def run(size: int) -> tuple[float, float]:
    """Print one size; return the seconds of the draw and of freezing it."""
    ids, strata = make_population(size)
    frame = freeze_frame(ids, strata)
    key = derive_key(SEED, frame.digest)
    freezing = measure(lambda: freeze_frame(ids, strata))
    bare = measure(lambda: hash_bare(key, frame.ids))
    drawing = measure(lambda: draw(frame, key))
    print(
        f"{size:>10,}  freeze {freezing:6.2f} s  draw {drawing:6.2f} s  bare hash {bare:6.2f} s"
        f"  draw / bare hash {drawing / bare:.2f}"
    )
    return drawing, freezing


def check_one(size: int) -> float:
    """Seconds to compute the number of one conversation alone, and a whole verification of the frame it is from."""
    frame = freeze_frame(*make_population(size))
    key = derive_key(SEED, frame.digest)
    one = measure(lambda: draw_numbers(key, PLAN, ["chat:00000042"]))
    drawn = draw_sample(frame, key, PLAN, dict.fromkeys(frame.strata, 5))
    record = DrawRecord(
        PLAN,
        commit_to_seed(SEED),
        SEED,
        frame.text,
        frame.digest,
        "",
        drawn.order_digest(),
        drawn.sizes,
        {name: drawn.taken(name) for name in frame.strata},
        (),
    )
    whole = measure(lambda: verify_draw(record))
    print(f"one conversation {one * 1e6:.0f} µs; all five checks over {size:,} {whole:.2f} s")
    return one


def main() -> int:
    """Run both sizes and compare with the goals."""
    small = 1_000_000 if "--full" in sys.argv else 100_000
    first, _ = run(small)
    second, _ = run(10 * small)
    one = check_one(100_000)
    growth, per_million = second / first, second / (10 * small) * 1e6
    print(f"ten times as many: {growth:.1f} x (goal {GOAL_GROWTH:.0f}); {per_million:.2f} s a million (goal 3)")
    return 0 if growth <= GOAL_GROWTH and per_million <= GOAL_SECONDS_PER_MILLION and one <= GOAL_ONE else 1


if __name__ == "__main__":
    sys.exit(main())
