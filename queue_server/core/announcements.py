"""What is said once: calls for displays and slips for kiosks, and which of them a box that comes back still owes."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from queue_protocol.announcements import CallAnnouncement, CallKind, PrintSlip
from queue_protocol.answers import TicketTaken, WaitRange
from queue_protocol.ids import DeviceId, Language, Revision, TicketId, Token, ticket_number
from queue_protocol.phrases import announce_call
from queue_server.core.calendar import next_open_day
from queue_server.core.catalogue import Catalogue
from queue_server.core.hall import Hall, Ticket, catalogue_of, counters_of

SLIP_OVERDUE = timedelta(seconds=60)
"""A slip that nobody has reported on for this long may never come: it shows as unknown and is not offered again."""

CALL_STALE = timedelta(minutes=5)
"""A call older than this is not spoken any more."""


def announcement(
    ticket: Ticket, catalogue: Catalogue, epoch: int, languages: Sequence[Language]
) -> CallAnnouncement | None:
    """Return the latest call of a ticket as it is said; `None` for a ticket not called yet."""
    if ticket.counter is None or ticket.last_called_at is None:
        return None
    kind = call_kind(ticket, catalogue)
    return CallAnnouncement(
        call=Revision(epoch=epoch, sequence=ticket.last_call),
        ticket=ticket.id,
        number=ticket_number(ticket.id),
        counter=ticket.counter,
        kind=kind,
        priority=ticket.priority,
        called_at=ticket.last_called_at,
        utterances=announce_call(ticket_number(ticket.id), ticket.counter, kind, languages),
    )


def calls_to_say(hall: Hall, now: datetime, epoch: int, last_spoken: Revision | None) -> tuple[TicketId, ...]:
    """Return the tickets whose latest call a display that comes back still has to say, in order of the calls.

    Still called, not spoken, not stale, and younger than the last call that the display says it spoke.
    """
    spoken = last_spoken.sequence if last_spoken is not None and last_spoken.epoch == epoch else 0
    tickets = [hall.tickets[each] for state in hall.counters.values() if (each := state.ticket) is not None]
    due = [
        ticket
        for ticket in tickets
        if ticket.status == "called"
        and not is_spoken(hall, ticket)
        and ticket.last_call > spoken
        and ticket.last_called_at is not None
        and now - ticket.last_called_at <= CALL_STALE
    ]
    return tuple(ticket.id for ticket in sorted(due, key=lambda each: each.last_call))


def is_spoken(hall: Hall, ticket: Ticket) -> bool:
    """Say whether the speaker has said the latest call of a ticket."""
    call = hall.latest_call(ticket)
    return call is not None and call.spoken


def slip(ticket: Ticket, hall: Hall, language: Language) -> PrintSlip:
    """Return the slip of a ticket as it was when it was issued; one carried over has the token of the later day."""
    low_high = ticket.wait_minutes
    token = ticket.carried_token or ticket.token
    today = hall.day or ticket.issued_at.date()
    day = today if ticket.carried_token is None else next_open_day(catalogue_of(hall), today)
    return PrintSlip(
        slip=TicketTaken(
            ticket=ticket.id,
            number=ticket_number(ticket.id),
            service=ticket.service,
            priority=ticket.priority,
            issued_at=ticket.issued_at,
            people_ahead=ticket.people_ahead,
            wait=None if low_high is None else WaitRange(low_minutes=low_high[0], high_minutes=low_high[1]),
            counters=counters_of(hall, ticket.service),
            print_at=ticket.print_at,
            dossiers=ticket.dossiers,
            after_break=ticket.after_break,
        ),
        language=language,
        valid_on=day.isoformat(),
        address=page_address(catalogue_of(hall), token),
        copy_number=ticket.copies,
        kind="ticket" if ticket.carried_token is None else "carried_over",
        reissued=ticket.reissued and ticket.carried_token is None,
        token=ticket.token,
    )


def slips_to_offer(hall: Hall, now: datetime, device: DeviceId, started: Sequence[TicketId]) -> tuple[TicketId, ...]:
    """Return the slips a kiosk that comes back still has to print: young, its own, and not begun by its own account.

    What it knows as begun is the first paper of a ticket: one asked for later, as for a lost slip, is offered.
    """
    begun = frozenset(started)
    own = [ticket for each in hall.slips if (ticket := hall.tickets[each]).print_at == device]
    due = [
        ticket
        for ticket in own
        if ticket.slip == "pending"
        and (ticket.slip_asked_at > ticket.issued_at or ticket.id not in begun)
        and now - ticket.slip_asked_at <= SLIP_OVERDUE
    ]
    return tuple(ticket.id for ticket in sorted(due, key=lambda each: each.sequence))


def page_address(catalogue: Catalogue, token: Token) -> str | None:
    """Return where a phone finds a ticket's page; `None` when the center has no public address."""
    return None if catalogue.public_address is None else f"{catalogue.public_address.rstrip('/')}/t/{token}"


def call_kind(ticket: Ticket, catalogue: Catalogue) -> CallKind:
    """Say which call of a ticket its latest one is."""
    if ticket.calls <= 1:
        return "first"
    return "last" if ticket.calls >= catalogue.policy.calls_before_no_show else "recall"
