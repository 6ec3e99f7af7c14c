"""Identifiers: how they are made, and that places in the journal are ordered."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_protocol.ids import Revision, ticket_id, ticket_number, token_of


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


def test_a_token_of_less_chance_is_refused() -> None:
    """A token can be guessed when it is made of too little."""
    with pytest.raises(ValueError, match="not 8"):
        token_of(b"8 bytes.")


def test_a_promotion_outranks_every_sequence() -> None:
    """Revisions are ordered by epoch first."""
    assert Revision(epoch=1, sequence=99) < Revision(epoch=2, sequence=1) < Revision(epoch=2, sequence=2)
