"""A line with its signs and pads on real ports: a pseudo-terminal at 9600 baud, a raw socket, a port server."""

import asyncio
import contextlib
import fcntl
import logging
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, Self

import pytest
import serial
import serial.rfc2217

from display.counter.devices import BLANK, PAUSED, Face, Key
from display.counter.line import Line
from display.counter.plans import LinePlan
from tests.counter.bus import NEXT, RECALL, PtyBus, Signs, line_plan, until
from tests.watching import PATIENCE_S, SOON_S

Pressed = list[tuple[int, Key]]


def number(text: str) -> Face:
    """Return the face of this number."""
    return Face("number", text)


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[PtyBus]:
    """Lend a bus that is plugged in."""
    with PtyBus(tmp_path / "port") as bus:
        yield bus


@contextlib.asynccontextmanager
async def watched(plan: LinePlan) -> AsyncIterator[tuple[Line, Pressed]]:
    """Run a line for the length of a test; what is pressed is noted."""
    line, pressed = Line(plan), Pressed()
    task = asyncio.create_task(line.watch(lambda counter, key: pressed.append((counter, key))))
    try:
        yield line, pressed
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def test_signs_show_their_own_numbers(bus: PtyBus) -> None:
    """Two signs on one bus, each by its address; before any number they are blank."""
    async with watched(line_plan(str(bus.name))) as (line, _):
        await until(lambda: bus.signs.shown == {1: "    ", 2: "    "})
        line.signs[0].show(number("A015"))
        line.signs[1].show(PAUSED)
        await until(lambda: bus.signs.shown == {1: "A015", 2: "=  ="})


async def test_numbers_that_were_overtaken_are_not_shown(bus: PtyBus) -> None:
    """Of fifty numbers in a moment the sign shows the last, and next to none of those before."""
    async with watched(line_plan(str(bus.name))) as (line, _):
        await until(lambda: len(bus.signs.shown) == 2)
        for each in range(1, 51):
            line.signs[0].show(number(f"A{each:03}"))
        await until(lambda: bus.signs.shown[1] == "A050")
        assert len(bus.signs.said(1)) <= 3


async def test_frames_keep_their_distance(bus: PtyBus) -> None:
    """With a gap of 80 ms the eight signs of a bus cannot all be told in half a second."""
    async with watched(line_plan(str(bus.name), counters=8, gap_ms=80)):
        await until(lambda: len(bus.signs.shown) == 8)
        first, last = bus.signs.frames[0][0], bus.signs.frames[7][0]
        assert last - first > 0.4


async def test_a_sign_that_lost_power_shows_its_number_again(bus: PtyBus) -> None:
    """It is told again after the resend time, without anything new."""
    async with watched(line_plan(str(bus.name), resend_s=1)) as (line, _):
        line.signs[0].show(number("A015"))
        await until(lambda: bus.signs.shown.get(1) == "A015")
        bus.signs.lose_power()
        await until(lambda: bus.signs.shown.get(1) == "A015")


async def test_an_adapter_that_was_pulled_out_comes_back(bus: PtyBus, caplog: pytest.LogCaptureFixture) -> None:
    """The number that is right by then is shown at once, and keys are heard again; the log says it once each."""
    async with watched(line_plan(str(bus.name), resend_s=600)) as (line, pressed):
        await until(lambda: len(bus.signs.shown) == 2)
        with caplog.at_level(logging.INFO):
            bus.unplug()
            line.signs[0].show(number("A015"))
            await until(lambda: f"there is no {bus.name}" in caplog.text)
            bus.signs.lose_power()
            line.signs[0].show(number("A016"))
            bus.plug_in()
            await until(lambda: bus.signs.shown == {1: "A016", 2: "    "})
        assert caplog.text.count("there is no") == 1
        bus.press(NEXT)
        await until(lambda: pressed == [(1, "next")])


async def test_keys_are_heard_through_noise_and_in_pieces(bus: PtyBus) -> None:
    """A frame may be split over reads, and garbage may stand around it."""
    async with watched(line_plan(str(bus.name))) as (_, pressed):
        await until(lambda: len(bus.signs.shown) == 2)
        bus.press(b"\xff\x00" + NEXT[:1], NEXT[1:3], NEXT[3:] + b"\x7f", RECALL)
        await until(lambda: pressed == [(1, "next"), (1, "recall")])


async def test_an_unknown_pad_can_be_learned_from_the_log(bus: PtyBus, caplog: pytest.LogCaptureFixture) -> None:
    """Makers do not publish what their pads send."""
    async with watched(line_plan(str(bus.name))) as (_, pressed):
        await until(lambda: len(bus.signs.shown) == 2)
        with caplog.at_level(logging.INFO):
            bus.press(bytes.fromhex("aa 10 01"))
            await until(lambda: "no pad of the table sends: aa 10 01" in caplog.text)
        assert pressed == []


async def test_an_adapter_that_takes_nothing_blocks_nobody(bus: PtyBus, caplog: pytest.LogCaptureFixture) -> None:
    """A stalled line is given up after a second, the loop never waits for it, and the end does not either."""
    async with watched(line_plan(str(bus.name))) as (line, _):
        await until(lambda: len(bus.signs.shown) == 2)
        bus.stall()
        line.signs[0].show(number("A015"))
        turns, until_s = 0, time.monotonic() + PATIENCE_S
        while "Write timeout" not in caplog.text and time.monotonic() < until_s:
            line.signs[1].show(number("A016"))
            await asyncio.sleep(0.005)
            turns += 1
        assert "Write timeout" in caplog.text
        assert turns > 5, "the loop stood still for the second of the write"
        ending_s = time.monotonic()
    assert time.monotonic() - ending_s < SOON_S


async def test_the_end_leaves_no_number_on_the_signs(bus: PtyBus) -> None:
    """What is shown by a box that is gone would look as if it were live."""
    async with watched(line_plan(str(bus.name))) as (line, _):
        line.signs[0].show(number("A015"))
        await until(lambda: bus.signs.shown.get(1) == "A015")
    await until(lambda: bus.signs.shown == {1: "    ", 2: "    "})


async def test_a_number_too_long_leaves_the_sign_blank(bus: PtyBus, caplog: pytest.LogCaptureFixture) -> None:
    """A wrong number is worse than none, and the log says why."""
    async with watched(line_plan(str(bus.name))) as (line, _):
        line.signs[0].show(number("A015"))
        await until(lambda: bus.signs.shown.get(1) == "A015")
        line.signs[0].show(number("A12345"))
        await until(lambda: bus.signs.shown.get(1) == "    ")
    assert "A12345 does not fit the sign of counter 1" in caplog.text


async def test_a_port_has_one_owner(bus: PtyBus, caplog: pytest.LogCaptureFixture) -> None:
    """A port that another program holds is not shared, and is taken once it is free."""
    with bus.name.open("rb", buffering=0) as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        async with watched(line_plan(str(bus.name))):
            await until(lambda: f"another program holds {bus.name}" in caplog.text)
            assert bus.signs.frames == []
            fcntl.flock(held, fcntl.LOCK_UN)
            await until(lambda: len(bus.signs.shown) == 2)


async def test_a_fault_in_the_line_is_raised_where_it_is_watched(bus: PtyBus) -> None:
    """Whoever runs the line can log it and run it again; what the signs are to show is not forgotten."""
    line = Line(line_plan(str(bus.name)))
    line.signs[0].show(number("A015"))
    broken: Any = "no bytes"
    line.put(1, broken)
    with pytest.raises(TypeError):
        await line.watch(lambda *_: None)
    assert line._frames[0] == line._plan.signs[0].render(number("A015"))


class PortServer:
    """A TCP port with the bus behind it; with `rfc2217` it speaks that protocol. Use as a context manager."""

    def __init__(self, *, rfc2217: bool) -> None:
        self.signs = Signs()
        self._rfc2217 = rfc2217
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._caller: socket.socket | None = None
        self._send: Callable[[bytes], object] = lambda _: None
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def address(self) -> str:
        """Where it listens, without the scheme."""
        return f"127.0.0.1:{self._listener.getsockname()[1]}"

    def press(self, frame: bytes) -> None:
        """Let a pad send this."""
        self._send(frame)

    def hang_up(self) -> None:
        """Drop the caller, who may call again."""
        if self._caller is not None:
            self._caller.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with contextlib.suppress(OSError):
            self.hang_up()
        self._thread.join(5)

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                caller, _ = self._listener.accept()
                with caller, contextlib.suppress(OSError):
                    self._caller = caller
                    self._converse(caller)

    def _converse(self, caller: socket.socket) -> None:
        manager = self._manage(caller) if self._rfc2217 else None
        escape = (lambda data: b"".join(manager.escape(data))) if manager else bytes
        self._send = lambda data: caller.sendall(escape(data))
        while data := caller.recv(4096):
            self.signs.hear(b"".join(manager.filter(data)) if manager else data)

    @staticmethod
    def _manage(caller: socket.socket) -> Any:
        class Connection:
            """The server's words of the protocol; pyserial wants something to write to."""

            @staticmethod
            def write(data: bytes) -> None:
                caller.sendall(data)

        wires: Any = serial.serial_for_url("loop://")
        connection: Any = Connection()
        return serial.rfc2217.PortManager(wires, connection)


# pyserial 3.5 starts threads as Python 2 did, and does not close a socket that was shut at the other end: it drops it.
@pytest.mark.filterwarnings("ignore:set(Daemon|Name):DeprecationWarning")
@pytest.mark.filterwarnings("ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("scheme", ["socket", "rfc2217"])
async def test_a_line_behind_a_port_server_works_as_one_at_hand(scheme: str) -> None:
    """Numbers and keys go both ways, and after the server has hung up the line calls it again."""
    with PortServer(rfc2217=scheme == "rfc2217") as server:
        async with watched(line_plan(f"{scheme}://{server.address}")) as (line, pressed):
            line.signs[0].show(number("A015"))
            await until(lambda: server.signs.shown.get(1) == "A015")
            server.press(NEXT)
            await until(lambda: pressed == [(1, "next")])
            server.hang_up()
            server.signs.lose_power()
            line.signs[0].show(number("A016"))
            await until(lambda: server.signs.shown.get(1) == "A016")


async def test_a_line_before_any_number_is_blank() -> None:
    """What is put into a line that nobody watches yet waits there."""
    line = Line(line_plan("/dev/none"))
    assert line._frames[0] == line._plan.signs[0].render(BLANK)
