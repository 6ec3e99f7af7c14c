"""The log stays short, whatever comes: short lines, few of a kind, and how many more there were."""

import io
import logging

from queue_server.cli.log import (
    MOST_ALIKE,
    MOST_LETTERS,
    MOST_TRACE_LETTERS,
    WINDOW_S,
    BoundedFormatter,
    BoundedHandler,
)


def test_many_lines_alike_are_counted() -> None:
    """Ten of a kind are written; at the end of the window one line says how many more came. Others go on."""
    now, stream = 0.0, io.StringIO()
    handler = BoundedHandler(stream, lambda: now)
    handler.setFormatter(BoundedFormatter("%(message)s"))
    log = logging.Logger("strangers")  # noqa: LOG001 - of this test alone
    log.addHandler(handler)
    for number in range(1_000):
        log.warning("refused: %s", number)
    log.warning("something else")
    assert len(stream.getvalue().splitlines()) == MOST_ALIKE + 1
    now += WINDOW_S
    log.warning("refused: %s", "later")
    said = stream.getvalue().splitlines()
    assert said[-2:] == ["990 more lines like this came within 60 s: refused: %s", "refused: later"]


def test_what_is_not_said_yet_is_said_at_the_end() -> None:
    """A server that stops leaves no count behind."""
    stream = io.StringIO()
    handler = BoundedHandler(stream, lambda: 0.0)
    log = logging.Logger("strangers")  # noqa: LOG001 - of this test alone
    log.addHandler(handler)
    for _ in range(MOST_ALIKE + 5):
        log.warning("alike")
    handler.close()
    assert "5 more lines" in stream.getvalue()


def test_a_line_is_short_and_one_line() -> None:
    """What a stranger sends begins no line of its own, and a traceback is cut to its end."""
    record = logging.LogRecord("x", logging.WARNING, "", 0, "origin %s", ("a\nFAKE\x1b[31m" + "x" * 7_000,), None)
    line = BoundedFormatter("%(message)s").format(record)
    assert "\n" not in line
    assert "\x1b" not in line
    assert len(line) < MOST_LETTERS + 50
    error = ValueError("y" * 9_000)
    record.exc_info = (ValueError, error, None)
    assert len(BoundedFormatter("%(message)s").format(record)) < MOST_LETTERS + MOST_TRACE_LETTERS + 100
