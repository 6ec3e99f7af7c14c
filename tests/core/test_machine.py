"""Any command in any state: hypothesis plays whole days, and after each step checks what must always hold."""

from collections import Counter as Tally
from datetime import timedelta
from typing import Literal

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from queue_protocol.answers import Refused
from queue_protocol.commands import (
    CallNext,
    CloseCounter,
    Command,
    FinishService,
    MarkNoShow,
    OpenCounter,
    RecallTicket,
    ReportCall,
    ReportDevice,
    ReportSlip,
    StartService,
    TakeTicket,
)
from queue_protocol.ids import DeviceId, Revision, ServiceId, TicketId
from queue_server.core.decide import Actor, decide, open_day
from queue_server.core.events import CatalogueChanged, DayClosed, DayOpened, TicketCalled, TicketIssued
from queue_server.core.evolve import evolve
from queue_server.core.hall import Hall
from queue_server.core.lifecycle import SLIP_AFTER, STATUS_AFTER
from queue_server.core.views import board, counter_states, menu, slips_in_trouble
from tests.core.center import (
    CERTIFICATION,
    CIVIL_STATUS,
    DISPLAY,
    HOA,
    KIEN,
    KIOSK,
    LAN,
    LAND,
    MANAGER,
    OTHER_KIOSK,
    Center,
    with_policy,
)

actors = st.sampled_from([LAN, HOA, KIEN, MANAGER, KIOSK, OTHER_KIOSK, DISPLAY])
clerks = st.sampled_from([LAN, HOA])
services = st.sampled_from([CERTIFICATION, CIVIL_STATUS, LAND, ServiceId("fishing")])
counters = st.sampled_from([1, 2, 3, 9])
chances = st.integers(0, 2**16)


class Days(RuleBasedStateMachine):
    """A center through days of anything."""

    @initialize(one_key=st.booleans(), gap=st.sampled_from([0, 45]))
    def begin(self, gap: int, *, one_key: bool) -> None:
        """Open the first day."""
        self.center = Center(with_policy(one_key=one_key, recall_gap_s=gap, number_digits=2))

    def ask(self, command: Command, by: Actor) -> None:
        """Ask twice: the same hall and command give the same decision, which happens whole or not at all."""
        before = self.center.hall
        decision = self.center.when(command, by)
        assert decision == decide(before, command, by, self.center.now, 0)
        if isinstance(decision.result, Refused):
            assert decision.events == ()
        for event in decision.events:
            self.check_pair(event)
            self.center.given(event, actor=by.id)

    def check_pair(self, event: msgspec.Struct) -> None:
        """Check that the tables of the life of a ticket know this event where it happens, and that calls are fair."""
        ticket = self.center.hall.tickets.get(getattr(event, "ticket", TicketId("")))
        kinds = {kind for _, kind in STATUS_AFTER}
        if type(event) in kinds and not isinstance(event, DayClosed):
            assert (None if ticket is None else ticket.status, type(event)) in STATUS_AFTER
        elif type(event) in {kind for _, kind in SLIP_AFTER}:
            assert ticket is not None
            assert (ticket.slip, type(event)) in SLIP_AFTER
        if isinstance(event, TicketCalled):
            self.check_fair(event)

    def check_fair(self, event: TicketCalled) -> None:
        """Check that nobody of the same line and class who came before is still waiting."""
        chosen = self.center.hall.tickets[event.ticket]
        for waiting in self.center.hall.line(chosen.service):
            other = self.center.hall.tickets[waiting.ticket]
            assert other.priority != chosen.priority or other.sequence >= chosen.sequence

    def some_ticket(self, chance: int) -> TicketId:
        """Return any ticket of the day, most often one at a counter; one that never was when there is none."""
        at_counters = [state.ticket for state in self.center.hall.counters.values() if state.ticket is not None]
        pool = at_counters * 3 + sorted(self.center.hall.tickets) + [TicketId("20200101-A001")]
        return pool[chance % len(pool)]

    @rule(service=services, by=actors, priority=st.booleans(), prints=st.booleans())
    def take(self, service: ServiceId, by: Actor, *, priority: bool, prints: bool) -> None:
        """Somebody takes a ticket."""
        token, printer = next(self.center.tokens), DeviceId("kiosk-1") if prints else None
        self.ask(TakeTicket(service=service, token=token, priority=priority, print_at=printer), by)

    @rule(counter=counters, by=actors)
    def open_or_close(self, counter: int, by: Actor) -> None:
        """Somebody opens a counter, or closes it when it is theirs."""
        mine = self.center.hall.counter_state(counter).clerk == by.name
        self.ask(CloseCounter(counter=counter) if mine else OpenCounter(counter=counter), by)

    @rule(by=clerks)
    def sit_down(self, by: Actor) -> None:
        """A clerk opens the usual counter."""
        self.ask(OpenCounter(counter=1 if by == LAN else 2), by)

    @rule(counter=counters, by=actors, stale=st.booleans())
    def press_next(self, counter: int, by: Actor, *, stale: bool) -> None:
        """Somebody presses next, now and then having seen what is not there any more."""
        current = self.center.hall.counter_state(counter).ticket
        self.ask(CallNext(counter=counter, after=TicketId("20200101-A001") if stale else current), by)

    @rule(by=clerks)
    def press_next_at_ones_own(self, by: Actor) -> None:
        """A clerk presses next where they sit."""
        for number, state in self.center.hall.counters.items():
            if state.clerk == by.name:
                self.ask(CallNext(counter=number, after=state.ticket), by)
                break

    @rule(act=st.sampled_from([RecallTicket, StartService, FinishService, MarkNoShow]), by=actors, chance=chances)
    def act_on_a_ticket(self, act: type[RecallTicket | StartService], by: Actor, chance: int) -> None:
        """Somebody recalls, starts, finishes or gives up any ticket."""
        ticket = self.some_ticket(chance)
        counter = self.center.hall.tickets[ticket].counter if ticket in self.center.hall.tickets else None
        clerk = self.center.hall.counter_state(counter or 0).clerk
        self.ask(act(ticket=ticket), Actor(clerk, "clerk") if clerk and chance % 2 else by)

    @rule(outcome=st.sampled_from(["printed", "failed", "uncertain"]), by=actors, chance=chances)
    def report_slip(self, outcome: Literal["printed", "failed", "uncertain"], by: Actor, chance: int) -> None:
        """A box reports how paper ended."""
        self.ask(ReportSlip(ticket=self.some_ticket(chance), outcome=outcome), by)

    @rule(outcome=st.sampled_from(["shown", "spoken"]), by=actors, sequence=st.integers(0, 100))
    def report_call(self, outcome: Literal["shown", "spoken"], by: Actor, sequence: int) -> None:
        """A box reports a call, which may never have been."""
        self.ask(ReportCall(call=Revision(epoch=1, sequence=sequence), outcome=outcome), by)

    @rule(
        state=st.sampled_from(["ready", "failed", "unknown"]), part=st.sampled_from(["printer", "speaker"]), by=actors
    )
    def report_device(
        self, state: Literal["ready", "failed", "unknown"], part: Literal["printer", "speaker"], by: Actor
    ) -> None:
        """A box reports a part."""
        self.ask(ReportDevice(part=part, state=state), by)

    @rule(seconds=st.sampled_from([0.0, 0.001, 30.0, 60.0, 1900.0]))
    def pass_time(self, seconds: float) -> None:
        """Time passes."""
        self.center.wait(seconds)

    @rule(chance=st.integers(0, 5))
    def sleep(self, chance: int) -> None:
        """Now and then a night passes."""
        if chance == 0:
            self.center.midnight()

    @rule(one_key=st.booleans())
    def change_policy(self, *, one_key: bool) -> None:
        """The manager changes the policy in the middle of the day."""
        self.center.given(CatalogueChanged(catalogue=with_policy(one_key=one_key, number_digits=2)))

    @invariant()
    def replays(self) -> None:
        """The journal from scratch, and from the last opening alone, give the same hall."""
        opening = max(place for place, entry in enumerate(self.center.entries) if isinstance(entry.event, DayOpened))
        for start in (0, opening):
            hall = Hall()
            for entry in self.center.entries[start:]:
                hall = evolve(hall, entry)
            assert hall == self.center.hall

    @invariant()
    def numbers_are_used_once(self) -> None:
        """No id is issued twice, on any day."""
        issued = [entry.event.ticket for entry in self.center.entries if isinstance(entry.event, TicketIssued)]
        assert len(set(issued)) == len(issued)

    @invariant()
    def lines_hold_the_waiting_in_order(self) -> None:
        """Each line is sorted by due time and sequence, and together they hold exactly the waiting."""
        hall = self.center.hall
        for service, line in hall.lines.items():
            assert list(line) == sorted(line)
            assert all(hall.tickets[each.ticket].service == service for each in line)
        in_lines = Tally(each.ticket for line in hall.lines.values() for each in line)
        assert in_lines == Tally(ticket.id for ticket in hall.tickets.values() if ticket.status == "waiting")

    @invariant()
    def a_counter_has_one_ticket_and_a_ticket_one_counter(self) -> None:
        """Who is called or served is at exactly one counter, which knows it and has a clerk."""
        hall = self.center.hall
        at_counters = {number: state.ticket for number, state in hall.counters.items() if state.ticket is not None}
        there = {
            ticket.counter: ticket.id for ticket in hall.tickets.values() if ticket.status in {"called", "serving"}
        }
        assert at_counters == there
        assert all(hall.counter_state(number).clerk is not None for number in at_counters)

    @invariant()
    def a_clerk_has_one_counter(self) -> None:
        """Nobody holds two counters."""
        clerks_there = [state.clerk for state in self.center.hall.counters.values() if state.clerk is not None]
        assert len(set(clerks_there)) == len(clerks_there)

    @invariant()
    def times_of_a_ticket_are_in_order(self) -> None:
        """Issue, first call, start and end never go backwards: no wait is negative."""
        for ticket in self.center.hall.tickets.values():
            marks = (ticket.issued_at, ticket.first_called_at, ticket.started_at, ticket.ended_at)
            moments = [mark for mark in marks if mark is not None]
            assert moments == sorted(moments)

    @invariant()
    def screens_can_be_shown(self) -> None:
        """Every hall has its screens, with small lists."""
        hall, revision, now = self.center.hall, self.center.revision, self.center.now
        assert hall.catalogue is not None
        assert menu(hall, hall.catalogue, revision, now) is not None
        shown = board(hall, hall.catalogue, revision, now, None)
        assert len(shown.calls) <= 5
        assert len({call.number for call in shown.calls}) == len(shown.calls)
        assert len(counter_states(hall, hall.catalogue)) == len(hall.catalogue.counters)
        slips_in_trouble(hall, now + timedelta(hours=1))
        assert open_day(hall, hall.day or now.date()) == ()


TestDays = Days.TestCase
TestDays.settings = settings(max_examples=100, stateful_step_count=40)
