"""Owns what putting the hall's clock back means: for the state of the day, and for days that were begun too early.

A clock that was ahead by hours or years has stamped what happened since. When it is put back by so much, what was
lived through in the wrong time moves by as much: the order of calling stays, and nobody's wait is negative or as long
as the error. What is planned (the hours of the day, an appointment) is of the true time and stays.

A day that was begun too early goes on with its people until the next true day; it is not begun a second time. When its
date really comes, its numbers go on behind those that were given.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import TypeVar

from immutables import Map
from msgspec.structs import replace

from queue_server.core.calendar import local_day
from queue_server.core.clock_events import ClockPutBack
from queue_server.core.events import Entry, OutageEnded
from queue_server.core.facts import Place
from queue_server.core.hall import CounterState, Hall, Hoarding, Ticket, Waiting

Corrected = Callable[[datetime], datetime]

Value = TypeVar("Value", Ticket, Place, Hoarding, CounterState, OutageEnded)

_TICKET_INSTANTS = (
    "slip_asked_at",
    "issued_at",
    "first_called_at",
    "last_called_at",
    "started_at",
    "away_since",
    "ended_at",
)


def put_back(hall: Hall, _entry: Entry, event: ClockPutBack) -> Hall:
    """Return the hall at the time that it is put back to."""
    corrected = correction(event.to, event.before)
    return replace(
        hall,
        opened_at=corrected(hall.opened_at),
        sessions=event.sessions,
        sessions_set_at=corrected(hall.sessions_set_at),
        tickets=Map({name: _ticket(ticket, corrected) for name, ticket in hall.tickets.items()}),
        lines=Map(
            {line: tuple(sorted(_waiting(each, corrected) for each in waiting)) for line, waiting in hall.lines.items()}
        ),
        takes=Map({key: tuple(map(corrected, taken)) for key, taken in hall.takes.items()}),
        hoarded=Map({key: corrected(at) for key, at in hall.hoarded.items()}),
        hoardings=tuple(_corrected(each, corrected, "at") for each in hall.hoardings),
        counters=Map({number: _corrected(state, corrected, "since") for number, state in hall.counters.items()}),
        outages=tuple(_corrected(each, corrected, "began_at", "ended_at") for each in hall.outages),
        paper_low=Map({device: corrected(at) for device, at in hall.paper_low.items()}),
    )


def correction(to: datetime, before: datetime) -> Corrected:
    """Return what an instant becomes when the time goes back from `before` to `to`."""
    return lambda at: at - (before - to) if to < at <= before else at


def true_day(hall: Hall) -> date | None:
    """Return the date that the hall has lived to: that of its day, or an earlier one where that was begun too early."""
    return None if hall.day is None else min(hall.day, local_day(hall.catalogue, hall.at))


def numbers_ahead(hall: Hall, day: date) -> dict[str, dict[str, int]]:
    """Return the last numbers of days that were begun too early and are still to come, when `day` is opened.

    What has come is told by the latest event: `day` itself may be begun by a wrong clock, and be put back as well.
    """
    known, reached = dict(hall.numbers_ahead), true_day(hall) or day
    if hall.day is not None:
        known[hall.day.isoformat()] = dict(hall.issued)
    return {ahead: numbers for ahead, numbers in sorted(known.items()) if ahead > reached.isoformat()}


def _ticket(ticket: Ticket, corrected: Corrected) -> Ticket:
    moved = _corrected(ticket, corrected, *_TICKET_INSTANTS)
    return replace(moved, place=_corrected(ticket.place, corrected, "due_at", "joined_at"))


def _waiting(each: Waiting, corrected: Corrected) -> Waiting:
    return each._replace(due_at=corrected(each.due_at), joined_at=corrected(each.joined_at))


def _corrected(value: Value, corrected: Corrected, *names: str) -> Value:
    """Return a struct with these of its instants corrected; those that are `None` stay so."""
    instants = {name: at for name in names if (at := getattr(value, name)) is not None}
    moved = {name: corrected(at) for name, at in instants.items()}
    if moved == instants:
        return value
    return replace(value, **moved)
