"""A printer that takes bytes over a line: what all transports but the virtual one have in common.

The line is connected for each job and each question and let go of afterwards: many printers serve one host at a time
and forget an idle one, devices come and go, and a handle kept over a power cycle is dead without saying so.
"""

import contextlib
from collections.abc import Callable, Sequence
from datetime import datetime

from printer_drivers import clock
from printer_drivers.answers import Ask
from printer_drivers.conversation import Order, Terms, Told, ask_state, run_job
from printer_drivers.escpos import INITIALISE, cut_off
from printer_drivers.paper import Paper
from printer_drivers.printer import (
    CAN_PRINT,
    Deadlines,
    Evidence,
    JobEnd,
    PrinterState,
    PrinterStopped,
    PrinterUnreachable,
    Source,
    Status,
    follow,
)
from printer_drivers.wire import Line

# What most printers answer, tried unless the address says otherwise; silence to it costs half a second, once.
USUAL_ASKS = frozenset({Ask.LINE, Ask.EOT, Ask.GSR})

# Process ids have four digits; a printer forgets them within seconds.
_IDS = 10_000

# Four jobs in a row whose end was not told; each asks once more than all before it together.
_MOST_OWED = 15


class LinePrinter:
    """The printer at the end of `line`; `asks` is what it may be asked, nothing for one that cannot bear questions.

    Belongs to one thread. A printer that once stayed silent is not asked before later jobs, until `status` hears it.
    Until then nothing can be confirmed, and nothing is swept.
    """

    def __init__(
        self,
        line: Line,
        paper: Paper,
        *,
        asks: frozenset[Ask] = USUAL_ASKS,
        deadlines: Deadlines | None = None,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        self._line = line
        self._paper = paper
        self._terms = Terms(asks, deadlines or Deadlines(), clock.monotonic_s)
        self._now = now
        self._mute = False
        self._sweep = b""
        self._owed = 0
        self._tells_end = False
        self._jobs = 0
        self._status: Status | None = None

    @property
    def paper(self) -> Paper:
        """The paper to draw for."""
        return self._paper

    def open(self) -> None:
        """Connect once and let go; raise `PrinterUnreachable` when that fails."""
        with self._line.connect(self._terms.deadlines):
            pass

    def distrust(self) -> None:
        """Sweep before the next job, as after one that this process has not sent and knows nothing of."""
        self._sweep, self._owed = (
            _sweep_of(self._paper.dialect.band_rows * -(-self._paper.width_dots // 8), self._paper),
            1,
        )

    def print(self, job: Sequence[bytes]) -> JobEnd:
        """Print one job over a connection of its own; see `Printer.print`."""
        self._jobs += 1
        sweep = b"" if self._mute else self._sweep
        order = Order(job, b"%04d" % (self._jobs % _IDS), sweep, self._owed, self._tells_end)
        with contextlib.ExitStack() as held:
            try:
                wire = held.enter_context(self._line.connect(self._terms.deadlines))
            except PrinterUnreachable as error:
                end = JobEnd(Evidence.NOTHING_SENT, 0, PrinterState.UNREACHABLE, str(error))
            else:
                end = run_job(wire, order, self._terms_of_job())
        self._remember(end, job)
        return end

    def status(self) -> Status:
        """Connect, ask and let go; with questions off, only connect."""
        try:
            with self._line.connect(self._terms.deadlines) as wire:
                told = ask_state(wire, self._terms)
        except (PrinterUnreachable, PrinterStopped):
            told = Told(PrinterState.UNREACHABLE, Source.CONNECTION)
        self._mute = told.source is Source.SILENCE
        return self._note(told.state, told.source, told.raw)

    def close(self) -> None:
        """Nothing is held between jobs."""

    def _terms_of_job(self) -> Terms:
        """Leave a mute printer in peace: to be asked would only cost each of its jobs the wait for an answer."""
        if not self._mute:
            return self._terms
        return Terms(self._terms.asks & {Ask.LINE}, self._terms.deadlines, self._terms.monotonic)

    def _remember(self, end: JobEnd, job: Sequence[bytes]) -> None:
        put = 0 if self._mute else self._owed + 1
        self._mute = end.evidence is Evidence.ACCEPTED and end.state is PrinterState.UNKNOWN
        if end.evidence is Evidence.ANSWERED or (end.evidence is Evidence.ACCEPTED and not self._is_ever_asked()):
            self._sweep, self._owed = b"", 0
        elif end.bytes_accepted:
            self._sweep = max(self._sweep, _sweep_after(job, self._paper), key=len)
            self._owed = min(self._owed + put, _MOST_OWED)
        if end.told_end or (end.evidence is Evidence.TROUBLE and end.state in CAN_PRINT):
            self._tells_end = end.told_end  # one that did not tell may be another printer than the one that did
        self._note(end.state, self._source_of(end))

    def _is_ever_asked(self) -> bool:
        """Say whether a job can be confirmed at all; where none can, each would have to be swept after."""
        return bool(self._terms.asks - {Ask.LINE})

    def _source_of(self, end: JobEnd) -> Source:
        if end.evidence in {Evidence.ANSWERED, Evidence.TROUBLE} and end.state is not PrinterState.UNKNOWN:
            return Source.ANSWER
        if end.state is not PrinterState.UNKNOWN:
            return Source.CONNECTION
        return Source.SILENCE if self._is_ever_asked() else Source.NOT_ASKED

    def _note(self, state: PrinterState, source: Source, raw: bytes = b"") -> Status:
        self._status = follow(self._status, state, self._now(), source, raw)
        return self._status


def _sweep_after(job: Sequence[bytes], paper: Paper) -> bytes:
    return _sweep_of(max(map(len, job), default=0), paper)


def _sweep_of(longest: int, paper: Paper) -> bytes:
    """Return what ends a job left half said, of whose commands the longest has so many bytes.

    NULs fill a half-sent picture, and the scrap is cut from the next slip. Outside a picture a printer passes NULs
    over. Without them it would take the next job's bytes for dots.
    """
    return bytes(longest) + INITIALISE + cut_off(paper)
