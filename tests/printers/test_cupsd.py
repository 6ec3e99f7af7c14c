"""A real cupsd with a raw queue, in a folder of the test: jobs are followed, and none comes out late."""

import contextlib
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from printer_drivers.answers import Ask
from printer_drivers.cups import CupsQueue
from printer_drivers.line_printer import LinePrinter
from printer_drivers.paper import PAPERS
from printer_drivers.printer import Deadlines, Evidence, PrinterState
from printer_drivers.spooler import SpoolLine

CUPSD = shutil.which("cupsd", path="/usr/sbin:/usr/local/sbin")
JOB = (b"\x1b@", b"slip A012\n", b"\x1dVB\x00")
NEXT = (b"\x1b@", b"slip A013\n", b"\x1dVB\x00")
DAEMON = """
Listen {folder}/sock
PreserveJobHistory Yes
BrowseLocalProtocols none
WebInterface No
ErrorPolicy retry-job
<Location />
Order allow,deny
Allow all
</Location>
<Policy default>
<Limit All>
Order deny,allow
</Limit>
</Policy>
"""
FILES = """
ServerRoot {folder}
RequestRoot {folder}/spool
TempDir {folder}/tmp
CacheDir {folder}/cache
StateDir {folder}/state
AccessLog {folder}/access
ErrorLog {folder}/error
PageLog {folder}/page
Sandboxing relaxed
"""

pytestmark = pytest.mark.skipif(CUPSD is None, reason="cupsd is not installed here (Debian: cups)")


@pytest.fixture
def port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def folder() -> Iterator[Path]:
    """Return a folder below which another user may read; those of pytest are closed."""
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


@pytest.fixture
def printer(folder: Path, port: int) -> Iterator[LinePrinter]:
    """Return the driver for a raw queue that leads to this port; the daemon ends with the test, or after a minute."""
    folder.chmod(0o755)  # the daemon opens jobs as another user
    for name in ("spool", "tmp", "cache", "state"):
        (folder / name).mkdir(parents=True)
    (folder / "cupsd.conf").write_text(DAEMON.format(folder=folder))
    (folder / "cups-files.conf").write_text(FILES.format(folder=folder))
    settings = ("-c", str(folder / "cupsd.conf"), "-s", str(folder / "cups-files.conf"))
    daemon = subprocess.Popen(["timeout", "60", str(CUPSD), "-f", *settings], stderr=subprocess.DEVNULL)
    try:
        server = str(folder / "sock")
        lpadmin = ["/usr/sbin/lpadmin", "-p", "kiosk", "-E", "-v", f"socket://127.0.0.1:{port}", "-m", "raw"]
        until = time.monotonic() + 20
        while subprocess.run(lpadmin, check=False, capture_output=True, env={"CUPS_SERVER": server}).returncode:
            assert time.monotonic() < until, (folder / "error").read_text()
            time.sleep(0.2)
        queue = CupsQueue("kiosk", server=server)
        yield LinePrinter(SpoolLine(queue), PAPERS[576], asks=frozenset({Ask.LINE}), deadlines=Deadlines(answer_s=2))
    finally:
        daemon.terminate()
        daemon.wait(20)


def _read_all(caller: socket.socket) -> bytes:
    with caller:
        return b"".join(iter(lambda: caller.recv(4096), b""))


@contextlib.contextmanager
def listening(port: int) -> Iterator[list[bytes]]:
    """Be a printer on this port; gives what each connection brought."""
    came: list[bytes] = []

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                caller, _ = listener.accept()
                came.append(_read_all(caller))

    with socket.create_server(("127.0.0.1", port)) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield came
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(10)


@pytest.mark.timeout(60)
def test_a_queue_is_followed_and_nothing_stale_comes_out(printer: LinePrinter, port: int) -> None:
    """Off: nothing sent, and the queue is empty again. On: accepted, and only the slips of now come out."""
    off = printer.print(JOB)
    assert (off.evidence, off.bytes_accepted) == (Evidence.NOTHING_SENT, 0), off.reason
    with listening(port) as came:
        end = printer.print(NEXT)
        assert (end.evidence, end.state) == (Evidence.ACCEPTED, PrinterState.UNKNOWN)
        assert [data for data in came if data] == [b"".join(NEXT)]
