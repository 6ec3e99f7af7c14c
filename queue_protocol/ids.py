"""Identifiers and bounded values that messages are made of."""

import base64
from datetime import date, datetime
from typing import Annotated, NewType

import msgspec
from msgspec import Meta

# Patterns end in \Z, as to Python $ is also the place before an end of line.

Language = Annotated[str, Meta(pattern=r"^[a-z]{2,3}\Z")]
"""ISO 639 code of a language, as `vi` or `en`."""

ServiceId = NewType("ServiceId", Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,31}\Z")])
"""Name of a service within the catalogue, as `civil_status`. Never shown to a person."""

TicketId = NewType("TicketId", Annotated[str, Meta(pattern=r"^[0-9]{8}-[A-Z]{1,2}[0-9]{1,6}(\.[2-9])?\Z")])
"""A ticket of any day: `20261123-A015`, the local day and the number on the slip. Where an accident has given a number
twice, `20261123-A015.2` is the second ticket with it."""

MOST_HOLDERS = 9
"""Of one number on one day: more have no id."""

TicketNumber = Annotated[str, Meta(pattern=r"^[A-Z]{1,2}[0-9]{1,6}\Z")]
"""What stands on the slip and the board: prefix and digits, as `A015`."""

CounterNumber = Annotated[int, Meta(ge=1, le=99)]
"""A counter is a word and a number: "Quầy 3" is 3."""

HallId = NewType("HallId", Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]{0,31}\Z")])
"""A room of the center with displays of its own, as `ground-floor`. Never shown to a person."""

DeviceId = NewType("DeviceId", Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]{0,31}\Z")])
"""Name of a box in the hall, as `kiosk-1`."""

AccountId = NewType("AccountId", Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9._-]{0,31}\Z")])
"""Name a person signs in with. Events name people by it and by nothing else."""

CommandId = NewType("CommandId", Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{8,64}\Z")])
"""Made by the asking box, once per act of a person: the same id twice has one effect and one answer."""

RemarkId = NewType("RemarkId", Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{8,64}\Z")])
"""Made by the page that writes a remark: sent twice, it is written once."""

Token = NewType("Token", Annotated[str, Meta(pattern=r"^[a-z2-7]{26}\Z")])
"""16 random bytes in base32: the address of a ticket's page. It names no person."""

Key = Annotated[str, Meta(min_length=16, max_length=128, pattern=r"^[A-Za-z0-9_-]+\Z")]
"""The secret that a device presents to be let in."""

Count = Annotated[int, Meta(ge=0)]
"""How many; 0 is none."""

Dossiers = Annotated[int, Meta(ge=1, le=99)]
"""How many dossiers a person brings."""

ClockTime = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]\Z")]
"""A time of the day in the center's time zone, as `07:30`."""

Reason = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,31}\Z")]
"""Why something is as it is, as a key of the text files: `paper_out`, `unreachable`."""

Instant = Annotated[datetime, Meta(tz=True)]
"""A moment, in UTC."""

AgeMs = Annotated[int, Meta(ge=0, le=2**53)]
"""Milliseconds since the person acted, measured by the asking box's own monotonic clock."""


class Revision(msgspec.Struct, frozen=True, kw_only=True, array_like=True, order=True):
    """A place in the journal: snapshots, calls and events are numbered by it and by nothing else."""

    epoch: Annotated[int, Meta(ge=0, le=2**53)]
    sequence: Annotated[int, Meta(ge=0, le=2**53)]


def ticket_id(day: date, number: str, holder: int = 1) -> TicketId:
    """Return the id of the ticket with this number on this local day; `holder`: which of those with it, from 1."""
    which = "" if holder == 1 else f".{holder}"
    return TicketId(f"{day.isoformat().replace('-', '')}-{number}{which}")


def ticket_number(ticket: TicketId) -> str:
    """Return what stands on the slip of this ticket."""
    return str(ticket).partition("-")[2].partition(".")[0]


def ticket_holder(ticket: TicketId) -> int:
    """Return which of those with this number it is: 1, unless an accident has given the number twice."""
    return int(str(ticket).partition(".")[2] or 1)


def is_of(ticket: TicketId, day: date) -> bool:
    """Say whether a ticket is of this local day; an id whose eight digits are no date at all is of none."""
    return str(ticket).startswith(f"{day.isoformat().replace('-', '')}-")


def ticket_day(ticket: TicketId) -> date:
    """Return the local day of this ticket."""
    return date.fromisoformat(str(ticket).partition("-")[0])


def reserve_number(series: str, count: int) -> TicketNumber:
    """Return a number that a kiosk gives by itself, the only way it is written: of the series AK, `AK07`, `AK100`."""
    return f"{series}{count:02d}"


def token_of(chance: bytes) -> Token:
    """Return the token written from 16 random bytes.

    Raises `ValueError` for any other length.
    """
    if len(chance) != 16:  # noqa: PLR2004 - the length is the contract
        raise ValueError(f"a token is made of 16 random bytes, not {len(chance)}")
    return Token(base64.b32encode(chance).decode().rstrip("=").lower())
