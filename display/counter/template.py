"""The little language in which a table writes frames: bytes in hexadecimal, and fields in braces. Pure.

`02 {from} {address} 4E {number:ascii4} {sum8} 03` is STX, the address in one byte, an N, four characters of the number,
the sum of all from the address to there, and ETX. docs/counter_devices.md lists the fields.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import xor

from queue_protocol.ids import TicketNumber

TOKEN = re.compile(r"(?P<bytes>([0-9A-Fa-f]{2})+)|\{(?P<name>[a-z0-9]+)(:(?P<coding>[a-z]+)(?P<width>[1-9][0-9]?))?\}")

NUMBER_FIELDS = frozenset({"number", "digits"})
"""Fields that only a frame with a number can fill."""


class BadTemplate(Exception):
    """A frame that cannot be understood; the message says which word of it, and what was expected."""


def _as_ascii(text: str, width: int) -> bytes | None:
    return text.encode("ascii") if len(text) == width else None


def _as_bcd(text: str, width: int) -> bytes | None:
    return bytes.fromhex(text) if len(text) == width else None


def _as_binary(text: str, width: int) -> bytes | None:
    value = int(text)
    return value.to_bytes(width, "big") if value < 256**width else None


CODINGS: Mapping[str, Callable[[str, int], bytes | None]] = {
    "ascii": _as_ascii,
    "bcd": _as_bcd,
    "binary": _as_binary,
}
"""How text becomes bytes: a byte per character, a byte per two digits, or the value with its high byte first.

The width counts characters, digits or bytes. `None`: it does not fit.
"""

FIELDS: Mapping[str, tuple[str, ...]] = {
    "address": ("binary", "ascii", "bcd"),
    "number": ("ascii",),
    "digits": ("ascii", "bcd", "binary"),
}
"""Fields, and how each may be coded."""

CHECKS: Mapping[str, Callable[[Iterable[int]], int]] = {
    "sum8": lambda covered: sum(covered) & 0xFF,
    "xor8": lambda covered: reduce(xor, covered, 0),
}
"""Checks over all bytes before them, from the start of the frame or from `{from}` on."""


@dataclass(frozen=True, slots=True)
class Field:
    """A place for the address or the number."""

    name: str
    coding: str
    width: int

    def code(self, address: int, number: TicketNumber | None) -> bytes | None:
        """Return its bytes; `None` when they do not fit."""
        text = _text_of(self, address, number)
        return CODINGS[self.coding](text, self.width)


@dataclass(frozen=True, slots=True)
class Check:
    """A place for the check of this name."""

    name: str


@dataclass(frozen=True, slots=True)
class CheckedFrom:
    """Where that begins which the checks cover."""


Part = bytes | Field | Check | CheckedFrom


@dataclass(frozen=True, slots=True)
class Template:
    """A frame with places to fill in."""

    parts: tuple[Part, ...]

    def render(self, address: int, number: TicketNumber | None = None) -> bytes | None:
        """Return the frame; `None` when the address or the number does not fit its place."""
        frame, start = b"", 0
        for part in self.parts:
            match part:
                case Field():
                    filled = part.code(address, number)
                    if filled is None:
                        return None
                    frame += filled
                case Check(name):
                    frame += bytes((CHECKS[name](frame[start:]),))
                case CheckedFrom():
                    start = len(frame)
                case written:
                    frame += written
        return frame


def read_template(text: str, *, with_number: bool = False) -> Template:
    """Return the template written so. Raises `BadTemplate`.

    With `with_number` it must have a place for the number, otherwise it must have none.
    """
    parts = tuple(_read_part(word) for word in text.split())
    if not parts:
        raise BadTemplate("expected bytes as in '02 41 03', found nothing")
    has_number = any(isinstance(part, Field) and part.name in NUMBER_FIELDS for part in parts)
    if with_number and not has_number:
        raise BadTemplate("expected a place for the number, as {number:ascii4} or {digits:bcd4}")
    if has_number and not with_number:
        raise BadTemplate("expected a frame without a number: there is none to show here")
    return Template(parts)


def _read_part(word: str) -> Part:
    found = TOKEN.fullmatch(word)
    if found is None:
        raise BadTemplate(f"expected bytes in hexadecimal or a field in braces, found {word!r}")
    name, coding = found["name"], found["coding"]
    if name is None:
        return bytes.fromhex(word)
    if coding is None and name == "from":
        return CheckedFrom()
    if coding is None and name in CHECKS:
        return Check(name)
    return _read_field(word, name, coding, int(found["width"] or 1))


def _read_field(word: str, name: str, coding: str | None, width: int) -> Field:
    if name not in FIELDS:
        known = ", ".join(("from", *CHECKS, *FIELDS))
        raise BadTemplate(f"there is no field {word}; fields are {known}")
    if coding is None and name in NUMBER_FIELDS:
        raise BadTemplate(f"{word} does not say how it is written, as {{{name}:ascii4}}")
    coding = coding or FIELDS[name][0]
    if coding not in FIELDS[name]:
        raise BadTemplate(f"{word} cannot be written so; {name} is written as {', '.join(FIELDS[name])}")
    if coding == "bcd" and width % 2:
        raise BadTemplate(f"{word} ends in the middle of a byte; two digits make one, so the width is even")
    return Field(name, coding, width)


def _text_of(field: Field, address: int, number: TicketNumber | None) -> str:
    """Return what the field says, filled up on the left; it may still be too long."""
    if field.name == "address":
        return str(address).rjust(field.width, "0")
    whole = number or ""
    tail = whole.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    digits = tail.lstrip("0") or "0"
    if field.name == "digits":
        return digits.rjust(field.width, "0")
    # A number too long for the sign goes without its letters: those who wait look at its end.
    fitting = (each for each in (whole, tail) if len(each) <= field.width)
    return next(fitting, digits).rjust(field.width)
