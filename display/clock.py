"""The display's one clock: seconds that never jump. The time of day comes from the server."""

from datetime import UTC, datetime
from time import monotonic


def now_s() -> float:
    """Return seconds of a clock that only goes forward; its zero means nothing."""
    return monotonic()


def utc_now() -> datetime:
    """Return what the PC believes the time is: told to the server to compare with its own, and shown to nobody."""
    return datetime.now(UTC)  # noqa: TID251 - this is the clock
