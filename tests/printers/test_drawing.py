"""Slips as whole jobs: their bytes, and what comes out when the bytes are drawn back, in each form on each width."""

import dataclasses
import io
import re

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from printer_drivers.column_text import fold
from printer_drivers.decoder import read
from printer_drivers.dialect import Dialect
from printer_drivers.drawing import Job, job_of, length_mm, trial_job_of
from printer_drivers.escpos import CUT, RASTER
from printer_drivers.layout import Layout, Piece, Text, lay_out
from printer_drivers.lettering import read_face
from printer_drivers.paper import CELL_HEIGHT, FORMS, PAPERS, Form
from printer_drivers.raster import FontRuler, cell, draw, encode_png, paint
from printer_drivers.slip import LONGEST_TEXT, Slip
from printer_drivers.trial_page import vietnamese_letters
from printer_drivers.wrapping import Weight
from tests.printers.golden_jobs import FULL, SLIPS, SUMS, USUAL, drawn_sums, golden_path, job_bytes, paper_of

WIDTHS = sorted(PAPERS)
EACH_WIDTH = pytest.mark.parametrize("width", WIDTHS)
EACH_FORM = pytest.mark.parametrize("form", FORMS)
EACH_SLIP = pytest.mark.parametrize("name", SLIPS)
REAL_TIME = re.compile(rb"\x10[\x04\x05\x14]")
# 10 bits a byte.
BYTES_A_SECOND = 9600 / 10


def picture_of(job: Job, width: int) -> Image.Image:
    """Draw a job back and return the paper with its unprinted margins of 4 mm, as an eye sees it."""
    (sheet,) = read(b"".join(job), width, cell)
    paper = Image.new("L", (width + 64, sheet.picture.height + 64), 255)
    paper.paste(Image.open(io.BytesIO(encode_png(sheet.picture))).convert("L"), (32, 32))
    return paper


# ---------------------------------------------------------------- golden bytes


def test_raster_jobs_are_those_that_were_looked_at() -> None:
    """The bytes of the raster form have not changed; renew with `python -m tests.printers.golden_jobs`."""
    assert drawn_sums() == SUMS.read_text(encoding="ascii")


@EACH_SLIP
@pytest.mark.parametrize("form", ["slow", "plain"])
@EACH_WIDTH
def test_small_jobs_are_those_that_were_looked_at(name: str, form: Form, width: int) -> None:
    """The bytes of the other forms have not changed; renew with `python -m tests.printers.golden_jobs`."""
    assert job_bytes(name, form, width) == golden_path(name, form, width).read_bytes()


# ---------------------------------------------------------------- drawn back


@EACH_SLIP
@EACH_WIDTH
def test_raster_job_comes_back_dot_for_dot(name: str, width: int) -> None:
    """Decoded, a job of the raster form is the drawn slip and the blank end, in four fifths of its raw bytes."""
    paper, drawn = PAPERS[width], draw(SLIPS[name], PAPERS[width])
    job = job_of(SLIPS[name], paper)
    (sheet,) = read(b"".join(job), width)
    assert sheet.words == ()
    assert sheet.picture.data == drawn.data + bytes(paper.end_dots * width // 8)
    assert len(b"".join(job)) < 0.8 * len(drawn.data)


@EACH_WIDTH
def test_code_is_read_back_from_the_paper(width: int) -> None:
    """An independent reader finds the address on the paper that the bytes make."""
    picture = picture_of(job_of(USUAL, PAPERS[width]), width)
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [USUAL.qr]


@EACH_SLIP
@EACH_WIDTH
def test_slow_job_says_and_draws_the_whole_slip(name: str, width: int) -> None:
    """The number is text in the largest letters, the service is drawn, and what is not drawn is said bare."""
    slip = SLIPS[name]
    (sheet,) = read(job_bytes(name, "slow", width), width, cell=lambda _: (0,) * CELL_HEIGHT)
    said = " ".join(sheet.words)
    assert slip.number in sheet.words
    assert fold(slip.note) in said
    assert fold(slip.service) not in said
    assert fold(slip.center) in said
    assert any(sheet.picture.data)
    assert bytes([0x1D, ord("!"), 0x77]) + b"A015\n" in job_bytes(name, "slow", width)


@EACH_WIDTH
def test_slow_strips_are_drawn_dot_for_dot(width: int) -> None:
    """The service and the lines that still fit come back as the dots of their words."""
    (sheet,) = read(job_bytes("usual", "slow", width), width, cell=lambda _: (0,) * CELL_HEIGHT)
    rows = sheet.picture.rows()
    for words, size_mm in [(line, 2.5) for line in USUAL.lines[:2]] + [(USUAL.service, 3.5)]:
        size = PAPERS[width].dots(size_mm)
        weight: Weight = "Bold" if words == USUAL.service else "SemiBold"
        ink = paint(Layout(width, size * 2, (Text(0, size + 8, words, weight, size),)))
        inked = [row for row in ink.rows() if any(row)]
        assert any(rows[at : at + len(inked)] == inked for at in range(len(rows))), words


@EACH_SLIP
@EACH_WIDTH
def test_slow_job_takes_at_most_four_seconds_at_9600_baud(name: str, width: int) -> None:
    """On every width a slip goes through the slowest line before its holder has turned away."""
    job = job_bytes(name, "slow", width)
    assert len(job) <= 3700
    assert len(job) / BYTES_A_SECOND <= 4.0


@EACH_SLIP
@EACH_WIDTH
def test_plain_job_is_text_alone(name: str, width: int) -> None:
    """The emergency form says every word without accents and draws nothing."""
    slip, job = SLIPS[name], job_bytes(name, "plain", width)
    (sheet,) = read(job, width)
    said = " ".join(" ".join(sheet.words).split())
    for words in (slip.center, slip.service, slip.number, *slip.lines, slip.time_line, slip.note):
        assert fold(words) in said
    for mark in filter(None, (slip.priority_mark, slip.reprint_mark)):
        assert f"*** {fold(mark)} ***" in sheet.words
    assert RASTER not in job
    assert len(job) < 600


@EACH_FORM
@EACH_WIDTH
def test_length_is_that_of_the_paper(form: Form, width: int) -> None:
    """The millimetres of a job are those of its sheet; a usual slip is at most 90 mm and the way to the tear bar."""
    paper = paper_of(width, form)
    job = job_of(USUAL, paper)
    assert length_mm(job, paper) == read(b"".join(job), width)[0].picture.height / paper.dots_per_mm
    assert 40 < length_mm(job, paper) <= 90 + max(paper.end_dots, 90) / paper.dots_per_mm


@EACH_WIDTH
@pytest.mark.parametrize("cuts", [True, False])
@EACH_FORM
def test_every_form_is_cut_where_there_is_a_cutter(form: Form, width: int, cuts: bool) -> None:
    """A cutter gets its command at the very end, once; without one the paper is fed 10 mm or more."""
    paper = dataclasses.replace(paper_of(width, form), dialect=Dialect(cutter="gsv66" if cuts else None))
    job = b"".join(job_of(USUAL, paper))
    assert job.count(CUT) == cuts
    assert job.endswith(CUT) is cuts
    (sheet,) = read(job, width)
    blank = len(sheet.picture.data) - len(sheet.picture.data.rstrip(b"\x00"))
    assert cuts or blank // (width // 8) >= 10 * paper.dots_per_mm


@EACH_WIDTH
@EACH_FORM
def test_trial_page_shows_what_the_form_can_do(form: Form, width: int) -> None:
    """The page names its width, counts columns or millimetres, and holds all letters as dots, or bare in text."""
    job = trial_job_of(paper_of(width, form), "motcua")
    (sheet,) = read(b"".join(job), width)
    codes = [code.text for code in zxingcpp.read_barcodes(picture_of(job, width))]
    assert codes == (["motcua"] if form == "raster" else [])
    assert (str(width) in sheet.words) is (form != "raster")
    said = "".join(sheet.words)
    assert (fold(vietnamese_letters()) in said) is (form == "plain")
    assert all(len(words) <= width // 12 for words in sheet.words)


# ---------------------------------------------------------------- any words

WORDS = st.one_of(
    st.text(st.sampled_from(vietnamese_letters() + "abcXYZ0 -,"), max_size=90),
    st.text(st.sampled_from("WMgjy\u0302\u0323\u0309lif/"), max_size=90),
    st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=24),
    st.lists(st.sampled_from(["Nghiêng", "ƯỠN", "quốc", "Ẫ" * 40]), max_size=12).map(" ".join),
).filter(lambda words: len(words) <= LONGEST_TEXT)
NUMBERS = st.text(st.sampled_from("AĐWQj0189"), min_size=1, max_size=7)
ANY_SLIPS = st.builds(
    Slip,
    center=WORDS,
    service=WORDS,
    number=NUMBERS,
    time_line=WORDS,
    note=WORDS,
    priority_mark=st.none() | WORDS,
    reprint_mark=st.none() | WORDS,
    lines=st.lists(WORDS, max_size=3).map(tuple),
    qr=st.none() | st.just(USUAL.qr),
    qr_caption=WORDS,
)
# Drawing letters for the first time takes most of a second on a slow machine.
SLOWLY = settings(max_examples=60, deadline=None)
MORE = 96


def moved(piece: Piece) -> Piece:
    """Return the piece farther from every edge."""
    return dataclasses.replace(piece, left=piece.left + MORE).down(MORE)


def ink_of(text: Text) -> bytes:
    """Draw words with plenty of room and nothing of ours, and return their ink without the white around it."""
    canvas = Image.new("1", (4 * WIDTHS[-1], 8 * text.size))
    font = ImageFont.truetype(io.BytesIO(read_face(text.weight)), text.size, layout_engine=ImageFont.Layout.BASIC)
    ImageDraw.Draw(canvas).text((WIDTHS[-1], 4 * text.size), text.words, fill=1, font=font, anchor="ls")
    return inked(canvas)


def inked(canvas: Image.Image) -> bytes:
    """Return the picture without the white around it; some letters are blank in the font."""
    ink = canvas.getbbox()
    return b"" if ink is None else canvas.crop(ink).tobytes()


@SLOWLY
@given(slip=ANY_SLIPS, width=st.sampled_from(WIDTHS))
def test_nothing_is_clipped(slip: Slip, width: int) -> None:
    """With room on all sides the layout has not one dot more than on the paper, and each text has all its ink."""
    layout = lay_out(slip, PAPERS[width], FontRuler())
    wide, high = width + 2 * MORE, layout.height + 2 * MORE
    roomy = paint(Layout(wide, high, tuple(map(moved, layout.pieces))))
    there = Image.frombytes("1", (wide, high), roomy.data)
    on_paper = there.crop((MORE, MORE, MORE + width, MORE + layout.height))
    assert on_paper.tobytes() == paint(layout).data
    there.paste(0, (MORE, MORE, MORE + width, MORE + layout.height))
    assert there.getbbox() is None
    for text in layout.pieces:
        if isinstance(text, Text) and text.width is None:
            alone = paint(
                Layout(wide // 8 * 8, 8 * text.size, (dataclasses.replace(text, baseline=4 * text.size, light=False),))
            )
            drawn = Image.frombytes("1", (alone.width_dots, alone.height), alone.data)
            assert inked(drawn) == ink_of(text), text


@SLOWLY
@given(slip=ANY_SLIPS, width=st.sampled_from(WIDTHS), form=st.sampled_from(FORMS))
def test_no_words_make_a_job_that_printers_misread(slip: Slip, width: int, form: Form) -> None:
    """Any slip becomes one sheet of commands that are known, within the width, without a real-time pattern."""
    job = b"".join(job_of(slip, paper_of(width, form)))
    assert not REAL_TIME.search(job)
    (sheet,) = read(job, width)
    assert sheet.picture.height > 15 * PAPERS[width].dots_per_mm * (form == "raster")
    if form == "slow":
        assert len(job) <= 3700 or RASTER not in job


@EACH_WIDTH
def test_both_marks_are_seen_on_a_full_slip(width: int) -> None:
    """The priority bar is black and the reprint frame is closed, on the paper that the bytes make."""
    (sheet,) = read(b"".join(job_of(FULL, PAPERS[width])), width)
    black = [int.from_bytes(row).bit_count() for row in sheet.picture.rows()]
    assert sum(dots > 0.8 * width for dots in black) >= 15
    assert black.count(width) >= 6
