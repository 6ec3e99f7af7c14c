"""`python -m display`: the board of the hall and its loudspeaker."""

import sys

from display.app import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
