"""Owns the letters of drawn slips: Be Vietnam Pro with its two-storey a; the only door to fontTools in this package.

The house face has a one-storey a, which at one bit a dot is taken for o or d (decision 25). Its stylistic set `ss01`
has the other one, with all Vietnamese marks. Pillow reaches such sets only through libraqm, which is not on every
machine, so the character map is pointed at those letters instead, in memory: a quarter of a second in all, once.
"""

import functools
import io
from collections.abc import Iterator, Mapping

from fontTools.ttLib import TTFont

import assets
from printer_drivers.wrapping import Weight

_TWO_STOREY = "ss01"
# What draws a glyph; kerning and ligatures are not used by Pillow's basic engine.
_DRAWN = frozenset({"OS/2", "cmap", "cvt ", "fpgm", "gasp", "glyf", "head", "hhea", "hmtx", "loca", "maxp", "prep"})


@functools.cache
def read_face(weight: Weight) -> bytes:
    """Return the font of this weight as a TTF file whose every a, ă and â is the two-storey one; icons as they are."""
    if weight == "Icons":
        return assets.icon_font().read_bytes()
    with TTFont(assets.font(weight), lazy=True) as font:
        others = dict(_substitutes(font))
        for table in font["cmap"].tables:
            table.cmap = {character: others.get(glyph, glyph) for character, glyph in table.cmap.items()}
        for name in set(font.keys()) - _DRAWN:
            del font[name]
        file = io.BytesIO()
        font.save(file, reorderTables=None)
    return file.getvalue()


def _substitutes(font: TTFont) -> Iterator[tuple[str, str]]:
    """Yield (usual glyph, its two-storey one)."""
    table = font["GSUB"].table
    for record in table.FeatureList.FeatureRecord:
        if record.FeatureTag == _TWO_STOREY:
            for place in record.Feature.LookupListIndex:
                for found in table.LookupList.Lookup[place].SubTable:
                    mapping: Mapping[str, str] = getattr(found, "ExtSubTable", found).mapping
                    yield from mapping.items()
