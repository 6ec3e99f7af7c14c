"""Serial ports: modem wires over an RFC 2217 loop, whoever holds the port, and what is left behind."""

import contextlib
import fcntl
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import serial
import serial.rfc2217

from printer_drivers import clock, serial_line
from printer_drivers.answers import NOTHING
from printer_drivers.line_printer import LinePrinter
from printer_drivers.paper import PAPERS
from printer_drivers.printer import Deadlines, Evidence, PrinterState, PrinterUnreachable, Source
from printer_drivers.serial_line import SerialLine
from tests.printers.simulated_printer import Faults, PtyPlug, Simulator, TcpPlug, eventually, simulated, slip_job
from tests.watching import SOON_S

# pyserial 3.5 starts the thread of a port server in the manner of Python 2.
pytestmark = pytest.mark.filterwarnings("ignore:set(Daemon|Name):DeprecationWarning")

PAPER = PAPERS[576]
SLIP = slip_job("slip A012")


def _manage(wires: Any, connection: Any) -> serial.rfc2217.PortManager:
    """Return the server's side of the protocol; pyserial wants a port, and takes all that looks like one."""
    return serial.rfc2217.PortManager(wires, connection)


class PortServerPlug(TcpPlug):
    """A port server with the printer behind it; `wires.rts` is the wire that the host sees as CTS."""

    def __init__(self) -> None:
        super().__init__()
        self.wires = serial.serial_for_url("loop://")
        self._manager: serial.rfc2217.PortManager | None = None
        self._served: object = None

    def attend(self, most: int) -> bytes:
        """Take the protocol off what came, and tell of wires that changed."""
        arrived = super().attend(most)
        if self._caller is not self._served:
            self._served = self._caller
            self._manager = _manage(self.wires, self) if self._caller else None
        if self._manager is None:
            return b""
        self._manager.check_modem_lines()
        return b"".join(self._manager.filter(arrived))

    def say(self, data: bytes) -> None:
        """Send answers with the protocol around them."""
        if self._manager is not None:
            super().say(b"".join(self._manager.escape(data)))

    def write(self, data: bytes) -> None:
        """Send words of the protocol itself."""
        with contextlib.suppress(OSError):
            super().say(data)


@pytest.fixture
def server() -> Iterator[tuple[LinePrinter, PortServerPlug, Simulator]]:
    """Return a printer on a port server."""
    plug = PortServerPlug()
    with simulated(plug) as simulator:
        line = SerialLine(f"rfc2217://127.0.0.1:{plug.port}", 115200, "rtscts")
        yield LinePrinter(line, PAPER), plug, simulator
    plug.wires.close()


def test_printer_on_a_port_server_prints(server: tuple[LinePrinter, PortServerPlug, Simulator]) -> None:
    """Bytes, answers and the end of a job go through a port server as through a port."""
    printer, _, simulator = server
    end = printer.print(SLIP)
    assert (end.evidence, end.bytes_accepted) == (Evidence.ANSWERED, sum(map(len, SLIP)))
    assert simulator.sheets == [b"slip A012\n" * 4]


def test_low_wire_is_offline(server: tuple[LinePrinter, PortServerPlug, Simulator]) -> None:
    """A printer that holds its wire low is offline, known by the line, and gets no byte until it lets go."""
    printer, plug, simulator = server
    plug.wires.rts = False
    status = printer.status()
    assert (status.state, status.source) == (PrinterState.OFFLINE, Source.CONNECTION)
    end = printer.print(SLIP)
    assert (end.evidence, end.state) == (Evidence.NOTHING_SENT, PrinterState.OFFLINE)
    plug.wires.rts = True
    assert printer.print(SLIP).evidence is Evidence.ANSWERED
    assert simulator.sheets == [b"slip A012\n" * 4]


def test_wire_that_drops_midway_cuts_the_job_off(server: tuple[LinePrinter, PortServerPlug, Simulator]) -> None:
    """A wire that goes low during a job and stays there cuts it off; it does not wait for the wire."""
    printer, plug, simulator = server
    dropped_at: list[float] = []

    def drop() -> None:
        eventually(lambda: len(simulator.mechanism.paper) > 1000)
        plug.wires.rts = False
        dropped_at.append(time.monotonic())

    dropping = threading.Thread(target=drop)
    dropping.start()
    end = printer.print(slip_job("slip A012", 30_000))
    dropping.join()
    assert time.monotonic() - dropped_at[0] < SOON_S
    assert (end.evidence, end.state) == (Evidence.CUT_OFF, PrinterState.OFFLINE)
    assert not simulator.sheets


def test_pieces_stop_at_the_deadline_of_the_job(server: tuple[LinePrinter, PortServerPlug, Simulator]) -> None:
    """A job that does not end is ended, also over pieces."""
    _, plug, _ = server
    line = SerialLine(f"rfc2217://127.0.0.1:{plug.port}", 115200, "none")
    printer = LinePrinter(line, PAPER, asks=NOTHING, deadlines=Deadlines(job_s=0.3))
    start = time.monotonic()
    assert printer.print(slip_job("slip A012", 10_000)).evidence is Evidence.CUT_OFF
    assert time.monotonic() - start < SOON_S


def test_port_that_goes_while_its_last_bytes_are_on_the_way(tmp_path: Path) -> None:
    """A port that is unplugged after it took all bytes, and before they can be out, has cut the job off."""
    plug = PtyPlug(tmp_path / "port")
    with simulated(plug) as simulator:
        simulator.set_faults(Faults(hang_up_at=25))
        printer = LinePrinter(SerialLine(str(plug.name), 9600, "none"), PAPER, asks=NOTHING)
        end = printer.print(slip_job("slip A012", 50))
    assert (end.evidence, end.state) == (Evidence.CUT_OFF, PrinterState.UNREACHABLE)


def test_port_has_one_owner(tmp_path: Path) -> None:
    """A port that another program holds is not shared, and that is said."""
    plug = PtyPlug(tmp_path / "port")
    with simulated(plug), plug.name.open("rb", buffering=0) as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(PrinterUnreachable, match="another program holds"):
            LinePrinter(SerialLine(str(plug.name), flow="none"), PAPER).open()


def test_pseudo_terminal_without_wires_prints_with_rtscts(tmp_path: Path) -> None:
    """A port that has no modem wires is not taken for one whose printer holds them low."""
    plug = PtyPlug(tmp_path / "port")
    with simulated(plug):
        assert LinePrinter(SerialLine(str(plug.name), 115200, "rtscts"), PAPER).status().state is PrinterState.READY


def test_port_leaves_its_wires_up(tmp_path: Path) -> None:
    """The mode that drops DTR at each close is off: a board that resets on it would lose the next job."""
    import termios  # noqa: PLC0415 - there is none on Windows

    plug = PtyPlug(tmp_path / "port")
    with simulated(plug):
        LinePrinter(SerialLine(str(plug.name), flow="none"), PAPER).open()
        descriptor = os.open(plug.name, os.O_RDWR | os.O_NOCTTY)
        modes = termios.tcgetattr(descriptor)
        os.close(descriptor)
    assert not modes[2] & termios.HUPCL


def test_late_faults_do_not_hold_the_port(tmp_path: Path) -> None:
    """A stalled job is taken back from the port, so that closing it does not wait for the printer."""
    plug = PtyPlug(tmp_path / "port")
    with simulated(plug) as simulator:
        simulator.set_faults(Faults(stall_at=10))
        brisk = Deadlines(stall_s=0.2, answer_s=0.1)
        printer = LinePrinter(SerialLine(str(plug.name), 115200, "none"), PAPER, asks=NOTHING, deadlines=brisk)
        start = time.monotonic()
        assert printer.print(slip_job("slip A012", 10_000)).evidence is Evidence.CUT_OFF
        assert time.monotonic() - start < SOON_S


class Wires:
    """An open port whose wires a test moves; it has no descriptor modes."""

    def __init__(self) -> None:
        self.cts = self.dsr = True
        self.out_waiting = 0

    def fileno(self) -> int:
        """Be no terminal."""
        raise OSError


@pytest.mark.parametrize("arrived", [(b"\x12\xff\x00\x00\x12",), (b"\x12\xff", b"\x00\x00")])
def test_a_break_is_no_nul(arrived: tuple[bytes, ...]) -> None:
    """A port marks a break, and a marked break ends the job; also when its three bytes come in two reads."""
    marked = serial_line._Marked()
    for part in arrived[:-1]:
        assert b"\xff" not in marked.read(part)
    with pytest.raises(OSError, match="lost power"):
        marked.read(arrived[-1])


def test_what_is_no_break_is_read_as_it_was_sent() -> None:
    """FF is doubled by the port and read once; a NUL stays a NUL."""
    marked = serial_line._Marked()
    assert marked.read(b"\x00\x12\xff") + marked.read(b"\xff\x12") == b"\x00\x12\xff\x12"


def test_a_wire_held_for_long_leaves_the_job_in_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    """With RTS/CTS a short hold is a full buffer; a long one may be a loss of power: no whole job."""
    now = [0.0]
    monkeypatch.setattr(clock, "monotonic_s", lambda: now[0])
    port = Wires()
    link = serial_line._PortLink(port, handshake=True)  # type: ignore[arg-type]  # what it uses of a port
    for held in (False, True):
        port.cts = not held
        link.watch()
        now[0] += serial_line.HELD_S * 0.9
        link.watch()
    link.refuse_doubt()
    now[0] += serial_line.HELD_S
    link.watch()
    port.cts = True
    with pytest.raises(OSError, match="lost power"):
        link.refuse_doubt()


@pytest.mark.parametrize("wire", ["cts", "dsr"])
def test_a_wire_that_falls_cuts_the_job_where_it_says_nothing_else(monkeypatch: pytest.MonkeyPatch, wire: str) -> None:
    """Without RTS/CTS a wire that was up and falls is the power; one that was never up is not connected."""
    monkeypatch.setattr(serial_line, "_mark_breaks", lambda _port: True)
    port = Wires()
    link = serial_line._PortLink(port, handshake=False)  # type: ignore[arg-type]  # what it uses of a port
    link.watch()
    setattr(port, wire, False)
    with pytest.raises(OSError, match="lost power"):
        link.waiting()
    serial_line._PortLink(port, handshake=False).watch()  # type: ignore[arg-type]  # what it uses of a port
