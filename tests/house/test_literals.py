"""No words for people in code: they live in the text files, where a translator finds them."""

import re

from tests.house.sources import BOXES, files, literals, name_of, read, script_literals

VIETNAMESE = re.compile(r"[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]", re.IGNORECASE)
SENTENCE = re.compile(r"[A-Z][a-z]+ [a-z]+")
"""Two words, the first with a capital: a class list of a style has none."""

LETTERS = re.compile(r"[^\W\d_]{2,}")

SAMPLE_LETTERS = {"printer_drivers/trial_page.py"}
"""The trial page prints all Vietnamese letters to show that the printer can."""


def template_words(text: str) -> str:
    """Return what a template says by itself: no comments, Jinja, scripts and tags, but attributes read aloud."""
    text = re.sub(r"\{% block kind %\}.*?\{% endblock %\}", " ", text)  # the classes of the body
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", " ", text, flags=re.DOTALL)
    text = re.sub(r"<(style|script)\b.*?</\1>", " ", text, flags=re.DOTALL)
    spoken = re.findall(r"\b(?:alt|title|placeholder|aria-label)=\"([^\"]*)\"", text)
    return " ".join([re.sub(r"<[^>]*>", " ", text), *spoken]).replace("&nbsp;", " ")


def test_no_vietnamese_in_python() -> None:
    """No string of a box has Vietnamese letters."""
    said = {
        name_of(path): text
        for path in files(".py", BOXES)
        for text in literals(path)
        if VIETNAMESE.search(text) and name_of(path) not in SAMPLE_LETTERS
    }
    assert said == {}


def test_no_sentences_on_screens() -> None:
    """No string of a screen is a sentence."""
    screens = [path for path in files(".py", BOXES) if "screens" in path.parts]
    assert len(screens) > 5
    assert {name_of(path): text for path in screens for text in literals(path) if SENTENCE.search(text)} == {}


def test_no_words_in_screen_layouts() -> None:
    """What a widget shows comes from its properties, never from the layout file."""
    shown = re.compile(r"^\s*(?:text|hint_text|title):(.*)$", re.MULTILINE)
    said = {}
    for path in files(".kv", BOXES):
        for value in shown.findall(read(path)):
            quoted = re.findall(r"(?<!icon\()['\"]([^'\"]*)['\"]", value)
            if any(LETTERS.search(each) for each in quoted):
                said[name_of(path)] = value.strip()
    assert said == {}


def test_no_words_in_templates() -> None:
    """A page's template holds no words, in any language."""
    said = {name_of(path): LETTERS.findall(template_words(read(path))) for path in files(".html", BOXES)}
    assert len(said) > 5
    assert {name: words for name, words in said.items() if words} == {}


def test_no_words_in_scripts() -> None:
    """No string of a script has Vietnamese letters or is a sentence."""
    said = {
        name_of(path): text
        for path in files(".js", BOXES)
        for text in script_literals(path)
        if VIETNAMESE.search(text) or SENTENCE.search(text)
    }
    assert said == {}
