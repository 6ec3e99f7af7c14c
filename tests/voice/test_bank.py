"""The shipped banks are whole and right, and a bank that is not is refused with every fault named."""

import json
import shutil
import wave
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyloudnorm
import pytest

import assets
from display.voice.bank import BankError, load_bank, load_banks, needed_keys, read_manifest, write_bank
from display.voice.join import join
from display.voice.loudness import measure_true_peak
from display.voice.script import read_script
from display.voice.shaping import active_level_db
from display.voice.waves import RATE, Samples, duration_s, to_signal, write_wave
from queue_protocol.announcements import CallKind
from queue_protocol.phrases import CHIME, LANGUAGES, announce_call

BANKS = assets.FOLDER / "voice"
# Soft and loud letters, all digits, counters of one word, two and three.
CALLS = (("A015", 3), ("H234", 12), ("S999", 25), ("X678", 9), ("M111", 1), ("T052", 88))
KINDS: tuple[CallKind, ...] = ("first", "recall", "last")


@pytest.fixture(scope="module")
def clips() -> Mapping[str, Samples]:
    """Return all shipped clips."""
    loaded = load_banks(BANKS, LANGUAGES)
    assert (loaded.faults, loaded.recorded) == ((), ())
    return loaded.clips


@pytest.fixture
def banks(tmp_path: Path) -> Path:
    """Return a copy of all shipped banks, to be spoiled."""
    return Path(shutil.copytree(BANKS, tmp_path / "voice"))


@pytest.mark.parametrize("left", ["nothing", "half", "zeros"])
def test_a_broken_clip_costs_itself_alone(banks: Path, left: str) -> None:
    """Empty, cut off by a power cut, or zeros: its key is gone and named, every other clip is there."""
    path = banks / "en" / "digit-3.wav"
    data = path.read_bytes()
    path.write_bytes({"nothing": b"", "half": data[: len(data) // 2], "zeros": bytes(len(data))}[left])
    loaded = load_banks(banks, LANGUAGES)
    assert load_banks(BANKS, LANGUAGES).clips.keys() - loaded.clips.keys() == {"en/digit-3"}
    assert [fault.partition(":")[0] for fault in loaded.faults] == ["en"]


def test_a_bank_without_a_manifest_costs_its_language_alone(banks: Path) -> None:
    """The other language and the chime are said as ever."""
    (banks / "vi" / "manifest.json").write_bytes(b"{")
    loaded = load_banks(banks, LANGUAGES)
    assert loaded.clips.keys() == needed_keys("en") | {CHIME}
    assert len(loaded.faults) == 1


def test_a_clip_that_a_site_recorded_is_said_as_loud_as_the_others(banks: Path) -> None:
    """A clerk's own "ba", of another rate, soft and with silence around it, takes the place of the shipped one."""
    noise = np.random.default_rng(1).normal(0, 0.02, 22_050)
    word = np.concatenate([np.zeros(44_100), noise, np.zeros(44_100)])
    with wave.open(str(banks / "vi" / "digit-3.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(44_100)
        file.writeframes((word * 32_767).astype("<i2").tobytes())
    loaded = load_banks(banks, LANGUAGES)
    assert (loaded.faults, loaded.recorded) == ((), ("vi/digit-3",))
    levels = [active_level_db(to_signal(loaded.clips[f"vi/digit-{digit}"])) for digit in range(10)]
    assert duration_s(loaded.clips["vi/digit-3"]) == pytest.approx(0.5, abs=0.05)
    assert min(levels) - 1 <= levels[3] <= max(levels) + 1


@pytest.fixture
def chime_bank(tmp_path: Path) -> Path:
    """Return a copy of a small bank, to be spoiled."""
    for name in ("chime.wav", "manifest.json"):
        shutil.copy(BANKS / name, tmp_path)
    return tmp_path


def change_manifest(folder: Path, **fields: Any) -> None:
    """Write other values into a manifest."""
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | fields))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_shipped_banks_say_every_call(language: str, clips: dict[str, Samples]) -> None:
    """Every key that any call can need is there, and its manifest text is what the script says."""
    assert needed_keys(language) <= clips.keys()
    texts = {key.partition("/")[2]: note.text for key, note in read_manifest(BANKS / language).clips.items()}
    assert texts == read_script(BANKS / language).clips


def test_the_shipped_banks_say_what_they_are() -> None:
    """Nobody takes the standby voice for the product's voice."""
    assert read_manifest(BANKS / "vi").label == "giọng máy dự phòng"
    assert read_manifest(BANKS / "en").label == "standby machine voice"


def test_the_shipped_banks_are_small() -> None:
    """All banks together stay under 3.5 MB."""
    assert sum(path.stat().st_size for path in BANKS.rglob("*") if path.is_file()) < 3_500_000


def test_no_clip_clicks(clips: dict[str, Samples]) -> None:
    """Each clip begins and ends within 0.0005 of zero."""
    edges = {key: int(np.abs(clip[[0, -1]]).max()) for key, clip in clips.items()}
    assert {key: edge for key, edge in edges.items() if edge > 0.0005 * 32_768} == {}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_whole_calls_are_equally_loud(language: str, kind: CallKind, clips: dict[str, Samples]) -> None:
    """Every call, chime and repeats included, is within 1 LU of -18 LUFS."""
    meter = pyloudnorm.Meter(RATE)
    for number, counter in CALLS:
        utterances = announce_call(number, counter, kind, [language])
        sound = join([part for utterance in utterances for part in utterance], clips)
        assert isinstance(sound, np.ndarray)
        assert meter.integrated_loudness(to_signal(sound)) == pytest.approx(-18, abs=1)


def test_no_clip_peaks_over_the_limit(clips: dict[str, Samples]) -> None:
    """The true peak of every clip is at most -1.5 dBTP, but for the 0.01 dB of rounding to 16 bits."""
    peaks = {key: measure_true_peak(to_signal(clip)) for key, clip in clips.items()}
    assert {key: peak for key, peak in peaks.items() if peak > -1.49} == {}


def test_a_missing_clip_is_named(chime_bank: Path) -> None:
    """A manifest without a needed clip, of the chime or of a language, is refused by the clip's name."""
    change_manifest(chime_bank, clips={})
    with pytest.raises(BankError, match="clips missing: chime"):
        load_bank(chime_bank)
    change_manifest(chime_bank, lang="vi")
    with pytest.raises(BankError, match=r"clips missing: vi/and, vi/call"):
        load_bank(chime_bank)


def test_a_file_that_was_changed_is_refused(chime_bank: Path) -> None:
    """A clip that is not the one its maker wrote down is not played."""
    (chime_bank / "chime.wav").write_bytes(write_wave(np.zeros(100, np.int16)))
    with pytest.raises(BankError, match=r"chime: .*hash"):
        load_bank(chime_bank)


def test_a_file_that_is_gone_is_refused(chime_bank: Path) -> None:
    """A manifest that promises a file which is not there names the file."""
    (chime_bank / "chime.wav").unlink()
    with pytest.raises(BankError, match=r"chime: .*chime\.wav"):
        load_bank(chime_bank)


def test_another_sample_rate_is_refused(chime_bank: Path) -> None:
    """A bank at 22,050 Hz would speak too fast."""
    change_manifest(chime_bank, sample_rate=22_050)
    with pytest.raises(BankError, match="22050 Hz, not 24000 Hz"):
        load_bank(chime_bank)


def test_every_fault_is_told_at_once(chime_bank: Path) -> None:
    """Whoever repairs a bank is not sent back for each fault."""
    change_manifest(chime_bank, sample_rate=22_050)
    (chime_bank / "chime.wav").unlink()
    with pytest.raises(BankError) as refused:
        load_bank(chime_bank)
    assert len(refused.value.faults) == 2


@pytest.mark.parametrize("content", [None, "", "{}", "[1]"])
def test_a_folder_that_is_no_bank_is_refused(tmp_path: Path, content: str | None) -> None:
    """No manifest, or none that can be read, is a sentence with the folder in it."""
    if content is not None:
        (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(BankError, match=str(tmp_path)):
        load_bank(tmp_path)


@pytest.mark.parametrize(("samples", "words"), [([9000, 0, 0], "clicks"), ([0, 0, -9000], "clicks"), ([], "empty")])
def test_a_clip_that_clicks_or_is_empty_is_refused(chime_bank: Path, samples: list[int], words: str) -> None:
    """A recording cut inside a sound is noticed before the hall hears it."""
    manifest = read_manifest(chime_bank)
    write_bank(chime_bank, manifest, {"chime": np.array(samples, np.int16)})
    with pytest.raises(BankError, match=words):
        load_bank(chime_bank)


def test_the_same_clips_give_the_same_bytes(tmp_path: Path) -> None:
    """A bank that is written again is the same bank."""
    for folder in ("one", "two"):
        write_bank(tmp_path / folder, read_manifest(BANKS), load_bank(BANKS))
    for name in ("chime.wav", "manifest.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
        assert (tmp_path / "one" / name).read_bytes() == (BANKS / name).read_bytes()
