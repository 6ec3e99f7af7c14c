"""Owns how a job and a question go over any wire to a printer: ask, send, have it proved, judge.

Pure: the wire and the clock come in. Nothing is sent to a printer that says it cannot print, nor after an answer that
is missing from one that answers; and a job is printed only when its printer proved it in the way it can.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from printer_drivers import answers
from printer_drivers.answers import Ask, Heard, Question
from printer_drivers.escpos import INITIALISE
from printer_drivers.fact import VERDICTS, After, Fact
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

# One that answers is given this many times the usual wait: its silence costs a slip, and a longer slip, or the rest of
# the one before, takes its time.
PATIENCE = 3

# On a line that does not show a loss of power, an answer in real time is asked for at the first pause between commands
# after so long: a printer that was off for 0.4 s has missed one.
MARK_S = 0.2

# What a printer says after a refill comes within this time of the answer before it: a cut takes half a second.
QUIET_S = 0.8

_Found = TypeVar("_Found")

_STATE_QUESTIONS = frozenset({Ask.EOT, Ask.ASB})
_ANSWERED = frozenset({Ask.EOT, Ask.ASB, Ask.GSR, Ask.ID})


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
    """One job: its chunks, what is known of the printer, and what ends a job that it may hold in part.

    `sweep` is empty where nothing is held; see `line_printer`.
    """

    chunks: Sequence[bytes]
    fact: Fact
    sweep: bytes = b""


@dataclass(frozen=True, slots=True)
class _End:
    """What was heard of a job, and the state seen with it."""

    after: After
    state: PrinterState
    reason: str = ""


class _Ear:
    """Buffers all input: a reply to an earlier question may arrive while a later one is pending."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self.heard = b""

    def listen(self, by: float) -> bytes:
        """Return what has arrived since the last time, waiting until `by` for a first byte."""
        more = self._wire.hear(by)
        self.heard += more
        return more

    def empty(self, now: float) -> None:
        """Forget all: whatever comes from here on was sent after this moment."""
        while self._wire.hear(now):
            pass
        self.heard = b""


def ask_state(wire: Wire, terms: Terms, patience: int = 1) -> Told:
    """Learn the state by all that this printer can be asked; raises `PrinterStopped` when the line broke.

    Waits `patience` times the usual wait for each answer.
    """
    ear = _Ear(wire)
    ear.empty(terms.monotonic())
    return _ask_state(wire, ear, terms, patience)


def learn(wire: Wire, terms: Terms) -> tuple[Fact | None, Told]:
    """Find out how an idle printer answers, and its state; raises `PrinterStopped` when the line broke.

    The fact is `None` while the printer says that it cannot print: then it may owe the proof that it can give.
    """
    told = ask_state(wire, terms, PATIENCE)
    if told.state not in CAN_PRINT:
        return None, told
    if Ask.GSR in terms.asks:
        if _ask(wire, _Ear(wire), answers.ASK_WHEN_DONE, terms, lambda heard: heard.queued, PATIENCE):
            return Fact.GSR, told
        wire.send(INITIALISE, terms.until(terms.deadlines.answer_s))  # who does not know GS r may keep an "r"
    return (Fact.ANSWERS if told.source is Source.ANSWER else Fact.MUTE), told


def run_job(wire: Wire, order: Order, terms: Terms) -> JobEnd:
    """Send one job over an open wire and say how it ended; raises nothing."""
    terms = _narrow(terms, order.fact)
    try:
        told = ask_state(wire, terms, PATIENCE)
        refused = _refuse(told, terms)
        if refused is None and order.sweep and not _clear(wire, order, terms):
            refused = "the printer does not say that it is empty"
    except PrinterStopped as stop:
        wire.drop()
        return JobEnd(Evidence.NOTHING_SENT, 0, _state_after(stop), str(stop))
    if refused is not None:
        state = PrinterState.OFFLINE if told.state in CAN_PRINT else told.state
        return JobEnd(Evidence.NOTHING_SENT, 0, state, f"{refused}; nothing was sent")
    return _send_and_judge(wire, order, terms, told)


def _narrow(terms: Terms, fact: Fact) -> Terms:
    """Return the terms without what this printer does not answer."""
    missing = {
        Fact.MUTE: _ANSWERED,
        Fact.ANSWERS: frozenset({Ask.GSR, Ask.ID}),
        Fact.GSR: frozenset({Ask.ID}),
        Fact.ID: frozenset({Ask.GSR}),
    }
    return replace(terms, asks=terms.asks - missing[fact])


def _refuse(told: Told, terms: Terms) -> str | None:
    """Return why nothing may be sent to a printer that told this; `None`: it may."""
    if told.state not in CAN_PRINT:
        return f"the printer says {told.state}"
    if terms.asks & _ANSWERED and told.source is Source.SILENCE:
        return "the printer answered before and does not now; if it was replaced, print a test page"
    return None


def _clear(wire: Wire, order: Order, terms: Terms) -> bool:
    """End what an earlier job left in the printer; say whether it is known to be empty, where it can tell.

    Its answers for that job may come first, late and without a label: all that comes until it is quiet is passed over.
    """
    by = terms.until(terms.deadlines.job_s + terms.deadlines.byte_s * len(order.sweep))
    wire.send(order.sweep, by)
    wire.settle(by)
    if order.fact in {Fact.MUTE, Fact.ANSWERS}:
        return True
    if _ask_for_sign(wire, order.fact, terms, terms.deadlines.done_s).after is not After.PROOF:
        return False
    while wire.hear(terms.until(QUIET_S)):
        pass
    return _ask_for_sign(wire, order.fact, terms, terms.deadlines.done_s).after is After.PROOF


def _send_and_judge(wire: Wire, order: Order, terms: Terms, told: Told) -> JobEnd:
    before = wire.sent
    ear = _Ear(wire)
    ear.empty(terms.monotonic())
    marks = list(_with_marks(order.chunks, terms))
    asked = sum(mark for _, mark in marks)
    marking = len(answers.ask(Question.PRINTER))
    try:
        by = terms.until(terms.deadlines.job_s + terms.deadlines.byte_s * sum(map(len, order.chunks)))
        wire.send(b"".join(piece + answers.ask(Question.PRINTER) * mark for piece, mark in marks), by)
        wire.settle(by)
    except PrinterStopped as stop:
        return _break_off(wire, max(wire.sent - before, 0), terms, stop)
    taken = wire.sent - before - asked * marking
    try:
        end = _await_end(wire, ear, order.fact, terms, asked)
    except PrinterStopped as stop:
        end = _End(After.CUT, _state_after(stop), str(stop))
    if end.state is PrinterState.READY and told.state is PrinterState.NEAR_END:
        end = replace(end, state=told.state)  # a process id says that all is printed, and not that the roll grew
    heard = answers.hear(ear.heard) != Heard()
    return JobEnd(VERDICTS[order.fact][end.after], taken, end.state, end.reason, answered=heard)


def _with_marks(chunks: Sequence[bytes], terms: Terms) -> Iterator[tuple[bytes, bool]]:
    """Yield the job in pieces, and whether the printer is asked for a sign of life behind each.

    All goes out as one: a packet for each small chunk would cost cheap printers more than its bytes. Only a line of
    known speed is marked; on the others a printer that loses its power breaks the connection.
    """
    piece = b""
    for chunk in chunks:
        piece += chunk
        if Ask.EOT in terms.asks and 0 < MARK_S <= terms.deadlines.byte_s * len(piece):
            yield piece, True
            piece = b""
    yield piece, False


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


def _await_end(wire: Wire, ear: _Ear, fact: Fact, terms: Terms, marks: int) -> _End:
    """Find out what became of a job whose bytes were all taken; `marks` answers in real time are due from before."""
    if fact is Fact.MUTE:
        ear.listen(terms.monotonic())
        told = _ask_state(wire, ear, terms)
        after = After.SILENCE if told.state in CAN_PRINT else After.TROUBLE
        return _End(after, told.state, "the printer took all bytes and says nothing")
    if not _hear_marks(ear, marks, terms):
        return _End(After.SILENCE, PrinterState.UNKNOWN, "the printer missed a question in the middle of the job")
    if fact is not Fact.ANSWERS:
        return _have_proved(wire, fact, terms)
    end = _watch(wire, ear, terms, terms.deadlines.done_s, lambda _: None)
    return replace(end, after=After.PROOF, reason="") if end.after is After.FINE else end


def _hear_marks(ear: _Ear, marks: int, terms: Terms) -> bool:
    by = terms.until(terms.deadlines.answer_s * PATIENCE)
    while len(answers.hear(ear.heard).real_time) < marks and ear.listen(by):
        pass
    return len(answers.hear(ear.heard).real_time) >= marks


def _have_proved(wire: Wire, fact: Fact, terms: Terms) -> _End:
    """Ask for the sign that all before was printed, then how the printer is, then for the sign once more.

    One byte of noise passes for a sign of GS r, but not for two with an answer in real time between them. A process id
    is no noise.
    """
    end = _ask_for_sign(wire, fact, terms, terms.deadlines.done_s * PATIENCE)
    if end.after is not After.PROOF:
        return end
    if terms.asks & _STATE_QUESTIONS:
        told = ask_state(wire, terms, PATIENCE)
        if told.state not in CAN_PRINT:
            return _End(After.TROUBLE, told.state, f"the printer took all bytes and then said {told.state}")
        if told.source is Source.SILENCE:
            return _End(After.SILENCE, PrinterState.UNKNOWN, "the printer took all bytes and then fell silent")
        end = replace(end, state=told.state)
    if fact is Fact.ID:
        return end
    again = _ask_for_sign(wire, fact, terms, terms.deadlines.done_s)
    return end if again.after is After.PROOF else again


def _ask_for_sign(wire: Wire, fact: Fact, terms: Terms, seconds: float) -> _End:
    """Ask for what this printer says when all before is printed, and wait so long for it."""
    ear = _Ear(wire)
    ear.empty(terms.monotonic())
    process_id = b"%04d" % (int(terms.monotonic() * 10) % 10_000)  # none of the last 1,000 s is the same
    question = answers.ask_for_id(process_id) if fact is Fact.ID else answers.ASK_WHEN_DONE
    wire.send(question, terms.until(terms.deadlines.answer_s))

    def find(heard: Heard) -> PrinterState | None:
        if fact is Fact.ID:
            return PrinterState.READY if process_id in heard.process_ids else None
        return answers.read_paper(heard.queued[-1]) if heard.queued else None

    return _watch(wire, ear, terms, seconds, find)


def _watch(wire: Wire, ear: _Ear, terms: Terms, seconds: float, find: Callable[[Heard], PrinterState | None]) -> _End:
    """Wait until `find` finds the proof in what is heard, or trouble or a missing answer comes before it.

    A printer that can be asked for its state is asked every `LOOK_S`, and at the end.
    """
    by = terms.until(seconds)
    while True:
        left = by - terms.monotonic()
        ear.listen(terms.until(max(0.0, min(left, LOOK_S))))
        told = None
        if find(answers.hear(ear.heard)) is None and terms.asks & _STATE_QUESTIONS:
            told = _ask_state(wire, ear, terms, PATIENCE)
        proof = find(answers.hear(ear.heard))
        if proof is not None:
            return _End(After.PROOF, proof)
        if told is not None and told.state not in CAN_PRINT:
            return _End(After.TROUBLE, told.state, f"the printer took all bytes and then said {told.state}")
        if told is not None and told.source is Source.SILENCE:
            return _End(After.SILENCE, PrinterState.UNKNOWN, "the printer took all bytes and then fell silent")
        if left <= LOOK_S:
            state = PrinterState.UNKNOWN if told is None else told.state
            after = After.SILENCE if told is None else After.FINE
            return _End(after, state, "the printer took all bytes and did not say that it is done")


def _ask_state(wire: Wire, ear: _Ear, terms: Terms, patience: int = 1) -> Told:
    trouble = wire.look() if Ask.LINE in terms.asks else None
    if trouble is not None:
        return Told(trouble, Source.CONNECTION)
    if not terms.asks & _ANSWERED:
        return Told(PrinterState.UNKNOWN, Source.NOT_ASKED)
    told = _ask_in_real_time(wire, ear, terms, patience) if Ask.EOT in terms.asks else None
    if told is None and Ask.ASB in terms.asks:
        told = _ask_automatic(wire, ear, terms, patience)
    if not terms.asks & _STATE_QUESTIONS:
        told = _ask_in_turn(wire, ear, terms, patience)
    return told or Told(PrinterState.UNKNOWN, Source.SILENCE)


def _ask_in_real_time(wire: Wire, ear: _Ear, terms: Terms, patience: int) -> Told | None:
    """Put the questions one at a time; after a silence no more: its answer may still come, and carries no label."""
    told: dict[Question, int] = {}
    for question in Question:
        found = _ask(wire, ear, answers.ask(question), terms, lambda heard: heard.real_time, patience)
        if not found:
            break
        told[question] = found[0]
    return Told(answers.read_state(told), Source.ANSWER, bytes(told.values())) if told else None


def _ask_automatic(wire: Wire, ear: _Ear, terms: Terms, patience: int) -> Told | None:
    found = _ask(wire, ear, answers.ASK_AUTOMATIC, terms, lambda heard: heard.automatic, patience)
    return Told(answers.read_automatic(found[-1]), Source.ANSWER, found[-1]) if found else None


def _ask_in_turn(wire: Wire, ear: _Ear, terms: Terms, patience: int) -> Told | None:
    """Ask an idle printer that answers nothing in real time for what it says at the end of a job."""
    if Ask.ID in terms.asks:
        ids = _ask(wire, ear, answers.ask_for_id(b"idle"), terms, lambda heard: heard.process_ids, patience)
        return Told(PrinterState.READY, Source.ANSWER, ids[-1]) if ids else None
    found = _ask(wire, ear, answers.ASK_WHEN_DONE, terms, lambda heard: heard.queued, patience)
    return Told(answers.read_paper(found[-1]), Source.ANSWER, bytes(found[-1:])) if found else None


def _ask(
    wire: Wire,
    ear: _Ear,
    question: bytes,
    terms: Terms,
    pick: Callable[[Heard], Sequence[_Found]],
    patience: int = 1,
) -> Sequence[_Found]:
    """Put one question and return the answers of its kind that came in time.

    Put once more where answers of another kind came: some printers hand out each answer with the next question.
    """
    for _ in range(2):
        ear.listen(terms.monotonic())  # late answers to earlier questions would be taken for this one's
        by = terms.until(terms.deadlines.answer_s * patience)
        wire.send(question, by)
        heard = b""
        while not pick(answers.hear(heard)) and (more := ear.listen(by)):
            heard += more
        if (found := pick(answers.hear(heard))) or answers.hear(heard) == Heard():
            return found
    return ()
