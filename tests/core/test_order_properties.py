"""What is true of the order whatever the center: lines, counters, preferences and policies drawn by hypothesis.

Tickets here are never held, missed, transferred, appointed or chosen: `test_order.py` tells of those.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from queue_protocol.commands import CallNext, TakeTicket
from queue_protocol.ids import ServiceId, TicketId
from queue_server.core.catalogue import Catalogue, Counter, Interleave, Policy
from queue_server.core.decide import decide
from queue_server.core.evolve import evolve
from queue_server.core.hall import Hall, Ticket, lines_at
from queue_server.core.views import ticket_page
from tests.core.center import (
    CATALOGUE,
    CERTIFICATION,
    CIVIL_STATUS,
    HOA,
    KIEN,
    KIOSK,
    LAN,
    LAND,
    Center,
    token,
    with_policy,
)

SERVICES = (CERTIFICATION, CIVIL_STATUS, LAND)
CLERKS = {1: LAN, 2: HOA, 3: KIEN}
HEAD_START = timedelta(minutes=30)
LIMIT = timedelta(minutes=25)

Step = tuple[Literal["take"], ServiceId, bool, int] | tuple[Literal["call"], int]


@dataclass(frozen=True, slots=True)
class Called:
    """A call as it was made: by whom, and who of its lines was waiting then, before it."""

    counter: int
    ticket: Ticket
    at: datetime
    others: tuple[Ticket, ...]


steps = st.lists(
    st.one_of(
        st.tuples(st.just("take"), st.sampled_from(SERVICES), st.booleans(), st.sampled_from([0, 1, 7, 20])),
        st.tuples(st.just("call"), st.sampled_from([1, 2, 3])),
    ),
    min_size=10,
    max_size=60,
)
"""Somebody takes a ticket and minutes pass, or a counter calls."""

limits = st.none() | st.just(int(LIMIT.total_seconds()) // 60)
interleaves = st.none() | st.builds(Interleave, priority=st.integers(1, 3), normal=st.integers(1, 2))


@st.composite
def catalogues(draw: st.DrawFn, *, preferring: bool = True, counters: int = 3) -> Catalogue:
    """Return a center whose counters serve any lines, all of them served, and prefer some where that is asked for."""
    served = [draw(st.lists(st.sampled_from(SERVICES), min_size=1, unique=True)) for _ in range(counters)]
    served[0] = draw(st.permutations(SERVICES))
    return msgspec.structs.replace(
        CATALOGUE,
        counters=tuple(
            Counter(
                number=number,
                services=tuple(services),
                preferred=tuple(draw(st.lists(st.sampled_from(services), unique=True))) if preferring else (),
            )
            for number, services in enumerate(served, 1)
        ),
    )


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """Return any policy of who is called."""
    return msgspec.structs.replace(
        Policy(),
        priority_strict=draw(st.booleans()),
        interleave=draw(interleaves),
        no_overtake_after_minutes=draw(limits),
    )


def center_of(catalogue: Catalogue, policy: Policy | None = None) -> Center:
    """Return a center with all its counters open."""
    center = Center(msgspec.structs.replace(catalogue, policy=policy or catalogue.policy))
    for counter in catalogue.counters:
        center.open(counter.number, CLERKS[counter.number])
    return center


def play(center: Center, acts: list[Step]) -> Iterator[Called]:
    """Let all of this happen, and yield each call."""
    for act in acts:
        if act[0] == "take":
            center.take(act[1], priority=act[2])
            center.wait(minutes=act[3])
        elif act[1] in {counter.number for counter in (center.hall.catalogue or CATALOGUE).counters}:
            yield from press_next(center, act[1])


def press_next(center: Center, number: int) -> Iterator[Called]:
    """Let a counter finish and call, whoever long ago its ticket was called; yield the call if there is one."""
    others = waiting_at(center.hall, number)
    if not others and center.hall.counter_state(number).ticket is None:
        return
    center.begin(number, CLERKS[number])
    command = CallNext(counter=number, after=center.hall.counter_state(number).ticket, long_service="true")
    center.done(command, CLERKS[number])
    called = center.hall.counter_state(number).ticket
    if called is not None:
        ticket = center.ticket(called)
        yield Called(number, ticket, center.now, tuple(each for each in others if each.id != called))


def waiting_at(hall: Hall, number: int) -> list[Ticket]:
    """Return who waits in the lines of a counter."""
    return [hall.tickets[each.ticket] for line in lines_at(hall, number) for each in hall.line(line)]


@given(catalogue=catalogues(), policy=policies(), acts=steps)
def test_each_class_of_a_line_is_first_come_first_served(
    catalogue: Catalogue, policy: Policy, acts: list[Step]
) -> None:
    """Whatever counters serve and prefer, nobody of the same line and class who came earlier is left waiting."""
    for call in play(center_of(catalogue, policy), acts):
        kind = (call.ticket.service, call.ticket.priority)
        alike = [each for each in call.others if (each.service, each.priority) == kind]
        assert all(each.sequence > call.ticket.sequence for each in alike)


@given(catalogue=catalogues(preferring=False), acts=steps)
def test_nobody_starves_with_a_finite_head_start(catalogue: Catalogue, acts: list[Step]) -> None:
    """Whoever joined more than the head start after somebody is never called before them at a counter of both.

    So at most those overtake who have priority and came within these thirty minutes, however many come later.
    """
    for call in play(center_of(catalogue), acts):
        for other in call.others:
            assert call.ticket.issued_at <= other.issued_at + (HEAD_START if call.ticket.priority else timedelta())


@given(catalogue=catalogues(), policy=policies(), acts=steps)
def test_nobody_is_overtaken_beyond_the_limit(catalogue: Catalogue, policy: Policy, acts: list[Step]) -> None:
    """With a limit, whoever of a counter's lines waits for longer is next there, under preferences and strict too."""
    limited = msgspec.structs.replace(policy, no_overtake_after_minutes=int(LIMIT.total_seconds()) // 60)
    for call in play(center_of(catalogue, limited), acts):
        for other in call.others:
            if call.at - other.issued_at > LIMIT:
                assert call.ticket.sequence < other.sequence


@given(catalogue=catalogues(), interleave=interleaves.filter(bool), strict=st.booleans(), acts=steps)
def test_priority_calls_in_a_row_are_bounded(
    catalogue: Catalogue, interleave: Interleave, acts: list[Step], *, strict: bool
) -> None:
    """With interleave n to m a counter never calls more than n with priority in a row past a normal one before them."""
    policy = msgspec.structs.replace(Policy(), interleave=interleave, priority_strict=strict)
    run = dict.fromkeys(CLERKS, 0)
    for call in play(center_of(catalogue, policy), acts):
        before = [each for each in call.others if each.sequence < call.ticket.sequence]
        passed_normal = call.ticket.priority and any(not each.priority for each in before)
        run[call.counter] = run[call.counter] + 1 if passed_normal else 0
        assert run[call.counter] <= interleave.priority


@given(catalogue=catalogues(preferring=False), interleave=interleaves, strict=st.booleans(), acts=steps)
def test_nobody_waits_longer_for_having_priority(
    catalogue: Catalogue, interleave: Interleave | None, acts: list[Step], *, strict: bool
) -> None:
    """Whatever turns normal tickets have, none of them is called before a priority ticket that came earlier."""
    policy = msgspec.structs.replace(Policy(), interleave=interleave, priority_strict=strict)
    for call in play(center_of(catalogue, policy), acts):
        passed = [each for each in call.others if each.priority and each.sequence < call.ticket.sequence]
        assert call.ticket.priority or not passed


@given(catalogue=catalogues(), policy=policies(), acts=steps)
def test_the_same_state_and_command_give_the_same_event(catalogue: Catalogue, policy: Policy, acts: list[Step]) -> None:
    """Asked twice, and asked of a hall rebuilt from the journal, the decision is the same."""
    center = center_of(catalogue, policy)
    for _ in play(center, acts):
        pass
    rebuilt = Hall()
    for entry in center.entries:
        rebuilt = evolve(rebuilt, entry)
    assert rebuilt == center.hall
    for number, state in center.hall.counters.items():
        command = CallNext(counter=number, after=state.ticket, long_service="true")
        one, again, replayed = (
            decide(hall, command, CLERKS[number], center.now, 0) for hall in (center.hall, center.hall, rebuilt)
        )
        assert one == again == replayed


def people_ahead(center: Center, ticket: TicketId) -> int:
    """Return how many are before a ticket by its page."""
    page = ticket_page(center.hall, center.ticket(ticket).token, center.now)
    assert page is not None
    assert page.outlook is not None
    return page.outlook.people_ahead


def called_before(center: Center, ticket: TicketId, turns: Iterator[int]) -> int:
    """Return how many the counters of its line call before this ticket when nobody else comes."""
    service, before = center.ticket(ticket).service, 0
    for number in turns:
        for call in press_next(center, number):
            if call.ticket.id == ticket:
                return before
            before += service in lines_at(center.hall, number)
    raise AssertionError(f"{ticket} was never called")


def in_turn(catalogue: Catalogue) -> Iterator[int]:
    """Yield the counters one after the other, for long enough to call everybody."""
    return iter([counter.number for _ in range(70) for counter in catalogue.counters])


@settings(max_examples=60)
@given(catalogue=catalogues(preferring=False, counters=1), acts=steps, strict=st.booleans(), chance=st.integers(0, 99))
def test_people_ahead_are_those_really_called_before(
    catalogue: Catalogue, acts: list[Step], chance: int, *, strict: bool
) -> None:
    """Where one counter calls in order of the lines and nobody else comes, the number is right to the person."""
    center = center_of(catalogue, msgspec.structs.replace(Policy(), priority_strict=strict))
    center.take(CERTIFICATION)
    for _ in play(center, acts):
        pass
    waiting = waiting_at(center.hall, 1)
    if waiting:
        ticket = waiting[chance % len(waiting)].id
        told = people_ahead(center, ticket)
        assert called_before(center, ticket, in_turn(catalogue)) == told


@settings(max_examples=60)
@given(catalogue=catalogues(preferring=False), acts=steps, chance=st.integers(0, 99))
def test_never_more_are_called_before_than_were_told(catalogue: Catalogue, acts: list[Step], chance: int) -> None:
    """Where counters share lines in part, a person may be called earlier than told, and never later."""
    center = center_of(catalogue)
    center.take(CERTIFICATION)
    for _ in play(center, acts):
        pass
    waiting = [hall_ticket for hall_ticket in center.hall.tickets.values() if hall_ticket.status == "waiting"]
    if waiting:
        ticket = waiting[chance % len(waiting)].id
        told = people_ahead(center, ticket)
        assert called_before(center, ticket, in_turn(catalogue)) <= told


@given(priority=st.booleans())
def test_a_ticket_just_taken_is_told_the_same_on_slip_and_page(*, priority: bool) -> None:
    """The number on the slip is the number on the page of that moment."""
    center = Center(with_policy()).open()
    for _ in range(3):
        center.take()
    center.done(TakeTicket(service=CERTIFICATION, token=token(1), priority=priority), KIOSK)
    ticket = center.hall.tokens[token(1)]
    assert center.ticket(ticket).people_ahead == people_ahead(center, ticket)
