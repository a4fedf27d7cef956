"""Figures of a call's sound as features: what was measured once (`scoring.recording`), by the names used here."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scoring.recording.features import RecordingFeatures


def sound_figures(measured: RecordingFeatures) -> dict[str, float]:
    """Figures of a call's sound, by their names in `transcripts.GIVEN`.

    Parameters
    ----------
    measured : RecordingFeatures
        As `scoring.recording.measure_features` gives them.

    Returns
    -------
    dict of str to float
        ``silence_share``, ``longest_silence_seconds``; ``overlap_share`` where two channels or more were heard;
        ``agent_loudness``, ``10^(LUFS / 20)`` of the channel that carries the agent alone: an amplitude of 0–1, since
        every figure has to be positive. What is not known is absent.
    """
    figures = {"silence_share": measured.silence_share, "longest_silence_seconds": measured.longest_silence_seconds}
    if measured.overlap_share is not None:
        figures["overlap_share"] = measured.overlap_share
    agent = measured.of_side("agent")
    if agent is not None and agent.loudness_lufs is not None:
        figures["agent_loudness"] = float(10 ** (agent.loudness_lufs / 20))
    return figures
