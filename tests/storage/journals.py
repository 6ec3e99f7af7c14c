"""Entries and answers to put into a journal, and journals to put them into."""

from collections.abc import Callable, Iterator
from pathlib import Path

from queue_protocol.answers import Answer, Done
from queue_protocol.codec import encode
from queue_protocol.commands import CallNext, Command, FinishService, MarkNoShow, RecallTicket, ReportSlip
from queue_protocol.ids import CommandId
from queue_server.core.decide import Actor
from queue_server.core.events import Entry
from queue_server.storage.journal import Journal, MemoryJournal, StoredAnswer, body_hash
from queue_server.storage.records import Origin
from queue_server.storage.sqlite import FILE, SqliteJournal, connect
from tests.core.center import CIVIL_STATUS, HOA, KIOSK, LAN, LAND, Center, called

ORIGIN = Origin(center="baoha", site="main", epoch=1)

OpenJournal = Callable[[], Journal]
"""Opens the journal of the test; a second call opens the same one again, where it can."""


def open_memory(_folder: Path) -> Iterator[OpenJournal]:
    """Lend a journal in memory."""
    journal = MemoryJournal(ORIGIN)
    yield lambda: journal


def open_sqlite(folder: Path) -> Iterator[OpenJournal]:
    """Lend a journal in a file; each call opens the file anew."""
    opened: list[SqliteJournal] = []

    def open_anew() -> Journal:
        for journal in opened:
            journal.close()
        opened[:] = [SqliteJournal(connect(folder / FILE), ORIGIN)]
        return opened[0]

    yield open_anew
    for journal in opened:
        journal.close()


def entries_of_a_day() -> list[Entry]:
    """Return what a journal holds after a day with a bit of everything, and the beginning of the next."""
    center = Center().open(1, LAN).open(2, HOA)
    for _ in range(4):
        center.wait(30).take(print_at=KIOSK.name)
    center.take(CIVIL_STATUS, priority=True)
    center.take(LAND)
    steps: list[tuple[Command, Actor]] = [
        (ReportSlip(ticket=called("A001"), outcome="printed"), KIOSK),
        (ReportSlip(ticket=called("A002"), outcome="failed", reason="paper_out"), KIOSK),
        (CallNext(counter=1, after=None), LAN),
        (CallNext(counter=2, after=None), HOA),
        (RecallTicket(ticket=called("A001")), HOA),
        (MarkNoShow(ticket=called("A001")), HOA),
        (FinishService(ticket=called("H001")), LAN),
    ]
    for command, by in steps:
        center.wait(60).do(command, by)
    return center.midnight().entries


def named(entry: Entry, command_id: str, part: int = 0) -> Entry:
    """Return the entry as if this command had caused it."""
    return Entry(entry.sequence, entry.at, entry.day, entry.actor, CommandId(command_id), part, entry.event)


def answer(command_id: str, actor: Actor = KIOSK, day: str = "2026-11-23", body: bytes = b"{}") -> StoredAnswer:
    """Return an answer as the service stores it."""
    encoded = encode(Answer(command_id=CommandId(command_id), result=Done()))
    return StoredAnswer(actor.id, CommandId(command_id), body_hash(body), encoded, day)


def quiet_days(count: int) -> list[Entry]:
    """Return the entries of so many days on which nobody came."""
    center = Center()
    for _ in range(count - 1):
        center.midnight()
    return center.entries
