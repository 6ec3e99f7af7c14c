"""How a box introduces itself, and all that a client may say.

The hello comes first and once; what follows are requests, and `Seen` for each snapshot that reached the screen.
"""

from typing import Annotated

import msgspec
from msgspec import Meta

from queue_protocol.commands import Request
from queue_protocol.ids import CounterNumber, DeviceId, HallId, Instant, Key, Revision, TicketId
from queue_protocol.journal_end import JournalEnd


class KioskHello(msgspec.Struct, frozen=True, kw_only=True, tag="kiosk_hello"):
    """A kiosk introduces itself; it is sent the menu, and the slips it must print."""

    protocol: int
    device: DeviceId
    key: Key | None = None
    """`None` from a page, which is known by its cookie."""
    hall: HallId | None = None
    """The hall it stands in: only services that counters of this hall serve are offered; `None`: all of the center."""
    prints: bool = True
    """Whether slips of this device are printed by whoever says this hello: a page shows only."""
    started_slips: Annotated[tuple[TicketId, ...], Meta(max_length=1000)] = ()
    """Slips whose printing has begun or ended according to the kiosk's own disk."""
    heard: JournalEnd | None = None
    """The newest end of the journal that this kiosk has heard of; `None`: it keeps none."""
    wall: Instant | None = None
    """What the box's own clock says now; `None`: it has none, or does not say. It is never the hall's time: it
    only bears out the clock of the server's PC, where all boxes agree with that."""


class DisplayHello(msgspec.Struct, frozen=True, kw_only=True, tag="display_hello"):
    """A display introduces itself; it is sent the board and the calls."""

    protocol: int
    device: DeviceId
    key: Key | None = None
    """`None` from a page, which names itself `page-…`: with a device cookie it is a display like others; without one it
    may look, and speak where no box can, but what it reports counts for nothing."""
    hall: HallId | None = None
    """The hall it hangs in: only calls to counters of this hall are sent; `None`: all of the center."""
    sound: bool = False
    """Whether it has a loudspeaker that works as far as it knows."""
    last_spoken: Revision | None = None
    """The last call it has said aloud; `None` after a start."""
    heard: JournalEnd | None = None
    """The newest end of the journal that this display has heard of; `None`: it keeps none."""
    wall: Instant | None = None
    """What the box's own clock says now; `None`: it has none, or does not say. See the kiosk's."""


class DeskHello(msgspec.Struct, frozen=True, kw_only=True, tag="desk_hello"):
    """A clerk's page introduces itself; the person is known by the session cookie."""

    protocol: int
    counter: CounterNumber | None = None
    """The counter the page is for; `None` shows the choice of counters."""
    heard: JournalEnd | None = None
    """The newest end of the journal that this page has heard of; `None`: it keeps none."""


class OfficeHello(msgspec.Struct, frozen=True, kw_only=True, tag="office_hello"):
    """A manager's page introduces itself; the person is known by the session cookie."""

    protocol: int
    heard: JournalEnd | None = None
    """The newest end of the journal that this page has heard of; `None`: it keeps none."""


class Seen(msgspec.Struct, frozen=True, kw_only=True, tag="seen"):
    """The snapshot of this revision is on the screen: the next one may come."""

    revision: Revision


Hello = KioskHello | DisplayHello | DeskHello | OfficeHello
FromClient = Hello | Request | Seen
