"""Finished values for the pages of this room: stages as steps, filters in words, what a refusal is called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.models import Draw, SamplingPlan, Team, User
from qa_app.sampling.design import Chances, Design, Filters, RiskSource, Sizing
from qa_app.sampling.errors import (
    EmptyPopulation,
    NoInspectors,
    NoModelForRisk,
    NoRubric,
    ReplacementRefused,
    SamplingError,
    SizesTooSmall,
    TargetRefused,
)
from qa_app.sampling.stages import Stage, stage_of
from qa_app.sampling.words import ALLOCATIONS, CHANNELS, EXCLUDED, REFUSALS, SIGNS, STRATA, TARGET_REFUSALS
from qa_app.web.filters import format_duration, format_moment, format_month, format_number, format_percent

__all__ = ["PageFacts", "describe_draw", "explain_refusal", "is_by_risk", "list_excluded", "write_recipe"]

_RECIPE = """\
import hashlib, hmac
seed, frame = bytes.fromhex("{seed}"), open("frame.txt", "rb").read()
assert hashlib.sha256(b"\\0" + seed).hexdigest() == "{commitment}"
assert hashlib.sha256(frame).hexdigest() == "{digest}"
key = hmac.digest(seed, b"draw.v1" + hashlib.sha256(frame).digest() + {public_part}.encode(), "sha256")
rows = []
for line in frame.decode().split("\\n"):
    name, group, size = line.split("\\x1f")
    digest = hmac.digest(key, ("{plan}\\x1f" + name).encode(), "sha256")
    rows.append((group, int.from_bytes(digest[:8], "big") >> 11, name))
for group, number, name in sorted(rows):
    print(group, number, name)
"""
_RECIPE_BY_RISK = """\
import hashlib, json
from verify_draw import order_strata
draw, frame = json.load(open("draw.json")), open("frame.txt", "rb").read()
assert hashlib.sha256(b"\\0" + bytes.fromhex(draw["seed"])).hexdigest() == "{commitment}"
assert hashlib.sha256(frame).hexdigest() == "{digest}"
planned = {{entry["stratum"]: entry["planned"] for entry in draw["strata"]}}
for group, rows in order_strata(draw, frame, planned).items():
    for number, name in rows:
        print(group, number, name)
"""


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What the stages page shows beside the draw itself."""

    stage: Stage
    steps: list[tuple[str, str, str]]
    actors: Mapping[int, str]
    rules: list[tuple[str, str]]
    excluded: list[tuple[str, int]]
    planned: int


def describe_draw(session: Session, draw: Draw) -> PageFacts:
    """Gather what the stages page shows."""
    plan = draw.plan
    ids = {plan.created_by_id, draw.frozen_by_id, draw.public_part_by_id, draw.drawn_by_id, draw.revealed_by_id}
    users = session.scalars(select(User).where(User.id.in_({one for one in ids if one is not None})))
    return PageFacts(
        stage=stage_of(draw),
        steps=_list_steps(draw),
        actors={user.id: user.display_name for user in users},
        rules=describe_plan(session, plan),
        excluded=list_excluded(draw),
        planned=sum(draw.sizes.values()),
    )


def describe_plan(session: Session, plan: SamplingPlan) -> list[tuple[str, str]]:
    """Say in words what a plan draws from, how many, and how they are scored."""
    filters, design = Filters.from_json(plan.filters), Design.from_json(plan.design)
    teams = session.scalars(select(Team.name).where(Team.id.in_(filters.team_ids)).order_by(Team.name)).all()
    every = _("all")
    return [
        (_("Calendar month"), format_month(plan.month)),
        (_("Channels"), ", ".join(str(CHANNELS[one]) for one in filters.channels) or every),
        (_("Teams"), ", ".join(teams) or every),
        (_("Topics"), ", ".join(filters.topics) or every),
        (_("Eligible"), _describe_eligibility(design)),
        (_("Drawn from"), str(STRATA[design.strata])),
        (_("Chances"), _describe_chances(design)),
        (_("How many"), _describe_sizing(design)),
        (_("Scored twice, blind"), format_percent(design.double_share)),
        (
            _("To be scored within"),
            ngettext("%(num)s working day", "%(num)s working days", design.working_days),
        ),
        (
            _("Learned score, a proposal"),
            _("shown before people have scored") if design.proposals_shown else _("hidden until people have scored"),
        ),
    ]


def list_excluded(draw: Draw) -> list[tuple[str, int]]:
    """List what was left out of a frozen population, in the order in which the reasons are tried."""
    return [(str(title), draw.excluded[code]) for code, title in EXCLUDED.items() if draw.excluded.get(code)]


def is_by_risk(plan: SamplingPlan) -> bool:
    """Tell whether the plan draws with chances that grow with risk."""
    return Design.from_json(plan.design).chances is Chances.risk


def write_recipe(draw: Draw, seed: bytes) -> str:
    """Write the lines with which anybody can list the whole order again."""
    if is_by_risk(draw.plan):
        return _RECIPE_BY_RISK.format(commitment=draw.plan.commitment, digest=draw.frame_digest)
    return _RECIPE.format(
        seed=seed.hex(),
        commitment=draw.plan.commitment,
        digest=draw.frame_digest,
        public_part=ascii(draw.public_part or ""),
        plan=draw.public_id,
    )


def explain_refusal(error: SamplingError) -> str:
    """Say why a step was refused, and what to do."""
    if isinstance(error, ReplacementRefused):
        return str(REFUSALS[str(error)])
    if isinstance(error, TargetRefused):
        return str(TARGET_REFUSALS[error.why])
    if isinstance(error, EmptyPopulation):
        month = format_month(str(error))
        sentence = _("No conversation of %(month)s is eligible. Import it first, or widen the filters.", month=month)
    elif isinstance(error, NoRubric):
        channel = str(CHANNELS.get(str(error), str(error)))
        sentence = _("No rubric is published for the channel “%(channel)s”. Publish one first.", channel=channel)
    elif isinstance(error, SizesTooSmall):
        sentence = _("The total is too small to give each its minimum. Raise it, or lower the minimum.")
    elif isinstance(error, NoModelForRisk):
        sentence = _("The plan draws by learned probability, and no learned score is in use. Train one first.")
    elif isinstance(error, NoInspectors):
        sentence = _("No inspector may score some of these samples. Add an inspector of another team first.")
    else:
        sentence = _("This step was taken already, or it is not its turn yet.")
    return str(sentence)


def _list_steps(draw: Draw) -> list[tuple[str, str, str]]:
    """List the five stages; the public part is skipped when the draw went on without it."""
    moments = [draw.plan.committed_at, draw.frozen_at, draw.public_part_at, draw.drawn_at, draw.revealed_at]
    titles = [_("Commit"), _("Freeze"), _("Public part"), _("Draw"), _("Reveal")]
    current = next((place for place, moment in enumerate(moments) if moment is None), len(moments))
    if current == 2 and draw.drawn_at is not None:
        current = 4 if draw.revealed_at is None else 5
    steps = []
    for place, (title, moment) in enumerate(zip(titles, moments, strict=True)):
        state = "done" if moment is not None else "now" if place == current else "later"
        note = format_moment(moment) if moment else ""
        if place == 2 and moment is None:
            note = _("left out") if draw.drawn_at is not None else _("optional")
        steps.append((title, note, state))
    return steps


def _describe_eligibility(design: Design) -> str:
    rule = design.eligibility
    parts = []
    if rule.answered:
        parts.append(_("answered by an agent"))
    if rule.ended:
        parts.append(_("ended"))
    parts.append(
        _(
            "at least %(messages)s agent messages or %(length)s of speech",
            messages=format_number(rule.min_agent_messages),
            length=format_duration(rule.min_audio_seconds),
        )
    )
    return ", ".join(parts)


def _describe_chances(design: Design) -> str:
    """Say how chances come about: equal, or by which signs with how many points."""
    if design.chances is Chances.equal:
        return str(_("the same for every conversation of a group"))
    even = format_percent(design.even_share)
    if design.risk_source is RiskSource.given:
        return str(_("%(even)s spread evenly, the rest by the risk that came with the import.", even=even))
    if design.risk_source is RiskSource.learned:
        return str(
            _(
                "%(even)s spread evenly, the rest by the learned probability of a score below %(low)s, of the model in "
                "use when the population was frozen.",
                even=even,
                low=format_number(design.low_score, 0 if design.low_score % 1 == 0 else 1),
            )
        )
    if design.risk_source is RiskSource.rules:
        rules = ", ".join(design.risk_rules)
        return str(_("%(even)s spread evenly, the rest by verdicts of rules: %(rules)s.", even=even, rules=rules))
    points = {sign: getattr(design.signs, sign) for sign in SIGNS}
    listed = [
        f"{SIGNS[sign]} ({format_number(value, 0 if value % 1 == 0 else 1)})" for sign, value in points.items() if value
    ]
    wait = format_duration(design.signs.long_wait_seconds)
    return str(
        _(
            "%(even)s spread evenly, the rest by points for signs of trouble: %(signs)s. A wait is long from %(wait)s.",
            even=even,
            signs=", ".join(listed),
            wait=wait,
        )
    )


def _describe_sizing(design: Design) -> str:
    if design.sizing is Sizing.each:
        words = _("%(count)s from each, or all there are", count=format_number(design.size))
    elif design.sizing is Sizing.precision:
        words = _("as many as ±%(margin)s points need", margin=format_number(design.margin, 1))
    else:
        words = _(
            "%(count)s in all, at least %(minimum)s from each, spread %(how)s",
            count=format_number(design.total),
            minimum=format_number(design.minimum),
            how=str(ALLOCATIONS[design.allocation]),
        )
    return str(words)
