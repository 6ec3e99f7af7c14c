"""`python -m display.counter`: the signs and call pads of the counters."""

import sys

from display.counter.app import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
