"""The stages of a draw after its commitment: freeze, public part, draw, reveal.

Each can be taken once and in order; the public part may be left out. What each one fixed is never changed afterwards.
"""

from __future__ import annotations

import enum

from sqlalchemy.orm import Session

from qa_app import audit
from qa_app.clock import now
from qa_app.home_folder import vault
from qa_app.models import Conversation, Draw, RubricVersion, Sample, User
from qa_app.sampling.design import Design
from qa_app.sampling.errors import EmptyPopulation, StageError
from qa_app.sampling.learned import freeze_learned, give_shifts
from qa_app.sampling.packing import pack_frame, pack_order, unpack_frame
from qa_app.sampling.population import find_conversations, read_population
from qa_app.sampling.rubric_choice import RubricChoice
from qa_app.sampling.sizes import compute_sizes
from scoring.sampling.draw import Draw as ExecutedDraw
from scoring.sampling.draw import derive_key, draw_sample
from scoring.sampling.frame import freeze_frame

__all__ = ["Stage", "execute_draw", "freeze_population", "key_of", "note_public_part", "reveal_seed", "stage_of"]


class Stage(enum.StrEnum):
    """What has been reached."""

    committed = "committed"
    frozen = "frozen"
    drawn = "drawn"
    revealed = "revealed"


def stage_of(draw: Draw) -> Stage:
    """Tell how far the draw is; the public part is between `frozen` and `drawn` and optional."""
    if draw.revealed_at is not None:
        return Stage.revealed
    if draw.drawn_at is not None:
        return Stage.drawn
    return Stage.frozen if draw.frozen_at is not None else Stage.committed


def key_of(draw: Draw) -> bytes:
    """Compute the draw's key from the sealed seed; only for this room, and never kept."""
    if draw.frame_digest is None:
        raise StageError("freeze")
    seed = vault().unseal(draw.plan.seed)
    return derive_key(seed, bytes.fromhex(draw.frame_digest), draw.public_part or "")


def freeze_population(session: Session, actor: User | None, draw: Draw) -> None:
    """Freeze the population and the sizes, and publish the frame's digest."""
    _require(draw, Stage.committed)
    population = read_population(session, draw.plan)
    if not population.ids:
        raise EmptyPopulation(draw.plan.month)
    frame = freeze_frame(population.ids, population.strata, population.sizes)
    draw.frame, draw.frame_digest, draw.frame_size = pack_frame(frame), frame.digest.hex(), len(frame)
    draw.month_size, draw.excluded = population.month_size, population.excluded
    draw.populations = frame.count_by_stratum()
    draw.sizes = compute_sizes(session, Design.from_json(draw.plan.design), draw.populations)
    draw.learned = freeze_learned(session, draw, population)
    if population.model_version is not None:
        draw.learned = {"version": population.model_version, "agents": {}}
    draw.frozen_at, draw.frozen_by_id = now(), actor.id if actor else None
    audit.record(
        session,
        actor,
        action="draw.freeze",
        thing=draw,
        name=draw.public_id,
        digest=draw.frame_digest,
        size=draw.frame_size,
        planned=sum(draw.sizes.values()),
        chances="equal" if frame.sizes is None else "risk",
        learned_version=draw.learned["version"] if draw.learned else None,
    )


def note_public_part(session: Session, actor: User | None, draw: Draw, *, text: str, source: str) -> None:
    """Note the text that became known only after the freeze, and where it came from."""
    _require(draw, Stage.frozen)
    if draw.public_part is not None:
        raise StageError("public_part")
    draw.public_part, draw.public_part_source = text, source
    draw.public_part_at, draw.public_part_by_id = now(), actor.id if actor else None
    audit.record(session, actor, action="draw.public_part", thing=draw, name=draw.public_id, text=text, source=source)


def execute_draw(session: Session, actor: User | None, draw: Draw) -> list[Sample]:
    """Draw: keep the whole order and take the first of every stratum as samples."""
    _require(draw, Stage.frozen)
    drawn = draw_sample(unpack_frame(draw), key_of(draw), draw.public_id, draw.sizes)
    draw.order, draw.order_digest = pack_order(drawn), drawn.order_digest().hex()
    draw.drawn_at, draw.drawn_by_id = now(), actor.id if actor else None
    taken = {stratum: drawn.taken(stratum) for stratum in drawn.bounds}
    conversations = find_conversations(session, (name for names in taken.values() for name in names))
    rubrics = RubricChoice(session, draw.plan)
    versions = {channel: rubrics.version_for(channel) for channel in {row.channel for row in conversations.values()}}
    samples = [
        make_sample(drawn, draw, conversations[name], versions[conversations[name].channel], rank=rank)
        for stratum, names in taken.items()
        for rank, name in enumerate(names, start=1)
    ]
    give_shifts(session, draw, samples)
    session.add_all(samples)
    session.flush()
    audit.record(
        session,
        actor,
        action="draw.execute",
        thing=draw,
        name=draw.public_id,
        order_digest=draw.order_digest,
        taken=len(samples),
    )
    return samples


def reveal_seed(session: Session, actor: User | None, draw: Draw) -> None:
    """Open the seed, and with it the verification by everyone. The audit event does not hold the seed itself."""
    _require(draw, Stage.drawn)
    draw.revealed_at, draw.revealed_by_id = now(), actor.id if actor else None
    audit.record(session, actor, action="draw.reveal", thing=draw, name=draw.public_id)


def make_sample(
    drawn: ExecutedDraw, draw: Draw, conversation: Conversation, version: RubricVersion, *, rank: int
) -> Sample:
    """Make the sample for one conversation of the order, with its chance and what it weighs in estimates."""
    stratum, chance = drawn.stratum_of(conversation.public_id), drawn.chance_of(conversation.public_id)
    if stratum is None or not chance:
        raise StageError("frame")
    begin, end = drawn.bounds[stratum]
    equal = drawn.sizes[stratum] / (end - begin)
    return Sample(
        draw=draw,
        conversation=conversation,
        agent_id=conversation.agent_id,
        rubric_version_id=version.id,
        stratum=stratum,
        rank=rank,
        inclusion_probability=chance,
        weight=equal / chance,
        created_at=now(),
    )


def _require(draw: Draw, stage: Stage) -> None:
    if stage_of(draw) is not stage or draw.plan.archived_at is not None:
        raise StageError(stage_of(draw).value)
