"""Runs the server as if it were some minutes ago: what takes long is there at once when it is started again now.

The first argument is the minutes, the others are the server's own.
"""

import sys
from datetime import timedelta

from queue_server import app
from queue_server.cli.commands import main
from queue_server.engine.clock import Clock, read_wall

AGO = timedelta(minutes=int(sys.argv[1]))


def start_clock(*_folder_and_file: object) -> Clock:
    """Return a clock for a center that has not lived yet."""
    return Clock(None, wall=lambda: read_wall() - AGO)


if __name__ == "__main__":
    vars(app)["start_clock"] = start_clock
    sys.exit(main(sys.argv[2:]))
