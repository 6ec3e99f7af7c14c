"""The logo of a center: what is taken, how it is made to fit, and what is refused in which words."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from printer_drivers.paper import PAPERS
from printer_drivers.printer import PrinterError
from printer_drivers.raster import BadLogo, read_logo

WHITE: dict[str, int | tuple[int, ...]] = {"1": 1, "L": 255, "LA": (255, 0)}
BLACK: dict[str, int | tuple[int, ...]] = {"1": 0, "L": 0, "LA": (0, 255)}


def saved(folder: Path, mode: str, size: tuple[int, int], inked: tuple[int, int, int, int]) -> Path:
    """Save a PNG with one black rectangle and return its path."""
    picture = Image.new(mode, size, WHITE[mode])
    ImageDraw.Draw(picture).rectangle(inked, fill=BLACK[mode])
    picture.save(folder / "logo.png")
    return folder / "logo.png"


@pytest.mark.parametrize("mode", ["1", "L", "LA"])
def test_small_logo_is_kept_dot_for_dot_without_its_margins(tmp_path: Path, mode: str) -> None:
    """Black and white, grey and transparent pictures give the same dots, padded to whole bytes."""
    logo = read_logo(saved(tmp_path, mode, (90, 70), (20, 10, 52, 39)), PAPERS[576])
    assert (logo.width_dots, logo.height) == (40, 30)
    assert logo.rows() == [b"\xff\xff\xff\xff\x80"] * 30


@pytest.mark.parametrize("width", sorted(PAPERS))
@pytest.mark.parametrize("size", [(1900, 300), (300, 1900), (1900, 1900)])
def test_large_logo_is_made_to_fit(tmp_path: Path, width: int, size: tuple[int, int]) -> None:
    """Whatever its shape, a logo is at most 10 mm high and a quarter of the paper wide."""
    logo = read_logo(saved(tmp_path, "L", size, (0, 0, size[0] - 1, size[1] - 1)), PAPERS[width])
    assert logo.height <= 10 * PAPERS[width].dots_per_mm + 1
    assert logo.width_dots <= width / 4
    assert any(logo.data)


@pytest.mark.parametrize(
    ("make", "complaint"),
    [
        (lambda _path: None, "there is no logo at"),
        (lambda path: path.write_bytes(b"GIF89a"), "cannot be read as a PNG file"),
        (lambda path: Image.new("L", (9, 9)).save(path, "JPEG"), "cannot be read as a PNG file"),
        (lambda path: path.mkdir(), "cannot be read as a PNG file"),
        (lambda path: Image.new("RGB", (9, 9)).save(path), "is in colour (RGB)"),
        (lambda path: Image.new("P", (9, 9)).save(path), "is in colour (P)"),
        (lambda path: Image.new("1", (2001, 9)).save(path), "has 2001 by 9 dots; give one of at most 2000"),
        (lambda path: Image.new("L", (9, 9), 255).save(path), "is blank"),
    ],
)
def test_unfit_logo_is_refused_in_a_sentence(tmp_path: Path, make: Callable[[Path], object], complaint: str) -> None:
    """A missing file, another format, colour, too many dots and blank paper each have their sentence."""
    path = tmp_path / "logo.png"
    make(path)
    with pytest.raises(BadLogo, match=re.escape(complaint)) as refused:
        read_logo(path, PAPERS[576])
    assert isinstance(refused.value, PrinterError)


def test_logo_cut_short_is_refused(tmp_path: Path) -> None:
    """A file that was copied only in part is refused like one that is no PNG."""
    path = saved(tmp_path, "L", (300, 300), (0, 0, 99, 99))
    path.write_bytes(path.read_bytes()[:120])
    with pytest.raises(BadLogo, match="cannot be read as a PNG"):
        read_logo(path, PAPERS[384])
