"""The one path every command takes: gather, decide, evolve, append, and only then answer and publish.

While one draft is being made durable the next one is decided on top of it, so that what arrives meanwhile shares one
transaction. Nothing is answered, shown or printed that is not on disk. State is the hall, a value; when an append
fails the tentative halls are dropped and the commands go one by one.
"""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from queue_protocol.answers import Answer, RefusalCode, TicketTaken
from queue_protocol.codec import encode
from queue_protocol.day_commands import ConfirmClock
from queue_protocol.ids import CommandId, Language, Revision, TicketId
from queue_protocol.journal_end import JournalEnd
from queue_server.core.calendar import local_day
from queue_server.core.catalogue import Catalogue
from queue_server.core.days import change_catalogue, note_outage, pass_time
from queue_server.core.decision import Actor
from queue_server.core.events import Entry
from queue_server.core.evolve import evolve
from queue_server.core.hall import Hall
from queue_server.core.missing_entries import entries_lost
from queue_server.core.permissions import MAY_ASK, NoteJournalEnd, Order
from queue_server.engine.clock_orders import CorrectableClock, follow_word_on_clock
from queue_server.engine.transaction import SYSTEM, Asked, Draft
from queue_server.engine.visit_languages import forget, remember
from queue_server.journal.port import START, Head, Journal, JournalError, body_hash, end_of

log = logging.getLogger(__name__)

WAITING_LIMIT = 1_000
"""Commands in memory at once; more are refused as `busy` rather than answered too late."""

FAILURES_TRIED = 2
"""Commands that are tried one by one in a row while the journal takes none. Each may wait seconds for a file that
another program has locked, and the boxes ask again anyway."""

InWriter = Callable[..., Awaitable[Any]]
"""Runs a function of the journal in the writer's thread."""


class OnPublish(Protocol):
    """Is told what has become durable; must not block or raise."""

    def __call__(self, hall: Hall, entries: Sequence[Entry]) -> None:
        """Take the hall as it is after these entries."""


class Service:
    """The center's state, and the loop that is its only writer."""

    def __init__(
        self,
        journal: Journal,
        in_writer: InWriter,
        now: Callable[[], datetime],
        clock: CorrectableClock | None = None,
    ) -> None:
        """`clock`: what a word on the PC's clock moves; `None`: the time of this hall never goes back."""
        self._journal = journal
        self._in_writer = in_writer
        self._now = now
        self._on_publish: OnPublish = _tell_nobody
        self._arrived: list[Asked] = []
        self._wake = asyncio.Event()
        self._pending: dict[CommandId, Asked] = {}
        self._head: Head | None = None
        """Of the journal as far as it is known; `None`: the last thing it was asked to do was not done."""
        self._of_hall = START
        """The entry up to which the hall is built."""
        self._began: tuple[int, datetime] = (START.sequence, datetime.min.replace(tzinfo=UTC))
        """Sequence and instant of the last entry that was there when this process started."""
        self._current: Draft | None = None
        """The draft that is being written."""
        self._writing: asyncio.Task[bool] | None = None
        self._following: Draft | None = None
        """The draft on top of it."""
        self._clock = clock
        self.unwritable_since: datetime | None = None
        """Since when the storage takes nothing; `None`: it took the latest commit."""
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
    def site(self) -> str:
        """The name of this point, where a center has several."""
        return self._journal.origin.site

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

    @property
    def end(self) -> JournalEnd | None:
        """Where the journal ends, as boxes keep it; `None`: no day was opened yet."""
        return end_of(self.hall, self._journal.origin, self._of_hall)

    async def restore(self) -> Sequence[Entry]:
        """Rebuild the state from the journal and return what it was built from: the entries of the open day only.

        Raises `JournalDamaged` or `JournalUnavailable`.
        """
        entries: list[Entry] = await self._in_writer(lambda: list(self._journal.open_day()))
        hall = Hall()
        for entry in entries:
            hall = evolve(hall, entry)
        self.hall = hall
        self._head = self._of_hall = await self._in_writer(self._journal.head)
        return entries

    async def prepare(
        self, catalogue: Catalogue | None, last_alive: datetime | None = None, last_end: JournalEnd | None = None
    ) -> None:
        """Import a catalogue (`None`: keep the one there) and open today, durably, before anybody asks for anything.

        On a day that goes on, the time since `last_alive`, the last sign of life of a server, is marked as an outage.
        `last_end`: where the journal ended then; a loss is noted. Raises `JournalUnavailable`.
        """
        self._began = (self._of_hall.sequence, self.hall.at)
        draft = self._begin(self.hall)
        if catalogue is not None:
            draft.happen(SYSTEM, None, change_catalogue(draft.hall, catalogue))
        if draft.hall.day == local_day(draft.hall.catalogue, draft.now):
            draft.happen(SYSTEM, None, note_outage(draft.hall, last_alive, draft.now))
        if last_end is not None and not await self._leads_to(last_end):
            draft.happen(SYSTEM, None, entries_lost(draft.hall, last_end, *self._began))
        draft.pass_time(draft.now)
        if draft.entries:
            self._head = self._of_hall = await self._in_writer(self._journal.append, draft.entries, [])
            self.hall = draft.hall

    async def hear_of(self, end: JournalEnd, actor: Actor) -> None:
        """Take what a client has heard of the journal; when this returns, no number is given that was given before.

        Where the journal does not lead to that end, it is noted once, and the journal goes on in an epoch of its own.
        """
        try:
            if await self._leads_to(end):
                return
        except JournalError as error:
            log.warning("whether the journal leads to %s cannot be looked up now: %s", end.revision, error)
            return
        after, since = self._began
        order = NoteJournalEnd(end=end, after=after, since=since)
        await self.submit(actor, CommandId(secrets.token_urlsafe(15)), order)

    async def _leads_to(self, end: JournalEnd) -> bool:
        """Say whether an end is one of this journal's own, or of another center; before any other the epoch is raised.

        Raises `JournalError`.
        """
        own = self._journal.origin
        if end.center != own.center:
            return True
        revision = end.revision
        known: bool = await self._in_writer(self._journal.leads_to, Head(revision.sequence, bytes.fromhex(end.hash)))
        if not known and revision.epoch >= own.epoch:
            log.error("the journal ends before entry %s, which was written once; it goes on above it", revision)
            await self._in_writer(self._journal.raise_epoch, revision.epoch + 1)
        return known

    def submit(self, actor: Actor, command_id: CommandId, order: Order, age_ms: int = 0) -> "asyncio.Future[Answer]":
        """Ask; the future has the answer once it is durable. The same id asked again joins the first.

        `age_ms` is the time since the person acted.
        """
        hashed = body_hash(encode(order))
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        asked = Asked(actor, command_id, order, age_ms, hashed, future)
        before = self._pending.get(asked.id)
        if before is not None:
            same = asked.is_same(before.actor.id, before.body_hash)
            return before.answer if same else _settled(asked, "command_id_reused")
        if len(self._pending) >= WAITING_LIMIT:
            return _settled(asked, "busy")
        if isinstance(order, ConfirmClock) and self._clock is not None and actor.roles & MAY_ASK[ConfirmClock]:
            impossible = follow_word_on_clock(self._clock, asked)
            if impossible is not None:
                return _settled(asked, impossible)
        self._pending[asked.id] = asked
        self._arrived.append(asked)
        self._wake.set()
        return future

    def pass_time(self) -> None:
        """Let the date change and free counters call while nobody asks for anything."""
        now = max(self._now(), self.hall.at)
        if any(pass_time(self.hall, local_day(self.hall.catalogue, now), now)):
            self._wake.set()

    async def try_storage(self) -> bool:
        """Find out whether the storage takes a commit at this moment. One that does again is used again at once."""
        try:
            await self._in_writer(self._journal.probe)
            self.unwritable_since = None
        except JournalError as error:
            self._lose(error)
        self._wake.set()
        return self.unwritable_since is None

    async def run(self, on_publish: OnPublish) -> None:
        """Take what was asked, draft by draft, until cancelled; `on_publish` is told what has become durable."""
        self._on_publish = on_publish
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                await self._go_on()
            except Exception:
                log.exception("the work on a draft failed; all that waits is refused and the journal is read anew")
                await self._start_over()

    async def _go_on(self) -> None:
        """Finish the draft that was written, decide what has arrived, and begin to write when nothing is."""
        if self._head is None and self._current is None and self.unwritable_since is None:
            with contextlib.suppress(JournalError):  # the next command or look at the storage tries again
                await self._recover()
        current, following = self._current, self._following
        if current is not None and self._writing is not None and self._writing.done():
            self._current = None
            if self._writing.result():
                self._conclude(current)
            else:
                self._following = None
                if not await self._settle_again(current, following) and not self._arrived:
                    return
                following = None
            current = None
        following = self._extend(following or self._begin(self.hall if current is None else current.hall))
        self._following = following
        if current is None and (following.entries or following.answers):
            self._current, self._following = following, None
            self._writing = asyncio.create_task(self._write(following))
            self._writing.add_done_callback(lambda _: self._wake.set())

    async def _start_over(self) -> None:
        """After a fault of this program: let no draft live on, and refuse whoever waits."""
        if self._writing is not None:
            await asyncio.wait({self._writing})
        self._current = self._following = self._writing = self._head = None
        self._arrived.clear()
        for asked in list(self._pending.values()):
            self._answer(asked, asked.refused("internal"))

    def _extend(self, draft: Draft) -> Draft:
        """Decide what has arrived on top of a draft."""
        arrived, self._arrived = self._arrived, []
        draft.pass_time(self._now())
        for asked in arrived:
            draft.settle(asked)
        return draft

    async def _write(self, draft: Draft) -> bool:
        """Make a draft durable. `False`: it is not, or one of its commands was answered before this process knew it."""
        try:
            head = None if self._head is None else await self._in_writer(self._append_new, draft, self._head)
        except JournalError as error:
            self._lose(error)
            return False
        self._head = head or self._head
        return head is not None

    def _append_new(self, draft: Draft, head: Head) -> Head | None:
        """In the writer's thread: append a draft, return the new head; `None`: one of its commands has its answer."""
        if self._journal.stored_answers([asked.id for asked, _ in draft.answers]):
            return None
        return self._journal.append(draft.entries, draft.stored) if draft.entries or draft.stored else head

    async def _settle_again(self, *drafts: Draft | None) -> bool:
        """Settle what drafts were to settle, one by one, with the answers of earlier lives looked up first.

        `False`: nobody had asked for anything, and what time brings was not taken either. It waits for the next
        command or beat: tried again at once it would only keep a full disk and the processor busy.
        """
        waiting = [asked for draft in drafts if draft is not None for asked, _ in draft.answers]
        if not waiting:
            return await self._try_alone()
        failures = 0
        for asked in waiting:
            failures = 0 if failures < FAILURES_TRIED and await self._try_alone(asked) else failures + 1
            if failures:
                self._answer(asked, asked.refused("storage"))
        return True

    async def _try_alone(self, *waiting: Asked) -> bool:
        """Decide, make durable, answer, publish one command, or only what time brings.

        `False`: the journal did not take it.
        """
        try:
            await self._recover()
            known = await self._in_writer(self._journal.stored_answers, [asked.id for asked in waiting])
            draft = self._begin(self.hall)
            draft.pass_time(draft.now)
            for asked in waiting:
                draft.settle(asked, known.get(asked.id))
            if draft.entries or draft.stored:
                self._head = await self._in_writer(self._journal.append, draft.entries, draft.stored)
        except JournalError as error:
            self._lose(error)
            return False
        self._conclude(draft)
        return True

    def _lose(self, error: JournalError) -> None:
        if self.unwritable_since is None:
            self.unwritable_since = self._now()
            log.error("the journal could not be written: %s", error)
        self._head = None

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
                remember(self.languages, self.hall, asked.order)
            self._publish([entry for entry in entries if entry.sequence > before])
        self._head = head

    def _begin(self, hall: Hall) -> Draft:
        """Return a draft of nothing yet, at an instant that is never before what has happened."""
        return Draft(hall, max(self._now(), hall.at))

    def _conclude(self, draft: Draft) -> None:
        self.hall, self.unwritable_since = draft.hall, None
        self._of_hall = self._head or self._of_hall
        for asked, answer in draft.answers:
            if isinstance(answer.result, TicketTaken):
                remember(self.languages, self.hall, asked.order)
            self._answer(asked, answer)
        if draft.entries:
            self._publish(draft.entries)

    def _publish(self, entries: Sequence[Entry]) -> None:
        self._on_publish(self.hall, entries)
        forget(self.languages, self.hall, entries)

    def _answer(self, asked: Asked, answer: Answer) -> None:
        self._pending.pop(asked.id, None)
        if not asked.answer.done():
            asked.answer.set_result(answer)


def _tell_nobody(hall: Hall, entries: Sequence[Entry]) -> None:
    """Before the service runs, nobody is there to be told."""


def _settled(asked: Asked, code: RefusalCode) -> "asyncio.Future[Answer]":
    asked.answer.set_result(asked.refused(code))
    return asked.answer
