"""Decisions about a ticket away from a counter: taken, changed, on hold, back, replaced, out of the queue, rated."""

from datetime import datetime, timedelta

from queue_protocol.answers import Done, RefusalCode, Refused, TicketTaken
from queue_protocol.commands import (
    CancelTicket,
    CarryOver,
    ChangeService,
    HoldTicket,
    RateVisit,
    ReissueTicket,
    ReprintSlip,
    ResumeTicket,
    ReturnTicket,
    SetPriority,
    TakeTicket,
    VoidTicket,
    WithdrawTake,
)
from queue_protocol.ids import DeviceId, ServiceId, TicketId, ticket_id, ticket_number
from queue_server.core.box_events import TakeWithdrawn
from queue_server.core.calendar import is_issuing, is_on, next_issue_from
from queue_server.core.catalogue import Service
from queue_server.core.decision import Actor, Deciders, Decision, not_mine, refuse, ticket_for, wrong_status
from queue_server.core.dispatch import queue_of
from queue_server.core.estimate import Outlook, outlook
from queue_server.core.events import (
    Event,
    HoardingSuspected,
    PriorityChanged,
    ServiceChanged,
    SlipReprinted,
    TicketCancelled,
    TicketCarriedOver,
    TicketHeld,
    TicketIssued,
    TicketReissued,
    TicketResumed,
    TicketReturned,
    TicketVoided,
    VisitRated,
)
from queue_server.core.facts import Line, Origin, Place
from queue_server.core.hall import Hall, Ticket, catalogue_of, counters_for, counters_of, lines_at, session_at
from queue_server.core.lifecycle import AT_COUNTER, STATUS_AFTER, TAKEN_BACK
from queue_server.core.permissions import STAFF
from queue_server.core.placing import (
    moved,
    place_at_end,
    place_behind,
    place_in_front,
    place_of_appointment,
    place_of_walk_in,
    with_priority,
)
from queue_server.core.printers import why_not_printed
from queue_server.core.series import next_number


def why_closed(hall: Hall, service: Service, expected: Outlook, now: datetime) -> RefusalCode | None:
    """Return why kiosks give no ticket of this service now; `None`: they do."""
    if hall.ended or not is_issuing(hall.sessions, now):
        return "hall_closed"
    if not counters_of(hall, service.id):
        return "no_counter"
    if next_number(hall, service) is None:
        return "no_numbers_left"
    session = session_at(hall, now)
    if service.quota_per_session is not None and hall.given.get((service.id, session), 0) >= service.quota_per_session:
        return "quota_reached"
    return "service_full" if catalogue_of(hall).policy.stop_when_full and not expected.fits_today else None


def _take(hall: Hall, command: TakeTicket, actor: Actor, now: datetime) -> Decision:
    service = catalogue_of(hall).service(command.service)
    if service is None or hall.day is None:
        return refuse("unknown_service")
    unusable = _unusable(hall, command, actor, now)
    if unusable is not None:
        return Decision((), unusable)
    number = next_number(hall, service)
    if number is None:
        return refuse("no_numbers_left", service=service.id)
    place = _place_of(hall, command, now)
    expected = outlook(hall, service.id, place, hall.sequence + 1, now)
    closed = None if actor.roles & STAFF else why_closed(hall, service, expected, now)
    if closed is not None:
        return _closed(hall, closed, service, now)
    issued = TicketIssued(
        ticket=ticket_id(hall.day, number),
        service=service.id,
        priority=command.priority,
        token=command.token,
        origin=_origin(command, actor),
        print_at=command.print_at,
        place=place,
        people_ahead=expected.people_ahead,
        wait=expected.wait,
        after_break=expected.after_break,
        dossiers=command.dossiers,
        carried_over=command.carried_over,
    )
    return Decision((issued, *_hoarding(hall, service.id, actor, now)), taken(hall, issued, expected, now))


def _unusable(hall: Hall, command: TakeTicket, actor: Actor, now: datetime) -> Refused | None:
    """Return what is wrong with a wish for a ticket, whatever the service; `None`: nothing."""
    used = _used_up(hall, command)
    if used is not None:
        return Refused(code=used)
    appointed_at, day = command.appointment_at, hall.day
    if appointed_at is not None and (day is None or not is_on(catalogue_of(hall), appointed_at, day)):
        return Refused(code="appointment_not_today")
    return why_not_printed(hall, command.print_at, actor.device, now)


def _used_up(hall: Hall, command: TakeTicket) -> RefusalCode | None:
    """Return why a token is good for no ticket: given already, withdrawn, or of a slip that was used; `None`: it is."""
    if command.token in hall.tokens:
        return "command_id_reused"
    if command.token in hall.withdrawn:
        return "too_late"
    is_carried = command.carried_over is None or command.carried_over in hall.carried
    return None if is_carried else "carried_over_used"


def _place_of(hall: Hall, command: TakeTicket, now: datetime) -> Place:
    if command.carried_over is not None:
        return place_in_front(command.service, now)
    if command.appointment_at is not None:
        return place_of_appointment(hall, command.service, now, command.appointment_at, priority=command.priority)
    return place_of_walk_in(hall, command.service, now, priority=command.priority)


def _origin(command: TakeTicket, actor: Actor) -> Origin:
    if command.appointment_at is not None:
        return "appointment"
    return "kiosk" if "kiosk" in actor.roles else "web" if "web" in actor.roles else "desk"


def _closed(hall: Hall, code: RefusalCode, service: Service, now: datetime) -> Decision:
    again = next_issue_from(hall.sessions, now) if code == "hall_closed" and not hall.ended else None
    facts = {} if again is None else {"opens_at": again.isoformat()}
    return refuse(code, service=service.id, **facts)


def taken(hall: Hall, issued: TicketIssued, expected: Outlook, now: datetime) -> TicketTaken:
    """Return the answer to whoever took this ticket, which is issued at `now`."""
    return TicketTaken(
        ticket=issued.ticket,
        number=ticket_number(issued.ticket),
        service=issued.service,
        priority=issued.priority,
        issued_at=now,
        people_ahead=expected.people_ahead,
        wait=expected.wait,
        counters=counters_of(hall, issued.service),
        print_at=issued.print_at,
        dossiers=issued.dossiers,
        after_break=expected.after_break,
    )


def _hoarding(hall: Hall, service: ServiceId, actor: Actor, now: datetime) -> tuple[Event, ...]:
    """Return an alarm when this ticket is one of many; the next honest person in line is never refused for it."""
    if "kiosk" not in actor.roles:
        return ()
    policy, at_kiosk = catalogue_of(hall).policy, (DeviceId(actor.name), service)
    since = now - timedelta(seconds=policy.hoarding_within_s)
    tickets = 1 + sum(at >= since for at in hall.takes.get(at_kiosk, ()))
    alarmed_at = hall.hoarded.get(at_kiosk)
    if tickets < policy.hoarding_tickets or (alarmed_at is not None and alarmed_at >= since):
        return ()
    alarm = HoardingSuspected(device=at_kiosk[0], service=service, tickets=tickets, within_s=policy.hoarding_within_s)
    return (alarm,)


def _cancel(hall: Hall, command: CancelTicket, actor: Actor, now: datetime) -> Decision:
    ticket = ticket_for(hall, command.ticket, TicketCancelled)
    if isinstance(ticket, Decision):
        return ticket
    if ticket.issued_by != actor.id:
        return refuse("not_this_kiosk", number=ticket_number(ticket.id))
    if now - ticket.issued_at > timedelta(seconds=catalogue_of(hall).policy.cancel_within_s):
        return refuse("too_late_to_cancel", number=ticket_number(ticket.id))
    return Decision((TicketCancelled(ticket=ticket.id),), Done())


def _withdraw(hall: Hall, command: WithdrawTake, actor: Actor, _now: datetime) -> Decision:
    """Take back what a kiosk asked for; a ticket that was called already is void, and one that is served stays."""
    named = hall.tokens.get(command.token)
    if named is None:
        is_known = command.token in hall.withdrawn
        return Decision(() if is_known else (TakeWithdrawn(token=command.token),), Done())
    ticket = hall.tickets[named]
    if ticket.issued_by != actor.id:
        return refuse("not_this_kiosk", number=ticket_number(ticket.id))
    if ticket.status in TAKEN_BACK:
        return Decision((), Done())
    if (ticket.status, TicketCancelled) in STATUS_AFTER:
        return Decision((TicketCancelled(ticket=ticket.id),), Done())
    if (ticket.status, TicketVoided) in STATUS_AFTER:
        return Decision((TicketVoided(ticket=ticket.id, reason="left"),), Done())
    return wrong_status(ticket)


def _change_service(hall: Hall, command: ChangeService, _actor: Actor, _now: datetime) -> Decision:
    ticket = ticket_for(hall, command.ticket, ServiceChanged)
    if isinstance(ticket, Decision):
        return ticket
    if catalogue_of(hall).service(command.service) is None:
        return refuse("unknown_service")
    if ticket.place.line == command.service:
        return Decision((), Done())
    changed = ServiceChanged(ticket=ticket.id, service=command.service, place=moved(ticket, command.service))
    return Decision((changed,), Done())


def _set_priority(hall: Hall, command: SetPriority, _actor: Actor, _now: datetime) -> Decision:
    ticket = ticket_for(hall, command.ticket, PriorityChanged)
    if isinstance(ticket, Decision):
        return ticket
    if ticket.priority == command.priority:
        return Decision((), Done())
    place = with_priority(hall, ticket, priority=command.priority)
    return Decision((PriorityChanged(ticket=ticket.id, priority=command.priority, place=place),), Done())


def _void(hall: Hall, command: VoidTicket, actor: Actor, _now: datetime) -> Decision:
    ticket = _mine_to_move(hall, command.ticket, TicketVoided, actor)
    if isinstance(ticket, Decision):
        return ticket
    return Decision((TicketVoided(ticket=ticket.id, reason=command.reason),), Done())


def _reissue(hall: Hall, command: ReissueTicket, actor: Actor, now: datetime) -> Decision:
    ticket = ticket_for(hall, command.ticket, TicketReissued)
    if isinstance(ticket, Decision):
        return ticket
    if command.token in hall.tokens:
        return refuse("command_id_reused")
    unprinted = why_not_printed(hall, command.print_at, actor.device, now)
    if unprinted is not None:
        return Decision((), unprinted)
    reissued = TicketReissued(ticket=ticket.id, token=command.token, before=ticket.token, print_at=command.print_at)
    return Decision((reissued,), Done())


def _reprint(hall: Hall, command: ReprintSlip, actor: Actor, now: datetime) -> Decision:
    ticket = hall.tickets.get(command.ticket)
    if ticket is None:
        return refuse("unknown_ticket")
    if ticket.status in TAKEN_BACK:
        return wrong_status(ticket)
    unprinted = why_not_printed(hall, command.print_at, actor.device, now)
    if unprinted is not None:
        return Decision((), unprinted)
    reprinted = SlipReprinted(ticket=ticket.id, print_at=command.print_at, copy_number=ticket.copies + 1)
    return Decision((reprinted,), Done())


def _carry_over(hall: Hall, command: CarryOver, actor: Actor, now: datetime) -> Decision:
    ticket = _mine_to_move(hall, command.ticket, TicketCarriedOver, actor)
    if isinstance(ticket, Decision):
        return ticket
    if command.token in hall.tokens or command.token in hall.carried:
        return refuse("command_id_reused")
    unprinted = why_not_printed(hall, command.print_at, actor.device, now)
    if unprinted is not None:
        return Decision((), unprinted)
    carried = TicketCarriedOver(
        ticket=ticket.id,
        service=ticket.service,
        token=command.token,
        reason=command.reason,
        print_at=command.print_at,
    )
    return Decision((carried,), Done())


def _hold(hall: Hall, command: HoldTicket, actor: Actor, _now: datetime) -> Decision:
    ticket = _mine_to_move(hall, command.ticket, TicketHeld, actor)
    if isinstance(ticket, Decision):
        return ticket
    counter = ticket.counter if ticket.status in AT_COUNTER else None
    return Decision((TicketHeld(ticket=ticket.id, reason=command.reason, counter=counter),), Done())


def _resume(hall: Hall, command: ResumeTicket, _actor: Actor, now: datetime) -> Decision:
    ticket = ticket_for(hall, command.ticket, TicketResumed)
    if isinstance(ticket, Decision):
        return ticket
    keeps, line = catalogue_of(hall).policy.resume_keeps_place, _line_of(hall, ticket)
    place = moved(ticket, line) if keeps else place_at_end(hall, line, now)
    return Decision((TicketResumed(ticket=ticket.id, place=place),), Done())


def _return(hall: Hall, command: ReturnTicket, _actor: Actor, now: datetime) -> Decision:
    ticket = ticket_for(hall, command.ticket, TicketReturned)
    if isinstance(ticket, Decision):
        return ticket
    policy = catalogue_of(hall).policy
    if ticket.returns >= policy.returns_allowed:
        return refuse("returned_too_often", number=ticket_number(ticket.id), times=policy.returns_allowed)
    return Decision((TicketReturned(ticket=ticket.id, place=_place_back(hall, ticket, now)),), Done())


def _place_back(hall: Hall, ticket: Ticket, now: datetime) -> Place:
    """Return the place right behind whoever the counters of this line call next; late, or with nobody there: now."""
    line = _line_of(hall, ticket)
    late_at = (ticket.away_since or now) + timedelta(minutes=catalogue_of(hall).policy.return_within_minutes)
    beside = {each for number in counters_for(hall, line) for each in lines_at(hall, number)} | {line}
    first = next(queue_of(hall, beside), None)
    if now > late_at or first is None:
        return place_at_end(hall, line, now)
    return place_behind(first, line, now)


def _line_of(hall: Hall, ticket: Ticket) -> Line:
    """Return the line to which a person comes back: the one left, unless it was that of a counter now closed."""
    line = ticket.place.line
    return ticket.service if isinstance(line, int) and hall.counter_state(line).clerk is None else line


def _rate(hall: Hall, command: RateVisit, _actor: Actor, _now: datetime) -> Decision:
    named = hall.tokens.get(command.token)
    if named is None:
        return refuse("unknown_ticket")
    ticket = hall.tickets[named]
    if (ticket.status, VisitRated) not in STATUS_AFTER or ticket.token != command.token:
        return wrong_status(ticket)
    if ticket.rating is not None:
        return refuse("already_rated", number=ticket_number(ticket.id))
    return Decision((VisitRated(ticket=ticket.id, rating=command.rating),), Done())


def _mine_to_move(hall: Hall, asked: TicketId, event: type[Event], actor: Actor) -> Ticket | Decision:
    """Return a ticket to which this may happen and that is not at the counter of another clerk, or why not."""
    ticket = ticket_for(hall, asked, event)
    if isinstance(ticket, Decision) or "manager" in actor.roles:
        return ticket
    if ticket.status not in AT_COUNTER or ticket.counter is None:
        return ticket
    return not_mine(hall, ticket.counter, actor) or ticket


DECIDERS: Deciders = {
    TakeTicket: _take,
    CancelTicket: _cancel,
    WithdrawTake: _withdraw,
    ChangeService: _change_service,
    SetPriority: _set_priority,
    VoidTicket: _void,
    ReissueTicket: _reissue,
    ReprintSlip: _reprint,
    CarryOver: _carry_over,
    HoldTicket: _hold,
    ResumeTicket: _resume,
    ReturnTicket: _return,
    RateVisit: _rate,
}
