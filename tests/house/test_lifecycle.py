"""The life of a ticket is a table: each pair of status and event is in it or refused, and its document is whole."""

from datetime import UTC, datetime
from itertools import product
from typing import get_args

import pytest

from queue_protocol.answers import Refused
from queue_protocol.ids import DeviceId
from queue_server.core.box_events import SlipAccepted, SlipFailed, SlipPrinted, SlipUncertain
from queue_server.core.events import (
    CallWithdrawn,
    DayClosed,
    Entry,
    Event,
    FinishTakenBack,
    PriorityChanged,
    ServiceChanged,
    ServiceFinished,
    ServiceStarted,
    SlipReprinted,
    TicketCalled,
    TicketCancelled,
    TicketCarriedOver,
    TicketEvent,
    TicketHeld,
    TicketIssued,
    TicketMissed,
    TicketRecalled,
    TicketReissued,
    TicketResumed,
    TicketReturned,
    TicketTransferred,
    TicketVoided,
    VisitRated,
)
from queue_server.core.evolve import evolve
from queue_server.core.facts import CallReason, Place
from queue_server.core.hall import Hall
from queue_server.core.lifecycle import SLIP_AFTER, STATUS_AFTER, SlipStatus, Status
from queue_server.core.permissions import MAY_ASK, Order
from tools import lifecycle_drawing as drawing

AT = datetime(2026, 11, 23, 2, tzinfo=UTC)
ONE, KIOSK = drawing.TICKET, DeviceId("kiosk-1")
PLACE = Place(line=drawing.SERVICE, due_at=AT, joined_at=AT)

MOVES: dict[type[Event], Event] = {
    TicketCancelled: TicketCancelled(ticket=ONE),
    TicketVoided: TicketVoided(ticket=ONE, reason="other"),
    ServiceChanged: ServiceChanged(ticket=ONE, service=drawing.SERVICE, place=PLACE),
    PriorityChanged: PriorityChanged(ticket=ONE, priority=True, place=PLACE),
    TicketReissued: TicketReissued(ticket=ONE, token=drawing.token(7), before=drawing.token(0), print_at=KIOSK),
    TicketCarriedOver: TicketCarriedOver(
        ticket=ONE, service=drawing.SERVICE, token=drawing.token(8), reason="other", print_at=KIOSK
    ),
    TicketCalled: TicketCalled(ticket=ONE, counter=1, reason=CallReason(rule="due_time")),
    CallWithdrawn: CallWithdrawn(ticket=ONE, counter=1, calls=1, first=True),
    FinishTakenBack: FinishTakenBack(ticket=ONE, counter=1, started_at=AT),
    TicketRecalled: TicketRecalled(ticket=ONE, counter=1, kind="recall"),
    ServiceStarted: ServiceStarted(ticket=ONE, counter=1, started_at=AT, implied=False),
    ServiceFinished: ServiceFinished(ticket=ONE, counter=1),
    TicketMissed: TicketMissed(ticket=ONE, counter=1),
    TicketReturned: TicketReturned(ticket=ONE, place=PLACE),
    TicketHeld: TicketHeld(ticket=ONE, reason="other", counter=None),
    TicketResumed: TicketResumed(ticket=ONE, place=PLACE),
    TicketTransferred: TicketTransferred(ticket=ONE, counter=1, service=drawing.SERVICE, place=PLACE),
    VisitRated: VisitRated(ticket=ONE, rating=5),
    DayClosed: DayClosed(day=AT.date(), left=(ONE,)),
}
"""Everything that can happen to a ticket after it was issued, happening to the one of the examples."""

PAPER: dict[type[Event], Event] = {
    SlipPrinted: SlipPrinted(ticket=ONE, device=KIOSK),
    SlipAccepted: SlipAccepted(ticket=ONE, device=KIOSK),
    SlipFailed: SlipFailed(ticket=ONE, device=KIOSK, reason="paper_out"),
    SlipUncertain: SlipUncertain(ticket=ONE, device=KIOSK, reason="stalled"),
    SlipReprinted: SlipReprinted(ticket=ONE, print_at=KIOSK, copy_number=1),
}
"""Everything that can happen to a slip, and to nothing else of a ticket."""

PAPER_BEFORE: dict[SlipStatus, tuple[type[Event], ...]] = {
    "pending": (),
    "printed": (SlipPrinted,),
    "accepted": (SlipAccepted,),
    "failed": (SlipFailed,),
    "uncertain": (SlipUncertain,),
}
"""What brings the slip of the examples into each status."""


def after(hall: Hall, event: Event) -> Hall:
    """Return the hall after one more event."""
    return evolve(hall, Entry(hall.sequence + 1, max(hall.at, AT), AT.date(), "system", None, 0, event))


@pytest.mark.parametrize("kind", list(MAY_ASK), ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("status", get_args(Status))
def test_commands_keep_to_the_table(status: Status, kind: type[Order]) -> None:
    """Whatever is asked in whatever status, the events that follow are moves of the table, one after another."""
    decision = drawing.decision_in(*drawing.hall_with(status), kind)
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
    """The tables of the document have an example of each thing that may be asked."""
    assert set(drawing.ASKED) == set(MAY_ASK)


def test_every_move_has_its_example() -> None:
    """What happens to tickets and slips is known to this file whole."""
    assert set(MOVES) == {*get_args(TicketEvent), DayClosed} - {TicketIssued}
    assert {event for _, event in STATUS_AFTER} == {*MOVES, TicketIssued}
    assert {event for _, event in SLIP_AFTER} == {*PAPER, TicketReissued, TicketCarriedOver}


@pytest.mark.parametrize(("status", "event"), list(product(get_args(Status), MOVES)))
def test_moves_outside_the_table_are_not_replayed(status: Status, event: type[Event]) -> None:
    """A move of the table leads where the table says; a journal with any other is not taken for true."""
    hall, _ = drawing.hall_with(status)
    if (status, event) in STATUS_AFTER:
        assert after(hall, MOVES[event]).tickets[ONE].status == STATUS_AFTER[status, event]
    else:
        with pytest.raises(KeyError):
            after(hall, MOVES[event])


@pytest.mark.parametrize(("status", "event"), list(product(PAPER_BEFORE, PAPER)))
def test_paper_outside_the_table_is_not_replayed(status: SlipStatus, event: type[Event]) -> None:
    """The same for slips: what follows is what the table says, and nothing else is taken for true."""
    hall, _ = drawing.hall_with("waiting")
    for before in PAPER_BEFORE[status]:
        hall = after(hall, PAPER[before])
    assert hall.tickets[ONE].slip == status
    if (status, event) in SLIP_AFTER:
        assert after(hall, PAPER[event]).tickets[ONE].slip == SLIP_AFTER[status, event]
    else:
        with pytest.raises(KeyError):
            after(hall, PAPER[event])


def test_letters_of_the_legend_are_of_one_refusal() -> None:
    """Whoever reads ✗ WS in the document finds one refusal in its legend."""
    halls = [drawing.hall_with(status) for status in get_args(Status)]
    halls += [drawing.hall_after(way) for way in drawing.COUNTER_STATES.values()]
    decisions = [drawing.decision_in(hall, now, kind) for hall, now in halls for kind in MAY_ASK]
    codes = {each.result.code for each in decisions if isinstance(each.result, Refused)}
    assert len({drawing.initials(code) for code in codes}) == len(codes)
