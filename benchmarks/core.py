"""What a command costs the core, whole and without disk, late in a huge day beside early in a small one.

Cost must not grow with the tickets of the day: the same commands are timed in a hall of 1,000 tickets and in one of
100,000, of which 500 wait in each.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from queue_protocol.commands import (
    CallNext,
    FinishService,
    HoldTicket,
    OpenCounter,
    RecallTicket,
    ResumeTicket,
    TakeTicket,
    TransferTicket,
)
from queue_protocol.ids import AccountId, DeviceId, Revision, ServiceId, TicketId, ticket_id, token_of
from queue_server.core.alarms import Surroundings
from queue_server.core.box_events import SlipPrinted
from queue_server.core.catalogue import Catalogue, Counter, Policy, Service
from queue_server.core.decide import decide
from queue_server.core.decision import Actor
from queue_server.core.events import (
    DayOpened,
    Entry,
    Event,
    ServiceFinished,
    ServiceStarted,
    TicketCalled,
    TicketIssued,
)
from queue_server.core.evolve import evolve
from queue_server.core.facts import CallReason, Place
from queue_server.core.hall import Hall
from queue_server.core.permissions import Order
from queue_server.core.staff_views import desk, office
from queue_server.core.views import board, menu

TICKETS = (1_000, 100_000)
WAITING = 500
COUNTERS = 10
REPEATS = 300
"""Of each command; the median of them does not see a collection of garbage."""
AIM = 3.0
"""The most that a command may cost more in the large day."""

DAY = date(2026, 11, 23)
MORNING = datetime(2026, 11, 23, 1, tzinfo=UTC)
KIOSK, PRINTER = Actor("kiosk-1", frozenset({"kiosk"})), DeviceId("kiosk-1")
SERVICES = tuple(ServiceId(f"service_{number}") for number in range(1, 6))
CATALOGUE = Catalogue(
    center={"vi": "Trung tâm"},
    services=tuple(
        Service(id=service, prefix=prefix, names={"vi": prefix}, icon="stamper", expected_minutes=6)
        for service, prefix in zip(SERVICES, "AHLXK", strict=True)
    ),
    counters=tuple(Counter(number=number, services=SERVICES) for number in range(1, COUNTERS + 1)),
    policy=Policy(number_digits=6, recall_gap_s=0, stop_when_full=False),
)


class Day:
    """A hall with its clock: asks the core, and lets happen what it decides."""

    def __init__(self) -> None:
        self.hall, self.now, self.taken = Hall(), MORNING, 0
        self._happen(DayOpened(day=DAY, catalogue=CATALOGUE, counters=()), "system")
        for counter in CATALOGUE.counters:
            self.ask(OpenCounter(counter=counter.number), clerk_of(counter.number))

    def ask(self, order: Order, by: Actor) -> None:
        """Decide and evolve, as the service does with each command."""
        self.now += timedelta(milliseconds=10)
        for event in decide(self.hall, order, by, self.now, 0).events:
            self._happen(event, by.id)

    def take(self) -> TicketId:
        """Let somebody take a ticket, one in six with priority, and return it."""
        self.taken += 1
        token = token_of(self.taken.to_bytes(16, "big"))
        service = SERVICES[self.taken % len(SERVICES)]
        self.ask(TakeTicket(service=service, token=token, priority=self.taken % 6 == 0, print_at=PRINTER), KIOSK)
        return self.hall.tokens[token]

    def serve(self, place: int) -> None:
        """Let somebody have been served, from the slip to the end."""
        service, counter = SERVICES[place % len(SERVICES)], 1 + place % COUNTERS
        self.now += timedelta(milliseconds=40)
        issued = TicketIssued(
            ticket=ticket_id(DAY, f"{CATALOGUE.services[place % len(SERVICES)].prefix}{place:06}"),
            service=service,
            priority=False,
            token=token_of(place.to_bytes(16, "little")),
            origin="kiosk",
            print_at=PRINTER,
            place=Place(line=service, due_at=self.now, joined_at=self.now),
            people_ahead=0,
            wait=None,
        )
        for event in (
            issued,
            SlipPrinted(ticket=issued.ticket, device=PRINTER),
            TicketCalled(ticket=issued.ticket, counter=counter, reason=CallReason(rule="due_time")),
            ServiceStarted(ticket=issued.ticket, counter=counter, started_at=self.now, implied=False),
            ServiceFinished(ticket=issued.ticket, counter=counter),
        ):
            self._happen(event, "system")

    def next(self, counter: int) -> TicketId:
        """Let a clerk finish and call, and return who was called."""
        self.ask(CallNext(counter=counter, after=self.at(counter), long_service="true"), clerk_of(counter))
        return self.at(counter) or ticket_id(DAY, "A0")

    def at(self, counter: int) -> TicketId | None:
        """Return the ticket at a counter."""
        return self.hall.counter_state(counter).ticket

    def _happen(self, event: Event, by: str) -> None:
        self.hall = evolve(self.hall, Entry(self.hall.sequence + 1, self.now, DAY, by, None, 0, event))


def clerk_of(counter: int) -> Actor:
    """Return the clerk who holds a counter."""
    return Actor(f"clerk-{counter}", frozenset({"clerk"}))


def measure(_folder: Path) -> list[dict[str, Any]]:
    """Return a row per command: microseconds in the small day, in the large one, and how many times that is."""
    small, large = (_costs(_day_with(tickets)) for tickets in TICKETS)
    return [
        {
            "what": f"core, {name}: {TICKETS[1]:,} to {TICKETS[0]:,} tickets",
            "value": round(large[name] / small[name], 2),
            "unit": "times",
            "aim": AIM,
            "small_us": round(small[name], 1),
            "large_us": round(large[name], 1),
        }
        for name in small
    ]


def _day_with(tickets: int) -> Day:
    """Return a day in which so many tickets were taken and all but those who wait are done.

    Those who are done are told to the hall as events: asking for each would take minutes.
    """
    day = Day()
    for place in range(tickets - WAITING):
        day.serve(place)
    for _ in range(WAITING):
        day.take()
    return day


def _costs(day: Day) -> Mapping[str, float]:
    return {name: _cost(day, prepare) for name, prepare in _COMMANDS.items()}


def _cost(day: Day, prepare: Callable[[Day], Callable[[], object]]) -> float:
    """Return the median cost of what `prepare` makes ready, in microseconds; the day is as before afterwards."""
    costs = []
    for _ in range(REPEATS):
        before = (day.hall, day.now)
        act = prepare(day)
        start = perf_counter()
        act()
        costs.append(perf_counter() - start)
        day.hall, day.now = before
    return median(costs) * 1e6


def _ready_next(day: Day) -> Callable[[], object]:
    return lambda: day.next(1)


def _ready_recall(day: Day) -> Callable[[], object]:
    order = RecallTicket(ticket=day.next(1))
    return lambda: day.ask(order, clerk_of(1))


def _ready_finish(day: Day) -> Callable[[], object]:
    order = FinishService(ticket=day.next(1))
    return lambda: day.ask(order, clerk_of(1))


def _ready_hold(day: Day) -> Callable[[], object]:
    order = HoldTicket(ticket=day.hall.line(SERVICES[0])[0].ticket, reason="stepped_out")
    return lambda: day.ask(order, clerk_of(1))


def _ready_resume(day: Day) -> Callable[[], object]:
    ticket = day.hall.line(SERVICES[0])[0].ticket
    day.ask(HoldTicket(ticket=ticket, reason="stepped_out"), clerk_of(1))
    return lambda: day.ask(ResumeTicket(ticket=ticket), clerk_of(1))


def _ready_transfer(day: Day) -> Callable[[], object]:
    order = TransferTicket(ticket=day.next(1), service=SERVICES[2])
    return lambda: day.ask(order, clerk_of(1))


def _ready_desk(day: Day) -> Callable[[], object]:
    account = AccountId(clerk_of(1).name)
    return lambda: desk(day.hall, _revision(day), day.now, account, 1, Surroundings())


def _revision(day: Day) -> Revision:
    return Revision(epoch=1, sequence=day.hall.sequence)


_COMMANDS: Mapping[str, Callable[[Day], Callable[[], object]]] = {
    "take": lambda day: day.take,
    "next": _ready_next,
    "recall": _ready_recall,
    "finish": _ready_finish,
    "hold": _ready_hold,
    "resume": _ready_resume,
    "transfer": _ready_transfer,
    "menu": lambda day: lambda: menu(day.hall, _revision(day), day.now),
    "board": lambda day: lambda: board(day.hall, _revision(day), day.now, None),
    "desk": _ready_desk,
    "office": lambda day: lambda: office(day.hall, _revision(day), day.now, Surroundings()),
}
