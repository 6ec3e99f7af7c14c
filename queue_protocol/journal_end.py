"""Where the journal ends: told to every box, so that a server that has lost the end of its journal learns it again."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from queue_protocol.ids import Instant, Revision

CenterId = Annotated[str, Meta(pattern=r"^[a-z0-9-]{1,64}\Z")]
"""Made at the first start of a center; a backup that is restored keeps it."""

EntryHash = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
"""Hash of an entry of the journal, which stands for all entries before it too."""

Series = Annotated[str, Meta(pattern=r"^[A-Z]{1,2}\Z")]
"""What the numbers of a series begin with: `A`, or `AK` for those that a kiosk gives by itself."""

Numbers = Annotated[dict[Series, Annotated[int, Meta(ge=0, le=999_999)]], Meta(max_length=2000)]
"""The last number given of each series on a day."""


class JournalEnd(msgspec.Struct, frozen=True, kw_only=True):
    """The last entry of the journal. The server says it only of entries that are on its disk."""

    center: CenterId
    revision: Revision
    hash: EntryHash
    at: Instant
    """When the entry was written."""
    day: date
    """The day that is open."""
    numbers: Numbers = {}
    """Of that day."""


def newest(kept: JournalEnd | None, heard: JournalEnd | None) -> JournalEnd | None:
    """Return what a box keeps when it hears of another end: the later one, with numbers that never fall within a day.

    An end of another center takes the place of what was kept: the box has moved.
    """
    if kept is None or heard is None:
        return heard or kept
    if kept.center != heard.center:
        return heard
    later, earlier = (heard, kept) if heard.revision >= kept.revision else (kept, heard)
    if earlier.day > later.day:
        return replace(later, day=earlier.day, numbers=earlier.numbers)
    return later if earlier.day < later.day else replace(later, numbers=highest(later.numbers, earlier.numbers))


def highest(one: Mapping[str, int], other: Mapping[str, int]) -> Numbers:
    """Return the higher count of each series of two."""
    return {series: max(one.get(series, 0), other.get(series, 0)) for series in sorted({*one, *other})}
