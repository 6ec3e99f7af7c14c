"""A printer that ends its jobs as a test has written down, beside the port that it fakes."""

import threading
from collections.abc import Sequence
from datetime import UTC, datetime

from printer_drivers.paper import PAPERS, Paper
from printer_drivers.printer import Evidence, JobEnd, PrinterState, Source, Status
from tests.watching import PATIENCE_S

PRINTED = JobEnd(Evidence.ANSWERED, 100, PrinterState.READY)
MUTE = JobEnd(Evidence.ACCEPTED, 100, PrinterState.UNKNOWN)
CUT_OFF = JobEnd(Evidence.CUT_OFF, 40, PrinterState.UNREACHABLE)
DEAD = JobEnd(Evidence.NOTHING_SENT, 0, PrinterState.UNREACHABLE)
NO_PAPER = JobEnd(Evidence.NOTHING_SENT, 0, PrinterState.PAPER_OUT)


class ScriptedPrinter:
    """Ends the first job with the first of `ends`, and so on; the last of them stays. Keeps the jobs it was given.

    While `idle` is cleared, a job does not end.
    """

    def __init__(self, *ends: JobEnd, state: PrinterState = PrinterState.READY) -> None:
        self._ends = list(ends) or [PRINTED]
        self.state = state
        self.jobs: list[Sequence[bytes]] = []
        self.idle = threading.Event()
        self.idle.set()
        self.closed = False
        self._begun = threading.Event()

    def wait_for_job(self) -> None:
        """Return once a job has come."""
        assert self._begun.wait(5)

    @property
    def paper(self) -> Paper:
        """80 mm paper."""
        return PAPERS[576]

    def open(self) -> None:
        """Do nothing."""

    def distrust(self) -> None:
        """Do nothing."""

    def print(self, job: Sequence[bytes]) -> JobEnd:
        """End the job as written."""
        self.jobs.append(job)
        self._begun.set()
        self.idle.wait(PATIENCE_S)
        end = self._ends.pop(0) if len(self._ends) > 1 else self._ends[0]
        self.state = end.state
        return end

    def status(self) -> Status:
        """Say the state of the last job, or the first one given."""
        return Status(self.state, datetime(2026, 11, 23, tzinfo=UTC), Source.ANSWER)

    def close(self) -> None:
        """Remember it."""
        self.closed = True
