"""A call becomes clip keys: readings, order, gaps, and that no two numbers sound the same."""

import tomllib
from itertools import chain
from typing import get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import assets
from queue_protocol import phrases
from queue_protocol.announcements import CallAnnouncement, CallKind

GOLDEN_CARDINALS = """
0 không | 4 bốn | 5 năm | 10 mười | 11 mười một | 14 mười bốn | 15 mười lăm | 20 hai mươi | 21 hai mươi mốt |
24 hai mươi tư | 25 hai mươi lăm | 31 ba mươi mốt | 44 bốn mươi tư | 55 năm mươi lăm | 100 một trăm |
101 một trăm linh một | 104 một trăm linh bốn | 105 một trăm linh năm | 110 một trăm mười | 111 một trăm mười một |
115 một trăm mười lăm | 121 một trăm hai mươi mốt | 999 chín trăm chín mươi chín | 1000 một nghìn |
1001 một nghìn không trăm linh một | 1010 một nghìn không trăm mười | 1015 một nghìn không trăm mười lăm |
1024 một nghìn không trăm hai mươi tư | 1105 một nghìn một trăm linh năm | 2021 hai nghìn không trăm hai mươi mốt |
5055 năm nghìn không trăm năm mươi lăm | 9999 chín nghìn chín trăm chín mươi chín
"""
GOLDEN = [line.strip().split(" ", 1) for line in GOLDEN_CARDINALS.split("|")]

KINDS: tuple[CallKind, ...] = get_args(CallKind)

UTTERANCES = msgspec.json.Decoder(
    next(field.type for field in msgspec.structs.fields(CallAnnouncement) if field.name == "utterances")
)

numbers = st.from_regex(r"[A-Z]{1,2}[0-9]{1,6}", fullmatch=True)
counters = st.integers(1, 99)


def spell(keys: tuple[str, ...]) -> str:
    """Return what these clips say, by the scripts that banks are made from."""
    texts = {
        f"{language}/{name}": text
        for language in phrases.LANGUAGES
        for name, text in tomllib.loads((assets.FOLDER / "voice" / language / "script.toml").read_text("utf-8"))[
            "clips"
        ].items()
    }
    return " ".join(texts[key] for key in keys)


def say(utterance: phrases.Utterance) -> str:
    """Return the words of an utterance."""
    return spell(tuple(part for part in utterance if isinstance(part, str) and part != phrases.CHIME))


@pytest.mark.parametrize(("number", "words"), GOLDEN)
def test_cardinals_are_read_as_taught_in_school(number: str, words: str) -> None:
    """Mốt, tư, lăm, linh and "không trăm" stand exactly where the Northern standard has them."""
    assert spell(phrases.read_cardinal(int(number))) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [(1, "one"), (10, "ten"), (13, "thirteen"), (20, "twenty"), (47, "forty seven"), (99, "ninety nine")],
)
def test_english_cardinals(number: int, words: str) -> None:
    """English counters are cardinals as well."""
    assert spell(phrases.read_cardinal(number, "en")) == words


@pytest.mark.parametrize(("number", "language"), [(10_000, "vi"), (100, "en")])
def test_numbers_beyond_the_cardinals_are_read_digit_by_digit(number: int, language: str) -> None:
    """A number too large for the words of a language still can be said, and wrongly never."""
    assert phrases.read_cardinal(number, language) == phrases.read_characters(str(number), language)


def test_digits_stay_plain() -> None:
    """In a ticket's number it is một, bốn, năm, whatever stands before them."""
    assert spell(phrases.read_characters("A145", "vi")) == "a một bốn năm"


def test_no_two_numbers_share_a_reading() -> None:
    """Nobody stands up for the number of another: 000-999 differ as codes, 0-9999 as cardinals."""
    codes = {phrases.read_characters(f"{number:03}", "vi") for number in range(1000)}
    cardinals = {phrases.read_cardinal(number) for number in range(10_000)}
    assert (len(codes), len(cardinals)) == (1000, 10_000)


def test_the_default_call_word_for_word() -> None:
    """Chime, the sentence, and the same sentence again."""
    first, second = phrases.announce_call("A015", 3, "first", ["vi"])
    sentence = "xin mời công dân có số thứ tự a không một năm đến quầy số ba"
    assert (say(first), say(second)) == (sentence, sentence)
    assert first[0] == phrases.CHIME
    assert second[0] == phrases.BETWEEN_UTTERANCES_MS


def test_digits_are_150_ms_apart() -> None:
    """The number is heard as letter and digits, not as a word."""
    first, _ = phrases.announce_call("A015", 3, "first", ["vi"])
    place = first.index("vi/letter-a")
    assert first[place : place + 7] == (
        "vi/letter-a", 150, "vi/digit-0", 150, "vi/digit-1", 150, "vi/digit-5",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "vietnamese", "english"),
    [
        (
            "recall",
            "xin nhắc lại, mời công dân có số thứ tự",
            "second call: number H two counter twelve",
        ),
        (
            "last",
            "xin mời lần nữa, công dân có số thứ tự",
            "once more, please: number H two counter twelve",
        ),
    ],
)
def test_recalls_and_last_calls_say_what_they_are(kind: CallKind, vietnamese: str, english: str) -> None:
    """Who missed the first call hears that there was one; the counter is a cardinal."""
    *_, second, foreign = phrases.announce_call("H2", 12, kind, ["vi", "en"])
    assert (say(second), say(foreign)) == (f"{vietnamese} hát hai đến quầy số mười hai", english)


def test_english_comes_once_after_vietnamese() -> None:
    """The second language is said once, and it is no repeat."""
    utterances = phrases.announce_call("A015", 3, "first", ["vi", "en"])
    assert [say(utterance).split()[0] for utterance in utterances] == ["xin", "xin", "number"]
    assert [phrases.is_repeat(utterances, place) for place in range(3)] == [False, True, False]


def test_a_language_without_words_is_left_out() -> None:
    """A language that is only recorded elsewhere does not stop the call; without any, the chime is heard."""
    assert phrases.announce_call("A015", 3, "first", ["mww", "vi"]) == phrases.announce_call("A015", 3, "first", ["vi"])
    assert phrases.announce_call("A015", 3, "first", ["mww"]) == ((phrases.CHIME,),)


@given(number=numbers, counter=counters, kind=st.sampled_from(KINDS), languages=st.permutations(["vi", "en"]))
def test_a_bank_with_the_listed_keys_can_say_every_call(
    number: str, counter: int, kind: CallKind, languages: list[str]
) -> None:
    """`clip_keys` is the whole list: a bank that has it is never found wanting at a call."""
    has = {phrases.CHIME, *chain(*map(phrases.clip_keys, languages))}
    parts = chain(*phrases.announce_call(number, counter, kind, languages))
    assert {part for part in parts if isinstance(part, str)} <= has


@settings(max_examples=30)
@given(number=numbers, counter=counters, kind=st.sampled_from(KINDS))
def test_a_call_fits_its_message(number: str, counter: int, kind: CallKind) -> None:
    """What is built here passes the bounds of the announcement that carries it."""
    utterances = phrases.announce_call(number, counter, kind, ["vi", "en"])
    assert UTTERANCES.decode(msgspec.json.encode(utterances)) == utterances


@pytest.mark.parametrize("language", phrases.LANGUAGES)
def test_keys_are_ascii_and_name_their_language(language: str) -> None:
    """Keys are file names and addresses on every system."""
    assert all(key.isascii() and key.startswith(f"{language}/") for key in phrases.clip_keys(language))
