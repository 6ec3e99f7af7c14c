"""What it costs to make a day's entries durable, one and ten at once: the whole append with its sync.

Run in the root of two versions in turn, it compares them: `python -m benchmarks append`.
"""

import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.history import ROOT, day_of_history
from queue_server.core.events import Entry
from queue_server.journal.records import JournalOrigin
from queue_server.process.arguments import read_catalogue
from queue_server.storage.sqlite import FILE, SqliteJournal, connect

BATCHES = (1, 10)
SYNCS = ("FULL", "OFF")
"""As the server does it, and without waiting for the disk."""


def measure(folder: Path) -> list[dict[str, Any]]:
    """Return the time of an append per number of entries."""
    entries = list(day_of_history(read_catalogue(ROOT / "assets" / "catalogues" / "xa-lon.toml")))
    return [
        {
            "what": f"append of {batch}, synchronous={sync}",
            "value": round(median(_appends(folder / f"{sync}-{batch}", entries, batch, sync)) * 1e6, 1),
            "unit": "us",
            "aim": None,
        }
        for sync in SYNCS
        for batch in BATCHES
    ]


def _appends(folder: Path, entries: Sequence[Entry], batch: int, sync: str) -> list[float]:
    """Append a day, and return how long each append took, in seconds."""
    folder.mkdir()
    connection = connect(folder / FILE)
    connection.execute(f"PRAGMA synchronous = {sync}")
    journal, took = SqliteJournal(connection, JournalOrigin("center", "main", 1)), []
    for start in range(0, len(entries), batch):
        part = entries[start : start + batch]
        began = time.perf_counter()
        journal.append(part, [])
        took.append(time.perf_counter() - began)
    journal.close()
    return took
