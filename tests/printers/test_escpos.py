"""The bytes for the printer: read back by our decoder, held against another library, free of real-time patterns."""

import dataclasses
import logging
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from printer_drivers.bitmap import Bitmap
from printer_drivers.column_text import Words
from printer_drivers.decoder import UnreadableBytes, decode, read
from printer_drivers.dialect import BAND_ROWS, CUTTERS, IMAGES, PRESENTERS, USUAL, Dialect
from printer_drivers.dialect import Image as Encoding
from printer_drivers.escpos import CUT, INITIALISE, RASTER, cut_off, encode, encode_row, encode_rows
from printer_drivers.paper import PAPERS, Paper
from printer_drivers.raster import draw
from printer_drivers.slip import Slip

NARROW = dataclasses.replace(PAPERS[384], dialect=USUAL)
REAL_TIME = re.compile(rb"\x10[\x04\x05\x14]")


def paper_of(bitmap: Bitmap, paper: Paper) -> Bitmap:
    """Return what comes out of the printer: the picture and the blank end."""
    return Bitmap(
        bitmap.width_dots, bitmap.height + paper.end_dots, bitmap.data + bytes(paper.end_dots * paper.width_dots // 8)
    )


@st.composite
def bitmaps(draw_from: st.DrawFn, strange: bytes) -> Bitmap:
    """Pictures on 384 dots with blank stretches, blank edges, dense rows and the given bytes in plenty."""
    ink = st.one_of(
        st.binary(min_size=48, max_size=48), st.lists(st.sampled_from(strange), min_size=48, max_size=48).map(bytes)
    )
    edged = st.builds(
        lambda row, left, right: bytes(left) + row[left : 48 - right] + bytes(right),
        ink,
        st.integers(0, 24),
        st.integers(0, 24),
    )
    runs = st.lists(st.tuples(st.one_of(st.just(bytes(48)), edged), st.integers(1, 80)), max_size=6)
    rows = b"".join(row * count for row, count in draw_from(runs))
    return Bitmap(384, len(rows) // 48, rows)


@given(bitmap=bitmaps(strange=b"\x00\xff\x80\x01"))
def test_decoded_bytes_are_the_picture(bitmap: Bitmap) -> None:
    """Bands, trims, margins and feeds bring back every dot where no real-time pattern was in the way."""
    clean = without_real_time(bitmap)
    assert decode(b"".join(encode(clean, NARROW)), 384) == (paper_of(clean, NARROW),)


@given(bitmap=bitmaps(strange=b"\x00\x10\x04\x05\x14\x10"))
def test_real_time_patterns_cost_one_dot_each(bitmap: Bitmap) -> None:
    """No job holds DLE EOT, DLE ENQ or DLE DC4, and only one dot changes where a picture held one."""
    job = b"".join(encode(bitmap, NARROW))
    assert not REAL_TIME.search(job)
    (sheet,) = decode(job, 384)
    for was, became in zip(paper_of(bitmap, NARROW).data, sheet.data, strict=True):
        assert was == became or (was in b"\x04\x05\x14" and became == was | 0x02)


@pytest.mark.parametrize("width", sorted(PAPERS))
def test_slip_comes_back_dot_for_dot(slip: Slip, width: int) -> None:
    """A real slip, encoded and decoded, is the drawn slip, in well under three quarters of its raw bytes."""
    paper = PAPERS[width]
    bitmap = draw(slip, paper)
    job = b"".join(encode(bitmap, paper))
    assert decode(job, width) == (paper_of(bitmap, paper),)
    assert len(job) < 0.75 * len(bitmap.data)


def test_golden_bytes_of_a_small_picture() -> None:
    """A picture of ten rows gives exactly these bytes: header, band without its white right side, feed, cut."""
    row = bytes(1) + b"\xf0\x0f" + bytes(45)
    job = encode(Bitmap(384, 10, row * 5 + bytes(48 * 5)), NARROW)
    assert b"".join(job[:3]).hex(" ") == (
        "1b 40 "
        "1d 76 30 00 03 00 05 00 00 f0 0f 00 f0 0f 00 f0 0f 00 f0 0f 00 f0 0f "
        "1d 76 30 00 01 00 05 00 00 00 00 00 00"
    )
    assert job[0] == INITIALISE
    assert job[-1] == CUT


def test_paper_is_cut_only_where_something_cuts() -> None:
    """With a cutter a job ends by the cut, which feeds by itself; without one by feeding up to the tear bar."""
    picture = Bitmap(384, 1, b"\xff" * 48)
    torn = encode(picture, PAPERS[384])
    assert CUT in encode(picture, NARROW)
    assert CUT not in torn
    assert decode(b"".join(torn), 384)[0].height == 1 + 10 * 8
    for paper in (NARROW, PAPERS[384]):
        assert (CUT in encode_rows([Words("A")], paper)) is paper.cuts


COLUMNED = dataclasses.replace(NARROW, dialect=Dialect(image="column"))


@given(bitmap=bitmaps(strange=b"\x00\xff\x80\x01"))
def test_columns_are_the_picture_too(bitmap: Bitmap) -> None:
    """Lines of ESC * bring back every dot, with white below up to a whole line."""
    clean = without_real_time(bitmap)
    job = b"".join(encode(clean, COLUMNED))
    (sheet,) = decode(job, 384)
    assert sheet.data.startswith(clean.data)
    assert not any(sheet.data[len(clean.data) :])
    assert sheet.height == sum(-(-rows // 24) * 24 for rows in (clean.height, COLUMNED.end_dots))
    assert RASTER not in job


def test_golden_bytes_of_columns() -> None:
    """A dot at the top left and one at the bottom of its third column: spacing, columns, line feed, spacing back."""
    rows = [b"\x80", *[b"\x00"] * 22, b"\x20"]
    job = encode(Bitmap(8, 24, b"".join(rows)), COLUMNED)
    assert b"".join(job[1:4]).hex(" ") == "1b 33 18 1b 2a 21 03 00 80 00 00 00 00 00 00 00 01 0a 1b 32"


@given(bitmap=bitmaps(strange=b"\x00\x10\x04\x05\x14\x10"), image=st.sampled_from(IMAGES))
def test_no_dialect_holds_real_time_patterns(bitmap: Bitmap, image: Encoding) -> None:
    """No job in any dialect holds DLE EOT, DLE ENQ or DLE DC4."""
    paper = dataclasses.replace(NARROW, dialect=Dialect(image=image))
    assert not REAL_TIME.search(b"".join(encode(bitmap, paper)))


def heights_of(job: tuple[bytes, ...]) -> list[int]:
    """Return the rows of each raster of a job."""
    return [int.from_bytes(chunk[6:8], "little") for chunk in job if chunk.startswith(RASTER)]


@pytest.mark.parametrize("band", [32, 48, 64, 96, 255])
@pytest.mark.parametrize("rows", [48, 96, 112, 144, 192, 240, 288, 1000])
@pytest.mark.parametrize("ink", [b"\xff", b"\x00"], ids=["ink", "blank"])
def test_no_raster_is_a_multiple_of_48_rows_high(band: int, rows: int, ink: bytes) -> None:
    """A POS-5890K loses its place after such a raster, so none is ever sent, and no row is lost."""
    paper = dataclasses.replace(NARROW, dialect=Dialect(band_rows=band))
    heights = heights_of(encode(Bitmap(384, rows, ink * 48 * rows), paper))
    assert sum(heights) == rows + paper.end_dots
    assert not [height for height in heights if height % 48 == 0]
    assert max(heights) <= (255 if ink == b"\x00" else band)


@pytest.mark.parametrize("cutter", sorted(CUTTERS))
@pytest.mark.parametrize("presenter", [None, *PRESENTERS])
def test_each_cutter_ends_the_slip(cutter: str, presenter: str | None) -> None:
    """A job ends with the printer's own cut, and what hands the slip out; a cut that does not feed is fed for."""
    paper = dataclasses.replace(NARROW, dialect=Dialect(cutter=cutter, presenter=presenter))
    picture = Bitmap(384, 10, b"\xff" * 480)
    job = encode(picture, paper)
    assert job[-1].startswith(CUTTERS[cutter].command)
    assert len(job[-1]) > len(CUTTERS[cutter].command) or presenter is None
    (sheet,) = decode(b"".join(job), 384)
    assert sheet.height == 10 + (8 if cutter in {"gsv65", "gsv66"} else 15 * 8)
    assert decode(cut_off(paper), 384)[0].height >= (0 if cutter in {"gsv65", "gsv66"} else 15 * 8)


def test_nothing_is_cut_off_where_nothing_cuts() -> None:
    """A printer without a cutter gets no cut, also after a broken job."""
    assert cut_off(PAPERS[384]) == b""


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (Words("Hello"), b"Hello\n"),
        (Words(""), b"\n"),
        (Words("A1", 2, 2), b"\x1b!\x30A1\n\x1b!\x00"),
        (Words("A1", 1, 2), b"\x1b!\x10A1\n\x1b!\x00"),
        (Words("A1", 5, 8, "middle"), b"\x1ba\x01\x1d!\x47A1\n\x1d!\x00\x1ba\x00"),
    ],
)
def test_golden_bytes_of_lines_of_text(words: Words, expected: bytes) -> None:
    """Up to twice the size by the oldest command, beyond it by GS !, and always back to normal after the line."""
    assert encode_row(words, USUAL) == expected


def without_real_time(bitmap: Bitmap) -> Bitmap:
    """Return the picture without the byte that begins a real-time command."""
    return Bitmap(bitmap.width_dots, bitmap.height, bitmap.data.replace(b"\x10", b"\x11"))


def height_of(words: Words) -> int:
    """Return the rows that a line of text takes, a sixth of an inch at least."""
    return max(30, 24 * words.high if words.text else 0)


LINES = st.builds(
    Words, st.text("Ab 1#~", max_size=4), st.integers(1, 8), st.integers(1, 8), st.sampled_from(["left", "middle"])
)


@given(rows=st.lists(st.one_of(LINES, bitmaps(strange=b"\x00\xff\x80").map(without_real_time))), cuts=st.booleans())
def test_decoded_rows_are_the_words_and_the_pictures(rows: list[Words | Bitmap], cuts: bool) -> None:
    """Words come back as text, pictures dot for dot between them, and each line as high as its letters."""
    job = encode_rows(rows, NARROW if cuts else PAPERS[384])
    (sheet,) = read(b"".join(job), 384, cell=lambda _: (0,) * 24)
    said = [row.text for row in rows if isinstance(row, Words)]
    assert list(sheet.words[: len(said)]) == said
    assert not any(sheet.words[len(said) :])
    drawn = b"".join(row.data if isinstance(row, Bitmap) else bytes(48 * height_of(row)) for row in rows)
    assert sheet.picture.data[: len(drawn)] == drawn
    assert not any(sheet.picture.data[len(drawn) :])


def test_letters_of_text_mode_are_drawn_in_their_cells() -> None:
    """A letter three times as wide and twice as high fills that much of the paper, in the middle."""
    job = encode_rows([Words("A", 3, 4, "middle")], NARROW)
    (sheet,) = read(b"".join(job), 384, cell=lambda _: (0xFFF,) * 24)
    black = [int.from_bytes(row).bit_count() for row in sheet.picture.rows()]
    assert black[:97] == [36] * 96 + [0]
    row = int.from_bytes(sheet.picture.rows()[0])
    assert row == ((1 << 36) - 1) << (384 - 36) // 2
    assert decode(b"".join(job), 384)[0].data != sheet.picture.data


def test_short_gaps_stay_in_their_band() -> None:
    """Three blank rows between ink are part of the band, four are a feed of their own."""
    ink = b"\xff" * 48
    chunks = [len(encode(Bitmap(384, gap + 2, ink + bytes(48 * gap) + ink), NARROW)) for gap in (3, 4)]
    assert chunks[1] - chunks[0] == 2


def test_chunks_are_small_enough_for_a_small_printer(slip: Slip) -> None:
    """No chunk holds more than one band of 64 full rows."""
    job = encode(draw(slip, PAPERS[576]), PAPERS[576])
    assert max(map(len, job)) <= BAND_ROWS * 72 + 16


def test_picture_wider_than_the_paper_is_refused() -> None:
    """A picture for 80 mm paper is not sent to a 58 mm printer."""
    with pytest.raises(ValueError, match="576 dots does not fit paper of 384"):
        encode(Bitmap(576, 1, bytes(72)), NARROW)


@pytest.mark.parametrize("data", [b"\x00", b"\x00" * 12])
def test_bitmap_refuses_sizes_that_disagree(data: bytes) -> None:
    """A picture whose bytes are not its rows is refused when it is made."""
    with pytest.raises(ValueError, match="rows of"):
        Bitmap(16, 1, data)


@pytest.mark.parametrize(
    ("job", "complaint"),
    [
        (b"\x1b@\x07llo", "begins with 07 6c 6c 6f at byte 2"),
        (b"\x1b@Hello", "the end stands in the middle of a line"),
        (b"A\x1dv0\x00\x01\x00\x01\x00\xff", "a raster stands in the middle of a line"),
        (b"A" * 33 + b"\n", "wider than 384 dots at byte 33"),
        (b"\x1d!\x70" + b"A" * 5 + b"\n", "wider than 384 dots at byte 8"),
        (b"A\x1ba\x01", "a change of side"),
        (b"\x1dv0\x00\x02\x00\x02\x00\xff", "ends inside a command"),
        (b"\x1dv0\x00\x31\x00\x01\x00" + bytes(49), "49 bytes does not fit"),
        (b"\x1b*\x21\x81\x01" + bytes(3 * 385), "385 columns does not fit"),
        (b"\x1b*\x21\x01\x00abcd", "a letter stands in a line of columns"),
        (b"\x1b*\x21\x01\x00abc\x1dVB\x00", "the cut stands in the middle of a line"),
        (b"\x1dL\x08\x00", "begins with 1d 4c 08 00"),
    ],
)
def test_decoder_names_what_it_cannot_read(job: bytes, complaint: str) -> None:
    """Bytes that are not ours, cut short or off the paper are refused with their place."""
    with pytest.raises(UnreadableBytes, match=complaint):
        decode(job, 384)


def test_decoder_cuts_where_the_job_cuts() -> None:
    """Two jobs in a row are two sheets, and rows after the last cut are one more."""
    row = encode(Bitmap(384, 1, b"\xff" * 48), NARROW)
    sheets = decode(b"".join(row + row + row[:-1]), 384)
    assert [sheet.height for sheet in sheets] == [9, 9, 9]


@pytest.mark.filterwarnings("default")  # the reference library opens files it does not close
def test_band_equals_the_reference_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A band without white edges is byte for byte what python-escpos makes of the same picture."""
    monkeypatch.setenv("ESCPOS_CAPABILITIES_PICKLE_DIR", str(tmp_path))
    handlers = logging.root.handlers[:]
    try:
        from escpos.printer import Dummy  # noqa: PLC0415 - importing it writes files and sets up logging
    finally:
        logging.root.handlers[:] = handlers
    data = bytes(0x81 | (7 * at) % 251 for at in range(48 * BAND_ROWS))
    reference = Dummy(profile="POS-5890")
    picture = Image.frombytes("1", (384, BAND_ROWS), bytes(byte ^ 0xFF for byte in data))
    reference.image(picture, impl="bitImageRaster", center=False)
    assert encode(Bitmap(384, BAND_ROWS, data), NARROW)[1] == reference.output
