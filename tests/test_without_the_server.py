"""The server's plug is pulled: the kiosk goes on, also after a restart of its own, and nothing is lost or given twice.

Real server, real kiosk window, its paper in a folder.
"""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kiosk.touches import REPEAT_S
from tests.clerk import Clerk
from tests.driving import Driven
from tests.serving import Serving
from tests.watching import wait_until

CATALOGUE = """
center.vi = "Trung tâm thử"

[[services]]
id = "certification"
prefix = "A"
names.vi = "Chứng thực"
icon = "stamper"
expected_minutes = 5

[[counters]]
number = 1
services = ["certification"]

[[kiosks]]
device = "kiosk-1"
mark = "K"
"""

TICKETS = "SELECT number, slip FROM ticket ORDER BY number"


def kiosk_of(server: Serving, home: Path) -> Driven:
    """Start the kiosk of this center."""
    return Driven.start("kiosk", ["--server", server.address, "--data", str(server.data)], home=home)


def take(kiosk: Driven, number: str) -> None:
    """Take a ticket as a person does, and go."""
    if "Chứng thực" not in kiosk.texts():
        kiosk.touch(600, 400)
        kiosk.wait_for("Chứng thực")
        time.sleep(REPEAT_S)  # the finger that woke the kiosk is over before another one touches a card
    kiosk.tap("Chứng thực")
    kiosk.wait_for(number)
    kiosk.tap("Xong")


def test_a_kiosk_goes_on_alone(tmp_path: Path) -> None:
    """A001, then the plug: AK01, a restart of the kiosk, AK02; the server comes back and calls all three in order."""
    catalogue = tmp_path / "catalogue.toml"
    catalogue.write_text(CATALOGUE, encoding="utf-8")
    server = Serving(tmp_path / "data", options=["--catalogue", str(catalogue)])
    with server:
        with kiosk_of(server, tmp_path / "first") as kiosk:
            take(kiosk, "A001")
            server.kill()
            kiosk.wait_for("Máy vẫn cấp số bình thường", 20)
            take(kiosk, "AK01")
            kiosk.screenshot(tmp_path / "alone.png")
        with kiosk_of(server, tmp_path / "second") as kiosk:
            take(kiosk, "AK02")
            server.start()
            slips = [("A001", "printed"), ("AK01", "none"), ("AK02", "printed")]
            wait_until(lambda: [each[0] for each in server.query(TICKETS)] == [each[0] for each in slips], "handed in")
            wait_until(lambda: server.query(TICKETS)[2] == slips[2], "the slip of this life is reported")
            take(kiosk, "A002")
        [(day,)] = server.query("SELECT DISTINCT replace(day, '-', '') FROM ticket")
        with Clerk(server, 1) as clerk:
            assert [clerk.call_next() for _ in range(4)] == [
                f"{day}-{number}" for number in ("A001", "AK01", "AK02", "A002")
            ]
        assert len(list((server.data / "paper").glob("0*.png"))) == 4


def test_a_server_that_hangs_is_left_and_its_request_withdrawn(tmp_path: Path) -> None:
    """SIGSTOP: six seconds after the tap the kiosk gives a number of its own, and the next one at once.

    When the server goes on it finds the request in its socket: the number it gives is cancelled, stays in the list, and
    is neither shown nor printed. The preset names no kiosk: the mark is the server's.
    """
    catalogue = tmp_path / "catalogue.toml"
    catalogue.write_text(CATALOGUE.partition("[[kiosks]]")[0], encoding="utf-8")
    with Serving(tmp_path / "data", options=["--catalogue", str(catalogue)]) as server:
        with kiosk_of(server, tmp_path / "first") as kiosk:
            take(kiosk, "A001")
            wait_until((server.data / "kiosk" / "kiosk-1" / "reserve.json").exists, "the kiosk has a reserve")
            with stopped(server.pid):
                take(kiosk, "AK01")
                take(kiosk, "AK02")
            wait_until(lambda: len(server.query(TICKETS)) >= 3, "handed in")
            take(kiosk, "A00")
        tickets = dict(server.query("SELECT number, status FROM ticket"))
        assert tickets.pop("A002", "cancelled") == "cancelled"
        assert {*tickets} - {"A002", "A003"} == {"A001", "AK01", "AK02"}
        assert set(tickets.values()) == {"waiting"}
        assert len(list((server.data / "paper").glob("0*.png"))) == len(tickets)


@contextmanager
def stopped(pid: int) -> Iterator[None]:
    """Let a process hang until the block ends."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)
