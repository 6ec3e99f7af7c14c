"""The thread that owns the printer, against printers that work, die, stay mute and are cut off."""

import queue
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pytest

from kiosk import printing
from kiosk.printing import MOST_WAITING, STALE_S, Ended, Job, Looked, Press, draw
from printer_drivers.decoder import decode
from printer_drivers.paper import PAPERS, Paper
from printer_drivers.printer import Evidence, JobEnd, PrinterState
from printer_drivers.slip import Slip
from queue_protocol.ids import TicketId
from tests.kiosk.scripted_printer import CUT_OFF, DEAD, MUTE, NO_PAPER, PRINTED, ScriptedPrinter
from tests.watching import PATIENCE_S, SOON_S

SLIP = Slip(center="XÃ BẢO HÀ", service="Chứng thực", number="A015", time_line="08:12", note="Phiếu")
TROUBLE = JobEnd(Evidence.TROUBLE, 100, PrinterState.PAPER_OUT)


def job(number: int = 1, wanted_s: float | None = None) -> Job:
    """Return the job of a ticket, wanted now unless said otherwise."""
    return Job(TicketId(f"20261123-A{number:03}"), SLIP, time.monotonic() if wanted_s is None else wanted_s)


def letters(slip: Slip, paper: Paper) -> Sequence[bytes]:
    """Return a job that can be recognised, without drawing it."""
    assert paper.width_dots == 576
    return (slip.number.encode(),)


class Pressroom:
    """A press with everything that it tells, in order."""

    def __init__(self, press: Press, said: "queue.Queue[object]") -> None:
        self.press = press
        self._said = said

    def next(self, kind: type[object], timeout_s: float = PATIENCE_S) -> object:
        """Return the next thing of this kind that the press says; raise `queue.Empty` when it stays silent."""
        deadline = time.monotonic() + timeout_s
        while True:
            said = self._said.get(timeout=max(0.001, deadline - time.monotonic()))
            if isinstance(said, kind):
                return said


@contextmanager
def running(
    printer: ScriptedPrinter,
    start_slip: Callable[[TicketId], None] | None = None,
    end_slip: Callable[[], None] = lambda: None,
    encode: Callable[[Slip, Paper], Sequence[bytes]] = letters,
    spares: Sequence[ScriptedPrinter] = (),
    measure: Callable[[Sequence[bytes], Paper], float] = lambda _job, _paper: 88.6,
) -> Iterator[Pressroom]:
    """Run a press on this printer, with these spares."""
    said: queue.Queue[object] = queue.Queue()
    begun = start_slip or (lambda _: None)
    press = Press([printer, *spares], begun, end_slip, said.put, said.put, encode=encode, measure=measure)
    press.start()
    try:
        yield Pressroom(press, said)
    finally:
        printer.idle.set()
        press.stop(5)


@pytest.mark.parametrize(
    ("end", "outcome", "reason"),
    [
        (PRINTED, "printed", None),
        (MUTE, "accepted", None),
        (TROUBLE, "uncertain", "paper_out"),
        (CUT_OFF, "uncertain", "unreachable"),
        (JobEnd(Evidence.CUT_OFF, 3, PrinterState.UNKNOWN), "uncertain", "cut_off"),
        (NO_PAPER, "failed", "paper_out"),
    ],
)
def test_each_end_is_reported_in_the_words_of_the_protocol(end: JobEnd, outcome: str, reason: str | None) -> None:
    """A slip is printed, accepted, failed or uncertain, with the reason that staff can act on."""
    printer = ScriptedPrinter(end)
    with running(printer) as room:
        room.press.submit(job())
        ended = room.next(Ended)
    assert (ended.outcome, ended.reason) == (outcome, reason)  # type: ignore[attr-defined]  # an Ended
    assert printer.jobs == [(b"A015",)]
    assert printer.closed


def test_before_the_first_byte_it_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A printer that is just being plugged in still prints the slip, once."""
    monkeypatch.setattr(printing, "RETRY_EVERY_S", 0.01)
    printer = ScriptedPrinter(DEAD, DEAD, PRINTED)
    with running(printer) as room:
        room.press.submit(job())
        assert room.next(Ended) == Ended(job().ticket, "printed", None, 89)
    assert len(printer.jobs) == 3


def test_after_the_first_byte_nothing_is_tried_again() -> None:
    """A slip cut off in the middle may lie in the tray: a second one would be a second place in the line."""
    printer = ScriptedPrinter(CUT_OFF, PRINTED)
    with running(printer) as room:
        room.press.submit(job())
        room.next(Ended)
        assert len(printer.jobs) == 1


def test_a_printer_known_to_be_down_delays_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the first slip waits for a dead printer; the others fail at their first try."""
    monkeypatch.setattr(printing, "RETRY_FOR_S", 0.1)
    monkeypatch.setattr(printing, "RETRY_EVERY_S", 0.02)
    printer = ScriptedPrinter(DEAD)
    with running(printer) as room:
        room.press.submit(job(1))
        room.next(Ended)
        tries = len(printer.jobs)
        room.press.submit(job(2))
        assert room.next(Ended) == Ended(job(2).ticket, "failed", "unreachable")
    assert tries > 1
    assert len(printer.jobs) == tries + 1


def test_a_spare_printer_takes_over_while_the_first_has_no_paper() -> None:
    """The slip comes out next door at once, once; staff are told, and told again when the first prints again."""
    first, spare = ScriptedPrinter(NO_PAPER, PRINTED), ScriptedPrinter(PRINTED)
    with running(first, spares=[spare]) as pressroom:
        pressroom.press.submit(job(1))
        assert pressroom.next(Ended) == Ended(job(1).ticket, "printed", None, 89)
        pressroom.press.submit(job(2))
        assert pressroom.next(Ended) == Ended(job(2).ticket, "printed", None, 89)
    assert (len(first.jobs), len(spare.jobs)) == (2, 1)


def test_staff_are_told_of_a_spare_at_work() -> None:
    """A kiosk that prints on its spare prints, and says that its first printer needs a hand."""
    first = ScriptedPrinter(NO_PAPER, state=PrinterState.PAPER_OUT)
    with running(first, spares=[ScriptedPrinter(PRINTED)]) as pressroom:
        assert pressroom.next(Looked) == Looked("ready", "spare_printer")


def test_a_slip_that_may_be_on_paper_is_not_handed_on() -> None:
    """Some bytes went out: the spare would make a second slip of it."""
    spare = ScriptedPrinter(PRINTED)
    with running(ScriptedPrinter(CUT_OFF), spares=[spare]) as pressroom:
        pressroom.press.submit(job())
        assert pressroom.next(Ended) == Ended(job().ticket, "uncertain", "unreachable", 89)
    assert spare.jobs == []


def test_with_no_printer_left_the_first_one_says_why() -> None:
    """The person at the counter is told of the printer that everybody knows."""
    with running(ScriptedPrinter(NO_PAPER), spares=[ScriptedPrinter(DEAD)]) as pressroom:
        pressroom.press.submit(job())
        assert pressroom.next(Ended) == Ended(job().ticket, "failed", "paper_out")


def test_a_length_that_cannot_be_told_costs_no_slip() -> None:
    """The paper is out; what is not known is not counted."""

    def fail(_job: Sequence[bytes], _paper: Paper) -> float:
        raise ValueError

    with running(ScriptedPrinter(PRINTED), measure=fail) as pressroom:
        pressroom.press.submit(job())
        assert pressroom.next(Ended) == Ended(job().ticket, "printed", None)


def test_a_stale_slip_is_not_printed() -> None:
    """Nobody stands there any more who could take it."""
    printer = ScriptedPrinter()
    with running(printer) as room:
        room.press.submit(job(wanted_s=time.monotonic() - STALE_S - 1))
        assert room.next(Ended) == Ended(job().ticket, "failed", "stale")
    assert printer.jobs == []


def test_too_long_a_line_is_refused_without_waiting() -> None:
    """A blocked printer collects no pile of slips that spill out later."""
    printer = ScriptedPrinter()
    printer.idle.clear()
    with running(printer) as room:
        begun = time.monotonic()
        for number in range(MOST_WAITING + 2):
            room.press.submit(job(number + 1))
        assert time.monotonic() - begun < SOON_S
        assert room.next(Ended).reason == "printer_busy"  # type: ignore[attr-defined]  # an Ended


def test_the_disk_knows_of_a_slip_before_the_printer_does() -> None:
    """What was begun is on the disk before the first byte goes out."""
    printer = ScriptedPrinter()
    started: list[tuple[TicketId, int]] = []
    with running(printer, start_slip=lambda ticket: started.append((ticket, len(printer.jobs)))) as room:
        room.press.submit(job())
        room.next(Ended)
    assert started == [(job().ticket, 0)]


@pytest.mark.parametrize("end", [PRINTED, CUT_OFF])
def test_the_disk_knows_that_a_slip_has_ended(end: JobEnd) -> None:
    """Whatever became of it, and before anybody is told; a disk that fails then costs no later slip its paper."""
    said: list[str] = []

    def note() -> None:
        said.append("ended")
        raise OSError(5, "Input/output error")

    with running(ScriptedPrinter(end), start_slip=lambda _: said.append("begun"), end_slip=note) as room:
        for number in (1, 2):
            room.press.submit(job(number))
            room.next(Ended)
    assert said == ["begun", "ended"] * 2


def test_a_full_disk_does_not_keep_the_paper_back() -> None:
    """The person gets the slip; only a restart within the minute could print it twice."""

    def fail(_: TicketId) -> None:
        raise OSError(28, "No space left on device")

    with running(ScriptedPrinter(), start_slip=fail) as room:
        room.press.submit(job())
        assert room.next(Ended) == Ended(job().ticket, "printed", None, 89)


def test_a_slip_that_cannot_be_drawn_spoils_no_other() -> None:
    """A fault in one drawing is reported, and the next slip comes out."""
    broken = iter([True, False])

    def encode(slip: Slip, paper: Paper) -> Sequence[bytes]:
        if next(broken):
            raise ZeroDivisionError
        return letters(slip, paper)

    with running(ScriptedPrinter(), encode=encode) as room:
        room.press.submit(job(1))
        assert room.next(Ended) == Ended(job(1).ticket, "failed", "bad_slip")
        room.press.submit(job(2))
        assert room.next(Ended) == Ended(job(2).ticket, "printed", None, 89)


@pytest.mark.parametrize(
    ("state", "looked"),
    [
        (PrinterState.READY, Looked("ready", None)),
        (PrinterState.NEAR_END, Looked("ready", "near_end")),
        (PrinterState.UNKNOWN, Looked("unknown", "unknown")),
        (PrinterState.PAPER_OUT, Looked("failed", "paper_out")),
        (PrinterState.UNREACHABLE, Looked("failed", "unreachable")),
    ],
)
def test_the_printer_is_looked_at_from_the_start(state: PrinterState, looked: Looked) -> None:
    """An empty roll is known before the first person comes."""
    with running(ScriptedPrinter(state=state)) as room:
        assert room.next(Looked) == looked


def test_an_idle_printer_is_looked_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Paper put in is noticed without a print."""
    monkeypatch.setattr(printing, "LOOK_EVERY_S", 0.02)
    printer = ScriptedPrinter(state=PrinterState.PAPER_OUT)
    with running(printer) as room:
        assert room.next(Looked) == Looked("failed", "paper_out")
        printer.state = PrinterState.READY
        while room.next(Looked) != Looked("ready", None):
            pass


def test_stopping_waits_for_the_slip_in_the_printer_only() -> None:
    """At the end the current slip may come out; those in line are left."""
    printer = ScriptedPrinter()
    printer.idle.clear()
    with running(printer) as room:
        room.press.submit(job(1))
        room.press.submit(job(2))
        printer.wait_for_job()
        begun = time.monotonic()
        room.press.stop(0.2)
        assert time.monotonic() - begun < SOON_S
        printer.idle.set()
        room.next(Ended)
    assert len(printer.jobs) == 1


def test_a_slip_is_drawn_as_a_whole_picture() -> None:
    """The bytes for the printer decode to one sheet with ink on it."""
    sheets = decode(b"".join(draw(SLIP, PAPERS[576])), 576)
    assert len(sheets) == 1
    assert any(sheets[0].data)
