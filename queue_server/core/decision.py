"""What a decision is made of: who asks, what happens, and the questions that several commands ask first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from queue_protocol.answers import RefusalCode, Refused, Result
from queue_protocol.ids import DeviceId, TicketId, ticket_number
from queue_server.core.events import Event
from queue_server.core.hall import Hall, Ticket, catalogue_of
from queue_server.core.lifecycle import STATUS_AFTER
from queue_server.core.permissions import DEVICES, Role


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: the name of an account or a box, and all that it may be."""

    name: str
    roles: frozenset[Role]

    @property
    def id(self) -> str:
        """The name as events keep it; a visitor has none."""
        if "visitor" in self.roles:
            return "visitor"
        return f"{'account' if self.device is None else 'device'}:{self.name}"

    @property
    def device(self) -> DeviceId | None:
        """The box; `None`: a person."""
        return DeviceId(self.name) if self.roles & DEVICES else None


@dataclass(frozen=True, slots=True)
class Decision:
    """What happens, and what is answered once it is durable."""

    events: tuple[Event, ...]
    result: Result


class Decide(Protocol):
    """Decides one kind of command."""

    def __call__(self, hall: Hall, command: Any, actor: Actor, now: datetime, /) -> Decision:
        """Return what the command does."""


Deciders = Mapping[type, Decide]


def refuse(code: RefusalCode, **facts: str | int) -> Decision:
    """Return a refusal with what its sentence needs."""
    return Decision((), Refused(code=code, facts=facts))


def wrong_status(ticket: Ticket) -> Decision:
    """Return the refusal of what cannot be done with a ticket as it is."""
    return refuse("wrong_status", number=ticket_number(ticket.id), status=ticket.status)


def ticket_for(hall: Hall, asked: TicketId, event: type[Event]) -> Ticket | Decision:
    """Return a ticket to which this may happen, or why not."""
    ticket = hall.tickets.get(asked)
    if ticket is None:
        return refuse("unknown_ticket")
    return ticket if (ticket.status, event) in STATUS_AFTER else wrong_status(ticket)


def at_my_counter(hall: Hall, asked: TicketId, actor: Actor) -> Ticket | Decision:
    """Return the ticket if it is at a counter that this person holds, or why not."""
    ticket = hall.tickets.get(asked)
    if ticket is None:
        return refuse("unknown_ticket")
    if ticket.counter is None:
        return wrong_status(ticket)
    refusal = not_mine(hall, ticket.counter, actor)
    if refusal is not None:
        return refusal
    if hall.counter_state(ticket.counter).ticket != ticket.id:
        return refuse("desk_moved_on", counter=ticket.counter)
    return ticket


def not_mine(hall: Hall, number: int, actor: Actor) -> Decision | None:
    """Return why this person does not work at this counter; `None`: does."""
    counter = catalogue_of(hall).counter(number)
    if counter is None:
        return refuse("unknown_counter", counter=number)
    clerk = hall.counter_state(number).clerk
    if clerk is None:
        return refuse("counter_closed", counter=number)
    works_here = clerk == actor.name if actor.device is None else counter.pad == actor.device
    return None if works_here else refuse("counter_taken", counter=number, clerk=clerk)
