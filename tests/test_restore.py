"""The server's disk is gone: a backup goes on in an empty folder, and no number is given twice.

Real server, real kiosk without a screen on a disk of its own, a display and a clerk over the socket.
"""

import shutil
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from websockets.sync.client import connect

from device_runtime.device_key import read_key
from queue_protocol import PROTOCOL
from queue_protocol.answers import TicketTaken
from queue_protocol.commands import RecordOffline
from queue_protocol.hellos import DeskHello, DisplayHello, KioskHello
from queue_protocol.ids import DeviceId, ServiceId, ticket_number
from queue_protocol.snapshots import Board, Desk, Menu
from tests.clerk import Clerk
from tests.core.center import token
from tests.server_child import command
from tests.server_in_process import Talk
from tests.serving import ROOT, Serving
from tests.watching import wait_until

KIOSK, DISPLAY = DeviceId("kiosk-1"), DeviceId("display-1")
CERTIFICATION = ServiceId("certification")
NUMBERS = "SELECT number, ticket FROM ticket ORDER BY issued_at, sequence"


@contextmanager
def kiosk_of(server: Serving, folder: Path) -> Iterator[None]:
    """Run a kiosk with a folder of its own, in which its key lies."""
    (folder / "keys").mkdir(parents=True, exist_ok=True)
    if not (folder / "keys" / KIOSK).exists():
        shutil.copy(server.data / "keys" / KIOSK, folder / "keys" / KIOSK)
    words = [sys.executable, "-m", "kiosk", "--headless", "--server", server.address, "--data", str(folder)]
    said = folder / "kiosk.log"
    with said.open("w") as log:
        child = subprocess.Popen(words, cwd=ROOT, stdout=log, stderr=log)
    try:
        wait_until(lambda: "link: live" in said.read_text("utf-8"), "the kiosk is there", 60)
        yield
    finally:
        child.terminate()
        child.wait(20)


@contextmanager
def talking(server: Serving, hello: KioskHello | DisplayHello | DeskHello, cookie: str = "") -> Iterator[Talk]:
    """Open a conversation."""
    headers = {"Cookie": cookie, "Origin": server.address} if cookie else {}
    address = f"ws://127.0.0.1:{server.port}/socket"
    with connect(address, additional_headers=headers, compression=None, proxy=None, ping_interval=None) as socket:
        talk = Talk(socket)
        talk.say(hello)
        yield talk


def run(*words: str | Path) -> "subprocess.CompletedProcess[str]":
    """Run a command of the server's to its end."""
    return subprocess.run(command(*words), cwd=ROOT, capture_output=True, text=True, timeout=90, check=False)


def page(key: str) -> KioskHello:
    """Return the hello of the kiosk's page."""
    return KioskHello(protocol=PROTOCOL, device=KIOSK, key=key, prints=False)


def take_slip(server: Serving, kiosk: Talk) -> TicketTaken:
    """Take a ticket and wait for its paper."""
    ticket = kiosk.take(CERTIFICATION, print_at=KIOSK)
    out = "SELECT count(*) FROM ticket WHERE ticket = ? AND slip = 'printed'"
    wait_until(lambda: server.query(out, ticket.ticket) == [(1,)], f"the slip of {ticket.number} came out", 60)
    return ticket


@pytest.mark.timeout(300)
def test_a_center_comes_back_from_its_backup(tmp_path: Path) -> None:
    """Backup under load, disk gone, restore into an empty folder: every slip has its place, and the next is above."""
    copies, home = tmp_path / "copies", tmp_path / "kiosk-pc"
    copies.mkdir()
    with Serving(tmp_path / "old") as server, kiosk_of(server, home):
        password, port = server.password, server.port
        key = read_key(home / "keys" / KIOSK) or ""
        taken = under_load(server, key, copies)
        with talking(server, page(key)) as kiosk:
            menu = kiosk.hear(Menu)
            taken += [take_slip(server, kiosk) for _ in range(6)]
            [mark] = [each.mark for each in menu.reserves if each.device == KIOSK]
            given_alone = RecordOffline(
                number=f"A{mark}01", service=CERTIFICATION, token=token(1), issued_at=taken[0].issued_at
            )
            assert isinstance(kiosk.ask(given_alone), TicketTaken)
        server.kill()
        shutil.rmtree(server.data)
        restored = run("restore", copies, "--data", tmp_path / "new")
        assert restored.returncode == 0, restored.stderr
        assert "goes on from" in restored.stdout
        with Serving(tmp_path / "new", port=port) as successor:
            successor.password = password
            goes_on(successor, key, [each.number for each in taken], mark)
            alarms_say(successor)
            citizens_are_told(successor)


def under_load(server: Serving, key: str, copies: Path) -> list[TicketTaken]:
    """Let people take tickets while the backup is made, and return those that were acknowledged."""
    done: list[int] = []
    backup = threading.Thread(
        target=lambda: done.append(run("backup", "--data", server.data, "--to", copies).returncode)
    )
    taken = []
    with talking(server, page(key)) as kiosk:
        taken += [take_slip(server, kiosk) for _ in range(2)]
        backup.start()
        while backup.is_alive() or len(taken) < 4:
            taken.append(take_slip(server, kiosk))
            backup.join(0.25)
    assert done == [0]
    return taken


def goes_on(server: Serving, key: str, numbers: list[str], mark: str) -> None:
    """Make sure that the kiosk with its old key, its page, a new display and a desk work, and nobody was lost."""
    wait_until(lambda: {number for number, _ in server.query(NUMBERS)} >= set(numbers), "all slips are known again", 60)
    with talking(server, page(key)) as kiosk:
        assert kiosk.take(CERTIFICATION).number == f"A{len(numbers) + 1:03}"
        for holder in (2, 3):  # of a reserve that was copied back: the same number for other people
            given_again = RecordOffline(
                number=f"A{mark}01", service=CERTIFICATION, token=token(holder), issued_at=kiosk.hear(Menu).now
            )
            assert isinstance(kiosk.ask(given_again), TicketTaken)
    known = server.query(NUMBERS)
    assert [number for number, _ in known[: len(numbers)]] == numbers
    assert len({ticket for _, ticket in known}) == len(known)
    new_key = read_key(server.data / "keys" / DISPLAY)
    with (
        talking(server, DisplayHello(protocol=PROTOCOL, device=DISPLAY, key=new_key)) as display,
        Clerk(server, 1) as clerk,
    ):
        called = clerk.call_next()
        assert called is not None
        assert ticket_number(called) == numbers[0]
        assert display.hear_call().number == numbers[0]


def citizens_are_told(server: Serving) -> None:
    """Make sure that the board and the page of a slip that nobody knows ask people to show their slips."""
    key = read_key(server.data / "keys" / DISPLAY)
    with talking(server, DisplayHello(protocol=PROTOCOL, device=DISPLAY, key=key)) as display:
        assert display.hear(Board).slips_to_check is not None
    with pytest.raises(urllib.error.HTTPError) as unknown:
        urllib.request.urlopen(f"http://127.0.0.1:{server.port}/t/{token(99)}", timeout=10)
    assert "mời ông/bà đưa phiếu cho cán bộ kiểm tra" in unknown.value.read().decode()


def alarms_say(server: Serving) -> None:
    """Make sure that a desk shows the alarm, and the line its marks."""
    hello = DeskHello(protocol=PROTOCOL, counter=1)
    with talking(server, hello, server.sign_in().cookie) as desk:
        shown = desk.hear(Desk)
    assert "journal_restored" in {alarm.kind for alarm in shown.alarms}
    assert any(row.recovered for row in shown.line)
    assert sum(row.shares_number for row in shown.line) == 2


@pytest.mark.timeout(300)
def test_a_kiosk_with_younger_tickets_meets_the_number_once_more(tmp_path: Path) -> None:
    """A desk gives A002 before the kiosk is back that holds A002: both people stand in the line, in their order."""
    copies, home = tmp_path / "copies", tmp_path / "kiosk-pc"
    copies.mkdir()
    with Serving(tmp_path / "old") as server, kiosk_of(server, home):
        password = server.password
        key = read_key(home / "keys" / KIOSK) or ""
        with talking(server, page(key)) as kiosk:
            take_slip(server, kiosk)
            assert run("backup", "--data", server.data, "--to", copies).returncode == 0
            lost = take_slip(server, kiosk)
        server.kill()
    shutil.rmtree(tmp_path / "old")
    assert run("restore", copies, "--data", tmp_path / "new").returncode == 0
    with Serving(tmp_path / "new", port=server.port) as successor:
        successor.password = password
        with Clerk(successor, 1) as clerk:
            again = clerk.take("certification")
            assert again.number == lost.number == "A002"
            with kiosk_of(successor, home):
                wait_until(lambda: len(successor.query(NUMBERS)) == 3, "the kiosk has told of its slip", 60)
                later = clerk.take("certification")
            assert later.number == "A003"
            assert successor.query(NUMBERS)[1][1] == f"{again.ticket}.2"
            called = [clerk.call_next() for _ in range(4)]
    assert [ticket_number(each) for each in called if each is not None] == ["A001", "A002", "A002", "A003"]
