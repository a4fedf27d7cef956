"""The figures of a call's sound: silence, overlap, talk share, loudness, clipping and clarity, by channel and together.

For the page of a conversation, for measured criteria and for the rules that screen every call. They describe the
sound and not what was said; what each one means stands at `RecordingFeatures`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log10

import numpy as np
from numpy.typing import NDArray

from scoring.recording.loudness import HOP_SECONDS, integrated_loudness
from scoring.recording.meter import ChannelMeter, SoundMeter
from scoring.recording.silence import Stretch
from scoring.recording.speech import Spans, find_speech, join_spans

__all__ = [
    "METHOD",
    "OVERLAP_FROM_SECONDS",
    "SILENCE_FROM_SECONDS",
    "ChannelFeatures",
    "HeardLane",
    "RecordingFeatures",
    "measure_features",
]

METHOD = 1
"""Goes up when a definition here changes: what was measured before is then measured again."""
SILENCE_FROM_SECONDS = 2.0
"""A shorter pause belongs to talking."""
OVERLAP_FROM_SECONDS = 0.5
"""Shorter ones are listener's words."""
_BEST_CLARITY = 60.0
_HAIR = 1e-6

AGENT, CUSTOMER = "agent", "customer"


@dataclass(frozen=True, slots=True)
class HeardLane:
    """One channel of one file on the clock of the call; `side` is agent, customer, or empty for both or unknown."""

    side: str
    offset_seconds: float
    meter: SoundMeter
    channel: ChannelMeter


@dataclass(frozen=True, slots=True)
class ChannelFeatures:
    """Figures of one channel.

    Attributes
    ----------
    side : str
        ``agent``, ``customer``, or empty: both together, or nobody knows.
    talk_seconds : float
        Sum of its stretches of speech (`scoring.recording.speech`).
    talk_share : float
        Of the call's length, 0–1.
    loudness_lufs : float or None
        ITU-R BS.1770, this channel alone; None for silence.
    clarity_db : float or None
        A proxy: how far the voice stands above the channel's own noise. Power in speech less power outside it, over
        the latter; at most 60. None without speech, or with nothing but speech. It cannot hear an echo, a bad codec
        or a mumble.
    clipping_share : float
        Samples cut off at full scale, 0–1.
    peak_dbfs : float or None
        Largest amplitude; None for digital silence.
    """

    side: str
    talk_seconds: float
    talk_share: float
    loudness_lufs: float | None
    clarity_db: float | None
    clipping_share: float
    peak_dbfs: float | None


@dataclass(frozen=True, slots=True)
class RecordingFeatures:
    """Figures of a call.

    Attributes
    ----------
    duration_seconds : float
        From the beginning of the first file to the end of the last one.
    channels : tuple of ChannelFeatures
        Agent first, then customer, then the rest.
    silence_seconds, silence_share, longest_silence_seconds : float
        Stretches of `SILENCE_FROM_SECONDS` and more in which no channel speaks; the share is of the duration.
    overlap_seconds, overlap_share : float or None
        Stretches of `OVERLAP_FROM_SECONDS` and more in which two channels speak. None for one channel: both voices are
        in it, and nobody can tell.
    interruptions : int or None
        Overlaps that the agent began, by starting to speak while the customer did. None unless both are known.
    agent_talk_share : float or None
        Agent's speech / (agent's + customer's speech). None unless both are known.
    loudness_lufs : float or None
        ITU-R BS.1770 of all channels together.
    clarity_db : float or None
        That of the least clear channel.
    clipping_share : float
        That of the channel with most.
    silences, overlaps : tuple of Stretch
        Those stretches, in seconds from the start of the call.
    """

    duration_seconds: float
    channels: tuple[ChannelFeatures, ...]
    silence_seconds: float
    silence_share: float
    longest_silence_seconds: float
    overlap_seconds: float | None
    overlap_share: float | None
    interruptions: int | None
    agent_talk_share: float | None
    loudness_lufs: float | None
    clarity_db: float | None
    clipping_share: float
    silences: tuple[Stretch, ...]
    overlaps: tuple[Stretch, ...]

    def of_side(self, side: str) -> ChannelFeatures | None:
        """Figures of the one channel that carries this side alone."""
        return next((channel for channel in self.channels if channel.side == side), None)


def measure_features(lanes: Sequence[HeardLane]) -> RecordingFeatures:
    """Compute the figures of a call from its metered channels.

    Parameters
    ----------
    lanes : sequence of HeardLane
        Every channel of every file; at least one.

    Returns
    -------
    RecordingFeatures
        Exact to one step of 20 ms.
    """
    start = min(lane.offset_seconds for lane in lanes)
    duration = max(lane.offset_seconds + lane.meter.duration_seconds for lane in lanes) - start
    ordered = sorted(lanes, key=lambda lane: {AGENT: 0, CUSTOMER: 1}.get(lane.side, 2))
    spoken = [
        np.minimum(find_speech(lane.channel.power, lane.meter.step_seconds), lane.meter.duration_seconds)
        + (lane.offset_seconds - start)
        for lane in ordered
    ]
    channels = tuple(
        _channel_features(lane, spans, start, duration) for lane, spans in zip(ordered, spoken, strict=True)
    )
    silences = _at_least(_pauses(spoken, duration), SILENCE_FROM_SECONDS)
    overlaps = _at_least(_overlaps(spoken), OVERLAP_FROM_SECONDS)
    quiet, doubled = _length(silences), _length(overlaps)
    is_apart = len(lanes) > 1
    clearness = [channel.clarity_db for channel in channels if channel.clarity_db is not None]
    return RecordingFeatures(
        duration_seconds=duration,
        channels=channels,
        silence_seconds=quiet,
        silence_share=quiet / duration,
        longest_silence_seconds=float((silences[:, 1] - silences[:, 0]).max()) if len(silences) else 0.0,
        overlap_seconds=doubled if is_apart else None,
        overlap_share=doubled / duration if is_apart else None,
        interruptions=_interruptions(ordered, spoken, overlaps),
        agent_talk_share=_agent_share(channels),
        loudness_lufs=integrated_loudness(_on_one_clock(ordered, start, duration)),
        clarity_db=min(clearness, default=None),
        clipping_share=max(channel.clipping_share for channel in channels),
        silences=_stretches(silences),
        overlaps=_stretches(overlaps),
    )


def _channel_features(lane: HeardLane, spans: Spans, start: float, duration: float) -> ChannelFeatures:
    talk = _length(spans)
    peak = float(lane.channel.peaks.max(initial=0.0))
    return ChannelFeatures(
        side=lane.side,
        talk_seconds=talk,
        talk_share=talk / duration,
        loudness_lufs=integrated_loudness([lane.channel.hops]),
        clarity_db=_clarity(lane, spans - (lane.offset_seconds - start)),
        clipping_share=lane.channel.clipped / lane.meter.frames,
        peak_dbfs=20 * log10(peak) if peak > 0 else None,
    )


def _clarity(lane: HeardLane, spans: Spans) -> float | None:
    """Speech above noise in dB; see `ChannelFeatures`."""
    power = lane.channel.power.astype(np.float64)
    middles = (np.arange(power.size) + 0.5) * lane.meter.step_seconds
    place = np.searchsorted(spans[:, 0], middles, side="right") - 1
    speaking = (place >= 0) & (middles < spans[np.maximum(place, 0), 1]) if len(spans) else np.zeros(power.size, bool)
    if speaking.all() or not speaking.any():
        return None
    noise = float(power[~speaking].mean())
    voice = float(power[speaking].mean()) - noise
    if voice <= 0:
        return 0.0
    return _BEST_CLARITY if noise <= 0 else float(np.clip(10 * log10(voice / noise), 0.0, _BEST_CLARITY))


def _pauses(spoken: Sequence[Spans], duration: float) -> Spans:
    """The time in which no lane speaks."""
    everyone = np.concatenate([*spoken, np.zeros((0, 2))])
    joined = join_spans(everyone[np.argsort(everyone[:, 0], kind="stable")], _HAIR)
    return np.column_stack((np.concatenate(([0.0], joined[:, 1])), np.concatenate((joined[:, 0], [duration]))))


def _overlaps(spoken: Sequence[Spans]) -> Spans:
    """The time in which two lanes or more speak: voices are counted up and down at every border."""
    starts, ends = (np.concatenate([spans[:, side] for spans in spoken]) for side in (0, 1))
    moments = np.concatenate((starts, ends))
    changes = np.concatenate((np.ones(starts.size), -np.ones(ends.size)))
    order = np.lexsort((changes, moments))
    moments, voices = moments[order], np.cumsum(changes[order])
    if not moments.size:
        return np.zeros((0, 2))
    doubled = voices[:-1] >= 2
    found = np.column_stack((moments[:-1][doubled], moments[1:][doubled]))
    return join_spans(found[found[:, 1] > found[:, 0]], _HAIR)


def _interruptions(lanes: Sequence[HeardLane], spoken: Sequence[Spans], overlaps: Spans) -> int | None:
    by_side = {lane.side: spans for lane, spans in zip(lanes, spoken, strict=True)}
    if AGENT not in by_side or CUSTOMER not in by_side:
        return None
    begun = by_side[AGENT][:, 0]
    return int(sum(bool((np.abs(begun - start) < _HAIR).any()) for start, _ in overlaps))


def _agent_share(channels: Sequence[ChannelFeatures]) -> float | None:
    talk = {channel.side: channel.talk_seconds for channel in channels}
    both = talk.get(AGENT, 0.0) + talk.get(CUSTOMER, 0.0)
    return talk[AGENT] / both if AGENT in talk and CUSTOMER in talk and both > 0 else None


def _on_one_clock(lanes: Sequence[HeardLane], start: float, duration: float) -> list[NDArray[np.float64]]:
    """The K-weighted energies of all lanes in common hops; exact to half a hop."""
    count = int(duration / HOP_SECONDS)
    clock = (np.arange(count) + 0.5) * HOP_SECONDS
    laid = []
    for lane in lanes:
        place = np.floor((clock - (lane.offset_seconds - start)) / lane.meter.hop_seconds).astype(np.intp)
        inside = (place >= 0) & (place < lane.channel.hops.size)
        energies = np.zeros(count)
        energies[inside] = lane.channel.hops[place[inside]]
        laid.append(energies)
    return laid


def _at_least(spans: Spans, seconds: float) -> Spans:
    return spans[spans[:, 1] - spans[:, 0] >= seconds - _HAIR]


def _length(spans: Spans) -> float:
    return float((spans[:, 1] - spans[:, 0]).sum())


def _stretches(spans: Spans) -> tuple[Stretch, ...]:
    return tuple(Stretch(float(start), float(end)) for start, end in spans)
