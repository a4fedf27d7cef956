"""Laws of the quality estimates over all windows: order-free, relabelling, ranges, more is surer, the same bytes."""

from __future__ import annotations

import math
import pickle
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.estimates.bounded import bounded_mean_interval
from scoring.estimates.quality import MonthFrame, Scoring, estimate_quality, make_window

MODES = ("direct", "fair")


@st.composite
def windows(draw, *, smallest=0):
    """Scorings of a few agents over a few months: some critical, some twice, some weighted, frames known or not."""
    scorings, frames = [], []
    for agent in range(draw(st.integers(1, 11))):
        for age in range(draw(st.integers(1, 3))):
            n = draw(st.integers(smallest, 5))
            for place in range(n):
                name = f"{agent}:{age}:{place}"
                critical = draw(st.booleans()) and draw(st.booleans())
                weight = draw(st.sampled_from([1.0, 1.0, 0.5, 3.0]))
                inspectors = draw(st.lists(st.sampled_from("wxyz"), min_size=1, max_size=2, unique=True))
                auto = draw(st.one_of(st.none(), st.floats(0, 1)))
                for inspector in inspectors:
                    quality = draw(st.sampled_from([0.0, 40.0, 75.0, 88.5, 100.0]))
                    scorings.append(
                        Scoring(f"a{agent}", age, name, inspector, quality, critical, "q", auto=auto, weight=weight)
                    )
            frame = draw(st.one_of(st.none(), st.integers(n, 60)))
            frames.append(MonthFrame(f"a{agent}", age, frame, draw(st.one_of(st.none(), st.floats(0, 1))), 1.0))
    return scorings, frames, sorted({f.agent for f in frames})


def result_of(parts):
    return estimate_quality(make_window("2026-10", *parts))


@settings(max_examples=20, deadline=None)
@given(windows(), st.randoms(use_true_random=False))
def test_order_of_the_input_cannot_be_seen(parts, random):
    scorings, frames, sheets = parts
    straight = result_of(parts)
    for rows in (scorings, frames, sheets):
        random.shuffle(rows)

    turned = result_of((scorings, frames, sheets))

    assert turned.agents == straight.agents
    assert all(
        a.fair.draw() is b.fair.draw() is None or (a.fair.draw() == b.fair.draw()).all()
        for a, b in zip(turned.agents, straight.agents, strict=True)
    )


@settings(max_examples=12, deadline=None)
@given(windows())
def test_recomputing_gives_identical_bytes(parts):
    assert pickle.dumps(result_of(parts).agents) == pickle.dumps(result_of(parts).agents)


@settings(max_examples=20, deadline=None)
@given(windows())
def test_names_of_people_do_not_matter(parts):
    scorings, frames, sheets = parts
    turned = {name: f"z{99 - int(name[1:])}" for name in sheets}
    swapped = dict(zip("wxyz", "zxwy", strict=True))
    renamed = (
        [replace(s, agent=turned[s.agent], inspector=swapped[s.inspector]) for s in scorings],
        [replace(f, agent=turned[f.agent]) for f in frames],
        list(turned.values()),
    )

    before = {agent.agent: agent for agent in result_of(parts).agents}
    after = {agent.agent: agent for agent in result_of(renamed).agents}

    for name, found in before.items():
        other = after[turned[name]]
        assert found.is_comparable == other.is_comparable
        for mode in MODES:
            for part in ("total", "quality", "critical_rate"):
                one, two = getattr(getattr(found, mode), part), getattr(getattr(other, mode), part)
                assert one.label == two.label
                # Draws are named after people, so bounds of the total may differ; values and the others may not.
                same = one.value is two.value is None or math.isclose(one.value, two.value, rel_tol=1e-4, abs_tol=1e-4)
                assert same, (mode, part, one, two)


@settings(max_examples=60, deadline=None)
@given(windows())
def test_everything_stays_in_range(parts):
    result = result_of(parts)

    for agent in result.agents:
        for mode in MODES:
            score = getattr(agent, mode)
            for part, top in (("total", 100), ("quality", 100), ("critical_rate", 1)):
                found = getattr(score, part)
                if found.value is not None:
                    assert 0 <= found.lower <= found.value <= found.upper <= top
            draws = score.draw()
            assert draws is None or (len(draws) == 4000 and (draws >= 0).all() and (draws <= 100).all())
    reliability = result.centre.reliability
    assert reliability is None or 0 < reliability < 1


@settings(max_examples=12, deadline=None)
@given(st.lists(st.sampled_from([60.0, 75.0, 90.0]), min_size=3, max_size=3), st.integers(6, 40))
def test_more_inspections_of_one_agent_count_for_more_and_narrow_the_interval(scores, frame):
    others = [
        Scoring(f"b{agent}", 0, f"{agent}:{place}", f"i{(agent + place) % 3}", 70.0 + (7 * agent + 5 * place) % 29)
        for agent in range(9)
        for place in range(5)
    ]
    frames = [MonthFrame("a", 0, frame), *[MonthFrame(f"b{agent}", 0, 400) for agent in range(9)]]
    counted, widths = [], []
    for times in (1, 2, 4, 6, 8):
        own = [
            Scoring("a", 0, f"a:{copy}:{place}", f"i{(place + copy) % 3}", score)
            for copy in range(times)
            for place, score in enumerate(scores)
        ]
        found = result_of(([*own[:frame], *others], frames, ["a"])).agents[0].direct.quality
        # Everything inspected, and nothing known of inspectors' moods: as sure as can be.
        counted.append(math.inf if found.effective_n is None else found.effective_n)
        widths.append(found.upper - found.lower)

    assert counted == sorted(counted)
    assert counted[0] < counted[-1]
    assert widths == sorted(widths, reverse=True)
    assert widths[0] > widths[-1]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0, 100), min_size=1, max_size=40))
def test_bounded_interval_holds_the_mean_and_turns_with_the_scale(scores):
    found = bounded_mean_interval(scores)
    turned = bounded_mean_interval([100 - score for score in scores])

    assert 0 <= found.lower <= sum(scores) / len(scores) + 1e-9
    assert sum(scores) / len(scores) - 1e-9 <= found.upper <= 100
    assert math.isclose(found.lower, 100 - turned.upper, abs_tol=1e-6)
