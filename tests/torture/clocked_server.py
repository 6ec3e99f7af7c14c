"""The server with a PC's clock that a test sets: the offset in seconds stands in the file named by CLOCK_FILE.

Only the reading of the wall clock is replaced; everything else is the product as it is.
"""

import os
import sys
from datetime import datetime, timedelta
from pathlib import Path

from queue_server.cli.commands import main
from queue_server.engine.clock import Clock, read_elapsed_s, read_wall


def read_shifted() -> datetime:
    """Return what a PC whose clock was set by the test believes."""
    return read_wall() + timedelta(seconds=float(Path(os.environ["CLOCK_FILE"]).read_text(encoding="ascii")))


if __name__ == "__main__":
    Clock.__init__.__defaults__ = (read_shifted, read_elapsed_s)  # whoever makes the clock gets this PC's
    sys.exit(main(sys.argv[1:]))
