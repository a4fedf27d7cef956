"""What the quality estimates are worth: simulated centres, their intervals and who is found, the plain mean beside.

    .venv/bin/python -m bench.coverage [--quick] [--centre page --centre teams …] [--seed 2026]

Goals: 95 % intervals cover 92–97.5 % at 3 to 30 samples in every named centre, fair and direct; in the centre of the
methods (automatic scores of ρ = 0.65 with an error of 4 points about each agent, six months of history, 30 months
judged) 4 samples a month find at least 0.60 of the truly lowest tenth, at most 1 % of the agents found lie above the
median, at most 5 % of the machine's error about an agent reaches the fair score, and at most 5 % of agents who meet the
standard are ever named below it. A cell outside its goal is marked with `!`.

Each cell judges 30 months, of three casts of people with ten months each: months of one cast share their people, so
thirty months of a single cast would say less than they seem to. For the same reason three casts of thirty months tell
how many are found; a single cast swings by 0.04.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from scoring.simulation.careers import simulate_careers
from scoring.simulation.centre import NAMED, PAGE, Centre
from scoring.simulation.report import SimulationReport
from scoring.simulation.run import simulate

SAMPLES = (3, 5, 8, 15, 30)
LOWEST_COVERAGE, HIGHEST_COVERAGE = 0.92, 0.975
CASTS, MONTHS = 3, 10
SMALL_CASTS = 12  # of a centre of 15 agents: months there hold few agents each
HITS, ABOVE_MEDIAN, PASSED_ON, FALSE_ALARMS = 0.60, 0.01, 0.05, 0.05
CAREER_MONTHS, CAREERS = 60, 400
MODES = ("fair", "direct", "naive")


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is simulated."""

    samples: Sequence[int]
    casts: int
    months: int
    small_casts: int
    judged_months: int
    career_months: int


FULL = Plan(SAMPLES, CASTS, MONTHS, SMALL_CASTS, 30, CAREER_MONTHS)
QUICK = Plan((3, 8, 30), 1, 4, 4, 6, 24)


def run_cell(centre: Centre, plan: Plan, seed: str) -> list[SimulationReport]:
    """Judge the months of one cell, one report per cast."""
    casts = plan.small_casts if centre.agents < 50 else plan.casts
    return [simulate(centre, plan.months, f"{seed}:{cast}") for cast in range(casts)]


def mean_of(reports: Sequence[SimulationReport], mode: str, figure: str) -> float:
    """Mean of a figure of one mode over the casts."""
    return float(np.mean([getattr(getattr(report, mode), figure) for report in reports]))


def average(values: Iterable[float | None]) -> float:
    """Mean of the values that are known."""
    return float(np.mean([value for value in values if value is not None]))


def mark(value: float, is_right: bool) -> str:
    """Write a figure, with a mark where it misses its goal."""
    return f"{value:6.3f}{' ' if is_right else '!'}"


def print_coverage(names: Sequence[str], plan: Plan, seed: str) -> bool:
    """Print the table of the named centres; whether every interval covers as it should."""
    print("                coverage of 95 %         hit rate            error, points       lowest tenth    severity")
    print("centre     n   fair  direct  naive   fair direct  naive   fair direct  naive    fair direct      error")
    is_right = True
    for name in names:
        for samples in plan.samples:
            reports = run_cell(replace(NAMED[name], samples=samples), plan, f"{seed}:{name}:{samples}")
            is_right &= print_row(name, samples, reports)
    return is_right


def print_row(name: str, samples: int, reports: Sequence[SimulationReport]) -> bool:
    """Print one row; whether fair and direct cover as they should."""
    cells, is_right = [], True
    for mode in MODES:
        coverage = mean_of(reports, mode, "coverage")
        is_within = mode == "naive" or LOWEST_COVERAGE <= coverage <= HIGHEST_COVERAGE
        is_right &= is_within
        cells.append(mark(coverage, is_within))
    cells += [f"{mean_of(reports, mode, 'hit_rate'):6.2f} " for mode in MODES]
    cells += [f"{mean_of(reports, mode, 'error'):6.1f} " for mode in MODES]
    cells += [f"{mean_of(reports, mode, 'coverage_lowest'):6.2f} " for mode in MODES[:2]]
    severity = np.mean([report.severity_error or 0.0 for report in reports])
    print(f"{name:8} {samples:3} {''.join(cells)} {severity:9.1f}", flush=True)
    return is_right


def print_finding(plan: Plan, seed: str) -> bool:
    """Print who is found in the centre of the methods at four samples a month; whether all goals are met."""
    print(f"\nCentre of the methods, 4 samples a month, {plan.casts} casts of {plan.judged_months} months each")
    reports = [simulate(PAGE, plan.judged_months, f"{seed}:finding:{cast}") for cast in range(plan.casts)]
    hits = {mode: mean_of(reports, mode, "hit_rate") for mode in MODES}
    above = {mode: mean_of(reports, mode, "above_median") for mode in MODES}
    each = ", ".join(f"{report.fair.hit_rate:.2f}" for report in reports)
    passed = average(report.fair_pass_through for report in reports)
    informed = average(report.informed_pass_through for report in reports)
    goals = {
        f"lowest tenth found: fair {hits['fair']:.2f} (goal {HITS:.2f} or more; by cast {each}), "
        f"direct {hits['direct']:.2f}, naive {hits['naive']:.2f}": hits["fair"] >= HITS,
        f"of them above the median: fair {above['fair']:.1%} (goal {ABOVE_MEDIAN:.0%} or less), "
        f"direct {above['direct']:.1%}, naive {above['naive']:.1%}": above["fair"] <= ABOVE_MEDIAN,
        f"machine's error passed on: fair {passed:.1%} (goal {PASSED_ON:.0%} or less), informed {informed:.1%}": abs(
            passed
        )
        <= PASSED_ON,
    }
    for words, is_met in goals.items():
        print(f"  {words}{'' if is_met else ' !'}")
    for words, lists in (
        ("named at 0.8 in the lowest tenth", [report.lowest for report in reports]),
        ("praised, a tenth expected wrong", [report.praise for report in reports]),
    ):
        names = average(found.per_month for found in lists)
        print(f"  {words}: {names:.1f} a month, right {average(found.right for found in lists):.0%}")
    print(
        f"  measured ρ {average(report.correlation for report in reports):.2f}, "
        f"gain {average(report.gain for report in reports):.2f}, "
        f"real share of a month's ranking {average(report.reliability for report in reports):.2f}",
        flush=True,
    )
    return all(goals.values())


def print_careers(plan: Plan, seed: str) -> bool:
    """Print what becomes of careers at, above and below the standard; whether the innocent are safe."""
    print(f"\nBelow standard: {CAREERS} careers of {plan.career_months} months, 5 samples a month")
    print("true score    ever named   in a year   watched in a year   median month   three months running, in a year")
    centre = replace(PAGE, agents=CAREERS, inspectors=20, samples=5)
    is_right = True
    for margin in (0.0, 2.0, -5.0, -10.0):
        report = simulate_careers(centre, plan.career_months, f"{seed}:careers", standard=70.0, margin=margin)
        is_met = margin < 0 or report.named <= FALSE_ALARMS
        is_right &= is_met
        median = "–" if report.months_to_name is None else f"{report.months_to_name:.0f}"
        print(
            f"{margin:+5.0f} points {report.named:11.1%}{' ' if is_met else '!'} {report.named_in_a_year:10.1%}"
            f" {report.watched_in_a_year:19.1%} {median:>14} {report.months_rule:33.1%}",
            flush=True,
        )
    return is_right


def main() -> int:
    """Run the table and say whether all goals are met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a few months of a few cells: about a minute")
    parser.add_argument("--centre", action="append", choices=sorted(NAMED), help="only these centres")
    parser.add_argument("--seed", default="2026")
    arguments = parser.parse_args()
    plan = QUICK if arguments.quick else FULL
    start, worked = time.perf_counter(), time.process_time()
    results = [print_coverage(arguments.centre or list(NAMED), plan, arguments.seed)]
    if not arguments.centre:
        results += [print_finding(plan, arguments.seed), print_careers(plan, arguments.seed)]
    seconds, processor = time.perf_counter() - start, time.process_time() - worked
    verdict = "all goals met" if all(results) else "some goals missed"
    print(f"\n{seconds:.0f} s, {processor:.0f} s of processor time; {verdict}")
    return 0 if all(results) else 1


if __name__ == "__main__":
    raise SystemExit(main())
