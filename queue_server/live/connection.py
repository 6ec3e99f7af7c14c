"""One client of the hub: what it said it is, what waits to be sent to it, and when it may be sent."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from queue_protocol.hellos import Hello
from queue_protocol.ids import Revision
from queue_server.core.decision import Actor
from queue_server.live.clock_witnesses import OwnTime

OUTBOX_LIMIT = 256
"""Frames that wait for one client besides snapshots; a client this far behind is cut and starts anew."""


@dataclass(eq=False)
class Connection:
    """One client: what it said it is, and what waits to be sent to it."""

    hello: Hello
    actor: Actor | None
    """`None`: a page that may only look."""
    sound: bool = False
    """A display whose loudspeaker works as far as is known."""
    outbox: list[bytes] = field(default_factory=list)
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    marked: bool = True
    """There is something newer than what it was sent."""
    in_flight: Revision | None = None
    """The snapshot it has not said `Seen` to."""
    overrun: bool = False
    sending_since_s: float | None = None
    """When the frames on their way began to be sent, by the loop's clock; `None`: nothing is on its way."""
    proof: bytes | None = None
    """The hash of the key, or of the token lent to a page, that let a box in; `None`: a person, or nobody."""
    own_time: OwnTime | None = None
    """Of a box on another PC that said what its clock reads; `None`: of any other client."""
    cut: Callable[[], object] = lambda: None
    """Ends the conversation."""
    pace: "Callable[[Connection], object] | None" = None
    """Lets it be sent what waits when it is its turn; `None`: at once."""

    def send(self, frame: bytes) -> None:
        """Queue a frame; the connection is cut when too many wait, or when it takes none for too long."""
        if len(self.outbox) >= OUTBOX_LIMIT:
            self.overrun = True
            self.cut()
            return
        self.outbox.append(frame)
        self.rouse()

    def mark(self) -> None:
        """Let it have the newest snapshot as soon as it is ready."""
        self.marked = True
        self.rouse()

    def seen(self, revision: Revision) -> None:
        """Take note that a snapshot is on its screen."""
        if self.in_flight is not None and revision >= self.in_flight:
            self.in_flight = None
            self.rouse()

    def rouse(self) -> None:
        """Let what waits for this client be sent."""
        if self.pace is None:
            self.wake.set()
        else:
            self.pace(self)
