"""Entry and row: how an event is written down, and the hash that chains each row to the one before."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal, NamedTuple

import msgspec

from queue_protocol.answers import WaitRange
from queue_protocol.ids import CommandId, DeviceId, Instant, ServiceId, TicketId, Token
from queue_server.core.events import Entry, Event, TicketIssued
from queue_server.core.facts import Place


@dataclass(frozen=True, slots=True)
class JournalOrigin:
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


class _TicketIssuedWithoutPlace(msgspec.Struct, frozen=True, kw_only=True, tag="ticket_issued.1"):
    """How a ticket was issued before lines had sessions and ranks."""

    ticket: TicketId
    service: ServiceId
    priority: bool
    token: Token
    origin: Literal["kiosk", "desk"]
    print_at: DeviceId | None
    due_at: Instant
    people_ahead: int
    wait: WaitRange | None


def _with_place(row: Row) -> TicketIssued:
    """Return a ticket that waits for its service in the only session, as all did, from the moment of its entry on."""
    old = msgspec.json.decode(row.body, type=_TicketIssuedWithoutPlace)
    return TicketIssued(
        ticket=old.ticket,
        service=old.service,
        priority=old.priority,
        token=old.token,
        origin=old.origin,
        print_at=old.print_at,
        place=Place(line=old.service, due_at=old.due_at, joined_at=datetime.fromisoformat(row.at)),
        people_ahead=old.people_ahead,
        wait=old.wait,
    )


UPCASTS: Mapping[str, Callable[[Row], Event]] = {"ticket_issued.1": _with_place}
"""How rows of kinds that are written no more are read; a row keeps its bytes and its hash."""

_NOTHING = b"\xff" * 8
"""The length that stands for `NULL`."""

_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)


def row_of(entry: Entry, origin: JournalOrigin) -> Row:
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
    upcast = UPCASTS.get(row.kind)
    return Entry(
        sequence=row.sequence,
        at=datetime.fromisoformat(row.at),
        day=date.fromisoformat(row.day),
        actor=row.actor,
        command_id=None if row.command_id is None else CommandId(row.command_id),
        part=row.part,
        event=_decoder.decode(row.body) if upcast is None else upcast(row),
    )


def chain_hash(previous: bytes, row: Row) -> bytes:
    """Return the hash of a row: SHA-256 over the previous hash and each stored value behind its length.

    A length of eight bytes, big-endian, stands before each value's bytes; `NULL` is a length of 2^64 - 1 alone, so
    that no two rows have the same bytes to hash.
    """
    parts = [previous]
    for value in row:
        if value is None:
            parts.append(_NOTHING)
        else:
            stored = value if isinstance(value, bytes) else str(value).encode()
            parts += (len(stored).to_bytes(8, "big"), stored)
    return hashlib.sha256(b"".join(parts)).digest()
