"""Where a ticket stands: in its line, among those who are away, or at a counter. What events move it by."""

from bisect import bisect_left
from datetime import datetime

from msgspec.structs import replace

from queue_server.core.events import Event
from queue_server.core.hall import Hall, Ticket, Waiting, without
from queue_server.core.lifecycle import STATUS_AFTER


def after(ticket: Ticket, event: type[Event]) -> Ticket:
    """Return the ticket with the status that this event gives it."""
    return replace(ticket, status=STATUS_AFTER[ticket.status, event])


def keep(hall: Hall, ticket: Ticket) -> Hall:
    """Return the hall with this ticket as it is now."""
    return replace(hall, tickets=hall.tickets.set(ticket.id, ticket))


def wait(hall: Hall, ticket: Ticket) -> Hall:
    """Keep a ticket that waits again, in its line and with its calls counted anew."""
    in_line = replace(hall, lines=hall.lines.set(ticket.place.line, joined(hall, ticket)))
    return keep(in_line, replace(ticket, calls=0, away_since=None, hold_reason=None))


def joined(hall: Hall, ticket: Ticket) -> tuple[Waiting, ...]:
    """Return the line of a ticket with it in its place."""
    place = ticket.place
    line = hall.line(place.line)
    waiting = Waiting(
        place.session, place.rank, place.due_at, ticket.sequence, ticket.id, place.joined_at, ticket.priority
    )
    ahead = bisect_left(line, waiting)
    return line[:ahead] + (waiting,) + line[ahead:]  # noqa: RUF005 - three times as fast


def leave_line(hall: Hall, ticket: Ticket) -> Hall:
    """Take a ticket out of the line it waits in."""
    place = ticket.place
    line = hall.line(place.line)
    at = bisect_left(line, (place.session, place.rank, place.due_at, ticket.sequence))
    return replace(hall, lines=hall.lines.set(place.line, line[:at] + line[at + 1 :]))


def come_back(hall: Hall, ticket: Ticket) -> Hall:
    """Take a ticket off the lists of who is away."""
    missed = tuple(each for each in hall.missed if each != ticket.id)
    return replace(hall, away=without(hall.away, ticket.id), missed=missed)


def free_counter(hall: Hall, ticket: Ticket, at: datetime) -> Hall:
    """Let the counter of a ticket be free from this moment on."""
    number = ticket.counter or 0
    state = hall.counter_state(number)
    free = replace(state, ticket=None, since=at if state.paused is None else None)
    return replace(hall, counters=hall.counters.set(number, free))
