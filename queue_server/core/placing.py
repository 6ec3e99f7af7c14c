"""Where a ticket stands in the queue: the due time and the class that each situation gives it.

| situation | place |
|---|---|
| walk-in | now |
| priority | now, less the head start; under a strict rule in a class before all others |
| appointment | the appointed time when on time, else now |
| carried over from an earlier day, put first by staff | before everybody |
| another service, transferred, back from hold | as before, or now where the policy says so |
| back after a no-show | next but one when soon, now when late |
"""

from datetime import datetime, timedelta

from msgspec.structs import replace

from queue_protocol.ids import ServiceId
from queue_server.core.catalogue import Policy
from queue_server.core.facts import Line, Place, Rank
from queue_server.core.hall import Hall, Ticket, Waiting, catalogue_of, session_at

_BEHIND = timedelta(microseconds=1)
"""Between two places one behind the other: the finest difference that an instant of the journal keeps."""


def place_of_walk_in(hall: Hall, service: ServiceId, joined_at: datetime, *, priority: bool) -> Place:
    """Return the place of a ticket that joins the line of a service at this moment."""
    policy = catalogue_of(hall).policy
    return Place(
        line=service,
        session=session_at(hall, joined_at),
        rank=_rank(policy, priority=priority),
        due_at=joined_at - _head_start(hall, service, priority=priority),
        joined_at=joined_at,
    )


def place_of_appointment(
    hall: Hall, service: ServiceId, now: datetime, appointed_at: datetime, *, priority: bool
) -> Place:
    """Return the place of a person who was asked to come at a time; late, it is that of a walk-in."""
    grace = timedelta(minutes=catalogue_of(hall).policy.appointment_grace_minutes)
    on_time = now <= appointed_at + grace
    return place_of_walk_in(hall, service, appointed_at if on_time else now, priority=priority)


def place_in_front(line: Line, now: datetime) -> Place:
    """Return the place before everybody who waits, behind those who were put there earlier."""
    return Place(line=line, session=0, rank=0, due_at=now, joined_at=now)


def place_at_end(hall: Hall, line: Line, now: datetime) -> Place:
    """Return the place behind everybody who waits, without any head start."""
    return Place(line=line, session=session_at(hall, now), due_at=now, joined_at=now)


def place_behind(first: Waiting, line: Line, now: datetime) -> Place:
    """Return the place right behind somebody who waits in this line or in one called from beside it."""
    rank: Rank = 0 if first.rank == 0 else 1 if first.rank == 1 else 2
    return Place(line=line, session=first.session, rank=rank, due_at=first.due_at + _BEHIND, joined_at=now)


def moved(ticket: Ticket, line: Line) -> Place:
    """Return the same place in time in another line."""
    return replace(ticket.place, line=line)


def with_priority(hall: Hall, ticket: Ticket, *, priority: bool) -> Place:
    """Return the place that the ticket would have had with or without priority.

    Nobody is put behind anybody by being granted priority, and who was let back in after a no-show keeps that place.
    """
    place = ticket.place
    rank = _rank(catalogue_of(hall).policy, priority=priority)
    advanced_at = place.joined_at - _head_start(hall, ticket.service, priority=True)
    if priority:
        return replace(place, rank=min(place.rank, rank), due_at=min(place.due_at, advanced_at))
    if place.rank == 0 or (ticket.returns and place.due_at != advanced_at):
        return place
    return replace(place, rank=rank, due_at=place.joined_at)


def _rank(policy: Policy, *, priority: bool) -> Rank:
    return 1 if priority and policy.priority_strict else 2


def _head_start(hall: Hall, service: ServiceId, *, priority: bool) -> timedelta:
    catalogue = catalogue_of(hall)
    known = catalogue.service(service)
    own = None if known is None else known.head_start_minutes
    minutes = catalogue.policy.priority_head_start_minutes if own is None else own
    return timedelta(minutes=minutes if priority else 0)
