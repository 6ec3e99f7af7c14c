"""Days with the rows of their reports, as version 999d639 recorded them by SQL and triggers: not to be made anew.

Random days of three policies, two of them with clocks that were wrong and put back, and one day with everything. That
version numbered no periods; they stand in the order in which they were written.
"""

import json
import lzma
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from queue_server.core.events import Entry
from queue_server.journal.records import Row, entry_of

FILE = Path(__file__).parent.parent / "storage" / "golden" / "reports-999d639.json.xz"

Rows = dict[str, list[dict[str, Any]]]
"""By table; each row by its columns, without `place`."""


@dataclass(frozen=True)
class GoldenDays:
    """Entries, and all rows that they lead to."""

    name: str
    entries: list[Entry]
    rows: Rows


def golden_days() -> list[GoldenDays]:
    """Return all of them."""
    found = json.loads(lzma.decompress(FILE.read_bytes()))
    return [GoldenDays(each["name"], [_entry(*row) for row in each["entries"]], each["rows"]) for each in found]


def _entry(*values: Any) -> Entry:
    row = Row(*values)
    return entry_of(row._replace(body=str(row.body).encode()))


def without_place(rows: Rows) -> Rows:
    """Return rows as that version had them, in an order that does not depend on how they were read."""
    plain = {table: [{k: v for k, v in row.items() if k != "place"} for row in found] for table, found in rows.items()}
    return {table: sorted(found, key=_key) for table, found in plain.items()}


def _key(row: dict[str, Any]) -> tuple[str, ...]:
    """Return what tells rows of a table apart; periods of one ticket or counter keep their order."""
    names: tuple[str, ...] = ("day", "ticket", "counter", "service", "opens_at")
    if "reason" in row:
        names = ("day", "counter")
    elif "began_at" in row:
        names = ("day", "ticket")
    return tuple(str(row.get(name)) for name in names)
