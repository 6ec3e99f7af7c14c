"""A catalogue as text: it reads as it was written, and all that is wrong with it is said, with line and key."""

import unicodedata
from pathlib import Path

import pytest

from printer_drivers.slip import LONGEST_QR
from queue_protocol.ids import token_of
from queue_server.catalogue_file import (
    CatalogueRefused,
    catalogue_text,
    read_calendar_text,
    read_catalogue_text,
    with_hours,
)
from queue_server.core.catalogue import LONGEST_ADDRESS, Catalogue
from tests.core import center
from tests.house.sources import ROOT, files
from tests.storage.every_event import CATALOGUE

TEXT = (ROOT / "assets" / "catalogues" / "xa-vua.toml").read_text("utf-8")
PRESETS = files(".toml", ("assets/catalogues",))


@pytest.mark.parametrize(
    "catalogue", [CATALOGUE, center.CATALOGUE, center.with_hours()], ids=["full", "least", "hours"]
)
def test_a_catalogue_reads_as_it_was_written(catalogue: Catalogue) -> None:
    """Every setting survives the way to the file and back, under its comment."""
    text = catalogue_text(catalogue, ("first line", "second line"))
    assert text.startswith("# first line\n# second line\n\n")
    assert read_catalogue_text(text, "file") == catalogue


@pytest.mark.parametrize("path", PRESETS, ids=lambda path: path.stem)
def test_a_preset_survives_export(path: Path) -> None:
    """So do the shipped ones."""
    catalogue = read_catalogue_text(path.read_text("utf-8"), path.name)
    assert read_catalogue_text(catalogue_text(catalogue), "file") == catalogue


def line_of(text: str, wanted: str) -> int:
    """Return the line on which something stands first."""
    return text[: text.index(wanted)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "key", "words"),
    [
        ('prefix = "A"', 'prefix = "a1"', "services[0].prefix", "matching regex"),
        (
            "expected_minutes = 12",
            'expected_minutes = "x"',
            "services[1].expected_minutes",
            "expected `int`, got `str`",
        ),
        ("expected_minutes = 6", "expected_minutes = 900", "services[0].expected_minutes", "<= 240"),
        ('id = "certification"', 'id = "Chứng"', "services[0].id", "matching regex '^[a-z][a-z0-9_]{0,31}$'"),
        ('icon = "stamper"', 'symbol = "stamper"', "services[0].symbol", "the table knows no key `symbol`"),
        ('"Asia/Ho_Chi_Minh"', '"Asia/Hanoi"', "time_zone", "write Asia/Ho_Chi_Minh"),
        ('names.vi = "Chứng thực"', "names.vi = 5", "services[0].names", "expected `str`, got `int`"),
        (
            '["certification", "results"]',
            '["certification", 3]',
            "counters[0].services[1]",
            "expected `str`, got `int`",
        ),
    ],
)
def test_the_line_of_what_is_wrong(old: str, new: str, key: str, words: str) -> None:
    """The sentence has the file, the line, the key and what was expected."""
    text = TEXT.replace(old, new, 1)
    with pytest.raises(CatalogueRefused) as caught:
        read_catalogue_text(text, "broken.toml")
    [problem] = caught.value.problems
    assert (problem.line, problem.key) == (line_of(text, new), key)
    assert words in problem.what
    assert str(caught.value).startswith("The catalogue broken.toml is not right: line ")


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        (
            'id = "land"',
            'id = "civil_status"',
            '[[services]]\nid = "civil_status"\nprefix = "L"',
            "stands there 2 times",
        ),
        ('["certification", "results"]', '["certification"]', '[[services]]\nid = "results"', "served by no counter"),
        ('"results"]', '"result"]', "[[counters]]\nnumber = 1", "which is no service of this file"),
        ('names.vi = "Hộ tịch"', "", '[[services]]\nid = "civil_status"', "has no Vietnamese name"),
        (
            "[[counters]]\nnumber = 2",
            "[[counters]]\nnumber = 1",
            '[[counters]]\nnumber = 1\nservices = ["civ',
            "2 times",
        ),
    ],
)
def test_the_line_of_what_contradicts_itself(old: str, new: str, line: str, words: str) -> None:
    """A contradiction is between lines: the one of the service or counter that it speaks of is named."""
    text = TEXT.replace(old, new, 1)
    with pytest.raises(CatalogueRefused) as caught:
        read_catalogue_text(text, "broken.toml")
    assert any(problem.line == line_of(text, line) and words in problem.what for problem in caught.value.problems), (
        caught.value.problems
    )


def test_a_part_that_lacks_a_key() -> None:
    """What is not there has no line; the table that lacks it has."""
    text = TEXT.replace('icon = "stamper"', "", 1)
    with pytest.raises(CatalogueRefused) as caught:
        read_catalogue_text(text, "broken.toml")
    assert [str(each) for each in caught.value.problems] == [
        f"line {line_of(text, '[[services]]')}, services[0]: the table lacks its key `icon`"
    ]


def test_all_that_is_wrong_is_said_at_once() -> None:
    """Three faults of type are three sentences, and so are three contradictions."""
    mistyped = TEXT.replace('prefix = "A"', 'prefix = "a1"').replace("expected_minutes = 12", "expected_minutes = 0")
    contradicting = TEXT.replace('id = "land"', 'id = "civil_status"').replace('["civil_status", "g', '["civil", "g')
    for text, words in ((mistyped, 3), (contradicting, 3)):
        with pytest.raises(CatalogueRefused) as caught:
            read_catalogue_text(text.replace('vi", "en"]', 'vi", 5]') if text == mistyped else text, "broken.toml")
        assert len(caught.value.problems) >= words, caught.value


@pytest.mark.parametrize("text", ["a = ", "a = 1\na = 2", "[[[", "\x00"])
def test_what_is_no_toml_has_its_line(text: str) -> None:
    """The reader's own words, with where it stopped."""
    with pytest.raises(CatalogueRefused) as caught:
        read_catalogue_text(text, "broken.toml")
    assert "this is no TOML" in str(caught.value)
    assert caught.value.problems[0].line in {1, 2}


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a = 1\nb = " + "[" * 3000 + "]" * 3000, None, "nested too deeply"),
        ("a = " + "{b = " * 500 + "1" + "}" * 500, None, "nested too deeply"),
        ("a = 1\nb = " + "9" * 5000, 2, "a number has too many digits"),
    ],
    ids=["arrays", "tables", "digits"],
)
def test_what_is_too_much_for_the_reader_is_refused(text: str, line: int | None, words: str) -> None:
    """A file that would break the reader is a sentence, as any other that is no catalogue."""
    with pytest.raises(CatalogueRefused, match="this is no TOML") as caught:
        read_catalogue_text(text, "broken.toml")
    [problem] = caught.value.problems
    assert (problem.line, words in problem.what) == (line, True)


def test_no_depth_is_an_error_of_another_kind() -> None:
    """Where the reader just manages, nothing behind it gives in."""
    for depth in range(100, 520, 7):
        for text in (f"a = {'[' * depth}{']' * depth}", f"a = {'{b = ' * depth}1{'}' * depth}"):
            with pytest.raises(CatalogueRefused):
                read_catalogue_text(text, "deep.toml")


def test_a_file_of_notepad_is_read() -> None:
    """The mark that Windows puts before a text is none of its characters."""
    assert read_catalogue_text("\ufeff" + TEXT, "file") == read_catalogue_text(TEXT, "file")
    assert read_calendar_text("\ufeff" + CALENDAR, "file") == read_calendar_text(CALENDAR, "file")


def test_words_are_taken_in_one_form() -> None:
    """A text from a Mac, or an escape for a mark above a letter, names the same service as any other."""
    plain = read_catalogue_text(TEXT, "file")
    assert read_catalogue_text(unicodedata.normalize("NFD", TEXT), "file") == plain
    escaped = TEXT.replace('names.vi = "Chứng thực"', 'names.vi = "Chư\\u0301ng thực"', 1)
    assert escaped != TEXT
    assert read_catalogue_text(escaped, "file") == plain


@pytest.mark.parametrize(
    ("old", "new", "key", "code"),
    [
        ('names.vi = "Chứng thực"', 'names.vi = "Chứng\\u0007"', "services[0].names.vi", "U+0007"),
        ('names.vi = "Chứng thực"', 'names.vi = "Chứng\\nthực"', "services[0].names.vi", "U+000A"),
        ('names.vi = "Chứng thực"', 'names.vi = "\u202ecựht"', "services[0].names.vi", "U+202E"),
        ('prefix = "A"', 'prefix = "A\\n"', "services[0].prefix", "U+000A"),
        ('["certification", "results"]', '["certification", "results\\n"]', "counters[0].services[1]", "U+000A"),
    ],
)
def test_characters_that_no_screen_shows_are_refused(old: str, new: str, key: str, code: str) -> None:
    """The line, the key and the character that an editor may not show either."""
    text = TEXT.replace(old, new, 1)
    with pytest.raises(CatalogueRefused) as caught:
        read_catalogue_text(text, "broken.toml")
    [problem] = caught.value.problems
    assert (problem.line, problem.key) == (line_of(text, new), key)
    assert f"the character {code}" in problem.what


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("http://10.20.30.40:8080", None),
        ("http://" + "a" * (LONGEST_ADDRESS - 7), None),
        ("http://" + "a" * (LONGEST_ADDRESS - 6), "public_address has 92 characters"),
        ("http://xã-bảo-hà.vn", "write it in ASCII"),
    ],
)
def test_an_address_that_no_slip_can_hold_is_refused(address: str, words: str | None) -> None:
    """A kiosk would find out with each slip."""
    text = f'public_address = "{address}"\n{TEXT}'
    if words is None:
        assert read_catalogue_text(text, "file").public_address == address
        return
    with pytest.raises(CatalogueRefused) as caught:
        read_catalogue_text(text, "broken.toml")
    [problem] = caught.value.problems
    assert (problem.line, problem.key, words in problem.what) == (1, "public_address", True)


def test_the_longest_address_fills_the_code_of_a_slip() -> None:
    """What the catalogue lets through is what paper has room for."""
    assert len(f"{'a' * LONGEST_ADDRESS}/t/{token_of(bytes(16))}") == LONGEST_QR


@pytest.mark.parametrize("text", ["", "services = 3", "services = [3]", 'policy = "x"', "hours = []"])
def test_a_text_of_another_kind_is_refused(text: str) -> None:
    """Whatever TOML can say that is no catalogue is a refusal and never another error."""
    with pytest.raises(CatalogueRefused):
        read_catalogue_text(text, "broken.toml")


CALENDAR = """
[hours]
sessions = [{ days = ["mon"], opens = "07:00", closes = "11:00" }]
closed = [2026-12-31]
"""


def test_a_calendar_replaces_the_hours_alone() -> None:
    """A file from the province has hours and nothing else that counts."""
    hours = read_calendar_text(CALENDAR + "\n[other]\nx = 1\n", "calendar.toml")
    changed = with_hours(CATALOGUE, hours, "calendar.toml")
    assert (changed.hours, changed.services, changed.policy) == (hours, CATALOGUE.services, CATALOGUE.policy)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "a calendar has a table [hours]"),
        (CALENDAR.replace("07:00", "7:00"), "line 3, hours.sessions[0].opens"),
        (CALENDAR.replace('"mon"', '"monday"'), "line 3, hours.sessions[0].days"),
    ],
)
def test_a_wrong_calendar_is_refused(text: str, words: str) -> None:
    """With line and key, as a catalogue is."""
    with pytest.raises(CatalogueRefused) as caught:
        read_calendar_text(text, "calendar.toml")
    assert words in str(caught.value)


def test_a_calendar_that_contradicts_itself_is_refused() -> None:
    """A session that closes before it opens is none."""
    hours = read_calendar_text(CALENDAR.replace("11:00", "06:00"), "calendar.toml")
    with pytest.raises(CatalogueRefused, match="opens at 07:00 and closes at 06:00"):
        with_hours(CATALOGUE, hours, "calendar.toml")
