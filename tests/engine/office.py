"""A service on a journal that can be slow, fail before or after it has written, or be gone; and a clock that is set."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any, Literal

from queue_protocol.answers import Answer, TicketTaken
from queue_protocol.commands import TakeTicket
from queue_protocol.ids import CommandId, DeviceId, Language, ServiceId, TicketId
from queue_protocol.journal_end import JournalEnd
from queue_server.core.catalogue import Catalogue
from queue_server.core.decision import Actor
from queue_server.core.events import Entry
from queue_server.core.hall import Hall
from queue_server.core.permissions import Order
from queue_server.engine.clock_orders import CorrectableClock
from queue_server.engine.service import Service
from queue_server.journal.port import Head, JournalUnavailable, MemoryJournal, StoredAnswer
from tests.core.center import CATALOGUE, CERTIFICATION, KIOSK, MORNING, tokens
from tests.storage.journals import ORIGIN
from tests.watching import PATIENCE_S


class TroubledJournal(MemoryJournal):
    """A journal in memory that does what the storage of an old PC does on a bad day."""

    def __init__(self) -> None:
        super().__init__(ORIGIN)
        self.troubles: list[Literal["before", "after"]] = []
        """How the next appends fail: before anything was written, or after all of it was."""
        self.is_gone = False
        self.batches: list[int] = []
        """How many entries each append brought that was tried."""

    def head(self) -> Head:
        """Return the last entry, unless the storage is gone."""
        self._check()
        return super().head()

    def append(self, entries: Sequence[Entry], answers: Sequence[StoredAnswer]) -> Head:
        """Keep entries and answers, or fail in the way that is due."""
        self._check()
        self.batches.append(len(entries))
        trouble = self.troubles.pop(0) if self.troubles else None
        if trouble == "before":
            raise JournalUnavailable("disk I/O error")
        head = super().append(entries, answers)
        if trouble == "after":
            raise JournalUnavailable("disk I/O error")
        return head

    def stored_answers(self, command_ids: Sequence[CommandId]) -> Mapping[CommandId, StoredAnswer]:
        """Return the answers that are known, unless the storage is gone."""
        self._check()
        return super().stored_answers(command_ids)

    def leads_to(self, head: Head) -> bool:
        """Say whether this entry is there, unless the storage is gone."""
        self._check()
        return super().leads_to(head)

    def _check(self) -> None:
        if self.is_gone:
            raise JournalUnavailable("no such device")


@dataclass
class Office:
    """A service at work, with everything that a test holds in its hand."""

    journal: TroubledJournal = field(default_factory=TroubledJournal)
    now: datetime = MORNING
    published: list[Entry] = field(default_factory=list)
    halls: list[Hall] = field(default_factory=list)
    listeners: list[Callable[[Hall, Sequence[Entry]], None]] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    """While cleared, the writer's thread is busy."""
    clock: "Callable[[Office], CorrectableClock] | None" = None
    """Makes what a word on the PC's clock moves; `None`: the time of this hall never goes back."""
    ids: Iterator[int] = field(default_factory=count)
    tokens: Iterator[Any] = field(default_factory=tokens)

    def __post_init__(self) -> None:
        """Build the service on the journal."""
        self.gate.set()
        self.service = Service(self.journal, self._in_writer, lambda: self.now, self.clock and self.clock(self))

    async def _in_writer(self, work: Callable[..., Any], *arguments: object) -> Any:
        await asyncio.sleep(0)
        await self.gate.wait()
        return work(*arguments)

    def publish(self, hall: Hall, entries: Sequence[Entry]) -> None:
        """Keep what has become durable, and tell who else listens."""
        self.published.extend(entries)
        self.halls.append(hall)
        for listener in self.listeners:
            listener(hall, entries)

    def wait(self, **time: float) -> None:
        """Let time pass, or with negative figures run backwards."""
        self.now += timedelta(**time)

    def taking(
        self, service: ServiceId = CERTIFICATION, language: Language = "vi", print_at: str | None = None
    ) -> TakeTicket:
        """Return a command that takes a ticket."""
        printer = None if print_at is None else DeviceId(print_at)
        return TakeTicket(service=service, token=next(self.tokens), language=language, print_at=printer)

    def submit(
        self, command: Order, by: Actor = KIOSK, command_id: str | None = None, age_ms: int = 0
    ) -> "asyncio.Future[Answer]":
        """Ask, with an id of its own where none is given."""
        return self.service.submit(by, CommandId(command_id or f"command-{next(self.ids)}"), command, age_ms)

    async def ask(self, command: Order, by: Actor = KIOSK, command_id: str | None = None, age_ms: int = 0) -> Answer:
        """Ask and wait for the answer."""
        async with asyncio.timeout(PATIENCE_S):
            return await self.submit(command, by, command_id, age_ms)

    async def take(self, language: Language = "vi") -> TicketId:
        """Take a ticket and return it."""
        result = (await self.ask(self.taking(language=language))).result
        assert isinstance(result, TicketTaken), result
        return result.ticket

    def events(self, kind: type) -> list[Any]:
        """Return the events of this kind in the journal."""
        return [entry.event for entry in self.journal.entries if isinstance(entry.event, kind)]

    async def idle(self) -> None:
        """Let the service do what it has to do."""
        for _ in range(50):
            await asyncio.sleep(0)


@contextlib.asynccontextmanager
async def at_work(
    office: Office | None = None,
    catalogue: Catalogue | None = CATALOGUE,
    last_alive: datetime | None = None,
    last_end: JournalEnd | None = None,
) -> AsyncIterator[Office]:
    """Run the service of an office; without a catalogue it goes on from its journal."""
    office = office or Office()
    await office.service.restore()
    await office.service.prepare(catalogue, last_alive, last_end)
    running = asyncio.create_task(office.service.run(office.publish))
    try:
        yield office
        assert not running.done(), "the only writer has died"
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
