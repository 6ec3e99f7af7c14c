"""Word of each commit, from the thread that writes the journal to the threads of those who follow it."""

import threading


class Growth:
    """The sequence of the last committed entry, and a way to wait for another one."""

    def __init__(self, sequence: int) -> None:
        self._sequence = sequence
        self._changed = threading.Condition()

    def note(self, sequence: int) -> None:
        """Say that entries up to this one are committed."""
        with self._changed:
            self._sequence = sequence
            self._changed.notify_all()

    def wait(self, sequence: int, timeout_s: float) -> bool:
        """Block until the last entry is another than this one; `False`: it still is after so many seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: self._sequence != sequence, timeout_s)
