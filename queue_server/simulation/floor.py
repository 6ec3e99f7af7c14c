"""The floor of the hall: who is in it, who steps out and comes back, and what greeter and manager do about it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Protocol

from queue_protocol.answers import Refused, Result
from queue_protocol.commands import CarryOver, ResumeTicket, ReturnTicket, VoidTicket
from queue_protocol.day_commands import EndDay
from queue_protocol.ids import TicketId, Token
from queue_server.core.decision import Actor
from queue_server.core.events import (
    Entry,
    TicketCalled,
    TicketIssued,
    TicketMissed,
    TicketResumed,
    TicketReturned,
    TicketTransferred,
)
from queue_server.simulation.agenda import Agenda
from queue_server.simulation.center import Center
from queue_server.simulation.citizens import Citizen
from queue_server.simulation.link import Link, ignore
from queue_server.simulation.people import Person
from queue_server.simulation.scripts import Script

GREETER = Actor("greeter", frozenset({"greeter"}))
MANAGER = Actor("manager", frozenset({"manager"}))

OFFICE = "office"
"""The box of greeter and manager."""

JOINS = (TicketIssued, TicketReturned, TicketResumed, TicketTransferred)
"""After these there is somebody more in a line."""


class Attendant(Protocol):
    """Who works at a counter."""

    def expect(self, ticket: TicketId) -> None:
        """Wait for the person of a ticket that was called here."""

    def wake(self) -> None:
        """Look whether there is somebody to call."""


class Floor:
    """Who is in the hall on one day."""

    def __init__(self, script: Script, agenda: Agenda, center: Center, office: Link) -> None:
        self.day: date = script.day
        self.left: dict[Token, Person] = {}
        """Those who were given a slip for the next working day, by its token."""
        self.attendants: Mapping[int, Attendant] = {}
        self._sessions = script.sessions
        self._agenda = agenda
        self._center = center
        self._office = office
        self._citizens: dict[TicketId, Citizen] = {}

    def enter(self, citizen: Citizen, ticket: TicketId) -> None:
        """Let somebody sit down with a ticket, or ask for the turn that was over before the slip came."""
        citizen.sit_down(ticket, self._agenda.now, self._sessions)
        self._citizens[ticket] = citizen
        known = self._center.hall.tickets.get(ticket)
        if known is not None and known.status == "no_show":
            self._back(citizen, ReturnTicket)

    def leave(self, citizen: Citizen) -> None:
        """Let somebody give back the ticket."""
        if citizen.ticket is not None:
            del self._citizens[citizen.ticket]
            citizen.ticket = None

    def listener(self, ticket: TicketId) -> Citizen | None:
        """Return who hears that a ticket is called; `None`: nobody."""
        citizen = self._citizens.get(ticket)
        return citizen if citizen is not None and citizen.is_there(self._agenda.now) else None

    def notice(self, entries: Sequence[Entry]) -> None:
        """Hear and see what has happened."""
        for entry in entries:
            event = entry.event
            if isinstance(event, TicketCalled):
                self.attendants[event.counter].expect(event.ticket)
            elif isinstance(event, TicketMissed):
                self._miss(event.ticket)
        if any(isinstance(entry.event, JOINS) for entry in entries):
            for attendant in self.attendants.values():
                attendant.wake()

    def step_out(self, citizen: Citizen) -> None:
        """Let somebody go for what is missing, and say at the greeter's that it is there."""
        citizen.go()
        self._back_after(citizen.person.steps_out_s, citizen, ResumeTicket)

    def take_out_double(self, ticket: TicketId) -> None:
        """Let the greeter take out a ticket whose holder has another number."""
        self._office.press(GREETER, VoidTicket(ticket=ticket, reason="double"), ignore)

    def end_day(self) -> None:
        """Let the manager stop the kiosks."""
        self._office.press(MANAGER, EndDay(reason="closing_time"), ignore)

    def give_slips(self) -> None:
        """Let the manager give who still waits a slip for the next working day."""
        for ticket in sorted(self._center.hall.tickets.values(), key=lambda each: each.sequence):
            citizen = self.listener(ticket.id)
            if ticket.status == "waiting" and citizen is not None:
                slip = citizen.person.tokens[2]
                order = CarryOver(ticket=ticket.id, token=slip, reason="closing_time")
                self._office.press(MANAGER, order, partial(self._given, slip, citizen.person))

    def _given(self, slip: Token, person: Person, result: Result) -> None:
        if not isinstance(result, Refused):
            self.left[slip] = person

    def _miss(self, ticket: TicketId) -> None:
        citizen = self._citizens.get(ticket)
        if citizen is not None and citizen.returns_once():
            self._back_after(citizen.person.returns_after_s, citizen, ReturnTicket)

    def _back_after(
        self, seconds: float | None, citizen: Citizen, order: Callable[..., ReturnTicket | ResumeTicket]
    ) -> None:
        if seconds is not None:
            self._agenda.after(seconds, partial(self._back, citizen, order))

    def _back(self, citizen: Citizen, order: Callable[..., ReturnTicket | ResumeTicket]) -> None:
        citizen.come_back()
        if citizen.ticket is not None:
            self._office.press(GREETER, order(ticket=citizen.ticket), ignore)
