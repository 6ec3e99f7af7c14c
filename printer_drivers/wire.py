"""Owns how a job and a question go over any two-way line to a printer: ask, send, ask again, judge.

Pure: the line and the clock come in. A transport supplies a `Wire`; the order of things is the same for all of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from printer_drivers import answers
from printer_drivers.answers import Question
from printer_drivers.printer import CAN_PRINT, Deadlines, Evidence, JobEnd, PrinterState, PrinterStopped


class Wire(Protocol):
    """One open line to one printer. `by` is an instant of the monotonic clock, in seconds.

    Every method ends by then, and raises `PrinterStopped` when the line broke.
    """

    @property
    def sent(self) -> int:
        """Bytes that the operating system took so far."""

    def send(self, data: bytes, by: float) -> None:
        """Hand over all of `data`; raises `PrinterStopped` also on a stall or when `by` has passed."""

    def settle(self, by: float) -> None:
        """Wait until the printer's side has taken all that was sent; raises `PrinterStopped` like `send`."""

    def hear(self, by: float) -> bytes:
        """Return what has arrived, waiting for a first byte until `by`; empty when none came."""


@dataclass(frozen=True, slots=True)
class Told:
    """A state and the bytes that told it; no bytes mean silence."""

    state: PrinterState
    raw: bytes


def ask_state(wire: Wire, deadlines: Deadlines, monotonic: Callable[[], float]) -> Told:
    """Put the questions one at a time; a printer silent to the first is not asked further.

    Raises `PrinterStopped` when the line broke.
    """
    wire.hear(monotonic())  # late answers to earlier questions would be taken for this one's
    told: dict[Question, int] = {}
    for question in Question:
        answer = _ask(wire, question, deadlines, monotonic)
        if answer is not None:
            told[question] = answer
        elif not told:
            break
    return Told(answers.read_state(told), bytes(told.values()))


def run_job(
    wire: Wire, job: Sequence[bytes], deadlines: Deadlines, monotonic: Callable[[], float], *, asks: bool
) -> JobEnd:
    """Send one job over an open wire and say how it ended.

    With `asks` the printer is asked first, and nothing is sent to one that says it cannot print; one that answered is
    asked again after the cut. Without, or when it is mute, the end rests on the bytes it took. Raises nothing.
    """
    by = monotonic() + deadlines.job_s
    try:
        state = ask_state(wire, deadlines, monotonic).state if asks else PrinterState.UNKNOWN
    except PrinterStopped as stop:
        return JobEnd(Evidence.NOTHING_SENT, 0, PrinterState.UNREACHABLE, str(stop))
    if state not in CAN_PRINT:
        return JobEnd(Evidence.NOTHING_SENT, 0, state, f"the printer says {state}; nothing was sent")
    before = wire.sent
    try:
        _send(wire, job, by)
    except PrinterStopped as stop:
        return _broken(wire.sent - before, str(stop))
    if state is PrinterState.UNKNOWN:
        return JobEnd(Evidence.ACCEPTED, wire.sent - before, state, "the printer took all bytes and says nothing")
    return _confirm(wire, wire.sent - before, deadlines, monotonic)


def _send(wire: Wire, job: Sequence[bytes], by: float) -> None:
    for chunk in job:
        wire.send(chunk, by)
    wire.settle(by)


def _broken(taken: int, reason: str) -> JobEnd:
    evidence = Evidence.CUT_OFF if taken else Evidence.NOTHING_SENT
    return JobEnd(evidence, taken, PrinterState.UNREACHABLE, reason)


def _confirm(wire: Wire, taken: int, deadlines: Deadlines, monotonic: Callable[[], float]) -> JobEnd:
    """Wait for the queued answer; where it does not come, the real-time answers after the time of printing decide."""
    try:
        paper = _ask_when_done(wire, monotonic() + deadlines.done_s)
        state = answers.read_paper(paper) if paper is not None else ask_state(wire, deadlines, monotonic).state
    except PrinterStopped as stop:
        return JobEnd(Evidence.ACCEPTED, taken, PrinterState.UNKNOWN, str(stop))
    if state is PrinterState.UNKNOWN:
        return JobEnd(Evidence.ACCEPTED, taken, state, "the printer took all bytes and then said nothing")
    if state not in CAN_PRINT:
        return JobEnd(Evidence.TROUBLE, taken, state, f"the printer took all bytes and then said {state}")
    return JobEnd(Evidence.ANSWERED, taken, state)


def _ask_when_done(wire: Wire, by: float) -> int | None:
    wire.send(answers.ASK_WHEN_DONE, by)
    heard = b""
    while more := wire.hear(by):
        heard += more
        if queued := answers.hear(heard).queued:
            return queued[0]
    return None


def _ask(wire: Wire, question: Question, deadlines: Deadlines, monotonic: Callable[[], float]) -> int | None:
    by = monotonic() + deadlines.answer_s
    wire.send(answers.ask(question), by)
    heard = b""
    while more := wire.hear(by):
        heard += more
        if real_time := answers.hear(heard).real_time:
            return real_time[0]
    return None
