"""The state of a center on its day: what `evolve` builds from events, and nothing else.

Values are msgspec structs, not dataclasses: each event makes a new hall, and a copy with two fields changed costs
0.3 µs instead of 8.6 µs (docs/decisions/0009-state-as-structs.md).
"""

from datetime import UTC, date, datetime
from itertools import chain
from typing import Any, Literal, NamedTuple

import msgspec
from immutables import Map
from msgspec.structs import replace

from queue_protocol.commands import HoldReason, PauseReason
from queue_protocol.day_commands import EndReason
from queue_protocol.ids import AccountId, DeviceId, HallId, ServiceId, TicketId, Token, ticket_holder
from queue_server.core.calendar import Sessions
from queue_server.core.catalogue import Catalogue, Counter
from queue_server.core.events import OutageEnded
from queue_server.core.facts import CallReason, CarriedSlip, Line, Origin, PaperRoll, Place
from queue_server.core.lifecycle import UNSERVED, SlipStatus, Status
from queue_server.core.loss_events import EntriesMissing

PAPER_LOW_SLIPS = 80
"""An hour of a busy hall: time enough to fetch a roll."""

ACCEPTED_SHOWN = 5
"""Slips sent to a printer that never answers; who gets no paper says so before five others have come."""

USUAL_SLIP_MM = 100
"""With the cut. A usual slip is laid out in 90 mm."""


class Waiting(NamedTuple):
    """A ticket's place in a line: lines are sorted by it, in the order of calling."""

    session: int
    """Sessions of the day that were over when it joined."""
    rank: int
    due_at: datetime
    sequence: int
    """Of the event that issued it: the order of two tickets due in one moment."""
    ticket: TicketId
    joined_at: datetime
    priority: bool


class Ticket(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known of a ticket of the day."""

    id: TicketId
    service: ServiceId
    """The one it waits for or is served for; a visit may pass several."""
    priority: bool
    token: Token
    print_at: DeviceId | None
    status: Status
    slip: SlipStatus
    slip_asked_at: datetime
    """When its latest paper was asked for: at the issue, or as a reprint."""
    issued_at: datetime
    issued_by: str
    """The actor: only the kiosk that issued it may cancel it."""
    origin: Origin
    dossiers: int
    place: Place
    """Where it stands, or stood last."""
    sequence: int
    """Of the event that issued it."""
    people_ahead: int
    """As printed on the slip."""
    wait_minutes: tuple[int, int] | None
    """As printed on the slip."""
    after_break: bool
    """As printed on the slip."""
    recovered: bool = False
    """Whether the journal had lost it and a kiosk has told of it again."""
    reissued: bool = False
    """Whether its slip is a new one for a lost one."""
    copies: int = 0
    """Reprints of its slip."""
    counter: int | None = None
    """Where it was called to last; `None`: not called yet."""
    calls: int = 0
    """Since it waited last."""
    reason: CallReason | None = None
    """Why it was called last; `None`: not called yet."""
    first_called_at: datetime | None = None
    last_called_at: datetime | None = None
    last_call: int = 0
    """Sequence of the event of its latest call; 0: not called yet."""
    started_at: datetime | None = None
    """Of the service that goes on, or went on last: when it was pressed."""
    counted_from: datetime | None = None
    """The call that the finished service counts from; `None`: from its start."""
    away_since: datetime | None = None
    """When it was put on hold, or was called and did not come."""
    hold_reason: HoldReason | None = None
    held_before: HoldReason | None = None
    """Why it was on hold when it was called last; `None`: it was not."""
    returns: int = 0
    """How often it came back after a no-show."""
    ended_at: datetime | None = None
    rating: int | None = None
    carried_token: Token | None = None
    """Of the slip for a later day; `None`: it was not carried over."""


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """A call of the day, and what became of it."""

    ticket: TicketId
    shown: bool = False
    """A display has shown it."""
    spoken: bool = False
    """The speaker has said it."""


class CounterState(msgspec.Struct, frozen=True, kw_only=True):
    """A counter of the day."""

    clerk: AccountId | None = None
    """`None`: closed."""
    ticket: TicketId | None = None
    paused: PauseReason | None = None
    """`None`: it calls."""
    since: datetime | None = None
    """Since when it is without a ticket and not paused; `None`: it is not, is closed, or its clerk, who held it over
    midnight, has done nothing there today."""
    services: tuple[ServiceId, ...] = ()
    """For the rest of the day; empty: what the catalogue says."""
    preferred: tuple[ServiceId, ...] = ()
    """Means something only where `services` does."""
    priority_run: int = 0
    """Priority calls in a row, for `Policy.interleave`."""
    normal_owed: int = 0
    """Normal calls that are due after them."""
    turn_before: tuple[int, int] = (0, 0)
    """`priority_run` and `normal_owed` before the latest call, which may be withdrawn."""
    finished: TicketId | None = None
    """The latest visit that was finished here by the clerk who is here; `None`: none was, or it was taken back."""


Part = Literal["printer", "speaker"]


class PartReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a box last said of one of its parts."""

    state: Literal["ready", "failed", "unknown"]
    reason: str | None


class Hoarding(msgspec.Struct, frozen=True, kw_only=True):
    """An alarm: many tickets of one service at one kiosk."""

    device: DeviceId
    service: ServiceId
    tickets: int
    at: datetime


class Hall(msgspec.Struct, frozen=True, kw_only=True):
    """A center on its day. Collections that grow with the day are persistent maps; lines hold the waiting only."""

    catalogue: Catalogue | None = None
    """`None`: nothing has been imported yet."""
    day: date | None = None
    """The local day that is open; `None`: none yet."""
    opened_at: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    """When the day was opened."""
    sessions: Sessions = None
    sessions_set_at: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    """When the sessions became these."""
    sessions_over: int = 0
    """Sessions that had closed by then: a change of today's hours makes nobody's place better or worse."""
    ended: EndReason | None = None
    """Why kiosks give no more tickets today; `None`: they do."""
    sequence: int = 0
    """Of the last event."""
    at: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    """Instant of the last event."""
    tickets: Map[TicketId, Ticket] = msgspec.field(default_factory=Map)
    tokens: Map[Token, TicketId] = msgspec.field(default_factory=Map)
    """Of every slip of the day, also of those that were replaced."""
    withdrawn: Map[Token, None] = msgspec.field(default_factory=Map)
    """Requests for a ticket that a kiosk gave up before they arrived: refused for the rest of the day."""
    lines: Map[Line, tuple[Waiting, ...]] = msgspec.field(default_factory=Map)
    issued: Map[str, int] = msgspec.field(default_factory=Map)
    """The last number given, per prefix and, for numbers given offline, per prefix with the kiosk's mark."""
    numbers_ahead: dict[str, dict[str, int]] = {}
    """The same of later days that a wrong clock has begun already, by their dates."""
    given: Map[tuple[ServiceId, int], int] = msgspec.field(default_factory=Map)
    """Tickets that kiosks gave per service and session, for the quota."""
    takes: Map[tuple[DeviceId, ServiceId], tuple[datetime, ...]] = msgspec.field(default_factory=Map)
    """When each kiosk lately gave tickets of a service: as many as tell whether they are hoarded."""
    hoarded: Map[tuple[DeviceId, ServiceId], datetime] = msgspec.field(default_factory=Map)
    """When the alarm about it was raised last."""
    away: Map[TicketId, None] = msgspec.field(default_factory=Map)
    """On hold, or called without anybody coming."""
    counters: Map[int, CounterState] = msgspec.field(default_factory=Map)
    calls: Map[int, Call] = msgspec.field(default_factory=Map)
    """Every call of the day by the sequence of its event."""
    latest_calls: tuple[TicketId, ...] = ()
    """The newest first, six at most in each hall, each ticket once."""
    missed: tuple[TicketId, ...] = ()
    """The newest first, twelve at most."""
    slips: Map[TicketId, None] = msgspec.field(default_factory=Map)
    """Tickets whose paper is asked for, failed or is uncertain."""
    accepted_slips: tuple[TicketId, ...] = ()
    """Tickets whose slips went last to printers that never answer: the newest first, five at most."""
    carried: Map[Token, CarriedSlip] = msgspec.field(default_factory=Map)
    """Slips of earlier days that go first and were not used yet."""
    carried_today: tuple[CarriedSlip, ...] = ()
    """Slips given today for a later day."""
    outages: tuple[OutageEnded, ...] = ()
    missing: tuple[EntriesMissing, ...] = ()
    """What the journal of today is known to have lost, in the order in which it became known."""
    hoardings: tuple[Hoarding, ...] = ()
    """The latest first, five at most."""
    left_yesterday: int = 0
    """People whom midnight found in the hall on the last open day."""
    paper: Map[DeviceId, PaperRoll] = msgspec.field(default_factory=Map)
    """The rolls that somebody said were put in."""
    paper_low: Map[DeviceId, datetime] = msgspec.field(default_factory=Map)
    """Since when those of them that will soon end are known to."""
    marks: Map[DeviceId, str] = msgspec.field(default_factory=Map)
    """Letters that the server gave to kiosks for which the catalogue has none; see `series`."""
    devices: Map[tuple[DeviceId, Part], PartReport] = msgspec.field(default_factory=Map)

    @property
    def counters_waited_for(self) -> tuple[int, ...]:
        """The counters to which somebody was sent who waits for them alone."""
        return tuple(line for line, waiting in self.lines.items() if isinstance(line, int) and waiting)

    def counter_state(self, number: int) -> CounterState:
        """Return the state of a counter; one that nobody has opened yet is closed."""
        return self.counters.get(number, CounterState())

    def latest_call(self, ticket: Ticket) -> Call | None:
        """Return the latest call of a ticket; `None` when it was not called yet."""
        return self.calls.get(ticket.last_call)

    def line(self, line: Line) -> tuple[Waiting, ...]:
        """Return who waits for a service or for one counter, in the order of calling."""
        return self.lines.get(line, ())


def slips_left(roll: PaperRoll) -> int:
    """Return how many slips a roll is still good for, going by the latest one."""
    return max(roll.roll_mm - roll.used_mm, 0) // (roll.slip_mm or USUAL_SLIP_MM)


def with_roll(hall: Hall, roll: PaperRoll, at: datetime) -> Hall:
    """Return the hall with this roll as it is from this moment on."""
    device, is_low = roll.device, slips_left(roll) <= PAPER_LOW_SLIPS
    since = hall.paper_low.get(device, at)
    low = hall.paper_low.set(device, since) if is_low else without(hall.paper_low, device)
    return replace(hall, paper=hall.paper.set(device, roll), paper_low=low)


def without(collection: Map[Any, Any], key: object) -> Map[Any, Any]:
    """Return a map without this key, which need not be there."""
    return collection.delete(key) if key in collection else collection


def unserved(hall: Hall) -> tuple[Ticket, ...]:
    """Return who has not been served yet, in the order of issue: waiting, called and not come yet, on hold."""
    waiting = (each.ticket for line in hall.lines.values() for each in line)
    at_counters = (state.ticket for state in hall.counters.values() if state.ticket is not None)
    tickets = (hall.tickets[each] for each in chain(waiting, at_counters, hall.away))
    return tuple(sorted((each for each in tickets if each.status in UNSERVED), key=lambda each: each.sequence))


def shares_number(hall: Hall, ticket: TicketId) -> bool:
    """Say whether another ticket of the day has the same number, and staff must look at the slips."""
    return ticket_holder(ticket) > 1 or f"{ticket}.2" in hall.tickets


def catalogue_of(hall: Hall) -> Catalogue:
    """Return the catalogue in force.

    Raises `LookupError` when none was imported: a hall without one decides nothing.
    """
    if hall.catalogue is None:
        raise LookupError("a hall without a catalogue decides nothing; the first start imports one")
    return hall.catalogue


def services_at(hall: Hall, number: int) -> tuple[tuple[ServiceId, ...], tuple[ServiceId, ...]]:
    """Return what a counter serves today, and those of it that it prefers; empty for a counter that is not there."""
    counter = catalogue_of(hall).counter(number)
    if counter is None:
        return (), ()
    state = hall.counters.get(number)
    return (state.services, state.preferred) if state and state.services else (counter.services, counter.preferred)


def lines_at(hall: Hall, number: int) -> tuple[Line, ...]:
    """Return the lines that a counter calls from: its services' and its own."""
    return (*services_at(hall, number)[0], number)


def counters_of(hall: Hall, service: ServiceId) -> tuple[int, ...]:
    """Return the counters that serve a line today."""
    return tuple(each.number for each in catalogue_of(hall).counters if service in _services_today(hall, each))


def counters_for(hall: Hall, line: Line) -> tuple[int, ...]:
    """Return the counters that call from a line today: those of a service, or the one it waits for."""
    return (line,) if isinstance(line, int) else counters_of(hall, line)


def session_at(hall: Hall, at: datetime) -> int:
    """Return how many sessions of the day have closed."""
    return hall.sessions_over + sum(hall.sessions_set_at < each.closes_at <= at for each in hall.sessions or ())


def hall_of(hall: Hall, number: int) -> HallId | None:
    """Return the hall that a counter stands in; `None`: the center has one hall."""
    counter = catalogue_of(hall).counter(number)
    return None if counter is None else counter.hall


def _services_today(hall: Hall, counter: Counter) -> tuple[ServiceId, ...]:
    state = hall.counters.get(counter.number)
    return state.services if state is not None and state.services else counter.services
