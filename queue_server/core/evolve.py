"""State from events: `evolve` adds one entry of the journal to the hall, and depends on nothing but the two."""

from collections.abc import Collection, Mapping
from functools import reduce

from immutables import Map
from msgspec.structs import replace

from queue_protocol.ids import ServiceId
from queue_protocol.journal_end import highest
from queue_server.core import ticket_changes
from queue_server.core.box_events import DeviceReported, KioskMarked, PaperReplaced, TakeWithdrawn
from queue_server.core.clock_correction import put_back
from queue_server.core.clock_events import ClockConfirmed, ClockPutBack
from queue_server.core.events import (
    CatalogueChanged,
    CounterClosed,
    CounterOpened,
    CounterPaused,
    CounterResumed,
    CounterServicesSet,
    CounterTakenOver,
    DayClosed,
    DayEnded,
    DayOpened,
    Entry,
    OutageEnded,
    TodayChanged,
)
from queue_server.core.facts import PaperRoll
from queue_server.core.hall import CounterState, Hall, PartReport, session_at, with_roll, without
from queue_server.core.lifecycle import STATUS_AFTER
from queue_server.core.loss_events import EntriesMissing
from queue_server.core.ticket_changes import Change


def evolve(hall: Hall, entry: Entry) -> Hall:
    """Return the hall after this entry.

    Raises `KeyError` for an event that the tables of `lifecycle` do not allow here: the journal was not written by
    `decide`.
    """
    after = _CHANGES[type(entry.event)](hall, entry, entry.event)
    at = entry.event.to if isinstance(entry.event, ClockPutBack) else entry.at
    return replace(after, sequence=entry.sequence, at=at)


def _open_day(_hall: Hall, entry: Entry, event: DayOpened) -> Hall:
    hall = Hall(
        catalogue=event.catalogue,
        day=event.day,
        opened_at=entry.at,
        sessions=event.sessions,
        counters=Map({each.counter: CounterState(clerk=each.clerk) for each in event.counters}),
        carried=Map({each.token: each for each in event.carried}),
        left_yesterday=event.left_yesterday,
        numbers_ahead={day: each for day, each in event.numbers_ahead.items() if day != event.day.isoformat()},
        marks=Map({each.device: each.mark for each in event.marks}),
        missing=event.missing,
        issued=_numbers_told(event),
        devices=Map(
            {(each.device, each.part): PartReport(state=each.state, reason=each.reason) for each in event.parts}
        ),
    )
    return reduce(lambda opened, roll: with_roll(opened, roll, entry.at), event.paper, hall)


def _numbers_told(event: DayOpened) -> Map[str, int]:
    """Return the last numbers of this day that were given before it was opened."""
    numbers: Mapping[str, int] = event.numbers_ahead.get(event.day.isoformat(), {})
    for each in event.missing:
        numbers = highest(numbers, each.numbers) if each.day == event.day else numbers
    return Map(numbers)


def _close_day(hall: Hall, _entry: Entry, event: DayClosed) -> Hall:
    tickets = hall.tickets
    for ticket_id in event.left:
        ticket = tickets[ticket_id]
        tickets = tickets.set(ticket_id, replace(ticket, status=STATUS_AFTER[ticket.status, DayClosed]))
    counters = Map({number: replace(state, ticket=None) for number, state in hall.counters.items()})
    return replace(hall, tickets=tickets, lines=Map(), away=Map(), counters=counters)


def _change_catalogue(hall: Hall, _entry: Entry, event: CatalogueChanged) -> Hall:
    """Set the catalogue; counters go on with what was set for the day, as far as the center still offers it."""
    known = {service.id for service in event.catalogue.services}
    counters = Map({number: _within(state, known) for number, state in hall.counters.items()})
    return replace(hall, catalogue=event.catalogue, counters=counters)


def _within(state: CounterState, known: Collection[ServiceId]) -> CounterState:
    services = tuple(each for each in state.services if each in known)
    return replace(state, services=services, preferred=tuple(each for each in state.preferred if each in known))


def _change_today(hall: Hall, entry: Entry, event: TodayChanged) -> Hall:
    over = session_at(hall, entry.at)
    return replace(hall, sessions=event.sessions, sessions_set_at=entry.at, sessions_over=over, ended=None)


def _end_day(hall: Hall, _entry: Entry, event: DayEnded) -> Hall:
    return replace(hall, ended=event.reason)


def _end_outage(hall: Hall, _entry: Entry, event: OutageEnded) -> Hall:
    return replace(hall, outages=(*hall.outages, event))


def _note_missing(hall: Hall, _entry: Entry, event: EntriesMissing) -> Hall:
    issued = hall.issued
    for series, count in event.numbers.items() if event.day == hall.day else ():
        issued = issued.set(series, max(count, issued.get(series, 0)))
    return replace(hall, missing=(*hall.missing, event), issued=issued)


def _confirm_clock(hall: Hall, _entry: Entry, _event: ClockConfirmed) -> Hall:
    return hall


def _open_counter(hall: Hall, entry: Entry, event: CounterOpened) -> Hall:
    state = replace(hall.counter_state(event.counter), clerk=event.clerk, since=entry.at)
    return _keep(hall, event.counter, state)


def _close_counter(hall: Hall, _entry: Entry, event: CounterClosed) -> Hall:
    """Leave to the next clerk the services that were set for the day, and nothing else."""
    state = hall.counter_state(event.counter)
    return _keep(hall, event.counter, CounterState(services=state.services, preferred=state.preferred))


def _take_over(hall: Hall, entry: Entry, event: CounterTakenOver) -> Hall:
    state = hall.counter_state(event.counter)
    since = entry.at if state.ticket is None else None
    return _keep(hall, event.counter, replace(state, clerk=event.clerk, paused=None, since=since, finished=None))


def _pause(hall: Hall, _entry: Entry, event: CounterPaused) -> Hall:
    return _keep(hall, event.counter, replace(hall.counter_state(event.counter), paused=event.reason, since=None))


def _resume(hall: Hall, entry: Entry, event: CounterResumed) -> Hall:
    state = hall.counter_state(event.counter)
    since = entry.at if state.ticket is None else None
    return _keep(hall, event.counter, replace(state, paused=None, since=since))


def _set_services(hall: Hall, _entry: Entry, event: CounterServicesSet) -> Hall:
    state = hall.counter_state(event.counter)
    return _keep(hall, event.counter, replace(state, services=event.services, preferred=event.preferred))


def _report_device(hall: Hall, _entry: Entry, event: DeviceReported) -> Hall:
    report = PartReport(state=event.state, reason=event.reason)
    return replace(hall, devices=hall.devices.set((event.device, event.part), report))


def _replace_paper(hall: Hall, entry: Entry, event: PaperReplaced) -> Hall:
    taken_out = replace(hall, paper_low=without(hall.paper_low, event.device))
    return with_roll(taken_out, PaperRoll(device=event.device, roll_mm=event.roll_mm), entry.at)


def _mark_kiosk(hall: Hall, _entry: Entry, event: KioskMarked) -> Hall:
    return replace(hall, marks=hall.marks.set(event.device, event.mark))


def _withdraw_take(hall: Hall, _entry: Entry, event: TakeWithdrawn) -> Hall:
    return replace(hall, withdrawn=hall.withdrawn.set(event.token, None))


def _keep(hall: Hall, number: int, state: CounterState) -> Hall:
    return replace(hall, counters=hall.counters.set(number, state))


_CHANGES: Mapping[type, Change] = {
    **ticket_changes.CHANGES,
    DayOpened: _open_day,
    DayClosed: _close_day,
    CatalogueChanged: _change_catalogue,
    TodayChanged: _change_today,
    DayEnded: _end_day,
    OutageEnded: _end_outage,
    EntriesMissing: _note_missing,
    ClockConfirmed: _confirm_clock,
    ClockPutBack: put_back,
    CounterOpened: _open_counter,
    CounterClosed: _close_counter,
    CounterTakenOver: _take_over,
    CounterPaused: _pause,
    CounterResumed: _resume,
    CounterServicesSet: _set_services,
    DeviceReported: _report_device,
    PaperReplaced: _replace_paper,
    KioskMarked: _mark_kiosk,
    TakeWithdrawn: _withdraw_take,
}
