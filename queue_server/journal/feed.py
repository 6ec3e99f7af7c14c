"""The feed: committed entries of a journal, in order, for everyone who follows its history.

A follower keeps the `Position` of the last entry that it has taken, reads a bounded number of entries behind it, and
waits for more when there are none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from queue_server.core.events import Entry

ENTRIES_AT_ONCE = 1_000
"""Entries of one read, unless the follower says otherwise: some milliseconds, and a megabyte."""

Because = Literal["other_center", "other_history", "removed"]
"""Why a position is not followed. `other_center`: the journal is of another center. `other_history`: this entry is not
in it, as after a backup was restored. `removed`: retention has taken entries that come after the position."""


@dataclass(frozen=True, slots=True)
class Position:
    """An entry that a follower has taken; with the sequence before the first entry, the beginning."""

    center: str
    epoch: int
    """In which the entry was written."""
    sequence: int
    hash: bytes
    """Of the entry: 32 bytes. It stands for the whole history up to it."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Entries that follow a position without a gap."""

    entries: Sequence[Entry]
    """Empty: there are no more at the moment."""
    end: Position
    """Of the last of them, or where the read began: the next read begins here."""


@dataclass(frozen=True, slots=True)
class NotFollowed:
    """The journal does not lead on from a position. A follower drops what it has derived and begins anew."""

    because: Because
    begin: Position
    """Where the entries of this journal begin."""


class Feed(Protocol):
    """The entries of one journal. One thread uses it."""

    def begin(self) -> Position:
        """Return the position before the first entry that is there.

        Raises `JournalError` when it cannot be read.
        """

    def read(self, after: Position, most: int = ENTRIES_AT_ONCE) -> Batch | NotFollowed:
        """Return at most so many committed entries behind a position.

        Raises `JournalError`: the journal cannot be read, or what is there is not what was written.
        """

    def wait(self, after: Position, timeout_s: float) -> bool:
        """Block until a read behind this position finds something new; `False`: it does not yet, and time is up."""


def reason_not_to_follow(after: Position, begin: Position, found: Position | None) -> Because | None:
    """Return why nothing can be read behind `after`; `None`: it can be.

    `begin` is the position before the first entry of the journal, `found` its entry with the sequence of `after`;
    `None`: it has none.
    """
    if after.center != begin.center:
        return "other_center"
    if after.sequence < begin.sequence:
        return "removed"
    if after.sequence == begin.sequence:
        return None if after.hash == begin.hash else "other_history"
    return None if after == found else "other_history"
