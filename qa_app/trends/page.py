"""The page of trends: everything it shows, read by a fixed number of queries, as finished values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from qa_app.models import RoleName, User
from qa_app.trends import queries
from qa_app.trends.cases import count_cases, count_weeks, list_stars, newest_opening
from qa_app.trends.criteria import read_criteria
from qa_app.trends.inspected import read_inspected
from qa_app.trends.links import losses_url, topic_url
from qa_app.trends.scope import TREND_MONTHS, Scope, Span
from qa_app.trends.themes import read_texts
from qa_app.trends.themes_box import ThemesBox, make_themes_box

if TYPE_CHECKING:
    from qa_app.trends.losses_box import ChangesBox, LossesBox
    from qa_app.trends.rates_box import FunnelBox
    from qa_app.trends.ratings_box import RatingsBox
    from qa_app.trends.shares_box import ShareBox
    from qa_app.trends.trend_box import TrendBox

__all__ = ["TrendsPage", "make_trends_page"]


@dataclass(frozen=True, slots=True)
class TrendsPage:
    """All cards."""

    scope: Scope
    trend: TrendBox
    losses: LossesBox
    criteria: ChangesBox
    topics: ChangesBox
    themes: ThemesBox
    shares: tuple[ShareBox, ...]
    shares_notes: tuple[str, ...]
    funnels: tuple[FunnelBox, ...]
    ratings: RatingsBox


def make_trends_page(session: Session, actor: User, scope: Scope, language: str) -> TrendsPage:
    """Gather the cards."""
    # These bring SciPy, which no start of the application waits for.
    from qa_app.trends import losses, losses_box, rates_box, ratings_box, shares_box, trend_box

    inspected = read_inspected(session, scope, scope.months(TREND_MONTHS))
    criteria = read_criteria(session, (one.version_id for one in inspected), language)
    now, before = _of(inspected, scope.span), _of(inspected, scope.before)
    answers = losses.answers_by_inspection(queries.list_answers(session, scope, scope.months(2)))
    agents, cases = queries.list_agents(session, scope), count_cases(session, scope)
    return TrendsPage(
        scope=scope,
        trend=trend_box.make_trend_box(inspected, scope.zone),
        losses=losses_box.make_losses_box(
            losses.rank_criteria(now, answers, criteria, scope), len(now), criteria, scope
        ),
        criteria=losses_box.make_changes_box(
            losses.find_rising_criteria(before, now, answers, criteria),
            criteria.title,
            lambda key: losses_url(key, scope),
        ),
        topics=losses_box.make_changes_box(
            losses.find_rising_topics(queries.count_topics(session, scope)),
            lambda topic: topic,
            lambda topic: topic_url(topic, scope),
        ),
        themes=make_themes_box(session, read_texts(session, scope), criteria),
        shares=shares_box.make_share_boxes(
            count_weeks(session, scope), shares_box.open_weeks(newest_opening(session), scope)
        ),
        shares_notes=shares_box.make_notes(),
        funnels=rates_box.make_funnel_boxes(agents, cases, scope, names_everybody=RoleName.qa_lead in actor.role_names),
        ratings=ratings_box.make_ratings_box(
            agents, cases, list_stars(session, scope), scope, is_chinese=language.startswith("zh")
        ),
    )


def _of(inspected: Sequence[Any], span: Span) -> list[Any]:
    return [one for one in inspected if span.start <= one.opened_at < span.end]
