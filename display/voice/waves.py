"""Owns the one form of sound in this folder: 16-bit mono samples at 24 kHz, and WAV files of it."""

import io
import wave

import miniaudio
import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16]
Signal = NDArray[np.float64]
"""Samples while they are worked on; full scale is 1.0."""

# What Google's voice delivers, and more than any voice here has: formants end near 8 kHz.
RATE = 24_000
FULL_SCALE = 32_768.0
SAMPLE_BYTES = 2


class WaveError(Exception):
    """These bytes are not a sound that can be read; the words say why."""


def count_samples(milliseconds: float) -> int:
    """Return how many samples last this long."""
    return round(milliseconds * RATE / 1000)


def duration_s(sound: Samples | Signal) -> float:
    """Return how long a sound lasts, in seconds."""
    return float(sound.size / RATE)


def to_signal(samples: Samples) -> Signal:
    """Return samples as numbers between -1 and 1."""
    return samples / FULL_SCALE


def to_samples(signal: Signal) -> Samples:
    """Return a signal as 16-bit samples; what is over full scale is clipped."""
    return np.clip(np.rint(signal * FULL_SCALE), -FULL_SCALE, FULL_SCALE - 1).astype(np.int16)


def write_wave(samples: Samples) -> bytes:
    """Return the bytes of a WAV file: PCM16, mono, 24 kHz."""
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(SAMPLE_BYTES)
        file.setframerate(RATE)
        file.writeframes(samples.astype("<i2").tobytes())
    return target.getvalue()


def read_wave(data: bytes) -> Samples:
    """Return the samples of a WAV file that is PCM16, mono and 24 kHz already.

    Raises `WaveError` for any other format: clips are converted when a bank is made, not when a call is said.
    """
    samples, rate = read_foreign_wave(data)
    if rate != RATE:
        raise WaveError(f"the sample rate is {rate} Hz, not {RATE} Hz")
    return samples


def read_foreign_wave(data: bytes) -> tuple[Samples, int]:
    """Return samples and sample rate in Hz of a mono PCM16 WAV file of any rate.

    Raises `WaveError` when it is none.
    """
    try:
        with wave.open(io.BytesIO(data)) as file:
            form = (file.getnchannels(), file.getsampwidth())
            frames, rate = file.readframes(file.getnframes()), file.getframerate()
    except (wave.Error, EOFError) as error:
        raise WaveError(f"not a WAV file: {error}") from error
    if form != (1, SAMPLE_BYTES):
        raise WaveError(f"{form[0]} channels of {form[1] * 8} bits, not one channel of 16 bits")
    return np.frombuffer(frames, dtype="<i2").astype(np.int16), rate


def decode(data: bytes) -> Samples:
    """Return the samples of a sound file of any common kind (wav, mp3, flac, vorbis), converted to our form.

    Raises `WaveError` when it cannot be decoded, or is a WAV file that ends before its head says: half a word is
    another word.
    """
    if data[:4] == b"RIFF" and len(data) < int.from_bytes(data[4:8], "little"):
        raise WaveError("the file ends before its sound does")
    try:
        sound = miniaudio.decode(data, nchannels=1, sample_rate=RATE)
    except miniaudio.DecodeError as error:
        raise WaveError(f"cannot be decoded as sound: {error}") from error
    return np.array(sound.samples, dtype=np.int16)


def resample(signal: Signal, rate: int) -> Signal:
    """Return a signal of `rate` Hz at 24 kHz, band-limited.

    The Fourier transform takes the sound as a circle, so it is exact for a sound that begins and ends in silence, as
    an engine's words do.
    """
    if rate == RATE:
        return signal
    size = round(signal.size * RATE / rate)
    return np.asarray(np.fft.irfft(np.fft.rfft(signal), size) * (size / signal.size))
