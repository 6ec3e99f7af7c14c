"""Owns how loud a sound is: loudness by ITU-R BS.1770-4 and true peak by its annex 2, for one channel.

Written out here because a site that makes its own bank has numpy and nothing else; the tests hold it against an
independent meter.
"""

import numpy as np

from display.voice.waves import RATE, Signal

BLOCK_S = 0.4
STEP_S = 0.1
ABSOLUTE_GATE_LUFS = -70.0
RELATIVE_GATE_LU = -10.0
# Makes a 997 Hz sine of full scale in one channel read -3.01 LUFS.
OFFSET_LU = -0.691
# Four times 24 kHz finds the peaks between samples to within 0.6 dB at the band edge, where speech has nothing.
OVERSAMPLING = 4
# The high-pass rings for some 20 ms; after this much silence the circle of the transform has closed.
PADDING_S = 0.5

# The two analogue filters behind the coefficients that BS.1770 tabulates for 48 kHz: frequency in Hz, quality.
_SHELF_HZ, _SHELF_QUALITY, _SHELF_DB = 1681.974450955533, 0.7071752369554196, 3.999843853973347
_SHELF_BEND = 0.4996667741545416
_HIGH_PASS_HZ, _HIGH_PASS_QUALITY = 38.13547087602444, 0.5003270373238773


def measure_loudness(signal: Signal) -> float:
    """Return the integrated loudness in LUFS; minus infinity for silence.

    Raises `ValueError` for a sound shorter than one block of 0.4 s: loudness is not defined there.
    """
    block, step = round(BLOCK_S * RATE), round(STEP_S * RATE)
    if signal.size < block:
        raise ValueError(f"loudness needs {BLOCK_S} s of sound, not {signal.size / RATE:.2f} s")
    windows = np.lib.stride_tricks.sliding_window_view(_weigh(signal), block)[::step]
    energies = np.mean(windows**2, axis=1)
    heard = energies[_lufs(energies) > ABSOLUTE_GATE_LUFS]
    if not heard.size:
        return float("-inf")
    gate = _lufs(heard.mean()) + RELATIVE_GATE_LU
    return float(_lufs(heard[_lufs(heard) > gate].mean()))


def measure_true_peak(signal: Signal) -> float:
    """Return the highest peak of the wave between the samples too, in dBTP; minus infinity for silence."""
    size = signal.size * OVERSAMPLING
    wave = np.fft.irfft(np.fft.rfft(signal), size) * OVERSAMPLING
    with np.errstate(divide="ignore"):
        return float(20 * np.log10(np.abs(wave).max()))


def _lufs(energy: np.ndarray | np.floating) -> np.ndarray:
    with np.errstate(divide="ignore"):
        return np.asarray(OFFSET_LU + 10 * np.log10(energy))


def _weigh(signal: Signal) -> Signal:
    size = signal.size + round(PADDING_S * RATE)
    turns = np.exp(-2j * np.pi * np.fft.rfftfreq(size))
    weights = _shelf_response(turns) * _high_pass_response(turns)
    return np.asarray(np.fft.irfft(np.fft.rfft(signal, size) * weights, size)[: signal.size])


def _shelf_response(turns: np.ndarray) -> np.ndarray:
    k = np.tan(np.pi * _SHELF_HZ / RATE)
    high = 10 ** (_SHELF_DB / 20)
    bend = high**_SHELF_BEND * k / _SHELF_QUALITY
    zeros = np.polyval([high - bend + k * k, 2 * (k * k - high), high + bend + k * k], turns)
    return np.asarray(zeros / _poles(k, _SHELF_QUALITY, turns))


def _high_pass_response(turns: np.ndarray) -> np.ndarray:
    k = np.tan(np.pi * _HIGH_PASS_HZ / RATE)
    # BS.1770 leaves this numerator at 1, -2, 1, so the passband is not exactly 1; the offset absorbs it.
    unity = 1 + k / _HIGH_PASS_QUALITY + k * k
    return np.asarray(np.polyval([1, -2, 1], turns) * unity / _poles(k, _HIGH_PASS_QUALITY, turns))


def _poles(k: float, quality: float, turns: np.ndarray) -> np.ndarray:
    return np.polyval([1 - k / quality + k * k, 2 * (k * k - 1), 1 + k / quality + k * k], turns)
