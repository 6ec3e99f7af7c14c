"""The table: the example works, and each fault is a sentence that names its key."""

import pytest

import assets
from display.counter.devices import BLANK, PAUSED, REFUSAL, Face
from display.counter.presses import PadKey
from display.counter.table import BadTable, read_table
from tests.counter.bus import KINDS, NEXT, line_table

EXAMPLE = (assets.FOLDER / "counter_devices.toml").read_text(encoding="utf-8")

LINE = '[[lines]]\nport = "/dev/x"\n'
SIGN = '[[lines.signs]]\ncounter = 1\nkind = "example"\naddress = 1\n'
PAD = '[[lines.pads]]\ncounter = 1\nkind = "example"\naddress = 1\n'
NUMBER_PAD = '[[number_pads]]\ncounter = 1\ndevice = "/dev/input/x"\n'


def test_the_example_is_a_table() -> None:
    """What people copy works: each look of the sign has its frame, each key of the pad its meaning."""
    line = read_table(EXAMPLE).lines[0]
    looks = [line.signs[0].render(face) for face in (Face("number", "A015"), BLANK, PAUSED, REFUSAL)]
    assert looks == [
        b"\x02\x01NA015&\x03",
        b"\x02\x01N    \xcf\x03",
        b"\x02\x01N=  =\x09\x03",
        b"\x02\x01N--- \xf6\x03",
    ]
    assert line.keys[NEXT] == PadKey(1, "next")
    assert (line.baud, line.gap_s, line.resend_s) == (9600, 0.02, 15.0)


def test_a_number_pad_knows_the_number_block_and_its_twins() -> None:
    """Enter of the number block is 96, that of a whole keyboard 28; the usual keys need no table."""
    pad = read_table(NUMBER_PAD).number_pads[0]
    assert (pad.keys[96], pad.keys[28], pad.keys[78]) == ("next", "next", "recall")
    assert (pad.keys[74], pad.keys[55], pad.keys[98]) == ("no_show", "pause", "finish")
    assert read_table(EXAMPLE).number_pads[0].keys[82] == "start"


def test_looks_that_a_sign_does_not_have_are_blank() -> None:
    """A board of digits has no dashes."""
    digits = read_table(EXAMPLE).lines[0].signs[1]
    assert digits.render(PAUSED) == digits.render(REFUSAL) == digits.render(BLANK) == b"\x02\x00\x00\x02"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a =", "this is no TOML: Invalid value"),
        ("", "expected a sign or a pad"),
        (LINE, "expected a sign or a pad"),
        ("speed = 1", "the table knows no key `speed`"),
        ("lines = 1", "lines: expected `array`, got `int`"),
        ("[[lines]]", "lines[0]: the table lacks its key `port`"),
        ('[[lines]]\nport = "ttyUSB0"', "lines[0].port: expected a path as /dev/serial/by-id/"),
        ('[[lines]]\nport = "socket://host"', "lines[0].port: expected a path"),
        (LINE + "baud = 9601", "lines[0].baud: expected one of 1200, 2400"),
        (LINE + 'parity = "odd?"', "lines[0].parity: expected one of none, even, odd; found odd?"),
        (LINE + "gap_ms = -1", "lines[0].gap_ms: expected `int` >= 0"),
        (KINDS + LINE + SIGN.replace("1", "0", 1), "lines[0].signs[0].counter: expected `int` >= 1"),
        (LINE + SIGN, "lines[0].signs[0].kind: there is no [sign_kinds.example]; there are: none"),
        (LINE + PAD, "lines[0].pads[0].kind: there is no [pad_kinds.example]; there are: none"),
        (KINDS + LINE + SIGN + SIGN, "lines[0].signs[1].address: the sign of counter 1 listens to the same frames"),
        (
            KINDS + LINE + PAD + PAD,
            "lines[0].pads[1]: its frame of next (05 01 31 30) cannot be told from that of next",
        ),
        (
            KINDS + LINE + SIGN + LINE,
            "lines[1].port: /dev/x is named twice; put all that hangs on it into one [[lines]]",
        ),
        (NUMBER_PAD + NUMBER_PAD, "number_pads[1].device: /dev/input/x is named twice"),
        (NUMBER_PAD.replace("/dev", "dev"), "number_pads[0].device: expected a path as /dev/input/by-id/"),
        (NUMBER_PAD + 'keys = { f1 = "next" }', "number_pads[0].keys: expected one of enter, +"),
        (NUMBER_PAD + 'keys = { enter = "skip" }', "number_pads[0].keys.enter: expected one of next, recall, start"),
        ('[pad_kinds.a]\nskip = "01"', "pad_kinds.a.skip: expected one of next"),
        ("[pad_kinds.a]\nnext = 1", "pad_kinds.a.next: expected `str`, got `int`"),
        ('[sign_kinds.a]\nblank = "01"', "sign_kinds.a: the table lacks its key `number`"),
        ('[sign_kinds.a]\nblank = "01"\nnumber = "02"', "sign_kinds.a.number: expected a place for the number"),
        (
            '[sign_kinds.a]\nblank = "xx"\nnumber = "{digits:ascii3}"',
            "sign_kinds.a.blank: expected bytes in hexadecimal",
        ),
    ],
)
def test_a_fault_is_named_by_its_key(text: str, sentence: str) -> None:
    """A person who wrote the table finds the place."""
    with pytest.raises(BadTable) as caught:
        read_table(text)
    assert str(caught.value).startswith(sentence)


def test_an_address_that_no_frame_holds_is_refused() -> None:
    """Two decimal places do not hold 100."""
    kinds = '[sign_kinds.example]\nnumber = "{address:ascii2} {digits:ascii3}"\nblank = "{address:ascii2}"\n'
    with pytest.raises(BadTable, match=r"lines\[0\]\.signs\[0\]\.address: 100 does not fit"):
        read_table(kinds + LINE + SIGN.replace("address = 1", "address = 100"))


def test_a_table_of_a_test_is_a_table() -> None:
    """What the other tests use is read by the same door."""
    assert [sign.counter for sign in read_table(line_table("/dev/x")).lines[0].signs] == [1, 2]
