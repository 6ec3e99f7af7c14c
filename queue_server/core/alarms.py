"""What staff should look at: alarms, as functions of the hall, of what is around it and of the time.

An alarm lasts as long as its cause. While one is there no screen says that all is well.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from queue_protocol.answers import Facts
from queue_protocol.desk_tickets import Note
from queue_protocol.ids import DeviceId, ServiceId, TicketId, ticket_number
from queue_protocol.snapshots import Alarm, ClockState
from queue_server.core.calendar import is_issuing, is_open
from queue_server.core.dispatch import next_ticket
from queue_server.core.facts import Line
from queue_server.core.hall import Hall, Ticket, catalogue_of, lines_at, slips_left
from queue_server.core.missing_entries import loss_alarms
from queue_server.core.series import ending_series

OUTAGE_NOTICED = timedelta(minutes=1)
"""A shorter one, as an update of the program, has kept nobody waiting."""

BOX_MISSED = timedelta(seconds=30)
"""A box that restarts is back sooner, and so are all boxes after a start of the server."""

CALL_FORGOTTEN = timedelta(minutes=15)
"""A person who was called is at the counter by then, or gone."""

COUNTER_IDLE = timedelta(minutes=3)
"""A clerk who takes longer to call the next person does something else, and has not paused the counter."""

CALL_UNSHOWN = timedelta(seconds=60)
"""A display shows each of ten calls of one moment within 40 s; one that shows nothing for longer is dead."""

COPY_OLD = timedelta(days=3)
"""A weekend without a backup is usual, a third day is not."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What staff should know and the hall does not: the boxes that are connected, the clock, the journal."""

    printing: tuple[DeviceId, ...] = ()
    """Kiosks that print."""
    displays: tuple[DeviceId, ...] = ()
    speaker: DeviceId | None = None
    clock: ClockState = "fine"
    journal_damaged_at: datetime | None = None
    """When the journal's past was found not to be what was written; `None`: it was not."""
    expected: Mapping[DeviceId, datetime | None] = field(default_factory=dict)
    """Boxes that have a key and are not connected: since when, or `None` for one that never was since the start."""
    connected: frozenset[DeviceId] = frozenset()
    """Every box that is here, also one that neither prints nor shows."""
    started_at: datetime | None = None
    """When the server started; `None`: not known, and no box is missed."""
    unwritable_since: datetime | None = None
    """Since when the disk takes no commit; `None`: the latest one was taken."""
    disk_low_since: datetime | None = None
    """Since when the disk is nearly full; `None`: it is not, or nobody has looked."""
    disk_free_mb: int = 0
    """Means something only where the disk is low."""
    copied_at: datetime | None = None
    """The latest backup, or the center's first day where there is none; `None`: not known."""
    notes: Mapping[TicketId, tuple[Note, ...]] = field(default_factory=dict)
    """What staff wrote on tickets of the day."""


def alarms(hall: Hall, around: Surroundings, now: datetime) -> tuple[Alarm, ...]:
    """Return what staff should look at, the latest first."""
    outages = [each for each in hall.outages if each.ended_at - each.began_at >= OUTAGE_NOTICED]
    raised = [
        *(
            Alarm(
                kind="hoarding",
                at=each.at,
                facts={"device": each.device, "service": each.service, "tickets": each.tickets},
            )
            for each in hall.hoardings
        ),
        *(
            Alarm(kind="outage", at=each.ended_at, facts={"began_at": each.began_at.isoformat()})
            for each in outages[-1:]
        ),
    ]
    raised.extend(
        Alarm(kind="paper_low", at=low_since, facts={"device": device, "slips": slips_left(hall.paper[device])})
        for device, low_since in sorted(hall.paper_low.items())
    )
    if hall.left_yesterday and hall.sessions != ():
        raised.append(Alarm(kind="left_yesterday", at=hall.opened_at, facts={"count": hall.left_yesterday}))
    raised.extend(loss_alarms(hall))
    for more in (_unattended, _idle_counters, _forgotten_calls):
        raised.extend(more(hall, now))
    raised.extend(_ending_numbers(hall))
    raised.extend(_missing_boxes(hall, around, now))
    raised.extend(_machine(around, now))
    if around.journal_damaged_at is not None:
        raised.append(Alarm(kind="journal_damaged", at=around.journal_damaged_at))
    return tuple(sorted(raised, key=lambda each: each.at, reverse=True))


def _unattended(hall: Hall, now: datetime) -> Iterator[Alarm]:
    """Yield an alarm for each service whose people no open counter calls, while the center is open."""
    if hall.ended or not is_open(hall.sessions, now):
        return
    attended = {
        line for number, state in hall.counters.items() if state.clerk is not None for line in lines_at(hall, number)
    }
    for service in catalogue_of(hall).services:
        lines: tuple[Line, ...] = (service.id, *hall.counters_waited_for)
        tickets = waiting_for(hall, service.id, (line for line in lines if line not in attended))
        if tickets:
            facts: Facts = {"service": service.id, "count": len(tickets)}
            yield Alarm(kind="unattended_line", at=min(each.issued_at for each in tickets), facts=facts)


def _idle_counters(hall: Hall, now: datetime) -> Iterator[Alarm]:
    """Yield an alarm for each open counter that has long called nobody although somebody waits for it."""
    if not is_open(hall.sessions, now):
        return
    for number, state in sorted(hall.counters.items()):
        if state.clerk is None or state.since is None or now - state.since < COUNTER_IDLE:
            continue
        choice = next_ticket(hall, number, now)
        if choice is not None and now - hall.tickets[choice.ticket].issued_at >= COUNTER_IDLE:
            count = sum(len(hall.line(line)) for line in lines_at(hall, number))
            yield Alarm(kind="counter_idle", at=state.since, facts={"counter": number, "count": count})


def _forgotten_calls(hall: Hall, now: datetime) -> Iterator[Alarm]:
    """Yield an alarm for each ticket that stays called: long not begun, or not seen on any display."""
    for number, state in sorted(hall.counters.items()):
        ticket = None if state.ticket is None else hall.tickets[state.ticket]
        if ticket is None or ticket.status != "called" or ticket.last_called_at is None:
            continue
        if now - ticket.last_called_at >= CALL_FORGOTTEN:
            facts: Facts = {"counter": number, "number": ticket_number(ticket.id)}
            yield Alarm(kind="call_forgotten", at=ticket.last_called_at, facts=facts)


def _ending_numbers(hall: Hall) -> Iterator[Alarm]:
    """Yield an alarm for each service whose numbers come to their last digit, before anybody is sent away."""
    widens = catalogue_of(hall).policy.number_widens
    for service, last, highest in ending_series(hall):
        facts: Facts = {"service": service.id, "prefix": service.prefix, "last": last, "highest": highest}
        yield Alarm(kind="numbers_widen" if widens else "numbers_ending", at=hall.opened_at, facts=facts)


def _missing_boxes(hall: Hall, around: Surroundings, now: datetime) -> Iterator[Alarm]:
    """Yield an alarm for each box with a key that is away or never came, and for calls that no display shows.

    Only while somebody may need them: at night boxes are switched off.
    """
    if around.started_at is None or not (is_open(hall.sessions, now) or is_issuing(hall.sessions, now)):
        return
    for device, since in sorted(around.expected.items()):
        away_since = since or around.started_at
        if now - away_since >= BOX_MISSED:
            kind: Literal["box_away", "box_never"] = "box_away" if is_seen(hall, around, device) else "box_never"
            yield Alarm(kind=kind, at=away_since, facts={"device": device})
    unshown = [each for each in _unshown_calls(hall, now) if around.displays]
    if unshown:
        latest = unshown[-1]
        facts: Facts = {"number": ticket_number(latest.id), "counter": latest.counter or 0}
        yield Alarm(kind="call_unshown", at=latest.last_called_at or now, facts=facts)


def _unshown_calls(hall: Hall, now: datetime) -> list[Ticket]:
    """Return the tickets that stay called and whose latest call no display has shown in time, the oldest first."""
    there = [hall.tickets[state.ticket] for state in hall.counters.values() if state.ticket is not None]
    called = [each for each in there if each.status == "called" and each.last_called_at is not None]
    late = [each for each in called if now - (each.last_called_at or now) >= CALL_UNSHOWN]
    return sorted(
        (each for each in late if (call := hall.latest_call(each)) is not None and not call.shown),
        key=lambda each: each.last_call,
    )


def _machine(around: Surroundings, now: datetime) -> Iterator[Alarm]:
    """Yield what is wrong with the server's PC: its disk, and what would be lost with it."""
    if around.unwritable_since is not None:
        yield Alarm(kind="storage", at=around.unwritable_since)
    if around.disk_low_since is not None:
        yield Alarm(kind="disk_low", at=around.disk_low_since, facts={"free_mb": around.disk_free_mb})
    if around.copied_at is not None and now - around.copied_at > COPY_OLD:
        yield Alarm(kind="backup_old", at=around.copied_at, facts={"days": (now - around.copied_at).days})


def is_seen(hall: Hall, around: Surroundings, device: DeviceId) -> bool:
    """Say whether a box was here today, or since the server started."""
    was_here = around.expected.get(device) is not None or device in around.connected
    return was_here or any(known == device for known, _ in hall.devices)


def waiting_for(hall: Hall, service: ServiceId, lines: Iterable[Line]) -> list[Ticket]:
    """Return who waits for this service in any of these lines."""
    tickets = (hall.tickets[each.ticket] for line in lines for each in hall.line(line))
    return [ticket for ticket in tickets if ticket.service == service]
