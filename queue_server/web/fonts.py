"""Fonts for the pages: cut down to the signs that are needed and kept in the data folder.

Runs as a child of the server (`python -m queue_server.web.fonts FOLDER`): the font library takes a second and
30 MB, which the server itself shall not have to carry.
"""

import sys
from pathlib import Path
from typing import Final

import assets

WEIGHTS: Final = ("Regular", "SemiBold", "Bold", "ExtraBold")

_RANGES: Final = (
    # Basic Latin to Latin Extended-B with the Vietnamese letters, combining marks, punctuation, arrows, đồng sign.
    *range(0x20, 0x250),
    *range(0x300, 0x330),
    *range(0x1EA0, 0x1F00),
    *range(0x2010, 0x2040),
    *range(0x2190, 0x21A0),
    0x20AB,
)


def icon_names() -> list[str]:
    """Return the icons that pages use, as `queue_server/web/icons.txt` lists them."""
    listed = (Path(__file__).parent / "icons.txt").read_text(encoding="utf-8")
    return [line.strip() for line in listed.splitlines() if line.strip() and not line.startswith("#")]


def cut(source: Path, target: Path, code_points: list[int]) -> None:
    """Write a WOFF2 of `source` with these code points; it appears under its name when it is whole."""
    from fontTools import subset  # noqa: PLC0415 - only this child process pays for it

    options = subset.Options(flavor="woff2", layout_features=["*"], drop_tables=["DSIG"])
    font = subset.load_font(str(source), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=code_points)
    subsetter.subset(font)
    partial = target.with_suffix(".partial")
    subset.save_font(font, str(partial), options)
    partial.replace(target)


def main(folder: Path) -> None:
    """Write every font the pages ask for into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    catalogue_icons = [ord(character) for character in map(assets.icon, icon_names())]
    cut(assets.icon_font(), folder / "icons.woff2", catalogue_icons)
    for weight in WEIGHTS:
        cut(assets.font(weight), folder / f"BeVietnamPro-{weight}.woff2", list(_RANGES))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
