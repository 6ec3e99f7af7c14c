"""`python -m queue_server`."""

import sys

from queue_server.cli.commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
