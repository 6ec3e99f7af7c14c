"""What every printer promises, whatever it hangs on: one class of tests, run against each transport."""

import contextlib
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image

from printer_drivers import virtual
from printer_drivers.answers import Ask
from printer_drivers.bitmap import Bitmap
from printer_drivers.cups import CupsQueue
from printer_drivers.decoder import decode
from printer_drivers.device_file import DeviceLine, FileLine
from printer_drivers.escpos import CUT, encode
from printer_drivers.libusb import UsbLine
from printer_drivers.line_printer import USUAL_ASKS, LinePrinter
from printer_drivers.network import TcpLine
from printer_drivers.paper import PAPERS
from printer_drivers.printer import Deadlines, Evidence, Outcome, Printer, PrinterState, PrinterUnreachable
from printer_drivers.raster import draw
from printer_drivers.serial_line import SerialLine
from printer_drivers.slip import Slip
from printer_drivers.spooler import SpoolLine
from printer_drivers.virtual import LATEST, VirtualPrinter
from printer_drivers.windows import WindowsQueue
from printer_drivers.wire import Line
from tests.printers.fake_cups import FakeCups
from tests.printers.fake_usb import FakeBus, FakeUsbPrinter
from tests.printers.fake_windows import FakeWindows
from tests.printers.simulated_printer import Faults, PtyPlug, Simulator, TcpPlug, simulated
from tests.watching import PATIENCE_S

PAPER = PAPERS[576]
BRISK = Deadlines(connect_s=0.5, job_s=3, stall_s=0.5, answer_s=0.2, done_s=0.3)
PATIENT = Deadlines(connect_s=PATIENCE_S, job_s=PATIENCE_S, stall_s=PATIENCE_S, answer_s=PATIENCE_S, done_s=PATIENCE_S)
"""For a printer that never keeps one waiting, yet is asked by starting programs, which a loaded machine does slowly."""
SOUND = Faults()


class SteppingClock:
    """A clock that moves a minute each time it is read."""

    def __init__(self) -> None:
        self._now = datetime(2026, 11, 23, 1, 12, 3, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Return the next minute."""
        self._now += timedelta(minutes=1)
        return self._now


@dataclass
class Bench:
    """A printer under test, the sheets that came out of it, and the state it should know of itself."""

    printer: Printer
    sheets: Callable[[], list[bytes]]
    state: PrinterState


def _whole_paper(device: Simulator | FakeUsbPrinter) -> bytes:
    """Return what was processed, once it ends with a cut: a device may still be at it when the job is accepted."""
    paper = bytes(device.mechanism.paper)
    return paper if paper.endswith(CUT) else b""


def _sheets_in(data: bytes) -> list[bytes]:
    return [sheet.data for sheet in decode(data, PAPER.width_dots)]


def _sheet_in(file: Path) -> bytes:
    with Image.open(file) as picture:
        return bytes(byte ^ 0xFF for byte in picture.tobytes())


def _on(
    line: Line, paper: Callable[[], bytes], state: PrinterState = PrinterState.READY, deadlines: Deadlines = BRISK
) -> Bench:
    asks = USUAL_ASKS if state is PrinterState.READY else frozenset({Ask.LINE})
    printer = LinePrinter(line, PAPER, asks=asks, deadlines=deadlines, now=SteppingClock())
    return Bench(printer, lambda: _sheets_in(paper()), state)


@contextlib.contextmanager
def _tcp(_folder: Path, faults: Faults = SOUND) -> Iterator[Bench]:
    plug = TcpPlug()
    with simulated(plug) as device:
        device.set_faults(faults)
        yield _on(TcpLine("127.0.0.1", plug.port), lambda: _whole_paper(device))


@contextlib.contextmanager
def _mute(folder: Path) -> Iterator[Bench]:
    with _tcp(folder, Faults(mute=True)) as bench:
        bench.state = PrinterState.UNKNOWN
        yield bench


@contextlib.contextmanager
def _device(folder: Path) -> Iterator[Bench]:
    plug = PtyPlug(folder / "lp0")
    with simulated(plug) as device:
        yield _on(DeviceLine(str(plug.name)), lambda: _whole_paper(device))


@contextlib.contextmanager
def _serial(folder: Path) -> Iterator[Bench]:
    plug = PtyPlug(folder / "by-id")
    with simulated(plug) as device:
        yield _on(SerialLine(str(plug.name), 230400, "none"), lambda: _whole_paper(device))


@contextlib.contextmanager
def _libusb(_folder: Path) -> Iterator[Bench]:
    device = FakeUsbPrinter()
    yield _on(UsbLine(0x0416, 0x5011, find=FakeBus(device)), lambda: _whole_paper(device))


@contextlib.contextmanager
def _cups(folder: Path) -> Iterator[Bench]:
    fake = FakeCups(folder)
    line = SpoolLine(CupsQueue("kiosk", lp=fake.lp, lpstat=fake.lpstat))
    yield _on(line, lambda: fake.jobs, PrinterState.UNKNOWN, PATIENT)


@contextlib.contextmanager
def _windows(_folder: Path) -> Iterator[Bench]:
    fake = FakeWindows()
    yield _on(SpoolLine(WindowsQueue("XP-80C", api=fake)), lambda: b"".join(fake.documents), PrinterState.UNKNOWN)


@contextlib.contextmanager
def _file(folder: Path) -> Iterator[Bench]:
    file = folder / "slips.bin"
    yield _on(FileLine(str(file)), lambda: file.read_bytes() if file.exists() else b"", PrinterState.UNKNOWN)


@contextlib.contextmanager
def _virtual(folder: Path) -> Iterator[Bench]:
    paper = folder / "paper of kiosk 1"

    def sheets() -> list[bytes]:
        return [_sheet_in(file) for file in sorted(paper.glob("0*.png"))]

    yield Bench(VirtualPrinter(paper, PAPER, now=SteppingClock()), sheets, PrinterState.READY)


WORKING: dict[str, Callable[[Path], contextlib.AbstractContextManager[Bench]]] = {
    "tcp": _tcp,
    "mute": _mute,
    "device file": _device,
    "serial": _serial,
    "libusb": _libusb,
    "cups": _cups,
    "windows": _windows,
    "file": _file,
    "virtual": _virtual,
}


@pytest.fixture(params=WORKING)
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    """Each transport in its working state; a new transport is one more row of the table."""
    with WORKING[request.param](tmp_path) as bench:
        yield bench
        bench.printer.close()


@pytest.fixture
def job(slip: Slip) -> tuple[bytes, ...]:
    """Return the bytes of a usual slip."""
    return encode(draw(slip, PAPER), PAPER)


class TestWorkingPrinter:
    """Promises of a printer that works."""

    def test_paper_is_the_picture(self, bench: Bench, slip: Slip) -> None:
        """What comes out is what was drawn, dot for dot, followed by the tail."""
        picture: Bitmap = draw(slip, bench.printer.paper)
        bench.printer.print(encode(picture, bench.printer.paper))
        (sheet,) = eventually(bench.sheets, 1)
        assert sheet[: len(picture.data)] == picture.data
        assert not any(sheet[len(picture.data) :])

    def test_all_bytes_are_accepted(self, bench: Bench, job: tuple[bytes, ...]) -> None:
        """The end of a job counts its bytes and nothing else, and never calls silence a success."""
        end = bench.printer.print(job)
        assert end.bytes_accepted == sum(map(len, job))
        assert end.outcome is (Outcome.UNCONFIRMED if bench.state is PrinterState.UNKNOWN else Outcome.CONFIRMED)
        assert end.evidence in {Evidence.ANSWERED, Evidence.ACCEPTED}

    def test_jobs_come_out_in_order(self, bench: Bench) -> None:
        """Two jobs are two sheets, first to last, also when the printer was closed between them."""
        pictures = [Bitmap(576, 8, bytes([fill]) * 576) for fill in (0x55, 0xAA)]
        for picture in pictures:
            bench.printer.print(encode(picture, PAPER))
            bench.printer.close()
        assert [sheet[:576] for sheet in eventually(bench.sheets, 2)] == [picture.data for picture in pictures]

    def test_status_tells_when_it_was_seen(self, bench: Bench) -> None:
        """The state is told with an aware instant."""
        status = bench.printer.status()
        assert status.state is bench.state
        assert status.seen_at.tzinfo is UTC

    def test_open_and_close_may_be_called_twice(self, bench: Bench, job: tuple[bytes, ...]) -> None:
        """Opening an open printer and closing a closed one do nothing; printing goes on afterwards."""
        bench.printer.open()
        bench.printer.open()
        bench.printer.close()
        bench.printer.close()
        assert bench.printer.print(job).outcome is not Outcome.FAILED


def _refused_port() -> int:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        return int(closed.getsockname()[1])


ABSENT: dict[str, Callable[[Path], Line]] = {
    "refused": lambda _folder: TcpLine("127.0.0.1", _refused_port()),
    "unknown name": lambda _folder: TcpLine("printer.invalid", 9100),
    "device file": lambda folder: DeviceLine(str(folder / "lp0")),
    "no device": lambda _folder: DeviceLine(__file__),
    "serial": lambda folder: SerialLine(str(folder / "by-id")),
    "port server": lambda _folder: SerialLine(f"rfc2217://127.0.0.1:{_refused_port()}"),
    "libusb": lambda _folder: UsbLine(1, 2, find=FakeBus(FakeUsbPrinter())),
    "cups": lambda folder: SpoolLine(CupsQueue("other", lpstat=FakeCups(folder).lpstat)),
    "no cups": lambda folder: SpoolLine(CupsQueue("kiosk", lpstat=str(folder / "lpstat"))),
    "windows": lambda _folder: SpoolLine(WindowsQueue("other", api=FakeWindows())),
    "no windows": lambda _folder: SpoolLine(WindowsQueue("XP-80C")),
    "file": lambda folder: FileLine(str(folder / "missing" / "slips.bin")),
}


@pytest.fixture(params=[*ABSENT, "virtual"])
def absent(request: pytest.FixtureRequest, tmp_path: Path) -> Printer:
    """Each transport with nothing at its other end."""
    if request.param == "virtual":
        (tmp_path / "file").write_text("not a folder")
        return VirtualPrinter(tmp_path / "file", PAPER)
    return LinePrinter(ABSENT[request.param](tmp_path), PAPER, deadlines=BRISK)


class TestAbsentPrinter:
    """Promises of a printer that is not there."""

    def test_open_says_what_to_do(self, absent: Printer) -> None:
        """Opening raises the error that blames the device, in a sentence."""
        with pytest.raises(PrinterUnreachable, match=r"\w+ .+"):
            absent.open()

    def test_job_fails_with_nothing_sent(self, absent: Printer, job: tuple[bytes, ...]) -> None:
        """A job ends as failed, which allows to try again, and says why."""
        end = absent.print(job)
        assert (end.outcome, end.evidence, end.bytes_accepted) == (Outcome.FAILED, Evidence.NOTHING_SENT, 0)
        assert end.state is PrinterState.UNREACHABLE
        assert end.reason

    def test_status_is_unreachable(self, absent: Printer) -> None:
        """The state is told, not raised."""
        assert absent.status().state is PrinterState.UNREACHABLE


def eventually(sheets: Callable[[], list[bytes]], count: int) -> list[bytes]:
    """Return the sheets once there are `count`; a device may read its last bytes a moment after they were accepted."""
    until = time.monotonic() + 5
    found = sheets()
    while len(found) < count and time.monotonic() < until:
        time.sleep(0.01)
        found = sheets()
    return found


def test_virtual_printer_names_its_sheets(tmp_path: Path, job: tuple[bytes, ...]) -> None:
    """Files sort by number, carry the instant, go on after a restart; the newest is also there under a fixed name."""
    for _ in range(2):
        VirtualPrinter(tmp_path, PAPER, now=SteppingClock()).print(job)
    names = sorted(file.name for file in tmp_path.iterdir())
    assert names == ["000001-20261123T011303Z.png", "000002-20261123T011303Z.png", LATEST]
    assert (tmp_path / LATEST).read_bytes() == (tmp_path / names[1]).read_bytes()


def test_virtual_paper_does_not_fill_the_disk(
    tmp_path: Path, job: tuple[bytes, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The oldest sheets make room, also those of an earlier run; the numbers go on."""
    monkeypatch.setattr(virtual, "MOST_SHEETS", 2)
    for number in range(3):
        (tmp_path / f"00000{number}-20261122T011303Z.png").touch()
    VirtualPrinter(tmp_path, PAPER, now=SteppingClock()).print(job)
    names = sorted(file.name for file in tmp_path.iterdir())
    assert names == ["000002-20261122T011303Z.png", "000003-20261123T011303Z.png", LATEST]


def test_virtual_printer_refuses_bytes_that_are_not_ours(tmp_path: Path) -> None:
    """A job that a real printer would print as rubbish fails, and leaves no paper."""
    end = VirtualPrinter(tmp_path, PAPER).print((b"\x1b@", b"\x1b\x7fHello"))
    assert (end.outcome, end.bytes_accepted) == (Outcome.FAILED, 0)
    assert "1b 7f" in end.reason
    assert not list(tmp_path.iterdir())
