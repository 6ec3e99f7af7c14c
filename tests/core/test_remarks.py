"""What is kept of the words that staff and citizens write on a ticket."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.core.remarks import MASK, MOST_LETTERS, kept_text


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("gọi tôi 0912345678 nhé", f"gọi tôi {MASK} nhé"),
        ("0912.345.678", MASK),
        ("091 234 5678, cảm ơn", f"{MASK}, cảm ơn"),
        ("+84 912 345 678", MASK),
        ("CCCD 012345678901", f"CCCD {MASK}"),
        ("012 345 678 901.", f"{MASK}."),
        ("CMND cũ 123456789", f"CMND cũ {MASK}"),
        ("thư lan.nguyen@example.vn", f"thư {MASK}"),
    ],
)
def test_what_points_to_a_person_is_masked(written: str, kept: str) -> None:
    """Phones, numbers of cards and mail addresses are not kept, however they are spaced."""
    assert kept_text(written) == kept


@pytest.mark.parametrize(
    "written",
    [
        "Chờ từ 8h30 đến 10h15, quầy 3 và 4",
        "Hồ sơ H38.26-261123-0012 còn thiếu bản sao",
        "Nộp 150000 đồng, số A015, năm 2026",
        "Thửa 123, tờ 45; ngày 23/11/2026",
    ],
)
def test_what_points_to_nobody_stays(written: str) -> None:
    """Times, fees, codes of dossiers, numbers of slips and parcels are what staff write about."""
    assert kept_text(written) == written


def test_a_text_becomes_one_paragraph_of_composed_letters() -> None:
    """Line breaks, control characters and decomposed letters of a phone's keyboard do not reach a screen."""
    assert kept_text(unicodedata.normalize("NFD", "  Cụ bà\r\n\tđi\x00 xe lăn\u202e ")) == "Cụ bà đi xe lăn"
    assert kept_text(" \n\u200b ") == ""


@given(st.text(st.characters(codec="utf-8"), max_size=2 * MOST_LETTERS))
def test_any_text_can_be_kept(written: str) -> None:
    """What is kept fits, is in NFC, has nothing to hide from a screen, and is kept as it is when sent again."""
    kept = kept_text(written)
    assert len(kept) <= MOST_LETTERS
    assert kept == unicodedata.normalize("NFC", kept)
    assert kept.isprintable()
    assert kept_text(kept) == kept
