"""The fold: from the state and an entry to the state after it and the rows that it changes; one for every database."""

from collections.abc import Callable, Mapping
from typing import Any

from queue_server.core.events import Entry, Event
from queue_server.followers.reports import counters, days, tickets
from queue_server.followers.reports.rows import Changes
from queue_server.followers.reports.state import State, Step

VERSION = 4
"""Of what the fold makes of entries. A database with rows of another version has them made anew from its journal."""

_BY_EVENT: Mapping[type[Event], Callable[[Step, Entry, Any], None]] = {
    **tickets.BY_EVENT,
    **counters.BY_EVENT,
    **days.BY_EVENT,
}
"""Kinds that are not here change no report."""


def apply(state: State, entry: Entry) -> tuple[State, Changes]:
    """Return the state after an entry, and the rows that it changes.

    Raises `IssuedTwice` for an entry that gives a number a second time.
    """
    record = _BY_EVENT.get(type(entry.event))
    if record is None:
        return state, {}
    step = Step(state)
    record(step, entry, entry.event)
    return step.state(), step.changes
