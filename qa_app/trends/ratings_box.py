"""The card "What do customers say?": satisfied customers and recommendation, by team and by agent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from qa_app.trends.cases import Cases, add_up
from qa_app.trends.links import agent_url
from qa_app.trends.scope import Scope
from qa_app.trends.words import MOST_ROWS, format_shares, left_off_words, too_few_words, write_interval
from qa_app.web.filters import format_number, format_percent
from scoring.estimates.beta import Beta
from scoring.estimates.promoters import FEWEST_RESPONSES, NetPromoters, estimate_net_promoters
from scoring.estimates.satisfaction import Satisfaction, estimate_mean_stars, estimate_satisfaction
from scoring.estimates.shares import fit_share_prior
from scoring.values import Estimate

__all__ = ["RatingRow", "RatingsBox", "make_ratings_box"]


@dataclass(frozen=True, slots=True)
class RatingRow:
    """One team or agent; `estimate` is none where there are too few answers to show a value."""

    name: str
    url: str
    estimate: Estimate | None
    satisfied: str
    likely: str
    raw: str
    responses: str
    band: str
    stars: str
    recommend: str
    answers: int


@dataclass(frozen=True, slots=True)
class RatingsBox:
    """The whole card; without any answer `has_answers` is false."""

    total: RatingRow
    teams: tuple[RatingRow, ...]
    agents: tuple[RatingRow, ...]
    left_off: str
    has_answers: bool
    has_recommendation: bool
    is_shrunk: bool


def make_ratings_box(
    agents: Sequence[Any],
    cases: Mapping[int, Cases],
    stars: Mapping[int, Sequence[float]],
    scope: Scope,
    *,
    is_chinese: bool,
) -> RatingsBox:
    """Estimate by team and by agent; eight agents or teams and more learn from each other."""
    seen = [row for row in agents if row.id in cases]
    teams: dict[int, list[Any]] = {}
    for row in seen:
        teams.setdefault(row.team_id, []).append(row)
    by_team = {team: add_up(cases[row.id] for row in members) for team, members in teams.items()}
    of_team = {team: [star for row in members for star in stars.get(row.id, ())] for team, members in teams.items()}
    prior, of_teams = _prior(cases[row.id] for row in seen), _prior(by_team.values())
    agent_stars = _mean_stars({row.id: stars.get(row.id, ()) for row in seen})
    team_stars = _mean_stars(of_team)
    whole = add_up(by_team.values())
    whole_stars = _mean_stars({0: [star for found in of_team.values() for star in found]})
    return RatingsBox(
        total=_row(_("All"), "", whole, None, whole_stars[0]),
        teams=tuple(
            _row(
                (is_chinese and members[0].team_zh) or members[0].team,
                url_for("trends.index", **{**scope.address(), "team": team}),
                by_team[team],
                of_teams,
                team_stars[team],
            )
            for team, members in sorted(teams.items(), key=lambda pair: pair[1][0].team)
        ),
        agents=tuple(
            _row(row.name, agent_url(row.id, scope), cases[row.id], prior, agent_stars[row.id])
            for row in seen[:MOST_ROWS]
        ),
        left_off=left_off_words(min(len(seen), MOST_ROWS), len(seen)),
        has_answers=whole.rated + whole.nps_answers > 0,
        has_recommendation=whole.nps_answers > 0,
        is_shrunk=prior is not None,
    )


def _mean_stars(answers: Mapping[int, Sequence[float]]) -> dict[int, Estimate]:
    """Mean stars of each, by the id given."""
    found = estimate_mean_stars({f"{one:012d}": own for one, own in answers.items()})
    return {int(one): mean.estimate for one, mean in found.items()}


def _prior(parts: Iterable[Cases]) -> Beta | None:
    counted = list(parts)
    return fit_share_prior([one.satisfied for one in counted], [one.rated for one in counted])


def _row(name: str, url: str, cases: Cases, prior: Beta | None, stars: Estimate) -> RatingRow:
    found = estimate_satisfaction(cases.satisfied, cases.rated, cases.asked, prior)
    estimate = found.share.estimate
    enough = not found.is_too_few and estimate.value is not None
    return RatingRow(
        name=name,
        url=url,
        estimate=estimate if enough else None,
        satisfied=format_percent(estimate.value, cases.rated)
        if enough
        else too_few_words(cases.rated, FEWEST_RESPONSES),
        likely=format_shares(estimate) if enough else "",
        raw=_counts(cases.satisfied, cases.rated),
        responses=_responses(found),
        band=format_shares(found.band) if enough else "–",
        stars=_stars(stars),
        recommend=_recommend(estimate_net_promoters(cases.promoters, cases.detractors, cases.nps_answers)),
        answers=cases.rated,
    )


def _responses(found: Satisfaction) -> str:
    """Write who answered of those asked, with its interval."""
    rate = found.response_rate
    if rate.value is None:
        return str(_("nobody asked"))
    return f"{format_percent(rate.value, rate.n)} ({format_shares(rate)})"


def _stars(estimate: Estimate) -> str:
    """Write mean stars with their interval; nothing below five answers, whose number stands beside."""
    if estimate.n < FEWEST_RESPONSES:
        return "–"
    return write_interval(*(format_number(one, 2) for one in (estimate.value, estimate.lower, estimate.upper)))


def _recommend(found: NetPromoters) -> str:
    """Write an NPS with its interval and n; below five answers that there are too few."""
    estimate = found.estimate
    if estimate.value is None:
        return "–"
    if estimate.n < FEWEST_RESPONSES:
        return _too_few(estimate.n)
    return str(
        _(
            "%(value)s (%(lower)s to %(upper)s), n %(n)s",
            value=format_number(estimate.value),
            lower=format_number(estimate.lower),
            upper=format_number(estimate.upper),
            n=format_number(estimate.n),
        )
    )


def _counts(k: int, n: int) -> str:
    return str(_("%(k)s of %(n)s", k=format_number(k), n=format_number(n))) if n else "–"


def _too_few(n: int) -> str:
    return too_few_words(n, FEWEST_RESPONSES)
