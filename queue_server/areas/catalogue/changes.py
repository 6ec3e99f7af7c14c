"""What one catalogue changes of another, thing by thing, so that a manager sees it before it counts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import msgspec

from queue_protocol.texts import Texts
from queue_server.areas.catalogue.tables import value_words
from queue_server.core.catalogue import Catalogue

NAMED_BY: Mapping[str, str] = {"services": "id", "counters": "number", "halls": "id", "kiosks": "device"}
"""Lists of things, and by what a thing is known again in another catalogue."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference."""

    kind: Literal["added", "removed", "changed"]
    part: str
    """The part of the file: a list of things, a table, or empty for what stands at its top."""
    thing: str
    """What a person calls it; empty where the part is one thing."""
    key: str
    """As in the file; empty where the whole thing comes or goes."""
    before: str
    after: str


def changes_between(before: Catalogue, after: Catalogue, texts: Texts) -> list[Change]:
    """Return every difference, in the order of the file."""
    old, new = _plain(before), _plain(after)
    found: list[Change] = []
    for part in old:
        if part in NAMED_BY:
            found.extend(_of_list(part, old[part], new[part], texts))
        elif isinstance(old[part] or new[part], dict):
            found.extend(_of_table(part, "", old[part] or {}, new[part] or {}, texts))
        elif old[part] != new[part]:
            found.append(_changed("", "", part, old[part], new[part], texts))
    return found


def _plain(catalogue: Catalogue) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(catalogue, builtin_types=(date,))
    return plain


def _of_list(part: str, old: list[Any], new: list[Any], texts: Texts) -> Iterator[Change]:
    name = NAMED_BY[part]
    before, after = {each[name]: each for each in old}, {each[name]: each for each in new}
    for known, thing in before.items():
        if known not in after:
            yield Change("removed", part, _called(part, thing, texts), "", "", "")
        else:
            yield from _of_table(part, _called(part, thing, texts), thing, after[known], texts)
    for known, thing in after.items():
        if known not in before:
            yield Change("added", part, _called(part, thing, texts), "", "", "")
    if list(before) != list(after) and set(before) == set(after):
        yield _changed(part, "", name, list(before), list(after), texts)


def _of_table(part: str, thing: str, old: dict[str, Any], new: dict[str, Any], texts: Texts) -> Iterator[Change]:
    for key in dict.fromkeys([*old, *new]):
        if old.get(key) != new.get(key):
            yield _changed(part, thing, key, old.get(key), new.get(key), texts)


def _changed(part: str, thing: str, key: str, before: object, after: object, texts: Texts) -> Change:
    return Change("changed", part, thing, key, value_words(before, texts), value_words(after, texts))


def _called(part: str, thing: Mapping[str, Any], texts: Texts) -> str:
    if part == "counters":
        return texts.say("counter_n", counter=thing["number"])
    names = thing.get("names", {})
    return str(names.get(texts.language) or names.get("vi") or thing[NAMED_BY[part]])
