"""What became known of entries that the journal has lost. The rules of `events` hold for these too."""

from datetime import date
from typing import Literal

import msgspec

from queue_protocol.ids import Instant, Revision
from queue_protocol.journal_end import Numbers


class EntriesMissing(msgspec.Struct, frozen=True, kw_only=True, tag="entries_missing.1"):
    """The journal ends before entries that were once written: its end was lost, or it comes from a backup."""

    because: Literal["restored", "lost"]
    after: int
    """Sequence of the last entry that is there."""
    through: Revision | None
    """The last entry that is known to have been written; `None`: nobody knows."""
    since: Instant
    """When entry `after` was written."""
    until: Instant
    """Until then numbers may have been given that the journal does not know."""
    day: date
    """The day of `numbers`; it may be later than the one that is open."""
    numbers: Numbers = {}
    """The last number of each series, as far as anybody knows."""
