"""The engines: eSpeak NG if it is here, and Google's voice played by a server of this test."""

import base64
import os
import shutil
import stat
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import numpy as np
import pytest

import assets
from display.voice.script import Settings, read_script
from display.voice.speech import Espeak, Gtts, SpeechError
from display.voice.waves import RATE, duration_s, write_wave
from tests.watching import SOON_S

SETTINGS = Settings(label="", licence="", voice="vi", words_per_minute=120)
SECOND_OF_TONE = write_wave((3000 * np.sin(np.arange(RATE) / 10)).astype(np.int16))


class Translate(HTTPServer):
    """A stand-in for Google Translate: answers each request with the same bytes, after a while."""

    def __init__(self, sound: bytes | None, status: int = 200, delay_s: float = 0) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.status = status
        self.delay_s = delay_s
        self.asked: list[bytes] = []
        audio = "" if sound is None else base64.b64encode(sound).decode()
        self.body = rf'[["wrb.fr","jQ1olc","[\"{audio}\"]"]]'.encode() if sound is not None else b"[]"


class _Answer(BaseHTTPRequestHandler):
    server: Translate

    def do_POST(self) -> None:
        """Answer as Google does."""
        self.server.asked.append(self.rfile.read(int(self.headers["Content-Length"])))
        time.sleep(self.server.delay_s)
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


Serve = Callable[[Translate], Translate]


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Return a function that starts a stand-in and sends gTTS there."""
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    started = []

    def start(server: Translate) -> Translate:
        address = f"http://127.0.0.1:{server.server_port}/"
        monkeypatch.setattr("gtts.tts._translate_url", lambda tld="com", path="": address + path)  # noqa: ARG005 - its signature
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        started.append(server)
        return server

    yield start
    for server in started:
        server.shutdown()
        server.server_close()


def test_gtts_asks_for_the_text_and_returns_its_sound(serve: Serve) -> None:
    """The real library asks the stand-in for our text and language; its answer becomes samples."""
    server = serve(Translate(SECOND_OF_TONE))
    sound = Gtts().synthesize("mời công dân", "vi", SETTINGS)
    assert duration_s(sound) == pytest.approx(1)
    assert np.abs(sound).max() == pytest.approx(3000 / 32_768, rel=0.01)
    assert len(server.asked) == 1
    assert b"%5C%22vi%5C%22" in server.asked[0]


@pytest.mark.parametrize(
    ("server", "words"),
    [
        (lambda: Translate(None), "sound|cannot be asked"),
        (lambda: Translate(b""), "sound|cannot be asked"),
        (lambda: Translate(b"<html>"), "no sound"),
        (lambda: Translate(write_wave(np.zeros(100, np.int16))), "empty sound"),
        (lambda: Translate(SECOND_OF_TONE, status=429), "429"),
    ],
)
def test_an_answer_without_speech_is_no_clip(serve: Serve, server: Callable[[], Translate], words: str) -> None:
    """No audio, a web page, an empty sound, too many requests: each is an error that says so."""
    serve(server())
    with pytest.raises(SpeechError, match=words):
        Gtts().synthesize("không", "vi", SETTINGS)


def test_a_silent_server_is_left_within_seconds(serve: Serve) -> None:
    """A server that accepts and says nothing costs the deadline and no more."""
    serve(Translate(SECOND_OF_TONE, delay_s=1.0))
    with pytest.raises(SpeechError, match=r"did not answer within 0\.3 s"):
        Gtts(deadline_s=0.3).synthesize("không", "vi", SETTINGS)


def test_without_a_network_there_is_an_error_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A port where nobody listens is told as such, and the internet is named as the likely cause."""
    monkeypatch.setattr("gtts.tts._translate_url", lambda **_: "http://127.0.0.1:9/")
    before = time.monotonic()
    with pytest.raises(SpeechError, match="internet"):
        Gtts().synthesize("không", "vi", SETTINGS)
    assert time.monotonic() - before < SOON_S


def test_google_is_asked_once_a_second_at_most() -> None:
    """Asked faster, it answers 429 and locks the address out."""
    assert Gtts().pause_s >= 1.0
    assert "gTTS" in Gtts().describe()


needs_espeak = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="eSpeak NG is not installed")


@needs_espeak
def test_espeak_speaks_at_our_rate() -> None:
    """A word lasts about as long as a word, and the same word twice is the same sound."""
    settings = read_script(assets.FOLDER / "voice" / "vi").engines["espeak"]
    one, two = (Espeak().synthesize("không", "vi", settings) for _ in range(2))
    assert 0.3 < duration_s(one) < 2
    np.testing.assert_array_equal(one, two)
    assert Espeak().describe().startswith("eSpeak NG 1")


@needs_espeak
def test_espeak_speaks_signs_and_no_commands() -> None:
    """A text with marks of SSML, or one that looks like an option, is spoken."""
    assert Espeak().synthesize("--version <a> & b", "vi", SETTINGS).any()


@needs_espeak
def test_espeak_refuses_a_voice_it_has_not() -> None:
    """A missing voice is an error and not English with success."""
    with pytest.raises(SpeechError, match="no voice 'no-such-voice'"):
        Espeak().synthesize("không", "vi", Settings(label="", licence="", voice="no-such-voice"))


@pytest.mark.parametrize(
    ("program", "words"),
    [(None, "apt-get install espeak-ng"), ("exit 3", "refused"), ("echo Pty Language; echo 5 vi", "wrote no sound")],
)
def test_espeak_that_is_missing_or_broken_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str | None, words: str
) -> None:
    """No program, one that fails, one that writes nothing: each is one sentence."""
    if program is not None:
        path = tmp_path / "espeak-ng"
        path.write_text(f"#!/bin/sh\n{program}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SpeechError, match=words):
        Espeak().synthesize("không", "vi", SETTINGS)
