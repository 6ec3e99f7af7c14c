"""A center that lived for a while and whose plug was pulled, and how a start on what is left keeps its promises.

The judge knows what was acknowledged: each answer, each row that was committed, and what the kiosk heard last.
"""

import asyncio
import contextlib
import shutil
import sqlite3
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from device_runtime.device_key import key_file
from queue_protocol.answers import Answer, NextCalled, Refused, TicketTaken
from queue_protocol.commands import (
    CallNext,
    CancelTicket,
    Command,
    FinishService,
    OpenCounter,
    StartService,
    TakeTicket,
)
from queue_protocol.ids import AccountId, CommandId, RemarkId, TicketId, ticket_number
from queue_protocol.journal_end import JournalEnd
from queue_server.core.decision import Actor
from queue_server.core.hall import Hall, catalogue_of
from queue_server.core.series import next_number, split_number
from queue_server.engine.service import Service
from queue_server.journal.port import JournalDamaged, JournalError
from queue_server.process.alive_file import Alive, alive_file, look_alive
from queue_server.process.arguments import StartError
from queue_server.process.first_access import FIRST_DEVICES, welcome_first_people
from queue_server.process.last_backup import LastBackup, note_backup
from queue_server.process.resources import open_file
from queue_server.storage.accounts import Accounts
from queue_server.storage.chain import verify
from queue_server.storage.rebuilding import check_reports
from queue_server.storage.remarks import Remarks
from queue_server.storage.sqlite import FILE, Connection, SqliteJournal, fold
from queue_server.storage.versions import JournalTooNew
from queue_server.web.access import is_key
from tests.core.center import CATALOGUE, CERTIFICATION, KIOSK, LAN, LAND, MORNING, tokens
from tests.storage.journals import ORIGIN

NOTED = "Ông/bà Vàng A Sử xin gặp cán bộ tư pháp."

KEPT = (
    *("event", "answer", "ticket", "ticket_period", "counter", "counter_period", "day", "opening", "daily_sum"),
    *("account", "account_role", "device", "remark"),
)
"""Tables whose rows a start leaves as they are. What it may add to is compared by its old rows."""

Said = tuple[Actor, CommandId, Command, Answer]


@dataclass(frozen=True, slots=True)
class Lived:
    """A center whose plug was pulled, and what people outside hold of it."""

    folder: Path
    said: tuple[Said, ...]
    """Every command that had an effect, with its answer."""
    rows: Mapping[str, frozenset[tuple[Any, ...]]]
    """What was committed, by table."""
    heard: JournalEnd
    """What the kiosk has heard last."""
    keys: Mapping[str, str]
    """What the boxes present, by name."""

    @property
    def tickets(self) -> frozenset[TicketId]:
        """Every number that was given."""
        return frozenset(answer.result.ticket for *_, answer in self.said if isinstance(answer.result, TicketTaken))


class Life:
    """A server on a folder, without its doors."""

    def __init__(self, data: Path) -> None:
        data.mkdir(exist_ok=True)
        self.data = data
        self.said: list[Said] = []
        self._tokens = tokens()
        self._asked = 0
        self._mark = 0

    async def live(self, tickets: int, *, counters: bool = True) -> None:
        """Start, let so many people come, be called and leave, and stop in order."""
        async with self._serving() as (connection, service):
            welcome_first_people(self.data, Accounts(connection), is_new=self._mark == 0)
            self._fold(connection, service)
            await self._work(service, tickets, counters=counters)

    async def live_until_the_plug_is_pulled(self, target: Path, tickets: int, afterwards: int) -> Lived:
        """Live on with what lies in the log alone, `afterwards` of it behind the last sign of life."""
        async with self._serving() as (connection, service):
            self._fold(connection, service)
            await self._work(service, tickets, counters=True)
            note_backup(self.data, LastBackup(at=MORNING, path="/backups/queue.sqlite", sequence=9))
            ticket = next(answer.result.ticket for *_, answer in self.said if isinstance(answer.result, TicketTaken))
            Remarks(connection).add_note(RemarkId("note-1"), ticket, NOTED, AccountId("quanly"), 1)
            self._leave_sign(service)
            await self._work(service, afterwards, counters=False)
            end = service.end
            assert end is not None
            shutil.copytree(self.data, target)
            keys = {str(name): str(key_file(self.data / "keys" / name).look()) for name in FIRST_DEVICES}
            return Lived(target, tuple(self.said), _rows(connection), end, keys)

    async def _work(self, service: Service, tickets: int, *, counters: bool) -> None:
        if counters:
            await self._ask(service, LAN, OpenCounter(counter=1))
        current: TicketId | None = None
        for number in range(tickets):
            which = CERTIFICATION if number % 2 else LAND
            taken = await self._ask(service, KIOSK, TakeTicket(service=which, token=next(self._tokens)))
            if number % 7 == 3 and isinstance(taken.result, TicketTaken):
                await self._ask(service, KIOSK, CancelTicket(ticket=taken.result.ticket))
            if not counters:
                continue
            called = await self._ask(service, LAN, CallNext(counter=1, after=current))
            if isinstance(called.result, NextCalled) and called.result.ticket is not None:
                current = called.result.ticket
                await self._ask(service, LAN, StartService(ticket=current))
                await self._ask(service, LAN, FinishService(ticket=current))

    async def _ask(self, service: Service, actor: Actor, command: Command) -> Answer:
        self._asked += 1
        command_id = CommandId(f"command-{self._asked}")
        answer = await service.submit(actor, command_id, command)
        if not isinstance(answer.result, Refused):  # a refusal has no effect and is not kept
            self.said.append((actor, command_id, command, answer))
        return answer

    @contextlib.asynccontextmanager
    async def _serving(self) -> AsyncIterator[tuple[Connection, Service]]:
        with contextlib.closing(open_file(self.data)) as connection:
            service = Service(SqliteJournal(connection, ORIGIN), at_once, lambda: MORNING)
            await service.restore()
            await service.prepare(None if service.hall.day else CATALOGUE)
            running = asyncio.create_task(service.run(lambda _hall, _entries: None))
            try:
                yield connection, service
            finally:
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)

    def _fold(self, connection: Connection, service: Service) -> None:
        self._mark += 1
        self._leave_sign(service)
        assert fold(connection, self._mark)

    def _leave_sign(self, service: Service) -> None:
        alive_file(self.data).write(Alive(at=MORNING, end=service.end, marks=(self._mark,)))


async def at_once(work: Any, *arguments: object) -> Any:
    """Run what belongs into the writer's thread here and now."""
    return work(*arguments)


def outcome_of_start(folder: Path, lived: Lived) -> str:
    """Start on a folder and let the kiosk come; return how that ended. `PROMISES_KEPT` has the good ends."""
    before = {path: path.read_bytes() for path in folder.glob(f"{FILE}*") if not path.name.endswith("-shm")}
    try:
        connection = open_file(folder)
    except (StartError, JournalTooNew):
        unchanged = all(path.read_bytes() == content for path, content in before.items())
        return "refused" if unchanged else "refused and changed"
    with contextlib.closing(connection):
        try:
            return asyncio.run(_outcome(connection, folder, lived))
        except (JournalError, sqlite3.DatabaseError):
            return "said at the first use"  # the composition says it and ends, or the storage alarm is raised


PROMISES_KEPT = frozenset(
    {"whole", "refused", "said by alarm", "said by verify", "said at the first use", "said at the door"}
)


async def _outcome(connection: Connection, folder: Path, lived: Lived) -> str:
    service = Service(SqliteJournal(connection, ORIGIN), at_once, lambda: MORNING)
    await service.restore()
    alive = look_alive(folder)
    await service.prepare(None, *(() if alive is None else (alive.at, alive.end)))
    accounts = Accounts(connection)
    welcome_first_people(folder, accounts, is_new=False)
    running = asyncio.create_task(service.run(lambda _hall, _entries: None))
    try:
        await service.hear_of(lived.heard, KIOSK)
        if _gives_again(service.hall, lived.tickets):
            return "again"
        if service.hall.missing:
            return "said by alarm"
        if not _is_verified(folder / FILE):
            return "said by verify"
        if not _are_let_in(accounts, lived):
            return "said at the door"
        return _difference(connection, lived) or await _changed_answer(service, lived) or "whole"
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def _is_verified(path: Path) -> bool:
    try:
        verify(path, None, lambda _done, _total: None)
        check_reports(path)
    except JournalDamaged:
        return False
    return True


def _are_let_in(accounts: Accounts, lived: Lived) -> bool:
    """Say whether boxes and people come in: one that does not is sent away with a sentence, and misses nothing else."""
    known = {name: accounts.device(name) for name in lived.keys}
    boxes = all((box := known[name]) is not None and is_key(key, box[1]) for name, key in lived.keys.items())
    stored = {(each.name, each.password) for each in accounts.all()}
    return boxes and {(row[0], row[1]) for row in lived.rows["account"]} <= stored


def _difference(connection: Connection, lived: Lived) -> str | None:
    """Return a table in which something is not as it was committed."""
    now = _rows(connection)
    return next((f"silent: {table}" for table, rows in lived.rows.items() if not rows <= now[table]), None)


async def _changed_answer(service: Service, lived: Lived) -> str | None:
    """Ask everything once more: the same id has the same answer, or is refused."""
    for actor, command_id, command, answer in lived.said:
        again = await service.submit(actor, command_id, command)
        if again != answer:
            return f"silent: {type(command).__name__} answered otherwise"
    return None


def _gives_again(hall: Hall, given: frozenset[TicketId]) -> bool:
    """Say whether the next number of any series is one that was given."""
    counts: dict[str, int] = {}
    for series, count in (split_number(ticket_number(each)) for each in given):
        counts[series] = max(count, counts.get(series, 0))
    following = [next_number(hall, service) for service in catalogue_of(hall).services]
    ahead = [split_number(each) for each in following if each is not None]
    return any(count <= counts.get(series, 0) for series, count in ahead)


def _rows(connection: Connection) -> dict[str, frozenset[tuple[Any, ...]]]:
    return {table: frozenset(connection.execute(f"SELECT * FROM {table}").fetchall()) for table in KEPT}  # noqa: S608 - names of this file


def left_center(folder: Path) -> Lived:
    """Return a center with most in its file, some in its log, and a last few behind its last sign of life."""
    life = Life(folder / "life")
    asyncio.run(life.live(24))
    return asyncio.run(life.live_until_the_plug_is_pulled(folder / "left", 16, 3))


def stopped_center(folder: Path) -> Lived:
    """Return a center that was stopped in order: all is in its file, and no log makes a page of it anew."""
    life = Life(folder / "life")
    asyncio.run(life.live(24))
    lived = asyncio.run(life.live_until_the_plug_is_pulled(folder / "left", 16, 0))
    with contextlib.closing(open_file(lived.folder)):
        pass
    return lived
