"""The letters of slips: the house face in every weight, with the a that is not taken for an o."""

import io
import unicodedata
from typing import Literal

import pytest
from fontTools.ttLib import TTFont

import assets
from printer_drivers.lettering import read_face
from printer_drivers.trial_page import vietnamese_letters

WEIGHTS: tuple[Literal["Medium", "SemiBold", "Bold", "ExtraBold"], ...] = ("Medium", "SemiBold", "Bold", "ExtraBold")


def is_small_a(letter: str) -> bool:
    """Say whether a letter is an a under its marks."""
    return unicodedata.normalize("NFD", letter)[0] == "a"


@pytest.mark.parametrize("weight", WEIGHTS)
def test_every_small_a_has_two_storeys_and_nothing_else_changed(
    weight: Literal["Medium", "SemiBold", "Bold", "ExtraBold"],
) -> None:
    """All eighteen small a of Vietnamese are the other form of the same face; no other letter is touched."""
    house, ours = TTFont(assets.font(weight)), TTFont(io.BytesIO(read_face(weight)))
    usual, changed = house.getBestCmap(), ours.getBestCmap()
    letters = [*vietnamese_letters(), *map(chr, range(0x20, 0x7F))]
    assert sum(map(is_small_a, letters)) == 18
    for letter in letters:
        glyph = usual[ord(letter)] + (".ss01" if is_small_a(letter) else "")
        assert ours.getGlyphID(changed[ord(letter)]) == house.getGlyphID(glyph), letter
    assert set(changed) == set(usual)
