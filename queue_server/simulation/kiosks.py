"""The kiosk of the simulated hall: asks for tickets, and gives numbers of its own while the server is out of reach."""

from collections import Counter as Tally
from functools import partial

from queue_protocol.answers import Refused, Result, TicketTaken
from queue_protocol.commands import CancelTicket, RecordOffline, ReportSlip, TakeTicket
from queue_protocol.ids import DeviceId, ServiceId, TicketId, Token, reserve_number, ticket_id
from queue_server.core.decision import Actor
from queue_server.core.series import offline_series
from queue_server.simulation.agenda import Agenda
from queue_server.simulation.center import Center
from queue_server.simulation.citizens import Citizen
from queue_server.simulation.floor import Floor
from queue_server.simulation.link import Link

PAPER_S = 3.0
"""From the answer to the paper in the hand."""

NOTICE_MISTAKE_S = 10.0
"""From the paper to "I chose wrong"."""

GIVE_UP_S = 8.0
"""So long a kiosk waits for an answer before it gives a number of its own."""


class Kiosk:
    """Where people get their tickets."""

    def __init__(self, device: str, agenda: Agenda, center: Center, link: Link, floor: Floor) -> None:
        self._device = DeviceId(device)
        self._actor = Actor(device, frozenset({"kiosk"}))
        self._agenda = agenda
        self._center = center
        self._link = link
        self._floor = floor
        self._given: Tally[str] = Tally()
        self.turned_away: Tally[ServiceId] = Tally()
        """People who got no ticket, per service."""

    def serve(self, citizen: Citizen) -> None:
        """Let somebody who has just come choose."""
        person = citizen.person
        if not self._link.is_up and self._series(citizen) is not None:
            self._give(citizen)
        else:
            self._take(citizen, person.mistaken_for or person.service, person.tokens[0])

    def _take(self, citizen: Citizen, service: ServiceId, token: Token) -> None:
        person = citizen.person
        order = TakeTicket(
            service=service,
            token=token,
            priority=person.priority,
            print_at=self._device,
            dossiers=person.dossiers,
            carried_over=person.carried_over,
        )
        self._link.ask(self._actor, order, partial(self._answered, citizen, service, token))
        self._agenda.after(GIVE_UP_S, partial(self._give_up, citizen))

    def _answered(self, citizen: Citizen, service: ServiceId, token: Token, result: Result) -> None:
        if isinstance(result, TicketTaken):
            self._hand_out(citizen, result)
        elif citizen.ticket is None and isinstance(result, Refused) and result.code == "too_late":
            self._take(citizen, service, token)
        elif citizen.ticket is None:
            citizen.is_sent_home = True
            self.turned_away[service] += 1

    def _hand_out(self, citizen: Citizen, taken: TicketTaken) -> None:
        if citizen.ticket is not None:  # has a number of the kiosk's own by now
            self._floor.take_out_double(taken.ticket)
            return
        self._floor.enter(citizen, taken.ticket)
        printed = ReportSlip(ticket=taken.ticket, outcome="printed")
        self._agenda.after(PAPER_S, partial(self._link.ask, self._actor, printed))
        if taken.service != citizen.person.service:
            self._agenda.after(NOTICE_MISTAKE_S, partial(self._correct, citizen, taken.ticket))

    def _correct(self, citizen: Citizen, ticket: TicketId) -> None:
        self._link.ask(self._actor, CancelTicket(ticket=ticket), partial(self._corrected, citizen))

    def _corrected(self, citizen: Citizen, result: Result) -> None:
        """Take another ticket; who was called before the mistake was noticed goes on with the wrong one."""
        if not isinstance(result, Refused):
            self._floor.leave(citizen)
            self._take(citizen, citizen.person.service, citizen.person.tokens[1])

    def _give_up(self, citizen: Citizen) -> None:
        if citizen.ticket is None and not citizen.is_sent_home and self._series(citizen) is not None:
            self._give(citizen)

    def _give(self, citizen: Citizen) -> None:
        """Give a number of the kiosk's own series, and hand it in as soon as the server is there."""
        person, now, series = citizen.person, self._agenda.now, self._series(citizen) or ""
        self._given[series] += 1
        number = reserve_number(series, self._given[series])
        self._floor.enter(citizen, ticket_id(self._floor.day, number))
        record = RecordOffline(
            number=number,
            service=person.service,
            token=person.tokens[1],
            issued_at=now,
            priority=person.priority,
            dossiers=person.dossiers,
        )
        self._link.ask(self._actor, record)

    def _series(self, citizen: Citizen) -> str | None:
        """Return what the kiosk's own numbers begin with; `None`: it has none, or the slip must be looked at."""
        service = self._center.catalogue.service(citizen.person.service)
        if service is None or citizen.person.carried_over is not None:
            return None
        return offline_series(self._center.hall, service, self._device)
