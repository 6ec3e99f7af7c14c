"""Who is called next, and why. One number orders the queue: the due time, the moment a ticket counts as having joined.

The rules in the order in which they win: the clerk's choice, nobody is overtaken for too long, who was put first, the
turn of normal tickets after priority ones that joined later, the services that the counter prefers, the order of the
lines. `placing` says where a ticket stands in its line; with a finite head start nobody waits for ever.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import merge

from queue_protocol.desk_tickets import CallRule
from queue_protocol.ids import TicketId
from queue_server.core.catalogue import Policy
from queue_server.core.facts import CallReason, Line
from queue_server.core.hall import CounterState, Hall, Waiting, catalogue_of, lines_at, services_at

PASSED_LIMIT = 10
"""Tickets named in the reason of a call: enough to answer a complaint, bounded so that an event is too."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Whom a counter calls, and why."""

    ticket: TicketId
    reason: CallReason


def queue_of(hall: Hall, lines: Iterable[Line]) -> Iterator[Waiting]:
    """Yield who waits in any of these lines, in the order of the lines."""
    return merge(*(hall.line(line) for line in lines))


def next_ticket(hall: Hall, number: int, now: datetime) -> Choice | None:
    """Return whom a counter calls next; `None`: nobody waits for it."""
    lines = [line for line in map(hall.line, lines_at(hall, number)) if line]
    if not lines:
        return None
    first = min(line[0] for line in lines)
    rule, chosen = _by_rules(hall, number, now, lines, first)
    passed = _passed(lines, chosen)
    plain = _plain_rule(hall, chosen, passed)
    return Choice(chosen.ticket, CallReason(rule=plain if chosen is first else rule, passed=passed))


def chosen_ticket(hall: Hall, number: int, ticket: TicketId) -> Choice:
    """Return the clerk's choice, with whom it passes."""
    lines = [hall.line(line) for line in lines_at(hall, number)]
    sequence = hall.tickets[ticket].sequence
    passed = _passed(lines, None, sequence)
    return Choice(ticket, CallReason(rule="chosen", passed=passed))


def after_call(state: CounterState, policy: Policy, *, priority: bool) -> tuple[int, int]:
    """Return the counter's priority calls in a row and the normal calls due, after one more call."""
    if policy.interleave is None:
        return 0, 0
    if priority:
        run = state.priority_run + 1
        return run, policy.interleave.normal if run >= policy.interleave.priority else 0
    owed = max(state.normal_owed - 1, 0)
    return (state.priority_run if owed else 0), owed


def _by_rules(
    hall: Hall, number: int, now: datetime, lines: Sequence[tuple[Waiting, ...]], first: Waiting
) -> tuple[CallRule, Waiting]:
    policy = catalogue_of(hall).policy
    overdue = _overdue(policy, now, lines)
    if overdue is not None:
        return "no_overtake", overdue
    if first.rank == 0:
        return "put_first", first
    is_normal_turn = policy.interleave is not None and hall.counter_state(number).normal_owed > 0
    bar = min((_joined(each) for each in _normal_heads(lines)), default=None) if is_normal_turn else None
    for service in services_at(hall, number)[1]:
        preferred = _head(hall.line(service), bar)
        if preferred is not None:
            return "preference", preferred
    heads = [head for line in lines if (head := _head(line, bar)) is not None]
    return ("due_time" if bar is None else "interleave"), min(heads)


def _overdue(policy: Policy, now: datetime, lines: Iterable[tuple[Waiting, ...]]) -> Waiting | None:
    """Return who joined first, when that is longer ago than anybody may be overtaken."""
    if policy.no_overtake_after_minutes is None:
        return None
    joined_before = now - timedelta(minutes=policy.no_overtake_after_minutes)
    earliest = min((each for line in lines for each in line), key=lambda each: (each.joined_at, each.sequence))
    return earliest if earliest.joined_at < joined_before else None


def _normal_heads(lines: Iterable[tuple[Waiting, ...]]) -> list[Waiting]:
    heads = (next((each for each in line if not each.priority), None) for line in lines)
    return [head for head in heads if head is not None]


def _head(line: tuple[Waiting, ...], bar: tuple[datetime, int] | None) -> Waiting | None:
    """Return whom to call from a line; `None`: nobody waits there whose turn it is.

    In the turn of normal tickets priority steps back behind those who joined before it, of whom `bar` is the first:
    nobody waits longer for having priority. `None`: it is no such turn, or no normal ticket waits.
    """
    if not line or bar is None or not line[0].priority or _joined(line[0]) < bar:
        return line[0] if line else None
    return next(iter(_normal_heads([line])), None)


def _joined(waiting: Waiting) -> tuple[datetime, int]:
    return waiting.joined_at, waiting.sequence


def _passed(
    lines: Iterable[tuple[Waiting, ...]], chosen: Waiting | None, sequence: int | None = None
) -> tuple[TicketId, ...]:
    """Return the first tickets issued before this one that still wait for the counter."""
    before = chosen.sequence if chosen is not None else sequence or 0
    earlier = sorted((each.sequence, each.ticket) for line in lines for each in line if each.sequence < before)
    return tuple(ticket for _, ticket in earlier[:PASSED_LIMIT])


def _plain_rule(hall: Hall, chosen: Waiting, passed: Sequence[TicketId]) -> CallRule:
    """Return what put the first of the line before those issued earlier."""
    if not passed:
        return "due_time"
    if chosen.rank == 0:
        return "put_first"
    if chosen.rank == 1:
        return "strict"
    if hall.tickets[chosen.ticket].origin == "appointment":
        return "appointment"
    return "head_start" if chosen.priority else "due_time"
