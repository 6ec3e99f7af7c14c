"""The thread that owns the kiosk's printers: takes slips, prints them one by one, and says how each ended.

Nothing here decides what is printed, and nobody waits for it. At most once: a slip is tried again, and handed to a
spare printer, only while not one of its bytes was taken.
"""

import logging
import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from kiosk.clock import monotonic_s
from printer_drivers.drawing import job_of, length_mm
from printer_drivers.paper import Paper
from printer_drivers.printer import CAN_PRINT, Evidence, JobEnd, Printer, PrinterState
from printer_drivers.slip import Slip
from queue_protocol.commands import SlipOutcome
from queue_protocol.ids import TicketId
from queue_protocol.snapshots import PartState

log = logging.getLogger(__name__)

STALE_S = 60.0
"""After a minute the person has gone with the number from the screen, and paper would only confuse the next one. Also
the age up to which the server offers a slip again."""

MOST_WAITING = 16
"""A slip takes 2 to 3 s to print, so more than this would be stale before its turn."""

RETRY_FOR_S, RETRY_EVERY_S = 5.0, 0.5
"""A printer that is being plugged in or is busy with another host answers within seconds; longer makes a person wait
for paper that does not come."""

LOOK_EVERY_S = 10.0
"""An idle printer is asked how it is: soon enough that paper put in is noticed before the next person, and rare enough
that a cheap network printer, which serves one connection at a time, stays free."""

PASSING = frozenset({PrinterState.UNREACHABLE, PrinterState.OFFLINE, PrinterState.UNKNOWN, PrinterState.READY})
"""States in which a failed start is worth another try; the others need a hand: paper, cover, repair."""

_OUTCOMES: Mapping[Evidence, SlipOutcome] = {
    Evidence.ANSWERED: "printed",
    Evidence.ACCEPTED: "accepted",
    Evidence.TROUBLE: "uncertain",
    Evidence.UNPROVEN: "uncertain",
    Evidence.CUT_OFF: "uncertain",
    Evidence.NOTHING_SENT: "failed",
}

_PART: Mapping[PrinterState, PartState] = {
    PrinterState.READY: "ready",
    PrinterState.NEAR_END: "ready",
    PrinterState.UNKNOWN: "unknown",
}

SPARE = "spare_printer"
"""Why a kiosk that prints still needs a hand: its first printer does not."""

_TELLING = frozenset(PrinterState) - set(_PART)
"""States that say by themselves why a slip did not come out."""


Encode = Callable[[Slip, Paper], Sequence[bytes]]
"""Draws a slip for a paper: the bytes of its job."""


@dataclass(frozen=True, slots=True)
class Job:
    """A slip to be printed; `wanted_s` is when it was wanted, on the clock of `kiosk.clock`."""

    ticket: TicketId
    slip: Slip
    wanted_s: float


@dataclass(frozen=True, slots=True)
class Ended:
    """How the paper of a ticket ended, in the terms of `ReportSlip`."""

    ticket: TicketId
    outcome: SlipOutcome
    reason: str | None
    length_mm: int | None = None
    """Paper it took, or may have taken."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What is known of the printer, in the terms of `ReportDevice`."""

    state: PartState
    reason: str | None


def draw(slip: Slip, paper: Paper) -> Sequence[bytes]:
    """Return the bytes that print this slip on this paper, in the form that suits its printer."""
    return job_of(slip, paper)


@dataclass(frozen=True, slots=True)
class _Sent:
    """A job after its last try."""

    end: JobEnd
    job: Sequence[bytes]
    paper: Paper


class Press:
    """The printers of a kiosk, the first before its spares, and their thread.

    `on_end` and `on_look` are called on that thread and must not block. `start_slip` puts a slip on the disk before its
    first byte goes out, `end_slip` says there that it is over.
    """

    def __init__(
        self,
        printers: Sequence[Printer],
        start_slip: Callable[[TicketId], None],
        end_slip: Callable[[], None],
        on_end: Callable[[Ended], None],
        on_look: Callable[[Looked], None],
        *,
        now_s: Callable[[], float] = monotonic_s,
        encode: Encode = draw,
        measure: Callable[[Sequence[bytes], Paper], float] = length_mm,
    ) -> None:
        self._printers = tuple(printers)
        self._states = [PrinterState.UNKNOWN] * len(self._printers)
        self._start_slip = start_slip
        self._end_slip = end_slip
        self._on_end = on_end
        self._on_look = on_look
        self._now_s = now_s
        self._encode = encode
        self._measure = measure
        self._jobs: queue.Queue[Job | None] = queue.Queue(MOST_WAITING)
        self._stopping = threading.Event()
        self._down = False
        self._thread = threading.Thread(target=self._run, daemon=True, name="press")

    def start(self) -> None:
        """Begin to print."""
        self._thread.start()

    def submit(self, job: Job) -> None:
        """Print this slip when its turn comes; with too many before it, it fails at once."""
        try:
            self._jobs.put_nowait(job)
        except queue.Full:
            self._on_end(Ended(job.ticket, "failed", "printer_busy"))

    def stop(self, timeout_s: float) -> None:
        """End the thread, waiting this long for the slip in the printer; slips still in line are not printed."""
        self._stopping.set()
        try:
            self._jobs.put_nowait(None)
        except queue.Full:
            log.info("%d slips in line are not printed", self._jobs.qsize())
        self._thread.join(timeout_s)

    def _run(self) -> None:
        self._look()
        while not self._stopping.is_set():
            try:
                job = self._jobs.get(timeout=LOOK_EVERY_S)
            except queue.Empty:
                self._look()
                continue
            if job is not None and not self._stopping.is_set():
                self._on_end(self._print_guarded(job))
        for printer in self._printers:
            printer.close()

    def _print_guarded(self, job: Job) -> Ended:
        """Print; a fault in a driver or in the drawing costs this slip its paper, and no later one."""
        try:
            return self._print(job)
        except Exception:
            log.exception("printing the slip of %s failed", job.ticket)
            return Ended(job.ticket, "uncertain", "trouble")

    def _look(self) -> None:
        for place, printer in enumerate(self._printers):
            try:
                self._states[place] = printer.status().state
            except Exception:
                log.exception("asking a printer how it is failed")
                self._states[place] = PrinterState.UNKNOWN
        self._tell()

    def _tell(self) -> None:
        """Say how the kiosk prints: as its first printer is, or as long as a spare one can, with a word about it."""
        first = _PART.get(self._states[0], "failed")
        spared = first == "failed" and any(state in CAN_PRINT for state in self._states[1:])
        self._down = first == "failed" and not spared
        if spared:
            self._on_look(Looked("ready", SPARE))
        else:
            told = self._states[0] is PrinterState.READY
            self._on_look(Looked(first, None if told else str(self._states[0])))

    def _print(self, job: Job) -> Ended:
        if self._now_s() - job.wanted_s > STALE_S:
            return Ended(job.ticket, "failed", "stale")
        try:
            drawn = [self._encode(job.slip, printer.paper) for printer in self._printers]
        except Exception:  # whatever a name in the catalogue does to the drawing, the next slip must come out
            log.exception("slip of %s cannot be drawn", job.ticket)
            return Ended(job.ticket, "failed", "bad_slip")
        self._put_on_disk(job.ticket)
        sent = self._send(drawn)
        self._take_off_disk()
        end = sent.end
        log.info("slip of %s: %s, %d bytes taken %s", job.ticket, end.evidence, end.bytes_accepted, end.reason)
        self._tell()
        return Ended(job.ticket, _OUTCOMES[end.evidence], _reason(end), self._length_mm(sent))

    def _length_mm(self, sent: _Sent) -> int | None:
        if sent.end.evidence is Evidence.NOTHING_SENT:
            return None
        try:
            return round(self._measure(sent.job, sent.paper))
        except Exception:
            log.exception("the length of a slip cannot be told; it is not counted")
            return None

    def _put_on_disk(self, ticket: TicketId) -> None:
        try:
            self._start_slip(ticket)
        except OSError:
            # The person gets paper; the price is a second slip if the kiosk restarts within a minute.
            log.exception("cannot note that the slip of %s is being printed", ticket)

    def _take_off_disk(self) -> None:
        try:
            self._end_slip()
        except OSError:
            log.exception("cannot note that the printing has ended; the next start sweeps the printer")

    def _send(self, drawn: Sequence[Sequence[bytes]]) -> _Sent:
        """Print on the first printer that takes a byte, and try again for a while as long as none does.

        Printers known to be down get one try.
        """
        last_try_s = self._now_s() + (0 if self._down else RETRY_FOR_S)
        sent = self._try_each(drawn)
        while _may_retry(sent.end) and self._now_s() < last_try_s and not self._stopping.wait(RETRY_EVERY_S):
            sent = self._try_each(drawn)
        return sent

    def _try_each(self, drawn: Sequence[Sequence[bytes]]) -> _Sent:
        """Offer the slip to each printer in turn; when none takes it, the first one's end says why."""
        ends: list[_Sent] = []
        for place, (printer, job) in enumerate(zip(self._printers, drawn, strict=True)):
            end = printer.print(job)
            self._states[place] = end.state
            ends.append(_Sent(end, job, printer.paper))
            if end.evidence is not Evidence.NOTHING_SENT:
                return ends[-1]
        return ends[0]


def _may_retry(end: JobEnd) -> bool:
    return end.evidence is Evidence.NOTHING_SENT and end.state in PASSING


def _reason(end: JobEnd) -> str | None:
    if _OUTCOMES[end.evidence] in {"printed", "accepted"}:
        return None
    return str(end.state) if end.state in _TELLING else str(end.evidence)
