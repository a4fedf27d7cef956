"""What the plan pages need from the database: choices for the form, the preview, shortfalls with names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import sqrt
from typing import Any

from flask import request
from flask_babel import LazyString, get_locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.clock import now
from qa_app.conversations.metrics import month_bounds
from qa_app.models import Agent, Draw, RubricVersion, SamplingPlan, Team, VersionState
from qa_app.sampling.design import Design, Filters, Strata
from qa_app.sampling.errors import NoModelForRisk, SizesTooSmall
from qa_app.sampling.forms import PERCENT, PlanForm
from qa_app.sampling.handout import propose_double_share
from qa_app.sampling.plans import NewPlan, Preview, preview_plan
from qa_app.sampling.population import zone_of
from qa_app.sampling.queries import list_topics
from qa_app.sampling.rule_risk import list_verdicts
from qa_app.sampling.words import stratum_title
from qa_app.screening.store import active_model
from qa_app.web.filters import format_number

__all__ = ["PreviewPanel", "list_shortfalls", "make_form", "preview", "preview_kept", "read_plan"]


@dataclass(frozen=True, slots=True)
class PreviewPanel:
    """What the panel beside the form shows: the preview or why there is none, and one line per stratum."""

    month: str
    found: Preview | None = None
    problem: str = ""
    is_late: bool = False
    rows: tuple[tuple[str, int, int], ...] = ()
    formulas: tuple[str, ...] = ()


def make_form(session: Session) -> PlanForm:
    """Make the plan form with its choices; a new one proposes next month and the usual five per agent."""
    teams = list(session.scalars(select(Team).order_by(Team.name)))
    rubrics = [(version.id, _name_of(version)) for version in _published(session).values()]
    choices: dict[str, Any] = {
        "teams": teams,
        "topics": list_topics(session),
        "rubrics": rubrics,
        "has_model": active_model(session) is not None,
        "verdicts": list_verdicts(session, "zh" if str(get_locale()).startswith("zh") else "en"),
    }
    if request.method == "POST":
        return PlanForm(**choices)
    default, month = Design(), _next_month(session)
    return PlanForm(
        **choices,
        name=month,
        month=month,
        strata=default.strata,
        chances=default.chances,
        risk_source=default.risk_source,
        sizing=default.sizing,
        size=default.size,
        margin=default.margin,
        allocation=default.allocation,
        minimum=default.minimum,
        min_agent_messages=default.eligibility.min_agent_messages,
        min_audio_seconds=default.eligibility.min_audio_seconds,
        rubric_version_id=0,
        double_percent=propose_double_share(session) * PERCENT,
        working_days=default.working_days,
    )


def read_plan(session: Session, form: PlanForm) -> NewPlan:
    """Turn a valid form into a plan."""
    return form.to_plan(_published(session))


def preview(session: Session, form: PlanForm) -> PreviewPanel:
    """Say what the plan typed so far would give."""
    if request.method == "POST" and not form.validate():
        return PreviewPanel(form.month.data or "", problem="incomplete")
    return _preview(session, read_plan(session, form))


def preview_kept(session: Session, plan: SamplingPlan) -> PreviewPanel:
    """Say what a kept plan would give now; whether it was late stands on the plan itself."""
    new = NewPlan(plan.name, plan.month, Filters.from_json(plan.filters), Design.from_json(plan.design))
    return replace(_preview(session, new), is_late=False)


def list_shortfalls(session: Session, draw: Draw, titles: Mapping[str, LazyString]) -> list[tuple[str, str]]:
    """List the agents for whom the assignment rule could not be kept, with the part of it."""
    ids = [int(agent_id) for agent_id in draw.shortfalls]
    names = dict(session.execute(select(Agent.id, Agent.name).where(Agent.id.in_(ids))).all())
    return sorted((names.get(int(one), one), str(titles[code])) for one, code in draw.shortfalls.items())


def _preview(session: Session, new: NewPlan) -> PreviewPanel:
    begins, _ends = month_bounds(new.month, zone_of(session))
    is_late = now() >= begins
    try:
        found = preview_plan(session, new)
    except SizesTooSmall:
        return PreviewPanel(new.month, problem="too_small", is_late=is_late)
    except NoModelForRisk:
        return PreviewPanel(new.month, problem="no_model", is_late=is_late)
    if found is None:
        return PreviewPanel(new.month, problem="empty", is_late=is_late)
    return PreviewPanel(
        new.month, found, is_late=is_late, rows=_list_rows(session, new.design, found), formulas=_formulas(found)
    )


def _formulas(found: Preview) -> tuple[str, ...]:
    """Write what each precision costs a typical group, with its numbers; not where the whole group is taken."""
    from scoring.sampling.planner import expected_margin  # SciPy is loaded with the first forecast

    population, facts = found.forecast.typical, found.forecast.facts
    lines = []
    for row in found.forecast.table:
        reached = expected_margin(population, row.size, facts.spread.sd, gain=facts.gain)
        if reached:
            factor = reached / facts.spread.sd / sqrt((1 - row.size / population) / (facts.gain * row.size))
            numbers = f"{format_number(factor, 2)} × {format_number(facts.spread.sd, 1)}"
            worth, worths = "n", f"{row.size}"
            if facts.gain > 1:  # with learned scores one inspection counts for more
                worth, worths = "(g·n)", f"({format_number(facts.gain, 2)}·{row.size})"
            end = f"√((1 − {row.size}/{population})/{worths}) = {format_number(reached, 2)}"
            lines.append(f"t·S·√((1 − n/N)/{worth}) = {numbers} × {end} ≤ {format_number(row.margin)}")
    return tuple(lines)


def _list_rows(session: Session, design: Design, found: Preview) -> tuple[tuple[str, int, int], ...]:
    names: dict[str, str] = {}
    if design.strata is Strata.agent:
        names = dict(session.execute(select(Agent.employee_number, Agent.name)).all())
    sizes = found.forecast.sizes
    return tuple(
        (stratum_title(design.strata, stratum, names), eligible, sizes[stratum])
        for stratum, eligible in found.forecast.populations.items()
    )


def _published(session: Session) -> dict[int, RubricVersion]:
    query = select(RubricVersion).where(RubricVersion.state == VersionState.published).order_by(RubricVersion.id)
    return {version.id: version for version in session.scalars(query)}


def _name_of(version: RubricVersion) -> str:
    rubric, locale = version.rubric, get_locale()
    name = rubric.name_zh if locale and locale.language == "zh" and rubric.name_zh else rubric.name
    return f"{name} · {version.number}"


def _next_month(session: Session) -> str:
    today = now().astimezone(zone_of(session))
    year, month = (today.year + 1, 1) if today.month == 12 else (today.year, today.month + 1)
    return f"{year}-{month:02d}"
