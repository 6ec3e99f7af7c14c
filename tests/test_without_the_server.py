"""The server's plug is pulled: the kiosk goes on, also after a restart of its own, and nothing is lost or given twice.

Real server, real kiosk window, its paper in a folder.
"""

from pathlib import Path

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
