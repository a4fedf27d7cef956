"""Small windows for tests: readable scorings with everything else at its plainest."""

from __future__ import annotations

import numpy as np

from scoring.estimates.quality import MonthFrame, Scoring, make_window

MONTH = "2026-10"


def scoring(agent, conversation, quality=85.0, *, inspector="i1", age=0, **more):
    return Scoring(agent, age, f"{agent}:{age}:{conversation}", inspector, quality, **more)


def make_scorings(agents=20, samples=5, ages=(0,), inspectors=4, seed=1, **more):
    """A crossed centre: agents differ by about 6 points, scores by 12, inspectors by nothing."""
    generator = np.random.default_rng(seed)
    names = [f"a{code:02d}" for code in range(agents)]
    true = dict(zip(names, generator.normal(83, 6, agents), strict=True))
    return [
        scoring(
            name,
            place,
            float(np.clip(true[name] + generator.normal(0, 12), 0, 100)),
            inspector=f"i{(place + code + age) % inspectors}",
            age=age,
            **more,
        )
        for code, name in enumerate(names)
        for age in ages
        for place in range(samples)
    ]


def frames_of(scorings, frame=400, **more):
    pairs = sorted({(s.agent, s.age) for s in scorings})
    return [MonthFrame(agent, age, frame, **more) for agent, age in pairs]


def window_of(scorings, frames=None, sheets=None, month=MONTH):
    frames = frames_of(scorings) if frames is None else frames
    sheets = sorted({s.agent for s in scorings}) if sheets is None else sheets
    return make_window(month, scorings, frames, sheets)
