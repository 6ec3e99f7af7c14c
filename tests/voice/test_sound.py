"""Samples: joining is exact, edges do not click, loudness is what an independent meter says."""

import io
import warnings
import wave

import numpy as np
import pyloudnorm
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from display.voice.chime import make_chime
from display.voice.join import join, measure_s, missing_clips, sayable
from display.voice.loudness import measure_loudness, measure_true_peak
from display.voice.shaping import CLIP_LEVEL_DBFS, PEAK_LIMIT_DBTP, limit_peaks, shape_word
from display.voice.waves import (
    RATE,
    Samples,
    Signal,
    WaveError,
    decode,
    duration_s,
    read_foreign_wave,
    read_wave,
    resample,
    to_samples,
    to_signal,
    write_wave,
)
from queue_protocol.phrases import Utterance

CLIPS: dict[str, Samples] = {
    "a": np.arange(1, 1001, dtype=np.int16),
    "b": np.full(77, -5, dtype=np.int16),
    "empty": np.zeros(0, np.int16),
}

parts = st.lists(st.sampled_from(sorted(CLIPS)) | st.integers(0, 2000), max_size=12)


def tone(frequency: float, seconds: float, loudness: float = 0.5) -> Signal:
    """Return a sine."""
    return np.asarray(loudness * np.sin(2 * np.pi * frequency * np.arange(round(seconds * RATE)) / RATE))


def word(seed: int = 1, seconds: float = 0.4, silence_s: float = 0.2) -> Signal:
    """Return something like a spoken word between silences: noise over a low tone, with a rise and a fall."""
    noise = np.random.default_rng(seed).normal(0, 0.05, round(seconds * RATE))
    sound = (noise + tone(180, seconds, 0.3)) * np.hanning(noise.size)
    return np.pad(sound, round(silence_s * RATE))


@given(parts)
def test_joining_is_exact_to_the_sample(call: list[str | int]) -> None:
    """A joined call is the samples of its clips and 24 zeros per millisecond of silence, nothing more or less."""
    expected = [sample for part in call for sample in (CLIPS[part] if isinstance(part, str) else [0] * (part * 24))]
    joined = join(call, CLIPS)
    assert isinstance(joined, np.ndarray)
    assert joined.dtype.name == "int16"
    assert joined.tolist() == expected


def test_unknown_clips_are_named() -> None:
    """Each missing key is named once."""
    assert missing_clips(["a", "x", 100, "y", "x"], CLIPS) == ("x", "y")


FIRST, SECOND, ENGLISH = ("chime", 150, "a"), (800, "a"), (800, "b")


@pytest.mark.parametrize(
    ("clips", "said"),
    [
        ({"chime", "a", "b"}, (FIRST, SECOND, ENGLISH)),
        ({"chime", "b"}, (None, None, ("chime", 150, *ENGLISH))),
        ({"chime", "a"}, (FIRST, SECOND, None)),
        ({"a", "b"}, (("a",), SECOND, ENGLISH)),
        ({"chime"}, (None, None, None)),
        (set(), (None, None, None)),
    ],
)
def test_a_missing_clip_costs_its_own_sentences_alone(clips: set[str], said: tuple[Utterance | None, ...]) -> None:
    """No sentence with a hole, the other language as ever, and the chime before whatever is said first."""
    assert sayable((FIRST, SECOND, ENGLISH), clips) == said


def test_the_length_of_a_call_is_that_of_its_clips() -> None:
    """Measured, not assumed: clips and silences, in seconds."""
    parts: Utterance = ("a", 100, "a")
    assert measure_s(parts, CLIPS) == pytest.approx(len(join(parts, CLIPS)) / RATE)


@pytest.mark.parametrize("seconds", [0.5, 3.0])
def test_loudness_agrees_with_an_independent_meter(seconds: float) -> None:
    """Our meter and pyloudnorm's, set to the same filters, differ by less than 0.01 LU."""
    sound = np.concatenate([word(seed, seconds) for seed in range(3)])
    reference = pyloudnorm.Meter(RATE, filter_class="DeMan").integrated_loudness(sound)
    assert measure_loudness(sound) == pytest.approx(reference, abs=0.01)


def test_loudness_has_its_known_values() -> None:
    """A full-scale 997 Hz sine is -3.01 LUFS; silence has no loudness; a short sound cannot be measured."""
    assert measure_loudness(tone(997, 2, 1.0)) == pytest.approx(-3.01, abs=0.05)
    assert measure_loudness(np.zeros(RATE)) == -np.inf
    with pytest.raises(ValueError, match=r"0\.4 s"):
        measure_loudness(np.zeros(RATE // 10))


def test_true_peak_sees_between_the_samples() -> None:
    """A sine whose crests fall between the samples peaks 3 dB above them."""
    sine = np.sin(np.pi / 2 * np.arange(RATE) + np.pi / 4)
    assert 20 * np.log10(np.abs(sine).max()) == pytest.approx(-3.01, abs=0.01)
    assert measure_true_peak(sine) == pytest.approx(0, abs=0.05)


def test_a_shaped_word_is_cut_levelled_and_silent_at_its_edges() -> None:
    """The silence around goes, the level is the one all clips share, and the first and last samples are zero."""
    shaped = shape_word(word())
    samples = to_samples(shaped)
    assert 0.3 < duration_s(shaped) < 0.45
    assert np.abs(samples[[0, 1, -2, -1]]).max() <= 0.0005 * 32_768
    loudest = 10 * np.log10(np.mean(shaped**2))
    assert loudest == pytest.approx(CLIP_LEVEL_DBFS, abs=2)


@given(st.integers(0, 50), st.sampled_from([0.01, 0.1, 3.0]))
def test_shaping_does_not_depend_on_how_loud_the_engine_was(seed: int, gain: float) -> None:
    """A whisper and a shout of the same word become the same clip, but for the rounding of the gain."""
    np.testing.assert_allclose(shape_word(word(seed) * gain), shape_word(word(seed)), atol=0.01)


def test_silence_is_no_word() -> None:
    """An engine that says nothing is noticed when the bank is made."""
    with pytest.raises(ValueError, match="no word"):
        shape_word(np.zeros(RATE))


@settings(max_examples=20)
@given(st.integers(0, 50), st.floats(0.5, 6.0))
def test_peaks_are_limited_and_quiet_sounds_left_alone(seed: int, gain: float) -> None:
    """No true peak is over the limit, the sound stays the same length, and what was under it is untouched."""
    loud, quiet = word(seed) * gain, word(seed) * 0.1
    assert measure_true_peak(limit_peaks(loud)) <= PEAK_LIMIT_DBTP
    assert limit_peaks(loud).size == loud.size
    assert limit_peaks(quiet) is quiet


def test_the_chime_is_two_clean_bells() -> None:
    """It begins and ends in silence, has no step anywhere, and is as loud as a call."""
    chime = to_signal(make_chime())
    assert 1.5 < duration_s(chime) < 1.6
    assert np.abs(chime[[0, -1]]).max() < 0.0005
    # A step would move further between two samples than the steepest partial of both bells does.
    assert np.abs(np.diff(chime)).max() < 0.3 * np.abs(chime).max()
    assert measure_loudness(chime) == pytest.approx(-18, abs=0.5)
    assert measure_true_peak(chime) <= PEAK_LIMIT_DBTP


def test_the_chime_falls_from_e_to_c() -> None:
    """The strongest tone is E5 at first and C5 at the end."""
    chime = to_signal(make_chime())
    assert [round(strongest_hz(part)) for part in (chime[: RATE * 2 // 5], chime[-RATE * 4 // 5 :])] == [660, 522]


def strongest_hz(sound: Signal) -> float:
    """Return the frequency with the most energy, to within 2.5 Hz."""
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(sound.size), RATE * 2 // 5))
    return float(np.argmax(spectrum) * 2.5)


def test_wave_files_hold_what_was_written() -> None:
    """What is written is read back; full-scale signals are clipped, not wrapped."""
    samples = to_samples(np.array([0.0, 0.5, -0.5, 1.5, -1.5]))
    assert samples.tolist() == [0, 16_384, -16_384, 32_767, -32_768]
    np.testing.assert_array_equal(read_wave(write_wave(samples)), samples)
    np.testing.assert_array_equal(decode(write_wave(samples)), samples)


def foreign_wave(*, channels: int = 1, width: int = 2, rate: int = RATE) -> bytes:
    """Return a WAV file of another format."""
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(bytes(channels * width * 100))
    return target.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "not a WAV file"),
        (b"RIFF" + bytes(100), "not a WAV file"),
        (foreign_wave(channels=2), "2 channels"),
        (foreign_wave(width=1), "8 bits"),
        (foreign_wave(rate=22_050), "22050 Hz"),
    ],
)
def test_other_formats_are_refused_with_the_reason(data: bytes, words: str) -> None:
    """A clip in another format is not played at the wrong speed."""
    with pytest.raises(WaveError, match=words):
        read_wave(data)


def test_an_engine_may_have_another_rate() -> None:
    """A tone of an engine at 22,050 Hz keeps its pitch and its length."""
    samples, rate = read_foreign_wave(foreign_wave(rate=22_050))
    assert (samples.size, rate) == (100, 22_050)
    sound = 0.5 * np.sin(2 * np.pi * 440 * np.arange(22_050) / 22_050)
    resampled = resample(sound, 22_050)
    assert duration_s(resampled) == pytest.approx(1)
    np.testing.assert_allclose(resampled, tone(440, 1), atol=1e-6)


def test_bytes_that_are_no_sound_are_refused() -> None:
    """An answer that is a web page is no clip."""
    with warnings.catch_warnings(), pytest.raises(WaveError, match="cannot be decoded"):
        decode(b"<html>429</html>")
