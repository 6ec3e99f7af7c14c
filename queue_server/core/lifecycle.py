"""The life of a ticket and of its slip. Every rule about which status may follow which stands in these tables.

Code does one look-up; a pair that is not there is refused. `docs/lifecycle.md` is drawn from here.
"""

from collections.abc import Mapping
from typing import Literal

from queue_server.core.box_events import SlipAccepted, SlipFailed, SlipPrinted, SlipUncertain
from queue_server.core.events import (
    CallWithdrawn,
    DayClosed,
    Event,
    FinishTakenBack,
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

Status = Literal[
    "waiting",
    "called",
    "serving",
    "held",
    "no_show",
    "finished",
    "cancelled",
    "void",
    "carried_over",
    "expired",
]
SlipStatus = Literal["none", "pending", "printed", "accepted", "failed", "uncertain"]

STATUS_AFTER: Mapping[tuple[Status | None, type[Event]], Status] = {
    (None, TicketIssued): "waiting",
    # before the call
    ("waiting", TicketCancelled): "cancelled",
    ("waiting", ServiceChanged): "waiting",
    ("waiting", PriorityChanged): "waiting",
    ("held", PriorityChanged): "held",
    # the call
    ("waiting", TicketCalled): "called",
    ("held", TicketCalled): "called",
    ("called", TicketRecalled): "called",
    ("called", ServiceStarted): "serving",
    ("called", TicketMissed): "no_show",
    ("called", CallWithdrawn): "waiting",
    ("no_show", TicketReturned): "waiting",
    # at the counter
    ("serving", ServiceFinished): "finished",
    ("finished", FinishTakenBack): "serving",
    ("called", TicketTransferred): "waiting",
    ("serving", TicketTransferred): "waiting",
    ("finished", VisitRated): "finished",
    # away for a few minutes
    ("waiting", TicketHeld): "held",
    ("called", TicketHeld): "held",
    ("serving", TicketHeld): "held",
    ("held", TicketResumed): "waiting",
    # a lost slip
    ("waiting", TicketReissued): "waiting",
    ("called", TicketReissued): "called",
    ("held", TicketReissued): "held",
    ("no_show", TicketReissued): "no_show",
    # out of the queue
    ("waiting", TicketVoided): "void",
    ("called", TicketVoided): "void",
    ("held", TicketVoided): "void",
    ("no_show", TicketVoided): "void",
    ("waiting", TicketCarriedOver): "carried_over",
    ("called", TicketCarriedOver): "carried_over",
    ("held", TicketCarriedOver): "carried_over",
    ("waiting", DayClosed): "expired",
    ("called", DayClosed): "expired",
    ("serving", DayClosed): "expired",
    ("held", DayClosed): "expired",
}

SLIP_AFTER: Mapping[tuple[SlipStatus, type[Event]], SlipStatus] = {
    # of a ticket that a kiosk gave and printed by itself
    ("none", SlipPrinted): "printed",
    ("none", SlipAccepted): "accepted",
    ("none", SlipFailed): "failed",
    ("none", SlipUncertain): "uncertain",
    ("pending", SlipPrinted): "printed",
    ("pending", SlipAccepted): "accepted",
    ("pending", SlipFailed): "failed",
    ("pending", SlipUncertain): "uncertain",
    ("failed", SlipPrinted): "printed",
    ("failed", SlipAccepted): "accepted",
    ("failed", SlipUncertain): "uncertain",
    ("accepted", SlipPrinted): "printed",
    ("accepted", SlipUncertain): "uncertain",
    ("uncertain", SlipPrinted): "printed",
    # a reprint, a new slip for a lost one, a slip for another day
    **{
        (before, event): "pending"
        for before in ("none", "pending", "printed", "accepted", "failed", "uncertain")
        for event in (SlipReprinted, TicketReissued, TicketCarriedOver)
    },
}

AT_COUNTER: frozenset[Status] = frozenset({"called", "serving"})
"""The ticket occupies its counter."""

UNSERVED: frozenset[Status] = frozenset({"waiting", "called", "held"})
"""The person has not been served: at the end of the day each is served on or carried over."""

IN_HALL: frozenset[Status] = UNSERVED | {"serving"}
"""The person is still to be dealt with; midnight expires these."""

TAKEN_BACK: frozenset[Status] = frozenset({"cancelled", "void"})
"""The number counts no more: no paper is made of it."""

MAY_COME_BACK: frozenset[Status] = IN_HALL | {"no_show"}
"""The ticket may still be called: its language is kept. A finish that is taken back goes on at its counter without."""
