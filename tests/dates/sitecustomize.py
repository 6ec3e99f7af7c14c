"""Sets the clock of every Python process of a date sweep, the children of tests included: Python runs it at its start.

`tools/dates.py` puts this folder on the path and names the time. The monotonic clock is left alone.
"""

import os
from datetime import UTC, datetime, timedelta

import time_machine

_ahead_s, _starts_at = os.environ.get("CLOCK_AHEAD_S"), os.environ.get("CLOCK_STARTS_AT")
if _ahead_s is not None:
    # All processes of the run have the same time.
    time_machine.travel(datetime.now(UTC) + timedelta(seconds=float(_ahead_s))).start()  # noqa: TID251 - the machine's
elif _starts_at is not None:
    # Each process lives through this very moment.
    time_machine.travel(datetime.fromisoformat(_starts_at)).start()
