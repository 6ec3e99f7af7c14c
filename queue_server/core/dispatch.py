"""Who is called next. One number orders the queue: the due time, the moment a ticket counts as having joined it.

The next ticket of a counter is the earliest due among the services it serves; a head start shifts the due time of a
priority ticket, so nobody waits for ever and any two people can be told why one was called first.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from heapq import merge
from itertools import islice, takewhile

from queue_protocol.ids import ServiceId, TicketId
from queue_server.core.catalogue import Catalogue, Policy
from queue_server.core.events import CallReason
from queue_server.core.hall import Hall, Waiting

PASSED_LIMIT = 10
"""Tickets named in the reason of a call: enough to answer a complaint, bounded so that a call's cost is too."""


def due_time(policy: Policy, issued_at: datetime, *, priority: bool) -> datetime:
    """Return the moment a ticket taken now counts as having joined the queue."""
    head_start = timedelta(minutes=policy.priority_head_start_minutes if priority else 0)
    return issued_at - head_start


def queue_of(hall: Hall, services: Iterable[ServiceId]) -> Iterator[Waiting]:
    """Yield who waits for any of these services, in the order of calling."""
    return merge(*(hall.line(service) for service in services))


def next_ticket(hall: Hall, services: Iterable[ServiceId]) -> Waiting | None:
    """Return whom a counter that serves these services calls next; `None`: nobody waits."""
    return min((line[0] for line in map(hall.line, services) if line), default=None)


def call_reason(hall: Hall, chosen: Waiting, services: Iterable[ServiceId]) -> CallReason:
    """Return why this ticket is called, and whom issued earlier it passes."""
    passed = tuple(islice(_issued_before(hall, chosen, services), PASSED_LIMIT))
    return CallReason(rule="head_start" if passed else "due_time", passed=passed)


def lines_beside(catalogue: Catalogue, hall: Hall, service: ServiceId) -> tuple[frozenset[ServiceId], int]:
    """Return the lines that compete with this one at the counters serving it, and how many counters those are.

    Open counters count; when none is open, all that are set up to serve it do.
    """
    able = catalogue.counters_of(service)
    ready = [counter for counter in able if hall.counter_state(counter.number).clerk is not None]
    counters = ready or able
    return frozenset(each for counter in counters for each in counter.services), len(ready)


def ahead_in_line(hall: Hall, service: ServiceId, due_at: datetime, sequence: int) -> int:
    """Return how many of this line are called before a ticket with this due time and sequence."""
    return bisect_left(hall.line(service), (due_at, sequence))


def _issued_before(hall: Hall, chosen: Waiting, services: Iterable[ServiceId]) -> Iterator[TicketId]:
    issued_at = hall.tickets[chosen.ticket].issued_at
    for waiting in takewhile(lambda each: each.due_at <= issued_at, queue_of(hall, services)):
        if waiting.sequence < chosen.sequence:
            yield waiting.ticket
