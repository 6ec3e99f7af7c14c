"""A printer that takes bytes over a line: what all transports but the virtual one have in common.

The line is connected for each job and each question and let go of afterwards: many printers serve one host at a time
and forget an idle one, devices come and go, and a handle kept over a power cycle is dead without saying so. What is
known of the printer is in its `Memory` and nowhere else.
"""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from printer_drivers import clock
from printer_drivers.answers import Ask
from printer_drivers.conversation import Order, Terms, Told, ask_state, learn, run_job
from printer_drivers.escpos import INITIALISE, cut_off
from printer_drivers.fact import Fact, Known, Memory, ShortMemory
from printer_drivers.paper import Paper
from printer_drivers.printer import (
    Deadlines,
    Evidence,
    JobEnd,
    PrinterState,
    PrinterStopped,
    PrinterUnreachable,
    Source,
    Status,
)
from printer_drivers.wire import Line, Wire

# What most printers answer, tried unless the address says otherwise.
USUAL_ASKS = frozenset({Ask.LINE, Ask.EOT, Ask.GSR})


class LinePrinter:
    """The printer at the end of `line`; belongs to one thread.

    `asks` is what it may be asked. `fact` is stated by its address; `None`: it is learned, and kept in `memory`.
    """

    def __init__(
        self,
        line: Line,
        paper: Paper,
        *,
        asks: frozenset[Ask] = USUAL_ASKS,
        fact: Fact | None = None,
        memory: Memory | None = None,
        deadlines: Deadlines | None = None,
        monotonic: Callable[[], float] = clock.monotonic_s,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        self._line = line
        self._paper = paper
        self._terms = Terms(asks, deadlines or Deadlines(), monotonic)
        self._stated = fact if asks - {Ask.LINE} else Fact.MUTE
        self._memory = memory or ShortMemory()
        self._now = now

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
        self._memory.write(replace(self._memory.read(), half_sent=True))

    def print(self, job: Sequence[bytes]) -> JobEnd:
        """Print one job over a connection of its own; see `Printer.print`."""
        known = self._memory.read()
        with contextlib.ExitStack() as held:
            try:
                wire = held.enter_context(self._line.connect(self._terms.deadlines))
                known, told = self._learn(wire, known)
            except (PrinterUnreachable, PrinterStopped) as error:
                return JobEnd(Evidence.NOTHING_SENT, 0, PrinterState.UNREACHABLE, str(error))
            fact = self._stated or known.fact
            if fact is None:
                return JobEnd(Evidence.NOTHING_SENT, 0, told.state, f"the printer says {told.state}; nothing was sent")
            order = Order(job, fact, self._sweep(job) if known.half_sent else b"")
            end = run_job(wire, order, self._terms)
        self._keep(_after(known, end))
        return end

    def status(self) -> Status:
        """Connect, ask and let go; with questions off, only connect. One that answered before and is silent is off."""
        known = self._memory.read()
        try:
            with self._line.connect(self._terms.deadlines) as wire:
                known, told = self._learn(wire, known)
                if told is _NOT_ASKED:
                    told = ask_state(wire, self._terms)
                    if known.fact is Fact.MUTE and told.source is Source.ANSWER:
                        known, _ = self._learn(wire, replace(known, fact=None))
        except (PrinterUnreachable, PrinterStopped):
            told = Told(PrinterState.UNREACHABLE, Source.CONNECTION)
        if told.source is Source.SILENCE and (self._stated or known.fact) is not Fact.MUTE:
            told = replace(told, state=PrinterState.OFFLINE)
        return Status(told.state, self._now(), told.source, told.raw)

    def close(self) -> None:
        """Nothing is held between jobs."""

    def _learn(self, wire: Wire, known: Known) -> tuple[Known, Told]:
        """Ask a printer of which nothing is stated or known, and remember what was learned."""
        if self._stated or known.fact:
            return known, _NOT_ASKED
        fact, told = learn(wire, self._terms)
        learned = replace(known, fact=fact)
        self._keep(learned)
        return learned, told

    def _keep(self, known: Known) -> None:
        if known != self._memory.read():
            self._memory.write(known)

    def _sweep(self, job: Sequence[bytes]) -> bytes:
        """Return what ends a job that was sent in part, of whose commands none is longer than these.

        NULs fill a half-sent picture, and the scrap is cut from the next slip. Outside a picture a printer passes NULs
        over. Without them it would take the next job's bytes for dots.
        """
        longest = max(self._paper.dialect.band_rows * -(-self._paper.width_dots // 8), *map(len, job))
        return bytes(longest) + INITIALISE + cut_off(self._paper)


_NOT_ASKED = Told(PrinterState.UNKNOWN, Source.NOT_ASKED)


def _after(known: Known, end: JobEnd) -> Known:
    """Return what is known after a job; a mute printer that spoke is not mute, and is asked anew when it is idle."""
    fact = None if known.fact is Fact.MUTE and end.answered else known.fact
    if end.evidence is Evidence.NOTHING_SENT:
        return replace(known, fact=fact)
    return Known(fact, half_sent=end.evidence not in {Evidence.ANSWERED, Evidence.ACCEPTED})
