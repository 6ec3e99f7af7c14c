"""What becomes of a slip, end to end: a real server, a real kiosk without a screen, printers that fail, the desk.

The kiosk is a process that is started again over the same folder; the printers are simulated below every transport.
"""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from queue_protocol.ids import TicketId
from queue_protocol.snapshots import Desk, Office
from tests.printers.simulated_printer import Faults, PtyPlug, Simulator, TcpPlug, simulated
from tests.server_in_process import Running, Talk, running
from tests.watching import wait_until

ROOT = Path(__file__).resolve().parents[2]
ENDS = {"printed", "accepted", "failed", "uncertain"}


@dataclass
class Hall:
    """A center, its desk, and the kiosk's folder."""

    server: Running
    desk: Talk
    home: Path

    @contextmanager
    def kiosk(self, *printers: str) -> Iterator[None]:
        """Run the kiosk with these printers until the end of the block; wait until it is there."""
        options = ["--headless", "--server", f"http://{self.server.host}", "--key", self.server.key("kiosk-1")]
        options += ["--data", str(self.home)] + [part for url in printers for part in ("--printer", url)]
        self.home.mkdir(exist_ok=True)
        with (self.home / "kiosk.log").open("ab") as log:
            child = subprocess.Popen([sys.executable, "-m", "kiosk", *options], cwd=ROOT, stdout=log, stderr=log)
        try:
            wait_until(lambda: any(each.connected and each.printer for each in self.office().devices), "the kiosk")
            yield
        finally:
            child.terminate()
            child.wait(20)

    def office(self) -> Office:
        """Return the newest snapshot of a manager's page."""
        page = self.server.office()
        snapshot = page.hear(Office)
        page.leave()
        return snapshot

    def slip(self) -> str:
        """Take a ticket that the kiosk prints; return how its paper ended, as the hall knows it."""
        ticket = self.desk.take(print_at="kiosk-1").ticket
        wait_until(lambda: self.end_of(ticket) in ENDS, "the report of the kiosk")
        return self.end_of(ticket)

    def end_of(self, ticket: TicketId) -> str:
        """Return what the journal's rows say of the slip."""
        with sqlite3.connect(f"file:{self.server.folder / 'queue.sqlite'}?mode=ro", uri=True) as rows:
            (found,) = rows.execute("SELECT slip FROM ticket WHERE ticket = ?", (ticket,)).fetchall() or (("",),)
        rows.close()
        return str(found[0])

    def listed(self) -> Sequence[str]:
        """Return what the desk lists of slips, the newest first."""
        page = self.server.desk()
        listed = [slip.state for slip in page.hear(Desk).slips]
        page.leave()
        return listed


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    """A center with a clerk at her desk."""
    folder = tmp_path / "server"
    folder.mkdir()
    with running(folder) as server:
        yield Hall(server, server.desk(), tmp_path / "kiosk")


def sheets(printer: Simulator) -> int:
    """Return how many slips came out."""
    return len(printer.sheets)


@pytest.mark.timeout(180)
def test_a_serial_printer_that_falls_silent_prints_nothing(hall: Hall, tmp_path: Path) -> None:
    """Off after A001: the next two have failed, nothing of them comes out later; a missing proof is uncertain."""
    plug = PtyPlug(tmp_path / "port")
    url = f"serial://{plug.name}?flow=none&baud=230400&layout=plain"
    with simulated(plug) as printer:
        with hall.kiosk(url):
            assert hall.slip() == "printed"
            printer.set_faults(Faults(mute=True))
            assert [hall.slip(), hall.slip()] == ["failed", "failed"]
            assert hall.listed() == ["failed", "failed"]
            printer.set_faults(Faults())
            assert hall.slip() == "printed"
            assert sheets(printer) == 2
        printer.set_faults(Faults(knows=frozenset({"eot"})))
        with hall.kiosk(url):
            assert hall.slip() == "uncertain", "the first job after a start is held to what was learned"
        assert hall.listed()[0] == "uncertain"


@pytest.mark.timeout(180)
def test_a_spare_takes_what_a_hanging_printer_does_not(hall: Hall) -> None:
    """Its stack still takes bytes; nothing is sent after the missing answer, and the slip is on the spare's paper."""
    first, second = TcpPlug(), TcpPlug()
    with simulated(first) as printer, simulated(second) as spare:
        urls = [f"tcp://127.0.0.1:{plug.port}?layout=plain" for plug in (first, second)]
        with hall.kiosk(*urls):
            assert hall.slip() == "printed"
            printer.set_faults(Faults(stall_at=0, mute=True))
            assert [hall.slip(), hall.slip()] == ["printed", "printed"]
        assert (sheets(printer), sheets(spare)) == (1, 2)
        assert hall.listed() == []


@pytest.mark.timeout(180)
def test_a_mute_printer_only_accepts(hall: Hall) -> None:
    """It never answered: the slip was sent, and the desk says just that."""
    plug = TcpPlug()
    with simulated(plug) as printer:
        printer.set_faults(Faults(mute=True))
        with hall.kiosk(f"tcp://127.0.0.1:{plug.port}?layout=plain"):
            assert hall.slip() == "accepted"
        assert sheets(printer) == 1
    assert hall.listed() == ["accepted"]
