"""Queues of the operating system: a job goes in whole or not at all, and what the queue shows is the state."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from printer_drivers.answers import Ask
from printer_drivers.cups import CupsQueue, list_queues
from printer_drivers.line_printer import LinePrinter
from printer_drivers.paper import PAPERS
from printer_drivers.printer import Deadlines, Evidence, JobEnd, PrinterState, PrinterUnreachable
from printer_drivers.spooler import Progress, Spooler, SpoolLine
from printer_drivers.windows import WindowsQueue, list_printers
from tests.printers.fake_cups import FakeCups
from tests.printers.fake_windows import FakeWindows
from tests.watching import SOON_S

JOB = (b"\x1b@", b"slip A012\n", b"\x1dVB\x00")
LENGTH = sum(map(len, JOB))
BRISK = Deadlines(connect_s=2, stall_s=0.5, answer_s=1)


@pytest.fixture
def cups(tmp_path: Path) -> FakeCups:
    """Return CUPS with one queue."""
    return FakeCups(tmp_path)


@pytest.fixture
def windows() -> FakeWindows:
    """Return Windows with one printer."""
    return FakeWindows()


def printer_on(spooler: Spooler) -> LinePrinter:
    """Return the driver for this queue."""
    return LinePrinter(SpoolLine(spooler), PAPERS[576], asks=frozenset({Ask.LINE}), deadlines=BRISK)


def on_cups(cups: FakeCups) -> LinePrinter:
    """Return the driver for the queue of CUPS."""
    return printer_on(CupsQueue("kiosk", lp=cups.lp, lpstat=cups.lpstat, cancel=cups.cancel))


def test_cups_gets_the_bytes_as_they_are(cups: FakeCups) -> None:
    """A job goes to the queue raw; that it is taken is all there is to know."""
    assert on_cups(cups).print(JOB) == JobEnd(
        Evidence.ACCEPTED, LENGTH, PrinterState.UNKNOWN, "the printer took all bytes and says nothing"
    )
    assert cups.jobs == b"".join(JOB)


def test_job_that_cups_refuses_may_be_tried_again(cups: FakeCups) -> None:
    """`lp` that fails has queued nothing, and its own words are passed on."""
    cups.set_state("refuse")
    end = on_cups(cups).print(JOB)
    assert (end.evidence, end.bytes_accepted, cups.jobs) == (Evidence.NOTHING_SENT, 0, b"")
    assert "unsupported document-format" in end.reason


def test_cups_that_hangs_leaves_doubt(cups: FakeCups) -> None:
    """Nobody knows whether a job is queued that `lp` did not come back from; the kiosk waits no longer than a stall."""
    cups.set_state("hang")
    start = time.monotonic()
    end = on_cups(cups).print(JOB)
    assert time.monotonic() - start < SOON_S
    assert (end.evidence, end.bytes_accepted) == (Evidence.CUT_OFF, LENGTH)


@pytest.mark.parametrize("says", ["The printer may not exist or is unavailable now.", "Connecting to printer."])
def test_a_job_that_waits_for_its_printer_is_taken_back(cups: FakeCups, says: str) -> None:
    """No byte has left the queue: the job is cancelled, may be printed elsewhere, and never comes out late."""
    cups.keep_jobs(says)
    assert on_cups(cups).print(JOB).evidence is Evidence.NOTHING_SENT
    assert (cups.jobs, (cups.folder / "cancelled").exists()) == (b"", True)


def test_a_job_that_does_not_end_is_taken_back_in_doubt(cups: FakeCups) -> None:
    """Its printer was reached and stopped: bytes are out, the rest does not follow when it comes back."""
    spooler = CupsQueue("kiosk", lp=cups.lp, lpstat=cups.lpstat, cancel=cups.cancel)
    hasty = Deadlines(job_s=1, stall_s=0.5, answer_s=1)
    cups.keep_jobs("Sending data to printer.")
    end = LinePrinter(SpoolLine(spooler), PAPERS[576], asks=frozenset({Ask.LINE}), deadlines=hasty).print(JOB)
    assert (end.evidence, end.bytes_accepted) == (Evidence.CUT_OFF, LENGTH)
    assert (cups.jobs, (cups.folder / "cancelled").exists()) == (b"", True)


@pytest.mark.parametrize(
    ("says", "state"),
    [
        ("The printer may not exist or is unavailable at this time.", PrinterState.OFFLINE),
        ("Waiting for printer to become available.", PrinterState.OFFLINE),
        ("The printer is not responding.", PrinterState.OFFLINE),
        ("Out of paper.", PrinterState.PAPER_OUT),
        ("Sending data to printer.", PrinterState.UNKNOWN),
    ],
)
def test_what_cups_says_of_its_printer_is_believed(cups: FakeCups, says: str, state: PrinterState) -> None:
    """A queue whose printer does not come gets no job of ours."""
    (cups.folder / "waits").write_text(f"\t{says}\n")
    assert on_cups(cups).status().state is state


@pytest.mark.parametrize(
    ("status", "evidence", "deleted"),
    [
        (None, Evidence.ACCEPTED, []),
        (0x80, Evidence.ACCEPTED, []),
        (0x00, Evidence.NOTHING_SENT, [1]),
        (0x22, Evidence.NOTHING_SENT, [1]),
        (0x10, Evidence.CUT_OFF, [1]),
        (0x100, Evidence.NOTHING_SENT, []),
    ],
)
def test_a_job_of_windows_is_followed(
    windows: FakeWindows, status: int | None, evidence: Evidence, deleted: list[int]
) -> None:
    """Gone or printed is accepted; one that waits is deleted; of one that was being printed nobody knows how much."""
    windows.job_status = status
    hasty = Deadlines(job_s=1, stall_s=0.5, answer_s=1)
    spooler = WindowsQueue("XP-80C", api=windows)
    end = LinePrinter(SpoolLine(spooler), PAPERS[576], asks=frozenset({Ask.LINE}), deadlines=hasty).print(JOB)
    assert (end.evidence, windows.deleted) == (evidence, deleted)


def test_queue_that_cups_stopped_is_offline(cups: FakeCups) -> None:
    """A stopped queue gets no job: it would come out whenever someone starts it."""
    cups.set_state("disabled")
    printer = on_cups(cups)
    assert printer.status().state is PrinterState.OFFLINE
    assert printer.print(JOB).evidence is Evidence.NOTHING_SENT
    assert cups.jobs == b""


def test_queues_of_cups_are_listed(cups: FakeCups, tmp_path: Path) -> None:
    """Each queue is told with its device; without CUPS there are none."""
    by = time.monotonic() + 2
    assert list_queues(by, cups.lpstat) == [("kiosk", "usb://Xprinter/XP-80C")]
    assert list_queues(by, str(tmp_path / "missing")) == []


def test_windows_prints_one_raw_document(windows: FakeWindows) -> None:
    """A job is one raw document, and no handle stays open."""
    assert printer_on(WindowsQueue("XP-80C", api=windows)).print(JOB).bytes_accepted == LENGTH
    assert windows.documents == [b"".join(JOB)]
    assert windows.open_handles == 0


@pytest.mark.parametrize("call", ["StartDocPrinter", "WritePrinter"])
def test_document_that_windows_refuses_is_deleted(windows: FakeWindows, call: str) -> None:
    """A document that failed is deleted, so it may be tried again."""
    windows.troubles.add(call)
    end = printer_on(WindowsQueue("XP-80C", api=windows)).print(JOB)
    assert (end.evidence, windows.documents, windows.open_handles) == (Evidence.NOTHING_SENT, [], 0)
    assert "Windows refused the job" in end.reason


def test_half_a_document_is_deleted(windows: FakeWindows) -> None:
    """A spooler that took only some bytes prints none of them."""
    windows.room = 5
    end = printer_on(WindowsQueue("XP-80C", api=windows)).print(JOB)
    assert (end.evidence, windows.documents) == (Evidence.NOTHING_SENT, [])
    assert f"5 of {LENGTH} bytes" in end.reason


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (0, PrinterState.UNKNOWN),
        (0x400, PrinterState.UNKNOWN),
        (0x10, PrinterState.PAPER_OUT),
        (0x400000, PrinterState.COVER_OPEN),
        (0x82, PrinterState.ERROR),
        (0x80, PrinterState.OFFLINE),
        (0x01, PrinterState.OFFLINE),
    ],
)
def test_windows_is_believed_in_trouble_only(windows: FakeWindows, status: int, state: PrinterState) -> None:
    """The driver's "all well" means nothing; its troubles are states."""
    windows.status = status
    assert printer_on(WindowsQueue("XP-80C", api=windows)).status().state is state


def test_windows_that_does_not_tell_is_unknown(windows: FakeWindows) -> None:
    """A driver that fails to tell its status may still print."""
    windows.troubles.add("GetPrinter")
    assert printer_on(WindowsQueue("XP-80C", api=windows)).status().state is PrinterState.UNKNOWN


def test_printers_of_windows_are_listed(windows: FakeWindows) -> None:
    """Each printer is told by name; elsewhere there are none."""
    assert list_printers(windows) == ["XP-80C"]
    assert list_printers() == []


class HangingQueue:
    """A spooler that does not come back from one of its calls."""

    def __init__(self, hangs_in: str) -> None:
        self._hangs_in = hangs_in

    def check(self, by: float) -> None:
        """Hang, or find the queue."""
        self._hang("check", by)

    def spool(self, data: bytes, by: float) -> str:
        """Hang, or take the job."""
        del data
        self._hang("spool", by)
        return "job"

    def follow(self, job: str, by: float) -> Progress:
        """Hang, or have printed it."""
        del job
        self._hang("follow", by)
        return Progress.COMPLETED

    def cancel(self, job: str, by: float) -> None:
        """Do nothing."""

    def look(self, by: float) -> PrinterState | None:
        """Hang, or show no trouble."""
        self._hang("look", by)
        return None

    def _hang(self, call: str, by: float) -> None:
        if call == self._hangs_in:
            time.sleep(max(0, by - time.monotonic()) + 0.3)


@pytest.mark.parametrize(
    ("hangs_in", "evidence"),
    [
        ("check", Evidence.NOTHING_SENT),
        ("look", Evidence.NOTHING_SENT),
        ("spool", Evidence.CUT_OFF),
        ("follow", Evidence.CUT_OFF),
    ],
)
def test_spooler_that_hangs_is_left(hangs_in: str, evidence: Evidence) -> None:
    """A print service that hangs is given up at the deadline, in whatever call; only a handed-over job is in doubt."""
    brisk = Deadlines(connect_s=0.2, stall_s=0.2, answer_s=0.2)
    printer = LinePrinter(SpoolLine(HangingQueue(hangs_in)), PAPERS[576], deadlines=brisk)
    start = time.monotonic()
    end = printer.print(JOB)
    assert time.monotonic() - start < SOON_S
    assert end.evidence is evidence
    assert "print" in end.reason


@pytest.mark.parametrize("build", [lambda: CupsQueue("-h"), lambda: WindowsQueue("")])
def test_strange_names_are_no_queues(build: Callable[[], Spooler]) -> None:
    """A name that no queue has is unreachable, in a sentence."""
    with pytest.raises(PrinterUnreachable, match=r"\w+ .+"):
        printer_on(build()).open()
