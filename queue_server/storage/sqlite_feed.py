"""The feed of a journal in SQLite, on a connection of its own, which sees what is committed and is in nobody's way."""

import contextlib
from collections.abc import Iterator
from itertools import islice

from queue_server.journal.feed import ENTRIES_AT_ONCE, Batch, NotFollowed, Position, reason_not_to_follow
from queue_server.journal.growth import Growth
from queue_server.journal.port import Head
from queue_server.storage.reading import Connection, anchor, as_trouble, chained, entries

OF_FIRST_ENTRY = "SELECT center, epoch FROM event ORDER BY sequence LIMIT 1"
OF_JOURNAL = "SELECT center, epoch FROM origin"
NOBODYS = ("", 0)
"""Center and epoch of a file that no journal was begun in."""
ENTRY_AT = "SELECT center, epoch, sequence, hash FROM event WHERE sequence = ?"


class SqliteFeed:
    """The entries of a journal's file.

    `connection`: from `reading.open_to_read`; or one that is in a transaction, which then sees its own changes too.
    `growth`: of the journal that writes the file in this process.
    """

    def __init__(self, connection: Connection, growth: Growth) -> None:
        self._connection = connection
        self._growth = growth

    def begin(self) -> Position:
        """Return the position before the first entry: of a new journal, or the last entry that retention removed."""
        with as_trouble(), _snapshot(self._connection):
            return self._begin()

    def read(self, after: Position, most: int = ENTRIES_AT_ONCE) -> Batch | NotFollowed:
        """Return at most so many entries, each checked against the one before."""
        with as_trouble(), _snapshot(self._connection):
            begin = self._begin()
            because = reason_not_to_follow(after, begin, self._position(after.sequence))
            if because is not None:
                return NotFollowed(because, begin)
            rows = list(islice(chained(self._connection, Head(after.sequence, after.hash), most), most))
        read = tuple(entries(rows))
        if not rows:
            return Batch(read, after)
        last, own_hash = rows[-1]
        return Batch(read, Position(last.center, last.epoch, last.sequence, own_hash))

    def wait(self, after: Position, timeout_s: float) -> bool:
        """Block until the journal ends with another entry than this one."""
        return self._growth.wait(after.sequence, timeout_s)

    def _begin(self) -> Position:
        questions = (self._connection.execute(each).fetchone() for each in (OF_FIRST_ENTRY, OF_JOURNAL))
        center, epoch = next((found for found in questions if found is not None), NOBODYS)
        before = anchor(self._connection)
        return Position(center, epoch, before.sequence, before.hash)

    def _position(self, sequence: int) -> Position | None:
        row = self._connection.execute(ENTRY_AT, (sequence,)).fetchone()
        return None if row is None else Position(*row)


@contextlib.contextmanager
def _snapshot(connection: Connection) -> Iterator[None]:
    """Let several questions see one state of the file: retention may remove a day between two of them."""
    if connection.in_transaction:
        yield
        return
    connection.execute("BEGIN")
    try:
        yield
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
