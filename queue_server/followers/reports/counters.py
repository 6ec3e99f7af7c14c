"""What each event of a counter changes: its row, and the ticket that is there."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from queue_server.core.events import (
    CounterClosed,
    CounterOpened,
    CounterPaused,
    CounterResumed,
    CounterTakenOver,
    Entry,
    Event,
)
from queue_server.followers.reports.instants import milliseconds
from queue_server.followers.reports.rows import CounterSoFar
from queue_server.followers.reports.state import Step


def opened(counter: int, day: str, at: int, clerk: str) -> CounterSoFar:
    """Return a counter at which a clerk begins to work."""
    return CounterSoFar(counter=counter, day=day, status="free", since=at, clerk=clerk)


def closed(counter: CounterSoFar, at: int) -> CounterSoFar:
    """Return a counter at which nobody works from now on."""
    return replace(counter, status="closed", since=at, clerk=None, ticket=None, paused=None, estimated=0)


def _open(step: Step, entry: Entry, event: CounterOpened) -> None:
    step.put_counter(opened(event.counter, entry.day.isoformat(), milliseconds(entry.at), event.clerk))


def _take_over(step: Step, entry: Entry, event: CounterTakenOver) -> None:
    at, counter = milliseconds(entry.at), step.counters.get(event.counter)
    if counter is None:
        return
    visit = None if counter.ticket is None else step.visits.get(counter.ticket)
    if visit is not None:
        step.put_ticket(replace(visit.ticket, clerk=event.clerk, since=at))
    status = "free" if counter.ticket is None else counter.status
    step.put_counter(replace(counter, clerk=event.clerk, since=at, paused=None, status=status, estimated=0))


def _pause(counter: CounterSoFar, at: int, event: CounterPaused) -> CounterSoFar:
    """Pause a counter, at once where nobody is."""
    paused = replace(counter, paused=event.reason, estimated=0)
    return replace(paused, status="paused", since=at) if counter.ticket is None else paused


def _resume(counter: CounterSoFar, at: int, _event: CounterResumed) -> CounterSoFar:
    resumed = replace(counter, paused=None, estimated=0)
    return replace(resumed, status="free", since=at) if counter.ticket is None else resumed


def _change(change: Callable[[CounterSoFar, int, Any], CounterSoFar]) -> Callable[[Step, Entry, Any], None]:
    """Return what an event changes that changes a counter's row alone."""

    def record(step: Step, entry: Entry, event: Any) -> None:
        counter = step.counters.get(event.counter)
        if counter is not None:
            step.put_counter(change(counter, milliseconds(entry.at), event))

    return record


BY_EVENT: Mapping[type[Event], Callable[[Step, Entry, Any], None]] = {
    CounterOpened: _open,
    CounterClosed: _change(lambda counter, at, _event: closed(counter, at)),
    CounterTakenOver: _take_over,
    CounterPaused: _change(_pause),
    CounterResumed: _change(_resume),
}
