"""The one clock of this box; everything else takes the time as an argument."""

import time
from datetime import UTC, datetime


def now() -> datetime:
    """Return this instant, in UTC and aware of it."""
    return datetime.now(UTC)  # noqa: TID251 - this is the box's clock


def monotonic_s() -> float:
    """Return seconds that never run backwards, for deadlines only."""
    return time.monotonic()


def pause_s(seconds: float) -> None:
    """Do nothing for this long; for the polling of what cannot be waited for."""
    time.sleep(seconds)
