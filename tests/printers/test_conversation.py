"""The order of asking, sending and judging, over a line of plain lists and a clock that only waiting moves."""

from collections.abc import Callable
from typing import Any

import pytest

from printer_drivers.answers import ASK_WHEN_DONE, Ask, Question, ask, ask_for_id
from printer_drivers.conversation import PATIENCE, Order, Terms, run_job
from printer_drivers.printer import (
    Deadlines,
    Evidence,
    JobEnd,
    Outcome,
    PrinterStalled,
    PrinterState,
)

JOB = (b"\x1b@", b"first band", b"second band")
LENGTH = sum(map(len, JOB))
READY = {ask(question): b"\x12" for question in Question}
OUT = dict(zip(READY, (b"\x1a", b"\x7e", b"\x32", b"\x12"), strict=True))
USUAL = frozenset({Ask.LINE, Ask.EOT, Ask.GSR})


class ScriptedWire:
    """Answers each message from a script, takes at most `room` bytes, and keeps what was sent in order."""

    def __init__(self, answer: Callable[["ScriptedWire", bytes], bytes], room: int = 1_000_000) -> None:
        self.messages: list[bytes] = []
        self.now_s = 0.0
        self.trouble: PrinterState | None = None
        self.dropped = False
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
            raise PrinterStalled("the line is full")
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

    def look(self) -> PrinterState | None:
        """Show what the test wants the line to show."""
        return self.trouble

    def drop(self) -> None:
        """Note it."""
        self.dropped = True


def scripted(script: dict[bytes, bytes]) -> Callable[[ScriptedWire, bytes], bytes]:
    """Answer from a table, silence for what is not in it."""
    return lambda _wire, data: script.get(data, b"")


def run(wire: ScriptedWire, asks: frozenset[Ask] = USUAL, **known: Any) -> JobEnd:
    """Run the job of these tests with the usual deadlines; `known` is of earlier jobs, see `Order`."""
    return run_job(wire, Order(JOB, b"0007", **known), Terms(asks, Deadlines(), wire.clock))


def test_confirmed_by_the_queued_answer() -> None:
    """A printer that answers before the job and after its cut has printed it; its questions are not counted."""
    wire = ScriptedWire(scripted(READY | {ASK_WHEN_DONE: b"\x03"}))
    end = run(wire)
    assert end == JobEnd(Evidence.ANSWERED, LENGTH, PrinterState.NEAR_END, told_end=True)
    assert end.outcome is Outcome.CONFIRMED
    assert wire.messages == [*READY, b"".join(JOB), ASK_WHEN_DONE]


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
    assert wire.messages == [ask(Question.PRINTER), b"".join(JOB)]
    assert wire.now_s <= Deadlines().answer_s


def test_printer_that_cannot_bear_questions_gets_none() -> None:
    """With questions off only the job goes over the line."""
    wire = ScriptedWire(scripted(READY))
    assert run(wire, frozenset()).evidence is Evidence.ACCEPTED
    assert wire.messages == [b"".join(JOB)]


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
    end = run(wire, frozenset())
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


def test_answer_that_an_earlier_job_owes_confirms_nothing() -> None:
    """A printer that ends the job before while it takes this one, and then runs out of paper, has printed one."""
    earlier = {b"".join(JOB): b"\x00"}
    wire = ScriptedWire(lambda wire, data: ((READY if wire.sent < LENGTH else OUT) | earlier).get(data, b""))
    assert run(wire, owed=1).evidence is Evidence.TROUBLE


@pytest.mark.parametrize("earlier", [b"\x00", b""], ids=["came", "lost"])
def test_confirmed_whether_owed_answers_come_or_were_lost(earlier: bytes) -> None:
    """The end is asked for once more than answers are owed: a printer switched off meanwhile is not waited for."""
    wire = ScriptedWire(scripted(READY | {b"".join(JOB): earlier, ASK_WHEN_DONE * 2: b"\x00\x03"}))
    assert run(wire, owed=1) == JobEnd(Evidence.ANSWERED, LENGTH, PrinterState.NEAR_END, told_end=True)
    assert wire.now_s == 0


@pytest.mark.parametrize("after", [READY, {}], ids=["fine", "silent"])
def test_missing_end_of_a_printer_that_tells_its_ends(after: dict[bytes, bytes]) -> None:
    """A slip whose bytes were lost swallows the question for its end; to be fine in real time is no proof then."""
    wire = ScriptedWire(lambda wire, data: (READY if wire.sent < LENGTH else after).get(data, b""))
    end = run(wire, tells_end=True)
    assert (end.evidence, end.outcome, end.told_end) == (Evidence.TROUBLE, Outcome.UNCONFIRMED, False)
    assert end.reason.endswith("did not say that it is done")
    assert wire.now_s == pytest.approx(PATIENCE * Deadlines().done_s if after else Deadlines().done_s, abs=1)


def test_late_end_of_a_printer_that_tells_its_ends_is_waited_for() -> None:
    """A slip that takes longer than the usual one is confirmed, as long as its printer says that it is fine."""
    late = Deadlines().done_s * 2

    def answer(wire: ScriptedWire, data: bytes) -> bytes:
        return READY.get(data, b"") + b"\x00" * (wire.now_s > late)

    wire = ScriptedWire(answer)
    end = run(wire, tells_end=True)
    assert (end.evidence, end.told_end) == (Evidence.ANSWERED, True)
    assert late < wire.now_s < late + Deadlines().done_s


def test_trouble_is_found_while_a_late_end_is_waited_for() -> None:
    """Patience is for printers that say they are fine; paper that ends is told at the next look."""
    late = Deadlines().done_s * 1.5
    wire = ScriptedWire(lambda wire, data: (READY if wire.now_s < late else OUT).get(data, b""))
    end = run(wire, tells_end=True)
    assert (end.evidence, end.state) == (Evidence.TROUBLE, PrinterState.PAPER_OUT)
    assert wire.now_s < late + 3


def test_confirmed_by_its_process_id() -> None:
    """A printer that gives a job's number back has printed it; another job's number says nothing."""
    mine = scripted(READY | {ask_for_id(b"0007"): b"\x37\x220006\x00\x37\x220007\x00"})
    wire = ScriptedWire(mine)
    assert run(wire, frozenset({Ask.EOT, Ask.ID})).told_end
    assert wire.now_s == 0
    late = ScriptedWire(scripted(READY | {ask_for_id(b"0007"): b"\x37\x220006\x00"}))
    run(late, frozenset({Ask.EOT, Ask.ID}))
    assert late.now_s >= Deadlines().done_s


def test_process_id_keeps_what_is_known_of_the_roll() -> None:
    """That all is printed does not make a roll that nears its end a full one."""
    near = READY | {ask(Question.PAPER): b"\x1e", ask_for_id(b"0007"): b"\x37\x220007\x00"}
    assert run(ScriptedWire(scripted(near)), frozenset({Ask.EOT, Ask.ID})).state is PrinterState.NEAR_END


def test_automatic_status_is_asked_where_it_is_known() -> None:
    """A printer without DLE EOT is asked for its automatic status, and gets nothing when that says "no paper"."""
    wire = ScriptedWire(scripted({b"\x1da\xff": b"\x18\x00\x0f\x00"}))
    end = run(wire, frozenset({Ask.ASB}))
    assert (end.evidence, end.state) == (Evidence.NOTHING_SENT, PrinterState.PAPER_OUT)


def test_line_that_shows_trouble_is_believed() -> None:
    """A line that shows trouble by itself needs no question, and gets no byte."""
    wire = ScriptedWire(scripted(READY))
    wire.trouble = PrinterState.OFFLINE
    end = run(wire)
    assert (end.evidence, end.state, wire.messages) == (Evidence.NOTHING_SENT, PrinterState.OFFLINE, [])


def test_line_is_not_looked_at_when_switched_off() -> None:
    """A line whose word is worthless can be left unasked."""
    wire = ScriptedWire(scripted(READY))
    wire.trouble = PrinterState.PAPER_OUT
    assert run(wire, frozenset({Ask.EOT})).evidence is Evidence.ANSWERED


def test_answer_that_comes_during_the_job_shows_that_it_is_not_mute() -> None:
    """A printer too slow for the first question is still asked for the end."""

    def answer(_wire: ScriptedWire, data: bytes) -> bytes:
        if data == b"".join(JOB):
            return b"\x12"
        return b"\x00" if data == ASK_WHEN_DONE else b""

    assert run(ScriptedWire(answer)).evidence is Evidence.ANSWERED


def test_sweep_goes_first_and_is_not_counted() -> None:
    """What ends an earlier job goes before the first byte of this one and is none of its bytes."""
    wire = ScriptedWire(scripted({}))
    assert run(wire, frozenset(), sweep=bytes(9)).bytes_accepted == LENGTH
    assert wire.messages == [bytes(9), b"".join(JOB)]


def test_stall_in_the_sweep_has_sent_nothing() -> None:
    """A line that stalls on what goes before the job has not got a byte of it."""
    wire = ScriptedWire(scripted({}), room=5)
    end = run(wire, frozenset(), sweep=bytes(9))
    assert (end.evidence, end.bytes_accepted, end.state) == (Evidence.NOTHING_SENT, 0, PrinterState.OFFLINE)
    assert wire.dropped


def test_stalled_line_is_dropped_and_looked_at() -> None:
    """After a stall what waits is taken back, and what the line shows is the state."""

    class StallingWire(ScriptedWire):
        """Shows that the paper is out once it is left alone."""

        def drop(self) -> None:
            super().drop()
            self.trouble = PrinterState.PAPER_OUT

    wire = StallingWire(scripted({}), room=5)
    end = run(wire, frozenset({Ask.LINE}))
    assert (end.evidence, end.state, end.bytes_accepted) == (Evidence.CUT_OFF, PrinterState.PAPER_OUT, 5)
    assert wire.dropped
