"""Makes a small data folder of the version in whose root it is run: data of the tests that open it with later versions.

    cd ROOT-OF-THAT-VERSION && PYTHONPATH=. python PATH-TO-THIS-FILE OUT.tar.xz

A server, a kiosk and a clerk work for some seconds; then the plug is pulled, so that a log lies beside the journal.
`figures.json` in the archive says what that version itself had in its reports.
"""

import json
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path

from tests.clerk import Clerk
from tests.serving import Serving

LINGER_S = 8.0
"""For the boxes to connect, print and write their files."""

SKIPPED = {"cache", "logs", "paper", "lock", "server.log", "queue.sqlite-shm", "queue.sqlite-journal"}
"""Made anew by whoever needs it."""


def main() -> int:
    """Make the archive that the command line names."""
    target = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        server = Serving(data)
        with server:
            kiosk = [sys.executable, "-m", "kiosk", "--headless", "--data", str(data), "--server", server.address]
            child = subprocess.Popen(kiosk, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                time.sleep(LINGER_S)
                _work(server)
                time.sleep(LINGER_S)
            finally:
                child.terminate()
                child.wait(10)
            server.kill()
        (data / "figures.json").write_text(json.dumps(_figures(data / "queue.sqlite"), indent=1))
        with tarfile.open(target, "w:xz") as archive:
            for path in sorted(data.iterdir()):
                if path.name not in SKIPPED:
                    archive.add(path, path.name)
    return 0


def _work(server: Serving) -> None:
    with Clerk(server, 1) as clerk:
        for service in ("certification", "land", "certification", "civil_status", "certification"):
            clerk.take(service)
        for _ in range(3):
            clerk.call_next()
            time.sleep(1)


def _figures(journal: Path) -> list[dict[str, object]]:
    """Return what this version's reports say of each ticket."""
    connection = sqlite3.connect(f"{journal.as_uri()}?mode=ro", uri=True)  # a writer would fold the log into the file
    connection.row_factory = sqlite3.Row
    found = [dict(row) for row in connection.execute("SELECT * FROM ticket ORDER BY ticket")]
    connection.close()
    return found


if __name__ == "__main__":
    sys.exit(main())
