"""What a revealed draw publishes, whether it verifies, and the files with which anybody can check it elsewhere."""

from __future__ import annotations

import csv
import io
import json
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from qa_app.home_folder import vault
from qa_app.models import Agent, Conversation, Draw, Sample
from qa_app.sampling.errors import StageError
from qa_app.sampling.packing import unpack_order
from qa_app.sampling.stages import Stage, key_of, stage_of
from scoring.sampling.draw import draw_numbers, to_uniform
from scoring.sampling.verify import DrawRecord, Replacement, Verification, verify_draw

__all__ = ["OneConversation", "check_draw", "export_draw", "find_in_draw", "read_frame_text", "read_record"]

SCRIPT = Path(__file__).parents[2] / "docs" / "verify_draw.py"
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class OneConversation:
    """The check of one conversation: number, rank, chance, and how many of how many its stratum gave."""

    name: str
    number: int
    uniform: float
    rank: int
    population: int
    planned: int
    chance: float

    @property
    def was_drawn(self) -> bool:
        """Whether its rank is among the first planned."""
        return self.rank <= self.planned


def read_record(session: Session, draw: Draw) -> DrawRecord:
    """Gather what the draw published; refused before the reveal."""
    if stage_of(draw) is not Stage.revealed:
        raise StageError("reveal")
    replacements = _read_replacements(session, draw)
    came_instead = {entry.replacement for entry in replacements}
    taken: dict[str, list[str]] = {stratum: [] for stratum in draw.sizes}
    for stratum, _, name in _read_samples(session, draw):
        if name not in came_instead:
            taken.setdefault(stratum, []).append(name)
    return DrawRecord(
        plan=draw.public_id,
        commitment=bytes.fromhex(draw.plan.commitment),
        seed=vault().unseal(draw.plan.seed),
        frame_text=read_frame_text(draw),
        frame_digest=bytes.fromhex(draw.frame_digest or ""),
        public_part=draw.public_part or "",
        order_digest=bytes.fromhex(draw.order_digest or ""),
        sizes=draw.sizes,
        taken=taken,
        replacements=[Replacement(entry.stratum, entry.replaced, entry.replacement) for entry in replacements],
    )


def read_frame_text(draw: Draw) -> bytes:
    """Read the canonical lines of a frozen draw."""
    if draw.frame is None:
        raise StageError("freeze")
    return zlib.decompress(draw.frame)


def check_draw(session: Session, draw: Draw) -> Verification:
    """Recompute the draw and run the five checks."""
    return verify_draw(read_record(session, draw))


def find_in_draw(draw: Draw, name: str) -> OneConversation | None:
    """Check one conversation, `source:external_id`, alone; none if it is not in the frame. Only after the reveal."""
    if stage_of(draw) is not Stage.revealed:
        raise StageError("reveal")
    drawn = unpack_order(draw)
    rank, stratum, chance = drawn.rank_of(name), drawn.stratum_of(name), drawn.chance_of(name)
    if rank is None or stratum is None or chance is None:
        return None
    number = int(draw_numbers(key_of(draw), draw.public_id, [name])[0])
    return OneConversation(
        name, number, to_uniform(number), rank, draw.populations[stratum], int(draw.sizes.get(stratum, 0)), chance
    )


def export_draw(session: Session, draw: Draw) -> bytes:
    """Pack frame, record, samples and the stand-alone script into a ZIP; the same draw gives the same bytes."""
    record = read_record(session, draw)
    files = {
        "frame.txt": record.frame_text,
        "draw.json": json.dumps(_describe(session, draw, record), ensure_ascii=False, indent=1).encode(),
        "samples.csv": _write_samples(session, draw).encode("utf-8-sig"),
        "verify_draw.py": SCRIPT.read_bytes(),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, _ZIP_DATE), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


@dataclass(frozen=True, slots=True)
class _ReplacementRow:
    stratum: str
    replaced: str
    replacement: str | None
    reason: str


def _read_samples(session: Session, draw: Draw) -> list[tuple[str, int, str]]:
    query = (
        select(Sample.stratum, Sample.rank, Conversation.source, Conversation.external_id)
        .join(Conversation, Conversation.id == Sample.conversation_id)
        .where(Sample.draw_id == draw.id)
    )
    rows = [(stratum, rank or 0, f"{source}:{external}") for stratum, rank, source, external in session.execute(query)]
    return sorted(rows)


def _read_replacements(session: Session, draw: Draw) -> list[_ReplacementRow]:
    """Read the replacements in the order in which they were made: by rank of what came, the unreplaced last."""
    came = aliased(Sample)
    came_conversation = aliased(Conversation)
    query = (
        select(Sample, Conversation, came.rank, came_conversation)
        .join(Conversation, Conversation.id == Sample.conversation_id)
        .outerjoin(came, came.id == Sample.replaced_by_id)
        .outerjoin(came_conversation, came_conversation.id == came.conversation_id)
        .where(Sample.draw_id == draw.id, Sample.replaced_at.is_not(None))
    )
    rows = sorted(session.execute(query), key=lambda row: (row[0].stratum, row[2] or len(row[0].stratum) + 2**31))
    return [
        _ReplacementRow(
            sample.stratum, gone.public_id, new.public_id if new is not None else None, sample.replacement_reason or ""
        )
        for sample, gone, _, new in rows
    ]


def _describe(session: Session, draw: Draw, record: DrawRecord) -> dict[str, Any]:
    plan = draw.plan
    return {
        "format": "assay-draw.v1",
        "plan": record.plan,
        "name": plan.name,
        "month": plan.month,
        "commitment": record.commitment.hex(),
        "committed_at": plan.committed_at.isoformat(),
        "committed_late": plan.is_committed_late,
        "frame": {
            "digest": record.frame_digest.hex(),
            "size": draw.frame_size,
            "imported_in_month": draw.month_size,
            "excluded": draw.excluded,
        },
        "chances": plan.design.get("chances", "equal"),
        "public_part": record.public_part,
        "public_part_source": draw.public_part_source or "",
        "order_digest": record.order_digest.hex(),
        "seed": record.seed.hex(),
        "strata": [
            {"stratum": name, "eligible": draw.populations[name], "planned": size, "taken": list(record.taken[name])}
            for name, size in sorted(record.sizes.items())
        ],
        "replacements": [
            {"stratum": e.stratum, "replaced": e.replaced, "replacement": e.replacement, "reason": e.reason}
            for e in _read_replacements(session, draw)
        ],
    }


def _write_samples(session: Session, draw: Draw) -> str:
    key = key_of(draw)
    rows = session.execute(
        select(Sample, Conversation, Agent.employee_number)
        .join(Conversation, Conversation.id == Sample.conversation_id)
        .outerjoin(Agent, Agent.id == Sample.agent_id)
        .where(Sample.draw_id == draw.id)
    ).all()
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(
        ("stratum", "rank", "id", "number", "u", "chance", "weight", "agent", "state", "replacement_reason")
    )
    for sample, conversation, agent in sorted(rows, key=lambda row: (row[0].stratum, row[0].rank or 0)):
        number = int(draw_numbers(key, draw.public_id, [conversation.public_id])[0])
        writer.writerow(
            (
                sample.stratum,
                sample.rank,
                conversation.public_id,
                number,
                repr(to_uniform(number)),
                "" if sample.inclusion_probability is None else repr(sample.inclusion_probability),
                repr(sample.weight),
                agent or "",
                sample.state,
                sample.replacement_reason or "",
            )
        )
    return text.getvalue()
