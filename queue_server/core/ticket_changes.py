"""What events do to tickets, to the lines they wait in and to the counters they are at."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from queue_protocol.ids import DeviceId, TicketId, ticket_number
from queue_server.core.box_events import CallShown, CallSpoken, SlipAccepted, SlipFailed, SlipPrinted, SlipUncertain
from queue_server.core.dispatch import after_call
from queue_server.core.events import (
    CallWithdrawn,
    Entry,
    FinishTakenBack,
    HoardingSuspected,
    PriorityChanged,
    ServiceChanged,
    ServiceFinished,
    ServiceStarted,
    SlipReprinted,
    TicketCalled,
    TicketCancelled,
    TicketCarriedOver,
    TicketHeld,
    TicketIssued,
    TicketMissed,
    TicketRecalled,
    TicketReissued,
    TicketResumed,
    TicketReturned,
    TicketTransferred,
    TicketVoided,
    VisitRated,
)
from queue_server.core.facts import CarriedSlip
from queue_server.core.hall import (
    ACCEPTED_SHOWN,
    Call,
    Hall,
    Hoarding,
    Ticket,
    catalogue_of,
    hall_of,
    with_roll,
    without,
)
from queue_server.core.lifecycle import AT_COUNTER, SLIP_AFTER, STATUS_AFTER, SlipStatus
from queue_server.core.lines import after, come_back, free_counter, joined, keep, leave_line, wait
from queue_server.core.series import split_number

LATEST_CALLS = 6
"""The call and the four before it, which a board has room for, and one that takes the place of a withdrawn call."""

MISSED_SHOWN = 12
"""What the quiet strip of a board has room for."""

HOARDINGS_KEPT = 5
"""Alarms that are shown at once: who has not looked after five needs no sixth."""

Change = Callable[[Hall, Entry, Any], Hall]
"""Adds one kind of event to the hall."""


def _issue(hall: Hall, entry: Entry, event: TicketIssued) -> Hall:
    ticket = Ticket(
        id=event.ticket,
        service=event.service,
        priority=event.priority,
        token=event.token,
        print_at=event.print_at,
        status=STATUS_AFTER[None, TicketIssued],
        slip="none" if event.print_at is None else "pending",
        issued_at=event.issued_at or entry.at,
        slip_asked_at=entry.at,
        issued_by=entry.actor,
        origin=event.origin,
        dossiers=event.dossiers,
        place=event.place,
        sequence=entry.sequence,
        people_ahead=event.people_ahead,
        wait_minutes=None if event.wait is None else (event.wait.low_minutes, event.wait.high_minutes),
        after_break=event.after_break,
        recovered=event.recovered,
    )
    prefix, count = split_number(ticket_number(event.ticket))
    return replace(
        _count_given(hall, ticket, 1),
        tickets=hall.tickets.set(event.ticket, ticket),
        tokens=hall.tokens.set(event.token, event.ticket),
        lines=hall.lines.set(event.place.line, joined(hall, ticket)),
        issued=hall.issued.set(prefix, max(count, hall.issued.get(prefix, 0))),
        takes=_taken(hall, entry, event),
        carried=hall.carried if event.carried_over is None else hall.carried.delete(event.carried_over),
        slips=hall.slips if event.print_at is None else hall.slips.set(event.ticket, None),
    )


def _taken(hall: Hall, entry: Entry, event: TicketIssued) -> Any:
    """Return when each kiosk lately gave tickets, with this one: no more of them than tell whether they are hoarded."""
    kind, _, device = entry.actor.partition(":")
    if kind != "device":
        return hall.takes
    at_kiosk = (DeviceId(device), event.service)
    times = sorted((*hall.takes.get(at_kiosk, ()), event.issued_at or entry.at))
    return hall.takes.set(at_kiosk, tuple(times[-catalogue_of(hall).policy.hoarding_tickets :]))


def _count_given(hall: Hall, ticket: Ticket, tickets: int) -> Hall:
    """Return the hall with so many more tickets of this service and session that kiosks gave."""
    if not ticket.issued_by.startswith("device:"):
        return hall
    session = (ticket.service, ticket.place.session)
    return replace(hall, given=hall.given.set(session, hall.given.get(session, 0) + tickets))


def _call(hall: Hall, entry: Entry, event: TicketCalled) -> Hall:
    ticket = hall.tickets[event.ticket]
    gone = leave_line(hall, ticket) if ticket.status == "waiting" else come_back(hall, ticket)
    state = hall.counter_state(event.counter)
    run, owed = after_call(state, catalogue_of(hall).policy, priority=ticket.priority)
    occupied = replace(
        state,
        ticket=event.ticket,
        since=None,
        priority_run=run,
        normal_owed=owed,
        turn_before=(state.priority_run, state.normal_owed),
    )
    called = replace(
        ticket,
        calls=0,
        reason=event.reason,
        first_called_at=ticket.first_called_at or entry.at,
        away_since=None,
        hold_reason=None,
        held_before=ticket.hold_reason,
    )
    return _sound_call(replace(gone, counters=hall.counters.set(event.counter, occupied)), entry, event, called)


def _recall(hall: Hall, entry: Entry, event: TicketRecalled) -> Hall:
    return _sound_call(hall, entry, event, hall.tickets[event.ticket])


def _sound_call(hall: Hall, entry: Entry, event: TicketCalled | TicketRecalled, ticket: Ticket) -> Hall:
    called = replace(
        ticket,
        status=STATUS_AFTER[ticket.status, type(event)],
        counter=event.counter,
        calls=ticket.calls + 1,
        last_called_at=entry.at,
        last_call=entry.sequence,
    )
    sounded = replace(
        hall,
        tickets=hall.tickets.set(ticket.id, called),
        calls=hall.calls.set(entry.sequence, Call(ticket=ticket.id)),
    )
    return replace(sounded, latest_calls=_latest_calls(sounded, ticket.id))


def _latest_calls(hall: Hall, ticket: TicketId) -> tuple[TicketId, ...]:
    """Return the latest calls of each hall with this one before all."""
    kept: list[TicketId] = []
    shown: dict[str | None, int] = {}
    for each in (ticket, *(before for before in hall.latest_calls if before != ticket)):
        room = hall_of(hall, hall.tickets[each].counter or 0)
        shown[room] = shown.get(room, 0) + 1
        if shown[room] <= LATEST_CALLS:
            kept.append(each)
    return tuple(kept)


def _start(hall: Hall, _entry: Entry, event: ServiceStarted) -> Hall:
    ticket = hall.tickets[event.ticket]
    return keep(hall, replace(after(ticket, ServiceStarted), started_at=event.started_at))


def _finish(hall: Hall, entry: Entry, event: ServiceFinished) -> Hall:
    ticket = hall.tickets[event.ticket]
    ended = replace(after(ticket, ServiceFinished), ended_at=entry.at, counted_from=event.counted_from)
    kept = keep(free_counter(hall, ticket, entry.at), ended)
    state = replace(kept.counter_state(event.counter), finished=event.ticket)
    return replace(kept, counters=kept.counters.set(event.counter, state))


def _take_back_finish(hall: Hall, _entry: Entry, event: FinishTakenBack) -> Hall:
    ticket = hall.tickets[event.ticket]
    served = replace(after(ticket, FinishTakenBack), started_at=event.started_at, ended_at=None, counted_from=None)
    state = replace(hall.counter_state(event.counter), ticket=event.ticket, since=None, finished=None)
    return replace(keep(hall, served), counters=hall.counters.set(event.counter, state))


def _withdraw_call(hall: Hall, entry: Entry, event: CallWithdrawn) -> Hall:
    ticket = hall.tickets[event.ticket]
    waits = replace(
        after(ticket, CallWithdrawn),
        last_call=0,
        last_called_at=None,
        first_called_at=None if event.first else ticket.first_called_at,
        counter=None if event.first else ticket.counter,
        reason=None,
    )
    freed = free_counter(hall, ticket, entry.at)
    state = freed.counter_state(event.counter)
    run, owed = state.turn_before
    counters = freed.counters.set(event.counter, replace(state, priority_run=run, normal_owed=owed))
    listed = tuple(each for each in hall.latest_calls if each != ticket.id)
    return wait(replace(freed, counters=counters, latest_calls=listed), waits)


def _miss(hall: Hall, entry: Entry, event: TicketMissed) -> Hall:
    ticket = hall.tickets[event.ticket]
    missed = replace(after(ticket, TicketMissed), ended_at=entry.at, away_since=entry.at)
    kept = keep(free_counter(hall, ticket, entry.at), missed)
    return replace(kept, missed=_first(event.ticket, hall.missed, MISSED_SHOWN), away=hall.away.set(event.ticket, None))


def _hold(hall: Hall, entry: Entry, event: TicketHeld) -> Hall:
    ticket = hall.tickets[event.ticket]
    gone = leave_line(hall, ticket) if ticket.status == "waiting" else free_counter(hall, ticket, entry.at)
    held = replace(after(ticket, TicketHeld), away_since=entry.at, hold_reason=event.reason)
    return replace(keep(gone, held), away=hall.away.set(event.ticket, None))


def _resume(hall: Hall, _entry: Entry, event: TicketResumed) -> Hall:
    ticket = hall.tickets[event.ticket]
    return wait(come_back(hall, ticket), replace(after(ticket, TicketResumed), place=event.place))


def _return(hall: Hall, _entry: Entry, event: TicketReturned) -> Hall:
    ticket = hall.tickets[event.ticket]
    back = replace(after(ticket, TicketReturned), place=event.place, returns=ticket.returns + 1, ended_at=None)
    return wait(come_back(hall, ticket), back)


def _transfer(hall: Hall, entry: Entry, event: TicketTransferred) -> Hall:
    ticket = hall.tickets[event.ticket]
    moved = replace(
        after(ticket, TicketTransferred),
        service=event.service,
        place=event.place,
        dossiers=ticket.dossiers if event.dossiers is None else event.dossiers,
    )
    return wait(free_counter(hall, ticket, entry.at), moved)


def _change_service(hall: Hall, _entry: Entry, event: ServiceChanged) -> Hall:
    ticket = hall.tickets[event.ticket]
    changed = replace(after(ticket, ServiceChanged), service=event.service, place=event.place)
    counted = _count_given(_count_given(hall, ticket, -1), changed, 1)
    return wait(leave_line(counted, ticket), changed)


def _change_priority(hall: Hall, _entry: Entry, event: PriorityChanged) -> Hall:
    ticket = hall.tickets[event.ticket]
    changed = replace(after(ticket, PriorityChanged), priority=event.priority, place=event.place)
    return wait(leave_line(hall, ticket), changed) if ticket.status == "waiting" else keep(hall, changed)


def _cancel(hall: Hall, entry: Entry, event: TicketCancelled) -> Hall:
    """Take out a ticket that was a mistake: it does not count for the quota of its session."""
    return _count_given(_take_out(hall, entry, event), hall.tickets[event.ticket], -1)


def _take_out(hall: Hall, entry: Entry, event: TicketCancelled | TicketVoided | TicketCarriedOver) -> Hall:
    """Let a ticket leave the queue for good, from wherever it is."""
    ticket = hall.tickets[event.ticket]
    if ticket.status == "waiting":
        gone = leave_line(hall, ticket)
    elif ticket.status in AT_COUNTER:
        gone = free_counter(hall, ticket, entry.at)
    else:
        gone = come_back(hall, ticket)
    return keep(gone, replace(after(ticket, type(event)), ended_at=entry.at))


def _carry_over(hall: Hall, entry: Entry, event: TicketCarriedOver) -> Hall:
    out = _take_out(hall, entry, event)
    carried = CarriedSlip(token=event.token, ticket=event.ticket, service=event.service)
    kept = keep(out, replace(out.tickets[event.ticket], carried_token=event.token))
    return _ask_for_slip(replace(kept, carried_today=(*hall.carried_today, carried)), entry, event)


def _reissue(hall: Hall, entry: Entry, event: TicketReissued) -> Hall:
    ticket = replace(after(hall.tickets[event.ticket], TicketReissued), token=event.token, reissued=True)
    kept = replace(keep(hall, ticket), tokens=hall.tokens.set(event.token, event.ticket))
    return _ask_for_slip(kept, entry, event)


def _reprint(hall: Hall, entry: Entry, event: SlipReprinted) -> Hall:
    kept = keep(hall, replace(hall.tickets[event.ticket], copies=event.copy_number))
    return _ask_for_slip(kept, entry, event)


def _ask_for_slip(hall: Hall, entry: Entry, event: TicketReissued | TicketCarriedOver | SlipReprinted) -> Hall:
    """Ask for paper where the event says; where it says nowhere none is wanted, and none is missing."""
    ticket, print_at = hall.tickets[event.ticket], event.print_at
    slip: SlipStatus = "none" if print_at is None else SLIP_AFTER[ticket.slip, type(event)]
    slips = hall.slips.set(ticket.id, None) if print_at is not None else without(hall.slips, ticket.id)
    asked = replace(ticket, slip=slip, print_at=print_at, slip_asked_at=entry.at)
    return replace(keep(hall, asked), slips=slips)


SlipEnd = SlipPrinted | SlipAccepted | SlipFailed | SlipUncertain


def _end_slip(hall: Hall, entry: Entry, event: SlipEnd) -> Hall:
    ticket = hall.tickets[event.ticket]
    status = SLIP_AFTER[ticket.slip, type(event)]
    missing = status in {"failed", "uncertain"}
    slips = hall.slips.set(event.ticket, None) if missing else without(hall.slips, event.ticket)
    accepted = (event.ticket, *(each for each in hall.accepted_slips if each != event.ticket))
    ended = replace(
        keep(hall, replace(ticket, slip=status)),
        slips=slips,
        accepted_slips=accepted[:ACCEPTED_SHOWN] if status == "accepted" else hall.accepted_slips,
    )
    return _use_paper(ended, entry, event)


def _use_paper(hall: Hall, entry: Entry, event: SlipEnd) -> Hall:
    """Count a slip's paper; of one that may have come out too, as paper ends earlier than it is missed."""
    length_mm = None if isinstance(event, SlipFailed) else event.length_mm
    roll = hall.paper.get(event.device)
    if roll is None or length_mm is None:
        return hall
    return with_roll(hall, replace(roll, used_mm=roll.used_mm + length_mm, slip_mm=length_mm), entry.at)


def _rate(hall: Hall, _entry: Entry, event: VisitRated) -> Hall:
    return keep(hall, replace(after(hall.tickets[event.ticket], VisitRated), rating=event.rating))


def _show(hall: Hall, _entry: Entry, event: CallShown) -> Hall:
    return replace(hall, calls=hall.calls.set(event.call, replace(hall.calls[event.call], shown=True)))


def _speak(hall: Hall, _entry: Entry, event: CallSpoken) -> Hall:
    return replace(hall, calls=hall.calls.set(event.call, replace(hall.calls[event.call], spoken=True)))


def _suspect_hoarding(hall: Hall, entry: Entry, event: HoardingSuspected) -> Hall:
    alarm = Hoarding(device=event.device, service=event.service, tickets=event.tickets, at=entry.at)
    return replace(
        hall,
        hoardings=(alarm, *hall.hoardings)[:HOARDINGS_KEPT],
        hoarded=hall.hoarded.set((event.device, event.service), entry.at),
    )


def _first(ticket: TicketId, others: tuple[TicketId, ...], limit: int) -> tuple[TicketId, ...]:
    return (ticket, *(each for each in others if each != ticket))[:limit]


CHANGES: Mapping[type, Change] = {
    TicketIssued: _issue,
    TicketCancelled: _cancel,
    TicketVoided: _take_out,
    ServiceChanged: _change_service,
    PriorityChanged: _change_priority,
    TicketReissued: _reissue,
    SlipReprinted: _reprint,
    TicketCarriedOver: _carry_over,
    TicketCalled: _call,
    TicketRecalled: _recall,
    ServiceStarted: _start,
    ServiceFinished: _finish,
    FinishTakenBack: _take_back_finish,
    CallWithdrawn: _withdraw_call,
    TicketMissed: _miss,
    TicketReturned: _return,
    TicketHeld: _hold,
    TicketResumed: _resume,
    TicketTransferred: _transfer,
    VisitRated: _rate,
    SlipPrinted: _end_slip,
    SlipAccepted: _end_slip,
    SlipFailed: _end_slip,
    SlipUncertain: _end_slip,
    CallShown: _show,
    CallSpoken: _speak,
    HoardingSuspected: _suspect_hoarding,
}
