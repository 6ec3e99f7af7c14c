"""The one path every command takes: gather, decide, evolve, append, and only then answer and publish.

Commands that arrive while a transaction commits share the next one. Nothing is answered, shown or printed that is
not on disk. State is the hall, a value; when an append fails the tentative hall is dropped.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import msgspec

from queue_protocol.answers import Answer, RefusalCode, Refused, TicketTaken
from queue_protocol.codec import encode
from queue_protocol.commands import Request, TakeTicket
from queue_protocol.ids import CommandId, Language, Revision, TicketId
from queue_server.core.catalogue import Catalogue
from queue_server.core.decide import Actor, change_catalogue, decide, open_day
from queue_server.core.events import (
    CatalogueChanged,
    DayClosed,
    DayOpened,
    Entry,
    Event,
    ServiceFinished,
    TicketMissed,
)
from queue_server.core.evolve import evolve
from queue_server.core.hall import Hall
from queue_server.core.lifecycle import IN_HALL
from queue_server.storage.journal import (
    Head,
    Journal,
    JournalError,
    StoredAnswer,
    body_hash,
)

log = logging.getLogger(__name__)

WAITING_LIMIT = 1_000
"""Commands in memory at once; more are refused as `busy` rather than answered too late."""

InWriter = Callable[..., Awaitable[Any]]
"""Runs a function of the journal in the writer's thread."""

_answers: msgspec.json.Decoder[Answer] = msgspec.json.Decoder(Answer)


class OnPublish(Protocol):
    """Is told what has become durable; must not block or raise."""

    def __call__(self, hall: Hall, entries: Sequence[Entry]) -> None:
        """Take the hall as it is after these entries."""


@dataclass(slots=True)
class _Asked:
    actor: Actor
    request: Request
    body_hash: bytes
    answer: "asyncio.Future[Answer]"

    @property
    def id(self) -> CommandId:
        return self.request.command_id

    def is_same(self, actor: str, hashed: bytes) -> bool:
        """Say whether this actor asked the same, or somebody used the id for something else."""
        return (self.actor.id, self.body_hash) == (actor, hashed)


@dataclass(slots=True)
class _Draft:
    """A batch on its way: the tentative hall and what has to be written for it."""

    hall: Hall
    now: datetime
    entries: list[Entry] = field(default_factory=list)
    stored: list[StoredAnswer] = field(default_factory=list)
    answers: list[tuple[_Asked, Answer]] = field(default_factory=list)


class Service:
    """The center's state, and the loop that is its only writer."""

    def __init__(
        self, journal: Journal, in_writer: InWriter, now: Callable[[], datetime], on_publish: OnPublish
    ) -> None:
        self._journal = journal
        self._in_writer = in_writer
        self._now = now
        self._on_publish = on_publish
        self._queue: asyncio.Queue[_Asked | None] = asyncio.Queue()
        self._pending: dict[CommandId, _Asked] = {}
        self._head: Head | None = None
        self.hall = Hall()
        self.languages: dict[TicketId, Language] = {}
        """Language of each visit, in memory only; gone when the ticket is done."""

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue in force.

        Raises `LookupError` before the first start has imported one.
        """
        if self.hall.catalogue is None:
            raise LookupError("no catalogue was imported")
        return self.hall.catalogue

    @property
    def epoch(self) -> int:
        """The epoch of the journal: part of every revision."""
        return self._journal.origin.epoch

    @property
    def is_writable(self) -> bool:
        """Whether the last thing the journal was asked to do was done."""
        return self._head is not None

    @property
    def revision(self) -> Revision:
        """The place of the state in the journal."""
        return Revision(epoch=self.epoch, sequence=self.hall.sequence)

    async def restore(self) -> Sequence[Entry]:
        """Rebuild the state from the journal and return what it was built from: the entries of the open day only.

        Raises `JournalDamaged` or `JournalUnavailable`.
        """
        entries: list[Entry] = await self._in_writer(lambda: list(self._journal.open_day()))
        hall = Hall()
        for entry in entries:
            hall = evolve(hall, entry)
        self.hall = hall
        self._head = await self._in_writer(self._journal.head)
        return entries

    async def prepare(self, catalogue: Catalogue | None) -> None:
        """Import a catalogue (`None`: keep the one there) and open today, durably, before anybody asks for anything.

        Raises `JournalUnavailable`.
        """
        draft = self._begin()
        if catalogue is not None:
            self._happen(draft, "system", None, change_catalogue(draft.hall, catalogue))
        self._roll_over(draft)
        if draft.entries:
            self._head = await self._in_writer(self._journal.append, draft.entries, [])
            self.hall = draft.hall

    def submit(self, actor: Actor, request: Request) -> "asyncio.Future[Answer]":
        """Ask; the future has the answer once it is durable. The same id asked again joins the first."""
        hashed = body_hash(encode(request.command))
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        asked = _Asked(actor, request, hashed, future)
        before = self._pending.get(asked.id)
        if before is not None:
            same = asked.is_same(before.actor.id, before.body_hash)
            return before.answer if same else _settled(asked, "command_id_reused")
        if len(self._pending) >= WAITING_LIMIT:
            return _settled(asked, "busy")
        self._pending[asked.id] = asked
        self._queue.put_nowait(asked)
        return future

    async def run(self) -> None:
        """Take what was asked, batch by batch, until cancelled."""
        while True:
            batch = [await self._queue.get()]
            while not self._queue.empty():
                batch.append(self._queue.get_nowait())
            commands = [asked for asked in batch if asked is not None]
            try:
                await self._settle(commands)
            except Exception:
                log.exception("settling a batch failed; its commands are refused and the journal is read anew")
                self._head = None
                for asked in commands:
                    self._answer(asked, _refused(asked, "internal"))

    def pass_time(self) -> None:
        """Let the date change while nobody asks for anything."""
        if self.hall.day is not None and _local_day(self.hall.catalogue, self._now()) > self.hall.day:
            self._queue.put_nowait(None)

    async def _settle(self, batch: Sequence[_Asked]) -> None:
        """Settle a batch; after an append that may or may not have happened, see what landed and go one by one."""
        if await self._try_to_settle(batch):
            return
        for asked in batch:
            if not await self._try_to_settle([asked]):
                self._answer(asked, _refused(asked, "storage"))

    async def _try_to_settle(self, batch: Sequence[_Asked]) -> bool:
        """Decide, make durable, answer, publish: the rule of the house. `False`: the journal did not take it."""
        try:
            await self._recover()
            known = await self._in_writer(self._journal.stored_answers, [asked.id for asked in batch])
            draft = self._draft(batch, known)
            if draft.entries or draft.stored:
                self._head = await self._in_writer(self._journal.append, draft.entries, draft.stored)
        except JournalError as error:
            log.error("the journal could not be written: %s", error)  # noqa: TRY400 - the sentence says it all
            self._head = None
            return False
        self._conclude(draft)
        return True

    async def _recover(self) -> None:
        """After a failure: read what is durable, and rebuild the state if it is not what this process believes.

        Raises `JournalError` while the storage does not answer.
        """
        if self._head is not None:
            return
        head = await self._in_writer(self._journal.head)
        if head.sequence != self.hall.sequence:
            before = self.hall.sequence
            entries = await self.restore()
            for asked in self._pending.values():
                self._remember_language(asked)
            self._publish([entry for entry in entries if entry.sequence > before])
        self._head = head

    def _begin(self) -> _Draft:
        """Return a draft of nothing yet, at an instant that is never before what has happened."""
        return _Draft(self.hall, max(self._now(), self.hall.at))

    def _draft(self, batch: Sequence[_Asked], known: Mapping[CommandId, StoredAnswer]) -> _Draft:
        draft = self._begin()
        self._roll_over(draft)
        for asked in batch:
            before = known.get(asked.id)
            answer = self._repeat(asked, before) if before is not None else self._decide(draft, asked)
            draft.answers.append((asked, answer))
        return draft

    def _repeat(self, asked: _Asked, before: StoredAnswer) -> Answer:
        if not asked.is_same(before.actor, before.body_hash):
            return _refused(asked, "command_id_reused")
        return _answers.decode(before.answer)

    def _decide(self, draft: _Draft, asked: _Asked) -> Answer:
        try:
            decision = decide(draft.hall, asked.request.command, asked.actor, draft.now, asked.request.age_ms)
            self._happen(draft, asked.actor.id, asked.request.command_id, decision.events)
        except Exception:
            log.exception("deciding %s failed; only this command is refused", type(asked.request.command).__name__)
            return _refused(asked, "internal")
        answer = Answer(command_id=asked.request.command_id, result=decision.result)
        if not isinstance(decision.result, Refused):
            day = _local_day(draft.hall.catalogue, draft.now).isoformat()
            draft.stored.append(StoredAnswer(asked.actor.id, asked.id, asked.body_hash, encode(answer), day))
        return answer

    def _happen(self, draft: _Draft, actor: str, command_id: CommandId | None, events: Sequence[Event]) -> None:
        """Add events to the draft: all of them, or with an exception none."""
        hall, entries = draft.hall, []
        for part, event in enumerate(events):
            day = _day_of(event, hall, draft.now)
            entry = Entry(hall.sequence + 1, draft.now, day, actor, command_id, part, event)
            hall = evolve(hall, entry)
            entries.append(entry)
        draft.hall = hall
        draft.entries.extend(entries)

    def _roll_over(self, draft: _Draft) -> None:
        if draft.hall.catalogue is not None:
            self._happen(draft, "system", None, open_day(draft.hall, _local_day(draft.hall.catalogue, draft.now)))

    def _conclude(self, draft: _Draft) -> None:
        self.hall = draft.hall
        for asked, answer in draft.answers:
            if isinstance(answer.result, TicketTaken):
                self._remember_language(asked)
            self._answer(asked, answer)
        if draft.entries:
            self._publish(draft.entries)

    def _publish(self, entries: Sequence[Entry]) -> None:
        self._on_publish(self.hall, entries)
        self._forget_languages(entries)

    def _answer(self, asked: _Asked, answer: Answer) -> None:
        self._pending.pop(asked.id, None)
        if not asked.answer.done():
            asked.answer.set_result(answer)

    def _remember_language(self, asked: _Asked) -> None:
        command = asked.request.command
        if isinstance(command, TakeTicket) and command.token in self.hall.tokens:
            ticket = self.hall.tickets[self.hall.tokens[command.token]]
            if ticket.status in IN_HALL:
                self.languages[ticket.id] = command.language

    def _forget_languages(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            if isinstance(entry.event, DayClosed):
                self.languages.clear()
            elif isinstance(entry.event, ServiceFinished | TicketMissed):
                self.languages.pop(entry.event.ticket, None)


def _day_of(event: Event, hall: Hall, moment: datetime) -> date:
    """Return the local day an event belongs to: its own, the open one, or by the catalogue it brings."""
    if isinstance(event, DayOpened | DayClosed):
        return event.day
    if hall.day is not None:
        return hall.day
    return _local_day(event.catalogue if isinstance(event, CatalogueChanged) else hall.catalogue, moment)


def _local_day(catalogue: Catalogue | None, moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(catalogue.time_zone if catalogue else "UTC")).date()


def _refused(asked: _Asked, code: RefusalCode) -> Answer:
    return Answer(command_id=asked.request.command_id, result=Refused(code=code))


def _settled(asked: _Asked, code: RefusalCode) -> "asyncio.Future[Answer]":
    asked.answer.set_result(_refused(asked, code))
    return asked.answer
