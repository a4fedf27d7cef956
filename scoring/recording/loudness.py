"""Loudness as people hear it: K-weighting and gating of Recommendation ITU-R BS.1770-5, annex 1.

The recommendation prints its two filters for 48 kHz. Here their response weighs the spectrum of every 100 ms, so that
a call of 8 kHz is weighed by the very same curve: the filters designed anew for so low a rate read 0.2 dB too high.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log10

import numpy as np
from numpy.typing import NDArray

__all__ = ["HOP_SECONDS", "integrated_loudness", "k_response", "k_weighted_power"]

HOP_SECONDS = 0.1
_HOPS_IN_BLOCK = 4
"""Blocks of 400 ms that overlap by three quarters."""
_OFFSET = -0.691
_ABSOLUTE_GATE = -70.0
_RELATIVE_GATE = -10.0

# Tables 1 and 2 of the recommendation: numerator and denominator of the shelf (the head) and of the high pass.
_PRINTED_RATE = 48_000
_SHELF = ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585))
_HIGH_PASS = ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621))

Floats = NDArray[np.float32]


def k_response(hertz: NDArray[np.float64]) -> NDArray[np.float64]:
    """How K-weighting changes the power at these frequencies.

    Parameters
    ----------
    hertz : array
        Frequencies from 0; above 24 kHz as at 24 kHz.

    Returns
    -------
    array
        Factors of power: 0 at 0 Hz, about 1.17 (0.69 dB) at 1 kHz, 2.5 (4 dB) at the top.
    """
    turn = np.exp(-2j * np.pi * np.minimum(hertz, _PRINTED_RATE / 2) / _PRINTED_RATE)
    powers = np.stack((np.ones_like(turn), turn, turn**2))
    response = np.ones_like(turn)
    for above, below in (_SHELF, _HIGH_PASS):
        response = response * (np.array(above) @ powers) / (np.array(below) @ powers)
    return np.abs(response) ** 2


def k_weighted_power(hops: Floats, sample_rate: int) -> Floats:
    """Mean square of each hop after K-weighting, by the power of its spectrum.

    Parameters
    ----------
    hops : array of shape (n, samples of a hop, channels)
        Full scale 1.
    sample_rate : int
        In hertz.

    Returns
    -------
    array of shape (n, channels)
        Beside a filter that remembers the hop before it differs by less than 0.05 dB on speech.
    """
    size = hops.shape[1]
    power = np.abs(np.fft.rfft(hops, axis=1)) ** 2
    weights = k_response(np.fft.rfftfreq(size, 1 / sample_rate).astype(np.float64)) * 2 / size**2
    if size % 2 == 0:
        weights[-1] /= 2
    return np.asarray(np.einsum("nfc,f->nc", power, weights), dtype=np.float32)


def integrated_loudness(channels: Sequence[NDArray[np.floating]]) -> float | None:
    """Gated loudness of a programme.

    Parameters
    ----------
    channels : sequence of array
        K-weighted mean squares of each channel in hops of 100 ms, equally many. All count alike, as left, right and
        centre do in the recommendation.

    Returns
    -------
    float or None
        In LUFS (LKFS). None where no block of 400 ms exceeds −70 LUFS: silence has no loudness.
    """
    if not channels or len(channels[0]) < _HOPS_IN_BLOCK:
        return None
    hops = np.sum([np.asarray(channel, dtype=np.float64) for channel in channels], axis=0)
    blocks = np.convolve(hops, np.full(_HOPS_IN_BLOCK, 1 / _HOPS_IN_BLOCK), mode="valid")
    loud = blocks[blocks > _power_of(_ABSOLUTE_GATE)]
    if not loud.size:
        return None
    gate = _power_of(_loudness_of(float(loud.mean())) + _RELATIVE_GATE)
    return _loudness_of(float(loud[loud > gate].mean()))


def _loudness_of(power: float) -> float:
    return _OFFSET + 10 * log10(power)


def _power_of(loudness: float) -> float:
    return float(10 ** ((loudness - _OFFSET) / 10))
