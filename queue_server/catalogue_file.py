"""A catalogue as a TOML text: read with errors that name line and key, written so that it reads the same."""

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
import tomli_w

from queue_server.core.catalogue import (
    Catalogue,
    Counter,
    HallPlan,
    Hours,
    Kiosk,
    Policy,
    Service,
    contradictions,
)
from queue_server.key_lines import key_lines

ELEMENTS: Mapping[str, type[msgspec.Struct]] = {
    "halls": HallPlan,
    "services": Service,
    "counters": Counter,
    "kiosks": Kiosk,
}
"""Arrays of tables, and what each table in them is: looked at one by one, so that all that is wrong is said at once."""

TABLES: Mapping[str, type[msgspec.Struct]] = {"policy": Policy, "hours": Hours}

PLAIN_WORDS = (
    ("Object missing required field", "the table lacks its key"),
    ("Object contains unknown field", "the table knows no key"),
    ("Expected", "expected"),
    (r"\\Z'", "$'"),
)
"""Of msgspec, which calls a table an object, and quotes patterns as Python ends them."""

SUBJECTS: Sequence[tuple[re.Pattern[str], str, str | None]] = (
    (re.compile(r"^counter '?(\d+)"), "counters", "number"),
    (re.compile(r"^service '([^']+)'"), "services", "id"),
    (re.compile(r"^hall '([^']+)'"), "halls", "id"),
    (re.compile(r"^mark of a kiosk '([^']+)'"), "kiosks", "mark"),
    (re.compile(r"^kiosk '([^']+)'|the mark .*?of ([a-z0-9-]+)"), "kiosks", "device"),
    (re.compile(r"^the center"), "center", None),
    (re.compile(r"^(public_address)"), "", None),
    (re.compile(r"^(policy\.[a-z_]+)"), "", None),
    (re.compile(r"^a session of|^on [a-z]{3} "), "hours.sessions", None),
    (re.compile(r"^\d{4}-\d{2}-\d{2} opens"), "hours.extra_open", None),
)
"""What a sentence of `contradictions` speaks of: a key, or the element of an array with this value of a field."""


BYTE_ORDER_MARK = "\ufeff"
"""What Notepad of Windows puts before a text."""

UNSHOWABLE = frozenset({"Cc", "Cf", "Zl", "Zp"})
"""Categories of Unicode: control and format characters, and ends of lines. A name is one line of words."""

LONG_NUMBER = re.compile(r"[0-9_]{1000,}")
"""Python reads none of over 4,300 digits, and no setting has more than four."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong with a text."""

    line: int | None
    """From 1; `None`: it is about no line in particular."""
    key: str
    """As `services[2].prefix`; empty: it is about no key in particular."""
    what: str

    def __str__(self) -> str:
        """Say where, and what."""
        where = [*([] if self.line is None else [f"line {self.line}"]), *([self.key] if self.key else [])]
        return f"{', '.join(where)}: {self.what}" if where else self.what


class CatalogueRefused(Exception):
    """A text that is no catalogue, with all that is wrong with it."""

    def __init__(self, name: str, problems: Sequence[Problem]) -> None:
        super().__init__(f"The catalogue {name} is not right: {'; '.join(map(str, problems))}.")
        self.problems = tuple(problems)


def read_catalogue_text(text: str, name: str) -> Catalogue:
    """Return the catalogue that a text says. `name` is what the person knows it by.

    Raises `CatalogueRefused`.
    """
    data, lines = _read(text, name)
    problems = [*_mistyped(data, lines)]
    if problems:
        raise CatalogueRefused(name, problems)
    catalogue = msgspec.convert(data, Catalogue)
    problems = [*_without_zone(catalogue, lines), *_contradicting(catalogue, data, lines)]
    if problems:
        raise CatalogueRefused(name, problems)
    return catalogue


def read_calendar_text(text: str, name: str) -> Hours:
    """Return the hours that a text says in its table `[hours]`; what else is in it is not looked at.

    Raises `CatalogueRefused`.
    """
    data, lines = _read(text, name)
    if "hours" not in data:
        raise CatalogueRefused(name, [Problem(None, "hours", "a calendar has a table [hours]")])
    try:
        return msgspec.convert(data["hours"], Hours)
    except msgspec.ValidationError as error:
        raise CatalogueRefused(name, [_problem(error, "hours", lines)]) from error


def with_hours(catalogue: Catalogue, hours: Hours, name: str) -> Catalogue:
    """Return the catalogue with other hours.

    Raises `CatalogueRefused` when these contradict themselves.
    """
    changed = msgspec.structs.replace(catalogue, hours=hours)
    known = set(contradictions(catalogue))
    problems = [Problem(None, "hours", each) for each in contradictions(changed) if each not in known]
    if problems:
        raise CatalogueRefused(name, problems)
    return changed


def catalogue_text(catalogue: Catalogue, head: Sequence[str] = ()) -> str:
    """Return a catalogue as TOML, under lines of comment. Reading it gives an equal catalogue."""
    data = _without_nothing(msgspec.to_builtins(catalogue, builtin_types=(date,)))
    return "".join(f"# {line}\n" for line in head) + "\n" + tomli_w.dumps(data)


def _read(text: str, name: str) -> tuple[dict[str, Any], dict[str, int]]:
    """Return what a text says, its words in NFC, and the line of each key.

    Raises `CatalogueRefused` for what is no TOML, and for words that no screen shows and no paper holds.
    """
    text = text.removeprefix(BYTE_ORDER_MARK)
    try:
        data = _composed(tomllib.loads(text))
        lines = key_lines(text)
    except tomllib.TOMLDecodeError as error:
        raise CatalogueRefused(name, [Problem(_line_of(error, text), "", f"this is no TOML: {error}")]) from error
    except RecursionError:
        raise CatalogueRefused(name, [Problem(None, "", "this is no TOML: it is nested too deeply")]) from None
    except ValueError:
        line = _line_of_long_number(text)
        raise CatalogueRefused(name, [Problem(line, "", "this is no TOML: a number has too many digits")]) from None
    problems = [*_unshowable(data, "", lines)]
    if problems:
        raise CatalogueRefused(name, problems)
    return data, lines


def _composed(value: Any) -> Any:
    """Return a value with every word of it in NFC: some keyboards write "ế" as three characters."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, dict):
        return {key: _composed(each) for key, each in value.items()}
    return [_composed(each) for each in value] if isinstance(value, list) else value


def _unshowable(value: Any, path: str, lines: Mapping[str, int]) -> Iterator[Problem]:
    """Yield where words hold a character that is no sign on paper: a line's end, a bell, a change of direction."""
    if isinstance(value, str):
        found = next((each for each in value if unicodedata.category(each) in UNSHOWABLE), None)
        if found is not None:
            what = f"the character U+{ord(found):04X} cannot be shown or printed; leave it out"
            yield Problem(_nearest(path, lines), path, what)
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _unshowable(each, _joined(path, key), lines)
    elif isinstance(value, list):
        for place, each in enumerate(value):
            yield from _unshowable(each, f"{path}[{place}]", lines)


def _line_of(error: tomllib.TOMLDecodeError, text: str) -> int:
    said = re.search(r"at line (\d+)", str(error))
    return int(said[1]) if said else text.count("\n") + 1  # "at end of document"


def _line_of_long_number(text: str) -> int | None:
    found = LONG_NUMBER.search(text)
    return None if found is None else text.count("\n", 0, found.start()) + 1


def _mistyped(data: dict[str, Any], lines: Mapping[str, int]) -> Iterator[Problem]:
    """Yield what is wrong with each part by itself, and with what is in no part."""
    parts = dict(_parts(data))
    for path, (value, struct) in parts.items():
        try:
            msgspec.convert(value, struct)
        except msgspec.ValidationError as error:
            yield _problem(error, path, lines)
    try:
        msgspec.convert(data, Catalogue)
    except msgspec.ValidationError as error:
        problem = _problem(error, "", lines)
        if not problem.key.startswith(tuple(parts)):
            yield problem


def _parts(data: dict[str, Any]) -> Iterator[tuple[str, tuple[object, type[msgspec.Struct]]]]:
    for name, struct in ELEMENTS.items():
        elements = data.get(name)
        for place, element in enumerate(elements if isinstance(elements, list) else ()):
            yield f"{name}[{place}]", (element, struct)
    for name, struct in TABLES.items():
        if name in data:
            yield name, (data[name], struct)


def _problem(error: msgspec.ValidationError, part: str, lines: Mapping[str, int]) -> Problem:
    """Return what msgspec says, with the key that it means: `Expected … - at `$.path``."""
    what, _, place = str(error).partition(" - at ")
    path = re.search(r"`\$\.?([^`]*)`", place)
    key = _joined(part, path[1] if path else "")
    field = re.search(r"unknown field `([^`]+)`", what)
    key = _joined(key, field[1]) if field else key
    for said, plain in PLAIN_WORDS:
        what = what.replace(said, plain, 1)
    return Problem(_nearest(key, lines), key.removesuffix("[...]"), what)


def _joined(path: str, rest: str) -> str:
    return f"{path}.{rest}".strip(".") if not rest.startswith("[") else path + rest


def _nearest(key: str, lines: Mapping[str, int]) -> int | None:
    """Return the line of a key, or else of what it is in."""
    while key and key not in lines:
        key = re.sub(r"(\.[^.\[\]]*|\[[^\[\]]*\]|^[^.\[\]]+)$", "", key)
    return lines.get(key)


def _without_zone(catalogue: Catalogue, lines: Mapping[str, int]) -> Iterator[Problem]:
    try:
        ZoneInfo(catalogue.time_zone)
    except (ZoneInfoNotFoundError, OSError):
        what = f"there is no time zone {catalogue.time_zone!r}; write Asia/Ho_Chi_Minh"
        yield Problem(_nearest("time_zone", lines), "time_zone", what)


def _contradicting(catalogue: Catalogue, data: dict[str, Any], lines: Mapping[str, int]) -> Iterator[Problem]:
    for sentence in contradictions(catalogue):
        key = _subject(sentence, data)
        yield Problem(_nearest(key, lines), key, sentence)


def _subject(sentence: str, data: dict[str, Any]) -> str:
    """Return the key that a sentence speaks of; empty when none is known."""
    for pattern, path, field in SUBJECTS:
        said = pattern.search(sentence)
        if said is None:
            continue
        name = next((each for each in said.groups() if each), "")
        if field is None:
            return path or name
        places = [place for place, each in enumerate(data.get(path, ())) if str(each.get(field)) == name]
        return f"{path}[{places[-1]}]" if places else path
    return ""


def _without_nothing(value: Any) -> Any:
    """Return a value without what TOML cannot say, or need not, because reading puts it back: nothing, and empty."""
    if isinstance(value, dict):
        return {key: _without_nothing(each) for key, each in value.items() if each not in (None, {}, [], ())}
    return [_without_nothing(each) for each in value] if isinstance(value, list | tuple) else value
