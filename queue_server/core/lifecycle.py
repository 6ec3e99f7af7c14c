"""The life of a ticket and of its slip. Every rule about which status may follow which stands in these tables.

Code does one look-up; a pair that is not there is refused. `docs/lifecycle.md` is drawn from here.
"""

from collections.abc import Mapping
from typing import Literal

from queue_server.core.events import (
    DayClosed,
    Event,
    ServiceFinished,
    ServiceStarted,
    SlipFailed,
    SlipPrinted,
    SlipUncertain,
    TicketCalled,
    TicketIssued,
    TicketMissed,
    TicketRecalled,
)

Status = Literal["waiting", "called", "serving", "finished", "no_show", "expired"]
SlipStatus = Literal["none", "pending", "printed", "failed", "uncertain"]

STATUS_AFTER: Mapping[tuple[Status | None, type[Event]], Status] = {
    (None, TicketIssued): "waiting",
    ("waiting", TicketCalled): "called",
    ("called", TicketRecalled): "called",
    ("called", ServiceStarted): "serving",
    ("called", TicketMissed): "no_show",
    ("serving", ServiceFinished): "finished",
    ("waiting", DayClosed): "expired",
    ("called", DayClosed): "expired",
    ("serving", DayClosed): "expired",
}

SLIP_AFTER: Mapping[tuple[SlipStatus, type[Event]], SlipStatus] = {
    ("pending", SlipPrinted): "printed",
    ("pending", SlipFailed): "failed",
    ("pending", SlipUncertain): "uncertain",
    ("failed", SlipPrinted): "printed",
    ("failed", SlipUncertain): "uncertain",
    ("uncertain", SlipPrinted): "printed",
}

AT_COUNTER: frozenset[Status] = frozenset({"called", "serving"})
"""The ticket occupies its counter."""

IN_HALL: frozenset[Status] = frozenset({"waiting", "called", "serving"})
"""The person is still to be dealt with; midnight expires these."""
