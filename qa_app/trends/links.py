"""Where figures of this room lead: to the inspections or conversations behind them."""

from __future__ import annotations

from typing import Any

from flask import url_for

from qa_app.trends.scope import Scope

__all__ = ["agent_url", "losses_url", "topic_url"]


def losses_url(key: str, scope: Scope) -> str:
    """Address of the inspections that lost points in a criterion."""
    return url_for("trends.inspections", criterion=key, **scope.address())


def agent_url(agent_id: int, scope: Scope, **more: Any) -> str:
    """Address of an agent's conversations of the month."""
    return url_for("conversations.index", **_asked(scope), agent=agent_id, **more)


def topic_url(topic: str, scope: Scope) -> str:
    """Address of the month's conversations on a topic."""
    asked = _asked(scope) if scope.team_id is None else {**_asked(scope), "team": scope.team_id}
    return url_for("conversations.index", **asked, topic=topic)


def _asked(scope: Scope) -> dict[str, Any]:
    first, last = scope.days
    asked: dict[str, Any] = {"opened_from": first.isoformat(), "opened_to": last.isoformat()}
    return {**asked, "channel": scope.channel} if scope.channel else asked
