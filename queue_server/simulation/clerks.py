"""A clerk at a counter: opens, calls, waits, serves, forgets, takes breaks and goes, by the keys of the desk alone."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from queue_protocol.answers import Done, Refused, Result
from queue_protocol.commands import (
    CallNext,
    CloseCounter,
    FinishService,
    HoldTicket,
    LongService,
    MarkNoShow,
    OpenCounter,
    PauseCounter,
    RecallTicket,
    RequeueTicket,
    ResumeCounter,
    StartService,
    TransferTicket,
)
from queue_protocol.ids import TicketId
from queue_server.core.decision import Actor
from queue_server.core.hall import lines_at
from queue_server.core.permissions import Order
from queue_server.simulation import estimates
from queue_server.simulation.agenda import Act, Agenda
from queue_server.simulation.center import Center
from queue_server.simulation.citizens import Citizen
from queue_server.simulation.floor import Floor
from queue_server.simulation.link import Link
from queue_server.simulation.shifts import Shift

REACTION_S = 4.0
"""From somebody's coming to the key, at a counter with nothing to do; and before looking again after a refusal."""


class Clerk:
    """The work of one day at one counter."""

    def __init__(self, shift: Shift, agenda: Agenda, center: Center, link: Link, floor: Floor) -> None:
        self._counter = shift.counter
        self._one_key = shift.one_key
        self._breaks = list(shift.breaks)
        self._agenda = agenda
        self._center = center
        self._link = link
        self._floor = floor
        self._actor = Actor(f"clerk-{shift.counter}", frozenset({"clerk"}))
        self._closes_at = agenda.now
        self._stays_until = agenda.now
        self._is_idle = False
        self._turn = 0
        """Counts the tickets that came here: what was planned for an earlier one is not done any more."""
        for each in shift.breaks:
            agenda.at(each.begins_at, self._stir)

    def come(self, closes_at: datetime, *, stays: bool) -> None:
        """Begin to work until a session closes, and longer if one `stays` while people wait."""
        overtime = timedelta(seconds=estimates.OVERTIME_S if stays else 0)
        self._closes_at, self._stays_until = closes_at, closes_at + overtime
        for moment in (self._closes_at, self._stays_until):
            self._agenda.at(moment, self._stir)
        if self._center.hall.counter_state(self._counter).clerk is None:
            self._press(OpenCounter(counter=self._counter), self._look_again)

    def wake(self) -> None:
        """Look whether there is somebody to call."""
        if self._is_idle and self._somebody_waits():
            self._is_idle = False
            self._later(REACTION_S, self._look)

    def expect(self, ticket: TicketId) -> None:
        """Wait for the person of a ticket that was called here."""
        self._turn += 1
        self._is_idle = False
        citizen = self._floor.listener(ticket)
        if citizen is None:
            self._later(self._center.catalogue.policy.recall_gap_s, partial(self._call_again, ticket))
        else:
            self._later(citizen.person.walk_s, partial(self._begin, citizen, ticket))

    # ------------------------------------------------------------ nobody at the counter

    def _look(self) -> None:
        """Do what is to be done by what the desk shows."""
        state = self._center.hall.counter_state(self._counter)
        if state.ticket is not None:
            self.expect(state.ticket)
        elif state.clerk is None:
            self._is_idle = False
        elif self._is_over():
            self._press(CloseCounter(counter=self._counter), self._look_again)
        elif self._has_break():
            self._take_break()
        elif self._somebody_waits():
            self._press(CallNext(counter=self._counter, after=None), self._look_again)
        else:
            self._is_idle = True

    def _look_again(self, result: Result) -> None:
        if isinstance(result, Refused):
            self._later(REACTION_S, self._look)
        else:
            self._look()

    def _stir(self) -> None:
        """Look up when there is nothing to do: a break or the end of the session has come."""
        if self._is_idle:
            self._is_idle = False
            self._look()

    def _take_break(self) -> None:
        lasts_s = self._breaks.pop(0).lasts_s
        pause = PauseCounter(counter=self._counter, reason="break")
        self._press(pause, lambda _: self._later(lasts_s, self._resume))

    def _resume(self) -> None:
        self._press(ResumeCounter(counter=self._counter), self._look_again)

    # ------------------------------------------------------------ somebody called

    def _call_again(self, ticket: TicketId) -> None:
        """Call once more, or give up; who was missed at the first call may be there by now."""
        citizen = self._floor.listener(ticket)
        if citizen is not None:
            self._begin(citizen, ticket)
        elif self._center.hall.tickets[ticket].calls < self._center.catalogue.policy.calls_before_no_show:
            self._press(RecallTicket(ticket=ticket), partial(self._called_again, ticket))
        else:
            self._press(MarkNoShow(ticket=ticket), self._look_again)

    def _called_again(self, ticket: TicketId, result: Result) -> None:
        if isinstance(result, Done):
            self._later(self._center.catalogue.policy.recall_gap_s, partial(self._call_again, ticket))
        else:
            self._later(REACTION_S, self._look)

    def _begin(self, citizen: Citizen, ticket: TicketId) -> None:
        citizen.is_at_counter()
        dossiers = min(self._center.hall.tickets[ticket].dossiers, self._most_dossiers)
        serve = partial(self._later, citizen.service_s(dossiers), partial(self._end, citizen, ticket))
        self._press(StartService(ticket=ticket), lambda _: serve())

    def _end(self, citizen: Citizen, ticket: TicketId) -> None:
        """End the visit to this counter, in one of the ways that it can end."""
        left = self._center.hall.tickets[ticket].dossiers - self._most_dossiers
        if citizen.steps_out():
            held = HoldTicket(ticket=ticket, reason="fetching_papers")
            self._press(held, partial(self._let_step_out, citizen))
        elif citizen.is_sent_on():
            self._press(TransferTicket(ticket=ticket, service=citizen.person.sent_on_to), self._look_again)
        elif left > 0:
            self._press(RequeueTicket(ticket=ticket, dossiers_left=left), self._look_again)
        else:
            idle_s = citizen.person.goodbye_s + citizen.person.forgotten_s
            self._later(idle_s, partial(self._finish, citizen, ticket))

    def _let_step_out(self, citizen: Citizen, result: Result) -> None:
        if not isinstance(result, Refused):
            self._floor.step_out(citizen)
        self._look_again(result)

    def _finish(self, citizen: Citizen, ticket: TicketId, long_service: LongService = "ask") -> None:
        order: Order = FinishService(ticket=ticket, long_service=long_service)
        if self._one_key and not self._is_over() and not self._has_break():
            order = CallNext(counter=self._counter, after=ticket, long_service=long_service)
        self._press(order, partial(self._finished, citizen, ticket))

    def _finished(self, citizen: Citizen, ticket: TicketId, result: Result) -> None:
        if isinstance(result, Refused) and result.code == "long_service":
            self._finish(citizen, ticket, "forgotten" if citizen.person.forgotten_s else "true")
        else:
            self._look_again(result)

    # ------------------------------------------------------------ questions

    @property
    def _most_dossiers(self) -> int:
        return self._center.catalogue.policy.dossiers_per_turn or estimates.MOST_DOSSIERS

    def _is_over(self) -> bool:
        now = self._agenda.now
        return now >= self._closes_at and (now >= self._stays_until or not self._somebody_waits())

    def _has_break(self) -> bool:
        return bool(self._breaks) and self._breaks[0].begins_at <= self._agenda.now

    def _somebody_waits(self) -> bool:
        hall = self._center.hall
        return any(hall.line(line) for line in lines_at(hall, self._counter))

    def _later(self, seconds: float, act: Act) -> None:
        """Do something later, unless another ticket comes before."""
        self._agenda.after(seconds, partial(self._unless_overtaken, self._turn, act))

    def _press(self, order: Order, then: Callable[[Result], None]) -> None:
        """Press a key; `then` has the answer, unless another ticket comes before."""
        turn = self._turn
        self._link.press(self._actor, order, lambda result: self._unless_overtaken(turn, partial(then, result)))

    def _unless_overtaken(self, turn: int, act: Act) -> None:
        if turn == self._turn:
            act()
