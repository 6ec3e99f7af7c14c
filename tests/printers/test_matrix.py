"""Every way in which a printer fails, over every transport, through the kiosk's own printing: what is said is true.

In virtual time, with a printer that knows nothing of the driver (`printer_model`) and a healthy spare beside it. A slip
that is called printed lies whole on paper; what was not sent never comes out; a spare takes what nobody took.
"""

import contextlib
import queue
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import pytest

from kiosk import printing
from kiosk.printing import Ended, Job, Looked, Press
from printer_drivers.answers import Ask
from printer_drivers.fact import Fact, ShortMemory
from printer_drivers.line_printer import USUAL_ASKS, LinePrinter
from printer_drivers.paper import PAPERS
from printer_drivers.printer import Deadlines, PrinterUnreachable
from printer_drivers.slip import Slip
from printer_drivers.wire import Wire
from queue_protocol.ids import TicketId
from tests.printers.printer_model import CUT, Cable, Habits, Machine, ModelWire

BAUD = 57_600
LAMP = b"\x1dv0\x00" + (40).to_bytes(2, "little") + (8).to_bytes(2, "little")

CABLES: dict[str, Cable] = {
    "tcp": Cable(limbo=8192),
    "usblp": Cable(),
    "serial rtscts": Cable(byte_s=10 / BAUD, breaks=False, held_s=0.25),
    "serial xonxoff": Cable(byte_s=10 / BAUD, breaks=False),
    "serial none": Cable(byte_s=10 / BAUD, breaks=False, handshake=False),
}


def job_of(number: str) -> tuple[bytes, ...]:
    """Return a slip as rows of letters and of dots, each with its number, so that a torn one is not another's."""
    rows = [
        chunk for row in range(8) for chunk in (f"{number} row {row}\n".encode(), LAMP + number[-1:].encode() * 320)
    ]
    return (b"\x1b@", *rows, CUT)


def sheet_of(number: str) -> bytes:
    """Return what stands on its paper when it came out whole."""
    return b"".join(job_of(number)[1:-1])


@dataclass
class Model:
    """A machine at the end of a line, as `printer_drivers.wire.Line`."""

    machine: Machine
    cable: Cable
    served: bool = True
    sent: list[int] = field(default_factory=list)
    stale: bytearray = field(default_factory=bytearray)

    @contextlib.contextmanager
    def connect(self, deadlines: Deadlines) -> Iterator[Wire]:
        """Open the line; a network printer that is off takes no call."""
        self.machine.live_until(self.machine.now_s + 0.01)
        if self.cable.breaks and not self.machine.is_listening():
            raise PrinterUnreachable("nobody answers")
        if self.served:
            self.machine.take(bytes(self.stale))
            self.stale.clear()
        if not self.cable.breaks:
            self.machine.outbox.clear()  # a port is emptied when it is opened
        wire = ModelWire(self.machine, self.cable, deadlines.stall_s, served=self.served)
        try:
            yield wire
        finally:
            self.sent.append(wire.sent)
            self.stale += wire.limbo
            if self.cable.breaks:
                self.machine.outbox.clear()  # answers to a connection that is gone


@dataclass
class Room:
    """The kiosk's printing with a printer and a spare; `say` prints a slip and returns what the journal would hold."""

    machine: Machine
    line: Model
    spare: Machine
    press: Press
    told: "queue.Queue[Ended | Looked]"
    outcomes: dict[str, str] = field(default_factory=dict)

    def say(self, number: str) -> str:
        """Print one slip."""
        slip = Slip(center="", service="", number=number, lines=(), qr=None, qr_caption="", time_line="", note="")
        self.press.submit(Job(TicketId(f"20261123-{number}"), slip, 0.0))
        while not isinstance(ended := self.told.get(timeout=30), Ended):
            pass
        self.outcomes[number] = ended.outcome
        return ended.outcome

    def on_paper(self, number: str) -> int:
        """Return how often this slip came out whole, on either printer."""
        return sum(sheet_of(number) == sheet for sheet in (*self.machine.sheets, *self.spare.sheets))

    def pieces(self, number: str) -> int:
        """Return on how many sheets something of this slip stands."""
        mark = f"{number} row".encode()
        return sum(mark in sheet for sheet in (*self.machine.sheets, *self.spare.sheets))


Scene = Callable[[Room], None]


def after(room: Room, seconds: float, happen: Callable[[Machine], None]) -> None:
    """Let this happen to the printer so much later."""
    room.machine.plan.append((room.machine.now_s + seconds, happen))


def off(machine: Machine) -> None:
    """Switch it off."""
    machine.switch(on=False)


def on(machine: Machine) -> None:
    """Switch it on."""
    machine.switch(on=True)


def off_with_a_break(machine: Machine) -> None:
    """Switch it off; the line sees a NUL."""
    off(machine)
    machine.outbox.append((machine.now_s, b"\x00"))


def on_with_a_break(machine: Machine) -> None:
    """Switch it on; the line sees a NUL."""
    on(machine)
    machine.outbox.append((machine.now_s, b"\x00"))


def off_for_a_moment(machine: Machine) -> None:
    """Switch it off, and on again after 0.4 s."""
    off(machine)
    machine.plan.append((machine.now_s + 0.4, on))


def off_for_a_moment_with_breaks(machine: Machine) -> None:
    """The same, and the line gives a NUL at each turn of the switch."""
    off_with_a_break(machine)
    machine.plan.append((machine.now_s + 0.4, on_with_a_break))


def hang(machine: Machine) -> None:
    """Let it hang."""
    machine.hung = True


def mend(room: Room) -> None:
    """Put right whatever is wrong, and wait until the printer is up."""
    machine = room.machine
    machine.plan.clear()
    machine.at_byte = None
    if machine.hung or not machine.powered:
        off(machine)
        on(machine)
    machine.hung = machine.paper_out = machine.cover_open = False
    room.line.served = True
    machine.live_until(machine.now_s + 5)


def healthy(room: Room) -> None:
    """Nothing is wrong."""
    assert [room.say("A002"), room.say("A003")] == ["printed", "printed"]


def off_before(room: Room) -> None:
    """Switched off between two slips."""
    off(room.machine)
    assert [room.say("A002"), room.say("A003")] == ["printed", "printed"]
    assert room.spare.sheets == [sheet_of("A002"), sheet_of("A003")]


def off_during(room: Room) -> None:
    """Switched off in the middle of a slip, and left so."""
    room.machine.at_byte = (600, off)
    room.say("A002")
    assert room.say("A003") == "printed"
    assert room.spare.sheets[-1] == sheet_of("A003")


def off_after(room: Room) -> None:
    """Switched off when the slip is out."""
    assert room.say("A002") == "printed"
    off(room.machine)
    assert room.say("A003") == "printed"
    assert room.spare.sheets == [sheet_of("A003")]


def hang_before(room: Room) -> None:
    """It takes bytes and does nothing with them."""
    hang(room.machine)
    assert [room.say("A002"), room.say("A003")] == ["printed", "printed"]
    assert room.spare.sheets == [sheet_of("A002"), sheet_of("A003")]


def hang_during(room: Room) -> None:
    """It hangs in the middle of a slip."""
    room.machine.at_byte = (600, hang)
    assert room.say("A002") == "uncertain"
    assert room.say("A003") == "printed"
    assert room.spare.sheets == [sheet_of("A003")]


def busy(room: Room) -> None:
    """It serves another host, and takes our call later."""
    room.line.served = False
    assert [room.say("A002"), room.say("A003")] == ["printed", "printed"]
    assert room.spare.sheets == [sheet_of("A002"), sheet_of("A003")]


def paper_ends(room: Room) -> None:
    """The roll ends in the middle of a slip; what the printer holds comes out after the refill."""
    room.machine.paper_out_after = 600
    assert room.say("A002") == "uncertain"
    assert room.say("A003") == "printed"
    assert room.spare.sheets == [sheet_of("A003")]


def paper_ends_unseen(room: Room) -> None:
    """The roll ends in a slip, and is changed before the next one."""
    room.machine.paper_out_after = 600
    room.say("A002")
    mend(room)
    room.say("A003")


def cover_open(room: Room) -> None:
    """Somebody left the cover open; one that hands out each answer with the next question tells it one slip late."""
    room.machine.cover_open = True
    assert room.say("A002") == ("uncertain" if room.machine.habits.one_behind else "printed")
    assert room.say("A003") == "printed"
    assert room.spare.sheets[-1] == sheet_of("A003")


def power_cycle(room: Room) -> None:
    """Off for 0.4 s in the middle of a slip."""
    room.machine.at_byte = (800, off_for_a_moment)
    assert room.say("A002") == "uncertain"
    room.say("A003")


def power_cycle_with_breaks(room: Room) -> None:
    """The same, and the line gives a NUL at each turn of the switch."""
    room.machine.at_byte = (800, off_for_a_moment_with_breaks)
    assert room.say("A002") == "uncertain"
    room.say("A003")


def off_at_the_end_with_a_break(room: Room) -> None:
    """Switched off just before the end of the slip; the NUL of it looks like the sign of the end."""
    room.machine.at_byte = (2650, off_with_a_break)
    room.say("A002")
    room.say("A003")


def stray_bytes(room: Room) -> None:
    """Noise on the line, among it the NUL that is an answer too."""
    for moment in (0.05, 0.2, 0.35, 0.6):
        after(room, moment, lambda machine: machine.outbox.append((machine.now_s, b"\x00\xff\x0a\x81\x5f")))
    room.say("A002")
    room.say("A003")


SCENES: dict[str, Scene] = {
    scene.__name__: scene
    for scene in (
        healthy,
        off_before,
        off_during,
        off_after,
        hang_before,
        hang_during,
        busy,
        paper_ends,
        paper_ends_unseen,
        cover_open,
        power_cycle,
        power_cycle_with_breaks,
        off_at_the_end_with_a_break,
        stray_bytes,
    )
}
MADE: dict[str, Habits] = {
    "usual": Habits(),
    "small buffer": Habits(buffer=512),
    "answers late": Habits(late_s=0.7),
    "glued": Habits(glued=b"\x13\x11\x10\x00\x00\x00"),
    "one behind": Habits(one_behind=True),
    "tells state only": Habits(knows=frozenset({"eot"})),
    "process id": Habits(knows=frozenset({"eot", "id"})),
}


@pytest.fixture(autouse=True)
def one_try(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try each printer once: the waits between two tries are real time."""
    monkeypatch.setattr(printing, "RETRY_FOR_S", 0.0)


@contextlib.contextmanager
def a_room(habits: Habits, cable: Cable) -> Iterator[Room]:
    """Run a kiosk's printing with this printer and a healthy spare."""
    machine, spare = Machine(replace(habits)), Machine()
    line, spare_line = Model(machine, cable), Model(spare, Cable())
    told: queue.Queue[Ended | Looked] = queue.Queue()
    press = Press(
        [driver(machine, line, habits, cable), driver(spare, spare_line, Habits(), Cable())],
        lambda _: None,
        lambda: None,
        told.put,
        told.put,
        now_s=lambda: 0.0,
        encode=lambda slip, _paper: job_of(slip.number),
        measure=lambda _job, _paper: 80.0,
    )
    press.start()
    try:
        yield Room(machine, line, spare, press, told)
    finally:
        press.stop(5)


def driver(machine: Machine, line: Model, habits: Habits, cable: Cable) -> LinePrinter:
    """Return the driver; only a process id is stated by an address, all else is learned."""
    by_id = "id" in habits.knows
    return LinePrinter(
        line,
        PAPERS[576],
        asks=frozenset({Ask.EOT, Ask.ID}) if by_id else USUAL_ASKS - {Ask.LINE},
        fact=Fact.ID if by_id else None,
        memory=ShortMemory(),
        deadlines=Deadlines(byte_s=cable.byte_s),
        monotonic=lambda: machine.now_s,
    )


FULL = ("usual", "small buffer")
"""Printers that are seen on every line; the others answer in another way, which is the same on all but these two."""
PRODUCT = [
    (scene, cable, made)
    for scene in SCENES
    for cable in CABLES
    for made in MADE
    if made in FULL or cable in {"tcp", "serial none"}
]


@pytest.mark.parametrize(("scene", "cable", "made"), PRODUCT)
def test_printed_is_on_paper(scene: str, cable: str, made: str) -> None:
    """Whatever happens: printed means whole on paper, once; what failed never comes out; afterwards all is well."""
    with a_room(MADE[made], CABLES[cable]) as room:
        assert room.say("A001") == "printed"
        SCENES[scene](room)
        mend(room)
        room.say("A008")
        assert room.say("A009") == "printed"
        mend(room)
        for number, outcome in room.outcomes.items():
            if outcome == "printed":
                assert (room.on_paper(number), room.pieces(number)) == (1, 1), (number, room.outcomes)
            assert outcome in {"printed", "uncertain"}, room.outcomes


@pytest.mark.parametrize("cable", CABLES)
def test_a_mute_printer_only_accepts(cable: str) -> None:
    """It took the slip, and whether paper came out nobody knows; what breaks off is uncertain, and never printed."""
    with a_room(Habits(knows=frozenset()), CABLES[cable]) as room:
        assert room.say("A001") == "accepted"
        room.machine.at_byte = (800, off_for_a_moment)
        assert room.say("A002") in {"accepted", "uncertain"}
        mend(room)
        assert room.say("A003") in {"accepted", "uncertain"}
        off(room.machine)
        outcomes = {"tcp": "printed", "usblp": "printed", "serial rtscts": "uncertain"}  # nobody asked the wire first
        assert room.say("A004") == outcomes.get(cable, "accepted")


@pytest.mark.parametrize("cable", CABLES)
def test_a_printer_that_was_mute_is_believed_once_it_answers(cable: str) -> None:
    """Switched on after the kiosk: the first look that hears it makes it one that is held to its proofs."""
    with a_room(Habits(), CABLES[cable]) as room:
        off(room.machine)
        room.say("A001")
        mend(room)
        room.say("A002")
        assert room.say("A003") == "printed"
