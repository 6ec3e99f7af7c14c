"""Decisions about the day: its opening and end, the catalogue, today's hours, outages, and what time alone brings."""

from collections.abc import Iterator
from datetime import date, datetime
from itertools import chain

from queue_protocol.answers import Done
from queue_protocol.day_commands import ChangeToday, ConfirmClock, EndDay
from queue_server.core.calendar import local_day, sessions_at, sessions_of
from queue_server.core.calls import automatic_calls
from queue_server.core.catalogue import Catalogue, contradictions, odd_openings
from queue_server.core.clock_correction import numbers_ahead, true_day
from queue_server.core.clock_events import ClockConfirmed, ClockPutBack
from queue_server.core.decision import Actor, Deciders, Decision, refuse
from queue_server.core.events import (
    CatalogueChanged,
    DayClosed,
    DayEnded,
    DayOpened,
    Event,
    OutageEnded,
    TodayChanged,
)
from queue_server.core.facts import CarriedSlip, KioskMark, KnownPart, OpenedCounter
from queue_server.core.hall import Hall, catalogue_of, unserved
from queue_server.core.lifecycle import IN_HALL, MAY_COME_BACK
from queue_server.core.permissions import ChangeCatalogue, PutClockBack


def open_day(hall: Hall, day: date) -> tuple[Event, ...]:
    """Return what makes `day` the open day: nothing when it is, or when the hall has lived to a later one.

    A day that a wrong clock began too early, and that was put right since, ends when the next true day begins.
    """
    reached = true_day(hall)
    if hall.catalogue is None or (reached is not None and reached >= day):
        return ()
    left = tuple(sorted(ticket.id for ticket in hall.tickets.values() if ticket.status in IN_HALL))
    opened = DayOpened(
        day=day,
        catalogue=hall.catalogue,
        counters=tuple(
            OpenedCounter(counter=number, clerk=state.clerk) for number, state in hall.counters.items() if state.clerk
        ),
        parts=tuple(
            KnownPart(device=device, part=part, state=report.state, reason=report.reason)
            for (device, part), report in sorted(hall.devices.items())
        ),
        marks=tuple(KioskMark(device=device, mark=hall.marks[device]) for device in sorted(hall.marks)),
        sessions=sessions_of(hall.catalogue, day),
        carried=_still_good(hall),
        paper=tuple(hall.paper[device] for device in sorted(hall.paper)),
        numbers_ahead=numbers_ahead(hall, day),
        left_yesterday=len(left) + (hall.left_yesterday if hall.sessions == () else 0),
        missing=tuple(each for each in hall.missing if each.day >= day),
    )
    return (opened,) if hall.day is None else (DayClosed(day=hall.day, left=left), opened)


def pass_time(hall: Hall, day: date, now: datetime) -> Iterator[Event]:
    """Yield what happens because it is this moment of this local day, and nobody asked for anything.

    A day that begins comes alone: what else is due is seen with the hall of that day.
    """
    rolling = open_day(hall, day)
    yield from rolling if rolling or hall.catalogue is None else automatic_calls(hall, now)


def note_outage(hall: Hall, last_alive: datetime | None, now: datetime) -> tuple[Event, ...]:
    """Return the mark of a time in which no server was there; `last_alive` is its last sign of life, if known."""
    if hall.day is None:
        return ()
    began_at = max(hall.at, last_alive) if last_alive is not None else hall.at
    return (OutageEnded(began_at=began_at, ended_at=now),) if began_at < now else ()


def change_catalogue(hall: Hall, catalogue: Catalogue) -> tuple[Event, ...]:
    """Return what makes this the catalogue: nothing when it is already.

    Today's hours follow, unless the day was ended or they were set by hand.
    """
    if hall.catalogue == catalogue:
        return ()
    changed = CatalogueChanged(catalogue=catalogue)
    if (
        hall.day is None
        or hall.catalogue is None
        or hall.ended
        or hall.sessions != sessions_of(hall.catalogue, hall.day)
    ):
        return (changed,)
    sessions = sessions_of(catalogue, hall.day)
    return (changed,) if sessions == hall.sessions else (changed, TodayChanged(sessions=sessions))


def in_the_way(hall: Hall, catalogue: Catalogue) -> Iterator[str]:
    """Say what of the day this catalogue would lose: people in a line that is gone, clerks at a counter that is."""
    here = [ticket for ticket in hall.tickets.values() if ticket.status in MAY_COME_BACK]
    for service in sorted({ticket.service for ticket in here}):
        if catalogue.service(service) is None:
            yield f"people wait for service {service!r}; it can go when nobody does"
    sent_to = {ticket.place.line for ticket in here if isinstance(ticket.place.line, int)}
    held = {number for number, state in hall.counters.items() if state.clerk is not None}
    for number in sorted(sent_to | held):
        if catalogue.counter(number) is None:
            yield f"counter {number} is at work; it can go when it is closed and nobody waits for it"


def _still_good(hall: Hall) -> tuple[CarriedSlip, ...]:
    """Return the slips that go first on the coming day.

    A slip is good for one day on which the center is open. It names that day by the calendar, so an extra open day
    does not use it up, and a day that was closed by hand does not either.
    """
    was_closed = hall.day is not None and () in (hall.sessions, sessions_of(catalogue_of(hall), hall.day))
    return (*hall.carried_today, *(hall.carried.values() if was_closed else ()))


def _change_catalogue(hall: Hall, command: ChangeCatalogue, _actor: Actor, _now: datetime) -> Decision:
    problem = next(chain(contradictions(command.catalogue), in_the_way(hall, command.catalogue)), None)
    if problem is not None:
        return refuse("bad_catalogue", problem=problem)
    return Decision(change_catalogue(hall, command.catalogue), Done())


def _change_today(hall: Hall, command: ChangeToday, _actor: Actor, _now: datetime) -> Decision:
    if hall.day is None:
        return refuse("hall_closed")
    problem = next(odd_openings(command.sessions), None)
    if problem is not None:
        return refuse("bad_catalogue", problem=problem)
    sessions = sessions_at(catalogue_of(hall), hall.day, command.sessions)
    changes = sessions != hall.sessions or hall.ended is not None
    return Decision((TodayChanged(sessions=sessions),) if changes else (), Done())


def _end_day(hall: Hall, command: EndDay, _actor: Actor, _now: datetime) -> Decision:
    if hall.ended:
        return Decision((), Done())
    left = tuple(ticket.id for ticket in unserved(hall))
    return Decision((DayEnded(reason=command.reason, unserved=left),), Done())


def _confirm_clock(_hall: Hall, _command: ConfirmClock, _actor: Actor, _now: datetime) -> Decision:
    return Decision((ClockConfirmed(),), Done())


def _put_clock_back(hall: Hall, command: PutClockBack, _actor: Actor, _now: datetime) -> Decision:
    if command.to >= hall.at:
        return Decision((ClockConfirmed(),), Done())
    day = local_day(hall.catalogue, command.to)
    sessions = hall.sessions if day == hall.day else sessions_of(catalogue_of(hall), day)
    return Decision((ClockPutBack(before=max(command.before, hall.at), to=command.to, sessions=sessions),), Done())


DECIDERS: Deciders = {
    ChangeCatalogue: _change_catalogue,
    ChangeToday: _change_today,
    EndDay: _end_day,
    ConfirmClock: _confirm_clock,
    PutClockBack: _put_clock_back,
}
