"""A small center to tell stories about: events given, commands asked, time passing, and all of its history."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count

import msgspec

from queue_protocol.answers import NextCalled, Refused, Result, TicketTaken
from queue_protocol.commands import CallNext, FinishService, LongService, OpenCounter, StartService, TakeTicket
from queue_protocol.ids import (
    AccountId,
    DeviceId,
    Revision,
    ServiceId,
    TicketId,
    Token,
    ticket_id,
    ticket_number,
    token_of,
)
from queue_server.core.calendar import sessions_of
from queue_server.core.catalogue import Catalogue, Counter, Hours, Policy, Service, Weekday, WeeklySession
from queue_server.core.days import open_day, pass_time
from queue_server.core.decide import decide
from queue_server.core.decision import Actor, Decision
from queue_server.core.events import DayOpened, Entry, Event, TicketCalled, TicketIssued
from queue_server.core.evolve import evolve
from queue_server.core.facts import CallReason, KnownPart, Place
from queue_server.core.hall import Hall, Ticket
from queue_server.core.permissions import Order, Role

DAY = date(2026, 11, 23)
MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""8 o'clock in Lào Cai, on a Monday."""
MIDNIGHT = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)
"""The beginning of that Monday in Lào Cai."""


def actor(name: str, *roles: Role) -> Actor:
    """Return somebody who may be all of this."""
    return Actor(name, frozenset(roles))


LAN, HOA, KIEN = (actor(name, "clerk") for name in ("lan", "hoa", "kien"))
MANAGER, GREETER = actor("quanly", "manager"), actor("mai", "greeter")
KIOSK, OTHER_KIOSK = actor("kiosk-1", "kiosk"), actor("kiosk-2", "kiosk")
DISPLAY, OTHER_DISPLAY = actor("display-1", "display"), actor("display-2", "display")
VISITOR = actor("", "visitor")

PRINTERS = tuple(
    KnownPart(device=DeviceId(name), part="printer", state="ready", reason=None) for name in ("kiosk-1", "kiosk-2")
)
"""Both kiosks have told of their printers on an earlier day."""

CERTIFICATION, CIVIL_STATUS, LAND = (ServiceId(name) for name in ("certification", "civil_status", "land"))


def service(name: ServiceId, prefix: str, minutes: int) -> Service:
    """Return a service with the least that a service has."""
    return Service(id=name, prefix=prefix, names={"vi": f"Dịch vụ {prefix}"}, icon="stamper", expected_minutes=minutes)


CATALOGUE = Catalogue(
    center={"vi": "Trung tâm Phục vụ hành chính công xã Mẫu"},
    services=(service(CERTIFICATION, "A", 6), service(CIVIL_STATUS, "H", 12), service(LAND, "L", 20)),
    counters=(
        Counter(number=1, services=(CERTIFICATION, CIVIL_STATUS)),
        Counter(number=2, services=(CERTIFICATION,)),
        Counter(number=3, services=(LAND,)),
    ),
    policy=Policy(calls_before_no_show=1),
)
"""Who does not come to the first call has missed it: few stories are about a clerk's patience."""


def with_policy(**changes: object) -> Catalogue:
    """Return the catalogue with another policy."""
    return msgspec.structs.replace(CATALOGUE, policy=msgspec.structs.replace(CATALOGUE.policy, **changes))


def with_hours(catalogue: Catalogue = CATALOGUE, **changes: object) -> Catalogue:
    """Return the catalogue with the office hours of most centers, numbers from half an hour before."""
    days: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri")
    sessions = (
        WeeklySession(days=days, opens="07:30", closes="11:30"),
        WeeklySession(days=days, opens="13:30", closes="17:00"),
    )
    hours = msgspec.structs.replace(Hours(sessions=sessions), **changes)
    return msgspec.structs.replace(catalogue, hours=hours)


def tokens() -> Iterator[Token]:
    """Yield tokens that are never the same."""
    return (token_of(number.to_bytes(16, "big")) for number in count(1))


def token(number: int) -> Token:
    """Return the token with this number; none that `tokens` yields in a test."""
    return Token(base64.b32encode(b"other" + number.to_bytes(11, "big")).decode().rstrip("=").lower())


def called(number: str) -> TicketId:
    """Return the id of the ticket of the day that has this number on its slip."""
    return ticket_id(DAY, number)


@dataclass
class Center:
    """The hall with its history. `given` tells events, `when` asks and changes nothing, `do` asks and lets happen."""

    catalogue: Catalogue = CATALOGUE
    now: datetime = MORNING
    hall: Hall = field(default_factory=Hall)
    parts: tuple[KnownPart, ...] = PRINTERS
    """What is known of the boxes in the morning."""
    entries: list[Entry] = field(default_factory=list)
    tokens: Iterator[Token] = field(default_factory=tokens)

    def __post_init__(self) -> None:
        """Open the day."""
        sessions = sessions_of(self.catalogue, DAY)
        opened = DayOpened(day=DAY, catalogue=self.catalogue, counters=(), sessions=sessions, parts=self.parts)
        self.given(opened)

    def given(self, *events: Event, actor: str = "system") -> "Center":
        """Let these events have happened."""
        for part, event in enumerate(events):
            day = event.day if isinstance(event, DayOpened) else self.hall.day or DAY
            entry = Entry(self.hall.sequence + 1, self.now, day, actor, None, part, event)
            self.hall = evolve(self.hall, entry)
            self.entries.append(entry)
        return self

    def wait(self, seconds: float = 0, *, minutes: float = 0) -> "Center":
        """Let time pass."""
        self.now += timedelta(seconds=seconds, minutes=minutes)
        return self

    def at(self, clock: str) -> "Center":
        """Go to a time of this day on the center's clock, as `11:25`."""
        hour, _, minute = clock.partition(":")
        assert self.hall.day is not None
        days = self.hall.day - DAY
        self.now = MIDNIGHT + days + timedelta(hours=int(hour), minutes=int(minute))
        return self

    def pass_time(self) -> list[Event]:
        """Let happen what time alone brings at this moment of this day, and return it."""
        assert self.hall.day is not None
        events = list(pass_time(self.hall, self.hall.day, self.now))
        self.given(*events)
        return events

    def when(self, command: Order, by: Actor, age_ms: int = 0) -> Decision:
        """Return what is decided on this command; nothing happens yet."""
        return decide(self.hall, command, by, self.now, age_ms)

    def do(self, command: Order, by: Actor) -> Result:
        """Ask, let what is decided happen, and return the answer."""
        decision = self.when(command, by)
        self.given(*decision.events, actor=by.id)
        return decision.result

    def done(self, command: Order, by: Actor) -> tuple[Event, ...]:
        """Ask, let what is decided happen, and return it; fail when it is refused."""
        decision = self.when(command, by)
        assert not isinstance(decision.result, Refused), decision.result
        self.given(*decision.events, actor=by.id)
        return decision.events

    def refusal(self, command: Order, by: Actor, age_ms: int = 0) -> Refused:
        """Return the refusal of this command; fail when it is none, or when events come with it."""
        decision = self.when(command, by, age_ms)
        assert isinstance(decision.result, Refused), f"not refused: {decision}"
        assert decision.events == ()
        return decision.result

    def take(
        self,
        wanted: ServiceId = CERTIFICATION,
        *,
        priority: bool = False,
        by: Actor = KIOSK,
        print_at: str | None = None,
        dossiers: int = 1,
        appointment_at: datetime | None = None,
        carried_over: Token | None = None,
    ) -> TicketId:
        """Let somebody take a ticket, and return it."""
        command = TakeTicket(
            service=wanted,
            token=next(self.tokens),
            priority=priority,
            print_at=None if print_at is None else DeviceId(print_at),
            dossiers=dossiers,
            appointment_at=appointment_at,
            carried_over=carried_over,
        )
        taken = self.do(command, by)
        assert isinstance(taken, TicketTaken), taken
        return taken.ticket

    def open(self, counter: int = 1, by: Actor = LAN) -> "Center":
        """Let a clerk open a counter."""
        assert not isinstance(self.do(OpenCounter(counter=counter), by), Refused)
        return self

    def begin(self, counter: int = 1, by: Actor = LAN) -> None:
        """Let whoever was called to a counter have come there."""
        there = self.hall.counter_state(counter).ticket
        if there is not None and self.ticket(there).status == "called":
            self.done(StartService(ticket=there), by)

    def finish(self, ticket: TicketId, by: Actor = LAN, long_service: LongService = "ask") -> tuple[Event, ...]:
        """Let the person of a ticket at a counter have come and be done, and return what the finish does."""
        self.begin(self.ticket(ticket).counter or 0, by)
        return self.done(FinishService(ticket=ticket, long_service=long_service), by)

    def call(self, counter: int = 1, by: Actor = LAN) -> TicketId | None:
        """Let a clerk call the next ticket, and return it; `None`: nobody waits. Who was called before has come."""
        self.begin(counter, by)
        answer = self.do(CallNext(counter=counter, after=self.hall.counter_state(counter).ticket), by)
        assert isinstance(answer, NextCalled), answer
        return answer.ticket

    def serve(self, counter: int = 1, by: Actor = LAN) -> TicketId:
        """Let a clerk call the next ticket and begin with it, and return it."""
        ticket = self.call(counter, by)
        assert ticket is not None
        self.done(StartService(ticket=ticket), by)
        return ticket

    def reason(self, ticket: TicketId) -> CallReason:
        """Return why a ticket was called last."""
        calls = [entry.event for entry in self.entries if isinstance(entry.event, TicketCalled)]
        return next(call.reason for call in reversed(calls) if call.ticket == ticket)

    def call_all(self, counter: int = 1, by: Actor = LAN) -> list[str]:
        """Let a clerk call until nobody waits, and return the numbers in the order of their calls."""
        order = []
        while (ticket := self.call(counter, by)) is not None:
            order.append(ticket_number(ticket))
        return order

    def midnight(self, days: int = 1) -> "Center":
        """Go to eight in the morning of a later day, the next one unless told, and open it."""
        assert self.hall.day is not None
        day = self.hall.day + timedelta(days=days)
        self.now = max(self.now, MORNING + (day - DAY))
        return self.given(*open_day(self.hall, day))

    def ticket(self, ticket: TicketId) -> Ticket:
        """Return all that is known of a ticket."""
        return self.hall.tickets[ticket]

    @property
    def revision(self) -> Revision:
        """The place of the hall in the journal."""
        return Revision(epoch=1, sequence=self.hall.sequence)


def issued(number: str, wanted: ServiceId = CERTIFICATION, print_at: str | None = None) -> TicketIssued:
    """Return the event of a normal ticket taken at half past seven."""
    return TicketIssued(
        ticket=called(number),
        service=wanted,
        priority=False,
        token=token(int(number[1:]) * 100 + ord(number[0])),
        origin="kiosk",
        print_at=None if print_at is None else DeviceId(print_at),
        place=Place(line=wanted, due_at=MORNING - timedelta(minutes=30), joined_at=MORNING - timedelta(minutes=30)),
        people_ahead=0,
        wait=None,
    )


def account(actor: Actor) -> AccountId:
    """Return the account of a person."""
    return AccountId(actor.name)
