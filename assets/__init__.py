"""Where every box finds the shared files: fonts, icons, colours, texts, clips and presets.

This package owns no behaviour. Fonts and icons come from their own packages at install time; the rest lies
beside this file.
"""

import functools
import importlib
import tomllib
from pathlib import Path
from typing import Any, Literal

import fontpkg_be_vietnam_pro

FOLDER = Path(__file__).resolve().parent

Weight = Literal["Regular", "Medium", "SemiBold", "Bold", "ExtraBold"]


def font(weight: Weight) -> Path:
    """Return the TTF of Be Vietnam Pro in this weight; it covers all 134 Vietnamese letters."""
    return Path(fontpkg_be_vietnam_pro.ROOT) / "files" / f"BeVietnamPro-{weight}.ttf"


def icon_font() -> Path:
    """Return the TTF of Material Design Icons 7."""
    return (
        Path(str(importlib.import_module("fonticon_mdi7").__file__)).parent
        / "fonts"
        / "materialdesignicons-webfont.ttf"
    )


def icon(name: str) -> str:
    """Return the one character that draws the icon `name` (as `file_check`) in `icon_font()`.

    Raises `KeyError` when the icon font has no such icon.
    """
    return _icons()[name]


def look() -> dict[str, Any]:
    """Return `look.toml`: colours as `#RRGGBB`, hues of services in order, font sizes per surface."""
    return _look()


@functools.cache
def _look() -> dict[str, Any]:
    return tomllib.loads((FOLDER / "look.toml").read_text(encoding="utf-8"))


@functools.cache
def _icons() -> dict[str, str]:
    glyphs = importlib.import_module("fonticon_mdi7").MDI7
    return {name: str(value)[-1] for name, value in vars(glyphs).items() if not name.startswith("_")}
