"""Owns the chime before a call: two bells, E5 then C5, made here so that nobody else's rights hang on it."""

import numpy as np

from display.voice.loudness import measure_loudness
from display.voice.shaping import CALL_LOUDNESS_LUFS, fade
from display.voice.waves import Samples, Signal, count_samples, to_samples

# Between 500 and 3000 Hz, where old ears still hear and small loudspeakers still play.
BELLS = ((659.26, 0), (523.25, 450))
"""Frequency in Hz and start in ms of each bell."""
LENGTH_MS = 1550
ATTACK_MS = 6
# Partials of a small bell: how much higher, how loud, how long each rings in seconds.
PARTIALS = ((1.0, 1.0, 0.42), (2.0, 0.35, 0.28), (2.99, 0.16, 0.16), (4.17, 0.07, 0.09))
# The last of the ringing is taken to nothing, so that the end cannot click.
RELEASE_MS = 200


def make_chime() -> Samples:
    """Return the chime at the loudness of a call."""
    sound = np.zeros(count_samples(LENGTH_MS))
    for frequency, start_ms in BELLS:
        start = count_samples(start_ms)
        sound[start:] += _ring(frequency, sound.size - start)
    return to_samples(fade(sound) * 10 ** ((CALL_LOUDNESS_LUFS - measure_loudness(sound)) / 20))


def _ring(frequency: float, size: int) -> Signal:
    at = np.arange(size) / count_samples(1000)
    ringing = sum(
        loudness * np.exp(-at / length_s) * np.sin(2 * np.pi * frequency * ratio * at)
        for ratio, loudness, length_s in PARTIALS
    )
    return np.asarray(ringing * _slope(size, ATTACK_MS) * _slope(size, RELEASE_MS)[::-1])


def _slope(size: int, milliseconds: int) -> Signal:
    return np.asarray((1 - np.cos(np.pi * np.minimum(1, np.arange(size) / count_samples(milliseconds)))) / 2)
