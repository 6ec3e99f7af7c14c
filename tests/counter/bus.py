"""A stand-in for an RS-485 bus: a pseudo-terminal at the pace of its baud rate, with signs that show and pads."""

import asyncio
import contextlib
import os
import re
import select
import threading
import time
import tty
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from display.counter.plans import LinePlan
from display.counter.table import read_table
from tests.watching import PATIENCE_S

FRAME = re.compile(rb"\x02(.)N(.{4})(.)\x03", re.DOTALL)
"""What the signs of assets/counter_devices.toml understand."""

KINDS = """
[sign_kinds.example]
number = "02 {from} {address} 4E {number:ascii4} {sum8} 03"
blank = "02 {from} {address} 4E 20 20 20 20 {sum8} 03"
paused = "02 {from} {address} 4E 3D 20 20 3D {sum8} 03"
refusal = "02 {from} {address} 4E 2D 2D 2D 20 {sum8} 03"

[pad_kinds.example]
next = "05 {from} {address} 31 {xor8}"
recall = "05 {from} {address} 32 {xor8}"
"""

NEXT = bytes.fromhex("05 11 31 20")
"""The key of the pad with address 17."""
RECALL = bytes.fromhex("05 11 32 23")


def line_table(port: str, counters: int = 2, gap_ms: int = 5, resend_s: int = 1, baud: int = 9600) -> str:
    """Return a table of one line with a sign on each of these counters, and a pad on the first."""
    signs = "".join(
        f'[[lines.signs]]\ncounter = {number}\nkind = "example"\naddress = {number}\n'
        for number in range(1, counters + 1)
    )
    line = f'[[lines]]\nport = "{port}"\nbaud = {baud}\ngap_ms = {gap_ms}\nresend_s = {resend_s}\n'
    return f'{KINDS}{line}{signs}[[lines.pads]]\ncounter = 1\nkind = "example"\naddress = 17\n'


def line_plan(port: str, counters: int = 2, gap_ms: int = 5, resend_s: int = 1, baud: int = 9600) -> LinePlan:
    """Return the plan of such a line."""
    return read_table(line_table(port, counters, gap_ms, resend_s, baud)).lines[0]


class Signs:
    """Signs that hear everything on their bus, and show what is meant for them."""

    def __init__(self) -> None:
        self.shown: dict[int, str] = {}
        self.frames: list[tuple[float, int, str]] = []
        """When each frame was whole, for which address, and what it said."""
        self._heard = b""

    def hear(self, data: bytes) -> None:
        """Take in bytes; a frame whose check is wrong ends the bus, and with it the test."""
        self._heard += data
        while found := FRAME.search(self._heard):
            self._heard = self._heard[found.end() :]
            address, text = found[1][0], found[2].decode("ascii")
            assert sum(found[0][1:-2]) & 0xFF == found[3][0]
            self.shown[address] = text
            self.frames.append((time.monotonic(), address, text))

    def lose_power(self) -> None:
        """Show nothing until told again."""
        self.shown.clear()

    def said(self, address: int) -> list[str]:
        """Return what the frames for this sign said, in order, without repetitions."""
        texts = [text for _, at, text in self.frames if at == address]
        return [text for text, before in zip(texts, [None, *texts], strict=False) if text != before]


class PtyBus:
    """The bus under a name that stays, as those in /dev/serial/by-id do; use as a context manager."""

    def __init__(self, name: Path, baud: int = 9600) -> None:
        self.name = name
        self.signs = Signs()
        self._byte_s = 11 / baud
        self._stalled = False
        self._master: int | None = None
        self._slave: int | None = None
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def plug_in(self) -> None:
        """Appear; the kernel's own name for it may be another one each time."""
        with self._lock:
            self._master, self._slave = os.openpty()
            tty.setraw(self._slave)
            self.name.symlink_to(os.ttyname(self._slave))

    def unplug(self) -> None:
        """Vanish, as an adapter that is pulled out does."""
        with self._lock:
            if self._master is not None and self._slave is not None:
                self.name.unlink()
                os.close(self._master)
                os.close(self._slave)
                self._master = self._slave = None

    def stall(self) -> None:
        """Take no byte any more, with the kernel's buffer full, as an adapter that hangs does."""
        with self._lock:
            self._stalled = True
            assert self._slave is not None
            os.set_blocking(self._slave, False)
        while self._fill():
            time.sleep(0.02)  # the kernel moves what it has on, and has room again

    def press(self, *pieces: bytes) -> None:
        """Let a pad send these bytes, with a moment between the pieces."""
        for piece in pieces:
            assert self._master is not None
            os.write(self._master, piece)
            time.sleep(0.03)

    def __enter__(self) -> Self:
        self.plug_in()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join(5)
        self.unplug()

    def _run(self) -> None:
        while not self._ended.is_set():
            data = self._attend()
            self.signs.hear(data)
            time.sleep(max(0.001, len(data) * self._byte_s))

    def _fill(self) -> int:
        """Return how many bytes went into the kernel's buffer until it was full."""
        assert self._slave is not None
        filled = 0
        with contextlib.suppress(BlockingIOError):
            while True:
                filled += os.write(self._slave, b"\x00")
        return filled

    def _attend(self) -> bytes:
        with self._lock:
            if self._master is None or self._stalled:
                return b""
            readable, _, _ = select.select([self._master], [], [], 0.001)
            try:
                return os.read(self._master, 16) if readable else b""
            except OSError:
                return b""


async def until(holds: Callable[[], bool], timeout_s: float = PATIENCE_S) -> None:
    """Return as soon as this holds; fail after some seconds."""
    async with asyncio.timeout(timeout_s):
        while not holds():
            await asyncio.sleep(0.01)
