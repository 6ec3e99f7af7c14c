"""The server of the simulated center: the real core behind the rules of `service`, without a disk or a clock.

Like the server it keeps the answers of what was done, so that the same command twice has one effect, and rebuilds its
hall from the day's entries when it is started again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from queue_protocol.answers import Refused, Result
from queue_protocol.ids import CommandId
from queue_server.core.catalogue import Catalogue
from queue_server.core.days import change_catalogue, note_outage, open_day, pass_time
from queue_server.core.decide import decide
from queue_server.core.decision import Actor
from queue_server.core.events import DayOpened, Entry, Event
from queue_server.core.evolve import evolve
from queue_server.core.hall import Hall
from queue_server.core.permissions import Order
from queue_server.simulation.invariants import InvariantBroken, Invariants

SYSTEM = "system"

OnEntries = Callable[[Sequence[Entry]], None]


@dataclass(frozen=True, slots=True)
class _Stored:
    actor: str
    order: Order
    result: Result


class Center:
    """The hall, the entries of the open day, and the answers already given. Every entry is judged as it comes."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.hall = Hall(catalogue=catalogue)
        self.catalogue = catalogue
        self.entries: list[Entry] = []
        """Of the open day, its opening first."""
        self.publish: OnEntries = lambda _entries: None
        """Is told what has happened."""
        self._stored: dict[CommandId, _Stored] = {}
        self._invariants = Invariants()

    def open_day(self, day: date, now: datetime) -> None:
        """Begin a day; yesterday's answers and entries are not needed any more."""
        self._stored.clear()
        self._happen(SYSTEM, None, (*change_catalogue(self.hall, self.catalogue), *open_day(self.hall, day)), now)

    def ask(self, actor: Actor, command_id: CommandId, order: Order, now: datetime, age_ms: int) -> Result:
        """Decide, let happen, and answer; the same once more has the same answer and no effect."""
        before = self._stored.get(command_id)
        if before is not None:
            if (before.actor, before.order) != (actor.id, order):
                raise InvariantBroken(f"{command_id} was used for two commands")
            return before.result
        self.pass_time(now)
        decision = decide(self.hall, order, actor, now, age_ms)
        if isinstance(decision.result, Refused) and decision.events:
            raise InvariantBroken(f"{type(order).__name__} was refused, and {len(decision.events)} events came with it")
        self._happen(actor.id, command_id, decision.events, now)
        if not isinstance(decision.result, Refused):
            self._stored[command_id] = _Stored(actor.id, order, decision.result)
        return decision.result

    def pass_time(self, now: datetime) -> None:
        """Let happen what time alone brings: counters that call by themselves."""
        if self.hall.day is not None:
            self._happen(SYSTEM, None, tuple(pass_time(self.hall, self.hall.day, now)), now)

    def restart(self, last_alive: datetime, now: datetime) -> None:
        """Lose the hall and rebuild it from the entries, as a server does that was switched off in between."""
        self.check_replay()
        self._happen(SYSTEM, None, note_outage(self.hall, last_alive, now), now)

    def check_replay(self) -> None:
        """Rebuild the hall from the entries of the day, and go on with it.

        Raises `InvariantBroken` when it is another one.
        """
        rebuilt = Hall()
        for entry in self.entries:
            rebuilt = evolve(rebuilt, entry)
        if rebuilt != self.hall:
            raise InvariantBroken(f"{len(self.entries)} entries of {self.hall.day} rebuild another hall")
        self._invariants.check_whole(rebuilt)
        self.hall = rebuilt

    def _happen(self, actor: str, command_id: CommandId | None, events: Sequence[Event], now: datetime) -> None:
        happened = []
        for part, event in enumerate(events):
            day = event.day if isinstance(event, DayOpened) else self.hall.day or now.date()
            entry = Entry(self.hall.sequence + 1, now, day, actor, command_id, part, event)
            before, self.hall = self.hall, evolve(self.hall, entry)
            self._invariants.check(before, entry, self.hall)
            if isinstance(event, DayOpened):
                self.entries = []
            self.entries.append(entry)
            happened.append(entry)
        if happened:
            self.publish(happened)
