"""Identifiers: how they are made, and that places in the journal are ordered."""

from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_protocol.ids import (
    AccountId,
    ClockTime,
    CommandId,
    DeviceId,
    HallId,
    Key,
    Language,
    Reason,
    RemarkId,
    Revision,
    ServiceId,
    TicketId,
    TicketNumber,
    Token,
    ticket_id,
    ticket_number,
    token_of,
)


@given(st.dates(min_value=date(2000, 1, 1)), st.from_regex(r"[A-Z]{1,2}[0-9]{1,6}", fullmatch=True))
def test_a_ticket_id_holds_its_number(day: date, number: str) -> None:
    """The number on the slip is read back from the id, whatever the day."""
    assert ticket_number(ticket_id(day, number)) == number


@given(st.binary(min_size=16, max_size=16))
def test_a_token_is_26_small_letters_and_digits(chance: bytes) -> None:
    """16 bytes of chance become an address that survives any keyboard."""
    token = token_of(chance)
    assert len(token) == 26
    assert set(token) <= set("abcdefghijklmnopqrstuvwxyz234567")


@given(st.sets(st.binary(min_size=16, max_size=16), min_size=2, max_size=2))
def test_two_tokens_differ(chances: set[bytes]) -> None:
    """No chance is lost on the way."""
    assert len({token_of(chance) for chance in chances}) == 2


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (Language, "vi"),
        (ServiceId, "land"),
        (TicketId, "20261123-A015"),
        (TicketNumber, "A015"),
        (HallId, "ground-floor"),
        (DeviceId, "kiosk-1"),
        (AccountId, "lan"),
        (CommandId, "command-1"),
        (RemarkId, "remark-01"),
        (Token, "a" * 26),
        (Key, "k" * 16),
        (ClockTime, "07:30"),
        (Reason, "paper_out"),
    ],
)
def test_no_name_ends_in_an_end_of_line(kind: Any, name: str) -> None:
    """What is read from a file or typed is the name and nothing behind it."""
    assert msgspec.convert(name, kind) == name
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(f"{name}\n", kind)


def test_a_token_of_less_chance_is_refused() -> None:
    """A token can be guessed when it is made of too little."""
    with pytest.raises(ValueError, match="not 8"):
        token_of(b"8 bytes.")


def test_a_promotion_outranks_every_sequence() -> None:
    """Revisions are ordered by epoch first."""
    assert Revision(epoch=1, sequence=99) < Revision(epoch=2, sequence=1) < Revision(epoch=2, sequence=2)
