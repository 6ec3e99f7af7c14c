"""The text files: every language says the same things, and the code asks for exactly these."""

import functools
import re
import string
import unicodedata

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from queue_protocol.answers import REFUSAL_CODES
from tests.house.sources import ROOT, files, formats, literals, read, script_literals

TEXTS = ROOT / "assets" / "texts"
LANGUAGES = sorted(path.stem for path in TEXTS.glob("*.po"))
OTHERS = [language for language in LANGUAGES if language != "vi"]

KEY = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
COMPOSED = re.compile(r"(?=.*\{\})(?=.*[a-z])([a-z][a-z0-9]*|\{\})(_([a-z0-9]+|\{\}))+")
"""A key with parts filled in when it is used: `refused_{}`, `board_{}_call`, `page_{}_{}`, `{}_hint`."""

ASKED_IN_PYTHON = re.compile(r"\b(?:say|count|knows)\(\s*f?\"([a-z0-9_{}.]+)\"")
ASKED_IN_SCRIPT = re.compile(r"\b(?:say|count|knows)\(\s*[\"`]([a-z][a-z0-9_]*)[\"`]")
JOINED_IN_TEMPLATE = re.compile(r"[\"']([a-z0-9_]+_)[\"']\s*~\s*\w+(?:\s*~\s*[\"'](_[a-z0-9_]+)[\"'])?")
ASKED_IN_TEMPLATE = re.compile(r"\bt\(\s*[\"']([a-z][a-z0-9_]*)[\"']\s*\)")


@functools.cache
def catalogue(language: str) -> Catalog:
    """Return the text file of a language."""
    with (TEXTS / f"{language}.po").open("rb") as file:
        return read_po(file, locale=None, abort_invalid=True)


def forms(language: str) -> dict[str, tuple[str, ...]]:
    """Return every text of a language by its key."""
    return {
        message.id if isinstance(message.id, str) else message.id[0]: (
            (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
        )
        for message in catalogue(language)
        if message.id
    }


def placeholders(text: str) -> set[str]:
    """Return the names in braces."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def spoken_of() -> tuple[set[str], set[str]]:
    """Return the keys that stand in code whole, and those that are composed there, as `refused_{}`."""
    sayings = [each for path in files(".py") for each in (*literals(path), *formats(path))]
    sayings += [each for path in files(".js") for each in script_literals(path)]
    for path in files(".html"):
        sayings += re.findall(r"[\"']([a-z0-9_]+)[\"'](?!\s*~)", read(path))
        sayings += [f"{start}{{}}{end}" for start, end in JOINED_IN_TEMPLATE.findall(read(path))]
        sayings += [f"{{}}{end}" for end in re.findall(r"\w\s*~\s*[\"'](_[a-z0-9_]+)[\"']", read(path))]
    return {each for each in sayings if KEY.fullmatch(each)}, {each for each in sayings if COMPOSED.fullmatch(each)}


def matches(composed: str, key: str) -> bool:
    """Say whether a composed key can become this one."""
    return re.fullmatch(composed.replace("{}", "[a-z0-9_]+"), key) is not None


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_key_stands_twice(language: str) -> None:
    """A text file defines each key once; the second one would win in silence."""
    keys = re.findall(r'^msgid "(.+)"$', read(TEXTS / f"{language}.po"), flags=re.MULTILINE)
    assert sorted(keys) == sorted(set(keys))


@pytest.mark.parametrize("language", OTHERS)
def test_languages_have_the_same_keys(language: str) -> None:
    """Every language has the keys of Vietnamese and no others."""
    assert set(forms(language)) ^ set(forms("vi")) == set()


@pytest.mark.parametrize("language", OTHERS)
def test_languages_fill_in_the_same_facts(language: str) -> None:
    """A text has the placeholders of its Vietnamese twin, in each of its forms; a singular may leave out the number."""
    different = {
        key: form
        for key, texts in forms(language).items()
        for form in texts
        if placeholders(form) | {"n"} != placeholders(forms("vi")[key][0]) | {"n"}
    }
    assert different == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_empty(language: str) -> None:
    """Every key has words in every form."""
    assert [key for key, texts in forms(language).items() if not texts or not all(map(str.strip, texts))] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_are_composed(language: str) -> None:
    """Texts are in Unicode normal form C: fonts draw it right and searches find it."""
    assert unicodedata.is_normalized("NFC", read(TEXTS / f"{language}.po"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_has_its_sentence(language: str) -> None:
    """Each code of the protocol has the sentence `refused_<code>`, and no other such sentence is there."""
    sentences = {key.removeprefix("refused_") for key in forms(language) if key.startswith("refused_")}
    assert sentences == set(REFUSAL_CODES)


def test_every_key_asked_for_exists() -> None:
    """What code, scripts and templates ask for by name is in the text files."""
    asked = {key for path in files(".js") for key in ASKED_IN_SCRIPT.findall(read(path))}
    asked |= {key for path in files(".html") for key in ASKED_IN_TEMPLATE.findall(read(path))}
    asked |= {key for path in files(".py") for key in ASKED_IN_PYTHON.findall(read(path)) if "{" not in key}
    assert len(asked) > 100, "the patterns of this test find no keys any more"
    assert asked - set(forms("vi")) == set()


def test_every_composed_key_exists() -> None:
    """Where a key is composed when it is asked for, at least one text of that shape is there."""
    asked = {re.sub(r"\{[^}]*\}", "{}", key) for path in files(".py") for key in ASKED_IN_PYTHON.findall(read(path))}
    assert [each for each in asked if "{}" in each and not any(matches(each, key) for key in forms("vi"))] == []


def test_no_key_is_left_over() -> None:
    """Every text is asked for somewhere."""
    whole, composed = spoken_of()
    unused = {key for key in forms("vi") if key not in whole and not any(matches(each, key) for each in composed)}
    assert unused == set()
