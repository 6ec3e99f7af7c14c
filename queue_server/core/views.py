"""What citizens are shown: menu, board and the page of a ticket, as functions of the hall. Nothing here changes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from queue_protocol.answers import RefusalCode
from queue_protocol.ids import DeviceId, HallId, Revision, ServiceId, TicketId, Token, ticket_number
from queue_protocol.snapshots import Board, BoardCall, BoardCounter, ClosedBecause, Hours, Menu, ServiceCard
from queue_server.core.announcements import call_kind
from queue_server.core.calendar import is_issuing, is_open, next_day_from, next_issue_from
from queue_server.core.catalogue import Service
from queue_server.core.estimate import Outlook, outlook
from queue_server.core.hall import Hall, Ticket, catalogue_of, counters_for, counters_of, hall_of, services_at
from queue_server.core.lifecycle import AT_COUNTER, Status
from queue_server.core.missing_entries import slips_to_check
from queue_server.core.placing import place_of_walk_in
from queue_server.core.series import reserves
from queue_server.core.visits import why_closed

_CLOSED_BECAUSE: Mapping[RefusalCode, ClosedBecause] = {
    "hall_closed": "hours",
    "service_full": "full",
    "quota_reached": "quota",
    "no_numbers_left": "numbers",
    "no_counter": "no_counter",
}


@dataclass(frozen=True, slots=True)
class TicketPage:
    """What the holder of a ticket sees on a phone."""

    ticket: TicketId
    number: str
    service: ServiceId
    status: Status
    priority: bool
    issued_at: datetime
    counter: int | None
    counters: tuple[int, ...]
    outlook: Outlook | None
    """`None`: it does not wait any more."""
    moving: bool
    """Its line moves: the hall is in session and a counter that is at work serves it."""
    replaced: bool
    """A new slip was given for this one, and only that one counts."""
    may_rate: bool
    """The visit is done and was not rated."""
    rating: int | None
    may_comment: bool
    """It was rated: there is an opinion to explain."""


def menu(hall: Hall, revision: Revision, now: datetime, room: HallId | None = None) -> Menu | None:
    """Return what kiosks of a hall show (`None`: of the center); `None` while no day is open."""
    if hall.day is None:
        return None
    policy = catalogue_of(hall).policy
    is_open_or_over = hall.ended or is_issuing(hall.sessions, now)
    return Menu(
        revision=revision,
        now=now,
        day=hall.day,
        services=tuple(card for card in service_cards(hall, now) if _is_served_in(hall, card, room)),
        opens_at=None if is_open_or_over else next_issue_from(hall.sessions, now),
        reopens_at=next_day_from(catalogue_of(hall), hall.day),
        cancel_within_s=policy.cancel_within_s,
        dossiers_per_turn=policy.dossiers_per_turn,
        issuing=None
        if hall.sessions is None
        else tuple(Hours(opens_at=each.issue_from, closes_at=each.issue_until) for each in hall.sessions),
        reserves=reserves(hall),
    )


def offered(shown: Menu | None) -> object:
    """Return what of a menu may change as time passes, to compare it by: all but the waits, guesses anyway."""
    if shown is None:
        return None
    return shown.opens_at, tuple((card.service, card.closed_because, card.after_break) for card in shown.services)


def service_cards(hall: Hall, now: datetime) -> tuple[ServiceCard, ...]:
    """Return the services as they are chosen, in the order of the catalogue."""
    return tuple(_card(hall, service, hue, now) for hue, service in enumerate(catalogue_of(hall).services))


def _card(hall: Hall, service: Service, hue: int, now: datetime) -> ServiceCard:
    place = place_of_walk_in(hall, service.id, now, priority=False)
    expected = outlook(hall, service.id, place, hall.sequence + 1, now)
    code = why_closed(hall, service, expected, now)
    because = None if code is None else "ended" if hall.ended else _CLOSED_BECAUSE[code]
    return ServiceCard(
        service=service.id,
        prefix=service.prefix,
        names=service.names,
        hints=service.hints,
        papers=service.papers,
        icon=service.icon,
        hue=hue,
        waiting=len(hall.line(service.id)),
        people_ahead=expected.people_ahead,
        wait=expected.wait,
        counters=counters_of(hall, service.id),
        open=code is None,
        closed_because=because,
        after_break=expected.after_break,
    )


def _is_served_in(hall: Hall, card: ServiceCard, room: HallId | None) -> bool:
    """Say whether kiosks of a hall show a service: where it is served today, or else where it usually is."""
    usual = (counter.number for counter in catalogue_of(hall).counters_of(card.service))
    return room is None or any(hall_of(hall, number) == room for number in card.counters or usual)


def board(hall: Hall, revision: Revision, now: datetime, speaker: DeviceId | None, room: HallId | None = None) -> Board:
    """Return what displays of a hall show; `None`: of the center."""
    return Board(
        revision=revision,
        now=now,
        calls=tuple(
            _board_call(hall, hall.tickets[each], revision.epoch)
            for each in hall.latest_calls
            if is_in(hall, hall.tickets[each].counter, room)
        )[:5],
        counters=tuple(
            BoardCounter(
                counter=counter.number,
                open=hall.counter_state(counter.number).clerk is not None,
                number=_number(hall.counter_state(counter.number).ticket),
                services=services_at(hall, counter.number)[0],
                paused=hall.counter_state(counter.number).paused is not None,
                ticket=hall.counter_state(counter.number).ticket,
                serving=_is_serving(hall, counter.number),
            )
            for counter in catalogue_of(hall).counters
            if is_in(hall, counter.number, room)
        ),
        missed=tuple(ticket_number(each) for each in hall.missed if is_in(hall, hall.tickets[each].counter, room)),
        speaker=speaker,
        one_key=catalogue_of(hall).policy.one_key,
        slips_to_check=slips_to_check(hall),
    )


def is_in(hall: Hall, counter: int | None, room: HallId | None) -> bool:
    """Say whether what happens at a counter concerns a hall; a display without a hall shows all of the center."""
    return room is None or (counter is not None and hall_of(hall, counter) == room)


def ticket_page(hall: Hall, token: Token, now: datetime) -> TicketPage | None:
    """Return what the page of a ticket of the open day says; `None`: no such ticket today."""
    named = hall.tokens.get(token)
    if named is None:
        return None
    ticket = hall.tickets[named]
    waits, replaced = ticket.status == "waiting", ticket.token != token
    counters = counters_for(hall, ticket.place.line)
    return TicketPage(
        ticket=ticket.id,
        number=ticket_number(ticket.id),
        service=ticket.service,
        status=ticket.status,
        priority=ticket.priority,
        issued_at=ticket.issued_at,
        counter=ticket.counter if ticket.status in AT_COUNTER else None,
        counters=counters,
        outlook=outlook(hall, ticket.service, ticket.place, ticket.sequence, now) if waits else None,
        moving=is_open(hall.sessions, now) and any(_is_at_work(hall, counter) for counter in counters),
        replaced=replaced,
        may_rate=ticket.status == "finished" and ticket.rating is None and not replaced,
        rating=ticket.rating,
        may_comment=ticket.rating is not None and not replaced,
    )


def _is_serving(hall: Hall, number: int) -> bool:
    ticket = hall.counter_state(number).ticket
    return ticket is not None and hall.tickets[ticket].status == "serving"


def _is_at_work(hall: Hall, number: int) -> bool:
    state = hall.counter_state(number)
    return state.clerk is not None and state.paused is None


def _board_call(hall: Hall, ticket: Ticket, epoch: int) -> BoardCall:
    return BoardCall(
        call=Revision(epoch=epoch, sequence=ticket.last_call),
        number=ticket_number(ticket.id),
        counter=ticket.counter or 0,
        kind=call_kind(ticket, catalogue_of(hall)),
        priority=ticket.priority,
        called_at=ticket.last_called_at or ticket.issued_at,
    )


def _number(ticket: TicketId | None) -> str | None:
    return None if ticket is None else ticket_number(ticket)
