"""Notes and comments: rows beside the journal and outside its chain, whose text can be erased for good."""

from typing import Literal

import msgspec

from queue_protocol.ids import AccountId, RemarkId, TicketId
from queue_server.storage.sqlite import Connection

RemarkKind = Literal["note", "comment"]
"""Written by staff for each other; by a citizen after the visit."""

ADD = """
    INSERT INTO remark (remark, day, ticket, kind, text, author, at)
    SELECT ?, day, ticket, ?, ?, ?, ? FROM ticket WHERE ticket = ?
    ON CONFLICT DO NOTHING
"""
FIND = """
    SELECT remark, remark.day, remark.ticket, kind, text, author, at, erased_at, erased_by,
        ticket.number, ticket.service, ticket.rating
    FROM remark JOIN ticket ON ticket.ticket = remark.ticket
"""
ERASE = "UPDATE remark SET text = NULL, erased_at = ?, erased_by = ? WHERE remark = ? AND text IS NOT NULL"
FOLD = "PRAGMA wal_checkpoint(TRUNCATE)"


class Remark(msgspec.Struct, frozen=True, kw_only=True):
    """A note or a comment, with what is known of its ticket. Times are UTC milliseconds since 1970."""

    remark: RemarkId
    day: str
    ticket: TicketId
    kind: RemarkKind
    text: str | None
    """`None`: erased."""
    author: AccountId | None
    """`None`: the citizen."""
    at: int
    erased_at: int | None
    erased_by: AccountId | None
    number: str
    service: str
    rating: int | None


class Remarks:
    """The rows on a connection of `sqlite.connect`; one thread uses it, the writer's."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add_note(self, remark: RemarkId, ticket: TicketId, text: str, author: AccountId, at: int) -> bool:
        """Keep a note; the same one twice is kept once. `False`: there is no such ticket."""
        return self._add(remark, "note", ticket, text, author, at)

    def add_comment(self, remark: RemarkId, ticket: TicketId, text: str, at: int) -> bool:
        """Keep what a citizen says of the visit. `False`: there is no such ticket, or something was said of it."""
        return self._add(remark, "comment", ticket, text, None, at)

    def find(self, remark: RemarkId) -> Remark | None:
        """Return a remark, also an erased one; `None`: there is none."""
        found = self._read("WHERE remark = ?", remark)
        return found[0] if found else None

    def has_comment(self, ticket: TicketId) -> bool:
        """Say whether the citizen said something of the visit, also when it was erased since."""
        asked = "SELECT count(*) FROM remark WHERE ticket = ? AND kind = 'comment'"
        return bool(self._connection.execute(asked, (ticket,)).fetchone()[0])

    def of_days(self, first: str, last: str) -> list[Remark]:
        """Return what was written on tickets of these local days, both included, the oldest first."""
        return self._read("WHERE remark.day BETWEEN ? AND ? ORDER BY remark.day, at, remark", first, last)

    def erase(self, remark: RemarkId, by: AccountId, at: int) -> bool:
        """Erase the text for good and keep that it was there; `False`: there is none.

        Its bytes leave the file and its log as soon as nobody reads an older state of them: SQLite writes zeros over
        what it lets go, and the log is folded into the file at once. Copies made earlier keep the text.
        """
        erased = self._connection.execute(ERASE, (at, by, remark)).rowcount == 1
        self._connection.execute(FOLD).fetchone()
        return erased

    def _add(
        self, remark: RemarkId, kind: RemarkKind, ticket: TicketId, text: str, author: AccountId | None, at: int
    ) -> bool:
        added = self._connection.execute(ADD, (remark, kind, text, author, at, ticket)).rowcount == 1
        return added or self._is_kept(remark, ticket)

    def _is_kept(self, remark: RemarkId, ticket: TicketId) -> bool:
        known = self.find(remark)
        return known is not None and known.ticket == ticket

    def _read(self, condition: str, *values: str) -> list[Remark]:
        cursor = self._connection.execute(f"{FIND} {condition}", values)
        names = [column[0] for column in cursor.description]
        return [msgspec.convert(dict(zip(names, row, strict=True)), Remark) for row in cursor]
