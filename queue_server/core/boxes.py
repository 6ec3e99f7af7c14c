"""Decisions about what boxes report: how paper and calls ended, and how their parts are."""

from collections.abc import Mapping
from datetime import datetime

from queue_protocol.answers import Done
from queue_protocol.commands import ReportCall, ReportDevice, ReportSlip
from queue_protocol.day_commands import ReplacePaper
from queue_protocol.ids import DeviceId, ticket_number
from queue_server.core.box_events import (
    CallShown,
    CallSpoken,
    DeviceReported,
    KioskMarked,
    PaperReplaced,
    SlipAccepted,
    SlipFailed,
    SlipPrinted,
    SlipUncertain,
)
from queue_server.core.decision import Actor, Deciders, Decision, refuse
from queue_server.core.events import Event
from queue_server.core.hall import Hall, Ticket, catalogue_of
from queue_server.core.lifecycle import SLIP_AFTER
from queue_server.core.permissions import MarkKiosk
from queue_server.core.series import free_mark, is_of_reserve, mark_of


def _report_slip(hall: Hall, command: ReportSlip, actor: Actor, _now: datetime) -> Decision:
    ticket = hall.tickets.get(command.ticket)
    if ticket is None or not _is_printed_by(hall, ticket, actor):
        return refuse("unknown_ticket")
    device, reason = DeviceId(actor.name), command.reason or "unknown"
    events: Mapping[str, Event] = {
        "printed": SlipPrinted(ticket=ticket.id, device=device, length_mm=command.length_mm),
        "accepted": SlipAccepted(ticket=ticket.id, device=device, length_mm=command.length_mm),
        "failed": SlipFailed(ticket=ticket.id, device=device, reason=reason),
        "uncertain": SlipUncertain(ticket=ticket.id, device=device, reason=reason, length_mm=command.length_mm),
    }
    event = events[command.outcome]
    known_already = (ticket.slip, type(event)) not in SLIP_AFTER
    return Decision(() if known_already else (event,), Done())


def _is_printed_by(hall: Hall, ticket: Ticket, actor: Actor) -> bool:
    """Say whether this box prints the slip: it was told to, or gave the ticket by itself."""
    if ticket.print_at is not None:
        return ticket.print_at == actor.name
    return is_of_reserve(hall, DeviceId(actor.name), ticket_number(ticket.id))


def _report_call(hall: Hall, command: ReportCall, actor: Actor, _now: datetime) -> Decision:
    call = hall.calls.get(command.call.sequence)
    if call is None:
        return refuse("unknown_call")
    known_already = call.shown if command.outcome == "shown" else call.spoken
    event_type = CallShown if command.outcome == "shown" else CallSpoken
    event = event_type(call=command.call.sequence, ticket=call.ticket, device=DeviceId(actor.name))
    return Decision(() if known_already else (event,), Done())


def _report_device(hall: Hall, command: ReportDevice, actor: Actor, _now: datetime) -> Decision:
    before = hall.devices.get((DeviceId(actor.name), command.part))
    if before is not None and (before.state, before.reason) == (command.state, command.reason):
        return Decision((), Done())
    event = DeviceReported(device=DeviceId(actor.name), part=command.part, state=command.state, reason=command.reason)
    return Decision((event,), Done())


def _replace_paper(hall: Hall, command: ReplacePaper, _actor: Actor, _now: datetime) -> Decision:
    if (command.device, "printer") not in hall.devices:
        return refuse("unknown_device", device=command.device)
    roll_m = command.roll_m or catalogue_of(hall).policy.paper_roll_m
    return Decision((PaperReplaced(device=command.device, roll_mm=roll_m * 1000),), Done())


def _mark_kiosk(hall: Hall, _command: MarkKiosk, actor: Actor, _now: datetime) -> Decision:
    device, mark = DeviceId(actor.name), free_mark(hall)
    if mark is None or mark_of(hall, device) is not None:
        return Decision((), Done())
    return Decision((KioskMarked(device=device, mark=mark),), Done())


DECIDERS: Deciders = {
    MarkKiosk: _mark_kiosk,
    ReplacePaper: _replace_paper,
    ReportSlip: _report_slip,
    ReportCall: _report_call,
    ReportDevice: _report_device,
}
