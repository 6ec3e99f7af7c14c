"""The test page of a printer and the command that prints it."""

from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from printer_drivers.__main__ import main
from printer_drivers.layout import Bar, Text
from printer_drivers.paper import PAPERS
from printer_drivers.raster import FontRuler
from printer_drivers.trial_page import lay_out_trial_page, vietnamese_letters


@pytest.mark.parametrize("width", sorted(PAPERS))
def test_page_fills_the_width_and_holds_all_letters(width: int) -> None:
    """The ruler runs from edge to edge and no letter of the 134 is missing or off the paper."""
    page = lay_out_trial_page(PAPERS[width], FontRuler(), "x")
    texts = [piece for piece in page.pieces if isinstance(piece, Text)]
    letters = vietnamese_letters()
    assert len(set(letters)) == len(letters) == 134
    assert letters in "".join(text.words for text in texts)
    assert max(piece.left + piece.width for piece in page.pieces if isinstance(piece, Bar)) == width
    for text in texts:
        assert text.left + FontRuler().extent(text.words, text.weight, text.size).width <= width


def test_command_prints_the_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command prints on the virtual printer, says how it ended and exits with 0; the code can be read."""
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    assert main(["test", f"virtual://{tmp_path}?width=384"]) == 0
    assert "Đã in xong" in capsys.readouterr().out
    with Image.open(tmp_path / "latest.png") as paper:
        framed = Image.new("L", (paper.width + 64, paper.height + 64), 255)
        framed.paste(paper.convert("L"), (32, 32))
    assert [code.text for code in zxingcpp.read_barcodes(framed)] == ["motcua 384"]
