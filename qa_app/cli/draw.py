"""`flask draw`: plan and draw a month, show its stages, verify it, export what anybody needs to check it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
from flask.cli import AppGroup
from flask_babel import force_locale
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from qa_app.cli.metrics import Month
from qa_app.db import db, unit_of_work
from qa_app.models import Channel, Draw, SamplingPlan, Team
from qa_app.sampling import handout, pages, plans, stages, verification
from qa_app.sampling.design import DEFAULT_PER_STRATUM, Chances, Design, Filters, RiskSource, Sizing, Strata
from qa_app.sampling.errors import SamplingError
from scoring.sampling.allocate import DEFAULT_MINIMUM, Allocation
from scoring.sampling.assign import DEFAULT_DOUBLE_SHARE
from scoring.sampling.chances import UNIFORM_SHARE

__all__ = ["draw"]

draw = AppGroup("draw", help="Plan, draw, verify and export samples of a month.")


@draw.command("create")
@click.option("--month", type=Month(), required=True, help="Month to draw from, YYYY-MM.")
@click.option("--name", default="", help="Name of the plan; the month unless given.")
@click.option("--per-agent", "size", type=click.IntRange(1), help=f"Conversations from each; {DEFAULT_PER_STRATUM}.")
@click.option("--precision", type=click.FloatRange(0.5, 50), help="Instead: as many as ± so many points need.")
@click.option("--total", type=click.IntRange(1), help="Instead: a total, spread by --allocation.")
@click.option("--allocation", type=click.Choice(list(Allocation)), default=Allocation.equal, show_default=True)
@click.option("--minimum", type=click.IntRange(0), default=DEFAULT_MINIMUM, show_default=True, help="Least from each.")
@click.option("--strata", type=click.Choice(list(Strata)), default=Strata.agent, show_default=True)
@click.option("--channel", "channels", multiple=True, type=click.Choice(list(Channel)), help="Only these; repeatable.")
@click.option("--team", "teams", multiple=True, help="Only these teams, by name; repeatable.")
@click.option("--topic", "topics", multiple=True, help="Only these topics; repeatable.")
@click.option("--by-risk", is_flag=True, help="Raise the chance of conversations where trouble is likely.")
@click.option("--risk-source", type=click.Choice(list(RiskSource)), default=RiskSource.signs, show_default=True,
              help="With --by-risk: signs of trouble, learned, given by the import, or verdicts of rules.")  # fmt: skip
@click.option("--risk-rule", "risk_rules", multiple=True, metavar="CODE:OUTCOME",
              help="With --risk-source rules: what counts, such as greeted:not_satisfied; repeatable.")  # fmt: skip
@click.option("--even-share", type=click.FloatRange(0.05, 1), default=UNIFORM_SHARE, show_default=True,
              help="With --by-risk: share of the draw that stays spread evenly.")  # fmt: skip
@click.option("--double", type=click.FloatRange(0, 1), default=DEFAULT_DOUBLE_SHARE, show_default=True,
              help="Share scored twice, blind.")  # fmt: skip
@click.option("--seed-public", default="", help="The public part, known to all only after the freeze.")
@click.option("--public-source", default="", help="Where the public part comes from.")
@click.option("--hand-out/--no-hand-out", default=True, show_default=True, help="Give the samples to inspectors.")
@click.option("--reveal/--no-reveal", default=True, show_default=True, help="Open the seed, and with it verification.")
def create(
    month: str,
    name: str,
    size: int | None,
    precision: float | None,
    total: int | None,
    allocation: str,
    minimum: int,
    strata: str,
    channels: tuple[str, ...],
    teams: tuple[str, ...],
    topics: tuple[str, ...],
    by_risk: bool,
    risk_source: str,
    risk_rules: tuple[str, ...],
    even_share: float,
    double: float,
    seed_public: str,
    public_source: str,
    hand_out: bool,
    reveal: bool,
) -> None:
    """Plan a month and take every stage of its draw: commit, freeze, public part, draw, hand out, reveal."""
    if sum(value is not None for value in (size, precision, total)) > 1:
        raise click.UsageError("Give one of --per-agent, --precision and --total.")
    if by_risk and risk_source == RiskSource.rules and not risk_rules:
        raise click.UsageError("Name at least one verdict with --risk-rule, such as greeted:not_satisfied.")
    design = Design(
        strata=Strata(strata),
        chances=Chances.risk if by_risk else Chances.equal,
        risk_source=RiskSource(risk_source),
        risk_rules=risk_rules,
        even_share=even_share,
        sizing=Sizing.total if total else Sizing.precision if precision else Sizing.each,
        size=size or DEFAULT_PER_STRATUM,
        margin=precision or Design().margin,
        total=total or 0,
        allocation=Allocation(allocation),
        minimum=minimum,
        double_share=double,
        public_source=public_source,
    )
    with unit_of_work() as session:
        filters = Filters(channels, _find_teams(session, teams), topics)
        new = plans.NewPlan(name or month, month, filters, design)
        try:
            made = _take_stages(session, new, seed_public, hand_out=hand_out, reveal=reveal)
        except SamplingError as error:
            with force_locale("en"):  # there is no request that could say which language is wanted
                raise click.ClickException(pages.explain_refusal(error)) from error
        _tell(made)


@draw.command("show")
@click.argument("which", metavar="[DRAW|YYYY-MM]", required=False)
def show(which: str | None) -> None:
    """Show the stages of a draw, or list all draws (of a month)."""
    session = db.session()
    found = session.scalar(select(Draw).where(Draw.public_id == which)) if which else None
    if found is not None:
        _tell(found)
        return
    query = select(Draw).join(SamplingPlan).order_by(SamplingPlan.month.desc(), Draw.id)
    if which:
        query = query.where(SamplingPlan.month == which)
    listed = session.scalars(query).all()
    if which and not listed:
        raise click.ClickException(f"There is no draw {which!r}. `flask draw show` lists all.")
    for one in listed:
        late = "committed late" if one.plan.is_committed_late else ""
        click.echo(f"{one.public_id}\t{one.plan.month}\t{stages.stage_of(one)}\t{sum(one.sizes.values())}\t{late}")


@draw.command("verify")
@click.argument("which", metavar="DRAW|YYYY-MM")
@click.pass_context
def verify(context: click.Context, which: str) -> None:
    """Recompute a revealed draw, or all of a month, and print the five checks; status 1 when one fails."""
    session = db.session()
    found = _find_all(session, which)
    verdicts = []
    for one in found:
        if len(found) > 1:
            click.echo(f"{one.public_id}:")
        verdicts.append(_is_verified(session, one))
    context.exit(0 if all(verdicts) else 1)


@draw.command("export")
@click.argument("which", metavar="DRAW|YYYY-MM")
@click.argument("target", type=click.Path(dir_okay=False, writable=True, path_type=Path))
def export(which: str, target: Path) -> None:
    """Write the ZIP with which anybody can verify the draw to TARGET."""
    session = db.session()
    one, *others = _find_all(session, which)
    if others:
        lines = "\n".join(f"  flask draw export {draw.public_id} {target}" for draw in (one, *others))
        raise click.ClickException(f"{which} has several draws. Name one:\n{lines}")
    try:
        target.write_bytes(verification.export_draw(session, one))
    except SamplingError as error:
        raise click.ClickException(f"The seed of {one.public_id} is not revealed yet.") from error
    click.echo(f"{target}: verify it with python3 verify_draw.py {target.name}")


def _is_verified(session: Session, one: Draw) -> bool:
    """Print the checks of a draw; a sealed one cannot be verified yet, which is said."""
    try:
        result = verification.check_draw(session, one)
    except SamplingError:
        click.echo(f"The seed of {one.public_id} is not revealed yet.", err=True)
        return False
    for check in result.checks:
        misfits = f": {', '.join(check.misfits[:10])}" if check.misfits else ""
        click.echo(f"{check.state:<10} {check.name}{misfits}")
    click.echo(f"{result.recomputed} numbers recomputed, {sum(one.sizes.values())} samples planned.")
    return result.is_sound


def _take_stages(session: Session, new: plans.NewPlan, public_part: str, *, hand_out: bool, reveal: bool) -> Draw:
    (made,) = plans.create_plan(session, None, new).draws
    stages.freeze_population(session, None, made)
    if public_part:
        source = new.design.public_source or "command line"
        stages.note_public_part(session, None, made, text=public_part, source=source)
    stages.execute_draw(session, None, made)
    if hand_out and not handout.list_seats(session):
        click.echo("There is no inspector yet: the samples wait to be handed out on the draw's page.", err=True)
    elif hand_out:
        handout.hand_out(session, None, made)
    if reveal:
        stages.reveal_seed(session, None, made)
    return made


def _find_teams(session: Session, names: tuple[str, ...]) -> tuple[int, ...]:
    found = {team.name: team.id for team in session.scalars(select(Team).where(Team.name.in_(names)))}
    for name in names:
        if name not in found:
            raise click.BadParameter(f"There is no team {name!r}.", param_hint="--team")
    return tuple(found.values())


def _find_all(session: Session, which: str) -> Sequence[Draw]:
    query = select(Draw).join(SamplingPlan).where(or_(Draw.public_id == which, SamplingPlan.month == which))
    found = session.scalars(query.order_by(Draw.id)).all()
    if not found:
        raise click.ClickException(f"There is no draw {which!r}. `flask draw show` lists all.")
    return found


def _tell(one: Draw) -> None:
    plan = one.plan
    late = " (late: the month had begun)" if plan.is_committed_late else ""
    click.echo(f"{one.public_id}: {plan.name}, {plan.month}, {stages.stage_of(one)}")
    click.echo(f"  committed {plan.committed_at:%Y-%m-%d %H:%M:%S}Z{late}: {plan.commitment}")
    if one.frozen_at is not None:
        left_out = ", ".join(f"{count} {reason}" for reason, count in sorted(one.excluded.items())) or "nothing"
        click.echo(f"  frozen {one.frame_size} of {one.month_size} imported; left out: {left_out}")
        click.echo(f"  list {one.frame_digest}")
    if one.public_part is not None:
        click.echo(f"  public part {one.public_part!r} from {one.public_part_source}")
    if one.drawn_at is not None:
        click.echo(f"  drawn {sum(one.sizes.values())} from {len(one.sizes)} groups; order {one.order_digest}")
    if one.handed_out_at is not None:
        scorings = sum(len(sample.assignments) for sample in one.samples)
        click.echo(f"  handed out {scorings} scorings; rule not kept for {len(one.shortfalls)} agents")
