"""Owns the shape of a clip: where it begins and ends, how loud it is, that its edges do not click."""

import numpy as np

from display.voice.loudness import measure_loudness, measure_true_peak
from display.voice.waves import Signal, count_samples

FRAME_MS = 5
# What lies this far under the loudest frame is the room or the engine's tail, not the word.
SILENCE_UNDER_PEAK_DB = 42.0
KEEP_BEFORE_MS = 10
KEEP_AFTER_MS = 25
FADE_IN_MS = 4
FADE_OUT_MS = 12
# Frames of a word that carry it; pauses inside it do not count towards its level.
ACTIVE_UNDER_PEAK_DB = 20.0
CLIP_LEVEL_DBFS = -20.0
# Speech for rooms: -16 made an engine's crest clip, broadcast's -23 is too soft for a hall's small amplifier.
CALL_LOUDNESS_LUFS = -18.0
PEAK_LIMIT_DBTP = -1.5
# A limiter this slow does not distort the lowest voice (5 ms is half a period at 100 Hz).
LIMITER_MS = 5
# Gains are rounded so that the last bit of a machine's arithmetic cannot change a bank.
GAIN_DECIMALS = 4


def shape_word(signal: Signal) -> Signal:
    """Return one clip: cut to the word, at the level all clips share, faded at both edges.

    Raises `ValueError` for a sound without a word in it.
    """
    word = _trim(signal)
    return fade(word * _gain(CLIP_LEVEL_DBFS - active_level_db(word)))


def match_level(signal: Signal, level_db: float) -> Signal:
    """Return a word at this level, in dB under full scale, its peaks under `PEAK_LIMIT_DBTP`."""
    return limit_peaks(signal * _gain(level_db - active_level_db(signal)))


def fade(signal: Signal) -> Signal:
    """Return a signal that rises from and falls to nothing in a raised cosine."""
    rise, fall = _ramp(FADE_IN_MS), _ramp(FADE_OUT_MS)[::-1]
    faded = signal.copy()
    faded[: rise.size] *= rise
    faded[-fall.size :] *= fall
    return faded


def gain_to_call_loudness(calls: list[Signal]) -> float:
    """Return the factor that brings these whole calls, on average, to the loudness of a call."""
    return _gain(CALL_LOUDNESS_LUFS - float(np.mean([measure_loudness(call) for call in calls])))


def limit_peaks(signal: Signal) -> Signal:
    """Return a signal whose true peak is at most `PEAK_LIMIT_DBTP`: what is over it is turned down, smoothly."""
    limited = signal
    # Peaks between the samples lie above the samples, so the ceiling comes down until they fit as well.
    ceiling_db = PEAK_LIMIT_DBTP
    while (excess := measure_true_peak(limited) - PEAK_LIMIT_DBTP) > 0:
        ceiling_db -= max(excess, 0.05) if limited is not signal else 0.05
        limited = _limit_samples(signal, 10 ** (ceiling_db / 20))
    return limited


def _limit_samples(signal: Signal, ceiling: float) -> Signal:
    half = count_samples(LIMITER_MS)
    wanted = np.minimum(1.0, ceiling / np.maximum(np.abs(signal), ceiling))
    lowest = _slide(np.pad(wanted, 2 * half, constant_values=1.0), half).min(axis=1)
    window = np.hanning(2 * half + 3)[1:-1]
    return np.asarray(signal * (_slide(lowest, half) @ (window / window.sum())))


def _slide(values: Signal, half: int) -> Signal:
    return np.lib.stride_tricks.sliding_window_view(values, 2 * half + 1)


def _trim(signal: Signal) -> Signal:
    levels = _frame_levels_db(signal)
    (loud,) = np.nonzero(levels > levels.max(initial=-np.inf) - SILENCE_UNDER_PEAK_DB)
    if not loud.size:
        raise ValueError("there is no word in this sound")
    frame = count_samples(FRAME_MS)
    start = loud[0] * frame - count_samples(KEEP_BEFORE_MS)
    end = (loud[-1] + 1) * frame + count_samples(KEEP_AFTER_MS)
    return np.pad(signal, (max(0, -start), max(0, end - signal.size)))[max(0, start) : end + max(0, -start)]


def _frame_levels_db(signal: Signal) -> Signal:
    frame = count_samples(FRAME_MS)
    frames = signal[: signal.size // frame * frame].reshape(-1, frame)
    with np.errstate(divide="ignore"):
        return np.asarray(10 * np.log10(np.mean(frames**2, axis=1)))


def active_level_db(signal: Signal) -> float:
    """Return the level of a word in dB under full scale, over the frames that carry it."""
    levels = _frame_levels_db(signal)
    active = levels[levels > levels.max() - ACTIVE_UNDER_PEAK_DB]
    return float(10 * np.log10(np.mean(10 ** (active / 10))))


def _ramp(milliseconds: int) -> Signal:
    size = count_samples(milliseconds)
    return np.asarray((1 - np.cos(np.pi * np.arange(size) / size)) / 2)


def _gain(decibels: float) -> float:
    return round(float(10 ** (decibels / 20)), GAIN_DECIMALS)
