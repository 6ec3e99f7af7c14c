"""The tables of a ticket's life: complete, without dead ends before an end, and the only source of statuses."""

from typing import get_args

from queue_server.core.events import (
    EVENTS,
    DayClosed,
    SlipEvent,
    TicketCarriedOver,
    TicketEvent,
    TicketIssued,
    TicketReissued,
)
from queue_server.core.lifecycle import (
    AT_COUNTER,
    IN_HALL,
    MAY_COME_BACK,
    SLIP_AFTER,
    STATUS_AFTER,
    UNSERVED,
    SlipStatus,
    Status,
)

STATUSES = set(get_args(Status))


def followed(statuses: set[Status | None]) -> set[Status]:
    """Return what may follow these statuses, in any number of steps."""
    after = {STATUS_AFTER[pair] for pair in STATUS_AFTER if pair[0] in statuses}
    return after if after <= statuses else followed(statuses | after)


def test_every_status_is_reached() -> None:
    """Each status is the outcome of some event, from the issue on."""
    assert followed({None}) == STATUSES


def test_midnight_ends_all_who_are_still_to_be_dealt_with() -> None:
    """`IN_HALL` names exactly the statuses that midnight expires."""
    assert {before for before, event in STATUS_AFTER if event is DayClosed} == IN_HALL
    assert AT_COUNTER < IN_HALL
    assert UNSERVED < IN_HALL
    assert IN_HALL < MAY_COME_BACK


def test_who_may_be_called_again_is_named() -> None:
    """`MAY_COME_BACK` names exactly the statuses from which a call may follow, or is there already."""
    callable_again = {status for status in STATUSES if "called" in followed({status}) | {status}}
    assert callable_again == MAY_COME_BACK | {"finished"}, "a finish that is taken back is a service again"


def test_ends_are_ends() -> None:
    """Nothing happens to a ticket that is out of the queue, but that a finished visit is rated or taken back."""
    ends = STATUSES - MAY_COME_BACK
    assert {(before, after) for (before, _), after in STATUS_AFTER.items() if before in ends} == {
        ("finished", "finished"),
        ("finished", "serving"),
    }


def test_a_ticket_begins_by_being_issued_and_by_nothing_else() -> None:
    """Only an issue makes a ticket, and no ticket is issued twice."""
    assert [pair for pair in STATUS_AFTER if None in pair or TicketIssued in pair] == [(None, TicketIssued)]


def test_every_event_of_a_ticket_and_of_a_slip_is_in_its_table() -> None:
    """No event of a ticket is without a rule on when it may happen."""
    assert {event for _, event in STATUS_AFTER} == {*get_args(TicketEvent), DayClosed}
    assert {event for _, event in SLIP_AFTER} == {*get_args(SlipEvent), TicketReissued, TicketCarriedOver}
    assert {status for status, _ in SLIP_AFTER} == set(get_args(SlipStatus))


def test_every_kind_of_event_carries_its_version() -> None:
    """The tag of each stored event is a name, a dot and a version, and no two events share it."""
    tags = [str(event.__struct_config__.tag) for event in EVENTS]
    assert len(set(tags)) == len(tags)
    assert all(tag.rpartition(".")[2].isdigit() for tag in tags)
