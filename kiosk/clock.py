"""The one clock of this box; everything else takes the time as an argument."""

import time


def monotonic_s() -> float:
    """Return seconds that never run backwards; only their differences mean something."""
    return time.monotonic()
