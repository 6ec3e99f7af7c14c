"""What a printer remembers from one job to the next, on a line that hands every byte straight to the mechanism."""

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from printer_drivers.answers import NOTHING, Ask
from printer_drivers.bitmap import Bitmap
from printer_drivers.escpos import CUT, encode
from printer_drivers.fact import Fact, Known, ShortMemory
from printer_drivers.line_printer import USUAL_ASKS, LinePrinter
from printer_drivers.paper import PAPERS
from printer_drivers.printer import Deadlines, Evidence, Outcome, PrinterState
from tests.printers.simulated_printer import Faults, Mechanism, slip_job

PAPER = PAPERS[576]
PICTURE = encode(Bitmap(576, 64, b"\x55" * 64 * 72), PAPER)
SLIP = slip_job("slip A013")
ON_PAPER = b"slip A013\n" * 4
NO_GAP = (0, 0)
# The mechanism answers at once or never.
BRISK = Deadlines(job_s=1, stall_s=0.02, answer_s=0.02, done_s=0.04)


@dataclass
class Cable:
    """A line and its wire in one: takes every byte, and loses some on the way.

    What comes after `reach` bytes is lost, and so is `gap` of a message that is longer than it.
    """

    mechanism: Mechanism = field(default_factory=Mechanism)
    reach: int | None = None
    gap: tuple[int, int] = NO_GAP
    messages: list[bytes] = field(default_factory=list)
    late: bytes = b""
    sent: int = 0
    _inbox: bytes = b""

    @contextlib.contextmanager
    def connect(self, _deadlines: Deadlines) -> Iterator["Cable"]:
        """Nobody has to be called."""
        yield self

    def send(self, data: bytes, by: float) -> None:
        """Hand over what is not lost; `late` answers to earlier questions come before those to this message."""
        del by
        self.sent += len(data)
        self.messages.append(data)
        lost_from, lost_to = self.gap
        arrived = data if len(data) < lost_to else data[:lost_from] + data[lost_to:]
        arrived = arrived[: self.reach]
        if self.reach is not None:
            self.reach -= len(arrived)
        answers = self.mechanism.take(arrived)
        if data.endswith(CUT):
            answers, self.late = self.late + answers, b""
        self._inbox += answers

    def settle(self, by: float) -> None:
        """Nothing is held back."""

    def hear(self, by: float) -> bytes:
        """Return what was answered, or wait in vain."""
        heard, self._inbox = self._inbox, b""
        if not heard:
            time.sleep(max(0.0, by - time.monotonic()))
        return heard

    def look(self) -> PrinterState | None:
        """Show nothing."""
        return None

    def drop(self) -> None:
        """Nothing waits."""


def _print_on(cable: Cable, asks: frozenset[Ask] = USUAL_ASKS) -> LinePrinter:
    return LinePrinter(cable, PAPER, asks=asks, deadlines=BRISK)


def _silent_at_the_end(cable: Cable) -> None:
    cable.reach = 1000


def _out_of_paper(cable: Cable) -> None:
    cable.reach = 1000
    cable.mechanism.set_faults(Faults(paper_out_at=2))


@pytest.mark.parametrize("break_it", [_silent_at_the_end, _out_of_paper])
def test_confirmed_slip_is_whole_after_an_unproven_one(break_it: Callable[[Cable], None]) -> None:
    """Half a picture whose end nobody knows is ended and cut off before a slip that can be confirmed."""
    cable = Cable()
    printer = _print_on(cable)
    printer.status()
    break_it(cable)
    assert printer.print(PICTURE).outcome is Outcome.UNCONFIRMED
    cable.reach = None
    cable.mechanism.set_faults(Faults())
    assert printer.status().state is PrinterState.READY
    assert printer.print(SLIP).outcome is Outcome.CONFIRMED
    assert cable.mechanism.sheets[-1] == ON_PAPER
    printer.print(SLIP)
    assert cable.mechanism.paper.endswith(b"".join(SLIP) * 2), "swept once"


def test_sweep_outlives_a_job_that_went_into_the_void() -> None:
    """A printer that holds half a picture, hears nothing of the next slip and then is back, is still swept."""
    cable = Cable()
    printer = _print_on(cable)
    printer.status()
    cable.reach = 1000
    printer.print(PICTURE)
    printer.print(SLIP)
    cable.reach = None
    assert printer.status().state is PrinterState.READY
    assert printer.print(SLIP).outcome is Outcome.CONFIRMED
    assert cable.mechanism.sheets[-1] == ON_PAPER


def test_half_a_slip_of_an_earlier_life_is_swept() -> None:
    """A kiosk that fell over in the middle of a picture: its next life, told so, does not feed a slip to it."""
    cable = Cable(reach=1000)
    _print_on(cable, NOTHING).print(PICTURE)
    cable.reach = None
    trusting, knowing = _print_on(Cable(cable.mechanism)), _print_on(cable)
    knowing.distrust()
    assert knowing.print(SLIP).outcome is Outcome.CONFIRMED
    assert cable.mechanism.sheets[-1] == ON_PAPER
    assert trusting.print(SLIP).outcome is Outcome.CONFIRMED
    assert cable.mechanism.paper.endswith(b"".join(SLIP) * 2), "swept once"


def test_a_slip_into_half_a_picture_would_be_lost() -> None:
    """Why an earlier life is asked about at all: without the sweep the dots that are missing take the slip."""
    cable = Cable(reach=1000)
    _print_on(cable, NOTHING).print(PICTURE)
    cable.reach = None
    _print_on(cable, NOTHING).print(SLIP)
    assert ON_PAPER not in cable.mechanism.sheets


@pytest.mark.parametrize(
    ("asks", "faults"), [(NOTHING, Faults()), (USUAL_ASKS, Faults(mute=True))], ids=["not asked", "mute"]
)
def test_printer_that_confirms_nothing_is_not_swept(asks: frozenset[Ask], faults: Faults) -> None:
    """Where each job ends unproven, a blank scrap before each would be the price of nothing."""
    cable = Cable()
    cable.mechanism.set_faults(faults)
    printer = _print_on(cable, asks)
    ends = [printer.print(SLIP) for _ in range(3)]
    assert {end.evidence for end in ends} == {Evidence.ACCEPTED}
    assert cable.mechanism.paper.endswith(b"".join(SLIP) * 3)
    assert len(cable.mechanism.sheets) == len(ends)


def test_resumed_slip_does_not_confirm_the_next_one() -> None:
    """Paper put in and soon over again: the slip that it was enough for answers while the next one goes out."""
    cable = Cable()
    printer = _print_on(cable)
    printer.status()
    cable.mechanism.set_faults(Faults(paper_out_at=len(b"".join(SLIP[:-1]))))
    assert printer.print(SLIP).evidence is Evidence.TROUBLE
    cable.mechanism.set_faults(Faults())
    printer.status()
    cable.late = b"\x00"
    cable.mechanism.set_faults(Faults(paper_out_at=len(b"".join(SLIP))))
    assert printer.print(SLIP).outcome is not Outcome.CONFIRMED
    assert cable.mechanism.sheets.count(ON_PAPER) == 1, "the first slip"
    cable.mechanism.set_faults(Faults())
    assert printer.print(SLIP).outcome is Outcome.CONFIRMED


def test_lost_bytes_are_noticed_on_a_printer_that_told_its_ends() -> None:
    """A slip that lost bytes on the way swallows its cut and the question for its end, and is not called printed."""
    cable = Cable()
    printer = _print_on(cable)
    assert printer.print(SLIP).evidence is Evidence.ANSWERED
    cable.gap = (1000, 1100)
    end = printer.print(PICTURE)
    assert (end.evidence, end.state) == (Evidence.UNPROVEN, PrinterState.READY)
    cable.gap = NO_GAP
    assert printer.print(SLIP).outcome is Outcome.CONFIRMED
    assert cable.mechanism.sheets[-1] == ON_PAPER


def test_the_first_job_of_a_new_process_is_held_to_what_was_learned() -> None:
    """What was learned outlives the driver: a printer that proved its ends proves the first one after a start too."""
    cable, memory = Cable(), ShortMemory()
    LinePrinter(cable, PAPER, memory=memory, deadlines=BRISK).status()
    assert memory.read() == Known(Fact.GSR)
    cable.gap = (1000, 1100)
    again = LinePrinter(cable, PAPER, memory=memory, deadlines=BRISK)
    assert again.print(PICTURE).evidence is Evidence.UNPROVEN
    assert memory.read() == Known(Fact.GSR, half_sent=True)


def test_a_mute_printer_that_is_heard_is_asked_anew() -> None:
    """Switched on after the kiosk, it was taken for mute; the next look hears it, and its slips are proved."""
    cable, memory = Cable(), ShortMemory()
    cable.mechanism.set_faults(Faults(mute=True))
    printer = LinePrinter(cable, PAPER, memory=memory, deadlines=BRISK)
    assert printer.print(SLIP).evidence is Evidence.ACCEPTED
    assert memory.read() == Known(Fact.MUTE)
    cable.mechanism.set_faults(Faults())
    printer.status()
    assert printer.print(SLIP).evidence is Evidence.ANSWERED


def test_what_an_address_states_is_not_learned() -> None:
    """`status=off` and `ask=` say how the printer answers."""
    cable, memory = Cable(), ShortMemory()
    mute = LinePrinter(cable, PAPER, asks=NOTHING, fact=Fact.MUTE, memory=memory, deadlines=BRISK)
    assert mute.print(SLIP).evidence is Evidence.ACCEPTED
    assert memory.read() == Known()
    assert cable.messages == [b"".join(SLIP)]
