"""Five years of a busy commune: how long a start takes with them, each report of a month, a look at the whole chain.

300 tickets on each of 1,250 working days with five to six events each, two million rows, written as the server writes
them but without a sync: only the reading is measured.
"""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from queue_protocol.ids import AccountId, DeviceId, ServiceId, ticket_id, token_of
from queue_server.core.box_events import SlipPrinted
from queue_server.core.calendar import sessions_of
from queue_server.core.catalogue import Catalogue
from queue_server.core.events import (
    CatalogueChanged,
    CounterOpened,
    DayClosed,
    DayOpened,
    Entry,
    Event,
    ServiceFinished,
    ServiceStarted,
    TicketCalled,
    TicketIssued,
    VisitRated,
)
from queue_server.core.evolve import evolve
from queue_server.core.facts import CallReason, Place
from queue_server.core.hall import Hall
from queue_server.journal.records import JournalOrigin
from queue_server.process.arguments import read_catalogue
from queue_server.storage.chain import verify
from queue_server.storage.condition import check
from queue_server.storage.reports import Reports
from queue_server.storage.sqlite import FILE, Connection, SqliteJournal, connect

ROOT = Path(__file__).resolve().parent.parent

FIRST_DAY = date(2022, 2, 7)
DAYS = 1_250
TICKETS = 300
RATED_EVERY = 4
"""Tickets of which one is rated."""

START_AIM_S = 1.0
REPORT_AIM_MS = 200.0
MONTH = ("2026-10-01", "2026-10-31")

KIOSK = DeviceId("kiosk-1")


def measure(folder: Path) -> list[dict[str, Any]]:
    """Build five years and return one row per thing measured."""
    began = time.perf_counter()
    path = _build(folder / FILE)
    built_s = time.perf_counter() - began
    size_mb = round(path.stat().st_size / 1e6)
    first, again = _timed(lambda: _start(path)), min(_timed(lambda: _start(path)) for _ in range(3))
    rows = [
        _row("start with 5 years, journal part", first, "s", START_AIM_S, again_s=again, size_mb=size_mb),
        *_month(path),
        _row("verify of 5 years", _timed(lambda: verify(path, None, lambda _done, _total: None)), "s", None),
    ]
    return [*rows, _row("build of 5 years", built_s, "s", None)]


def _start(path: Path) -> None:
    """Do what a start does with the journal: look, open, rebuild the state of the open day."""
    check(path, lived=True, alone=True)
    journal = SqliteJournal(connect(path), JournalOrigin("", "", 0))
    hall = Hall()
    for entry in journal.open_day():
        hall = evolve(hall, entry)
    assert len(hall.tickets) == TICKETS
    journal.close()


def _month(path: Path) -> list[dict[str, Any]]:
    reports = Reports(path)
    questions: dict[str, Callable[[], Any]] = {
        "services": lambda: reports.services(*MONTH),
        "counters": lambda: reports.counters(*MONTH),
        "arrivals": lambda: reports.arrivals(*MONTH, ZoneInfo("Asia/Ho_Chi_Minh")),
        "ratings": lambda: reports.ratings(*MONTH),
        "sums": lambda: reports.sums(*MONTH),
        "ledger of a day": lambda: reports.ledger(MONTH[0]),
        "totals of a day": lambda: reports.totals(MONTH[0]),
        "days": reports.days,
    }
    assert all(ask() for ask in questions.values())
    rows = [
        _row(f"a month of 5 years: {name}", 1000 * max(_timed(ask) for _ in range(3)), "ms", REPORT_AIM_MS)
        for name, ask in questions.items()
    ]
    reports.close()
    return rows


def _row(what: str, value: float, unit: str, aim: float | None, **more: float) -> dict[str, Any]:
    return {"what": what, "value": round(value, 3), "unit": unit, "aim": aim} | {
        name: round(each, 3) for name, each in more.items()
    }


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _build(path: Path) -> Path:
    connection = connect(path)
    connection.execute("PRAGMA synchronous = OFF")
    journal = SqliteJournal(connection, JournalOrigin("five-years", "main", 1))
    catalogue = read_catalogue(ROOT / "assets" / "catalogues" / "xa-lon.toml")
    for entries in days_of_history(catalogue):
        journal.append(entries, [])
    _settle(connection)
    journal.close()
    return path


def _settle(connection: Connection) -> None:
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def day_of_history(catalogue: Catalogue) -> list[Entry]:
    """Return the entries of the first day, which is closed at its end."""
    return next(days_of_history(catalogue))


def days_of_history(catalogue: Catalogue) -> Iterator[list[Entry]]:
    """Yield the entries of each day; the last day stays open."""
    sequence, day = 0, FIRST_DAY
    for place in range(DAYS):
        events = list(_day(catalogue, day, first=place == 0, last=place == DAYS - 1))
        yield [
            Entry(sequence + part, at, day, "account:lan", None, 0, event) for part, (at, event) in enumerate(events, 1)
        ]
        sequence += len(events)
        day += timedelta(days=3 if day.weekday() == 4 else 1)


def _day(catalogue: Catalogue, day: date, *, first: bool, last: bool) -> Iterator[tuple[datetime, Event]]:
    """Yield a day on which every counter serves who was issued last for it, a quarter of an hour after the issue."""
    morning = datetime(day.year, day.month, day.day, 0, 30, tzinfo=UTC)
    if first:
        yield morning, CatalogueChanged(catalogue=catalogue)
    yield morning, DayOpened(day=day, catalogue=catalogue, counters=(), sessions=sessions_of(catalogue, day))
    for counter in catalogue.counters:
        yield morning, CounterOpened(counter=counter.number, clerk=AccountId(f"clerk-{counter.number}"))
    for place in range(TICKETS):
        counter = catalogue.counters[place % len(catalogue.counters)]
        service = counter.services[place // len(catalogue.counters) % len(counter.services)]
        yield from _visit(catalogue, day, morning + timedelta(seconds=90 * place), place, counter.number, service)
    if not last:
        yield morning + timedelta(hours=9), DayClosed(day=day, left=())


def _visit(
    catalogue: Catalogue, day: date, at: datetime, place: int, counter: int, service: ServiceId
) -> Iterator[tuple[datetime, Event]]:
    prefix = next(each.prefix for each in catalogue.services if each.id == service)
    ticket = ticket_id(day, f"{prefix}{place + 1:03}")
    yield (
        at,
        TicketIssued(
            ticket=ticket,
            service=service,
            priority=place % 9 == 0,
            token=token_of(day.toordinal().to_bytes(8, "big") + place.to_bytes(8, "big")),
            origin="kiosk",
            print_at=KIOSK,
            place=Place(line=service, due_at=at, joined_at=at),
            people_ahead=place % 12,
            wait=None,
        ),
    )
    yield at, SlipPrinted(ticket=ticket, device=KIOSK)
    called_at = at + timedelta(seconds=10 + place % 50)
    yield called_at, TicketCalled(ticket=ticket, counter=counter, reason=CallReason(rule="due_time"))
    yield called_at, ServiceStarted(ticket=ticket, counter=counter, started_at=called_at, implied=False)
    yield at + timedelta(seconds=80), ServiceFinished(ticket=ticket, counter=counter)
    if place % RATED_EVERY == 0:
        yield at + timedelta(seconds=85), VisitRated(ticket=ticket, rating=1 + place % 5)
