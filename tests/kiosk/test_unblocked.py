"""The screen while paper is made: the loop that draws it never waits for a printer, whatever that printer does."""

import asyncio
import functools
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from kiosk.printing import Ended, Job, Press
from printer_drivers.address import build_printer
from printer_drivers.drawing import job_of
from printer_drivers.paper import PAPERS
from queue_protocol.ids import TicketId
from tests.printers.golden_jobs import USUAL
from tests.printers.simulated_printer import Faults, Simulator, TcpPlug
from tests.watching import PATIENCE_S


class Watched:
    """A printer that remembers which threads have called it."""

    def __init__(self, printer: Any) -> None:
        self._printer = printer
        self.threads: set[int] = set()

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._printer, name)
        return functools.partial(self._call, value) if callable(value) else value

    def _call(self, method: Callable[..., Any], *arguments: Any) -> Any:
        self.threads.add(threading.get_ident())
        return method(*arguments)


@pytest.mark.parametrize(
    "faults",
    [Faults(), Faults(mute=True), Faults(stall_at=2000), Faults(hang_up_at=2000), Faults(paper_out=True)],
    ids=["fine", "mute", "stalls", "hangs_up", "paper_out"],
)
async def test_the_screen_is_free_while_a_printer_is_in_trouble(faults: Faults) -> None:
    """Real slips are drawn and sent, and only another thread than the loop's ever calls the printer."""
    job_of(USUAL, PAPERS[576])  # fonts are read once in a process, and here before the clock runs
    slips = 2 if faults.stall_at else 8
    plug = TcpPlug()
    simulator = Simulator(plug)
    simulator.set_faults(faults)
    ended: asyncio.Queue[Ended] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    printer = Watched(build_printer(f"tcp://127.0.0.1:{plug.port}?width=576"))

    def tell(end: Ended) -> None:
        loop.call_soon_threadsafe(ended.put_nowait, end)

    press = Press(
        [printer],
        lambda _: None,
        lambda: None,
        tell,
        lambda _: None,
    )
    press.start()
    try:
        for number in range(slips):
            press.submit(Job(TicketId(f"20261123-A{number:03}"), USUAL, time.monotonic()))
        async with asyncio.timeout(PATIENCE_S):
            assert [(await ended.get()).ticket[-1:] for _ in range(slips)] == [str(number) for number in range(slips)]
    finally:
        await asyncio.to_thread(press.stop, 5)
        simulator.close()
    assert printer.threads
    assert threading.get_ident() not in printer.threads
