"""Every fault on every line: known by a deadline, the job's end right, and no slip printed twice."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from printer_drivers.answers import Ask
from printer_drivers.device_file import DeviceLine
from printer_drivers.fact import state_fact
from printer_drivers.line_printer import USUAL_ASKS, LinePrinter
from printer_drivers.network import TcpLine
from printer_drivers.paper import PAPERS
from printer_drivers.printer import Deadlines, Evidence, PrinterState
from printer_drivers.serial_line import SerialLine
from printer_drivers.wire import Line
from tests.printers.simulated_printer import Faults, PtyPlug, Simulator, TcpPlug, eventually, simulated, slip_job
from tests.watching import SOON_S

PAPER = PAPERS[576]
SLIP = slip_job("slip A012", 400)
NEXT = slip_job("slip A013")
# More than any buffer on the way takes: a pseudo-terminal holds some 20 KB.
LONG = slip_job("slip A012", 10_000)

# The printer of these tests answers within milliseconds, so what waits in vain may be short. Stalls and unplugged
# printers are told by the deadlines of the product.
BRISK = Deadlines(answer_s=0.5, done_s=0.8)


@dataclass
class Bench:
    """A line and the simulator at its end."""

    line: Line
    simulator: Simulator

    def build(self, deadlines: Deadlines | None = None) -> LinePrinter:
        """Return the driver, with the deadlines of the product unless others are given."""
        return LinePrinter(self.line, PAPER, deadlines=deadlines)

    def count(self, text: bytes, lines: int) -> int:
        """Return how many whole slips of this text came out."""
        return sum(sheet == (text + b"\n") * lines for sheet in self.simulator.sheets)


def _line(kind: str, folder: Path) -> tuple[TcpPlug | PtyPlug, Line]:
    if kind == "tcp":
        tcp = TcpPlug()
        return tcp, TcpLine("127.0.0.1", tcp.port)
    plug = PtyPlug(folder / "by-id")
    if kind == "usb":
        return plug, DeviceLine(str(plug.name))
    return plug, SerialLine(str(plug.name), 230400, "xonxoff" if kind == "serial xonxoff" else "none")


@pytest.fixture(params=["tcp", "usb", "serial", "serial xonxoff"])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    """Each line with a working printer at its end."""
    plug, line = _line(request.param, tmp_path)
    with simulated(plug) as simulator:
        yield Bench(line, simulator)


@pytest.mark.parametrize(
    ("faults", "evidence", "state"),
    [
        (Faults(), Evidence.ANSWERED, PrinterState.READY),
        (Faults(near_end=True), Evidence.ANSWERED, PrinterState.NEAR_END),
        (Faults(glued=True), Evidence.ANSWERED, PrinterState.READY),
        (Faults(answers_after_s=0.05), Evidence.ANSWERED, PrinterState.READY),
        (Faults(mute=True), Evidence.ACCEPTED, PrinterState.UNKNOWN),
        (Faults(knows=frozenset({"eot"})), Evidence.ANSWERED, PrinterState.READY),
        (Faults(paper_out=True), Evidence.NOTHING_SENT, PrinterState.PAPER_OUT),
        (Faults(cover_open=True), Evidence.NOTHING_SENT, PrinterState.COVER_OPEN),
        (Faults(paper_out_at=100), Evidence.TROUBLE, PrinterState.PAPER_OUT),
    ],
    ids=[
        "none",
        "near end",
        "glued answers",
        "slow answers",
        "mute",
        "no GS r",
        "no paper",
        "cover open",
        "paper ends midway",
    ],
)
def test_fault(bench: Bench, faults: Faults, evidence: Evidence, state: PrinterState) -> None:
    """The end of the job says what happened; after the repair the next slip comes out once, the first never twice."""
    bench.simulator.set_faults(faults)
    printer = bench.build(BRISK)
    printer.status()  # as the kiosk does before its first slip
    start = time.monotonic()
    end = printer.print(SLIP)
    assert (end.evidence, end.state) == (evidence, state)
    assert time.monotonic() - start < SOON_S
    bench.simulator.set_faults(Faults())
    assert eventually(lambda: printer.status().state is PrinterState.READY)
    assert printer.print(NEXT).evidence is Evidence.ANSWERED
    came_out = evidence is not Evidence.NOTHING_SENT
    assert eventually(lambda: bench.count(b"slip A012", 400) == came_out)
    assert bench.count(b"slip A013", 4) == 1


def test_stall(bench: Bench) -> None:
    """A printer that takes no more is given up long before the end of the job; what it did not take never comes out."""
    bench.simulator.set_faults(Faults(stall_at=500))
    printer = bench.build()
    start = time.monotonic()
    end = printer.print(LONG)
    assert time.monotonic() - start < SOON_S
    assert (end.evidence, end.state) == (Evidence.CUT_OFF, PrinterState.OFFLINE)
    assert 0 < end.bytes_accepted < sum(map(len, LONG))
    bench.simulator.set_faults(Faults())
    time.sleep(0.2)
    printer.status()
    assert printer.print(NEXT).evidence is Evidence.ANSWERED
    assert bench.count(b"slip A012", 10_000) == 0
    assert bench.count(b"slip A013", 4) == 1


def test_unplugged_and_back(bench: Bench) -> None:
    """A printer that vanishes midway is known at once, is unreachable while away, and prints when it is back."""
    bench.simulator.set_faults(Faults(hang_up_at=500))
    printer = bench.build()
    start = time.monotonic()
    end = printer.print(LONG)
    assert time.monotonic() - start < SOON_S
    assert (end.evidence, end.state) == (Evidence.CUT_OFF, PrinterState.UNREACHABLE)
    away = printer.print(NEXT)
    assert (away.evidence, away.state) == (Evidence.NOTHING_SENT, PrinterState.UNREACHABLE)
    assert printer.status().state is PrinterState.UNREACHABLE
    bench.simulator.set_faults(Faults())
    assert printer.status().state is PrinterState.READY
    assert printer.print(NEXT).evidence is Evidence.ANSWERED
    assert bench.count(b"slip A013", 4) == 1


@pytest.mark.parametrize(
    ("knows", "asks"),
    [
        ({"id", "eot"}, {Ask.ID, Ask.EOT}),
        ({"id"}, {Ask.ID}),
        ({"gsr"}, {Ask.GSR}),
        ({"asb", "gsr"}, {Ask.ASB, Ask.GSR}),
    ],
    ids=["process id", "only process id", "only GS r", "automatic status"],
)
def test_other_ways_to_ask(tmp_path: Path, knows: set[str], asks: set[Ask]) -> None:
    """A printer that knows other questions than the usual is confirmed by those, when its address says so."""
    plug = PtyPlug(tmp_path / "lp")
    with simulated(plug) as simulator:
        simulator.set_faults(Faults(knows=frozenset(knows)))
        printer = LinePrinter(DeviceLine(str(plug.name)), PAPER, asks=frozenset(asks), fact=state_fact(frozenset(asks)))
        assert [printer.print(NEXT).evidence for _ in range(2)] == [Evidence.ANSWERED] * 2


def test_nine_thousand_six_hundred_baud(tmp_path: Path) -> None:
    """A job's time on the line is waited for, although the system took its bytes at once: half a second for 480."""
    plug = PtyPlug(tmp_path / "lp")
    line = SerialLine(str(plug.name), 9600, "none")
    with simulated(plug, bytes_per_s=960) as simulator:
        printer = LinePrinter(line, PAPER, asks=USUAL_ASKS, deadlines=Deadlines(byte_s=line.byte_s))
        start = time.monotonic()
        end = printer.print(slip_job("slip A01", 53))
        took = time.monotonic() - start
    assert end.evidence is Evidence.ANSWERED
    assert took >= 0.5
    assert simulator.sheets == [b"slip A01\n" * 53]
