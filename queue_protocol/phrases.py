"""Owns what a call says: a call becomes the keys of the clips that say it, per language, and never a sentence.

A *part* of a call is the key of a clip (`"vi/digit-0"`, `"chime"`) or a silence in milliseconds. Keys are ASCII and
stable: sites record their own clips under these names. What each clip says is written in
`assets/voice/<language>/script.toml`; here are only keys.

Keys of every language (`vi/…`): `digit-0` … `digit-9`, `letter-a` … `letter-z`, `call`, `recall`, `last-call` (the
openings) and `to-counter`. Vietnamese has also the words of cardinals: `ten` (mười), `tens` (mươi), `tens-1` (mốt),
`tens-4` (tư), `tens-5` (lăm), `and` (linh), `hundred`, `thousand`. English has `10` … `19`, `20`, `30` … `90`, and
`counter`, the short way to the counter of its second and last calls.
"""

import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from queue_protocol.announcements import CallKind, Part

Utterance = tuple[Part, ...]

CHIME = "chime"

AFTER_CHIME_MS = 150
AFTER_OPENING_MS = 100
# Long enough to tell "một, một" from a stutter, short enough to keep 2-3 syllables a second.
BETWEEN_CHARACTERS_MS = 150
# The listener's breath between "who" and "where to".
BEFORE_COUNTER_MS = 280
AFTER_COUNTER_INTRODUCTION_MS = 80
# The words of one cardinal belong together: "mười hai" is one number, not two digits.
WITHIN_CARDINAL_MS = 40
# The listener's time to look up before it is said again.
BETWEEN_UTTERANCES_MS = 800

# Twice is the practice of the centers seen; a second language is said once, after them.
TIMES_IN_FIRST_LANGUAGE = 2


@dataclass(frozen=True, slots=True)
class _Phrasebook:
    """How one language builds a call: its openings, its ways to the counter, its cardinals and its words."""

    openings: dict[CallKind, str]
    ways_to_counter: dict[CallKind, str]
    read_cardinal: Callable[[int], tuple[str, ...] | None]
    cardinal_words: tuple[str, ...]


def announce_call(number: str, counter: int, kind: CallKind, languages: Sequence[str]) -> tuple[Utterance, ...]:
    """Return the utterances of one call: the sentence twice in the first language, then once in each other one.

    The first begins with the chime, each other with the silence that parts it from the one before; speech may stop
    between two utterances, never inside one. `number` is a `TicketNumber` (`"A015"`): its letters and digits are said
    one by one. `counter` is a `CounterNumber`, said as a cardinal. `languages` are codes in the order of speaking; one
    that is not in `LANGUAGES` is left out, and without any the chime alone is heard.
    """
    spoken = [language for language in languages if language in LANGUAGES]
    times = [TIMES_IN_FIRST_LANGUAGE] + [1] * len(spoken)
    sentences = [
        _say_once(number, counter, kind, language)
        for language, repeats in zip(spoken, times, strict=False)
        for _ in range(repeats)
    ]
    if not sentences:
        return ((CHIME,),)
    first, *others = sentences
    return ((CHIME, AFTER_CHIME_MS, *first), *((BETWEEN_UTTERANCES_MS, *other) for other in others))


def is_repeat(utterances: Sequence[Utterance], place: int) -> bool:
    """Tell whether the utterance at `place` says again, word for word, what the one before it has said."""
    said = utterances[place][1:]
    return place > 0 and utterances[place - 1][-len(said) :] == said


def read_characters(number: str, language: str) -> tuple[str, ...]:
    """Return the clips that say a number's letters and digits one by one ("A, không, một, năm"), and nothing else."""
    return tuple(f"{language}/{_CHARACTERS[character]}" for character in number if character in _CHARACTERS)


def read_cardinal(number: int, language: str = "vi") -> tuple[str, ...]:
    """Return the clips that say a number as a cardinal ("mười hai").

    Vietnamese 0..9999 in the Northern standard (linh, nghìn), English 0..99; any other number is read digit by digit.
    Raises `KeyError` for a language that is not in `LANGUAGES`.
    """
    words = _PHRASEBOOKS[language].read_cardinal(number)
    if words is None:
        return read_characters(str(number), language)
    return tuple(f"{language}/{word}" for word in words)


def clip_keys(language: str) -> frozenset[str]:
    """Return every key that a call may need from the bank of a language: what the bank must have.

    Raises `KeyError` for a language that is not in `LANGUAGES`.
    """
    book = _PHRASEBOOKS[language]
    names = (
        *_CHARACTERS.values(),
        *book.cardinal_words,
        *book.openings.values(),
        *book.ways_to_counter.values(),
    )
    return frozenset(f"{language}/{name}" for name in names)


def _say_once(number: str, counter: int, kind: CallKind, language: str) -> Utterance:
    book = _PHRASEBOOKS[language]
    return (
        f"{language}/{book.openings[kind]}",
        AFTER_OPENING_MS,
        *_space(read_characters(number, language), BETWEEN_CHARACTERS_MS),
        BEFORE_COUNTER_MS,
        f"{language}/{book.ways_to_counter[kind]}",
        AFTER_COUNTER_INTRODUCTION_MS,
        *_space(read_cardinal(counter, language), WITHIN_CARDINAL_MS),
    )


def _space(keys: Sequence[str], silence_ms: int) -> Utterance:
    return tuple(part for key in keys for part in (silence_ms, key))[1:]


def _digit(digit: int) -> str:
    return f"digit-{digit}"


def _read_vietnamese(number: int) -> tuple[str, ...] | None:
    if number not in range(10_000):
        return None
    thousands, below = divmod(number, 1000)
    if not thousands:
        return _read_vietnamese_hundreds(below)
    # "một nghìn không trăm linh một": after thousands the hundreds are always said.
    rest = (_digit(below // 100), "hundred", *_read_vietnamese_tail(below % 100)) if below else ()
    return (_digit(thousands), "thousand", *rest)


def _read_vietnamese_hundreds(number: int) -> tuple[str, ...]:
    hundreds, tail = divmod(number, 100)
    if not hundreds:
        return _read_vietnamese_tens(tail)
    return (_digit(hundreds), "hundred", *_read_vietnamese_tail(tail))


def _read_vietnamese_tail(number: int) -> tuple[str, ...]:
    """Read what follows the hundreds: nothing for 0, "linh năm" for 5, as usual from 10 on."""
    if number == 0:
        return ()
    return ("and", _digit(number)) if number < _TEN else _read_vietnamese_tens(number)


def _read_vietnamese_tens(number: int) -> tuple[str, ...]:
    tens, unit = divmod(number, 10)
    if tens == 0:
        return (_digit(unit),)
    head = ("ten",) if tens == 1 else (_digit(tens), "tens")
    if unit == 0:
        return head
    changed = _UNITS_AFTER_TEN if tens == 1 else _UNITS_AFTER_TENS
    return (*head, changed.get(unit, _digit(unit)))


def _read_english(number: int) -> tuple[str, ...] | None:
    if number not in range(100):
        return None
    tens, unit = divmod(number, 10)
    if tens == 0:
        return (_digit(unit),)
    if tens == 1 or unit == 0:
        return (str(number),)
    return (str(tens * 10), _digit(unit))


_TEN = 10
# "lăm" after any ten; "mốt" and "tư" only from twenty on (mười một, mười bốn, but hai mươi mốt, hai mươi tư).
_UNITS_AFTER_TEN = {5: "tens-5"}
_UNITS_AFTER_TENS = {1: "tens-1", 4: "tens-4", 5: "tens-5"}

_CHARACTERS = {digit: f"digit-{digit}" for digit in string.digits} | {
    letter: f"letter-{letter.lower()}" for letter in string.ascii_uppercase
}
_OPENINGS: dict[CallKind, str] = {"first": "call", "recall": "recall", "last": "last-call"}

_PHRASEBOOKS = {
    "vi": _Phrasebook(
        openings=_OPENINGS,
        ways_to_counter=dict.fromkeys(_OPENINGS, "to-counter"),
        read_cardinal=_read_vietnamese,
        cardinal_words=("ten", "tens", "tens-1", "tens-4", "tens-5", "and", "hundred", "thousand"),
    ),
    "en": _Phrasebook(
        openings=_OPENINGS,
        ways_to_counter={"first": "to-counter", "recall": "counter", "last": "counter"},
        read_cardinal=_read_english,
        cardinal_words=(*map(str, range(10, 20)), *map(str, range(20, 100, 10))),
    ),
}

LANGUAGES = tuple(_PHRASEBOOKS)
