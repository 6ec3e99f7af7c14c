"""The one clock of this box; everything else takes the time as an argument."""

import time
from datetime import UTC, datetime


def monotonic_s() -> float:
    """Return seconds that never run backwards; only their differences mean something."""
    return time.monotonic()


def utc_now() -> datetime:
    """Return what the PC believes the time is: of use only until the server has said the hall's."""
    return datetime.now(UTC)  # noqa: TID251 - this is the clock
