"""What is about to be written: a tentative hall, the entries that make it, and the answers that wait for them."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import msgspec

from queue_protocol.answers import Answer, RefusalCode, Refused
from queue_protocol.codec import encode
from queue_protocol.ids import CommandId
from queue_server.core.calendar import local_day
from queue_server.core.clock_events import ClockPutBack
from queue_server.core.days import pass_time
from queue_server.core.decide import decide
from queue_server.core.decision import Actor
from queue_server.core.events import CatalogueChanged, DayClosed, DayOpened, Entry, Event
from queue_server.core.evolve import evolve
from queue_server.core.hall import Hall
from queue_server.core.permissions import Order
from queue_server.journal.port import StoredAnswer

log = logging.getLogger(__name__)

SYSTEM = "system"
"""The actor of what nobody asked for."""

_answers: msgspec.json.Decoder[Answer] = msgspec.json.Decoder(Answer)


@dataclass(slots=True)
class Asked:
    """A command that waits for its answer."""

    actor: Actor
    id: CommandId
    order: Order
    age_ms: int
    """Since the person acted."""
    body_hash: bytes
    answer: "asyncio.Future[Answer]"

    def is_same(self, actor: str, hashed: bytes) -> bool:
        """Say whether this actor asked the same, or somebody used the id for something else."""
        return (self.actor.id, self.body_hash) == (actor, hashed)

    def refused(self, code: RefusalCode) -> Answer:
        """Return the refusal of this command."""
        return Answer(command_id=self.id, result=Refused(code=code))


@dataclass(slots=True)
class Draft:
    """Commands decided one after the other on a hall that is not durable yet."""

    hall: Hall
    now: datetime
    entries: list[Entry] = field(default_factory=list)
    stored: list[StoredAnswer] = field(default_factory=list)
    answers: list[tuple[Asked, Answer]] = field(default_factory=list)

    def pass_time(self, now: datetime) -> None:
        """Go on to this instant: a new day may open, and counters that call by themselves may call."""
        self.now = max(self.now, now)
        self.happen(SYSTEM, None, tuple(pass_time(self.hall, local_day(self.hall.catalogue, self.now), self.now)))

    def settle(self, asked: Asked, before: StoredAnswer | None = None) -> None:
        """Decide a command; one that was answered before gets the same answer and has no further effect."""
        self.answers.append((asked, self._decide(asked) if before is None else _repeat(asked, before)))

    def happen(self, actor: str, command_id: CommandId | None, events: Sequence[Event]) -> None:
        """Add events: all of them, or with an exception none."""
        hall, entries = self.hall, []
        for part, event in enumerate(events):
            day = _day_of(event, hall, self.now)
            entry = Entry(hall.sequence + 1, self.now, day, actor, command_id, part, event)
            hall = evolve(hall, entry)
            entries.append(entry)
            if isinstance(event, ClockPutBack):
                self.now = event.to
        self.hall = hall
        self.entries.extend(entries)

    def _decide(self, asked: Asked) -> Answer:
        try:
            decision = decide(self.hall, asked.order, asked.actor, self.now, asked.age_ms)
            self.happen(asked.actor.id, asked.id, decision.events)
        except Exception:
            log.exception("deciding %s failed; only this command is refused", type(asked.order).__name__)
            return asked.refused("internal")
        answer = Answer(command_id=asked.id, result=decision.result)
        if not isinstance(decision.result, Refused):
            day = local_day(self.hall.catalogue, self.now).isoformat()
            self.stored.append(StoredAnswer(asked.actor.id, asked.id, asked.body_hash, encode(answer), day))
        return answer


def _repeat(asked: Asked, before: StoredAnswer) -> Answer:
    if not asked.is_same(before.actor, before.body_hash):
        return asked.refused("command_id_reused")
    return _answers.decode(before.answer)


def _day_of(event: Event, hall: Hall, moment: datetime) -> date:
    """Return the local day an event belongs to: its own, the open one, or by the catalogue it brings."""
    if isinstance(event, DayOpened | DayClosed):
        return event.day
    if hall.day is not None:
        return hall.day
    return local_day(event.catalogue if isinstance(event, CatalogueChanged) else hall.catalogue, moment)
