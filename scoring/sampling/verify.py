"""Verification: recompute a revealed draw from what was published and name what does not fit.

Five checks in the order in which a draw comes about. Where the seed or the frame itself is wrong, everything after it
would come out different for that reason alone; those checks are then not judged, so that the one thing that was
touched stands out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from scoring.errors import DrawError, FrameError
from scoring.sampling.draw import Draw, commit_to_seed, derive_key, draw_sample
from scoring.sampling.frame import Frame, read_frame


class CheckName(StrEnum):
    """What a check looks at."""

    commitment = "commitment"
    frame = "frame"
    order = "order"
    taken = "taken"
    replacements = "replacements"


class CheckState(StrEnum):
    """How a check ended."""

    passed = "passed"
    failed = "failed"
    not_judged = "not_judged"


@dataclass(frozen=True, slots=True)
class Check:
    """One check of a verification.

    Parameters
    ----------
    name : CheckName
        What was looked at.
    state : CheckState
        How it ended; ``not_judged`` when an earlier check makes this one meaningless.
    misfits : tuple of str
        The ids that do not fit, sorted; empty when it passed or when no single id is to blame.
    """

    name: CheckName
    state: CheckState
    misfits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Replacement:
    """One unusable sample and who took its place; ``replacement`` is ``None`` when the reserve was used up."""

    stratum: str
    replaced: str
    replacement: str | None


@dataclass(frozen=True, slots=True)
class DrawRecord:
    """Everything a draw published.

    Parameters
    ----------
    plan : str
        The draw's public id.
    commitment, seed : bytes
        The digest shown beforehand and the seed revealed afterwards, 32 bytes each.
    frame_text, frame_digest : bytes
        The canonical lines and their published digest.
    public_part : str
        The text that became known after the frame's digest; empty if there was none.
    order_digest : bytes
        The digest of the whole order, 32 bytes.
    sizes : mapping of str to int
        Samples planned per stratum.
    taken : mapping of str to sequence of str
        The ids taken per stratum, in the order of the draw.
    replacements : sequence of Replacement
        In the order in which they were made.
    """

    plan: str
    commitment: bytes
    seed: bytes
    frame_text: bytes
    frame_digest: bytes
    public_part: str
    order_digest: bytes
    sizes: Mapping[str, int]
    taken: Mapping[str, Sequence[str]]
    replacements: Sequence[Replacement]


@dataclass(frozen=True, slots=True)
class Verification:
    """The five checks with what was recomputed.

    Parameters
    ----------
    checks : tuple of Check
        In the order of `CheckName`.
    recomputed : int
        How many numbers were computed anew; 0 when seed or frame were already wrong.
    draw : Draw or None
        The recomputed draw, ``None`` when there was nothing to recompute.
    """

    checks: tuple[Check, ...]
    recomputed: int
    draw: Draw | None

    @property
    def is_sound(self) -> bool:
        """Whether every check passed."""
        return all(check.state is CheckState.passed for check in self.checks)

    @property
    def tampered(self) -> tuple[CheckName, ...]:
        """The checks that failed."""
        return tuple(check.name for check in self.checks if check.state is CheckState.failed)


def verify_draw(record: DrawRecord) -> Verification:
    """Recompute a draw from seed, frame and public part, and compare.

    Parameters
    ----------
    record : DrawRecord
        What was published, in any state of repair.

    Returns
    -------
    Verification
        Five checks; nothing raises, whatever was done to the record.
    """
    commitment = _judge(CheckName.commitment, _is_committed(record))
    frame = _read_published_frame(record)
    framed = _judge(CheckName.frame, frame is not None)
    draw = _redraw(record, frame) if frame is not None and commitment.state is CheckState.passed else None
    if draw is None:
        later = (CheckName.order, CheckName.taken, CheckName.replacements)
        blind = commitment.state is CheckState.failed or frame is None
        # With a sound seed and a sound frame, only impossible sizes keep the draw from being made.
        states = (Check(name, CheckState.not_judged) for name in later) if blind else _blame_sizes(record)
        return Verification((commitment, framed, *states), 0, None)
    order = _judge(CheckName.order, draw.order_digest() == record.order_digest)
    taken = _judge(CheckName.taken, misfits=_find_wrongly_taken(record, draw))
    replaced = _judge(CheckName.replacements, misfits=_find_wrong_replacements(record, draw))
    return Verification((commitment, framed, order, taken, replaced), len(draw.frame), draw)


def _judge(name: CheckName, passed: bool = True, misfits: Iterable[str] = ()) -> Check:
    wrong = tuple(sorted(set(misfits)))
    return Check(name, CheckState.passed if passed and not wrong else CheckState.failed, wrong)


def _is_committed(record: DrawRecord) -> bool:
    try:
        return commit_to_seed(record.seed) == record.commitment
    except DrawError:
        return False


def _read_published_frame(record: DrawRecord) -> Frame | None:
    try:
        frame = read_frame(record.frame_text)
    except FrameError:
        return None
    return frame if frame.digest == record.frame_digest else None


def _redraw(record: DrawRecord, frame: Frame) -> Draw | None:
    key = derive_key(record.seed, frame.digest, record.public_part)
    try:
        return draw_sample(frame, key, record.plan, record.sizes)
    except DrawError:
        return None


def _blame_sizes(record: DrawRecord) -> tuple[Check, ...]:
    strata = tuple(sorted(record.sizes))
    return (
        Check(CheckName.order, CheckState.not_judged),
        Check(CheckName.taken, CheckState.failed, strata),
        Check(CheckName.replacements, CheckState.not_judged),
    )


def _find_wrongly_taken(record: DrawRecord, draw: Draw) -> set[str]:
    """Collect ids that were taken or left out or moved against the order."""
    wrong: set[str] = set()
    for stratum in {*record.taken, *record.sizes}:
        expected = draw.taken(stratum) if stratum in draw.bounds else ()
        published = tuple(record.taken.get(stratum, ()))
        if expected != published:
            pairs = zip(expected, published, strict=False)
            moved = {name for pair in pairs if pair[0] != pair[1] for name in pair}
            wrong |= moved or set(expected) ^ set(published) or set(published)
    return wrong


def _find_wrong_replacements(record: DrawRecord, draw: Draw) -> set[str]:
    """Collect ids of replacements that are not the next in order, or that replace what was not there to replace."""
    wrong: set[str] = set()
    replaceable = {(stratum, name) for stratum in draw.bounds for name in draw.taken(stratum)}
    made: dict[str, int] = {}
    for entry in record.replacements:
        known = entry.stratum in draw.bounds
        expected = draw.replacement(entry.stratum, made.get(entry.stratum, 0)) if known else None
        if (entry.stratum, entry.replaced) not in replaceable or entry.replacement != expected:
            wrong.add(entry.replacement or entry.replaced)
        replaceable.discard((entry.stratum, entry.replaced))
        if entry.replacement is not None:
            replaceable.add((entry.stratum, entry.replacement))
        made[entry.stratum] = made.get(entry.stratum, 0) + 1
    return wrong
