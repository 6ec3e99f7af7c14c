"""The rules of calling that can be tried: words of the command line, and what each makes of a catalogue's policy."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import msgspec
from msgspec.structs import replace

from queue_server.core.catalogue import Catalogue, Interleave, Policy

AS_IT_IS = "catalogue"
"""The rule of the catalogue itself."""

WORDS = "head_start=MINUTES, strict, interleave=PRIORITY:NORMAL, no_overtake=MINUTES, off, catalogue"

Changes = Mapping[str, object]


class UnknownRule(Exception):
    """Words that name no rule. The message says what would."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A way of calling, by the words that ask for it."""

    words: str
    changes: Changes
    """Of the policy, after the rules of order were taken off it."""


def read_rule(words: str) -> Rule:
    """Return the rule that words ask for; several joined by commas hold together.

    Raises `UnknownRule`.
    """
    changes: dict[str, object] = {}
    for word in words.split(","):
        name, _, value = word.strip().partition("=")
        if name not in _READERS:
            raise UnknownRule(f"{word.strip()!r} is no rule; there are {WORDS}")
        try:
            changes |= _READERS[name](value)
            msgspec.convert(msgspec.to_builtins(changes), Policy)
        except (ValueError, msgspec.ValidationError) as error:
            raise UnknownRule(f"{word.strip()!r} is not right: {error}; there are {WORDS}") from error
    return Rule(words, changes)


def with_rule(catalogue: Catalogue, rule: Rule) -> Catalogue:
    """Return the catalogue with this way of calling; what the words do not speak of is off.

    A head start that is named holds for all services; otherwise it stays what it is.
    """
    if rule.words == AS_IT_IS:
        return catalogue
    plain = replace(catalogue.policy, priority_strict=False, interleave=None, no_overtake_after_minutes=None)
    changed = replace(catalogue, policy=replace(plain, **rule.changes))
    if "priority_head_start_minutes" not in rule.changes:
        return changed
    return replace(changed, services=tuple(replace(each, head_start_minutes=None) for each in catalogue.services))


def _nothing(value: str) -> Changes:
    if value:
        raise ValueError("it takes no value")
    return {}


def _off(value: str) -> Changes:
    return {**_nothing(value), "priority_head_start_minutes": 0}


def _strict(value: str) -> Changes:
    return {**_nothing(value), "priority_strict": True}


def _head_start(value: str) -> Changes:
    return {"priority_head_start_minutes": _number(value)}


def _interleave(value: str) -> Changes:
    priority, _, normal = value.partition(":")
    return {"interleave": Interleave(priority=_number(priority), normal=_number(normal))}


def _no_overtake(value: str) -> Changes:
    return {"no_overtake_after_minutes": _number(value)}


def _number(value: str) -> int:
    if not value.isdecimal():
        raise ValueError(f"{value!r} is no whole number")
    return int(value)


_READERS: Mapping[str, Callable[[str], Changes]] = {
    "head_start": _head_start,
    "strict": _strict,
    "interleave": _interleave,
    "no_overtake": _no_overtake,
    "off": _off,
    AS_IT_IS: _nothing,
}
