"""Reads the words of the printer tool: Vietnamese, or English where the person's locale asks for another language."""

from collections.abc import Mapping

import assets
from printer_drivers.printer import PrinterError
from queue_protocol.texts import Texts

# As gettext looks for the language of messages.
_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
# What a system says that was never told its language.
_NOT_SET = ("", "C", "POSIX")


def read_words(environment: Mapping[str, str]) -> Texts:
    """Return the tool's texts. A locale that is not set, as `C.UTF-8`, is taken for this country's."""
    told = next((environment[name] for name in _VARIABLES if environment.get(name)), "")
    language = told.partition(".")[0].partition("_")[0]
    vietnamese = _read("vi")
    return vietnamese if language in {*_NOT_SET, "vi"} else _read("en", vietnamese)


def say_error(error: PrinterError, words: Texts) -> str:
    """Return the sentence of an error; one without words of its own is told as it stands in the log."""
    if error.key:
        return words.say(error.key, **error.facts)
    return words.say("printer_other", detail=error)


def _read(language: str, fallback: Texts | None = None) -> Texts:
    return Texts.read(language, (assets.FOLDER / "texts" / f"{language}.po").read_bytes(), fallback)
