"""What every printer promises, whatever it hangs on: one class of tests, run against each transport."""

import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image

from printer_drivers.bitmap import Bitmap
from printer_drivers.decoder import decode
from printer_drivers.escpos import encode
from printer_drivers.network import NetworkPrinter
from printer_drivers.paper import PAPERS
from printer_drivers.printer import Deadlines, Evidence, Outcome, Printer, PrinterState, PrinterUnreachable
from printer_drivers.raster import draw
from printer_drivers.slip import Slip
from printer_drivers.virtual import LATEST, VirtualPrinter
from tests.printers.tcp_printer import READY, answering, read_all, tcp_printer

PAPER = PAPERS[576]
BRISK = Deadlines(connect_s=0.5, job_s=3, stall_s=0.5, answer_s=0.2, done_s=0.3)


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


def _sheets_of(jobs: list[bytearray]) -> list[bytes]:
    return [sheet.data for job in jobs for sheet in decode(bytes(job), PAPER.width_dots)]


def _sheet_in(file: Path) -> bytes:
    with Image.open(file) as picture:
        return bytes(byte ^ 0xFF for byte in picture.tobytes())


def _virtual_bench(folder: Path) -> Bench:
    def sheets() -> list[bytes]:
        return [_sheet_in(file) for file in sorted(folder.glob("0*.png"))]

    return Bench(VirtualPrinter(folder, PAPER, now=SteppingClock()), sheets, PrinterState.READY)


@pytest.fixture(params=["answering", "mute", "virtual"])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    """Each transport in its working state; a new transport is one more row here."""
    if request.param == "virtual":
        yield _virtual_bench(tmp_path / "paper of kiosk 1")
        return
    answers = request.param == "answering"
    with tcp_printer(answering(READY) if answers else read_all) as device:
        printer = NetworkPrinter("127.0.0.1", device.port, PAPER, deadlines=BRISK, now=SteppingClock())
        state = PrinterState.READY if answers else PrinterState.UNKNOWN
        # A mute device reads on until its connection ends, with the questions in its bytes as unprintable noise.
        yield Bench(printer, lambda: _sheets_of([_without_questions(job) for job in device.jobs if job]), state)
        printer.close()


def _without_questions(job: bytearray) -> bytearray:
    return job.replace(b"\x10\x04\x01", b"")


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

    def test_status_keeps_its_since(self, bench: Bench) -> None:
        """The state is told with an aware instant, which stays while the state stays."""
        first, second = bench.printer.status(), bench.printer.status()
        assert first.state is second.state is bench.state
        assert first.since == second.since
        assert first.since.tzinfo is UTC

    def test_open_and_close_may_be_called_twice(self, bench: Bench, job: tuple[bytes, ...]) -> None:
        """Opening an open printer and closing a closed one do nothing; printing goes on afterwards."""
        bench.printer.open()
        bench.printer.open()
        bench.printer.close()
        bench.printer.close()
        assert bench.printer.print(job).outcome is not Outcome.FAILED


@pytest.fixture(params=["refused", "unknown name", "virtual"])
def absent(request: pytest.FixtureRequest, tmp_path: Path) -> Printer:
    """Each transport with nothing at its other end."""
    if request.param == "virtual":
        (tmp_path / "file").write_text("not a folder")
        return VirtualPrinter(tmp_path / "file", PAPER)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = int(closed.getsockname()[1])
    host = "127.0.0.1" if request.param == "refused" else "printer.invalid"
    return NetworkPrinter(host, port, PAPER, deadlines=BRISK)


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


def test_virtual_printer_refuses_bytes_that_are_not_ours(tmp_path: Path) -> None:
    """A job that a real printer would print as rubbish fails, and leaves no paper."""
    end = VirtualPrinter(tmp_path, PAPER).print((b"\x1b@", b"Hello"))
    assert (end.outcome, end.bytes_accepted) == (Outcome.FAILED, 0)
    assert "48 65 6c 6c" in end.reason
    assert not list(tmp_path.iterdir())
