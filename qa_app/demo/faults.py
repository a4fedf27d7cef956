"""What goes wrong in an invented conversation: criteria that lose points, near the planted quality."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

__all__ = ["EVERYWHERE", "EVERYWHERE_SHARE", "OPTIONS", "Fault", "choose_faults", "shift_faults"]

EVERYWHERE = "closing"
EVERYWHERE_SHARE = 0.35


@dataclass(frozen=True, slots=True)
class Fault:
    """A criterion answered below full points, and what that costs."""

    criterion: str
    level: str
    points: float


def _options(**levels: tuple[tuple[str, float], ...]) -> tuple[Fault, ...]:
    return tuple(Fault(code, level, points) for code, rows in levels.items() for level, points in rows)


# Weights are those of the shipped rubrics; an inspector's answer to a measured criterion fills itself.
OPTIONS = {
    "hotline": _options(
        greeting=(("no", 7.0),), need_confirmed=(("partly", 5.0), ("not_met", 10.0)), polite_forms=(("no", 6.0),),
        solved=(("partly", 7.5), ("not_met", 15.0)), clear_complete=(("partly", 5.0),), follow_up=(("no", 5.0),),
        empathy=(("partly", 4.0),), patience=(("partly", 3.5),), ownership=(("no", 5.0),),
    ),
    "chat": _options(
        greeting=(("no", 6.0),), need_confirmed=(("partly", 5.0), ("not_met", 10.0)), progress_told=(("partly", 4.0), ("not_met", 8.0)),
        polite_forms=(("no", 6.0),), solved=(("partly", 7.5), ("not_met", 15.0)), clear_complete=(("partly", 5.0),),
        follow_up=(("no", 5.0),), empathy=(("partly", 4.0),), patience=(("partly", 3.0),), ownership=(("no", 6.0),),
    ),
    "shop": _options(
        greeting=(("no", 6.0),), order_identified=(("partly", 4.5), ("not_met", 9.0)), after_sales_rule=(("partly", 4.0), ("not_met", 8.0)),
        polite_forms=(("no", 7.0),), solved=(("partly", 7.0), ("not_met", 14.0)), product_facts=(("partly", 5.0),),
        follow_up=(("no", 6.0),), empathy=(("partly", 4.0),), patience=(("partly", 3.0),), ownership=(("no", 6.0),),
    ),
}  # fmt: skip


def choose_faults(random: Random, team: str, loss: float) -> tuple[Fault, ...]:
    """Choose faults whose points come near `loss`; the criterion that fails everywhere fails by its own chance."""
    chosen = [Fault(EVERYWHERE, "no", 5.0)] if random.random() < EVERYWHERE_SHARE else []
    return _fill(random, team, chosen, loss)


def _fill(random: Random, team: str, chosen: list[Fault], loss: float) -> tuple[Fault, ...]:
    left = loss - sum(fault.points for fault in chosen)
    options = list(OPTIONS[team])
    random.shuffle(options)
    for option in options:
        taken = {fault.criterion for fault in chosen}
        if option.criterion not in taken and option.points <= left + 1.5:
            chosen.append(option)
            left -= option.points
    return tuple(chosen)


def shift_faults(random: Random, team: str, faults: tuple[Fault, ...], leniency: float) -> tuple[Fault, ...]:
    """Return the faults as an inspector of this leniency sees them: lenient ones overlook, strict ones add."""
    chance = abs(leniency) / 5.0
    if leniency > 0 and faults and random.random() < chance:
        overlooked = min(faults, key=lambda fault: (abs(fault.points - 5.0), fault.criterion))
        return tuple(fault for fault in faults if fault is not overlooked)
    if leniency < 0 and random.random() < chance:
        return _fill(random, team, list(faults), sum(fault.points for fault in faults) + 5.0)
    return faults
