"""What the server writes about itself: short lines, and of many alike the first few and how many more there were.

Whoever can reach the server can make it complain. So nothing that a stranger sends is written at length, and no
complaint more often than a person reads.
"""

import logging
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TextIO

MOST_LETTERS = 500
"""Of one line."""

MOST_TRACE_LETTERS = 4_000
"""Of a traceback: the last of its frames, which say where it happened."""

MOST_ALIKE = 10
"""Lines of one kind in a window; the others are counted."""

WINDOW_S = 60.0

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")

Kind = tuple[str, int, str]
"""The logger, the level and the text before its facts are put in: who is many, and not what they say."""


def keep_log(level: int = logging.INFO) -> None:
    """Let all loggers of this process write to the standard error output, bounded."""
    handler = BoundedHandler(sys.stderr)
    handler.setFormatter(BoundedFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=level, handlers=[handler])


class BoundedFormatter(logging.Formatter):
    """Writes a record as one short line, and a traceback below it that is not long either."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name is the library's
        """Return the line, without what would begin another one or steer a terminal."""
        return _shortened(_CONTROL.sub("?", super().formatMessage(record)), MOST_LETTERS)

    def formatException(self, ei: object) -> str:  # noqa: N802 - the name is the library's
        """Return the end of a traceback."""
        trace = super().formatException(ei)  # type: ignore[arg-type]
        return trace if len(trace) <= MOST_TRACE_LETTERS else f"… {trace[-MOST_TRACE_LETTERS:]}"


@dataclass(slots=True)
class _Window:
    begins_s: float
    lines: int = 0


class BoundedHandler(logging.StreamHandler[TextIO]):
    """Writes the first lines of each kind in a window, and at its end how many more came."""

    def __init__(self, stream: TextIO, now_s: Callable[[], float] = time.monotonic) -> None:
        super().__init__(stream)
        self._now_s = now_s
        self._windows: dict[Kind, _Window] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record, or count it."""
        now_s = self._now_s()
        self._end_windows(now_s)
        window = self._windows.setdefault((record.name, record.levelno, str(record.msg)[:MOST_LETTERS]), _Window(now_s))
        window.lines += 1
        if window.lines <= MOST_ALIKE:
            super().emit(record)

    def close(self) -> None:
        """Say what was counted and not yet said."""
        self._end_windows(float("inf"))
        super().close()

    def _end_windows(self, now_s: float) -> None:
        """Forget the windows that are over; kinds are few, as texts stand in the code."""
        over = [kind for kind, window in self._windows.items() if now_s - window.begins_s >= WINDOW_S]
        for kind in over:
            more = self._windows.pop(kind).lines - MOST_ALIKE
            if more > 0:
                self._say_more(kind, more)

    def _say_more(self, kind: Kind, more: int) -> None:
        name, level, text = kind
        words = f"{more} more lines like this came within {WINDOW_S:.0f} s: {text}"
        super().emit(logging.LogRecord(name, level, "", 0, words, None, None))


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}… ({len(text)} letters)"
