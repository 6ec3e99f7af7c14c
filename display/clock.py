"""The display's one clock: seconds that never jump. The time of day comes from the server."""

from time import monotonic


def now_s() -> float:
    """Return seconds of a clock that only goes forward; its zero means nothing."""
    return monotonic()
