"""The kiosk's program: what it accepts, what it refuses in one sentence, and how it lives and ends without a screen."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from device_runtime.device_key import read_key
from kiosk import app
from kiosk.config import Options, read_options
from printer_drivers.address import VirtualAddress, parse
from queue_protocol.commands import ReportDevice, ReportSlip
from queue_protocol.hellos import KioskHello
from tests.driving import ROOT
from tests.kiosk.hall import KEY, Hall, open_hall, order, ticket
from tests.kiosk.test_slips import product_texts
from tests.watching import PATIENCE_S


def options(tmp_path: Path, *arguments: str) -> Options:
    """Return the options of a kiosk whose key lies in its data folder."""
    keys = tmp_path / "keys"
    keys.mkdir(exist_ok=True)
    (keys / "kiosk-1").write_text(f"{KEY}\n")
    return read_options(["--data", str(tmp_path), *arguments])


def test_a_kiosk_beside_its_server_needs_only_the_folder(tmp_path: Path) -> None:
    """Key, memory and paper are found in the data folder, also when its name has a space."""
    folder = tmp_path / "data of the hall"
    folder.mkdir()
    found = options(folder)
    assert (found.server, found.device, read_key(found.key_file)) == ("http://127.0.0.1:8080", "kiosk-1", KEY)
    assert found.folder == folder / "kiosk" / "kiosk-1"
    (printer,) = found.printers
    address = parse(printer)
    assert isinstance(address, VirtualAddress)
    assert address.folder == str(folder / "paper")
    assert found.windowed is None


def test_a_key_on_the_command_line_needs_no_file(tmp_path: Path) -> None:
    """A kiosk on another machine is told its key."""
    assert read_options(["--data", str(tmp_path), "--key", KEY]).key == KEY


def test_a_window_may_be_asked_for(tmp_path: Path) -> None:
    """The size is in pixels, width first."""
    assert options(tmp_path, "--windowed", "1280x720").windowed == (1280, 720)


def test_a_kiosk_may_stand_in_one_of_several_halls(tmp_path: Path) -> None:
    """Told where it stands, it offers what is served there."""
    assert options(tmp_path, "--hall", "ground-floor").hall == "ground-floor"
    assert options(tmp_path).hall is None


@pytest.mark.parametrize(
    ("arguments", "blame"),
    [
        (["--printer", "lpt1"], "must begin with"),
        (["--printer", "tcp://:9100"], "tcp://"),
        (["--server", "http://"], "http://192.168.1.10:8080"),
        (["--server", "http://hall:port"], "--server"),
        (["--device", "Kiosk 1"], "--device"),
        (["--key", "short"], "key of kiosk-1"),
        (["--windowed", "big"], "1280x720"),
        (["--windowed", "1x1"], "1280x720"),
        (["--language", "Tiếng Việt"], "--language"),
        (["--language", "fr"], "vi, en"),
        (["--hall", "Sảnh 1"], "--hall"),
        (["--logo", "nowhere.png"], "correct the path"),
        (["--logo", str(Path(__file__))], "save it as PNG"),
        (["--loud"], "--loud"),
    ],
)
def test_a_wrong_option_is_one_sentence_and_status_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], blame: str
) -> None:
    """Whoever starts a kiosk wrongly reads what to change, and no traceback."""
    options(tmp_path)
    assert app.main(["--data", str(tmp_path), "--headless", *arguments]) == 2
    said = capsys.readouterr().err.strip().splitlines()
    assert len(said) == 1
    assert said[0].startswith("kiosk: ")
    assert blame in said[0]


def test_a_kiosk_may_be_there_before_its_key(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Until the server has written the key the log names the file and both ways out; then it is found."""
    found = read_options(["--data", str(tmp_path)])
    assert found.key is None
    assert read_key(found.key_file) is None
    assert "keys/kiosk-1" in caplog.text
    assert "or give the key with --key" in caplog.text
    options(tmp_path)
    assert read_key(found.key_file) == KEY


def test_a_folder_that_cannot_be_used_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A data folder that is a file is the fault of the command line too."""
    (tmp_path / "kiosk").write_text("")
    options(tmp_path)
    assert app.main(["--data", str(tmp_path), "--headless"]) == 2
    assert "--data" in capsys.readouterr().err


def test_every_language_has_the_same_words() -> None:
    """English falls back to Vietnamese, so each key can be said in each language."""
    texts = product_texts()
    assert list(texts) == ["vi", "en"]
    assert set(texts["en"].forms()) == set(texts["vi"].forms())


async def test_a_link_that_falls_over_is_started_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A fault of ours in the link costs a moment, not the kiosk."""
    monkeypatch.setattr(app, "RESTART_AFTER_S", 0.001)
    runs: list[int] = []

    async def run() -> None:
        runs.append(1)
        if len(runs) < 3:
            raise ZeroDivisionError
        await asyncio.sleep(60)

    keeper = asyncio.create_task(app._keep_running("the link", run))
    while len(runs) < 3:
        await asyncio.sleep(0.001)
    keeper.cancel()
    with suppress(asyncio.CancelledError):
        await keeper
    assert caplog.text.count("the link fell over") == 2


async def test_time_goes_on_after_a_fault_on_the_screen(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A view that cannot be drawn once is in the log, and the screen does not stand still for good."""
    monkeypatch.setattr(app, "RESTART_AFTER_S", 0.001)
    monkeypatch.setattr(app, "TICK_S", 0.001)
    stopped = asyncio.Event()

    class Stumbling:
        ticks = 0

        def tick(self) -> None:
            self.ticks += 1
            if self.ticks == 1:
                raise ZeroDivisionError
            if self.ticks == 5:
                stopped.set()

    class Window:
        closed = asyncio.Event()

        def stop(self) -> None:
            self.closed.set()

        async def async_run(self, _: str) -> None:
            await self.closed.wait()

    async with asyncio.timeout(PATIENCE_S):
        await app._draw(Window(), Stumbling(), stopped)  # type: ignore[arg-type]  # all that is used of a walker
    assert "the passing of time fell over" in caplog.text


def test_without_a_screen_the_way_out_is_named(tmp_path: Path) -> None:
    """On a machine without a display the last line says how to go on, and the status is 2."""
    screens = ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")
    bare = {name: value for name, value in os.environ.items() if name not in screens}
    ended = subprocess.run(
        [sys.executable, "-m", "kiosk", "--key", KEY, "--data", str(tmp_path)],
        cwd=ROOT,
        env={**bare, "KIVY_HOME": str(tmp_path / "kivy")},
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert ended.returncode == 2
    assert "start with --headless" in ended.stderr.strip().splitlines()[-1]


@contextmanager
def headless(hall: Hall, folder: Path) -> Iterator["subprocess.Popen[str]"]:
    """Run a kiosk without a screen, on a machine where Kivy is broken."""
    poison = folder / "poison" / "kivy"
    poison.mkdir(parents=True, exist_ok=True)
    (poison / "__init__.py").write_text("raise ImportError('a headless kiosk must not load Kivy')\n")
    child = subprocess.Popen(
        [sys.executable, "-m", "kiosk", "--headless", "--server", hall.url, "--key", KEY, "--data", str(folder)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(folder / "poison")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield child
    finally:
        if child.poll() is None:
            child.kill()
        child.communicate(timeout=PATIENCE_S)


def wait_until(hall: Hall, kind: type[ReportSlip] | type[ReportDevice]) -> None:
    """Return once the hall was told such a thing."""
    deadline = time.monotonic() + PATIENCE_S
    while not hall.asked(kind):
        assert time.monotonic() < deadline, f"no {kind.__name__} among {hall.commands}"
        time.sleep(0.02)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_headless_kiosk_prints_and_ends_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    """It says that it runs, prints what the page /kiosk asked for, reports it, and ends at a signal."""
    with open_hall(orders=(order(),)) as hall, headless(hall, tmp_path) as child:
        wait_until(hall, ReportSlip)
        wait_until(hall, ReportDevice)
        child.send_signal(number)
        out, errors = child.communicate(timeout=PATIENCE_S)
    assert child.returncode == 0, errors
    assert "kiosk-1 runs without a screen" in out
    (report,) = hall.asked(ReportSlip)
    assert (report.ticket, report.outcome) == (ticket().ticket, "printed")
    assert 50 < report.length_mm < 120, "the paper that a slip takes, in millimetres"
    assert len(list((tmp_path / "paper").glob("0*.png"))) == 1


def test_a_restarted_kiosk_prints_nothing_twice(tmp_path: Path) -> None:
    """What was started survives the process: the hello names it, and the same order is not obeyed again."""
    with open_hall(orders=(order(),)) as hall:
        with headless(hall, tmp_path):
            wait_until(hall, ReportSlip)
        hall.commands.clear()
        with headless(hall, tmp_path):
            wait_until(hall, ReportDevice)
    hello = hall.hellos[-1]
    assert isinstance(hello, KioskHello)
    assert hello.started_slips == (ticket().ticket,)
    assert hall.asked(ReportSlip) == []
    assert len(list((tmp_path / "paper").glob("0*.png"))) == 1
