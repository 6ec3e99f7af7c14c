"""The starter of a center: what it starts with which words, what it does when a box ends, how it ends itself.

The boxes are modules of a few lines in the folder it runs in, so that nothing is started but Python.
"""

import asyncio
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from display.config import read_settings
from kiosk.config import read_options
from queue_server.process.arguments import Config
from queue_server.process.arguments import read_arguments as read_server
from tests.house.sources import ROOT
from tests.watching import PATIENCE_S
from tools import center
from tools.center import PAGES, Box, Center, commands, read_arguments, run, unit
from tools.restore_offer import offer_restore

KEY = "k" * 32

SERVES = """
import pathlib, sys, time
keys = pathlib.Path("data/keys"); keys.mkdir(parents=True, exist_ok=True)
for name in ("kiosk-1", "display-1"): (keys / name).write_text("k" * 32)
print("motcua serves on http://127.0.0.1:8080", flush=True)
"""
WAITS = """
import pathlib, signal, sys, time
def end(*_):
    with open("ends", "a") as ends: print(__spec__.name, file=ends)
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
with open("starts", "a") as starts: print(__spec__.name, *sys.argv[1:], file=starts)
time.sleep(60)
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with a sound center of modules that wait; it is where everything runs."""
    for name, does in (("queue_server", SERVES + WAITS), ("kiosk", WAITS), ("display", WAITS)):
        (tmp_path / f"{name}.py").write_text(does)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@contextmanager
def started(*arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """Run the program itself in the present folder."""
    child = subprocess.Popen(
        [sys.executable, str(ROOT / "tools" / "center.py"), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield child
    finally:
        if child.poll() is None:
            child.kill()
        child.communicate(timeout=PATIENCE_S)


def wait_for(path: Path, *words: str, within_s: float = PATIENCE_S) -> None:
    """Return once a file holds all these."""
    until = time.monotonic() + within_s
    while not (path.exists() and all(word in path.read_text() for word in words)):
        assert time.monotonic() < until, path.read_text() if path.exists() else f"no {path}"
        time.sleep(0.02)


def test_one_signal_ends_everything_the_server_last(folder: Path) -> None:
    """Three boxes, one SIGTERM, status 0, a word of farewell, and no secret in all that was said."""
    with started("--headless") as child:
        wait_for(folder / "starts", "queue_server", "kiosk", "display")
        child.send_signal(signal.SIGTERM)
        said, _ = child.communicate(timeout=PATIENCE_S)
    assert child.returncode == 0
    assert "motcua has stopped" in said
    pages = folder / "data" / PAGES
    assert pages.stat().st_mode & 0o077 == 0
    assert f"/kiosk#device=kiosk-1&key={KEY}" in pages.read_text()
    assert str(Path("data") / PAGES) in said
    assert KEY not in said  # it goes to the journal of the system
    assert (folder / "ends").read_text().split()[-1] == "queue_server"
    assert len((folder / "ends").read_text().split()) == 3


def test_one_box_runs_alone_beside_a_server_elsewhere(folder: Path) -> None:
    """The PC of the television has a display and nothing else, under the same care."""
    with started("--only", "display", "--server", "http://10.0.0.1:8080", "--headless") as child:
        wait_for(folder / "starts", "display --server http://10.0.0.1:8080 --data data --headless --sound device")
        child.send_signal(signal.SIGINT)
        said, _ = child.communicate(timeout=PATIENCE_S)
    assert (child.returncode, (folder / "ends").read_text()) == (0, "display\n")
    assert "display of the center at http://10.0.0.1:8080" in said


def test_a_box_that_ends_is_started_again(folder: Path) -> None:
    """A crash costs a moment, is said, and its log has the traceback."""
    crashes = "import pathlib\nif not pathlib.Path('crashed').exists():\n    pathlib.Path('crashed').touch(); 1 / 0\n"
    (folder / "kiosk.py").write_text(crashes + WAITS)
    with started("--only", "kiosk", "--server", "http://10.0.0.1:8080", "--headless") as child:
        wait_for(folder / "starts", "kiosk")
        child.terminate()
        said, _ = child.communicate(timeout=PATIENCE_S)
    assert "kiosk ended (status 1) and is started again" in said
    assert "ZeroDivisionError" in (folder / "data" / "logs" / "kiosk.log").read_text()


def test_a_box_that_cannot_start_is_said_once_and_left(folder: Path) -> None:
    """Its sentence is shown; with nothing else to keep, the program ends with the same status."""
    (folder / "kiosk.py").write_text("import sys\nprint('kiosk: no such printer', file=sys.stderr)\nsys.exit(2)\n")
    with started("--only", "kiosk", "--server", "http://10.0.0.1:8080", "--headless") as child:
        said, _ = child.communicate(timeout=PATIENCE_S)
    assert child.returncode == 2
    assert said.count("kiosk cannot start: kiosk: no such printer") == 1


def test_a_server_that_never_serves_is_given_up(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither kiosk nor display is started beside it; the last line of its log is said."""
    monkeypatch.setattr(center, "READY_WAIT_S", 1.0)
    (folder / "queue_server.py").write_text("import sys\nprint('slow disk', file=sys.stderr, flush=True)\n" + WAITS)
    given, _ = read_arguments(["--headless"])
    assert asyncio.run(run(given)) == 2
    assert capsys.readouterr().err == "slow disk\n"
    assert "kiosk" not in (folder / "starts").read_text()


async def test_the_pause_grows_and_is_short_again_after_a_sound_life(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault that comes back at once is not tried in a loop; one after a good while costs a second."""
    pauses: list[float] = []
    long_enough = iter([60.0, 60.0, 60.0, 0.0, 60.0])

    class Mortal(Box):
        async def start(self) -> None:
            """Begin nothing."""

        async def watch(self) -> int:
            """Die at once, in a life that is long enough or not."""
            monkeypatch.setattr(center, "SOUND_S", next(long_enough))
            return 1 if len(pauses) < 4 else 2

        def last_words(self) -> str:
            """Say nothing."""
            return ""

    async def note(seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", note)
    await Mortal("box", [], folder).keep()
    assert pauses == [1.0, 2.0, 4.0, 1.0]


async def test_a_large_log_makes_room_at_the_next_start(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One older log is kept, so that a year of restarts does not fill the disk."""
    monkeypatch.setattr(center, "MOST_LOG_BYTES", 10)
    (folder / "said.py").write_text("import sys\nprint('new', file=sys.stderr)\n")
    (folder / "box.log").write_text("old old old\n")
    box = Box("box", ["said"], folder)
    await box.start()
    assert await box.watch() == 0
    assert (folder / "box.log.1").read_text() == "old old old\n"
    assert (folder / "box.log").read_text() == "new\n"


FULL = ["--printer", "usb:///dev/usb/lp0?width=384&cut=off", "--printer", "tcp://10.0.0.9", "--logo", "a b.png",
        "--full-screen", "--hall", "east", "--host", "0.0.0.0", "--port", "9000"]  # fmt: skip  # noqa: S104 - never bound


def test_the_boxes_understand_what_they_are_told(tmp_path: Path) -> None:
    """Printers, logo, screen and hall reach kiosk and display by the names that these know."""
    words = commands(read_arguments([*FULL, "--data", str(tmp_path)])[0])
    kiosk, display = read_options(words["kiosk"][1:]), read_settings(words["display"][1:])
    assert kiosk.printers == ("usb:///dev/usb/lp0?width=384&cut=off", "tcp://10.0.0.9")
    assert (kiosk.logo, kiosk.windowed, kiosk.headless, kiosk.hall) == (Path("a b.png"), None, False, "east")
    assert (display.window, display.headless, display.hall, display.sound) == (None, False, "east", "device")
    assert kiosk.server == display.server == "http://127.0.0.1:9000"
    server = read_server(words["server"][1:])
    assert isinstance(server, Config)
    assert (server.host, server.port, server.data) == ("0.0.0.0", 9000, tmp_path)  # noqa: S104 - compared, not bound


@pytest.mark.parametrize(
    ("arguments", "blame"),
    [
        (["--only", "kiosk"], "--server URL"),
        (["--server", "http://10.0.0.1:8080"], "--server URL"),
        (["--device", "kiosk-2"], "--only kiosk"),
        (["--only", "printer"], "invalid choice"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    capsys: pytest.CaptureFixture[str], arguments: list[str], blame: str
) -> None:
    """Status 2, and what to say instead."""
    with pytest.raises(SystemExit) as ended:
        read_arguments(arguments)
    assert ended.value.code == 2
    assert blame in capsys.readouterr().err


def words_of(text: str) -> list[str]:
    """Return the words that systemd starts: in double quotes, with doubled signs."""
    (line,) = re.findall(r"^ExecStart=(.*)$", text, re.MULTILINE)
    return [word.replace("%%", "%").replace("$$", "$") for word in shlex.split(line)]


@pytest.mark.parametrize(
    "arguments",
    [
        FULL,
        ["--headless", "--data", "/srv/100% $ours"],
        ["--only", "display", "--server", "http://10.0.0.1:8080", "--device", "display-2", "--full-screen"],
    ],
)
def test_a_unit_starts_what_was_asked_for(arguments: list[str]) -> None:
    """From any folder, with whole paths; at boot without a screen, with the session of a user where there is one."""
    given, _ = read_arguments(arguments)
    text = unit(given)
    python, program, *words = words_of(text)
    assert (python, ROOT / program) == (sys.executable, ROOT / "tools" / "center.py")
    again, wants_unit = read_arguments(words)
    assert not wants_unit
    whole = {"data": given.data.resolve(), "logo": given.logo and given.logo.resolve()}
    assert again == _replace(given, **whole)
    assert ("WantedBy=multi-user.target" in text) == ("User=" in text) == given.headless


def _replace(given: Center, **changes: Path | None) -> Center:
    return Center(**{name: getattr(given, name) for name in Center.__slots__} | changes)


def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    """Its own checker has nothing to say, where there is one."""
    checker = "/usr/bin/systemd-analyze"
    if not os.access(checker, os.X_OK):
        pytest.skip("no systemd here")
    given, _ = read_arguments(["--headless", "--printer", "tcp://10.0.0.9?width=384&cut=off"])
    (tmp_path / "motcua.service").write_text(unit(given))
    asked = [checker, "verify", str(tmp_path / "motcua.service")]
    checked = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_an_empty_folder_is_offered_a_restore(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The person types a backup until one is restored, or Enter for a new center; asked once in a center's life."""
    typed = iter([str(tmp_path / "nowhere"), ""])
    offer_restore(tmp_path / "new", lambda _question: next(typed))
    said = capfd.readouterr()
    assert "There is no center in" in said.out
    assert "There is no backup in" in said.err
    (tmp_path / "new").mkdir(exist_ok=True)
    (tmp_path / "new" / "alive").touch()
    offer_restore(tmp_path / "new", lambda _question: pytest.fail("asked again"))


async def test_no_start_that_fails_leaves_a_server_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given words that cannot be said, as with a key that is not there, then the server is ended too."""
    ended: list[str] = []

    async def opened(_server: Box, _stopped: object) -> None:
        raise FileNotFoundError("keys/kiosk-1")

    async def stop(box: Box) -> None:
        ended.append(box.name)

    monkeypatch.setattr(center, "_open", opened)
    monkeypatch.setattr(Box, "stop", stop)
    with pytest.raises(FileNotFoundError):
        await center.run(replace(read_arguments([])[0], data=tmp_path))
    assert sorted(ended) == ["display", "kiosk", "server"]
