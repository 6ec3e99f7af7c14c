"""A printer with a power switch, in virtual time: bytes come over a line, dots and letters go on paper.

It shares nothing with the driver but the public tables of ESC/POS, and knows no verdict. `Machine` is what stands on
the counter: a receive buffer, a head that takes its time, a roll, a cover, a power supply. `Cable` joins it to the host
as each transport does, and shows of a loss of power what that transport shows.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from printer_drivers.printer import PrinterStalled, PrinterState, PrinterStopped

CUT = b"\x1dVB\x00"
RASTER = b"\x1dv0"
BOOT_S = 0.3
FLIGHT_S = 0.01
LEAST_ROOM = 16
LEAST_COMMAND = 3
LENGTHS = {b"\x1b@": 2, b"\x1dV": 4, b"\x1dr": 3, b"\x1da": 3, b"\x1dL": 4, b"\x1d(": 11, b"\x1dI": 3}


@dataclass
class Habits:
    """How this printer is made. `rate` is in bytes a second; `late_s` is how long it thinks about an answer."""

    knows: frozenset[str] = frozenset({"eot", "gsr"})
    buffer: int = 4096
    rate: float = 30_000.0
    late_s: float = 0.0
    one_behind: bool = False
    glued: bytes = b""
    noise: tuple[tuple[float, bytes], ...] = ()


@dataclass
class Machine:
    """The printer. `now_s` is moved by `live_until`; `plan` holds what happens to it, and when.

    `at_byte` is what happens when so many more bytes have come.
    """

    habits: Habits = field(default_factory=Habits)
    now_s: float = 0.0
    powered: bool = True
    ready_at_s: float = 0.0
    hung: bool = False
    paper_out: bool = False
    paper_out_after: int | None = None
    cover_open: bool = False
    boots: int = 0
    sheets: list[bytes] = field(default_factory=list)
    plan: list[tuple[float, Callable[["Machine"], None]]] = field(default_factory=list)
    at_byte: tuple[int, Callable[["Machine"], None]] | None = None
    buffer: bytearray = field(default_factory=bytearray)
    _real_time: bytearray = field(default_factory=bytearray)
    _sheet: bytearray = field(default_factory=bytearray)
    _done: float = 0.0
    _printed: int = 0
    _held_back: bytes = b""
    outbox: deque[tuple[float, bytes]] = field(default_factory=deque)

    def switch(self, *, on: bool) -> None:
        """Switch the power; what was in the buffer, and what was asked, is lost."""
        if on and not self.powered:
            self.boots += 1
            self.ready_at_s = self.now_s + BOOT_S
        self.powered = on
        self.buffer.clear()
        self._real_time.clear()
        self.outbox.clear()
        self._held_back = b""

    def is_listening(self) -> bool:
        """Say whether a byte that comes now is taken in."""
        return self.powered and self.now_s >= self.ready_at_s

    def is_stopped(self) -> bool:
        """Say whether it needs a hand."""
        return self.paper_out or self.cover_open

    def room(self) -> int:
        """Return the free bytes of its buffer."""
        return max(0, self.habits.buffer - len(self.buffer))

    def take(self, data: bytes) -> None:
        """Take what comes off the line; what finds no room is lost, as without a handshake."""
        for byte in data:
            self._count_down()
            if not self.is_listening():
                continue
            if not self.hung:
                self._hear(byte)
            if not self.buffer:
                self._done = max(self._done, self.now_s)
            if self.room():
                self.buffer.append(byte)

    def _count_down(self) -> None:
        if self.at_byte is not None:
            left, happen = self.at_byte
            self.at_byte = (left - 1, happen) if left else None
            if not left:
                happen(self)

    def live_until(self, now_s: float) -> None:
        """Let time pass: what is planned happens, and the head prints."""
        while self.plan and self.plan[0][0] <= now_s:
            at, happen = self.plan.pop(0)
            self._work_until(at)
            happen(self)
        self._work_until(now_s)

    def say(self, answer: bytes) -> None:
        """Answer, in the manner of this printer."""
        if self.habits.one_behind:
            answer, self._held_back = self._held_back, answer
        if answer:
            self.outbox.append((self.now_s + FLIGHT_S + self.habits.late_s, self.habits.glued + answer))

    def _hear(self, byte: int) -> None:
        """Act on questions in real time, wherever they stand."""
        self._real_time.append(byte)
        question = bytes(self._real_time[-3:])
        if question[:2] == b"\x10\x04" and question[2:] in {b"\x01", b"\x02", b"\x03", b"\x04"}:
            self._real_time.clear()
            if "eot" in self.habits.knows:
                self.say(bytes((0x12 | self._bits(question[2]),)))

    def _bits(self, question: int) -> int:
        return {
            1: 0x08 * self.is_stopped(),
            2: 0x04 * self.cover_open | 0x20 * self.paper_out,
            3: 0,
            4: 0x6C * self.paper_out,
        }[question]

    def _work_until(self, now_s: float) -> None:
        if not self.buffer or self.is_stopped():
            self._done = max(self._done, now_s)
        while self.powered and not self.hung and not self.is_stopped() and (size := self._measure()):
            ends = self._done + size / self.habits.rate
            if ends > now_s:
                break
            self._done = self.now_s = max(ends, self.now_s)
            command = bytes(self.buffer[:size])
            del self.buffer[:size]
            self._process(command)
        self.now_s = max(self.now_s, now_s)

    def _measure(self) -> int:
        held = bytes(self.buffer)
        if not held:
            return 0
        if held[:1] in {b"\x10", b"\x1b", b"\x1d"} and len(held) < LEAST_COMMAND:
            return 2 if held == b"\x1b@" else 0
        if held[:1] == b"\x10":
            return 3 if held[1:2] == b"\x04" else 1
        if held[:3] == RASTER:
            size = 8 + int.from_bytes(held[4:6], "little") * int.from_bytes(held[6:8], "little") if held[7:] else 0
        else:
            size = LENGTHS.get(held[:2], 1)
        return size if 0 < size <= len(held) or size > self.habits.buffer else 0

    def _process(self, command: bytes) -> None:
        if command[:2] == b"\x1dr" and "gsr" in self.habits.knows:
            self.say(b"\x00")
        elif command[:3] == b"\x1d(H" and "id" in self.habits.knows:
            self.say(b"\x37\x22" + command[-4:] + b"\x00")
        elif command == CUT:
            self.sheets.append(bytes(self._sheet))
            self._sheet.clear()
        elif command[:1] not in {b"\x10", b"\x00"} and command[:2] not in {b"\x1b@", b"\x1dr", b"\x1d("}:
            self._sheet += command
            self._printed += len(command)
            if self.paper_out_after is not None and self._printed >= self.paper_out_after:
                self.paper_out, self.paper_out_after = True, None


@dataclass
class Cable:
    """What a transport shows of its printer, beside the bytes.

    `byte_s`: the seconds of a byte on a line whose speed is known, 0 on the others. `breaks`: a loss of power breaks
    the connection. `handshake`: the printer stops the host while its buffer is full. `held_s`: it does so by a wire
    that falls with its power too, and how long it may before the line calls that a doubt. `limbo`: bytes that the
    printer's side takes from a host whom it does not serve yet.
    """

    byte_s: float = 0.0
    breaks: bool = True
    handshake: bool = True
    held_s: float | None = None
    limbo: int = 0


class ModelWire:
    """A cable to a machine, as `printer_drivers.wire.Wire`, in virtual time."""

    def __init__(self, machine: Machine, cable: Cable, stall_s: float, *, served: bool = True) -> None:
        self.machine = machine
        self._cable = cable
        self._stall_s = stall_s
        self._served = served
        self._boots = machine.boots
        self._way: deque[int] = deque()
        self._sent = 0
        self._free_at = machine.now_s
        self._held_since: float | None = None
        self._doubt = False
        self.limbo = bytearray()

    @property
    def sent(self) -> int:
        """Bytes that the system took."""
        return self._sent

    def send(self, data: bytes, by: float) -> None:
        """Hand over; the system's own buffer takes 4 KB, the rest as the line has room."""
        moved_at = self.machine.now_s
        for byte in data:
            while len(self._way) >= 4096:
                moved_at = self._wait(moved_at, by)
            self._way.append(byte)
            self._sent += 1

    def settle(self, by: float) -> None:
        """Wait until all is with the printer's side."""
        moved_at = self.machine.now_s
        while self._way:
            moved_at = self._wait(moved_at, by)
        self._check()
        if self._doubt:
            raise PrinterStopped("held too long")

    def hear(self, by: float) -> bytes:
        """Return what has arrived by then."""
        while True:
            self._turn()
            heard = b""
            while self._served and self.machine.outbox and self.machine.outbox[0][0] <= self.machine.now_s:
                heard += self.machine.outbox.popleft()[1]
            if heard or self.machine.now_s >= by:
                return heard
            self.pass_time(0.01)

    def look(self) -> PrinterState | None:
        """Show nothing: that is the driver's part, and has tests of its own."""
        return None

    def drop(self) -> None:
        """Take back what has not left."""
        self._way.clear()

    def pass_time(self, seconds: float) -> None:
        """Let the machine live on."""
        self.machine.live_until(self.machine.now_s + seconds)

    def _wait(self, moved_at: float, by: float) -> float:
        before = len(self._way)
        self.pass_time(0.01)
        self._turn()
        now = self.machine.now_s
        if len(self._way) != before:
            return now
        if now - moved_at >= self._stall_s or now >= by:
            raise PrinterStalled("no byte moves")
        return moved_at

    def _turn(self) -> None:
        """Move what the line can carry by now."""
        self._check()
        machine = self.machine
        if not self._served:
            while self._way and len(self.limbo) < self._cable.limbo:
                self.limbo.append(self._way.popleft())
            return
        off = not machine.is_listening()
        full = self._cable.handshake and not off and machine.room() < LEAST_ROOM
        held = full or (off and self._cable.held_s is not None)
        self._note_held(held=held)
        while self._way and not held and self._free_at <= machine.now_s:
            if self._cable.handshake and machine.is_listening() and not machine.room():
                break
            machine.take(bytes((self._way.popleft(),)))
            self._free_at = max(self._free_at, machine.now_s - 0.02) + max(self._cable.byte_s, 1e-6)

    def _note_held(self, *, held: bool) -> None:
        if not held:
            self._held_since = None
        elif self._held_since is None:
            self._held_since = self.machine.now_s
        elif self._cable.held_s is not None and self.machine.now_s - self._held_since >= self._cable.held_s:
            self._doubt = True

    def _check(self) -> None:
        if self._cable.breaks and (self.machine.boots != self._boots or not self.machine.powered):
            raise PrinterStopped("the connection broke")
