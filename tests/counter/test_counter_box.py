"""The counters' devices as a process, with a real server: a key on a simulated bus calls, and the sign shows it."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

import assets
from display.counter.app import CANNOT_RUN
from display.counter.counters import QUIET_S
from queue_protocol.commands import PauseCounter, ResumeCounter
from tests.clerk import Clerk
from tests.counter.bus import NEXT, RECALL, PtyBus, line_table
from tests.counter.hall import BOX, board, counter, welcome
from tests.counter.test_keyboard import DOWN, ENTER, SLASH, Pipe
from tests.counter.test_presses import events
from tests.display.hall_server import HallServer
from tests.serving import ROOT, Serving
from tests.watching import wait_until

BLANK_TEXT, PAUSED_TEXT, REFUSAL_TEXT = "    ", "=  =", "--- "


@dataclass
class Hall:
    """A server whose counter 1 has its pad at the box, the bus of the signs, and a number pad at counter 1 as well."""

    server: Serving
    bus: PtyBus
    number_pad: Pipe
    box: "subprocess.Popen[str]"

    def shows(self, text: str) -> None:
        """Return once the sign of counter 1 shows this."""
        wait_until(lambda: self.bus.signs.shown.get(1) == text, f"{text!r} on {self.bus.signs.shown}")


def start_box(folder: Path, table: str, *options: str) -> "subprocess.Popen[str]":
    """Start the process on this table."""
    path = folder / "table.toml"
    path.write_text(table, encoding="utf-8")
    with (folder / "box.log").open("w", encoding="utf-8") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "display.counter", str(path), *options], cwd=ROOT, stderr=log, text=True
        )


def read_log(folder: Path) -> str:
    """Return what the process has said."""
    return (folder / "box.log").read_text(encoding="utf-8")


def make_key(server: Serving) -> None:
    """Let the server know the box, as docs/counter_devices.md says."""
    words = ["-m", "queue_server", "device", BOX, "--role", "display", "--data", str(server.data)]
    subprocess.run([sys.executable, *words], cwd=ROOT, check=True, capture_output=True)


def catalogue(folder: Path) -> Path:
    """Write the smallest preset with a pad at counter 1, and return where."""
    preset = (assets.FOLDER / "catalogues" / "xa-nho.toml").read_text(encoding="utf-8")
    path = folder / "catalogue.toml"
    path.write_text(preset.replace("number = 1\n", f'number = 1\npad = "{BOX}"\n'), encoding="utf-8")
    return path


@contextmanager
def running(folder: Path) -> Iterator[Hall]:
    """Run all of it for the length of a test."""
    options = ("--catalogue", str(catalogue(folder)))
    with Serving(folder / "data", options=options) as server, PtyBus(folder / "port") as bus:
        make_key(server)
        number_pad = Pipe(folder / "pad")
        table = f'{line_table(str(bus.name))}[[number_pads]]\ncounter = 1\ndevice = "{number_pad.path}"\n'
        box = start_box(folder, table, "--server", server.address, "--data", str(server.data))
        try:
            yield Hall(server, bus, number_pad, box)
        finally:
            box.kill()
            box.wait(5)
            number_pad.unplug()


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    """Lend a hall."""
    with running(tmp_path) as hall:
        yield hall


@pytest.fixture
def hall_server() -> Iterator[HallServer]:
    """Lend a server that says what the test gives it."""
    with HallServer() as server:
        yield server


def test_a_key_calls_and_the_sign_shows_the_number(hall: Hall, tmp_path: Path) -> None:
    """The day of a counter: refused while nobody waits, called once for two presses, finished, and blank at the end."""
    with Clerk(hall.server, 1) as clerk:
        clerk.ask(PauseCounter(counter=1, reason="break"))
        hall.shows(PAUSED_TEXT)
        clerk.ask(ResumeCounter(counter=1))
        hall.shows(BLANK_TEXT)
        hall.bus.press(NEXT)
        hall.shows(REFUSAL_TEXT)
        hall.shows(BLANK_TEXT)
        first, second = (clerk.take("certification") for _ in range(2))

        hall.bus.press(b"\x00\xff" + NEXT[:2], NEXT[2:], NEXT)
        hall.shows(first.number)
        time.sleep(QUIET_S)
        assert hall.bus.signs.said(1)[-1] == first.number

        hall.number_pad.write(events((ENTER, DOWN)))  # the person has come
        time.sleep(QUIET_S)
        hall.number_pad.write(events((ENTER, DOWN)))
        hall.shows(second.number)
        hall.bus.press(RECALL)
        hall.shows(REFUSAL_TEXT)
        hall.shows(second.number)
        hall.number_pad.write(events((ENTER, DOWN)))
        time.sleep(QUIET_S)
        hall.number_pad.write(events((SLASH, DOWN)))
        hall.shows(BLANK_TEXT)

    called = hall.server.query("select count(*) from event where kind like 'ticket_called%'")
    assert called == [(2,)]
    log = read_log(tmp_path)
    assert "counter 1: the key next was refused: Nobody waits for the services of this counter." in log
    assert "counter 1: the key recall was refused:" in log


def test_a_sign_is_blank_without_the_server_and_after_the_end(hall_server: HallServer, tmp_path: Path) -> None:
    """No number looks as if it were live: the link is cut, comes back, is gone, and the box ends."""
    hall_server.greeting = [welcome(), board(1, counter(1, "A015"))]
    with PtyBus(tmp_path / "port") as bus:
        signs = bus.signs
        box = start_box(tmp_path, line_table(str(bus.name)), "--server", hall_server.address, "--key", "k" * 16)
        wait_until(lambda: signs.said(1)[-1:] == ["A015"], "the number of the board")
        hall_server.drop()
        wait_until(lambda: signs.said(1)[-3:] == ["A015", BLANK_TEXT, "A015"], "the number again after a blank")
        hall_server.hang_up()
        wait_until(lambda: signs.said(1)[-1] == BLANK_TEXT, "no number without a server")
        bus.press(NEXT)
        wait_until(lambda: signs.said(1)[-1] == REFUSAL_TEXT, "a key without a server")
        box.terminate()
        assert box.wait(10) == 0
        wait_until(lambda: signs.shown == {1: BLANK_TEXT, 2: BLANK_TEXT}, "blank signs at the end")
    assert "counter 1: the key next had no effect: the server is out of reach" in read_log(tmp_path)
    assert hall_server.commands == []


def test_a_bad_table_ends_the_process_with_status_2(tmp_path: Path) -> None:
    """A supervisor that starts it again would not help."""
    assert start_box(tmp_path, "lines = 1").wait(20) == CANNOT_RUN
    path = tmp_path / "table.toml"
    assert read_log(tmp_path) == (
        f"display.counter: the table {path} is not right: lines: expected `array`, got `int`\n"
    )
