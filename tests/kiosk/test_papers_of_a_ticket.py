"""Every paper that one ticket may get, from a real server through a real print station: slip, reprint, new, carried."""

import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from queue_protocol.answers import Done, TicketTaken
from queue_protocol.commands import CarryOver, Command, ReissueTicket, ReprintSlip, TakeTicket
from queue_protocol.ids import DeviceId, ServiceId, Token, token_of
from tests.clerk import Clerk
from tests.driving import ROOT
from tests.serving import Serving
from tests.watching import wait_until

KIOSK = DeviceId("kiosk-1")


@contextmanager
def print_station(server: Serving) -> Iterator[Path]:
    """Run a kiosk without a screen that the server has let in; lend the folder of its paper."""
    options = ["--print-only", "--server", server.address, "--data", str(server.data)]
    log = server.data / f"station-{time.monotonic_ns()}.log"
    with log.open("w") as said:
        child = subprocess.Popen(
            [sys.executable, "-m", "kiosk", *options], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=said
        )
    try:
        wait_until(lambda: "link: live" in log.read_text(), "the print station is let in")
        yield server.data / "paper"
    finally:
        child.terminate()
        child.wait(10)


def sheets(paper: Path) -> int:
    """Return how many papers came out."""
    return len(list(paper.glob("0*.png")))


def token() -> Token:
    """Return a fresh token."""
    return token_of(secrets.token_bytes(16))


def test_one_ticket_gets_every_paper_that_staff_orders(tmp_path: Path) -> None:
    """The slip, a reprint of it, a new one for a lost one, and one for the next day, each once, over a restart."""
    with Serving(tmp_path / "data") as server, Clerk(server, 1) as clerk:
        with print_station(server) as paper:
            taken = clerk.ask(TakeTicket(service=ServiceId("certification"), token=token(), print_at=KIOSK))
            assert isinstance(taken, TicketTaken)
            wait_for_paper(server, paper, 1)
            order(server, clerk, paper, ReprintSlip(ticket=taken.ticket, print_at=KIOSK), 2)
            order(server, clerk, paper, ReissueTicket(ticket=taken.ticket, token=token(), print_at=KIOSK), 3)
        with print_station(server) as paper:
            last = CarryOver(ticket=taken.ticket, token=token(), reason="closing_time", print_at=KIOSK)
            order(server, clerk, paper, last, 4)


def order(server: Serving, clerk: Clerk, paper: Path, command: Command, count: int) -> None:
    """Ask for one more paper and wait for it."""
    assert clerk.ask(command) == Done()
    wait_for_paper(server, paper, count)


def wait_for_paper(server: Serving, paper: Path, count: int) -> None:
    """Wait until so many papers are out and the server knows it."""
    wait_until(lambda: sheets(paper) == count, f"paper {count} is out")
    wait_until(lambda: reports(server) == count, f"paper {count} is reported")


def reports(server: Serving) -> int:
    """Return how many papers the server was told of."""
    return len(server.query("SELECT 1 FROM event WHERE kind LIKE 'slip_printed%'"))
