"""The journal as the service sees it: a port, its errors, and a twin in memory for tests and simulations.

JournalError
├── JournalUnavailable   this append did not happen, or nobody knows; `Service` decides how to go on
└── JournalDamaged       what is there cannot be what was written; a person must restore it
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from queue_protocol.ids import CommandId, Revision
from queue_protocol.journal_end import JournalEnd
from queue_server.core.events import DayOpened, Entry
from queue_server.core.hall import Hall
from queue_server.journal.feed import ENTRIES_AT_ONCE, Batch, NotFollowed, Position, reason_not_to_follow
from queue_server.journal.growth import Growth
from queue_server.journal.records import JournalOrigin, chain_hash, row_of


class JournalError(Exception):
    """The journal cannot do what was asked."""


class JournalUnavailable(JournalError):
    """The storage does not take this now: full, locked, gone."""


class JournalDamaged(JournalError):
    """What is stored does not hold together."""


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of the journal."""

    sequence: int
    hash: bytes


START = Head(0, b"\x00" * 32)


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """The answer to a command that had an effect, kept for seven days."""

    actor: str
    command_id: CommandId
    body_hash: bytes
    """SHA-256 of the encoded command: the same id with another body is refused."""
    answer: bytes
    """The encoded `Answer`."""
    day: str


class Journal(Protocol):
    """Where events become durable. All calls come from one thread, the writer's."""

    @property
    def origin(self) -> JournalOrigin:
        """Return whose journal this is."""

    @property
    def growth(self) -> Growth:
        """Return what tells the followers of each commit."""

    def head(self) -> Head:
        """Return the last entry, read anew from what is durable.

        Raises `JournalUnavailable` when it cannot be read.
        """

    def append(self, entries: Sequence[Entry], answers: Sequence[StoredAnswer]) -> Head:
        """Make entries and answers durable in one transaction, and return the new head.

        Raises `JournalUnavailable`: then either all or nothing is durable, and `head` tells which. Entries that do
        not follow the head, a second event of one part of a command, and a second answer to one id are not taken.
        """

    def stored_answers(self, command_ids: Sequence[CommandId]) -> Mapping[CommandId, StoredAnswer]:
        """Return the answers given to these commands before; one that had no effect is missing.

        Raises `JournalUnavailable` when they cannot be read.
        """

    def leads_to(self, head: Head) -> bool:
        """Say whether this entry is one of the journal's own; so is one that retention has removed.

        Raises `JournalUnavailable` when it cannot be read.
        """

    def raise_epoch(self, epoch: int) -> None:
        """Make this the epoch of what is appended from now on, durably; a lower one changes nothing.

        Raises `JournalUnavailable` when it cannot be written.
        """

    def open_day(self) -> Iterable[Entry]:
        """Yield the entries from the opening of the latest day on; all when no day was ever opened.

        Raises `JournalDamaged` for a row that is no entry, or whose chain does not hold.
        """

    def probe(self) -> None:
        """Commit something small, as an append does, that no reader looks at.

        Raises `JournalUnavailable` when the storage does not take it.
        """

    def close(self) -> None:
        """Let go of the storage."""


class MemoryJournal:
    """A journal that forgets everything at the end of the process, with the same contract."""

    def __init__(self, origin: JournalOrigin) -> None:
        self.origin = origin
        self.entries: list[Entry] = []
        self.positions: list[Position] = []
        """Of `entries`, each at the place of its own."""
        self.growth = Growth(START.sequence)
        self._head = START
        self._answers: dict[CommandId, StoredAnswer] = {}
        self._parts: set[tuple[str, CommandId | None, int]] = set()

    def head(self) -> Head:
        """Return the last entry."""
        return self._head

    def append(self, entries: Sequence[Entry], answers: Sequence[StoredAnswer]) -> Head:
        """Keep entries and answers."""
        check_order(self._head, entries)
        parts = {(each.actor, each.command_id, each.part) for each in entries if each.command_id is not None}
        given = {each.command_id: each for each in answers}
        if parts & self._parts or given.keys() & self._answers.keys():
            raise JournalUnavailable("a command is there already")
        for entry in entries:
            self._head = Head(entry.sequence, chain_hash(self._head.hash, row_of(entry, self.origin)))
            self.positions.append(Position(self.origin.center, self.origin.epoch, entry.sequence, self._head.hash))
        self.entries.extend(entries)
        self._parts |= parts
        self._answers |= given
        self.growth.note(self._head.sequence)
        return self._head

    def stored_answers(self, command_ids: Sequence[CommandId]) -> Mapping[CommandId, StoredAnswer]:
        """Return the answers that are known."""
        return {each: self._answers[each] for each in command_ids if each in self._answers}

    def leads_to(self, head: Head) -> bool:
        """Say whether this entry is one of the journal's own."""
        if head.sequence > len(self.positions):
            return False
        return head.hash == (self.positions[head.sequence - 1].hash if head.sequence else START.hash)

    def raise_epoch(self, epoch: int) -> None:
        """Make this the epoch, unless it is lower."""
        self.origin = replace(self.origin, epoch=max(epoch, self.origin.epoch))

    def open_day(self) -> Iterable[Entry]:
        """Yield the entries of the open day."""
        opened = [place for place, entry in enumerate(self.entries) if isinstance(entry.event, DayOpened)]
        yield from self.entries[opened[-1] if opened else 0 :]

    def probe(self) -> None:
        """Do nothing: memory takes what an append brings."""

    def close(self) -> None:
        """Do nothing: there is nothing to let go of."""


class MemoryFeed:
    """The feed of a journal in memory."""

    def __init__(self, journal: MemoryJournal) -> None:
        self._journal = journal

    def begin(self) -> Position:
        """Return the position before the first entry."""
        origin, positions = self._journal.origin, self._journal.positions
        return Position(origin.center, positions[0].epoch if positions else origin.epoch, START.sequence, START.hash)

    def read(self, after: Position, most: int = ENTRIES_AT_ONCE) -> Batch | NotFollowed:
        """Return at most so many entries."""
        begin, positions = self.begin(), self._journal.positions
        found = positions[after.sequence - 1] if 0 < after.sequence <= len(positions) else None
        because = reason_not_to_follow(after, begin, found)
        if because is not None:
            return NotFollowed(because, begin)
        read = tuple(self._journal.entries[after.sequence : after.sequence + most])
        return Batch(read, positions[after.sequence + len(read) - 1] if read else after)

    def wait(self, after: Position, timeout_s: float) -> bool:
        """Block until the journal ends with another entry than this one."""
        return self._journal.growth.wait(after.sequence, timeout_s)


def check_order(head: Head, entries: Sequence[Entry]) -> None:
    """Make sure that entries follow the head without a gap.

    Raises `JournalUnavailable` otherwise: another writer was here, or an append is not known to have happened.
    """
    for sequence, entry in enumerate(entries, head.sequence + 1):
        if entry.sequence != sequence:
            raise JournalUnavailable(f"entry {entry.sequence} does not follow {sequence - 1}")


def body_hash(encoded_command: bytes) -> bytes:
    """Return what tells whether two commands with one id are the same."""
    return hashlib.sha256(encoded_command).digest()


def end_of(hall: Hall, origin: JournalOrigin, head: Head) -> JournalEnd | None:
    """Return where a journal ends whose last entry is the last of this hall; `None`: no day was opened yet."""
    if hall.day is None:
        return None
    return JournalEnd(
        center=origin.center,
        revision=Revision(epoch=origin.epoch, sequence=hall.sequence),
        hash=head.hash.hex(),
        at=hall.at,
        day=hall.day,
        numbers=dict(hall.issued),
    )
