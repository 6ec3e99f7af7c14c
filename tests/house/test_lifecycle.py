"""The life of a ticket is a table: every pair of status and event is in it, or is refused."""

from datetime import UTC, datetime
from itertools import product
from typing import get_args

import pytest

from queue_protocol.answers import Refused
from queue_protocol.commands import Command
from queue_server.core.decide import decide
from queue_server.core.events import (
    CallReason,
    DayClosed,
    Entry,
    Event,
    ServiceFinished,
    ServiceStarted,
    SlipEvent,
    TicketCalled,
    TicketEvent,
    TicketIssued,
    TicketMissed,
    TicketRecalled,
)
from queue_server.core.evolve import evolve
from queue_server.core.lifecycle import AT_COUNTER, IN_HALL, SLIP_AFTER, STATUS_AFTER, SlipStatus, Status
from tools import lifecycle_drawing as drawing

AT = datetime(2026, 11, 23, 2, tzinfo=UTC)
ONE = drawing.TICKET

MOVES: dict[type[Event], Event] = {
    TicketCalled: TicketCalled(ticket=ONE, counter=1, reason=CallReason(rule="due_time")),
    TicketRecalled: TicketRecalled(ticket=ONE, counter=1, kind="recall"),
    ServiceStarted: ServiceStarted(ticket=ONE, counter=1, started_at=AT, implied=False),
    ServiceFinished: ServiceFinished(ticket=ONE, counter=1),
    TicketMissed: TicketMissed(ticket=ONE, counter=1),
    DayClosed: DayClosed(day=AT.date(), left=(ONE,)),
}
"""Everything that can happen to a ticket after it was issued, happening to the one of the examples."""


@pytest.mark.parametrize("command", get_args(Command))
@pytest.mark.parametrize("status", get_args(Status))
def test_commands_keep_to_the_table(status: Status, command: type[Command]) -> None:
    """Whatever is asked in whatever status, the events that follow are moves of the table, one after another."""
    hall, now = drawing.hall_with(status)
    asked, actor = drawing.ASKED[command](hall)
    decision = decide(hall, asked, actor, now, age_ms=0)
    assert decision.events == () or not isinstance(decision.result, Refused)
    at: Status = status
    for event in decision.events:
        if type(event) in MOVES and getattr(event, "ticket", None) == ONE:
            assert (at, type(event)) in STATUS_AFTER
            at = STATUS_AFTER[at, type(event)]


@pytest.mark.parametrize("status", get_args(Status))
def test_the_examples_reach_their_status(status: Status) -> None:
    """The hall that is drawn for a status has its ticket in that status."""
    hall, _ = drawing.hall_with(status)
    assert hall.tickets[ONE].status == status


def test_every_command_is_drawn() -> None:
    """The table of the document has a row for each command of the protocol."""
    assert set(drawing.ASKED) == set(get_args(Command))


def test_every_move_has_its_example() -> None:
    """What happens to tickets is known to this file whole."""
    assert set(MOVES) == {*get_args(TicketEvent), DayClosed} - {TicketIssued}
    assert {event for _, event in STATUS_AFTER} == {*MOVES, TicketIssued}


@pytest.mark.parametrize(("status", "event"), list(product(get_args(Status), MOVES)))
def test_moves_outside_the_table_are_not_replayed(status: Status, event: type[Event]) -> None:
    """A move of the table leads where the table says; a journal with any other is not taken for true."""
    hall, now = drawing.hall_with(status)
    entry = Entry(
        sequence=hall.sequence + 1, at=now, day=AT.date(), actor="system", command_id=None, part=0, event=MOVES[event]
    )
    if (status, event) in STATUS_AFTER:
        assert evolve(hall, entry).tickets[ONE].status == STATUS_AFTER[status, event]
    else:
        with pytest.raises(KeyError):
            evolve(hall, entry)


def test_ends_are_ends() -> None:
    """Nobody who is out of the hall can be moved; everybody in it can."""
    assert {before for before, _ in STATUS_AFTER if before} == IN_HALL
    assert AT_COUNTER < IN_HALL
    assert all(STATUS_AFTER[status, DayClosed] == "expired" for status in IN_HALL)


def test_slips_never_become_worse_than_printed() -> None:
    """A slip that was printed stays printed, and none that was not asked for appears."""
    assert {before for before, _ in SLIP_AFTER}.isdisjoint({"printed", "none"})
    assert set(SLIP_AFTER.values()) | {"none", "pending"} == set(get_args(SlipStatus))
    assert {event for _, event in SLIP_AFTER} == set(get_args(SlipEvent))
