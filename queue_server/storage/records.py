"""Entry and row: how an event is written down, and the hash that chains each row to the one before."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import NamedTuple

import msgspec

from queue_protocol.ids import CommandId
from queue_server.core.events import Entry, Event


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose journal it is. A promotion of a standby raises the epoch; a satellite point has a site of its own."""

    center: str
    site: str
    epoch: int


class Row(NamedTuple):
    """A row of the event table without its hashes, in the order of its columns."""

    sequence: int
    center: str
    site: str
    epoch: int
    at: str
    """UTC, ISO 8601 with microseconds."""
    day: str
    kind: str
    body: bytes
    command_id: str | None
    part: int
    actor: str


_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)


def row_of(entry: Entry, origin: Origin) -> Row:
    """Return how an entry is written down."""
    return Row(
        sequence=entry.sequence,
        center=origin.center,
        site=origin.site,
        epoch=origin.epoch,
        at=entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        day=entry.day.isoformat(),
        kind=str(entry.event.__struct_config__.tag),
        body=_encoder.encode(entry.event),
        command_id=entry.command_id,
        part=entry.part,
        actor=entry.actor,
    )


def entry_of(row: Row) -> Entry:
    """Return the entry that a row says.

    Raises `msgspec.DecodeError` or `ValueError` for a row that no version of this program has written.
    """
    return Entry(
        sequence=row.sequence,
        at=datetime.fromisoformat(row.at),
        day=date.fromisoformat(row.day),
        actor=row.actor,
        command_id=None if row.command_id is None else CommandId(row.command_id),
        part=row.part,
        event=_decoder.decode(row.body),
    )


def chain_hash(previous: bytes, row: Row) -> bytes:
    """Return the hash of a row: SHA-256 over the previous hash and each stored value behind its length.

    A length of eight bytes, big-endian, stands before each value's bytes; `NULL` is a length of 2^64 - 1 alone, so
    that no two rows have the same bytes to hash.
    """
    digest = hashlib.sha256(previous)
    for value in row:
        if value is None:
            digest.update(b"\xff" * 8)
        else:
            stored = value if isinstance(value, bytes) else str(value).encode()
            digest.update(len(stored).to_bytes(8, "big"))
            digest.update(stored)
    return digest.digest()
