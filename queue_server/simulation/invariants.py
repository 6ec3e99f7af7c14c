"""What must hold after every event, whatever the rule and whoever asked. A small second bookkeeping judges the first.

Each entry costs only what it touched; the whole hall is looked at now and then, and at the end of a day.
"""

from collections import Counter as Tally
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from queue_protocol.ids import TicketId
from queue_server.core.events import (
    CounterClosed,
    DayClosed,
    DayOpened,
    Entry,
    PriorityChanged,
    ServiceChanged,
    ServiceFinished,
    TicketCalled,
    TicketCarriedOver,
    TicketHeld,
    TicketIssued,
    TicketMissed,
    TicketTransferred,
    TicketVoided,
)
from queue_server.core.hall import Hall, Ticket, Waiting, catalogue_of, lines_at, services_at
from queue_server.core.lifecycle import AT_COUNTER

WHOLE_EVERY = 200
"""Entries between two looks at the whole hall."""

MOVED = (PriorityChanged, ServiceChanged, TicketHeld, TicketMissed, TicketTransferred)
"""After these a ticket's place is not that of its issue any more."""

ORDINARY_RANK = 2

UNBOUNDED = frozenset({"interleave", "no_overtake"})
"""Rules that look past the due time: those whom they pass over may have come much earlier."""

NEVER = datetime.min.replace(tzinfo=UTC)

LEAVES_COUNTER = (ServiceFinished, TicketMissed, TicketHeld, TicketTransferred, TicketVoided, TicketCarriedOver)


class InvariantBroken(Exception):
    """Something happened that never may. The message says what, and at which entry."""


class Invariants:
    """What was seen of the entries so far: it knows nothing that the hall says of itself."""

    def __init__(self) -> None:
        self._issued: set[TicketId] = set()
        self._at: dict[TicketId, int] = {}
        """The counter of each ticket that is at one."""
        self._moved: set[TicketId] = set()
        self._priority_runs: Tally[int] = Tally()
        """Priority calls in a row per counter, with a normal ticket passed each time."""

    def check(self, before: Hall, entry: Entry, after: Hall) -> None:
        """Judge an entry by the hall before and after it.

        Raises `InvariantBroken`.
        """
        try:
            self._follow(before, entry)
            self._check_touched(entry, after)
        except InvariantBroken as broken:
            raise InvariantBroken(f"entry {entry.sequence}, {entry.event}: {broken}") from None
        if entry.sequence % WHOLE_EVERY == 0:
            self.check_whole(after)

    def check_whole(self, hall: Hall) -> None:
        """Look at every line, counter and ticket.

        Raises `InvariantBroken`.
        """
        for line in hall.lines.values():
            check_sorted(line)
        in_lines = Tally(waiting.ticket for line in hall.lines.values() for waiting in line)
        waiting = {ticket.id for ticket in hall.tickets.values() if ticket.status == "waiting"}
        if in_lines != Tally(waiting):
            raise InvariantBroken("the lines hold other tickets than those that wait")
        there = {ticket.id: ticket.counter for ticket in hall.tickets.values() if ticket.status in AT_COUNTER}
        if there != self._at:
            raise InvariantBroken("tickets are at other counters than they were called to")
        held = {state.ticket: number for number, state in hall.counters.items() if state.ticket is not None}
        if held != there:
            raise InvariantBroken("a counter and its ticket do not know each other")
        for ticket in hall.tickets.values():
            check_times(ticket)

    def _follow(self, before: Hall, entry: Entry) -> None:
        event = entry.event
        if isinstance(event, DayOpened | DayClosed):
            self._at, self._moved = {}, set()
            self._priority_runs.clear()
        elif isinstance(event, TicketIssued):
            self._issue(event)
        elif isinstance(event, TicketCalled):
            self._call(before, entry.at, event)
        elif isinstance(event, LEAVES_COUNTER):
            self._at.pop(event.ticket, None)
        elif isinstance(event, CounterClosed):
            self._priority_runs[event.counter] = 0
        if isinstance(event, MOVED):
            self._moved.add(event.ticket)

    def _issue(self, event: TicketIssued) -> None:
        if event.ticket in self._issued:
            raise InvariantBroken("its number was given before")
        self._issued.add(event.ticket)
        if event.carried_over is not None or event.origin == "appointment":
            self._moved.add(event.ticket)

    def _call(self, hall: Hall, at: datetime, event: TicketCalled) -> None:
        if event.ticket in self._at:
            raise InvariantBroken(f"it is at counter {self._at[event.ticket]} already")
        if event.counter in self._at.values():
            raise InvariantBroken(f"counter {event.counter} has a ticket already")
        self._at[event.ticket] = event.counter
        if event.reason.rule == "chosen":
            return
        called = hall.tickets[event.ticket]
        waiting = [
            each for line in lines_at(hall, event.counter) for each in hall.line(line) if each.ticket != called.id
        ]
        _check_limit(hall, called, waiting, at)
        if called.id not in self._moved:
            self._check_first_come(hall, called)
            check_overtaking(hall, event, called, waiting)
        self._check_turn(hall, event, called, waiting, is_late=called.place.joined_at < _limit(hall, at))

    def _check_first_come(self, hall: Hall, called: Ticket) -> None:
        """Check that nobody of the same line and class came earlier and still waits."""
        mine = (called.issued_at, called.sequence)
        for waiting in hall.line(called.place.line):
            other = hall.tickets[waiting.ticket]
            same = other.priority == called.priority and other.id not in self._moved
            if same and (other.issued_at, other.sequence) < mine:
                raise InvariantBroken(f"{other.id}, of the same line and class, came earlier and still waits")

    def _check_turn(
        self, hall: Hall, event: TicketCalled, called: Ticket, waiting: Sequence[Waiting], *, is_late: bool
    ) -> None:
        """Check that after so many priority calls past earlier normal tickets a normal one comes, if none is late."""
        interleave = catalogue_of(hall).policy.interleave
        mine = (called.place.joined_at, called.sequence)
        passes = called.priority and any(
            (each.joined_at, each.sequence) < mine for each in waiting if not each.priority
        )
        self._priority_runs[event.counter] = self._priority_runs[event.counter] + 1 if passes else 0
        run = self._priority_runs[event.counter]
        if interleave is not None and run > interleave.priority and not is_late:
            raise InvariantBroken(f"{run} priority tickets were called in a row past normal ones")

    def _check_touched(self, entry: Entry, hall: Hall) -> None:
        ticket = hall.tickets.get(getattr(entry.event, "ticket", TicketId("")))
        if ticket is None:
            return
        line = hall.line(ticket.place.line)
        check_sorted(line)
        times = sum(each.ticket == ticket.id for each in line)
        if times != (ticket.status == "waiting"):
            raise InvariantBroken(f"a ticket that is {ticket.status} stands in its line {times} times")
        counter = ticket.counter if ticket.status in AT_COUNTER else None
        if counter != self._at.get(ticket.id):
            raise InvariantBroken(f"it is at counter {counter} and was called to {self._at.get(ticket.id)}")
        there = ticket.counter is not None and hall.counter_state(ticket.counter).ticket == ticket.id
        if there != (counter is not None):
            raise InvariantBroken(f"counter {ticket.counter} and its ticket do not know each other")
        check_times(ticket)


def check_sorted(line: Sequence[Waiting]) -> None:
    """Check that a line stands in the order of calling."""
    for one, other in pairwise(line):
        if not one < other:
            raise InvariantBroken(f"{one.ticket} and {other.ticket} stand in their line the wrong way round")


def check_times(ticket: Ticket) -> None:
    """Check that no wait of a ticket is negative."""
    marks = (ticket.issued_at, ticket.first_called_at, ticket.started_at, ticket.ended_at)
    times = [mark for mark in marks if mark is not None]
    if any(one > other for one, other in pairwise(times)):
        raise InvariantBroken(f"the times of {ticket.id} run backwards")


def check_overtaking(hall: Hall, event: TicketCalled, called: Ticket, waiting: Sequence[Waiting]) -> None:
    """Check that with a finite head start nobody was overtaken by somebody who came later by more than that."""
    place = called.place
    if place.rank != ORDINARY_RANK or event.reason.rule in UNBOUNDED or services_at(hall, event.counter)[1]:
        return
    bound = _longest_head_start(hall)
    for each in waiting:
        beside = (each.session, each.rank) == (place.session, place.rank)
        if beside and place.joined_at - each.joined_at > bound:
            raise InvariantBroken(f"{each.ticket} came more than {bound} earlier and was overtaken")


def _check_limit(hall: Hall, called: Ticket, waiting: Sequence[Waiting], at: datetime) -> None:
    """Check that nobody who waits longer than the policy lets be overtaken was overtaken."""
    limit = _limit(hall, at)
    for each in waiting:
        if each.joined_at < min(limit, called.place.joined_at):
            raise InvariantBroken(f"{each.ticket} waits for longer than anybody may be overtaken")


def _limit(hall: Hall, at: datetime) -> datetime:
    """Return since when nobody who waits may be overtaken any more."""
    minutes = catalogue_of(hall).policy.no_overtake_after_minutes
    return NEVER if minutes is None else at - timedelta(minutes=minutes)


def _longest_head_start(hall: Hall) -> timedelta:
    catalogue = catalogue_of(hall)
    own = [each.head_start_minutes or 0 for each in catalogue.services]
    return timedelta(minutes=max(catalogue.policy.priority_head_start_minutes, *own))
