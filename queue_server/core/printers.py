"""Which boxes print a slip, and when one takes no more for the moment."""

from datetime import datetime

from queue_protocol.answers import Refused
from queue_protocol.ids import DeviceId
from queue_server.core.announcements import SLIP_OVERDUE
from queue_server.core.hall import Hall

MOST_SLIPS_OWED = 100
"""Slips that one box has still to print: five minutes of work for a usual printer. A box that comes back is sent all of
them at once, so this stays well below the frames that may wait for one client (256)."""


def why_not_printed(hall: Hall, device: DeviceId | None, asker: DeviceId | None, now: datetime) -> Refused | None:
    """Return why this box prints no further slip; `None`: it does, or `device` is `None` and nothing is printed.

    A box prints when it has reported on its printer. `asker` is the box that asks, which is believed about itself: the
    first ticket of a new kiosk may come before its first report.
    """
    if device is None:
        return None
    if device != asker and (device, "printer") not in hall.devices:
        return Refused(code="unknown_device", facts={"device": device})
    owed = slips_owed(hall, device, now)
    if owed < MOST_SLIPS_OWED:
        return None
    # A box, which may be a version behind, asks again by itself what is `busy`; a person reads which printer it is.
    return Refused(code="printer_behind" if asker is None else "busy", facts={"device": device, "slips": owed})


def slips_owed(hall: Hall, device: DeviceId, now: datetime) -> int:
    """Return how many slips were sent to a box, or will be when it comes back, that it has not reported on.

    Under `MOST_SLIPS_OWED` unproved slips in the whole center it is their number, so that a usual day counts none.
    """
    if len(hall.slips) < MOST_SLIPS_OWED:
        return len(hall.slips)
    tickets = (hall.tickets[each] for each in hall.slips)
    return sum(
        ticket.slip == "pending" and ticket.print_at == device and now - ticket.slip_asked_at <= SLIP_OVERDUE
        for ticket in tickets
    )
