"""Keys and facts become words: forms, plurals, what stands in for a missing or unchecked translation."""

from datetime import UTC, date, datetime

import pytest
from babel.messages.pofile import PoFileError

from queue_protocol.texts import Texts

HEAD = r"""
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\n"
"Plural-Forms: {plural}\n"
"""
VI = Texts.read(
    "vi",
    (
        HEAD.format(plural="nplurals=1; plural=0;")
        + """
msgid "greeting"
msgstr "Kính chào ông/bà"

msgid "people"
msgid_plural "people"
msgstr[0] "còn {n} lượt"

msgid "call"
msgstr "Mời số {number} đến quầy số {counter}"

msgid "date_long"
msgstr "{weekday}, ngày {day} {month_name} năm {year}"

msgid "weekday_monday"
msgstr "Thứ Hai"

msgid "month_11"
msgstr "tháng 11"
"""
    ).encode(),
)
EN = Texts.read(
    "en",
    (
        HEAD.format(plural="nplurals=2; plural=(n != 1);")
        + """
msgid "people"
msgid_plural "people"
msgstr[0] "{n} person of {all}"
msgstr[1] "{n} people of {all}"

#, fuzzy
msgid "greeting"
msgstr "Hello, sir or madam"

msgid "call"
msgstr ""
"""
    ).encode(),
    VI,
)


def test_facts_fill_the_sentence() -> None:
    """Each place in a sentence is filled by name."""
    assert VI.say("call", number="A015", counter=3) == "Mời số A015 đến quầy số 3"


@pytest.mark.parametrize(("n", "words"), [(0, "0 people of 9"), (1, "1 person of 9"), (2, "2 people of 9")])
def test_a_number_asks_for_its_form(n: int, words: str) -> None:
    """English tells one from many, by the rule its own file states."""
    assert EN.count("people", n, all=9) == words


def test_a_language_of_one_form_uses_it_for_every_number() -> None:
    """Vietnamese has one form."""
    assert [VI.count("people", n) for n in (0, 1, 25)] == ["còn 0 lượt", "còn 1 lượt", "còn 25 lượt"]


def test_a_form_that_only_the_fallback_has_is_used_by_any_number() -> None:
    """A key borrowed from a language with fewer forms is said in the last of them."""
    other = Texts.read("km", HEAD.format(plural="nplurals=2; plural=(n != 1);").encode(), VI)
    assert other.count("people", 5) == "còn 5 lượt"


def test_an_unchecked_translation_is_not_shown() -> None:
    """What awaits a native reader is said in Vietnamese."""
    assert EN.say("greeting") == "Kính chào ông/bà"


def test_an_empty_translation_is_none() -> None:
    """A key without words is said in Vietnamese."""
    assert EN.say("call", number="A015", counter=3).startswith("Mời số")


def test_a_key_that_nobody_has_is_a_fault() -> None:
    """There are no words to show, so it is an error, and can be asked for before."""
    assert not VI.knows("nobody")
    assert EN.knows("greeting")
    with pytest.raises(KeyError):
        VI.say("nobody")


def test_pages_are_given_every_text() -> None:
    """What a page gets as JSON has the own forms and the borrowed ones."""
    assert dict(EN.forms()) == dict(VI.forms()) | {"people": ("{n} person of {all}", "{n} people of {all}")}


def test_times_are_local() -> None:
    """An instant is shown in the time of the center, wherever the screen's own clock is."""
    assert VI.time(datetime(2026, 11, 23, 18, 5, tzinfo=UTC), 7 * 3600) == "01:05"


def test_a_day_has_its_weekday() -> None:
    """The 23rd of November 2026 is a Monday."""
    assert VI.day(date(2026, 11, 23)) == "Thứ Hai, ngày 23 tháng 11 năm 2026"


def test_a_file_that_is_no_text_file_is_found() -> None:
    """A broken file is an error at start-up, not an empty screen."""
    with pytest.raises(PoFileError):
        Texts.read("vi", b"<html></html>")


BOXES = Texts.read(
    "vi",
    (
        HEAD.format(plural="nplurals=1; plural=0;")
        + """
msgid "box_display"
msgstr "Màn hình {n}"

msgid "gone"
msgstr "{device} mất kết nối"
"""
    ).encode(),
)


@pytest.mark.parametrize(
    ("device", "words"), [("display-1", "Màn hình 1"), ("hall-left", "hall-left"), ("printer-2", "printer-2")]
)
def test_a_box_is_called_by_what_people_call_it(device: str, words: str) -> None:
    """`display-1` is for programs; a name that the site gave is its own."""
    assert BOXES.box(device) == words
    assert BOXES.say("gone", device=device) == f"{words} mất kết nối"
