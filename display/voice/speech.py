"""Owns the engines that turn a text into speech, when a bank is made and never at the moment of a call.

The port is `Engine`. eSpeak NG runs as a child process, for its licence and for the sake of the parent; gTTS asks
Google Translate, of which nothing is promised: every wait has an end.
"""

import inspect
import io
import queue
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Protocol
from xml.sax.saxutils import escape, quoteattr

import gtts

from display.voice.script import Settings
from display.voice.waves import (
    Samples,
    Signal,
    WaveError,
    decode,
    duration_s,
    read_foreign_wave,
    resample,
    to_signal,
)

# One word takes eSpeak 50 ms; a machine that needs this long is not making progress.
ESPEAK_DEADLINE_S = 20.0
# To connect, and between two packets of the answer.
GTTS_TIMEOUT_S = (2.0, 4.0)
# Name look-ups and stalls that the above does not cover: the resolver alone may take 5 s twice.
GTTS_DEADLINE_S = 8.0
# Google answers 429 and locks the address out for hours when asked faster.
GTTS_PAUSE_S = 1.0
# An answer without speech in it is some 0.1 s of mp3 padding.
SHORTEST_SPEECH_S = 0.2


class SpeechError(Exception):
    """An engine did not speak; the words say who is to blame and what to do."""


class Engine(Protocol):
    """Speaks a text."""

    name: str
    """As in the script's table of engines."""
    pause_s: float
    """How long to wait between two texts, in seconds."""

    def describe(self) -> str:
        """Return name and version, for the manifest. Raises `SpeechError` when the engine is not there."""

    def synthesize(self, text: str, language: str, settings: Settings) -> Signal:
        """Return the text as speech at 24 kHz, with silence around it. Raises `SpeechError`."""


class Espeak:
    """eSpeak NG, the program of the Debian package `espeak-ng`."""

    name = "espeak"
    pause_s = 0.0

    def __init__(self) -> None:
        self._languages: frozenset[str] = frozenset()

    def describe(self) -> str:
        """See `Engine`."""
        words = self._run("--version").partition("Data at")[0].split()
        return f"eSpeak NG {words[-1] if words else ''}".strip()

    def synthesize(self, text: str, language: str, settings: Settings) -> Signal:
        """See `Engine`. The pitch range can be set by SSML only."""
        voice = settings.voice or language
        self._require(voice)
        speech = f"<prosody range={quoteattr(f'{settings.pitch_range}%')}>{escape(text)}</prosody>"
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder) / "speech.wav"
            options = ("-s", str(settings.words_per_minute), "-p", str(settings.pitch), "-w", str(target))
            self._run("-m", "-v", voice, *options, "--", speech)
            samples, rate = _read(target)
        return resample(to_signal(samples), rate)

    def _require(self, voice: str) -> None:
        """Refuse a voice that is not there: eSpeak itself would go on in English and report success."""
        if not self._languages:
            self._languages = frozenset(line.split()[1] for line in self._run("--voices").splitlines()[1:])
        if voice.partition("+")[0] not in self._languages:
            raise SpeechError(f"this eSpeak NG has no voice {voice!r}; install its data (Debian: espeak-ng-data)")

    def _run(self, *arguments: str) -> str:
        program = shutil.which("espeak-ng")
        if program is None:
            raise SpeechError("eSpeak NG is not installed: apt-get install espeak-ng")
        try:
            # Only the text is not ours, and it stands behind "--".
            done = subprocess.run(  # noqa: S603 - a fixed program, found on the PATH, no shell
                [program, *arguments], capture_output=True, text=True, timeout=ESPEAK_DEADLINE_S, check=True
            )
        except subprocess.TimeoutExpired as error:
            raise SpeechError(f"eSpeak NG did not finish within {ESPEAK_DEADLINE_S:.0f} s") from error
        except subprocess.CalledProcessError as error:
            raise SpeechError(f"eSpeak NG refused: {error.stderr.strip()}") from error
        return done.stdout


class Gtts:
    """Google Translate's voice through gTTS; needs the internet, and everything spoken goes to a third party."""

    name = "gtts"

    def __init__(self, *, pause_s: float = GTTS_PAUSE_S, deadline_s: float = GTTS_DEADLINE_S) -> None:
        self.pause_s = pause_s
        self._deadline_s = deadline_s

    def describe(self) -> str:
        """See `Engine`."""
        return f"Google Translate through gTTS {gtts.__version__}"

    def synthesize(self, text: str, language: str, settings: Settings) -> Signal:
        """See `Engine`. `settings` has nothing for this engine: it has one voice per language."""
        del settings
        data = _within(self._deadline_s, lambda: _ask_google(text, language))
        try:
            samples = decode(data)
        except WaveError as error:
            raise SpeechError(f"Google Translate answered something that is no sound ({error}); try later") from error
        if duration_s(samples) < SHORTEST_SPEECH_S:
            raise SpeechError("Google Translate answered with an empty sound; try later")
        return to_signal(samples)


def _read(path: Path) -> tuple[Samples, int]:
    try:
        return read_foreign_wave(path.read_bytes())
    except (OSError, WaveError) as error:
        raise SpeechError(f"eSpeak NG wrote no sound: {error}") from error


def _ask_google(text: str, language: str) -> bytes:
    # Older gTTS has no time limits; there the deadline around this call stands alone.
    limits = {"timeout": GTTS_TIMEOUT_S} if "timeout" in inspect.signature(gtts.gTTS).parameters else {}
    target = io.BytesIO()
    gtts.gTTS(text, lang=language, lang_check=False, **limits).write_to_fp(target)
    return target.getvalue()


def _within(deadline_s: float, ask: Callable[[], bytes]) -> bytes:
    """Return what `ask` returns; a thread that is still waiting at the deadline is left behind."""
    answers: queue.Queue[bytes | Exception] = queue.Queue()
    threading.Thread(target=_answer, args=(ask, answers), name="gtts", daemon=True).start()
    try:
        answer = answers.get(timeout=deadline_s)
    except queue.Empty as error:
        raise SpeechError(
            f"Google Translate did not answer within {deadline_s:g} s; is there internet here?"
        ) from error
    if isinstance(answer, Exception):
        raise SpeechError(f"Google Translate cannot be asked: {answer} Is there internet here?") from answer
    return answer


def _answer(ask: Callable[[], bytes], answers: "queue.Queue[bytes | Exception]") -> None:
    try:
        answers.put(ask())
    except Exception as error:  # noqa: BLE001 - gTTS and what is under it raise anything; the asker is told
        answers.put(error)


ENGINES: dict[str, Callable[[], Engine]] = {"espeak": Espeak, "gtts": Gtts}
