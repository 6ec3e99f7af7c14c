"""The order of asking, sending and judging, over a line of plain lists and a clock that only waiting moves."""

from collections.abc import Callable

import pytest

from printer_drivers.answers import ASK_WHEN_DONE, Ask, Question, ask
from printer_drivers.conversation import PATIENCE, Order, Terms, learn, run_job
from printer_drivers.fact import Fact, state_fact
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


def run(wire: ScriptedWire, asks: frozenset[Ask] = USUAL, fact: Fact | None = None, sweep: bytes = b"") -> JobEnd:
    """Run the job of these tests with the usual deadlines, on a printer that answers what it may be asked."""
    return run_job(wire, Order(JOB, fact or state_fact(asks), sweep), Terms(asks, Deadlines(), wire.clock))


def identified(_wire: ScriptedWire, data: bytes) -> bytes:
    """Give a process id back, and answer in real time."""
    return b"\x37\x22" + data[-4:] + b"\x00" if data.startswith(b"\x1d(H") else READY.get(data, b"")


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


def test_printer_that_cannot_bear_questions_gets_none() -> None:
    """With questions off only the job goes over the line."""
    wire = ScriptedWire(scripted(READY))
    assert run(wire, frozenset()).evidence is Evidence.ACCEPTED
    assert wire.messages == [b"".join(JOB)]


def test_silence_after_the_job_is_unconfirmed() -> None:
    """A printer that answers and falls silent afterwards has perhaps printed."""
    wire = ScriptedWire(lambda wire, data: READY.get(data, b"") if wire.sent < LENGTH else b"")
    assert run(wire).evidence is Evidence.UNPROVEN


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


def test_confirmed_by_two_signs_with_an_answer_between() -> None:
    """A printer says twice that all before is printed, and in between that it is there; questions are not counted."""
    wire = ScriptedWire(scripted(READY | {ASK_WHEN_DONE: b"\x00"}))
    assert run(wire) == JobEnd(Evidence.ANSWERED, LENGTH, PrinterState.READY, answered=False)
    assert wire.messages == [*READY, b"".join(JOB), ASK_WHEN_DONE, *READY, ASK_WHEN_DONE]


def test_a_printer_without_such_a_sign_is_asked_once_the_paper_must_be_out() -> None:
    """It is asked how it is until then, and must answer each time."""
    wire = ScriptedWire(scripted(READY))
    assert run(wire, fact=Fact.ANSWERS) == JobEnd(Evidence.ANSWERED, LENGTH, PrinterState.READY, answered=True)
    assert wire.now_s >= Deadlines().done_s


def test_nothing_is_sent_after_a_missing_answer() -> None:
    """One that answers, and does not before a job, is offline; not a byte follows the question."""
    wire = ScriptedWire(scripted({}))
    end = run(wire)
    assert (end.evidence, end.state, end.bytes_accepted) == (Evidence.NOTHING_SENT, PrinterState.OFFLINE, 0)
    assert wire.messages == [ask(Question.PRINTER)]
    assert wire.now_s == pytest.approx(PATIENCE * Deadlines().answer_s)


def test_a_mute_printer_has_accepted_and_is_not_asked() -> None:
    """Who never answered can prove nothing, and loses no time on questions."""
    wire = ScriptedWire(scripted({}))
    end = run(wire, fact=Fact.MUTE)
    assert (end.evidence, end.outcome, end.bytes_accepted) == (Evidence.ACCEPTED, Outcome.UNCONFIRMED, LENGTH)
    assert (wire.messages, wire.now_s) == ([b"".join(JOB)], 0)


def test_a_mute_printer_that_speaks_is_noticed() -> None:
    """Whatever it says during the job: the next time that it is idle it is asked anew."""
    assert run(ScriptedWire(scripted({b"".join(JOB): b"\x12"})), fact=Fact.MUTE).answered


@pytest.mark.parametrize("after", [READY, {}], ids=["fine", "silent"])
def test_no_proof_is_no_print(after: dict[bytes, bytes]) -> None:
    """A slip whose bytes were lost swallows the question for its end; to be fine in real time is no proof then."""
    wire = ScriptedWire(lambda wire, data: (READY if wire.sent < LENGTH else after).get(data, b""))
    end = run(wire)
    assert (end.evidence, end.outcome) == (Evidence.UNPROVEN, Outcome.UNCONFIRMED)
    assert wire.now_s <= PATIENCE * Deadlines().done_s + 1


def test_one_nul_is_no_proof() -> None:
    """A break of the line looks like the sign of the end; the printer that gave it is off and answers no more."""

    def answer(wire: ScriptedWire, data: bytes) -> bytes:
        if wire.sent < LENGTH:
            return READY.get(data, b"")
        return b"\x00" if data == ASK_WHEN_DONE and ASK_WHEN_DONE not in wire.messages[:-1] else b""

    assert run(ScriptedWire(answer)).evidence is Evidence.UNPROVEN


def test_a_late_proof_is_waited_for() -> None:
    """A slip that takes longer than the usual one is printed, as long as its printer says that it is fine."""
    late = Deadlines().done_s * 2
    wire = ScriptedWire(lambda wire, data: READY.get(data, b"") + b"\x00" * (wire.now_s > late))
    assert run(wire).evidence is Evidence.ANSWERED
    assert late < wire.now_s < late + Deadlines().done_s


def test_trouble_is_found_while_a_proof_is_waited_for() -> None:
    """Patience is for printers that say they are fine; paper that ends is told at the next look."""
    late = Deadlines().done_s * 1.5
    wire = ScriptedWire(lambda wire, data: (READY if wire.now_s < late else OUT).get(data, b""))
    end = run(wire)
    assert (end.evidence, end.state) == (Evidence.TROUBLE, PrinterState.PAPER_OUT)
    assert wire.now_s < late + 3


def test_confirmed_by_its_process_id() -> None:
    """A printer that gives the question's number back has printed all before it; another number says nothing."""
    wire = ScriptedWire(identified)
    assert run(wire, frozenset({Ask.EOT, Ask.ID})).evidence is Evidence.ANSWERED
    assert wire.now_s == 0
    other = ScriptedWire(lambda _wire, data: READY.get(data, b"") or b"\x37\x22zzzz\x00")
    assert run(other, frozenset({Ask.EOT, Ask.ID})).evidence is Evidence.UNPROVEN


def test_an_answer_of_another_kind_asks_once_more() -> None:
    """A printer that hands out each answer with the next question is not silent."""

    def behind(wire: ScriptedWire, data: bytes) -> bytes:
        answers = [READY.get(each, b"\x00" * (each == ASK_WHEN_DONE)) for each in wire.messages[:-1]]
        return next((each for each in reversed(answers) if each), b"\x00") if READY.get(data) else b""

    wire = ScriptedWire(behind)
    assert run(wire, fact=Fact.ANSWERS).evidence is Evidence.ANSWERED
    assert wire.messages[:2] == [ask(Question.PRINTER)] * 2


def test_what_a_job_may_have_left_is_swept_before_the_next() -> None:
    """NULs go first and are none of its bytes; then the printer says that it is empty, or gets nothing."""
    wire = ScriptedWire(scripted(READY | {ASK_WHEN_DONE: b"\x00"}))
    assert run(wire, sweep=bytes(9)).bytes_accepted == LENGTH
    assert wire.messages[4:8] == [bytes(9), ASK_WHEN_DONE, ASK_WHEN_DONE, b"".join(JOB)]
    stuck = ScriptedWire(scripted(READY))
    assert run(stuck, sweep=bytes(9)).evidence is Evidence.NOTHING_SENT
    assert b"".join(JOB) not in stuck.messages


def test_a_mute_printer_is_swept_unasked() -> None:
    """It cannot say that it is empty."""
    wire = ScriptedWire(scripted({}))
    assert run(wire, frozenset(), sweep=bytes(9)).bytes_accepted == LENGTH
    assert wire.messages == [bytes(9), b"".join(JOB)]


def test_stall_in_the_sweep_has_sent_nothing() -> None:
    """A line that stalls on what goes before the job has not got a byte of it."""
    wire = ScriptedWire(scripted({}), room=5)
    end = run(wire, frozenset(), sweep=bytes(9))
    assert (end.evidence, end.bytes_accepted, end.state) == (Evidence.NOTHING_SENT, 0, PrinterState.OFFLINE)
    assert wire.dropped


def test_line_is_not_looked_at_when_switched_off() -> None:
    """A line whose word is worthless can be left unasked."""
    wire = ScriptedWire(scripted(READY))
    wire.trouble = PrinterState.PAPER_OUT
    assert run(wire, frozenset({Ask.EOT})).evidence is Evidence.ANSWERED


def test_a_slow_line_is_asked_for_signs_of_life_in_the_job() -> None:
    """Where a loss of power does not break the line, a printer that missed one of them has lost a part of the slip."""
    slow = Deadlines(byte_s=0.025)
    mark = ask(Question.PRINTER)
    job = JOB[0] + JOB[1] + mark + JOB[2] + mark
    wire = ScriptedWire(scripted(READY | {ASK_WHEN_DONE: b"\x00", job: b"\x12"}))
    end = run_job(wire, Order(JOB, Fact.GSR), Terms(USUAL, slow, wire.clock))
    assert job in wire.messages
    assert (end.evidence, end.bytes_accepted) == (Evidence.UNPROVEN, LENGTH)
    wire = ScriptedWire(scripted(READY | {ASK_WHEN_DONE: b"\x00", job: b"\x12\x12"}))
    assert run_job(wire, Order(JOB, Fact.GSR), Terms(USUAL, slow, wire.clock)).evidence is Evidence.ANSWERED


@pytest.mark.parametrize(
    ("script", "fact"),
    [
        (READY | {ASK_WHEN_DONE: b"\x00"}, Fact.GSR),
        (READY, Fact.ANSWERS),
        ({ASK_WHEN_DONE: b"\x0f"}, Fact.GSR),
        ({}, Fact.MUTE),
        (OUT, None),
    ],
)
def test_an_idle_printer_is_found_out(script: dict[bytes, bytes], fact: Fact | None) -> None:
    """What it answers is its fact; one without paper may owe the proof that it can give, so nothing is concluded."""
    wire = ScriptedWire(scripted(script))
    assert learn(wire, Terms(USUAL, Deadlines(), wire.clock))[0] is fact
