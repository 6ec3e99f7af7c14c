"""The line to a printer on a serial port: RS-232, a USB adapter, or a port server in the network (RFC 2217).

pyserial opens and sets the port. Where it has a descriptor, our own loop feeds it: pyserial's `write` spins on a full
buffer, may call a write that went out a time-out, and does not say how much did. Elsewhere (Windows, RFC 2217) small
pieces keep that doubt small. python-escpos's `Serial` knows no write time-out and no RTS/CTS, so it is not used.
"""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import serial

from printer_drivers import clock
from printer_drivers.deadline import run_by
from printer_drivers.descriptor import LOOK_S, READ_BYTES, STALLED, DescriptorWire, as_stopped, refuse_to_wait
from printer_drivers.printer import Deadlines, PrinterStalled, PrinterState, PrinterUnreachable
from printer_drivers.rights import explain
from printer_drivers.wire import Wire

Flow = Literal["rtscts", "xonxoff", "none"]

# Start bit, eight bits, stop bit.
BITS_PER_BYTE = 10
# 67 ms at 9600 baud: so much may be in doubt, and so much goes out before the printer's wire is looked at again.
PIECE_BYTES = 64
# With RTS/CTS a printer lowers its wire while its buffer is full, which ends as soon as it prints: longer than this it
# may as well have lost its power, and nobody can tell.
HELD_S = 0.25
LOST_POWER = "the printer lowered its wire in the middle of the job; it may have lost power"
BREAK = "a break on the serial line: the printer lost power, or its cable was pulled"

try:
    import termios

    # pyserial lets this through from ports that went away in the middle of a call.
    _TROUBLE: tuple[type[Exception], ...] = (OSError, termios.error)

    def _keep_wires_up(port: serial.Serial) -> None:
        """Leave DTR as it is when the port is closed: many boards reset, or go offline, when it drops."""
        with contextlib.suppress(AttributeError, *_TROUBLE):
            modes = termios.tcgetattr(port.fileno())
            modes[2] &= ~termios.HUPCL
            termios.tcsetattr(port.fileno(), termios.TCSANOW, modes)

    def _mark_breaks(port: serial.Serial) -> bool:
        """Have a break read as FF 00 00, and not as the NUL that is an answer; FF reads as FF FF."""
        with contextlib.suppress(AttributeError, *_TROUBLE):
            modes = termios.tcgetattr(port.fileno())
            modes[0] = modes[0] & ~(termios.IGNBRK | termios.BRKINT | termios.IGNPAR | termios.ISTRIP) | termios.PARMRK
            termios.tcsetattr(port.fileno(), termios.TCSANOW, modes)
            return True
        return False

except ImportError:  # Windows
    _TROUBLE = (OSError,)

    def _keep_wires_up(port: serial.Serial) -> None:
        """Do nothing: this system has no such mode."""

    def _mark_breaks(port: serial.Serial) -> bool:
        """Return false: this system does not tell a break from a NUL."""
        return port is None


@dataclass(frozen=True, slots=True)
class SerialLine:
    """A port by its device path, its Windows name, or as `rfc2217://HOST:PORT`.

    With `rtscts` a printer that is off or busy holds its wire low: the usual cable leads its DTR to our CTS.
    """

    device: str
    baud: int = 9600
    flow: Flow = "rtscts"

    @property
    def byte_s(self) -> float:
        """The seconds that one byte takes."""
        return BITS_PER_BYTE / self.baud

    @contextlib.contextmanager
    def connect(self, deadlines: Deadlines) -> Iterator[Wire]:
        """Open the port, and close it afterwards."""
        port = self._open(deadlines)
        try:
            yield self._build_wire(port, deadlines)
        finally:
            with contextlib.suppress(*_TROUBLE):
                port.close()

    def _open(self, deadlines: Deadlines) -> serial.Serial:
        remote = "://" in self.device

        def reach() -> serial.Serial:
            port = serial.serial_for_url(
                self.device,
                self.baud,
                timeout=LOOK_S,
                write_timeout=None if remote else deadlines.stall_s,  # pyserial refuses one for RFC 2217
                rtscts=self.flow == "rtscts",
                xonxoff=self.flow == "xonxoff",
                exclusive=None if remote else True,
            )
            _keep_wires_up(port)
            return port

        try:
            return run_by(clock.monotonic_s() + deadlines.connect_s, reach, serial.Serial.close)
        except _TROUBLE as error:
            raise self._explain(error) from error

    def _explain(self, error: Exception) -> PrinterUnreachable:
        number = getattr(error, "errno", None)
        if number is not None and self.device.startswith("/"):
            return explain(self.device, OSError(number, os.strerror(number)))
        return PrinterUnreachable(f"the serial port {self.device} cannot be opened: {error}")

    def _build_wire(self, port: serial.Serial, deadlines: Deadlines) -> Wire:
        link = _PortLink(port, handshake=self.flow == "rtscts")
        try:
            port.fileno()
        except (AttributeError, OSError):
            pieces = _PieceWire(link, deadlines.stall_s)
            return _PacedWire(pieces, self.byte_s)
        return _PacedWire(DescriptorWire(link, deadlines.stall_s), self.byte_s)


class _PortLink:
    """An open port, as `descriptor.Link`; each look at it may find it gone, or without such a wire."""

    def __init__(self, port: serial.Serial, *, handshake: bool) -> None:
        self._port = port
        self._handshake = handshake
        self._marked = _Marked() if _mark_breaks(port) else None
        # A port server answers for its wires only after a while.
        self._up_at_first = self._wires() if self._marked else frozenset()
        self._held_since: float | None = None
        self._held_long = False

    def fileno(self) -> int:
        return int(self._port.fileno())

    def write(self, data: bytes) -> int:
        with _as_os_error():
            return os.write(self.fileno(), data)

    def read(self) -> bytes:
        """Read at once what there is; ready without a byte is how a port says that it was unplugged."""
        arrived = os.read(self.fileno(), READ_BYTES)
        if not arrived:
            raise EOFError
        return arrived if self._marked is None else self._marked.read(arrived)

    def write_piece(self, data: bytes) -> None:
        with _as_os_error():
            self._port.write(data)

    def read_piece(self) -> bytes:
        """Wait a moment for one byte and take those behind it: pyserial waits in vain for as many as it is asked."""
        with _as_os_error():
            first = self._port.read(1)
            return bytes(first + self._port.read(self._port.in_waiting)) if first else b""

    def waiting(self) -> int:
        self.watch()
        with _as_os_error():
            return int(getattr(self._port, "out_waiting", 0))

    def watch(self) -> None:
        """Look at the printer's wires; raise `OSError` when one fell that this printer does not use to say "wait"."""
        if not self._handshake:
            if self._up_at_first and self._wires() < self._up_at_first:
                raise OSError(LOST_POWER)
        elif not self.is_held():
            self._held_since = None
        else:
            now = clock.monotonic_s()
            self._held_since = now if self._held_since is None else self._held_since
            self._held_long |= now - self._held_since >= HELD_S

    def refuse_doubt(self) -> None:
        """Raise `OSError` when the printer held its wire longer in this job than a full buffer explains."""
        self.watch()
        if self._held_long:
            raise OSError(LOST_POWER)

    def look(self) -> PrinterState | None:
        return PrinterState.OFFLINE if self.is_held() else None

    def is_held(self) -> bool:
        """Say whether the printer holds its wire low; a port without such wires holds nothing."""
        if not self._handshake:
            return False
        with contextlib.suppress(*_TROUBLE):
            return not self._port.cts
        return False

    def _wires(self) -> frozenset[str]:
        """Return which of the printer's wires are up; none on a port that has none."""
        with contextlib.suppress(AttributeError, *_TROUBLE):
            return frozenset(name for name in ("cts", "dsr") if getattr(self._port, name))
        return frozenset()

    def drop(self) -> None:
        """Empty the port's buffer; closing would wait half a minute for it to drain, and then print it."""
        with contextlib.suppress(*_TROUBLE):
            self._port.reset_output_buffer()


class _Marked:
    """Reads what a port with marked breaks gives; an escape may be cut in two by the end of a read."""

    def __init__(self) -> None:
        self._begun = b""

    def read(self, arrived: bytes) -> bytes:
        """Return the bytes that were sent; raise `OSError` for a break."""
        data, read = self._begun + arrived, b""
        self._begun = b""
        while data:
            before, mark, data = data.partition(b"\xff")
            read += before
            if mark and not data:
                self._begun = mark
            elif mark and data[:1] == b"\xff":
                read, data = read + mark, data[1:]
            elif mark:
                raise OSError(BREAK)
        return read


class _PieceWire:
    """A port without a descriptor, as `wire.Wire`.

    A piece whose write ran out of time counts as taken, for nobody says how much of it was; the first is one byte.
    """

    def __init__(self, link: _PortLink, stall_s: float) -> None:
        self._link = link
        self._stall_s = stall_s
        self._sent = 0

    @property
    def sent(self) -> int:
        return self._sent

    def send(self, data: bytes, by: float) -> None:
        at = 0
        while at < len(data):
            piece = data[at : at + (PIECE_BYTES if self._sent else 1)]
            self._wait_until_free(by)
            self._send_piece(piece)
            at += len(piece)

    def settle(self, by: float) -> None:
        waiting = self._count_waiting()
        until = min(by, clock.monotonic_s() + self._stall_s)
        while waiting:
            refuse_to_wait(until)
            clock.pause_s(LOOK_S)
            still = self._count_waiting()
            if still != waiting:
                waiting, until = still, min(by, clock.monotonic_s() + self._stall_s)
        with as_stopped():
            self._link.refuse_doubt()

    def hear(self, by: float) -> bytes:
        with as_stopped():
            heard = self._link.read_piece()
            while not heard and clock.monotonic_s() < by:
                heard = self._link.read_piece()
        return heard

    def look(self) -> PrinterState | None:
        return self._link.look()

    def drop(self) -> None:
        self._link.drop()

    def _send_piece(self, piece: bytes) -> None:
        self._sent += len(piece)
        with as_stopped():
            try:
                self._link.write_piece(piece)
            except serial.SerialTimeoutException:
                raise PrinterStalled(STALLED) from None

    def _wait_until_free(self, by: float) -> None:
        until = min(by, clock.monotonic_s() + self._stall_s)
        refuse_to_wait(by)
        while self._link.is_held():
            refuse_to_wait(until)
            with as_stopped():
                self._link.watch()
            clock.pause_s(LOOK_S)

    def _count_waiting(self) -> int:
        with as_stopped():
            return self._link.waiting()


class _PacedWire:
    """A wire that knows how fast its line is: buffers of adapters take bytes long before the printer has them."""

    def __init__(self, wire: Wire, byte_s: float) -> None:
        self._wire = wire
        self._byte_s = byte_s
        self._through_at = 0.0

    @property
    def sent(self) -> int:
        return self._wire.sent

    def send(self, data: bytes, by: float) -> None:
        self._through_at = max(self._through_at, clock.monotonic_s()) + len(data) * self._byte_s
        self._wire.send(data, by)

    def settle(self, by: float) -> None:
        """Wait also until the last bit can have left the wire, and look whether the port was there all that time."""
        self._wire.settle(by)
        clock.pause_s(max(0.0, min(by, self._through_at) - clock.monotonic_s()))
        if by < self._through_at:
            raise PrinterStalled("the job takes longer than it may at the speed of its line; use layout=slow")
        self._wire.settle(by)

    def hear(self, by: float) -> bytes:
        return self._wire.hear(by)

    def look(self) -> PrinterState | None:
        return self._wire.look()

    def drop(self) -> None:
        self._wire.drop()


@contextlib.contextmanager
def _as_os_error() -> Iterator[None]:
    """Let nothing but `OSError` out of pyserial; see `_TROUBLE`."""
    try:
        yield
    except OSError:
        raise
    except _TROUBLE as error:
        raise OSError(*error.args) from error
