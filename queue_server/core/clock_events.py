"""What happened to the hall's time. The rules of `events` hold for these too."""

import msgspec

from queue_protocol.ids import Instant
from queue_server.core.facts import Session


class ClockConfirmed(msgspec.Struct, frozen=True, kw_only=True, tag="clock_confirmed.1"):
    """A manager said that the clock, which had jumped ahead, is right."""


class ClockPutBack(msgspec.Struct, frozen=True, kw_only=True, tag="clock_put_back.1"):
    """A manager said that the PC's clock, which is before the hall's time, is right: the hall goes back to it, once.

    The next entries are of the new time, so that instants of the journal go back here and nowhere else. The order of
    entries is that of their sequences.
    """

    before: Instant
    """The time of the hall until now; at or after the last event."""
    to: Instant
    sessions: tuple[Session, ...] | None
    """Of the date that it is now; `None`: the center has no hours."""
