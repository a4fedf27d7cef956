"""Plans: what is to be drawn for a month, and the commitment to a seed that makes the draw nobody's choice."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from qa_app import audit
from qa_app.clock import now
from qa_app.conversations.metrics import month_bounds
from qa_app.home_folder import vault
from qa_app.models import Draw, RubricVersion, SamplingPlan, User
from qa_app.sampling.design import Design, Filters, RiskSource
from qa_app.sampling.errors import StageError
from qa_app.sampling.population import Population, read_population, zone_of
from qa_app.sampling.sizes import Forecast, forecast_plan
from scoring.sampling.chances import find_chances
from scoring.sampling.draw import SEED_BYTES, commit_to_seed
from scoring.sampling.frame import freeze_frame

__all__ = ["NewPlan", "Preview", "RiskForecast", "archive_plan", "create_plan", "preview_plan"]


RISKY = 0.5


@dataclass(frozen=True, slots=True)
class NewPlan:
    """What makes a plan. Without a rubric version each channel gets the published one."""

    name: str
    month: str
    filters: Filters
    design: Design
    rubric_version: RubricVersion | None = None


@dataclass(frozen=True, slots=True)
class RiskForecast:
    """What a draw by risk would find: risky conversations, and how many of them would be drawn.

    Risky is a conversation with a sign of trouble or a verdict that counts, or one whose probability is a half or more.
    """

    source: RiskSource
    marked: int
    eligible: int
    drawn_marked: float
    drawn_marked_equal: float


@dataclass(frozen=True, slots=True)
class Preview:
    """What a plan would give; a month without conversations yet is forecast by the one before, `month` says which.

    `risk` is there where the plan draws by risk.
    """

    month: str
    forecast: Forecast
    risk: RiskForecast | None = None


def create_plan(session: Session, actor: User | None, new: NewPlan) -> SamplingPlan:
    """Keep a plan and commit to a new seed; after the month has begun the commitment is late, and says so for good."""
    seed = secrets.token_bytes(SEED_BYTES)
    moment = now()
    begins, _ = month_bounds(new.month, zone_of(session))
    plan = SamplingPlan(
        name=new.name,
        month=new.month,
        filters=new.filters.to_json(),
        design=new.design.to_json(),
        rubric_version_id=new.rubric_version.id if new.rubric_version else None,
        seed=vault().seal(seed),
        commitment=commit_to_seed(seed).hex(),
        committed_at=moment,
        is_committed_late=moment >= begins,
        created_by_id=actor.id if actor else None,
    )
    plan.draws = [Draw(public_id=_make_public_id(new.month))]
    session.add(plan)
    session.flush()
    audit.record(
        session,
        actor,
        action="plan.create",
        thing=plan,
        name=plan.name,
        month=plan.month,
        draw=plan.draws[0].public_id,
        commitment=plan.commitment,
        is_committed_late=plan.is_committed_late,
        design=plan.design,
        filters=plan.filters,
    )
    return plan


def archive_plan(session: Session, actor: User, plan: SamplingPlan) -> None:
    """Put a plan away that was never drawn; its commitment and its audit events stay."""
    if plan.archived_at is not None or any(draw.drawn_at for draw in plan.draws):
        raise StageError("archive")
    plan.archived_at = now()
    audit.record(session, actor, action="plan.archive", thing=plan, name=plan.name)


def preview_plan(session: Session, new: NewPlan) -> Preview | None:
    """Say what a plan would give in its month, else in the month before; none where neither has conversations."""
    for month in (new.month, _month_before(new.month)):
        imagined = SamplingPlan(month=month, filters=new.filters.to_json(), design=new.design.to_json())
        population = read_population(session, imagined)
        if population.ids:
            forecast = forecast_plan(session, new.design, population.count_by_stratum())
            return Preview(month, forecast, _forecast_risk(population, forecast.sizes, new.design.risk_source))
    return None


def _forecast_risk(population: Population, sizes: Mapping[str, int], source: RiskSource) -> RiskForecast | None:
    """Add up the chances of the risky conversations, as they would be and as equal chances would be."""
    if population.risks is None:
        return None
    frame = freeze_frame(population.ids, population.strata, population.sizes)
    counts, marked = frame.count_by_stratum(), {}
    for name, stratum, risk in zip(population.ids, population.strata, population.risks, strict=True):
        if risk > 0 if source in (RiskSource.signs, RiskSource.rules) else risk >= RISKY:
            marked[name] = sizes.get(stratum, 0) / counts[stratum]
    chances = zip(frame.ids, find_chances(frame, sizes).tolist(), strict=True)
    drawn = sum(chance for name, chance in chances if name in marked)
    return RiskForecast(source, len(marked), len(frame), drawn, sum(marked.values()))


def _month_before(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return f"{year - 1}-12" if number == 1 else f"{year}-{number - 1:02d}"


def _make_public_id(month: str) -> str:
    """Name a draw so that people can read it out: its month and eight letters nobody chose."""
    return f"{month}-{base64.b32encode(secrets.token_bytes(5)).decode().lower()}"
