"""The journal as the service sees it: a port, its errors, and a twin in memory for tests and simulations.

JournalError
├── JournalUnavailable   this append did not happen, or nobody knows; `Service` decides how to go on
└── JournalDamaged       what is there cannot be what was written; a person must restore it
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from queue_protocol.ids import CommandId
from queue_server.core.events import DayOpened, Entry
from queue_server.storage.records import Origin, chain_hash, row_of

AnswerKey = tuple[str, CommandId]
"""Actor id and command id."""


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
    def origin(self) -> Origin:
        """Return whose journal this is."""

    def head(self) -> Head:
        """Return the last entry, read anew from what is durable.

        Raises `JournalUnavailable` when it cannot be read.
        """

    def append(self, entries: Sequence[Entry], answers: Sequence[StoredAnswer]) -> Head:
        """Make entries and answers durable in one transaction, and return the new head.

        Raises `JournalUnavailable`: then either all or nothing is durable, and `head` tells which.
        """

    def stored_answers(self, keys: Sequence[AnswerKey]) -> Mapping[AnswerKey, StoredAnswer]:
        """Return the answers given to these commands before; one that had no effect is missing."""

    def open_day(self) -> Iterable[Entry]:
        """Yield the entries from the opening of the latest day on; all when no day was ever opened.

        Raises `JournalDamaged` for a row that is no entry, or whose chain does not hold.
        """

    def close(self) -> None:
        """Let go of the storage."""


class MemoryJournal:
    """A journal that forgets everything at the end of the process, with the same contract."""

    def __init__(self, origin: Origin) -> None:
        self.origin = origin
        self.entries: list[Entry] = []
        self._head = START
        self._answers: dict[AnswerKey, StoredAnswer] = {}

    def head(self) -> Head:
        """Return the last entry."""
        return self._head

    def append(self, entries: Sequence[Entry], answers: Sequence[StoredAnswer]) -> Head:
        """Keep entries and answers."""
        for entry in entries:
            if entry.sequence != self._head.sequence + 1:
                raise JournalUnavailable(f"entry {entry.sequence} does not follow {self._head.sequence}")
            self._head = Head(entry.sequence, chain_hash(self._head.hash, row_of(entry, self.origin)))
            self.entries.append(entry)
        self._answers.update({(each.actor, each.command_id): each for each in answers})
        return self._head

    def stored_answers(self, keys: Sequence[AnswerKey]) -> Mapping[AnswerKey, StoredAnswer]:
        """Return the answers that are known."""
        return {key: self._answers[key] for key in keys if key in self._answers}

    def open_day(self) -> Iterable[Entry]:
        """Yield the entries of the open day."""
        opened = [place for place, entry in enumerate(self.entries) if isinstance(entry.event, DayOpened)]
        yield from self.entries[opened[-1] if opened else 0 :]

    def close(self) -> None:
        """Do nothing: there is nothing to let go of."""


def body_hash(encoded_command: bytes) -> bytes:
    """Return what tells whether two commands with one id are the same."""
    return hashlib.sha256(encoded_command).digest()
