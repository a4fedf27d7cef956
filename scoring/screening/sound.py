"""Figures of a recording: silence, both at once, how loud the agent is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from scoring.recording.silence import Lane, find_overlaps, find_silences

_LOUD = 0.9


def measure_recording(lanes: Sequence[Lane], *, agent: Lane | None = None) -> dict[str, float]:
    """Figures of a call's sound, by their names in `transcripts.GIVEN`.

    Parameters
    ----------
    lanes : sequence of Lane
        All channels on the call's clock.
    agent : Lane, optional
        The one that carries the agent alone.

    Returns
    -------
    dict of str to float
        ``silence_share`` and ``longest_silence_seconds`` (stretches of 5 s and more), ``overlap_share`` (1 s and
        more; with two lanes or more only), ``agent_loudness`` (level that nine tenths of the agent's outline stay
        under, 0–1). Shares are of the call's length. Empty without a lane or without length.
    """
    length = max((lane.offset_seconds + lane.duration_seconds for lane in lanes), default=0.0)
    if length <= 0:
        return {}
    silences = [one.end_seconds - one.start_seconds for one in find_silences(lanes)]
    figures = {"silence_share": sum(silences) / length, "longest_silence_seconds": max(silences, default=0.0)}
    if len(lanes) > 1:
        figures["overlap_share"] = sum(one.end_seconds - one.start_seconds for one in find_overlaps(lanes)) / length
    if agent is not None and agent.levels.size:
        figures["agent_loudness"] = float(np.quantile(agent.levels, _LOUD))
    return figures
