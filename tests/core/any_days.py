"""A center through days of anything: what may happen in a hall, and what must hold after each step."""

from collections import Counter as Tally
from datetime import timedelta

import msgspec
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from queue_protocol.answers import Refused
from queue_protocol.commands import (
    CallNext,
    CancelTicket,
    OpenCounter,
    ReportSlip,
    StartService,
    TakeBackFinish,
    TakeTicket,
)
from queue_protocol.ids import DeviceId, TicketId, Token
from queue_server.core.alarms import Surroundings
from queue_server.core.calendar import local_day
from queue_server.core.catalogue import Catalogue, Interleave, Kiosk
from queue_server.core.days import note_outage, open_day, pass_time
from queue_server.core.decide import decide
from queue_server.core.decision import Actor
from queue_server.core.events import (
    DayClosed,
    DayOpened,
    Entry,
    Event,
    PriorityChanged,
    ServiceChanged,
    TicketCalled,
    TicketHeld,
    TicketIssued,
    TicketMissed,
    TicketTransferred,
)
from queue_server.core.evolve import evolve
from queue_server.core.hall import Hall, catalogue_of
from queue_server.core.lifecycle import AT_COUNTER, SLIP_AFTER, STATUS_AFTER, UNSERVED, Status
from queue_server.core.permissions import MAY_ASK, Order
from queue_server.core.staff_views import desk, office
from queue_server.core.views import board, menu, ticket_page
from queue_server.journal.records import JournalOrigin, entry_of, row_of
from tests.core.any_command import COUNTERS, MAKE, NEVER, Chance, some_ticket
from tests.core.center import (
    DISPLAY,
    GREETER,
    HOA,
    KIEN,
    KIOSK,
    LAN,
    MANAGER,
    OTHER_KIOSK,
    VISITOR,
    Center,
    account,
    actor,
    with_hours,
    with_policy,
)

ACTORS = [LAN, HOA, KIEN, MANAGER, GREETER, KIOSK, OTHER_KIOSK, DISPLAY, VISITOR]
CLERKS = {1: LAN, 2: HOA, 3: KIEN}
ORIGIN = JournalOrigin("center", "main", 1)
OUT_OF_ORDER = (TicketHeld, TicketMissed, TicketTransferred, ServiceChanged, PriorityChanged)
"""After these a ticket is not where its issue had put it."""

chances = st.integers(0, 2**40)
KINDS = list(MAKE)
ABOUT_TICKETS = [kind for kind in KINDS if "ticket" in kind.__struct_fields__]
kinds, about_tickets = st.sampled_from(KINDS), st.sampled_from(ABOUT_TICKETS)


@st.composite
def catalogues(draw: st.DrawFn) -> Catalogue:
    """Return the catalogue of the tests with any policy, with or without hours, and two kiosks with marks."""
    plain = with_policy(
        one_key=draw(st.booleans()),
        recall_gap_s=draw(st.sampled_from([0, 45])),
        priority_strict=draw(st.booleans()),
        interleave=draw(st.none() | st.just(Interleave(priority=2, normal=1))),
        no_overtake_after_minutes=draw(st.none() | st.just(30)),
        auto_call_after_s=draw(st.none() | st.just(20)),
        resume_keeps_place=draw(st.booleans()),
        returns_allowed=draw(st.sampled_from([0, 2])),
        dossiers_per_turn=draw(st.none() | st.just(3)),
        number_digits=2,
    )
    kiosks = (Kiosk(device=DeviceId("kiosk-1"), mark="K"), Kiosk(device=DeviceId("kiosk-2"), mark="M"))
    catalogue = msgspec.structs.replace(plain, kiosks=kiosks)
    return with_hours(catalogue) if draw(st.booleans()) else catalogue


class Days(RuleBasedStateMachine):
    """A center through days of anything."""

    @initialize(catalogue=catalogues(), people=chances)
    def begin(self, catalogue: Catalogue, people: int) -> None:
        """Open the first day, with two clerks at work and a few people there."""
        self.center = Center(catalogue)
        self.moved: set[TicketId] = set()
        self.used: set[Token] = set()
        for counter in (1, 2):
            self.a_clerk_works(counter, 0)
        self.people_come(4, people)

    def ask(self, order: Order, by: Actor) -> None:
        """Ask twice: the same hall and command give the same decision, which happens whole or not at all."""
        self.let_time_pass()
        decision = self.center.when(order, by)
        assert decision == decide(self.center.hall, order, by, self.center.now, 0)
        if isinstance(decision.result, Refused):
            assert decision.events == ()
        self.happen(decision.events, by.id)

    def let_time_pass(self) -> None:
        """Let happen what is due before anybody is answered: a new day, and calls of free counters."""
        center = self.center
        due = tuple(pass_time(center.hall, local_day(catalogue_of(center.hall), center.now), center.now))
        for event in due:
            if isinstance(event, TicketCalled):
                state = center.hall.counter_state(event.counter)
                assert (state.paused, state.ticket) == (None, None)
                assert state.clerk is not None
        self.happen(due, "system")

    def happen(self, events: tuple[Event, ...], by: str) -> None:
        """Let events happen after checking that each may, and that each survives being written down."""
        for event in events:
            self.check_pair(event)
            if isinstance(event, TicketCalled):
                self.check_fair(event)
            self.note(event)
            self.center.given(event, actor=by)
            self.check_written(self.center.entries[-1])

    def check_pair(self, event: Event) -> None:
        """Check that the tables of the life of a ticket know this event where it happens."""
        ticket = self.center.hall.tickets.get(getattr(event, "ticket", TicketId("")))
        if type(event) in {kind for _, kind in STATUS_AFTER} - {DayClosed}:
            assert (None if ticket is None else ticket.status, type(event)) in STATUS_AFTER
        elif type(event) in {kind for _, kind in SLIP_AFTER}:
            assert ticket is not None
            assert (ticket.slip, type(event)) in SLIP_AFTER

    def check_fair(self, event: TicketCalled) -> None:
        """Check that nobody of the same line and class who came before still waits, unless something moved them."""
        chosen = self.center.hall.tickets[event.ticket]
        if event.reason.rule == "chosen" or chosen.id in self.moved:
            return
        for waiting in self.center.hall.line(chosen.place.line):
            other = self.center.hall.tickets[waiting.ticket]
            assert other.id in self.moved or other.priority != chosen.priority or other.sequence >= chosen.sequence

    def check_written(self, entry: Entry) -> None:
        """Check that the journal gives back what was written into it."""
        assert entry_of(row_of(entry, ORIGIN)) == entry

    def note(self, event: Event) -> None:
        """Remember who is out of the order of issue, and that a carried slip is honoured once."""
        if isinstance(event, OUT_OF_ORDER):
            self.moved.add(event.ticket)
        if isinstance(event, TicketIssued):
            if event.origin == "appointment" or event.issued_at is not None:
                self.moved.add(event.ticket)
            if event.carried_over is not None:
                self.moved.add(event.ticket)
                assert event.carried_over not in self.used
                self.used.add(event.carried_over)

    def clerk_of(self, ticket: TicketId, otherwise: Actor) -> Actor:
        """Return who holds the counter of a ticket."""
        known = self.center.hall.tickets.get(ticket)
        clerk = None if known is None else self.center.hall.counter_state(known.counter or 0).clerk
        return otherwise if clerk is None else actor(clerk, "clerk")

    @rule(kind=kinds, number=chances)
    def somebody_asks_for_something(self, kind: type[Order], number: int) -> None:
        """Somebody asks for something: most often one who may, now and then anybody."""
        chance = Chance(number)
        able = [each for each in ACTORS if each.roles & MAY_ASK[kind]]
        ticket = some_ticket(self.center, chance)
        by = chance.of(*able * 5, *ACTORS)
        counter = next((each for each, clerk in CLERKS.items() if clerk == by), chance.of(*COUNTERS))
        self.ask(MAKE[kind](self.center, ticket, counter, chance), by)

    @rule(kind=about_tickets, number=chances)
    def a_clerk_does_something_with_a_ticket(self, kind: type[Order], number: int) -> None:
        """The clerk who has a ticket, or a greeter, does something with it."""
        chance = Chance(number)
        ticket = some_ticket(self.center, chance)
        self.ask(MAKE[kind](self.center, ticket, 1, chance), self.clerk_of(ticket, GREETER))

    @rule(people=st.integers(1, 4), number=chances)
    def people_come(self, people: int, number: int) -> None:
        """A few people take tickets one after the other."""
        for place in range(people):
            self.center.wait(1)
            self.ask(
                MAKE[TakeTicket](self.center, TicketId(""), 1, Chance(number + 7 * place)), (KIOSK, GREETER)[place % 2]
            )

    @rule(number=chances)
    def somebody_chose_by_mistake(self, number: int) -> None:
        """Somebody takes a ticket and gives it back at once."""
        self.people_come(1, number)
        latest = max(self.center.hall.tickets, key=self.sequence_of, default=NEVER)
        self.ask(CancelTicket(ticket=latest), KIOSK)

    def sequence_of(self, ticket: TicketId) -> int:
        """Return the place of a ticket's issue in the journal."""
        return self.center.hall.tickets[ticket].sequence

    @rule(counter=st.sampled_from(list(CLERKS)), number=chances)
    def a_clerk_works(self, counter: int, number: int) -> None:
        """A clerk sits down where they usually do, or presses next there."""
        clerk = CLERKS[counter]
        holds = self.center.hall.counter_state(counter).clerk == clerk.name
        self.ask(MAKE[CallNext if holds else OpenCounter](self.center, TicketId(""), counter, Chance(number)), clerk)

    @rule(counter=st.sampled_from(list(CLERKS)), number=chances)
    def a_clerk_takes_a_finish_back(self, counter: int, number: int) -> None:
        """A clerk serves whoever was called, presses the key once too often and takes it back."""
        clerk, state = CLERKS[counter], self.center.hall.counter_state(counter)
        if state.ticket is None or state.clerk != clerk.name:
            return
        self.ask(StartService(ticket=state.ticket), clerk)
        self.center.wait(number % 50)
        self.ask(CallNext(counter=counter, after=state.ticket, long_service="true"), clerk)
        self.center.wait(number % 70)
        after = self.center.hall.counter_state(counter).ticket
        self.ask(TakeBackFinish(ticket=state.ticket, after=after), clerk)

    @rule(number=chances)
    def a_kiosk_prints(self, number: int) -> None:
        """A kiosk reports on a slip that it was asked for."""
        chance, hall = Chance(number), self.center.hall
        asked = sorted(ticket for ticket in hall.slips if hall.tickets[ticket].print_at == KIOSK.name)
        if asked:
            self.ask(MAKE[ReportSlip](self.center, chance.of(*asked), 1, chance), KIOSK)

    @rule(seconds=st.sampled_from([0.0, 0.001, 30.0, 60.0, 1900.0, 9000.0]))
    def wait(self, seconds: float) -> None:
        """Time passes."""
        self.center.wait(seconds)
        self.let_time_pass()

    @rule(chance=st.integers(0, 5))
    def sleep(self, chance: int) -> None:
        """Now and then a night passes, and with it what was carried over comes of age."""
        if chance == 0:
            self.center.wait(minutes=24 * 60)
            self.let_time_pass()

    @rule(minutes=st.sampled_from([0, 3]))
    def the_power_fails(self, minutes: int) -> None:
        """The server was not there for a moment."""
        last_alive = self.center.now
        self.center.wait(minutes=minutes)
        self.happen(note_outage(self.center.hall, last_alive, self.center.now), "system")

    @invariant()
    def numbers_are_used_once(self) -> None:
        """No id is issued twice, on any day."""
        issued = [entry.event.ticket for entry in self.center.entries if isinstance(entry.event, TicketIssued)]
        assert len(set(issued)) == len(issued)

    @invariant()
    def lines_hold_the_waiting_in_order(self) -> None:
        """Each line is sorted, and together they hold exactly the waiting, nobody in two of them."""
        hall = self.center.hall
        for line, waiting in hall.lines.items():
            assert list(waiting) == sorted(waiting)
            assert all(hall.tickets[each.ticket].place.line == line for each in waiting)
            assert all(hall.tickets[each.ticket].priority == each.priority for each in waiting)
        in_lines = Tally(each.ticket for line in hall.lines.values() for each in line)
        assert in_lines == Tally(_with_status(hall, "waiting"))

    @invariant()
    def a_counter_has_one_ticket_and_a_ticket_one_counter(self) -> None:
        """Who is called or served is at exactly one counter, which knows it, has a clerk and does not count as free."""
        hall = self.center.hall
        at_counters = {number: state.ticket for number, state in hall.counters.items() if state.ticket is not None}
        there = {ticket.counter: ticket.id for ticket in hall.tickets.values() if ticket.status in AT_COUNTER}
        assert at_counters == there
        assert len(there) == sum(ticket.status in AT_COUNTER for ticket in hall.tickets.values())
        for number in at_counters:
            assert hall.counter_state(number).clerk is not None
            assert hall.counter_state(number).since is None

    @invariant()
    def a_clerk_has_one_counter(self) -> None:
        """Nobody holds two counters, and no paused one counts as free."""
        states = list(self.center.hall.counters.values())
        clerks_there = [state.clerk for state in states if state.clerk is not None]
        assert len(set(clerks_there)) == len(clerks_there)
        assert all(state.since is None for state in states if state.paused is not None or state.clerk is None)

    @invariant()
    def who_is_away_is_listed(self) -> None:
        """Exactly those on hold and those who did not come are away, and only those on hold have a reason."""
        hall = self.center.hall
        assert set(hall.away) == {*_with_status(hall, "held"), *_with_status(hall, "no_show")}
        assert set(hall.missed) <= set(_with_status(hall, "no_show"))
        for ticket in hall.tickets.values():
            if ticket.status in UNSERVED:
                assert (ticket.hold_reason is not None) == (ticket.status == "held")

    @invariant()
    def times_of_a_ticket_are_in_order(self) -> None:
        """Issue, first call, start and end never go backwards: no wait is negative."""
        for ticket in self.center.hall.tickets.values():
            marks = (ticket.issued_at, ticket.first_called_at, ticket.started_at, ticket.ended_at)
            moments = [mark for mark in marks if mark is not None]
            assert moments == sorted(moments)

    @invariant()
    def every_token_opens_its_ticket(self) -> None:
        """Each slip of the day has its page, also one that was replaced; slips of another day have none."""
        hall = self.center.hall
        assert set(hall.tokens.values()) == set(hall.tickets)
        assert all(hall.tokens[ticket.token] == ticket.id for ticket in hall.tickets.values())
        assert not {each.token for each in hall.carried_today} & set(hall.carried)
        for token in hall.tokens:
            page = ticket_page(hall, token, self.center.now)
            assert page is not None
            assert page.outlook is None or page.outlook.people_ahead < len(hall.tickets)

    @invariant()
    def screens_can_be_shown(self) -> None:
        """Every hall has its screens, with small lists."""
        hall, revision, now = self.center.hall, self.center.revision, self.center.now
        assert menu(hall, revision, now) is not None
        shown = board(hall, revision, now, None)
        assert len(shown.calls) <= 5
        assert len({call.number for call in shown.calls}) == len(shown.calls)
        for counter in (None, *COUNTERS):
            assert desk(hall, revision, now, account(LAN), counter, Surroundings()).waiting >= 0
        listed = office(hall, revision, now + timedelta(hours=1), Surroundings()).unserved
        assert {each.ticket for each in listed} == {
            ticket.id for ticket in hall.tickets.values() if ticket.status in UNSERVED
        }
        assert open_day(hall, hall.day or now.date()) == ()

    def check_all(self) -> None:
        """Check every invariant."""
        self.numbers_are_used_once()
        self.lines_hold_the_waiting_in_order()
        self.a_counter_has_one_ticket_and_a_ticket_one_counter()
        self.a_clerk_has_one_counter()
        self.who_is_away_is_listed()
        self.times_of_a_ticket_are_in_order()
        self.every_token_opens_its_ticket()
        self.screens_can_be_shown()

    def teardown(self) -> None:
        """Replay the journal from scratch, and from the last opening alone: both give the same hall."""
        if not hasattr(self, "center"):
            return
        entries = self.center.entries
        opening = max(place for place, entry in enumerate(entries) if isinstance(entry.event, DayOpened))
        for start in (0, opening):
            hall = Hall()
            for entry in entries[start:]:
                hall = evolve(hall, entry)
            assert hall == self.center.hall


def _with_status(hall: Hall, status: Status) -> list[TicketId]:
    return [ticket.id for ticket in hall.tickets.values() if ticket.status == status]
