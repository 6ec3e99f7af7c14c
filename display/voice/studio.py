"""Owns how a bank is made: every clip of a script is spoken by an engine, shaped, and brought to one loudness."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path

from display.voice.bank import NO_LANGUAGE, ClipNote, Manifest, write_bank
from display.voice.chime import make_chime
from display.voice.join import join, missing_clips
from display.voice.script import Script, Settings
from display.voice.shaping import gain_to_call_loudness, limit_peaks, shape_word
from display.voice.speech import Engine, SpeechError
from display.voice.waves import RATE, Samples, Signal, to_samples, to_signal
from queue_protocol.phrases import CHIME, announce_call, clip_keys

# Calls that between them have every kind of clip: soft and loud letters, all digits, short and long cardinals.
MEASURED_CALLS = (("A015", 3), ("H234", 12), ("X678", 9), ("L999", 25), ("K501", 4))
# Turning down the peaks costs loudness, which is given back: the third pass changes less than 0.05 LU.
LEVELLING_PASSES = 3

Progress = Callable[[int, int, str], None]
"""Told after each clip: how many are done, of how many, and what this one says."""


def make_language_bank(folder: Path, script: Script, engine: Engine, progress: Progress) -> None:
    """Speak, shape and write the bank of a script's language into this folder.

    Raises `SpeechError` when the engine fails, or when the script lacks a clip or has no settings for the engine;
    then nothing is written.
    """
    settings = _settings(script, engine)
    source = engine.describe()
    clips = level_bank(record(script, settings, engine, progress), script.language)
    notes = {key: ClipNote(text=text, seconds=0, sha256="") for key, text in _texts(script).items()}
    manifest = Manifest(
        id=f"{engine.name}-{script.language}",
        lang=script.language,
        voice=settings.voice or script.language,
        label=settings.label,
        source=source,
        licence=settings.licence,
        sample_rate=RATE,
        clips=notes,
    )
    write_bank(folder, manifest, clips)


def make_chime_bank(folder: Path) -> None:
    """Write the bank of the chime into this folder."""
    manifest = Manifest(
        id="chime",
        lang=NO_LANGUAGE,
        voice="",
        label="",
        source="synthesised by display.voice.chime",
        licence="Apache-2.0",
        sample_rate=RATE,
        clips={CHIME: ClipNote(text="", seconds=0, sha256="")},
    )
    write_bank(folder, manifest, {CHIME: make_chime()})


def record(script: Script, settings: Settings, engine: Engine, progress: Progress) -> dict[str, Signal]:
    """Return every clip of the script as the engine says it, shaped. Raises `SpeechError`, naming the clip."""
    texts = _texts(script)
    words = {}
    for done, (key, text) in enumerate(texts.items(), start=1):
        if done > 1:
            time.sleep(engine.pause_s)
        spelling = settings.respell.get(key.rpartition("/")[2], text)
        try:
            words[key] = shape_word(engine.synthesize(spelling, script.language, settings))
        except (SpeechError, ValueError) as error:
            raise SpeechError(f"{key} ({text}): {error}") from error
        progress(done, len(texts), text)
    return words


def level_bank(words: Mapping[str, Signal], language: str) -> dict[str, Samples]:
    """Return the clips at the loudness that makes whole calls right, with no peak over the limit."""
    clips, gain = {key: to_samples(word) for key, word in words.items()}, 1.0
    for _ in range(LEVELLING_PASSES):
        gain *= gain_to_call_loudness([_say(call, clips, language) for call in MEASURED_CALLS])
        clips = {key: to_samples(limit_peaks(word * gain)) for key, word in words.items()}
    return clips


def _say(call: tuple[str, int], clips: Mapping[str, Samples], language: str) -> Signal:
    first, *_ = announce_call(*call, "first", [language])
    missing = missing_clips(first[2:], clips)
    if missing:
        raise SpeechError(f"the script has no text for {', '.join(missing)}")
    return to_signal(join(first[2:], clips))


def _texts(script: Script) -> dict[str, str]:
    texts = {f"{script.language}/{name}": text for name, text in script.clips.items()}
    missing = clip_keys(script.language) - texts.keys()
    if missing:
        raise SpeechError(f"the script of {script.language} has no text for {', '.join(sorted(missing))}")
    return texts


def _settings(script: Script, engine: Engine) -> Settings:
    if engine.name not in script.engines:
        raise SpeechError(f"the script of {script.language} has no [engines.{engine.name}]")
    return script.engines[engine.name]
