"""The tables of a ticket's life: complete, without dead ends before an end, and the only source of statuses."""

from typing import get_args

from queue_server.core.events import EVENTS, DayClosed, SlipEvent, TicketEvent, TicketIssued
from queue_server.core.lifecycle import AT_COUNTER, IN_HALL, SLIP_AFTER, STATUS_AFTER, SlipStatus, Status

STATUSES = set(get_args(Status))


def test_every_status_is_reached() -> None:
    """Each status is the outcome of some event."""
    assert set(STATUS_AFTER.values()) == STATUSES


def test_statuses_in_the_hall_are_those_something_can_follow() -> None:
    """`IN_HALL` names exactly the statuses that are no end, and all of them end at midnight."""
    assert {before for before, _ in STATUS_AFTER if before is not None} == IN_HALL
    assert {before for before, event in STATUS_AFTER if event is DayClosed} == IN_HALL
    assert AT_COUNTER < IN_HALL


def test_a_ticket_begins_by_being_issued_and_by_nothing_else() -> None:
    """Only an issue makes a ticket, and no ticket is issued twice."""
    assert [pair for pair in STATUS_AFTER if None in pair or TicketIssued in pair] == [(None, TicketIssued)]


def test_every_event_of_a_ticket_and_of_a_slip_is_in_its_table() -> None:
    """No event of a ticket is without a rule on when it may happen."""
    assert {event for _, event in STATUS_AFTER} == {*get_args(TicketEvent), DayClosed}
    assert {event for _, event in SLIP_AFTER} == set(get_args(SlipEvent))
    assert {status for status, _ in SLIP_AFTER} < set(get_args(SlipStatus))


def test_every_kind_of_event_carries_its_version() -> None:
    """The tag of each stored event is a name, a dot and a version, and no two events share it."""
    tags = [str(event.__struct_config__.tag) for event in EVENTS]
    assert len(set(tags)) == len(tags)
    assert all(tag.rpartition(".")[2].isdigit() for tag in tags)
