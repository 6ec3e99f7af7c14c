"""Calls without a deadline of their own end by one."""

import threading
import time

import pytest

from printer_drivers.deadline import run_by
from tests.watching import SOON_S


def test_result_and_error_come_through() -> None:
    """What the call returns or raises, the caller gets."""
    assert run_by(time.monotonic() + 5, lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        run_by(time.monotonic() + 5, lambda: 1 // 0)


def test_call_that_hangs_is_left_and_its_late_result_discarded() -> None:
    """The caller goes on at the deadline; a port that opens after it is closed again."""
    go_on, discarded = threading.Event(), threading.Event()
    start = time.monotonic()

    def hang() -> str:
        go_on.wait(5)
        return "port"

    with pytest.raises(TimeoutError):
        run_by(start + 0.05, hang, lambda port: discarded.set() if port == "port" else None)
    assert time.monotonic() - start < SOON_S
    go_on.set()
    assert discarded.wait(5)


def test_late_error_disturbs_nobody() -> None:
    """A call that fails after it was given up fails alone."""
    go_on = threading.Event()

    def hang() -> None:
        go_on.wait(5)
        raise ValueError

    with pytest.raises(TimeoutError):
        run_by(time.monotonic() + 0.05, hang)
    go_on.set()
    time.sleep(0.05)
