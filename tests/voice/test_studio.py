"""Banks are made from a script by an engine that is no engine: tones in place of words."""

from pathlib import Path

import numpy as np
import pytest

import assets
from display.voice import __main__ as command_line
from display.voice.bank import load_bank, load_banks, read_manifest
from display.voice.script import Script, ScriptError, Settings, read_script
from display.voice.speech import ENGINES, SpeechError
from display.voice.studio import make_language_bank
from display.voice.waves import RATE, Signal, read_wave
from queue_protocol.phrases import LANGUAGES, announce_call, clip_keys

BANKS = assets.FOLDER / "voice"


class ToneEngine:
    """Says each text as a tone of its own, 40 ms per letter."""

    name = "espeak"
    pause_s = 0.0

    def __init__(self, mute: str = "") -> None:
        self.mute = mute
        self.asked: list[str] = []

    def describe(self) -> str:
        """See `Engine`."""
        return "tones"

    def synthesize(self, text: str, language: str, settings: Settings) -> Signal:
        """See `Engine`."""
        del language, settings
        self.asked.append(text)
        if text == self.mute:
            return np.zeros(RATE)
        at = np.arange(len(text) * RATE // 25) / RATE
        return np.pad(0.2 * np.sin(2 * np.pi * (200 + sum(map(ord, text)) % 300) * at), RATE // 10)


def ignore(_done: int, _total: int, _text: str) -> None:
    """Show no progress."""


def test_a_bank_is_made_and_can_be_loaded(tmp_path: Path) -> None:
    """Every clip of the script is asked for once, and the result is a bank that is not refused."""
    script, engine = read_script(BANKS / "vi"), ToneEngine()
    told: list[tuple[int, int, str]] = []
    make_language_bank(tmp_path, script, engine, lambda *step: told.append(step))
    assert load_bank(tmp_path).keys() == clip_keys("vi")
    assert len(engine.asked) == len(script.clips)
    assert told[-1] == (len(script.clips), len(script.clips), list(script.clips.values())[-1])
    manifest = read_manifest(tmp_path)
    assert (manifest.label, manifest.source, manifest.sample_rate) == ("giọng máy dự phòng", "tones", 24_000)


def test_making_a_bank_again_gives_the_same_bytes(tmp_path: Path) -> None:
    """Nothing of the time, the machine or the order of things gets into a bank."""
    for name in ("one", "two"):
        make_language_bank(tmp_path / name, read_script(BANKS / "en"), ToneEngine(), ignore)
    one, two = ({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("one", "two"))
    assert one == two


def test_a_respelling_reaches_the_engine_and_nobody_else(tmp_path: Path) -> None:
    """The engine is asked for the respelling; the manifest keeps what is said."""
    script, engine = read_script(BANKS / "vi"), ToneEngine()
    respelled = script.engines["espeak"].respell
    assert respelled
    make_language_bank(tmp_path, script, engine, ignore)
    assert set(respelled.values()) <= set(engine.asked)
    assert read_manifest(tmp_path).clips["vi/tens"].text == "mươi"


def test_a_mute_clip_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    """An engine that leaves out a word makes no bank; the word is named."""
    with pytest.raises(SpeechError, match=r"en/digit-3 \(three\): there is no word"):
        make_language_bank(tmp_path / "en", read_script(BANKS / "en"), ToneEngine(mute="three"), ignore)
    assert not (tmp_path / "en").exists()


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (Script(language="vi", clips={}), r"no \[engines.espeak\]"),
        (
            Script(language="vi", clips={"call": "x"}, engines={"espeak": Settings(label="", licence="")}),
            "no text for vi/and",
        ),
    ],
)
def test_a_script_that_lacks_something_is_refused(tmp_path: Path, script: Script, words: str) -> None:
    """A script without settings for the engine, or without a clip, names what it lacks."""
    with pytest.raises(SpeechError, match=words):
        make_language_bank(tmp_path, script, ToneEngine(), ignore)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_scripts_have_a_text_for_every_clip(language: str) -> None:
    """Script and call agree on the clips, neither has more, and both engines know how to say them."""
    script = read_script(BANKS / language)
    assert {f"{language}/{name}" for name in script.clips} == clip_keys(language)
    for engine in ENGINES:
        assert script.engines[engine].label
        assert script.engines[engine].respell.keys() <= script.clips.keys()


def test_a_folder_without_a_script_is_refused(tmp_path: Path) -> None:
    """A missing or broken script is named."""
    with pytest.raises(ScriptError, match=r"script\.toml"):
        read_script(tmp_path)
    (tmp_path / "script.toml").write_text("language = 3")
    with pytest.raises(ScriptError, match=r"script\.toml"):
        read_script(tmp_path)


def test_the_command_line_builds_checks_and_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`build` makes all banks with progress, `check` accepts them, `say` writes the call whole."""
    monkeypatch.setitem(ENGINES, "espeak", ToneEngine)
    banks, target = tmp_path / "banks", tmp_path / "call.wav"
    assert command_line.main(["build", "--to", str(banks)]) == 0
    assert "48/48" in capsys.readouterr().out
    assert command_line.main(["check", "--banks", str(banks)]) == 0
    assert "espeak-vi, 48 clips" in capsys.readouterr().out
    assert (
        command_line.main(["say", "A015", "3", "--languages", "vi,en", "--banks", str(banks), "--to", str(target)]) == 0
    )
    clips = load_banks(banks, LANGUAGES).clips
    parts = [part for utterance in announce_call("A015", 3, "first", ["vi", "en"]) for part in utterance]
    size = sum(clips[part].size if isinstance(part, str) else part * 24 for part in parts)
    assert read_wave(target.read_bytes()).size == size


@pytest.mark.parametrize("languages", ["fr", "vi,fr", ""])
def test_a_language_that_nobody_speaks_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], languages: str
) -> None:
    """The chime alone is no call: status 2, and which languages there are."""
    with pytest.raises(SystemExit) as ended:
        command_line.main(["say", "A015", "3", "--languages", languages, "--to", str(tmp_path / "call.wav")])
    assert ended.value.code == 2
    assert "choose from vi, en" in capsys.readouterr().err


def test_the_command_line_fails_with_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder without banks: exit status 2 and one line, no traceback."""
    assert command_line.main(["check", "--banks", str(tmp_path)]) == 2
    error = capsys.readouterr().err
    assert error.startswith("display.voice: the voice bank in ")
    assert error.count("\n") == 1
