"""A catalogue as text: it reads as it was written, and all that is wrong with it is said, with line and key."""

from pathlib import Path

import pytest

from queue_server.catalogue_file import (
    CatalogueRefused,
    catalogue_text,
    read_calendar_text,
    read_catalogue_text,
    with_hours,
)
from queue_server.core.catalogue import Catalogue
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
