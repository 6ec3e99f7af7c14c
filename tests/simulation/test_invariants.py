"""The judge is judged: each invariant says so when a hall breaks it, and says nothing of a sound one."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from msgspec.structs import replace

from queue_protocol.ids import TicketId
from queue_server.core.catalogue import Interleave
from queue_server.core.events import Entry, Event, ServiceFinished, ServiceStarted, TicketCalled
from queue_server.core.evolve import evolve
from queue_server.core.facts import CallReason
from queue_server.core.hall import Hall
from queue_server.simulation.invariants import InvariantBroken, Invariants
from tests.core.center import HOA, Center, called, issued, with_policy

A1, A2, A3 = called("A001"), called("A002"), called("A003")


class Story:
    """A center whose every entry is judged, with events that no rule would give."""

    def __init__(self, center: Center | None = None) -> None:
        self.center = center or Center()
        self.invariants = Invariants()
        self.hall = Hall()
        self.follow()

    def follow(self) -> "Story":
        """Judge what has happened since."""
        for entry in self.center.entries[self.hall.sequence :]:
            before, self.hall = self.hall, evolve(self.hall, entry)
            self.invariants.check(before, entry, self.hall)
        return self

    def forge(self, event: Event, spoil: Callable[[Hall], Hall] = lambda hall: hall) -> None:
        """Judge an event, and the hall after it as it was spoilt."""
        entry = Entry(self.hall.sequence + 1, self.center.now, self.center.entries[-1].day, "system", None, 0, event)
        self.invariants.check(self.hall, entry, spoil(evolve(self.hall, entry)))

    def whole(self, spoil: Callable[[Hall], Hall]) -> None:
        """Look at the whole hall, as it was spoilt."""
        self.invariants.check_whole(spoil(self.hall))


def story(*, minutes: float = 1, priority: tuple[int, ...] = (), center: Center | None = None) -> Story:
    """Return a center in which three people came, so many minutes apart; those with these numbers have priority."""
    told = center or Center()
    for number in (1, 2, 3):
        told.take(priority=number in priority)
        told.wait(minutes=minutes)
    return Story(told.open(1).open(2, by=HOA))


def call(ticket: TicketId, counter: int = 1) -> TicketCalled:
    """Return a call by the order of the lines."""
    return TicketCalled(ticket=ticket, counter=counter, reason=CallReason(rule="due_time"))


def without(ticket: TicketId) -> Callable[[Hall], Hall]:
    """Return what takes a ticket out of its line and leaves it waiting."""

    def spoil(hall: Hall) -> Hall:
        line = hall.tickets[ticket].place.line
        return replace(
            hall, lines=hall.lines.set(line, tuple(each for each in hall.line(line) if each.ticket != ticket))
        )

    return spoil


def reversed_line(hall: Hall) -> Hall:
    """Return the hall with its first line the wrong way round."""
    line = hall.tickets[A1].place.line
    return replace(hall, lines=hall.lines.set(line, hall.line(line)[::-1]))


def forgetting(hall: Hall) -> Hall:
    """Return the hall with a first counter that knows of no ticket."""
    return replace(hall, counters=hall.counters.set(1, replace(hall.counter_state(1), ticket=None)))


def test_a_sound_story_breaks_nothing() -> None:
    """What the core decides is judged sound, entry by entry and as a whole."""
    told = story()
    told.center.call(1)
    told.center.call(1)
    told.follow().whole(lambda hall: hall)


def test_a_number_given_twice() -> None:
    """The second ticket with a number of the day is found."""
    told = story()
    with pytest.raises(InvariantBroken, match="its number was given before"):
        told.forge(replace(issued("A001"), token=issued("A009").token))


def test_a_ticket_called_to_two_counters() -> None:
    """A call of somebody who is at another counter is found, also when the hall would take it."""
    told = story()
    told.center.call(1)
    told.follow()
    waiting = replace(told.hall.tickets[A1], status="waiting")
    told.hall = replace(told.hall, tickets=told.hall.tickets.set(A1, waiting))
    with pytest.raises(InvariantBroken, match="it is at counter 1 already"):
        told.forge(call(A1, counter=2))


def test_two_tickets_called_to_one_counter() -> None:
    """A call to a counter with a ticket is found."""
    told = story()
    told.center.call(1)
    with pytest.raises(InvariantBroken, match="counter 1 has a ticket already"):
        told.follow().forge(call(A2))


def test_a_counter_that_forgets_its_ticket() -> None:
    """A counter and a ticket that do not know each other are found, at the event and in the whole."""
    told = story()
    with pytest.raises(InvariantBroken, match="do not know each other"):
        told.forge(call(A1), forgetting)
    told = story()
    told.center.call(1)
    with pytest.raises(InvariantBroken, match="do not know each other"):
        told.follow().whole(forgetting)


def test_a_line_out_of_order() -> None:
    """Two who stand the wrong way round are found, at the event and in the whole."""
    told = story()
    with pytest.raises(InvariantBroken, match="the wrong way round"):
        told.forge(issued("A004"), reversed_line)
    with pytest.raises(InvariantBroken, match="the wrong way round"):
        story().whole(reversed_line)


def test_a_ticket_lost_from_its_line() -> None:
    """Somebody who waits and stands in no line is found, at the event and in the whole."""
    with pytest.raises(InvariantBroken, match="stands in its line 0 times"):
        story().forge(issued("A004"), without(called("A004")))
    with pytest.raises(InvariantBroken, match="other tickets than those that wait"):
        story().whole(without(A2))


def test_a_wait_that_is_negative() -> None:
    """Times of a ticket that run backwards are found."""
    told = story()
    told.center.now -= timedelta(hours=1)
    with pytest.raises(InvariantBroken, match="run backwards"):
        told.forge(call(A1))


def test_somebody_called_before_an_earlier_one() -> None:
    """A call past somebody of the same line and class who came earlier is found."""
    with pytest.raises(InvariantBroken, match="A001, of the same line and class, came earlier"):
        story().forge(call(A2))


def test_priority_that_passes_by_more_than_its_head_start() -> None:
    """A call past somebody who came more than the head start earlier is found; one within it is not."""
    story(minutes=14, priority=(3,)).forge(call(A3))
    with pytest.raises(InvariantBroken, match="came more than 0:30:00 earlier"):
        story(minutes=16, priority=(3,)).forge(call(A3))


def test_strict_is_allowed_to_pass_anybody() -> None:
    """Under strict no bound is broken: that is what it means."""
    center = Center(with_policy(priority_strict=True))
    story(minutes=60, priority=(3,), center=center).forge(call(A3))


def test_somebody_passed_who_waits_too_long() -> None:
    """With a limit, a call past somebody who waits longer is found."""
    center = Center(with_policy(no_overtake_after_minutes=20, priority_strict=True))
    with pytest.raises(InvariantBroken, match="waits for longer than anybody may be overtaken"):
        story(minutes=10, priority=(3,), center=center).forge(call(A3))


def test_a_third_priority_call_in_a_row() -> None:
    """With interleave, one priority call too many past normal tickets is found."""
    told = story(priority=(2, 3), center=Center(with_policy(interleave=Interleave(priority=1, normal=1))))
    assert told.center.call(1) == A2
    started = ServiceStarted(ticket=A2, counter=1, started_at=told.center.now, implied=True)
    told.center.given(started, ServiceFinished(ticket=A2, counter=1))
    with pytest.raises(InvariantBroken, match="2 priority tickets were called in a row"):
        told.follow().forge(call(A3))
