"""Writing many rows at once."""

import sqlite3
from collections.abc import Sequence
from itertools import chain
from typing import Any

ROWS_AT_ONCE = 200
"""Rows of one INSERT. For each statement Python gives its lock away and waits to get it back from the busy loop, so
that row by row a commit takes longer. SQLite takes at most 32,766 values in one statement."""


def insert(connection: sqlite3.Connection, statement: str, rows: Sequence[Any]) -> None:
    """Insert many rows with one statement for each `ROWS_AT_ONCE` of them; `statement` ends in VALUES."""
    for start in range(0, len(rows), ROWS_AT_ONCE):
        part = rows[start : start + ROWS_AT_ONCE]
        places = ",".join([f"({','.join('?' * len(part[0]))})"] * len(part))
        connection.execute(f"{statement} {places}", list(chain.from_iterable(part)))
