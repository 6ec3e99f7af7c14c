"""A printer for tests, below every transport: it reads ESC/POS, prints slips of text, answers, and has faults.

`Mechanism` is what the printer is, without a line; `Simulator` runs it on a `Plug`: TCP, a pseudo-terminal, RFC 2217.
"""

import contextlib
import os
import re
import select
import socket
import threading
import time
import tty
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from printer_drivers.answers import Question
from printer_drivers.escpos import CUT, INITIALISE

TICK_S = 0.01
# Commands of fixed length: how many bytes follow these.
ARGUMENTS = {
    b"\x1b@": 0,
    b"\x1dV": 2,
    b"\x1dr": 1,
    b"\x1da": 1,
    b"\x1dI": 1,
    b"\x1dL": 2,
    b"\x1b!": 1,
    b"\x1d!": 1,
    b"\x1ba": 1,
}
REAL_TIME = re.compile(rb"\x10\x04([\x01-\x04])")
BEGUN = re.compile(rb"\x10\x04?\Z")
QUESTIONS = {b"\x1dr", b"\x1d(", b"\x1da", b"\x1dI"}
NAMES = {66: b"EPSON", 67: b"TM-T88V"}


def slip_job(text: str, lines: int = 4) -> tuple[bytes, ...]:
    """Return the job of a slip that is this text on each of its lines."""
    return (INITIALISE, *([text.encode() + b"\n"] * lines), CUT)


@dataclass(frozen=True)
class Faults:
    """What is wrong with the printer; `…_at` counts bytes of jobs from when the faults were set."""

    mute: bool = False
    answers_after_s: float = 0.0
    glued: bool = False
    near_end: bool = False
    cover_open: bool = False
    paper_out: bool = False
    paper_out_at: int | None = None
    stall_at: int | None = None
    hang_up_at: int | None = None
    knows: frozenset[str] = frozenset({"eot", "gsr", "id", "asb", "name"})


@dataclass
class Mechanism:
    """What takes bytes and makes paper, without knowing over which line they come.

    `sheets` holds the text of each cut sheet, and `paper` all that was processed, for a decoder of pictures.
    """

    faults: Faults = field(default_factory=Faults)
    sheets: list[bytes] = field(default_factory=list)
    paper: bytearray = field(default_factory=bytearray)
    _sheet: bytes = b""
    _held: bytes = b""
    _taken: int = 0
    _begun: bytes = b""

    def set_faults(self, faults: Faults) -> None:
        """Break or mend the printer; with paper put in, what it holds comes out."""
        self.faults = faults
        self._taken = 0

    def take(self, data: bytes) -> bytes:
        """Take these bytes and return the answers."""
        data = self._begun + data
        complete = BEGUN.sub(b"", data)
        self._begun = data[len(complete) :]
        answers = b"".join(self._answer_at_once(int(match[1][0])) for match in REAL_TIME.finditer(complete))
        self._held += REAL_TIME.sub(b"", complete)
        return self._dress(answers + self.work())

    def work(self) -> bytes:
        """Process what is held, as far as the paper reaches, and return the answers to what was processed."""
        answers = b""
        while not self.is_offline() and (size := self._measure()):
            command, self._held = self._held[:size], self._held[size:]
            answers += self._process(command)
            self._taken += size
            if self.faults.paper_out_at is not None and self._taken >= self.faults.paper_out_at:
                self.faults = replace(self.faults, paper_out=True)
        return answers

    def is_offline(self) -> bool:
        """Say whether a hand is needed."""
        return self.faults.paper_out or self.faults.cover_open

    def room(self, limit_at: int | None) -> int:
        """Return how many bytes may come before a fault that is set at a count."""
        return 4096 if limit_at is None else max(0, limit_at - self._taken - len(self._held) - len(self._begun))

    def _measure(self) -> int:
        """Return the length of the next command or letter; 0 while it is incomplete."""
        held = self._held
        if held[:1] not in {b"\x1b", b"\x1d"}:
            return min(1, len(held))
        if held.startswith(b"\x1dv0"):
            size = 8 + int.from_bytes(held[4:6], "little") * int.from_bytes(held[6:8], "little")
        elif held.startswith(b"\x1d("):
            size = 5 + int.from_bytes(held[3:5], "little")
        else:
            size = 2 + ARGUMENTS.get(held[:2], 0)
        return size if len(held) >= size else 0

    def _process(self, command: bytes) -> bytes:
        if command == CUT:
            self.sheets.append(self._sheet)
            self._sheet = b""
        elif command == b"\n" or command >= b" ":  # a printer passes control characters over that begin nothing
            self._sheet += command
        if command[:2] not in QUESTIONS:
            self.paper += command
        return self._answer_in_turn(command)

    def _answer_in_turn(self, command: bytes) -> bytes:
        knows = self.faults.knows
        if command.startswith(b"\x1dr") and "gsr" in knows:
            return b"\x03" if self.faults.near_end else b"\x00"
        if command.startswith(b"\x1d(H") and "id" in knows:
            return b"\x37\x22" + command[-4:] + b"\x00"
        if command == b"\x1da\xff" and "asb" in knows:
            return self._automatic_status()
        if command.startswith(b"\x1dI") and "name" in knows:
            return b"\x5f" + NAMES[command[2]] + b"\x00"
        return b""

    def _answer_at_once(self, question: int) -> bytes:
        if "eot" not in self.faults.knows:
            return b""
        bits = {
            Question.PRINTER: 0x08 * self.is_offline(),
            Question.OFFLINE_CAUSE: 0x04 * self.faults.cover_open | 0x20 * self.faults.paper_out,
            Question.ERROR_CAUSE: 0,
            Question.PAPER: 0x6C * self.faults.paper_out | 0x0C * self.faults.near_end,
        }
        return bytes((0x12 | bits[Question(question)],))

    def _automatic_status(self) -> bytes:
        first = 0x10 | 0x08 * self.is_offline() | 0x20 * self.faults.cover_open
        return bytes((first, 0, 0x0F * self.faults.paper_out | 0x03 * self.faults.near_end, 0))

    def _dress(self, answers: bytes) -> bytes:
        """Return the answers as this printer sends them: not at all, or glued to flow control and pushed status."""
        if self.faults.mute:
            return b""
        if self.faults.glued and answers:
            return b"\x13\x11" + self._automatic_status() + answers + b"\x11"
        return answers


class Plug(Protocol):
    """The printer's end of a line. `attend` is called over and over, and does nothing for long."""

    def attend(self, most: int) -> bytes:
        """Return at most so many bytes that came from the host; wait for them no longer than a tick."""

    def say(self, data: bytes) -> None:
        """Send to the host, if there is one."""

    def plug_in(self) -> None:
        """Join the line under the same name as before, if it is not."""

    def hang_up(self) -> None:
        """Break the line, as by pulling the plug."""

    def close(self) -> None:
        """End for good."""


class Simulator:
    """A mechanism on a plug, in a thread of its own."""

    def __init__(self, plug: Plug, *, bytes_per_s: float | None = None) -> None:
        self.mechanism = Mechanism()
        self._plug = plug
        self._bytes_per_s = bytes_per_s
        self._late: deque[tuple[float, bytes]] = deque()
        self._lock = threading.Lock()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def sheets(self) -> list[bytes]:
        """What was cut off so far."""
        with self._lock:
            return list(self.mechanism.sheets)

    def set_faults(self, faults: Faults) -> None:
        """Break or mend the printer, and plug it in; from now on bytes are counted anew."""
        with self._lock:
            self.mechanism.set_faults(faults)
            self._plug.plug_in()

    def close(self) -> None:
        """Switch it off."""
        self._ending.set()
        self._thread.join(5)
        self._plug.close()

    def _run(self) -> None:
        allowed, at = 0.0, time.monotonic()
        while not self._ending.is_set():
            with self._lock:
                now = time.monotonic()
                if self._bytes_per_s is not None:
                    allowed, at = min(allowed + (now - at) * self._bytes_per_s, self._bytes_per_s / 20), now
                taken = self._turn(4096 if self._bytes_per_s is None else int(allowed))
                allowed -= taken
            time.sleep(0 if taken else 0.0005)

    def _turn(self, most: int) -> int:
        faults = self.mechanism.faults
        if faults.hang_up_at is not None and not self.mechanism.room(faults.hang_up_at):
            self._plug.hang_up()
            return 0
        room = min(most, self.mechanism.room(faults.stall_at), self.mechanism.room(faults.hang_up_at))
        arrived = self._plug.attend(room) if room else b""
        self._late.append((time.monotonic() + faults.answers_after_s, self.mechanism.take(arrived)))
        while self._late and self._late[0][0] <= time.monotonic():
            self._say(self._late.popleft()[1])
        return len(arrived)

    def _say(self, data: bytes) -> None:
        if data:
            with contextlib.suppress(OSError):
                self._plug.say(data)


class TcpPlug:
    """Serves one host at a time on a free port of this machine, with small buffers as printers have them."""

    def __init__(self) -> None:
        self._caller: socket.socket | None = None
        self._listener: socket.socket | None = None
        self.port = 0
        self.plug_in()

    def plug_in(self) -> None:
        """Listen, on the same port as before."""
        if self._listener is not None:
            return
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        listener.bind(("127.0.0.1", self.port))
        listener.listen()
        listener.setblocking(False)
        self.port = int(listener.getsockname()[1])
        self._listener = listener

    def attend(self, most: int) -> bytes:
        """Return what came; see `Plug`."""
        if self._caller is None:
            self._accept()
            return b""
        readable, _, _ = select.select([self._caller], [], [], TICK_S)
        if not readable:
            return b""
        with contextlib.suppress(OSError):
            if data := self._caller.recv(most):
                self._caller.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
                return data
        self._drop_caller()
        return b""

    def say(self, data: bytes) -> None:
        """Send; see `Plug`."""
        if self._caller is not None:
            self._caller.sendall(data)

    def hang_up(self) -> None:
        """Vanish; see `Plug`."""
        self._drop_caller()
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    close = hang_up

    def _accept(self) -> None:
        if self._listener is not None:
            readable, _, _ = select.select([self._listener], [], [], TICK_S)
            if readable:
                self._caller, _ = self._listener.accept()

    def _drop_caller(self) -> None:
        if self._caller is not None:
            self._caller.close()
            self._caller = None


class PtyPlug:
    """A pseudo-terminal under a name that stays, as those in /dev/serial/by-id do."""

    def __init__(self, name: Path) -> None:
        self.name = name
        self._master: int | None = None
        self._slave: int | None = None
        self.plug_in()

    def plug_in(self) -> None:
        """Appear; the kernel's own name for it may be another one each time."""
        if self._master is not None:
            return
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.name.symlink_to(os.ttyname(self._slave))

    def attend(self, most: int) -> bytes:
        """Return what came; see `Plug`."""
        if self._master is None:
            return b""
        readable, _, _ = select.select([self._master], [], [], TICK_S)
        return os.read(self._master, most) if readable else b""

    def say(self, data: bytes) -> None:
        """Send; see `Plug`."""
        if self._master is not None:
            os.write(self._master, data)

    def hang_up(self) -> None:
        """Vanish; see `Plug`."""
        if self._master is not None and self._slave is not None:
            self.name.unlink()
            os.close(self._master)
            os.close(self._slave)
            self._master = self._slave = None

    close = hang_up


@contextlib.contextmanager
def simulated(plug: Plug, *, bytes_per_s: float | None = None) -> Iterator[Simulator]:
    """Run a printer for the length of a test."""
    simulator = Simulator(plug, bytes_per_s=bytes_per_s)
    try:
        yield simulator
    finally:
        simulator.close()


def eventually(truth: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Wait until this holds; a device may read its last bytes a moment after they were accepted."""
    until = time.monotonic() + seconds
    while not truth() and time.monotonic() < until:
        time.sleep(0.01)
    return truth()
