"""Entries and answers to put into a journal, and journals to put them into."""

from collections.abc import Callable, Iterator
from pathlib import Path

from queue_protocol.answers import Answer, Done
from queue_protocol.codec import encode
from queue_protocol.commands import (
    CallNext,
    CallTicket,
    CancelTicket,
    CarryOver,
    ChangeService,
    CloseCounter,
    FinishService,
    HoldTicket,
    MarkNoShow,
    PauseCounter,
    RateVisit,
    RecallTicket,
    ReissueTicket,
    ReportSlip,
    ReprintSlip,
    RequeueTicket,
    ResumeCounter,
    ResumeTicket,
    ReturnTicket,
    SetPriority,
    StartService,
    TakeBackFinish,
    TakeOverCounter,
    TransferTicket,
    VoidTicket,
)
from queue_protocol.day_commands import ChangeToday, EndDay, OpeningTime
from queue_protocol.ids import CommandId, DeviceId
from queue_server.core.catalogue import Catalogue
from queue_server.core.decision import Actor
from queue_server.core.events import Entry
from queue_server.core.permissions import Order
from queue_server.journal.port import Journal, MemoryJournal, StoredAnswer, body_hash
from queue_server.journal.records import JournalOrigin
from queue_server.storage.sqlite import FILE, SqliteJournal, connect
from tests.core.center import (
    CIVIL_STATUS,
    HOA,
    KIEN,
    KIOSK,
    LAN,
    LAND,
    MANAGER,
    VISITOR,
    Center,
    called,
    token,
    tokens,
    with_hours,
)

ORIGIN = JournalOrigin(center="baoha", site="main", epoch=1)

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
    steps: list[tuple[Order, Actor]] = [
        (ReportSlip(ticket=called("A001"), outcome="printed"), KIOSK),
        (ReportSlip(ticket=called("A002"), outcome="failed", reason="paper_out"), KIOSK),
        (CallNext(counter=1, after=None), LAN),
        (CallNext(counter=2, after=None), HOA),
        (RecallTicket(ticket=called("A001")), HOA),
        (MarkNoShow(ticket=called("A001")), HOA),
        (StartService(ticket=called("H001")), LAN),
        (FinishService(ticket=called("H001")), LAN),
    ]
    for command, by in steps:
        center.wait(60).do(command, by)
    return center.midnight().entries


STEPS: tuple[tuple[Order, Actor], ...] = (
    (ReportSlip(ticket=called("A001"), outcome="printed"), KIOSK),
    (ReportSlip(ticket=called("A002"), outcome="failed", reason="paper_out"), KIOSK),
    (ReprintSlip(ticket=called("A002"), print_at=DeviceId(KIOSK.name)), LAN),
    (ReissueTicket(ticket=called("A003"), token=token(1), print_at=None), LAN),
    (SetPriority(ticket=called("A003"), priority=True), LAN),
    (ChangeService(ticket=called("A004"), service=CIVIL_STATUS), LAN),
    (CallTicket(counter=1, after=None, ticket=called("A001")), LAN),
    (StartService(ticket=called("A001")), LAN),
    (TransferTicket(ticket=called("A001"), service=LAND), LAN),
    (CallTicket(counter=2, after=None, ticket=called("A002")), HOA),
    (RecallTicket(ticket=called("A002")), HOA),
    (MarkNoShow(ticket=called("A002")), HOA),
    (ReturnTicket(ticket=called("A002")), HOA),
    (CallTicket(counter=3, after=None, ticket=called("A001")), KIEN),
    (StartService(ticket=called("A001")), KIEN),
    (HoldTicket(ticket=called("A001"), reason="fetching_papers"), KIEN),
    (PauseCounter(counter=3, reason="break"), KIEN),
    (ResumeTicket(ticket=called("A001")), KIEN),
    (ResumeCounter(counter=3), KIEN),
    (CallTicket(counter=3, after=None, ticket=called("A001")), KIEN),
    (StartService(ticket=called("A001")), KIEN),
    (PauseCounter(counter=3, reason="meeting"), KIEN),
    (FinishService(ticket=called("A001"), outcome="done", also=(LAND,)), KIEN),
    (TakeBackFinish(ticket=called("A001"), after=None), KIEN),
    (FinishService(ticket=called("A001"), outcome="more_papers", also=(CIVIL_STATUS,)), KIEN),
    (ResumeCounter(counter=3), KIEN),
    (RateVisit(token=next(tokens()), rating=5), VISITOR),
    (CallNext(counter=1, after=None), LAN),
    (TakeOverCounter(counter=1), KIEN),
    (VoidTicket(ticket=called("A005"), reason="double"), LAN),
    (CallTicket(counter=2, after=None, ticket=called("A006")), HOA),
    (StartService(ticket=called("A006")), HOA),
    (RequeueTicket(ticket=called("A006"), dossiers_left=2), HOA),
    (HoldTicket(ticket=called("A007"), reason="stepped_out"), HOA),
    (CallTicket(counter=2, after=None, ticket=called("A008")), HOA),
    (MarkNoShow(ticket=called("A008")), HOA),
    (CloseCounter(counter=2), HOA),
    (ChangeToday(sessions=(OpeningTime(opens="07:30", closes="12:00"),)), MANAGER),
    (EndDay(reason="power_cut"), MANAGER),
    (CarryOver(ticket=called("L001"), token=token(2), reason="power_cut", print_at=None), MANAGER),
)
"""A minute apart; every way that a ticket and a counter can go."""


def a_full_day(catalogue: Catalogue | None = None) -> Center:
    """Return a center after a day in which a ticket went every way that a ticket can go, before its midnight."""
    center = Center(with_hours() if catalogue is None else catalogue).open(1, LAN).open(2, HOA).open(3, KIEN)
    for _ in range(8):
        center.wait(40).take(print_at=KIOSK.name)
    center.take(CIVIL_STATUS, priority=True, dossiers=3)
    center.take(LAND)
    center.take(LAND)
    center.wait(5).done(CancelTicket(ticket=center.take(LAND)), KIOSK)
    for command, by in STEPS:
        center.wait(60).done(command, by)
    return center


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
