"""A month of real chats with learned scores on and off, side by side, against a truth that is known.

    .venv/bin/python -m bench.star_chat_month [--data FOLDER] [--draws 12] [--each 5]

Nobody inspected the public chats (`star_chat`), but one thing is known of every chat: the share of the agent's replies
that came from the script. It stands in for the score: each draw "inspects" five chats of every agent with at least
eight, a model learns from those alone (the share itself is not among its features), and the month is estimated with
and without its scores. The truth is each agent's mean over all chats. Every draw trains anew; a draw in which the
scores are not fit to enter (`AssistOff`) counts as it is. Prints root mean square errors, the share of intervals that
hold the truth, their width, and the first draw agent by agent.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from bench.chats import DATA, Chat, read_chats
from scoring.estimates.quality import QualityOptions, QualityResult, estimate_quality
from scoring.estimates.window import MonthFrame, Scoring, make_window
from scoring.screening.model import train_model
from scoring.screening.targets import QUALITY, Link, Target
from scoring.screening.transcripts import Transcript

MONTH = "2020-05"
FEWEST_CHATS = 8
INSPECTORS = 4
SHARE_AS_SCORE = Target(QUALITY.name, Link.level, 0.0, 100.0, without=("scripted_share",))
LINES_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Centre:
    """All chats of the agents that have enough of them, and the truth."""

    chats: tuple[Chat, ...]
    transcripts: tuple[Transcript, ...]
    scores: np.ndarray
    truth: dict[str, float]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One draw, estimated without and with learned scores."""

    off: QualityResult
    on: QualityResult


def main() -> None:
    """Draw, train and estimate again and again; print both sides."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--draws", type=int, default=12)
    parser.add_argument("--each", type=int, default=5)
    options = parser.parse_args()
    started = time.monotonic()
    centre = read_centre(options.data)
    print(f"{len(centre.chats):,} chats of {len(centre.truth)} agents; {options.each} of each inspected")
    outcomes = [run_draw(centre, options.each, seed) for seed in range(options.draws)]
    tell_conditions(outcomes)
    tell_errors(centre, outcomes)
    tell_agents(centre, outcomes[0])
    print(f"{time.monotonic() - started:.0f} s")


def read_centre(data: Path) -> Centre:
    """Read the chats; agents with few of them are left out."""
    chats = sorted(read_chats("star_chat", data), key=lambda chat: chat.name)
    counts = Counter(chat.agent for chat in chats)
    kept = tuple(chat for chat in chats if counts[chat.agent] >= FEWEST_CHATS)
    scores = np.array([100 * chat.given["scripted_share"] for chat in kept])
    agents = np.array([chat.agent for chat in kept])
    truth = {str(agent): float(scores[agents == agent].mean()) for agent in np.unique(agents)}
    return Centre(kept, tuple(chat.transcript() for chat in kept), scores, truth)


def run_draw(centre: Centre, each: int, seed: int) -> Outcome:
    """Inspect some chats of everybody, learn from them, estimate twice."""
    random = np.random.default_rng(seed)
    drawn = draw(centre, each, random)
    model = train_model(
        [centre.transcripts[place] for place in drawn], {SHARE_AS_SCORE: centre.scores[drawn]}, also=centre.transcripts
    )
    learned = model.score(centre.transcripts).values[QUALITY.name]
    scorings = [
        Scoring(
            agent=centre.chats[place].agent,
            age=0,
            conversation=centre.chats[place].name,
            inspector=f"I{random.integers(INSPECTORS)}",
            quality=float(centre.scores[place]),
            auto=float(learned[place]),
        )
        for place in drawn
    ]
    agents = np.array([chat.agent for chat in centre.chats])
    frames = [
        MonthFrame(agent, 0, int((agents == agent).sum()), float(learned[agents == agent].mean()), 1.0)
        for agent in centre.truth
    ]
    window = make_window(MONTH, scorings, frames, list(centre.truth))
    return Outcome(*(estimate_quality(window, options=QualityOptions(use_auto=use)) for use in (False, True)))


def draw(centre: Centre, each: int, random: np.random.Generator) -> list[int]:
    """Places of the inspected chats: a simple random sample of every agent."""
    agents = np.array([chat.agent for chat in centre.chats])
    return [
        int(place)
        for agent in centre.truth
        for place in random.choice(np.flatnonzero(agents == agent), each, replace=False)
    ]


def tell_conditions(outcomes: Sequence[Outcome]) -> None:
    """Print how often the scores were fit to enter, and how well they agree."""
    judged = [outcome.on.centre.assist for outcome in outcomes]
    entered = [one for one in judged if one.is_on]
    why = Counter(one.reason for one in judged if one.reason)
    print(f"fit to enter in {len(entered)} of {len(judged)} draws {dict(why) or ''}")
    if entered:
        rho, slope = (np.mean([getattr(one, name) for one in entered]) for name in ("correlation", "slope"))
        print(f"within agents ρ {rho:.2f}, λ {slope:.2f}")


def tell_errors(centre: Centre, outcomes: Sequence[Outcome]) -> None:
    """Print errors, coverage and width of both modes, off beside on."""
    print(f"\n{'':<26}{'off':>10}{'on':>10}{'on / off':>10}")
    for mode in ("direct", "fair"):
        off, on = ([measure(centre, getattr(one, side), mode) for one in outcomes] for side in ("off", "on"))
        for place, title in enumerate(("rms error, points", "intervals that hold", "width, points")):
            left, right = (float(np.mean([row[place] for row in side])) for side in (off, on))
            print(f"{mode:<7}{title:<19}{left:>10.2f}{right:>10.2f}{right / left:>10.2f}")


def measure(centre: Centre, result: QualityResult, mode: str) -> tuple[float, float, float]:
    """Root mean square error, coverage and mean width of q over the agents."""
    rows = []
    for one in result.agents:
        estimate = getattr(one, mode).quality
        truth = centre.truth[one.agent]
        holds = estimate.lower <= truth <= estimate.upper
        rows.append((estimate.value - truth, holds, estimate.upper - estimate.lower))
    errors, held, widths = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    return float(np.sqrt(np.mean(errors**2))), float(held.mean()), float(widths.mean())


def tell_agents(centre: Centre, outcome: Outcome) -> None:
    """Print some agents of one draw, both ways."""
    print(f"\n{'agent (first draw)':<20}{'truth':>7}{'off':>22}{'on':>22}")
    for off, on in list(zip(outcome.off.agents, outcome.on.agents, strict=True))[:LINES_SHOWN]:
        written = [
            f"{one.direct.quality.value:.0f} ({one.direct.quality.lower:.0f} to {one.direct.quality.upper:.0f})"
            for one in (off, on)
        ]
        print(f"{off.agent[:8]:<20}{centre.truth[off.agent]:>7.0f}{written[0]:>22}{written[1]:>22}")


if __name__ == "__main__":
    sys.exit(main())
