"""The conversations of a month as columns of numbers, and the way from there to the columns of the indicators.

For `metrics`; `month_reading` fills them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from scoring.timing.indicators import ConversationColumns, Flags, Floats
from scoring.timing.targets import Targets, first_response_due, judge_targets, resolution_due
from scoring.timing.working import WorkingCalendar, WorkingTimeline

__all__ = ["MOMENTS", "NUMBERS", "WORDS", "MonthRows"]

_TAKEN_AS_THEY_ARE = (
    "first_response_seconds",
    "handle_seconds",
    "talk_seconds",
    "hold_seconds",
    "wrap_up_seconds",
    "wait_seconds",
    "resolved",
    "csat",
    "nps",
)
NUMBERS = (
    *_TAKEN_AS_THEY_ARE,
    "answered",
    "reopen_count",
    "transfer_count",
    "first_response_target_met",
    "resolution_target_met",
    "agent_message_count",
    "scripted_message_count",
    "survey_count",
    "repeats_earlier",
)
MOMENTS = ("opened_at", "first_response_at", "resolved_at")
WORDS = ("channel", "priority")
_LONGEST_TARGET_DAYS = 45
"""The calendar is laid out so far around the month: holidays and targets reach over its ends."""


@dataclass(frozen=True, slots=True)
class MonthRows:
    """What was read, still by conversation: numbers and moments (Unix seconds) as floats, NaN for unknown.

    `subject` numbers the pairs of customer and topic, as `subjects` names them; -1 where either is unknown.
    """

    ids: NDArray[np.intp]
    keys: Sequence[str]
    numbers: dict[str, Floats]
    moments: dict[str, Floats]
    words: dict[str, NDArray[np.str_]]
    gap_counts: NDArray[np.intp]
    gaps: Floats
    subject: NDArray[np.intp]
    subjects: dict[tuple[str, str], int]

    def flags(self, name: str) -> Flags:
        """A number as yes (above 0) or no; unknown is no."""
        return np.nan_to_num(self.numbers[name]) > 0

    def to_indicator_columns(
        self, group: NDArray[np.intp], *, calendar: WorkingCalendar, targets: Targets, is_repeat: Floats, at: datetime
    ) -> ConversationColumns:
        """Put what was read into the form that the indicators are computed from."""
        timeline = self._timeline(calendar)
        answered_at, resolved_at = self._answered_at(), self.moments["resolved_at"]
        waited_since = answered_at - self.numbers["first_response_seconds"]
        first_met, solved_met = self._judge(targets, timeline, answered_at, at)
        return ConversationColumns(
            group=group,
            gap_group=np.repeat(group, self.gap_counts),
            gaps=self.gaps,
            answered=self.flags("answered"),
            was_resolved=self.flags("resolved") | ~np.isnan(resolved_at),
            was_reopened=self.flags("reopen_count"),
            is_repeat=is_repeat,
            first_response_seconds_working=timeline.elapsed(waited_since, answered_at),
            resolution_seconds=resolved_at - self.moments["opened_at"],
            first_response_met=first_met,
            resolution_met=solved_met,
            transfers=self.numbers["transfer_count"],
            survey_sent=self.flags("survey_count"),
            agent_messages=self.numbers["agent_message_count"],
            scripted_messages=self.numbers["scripted_message_count"],
            complaints=None,
            **{name: self.numbers[name] for name in _TAKEN_AS_THEY_ARE},
        )

    def judge(self, *, calendar: WorkingCalendar, targets: Targets, at: datetime) -> tuple[Floats, Floats]:
        """Whether first response and resolution met their targets: 1, 0, or NaN where there is nothing to judge yet."""
        return self._judge(targets, self._timeline(calendar), self._answered_at(), at)

    def _answered_at(self) -> Floats:
        """When the first response came; a call says only how long it took."""
        stated = self.moments["first_response_at"]
        derived = self.moments["opened_at"] + self.numbers["first_response_seconds"]
        return np.where(np.isnan(stated), derived, stated)

    def _judge(
        self, targets: Targets, timeline: WorkingTimeline, answered_at: Floats, at: datetime
    ) -> tuple[Floats, Floats]:
        """Whether first response and resolution met their targets, as seen at this moment."""
        opened, channel, priority = self.moments["opened_at"], self.words["channel"], self.words["priority"]
        first_due = first_response_due(opened, channel, priority, targets, timeline)
        # Answered, but nobody wrote down when: neither met nor missed.
        first_due = np.where(self.flags("answered") & np.isnan(answered_at), np.nan, first_due)
        solved_due = resolution_due(opened, priority, targets, timeline)
        own_first, own_solved = self.numbers["first_response_target_met"], self.numbers["resolution_target_met"]
        return (
            judge_targets(own_first, first_due, answered_at, now=at.timestamp()),
            judge_targets(own_solved, solved_due, self.moments["resolved_at"], now=at.timestamp()),
        )

    def _timeline(self, calendar: WorkingCalendar) -> WorkingTimeline:
        known = self.moments["opened_at"][~np.isnan(self.moments["opened_at"])]
        first, last = (known.min(), known.max()) if known.size else (0.0, 0.0)
        around = timedelta(days=_LONGEST_TARGET_DAYS)
        return WorkingTimeline(
            calendar,
            (datetime.fromtimestamp(first, calendar.zone) - around).date(),
            (datetime.fromtimestamp(last, calendar.zone) + around).date(),
        )
