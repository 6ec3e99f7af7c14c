"""Owns the banks of clips on disk: a folder of WAV files and its `manifest.json`, checked before a word is said.

The clip `vi/digit-0` lies in `digit-0.wav` of the Vietnamese bank's folder. Whoever makes a bank is told of every
fault in it (`load_bank`). A display takes what there is (`load_banks`): a broken clip costs the sentences that need
it, never the hall, and a file that a site recorded in place of the maker's is brought to the form of the others.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from display.voice.shaping import active_level_db, match_level, shape_word
from display.voice.waves import (
    FULL_SCALE,
    RATE,
    Samples,
    WaveError,
    decode,
    duration_s,
    read_wave,
    to_samples,
    to_signal,
    write_wave,
)
from queue_protocol.phrases import CHIME, LANGUAGES, clip_keys

FILE_NAME = "manifest.json"
NO_LANGUAGE = "zxx"
"""ISO 639 for sound without words: the bank of the chime."""
# An edge this far from zero is heard as a click on a quiet loudspeaker; shaped clips stay under a tenth of it.
HIGHEST_EDGE = 0.005

Clips = Mapping[str, Samples]


class ClipNote(msgspec.Struct, frozen=True, kw_only=True):
    """What the maker of a bank wrote down about one clip."""

    text: str
    seconds: float
    sha256: str
    """Of the WAV file, in hexadecimal."""


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a bank is: whose voice, from where, under which licence, and its clips by key."""

    id: str
    lang: str
    voice: str
    label: str
    """What people are told this voice is."""
    source: str
    licence: str
    sample_rate: int
    clips: dict[str, ClipNote]


class BankError(Exception):
    """A bank is refused; the words name the folder and each fault."""

    def __init__(self, folder: Path, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__(f"the voice bank in {folder} is refused: {'; '.join(self.faults)}")


@dataclass(frozen=True, slots=True)
class Loaded:
    """The clips that can be said, by key, and what is wrong with the others, for the log."""

    clips: Mapping[str, Samples]
    faults: tuple[str, ...] = ()
    recorded: tuple[str, ...] = ()
    """Keys of clips whose file is not the maker's but a recording of this site."""


def load_banks(folder: Path, languages: Iterable[str]) -> Loaded:
    """Return all that can be said of the chime and of these languages, from the banks below this folder."""
    clips: dict[str, Samples] = {}
    faults: list[str] = []
    recorded: list[str] = []
    for place in (folder, *(folder / language for language in languages)):
        try:
            manifest = read_manifest(place)
        except BankError as error:
            faults.append(str(error))
            continue
        found, broken = _read_clips(place, manifest, _load_any_clip)
        own = [key for key in found if not _is_of_maker(place, key, manifest)]
        clips |= found | _level(found, own)
        faults += [f"{place.name}: {fault}" for fault in (*_find_faults(manifest), *broken)]
        recorded += own
    return Loaded(clips, tuple(faults), tuple(recorded))


def load_bank(folder: Path) -> dict[str, Samples]:
    """Return the clips of one whole bank by key. Raises `BankError`, naming every fault."""
    manifest = read_manifest(folder)
    clips, broken = _read_clips(folder, manifest, _load_clip)
    faults = [*_find_faults(manifest), *broken]
    if faults:
        raise BankError(folder, faults)
    return clips


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of the bank in this folder. Raises `BankError` when there is none or it is not one."""
    try:
        return msgspec.json.decode((folder / FILE_NAME).read_bytes(), type=Manifest)
    except (OSError, msgspec.DecodeError) as error:
        raise BankError(folder, [f"{FILE_NAME}: {error}"]) from error


def write_bank(folder: Path, manifest: Manifest, clips: Clips) -> None:
    """Write a bank: the clips, then the manifest with their texts, lengths and hashes filled in.

    The same clips give the same bytes. The manifest comes last, so a bank that was cut off while being written is
    refused. The texts are those of `manifest.clips`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    notes = {}
    for key in sorted(clips):
        data = write_wave(clips[key])
        (folder / file_name(key)).write_bytes(data)
        notes[key] = ClipNote(
            text=manifest.clips[key].text, seconds=round(duration_s(clips[key]), 3), sha256=_hash(data)
        )
    whole = msgspec.structs.replace(manifest, clips=notes)
    (folder / FILE_NAME).write_bytes(msgspec.json.format(msgspec.json.encode(whole), indent=2) + b"\n")


def file_name(key: str) -> str:
    """Return the name of the file that holds this clip."""
    return f"{key.rpartition('/')[2]}.wav"


def needed_keys(language: str) -> frozenset[str]:
    """Return the keys that a bank of this language must have; `NO_LANGUAGE` is the chime's."""
    if language == NO_LANGUAGE:
        return frozenset({CHIME})
    return clip_keys(language) if language in LANGUAGES else frozenset()


def _find_faults(manifest: Manifest) -> Iterator[str]:
    missing = needed_keys(manifest.lang) - manifest.clips.keys()
    if missing:
        yield f"clips missing: {', '.join(sorted(missing))}"
    if manifest.sample_rate != RATE:
        yield f"the sample rate is {manifest.sample_rate} Hz, not {RATE} Hz"


def _read_clips(
    folder: Path, manifest: Manifest, load: Callable[[Path, ClipNote], Samples]
) -> tuple[dict[str, Samples], list[str]]:
    """Return the clips that can be read, and a line for each that cannot."""
    clips: dict[str, Samples] = {}
    faults: list[str] = []
    for key, note in manifest.clips.items():
        try:
            clips[key] = load(folder / file_name(key), note)
        except (OSError, WaveError) as error:
            faults.append(f"{key}: {error}")
    return clips, faults


def _load_clip(path: Path, note: ClipNote) -> Samples:
    data = path.read_bytes()
    if _hash(data) != note.sha256:
        raise WaveError("the file is not the one in the manifest (wrong hash)")
    samples = read_wave(data)
    if not samples.size:
        raise WaveError("the clip is empty")
    edge = np.abs(samples[[0, -1]].astype(int)).max() / FULL_SCALE
    if edge > HIGHEST_EDGE:
        raise WaveError(f"it clicks: an edge is at {edge:.3f} of full scale, over {HIGHEST_EDGE}")
    return samples


def _load_any_clip(path: Path, note: ClipNote) -> Samples:
    """Return the maker's clip, or a recording in its place, cut to the word and faded.

    Raises `WaveError` when the file cannot be decoded, is shorter than its own head says, or holds no word.
    """
    data = path.read_bytes()
    if _hash(data) == note.sha256:
        return _load_clip(path, note)
    try:
        return to_samples(shape_word(to_signal(decode(data))))
    except ValueError as error:
        raise WaveError(str(error)) from error


def _is_of_maker(folder: Path, key: str, manifest: Manifest) -> bool:
    return _hash((folder / file_name(key)).read_bytes()) == manifest.clips[key].sha256


def _level(clips: Clips, own: Iterable[str]) -> dict[str, Samples]:
    """Return the recordings as loud as the maker's clips of the same bank; as they are where there are none."""
    recorded = set(own)
    levels = [active_level_db(to_signal(clips[key])) for key in clips if key not in recorded]
    if not levels:
        return {}
    return {key: to_samples(match_level(to_signal(clips[key]), float(np.median(levels)))) for key in recorded}


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
