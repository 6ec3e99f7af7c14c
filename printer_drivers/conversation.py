"""Owns how a job and a question go over any wire to a printer: ask, send, ask again, judge.

Pure: the wire and the clock come in. Nothing is sent to a printer that says it cannot print; after the first byte
nothing is tried again; and the end of a job rests on the best evidence that this printer can give.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from printer_drivers import answers
from printer_drivers.answers import Ask, Heard, Question
from printer_drivers.printer import (
    CAN_PRINT,
    Deadlines,
    Evidence,
    JobEnd,
    PrinterStalled,
    PrinterState,
    PrinterStopped,
    Source,
)
from printer_drivers.wire import Wire

# While the end is awaited the printer is asked this often whether it stopped: a fault is known within 3 s.
LOOK_S = 0.8

# A printer that tells its ends is given this many times `done_s` for one, as long as it says that it is fine: a darker
# or longer slip, or the rest of the one before, takes its time, and a fault is still seen at the next look.
PATIENCE = 3

_Found = TypeVar("_Found")

_STATE_QUESTIONS = frozenset({Ask.EOT, Ask.ASB})
_END_QUESTIONS = frozenset({Ask.ID, Ask.GSR})
_FINE = CAN_PRINT - {PrinterState.UNKNOWN}


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for every exchange with one printer: what it may be asked, how long to wait, and the clock."""

    asks: frozenset[Ask]
    deadlines: Deadlines
    monotonic: Callable[[], float]

    def until(self, seconds: float) -> float:
        """Return the instant this many seconds from now."""
        return self.monotonic() + seconds


@dataclass(frozen=True, slots=True)
class Told:
    """A state, how it is known, and the bytes that told it."""

    state: PrinterState
    source: Source
    raw: bytes = b""


@dataclass(frozen=True, slots=True)
class Order:
    """One job: its chunks, its id of four printable characters, and what must go before it.

    `sweep` ends what an earlier job left half said; its bytes are not counted as the job's. `owed` is how many
    answers to GS r may still come for earlier jobs; they come first. `tells_end`: this printer gave its sign at the
    end of an earlier job, so that its being fine is no proof of this one.
    """

    chunks: Sequence[bytes]
    process_id: bytes = b"0000"
    sweep: bytes = b""
    owed: int = 0
    tells_end: bool = False


class _Ear:
    """A wire's hearing that forgets nothing, for answers to one question that come while another is put."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self.heard = b""

    def listen(self, by: float) -> bytes:
        """Return what has arrived since the last time, waiting until `by` for a first byte."""
        more = self._wire.hear(by)
        self.heard += more
        return more


def ask_state(wire: Wire, terms: Terms) -> Told:
    """Learn the state by all that this printer can be asked; raises `PrinterStopped` when the line broke."""
    return _ask_state(wire, _Ear(wire), terms)


def run_job(wire: Wire, order: Order, terms: Terms) -> JobEnd:
    """Send one job over an open wire and say how it ended; raises nothing."""
    try:
        told = ask_state(wire, terms)
        if told.state not in CAN_PRINT:
            return JobEnd(Evidence.NOTHING_SENT, 0, told.state, f"the printer says {told.state}; nothing was sent")
        wire.send(order.sweep, terms.until(terms.deadlines.job_s + terms.deadlines.byte_s * len(order.sweep)))
    except PrinterStopped as stop:
        wire.drop()
        return JobEnd(Evidence.NOTHING_SENT, 0, _state_after(stop), str(stop))
    before = wire.sent
    try:
        _send(wire, order.chunks, terms)
    except PrinterStopped as stop:
        return _break_off(wire, wire.sent - before, terms, stop)
    return _await_end(wire, order, terms, told, wire.sent - before)


def _send(wire: Wire, chunks: Sequence[bytes], terms: Terms) -> None:
    """Send all as one: a packet for each small chunk would cost cheap printers more than its bytes."""
    data = b"".join(chunks)
    by = terms.until(terms.deadlines.job_s + terms.deadlines.byte_s * len(data))
    wire.send(data, by)
    wire.settle(by)


def _break_off(wire: Wire, taken: int, terms: Terms, stop: PrinterStopped) -> JobEnd:
    """Take back what has not left yet, and learn what can still be learnt of the printer."""
    wire.drop()
    state = _state_after(stop)
    if isinstance(stop, PrinterStalled):
        state = _look_after_stall(wire, terms) or state
    return JobEnd(Evidence.CUT_OFF if taken else Evidence.NOTHING_SENT, taken, state, str(stop))


def _state_after(stop: PrinterStopped) -> PrinterState:
    return PrinterState.OFFLINE if isinstance(stop, PrinterStalled) else PrinterState.UNREACHABLE


def _look_after_stall(wire: Wire, terms: Terms) -> PrinterState | None:
    """Return the trouble a stalled printer shows; one that hears no questions, or says it is fine, shows none."""
    try:
        state = ask_state(wire, terms).state
    except PrinterStopped:
        return None
    return None if state in CAN_PRINT else state


def _await_end(wire: Wire, order: Order, terms: Terms, told: Told, taken: int) -> JobEnd:
    """Judge a job whose bytes were all taken, by what the printer says afterwards."""
    if not terms.asks & (_STATE_QUESTIONS | _END_QUESTIONS):
        return JobEnd(Evidence.ACCEPTED, taken, told.state, "the printer took all bytes and is not asked")
    try:
        if terms.asks & _STATE_QUESTIONS and told.source is Source.SILENCE and not _has_spoken(wire, terms):
            return JobEnd(Evidence.ACCEPTED, taken, told.state, "the printer took all bytes and says nothing")
        ended, after = _wait_until_done(wire, order, terms)
    except PrinterStopped as stop:
        return JobEnd(Evidence.TROUBLE, taken, _state_after(stop), str(stop))
    return _judge(order, _add_up(told.state, after), taken, ended=ended)


def _judge(order: Order, state: PrinterState, taken: int, *, ended: bool) -> JobEnd:
    if state not in CAN_PRINT:
        return JobEnd(Evidence.TROUBLE, taken, state, f"the printer took all bytes and then said {state}")
    if order.tells_end and not ended:
        return JobEnd(Evidence.TROUBLE, taken, state, "the printer took all bytes and did not say that it is done")
    if state is PrinterState.UNKNOWN:
        return JobEnd(Evidence.ACCEPTED, taken, state, "the printer took all bytes and then said nothing")
    return JobEnd(Evidence.ANSWERED, taken, state, told_end=ended)


def _has_spoken(wire: Wire, terms: Terms) -> bool:
    """Say whether an answer came late, while the job went out: that printer is slow, not mute."""
    return answers.hear(wire.hear(terms.monotonic())) != Heard()


def _add_up(before: PrinterState, after: PrinterState) -> PrinterState:
    """Return the state at the end; a process id says that all is printed, and not that the roll grew."""
    return before if after is PrinterState.READY and before is PrinterState.NEAR_END else after


def _wait_until_done(wire: Wire, order: Order, terms: Terms) -> tuple[bool, PrinterState]:
    """Return whether the printer told its end, and the state that it told with it, or else the one that it is in."""
    ear = _Ear(wire)
    _put_end_question(wire, order, terms.asks, terms.until(terms.deadlines.done_s))
    ended, state = _wait_for_end(wire, ear, order, terms)
    for _ in range(PATIENCE - 1 if order.tells_end else 0):
        if ended or state not in _FINE:
            break
        ended, state = _wait_for_end(wire, ear, order, terms)
    return ended, state


def _wait_for_end(wire: Wire, ear: _Ear, order: Order, terms: Terms) -> tuple[bool, PrinterState]:
    """Wait for the end, or for trouble that comes before it; see `_wait_until_done`.

    A printer that gives no sign of its end is asked how it is once the paper must be out.
    """
    by = terms.until(terms.deadlines.done_s)
    while (left := by - terms.monotonic()) > 0:
        ear.listen(terms.until(min(left, LOOK_S)))
        end = _read_end(answers.hear(ear.heard), order, terms.asks)
        if end is not None:
            return True, end
        if Ask.EOT in terms.asks and left > LOOK_S and (trouble := _find_trouble(wire, ear, terms)):
            return False, trouble
    state = _ask_state(wire, ear, terms).state
    end = _read_end(answers.hear(ear.heard), order, terms.asks)
    return (False, state) if end is None else (True, end)


def _put_end_question(wire: Wire, order: Order, asks: frozenset[Ask], by: float) -> None:
    """Put it once more than answers are owed: whether those come or were lost, that many show that this job is done."""
    if Ask.ID in asks:
        wire.send(answers.ask_for_id(order.process_id), by)
    elif Ask.GSR in asks:
        wire.send(answers.ASK_WHEN_DONE * (order.owed + 1), by)


def _read_end(heard: Heard, order: Order, asks: frozenset[Ask]) -> PrinterState | None:
    """Return the state told by the sign that all is processed; None while there is none.

    Answers to GS r carry no label: the first may be for jobs that a refill brought back to life.
    """
    if Ask.ID in asks:
        return PrinterState.READY if order.process_id in heard.process_ids else None
    if Ask.GSR in asks and len(heard.queued) > order.owed:
        return answers.read_paper(heard.queued[-1])
    return None


def _find_trouble(wire: Wire, ear: _Ear, terms: Terms) -> PrinterState | None:
    state = _ask_state(wire, ear, terms).state
    return None if state in CAN_PRINT else state


def _ask_state(wire: Wire, ear: _Ear, terms: Terms) -> Told:
    trouble = wire.look() if Ask.LINE in terms.asks else None
    if trouble is not None:
        return Told(trouble, Source.CONNECTION)
    if not terms.asks & _STATE_QUESTIONS:
        return Told(PrinterState.UNKNOWN, Source.NOT_ASKED)
    ear.listen(terms.monotonic())  # late answers to earlier questions would be taken for this one's
    told = _ask_in_real_time(wire, ear, terms) if Ask.EOT in terms.asks else None
    if told is None and Ask.ASB in terms.asks:
        told = _ask_automatic(wire, ear, terms)
    return told or Told(PrinterState.UNKNOWN, Source.SILENCE)


def _ask_in_real_time(wire: Wire, ear: _Ear, terms: Terms) -> Told | None:
    """Put the questions one at a time; after a silence no more: its answer may still come, and carries no label."""
    told: dict[Question, int] = {}
    for question in Question:
        found = _ask(wire, ear, answers.ask(question), terms, lambda heard: heard.real_time)
        if not found:
            break
        told[question] = found[0]
    return Told(answers.read_state(told), Source.ANSWER, bytes(told.values())) if told else None


def _ask_automatic(wire: Wire, ear: _Ear, terms: Terms) -> Told | None:
    found = _ask(wire, ear, answers.ASK_AUTOMATIC, terms, lambda heard: heard.automatic)
    return Told(answers.read_automatic(found[-1]), Source.ANSWER, found[-1]) if found else None


def _ask(
    wire: Wire, ear: _Ear, question: bytes, terms: Terms, pick: Callable[[Heard], Sequence[_Found]]
) -> Sequence[_Found]:
    """Put one question and return the answers of its kind that came in time."""
    by = terms.until(terms.deadlines.answer_s)
    wire.send(question, by)
    heard = b""
    while not pick(answers.hear(heard)) and (more := ear.listen(by)):
        heard += more
    return pick(answers.hear(heard))
