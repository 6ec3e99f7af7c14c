"""Owns calls that know no deadline of their own: name look-ups, spoolers, drivers of others.

Such a call runs in a thread that is left behind when time is over. It may still end, so whoever gives up on it does not
know what became of it.
"""

import contextlib
import queue
import threading
from collections.abc import Callable
from typing import NoReturn, TypeVar

from printer_drivers import clock

Result = TypeVar("Result")


def run_by(by: float, call: Callable[[], Result], discard: Callable[[Result], object] = lambda _: None) -> Result:
    """Return or raise what `call` does; raises `TimeoutError` at `by`, an instant of the monotonic clock.

    What it returns after that goes to `discard`, so that a port that opens late is not held for ever.
    """
    ended: queue.Queue[Callable[[], Result]] = queue.Queue()
    turn = threading.Lock()
    given_up = threading.Event()

    def run() -> None:
        end = _run(call)
        with turn:
            if not given_up.is_set():
                ended.put(end)
                return
        with contextlib.suppress(Exception):
            discard(end())

    threading.Thread(target=run, name="printer-call", daemon=True).start()
    try:
        end = ended.get(timeout=max(0.001, by - clock.monotonic_s()))
    except queue.Empty:
        with turn:
            given_up.set()
            end = _take(ended)
    return end()


def _run(call: Callable[[], Result]) -> Callable[[], Result]:
    try:
        result = call()
    except Exception as error:  # noqa: BLE001 - it is raised again in the thread that waits
        return _raiser(error)
    return lambda: result


def _take(ended: "queue.Queue[Callable[[], Result]]") -> Callable[[], Result]:
    """Return the end that came at the last moment, or a time-out."""
    try:
        return ended.get_nowait()
    except queue.Empty:
        return _raiser(TimeoutError("no answer in time"))


def _raiser(error: Exception) -> Callable[[], NoReturn]:
    def throw() -> NoReturn:
        raise error

    return throw
