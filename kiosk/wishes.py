"""What the flow wants of the server, or without it of the reserve. Pure data; carried out by `walking`."""

from dataclasses import dataclass
from datetime import datetime

from queue_protocol.ids import Language, ServiceId, TicketId


@dataclass(frozen=True, slots=True)
class Take:
    """A ticket is wanted from the server. The answer goes to `answered` with this `request`."""

    request: int
    service: ServiceId
    language: Language
    dossiers: int = 1


@dataclass(frozen=True, slots=True)
class Cancel:
    """This ticket shall be no more. The answer goes to `answered` with this `request`."""

    request: int
    ticket: TicketId


@dataclass(frozen=True, slots=True)
class Give:
    """A ticket shall be given by this kiosk itself, at this moment of the hall. What comes of it goes to `answered`."""

    request: int
    service: ServiceId
    language: Language
    dossiers: int
    at: datetime
    instead_of: int | None = None
    """The request that the server has not answered, and that is withdrawn first."""


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Nobody waits any more for the answer to this request, and none may be given for it later."""

    request: int


Wish = Take | Give | Cancel | Withdraw
