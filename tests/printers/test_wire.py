"""The order of asking, sending and judging, over a line of plain lists and a clock that only waiting moves."""

from collections.abc import Callable

import pytest

from printer_drivers.answers import ASK_WHEN_DONE, Question, ask
from printer_drivers.printer import Deadlines, Evidence, JobEnd, Outcome, PrinterState, PrinterStopped
from printer_drivers.wire import run_job

JOB = (b"\x1b@", b"first band", b"second band")
LENGTH = sum(map(len, JOB))
READY = {ask(question): b"\x12" for question in Question}
OUT = dict(zip(READY, (b"\x1a", b"\x32", b"\x7e"), strict=True))


class ScriptedWire:
    """Answers each message from a script, takes at most `room` bytes, and keeps what was sent in order."""

    def __init__(self, answer: Callable[["ScriptedWire", bytes], bytes], room: int = 1_000_000) -> None:
        self.messages: list[bytes] = []
        self.now_s = 0.0
        self._answer = answer
        self._room = room
        self._inbox = b""

    @property
    def sent(self) -> int:
        """Bytes taken so far."""
        return sum(map(len, self.messages))

    def clock(self) -> float:
        """Return the seconds that passed by waiting."""
        return self.now_s

    def send(self, data: bytes, by: float) -> None:
        """Take what there is room for; a full line stalls until the deadline."""
        taken = data[: self._room - self.sent]
        if taken:
            self.messages.append(taken)
        if taken != data:
            self.now_s = by
            raise PrinterStopped("the line is full")
        self._inbox += self._answer(self, data)

    def settle(self, by: float) -> None:
        """Everything taken has arrived."""
        assert by > self.now_s

    def hear(self, by: float) -> bytes:
        """Return the answers at hand, or wait in vain until the deadline."""
        heard, self._inbox = self._inbox, b""
        if not heard:
            self.now_s = max(self.now_s, by)
        return heard


def scripted(script: dict[bytes, bytes]) -> Callable[[ScriptedWire, bytes], bytes]:
    """Answer from a table, silence for what is not in it."""
    return lambda _wire, data: script.get(data, b"")


def run(wire: ScriptedWire, *, asks: bool = True) -> JobEnd:
    """Run the job of these tests with the usual deadlines."""
    return run_job(wire, JOB, Deadlines(), wire.clock, asks=asks)


def test_confirmed_by_the_queued_answer() -> None:
    """A printer that answers before the job and after its cut has printed it; its questions are not counted."""
    wire = ScriptedWire(scripted(READY | {ASK_WHEN_DONE: b"\x03"}))
    end = run(wire)
    assert end == JobEnd(Evidence.ANSWERED, LENGTH, PrinterState.NEAR_END)
    assert end.outcome is Outcome.CONFIRMED
    assert wire.messages == [*READY, *JOB, ASK_WHEN_DONE]


def test_confirmed_by_state_after_the_time_of_printing() -> None:
    """A printer that does not know GS r is asked for its state once the paper must be out."""
    wire = ScriptedWire(scripted(READY))
    assert run(wire) == JobEnd(Evidence.ANSWERED, LENGTH, PrinterState.READY)
    assert wire.now_s >= Deadlines().done_s


def test_nothing_goes_to_a_printer_without_paper() -> None:
    """A printer that says it is out of paper gets no byte of the job."""
    wire = ScriptedWire(scripted(OUT))
    end = run(wire)
    assert (end.outcome, end.bytes_accepted, end.state) == (Outcome.FAILED, 0, PrinterState.PAPER_OUT)
    assert wire.messages == list(OUT)


def test_paper_that_ends_during_the_job_is_trouble() -> None:
    """All bytes taken and then "no paper" is not printed and not failed: nobody knows."""
    wire = ScriptedWire(lambda wire, data: (READY if wire.sent < LENGTH else OUT).get(data, b""))
    end = run(wire)
    assert (end.evidence, end.outcome) == (Evidence.TROUBLE, Outcome.UNCONFIRMED)
    assert (end.bytes_accepted, end.state) == (LENGTH, PrinterState.PAPER_OUT)


def test_mute_printer_is_unconfirmed() -> None:
    """Silence after every byte was taken is "accepted", which is unconfirmed; only one question was tried."""
    wire = ScriptedWire(scripted({}))
    end = run(wire)
    assert (end.evidence, end.outcome, end.bytes_accepted) == (Evidence.ACCEPTED, Outcome.UNCONFIRMED, LENGTH)
    assert wire.messages == [ask(Question.PRINTER), *JOB]
    assert wire.now_s <= Deadlines().answer_s


def test_printer_that_cannot_bear_questions_gets_none() -> None:
    """With questions off only the job goes over the line."""
    wire = ScriptedWire(scripted(READY))
    assert run(wire, asks=False).evidence is Evidence.ACCEPTED
    assert wire.messages == list(JOB)


def test_silence_after_the_job_is_unconfirmed() -> None:
    """A printer that answered before and falls silent afterwards has perhaps printed."""
    wire = ScriptedWire(lambda wire, data: READY.get(data, b"") if wire.sent < LENGTH else b"")
    assert run(wire).evidence is Evidence.ACCEPTED


@pytest.mark.parametrize(
    ("room", "evidence"), [(0, Evidence.NOTHING_SENT), (5, Evidence.CUT_OFF), (LENGTH - 1, Evidence.CUT_OFF)]
)
def test_first_byte_decides_between_failed_and_unconfirmed(room: int, evidence: Evidence) -> None:
    """A line that stalls before the first byte is a failure; after it nobody knows."""
    wire = ScriptedWire(scripted({}), room=room)
    end = run(wire, asks=False)
    assert (end.evidence, end.bytes_accepted) == (evidence, room)
    assert end.outcome is (Outcome.FAILED if room == 0 else Outcome.UNCONFIRMED)


def test_line_that_breaks_during_questions_sent_nothing() -> None:
    """Questions are not part of the job: a line that breaks on them has failed with zero bytes."""
    end = run(ScriptedWire(scripted(READY), room=4))
    assert (end.evidence, end.bytes_accepted) == (Evidence.NOTHING_SENT, 0)
    assert end.reason == "the line is full"


def test_late_answer_is_not_taken_for_a_new_one() -> None:
    """What arrived before the first question is thrown away."""
    wire = ScriptedWire(scripted(READY | {ASK_WHEN_DONE: b"\x00"}))
    wire._inbox = b"\x7e"
    assert run(wire).outcome is Outcome.CONFIRMED
